// The evaluator for a test of another language: reads a case per line, {"tree":…,"facts":…} as the vectors write them, and
// answers each with a line that holds the result.
import { createInterface } from "node:readline";
import { load } from "./bundle.mjs";
import { factsOf, outcome } from "./facts.mjs";

const rule = await load("rule.ts", "civil.ts");
for await (const line of createInterface({ input: process.stdin })) {
  const { tree, facts } = JSON.parse(line);
  process.stdout.write(JSON.stringify(outcome(rule, rule.evaluate(tree, factsOf(rule, facts)))) + "\n");
}
