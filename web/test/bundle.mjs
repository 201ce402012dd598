// Bundles sources for a test, with the same plugins as the build.
import { build } from "esbuild";
import { virtual } from "../plugins.mjs";

export async function load(...files) {
  const result = await build({
    stdin: { contents: files.map((f) => `export * from "./src/${f}";`).join("\n"), resolveDir: new URL("..", import.meta.url).pathname, loader: "ts" },
    bundle: true, format: "esm", target: "es2022", write: false, plugins: [virtual], logLevel: "error",
  });
  return import("data:text/javascript;base64," + Buffer.from(result.outputFiles[0].contents).toString("base64"));
}
