// Tells what is wrong with answers, with the keys of internal/form/validate.go. The server judges again; this is only
// so that a person learns of a slip at once.
import { dateOf, parseDay, parsePartial } from "./civil";
import { isBlank, optionShown, parseDecimal, parseMoney, type State } from "./evaluate";
import { clean } from "./latin";
import type { Answer, Answers, Field, FieldType, View } from "./view";

export interface Problem {
  field: string;
  key: string;
  args?: Record<string, string>;
}

type Finding = Omit<Problem, "field"> | undefined;

const firstYear = 1900;
const lastYear = 2200;

const maxChars: Partial<Record<FieldType, number>> = { longtext: 2000, email: 254, phone: 30 };
export const maxCharsOf = (field: Field): number => field.max ?? maxChars[field.type] ?? 200;

/** All mistakes of shown fields in page order. Missing documents are none. */
export function validate(view: View, state: State, answers: Answers): Problem[] {
  const wrong: Problem[] = [];
  for (const id of state.fields) {
    const field = view.fields[id]!;
    const answer = answers[id];
    if (answer === undefined || isBlank(answer)) {
      if (field.required) wrong.push({ field: id, key: field.declaration ? "error.declaration" : "error.required" });
      continue;
    }
    const finding = judge(view, state, field, answer);
    if (finding) {
      wrong.push({ field: id, ...finding });
      continue; // one mistake at a time
    }
    for (const check of state.checks) {
      if (check.field === id && check.kind === "error") wrong.push({ field: id, key: "check." + check.id });
    }
  }
  return wrong;
}

function judge(view: View, state: State, field: Field, answer: Answer): Finding {
  switch (field.type) {
    case "text":
    case "longtext":
    case "email":
    case "phone":
    case "postcode":
      return judgeText(field, (answer as string).trim());
    case "choice":
      return judgeOption(state, field, answer as string);
    case "choices":
    case "nationalities":
    case "country":
    case "nationality":
      return judgeCodes(view, state, field, answer as string | string[]);
    case "date":
    case "partial_date":
      return judgeDate(view, field, answer as string);
    case "money": {
      const cents = parseMoney(answer as string);
      return cents === undefined ? { key: "error.money.form" } : within(field, cents, 100);
    }
    case "int":
      return within(field, answer as number, 1);
    case "decimal": {
      const n = parseDecimal(answer as string);
      return n === undefined ? { key: "error.decimal.form" } : within(field, n, 10000);
    }
    case "bool":
      return field.declaration && answer !== true && field.required ? { key: "error.declaration" } : undefined;
  }
}

/** Limits are whole numbers, counted in so many parts: cents of an amount, ten-thousandths of a decimal. */
function within(field: Field, n: number, unit: number): Finding {
  if (field.min !== undefined && n < field.min * unit) return { key: "error.number.min", args: { min: String(field.min) } };
  if (field.max !== undefined && n > field.max * unit) return { key: "error.number.max", args: { max: String(field.max) } };
  if (field.min === undefined && n < 0) return { key: "error.number.min", args: { min: "0" } };
  return undefined;
}

function judgeText(field: Field, s: string): Finding {
  switch (field.type) {
    case "email":
      if (!isEmail(s)) return { key: "error.email" };
      break;
    case "phone":
      return isPhone(s) ? undefined : { key: "error.phone" };
    case "postcode":
      return /^[0-9]{5}$/.test(s) ? undefined : { key: "error.postcode" };
  }
  const length = [...s].length;
  if (length > maxCharsOf(field)) return { key: "error.too_long", args: { max: String(maxCharsOf(field)) } };
  if (field.min !== undefined && length < field.min) return { key: "error.too_short", args: { min: String(field.min) } };
  if (field.type !== "longtext" && /[\r\n\t]/.test(s)) return { key: "error.text.line" };
  const odd = clean(s).odd;
  return odd === undefined ? undefined : { key: "error.latin.char", args: { char: visible(odd) } };
}

/** Names a character that cannot be seen. */
function visible(s: string): string {
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(s) ? s : "U+" + s.codePointAt(0)!.toString(16).toUpperCase();
}

function judgeOption(state: State, field: Field, value: string): Finding {
  return (field.options ?? []).some((o) => o.value === value && optionShown(o, state)) ? undefined : { key: "error.option" };
}

function judgeCodes(view: View, state: State, field: Field, answer: string | string[]): Finding {
  const entries = typeof answer === "string" ? [answer] : answer;
  for (const [i, code] of entries.entries()) {
    if (entries.indexOf(code) < i) return { key: "error.twice" };
    const finding = judgeCode(view, state, field, code);
    if (finding) return finding;
  }
  if (typeof answer === "string") return undefined;
  if (field.max !== undefined && entries.length > field.max) return { key: "error.too_many", args: { max: String(field.max) } };
  if (field.min !== undefined && entries.length < field.min) return { key: "error.too_few", args: { min: String(field.min) } };
  return undefined;
}

function judgeCode(view: View, state: State, field: Field, code: string): Finding {
  switch (field.type) {
    case "country":
      return view.countries.some(([c]) => c === code) ? undefined : { key: "error.country" };
    case "nationality":
    case "nationalities":
      return view.nationalities.some(([c]) => c === code) ? undefined : { key: "error.nationality" };
  }
  return judgeOption(state, field, code);
}

function judgeDate(view: View, field: Field, answer: string): Finding {
  const first = field.type === "date" ? parseDay(answer) : parsePartial(answer);
  if (first === "calendar") return { key: "error.date.calendar" };
  if (first === "form") return { key: "error.date.form" };
  const [year] = dateOf(first);
  if (year < firstYear || year > lastYear) return { key: "error.date.year" };
  const today = parseDay(view.law_day);
  if (field.past && typeof today === "number" && first > today) return { key: "error.date.past" };
  return undefined;
}

/** What mail servers of today deliver (RFC 5321 § 4.1.2, dot-atom only). */
function isEmail(s: string): boolean {
  const at = s.indexOf("@");
  if (at < 0 || s.length > 254 || at > 64) return false;
  if (!/^[0-9A-Za-z!#$%&'*+/=?^_`{|}~-]+(\.[0-9A-Za-z!#$%&'*+/=?^_`{|}~-]+)*$/.test(s.slice(0, at))) return false;
  const labels = s.slice(at + 1).split(".");
  const last = labels[labels.length - 1]!;
  return labels.length >= 2 && last.length >= 2 && !/^[0-9]+$/.test(last) && labels.every((l) => /^[0-9A-Za-z]([0-9A-Za-z-]{0,61}[0-9A-Za-z])?$/.test(l));
}

/** 5 to 15 digits (ITU-T E.164), a plus only in front, and the signs people group with. */
function isPhone(s: string): boolean {
  const digits = s.replace(/[^0-9]/g, "").length;
  return /^[0-9+(][0-9 \-/()]*$/.test(s) && digits >= 5 && digits <= 15 && s.length <= 30;
}
