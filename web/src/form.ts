// <at-…>: the application form of one service. The tag is the service; the element asks, checks, saves and sends.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { Failure } from "./api";
import { elementOf, type Base } from "./base";
import { Drafts, newDraft, type Draft, type SignedReceipt } from "./draft";
import type { EntryProblem, Typed } from "./entry";
import type { Evidences } from "./evidence";
import { icon } from "./icons";
import { viewOf } from "./load";
import { newsSince, newsView, type News } from "./news";
import { pageView } from "./page";
import { progress } from "./progress";
import { Questions } from "./questions";
import type { Receipt, ReceiptPage } from "./receipt";
import { ownName } from "./text";
import { summaryPage } from "./view";

const saveDelay = 400; // milliseconds after the last key
const patience = 300; // milliseconds that a closing window may need to give a draft free

type SaveState = "none" | "saved" | "failing" | "off";
type Parts = { evidence?: typeof import("./evidence"); summary?: typeof import("./summary") };

/** Something that happened and stays on the screen until the next step. */
interface Message {
  kind: "warn" | "bad" | "ok";
  key: string;
  args?: Record<string, string | number>;
  detail?: string;
  news?: News[];
}

export class Form extends Questions {
  static override properties = { suggested: { attribute: false }, earlier: { attribute: false } };

  /** What is answered before a new draft begins: the router's way to this service. */
  declare suggested: Record<string, Typed> | undefined;

  /** What was typed in an application before, for somebody of the same family, and its receipt. */
  declare earlier: { typed: Record<string, Typed>; receipt: SignedReceipt } | undefined;

  draft: Draft = newDraft();
  uploads: Evidences | undefined;
  message: Message | undefined;
  sending = false;
  /** A try to send came to nothing, and another one follows. */
  trying = false;
  /** The row of the summary to which a change returns. */
  returnTo: string | undefined;

  private phase: "loading" | "failed" | "filling" | "elsewhere" | "received" = "loading";
  private failure: string | undefined;
  private drafts!: Drafts;
  private parts: Parts = {};
  private receipt: ReceiptPage | undefined;
  private saveState: SaveState = "none";
  private saving = true;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private optionsOpen = false;
  private wipeAsked = false;
  private online = true;
  private started: string | undefined;
  private release: (() => void) | undefined; // gives the draft free for another window
  private held: string | undefined; // the draft that this window has

  get service(): string {
    return this.localName;
  }

  protected get entered(): Record<string, Typed> {
    return this.draft.typed;
  }

  get current(): string {
    return this.draft.page;
  }

  protected override changed(): void {
    this.save();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("online", this.connection);
    addEventListener("offline", this.connection);
    addEventListener("pagehide", this.saveNow);
    document.addEventListener("visibilitychange", this.saveNow);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("online", this.connection);
    removeEventListener("offline", this.connection);
    removeEventListener("pagehide", this.saveNow);
    document.removeEventListener("visibilitychange", this.saveNow);
    this.receipt?.close();
    void this.saveNow().then(() => this.release?.());
  }

  override willUpdate(changed: PropertyValues): void {
    if (this.started !== (this.ags ?? "")) {
      this.started = this.ags ?? "";
      void this.start();
    } else if (changed.has("language") && changed.get("language") !== undefined && this.phase === "filling") {
      void this.speak(this.language);
    }
  }

  private readonly connection = (): void => {
    this.online = navigator.onLine;
    if (this.online) this.uploads?.resume();
    this.requestUpdate();
  };

  // --- loading

  private async start(steal = false): Promise<void> {
    this.phase = "loading";
    this.online = navigator.onLine;
    const ours = await this.claim(steal);
    this.drafts = new Drafts(`${this.service}|${this.ags}`);
    const found = await this.drafts.load(Date.now()).catch(() => {
      this.saveState = "failing";
      return undefined;
    });
    this.draft = found && found !== "expired" ? found : { ...newDraft(), typed: { ...this.suggested } };
    this.uploads = undefined;
    this.problems.clear();
    this.touched.clear();
    try {
      await this.load(this.draft.language ?? (this.language || "de"));
    } catch (error) {
      this.failure = error instanceof Failure ? error.problem.detail : undefined;
      this.phase = "failed";
      this.requestUpdate();
      return;
    }
    if (!ours) {
      this.phase = "elsewhere";
      return this.requestUpdate();
    }
    if (found === "expired") this.message = { kind: "warn", key: "ui.draft.expired" };
    else if (found) await this.resumed(found);
    else if (this.earlier) this.inherit(this.earlier.typed, this.earlier.receipt);
    this.shown();
    this.phase = "filling";
    await this.show(this.steps.includes(this.draft.page) ? this.draft.page : this.steps[0]!, false);
  }

