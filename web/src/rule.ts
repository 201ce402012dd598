// Evaluates the trees of internal/rule exactly as the server does: typed, exact, with "not answered" as a third value.
import { addDays, addMonths, lastOfPartial, monthsBetween, parseDay, parsePartial, yearsBetween } from "./civil";
import { fits } from "./pattern";

export type Type = "bool" | "int" | "text" | "day" | "money" | "decimal" | "list";

/** A fact or a result. Without type it is unknown, and bad when it is unknown because it cannot be computed. */
export interface Value {
  readonly type?: Type;
  readonly bad?: true;
  readonly bool?: boolean;
  readonly num?: number; // integer, cents, ten-thousandths of a decimal, or day
  readonly text?: string;
  readonly list?: readonly string[];
}

/** A rule as JSON: an operation and its arguments. */
export type Tree = readonly [string, ...(string | number | boolean | Tree)[]];

/** What a rule is evaluated on. An unanswered question is unknown. */
export interface Facts {
  field(name: string): Value;
  param(name: string): Value;
  clock(name: string): Value;
}

export const unknown: Value = {};
export const invalid: Value = { bad: true };
export const maxInt = Number.MAX_SAFE_INTEGER;

export const ofBool = (bool: boolean): Value => ({ type: "bool", bool });
export const ofText = (text: string): Value => ({ type: "text", text });
export const ofList = (list: readonly string[]): Value => ({ type: "list", list });
export const ofDay = (num: number): Value => ({ type: "day", num });
export const ofInt = (num: number): Value => ofNumber("int", num);
export const ofMoney = (cents: number): Value => ofNumber("money", cents);
export const ofDecimal = (tenThousandths: number): Value => ofNumber("decimal", tenThousandths);

/** Sums and products of exact numbers leave the range only upwards, so the check after rounding is safe. */
function ofNumber(type: Type, num: number): Value {
  return Math.abs(num) > maxInt ? invalid : { type, num: num + 0 }; // no negative zero
}

export const isTrue = (v: Value): boolean => v.type === "bool" && v.bool === true;
export const isFalse = (v: Value): boolean => v.type === "bool" && v.bool === false;

const suffix: Record<string, Type> = { b: "bool", i: "int", s: "text", d: "day", m: "money", n: "decimal" };

/** The type that an operation wants from its arguments, where all have the same. */
function operand(op: string): Type | undefined {
  const last = suffix[op.slice(-1)];
  return last && /^([=!<>]=|[<>+*-])[a-z]$/.test(op) ? last : undefined;
}

/** The result of a rule. want is the type that is needed where the tree does not tell. */
export function evaluate(tree: Tree, facts: Facts, want?: Type): Value {
  const [op, ...args] = tree;
  switch (op) {
    case "f":
      return expect(facts.field(args[0] as string), want);
    case "p":
      return expect(facts.param(args[0] as string), want);
    case "c":
      return expect(facts.clock(args[0] as string), "day");
    case "b":
      return ofBool(args[0] as boolean);
    case "i":
      return ofInt(args[0] as number);
    case "s":
      return ofText(args[0] as string);
    case "d":
      return constantDay(args[0] as string);
    case "m":
      return ofMoney(Number(args[0]));
    case "n":
      return ofDecimal(Number(args[0]));
    case "l":
      return ofList(args as string[]);
    case "and":
      return junction(args as Tree[], facts, false);
    case "or":
      return junction(args as Tree[], facts, true);
    case "if":
      return choose(args as Tree[], facts, want);
    case "or_else": {
      const v = evaluate(args[0] as Tree, facts, want);
      return v.type !== undefined || v.bad ? v : evaluate(args[1] as Tree, facts, want);
    }
    case "only_if": {
      const c = evaluate(args[0] as Tree, facts, "bool");
      return isTrue(c) ? evaluate(args[1] as Tree, facts, want) : c.bad ? invalid : unknown;
    }
    case "like": {
      const v = evaluate(args[1] as Tree, facts, "text");
      return v.type === undefined ? v : ofBool(fits(args[0] as string, v.text!));
    }
    case "answered": {
      const v = facts.field(args[0] as string);
      return v.bad ? invalid : ofBool(v.type !== undefined);
    }
  }
  return operation(op, args as Tree[], facts);
}

function expect(v: Value, want: Type | undefined): Value {
  return v.type !== undefined && want !== undefined && v.type !== want ? invalid : v;
}

function constantDay(s: string): Value {
  const d = parseDay(s);
  return typeof d === "number" ? ofDay(d) : invalid;
}

function choose(args: Tree[], facts: Facts, want: Type | undefined): Value {
  const c = evaluate(args[0]!, facts, "bool");
  if (isTrue(c)) return evaluate(args[1]!, facts, want);
  if (isFalse(c)) return evaluate(args[2]!, facts, want);
  return c.bad ? invalid : unknown;
}

