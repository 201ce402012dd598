// The main job on the real stack: a person applies by keyboard on the authority's own page, the authority reads it, asks and gets an answer.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { answers, insurance, short } from "./applicant.mjs";
import { stage } from "./stage.mjs";
import { until } from "./stack.mjs";
import { accessible, tree, watch } from "./watch.mjs";
import { fill, focused, left, openForm, receipt, step, submit, tabTo, type, until as walkTo, upload } from "./walk.mjs";

const tag = "at-erwerbstaetigkeit";
const desk = { width: 1280, height: 900 };
const phone = { width: 360, height: 800 };

let stack, browser, origins;
stage((s) => {
  ({ stack, browser } = s);
  origins = [stack.musterland.page, stack.beispielstadt.page, stack.musterland.inbox, stack.beispielstadt.inbox, stack.platform, stack.cases].map((a) => new URL(a).origin);
});

/** A person with an own browser. */
async function person(t, size = desk) {
  const context = await browser.newContext({ viewport: size, acceptDownloads: true, locale: "de-DE" });
  t.after(() => context.close());
  const eyes = watch(context, origins);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  return { context, page, eyes };
}

/** Mistakes that the person makes on a step before giving the right answers, and what the form must say to each. */
const mistakes = {
  anliegen: { typed: {}, wrong: ["reason", "work_kind"] },
  person: {
    typed: { ...answers, family_name: "Ωmega", birth_date: { d: "31", m: "6", y: "1992" } },
    wrong: ["family_name", "birth_date"], says: { family_name: /Ω/, birth_date: /31\. Juni/ }, kept: { "#family_name": "Ωmega", "#birth_date-d": "31", "#given_names": answers.given_names },
  },
  adresse: { typed: { ...answers, postcode: "1999" }, wrong: ["postcode"], kept: { "#postcode": "1999", "#street": answers.street } },
  arbeit3: { typed: { ...answers, weekly_hours: "vierzig" }, wrong: ["weekly_hours"], kept: { "#weekly_hours": "vierzig", "#salary_month": answers.salary_month } },
  erklaerungen: { typed: { ...answers, dec_coop: false }, wrong: ["dec_coop"] },
};

/** Tries to go on with a mistake: the summary has the focus, its first link leads to the input, nothing is lost. */
async function mistaken(page, at, { typed, wrong, says = {}, kept = {} }) {
  await type(page, typed);
  await page.keyboard.press("Enter");
  await focused(page, ".errsum");
  assert.equal(await step(page), at);
  assert.equal(await page.locator(".errsum li").count(), wrong.length, `${at}: ${await page.locator(".errsum").innerText()}`);
  await accessible(page, `${at} with mistakes`);
  await tree(page, `${at} with mistakes`, new RegExp(`^heading Bitte prüfen Sie ${wrong.length} Angabe`));
  for (const [field, sentence] of Object.entries(says)) assert.match(await page.locator(`#${field}-error`).innerText(), sentence);
  for (const [selector, value] of Object.entries(kept)) assert.equal(await page.locator(selector).inputValue(), value, `${at}: what was typed stays`);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await focused(page, `[data-field="${wrong[0]}"] :is(input, select, textarea)`);
  await page.keyboard.press("Shift+Tab"); // one back, so that the next Tab is at this input again
}

/** Names of controls that must be in the accessibility tree of a step. */
const controls = {
  start: ["button Antrag beginnen", "heading Aufenthaltstitel zur Erwerbstätigkeit"],
  person: ["textbox Familienname", /^group .*Geburts/, "textbox Tag", "combobox Staatsangehörigkeit 1", "button Weiter", "button Zurück"],
  nachweise: [/^button Datei oder Foto wählen ?: .*[Pp]ass/, "button Weiter"],
  summary: ["button Antrag absenden", /^button Ändern ?: /],
};

