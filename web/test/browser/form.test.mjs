import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { launch } from "./driver.mjs";
import { serve } from "./server.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const phone = { width: 320, height: 700 };
const tag = "at-erwerbstaetigkeit";
const receipt = {
  case_number: "AT-7K3M-9QX2-4R8T", received_at: "2026-11-24T14:41:07+01:00", authority: { ags: "12099001", name: "Landkreis Musterland" },
  service: tag, status_url: "/status", qr: ["101", "010", "111"], missing: ["CONTR"],
};

/** Answers that are enough to submit. */
const answers = {
  reason: "first", work_kind: "qualified", purpose: "blue_card", family_name: "Muster", single_name: false, given_names: "Amina Lea",
  birth_date: { d: "14", m: "8", y: "1992" }, gender: "w", nationalities: [{ text: "Indien", code: "IND" }], has_passport: true, no_fixed_address: false,
  street: "Beispielweg", postcode: "14467", city: "Musterstadt", represented: false, current_status: "visa_d", salary_month: "4.650,00",
};

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/** Opens the form on a server of its own. */
async function open(t, { size = { width: 1280, height: 900 }, query = "", answer } = {}) {
  const server = await serve(answer);
  const context = await browser.newContext({ viewport: size, acceptDownloads: true });
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (e) => faults.push(e.message));
  page.on("console", (m) => m.type() === "error" && !/Failed to load resource/.test(m.text()) && faults.push(m.text()));
  t.after(async () => {
    await context.close();
    server.close();
    assert.deepEqual(faults, []);
  });
  await page.goto(`${server.origin}/?${query}`);
  await page.locator(".at form").waitFor();
  return { page, server, context };
}

const step = (page) => page.evaluate((t) => document.querySelector(t).draft.page, tag);
const next = (page) => page.locator("form button[type=submit]").click();

/** Fills the step that is shown as far as the answers go; conditional questions appear in between. */
async function fill(page, given = answers) {
  for (let round = 0; round < 4; round++) {
    await page.evaluate(async ([t, a]) => {
      const f = document.querySelector(t);
      for (const id of f.view.pages.find((p) => p.id === f.draft.page)?.fields ?? []) {
        if (f.view.fields[id].declaration) f.put(id, true);
        else if (id in a && f.state.fields.includes(id)) f.put(id, a[id]);
      }
      await f.updateComplete;
    }, [tag, given]);
  }
}

/** Goes on until a step, filling all before it. */
async function until(page, wanted, visit = async () => {}) {
  for (let i = 0; i < 50 && (await step(page)) !== wanted; i++) {
    const at = await step(page);
    await visit(at);
    await fill(page);
    await next(page);
    await page.waitForFunction(([t, s]) => document.querySelector(t).draft.page !== s, [tag, at]);
  }
  if (wanted === "summary") await page.locator(".sum").first().waitFor(); // its code is loaded when it is reached
  await visit(wanted);
}

async function check(page, where, rules = {}) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate((t) => window.axe.run(t.tag, { resultTypes: ["violations"], rules: t.rules }), { tag, rules });
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ").slice(0, 400)}`), [], where);
}

const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
const focused = (page) => page.evaluate((t) => document.querySelector(t).shadowRoot.activeElement?.id ?? "", tag);

for (const language of ["de", "en"]) {
  test(`no step has barriers that a machine sees (${language})`, async (t) => {
    const { page } = await open(t, { query: `language=${language}`, answer: (_m, url) => (url.pathname === "/api/v1/applications" ? { status: 201, json: receipt } : undefined) });
    await until(page, "summary", async (at) => {
      await check(page, at);
      if (["start", "nachweise", "summary"].includes(at)) return;
      await next(page); // with mistakes, where the step can have some
      if ((await step(page)) === at) await check(page, `${at} with mistakes`);
      else await page.evaluate(([e, s]) => document.querySelector(e).show(s), [tag, at]);
    });
    await next(page);
    await page.locator(".ticket").waitFor();
    await check(page, "receipt");
  });
}

