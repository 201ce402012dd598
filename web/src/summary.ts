// The last step: everything once more, what is still missing, and sending.
import { html, nothing, type TemplateResult } from "lit";
import { Failure, json } from "./api";
import { display } from "./display";
import type { EntryProblem } from "./entry";
import { shownAnswers } from "./evaluate";
import type { Form } from "./form";
import { cited, shortLabel } from "./fields/question";
import { icon } from "./icons";
import type { Receipt } from "./receipt";
import { summaryPage, type Evidence, type Field, type Page } from "./view";

const missing = (form: Form): Evidence[] =>
  form.state.evidence.filter((e) => e.level !== "helpful" && !form.draft.documents.some((d) => d.evidence === e.id));

export function summaryView(form: Form): TemplateResult {
  const { texts, view } = form;
  const lacking = missing(form);
  const pages = view.pages.filter((p) => form.state.pages.includes(p.id));
  const problems = new Map(form.allProblems().map((p) => [p.field, p]));
  return html`<p class="lead">${texts.get("ui.summary.intro")}</p>
    ${lacking.length ? html`<div class="notices">${form.note("warn", "info", texts.count("ui.missing", lacking.length), texts.get("ui.missing.text"))}</div>` : nothing}
    ${pages.map((p) => (p.kind === "evidence" ? documents(form, p) : section(form, p, problems)))}
    ${fees(form)}
    <div class="notices" role="status">${form.trying ? form.note("warn", "retry", texts.get("ui.send.again"), texts.get("ui.send.again.text")) : nothing}</div>
    <div class="acts"><button class="btn" type="submit" aria-disabled=${form.sending ? "true" : nothing}>${texts.get(form.sending ? "ui.sending" : "ui.submit")}</button>
      <button class="btn-link" type="button" @click=${() => void back(form)}>${icon("back")}${texts.get("ui.back")}</button></div>
    <p class="small muted space">${texts.get("ui.summary.encrypted", { authority: view.authority.name })}</p>
    <p class="vh" role="status">${form.sending ? texts.get("ui.sending") : nothing}</p>`;
}

async function back(form: Form): Promise<void> {
  const steps = form.steps;
  form.returnTo = undefined;
  form.message = undefined;
  await form.show(steps[steps.length - 2]!);
}

function section(form: Form, page: Page, problems: Map<string, EntryProblem>): unknown {
  const fields = page.fields.filter((id) => form.state.fields.includes(id)).map((id) => form.view.fields[id]!);
  if (!fields.length) return nothing;
  const open = (f: Field) => !f.required && form.answers[f.id] === undefined && form.draft.typed[f.id] === undefined;
  const without = fields.filter((f) => open(f) && !form.state.checks.some((c) => c.field === f.id));
  const rows = fields.filter((f) => !without.includes(f));
  return html`<section class="sum"><header>${form.heading(form.level, form.titleOf(page.id))}</header>${rows.length ? html`<dl>${rows.map((f) => row(form, f, problems.get(f.id)))}</dl>` : nothing}
    ${without.length ? html`<details><summary>${form.texts.count("ui.unanswered", without.length)}</summary><dl>${without.map((f) => row(form, f, undefined))}</dl></details>` : nothing}</section>`;
}

function row(form: Form, field: Field, problem: EntryProblem | undefined): TemplateResult {
  const { texts } = form;
  const answer = form.answers[field.id];
  const warnings = form.state.checks.filter((c) => c.field === field.id && c.kind === "warning");
  const label = texts.get(`field.${field.id}.label`);
  const value = problem ? html`${answer !== undefined ? html`<bdi>${display(form, field, answer)}</bdi><br>` : nothing}${texts.get(problem.key, problem.args)}`
    : answer === undefined ? html`<span class="muted">${texts.get("ui.no_answer")}</span>` : field.declaration ? html`<span class="good">${icon("check")} ${texts.get("ui.confirmed")}</span>` : html`<bdi>${display(form, field, answer)}</bdi>`;
  return html`<div class="${problem ? "gap" : ""} ${field.declaration ? "decl" : ""}"><dt>${label}</dt><dd>${value}${warnings.length ? html`<div class="warnmsg">${warnings.map((c) => html`<p>${icon("warning")}<span>${texts.get(`check.${c.id}`)}</span></p>`)}</div>` : nothing}</dd>
    <dd class="do"><button class="btn-link" type="button" data-change=${field.id} @click=${() => change(form, field.id)}>${texts.get(problem && answer === undefined ? "ui.complete" : "ui.change")}<span class="vh">: ${shortLabel(texts, field)}</span></button></dd></div>`;
}

/** Goes to the question and comes back to this row. */
async function change(form: Form, field: string): Promise<void> {
  form.returnTo = field;
  form.message = undefined;
  await form.visit(field);
}

function documents(form: Form, page: Page): TemplateResult {
  const { texts } = form;
  const go = () => {
    form.returnTo = "documents";
    void form.show(page.id);
  };
  return html`<section class="sum"><header>${form.heading(form.level, form.titleOf(page.id))}</header><dl>${form.state.evidence.map((e, i) => {
    const name = texts.get(`evidence.${e.id}.name`);
    const files = form.draft.documents.filter((d) => d.evidence === e.id);
    const open = files.length === 0 && e.level !== "helpful";
    return html`<div class=${open ? "gap" : ""}><dt>${name}</dt><dd>${files.length ? html`<bdi>${files.map((d) => d.name).join(", ")}</bdi>` : open ? texts.get("ui.later") : html`<span class="muted">${texts.get("ui.no_document")}</span>`}</dd>
      <dd class="do"><button class="btn-link" type="button" data-change=${i === 0 ? "documents" : nothing} @click=${go}>${texts.get(files.length ? "ui.change" : "ui.complete")}<span class="vh">: ${name}</span></button></dd></div>`;
  })}</dl></section>`;
}

