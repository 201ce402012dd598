// esbuild plugins: what the component shares with the rest of the project is read from there, never copied.
import { transform } from "esbuild";
import { readFileSync } from "node:fs";

const root = new URL("../", import.meta.url);

/** Turns a Go string literal into its value. */
function unquote(literal) {
  return JSON.parse(literal.replace(/\\'/g, "'").replace(/\\([abfnrtv])/g, (_, c) => ({ a: "\\u0007", v: "\\u000b" })[c] ?? "\\" + c));
}

function latin() {
  const source = readFileSync(new URL("internal/latin/table.go", root), "utf8");
  const letters = unquote(/const letters = (".*")/.exec(source)[1]);
  const sequences = /var sequences = [^{]*\{([\s\S]*?)\n\}/.exec(source)[1].match(/"(?:[^"\\]|\\.)*"/g).map(unquote);
  return { letters, sequences };
}

/** Reads the flat map of a text file: one key and one scalar on a line. */
export function readTexts(language) {
  const texts = {};
  for (const [i, line] of readFileSync(new URL(`data/texts/${language}.yaml`, root), "utf8").split("\n").entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const found = /^([A-Za-z0-9_.-]+): +(.*?) *$/.exec(line);
    if (!found) throw new Error(`data/texts/${language}.yaml:${i + 1}: write key: "text" on one line`);
    texts[found[1]] = scalar(found[2]);
  }
  return texts;
}

function scalar(s) {
  if (s.startsWith('"')) return JSON.parse(s);
  if (s.startsWith("'")) return s.slice(1, -1).replaceAll("''", "'");
  return s;
}

/** The texts that the status page needs before it knows the authority. */
function shared(language) {
  const texts = readTexts(language);
  return Object.fromEntries(Object.entries(texts).filter(([key]) => /^(ui|status|error\.(case|document|draft|question|request|origin|internal|unavailable|absent|latin|too_long))\b/.test(key)));
}

export const virtual = {
  name: "virtual",
  setup(build) {
    build.onResolve({ filter: /^virtual:/ }, (args) => ({ path: args.path.slice(8), namespace: "virtual" }));
    build.onLoad({ filter: /\.css$/ }, async (args) => {
      const { code } = await transform(readFileSync(args.path, "utf8"), { loader: "css", minify: true, charset: "utf8" });
      return { contents: `export default ${JSON.stringify(code.trim())}`, loader: "js" };
    });
    build.onLoad({ filter: /.*/, namespace: "virtual" }, (args) => {
      if (args.path === "latin") {
        const { letters, sequences } = latin();
        return { contents: `export const letters = ${JSON.stringify(letters)}; export const sequences = ${JSON.stringify(sequences.join(" "))}.split(" ");`, loader: "js" };
      }
      return { contents: `export default ${JSON.stringify(shared(args.path.slice(6)))}`, loader: "js" };
    });
  },
};
