// A small server for the browser tests: the built component, a page around it, and recorded answers of the platform.
import { createServer } from "node:http";
import { existsSync, readFileSync } from "node:fs";

const read = (path) => readFileSync(new URL(path, import.meta.url));

/** The policy of the hosted pages, so that the tests run under it. */
export const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types lit-html aufenthalt";

const page = (title, body, style = "") => `<!doctype html><html lang="de"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/${style || "page"}.css"><script type="module" src="/embed/aufenthalt.js"></script></head><body><main><h1>${title}</h1>${body}</main></body></html>`;

const styles = {
  page: "body{margin:0;background:#f3f4f7;font:17px/1.5 system-ui,sans-serif}main{max-width:808px;margin:0 auto;padding:24px 16px;box-sizing:border-box}h1{font-size:20px}",
  hostile: "*{all:unset}html{font-size:62.5%}body,main{display:block}div,p,button,input{color:red!important;font-size:9px!important;float:right;text-transform:uppercase}body{text-transform:uppercase;letter-spacing:.3em;text-align:center;color:red;line-height:3;font-style:italic;text-indent:3em;white-space:nowrap}h1{display:block}",
  bare: "body{margin:0}main{padding:0}h1{margin:0;font-size:16px}",
};

/** Starts the server. answer may take a request over: it gives {status, json} or nothing. */
export function serve(answer = () => undefined) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://localhost");
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    requests.push({ method: request.method, path: url.pathname, headers: request.headers, body });
    const send = (status, type, data) => {
      response.writeHead(status, { "Content-Type": type, "Content-Security-Policy": policy });
      response.end(data);
    };
    const own = await answer(request.method, url, body, request.headers);
    if (own) return send(own.status ?? 200, own.type ?? (own.status >= 400 ? "application/problem+json" : "application/json"), own.data ?? JSON.stringify(own.json));
    if (url.pathname.startsWith("/embed/")) {
      const file = new URL(`../../dist/${url.pathname.slice(7)}`, import.meta.url);
      return existsSync(file) ? send(200, "text/javascript", readFileSync(file)) : send(404, "text/plain", "");
    }
    if (url.pathname.endsWith(".css")) return send(200, "text/css", styles[url.pathname.slice(1, -4)]);
    if (url.pathname.startsWith("/api/v1/services/")) {
      const language = url.searchParams.get("lang") === "de" ? "de" : "en";
      const view = JSON.parse(read(`../view.${language}.json`));
      if (url.searchParams.get("lang") === "ar") view.language = "ar"; // German words, Arabic direction
      return send(200, "application/json", JSON.stringify(view));
    }
    if (url.pathname.startsWith("/api/v1/words/")) { // the recorded views have the words in them
      const { words, language, countries, nationalities } = JSON.parse(read(`../view.${url.pathname.endsWith("/en") ? "en" : "de"}.json`));
      return send(200, "application/json", JSON.stringify({ hash: words, language, texts: {}, countries, nationalities }));
    }
    if (url.pathname === "/status") return send(200, "text/html", page("Status", "<aufenthalt-status></aufenthalt-status>", url.searchParams.get("style")));
    const language = url.searchParams.get("language") ?? "de";
    return send(200, "text/html", page("Behörde", `<at-erwerbstaetigkeit ags="12099001" language="${language}"></at-erwerbstaetigkeit>`, url.searchParams.get("style")));
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve({ origin: `http://127.0.0.1:${server.address().port}`, requests, close: () => server.close() })));
}
