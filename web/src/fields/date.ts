// A date in three boxes, complete or as passports carry it. Boxes never jump by themselves.
import { html, nothing } from "lit";
import { read, type DatePart, type TypedDate } from "../entry";
import type { Field } from "../view";
import { group, invalid, type Desk } from "./question";

const empty: TypedDate = { d: "", m: "", y: "" };

export function date(desk: Desk, field: Field) {
  const { id } = field;
  const typed = (desk.typed(id) as TypedDate | undefined) ?? empty;
  const partial = field.type === "partial_date";
  const box = (part: DatePart, width: string) => {
    const blocked = part === "d" && partial && typed.part === true;
    const wrong = desk.problem(id);
    const bad = wrong !== undefined && (wrong.part === undefined || wrong.part === part);
    return html`<div><label class="label" for="${id}-${part}">${desk.texts.get(`ui.date.${part}`)}</label><input class="in ${width}" id="${id}-${part}" .value=${blocked ? "" : typed[part]} inputmode=${part === "m" ? nothing : "numeric"} dir="ltr"
      ?disabled=${blocked} autocomplete=${field.autocomplete === "bday" ? { d: "bday-day", m: "bday-month", y: "bday-year" }[part] : "off"} aria-invalid=${bad ? invalid(desk, field) : nothing} aria-describedby=${bad ? `${id}-error` : nothing}
      @input=${(e: Event) => desk.put(id, { ...typed, [part]: (e.target as HTMLInputElement).value })} @change=${() => desk.left(id)}></div>`;
  };
  return group(desk, field, html`<div class="line">${box("d", "w2")}${box("m", "w3")}${box("y", "w4")}</div>
    ${partial ? incomplete(desk, field, typed) : nothing}`);
}

function incomplete(desk: Desk, field: Field, typed: TypedDate) {
  const { id } = field;
  const tick = (e: Event) => {
    desk.put(id, { ...typed, part: (e.target as HTMLInputElement).checked });
    desk.left(id);
  };
  const answer = typed.part ? read(field, typed, desk.texts).answer : undefined;
  return html`<label class="check"><input type="checkbox" .checked=${typed.part === true} @change=${tick}><span>${desk.texts.get("ui.date.incomplete")}</span></label>
    <p class="hint" role="status">${typeof answer === "string" ? desk.texts.get(answer.length === 4 ? "ui.date.only_year" : "ui.date.only_month", { date: desk.texts.date(answer) }) : nothing}</p>`;
}
