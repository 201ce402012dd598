import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { load } from "./bundle.mjs";
import { readTexts } from "../plugins.mjs";

const m = await load("entry.ts", "text.ts", "draft.ts", "upload.ts", "latin.ts", "fields/suggest.ts");
const de = new m.Texts("de", readTexts("de"));
const en = new m.Texts("en", readTexts("en"));
const field = (type, more = {}) => ({ id: "x", type, required: true, basis: [], ...more });

test("amounts are read as people write them", () => {
  const cases = { "4650": "4650.00", "4.650": "4650.00", "4650,5": "4650.50", "4.650,00": "4650.00", "4,650.00": "4650.00", "4 650,00 €": "4650.00", "0,99": "0.99", "007": "7.00", "viel": "viel", "1,234,5": "1234.50", "1.2.3": "1.2.3" };
  for (const [typed, wire] of Object.entries(cases)) assert.equal(m.readMoney(typed).answer, wire, typed);
  assert.equal(m.readMoney("  ").answer, undefined);
});

test("decimals are read as people write them, unless a thousand may be meant", () => {
  const german = { "38,5": "38.5", "38.5": "38.5", "038,50": "38.5", "38": "38", "61,75": "61.75", "0,1250": "0.125", "0.125": "0.125", "1,125": "1.125", "1.000": "1.000", "12.500": "12.500",
    "-0": "0", "-2,5": "-2.5", "viel": "viel", "1,23456": "1,23456", "1.000,5": "1.000,5", "900719925474,0992": "900719925474,0992", "0,0": "0", "38,": "38,", ",5": ",5" };
  for (const [typed, wire] of Object.entries(german)) assert.equal(m.readDecimal(typed, "de").answer, wire, typed);
  assert.equal(m.readDecimal("1,000", "en").answer, "1,000");
  assert.equal(m.readDecimal("1.125", "en").answer, "1.125");
  assert.equal(m.readDecimal(" ", "de").answer, undefined);
  assert.equal(m.read(field("decimal"), "38,5", de).answer, "38.5");
  assert.equal(de.decimal("38.5"), "38,5");
  assert.equal(en.decimal("38.5"), "38.5");
  assert.equal(de.decimal("1.000"), "1.000");
});

test("dates name the part that is missing or impossible", () => {
  const date = (d, mo, y, part) => m.read(field("partial_date"), { d, m: mo, y, part }, de);
  assert.equal(date("14", "8", "1992").answer, "1992-08-14");
  assert.equal(date("3", "März", "1992").answer, "1992-03-03");
  assert.equal(date("3", "aug", "1992").answer, "1992-08-03");
  assert.equal(date("", "", "1992", true).answer, "1992");
  assert.equal(date("14", "8", "1992", true).answer, "1992-08");
  assert.deepEqual(date("14", "8", "").problem, { key: "ui.error.date.no_year", part: "y" });
  assert.equal(date("14", "", "1992").problem.part, "m");
  assert.equal(date("14", "ju", "1992").problem.part, "m");
  assert.equal(date("14", "8", "92").problem.key, "ui.error.date.year_form");
  const impossible = date("31", "6", "1992").problem;
  assert.equal(de.get(impossible.key, impossible.args), "Den 31. Juni gibt es nicht. Bitte prüfen Sie Tag und Monat");
  assert.equal(date("29", "2", "2024").answer, "2024-02-29");
  assert.equal(date("29", "2", "2023").problem.key, "ui.error.date.impossible");
  assert.deepEqual(date("", "", ""), {});
});

test("a country that is not in the list is kept and told", () => {
  const entry = m.read(field("country"), { text: "Utopien" }, de);
  assert.equal(de.get(entry.problem.key, entry.problem.args), "„Utopien“ steht nicht in der Liste. Bitte wählen Sie einen Eintrag aus");
});

