// Builds web/dist: aufenthalt.js, which authorities embed, and its chunks. Fails when the way to the first field is
// heavier than it may be.
import { build } from "esbuild";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { virtual } from "./plugins.mjs";

const limit = 80_000; // bytes, gzip, to the first field
const dist = new URL("dist/", import.meta.url);

for (const name of readdirSync(dist)) if (name.endsWith(".js")) rmSync(new URL(name, dist));

const result = await build({
  absWorkingDir: new URL(".", import.meta.url).pathname,
  entryPoints: { aufenthalt: "src/aufenthalt.ts" },
  outdir: "dist",
  entryNames: "[name]",
  chunkNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  charset: "utf8",
  legalComments: "inline",
  metafile: true,
  plugins: [virtual],
  logLevel: "warning",
});

const outputs = result.metafile.outputs;
const gzip = (name) => gzipSync(readFileSync(new URL(name.replace("dist/", ""), dist)), { level: 9 }).length;

/** An output with everything that it imports at once. */
function closure(name, seen = new Set()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const i of outputs[name].imports) if (i.kind === "import-statement") closure(i.path, seen);
  return seen;
}

const form = Object.keys(outputs).find((name) => outputs[name].entryPoint === "src/form.ts");
const first = new Set([...closure("dist/aufenthalt.js"), ...closure(form)]);
const bytes = [...first].reduce((sum, name) => sum + gzip(name), 0);
for (const name of Object.keys(outputs).sort()) console.log(`${String(gzip(name)).padStart(7)} B gzip  ${name.replace("dist/", "")}${first.has(name) ? "  (first field)" : ""}`);
console.log(`first field: ${(bytes / 1000).toFixed(1)} kB gzip of ${limit / 1000} kB`);
if (bytes > limit) {
  console.error("the way to the first field is too heavy: move code into a later chunk");
  process.exit(1);
}