  /** Takes the draft for this window, so that two windows never write over each other. */
  private async claim(steal: boolean): Promise<boolean> {
    const name = `aufenthalt|${this.service}|${this.ags ?? ""}`;
    if (!navigator.locks || this.held === name) return true;
    this.release?.();
    if (await this.take(name, steal)) return true;
    await new Promise((resolve) => setTimeout(resolve, patience));
    return this.take(name, false);
  }

  private take(name: string, steal: boolean): Promise<boolean> {
    return new Promise((resolve) => {
      const hold = (lock: Lock | null): Promise<void> | undefined => {
        this.held = lock ? name : undefined;
        resolve(lock !== null);
        return lock ? new Promise((release) => (this.release = release)) : undefined;
      };
      navigator.locks.request(name, steal ? { steal } : { ifAvailable: true }, hold).then(() => (this.held = undefined), this.lost);
    });
  }

  /** Another window took the draft. */
  private readonly lost = (): void => {
    this.held = this.release = undefined;
    if (this.phase !== "filling") return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.phase = "elsewhere";
    this.requestUpdate();
  };

  private async resumed(found: Draft): Promise<void> {
    if (Object.keys(found.typed).length === 0 && found.documents.length === 0) return;
    this.saveState = "saved";
    const { hash, lawDay } = found;
    const news = lawDay && (lawDay !== this.view.law_day || hash !== this.view.hash) ? await newsSince(hash, lawDay, this.service, this.ags ?? "", this.texts.language) : [];
    this.message = hash === this.view.hash && news.length === 0 ? { kind: "ok", key: "ui.draft.resumed" } : { kind: "warn", key: "ui.law_changed", news };
  }

  /** Takes over what a family shares; all of it can be changed. */
  private inherit(typed: Record<string, Typed>, receipt: SignedReceipt): void {
    for (const field of Object.values(this.view.fields)) {
      const from = field.household?.find((id) => typed[id] !== undefined && typed[id] !== "");
      if (from) this.draft.typed[field.id] ??= structuredClone(typed[from]!);
    }
    this.draft.related = receipt;
    this.reckon();
    this.message = { kind: "ok", key: "ui.family.taken" };
  }

  /** Opens the application of the next person of the family below this one, whose receipt stays in sight. */
  follow(service: string, receipt: SignedReceipt): void {
    const next = formOf(service, this);
    next.slot = this.slot;
    next.earlier = { typed: this.draft.typed, receipt };
    next.style.marginBlockStart = "24px";
    this.after(next);
    next.scrollIntoView({ block: "start" });
  }

  /** Notes which rules the person has before her. */
  private shown(): void {
    this.draft.hash = this.view.hash;
    this.draft.lawDay = this.view.law_day;
  }

  private async load(language: string): Promise<void> {
    this.accept(await viewOf(this.service, this.ags ?? "", language));
  }

  /** Loads the rules of now and keeps all answers; says that something may have changed. */
  async renew(): Promise<void> {
    const { hash, law_day: day } = this.view;
    await this.load(this.texts.language);
    this.message = { kind: "warn", key: "ui.law_changed", news: day === this.view.law_day && hash === this.view.hash ? [] : await newsSince(hash, day, this.service, this.ags ?? "", this.texts.language) };
    this.shown();
  }

  private readonly speak = async (language: string): Promise<void> => {
    try {
      await this.load(language);
      this.draft.language = language;
      this.save();
    } catch {
      this.message = { kind: "warn", key: "ui.language.failed", args: { language: ownName(language) } };
    }
    this.requestUpdate();
  };

