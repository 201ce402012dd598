// What every element that asks has in common: the answers, what follows from them, what is wrong with them, and the way
// to the question that a link names.
import { html, nothing, type TemplateResult } from "lit";
import { Base } from "./base";
import { readAll, type EntryProblem, type Typed } from "./entry";
import { evaluateForm, type State } from "./evaluate";
import { inputOf } from "./fields/field";
import { labelled, problemText, shortLabel, type Desk, type OpenList } from "./fields/question";
import { icon } from "./icons";
import { Texts } from "./text";
import { validate } from "./validate";
import type { Answers, Field, Page, View } from "./view";

export abstract class Questions extends Base implements Desk {
  view!: View;
  state!: State;
  answers: Answers = {};
  list: OpenList | undefined;
  readonly problems = new Map<string, EntryProblem>();

  protected summary: EntryProblem[] = []; // of the last failed try
  protected readonly touched = new Set<string>();
  private reasons: typeof import("./because") | undefined;
  private entryProblems: Record<string, EntryProblem> = {};

  /** What was typed, by field. */
  protected abstract readonly entered: Record<string, Typed>;

  /** The page that is shown. */
  abstract readonly current: string;

  abstract show(step: string): Promise<void>;

  /** The answers have changed. */
  protected changed(): void {}

  /** Takes the definition: of another language, or of another day. */
  protected accept(view: View): void {
    this.view = view;
    this.texts = new Texts(view.language, view.texts);
    this.reckon();
    for (const id of [...this.problems.keys()]) this.recheck(id); // sentences may name words of the language
    this.summary = this.summary.flatMap((p) => this.problems.get(p.field) ?? []);
  }

  protected reckon(): void {
    const { answers, problems } = readAll(this.view, this.entered, this.texts);
    this.answers = answers;
    this.entryProblems = problems;
    this.state = evaluateForm(this.view, answers);
  }

  typed(id: string): Typed | undefined {
    return this.entered[id];
  }

  put(id: string, typed: Typed): void {
    this.entered[id] = typed;
    this.reckon();
    this.changed();
    this.requestUpdate();
  }

  left(id: string): void {
    this.touched.add(id);
    if (this.problems.has(id) || this.summary.some((p) => p.field === id)) this.recheck(id);
    this.requestUpdate();
  }

  private recheck(id: string): void {
    const now = this.allProblems().find((p) => p.field === id);
    if (now) this.problems.set(id, now);
    else this.problems.delete(id);
  }

  problem(id: string): EntryProblem | undefined {
    return this.problems.get(id);
  }

  warnings(id: string): string[] {
    if (!this.touched.has(id) || this.problems.has(id)) return [];
    return this.state.checks.filter((c) => c.field === id && c.kind === "warning").map((c) => `check.${c.id}`);
  }

  /** All mistakes of shown questions in page order; slips of typing come before what they lead to. */
  allProblems(): EntryProblem[] {
    const judged = new Map(validate(this.view, this.state, this.answers).map((p): [string, EntryProblem] => [p.field, p]));
    return this.state.fields.flatMap((id) => {
      const p = this.entryProblems[id] ?? judged.get(id);
      return p ? [p] : [];
    });
  }

  explain(): void {
    if (!this.reasons) void import("./because").then((m) => ((this.reasons = m), this.requestUpdate()), () => undefined);
  }

  because(field: Field): unknown {
    return this.reasons?.because(this, field) ?? nothing;
  }

  pageOf(field: string): Page | undefined {
    return this.view.pages.find((p) => p.fields.includes(field));
  }

  protected get page(): Page | undefined {
    return this.view.pages.find((p) => p.id === this.current);
  }

  /** Goes to the question that a link names, on whichever page it is. */
  async visit(field: string, part?: string): Promise<void> {
    const page = this.pageOf(field);
    if (page && page.id !== this.current) {
      await this.show(page.id);
      const p = this.allProblems().find((x) => x.field === field);
      if (p) this.problems.set(field, p);
      this.requestUpdate();
    }
    await this.updateComplete;
    inputOf(this.renderRoot, field, part)?.focus();
  }

  /** Tells whether a page is right as it is, and shows what is wrong with it. */
  protected async passes(page: Page): Promise<boolean> {
    const wrong = this.allProblems().filter((p) => page.fields.includes(p.field));
    for (const id of page.fields) this.problems.delete(id);
    for (const p of wrong) this.problems.set(p.field, p);
    if (wrong.length > 0) await this.refuse(wrong);
    return wrong.length === 0;
  }

  /** Shows what is wrong above everything and leads there. */
  async refuse(wrong: EntryProblem[]): Promise<void> {
    this.summary = wrong;
    this.requestUpdate();
    await this.focusOn(".errsum");
  }

  protected errorSummary(): TemplateResult | typeof nothing {
    if (!this.summary.length) return nothing;
    const link = (p: EntryProblem) => (e: Event) => {
      e.preventDefault();
      void this.visit(p.field, p.part);
    };
    return html`<div class="errsum" role="alert" tabindex="-1" aria-labelledby="errsum">
      ${this.heading(this.step, html`${icon("alert")}${this.texts.count("ui.check", this.summary.length)}`, "", "errsum")}
      <ul>${this.summary.map((p) => html`<li><a href="#${p.field}" @click=${link(p)}>${labelled(shortLabel(this.texts, this.view.fields[p.field]!))} ${problemText(this.texts, p)}</a></li>`)}</ul></div>`;
  }
}
