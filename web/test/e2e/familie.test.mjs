// The whole family in one go: after the first receipt the next application knows address and contact, and the authority sees that both
// belong together.
import assert from "node:assert/strict";
import { test } from "node:test";
import { answers, short } from "./applicant.mjs";
import { folder, sizes, stage } from "./stage.mjs";
import { until as wait } from "./stack.mjs";
import { accessible } from "./watch.mjs";
import { openForm, submit, until } from "./walk.mjs";

const tag = "at-erwerbstaetigkeit";

let stack, browser;
stage((s) => ({ stack, browser } = s));

test("a second person of the family, and the family's own service", async () => {
  const context = await browser.newContext({ ...sizes.phone, locale: "de-DE" });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await openForm(page, stack.musterland.page);
  const parent = { ...short, email: answers.email, house_number: answers.house_number };
  await until(page, "summary", parent);
  const first = await submit(page);

  // For the family's own service the first person is the one from whom the right is derived.
  await page.getByRole("button", { name: "Aufenthaltserlaubnis aus familiären Gründen" }).click();
  await page.locator("at-familiennachzug .at form").waitFor();
  await accessible(page, "receipt with the family's form below it");
  await page.screenshot({ path: `${folder}familie-1-phone.png`, fullPage: true, animations: "disabled" });
  const family = await page.evaluate(() => document.querySelector("at-familiennachzug").draft.typed);
  assert.equal(family.ref_family_name, answers.family_name);
  assert.deepEqual(family.ref_nationalities, short.nationalities);
  assert.equal(family.street, answers.street);
  assert.equal(family.family_name, undefined);
  await page.evaluate(() => document.querySelector("at-familiennachzug").remove());

  // The same service for another person: what the family shares is there, what is hers is not.
  await page.getByRole("button", { name: "Gleicher Antrag für eine weitere Person" }).click();
  await page.waitForFunction((t) => document.querySelectorAll(t).length === 2, tag);
  await page.evaluate((t) => document.querySelector(t).remove(), tag); // the helpers look at the first one
  await page.locator(`${tag} .at form`).waitFor();
  await page.getByText("Einige Angaben haben wir aus dem Antrag davor übernommen").waitFor();
  const typed = await page.evaluate((t) => document.querySelector(t).draft.typed, tag);
  assert.deepEqual([typed.street, typed.house_number, typed.email, typed.no_fixed_address], [answers.street, answers.house_number, answers.email, false]);
  assert.deepEqual([typed.family_name, typed.birth_date, typed.has_passport, typed.purpose], [undefined, undefined, undefined, undefined]);
  await until(page, "summary", { ...short, given_names: "Zweite" });
  const second = await submit(page);
  assert.notEqual(second.number, first.number);
  await context.close();

  const clerk = await browser.newContext({ ...sizes.desktop, locale: "de-DE" });
  const inbox = await clerk.newPage();
  await inbox.goto(stack.musterland.inbox);
  await inbox.getByLabel("Name").fill(stack.user);
  await inbox.getByLabel("Passwort").fill(stack.password);
  await inbox.keyboard.press("Enter");
  await inbox.locator(".tbl").waitFor();
  await wait("both cases", async () => {
    await inbox.goto(stack.musterland.inbox);
    return (await inbox.locator("tr", { hasText: second.number }).count()) > 0 && (await inbox.locator("tr", { hasText: first.number }).count()) > 0;
  });
  await inbox.locator("tr", { hasText: second.number }).getByRole("link").click();
  await inbox.screenshot({ path: `${folder}familie-2-eingang-desktop.png`, animations: "disabled" });
  await inbox.locator(".case-h").getByRole("link", { name: first.number }).click();
  await inbox.locator(".case-h .num", { hasText: first.number }).waitFor();
  await clerk.close();
});
