// The router on the real stack: embedded in an authority's page and hosted, by keyboard, with mistakes, to a form that knows what
// was answered.
import assert from "node:assert/strict";
import { test } from "node:test";
import { tabTo } from "./walk.mjs";
import { folder, sizes, stage } from "./stage.mjs";
import { accessible } from "./watch.mjs";

const host = "aufenthalt-wegweiser";

let stack, browser;
stage((s) => ({ stack, browser } = s));

async function open(size, address, more = {}) {
  const context = await browser.newContext({ ...sizes[size], locale: "de-DE", ...more });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const errors = [];
  page.on("pageerror", (e) => errors.push(String(e)));
  await page.goto(address);
  await page.locator(`${host} .at form`).waitFor();
  const look = async (name) => {
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)) <= 0, `${name} (${size}) runs out sideways`);
    await accessible(page, `${name} (${size})`);
    await page.screenshot({ path: `${folder}wegweiser-${name}-${size}.png`, fullPage: true, animations: "disabled" });
  };
  return { page, look, close: async () => { assert.deepEqual(errors, []); await context.close(); } };
}

const put = (page, answers) => page.evaluate(async ([h, a]) => {
  const router = document.querySelector(h);
  for (const [id, typed] of Object.entries(a)) {
    router.put(id, typed);
    await router.updateComplete;
  }
}, [host, answers]);

const step = (page) => page.evaluate((h) => document.querySelector(h).current, host);

async function next(page) {
  const from = await step(page);
  await page.locator(`${host} form button[type=submit]`).click();
  await page.waitForFunction(([h, s]) => document.querySelector(h).current !== s, [host, from]);
}

const ways = (page) => page.locator(`${host} section.way h1, ${host} section.way h2, ${host} section.way h3, ${host} section.way h4`).allInnerTexts();

const syria = [{ text: "Syrien", code: "SYR" }];
const india = [{ text: "Indien", code: "IND" }];

test("from the authority's page to the Blue Card's form, which takes the answers over", () => Promise.all(Object.keys(sizes).map(async (size) => {
  const { page, look, close } = await open(size, `${stack.musterland.page}/wegweiser`);
  await page.locator(`${host} form button[type=submit]`).click(); // nothing answered
  await page.locator(".errsum").waitFor();
  await look("1-fehler");
  await put(page, { applicant: "self", nationalities: india, lives_here: true });
  await look("1-wer");
  await next(page);
  await put(page, { goal: "work", reason: "first" });
  await look("2-ziel");
  await next(page);
  await put(page, { current_status: "visa_c", title_until: { d: "31", m: "1", y: "2027" } });
  await look("3-aufenthalt"); // the warning about a Schengen visa
  await next(page);
  await next(page); // asylum and entry ban may be left out
  await put(page, { job: "offer", qualified_by: "degree", salary: "52.000" });
  await page.locator(`${host} [data-field=salary] summary`).click();
  await page.locator(`${host} .because`).waitFor();
  assert.equal(await page.locator(`${host} .because + ul`).innerText(), "Was möchten Sie vor allem? Arbeiten oder Arbeit suchen\nWomit haben Sie sich für die Stelle qualifiziert? Studium");
  await look("4-arbeit");
  await next(page);
  assert.deepEqual(await ways(page), ["Blaue Karte EU", "Fachkraft mit Hochschulabschluss", "Ein Anliegen in eigenen Worten"]);
  await look("5-ergebnis");
  await page.locator(`${host} section.way.first button`).click();
  await page.locator("at-erwerbstaetigkeit .at form").waitFor();
  await look("6-antrag");
  const typed = await page.evaluate(() => document.querySelector("at-erwerbstaetigkeit").draft.typed);
  assert.deepEqual(typed, { reason: "first", nationalities: india, current_status: "visa_c", title_until: { d: "31", m: "1", y: "2027" }, work_kind: "qualified", purpose: "blue_card" });
  assert.equal(await page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.className), "btn-link back");
  await page.getByRole("button", { name: "Zurück zu den Anträgen" }).click();
  await page.locator(`${host} section.way`).first().waitFor();
  assert.equal(await page.locator("at-erwerbstaetigkeit").count(), 0);
  await close();
})));

