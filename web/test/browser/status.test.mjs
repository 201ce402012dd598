import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { launch } from "./driver.mjs";
import { serve } from "./server.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const code = "7KQ4M2XD9HTPW3RC6VNA1YBE";
const number = "AT-7K3M-9QX2-4R8T";

const view = () => ({
  case_number: number, service: "at-erwerbstaetigkeit", authority: { ags: "12099001", name: "Landkreis Musterland" }, received_at: "2026-11-10T14:41:07+01:00", stage: "imported",
  timeline: [{ key: "status.accepted", at: "2026-11-10T14:41:07+01:00", state: "past" }, { key: "status.handed_over", at: "2026-11-10T14:43:07+01:00", state: "past" }, { key: "status.imported", state: "now" }, { key: "status.examination", state: "future" }, { key: "status.decision", state: "future" }],
  missing: [{ evidence: "HI", name: "Nachweis der Krankenversicherung" }],
  messages: [{ id: "q1", kind: "question", at: "2026-11-23T10:12:00+01:00", text: "Wird der Vertrag verlängert?", deadline: "2026-12-11", days_left: 17, attachment: { id: "q1", name: "Anlage.pdf", size: 1234 } }],
});

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

async function check(page, where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run("aufenthalt-status", { resultTypes: ["violations"] }));
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ").slice(0, 400)}`), [], where);
}

/** A platform with one case. */
function platform() {
  const state = { case: view(), answers: [] };
  const answer = (method, url, body, headers) => {
    if (!url.pathname.startsWith("/api/v1/cases/")) return method === "PUT" ? { status: 201, json: { id: url.pathname.split("/").pop(), name: "Vertrag.pdf", type: "application/pdf", size: 9, pages: 1, sha256: "" } } : undefined;
    if (Buffer.from((headers.authorization ?? "").slice(6), "base64").toString() !== `${number}:${code}`) return { status: 403, json: { key: "error.case.code", args: { left: "4" }, detail: "Noch 4 Versuche." } };
    if (url.pathname.endsWith("/attachment")) return { type: "application/pdf", data: "%PDF" };
    if (url.pathname.endsWith("/receipt.pdf")) return { type: "application/pdf", data: "%PDF" };
    if (!url.pathname.endsWith("/answer")) return { json: state.case };
    state.answers.push(JSON.parse(body));
    if (state.answers.length === 1) return { status: 503, json: { key: "error.unavailable", detail: "Bitte versuchen Sie es noch einmal." } };
    const at = "2026-11-24T09:12:00+01:00";
    Object.assign(state.case.messages[0], { answered_at: at, answer_state: "accepted" });
    state.case.messages.push({ id: "a1", kind: "answer", at, text: state.answers.at(-1).text, documents: ["Vertrag.pdf"] });
    return { status: 201, json: { answered_at: at } };
  };
  return { state, answer };
}

for (const [language, size] of [["de", { width: 1280, height: 900 }], ["en", { width: 320, height: 700 }]]) {
  test(`a case opens with number and code, and its question is answered (${language})`, async (t) => {
    const { state, answer } = platform();
    const server = await serve(answer);
    const page = await (await browser.newContext({ viewport: size, acceptDownloads: true })).newPage();
    t.after(async () => {
      await page.context().close();
      server.close();
    });
    await page.goto(`${server.origin}/status#case=${number}`);
    await page.locator("#code").waitFor();
    assert.equal(await page.locator("#number").inputValue(), number);
    assert.ok(!page.url().includes(number), "the address keeps nothing");
    if (language === "en") {
      await page.locator(".langbtn").click();
      await page.locator(".langs button[lang=en]").click();
      await page.locator(".at[lang=en]").waitFor();
    }
    await check(page, "door");
    await page.locator("#code").fill(code.replace("7KQ4", "7KQ5"));
    await page.locator("button[type=submit]").click();
    await page.locator(".errsum").waitFor();
    await check(page, "wrong code");
    await page.locator("#code").fill(code.match(/.{4}/g).join(" ").toLowerCase());
    await page.locator("button[type=submit]").click();
    await page.locator(".ask").waitFor();
    await check(page, "case");
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)) <= 0);
    const [file] = await Promise.all([page.waitForEvent("download"), page.locator(".ask .docs button").click()]);
    assert.equal(file.suggestedFilename(), "Anlage.pdf");

    await page.locator(".ask .btn").click();
    await page.locator("#reply").waitFor();
    await page.locator("button[type=submit]").click();
    await page.locator(".errsum").waitFor();
    await check(page, "empty reply");
    await page.locator("#reply").fill("Ja, er ist jetzt unbefristet.");
    await page.locator("input[type=file]").setInputFiles({ name: "Vertrag.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4 ") });
    await page.locator(".file .good").waitFor();
    await page.locator("button[type=submit]").click();
    await page.waitForFunction(() => document.querySelector("aufenthalt-status").shadowRoot.querySelector(".errsum p")?.textContent.length > 10);
    assert.equal(await page.locator("#reply").inputValue(), "Ja, er ist jetzt unbefristet.", "a failure loses nothing");
    await page.locator("button[type=submit]").click();
    await page.locator(".done-head").waitFor();
    await check(page, "replied");
    assert.equal(state.answers[0].id, state.answers[1].id, "the same answer sent twice is one");
    assert.equal(state.answers[1].documents.length, 1);
    assert.match(state.answers[1].draft.key, /^[A-Za-z0-9_-]{43}$/);
    await page.locator(".acts .btn").click();
    await page.locator(".msg.me").waitFor();
    assert.equal(await page.locator(".ask").count(), 0);
    await check(page, "answered case");
  });
}
