// Goes through the form: as a person with a keyboard, or quickly where only the page behind it matters.
import assert from "node:assert/strict";
import { documents } from "./applicant.mjs";

const tag = "at-erwerbstaetigkeit";

/** The step that is shown. */
export const step = (page) => page.evaluate((t) => document.querySelector(t).draft.page, tag);

/** Waits until another step is shown. */
export const left = (page, from) => page.waitForFunction(([t, s]) => document.querySelector(t).draft.page !== s, [tag, from]);

/** The focus is where a selector says, inside the element. */
export const focused = (page, selector, host = tag) => page.waitForFunction(([h, s]) => document.querySelector(h).shadowRoot.activeElement?.matches(s), [host, selector]);

export async function openForm(page, address) {
  await page.goto(address);
  await page.locator(`${tag} .at form`).waitFor();
}

/** What has the focus, with what a person would see of it. */
const active = (page) => page.evaluate((t) => {
  const e = document.querySelector(t).shadowRoot.activeElement;
  if (!e) return {};
  const values = e.localName === "select" ? [...e.options].map((o) => o.value) : e.type === "radio" ? [...e.getRootNode().querySelectorAll(`input[name="${e.name}"]`)].map((r) => r.id.slice(e.name.length + 1)) : [];
  return { field: e.closest("[data-field]")?.dataset.field, id: e.id, name: e.localName, type: e.type, role: e.getAttribute("role"), values, ticked: e.checked, index: e.selectedIndex, submit: e.matches("form [type=submit]") };
}, tag);

/** Presses Tab until the focus is where a selector says. */
export async function tabTo(page, selector, host = tag, most = 150) {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(([h, s]) => (h ? document.querySelector(h).shadowRoot.activeElement : document.activeElement)?.matches(s) ?? false, [host, selector])) return;
  }
  assert.fail(`Tab does not reach ${selector}`);
}

/** Fills the step by keyboard alone, from where the focus is down to its main button, which it leaves focused. */
export async function type(page, answers) {
  const done = new Set();
  for (let i = 0; i < 150; i++) {
    await page.keyboard.press("Tab");
    const at = await active(page);
    if (at.submit) return;
    if (at.field !== undefined && at.field in answers && !done.has(at.id || `${at.field}+`)) {
      done.add(at.id || `${at.field}+`);
      await answer(page, at, answers[at.field]);
    }
  }
  assert.fail("Tab does not reach the step's button");
}

async function answer(page, at, value) {
  const { keyboard } = page;
  if (at.type === "radio") {
    const wanted = at.values.indexOf(typeof value === "boolean" ? (value ? "yes" : "no") : value);
    const from = at.values.indexOf(at.id.slice(at.field.length + 1));
    assert.ok(wanted >= 0, `${at.field} offers ${value}`);
    if (!at.ticked) await keyboard.press("Space");
    for (let i = from; i < wanted; i++) await keyboard.press("ArrowDown");
    for (let i = from; i > wanted; i--) await keyboard.press("ArrowUp");
  } else if (at.name === "select") {
    const wanted = at.values.indexOf(value);
    assert.ok(wanted >= 0, `${at.field} offers ${value}`);
    for (let i = at.index; i < wanted; i++) await keyboard.press("ArrowDown");
  } else if (at.type === "checkbox") {
    const wanted = Array.isArray(value) ? value.includes(at.id.slice(at.field.length + 1)) : at.id === "" ? value.part === true : value;
    if (wanted !== at.ticked) await keyboard.press("Space");
  } else if (at.role === "combobox") {
    await choose(page, at, Array.isArray(value) ? value[Number(at.id.slice(at.field.length + 1))] : value);
  } else if (at.name === "button") {
    if (Array.isArray(value) && value.length > 1 && !(await page.locator(`#${at.field}-1`).count())) {
      await keyboard.press("Enter"); // one more nationality: its box takes the focus
      await focused(page, `#${at.field}-1`);
      await choose(page, { id: `${at.field}-1` }, value[1]);
    }
  } else if (at.name === "input" || at.name === "textarea") {
    const text = typeof value === "string" ? value : value[at.id.slice(at.field.length + 1)];
    if (text !== "") await keyboard.type(text);
  }
}

/** Types the beginning of a name and takes the suggestion. */
async function choose(page, at, wanted) {
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type(wanted.text);
  await page.locator(`#${at.id}-list [role=option]`).first().waitFor();
  await page.keyboard.press("Enter");
}

/** Fills the step through the component itself; conditional questions appear in between. */
export const fill = (page, answers) => page.evaluate(async ([t, a]) => {
  const form = document.querySelector(t);
  for (let round = 0; round < 4; round++) {
    for (const id of form.view.pages.find((p) => p.id === form.draft.page)?.fields ?? []) {
      if (!form.state.fields.includes(id)) continue;
      if (form.view.fields[id].declaration) form.put(id, true);
      else if (id in a) form.put(id, a[id]);
    }
    await form.updateComplete;
  }
}, [tag, answers]);

/** Goes on to the next step. */
export async function next(page) {
  const from = await step(page);
  await page.locator("form button[type=submit]").click();
  await left(page, from);
}

/** Goes quickly to a step; visit sees every filled step on the way, and the step itself. */
export async function until(page, wanted, answers, visit = async () => {}) {
  for (let i = 0; i < 50 && (await step(page)) !== wanted; i++) {
    await fill(page, answers);
    await visit(await step(page));
    await next(page);
  }
  await visit(wanted);
}

/** Uploads the three documents. */
export async function upload(page) {
  const files = await documents(page);
  for (const [i, [evidence, file]] of files.entries()) {
    await page.locator(`section[aria-labelledby="group-${evidence}"] input[type=file]`).setInputFiles(file);
    await page.locator(".file .good").nth(i).waitFor();
  }
}

/** Sends the application; it gives number and code as they stand on the receipt. */
export async function submit(page) {
  await page.locator("form button[type=submit]").click();
  return receipt(page);
}

export async function receipt(page) {
  await page.locator(".ticket").waitFor();
  const number = (await page.locator(".ticket .code.number").innerText()).trim();
  const code = (await page.locator(".ticket .with-copy .code i").allInnerTexts()).join("");
  assert.match(number, /^AT-[0-9A-Z-]+$/);
  assert.match(code, /^[0-9A-HJKMNP-TV-Z]{24}$/);
  return { number, code };
}