  // --- steps

  get steps(): string[] {
    return [...this.state.pages, summaryPage];
  }

  titleOf(step: string): string {
    return this.texts.get(step === summaryPage ? "ui.summary.title" : `page.${step}.title`);
  }

  /** Shows a step; heading and focus follow unless it is the first one. */
  async show(step: string, moved = true): Promise<void> {
    this.draft.page = step;
    if (!this.draft.visited.includes(step)) this.draft.visited.push(step);
    this.summary = [];
    this.list = undefined;
    await this.need(step);
    this.requestUpdate();
    if (!moved) return;
    this.save();
    const at = this.steps.indexOf(step);
    this.tell("aufenthalt-step", { service: this.service, page: step, step: at + 1, of: this.steps.length });
    await this.toTop();
  }

  /** Loads the later parts only when they are needed. */
  private async need(step: string): Promise<void> {
    try {
      if (this.view.pages.find((p) => p.id === step)?.kind === "evidence") {
        this.parts.evidence ??= await import("./evidence");
        this.uploads ??= new this.parts.evidence.Evidences(this);
      }
      if (step === summaryPage) {
        this.parts.summary ??= await import("./summary");
        void import("./receipt").catch(() => undefined); // so that it is there when it is needed
      }
    } catch {
      this.message = { kind: "bad", key: "ui.part_failed" };
    }
  }

  private readonly next = async (e: Event): Promise<void> => {
    e.preventDefault();
    const page = this.page;
    if (!page) return;
    this.message = undefined;
    if (!(await this.passes(page))) return;
    const steps = this.steps;
    const after = steps[steps.indexOf(page.id) + 1] ?? summaryPage;
    if (this.returnTo === undefined || !this.draft.visited.includes(after)) return this.show(after);
    const row = this.returnTo;
    this.returnTo = undefined;
    await this.show(summaryPage);
    await this.focusOn(`[data-change="${CSS.escape(row)}"]`);
  };

  /** Mistakes that the server found. */
  async refused(problems: EntryProblem[]): Promise<void> {
    for (const p of problems) this.problems.set(p.field, p);
    await this.refuse(problems);
  }

  readonly back = async (): Promise<void> => {
    const steps = this.steps;
    const before = steps[steps.indexOf(this.draft.page) - 1];
    this.returnTo = undefined;
    this.message = undefined;
    if (before) await this.show(before);
  };

  /** The application is received: the draft has done its work. */
  async received(receipt: Receipt): Promise<void> {
    const { ReceiptPage } = await import("./receipt");
    this.receipt = new ReceiptPage(this, receipt, this.draft.code);
    this.phase = "received";
    this.message = undefined;
    this.summary = [];
    this.saving = false;
    clearTimeout(this.timer);
    await this.drafts.wipe().catch(() => undefined);
    this.release?.(); // the next application of this service has a draft of its own
    this.tell("aufenthalt-submitted", { service: this.service });
    this.requestUpdate();
    await this.toTop();
  }

  // --- saving

