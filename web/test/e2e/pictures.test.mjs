// Takes pictures of everything that people see, on the real stack: pictures/ is looked at by people and kept by CI.
import assert from "node:assert/strict";
import { test } from "node:test";
import { answers, insurance, short } from "./applicant.mjs";
import { folder, sizes, stage } from "./stage.mjs";
import { until as wait } from "./stack.mjs";
import { accessible, contained } from "./watch.mjs";
import { fill, openForm, receipt, submit, until, upload } from "./walk.mjs";

let stack, browser;
stage((s) => ({ stack, browser } = s));
const cases = {}; // number and code, by size

/** A page of one size, with a camera that also sees what runs out sideways. */
async function open(size, more = {}) {
  const context = await browser.newContext({ ...sizes[size], locale: "de-DE", ...more });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const picture = async (name) => {
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)) <= 0, `${name} (${size}) runs out sideways`);
    await page.screenshot({ path: `${folder}${name}-${size}.png`, fullPage: true, animations: "disabled" });
  };
  return { page, picture, close: () => context.close() };
}

const each = (work) => Promise.all(Object.keys(sizes).map(work));

/** Shows the step with the mistakes of somebody in a hurry. */
async function mistaken(page) {
  await fill(page, { ...answers, family_name: "Ωmega", given_names: "", birth_date: { d: "31", m: "6", y: "1992" } });
  await page.locator("form button[type=submit]").click();
  await page.locator(".errsum").waitFor();
}

test("every step in German, the error state, the receipt", () => each(async (size) => {
  const { page, picture, close } = await open(size);
  await openForm(page, stack.musterland.page);
  let n = 0;
  await until(page, "summary", answers, async (at) => {
    const name = `de-${String(++n).padStart(2, "0")}-${at}`;
    if (at === "person") {
      await mistaken(page);
      await picture(`${name}-fehler`);
      await fill(page, answers);
      await page.locator("form button[type=submit]").click();
      await page.waitForFunction(() => document.querySelector("at-erwerbstaetigkeit").draft.page !== "person");
      await page.getByRole("button", { name: "Zurück" }).click();
    }
    if (at === "nachweise") {
      await picture(`${name}-leer`);
      await upload(page);
      await page.locator("input[type=file]").last().setInputFiles({ name: "Lebenslauf.docx", mimeType: "application/msword", buffer: Buffer.from("x") });
      await page.locator(".file.bad").waitFor();
      await picture(name);
      await page.locator(".file.bad .do button").last().click();
      return;
    }
    await picture(name);
  });
  await page.route("**/api/v1/applications", (route) => route.abort(), { times: 1 });
  await page.locator("form button[type=submit]").click();
  await page.getByText("Wir versuchen es weiter").waitFor();
  await picture("de-24-wird-gesendet");
  cases[size] = await receipt(page);
  await picture("de-90-quittung");
  await close();
}));

test("start, mistakes, evidence, summary and receipt in English", () => each(async (size) => {
  const { page, picture, close } = await open(size);
  await openForm(page, stack.beispielstadt.page);
  await until(page, "summary", short, async (at) => {
    if (at === "person") {
      await mistaken(page);
      await picture("en-person-mistakes");
      await fill(page, short);
    }
    if (at === "nachweise") await upload(page);
    if (["start", "nachweise", "summary"].includes(at)) await picture(`en-${at}`);
  });
  await submit(page);
  await picture("en-receipt");
  await close();
}));

test("from right to left", () => each(async (size) => {
  const { page, picture, close } = await open(size);
  await page.route("**/api/v1/services/**", async (route) => { // no language of this direction is offered yet: German words, Arabic direction
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), language: "ar" } });
  });
  await openForm(page, stack.musterland.hosted);
  await until(page, "person", short);
  await mistaken(page);
  assert.equal(await page.locator(".at").getAttribute("dir"), "rtl");
  await picture("rtl-person-fehler");
  await close();
}));