test("from the authority's page to the answer that arrived, by keyboard alone", async (t) => {
  const { page, context, eyes } = await person(t);
  await openForm(page, stack.musterland.page);
  await page.keyboard.press("Tab");
  for (let i = 0; i < 50 && (await step(page)) !== "summary"; i++) {
    const at = await step(page);
    if (at === "nachweise") {
      await upload(page);
      assert.equal(await page.locator(".file").count(), 3);
    }
    if (mistakes[at]) await mistaken(page, at, mistakes[at]);
    await type(page, answers);
    await accessible(page, at);
    await tree(page, at, ...(controls[at] ?? []));
    await page.keyboard.press("Enter");
    await Promise.race([left(page, at), page.locator(".errsum").waitFor().then(async () => assert.fail(`${at}: ${await page.locator(".errsum").innerText()}`))]);
    await focused(page, "#title");
  }
  const typed = await page.evaluate((e) => document.querySelector(e).draft.typed, tag);
  for (const [id, value] of Object.entries(answers)) {
    if (!(id in typed)) assert.fail(`${id} was never asked`);
    assert.deepEqual(typed[id], value, id);
  }
  await accessible(page, "summary");
  await tree(page, "summary", ...controls.summary);
  assert.match(await page.locator(".at form").innerText(), /Nguyễn-Ștefănescu/);
  await tabTo(page, "form button[type=submit]");
  await page.keyboard.press("Enter");
  const { number, code } = await receipt(page);
  await accessible(page, "receipt");
  await tree(page, "receipt", "heading Ihr Antrag ist eingegangen", "button Quittung als PDF", /^link Vorgang öffnen/);
  await tabTo(page, ".acts .btn");
  const [file] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  assert.ok(file.suggestedFilename().includes(number));
  assert.equal(readFileSync(await file.path()).subarray(0, 5).toString(), "%PDF-");
  assert.deepEqual(await context.cookies(), [], "the platform sets no cookie");

  const office = await officer(t);
  await office.find(number);
  await office.ask(number);

  // The person opens the case with number and code.
  await page.goto(stack.musterland.page);
  await page.getByRole("link", { name: "Stand Ihres Antrags ansehen" }).press("Enter");
  await page.locator("#number").waitFor();
  await accessible(page, "status: door");
  await tabTo(page, "#number", "aufenthalt-status");
  await page.keyboard.type(number);
  await page.keyboard.press("Tab");
  await page.keyboard.type(code.match(/.{4}/g).join(" ").toLowerCase());
  await page.keyboard.press("Enter");
  await page.locator(".tl").waitFor();
  await until("the question", async () => {
    if (await page.locator(".ask").count()) return true;
    const refresh = page.locator(".tl ~ .acts button");
    await Promise.all([page.waitForResponse((r) => r.url().endsWith("/cases/current")), refresh.press("Enter")]);
    return false;
  });
  assert.match(await page.locator(".ask").innerText(), /Krankenversicherung/);
  await accessible(page, "status: question");
  await tree(page, "status: question", "heading Die Ausländerbehörde hat eine Frage", "button Jetzt antworten");
  await tabTo(page, ".ask .btn", "aufenthalt-status");
  await page.keyboard.press("Enter");
  await page.locator("#reply").waitFor();
  await tabTo(page, "#reply", "aufenthalt-status");
  await page.keyboard.type("Die Bescheinigung meiner Krankenkasse liegt bei. Viele Grüße, Thị Mai");
  await page.locator("input[type=file]").setInputFiles(insurance);
  await page.locator(".file .good").waitFor();
  await accessible(page, "status: reply");
  await tabTo(page, "form button[type=submit]", "aufenthalt-status");
  await page.keyboard.press("Enter");
  await page.locator(".done-head").waitFor();
  await accessible(page, "status: replied");
  await tabTo(page, ".acts .btn", "aufenthalt-status");
  await page.keyboard.press("Enter");
  await page.locator(".msg.me").waitFor();
  await until("the answer's arrival", async () => {
    if (/bei der Behörde angekommen/.test(await page.locator(".thread").innerText())) return true;
    await Promise.all([page.waitForResponse((r) => r.url().endsWith("/cases/current")), page.locator(".tl ~ .acts button").press("Enter")]);
    return false;
  });
  await accessible(page, "status: answered");
  assert.deepEqual(await context.cookies(), []);
  await eyes.check(code);
  await office.answered(number);
  await office.eyes.check(code);
});

