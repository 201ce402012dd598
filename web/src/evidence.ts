// The evidence page: one card for each document that these answers call for. A missing one never stops anything.
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { basis } from "./fields/question";
import { Files } from "./files";
import type { Form } from "./form";
import { icon } from "./icons";
import type { Evidence } from "./view";

export class Evidences {
  readonly files: Files;
  private over: string | undefined;

  constructor(private readonly form: Form) {
    const { limits } = form.view;
    this.files = new Files(
      () => ({ draft: form.draft.id, key: form.draft.key, ags: form.ags, language: form.texts.language }),
      () => form.texts,
      { document: limits.document_bytes, total: limits.total_bytes, count: limits.documents },
      () => this.changed(),
      (selector) => void form.focusOn(selector),
      form.draft.documents,
    );
  }

  private changed(): void {
    this.form.draft.documents = this.files.done();
    this.form.save();
    this.form.requestUpdate();
  }

  resume(): void {
    this.files.resume();
  }

  dropAll(): void {
    this.files.dropAll();
  }

  render(): TemplateResult {
    const { texts, state } = this.form;
    if (!state.evidence.length) return html`<p class="lead">${texts.get("ui.evidence.none")}</p>`;
    const { document, total } = this.files.limits;
    return html`<p class="hint space">${texts.get("ui.evidence.limits", { document: texts.size(document), total: texts.size(total) })}</p>${repeat(state.evidence, (e) => e.id, (e) => this.card(e))}${this.files.total()}`;
  }

  private card(e: Evidence): TemplateResult {
    const { texts } = this.form;
    const name = texts.get(`evidence.${e.id}.name`);
    const hint = texts.optional(`evidence.${e.id}.hint`);
    const drag = (on: boolean) => (event: DragEvent) => {
      event.preventDefault();
      this.over = on ? e.id : undefined;
      this.form.requestUpdate();
    };
    const drop = (event: DragEvent) => {
      drag(false)(event);
      this.files.add(e.id, [...(event.dataTransfer?.files ?? [])], e.max);
    };
    return html`<section class="ev ${this.over === e.id ? "over" : ""}" aria-labelledby="group-${e.id}" @dragover=${drag(true)} @dragleave=${drag(false)} @drop=${drop}>
      <header>${this.form.heading(this.form.level, name, "", `group-${e.id}`, true)}${this.tag(e)}</header>
      <div class="body">${hint ? html`<p class="hint">${hint}</p>` : nothing}${this.files.list(e.id)}${this.files.picker(e.id, name, e.max)}
        <details class="why"><summary>${icon("question")}${texts.get("ui.evidence.why")}<span class="vh">: ${name}</span></summary><div>${basis(texts, e.basis)}</div></details></div></section>`;
  }

  private tag(e: Evidence): unknown {
    const { texts } = this.form;
    const items = this.files.of(e.id);
    if (items.some((i) => i.state === "sending" || i.state === "waiting")) return html`<span class="tag info">${icon("upload")}${texts.get("ui.evidence.sending")}</span>`;
    if (items.some((i) => i.state === "refused" || i.state === "failed")) return html`<span class="tag bad">${icon("alert")}${texts.get("ui.evidence.refused")}</span>`;
    if (items.length) return html`<span class="tag ok">${icon("check")}${texts.get("ui.evidence.done")}</span>`;
    return e.level === "submit" ? nothing : html`<span class="tag">${texts.get(`ui.evidence.${e.level}`)}</span>`;
  }
}