function fees(form: Form): unknown {
  const { texts, state } = form;
  if (!state.fees.length) return nothing;
  return html`<section class="sum"><header>${form.heading(form.level, texts.get("ui.fees"))}</header><dl class="plain">${state.fees.map((f) => html`<div><dt>${texts.optional(`fee.${f.code}.name`) ?? texts.get("ui.fee")}</dt>
    <dd>${f.amount ? html`<bdi>${texts.price(f.amount)}</bdi>` : texts.get("ui.fee.open")}${f.basis ? html` <bdi class="muted small" lang="de">(${cited([f.basis])})</bdi>` : nothing}</dd></div>`)}</dl><p class="hint space">${texts.get("ui.fees.text")}</p></section>`;
}

// --- sending

/** Sends the application. The same draft sent twice is one application: the platform knows it by its id. */
export async function submit(e: Event, form: Form): Promise<void> {
  e.preventDefault();
  if (form.sending) return;
  form.message = undefined;
  const wrong = form.allProblems();
  if (wrong.length) return form.refused(wrong);
  if (form.uploads?.files.busy) {
    form.message = { kind: "warn", key: "ui.send.busy" };
    return form.requestUpdate();
  }
  form.sending = true;
  form.requestUpdate();
  try {
    await form.received(await post(form, bodyOf(form)));
  } catch (error) {
    await failed(form, error instanceof Failure ? error : new Failure(0));
  }
  form.sending = form.trying = false;
  form.requestUpdate();
}

/** What is sent; the same answers give the same bytes, so that a repetition is known as one. */
function bodyOf(form: Form): string {
  const { draft, view, state } = form;
  const documents = draft.documents.filter((d) => state.evidence.some((e) => e.id === d.evidence)).map((d) => ({ id: d.id, evidence: d.evidence }));
  return JSON.stringify({
    id: draft.submission, service: view.service, hash: view.hash, law_day: view.law_day, ags: form.ags, language: view.language,
    answers: shownAnswers(state, form.answers), documents, ...(documents.length ? { draft: { id: draft.id, key: draft.key } } : {}), access_code: draft.code,
    ...(draft.related ? { related: draft.related } : {}),
  });
}

const waits = [0, 1500, 4000, 8000, 15_000, 30_000, 30_000, 60_000, 60_000, 60_000]; // milliseconds before each try

/** Waits so long, or until there is a connection again. */
const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      removeEventListener("online", go);
      resolve();
    };
    const timer = setTimeout(go, milliseconds);
    addEventListener("online", go);
  });

/** Sends, and goes on trying while the person stays on this step. */
async function post(form: Form, body: string): Promise<Receipt> {
  const { draft } = form;
  const earlier = draft.sent;
  for (const [i, wait] of waits.entries()) {
    await pause(wait);
    draft.sent = body;
    form.save();
    try {
      return await send(form, body);
    } catch (error) {
      const f = error as Failure;
      if (f.status === 409 && f.key === "error.submission.other" && earlier && earlier !== body) return send(form, earlier); // an earlier try did arrive
      if (!f.passing) draft.sent = earlier === body ? undefined : earlier; // this one surely did not
      if (!f.passing || f.status === 429 || i === waits.length - 1 || draft.page !== summaryPage) throw error;
      form.trying = true;
      form.requestUpdate();
    }
  }
  throw new Failure(0);
}

const send = (form: Form, body: string): Promise<Receipt> => json<Receipt>("/api/v1/applications", { method: "POST", language: form.texts.language, body });

async function failed(form: Form, f: Failure): Promise<void> {
  const problems = (f.problem.errors ?? []).filter((p): p is EntryProblem => p.field !== undefined && form.view.fields[p.field] !== undefined);
  if (problems.length) return form.refused(problems.map((p) => ({ field: p.field, key: p.key, args: p.args })));
  if (f.key === "error.definition.changed") {
    try {
      await form.renew();
      const wrong = form.allProblems();
      if (wrong.length) return await form.refused(wrong);
      return await form.focusOn(".message");
    } catch {
      form.message = { kind: "bad", key: "ui.send.failed" };
      return;
    }
  }
  if (f.key === "error.draft.expired" || f.key === "error.document.gone") return lost(form);
  form.message = f.status === 0 ? { kind: "bad", key: "ui.send.failed" } : { kind: "bad", key: f.key, args: f.problem.args, detail: f.problem.detail ?? (form.texts.has(f.key) ? undefined : form.texts.get("ui.send.failed")) };
  if (form.draft.page === summaryPage) await form.toTop();
}

/** The platform no longer has the documents: they are chosen again, or sent later. */
async function lost(form: Form): Promise<void> {
  form.draft.documents = [];
  form.uploads?.files.lost();
  const page = form.view.pages.find((p) => p.kind === "evidence" && form.state.pages.includes(p.id));
  form.returnTo = "documents";
  if (page) await form.show(page.id);
  form.message = { kind: "warn", key: "ui.documents_lost" };
}
