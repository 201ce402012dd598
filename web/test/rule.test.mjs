import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { load } from "./bundle.mjs";

const rule = await load("rule.ts", "civil.ts");
const vectors = JSON.parse(readFileSync(new URL("../../internal/rule/testdata/vectors.json", import.meta.url), "utf8"));

/** A fact of the vectors as a value; absent and null are unknown. */
function fact(f) {
  if (f === undefined || f === null) return rule.unknown;
  switch (f.type) {
    case "bool":
      return rule.ofBool(f.value);
    case "int":
      return rule.ofInt(Number(f.value));
    case "money":
      return rule.ofMoney(Number(f.value));
    case "text":
      return rule.ofText(f.value);
    case "list":
      return rule.ofList(f.value);
    case "day":
      return rule.ofDay(rule.parseDay(f.value));
  }
  throw new Error("unknown type of fact " + JSON.stringify(f));
}

function result(v) {
  if (v.bad) return { state: "invalid" };
  if (v.type === undefined) return { state: "unknown" };
  const value = { bool: v.bool, int: v.num, money: String(v.num), text: v.text, list: v.list, day: v.type === "day" ? iso(v.num) : "" }[v.type];
  return { state: "known", type: v.type, value };
}

const iso = (d) => {
  const [y, m, n] = rule.dateOf(d);
  return `${String(y).padStart(4, "0")}-${String(m).padStart(2, "0")}-${String(n).padStart(2, "0")}`;
};

test("the shared vectors give what the server gives", () => {
  assert.ok(vectors.length > 50);
  for (const v of vectors) {
    const facts = { field: (n) => fact(v.facts.fields?.[n]), param: (n) => fact(v.facts.params?.[n]), clock: (n) => fact(v.facts.clocks?.[n]) };
    const got = result(rule.evaluate(v.tree, facts));
    assert.deepEqual(got, { ...v.want, ...(v.want.type === "money" ? { value: String(v.want.value) } : {}) }, v.name);
  }
});

test("an unknown operation is invalid, not false", () => {
  assert.deepEqual(rule.evaluate(["nonsense", ["b", true]], {}), rule.invalid);
});

test("days go there and back over the whole calendar", () => {
  for (let d = 1; d <= rule.maxDay; d += 997) {
    const [y, m, n] = rule.dateOf(d);
    assert.equal(rule.dayOf(y, m, n), d);
  }
  assert.equal(rule.dayOf(1, 1, 1), 1);
  assert.equal(rule.dayOf(9999, 12, 31), rule.maxDay);
});
