// What all questions have: label, hint, error above the input, warnings below it, and why it is asked.
import { html, nothing, type TemplateResult } from "lit";
import type { EntryProblem, Typed } from "../entry";
import type { State } from "../evaluate";
import { icon } from "../icons";
import { bound, type Texts } from "../text";
import type { Field, View } from "../view";

/** What a field needs of the form around it. */
export interface Desk {
  readonly texts: Texts;
  readonly view: View;
  readonly state: State;
  /** Level of headings inside the page. */
  readonly level: number;
  typed(id: string): Typed | undefined;
  /** Takes what is being typed. */
  put(id: string, typed: Typed): void;
  /** The person left the question: check it again where a check was seen before. */
  left(id: string): void;
  problem(id: string): EntryProblem | undefined;
  /** Keys of texts that warn, and stop nothing. */
  warnings(id: string): string[];
  /** State of the one open list of suggestions. */
  list: OpenList | undefined;
  /** Somebody wants to know why questions are asked. */
  explain(): void;
  /** The answers that a question is shown for, once they are asked for. */
  because(field: Field): unknown;
  requestUpdate(): void;
  /** Moves the focus once the change is drawn. */
  focusOn(selector: string): Promise<void>;
}

export interface OpenList {
  input: string; // id of the input
  index: number; // of the marked row, -1 for none
}

export const label = (desk: Desk, field: Field): string => desk.texts.get(`field.${field.id}.label`);

/** A label for lists: of a declaration, which is a whole paragraph, the first sentence. */
export function shortLabel(texts: Texts, field: Field): string {
  const whole = texts.get(`field.${field.id}.label`);
  return field.declaration ? (/^.{20,}?[.:](?= )/.exec(whole)?.[0] ?? whole) : whole;
}

/** A label before something: a colon, unless it ends in a sign of its own. */
export const labelled = (label: string): string => (/[.:?!]$/.test(label) ? label : `${label}:`);

export const optional = (desk: Desk, field: Field) => (field.required ? nothing : html` <span class="opt">${desk.texts.get("ui.optional")}</span>`);

/** The ids of hint and error for aria-describedby. */
export function describedBy(desk: Desk, field: Field, ...more: string[]): string | typeof nothing {
  const ids = [...more];
  if (desk.texts.has(`field.${field.id}.hint`)) ids.unshift(`${field.id}-hint`);
  if (desk.problem(field.id)) ids.push(`${field.id}-error`);
  if (desk.warnings(field.id).length) ids.push(`${field.id}-warning`);
  return ids.length ? ids.join(" ") : nothing;
}

export const invalid = (desk: Desk, field: Field) => (desk.problem(field.id) ? "true" : nothing);

export function hint(desk: Desk, field: Field) {
  const text = desk.texts.optional(`field.${field.id}.hint`);
  return text ? html`<p class="hint" id="${field.id}-hint">${text}</p>` : nothing;
}

export function problemText(texts: Texts, p: EntryProblem): string {
  return texts.get(p.key, p.args);
}

export function error(desk: Desk, field: Field) {
  const p = desk.problem(field.id);
  return p ? html`<p class="errmsg" id="${field.id}-error">${icon("alert")}<span>${problemText(desk.texts, p)}</span></p>` : nothing;
}

export function warnings(desk: Desk, field: Field) {
  const keys = desk.warnings(field.id);
  return html`<div class="warnmsg" id="${field.id}-warning" role="status">${keys.map((key) => html`<p>${icon("warning")}<span>${desk.texts.get(key)}</span></p>`)}</div>`;
}

export function why(desk: Desk, field: Field) {
  const text = desk.texts.optional(`field.${field.id}.why`);
  if (!text) return nothing;
  const { texts } = desk;
  return html`<details class="why" @toggle=${() => desk.explain()}>
    <summary>${icon("question")}${texts.get("ui.why")}<span class="vh">: ${label(desk, field)}</span></summary>
    <div><p>${text}</p>${desk.because(field)}${basis(texts, field.basis)}</div>
  </details>`;
}

/** Legal bases on one line each: no break after § and between number and its word. */
export const cited = (list: string[]): string => list.join(", ").replace(bound, "$1\u00a0");

/** Legal bases, which stay German in all languages. */
export function basis(texts: Texts, list: string[]) {
  if (!list.length) return nothing;
  return html`<p class="muted">${texts.get("ui.basis")} <bdi lang="de">${cited(list)}</bdi></p>`;
}

/** A question with one input: its label belongs to the input. */
export function single(desk: Desk, field: Field, input: TemplateResult): TemplateResult {
  return html`<div class="q ${desk.problem(field.id) ? "err" : ""}" data-field=${field.id}>
    <label class="label" for=${field.id}>${label(desk, field)}${optional(desk, field)}</label>
    ${hint(desk, field)}${error(desk, field)}${input}${warnings(desk, field)}${why(desk, field)}
  </div>`;
}

/** A question with several inputs: its label is their legend. */
export function group(desk: Desk, field: Field, inputs: TemplateResult): TemplateResult {
  return html`<fieldset class="q ${desk.problem(field.id) ? "err" : ""}" data-field=${field.id} aria-describedby=${describedBy(desk, field)}>
    <legend class="label">${label(desk, field)}${optional(desk, field)}</legend>
    ${hint(desk, field)}${error(desk, field)}${inputs}${warnings(desk, field)}${why(desk, field)}
  </fieldset>`;
}