test("the first steps work by keyboard alone", async (t) => {
  const { page } = await open(t);
  const tabTo = async (matches) => {
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press("Tab");
      if (await page.evaluate(([e, m]) => document.querySelector(e).shadowRoot.activeElement?.matches(m), [tag, matches])) return;
    }
    assert.fail("Tab does not reach " + matches);
  };
  await tabTo("form button[type=submit]");
  await page.keyboard.press("Enter");
  await page.waitForFunction((e) => document.querySelector(e).shadowRoot.activeElement?.id === "title", tag);
  await tabTo("button[type=submit]");
  await page.keyboard.press("Enter");
  await page.waitForFunction((e) => document.querySelector(e).shadowRoot.activeElement?.matches(".errsum"), tag);
  await page.keyboard.press("Tab"); // the first link leads to the input, not only near it
  await page.keyboard.press("Enter");
  await page.waitForFunction((e) => document.querySelector(e).shadowRoot.activeElement?.id === "reason-first", tag);
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.evaluate((e) => document.querySelector(e).answers.reason, tag), "extension");
  assert.equal(await page.locator("#reason-error").count(), 0, "the mistake goes as soon as it is right");
  await fill(page);
  await tabTo("button[type=submit]");
  await page.keyboard.press("Enter");
  await page.locator("#nationalities").focus();
  await page.keyboard.type("indi");
  await page.locator("#nationalities-list [role=option]").first().waitFor();
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("#nationalities").inputValue(), await page.evaluate((e) => document.querySelector(e).view.nationalities.find(([c]) => c === "IND")[1], tag));
  assert.equal(await focused(page), "nationalities");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#nationalities").inputValue(), "");
});

test("nothing that was typed is lost by mistakes, another language or a reload", async (t) => {
  const { page } = await open(t);
  await until(page, "person");
  await page.locator("#family_name").fill("Ωmega");
  await page.locator("#birth_date-d").fill("31");
  await page.locator("#birth_date-m").fill("6");
  await page.locator("#birth_date-y").fill("1992");
  await page.locator("#nationalities").fill("Utopien");
  await next(page);
  await page.locator(".errsum").waitFor();
  assert.match(await page.locator("#family_name-error").innerText(), /Ω/);
  assert.match(await page.locator("#birth_date-error").innerText(), /31\. Juni/);
  assert.match(await page.locator("#nationalities-error").innerText(), /Utopien/);
  await page.locator(".langbtn").click();
  await page.locator(".langs button[lang=en]").click();
  await page.locator(".at[lang=en]").waitFor();
  const values = async () => Promise.all(["#family_name", "#birth_date-d", "#birth_date-y", "#nationalities"].map((s) => page.locator(s).inputValue()));
  assert.deepEqual(await values(), ["Ωmega", "31", "1992", "Utopien"]);
  assert.match(await page.locator("#birth_date-error").innerText(), /31 June/);
  await page.locator(".save .i").waitFor();
  await page.waitForFunction((e) => document.querySelector(e).draft.saved > 0, tag);
  await page.waitForTimeout(600);
  await page.reload();
  await page.locator("#family_name").waitFor();
  assert.deepEqual(await values(), ["Ωmega", "31", "1992", "Utopien"]);
  assert.equal(await page.locator(".at").getAttribute("lang"), "en", "the person's choice of language is kept");
});

