// Amounts, whole numbers and decimals. An amount or decimal takes its form when the person leaves the box.
import { html } from "lit";
import { readDecimal, readMoney } from "../entry";
import { parseMoney } from "../evaluate";
import type { Field } from "../view";
import { describedBy, invalid, single, type Desk } from "./question";

export function money(desk: Desk, field: Field) {
  const { id } = field;
  const leave = (e: Event) => {
    const typed = (e.target as HTMLInputElement).value;
    const wire = readMoney(typed).answer;
    const cents = typeof wire === "string" ? parseMoney(wire) : undefined;
    if (cents !== undefined) desk.put(id, desk.texts.amount(cents));
    desk.left(id);
  };
  return single(desk, field, html`<div class="aff w12" dir="ltr"><input class="in" id=${id} .value=${(desk.typed(id) as string) ?? ""} inputmode="decimal" dir="ltr" autocomplete="off"
    aria-describedby=${describedBy(desk, field, `${id}-unit`)} aria-invalid=${invalid(desk, field)}
    @input=${(e: Event) => desk.put(id, (e.target as HTMLInputElement).value)} @change=${leave}><span id="${id}-unit">${unit(desk, field)}</span></div>`);
}

const unit = (desk: Desk, field: Field): string => desk.texts.get(field.period ? `ui.euro.${field.period}` : "ui.euro");

export function int(desk: Desk, field: Field) {
  return number(desk, field, "numeric", () => desk.left(field.id));
}

export function decimal(desk: Desk, field: Field) {
  return number(desk, field, "decimal", (e) => {
    const wire = readDecimal((e.target as HTMLInputElement).value, desk.texts.language).answer;
    if (typeof wire === "string") desk.put(field.id, desk.texts.decimal(wire));
    desk.left(field.id);
  });
}

function number(desk: Desk, field: Field, mode: "numeric" | "decimal", leave: (e: Event) => void) {
  const { id } = field;
  return single(desk, field, html`<input class="in w6" id=${id} .value=${(desk.typed(id) as string) ?? ""} inputmode=${mode} dir="ltr" autocomplete="off"
    aria-describedby=${describedBy(desk, field)} aria-invalid=${invalid(desk, field)}
    @input=${(e: Event) => desk.put(id, (e.target as HTMLInputElement).value)} @change=${leave}>`);
}
