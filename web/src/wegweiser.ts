// <aufenthalt-wegweiser>: a few questions that lead to the right service. The answers stay here; on the way to a service those
// that it asks too go along.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { Failure } from "./api";
import { elementOf, type Base } from "./base";
import type { Typed } from "./entry";
import { holds } from "./evaluate";
import { cited } from "./fields/question";
import { icon } from "./icons";
import { viewOf } from "./load";
import { notices, noticeView, questions } from "./page";
import { Questions } from "./questions";
import { ownName } from "./text";
import type { Page, Route } from "./view";

const end = "ways"; // the step after all questions

export class Wegweiser extends Questions {
  protected readonly entered: Record<string, Typed> = {};
  current = "";

  private phase: "loading" | "failed" | "asking" | "applying" = "loading";
  private failure: string | undefined;
  private started: string | undefined;
  private form: HTMLElement | undefined; // of the chosen service
  private stale = ""; // the language that could not be loaded

  override willUpdate(changed: PropertyValues): void {
    if (this.started !== (this.ags ?? "")) {
      this.started = this.ags ?? "";
      void this.start();
    } else if (changed.has("language") && changed.get("language") !== undefined && this.phase === "asking") {
      void this.speak(this.language);
    }
  }

  private async start(): Promise<void> {
    this.phase = "loading";
    try {
      await this.load(this.language || "de");
      this.current = this.state.pages[0]!;
      this.phase = "asking";
    } catch (error) {
      this.failure = error instanceof Failure ? error.problem.detail : undefined;
      this.phase = "failed";
    }
    this.requestUpdate();
  }

  private async load(language: string): Promise<void> {
    this.accept(await viewOf("aufenthalt-wegweiser", this.ags ?? "", language));
  }

  private async speak(language: string): Promise<void> {
    this.stale = await this.load(language).then(() => "", () => language);
    this.requestUpdate();
  }

  // --- steps

  private get steps(): string[] {
    return [...this.state.pages, end];
  }

  async show(step: string): Promise<void> {
    this.current = step;
    this.summary = [];
    this.list = undefined;
    this.requestUpdate();
    await this.toTop();
  }

  private readonly next = async (e: Event): Promise<void> => {
    e.preventDefault();
    if (this.page && (await this.passes(this.page))) await this.show(this.steps[this.steps.indexOf(this.current) + 1] ?? end);
  };

  private readonly back = (): Promise<void> => this.show(this.steps[this.steps.indexOf(this.current) - 1] ?? this.steps[0]!);

  private readonly again = (): Promise<void> => {
    for (const id of Object.keys(this.entered)) delete this.entered[id];
    this.touched.clear();
    this.problems.clear();
    this.reckon();
    return this.show(this.steps[0]!);
  };

  // --- ways

  private get ways(): Route[] {
    return (this.view.routes ?? []).filter((r) => holds(r.when, this.state.facts));
  }

  /** What the service is told: the choices of the way, and what was answered here and is asked there too. */
  private suggestion(way: Route): Record<string, Typed> {
    const out: Record<string, Typed> = {};
    for (const [id, options] of Object.entries(this.view.targets?.[way.service]?.carried ?? {})) {
      const typed = this.entered[id];
      if (typed !== undefined && this.state.fields.includes(id) && (!options.length || options.includes(typed as string))) out[id] = typed;
    }
    return { ...out, ...way.answers };
  }

  /** Opens the form of the service in this place, unless the page goes its own way. */
  private async choose(way: Route): Promise<void> {
    const ours = this.dispatchEvent(new CustomEvent("aufenthalt-way", { detail: { service: way.service }, bubbles: true, composed: true, cancelable: true }));
    if (!ours) return;
    const form = await import("./form").then((m) => m.formOf(way.service, this), () => undefined);
    this.failure = form ? undefined : this.texts.get("ui.part_failed");
    if (!form) return this.requestUpdate();
    form.suggested = this.suggestion(way);
    form.slot = "antrag";
    this.append(form);
    this.form = form;
    this.phase = "applying";
    this.requestUpdate();
    this.scrollIntoView({ block: "start" });
    await this.focusOn(".back");
  }

  private readonly leave = (): Promise<void> => {
    this.form?.remove(); // it saves its draft itself
    this.form = undefined;
    this.phase = "asking";
    return this.show(end);
  };

