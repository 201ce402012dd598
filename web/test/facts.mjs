// Facts and results as internal/rule/testdata/vectors/README.md writes them, read and written for the evaluator.

/** A fact as a value; absent is unknown. */
function valueOf(rule, fact) {
  if (fact === undefined) return rule.unknown;
  if (fact === "invalid") return rule.invalid;
  const [[type, value]] = Object.entries(fact);
  switch (type) {
    case "bool":
      return rule.ofBool(value);
    case "int":
      return rule.ofInt(value);
    case "money":
      return rule.ofMoney(Number(value));
    case "decimal":
      return rule.ofDecimal(Number(value));
    case "text":
      return rule.ofText(value);
    case "list":
      return rule.ofList(value);
    case "day":
      return rule.ofDay(rule.parseDay(value));
  }
  throw new Error("unknown type of fact " + JSON.stringify(fact));
}

/** The facts that the evaluator asks, from facts by full name. */
export function factsOf(rule, facts) {
  const ask = (prefix) => (name) => valueOf(rule, facts[prefix + name]);
  return { field: ask(""), param: ask("p."), clock: ask("clock.") };
}

/** A result as the vectors write it. */
export function outcome(rule, v) {
  if (v.bad) return "invalid";
  switch (v.type) {
    case undefined:
      return "unknown";
    case "bool":
      return { bool: v.bool };
    case "int":
      return { int: v.num };
    case "text":
      return { text: v.text };
    case "list":
      return { list: v.list };
    case "day":
      return { day: iso(rule.dateOf(v.num)) };
  }
  return { [v.type]: String(v.num) };
}

const iso = ([year, month, day]) => [String(year).padStart(4, "0"), String(month).padStart(2, "0"), String(day).padStart(2, "0")].join("-");