/** Kleene's and (decided by false) or or (decided by true): a deciding operand wins wherever it stands. */
function junction(args: Tree[], facts: Facts, decides: boolean): Value {
  let result: Value = ofBool(!decides);
  for (const arg of args) {
    const v = evaluate(arg, facts, "bool");
    if (v.type === "bool" && v.bool === decides) return v;
    if (v.bad) result = invalid;
    else if (v.type === undefined && !result.bad) result = unknown;
  }
  return result;
}

const two: Type[] = ["day", "day"];
const lists: Type[] = ["list", "list"];
const scaled: Type[] = ["money", "decimal"];

/** What other operations want. The divisions end with the letter of their type. */
const wants: Record<string, Type[]> = {
  not: ["bool"],
  size: ["list"],
  in: ["text", "list"],
  any: lists,
  all: lists,
  count_in: lists,
  add_days: ["day", "int"],
  add_months: ["day", "int"],
  days_between: two,
  months_between: two,
  years_between: two,
  age: two,
  earliest_day: ["text"],
  latest_day: ["text"],
  times_down: scaled,
  times_half_up: scaled,
  "*m": ["money", "int"],
  "*n": ["decimal", "int"],
};

function operation(op: string, args: Tree[], facts: Facts): Value {
  const same = operand(op);
  const types = wants[op] ?? (op.startsWith("divide") ? [suffix[op.slice(-1)], "int"] : [same, same]);
  const values = args.map((arg, i) => evaluate(arg, facts, types[i]));
  if (values.some((v) => v.type === undefined)) return values.some((v) => v.bad) ? invalid : unknown;
  const [a, b] = values;
  return compute(op, a!, b ?? unknown);
}

function compute(op: string, a: Value, b: Value): Value {
  const x = a.num ?? 0;
  const y = b.num ?? 0;
  switch (op) {
    case "not":
      return ofBool(!a.bool);
    case "size":
      return ofInt(a.list!.length);
    case "in":
      return ofBool(b.list!.includes(a.text!));
    case "any":
      return ofBool(a.list!.some((s) => b.list!.includes(s)));
    case "all":
      return ofBool(b.list!.every((s) => a.list!.includes(s)));
    case "count_in":
      return ofInt([...new Set(a.list)].filter((s) => b.list!.includes(s)).length);
    case "add_days":
      return computedDay(addDays(x, y));
    case "add_months":
      return computedDay(addMonths(x, y));
    case "days_between":
      return ofInt(y - x);
    case "months_between":
      return ofInt(monthsBetween(x, y));
    case "years_between":
      return ofInt(yearsBetween(x, y));
    case "age": // nobody has one before birth
      return y < x ? invalid : ofInt(yearsBetween(x, y));
    case "earliest_day":
      return computedDay(parsePartial(a.text!));
    case "latest_day":
      return computedDay(lastOfPartial(a.text!));
    case "times_down":
    case "times_half_up":
      return times(op, x, y);
  }
  if (op.startsWith("divide")) return y > 0 ? ofNumber(a.type!, round(op, (x - (x % y)) / y, x % y, y)) : invalid;
  switch (op.slice(0, -1)) {
    case "==":
      return ofBool(equal(a, b));
    case "!=":
      return ofBool(!equal(a, b));
    case "<":
      return ofBool(x < y);
    case "<=":
      return ofBool(x <= y);
    case ">":
      return ofBool(x > y);
    case ">=":
      return ofBool(x >= y);
    case "+":
      return ofNumber(a.type!, x + y);
    case "-":
      return ofNumber(a.type!, x - y);
    case "*":
      return ofNumber(a.type!, x * y);
  }
  return invalid;
}

const equal = (a: Value, b: Value): boolean => a.num === b.num && a.text === b.text && a.bool === b.bool;
const computedDay = (d: number | string | undefined): Value => (typeof d === "number" ? ofDay(d) : invalid);

/** An amount times a decimal, in whole cents. The product has up to 106 bits, more than a number holds exactly. */
function times(op: string, cents: number, factor: number): Value {
  const product = BigInt(cents) * BigInt(factor);
  return ofMoney(round(op, Number(product / 10000n), Number(product % 10000n), 10000));
}

/** Corrects a quotient that was cut towards zero, as the name of the operation says. The rest has the sign of the dividend. */
function round(op: string, whole: number, rest: number, n: number): number {
  if (rest === 0) return whole;
  const away = op.includes("half_up") ? 2 * Math.abs(rest) >= n : op.includes("_up") === rest > 0;
  return away ? whole + Math.sign(rest) : whole;
}
