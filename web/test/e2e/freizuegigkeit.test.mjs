// The second kind of application, under the FreizügG/EU: from the hosted form as message 130301 into inbox and case system.
import assert from "node:assert/strict";
import { test } from "node:test";
import { answers } from "./applicant.mjs";
import { sizes, stage } from "./stage.mjs";
import { until as wait } from "./stack.mjs";
import { receipt } from "./walk.mjs";

const tag = "aw-aufenthaltskarte";

let stack, browser;
stage((s) => ({ stack, browser } = s));

const france = { text: "Frankreich", code: "FRA" };
const brazil = { text: "Brasilien", code: "BRA" };
const given = {
  reason: "first", person_kind: "family", purpose: "card", family_name: "da Conceição", given_names: "João", birth_date: { d: "14", m: "8", y: "1990" }, gender: "m",
  nationalities: [brazil], has_passport: true, passport_kind: "national", passport_number: "FX445566", passport_state: brazil, passport_issued: { d: "1", m: "1", y: "2022" },
  passport_until: { d: "31", m: "12", y: "2031" }, no_fixed_address: false, street: answers.street, house_number: "12a", postcode: answers.postcode, city: answers.city,
  email: answers.email, represented: false, entry_date: { d: "15", m: "6", y: "2025" }, ref_family_name: "Lefèvre", ref_given_names: "Élise",
  ref_birth_date: { d: "2", m: "2", y: "1984" }, ref_nationalities: [france], relation: "spouse", ref_status: "eu", ref_in_germany: true, ref_same_address: true,
};

test("the card of a husband from Brazil reaches the case system", async () => {
  const context = await browser.newContext({ ...sizes.desktop, locale: "de-DE" });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(`${stack.platform}/formular/${tag}/${stack.musterland.hosted.split("/").pop()}`);
  await page.locator(`${tag} .at form`).waitFor();
  const step = () => page.evaluate((t) => document.querySelector(t).draft.page, tag);
  for (let i = 0; i < 40 && (await step()) !== "summary"; i++) {
    const from = await step();
    await page.evaluate(async ([t, a]) => {
      const form = document.querySelector(t);
      for (let round = 0; round < 4; round++) {
        for (const id of form.view.pages.find((p) => p.id === form.draft.page).fields) {
          if (!form.state.fields.includes(id)) continue;
          if (form.view.fields[id].declaration) form.put(id, true);
          else if (id in a) form.put(id, a[id]);
        }
        await form.updateComplete;
      }
    }, [tag, given]);
    await page.locator("form button[type=submit]").click();
    await page.waitForFunction(([t, s]) => document.querySelector(t).draft.page !== s, [tag, from]);
  }
  await page.locator("form button[type=submit]").click();
  const { number } = await receipt(page);
  await wait("the case", async () => (await page.goto(`${stack.cases}/vorgaenge/${number}`)).ok());
  const text = await page.locator("main").innerText();
  assert.match(text, /da Conceição, João/);
  assert.match(text, /Lefèvre/);
  await page.goto(stack.musterland.inbox);
  await page.getByLabel("Name").fill(stack.user);
  await page.getByLabel("Passwort").fill(stack.password);
  await page.keyboard.press("Enter");
  await page.locator("tr", { hasText: number }).getByRole("link").click();
  await page.locator(".case-h", { hasText: "Aufenthaltskarte" }).waitFor();
  await context.close();
});