test("a question and its answer: case system, status page, inbox", async () => {
  for (const size of Object.keys(sizes)) {
    const { page, picture, close } = await open(size);
    const { number, code } = cases[size];
    await page.goto(`${stack.status}#case=${number}&code=${code}`);
    await page.locator("form button[type=submit]").waitFor();
    await picture("de-status-1-tuer");
    await page.locator("form button[type=submit]").click();
    await page.locator(".tl").waitFor();
    await picture("de-status-2-vorgang");
    await close();
  }
  const clerk = await open("desktop");
  for (const size of Object.keys(sizes)) {
    await wait("the case", async () => (await clerk.page.goto(`${stack.cases}/vorgaenge/${cases[size].number}`)).ok());
    await clerk.page.getByLabel("Frage").fill("Wird Ihr Arbeitsvertrag verlängert? Bitte schicken Sie uns:\n– eine Bescheinigung Ihrer Krankenversicherung,\n– den Mietvertrag.");
    await clerk.page.getByLabel("Frist").fill(new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10));
    await clerk.page.getByRole("button", { name: "Rückfrage senden" }).click();
    await clerk.page.locator(".msg", { hasText: "Mietvertrag" }).waitFor();
  }
  await clerk.close();
  await each(async (size) => {
    const { page, picture, close } = await open(size);
    const { number, code } = cases[size];
    await page.goto(`${stack.status}#case=${number}&code=${code}`);
    await page.locator("form button[type=submit]").click();
    await wait("the question", async () => {
      if (await page.locator(".ask").count()) return true;
      await Promise.all([page.waitForResponse((r) => r.url().endsWith("/cases/current")), page.locator(".tl ~ .acts button").click()]);
      return false;
    });
    await picture("de-status-3-frage");
    await page.evaluate(() => document.querySelector("aufenthalt-status").shadowRoot.querySelector(".at").setAttribute("dir", "rtl"));
    await picture("rtl-status-frage");
    await page.evaluate(() => document.querySelector("aufenthalt-status").shadowRoot.querySelector(".at").setAttribute("dir", "ltr"));
    await page.locator(".langbtn").click();
    await page.locator(".langs button[lang=en]").click();
    await page.locator(".at[lang=en]").waitFor();
    await picture("en-status-question");
    await page.locator(".langbtn").click();
    await page.locator(".langs button[lang=de]").click();
    await page.locator(".at[lang=de]").waitFor();
    await page.locator(".ask .btn").click();
    await page.locator("#reply").fill("Ja, er ist jetzt unbefristet. Die Bescheinigung liegt bei.");
    await page.locator("input[type=file]").setInputFiles(insurance);
    await page.locator(".file .good").waitFor();
    await picture("de-status-4-antwort");
    await page.locator("form button[type=submit]").click();
    await page.locator(".done-head").waitFor();
    await picture("de-status-5-gesendet");
    await page.locator(".acts .btn").click();
    await page.locator(".msg.me").waitFor();
    await wait("the answer's arrival", async () => {
      if (/angekommen/.test(await page.locator(".thread").innerText())) return true;
      await Promise.all([page.waitForResponse((r) => r.url().endsWith("/cases/current")), page.locator(".tl ~ .acts button").click()]);
      return false;
    });
    await picture("de-status-6-beantwortet");
    await close();
  });
  await each(async (size) => {
    for (const colorScheme of ["light", "dark"]) {
      const { page, picture, close } = await open(size, { colorScheme });
      await page.goto(stack.musterland.inbox);
      if (colorScheme === "light") await picture("eingang-0-anmelden");
      await page.getByLabel("Name").fill(stack.user);
      await page.getByLabel("Passwort").fill(stack.password);
      await page.keyboard.press("Enter");
      await page.locator(".tbl").waitFor();
      await accessible(page, `inbox: list, ${colorScheme}`);
      await picture(`eingang-1-liste-${colorScheme}`);
      await page.locator("tr", { hasText: cases[size].number }).getByRole("link").click();
      await page.locator(".case-h").waitFor();
      await page.locator("nav.dl a").nth(1).click(); // a photo: no two browsers draw a PDF alike
      await page.locator(".viewer img").waitFor();
      await accessible(page, `inbox: case, ${colorScheme}`);
      await picture(`eingang-2-vorgang-${colorScheme}`);
      await page.goto(stack.cases);
      await picture(`fachverfahren-1-liste-${colorScheme}`);
      await page.goto(`${stack.cases}/vorgaenge/${cases[size].number}`);
      await accessible(page, `case system: case, ${colorScheme}`);
      await picture(`fachverfahren-2-vorgang-${colorScheme}`);
      await page.goto(`${stack.status}#case=${cases[size].number}&code=${cases[size].code}`);
      if (colorScheme === "dark") {
        await page.locator("form button[type=submit]").click();
        await page.locator(".tl").waitFor();
        await accessible(page, "status: dark");
        await picture("de-status-6-beantwortet-dark");
        await page.goto(stack.musterland.hosted);
        await page.locator(".at form").waitFor();
        await accessible(page, "hosted form: dark");
        await picture("formular-dark");
      }
      await close();
    }
  });
});

test("every service opens, and shows words instead of keys", () => each(async (size) => {
  const { page, picture, close } = await open(size);
  await page.goto(stack.platform);
  const links = await page.getByRole("link").evaluateAll((all) => all.map((a) => a.pathname).filter((p) => p.startsWith("/formular/")));
  const paths = [...new Map(links.map((p) => [p.split("/")[2], p])).values()]; // each service once, of whichever authority
  assert.ok(paths.length >= 11, `only ${paths.length} services`);
  for (const path of paths) {
    const tag = path.split("/")[2];
    await page.goto(stack.platform + path);
    for (const step of [1, 2]) {
      await page.locator(".at form").waitFor();
      const text = await page.locator(tag).evaluate((host) => host.shadowRoot.querySelector(".at").innerText);
      assert.doesNotMatch(text, /\b(ui|page|field|option|notice|evidence|check)\.[a-z0-9_]+|\{[a-z0-9_.]+\}/i, `${tag}, step ${step}`);
      await accessible(page, `${tag}, step ${step}`);
      await contained(page, tag, `${tag}, step ${step}`);
      await picture(`dienst-${tag}-${step}`);
      if (step === 1) await page.locator("form button[type=submit]").click();
    }
  }
  await close();
}));