/** A case worker: her inbox, and the case system beside it. */
async function officer(t) {
  const { page, eyes } = await person(t);
  const { inbox } = stack.musterland;
  await page.goto(inbox);
  await accessible(page, "inbox: sign-in");
  await page.getByLabel("Name").fill(stack.user);
  await page.getByLabel("Passwort").fill(stack.password);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Eingang" }).waitFor();

  const open = async (number) => {
    await page.goto(inbox);
    await page.getByRole("searchbox").fill("stefanescu mai");
    await page.keyboard.press("Enter");
    const row = page.locator(".tbl tbody tr", { hasText: number });
    await row.waitFor();
    await row.getByRole("link").press("Enter");
    await page.locator(".case-h").waitFor();
  };
  return {
    eyes,
    /** Finds the case by name, written without accents, and reads it. */
    async find(number) {
      await until("the case in the inbox", async () => {
        await page.goto(inbox);
        return page.locator(".tbl tbody tr", { hasText: number }).count();
      });
      await accessible(page, "inbox: list");
      await tree(page, "inbox: list", "heading Eingang", "searchbox Name, Nummer oder Geburtsdatum", /^button Suchen/, /^link Nguyễn-Ștefănescu/);
      await open(number);
      const text = await page.locator("main").innerText();
      for (const value of ["Nguyễn-Ștefănescu", "Thị Mai Łucja", "14.08.1992", "Vietnam, Ukraine", "Lindenallee", "4.650,00", "Muster Software GmbH", answers.remarks]) assert.ok(text.includes(value), `the case shows ${value}`);
      const links = page.locator("nav.dl a");
      const names = await links.allInnerTexts();
      assert.deepEqual(names.map((n) => n.trim()).sort(), ["Aktuelles Aufenthaltsdokument", "Arbeitsvertrag oder verbindliches Arbeitsplatzangebot", "Pass oder Passersatz", "Zusammenfassung des Antrags"]);
      for (const [i, name] of names.entries()) {
        await links.nth(i).press("Enter");
        await page.locator("nav.dl a[aria-current]", { hasText: name }).waitFor();
        const got = await page.request.get(inbox + (await page.locator(".viewer :is(img, iframe)").getAttribute("src")));
        assert.equal(got.status(), 200, name);
        assert.equal(got.headers()["content-type"], name.includes("Aufenthaltsdokument") ? "image/jpeg" : "application/pdf");
        if (name.includes("Pass")) assert.ok((await got.body()).includes("SPECIMEN PASSPORT"), "the passport that was sent");
      }
      await accessible(page, "inbox: case");
      await tree(page, "inbox: case", /^heading Nguyễn-Ștefănescu/, "button Familienname kopieren");
    },
    /** Asks for a document in the case system, with a deadline. */
    async ask(number) {
      await page.goto(stack.cases);
      const row = await until("the case in the case system", async () => {
        await page.reload();
        const found = page.locator("tr", { hasText: number });
        return (await found.count()) ? found : undefined;
      });
      await accessible(page, "case system: list");
      await row.getByRole("link").press("Enter");
      await page.getByLabel("Frage").waitFor();
      await page.getByRole("button", { name: "Rückfrage senden" }).press("Enter");
      assert.match(page.url(), /vorgaenge/, "an empty question is not sent");
      await page.getByLabel("Frage").fill("Bitte reichen Sie eine Bescheinigung Ihrer Krankenversicherung nach.");
      await page.getByLabel("Frist").fill(new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10));
      await accessible(page, "case system: case");
      await tree(page, "case system: case", "heading Rückfrage senden", "textbox Frage", /^button Rückfrage senden/);
      await page.getByRole("button", { name: "Rückfrage senden" }).press("Enter");
      await page.locator(".msg", { hasText: "Krankenversicherung" }).waitFor();
    },
    /** Question and answer with its document stand in the inbox. */
    async answered(number) {
      await open(number);
      const thread = await page.locator(".thread").innerText();
      assert.match(thread, /Bescheinigung Ihrer Krankenversicherung/);
      assert.match(thread, /Die Bescheinigung meiner Krankenkasse liegt bei\. Viele Grüße, Thị Mai/);
      await page.locator("nav.dl a", { hasText: "Antwort" }).press("Enter");
      await page.locator("nav.dl a[aria-current]", { hasText: "Antwort" }).waitFor();
      await accessible(page, "inbox: answered case");
    },
  };
}