test("by keyboard alone, in English, to a service that the authority does not offer", async () => {
  const { page, look, close } = await open("desktop", `${stack.platform}/wegweiser/${stack.musterland.hosted.split("/").pop()}`);
  await tabTo(page, ".langbtn", host);
  await page.keyboard.press("Enter");
  await tabTo(page, ".langs button[lang=en]", host);
  await page.keyboard.press("Enter");
  await page.locator(`${host} .at[lang=en]`).waitFor();
  await tabTo(page, "input[name=applicant]", host);
  for (const key of ["Space", "ArrowDown", "ArrowDown"]) await page.keyboard.press(key); // an employer
  await tabTo(page, "form button[type=submit]", host);
  await page.keyboard.press("Enter");
  await page.waitForFunction((h) => document.querySelector(h).current === "betrieb", host);
  assert.equal(await page.evaluate((h) => document.querySelector(h).shadowRoot.activeElement.id, host), "title");
  await tabTo(page, "input[name=fk_worker]", host);
  await page.keyboard.press("Space");
  await tabTo(page, "form button[type=submit]", host);
  await page.keyboard.press("Enter");
  await page.locator(`${host} section.way`).first().waitFor();
  assert.deepEqual(await ways(page), ["EU Blue Card for your worker", "Skilled worker with a degree", "A request in your own words"]);
  assert.match(await page.locator(`${host} section.way.first`).innerText(), /does not offer this application online yet\. Ask there: /);
  await look("en-arbeitgeber");
  await close();
});

test("all services of an authority on one page: a form and the router open in place, and lead back", () => Promise.all(Object.keys(sizes).map(async (size) => {
  const context = await browser.newContext({ ...sizes[size], locale: "de-DE" });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(`${stack.platform}/antraege/${stack.musterland.hosted.split("/").pop()}`);
  const bundle = page.locator("aufenthalt-digital");
  await bundle.locator("section.way").first().waitFor();
  assert.equal(await bundle.locator("ul.ways section.way").count(), 10);
  await accessible(page, `all services (${size})`);
  await page.screenshot({ path: `${folder}antraege-${size}.png`, fullPage: true, animations: "disabled" });
  await bundle.locator(".langbtn").click();
  await bundle.locator(".langs button[lang=en]").click();
  await bundle.locator(".at[lang=en]").waitFor();
  await bundle.locator("ul.ways section.way", { hasText: "Ukraine" }).getByRole("button").click();
  await page.locator("at-germany-for-ukraine .at[lang=en] form").waitFor();
  await page.getByRole("button", { name: "Back to all applications" }).click();
  await bundle.locator("section.way.first").getByRole("button").click();
  await page.locator(`${host} .at[lang=en] form`).waitFor();
  await put(page, { applicant: "self", nationalities: syria, lives_here: true, goal: "document", paper: "loss" });
  for (let i = 0; i < 3; i++) await next(page);
  assert.deepEqual(await ways(page), ["New card after loss", "A request in your own words"]);
  await page.locator(`${host} section.way.first button`).click();
  await page.locator("at-sonstiges .at form").waitFor();
  assert.deepEqual(await page.evaluate(() => document.querySelector("at-sonstiges").draft.typed), { nationalities: syria, purpose: "card", reason: "loss" });
  await accessible(page, `a form in the router in the bundle (${size})`);
  await context.close();
})));

test("nobody is left without a way: a German, somebody who does not know, from right to left", async () => {
  const { page, look, close } = await open("phone", `${stack.musterland.page}/wegweiser`);
  await put(page, { applicant: "self", nationalities: [{ text: "Deutschland", code: "DEU" }], lives_here: true });
  await next(page);
  assert.deepEqual(await ways(page), ["Ein Anliegen in eigenen Worten"]);
  assert.match(await page.locator(`${host} .notices`).innerText(), /brauchen Sie keinen Aufenthaltstitel/);
  await look("deutsch");
  await page.getByRole("button", { name: "Von vorn beginnen" }).click();
  await put(page, { applicant: "self", nationalities: syria, lives_here: true });
  await next(page);
  await put(page, { goal: "unsure" });
  await next(page);
  await page.evaluate((h) => document.querySelector(h).shadowRoot.querySelector(".at").setAttribute("dir", "rtl"), host);
  await look("rtl");
  await page.locator(`${host} section.way button`).click();
  await page.locator("at-sonstiges .at form").waitFor();
  assert.equal(await page.evaluate(() => document.querySelector("at-sonstiges").draft.typed.purpose), "other");
  await close();
});
