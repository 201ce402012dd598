// What follows from the answers, as internal/form/evaluate.go works it out: pages, fields, documents, notices, fees.
import { parseDay } from "./civil";
import { evaluate, isTrue, ofBool, ofDay, ofDecimal, ofInt, ofList, ofMoney, ofText, unknown, type Facts, type Tree, type Type, type Value } from "./rule";
import type { Answer, Answers, Check, Evidence, Field, FieldType, Notice, Option, View } from "./view";

export interface Due {
  code: string;
  amount?: string;
  minor: boolean;
  basis?: string;
}

export interface State {
  pages: string[];
  fields: string[];
  evidence: Evidence[];
  notices: Notice[];
  checks: Check[];
  fees: Due[];
  facts: Facts;
}

const ruleTypes: Record<FieldType, Type> = {
  text: "text", longtext: "text", choice: "text", country: "text", nationality: "text", partial_date: "text", email: "text",
  phone: "text", postcode: "text", choices: "list", nationalities: "list", date: "day", money: "money", int: "int", decimal: "decimal", bool: "bool",
};

export const ruleType = (t: FieldType): Type => ruleTypes[t];

/** Reads strictly "4650.00" as cents. */
export function parseMoney(s: string): number | undefined {
  if (!/^(0|[1-9][0-9]{0,12})\.[0-9]{2}$/.test(s)) return undefined;
  const cents = Number(s.replace(".", ""));
  return cents <= Number.MAX_SAFE_INTEGER ? cents : undefined;
}

/** Reads strictly "38.5" as ten-thousandths: at most four decimals, no needless zeros. */
export function parseDecimal(s: string): number | undefined {
  const found = /^-?(0|[1-9][0-9]{0,12})(?:\.([0-9]{0,3}[1-9]))?$/.exec(s);
  if (!found || s === "-0") return undefined;
  const n = Number(found[1] + (found[2] ?? "").padEnd(4, "0"));
  if (n > Number.MAX_SAFE_INTEGER) return undefined;
  return s.startsWith("-") ? -n : n;
}

/** An answer as a fact; unknown when it is no date, amount or decimal. */
export function factOf(type: FieldType, answer: Answer | undefined): Value {
  if (answer === undefined) return unknown;
  switch (ruleTypes[type]) {
    case "list":
      return ofList(answer as string[]);
    case "int":
      return ofInt(answer as number);
    case "bool":
      return ofBool(answer as boolean);
    case "day": {
      const d = parseDay(answer as string);
      return typeof d === "number" ? ofDay(d) : unknown;
    }
    case "decimal": {
      const n = parseDecimal(answer as string);
      return n === undefined ? unknown : ofDecimal(n);
    }
    case "money": {
      const cents = parseMoney(answer as string);
      return cents === undefined ? unknown : ofMoney(cents);
    }
  }
  return ofText(answer as string);
}

function factOfParameter(p: { type: string; value: string } | undefined): Value {
  if (!p) return unknown;
  switch (p.type) {
    case "money": {
      const cents = parseMoney(p.value);
      return cents === undefined ? unknown : ofMoney(cents);
    }
    case "int":
      return ofInt(Number(p.value));
  }
  return ofText(p.value);
}

/** No rule lets something be, and unknown counts as no. */
export const holds = (tree: Tree | undefined, facts: Facts): boolean => tree === undefined || isTrue(evaluate(tree, facts, "bool"));

/** One pass in page order reaches the fixed point: rules of visibility read only fields before them. */
export function evaluateForm(view: View, answers: Answers): State {
  const shown = new Map<string, Value>();
  const today = parseDay(view.law_day);
  const clock = typeof today === "number" ? ofDay(today) : unknown;
  const facts: Facts = {
    field: (name) => shown.get(name) ?? unknown,
    param: (name) => factOfParameter(view.parameters[name]),
    clock: (name) => (name === "submitted" || name === "form_opened" ? clock : unknown),
  };
  const pages: string[] = [];
  const fields: string[] = [];
  for (const page of view.pages) {
    if (!holds(page.when, facts)) continue;
    pages.push(page.id);
    for (const id of page.fields) {
      const field = view.fields[id];
      if (!field || !holds(field.when, facts)) continue;
      fields.push(id);
      shown.set(id, factOf(field.type, answers[id]));
    }
  }
  return { pages, fields, facts, ...consequences(view, facts, pages, shown) };
}

const levels = ["submit", "decide", "helpful"];

function consequences(view: View, facts: Facts, pages: string[], shown: Map<string, Value>) {
  const evidence = view.evidence.filter((e) => holds(e.when, facts));
  evidence.sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level)); // stable
  return {
    evidence,
    notices: view.notices.filter((n) => pages.includes(n.page) && holds(n.when, facts)),
    checks: view.checks.filter((c) => shown.has(c.field) && holds(c.when, facts)),
    fees: view.fees.filter((f) => holds(f.when, facts)).map((f): Due => {
      const minor = f.minor_when !== undefined && isTrue(evaluate(f.minor_when, facts, "bool"));
      return { code: f.code, amount: minor ? f.minor : f.amount, minor, basis: f.basis };
    }),
  };
}

export const optionShown = (o: Option, state: State): boolean => holds(o.when, state.facts);

/** The options that can be chosen now. */
export const optionsOf = (field: Field, state: State): Option[] => (field.options ?? []).filter((o) => optionShown(o, state));

/** The answers that are sent: of shown fields only, trimmed, blank ones left out. */
export function shownAnswers(state: State, answers: Answers): Answers {
  const out: Answers = {};
  for (const id of state.fields) {
    const a = answers[id];
    if (a === undefined || isBlank(a)) continue;
    out[id] = typeof a === "string" ? a.trim() : a;
  }
  return out;
}

export const isBlank = (a: Answer): boolean => (typeof a === "string" ? a.trim() === "" : Array.isArray(a) && a.length === 0);
