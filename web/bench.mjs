// Measures how long the browser's evaluation of a whole form takes: the recorded view with the fullest recorded answers.
import { readFileSync } from "node:fs";
import { load } from "./test/bundle.mjs";

const { evaluateForm } = await load("evaluate.ts");
const read = (name) => JSON.parse(readFileSync(new URL(`test/${name}`, import.meta.url), "utf8"));
const view = read("view.de.json");
const fullest = read("form-vectors.json").reduce((a, b) => (b.fields.length > a.fields.length ? b : a));

const times = Array.from({ length: 1000 }, () => {
  const start = performance.now();
  evaluateForm(view, fullest.answers);
  return performance.now() - start;
}).sort((a, b) => a - b);
console.log(`evaluateForm, ${view.service}, ${fullest.fields.length} questions shown: median ${times[500].toFixed(3)} ms, p99 ${times[990].toFixed(3)} ms`);
