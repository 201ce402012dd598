// What must hold on every page: no barrier that a machine sees, no fault, no other host, no cookie, no personal data in addresses.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { personal } from "./applicant.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Axe sees nothing on the whole page, shadow roots included. */
export async function accessible(page, where) {
  await page.evaluate(axe);
  const { violations, shadow } = await page.evaluate(async () => {
    const result = await window.axe.run(document, { resultTypes: ["violations"] });
    const inside = [...result.passes, ...result.violations].some((r) => r.nodes.some((n) => n.target.some((t) => Array.isArray(t))));
    return { violations: result.violations, shadow: inside };
  });
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ").slice(0, 400)}`), [], where);
  const hosts = await page.locator("[ags], aufenthalt-status").count();
  if (hosts > 0) assert.ok(shadow, `${where}: axe looked into the shadow root`);
}

/** Nothing that is seen sticks out of the element's content sideways, for example a card that a long word makes too wide. */
export async function contained(page, tag, where) {
  const out = await page.locator(tag).evaluate((host) => {
    const frame = host.shadowRoot.querySelector(".at-in");
    const style = getComputedStyle(frame);
    const box = frame.getBoundingClientRect();
    const left = box.left + parseFloat(style.paddingLeft) - 1;
    const right = box.right - parseFloat(style.paddingRight) + 1;
    return [...frame.querySelectorAll(".card-label, .in, .note, .file, h1, h2, p")].filter((e) => e.checkVisibility())
      .map((e) => [e.getBoundingClientRect(), e.textContent.trim().slice(0, 60)]).filter(([b]) => b.width > 1 && (b.left < left || b.right > right)).map(([, text]) => text);
  });
  assert.deepEqual(out, [], `${where}: sticks out sideways`);
}

const nameless = new Set(["button", "textbox", "combobox", "radio", "checkbox", "link", "listbox", "spinbutton", "searchbox", "img"]);

/** The browser's accessibility tree: every control has a name, and the given ones ("role name") are there. */
export async function tree(page, where, ...wanted) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  const controls = nodes.filter((n) => !n.ignored).map((n) => ({ role: n.role?.value, name: (n.name?.value ?? "").trim() }));
  assert.deepEqual(controls.filter((c) => nameless.has(c.role) && c.name === ""), [], `${where}: controls without a name`);
  const all = controls.map((c) => `${c.role} ${c.name}`);
  for (const w of wanted) assert.ok(all.some((a) => (w instanceof RegExp ? w.test(a) : a === w)), `${where}: "${w}" in ${all.filter((a) => nameless.has(a.split(" ")[0]) || a.startsWith("heading")).join(" | ")}`);
}

/** Notes everything that a context does; check asserts at the end that it was right. */
export function watch(context, origins) {
  const seen = { faults: [], hosts: new Set(), addresses: [], titles: new Set() };
  const expected = []; // patterns of console errors that a test provokes
  context.on("console", (m) => m.type() === "error" && seen.faults.push(`${m.page()?.url()} ${m.text()}`));
  context.on("weberror", (e) => seen.faults.push(String(e.error())));
  context.on("request", (r) => {
    const url = new URL(r.url());
    if (/^(https?|wss?):$/.test(url.protocol)) seen.hosts.add(url.origin);
    seen.addresses.push(r.url());
  });
  const follow = (page) => {
    page.on("framenavigated", async (frame) => {
      seen.addresses.push(frame.url());
      const title = await page.title().catch(() => ""); // it may be on its way to the next page
      seen.titles.add(title);
    });
  };
  context.on("page", follow);
  return {
    expect: (pattern) => expected.push(pattern),
    async check(...secrets) {
      for (const page of context.pages()) {
        seen.addresses.push(page.url());
        seen.titles.add(await page.title());
      }
      assert.deepEqual(seen.faults.filter((f) => !expected.some((e) => e.test(f))), [], "no fault and no violation of a policy");
      assert.deepEqual([...seen.hosts].filter((h) => !origins.includes(h)), [], "no request to another host");
      for (const word of [...personal, ...secrets]) {
        const spellings = [word, encodeURIComponent(word), encodeURI(word)];
        assert.deepEqual(seen.addresses.filter((a) => spellings.some((s) => a.includes(s))), [], `"${word}" stands in an address`);
        assert.deepEqual([...seen.titles].filter((t) => t.includes(word)), [], `"${word}" stands in a title`);
      }
    },
  };
}
