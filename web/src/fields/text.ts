// Text in one line, long text, and the kinds of text that have a keyboard of their own.
import { html, nothing } from "lit";
import { maxCharsOf } from "../validate";
import type { Field, FieldType } from "../view";
import { clean } from "../latin";
import { describedBy, invalid, single, type Desk } from "./question";

const widths: Record<string, string> = { short: "w6", medium: "w12", long: "" };

const keyboards: Partial<Record<FieldType, { mode: string; direction: "ltr" | "auto" }>> = {
  email: { mode: "email", direction: "ltr" },
  phone: { mode: "tel", direction: "ltr" },
  postcode: { mode: "numeric", direction: "ltr" },
};

export function text(desk: Desk, field: Field) {
  const { id } = field;
  const keyboard = keyboards[field.type];
  return single(desk, field, html`<input class="in ${widths[field.width ?? ""] ?? ""}" id=${id} .value=${(desk.typed(id) as string) ?? ""}
    dir=${keyboard?.direction ?? "auto"} inputmode=${keyboard?.mode ?? nothing} type=${field.type === "email" ? "email" : field.type === "phone" ? "tel" : "text"}
    autocomplete=${field.autocomplete ?? "off"} spellcheck="false" autocapitalize=${keyboard ? "none" : nothing} aria-describedby=${describedBy(desk, field)} aria-invalid=${invalid(desk, field)}
    @input=${(e: Event) => desk.put(id, (e.target as HTMLInputElement).value)} @change=${() => desk.left(id)}>
    ${field.type === "text" ? rewritten(desk, id) : nothing}`);
}

/** Says how a text is sent where signs of telephones and word processors are replaced (never letters). */
function rewritten(desk: Desk, id: string) {
  const typed = ((desk.typed(id) as string) ?? "").trim().normalize("NFC");
  const sent = clean(typed);
  return html`<p class="hint" role="status">${sent.text !== typed && sent.odd === undefined ? desk.texts.get("ui.rewritten", { text: sent.text }) : nothing}</p>`;
}

export function longText(desk: Desk, field: Field) {
  const { id } = field;
  const value = (desk.typed(id) as string) ?? "";
  const left = maxCharsOf(field) - [...value].length;
  const near = left < maxCharsOf(field) / 5;
  return single(desk, field, html`<textarea class="in" id=${id} rows="5" dir="auto" .value=${value} aria-describedby=${describedBy(desk, field, `${id}-left`)} aria-invalid=${invalid(desk, field)}
    @input=${(e: Event) => desk.put(id, (e.target as HTMLTextAreaElement).value)} @change=${() => desk.left(id)}></textarea>
    <p class="hint num" id="${id}-left">${near ? (left < 0 ? desk.texts.count("ui.chars_over", -left) : desk.texts.count("ui.chars_left", left)) : nothing}</p>`);
}
