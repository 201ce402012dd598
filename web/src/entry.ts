// From what a person typed to an answer. What was typed is kept as it is; only what is sent follows a form.
import { daysIn } from "./civil";
import { parseDecimal, parseMoney } from "./evaluate";
import type { Problem } from "./validate";
import type { Answer, Answers, Field, View } from "./view";
import type { Texts } from "./text";

/** Three boxes, and the box that says that not all of the date is known. */
export interface TypedDate {
  d: string;
  m: string;
  y: string;
  part?: boolean;
}

/** A box with suggestions: the text in it, and the code when it is one of the list. */
export interface TypedCode {
  text: string;
  code?: string;
}

export type Typed = string | boolean | string[] | TypedDate | TypedCode | TypedCode[];

export type DatePart = "d" | "m" | "y";

/** A problem of typing; part names the box of a date that is wrong. */
export interface EntryProblem extends Problem {
  part?: DatePart;
}

export interface Entry {
  answer?: Answer;
  problem?: Omit<EntryProblem, "field">;
}

/** Reads one answer. */
export function read(field: Field, typed: Typed | undefined, texts: Texts): Entry {
  if (typed === undefined) return {};
  switch (field.type) {
    case "date":
    case "partial_date":
      return readDate(field, typed as TypedDate, texts);
    case "money":
      return readMoney(typed as string);
    case "int":
      return readInt(typed as string);
    case "decimal":
      return readDecimal(typed as string, texts.language);
    case "country":
    case "nationality":
      return readCode(typed as TypedCode);
    case "nationalities":
      return readCodes(typed as TypedCode[]);
    case "postcode":
      return text((typed as string).replace(/\s/g, ""));
    case "choices":
      return (typed as string[]).length ? { answer: typed as string[] } : {};
    case "bool":
      return { answer: typed as boolean };
  }
  return text(typed as string);
}

const text = (s: string): Entry => (s === "" ? {} : { answer: s });

/** Reads all answers that have a form of their own. */
export function readAll(view: View, typed: Record<string, Typed>, texts: Texts): { answers: Answers; problems: Record<string, EntryProblem> } {
  const answers: Answers = {};
  const problems: Record<string, EntryProblem> = {};
  for (const [id, value] of Object.entries(typed)) {
    const field = view.fields[id];
    if (!field) continue;
    const entry = read(field, value, texts);
    if (entry.answer !== undefined) answers[id] = entry.answer;
    if (entry.problem) problems[id] = { field: id, ...entry.problem };
  }
  return { answers, problems };
}

function readDate(field: Field, typed: TypedDate, texts: Texts): Entry {
  const d = typed.d.trim();
  const m = typed.m.trim();
  const y = typed.y.trim();
  const part = field.type === "partial_date" && typed.part === true;
  if (d === "" && m === "" && y === "") return {};
  if (y === "") return { problem: { key: "ui.error.date.no_year", part: "y" } };
  if (!/^[0-9]{4}$/.test(y)) return { problem: { key: "ui.error.date.year_form", part: "y" } };
  const month = m === "" ? 0 : monthOf(m, texts);
  if (month === undefined) return { problem: { key: "ui.error.date.month_form", part: "m" } };
  if (part) return { answer: month ? `${y}-${pad(month)}` : y };
  if (m === "") return { problem: { key: "ui.error.date.no_month", part: "m" } };
  if (d === "") return { problem: { key: "ui.error.date.no_day", part: "d" } };
  if (!/^[0-9]{1,2}$/.test(d) || Number(d) < 1 || Number(d) > 31) return { problem: { key: "ui.error.date.day_form", part: "d" } };
  if (Number(d) > daysIn(Number(y), month)) {
    return { problem: { key: "ui.error.date.impossible", part: "d", args: { date: texts.dayAndMonth(Number(d), month) } } };
  }
  return { answer: `${y}-${pad(month)}-${pad(Number(d))}` };
}

const pad = (n: number): string => String(n).padStart(2, "0");

/** Reads 3, 03, "März" and the beginning of a month's name that no other has. */
function monthOf(s: string, texts: Texts): number | undefined {
  if (/^[0-9]{1,2}$/.test(s)) {
    const n = Number(s);
    return n >= 1 && n <= 12 ? n : undefined;
  }
  const wanted = fold(s).replace(/\.$/, "");
  if (wanted.length < 3) return undefined;
  const hits = texts.months().flatMap((name, i) => (fold(name).startsWith(wanted) ? [i + 1] : []));
  return hits.length === 1 ? hits[0] : undefined;
}

/** A text without case and accents, to compare what people type. */
export const fold = (s: string): string => s.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("ß", "ss").toLowerCase().trim();

/** Reads 4650, 4.650, 4650,5, 4.650,00 and 4,650.00; what is no amount stays as it was typed. */
export function readMoney(typed: string): Entry {
  const s = typed.replace(/[\s€']/g, "");
  if (s === "") return {};
  const found = /^([0-9]+(?:[.,][0-9]{3})*|[0-9]+)(?:[.,]([0-9]{1,2}))?$/.exec(s);
  if (!found) return { answer: typed.trim() };
  const whole = found[1]!.replace(/[.,]/g, "").replace(/^0+(?=[0-9])/, "");
  const wire = `${whole}.${(found[2] ?? "").padEnd(2, "0")}`;
  return { answer: parseMoney(wire) === undefined ? typed.trim() : wire };
}

/**
 * Reads 38,5, 38.5, 038,50 and 38; what is no decimal stays as it was typed. "1.000" is a thousand in German and "1,000" in English, and
 * nobody can tell whether the person meant that: it stays as well.
 */
export function readDecimal(typed: string, language: string): Entry {
  const s = typed.replace(/\s/g, "");
  if (s === "") return {};
  const [, sign, whole, point, part = ""] = /^(-?)([0-9]+)(?:([.,])([0-9]{1,4}))?$/.exec(s) ?? [];
  const grouped = point === (language === "en" ? "," : ".") && part.length === 3 && !whole!.startsWith("0");
  if (whole === undefined || grouped) return { answer: typed.trim() };
  const decimals = part.replace(/0+$/, "");
  const digits = whole.replace(/^0+(?=[0-9])/, "") + (decimals && `.${decimals}`);
  const wire = digits === "0" ? digits : sign + digits;
  return { answer: parseDecimal(wire) === undefined ? typed.trim() : wire };
}

function readInt(typed: string): Entry {
  const s = typed.trim();
  if (s === "") return {};
  if (!/^-?[0-9]{1,15}$/.test(s)) return { problem: { key: "ui.error.int" } };
  return { answer: Number(s) };
}

function readCode(typed: TypedCode): Entry {
  if (typed.code) return { answer: typed.code };
  return typed.text.trim() === "" ? {} : { problem: { key: "ui.error.not_in_list", args: { text: typed.text.trim() } } };
}

function readCodes(typed: TypedCode[]): Entry {
  for (const one of typed) {
    const { problem } = readCode(one);
    if (problem) return { problem };
  }
  const codes = typed.flatMap((one) => (one.code ? [one.code] : []));
  return codes.length ? { answer: codes } : {};
}