test("suggestions find beginnings, words, codes and ignore accents", () => {
  const countries = [["CIV", "Côte d’Ivoire"], ["IND", "Indien"], ["IDN", "Indonesien"], ["GBR", "Vereinigtes Königreich"], ["OMN", "Oman"], ["ROU", "Rumänien"]];
  const found = (text) => m.search(countries, text, "de").map((h) => h.code);
  assert.deepEqual(found("ind"), ["IND", "IDN"]);
  assert.deepEqual(found("konig"), ["GBR"]);
  assert.deepEqual(found("cote"), ["CIV"]);
  assert.deepEqual(found("rou"), ["ROU"]);
  assert.deepEqual(found("man"), []);
});

test("texts take placeholders and plurals, dates and amounts their form", () => {
  assert.equal(de.count("ui.check", 1), "Bitte prüfen Sie 1 Angabe");
  assert.equal(en.count("ui.check", 2), "Please check 2 answers");
  assert.equal(de.longDay("2026-12-11"), "Freitag, 11. Dezember 2026");
  assert.equal(de.moment("2026-11-10T13:41:00Z"), "10. November 2026, 14:41\u00a0Uhr");
  assert.equal(de.money("4650.00"), "4.650,00\u00a0€");
  assert.equal(en.money("4650.00"), "€4,650.00");
  assert.equal(de.price("93.00"), "93\u00a0€");
  assert.equal(de.price("46.50"), "46,50\u00a0€");
  assert.equal(de.date("1992-08"), "08.1992");
  assert.equal(en.date("1992-08-14"), "14 August 1992");
  assert.equal(new m.Texts("fa", {}).date("1992-08-14"), "14.08.1992");
  assert.match(new m.Texts("fa", { "ui.moment": "{day}" }).moment("2026-11-10T13:41:00Z"), /2026/); // not the Persian calendar
});

test("what the browser makes has the form that the platform wants", () => {
  const code = m.newAccessCode();
  assert.match(code, /^[0-9ABCDEFGHJKMNPQRSTVWXYZ]{24}$/);
  assert.notEqual(code, m.newAccessCode());
  assert.equal(m.grouped(code).length, 6);
  assert.equal(Buffer.from(m.newDraftKey(), "base64url").length, 32);
  assert.match(m.newUUID(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("files that cannot be taken are told before they are sent", () => {
  const check = (name, type, size) => m.precheck({ name, type, size }, 10_000_000)?.key;
  assert.equal(check("a.pdf", "application/pdf", 5), undefined);
  assert.equal(check("a.PDF", "", 5), undefined);
  assert.equal(check("a.docx", "", 5), "ui.upload.error.word");
  assert.equal(check("a.heic", "image/heic", 5), "ui.upload.error.heic");
  assert.equal(check("a.gif", "image/gif", 5), "ui.upload.error.type");
  assert.equal(check("a.pdf", "application/pdf", 0), "ui.upload.error.empty");
  assert.equal(check("a.pdf", "application/pdf", 10_000_001), "ui.upload.error.large");
});

test("characters are judged as the server judges them", () => {
  assert.equal(m.clean("Świętosław").odd, undefined);
  assert.equal(m.clean("„Zitat“").text, '"Zitat"');
  assert.equal(m.clean("Ω").odd, "Ω");
  assert.equal(m.clean("K\u0315").odd, undefined);
});

test("every key in the sources has a text in both languages", () => {
  const used = new Set();
  for (const name of ["base", "files", "form", "page", "progress", "receipt", "status", "summary", "evidence", "entry", "text", "upload", "fields/choice", "fields/combo", "fields/date", "fields/number", "fields/question", "fields/text"]) {
    const source = readFileSync(new URL(`../src/${name}.ts`, import.meta.url), "utf8");
    for (const [, key] of source.matchAll(/"((?:ui|status)\.[a-z_.]+)"/g)) used.add(key);
  }
  assert.ok(used.size > 100);
  for (const language of ["de", "en"]) {
    const texts = readTexts(language);
    for (const key of used) assert.ok(texts[key] ?? texts[`${key}.other`], `${language}: ${key}`);
  }
});
