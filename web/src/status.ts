// <aufenthalt-status>: where an application stands, what the authority asks, and the answer to it. Whoever has number
// and code sees it; both stay in memory.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { basic, download, Failure, json } from "./api";
import { Base } from "./base";
import { newDraftKey, newUUID } from "./draft";
import { Files } from "./files";
import { icon } from "./icons";
import { timeline, type Step } from "./receipt";
import { Texts } from "./text";

const fates: Record<string, string> = { imported: "ui.messages.arrived", rejected: "ui.messages.rejected" };

interface Message {
  id: string;
  kind: "question" | "answer";
  at: string;
  text: string;
  deadline?: string;
  days_left?: number;
  attachment?: { id: string; name: string; size: number };
  answered_at?: string;
  answer_state?: string;
  documents?: string[] | null;
}

interface Case {
  case_number: string;
  service: string;
  title: string;
  authority: { ags: string; name: string };
  received_at: string;
  stage: string;
  timeline: { key: string; at?: string; state: "past" | "now" | "future" }[];
  missing: { evidence: string; name: string }[];
  messages: Message[];
}

/** The answer that is being written; its id makes a repetition harmless. */
interface Reply {
  question: Message;
  id: string;
  text: string;
  draft: string;
  key: string;
  files: Files;
  problem?: string; // text key
}

const limits = { document: 10_000_000, total: 20_000_000, count: 30 };
const maxReply = 4000; // characters
const languages = ["de", "en"];

const words: Record<string, () => Promise<{ default: Record<string, string> }>> = {
  de: () => import("virtual:texts/de"),
  en: () => import("virtual:texts/en"),
};