  /** Saves a little later; the newest state wins. */
  save(): void {
    if (!this.saving) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.saveNow(), saveDelay);
  }

  readonly saveNow = async (): Promise<void> => {
    if (!this.saving || this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.draft.saved = Date.now();
    const before = this.saveState;
    this.saveState = await this.drafts.save(this.draft).then((): SaveState => "saved", (): SaveState => "failing");
    if (this.saveState !== before) this.requestUpdate();
  };

  private readonly switchSaving = async (e: Event): Promise<void> => {
    this.saving = (e.target as HTMLInputElement).checked;
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.saving) {
      this.saveState = "none";
      this.save();
    } else {
      this.saveState = await this.drafts.wipe().then((): SaveState => "off", (): SaveState => "failing");
    }
    this.requestUpdate();
  };

  private readonly wipe = async (): Promise<void> => {
    if (!this.wipeAsked) {
      this.wipeAsked = true;
      this.requestUpdate();
      return;
    }
    clearTimeout(this.timer);
    this.timer = undefined;
    this.uploads?.dropAll();
    await this.drafts.wipe().catch(() => undefined);
    const language = this.draft.language;
    this.draft = { ...newDraft(), hash: this.view.hash, lawDay: this.view.law_day, language };
    this.problems.clear();
    this.touched.clear();
    this.uploads = undefined;
    this.wipeAsked = false;
    this.optionsOpen = false;
    this.saveState = this.saving ? "none" : "off";
    this.reckon();
    this.message = { kind: "ok", key: "ui.wiped" };
    await this.show(this.steps[0]!);
    this.message = { kind: "ok", key: "ui.wiped" };
  };

  // --- drawing

  override render(): TemplateResult {
    if (this.phase === "loading") return this.loading();
    if (this.phase === "failed") return this.failed(this.failure, () => void this.start());
    const { texts } = this;
    if (this.phase === "elsewhere") return this.frame(html`<div class="at-in">${this.note("warn", "warning", texts.get("ui.two_windows"), nothing, "status")}
      <div class="acts"><button class="btn" type="button" @click=${() => void this.start(true)}>${texts.get("ui.two_windows.here")}</button></div></div>`);
    return this.frame(html`${this.testLabel(this.environment === "PRE" ? "PRE" : this.view.environment)}${this.bar(texts.get(this.phase === "filling" && this.titleOf(this.draft.page) === texts.get("service.title") ? "ui.online" : "service.title"), this.view.languages, (l) => void this.speak(l))}
      ${this.phase === "received" ? this.receipt!.render() : this.filling()}`);
  }

  private filling(): TemplateResult {
    const page = this.page;
    return html`${this.online ? nothing : html`<div class="offline" role="status">${icon("unlinked")}<span><strong>${this.texts.get("ui.offline.lead")}</strong> ${this.texts.get("ui.offline.text")}</span></div>`}
      <form class="at-in" novalidate @submit=${page ? this.next : (e: Event) => void this.parts.summary?.submit(e, this)}>
        ${this.errorSummary()}${this.message ? this.messageView(this.message) : nothing}${progress(this)}
        <div data-heading>${this.heading(this.step, this.titleOf(this.draft.page), "", "title", true)}</div>
        ${page ? keyed(page.id, pageView(this, page)) : (this.parts.summary?.summaryView(this) ?? nothing)}
      </form>${this.foot()}`;
  }

  private messageView(m: Message): TemplateResult {
    const sign = m.kind === "ok" ? "done" : m.kind === "warn" ? "warning" : "alert";
    return html`<div class="message">${this.note(m.kind, sign, m.detail ?? this.texts.get(m.key, m.args), nothing, m.kind === "bad" ? "alert" : "status", m.news?.length ? newsView(m.news, this.texts) : nothing)}</div>`;
  }

  private foot(): TemplateResult {
    const { texts } = this;
    const state = this.saving ? this.saveState : "off";
    const sign = { none: "cloud", saved: "cloud", failing: "alert", off: "lock" } as const;
    const look = { none: "none", saved: "", failing: "bad", off: "none" };
    const toggle = () => {
      this.optionsOpen = !this.optionsOpen;
      this.wipeAsked = false;
      this.requestUpdate();
    };
    return html`<div class="at-foot"><span class="save ${look[state]}" role="status">${icon(sign[state])}${texts.get(`ui.save.${state}`)}</span>
      <button class="btn-link" type="button" aria-expanded=${this.optionsOpen ? "true" : "false"} aria-controls="save-options" @click=${toggle}>${texts.get("ui.pause")}</button>
      <div id="save-options" class="options" ?hidden=${!this.optionsOpen}>
        <p>${texts.get("ui.pause.text")}</p>
        <label class="check"><input type="checkbox" .checked=${this.saving} @change=${this.switchSaving}><span>${texts.get("ui.save.switch")}</span></label>
        <p class="hint">${texts.get("ui.save.shared")}</p>
        <button class="btn btn-danger btn-sm" type="button" @click=${this.wipe}>${icon("trash")}${texts.get(this.wipeAsked ? "ui.wipe.sure" : "ui.wipe")}</button>
      </div></div>`;
  }
}

/** Makes the form of a service for the same authority, in the language and look of another element. */
export const formOf = (service: string, like: Base): Form => elementOf(service, class extends Form {}, like);
