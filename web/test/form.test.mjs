import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { load } from "./bundle.mjs";

const { evaluateForm, validate, shownAnswers } = await load("evaluate.ts", "validate.ts");
const read = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));
const view = read("view.de.json");
const vectors = read("form-vectors.json");

test("random answers lead to what the server makes of them", () => {
  const keys = new Set();
  for (const [i, v] of vectors.entries()) {
    const state = evaluateForm(view, v.answers);
    const got = {
      pages: state.pages, fields: state.fields, evidence: state.evidence.map((e) => e.id), notices: state.notices.map((n) => n.id),
      checks: state.checks.map((c) => c.id), fees: state.fees.map((f) => [f.code, f.amount ?? "0.00"]),
    };
    for (const part of Object.keys(got)) assert.deepEqual(got[part], v[part], `case ${i}: ${part}`);
    const problems = validate(view, state, v.answers).map((p) => JSON.parse(JSON.stringify(p)));
    assert.deepEqual(problems, v.problems, `case ${i}: problems`);
    for (const p of v.problems) keys.add(p.key);
  }
  assert.ok(keys.size >= 15, "the vectors see few kinds of mistakes: " + [...keys]);
});

test("decimals are judged and become facts as on the server", () => {
  const area = { id: "area", type: "decimal", required: false, min: 1, max: 500, basis: [] };
  const big = { id: "big", type: "bool", required: false, when: [">=n", ["f", "area"], ["n", "617500"]], basis: [] };
  const small = { law_day: "2026-11-24", parameters: {}, pages: [{ id: "a", kind: "form", fields: ["area", "big"], notices: [] }], fields: { area, big }, evidence: [], notices: [], checks: [], fees: [] };
  const cases = { "61.75": "", "1": "", "500": "", "": "", "0.9999": "error.number.min", "500.0001": "error.number.max", "-5": "error.number.min", "61,75": "error.decimal.form", "61.750": "error.decimal.form",
    "61.12345": "error.decimal.form", " 61": "error.decimal.form", "viel": "error.decimal.form" };
  for (const [answer, key] of Object.entries(cases)) {
    const state = evaluateForm(small, { area: answer });
    assert.equal(validate(small, state, { area: answer }).map((p) => p.key).join(), key, answer);
    assert.equal(state.fields.includes("big"), ["61.75", "500", "500.0001"].includes(answer), answer);
  }
});

test("every key of a mistake has a text in both languages", () => {
  for (const language of ["de", "en"]) {
    const { texts } = read(`view.${language}.json`);
    for (const v of vectors) for (const p of v.problems) assert.ok(texts[p.key], `${language}: ${p.key}`);
  }
});

test("answers of hidden questions stay on the device", () => {
  const answers = { represented: false, rep_family_name: "Muster", remarks: "  " };
  const sent = shownAnswers(evaluateForm(view, answers), answers);
  assert.deepEqual(sent, { represented: false });
});