  // --- drawing

  override render(): TemplateResult {
    if (this.phase === "loading") return this.loading();
    if (this.phase === "failed") return this.failed(this.failure, () => void this.start());
    if (this.phase === "applying") return html`${this.frame(html`<div class="at-in slim"><button class="btn-link back" type="button" @click=${this.leave}>${icon("back")}${this.texts.get("ui.ways.back")}</button></div>`, "strip")}<slot name="antrag"></slot>`;
    return this.frame(html`${this.testLabel(this.environment === "PRE" ? "PRE" : this.view.environment)}${this.bar(this.texts.get("service.title"), this.view.languages, (l) => void this.speak(l))}
      ${this.stale ? html`<div class="message">${this.note("warn", "warning", this.texts.get("ui.language.failed", { language: ownName(this.stale) }), nothing, "status")}</div>` : nothing}
      ${this.page ? this.asking(this.page) : this.found()}`);
  }

  private asking(page: Page): TemplateResult {
    const { texts } = this;
    const intro = texts.optional(`page.${page.id}.intro`);
    return html`<form class="at-in" novalidate @submit=${this.next}>${this.errorSummary()}
      <div data-heading>${this.heading(this.step, texts.get(`page.${page.id}.title`), "", "title", true)}</div>
      ${keyed(page.id, html`${intro ? html`<p class="lead">${intro}</p>` : nothing}${questions(this, page)}${notices(this, page)}`)}
      <div class="acts"><button class="btn" type="submit">${texts.get("ui.next")}</button>
        ${page.id === this.steps[0] ? nothing : this.backLink()}</div></form>`;
  }

  private backLink(): TemplateResult {
    return html`<button class="btn-link" type="button" @click=${this.back}>${icon("back")}${this.texts.get("ui.back")}</button>`;
  }

  private found(): TemplateResult {
    const { texts } = this;
    const fitting = this.ways.filter((w) => w.when);
    const open = this.ways.filter((w) => !w.when);
    return html`<div class="at-in"><div data-heading>${this.heading(this.step, texts.get(fitting.length ? "ui.ways.title" : "ui.ways.none"), "", "title", true)}</div>
      <p class="lead">${texts.get(fitting.length ? "ui.ways.intro" : "ui.ways.none.text")}</p>
      ${this.failure ? this.note("bad", "alert", this.failure, nothing, "alert") : nothing}
      <div class="notices">${this.state.notices.map((n) => noticeView(this, n))}</div>
      <ol class="ways">${fitting.map((w, i) => html`<li>${this.wayView(w, i === 0)}</li>`)}</ol>
      ${open.map((w) => this.wayView(w, fitting.length === 0))}
      <p class="hint">${texts.get("ui.ways.aid")}</p>
      <div class="acts">${this.backLink()}<button class="btn-link" type="button" @click=${this.again}>${texts.get("ui.ways.again")}</button></div></div>`;
  }

  private wayView(way: Route, first: boolean): TemplateResult {
    const { texts } = this;
    const { authority } = this.view;
    const contact = [authority.phone, authority.email].filter(Boolean).join(", ");
    return html`<section class="way ${first ? "first" : ""}" aria-labelledby="way-${way.id}">${this.heading(this.level, texts.get(`route.${way.id}.name`), "h3", `way-${way.id}`)}
      <p>${texts.get(`route.${way.id}.why`)} <bdi class="muted" lang="de">(${cited(way.basis)})</bdi></p>
      <p class="small muted">${texts.get("ui.ways.service", { title: this.view.targets?.[way.service]?.title ?? way.service })}</p>
      ${authority.offers?.includes(way.service)
        ? html`<button class="btn ${first ? "" : "btn-2"}" type="button" aria-describedby="way-${way.id}" @click=${() => void this.choose(way)}>${texts.get("ui.ways.start")}</button>`
        : html`<p class="small">${texts.get(contact ? "ui.ways.offline" : "ui.ways.offline.plain", { authority: authority.name, contact })}</p>`}</section>`;
  }
}

/** Makes the router for the same authority, in the language and look of another element. */
export const routerOf = (like: Base): Wegweiser => elementOf("aufenthalt-wegweiser", Wegweiser, like);
