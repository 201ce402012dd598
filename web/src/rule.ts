// Evaluates the trees of internal/rule exactly as the server does: typed, exact, with "not answered" as a third value.
import { addDays, addMonths, parseDay, yearsBetween } from "./civil";

export type Type = "bool" | "int" | "text" | "day" | "money" | "list";

/** A fact or a result. Without type it is unknown, and bad when it is unknown because it cannot be computed. */
export interface Value {
  readonly type?: Type;
  readonly bad?: true;
  readonly bool?: boolean;
  readonly num?: number; // integer, cents or day
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

/** Sums and products of exact numbers leave the range only upwards, so the check after rounding is safe. */
function ofNumber(type: "int" | "money", num: number): Value {
  return Math.abs(num) > maxInt ? invalid : { type, num: num + 0 }; // no negative zero
}

export const isTrue = (v: Value): boolean => v.type === "bool" && v.bool === true;
export const isFalse = (v: Value): boolean => v.type === "bool" && v.bool === false;

const suffix: Record<string, Type> = { b: "bool", i: "int", s: "text", d: "day", m: "money" };

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
    case "l":
      return ofList(args as string[]);
    case "and":
      return junction(args as Tree[], facts, false);
    case "or":
      return junction(args as Tree[], facts, true);
    case "if":
      return choose(args as Tree[], facts, want);
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

const wants: Record<string, (Type | undefined)[]> = {
  not: ["bool"],
  size: ["list"],
  in: ["text", "list"],
  any: ["list", "list"],
  add_days: ["day", "int"],
  add_months: ["day", "int"],
  years_between: ["day", "day"],
  "*m": ["money", "int"],
};

function operation(op: string, args: Tree[], facts: Facts): Value {
  const same = operand(op);
  const types = wants[op] ?? [same, same];
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
    case "add_days":
      return computedDay(addDays(x, y));
    case "add_months":
      return computedDay(addMonths(x, y));
    case "years_between":
      return ofInt(yearsBetween(x, y));
  }
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
      return ofNumber(a.type as "int" | "money", x + y);
    case "-":
      return ofNumber(a.type as "int" | "money", x - y);
    case "*":
      return ofNumber(a.type as "int" | "money", x * y);
  }
  return invalid;
}

const equal = (a: Value, b: Value): boolean => a.num === b.num && a.text === b.text && a.bool === b.bool;
const computedDay = (d: number | undefined): Value => (d === undefined ? invalid : ofDay(d));