test("what the person wipes or does not want saved is not there after a reload", async (t) => {
  const { page } = await open(t);
  await until(page, "person");
  await page.locator("#family_name").fill("Muster");
  await page.locator(".at-foot > .btn-link").click();
  await page.locator("#save-options input").uncheck();
  await page.waitForTimeout(100);
  await page.reload();
  await page.locator(".at form").waitFor();
  assert.equal(await step(page), "start");
  await until(page, "person");
  await page.locator("#family_name").fill("Muster");
  await page.waitForTimeout(600);
  await page.locator(".at-foot > .btn-link").click();
  await page.locator("#save-options .btn-danger").click();
  await page.locator("#save-options .btn-danger").click();
  await page.waitForFunction((e) => document.querySelector(e).draft.page === "start", tag);
  await page.waitForTimeout(600);
  await page.reload();
  await page.locator(".at form").waitFor();
  assert.equal(await page.evaluate((e) => document.querySelector(e).draft.typed.family_name, tag), undefined);
});

test("two windows never write over each other", async (t) => {
  const { page, context, server } = await open(t);
  await until(page, "person");
  await page.locator("#family_name").fill("Muster");
  await page.waitForTimeout(600);
  const second = await context.newPage();
  await second.goto(server.origin + "/");
  await second.locator(".note.warn").waitFor();
  await check(second, "open elsewhere");
  await second.locator(".acts .btn").click();
  await second.locator("#family_name").waitFor();
  assert.equal(await second.locator("#family_name").inputValue(), "Muster");
  await page.locator(".note.warn").waitFor();
  assert.equal(await page.locator("#family_name").count(), 0);
});

test("at 320 px nothing runs out sideways, in both directions", async (t) => {
  for (const language of ["de", "ar"]) {
    const { page } = await open(t, { size: phone, query: `language=${language}` });
    await until(page, "summary", async (at) => {
      assert.ok((await sideways(page)) <= 0, `${language} ${at}`);
    });
    assert.equal(await page.locator(".at").getAttribute("dir"), language === "ar" ? "rtl" : "ltr");
  }
});

test("dark and forced colours keep every step readable", async (t) => {
  const { page } = await open(t);
  await page.evaluate((e) => document.querySelector(e).setAttribute("theme", "dark"), tag);
  await until(page, "person");
  await next(page);
  await check(page, "dark");
  await page.emulateMedia({ forcedColors: "active" });
  await check(page, "forced colours", { "color-contrast": { enabled: false } }); // the palette is the person's
});

test("from right to left the start side is the right side", async (t) => {
  const { page } = await open(t, { query: "language=ar" });
  await until(page, "person");
  const box = async (s) => page.locator(s).first().boundingBox();
  const label = await box("label[for=family_name]");
  const frame = await box(".at");
  assert.ok(frame.x + frame.width - (label.x + label.width) < 60);
  assert.ok((await box("#birth_date-d")).x > (await box("#birth_date-y")).x, "the day is at the right");
  assert.equal(await page.locator("#birth_date-d").getAttribute("dir"), "ltr");
  await check(page, "rtl");
});

test("the authority's style sheet cannot harm the form", async (t) => {
  const look = async (query) => {
    const { page } = await open(t, { query });
    await until(page, "person");
    return page.evaluate((e) => {
      const root = document.querySelector(e).shadowRoot;
      return ["label", "#family_name", "button[type=submit]", "#title"].map((s) => {
        const c = getComputedStyle(root.querySelector(s));
        return [c.fontSize, c.lineHeight, c.color, c.display, c.textTransform, c.letterSpacing, c.float, c.fontStyle, c.textIndent, c.whiteSpace, root.querySelector(s).getBoundingClientRect().height];
      });
    }, tag);
  };
  assert.deepEqual(await look("style=hostile"), await look(""));
});

