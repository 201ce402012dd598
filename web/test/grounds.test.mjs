import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./bundle.mjs";

const { grounds, ofBool, ofText, unknown } = await load("grounds.ts", "rule.ts");

const facts = (given) => ({ field: (id) => given[id] ?? unknown, param: () => unknown, clock: () => unknown });
const is = (id, word) => ["==s", ["f", id], ["s", word]];

test("a rule rests on what it reads, in that order, each time it reads it", () => {
  assert.deepEqual(grounds(["and", is("a", "x"), ["in", ["f", "b"], ["l", "y", "z"]], ["answered", "c"]], facts({})), ["a", "b", "c"]);
});

test("of several ways to be true the first that is true counts", () => {
  const either = ["or", is("a", "x"), is("b", "y"), is("c", "z")];
  assert.deepEqual(grounds(either, facts({ a: ofText("no"), b: ofText("y"), c: ofText("z") })), ["b"]);
  assert.deepEqual(grounds(either, facts({})), []);
});

test("of an if the branch taken counts", () => {
  const rule = ["if", ["f", "a"], ["f", "b"], ["not", ["f", "c"]]];
  assert.deepEqual(grounds(rule, facts({ a: ofBool(true) })), ["a", "b"]);
  assert.deepEqual(grounds(rule, facts({ a: ofBool(false) })), ["a", "c"]);
});
