// Why a question is shown: the answers that its rule rests on. It is loaded when somebody asks.
import { html, nothing } from "lit";
import { display } from "./display";
import { labelled, shortLabel } from "./fields/question";
import { grounds } from "./grounds";
import type { Questions } from "./questions";
import type { Field } from "./view";

/** The answers that a question is shown for; nothing when everybody is asked. */
export function because(form: Questions, field: Field): unknown {
  const page = form.pageOf(field.id);
  const rules = [page?.when, field.when].filter((t) => t !== undefined);
  const ids = [...new Set(rules.flatMap((t) => grounds(t, form.state.facts)))].filter((id) => form.view.fields[id]);
  if (!ids.length) return nothing;
  const answer = (id: string): string => {
    const given = form.answers[id];
    return given === undefined ? form.texts.get("ui.because.open") : display(form, form.view.fields[id]!, given);
  };
  return html`<p class="because">${form.texts.get("ui.because")}</p><ul class="news">${ids.map((id) => html`<li>${labelled(shortLabel(form.texts, form.view.fields[id]!))} <bdi>${answer(id)}</bdi></li>`)}</ul>`;
}