test("a document travels with key and name, one that breaks off is sent again by hand", async (t) => {
  let fails = 1;
  const { page, server } = await open(t, {
    answer: (m, url) => (m !== "PUT" ? undefined : fails-- > 0 ? { status: 503, json: { key: "error.unavailable", detail: "…" } } : { status: 201, json: { id: url.pathname.split("/").pop(), name: "Pass Ü.pdf", type: "application/pdf", size: 8, pages: 1, sha256: "" } }),
  });
  await until(page, "nachweise");
  await page.locator("input[type=file]").first().setInputFiles({ name: "Pass Ü.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4") });
  await page.locator(".file.bad").waitFor();
  await check(page, "failed upload");
  await page.locator(".file .do button").first().click();
  await page.locator(".file .good").waitFor();
  const puts = server.requests.filter((r) => r.method === "PUT");
  assert.equal(puts.length, 2);
  assert.equal(puts[0].path, puts[1].path, "the same document");
  assert.equal(puts[1].headers["document-name"], encodeURIComponent("Pass Ü.pdf"));
  assert.equal(Buffer.from(puts[1].headers["draft-key"], "base64url").length, 32);
  assert.equal(puts[1].headers["x-authority"], "12099001");
  await page.locator("input[type=file]").first().setInputFiles({ name: "Brief.docx", mimeType: "application/msword", buffer: Buffer.from("x") });
  await page.locator(".file.bad").waitFor();
  assert.equal(server.requests.filter((r) => r.method === "PUT").length, 2, "what cannot be taken is not sent");
  await page.locator(".file:not(.bad) .do button").click();
  await page.waitForFunction((e) => document.querySelector(e).draft.documents.length === 0, tag);
  assert.match(await focused(page), /^group-/);
});

test("sending again is the same application; the receipt shows number and code", async (t) => {
  let fails = 1;
  const { page, server } = await open(t, { answer: (_m, url) => (url.pathname !== "/api/v1/applications" ? undefined : fails-- > 0 ? { status: 503, json: { key: "error.unavailable" } } : { status: 201, json: receipt }) });
  await page.evaluate(() => {
    window.told = [];
    for (const name of ["aufenthalt-step", "aufenthalt-submitted"]) document.addEventListener(name, (e) => window.told.push([name, e.detail]));
  });
  await until(page, "summary");
  await next(page);
  await page.locator(".ticket").waitFor();
  const sent = server.requests.filter((r) => r.path === "/api/v1/applications");
  assert.equal(sent.length, 2);
  assert.equal(String(sent[0].body), String(sent[1].body));
  const body = JSON.parse(sent[0].body);
  assert.match(body.access_code, /^[0-9A-HJKMNP-TV-Z]{24}$/);
  assert.equal(body.answers.birth_date, "1992-08-14");
  assert.equal(body.answers.salary_month, "4650.00");
  assert.deepEqual(body.answers.nationalities, ["IND"]);
  const shown = (await page.locator(".ticket .code:not(.number)").innerText()).replace(/\s/g, "");
  assert.equal(shown, body.access_code);
  assert.equal(await page.locator(".ticket .number").innerText(), receipt.case_number);
  assert.ok(!page.url().includes(body.access_code) && !(await page.title()).includes("Muster"));
  const told = await page.evaluate(() => window.told);
  assert.equal(told.at(-1)[0], "aufenthalt-submitted");
  assert.ok(!JSON.stringify(told).includes("Muster"), "events carry no personal data");
  await page.evaluate(() => (document.onvisibilitychange = null));
  page.on("dialog", (d) => d.accept());
  await page.reload();
  await page.locator(".at form").waitFor();
  assert.equal(await step(page), "start", "the draft is gone");
});

test("mistakes that the server finds lead to step and question", async (t) => {
  const { page } = await open(t, {
    answer: (_m, url) => (url.pathname === "/api/v1/applications" ? { status: 422, json: { key: "error.postcode", field: "postcode", errors: [{ field: "postcode", key: "error.postcode" }, { field: "family_name", key: "error.latin.char", args: { char: "Ω" } }] } } : undefined),
  });
  await until(page, "summary");
  await next(page);
  await page.locator(".errsum").waitFor();
  assert.equal(await page.locator(".errsum li").count(), 2);
  await check(page, "errors of the server");
  await page.locator(".errsum a").first().click();
  await page.waitForFunction((e) => document.querySelector(e).shadowRoot.activeElement?.id === "postcode", tag);
  assert.equal(await step(page), "adresse");
});