test("the other authority's page, in English on a phone, against a style sheet that harms", async (t) => {
  const { page, context, eyes } = await person(t, phone);
  await openForm(page, stack.beispielstadt.page);
  assert.equal(await page.locator(".at").getAttribute("lang"), "en");
  await walkTo(page, "summary", short, async (at) => {
    await accessible(page, `English: ${at}`);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)) <= 0, `${at} runs out sideways`);
  });
  const look = await page.locator("form button[type=submit]").evaluate((e) => [getComputedStyle(e).textTransform, getComputedStyle(e).fontStyle]);
  assert.deepEqual(look, ["none", "normal"], "the page's style stays outside");
  await submit(page);
  await accessible(page, "English: receipt");
  await tree(page, "English: receipt", "heading Your application has been received", "button Receipt as PDF");
  assert.deepEqual(await context.cookies(), []);
  await eyes.check();
});

test("a reload in the middle keeps answers and documents; a platform that falls silent while it receives gives one case and a receipt", async (t) => {
  const { page, eyes } = await person(t);
  await page.clock.install(); // so that nobody waits half a minute for a platform that stays silent
  await openForm(page, stack.musterland.page);
  const answered = { ...short, family_name: "Ausfall" };
  await walkTo(page, "adresse", answered);
  await fill(page, answered);
  await page.waitForFunction((e) => document.querySelector(e).timer === undefined && document.querySelector(e).draft.saved > 0, tag); // saved what was typed last
  await page.reload();
  await page.locator("#city").waitFor();
  assert.equal(await page.locator("#city").inputValue(), "Musterstadt");
  assert.match(await page.locator(".message").innerText(), /Angaben sind noch da/);
  await walkTo(page, "nachweise", answered);
  await upload(page);
  await walkTo(page, "summary", answered);
  await page.waitForFunction((e) => document.querySelector(e).timer === undefined, tag);
  await page.reload();
  await page.getByRole("button", { name: "Antrag absenden" }).waitFor();
  assert.match(await page.locator(".at form").innerText(), /Reisepass Scan\.pdf/);

  const pid = stack.platformPID();
  t.after(() => process.kill(pid, "SIGCONT")); // so that it can end, whatever happened
  process.kill(pid, "SIGSTOP"); // it takes connections and answers nothing
  await page.locator("form button[type=submit]").click();
  await page.getByRole("button", { name: "Wird gesendet …" }).waitFor();
  await page.clock.fastForward(31_000);
  await page.getByText("Wir versuchen es weiter").waitFor();
  assert.match(await page.locator(".note", { hasText: "Wir versuchen es weiter" }).innerText(), /Ihre Angaben sind noch da/);
  await accessible(page, "trying again");
  process.kill(pid, "SIGCONT"); // now it reads all tries, also those that were given up
  const { number } = await receipt(page);
  const mine = async () => (await (await page.request.get(`${stack.cases}/api/vorgaenge`)).json()).filter((c) => c.name.includes("Ausfall"));
  await until("the case in the case system", async () => (await mine()).length > 0);
  await new Promise((resolve) => setTimeout(resolve, 1500)); // time enough for a second one to arrive the same way
  assert.deepEqual((await mine()).map((c) => c.number), [number], "one case");
  await eyes.check();
});
