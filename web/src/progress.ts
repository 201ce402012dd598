// Where the person is: step and number of steps, what follows, and the list of all steps.
import { html, nothing, type TemplateResult } from "lit";
import type { Form } from "./form";
import { icon } from "./icons";

export function progress(form: Form): TemplateResult {
  const { texts, steps } = form;
  const at = steps.indexOf(form.draft.page);
  const after = steps[at + 1];
  const wrong = new Set([...form.problems.keys()].map((id) => form.pageOf(id)?.id));
  return html`<div class="prog"><div class="row"><strong>${texts.get("ui.step", { n: at + 1, of: steps.length })}</strong>
      <span class="muted">${after ? texts.get("ui.step.next", { title: form.titleOf(after) }) : texts.get("ui.step.last")}</span></div>
    <ol class="bars" aria-hidden="true">${steps.map((_, i) => html`<li class=${i < at ? "done" : i === at ? "now" : ""}></li>`)}</ol>
    ${form.draft.visited.length < 2 ? nothing : html`<details class="why steps"><summary>${texts.get("ui.steps")}</summary><ol>${steps.map((step) => html`<li>${
      step === form.draft.page ? html`<b aria-current="step">${form.titleOf(step)}</b>`
      : form.draft.visited.includes(step) ? html`<button class="btn-link" type="button" @click=${() => void form.show(step)}>${form.titleOf(step)}</button>`
      : html`<span class="muted">${form.titleOf(step)}</span>`}${wrong.has(step) ? html` <span class="tag bad">${icon("alert")}${texts.get("ui.step.check")}</span>` : nothing}</li>`)}</ol></details>`}
  </div>`;
}