test("a definition that changed is loaded again and all answers stay", async (t) => {
  let changed = false;
  const { page, server } = await open(t, {
    answer: (_m, url) => {
      if (url.pathname === "/api/v1/applications") {
        if (changed) return { status: 201, json: receipt };
        changed = true;
        return { status: 409, json: { key: "error.definition.changed" } };
      }
      if (changed && url.pathname.startsWith("/api/v1/services/")) {
        const view = JSON.parse(readFileSync(new URL("../view.de.json", import.meta.url), "utf8"));
        return { json: { ...view, hash: "sha256-new" } };
      }
      return undefined;
    },
  });
  await until(page, "summary");
  await next(page);
  await page.locator(".message").waitFor();
  assert.equal(await page.evaluate((e) => document.querySelector(e).answers.family_name, tag), "Muster");
  await next(page);
  await page.locator(".ticket").waitFor();
  const sent = server.requests.filter((r) => r.path === "/api/v1/applications").map((r) => JSON.parse(r.body));
  assert.equal(sent[1].hash, "sha256-new");
  assert.equal(sent[0].id, sent[1].id);
});

test("changing an answer from the summary returns to its row", async (t) => {
  const { page } = await open(t);
  await until(page, "summary");
  await page.locator("[data-change=city]").click();
  await page.waitForFunction((e) => document.querySelector(e).shadowRoot.activeElement?.id === "city", tag);
  await page.locator("#city").fill("Beispielhausen");
  await next(page);
  await page.waitForFunction((e) => document.querySelector(e).shadowRoot.activeElement?.dataset.change === "city", tag);
  assert.match(await page.locator(".sum").filter({ hasText: "Beispielhausen" }).first().innerText(), /Beispielhausen/);
});

test("only the platform is asked, and no cookie is set", async (t) => {
  const { page, context, server } = await open(t);
  const others = [];
  page.on("request", (r) => !r.url().startsWith(server.origin) && others.push(r.url()));
  await until(page, "summary");
  assert.deepEqual(others, []);
  assert.deepEqual(await context.cookies(), []);
  assert.deepEqual(server.requests.filter((r) => r.headers.cookie), []);
});

test("without the platform the form says so and can be tried again", async (t) => {
  let down = true;
  const server = await serve((_m, url) => (down && url.pathname.startsWith("/api/") ? { status: 503, json: {} } : undefined));
  t.after(() => server.close());
  const page = await browser.newPage();
  await page.goto(server.origin);
  await page.locator(".note.bad").waitFor();
  down = false;
  await page.locator(".acts button").click();
  await page.locator("form").waitFor();
  await page.close();
});

test("a decimal takes the sign of the language and travels exactly", async (t) => {
  const { page, server } = await open(t, { answer: (_m, url) => (url.pathname === "/api/v1/applications" ? { status: 201, json: receipt } : undefined) });
  await until(page, "arbeit3", async (at) => {
    if (at !== "arbeit3") return;
    const hours = page.locator("#weekly_hours");
    await fill(page);
    await hours.fill("1.000"); // nobody can tell what that is
    await next(page);
    await page.locator("#weekly_hours-error").waitFor();
    await check(page, "a decimal with a mistake");
    await hours.fill("038.50");
    await hours.blur();
    assert.equal(await hours.inputValue(), "38,5");
    assert.equal(await page.locator("#weekly_hours-error").count(), 0);
  });
  await next(page);
  await until(page, "summary");
  assert.match(await page.locator(".at").innerText(), /38,5/);
  await next(page);
  await page.locator(".ticket").waitFor();
  const sent = JSON.parse(server.requests.find((r) => r.path === "/api/v1/applications").body);
  assert.equal(sent.answers.weekly_hours, "38.5");
});
