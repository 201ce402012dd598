// One page of the definition: its questions, what they lead to, and the way on and back.
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { fieldOf } from "./fields/field";
import { cited, labelled, shortLabel } from "./fields/question";
import type { Form } from "./form";
import { icon } from "./icons";
import type { Questions } from "./questions";
import type { Notice, Page } from "./view";

export function pageView(form: Form, page: Page): TemplateResult {
  const { texts } = form;
  const intro = texts.optional(`page.${page.id}.intro`);
  const first = page.id === form.steps[0];
  return html`${intro ? html`<p class="lead">${intro}</p>` : nothing}
    ${page.kind === "notice" ? noticePage(form, page) : nothing}
    ${page.kind === "evidence" ? (form.uploads?.render() ?? nothing) : nothing}
    ${questions(form, page)}
    ${page.kind === "notice" ? nothing : notices(form, page)}
    ${page.kind === "declarations" ? privacy(form) : nothing}
    <div class="acts"><button class="btn" type="submit">${texts.get(first ? "ui.start" : "ui.next")}</button>
      ${first ? nothing : html`<button class="btn-link" type="button" @click=${form.back}>${icon("back")}${texts.get("ui.back")}</button>`}</div>
    ${page.kind === "notice" ? facts(form) : bases(form, page)}`;
}

/** The questions of a page that are shown. */
export function questions(form: Questions, page: Page): unknown {
  return repeat(page.fields.filter((id) => form.state.fields.includes(id)), (id) => id, (id) => fieldOf(form, form.view.fields[id]!));
}

export function notices(form: Questions, page: Page): TemplateResult {
  const raised = form.state.notices.filter((n) => n.page === page.id);
  return html`<div class="notices" role="status">${raised.map((n) => noticeView(form, n))}</div>`;
}

export function noticeView(form: Questions, n: Notice): TemplateResult {
  const look = n.kind === "hint" ? "" : "warn";
  const { phone, email } = form.view.authority;
  const way = [phone, email].filter(Boolean).join(", ");
  const other = n.kind === "blocker" && way ? html`<p>${form.texts.get("ui.blocker", { contact: way })}</p>` : nothing;
  return form.note(look, n.kind === "hint" ? "info" : "warning", form.texts.get(`notice.${n.id}.lead`), html`${form.texts.get(`notice.${n.id}.text`)}${n.basis.length ? html` <bdi class="muted" lang="de">(${cited(n.basis)})</bdi>` : nothing}`, undefined, other);
}

/** The first page: whom it is for, who decides, what is needed. */
function noticePage(form: Form, page: Page): TemplateResult {
  const { authority } = form.view;
  const { texts } = form;
  const first = form.view.evidence.filter((e) => e.level === "submit" && form.state.evidence.includes(e));
  return html`<div class="notices">${form.state.notices.filter((n) => n.page === page.id).map((n) => noticeView(form, n))}</div>
    <dl class="kv pair"><div><dt>${texts.get("ui.start.authority")}</dt><dd><bdi>${authority.name}</bdi></dd></div>
    ${authority.phone || authority.email ? html`<div><dt>${texts.get("ui.start.contact")}</dt><dd>${authority.phone ? html`<bdi dir="ltr">${authority.phone}</bdi>` : nothing}${authority.phone && authority.email ? html`<br>` : nothing}${authority.email ? html`<bdi dir="ltr">${authority.email.split("@").map((part, i) => (i ? html`<wbr>@${part}` : part))}</bdi>` : nothing}</dd></div>` : nothing}
    ${first.length ? html`<div><dt>${texts.get("ui.start.documents")}</dt><dd>${first.map((e) => texts.get(`evidence.${e.id}.name`)).join(", ")}</dd></div>` : nothing}
    ${authority.privacy_url ? html`<div><dt>${texts.get("ui.start.privacy")}</dt><dd><a href=${authority.privacy_url} target="_blank" rel="noopener noreferrer">${texts.get("ui.start.privacy_link")}<span class="vh"> ${texts.get("ui.new_window")}</span></a></dd></div>` : nothing}</dl>`;
}

function privacy(form: Form): unknown {
  const url = form.view.authority.privacy_url;
  return url ? html`<p class="space-2"><a href=${url} target="_blank" rel="noopener noreferrer">${form.texts.get("ui.start.privacy_link")}<span class="vh"> ${form.texts.get("ui.new_window")}</span></a></p>` : nothing;
}

function facts(form: Form): TemplateResult {
  const { texts } = form;
  const amounts = form.view.fees.flatMap((f) => (f.amount ? [f.amount] : [])).sort((a, b) => Number(a) - Number(b));
  const high = amounts[amounts.length - 1];
  const fact = (sign: Parameters<typeof icon>[0], lead: string, text: string) => html`<li>${icon(sign)}<div><b>${lead}</b><span>${text}</span></div></li>`;
  return html`<ul class="facts" aria-label=${texts.get("ui.facts")}>
    ${fact("clock", texts.get("ui.facts.time"), texts.get("ui.facts.time.text"))}
    ${fact("document", texts.get("ui.facts.documents"), texts.get("ui.facts.documents.text"))}
    ${high ? fact("euro", texts.get("ui.facts.fee", { amount: texts.price(high) }), texts.get("ui.facts.fee.text")) : nothing}
    ${fact("lock", texts.get("ui.facts.account"), texts.get("ui.facts.account.text"))}</ul>`;
}

/** Where each question of a page comes from. */
function bases(form: Form, page: Page): unknown {
  const fields = page.fields.filter((id) => form.state.fields.includes(id) && !form.texts.has(`field.${id}.why`)).map((id) => form.view.fields[id]!);
  if (!fields.length) return nothing;
  return html`<details class="why page" @toggle=${() => form.explain()}><summary>${icon("question")}${form.texts.get("ui.bases")}</summary><div>${fields.map((f) => html`<p>${labelled(shortLabel(form.texts, f))} <bdi lang="de">${cited(f.basis)}</bdi></p>${form.because(f)}`)}</div></details>`;
}