export class Status extends Base {
  private phase: "loading" | "failed" | "closed" | "open" | "reply" | "replied" = "loading";
  private number = "";
  private code = "";
  private case: Case | undefined;
  private reply: Reply | undefined;
  private repliedAt = "";
  private problem: { key: string; args?: Record<string, string>; detail?: string; field?: "number" | "code" } | undefined;
  private busy = false;
  private notice: string | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("online", this.online);
    this.prefill();
    if (this.phase === "loading") void this.begin(this.language || "de");
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("online", this.online);
  }

  override willUpdate(changed: PropertyValues): void {
    if (changed.get("language") !== undefined && changed.has("language")) void this.begin(this.language);
  }

  private readonly online = (): void => this.reply?.files.resume();

  /** Takes number and code from the fragment, which no server sees, and removes them from the address. */
  private prefill(): void {
    const given = new URLSearchParams(location.hash.slice(1));
    const number = given.get("case");
    const code = given.get("code");
    if (number === null && code === null) return;
    this.number = number ?? "";
    this.code = code ?? "";
    history.replaceState(history.state, "", location.pathname + location.search);
  }

  private async begin(language: string): Promise<void> {
    const known = words[language] ? language : "de";
    try {
      this.texts = new Texts(known, (await words[known]!()).default);
      if (this.phase === "loading" || this.phase === "failed") this.phase = "closed";
      if (this.case) await this.fetch();
    } catch (error) {
      if (this.case && error instanceof Failure) this.notice = "ui.status.stale";
      else this.phase = "failed";
    }
    this.requestUpdate();
  }

  private async fetch(): Promise<void> {
    this.case = await json<Case>("/api/v1/cases/current", { language: this.texts.language, headers: basic(this.number, this.code) });
  }

  // --- opening

  private readonly open = async (e: Event): Promise<void> => {
    e.preventDefault();
    if (this.busy) return;
    this.number = this.number.trim().toUpperCase();
    this.code = this.code.replace(/[\s-]/g, "").toUpperCase();
    if (this.number === "") this.problem = { key: "ui.status.no_number", field: "number" };
    else if (this.code === "") this.problem = { key: "ui.status.no_code", field: "code" };
    else if (!/^[\x21-\x7e]+$/.test(this.number)) this.problem = { key: "ui.status.no_number", field: "number" };
    else if (!/^[0-9A-Z]{24}$/.test(this.code)) this.problem = { key: "ui.status.code_form", field: "code" };
    else this.problem = undefined;
    if (!this.problem) await this.tryOpen();
    this.requestUpdate();
    if (this.problem) return this.focusOn(".errsum");
    await this.toTop();
  };

  private async tryOpen(): Promise<void> {
    this.busy = true;
    this.requestUpdate();
    try {
      await this.fetch();
      this.phase = "open";
    } catch (error) {
      const f = error instanceof Failure ? error : new Failure(0);
      this.problem = f.status === 0 ? { key: "ui.status.offline" } : { key: f.key, args: f.problem.args, detail: f.problem.detail, field: f.status === 403 ? "code" : undefined };
    }
    this.busy = false;
  }

  private readonly close = async (): Promise<void> => {
    this.reply?.files.dropAll();
    Object.assign(this, { phase: "closed", number: "", code: "", case: undefined, reply: undefined, problem: undefined, notice: undefined });
    this.requestUpdate();
    await this.toTop();
  };

  private readonly refresh = async (): Promise<void> => {
    try {
      await this.fetch();
      this.notice = "ui.status.fresh";
    } catch {
      this.notice = "ui.status.stale";
    }
    this.requestUpdate();
  };

  // --- answering

  private async answer(question: Message): Promise<void> {
    const again = this.reply?.question.id === question.id;
    if (!again) {
      const draft = newUUID();
      const key = newDraftKey();
      const target = () => ({ draft, key, ags: this.case!.authority.ags, language: this.texts.language });
      const files = new Files(target, () => this.texts, limits, () => this.requestUpdate(), (s) => void this.focusOn(s));
      this.reply = { question, id: newUUID(), text: "", draft, key, files };
    }
    this.phase = "reply";
    this.requestUpdate();
    await this.toTop();
  }

  private readonly send = async (e: Event): Promise<void> => {
    e.preventDefault();
    const r = this.reply;
    if (!r || this.busy) return;
    const documents = r.files.done().map((d) => ({ id: d.id, evidence: "" }));
    r.problem = r.files.busy ? "ui.send.busy" : r.text.trim() === "" && !documents.length ? "ui.reply.empty" : [...r.text].length > maxReply ? "ui.reply.long" : undefined;
    this.problem = undefined;
    if (!r.problem) await this.deliver(r, documents.map((d) => ({ id: d.id })));
    this.requestUpdate();
    if (r.problem || this.problem) return this.focusOn(".errsum");
    await this.toTop();
  };

  private async deliver(r: Reply, documents: { id: string }[]): Promise<void> {
    this.busy = true;
    this.requestUpdate();
    const body = JSON.stringify({ id: r.id, text: r.text.trim(), documents, ...(documents.length ? { draft: { id: r.draft, key: r.key } } : {}) });
    try {
      const { answered_at } = await json<{ answered_at: string }>(`/api/v1/cases/current/messages/${encodeURIComponent(r.question.id)}/answer`, {
        method: "POST", language: this.texts.language, headers: basic(this.number, this.code), body,
      });
      this.repliedAt = answered_at;
      this.phase = "replied";
      this.reply = undefined;
      await this.fetch().catch(() => undefined);
    } catch (error) {
      const f = error instanceof Failure ? error : new Failure(0);
      this.problem = f.status === 0 ? { key: "ui.reply.failed" } : { key: f.key, args: f.problem.args, detail: f.problem.detail };
    }
    this.busy = false;
  }

  private readonly overview = async (): Promise<void> => {
    this.phase = "open";
    this.problem = undefined;
    this.requestUpdate();
    await this.toTop();
  };

  // --- drawing

  override render(): TemplateResult {
    if (this.phase === "loading") return this.loading();
    if (this.phase === "failed") return this.failed(undefined, () => void this.begin(this.language || "de"));
    const inner = { closed: () => this.door(), open: () => this.overviewView(), reply: () => this.replyView(this.reply!), replied: () => this.repliedView() }[this.phase]();
    return this.frame(html`${this.testLabel(this.environment ?? "")}${this.bar(this.texts.get("ui.status.name"), languages, (l) => void this.begin(l))}<div class="at-in">${inner}</div>`, this.phase === "open" ? "open" : "");
  }

  private errorBox(): unknown {
    const p = this.problem;
    if (!p) return nothing;
    const sentence = this.texts.has(p.key) ? this.texts.get(p.key, p.args) : (p.detail ?? this.texts.get("ui.status.offline"));
    return html`<div class="errsum" role="alert" tabindex="-1">${this.heading(this.step, html`${icon("alert")}${this.texts.get("ui.reply.problem")}`)}<p>${sentence}</p></div>`;
  }

  private door(): TemplateResult {
    const { texts } = this;
    const wrong = (field: "number" | "code") => (this.problem?.field === field ? "true" : nothing);
    return html`${this.errorBox()}<form novalidate @submit=${this.open}><div data-heading>${this.heading(this.step, texts.get("ui.status.title"), "", nothing, true)}</div>
      <p class="lead">${texts.get("ui.status.intro")}</p>
      <div class="q"><label class="label" for="number">${texts.get("ui.receipt.number")}</label><p class="hint" id="number-hint">${texts.get("ui.status.number_hint")}</p>
        <input class="in w20" id="number" dir="ltr" autocomplete="off" spellcheck="false" autocapitalize="characters" aria-describedby="number-hint" aria-invalid=${wrong("number")} .value=${this.number} @input=${(e: Event) => (this.number = (e.target as HTMLInputElement).value)}></div>
      <div class="q"><label class="label" for="code">${texts.get("ui.status.code")}</label><p class="hint" id="code-hint">${texts.get("ui.status.code_hint")}</p>
        <input class="in w20 mono" id="code" dir="ltr" autocomplete="off" spellcheck="false" autocapitalize="characters" aria-describedby="code-hint" aria-invalid=${wrong("code")} .value=${this.code} @input=${(e: Event) => (this.code = (e.target as HTMLInputElement).value)}></div>
      <div class="acts"><button class="btn" type="submit" aria-disabled=${this.busy ? "true" : nothing}>${texts.get(this.busy ? "ui.status.opening" : "ui.status.open")}</button></div></form>
      <p class="small muted space-2">${texts.get("ui.status.lost")}</p>`;
  }

  private overviewView(): TemplateResult {
    const { texts } = this;
    const c = this.case!;
    const questions = c.messages.filter((m) => m.kind === "question" && !m.answered_at).sort((a, b) => (a.deadline ?? "9") < (b.deadline ?? "9") ? -1 : 1);
    return html`<div class="head"><div><p class="small muted">${texts.get("ui.status.case")} <bdi class="num" dir="ltr">${c.case_number}</bdi></p>
        <div data-heading>${this.heading(this.step, c.title || texts.get("ui.status.title"), "", nothing, true)}</div></div>
      <button class="btn-link start no-print" type="button" @click=${this.close}>${icon("lock")}${texts.get("ui.status.close")}</button></div>
    <div class="notices" role="status">${this.notice ? this.note(this.notice === "ui.status.fresh" ? "ok" : "warn", this.notice === "ui.status.fresh" ? "done" : "warning", texts.get(this.notice)) : nothing}</div>
    <div class="cols"><div>${questions.map((q) => this.question(q))}${this.where(c)}${this.thread(c)}</div>
      <div>${c.missing.length ? html`<section class="box">${this.heading(this.level, texts.get("ui.status.missing"))}<ul class="docs">${c.missing.map((m) => html`<li>${icon("document")}<div>${m.name}</div></li>`)}</ul><p class="hint space">${texts.get("ui.receipt.missing.text")}</p></section>` : nothing}
        <section class="box no-print">${this.heading(this.level, texts.get("ui.status.documents"))}<ul class="docs"><li>${icon("document")}<div><button class="btn-link" type="button" @click=${this.pdf}>${texts.get("ui.receipt.pdf")}</button></div></li></ul></section>
        <section class="box">${this.heading(this.level, texts.get("ui.start.authority"))}<p class="space"><bdi>${c.authority.name}</bdi></p></section></div></div>`;
  }

  private readonly pdf = async (): Promise<void> => {
    const { language } = this.texts;
    try {
      await download("/api/v1/cases/receipt.pdf", { method: "POST", language, headers: basic(this.number, this.code), body: JSON.stringify({ language }) }, this.texts.get("ui.receipt.file", { number: this.case!.case_number }));
      this.notice = undefined;
    } catch {
      this.notice = "ui.receipt.pdf_failed";
    }
    this.requestUpdate();
  };

  private async attachment(m: Message): Promise<void> {
    try {
      await download(`/api/v1/cases/current/messages/${encodeURIComponent(m.id)}/attachment`, { language: this.texts.language, headers: basic(this.number, this.code) }, m.attachment!.name);
      this.notice = undefined;
    } catch {
      this.notice = "ui.status.attachment_failed";
    }
    this.requestUpdate();
  }

  private question(m: Message): TemplateResult {
    const { texts } = this;
    const days = m.days_left;
    const over = days !== undefined && days < 0;
    const left = days === undefined ? nothing : days < 0 ? nothing : days === 0 ? texts.get("ui.deadline.today") : texts.count("ui.deadline.days", days);
    const near = days !== undefined && days >= 0 && days <= 3;
    return html`<section class="box ask ${over ? "over" : ""}" aria-labelledby="q-${m.id}">
      ${m.deadline ? html`<p class="due ${over ? "over" : ""}"><b>${icon("clock")}<span>${over ? texts.get("ui.deadline.over") : texts.get("ui.deadline", { day: texts.longDay(m.deadline) })}</span></b>${near ? html`<span class="tag bad">${left}</span>` : html`<span>${left}</span>`}</p>` : nothing}
      <div class="in2">${this.heading(this.level, texts.get("ui.question.title"), "h2", `q-${m.id}`)}
        <p class="small muted"><bdi>${this.case!.authority.name}</bdi>, ${texts.moment(m.at)}</p>
        <div class="quote" lang="de" dir="auto"><p>${m.text}</p></div>
        ${texts.language === "de" ? nothing : html`<p class="hint space">${texts.get("ui.question.german")}</p>`}
        ${m.attachment ? html`<ul class="docs"><li>${icon("document")}<div><button class="btn-link" type="button" @click=${() => void this.attachment(m)}><bdi>${m.attachment.name}</bdi></button> <span class="muted"><bdi>${texts.size(m.attachment.size)}</bdi></span></div></li></ul>` : nothing}
        <div class="acts"><button class="btn" type="button" @click=${() => void this.answer(m)}>${texts.get("ui.question.answer")}</button></div></div></section>`;
  }

  private where(c: Case): TemplateResult {
    const { texts } = this;
    const waiting = c.messages.some((m) => m.kind === "question" && !m.answered_at);
    const steps = c.timeline.map((e): Step => ({
      state: e.state,
      title: texts.get(e.state === "past" ? e.key : (texts.has(`${e.key}.next`) ? `${e.key}.next` : e.key)),
      text: e.key === "status.examination" && waiting ? texts.get("ui.status.waiting") : e.state === "now" || e.key === "status.rejected" || e.key === "status.failed" ? texts.optional(`${e.key}.text`) : undefined,
      time: e.at || undefined,
    }));
    return html`<section class="box">${this.heading(this.level, texts.get("ui.status.where"))}${timeline(texts, steps)}
      <div class="acts no-print"><button class="btn-link start" type="button" @click=${this.refresh}>${icon("retry")}${texts.get("ui.status.refresh")}</button></div></section>`;
  }

  private thread(c: Case): unknown {
    const { texts } = this;
    const past = c.messages.filter((m) => m.kind === "answer" || m.answered_at);
    if (!past.length && c.messages.length) return nothing; // what is open stands above
    return html`<section class="box">${this.heading(this.level, texts.get("ui.messages"))}${past.length ? html`<ol class="thread">${past.map((m) => html`<li class="msg ${m.kind === "answer" ? "me" : ""}">
        <p class="by">${m.kind === "answer" ? texts.get("ui.messages.you") : html`<bdi>${c.authority.name}</bdi>`}, ${texts.moment(m.at)}</p><p dir="auto">${m.text}</p>
        ${m.documents?.length ? html`<p class="small muted">${texts.get("ui.messages.documents")} <bdi>${m.documents.join(", ")}</bdi></p>` : nothing}
        ${m.kind === "question" && m.attachment ? html`<button class="btn-link start" type="button" @click=${() => void this.attachment(m)}>${icon("document")}<bdi>${m.attachment.name}</bdi></button>` : nothing}
        ${m.kind === "question" && m.answer_state ? html`<p class="small muted">${texts.get(fates[m.answer_state] ?? "ui.messages.on_the_way")}</p>` : nothing}</li>`)}</ol>` : html`<p class="hint space">${texts.get("ui.messages.none")}</p>`}</section>`;
  }

  private replyView(r: Reply): TemplateResult {
    const { texts } = this;
    if (r.problem) this.problem = { key: r.problem };
    const name = texts.get("ui.reply.files");
    return html`${this.errorBox()}<form novalidate @submit=${this.send}>
      <div data-heading>${this.heading(this.step, texts.get("ui.reply.title"), "", nothing, true)}</div>
      ${r.question.deadline ? html`<p class="lead">${texts.get("ui.deadline", { day: texts.longDay(r.question.deadline) })}</p>` : nothing}
      <div class="quote" lang="de" dir="auto"><p>${r.question.text}</p></div>
      <div class="q"><label class="label" for="reply">${texts.get("ui.reply.text")} <span class="opt">${texts.get("ui.reply.or_files")}</span></label><p class="hint" id="reply-hint">${texts.get("ui.reply.hint")}</p>
        <textarea class="in" id="reply" rows="6" dir="auto" aria-describedby="reply-hint" .value=${r.text} @input=${(e: Event) => (r.text = (e.target as HTMLTextAreaElement).value)}></textarea></div>
      <section class="ev space-2" aria-labelledby="group-reply"><header>${this.heading(this.level, name, "", "group-reply", true)}</header><div class="body"><p class="hint">${texts.get("ui.reply.files_hint")}</p>${r.files.list("reply")}${r.files.picker("reply", name, limits.count)}</div></section>
      ${r.files.total()}
      <div class="acts"><button class="btn" type="submit" aria-disabled=${this.busy ? "true" : nothing}>${texts.get(this.busy ? "ui.sending" : "ui.reply.send")}</button>
        <button class="btn-link" type="button" @click=${this.overview}>${icon("back")}${texts.get("ui.back")}</button></div></form>`;
  }

  private repliedView(): TemplateResult {
    const { texts } = this;
    return html`<div class="done-head">${icon("done")}<div><div data-heading>${this.heading(this.step, texts.get("ui.replied.title"), "", nothing, true)}</div>
        <p class="lead">${texts.get("ui.receipt.when", { day: texts.longDay(this.repliedAt), time: texts.clock(this.repliedAt), authority: this.case!.authority.name })}</p></div></div>
      <p class="space-2">${texts.get("ui.replied.text")}</p>
      <div class="acts"><button class="btn" type="button" @click=${this.overview}>${texts.get("ui.replied.back")}</button></div>`;
  }
}
