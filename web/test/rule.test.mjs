import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";
import { load } from "./bundle.mjs";
import { factsOf, outcome } from "./facts.mjs";

const rule = await load("rule.ts", "civil.ts");
const directory = new URL("../../internal/rule/testdata/vectors/", import.meta.url);
const files = readdirSync(directory).filter((name) => name.endsWith(".json"));
const groups = files.flatMap((name) => JSON.parse(readFileSync(new URL(name, directory), "utf8")).map((g) => ({ ...g, file: name })));

test("the shared vectors give what the server gives", (t) => {
  let count = 0;
  for (const g of groups) {
    for (const c of g.cases) {
      assert.deepEqual(outcome(rule, rule.evaluate(g.tree, factsOf(rule, c.facts))), c.want, `${g.file}: ${g.rule} with ${JSON.stringify(c.facts)}`);
      count++;
    }
  }
  t.diagnostic(`${count} vectors`);
  assert.ok(count >= 3000, `only ${count} vectors`);
});

/** A tree in which each variable has a name of its own, and the facts that count who asks. */
function counting(tree, facts, asked) {
  const names = new Map();
  const rename = (node) => {
    if (!Array.isArray(node)) return node;
    if (!["f", "p", "c", "answered"].includes(node[0])) return node.map(rename);
    const name = `v${names.size}`;
    names.set(name, [node[0] === "answered" ? "f" : node[0], node[1]]);
    return [node[0], name];
  };
  const ask = (name) => {
    asked.set(name, (asked.get(name) ?? 0) + 1);
    const [kind, own] = names.get(name);
    return { f: facts.field, p: facts.param, c: facts.clock }[kind](own);
  };
  return { tree: rename(tree), facts: { field: ask, param: ask, clock: ask } };
}

test("each part of a rule is evaluated at most once", () => {
  for (const g of groups) {
    for (const c of g.cases) {
      const asked = new Map();
      const counted = counting(g.tree, factsOf(rule, c.facts), asked);
      rule.evaluate(counted.tree, counted.facts);
      for (const times of asked.values()) assert.equal(times, 1, g.rule);
    }
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
