// Choices: radio cards, a native select, boxes to tick, yes or no, and the declaration that must be confirmed.
import { html, nothing } from "lit";
import { optionsOf } from "../evaluate";
import { icon } from "../icons";
import type { Field } from "../view";
import { describedBy, error, group, invalid, label, single, why, type Desk } from "./question";

export function choice(desk: Desk, field: Field) {
  const options = optionsOf(field, desk.state);
  return field.style === "select" || (field.style !== "cards" && options.length > 6) ? select(desk, field) : cards(desk, field);
}

function cards(desk: Desk, field: Field) {
  const { id } = field;
  return group(desk, field, html`<div class="cards">${optionsOf(field, desk.state).map((o) =>
    card(desk, field, o.value, desk.texts.get(`option.${id}.${o.value}`), desk.texts.optional(`option.${id}.${o.value}.hint`), desk.typed(id) === o.value, () => desk.put(id, o.value)))}</div>`);
}

function card(desk: Desk, field: Field, value: string, name: string, help: string | undefined, checked: boolean, take: () => void) {
  const input = `${field.id}-${value}`;
  const change = () => {
    take();
    desk.left(field.id);
  };
  return html`<div class="card"><input type="radio" name=${field.id} id=${input} .checked=${checked} @change=${change}><label class="card-label" for=${input}><b>${name}</b>${help ? html`<span>${help}</span>` : nothing}</label></div>`;
}

function select(desk: Desk, field: Field) {
  const { id } = field;
  const change = (e: Event) => {
    desk.put(id, (e.target as HTMLSelectElement).value);
    desk.left(id);
  };
  const value = (desk.typed(id) as string) ?? "";
  return single(desk, field, html`<div class="combo"><select class="in" id=${id} aria-describedby=${describedBy(desk, field)} aria-invalid=${invalid(desk, field)} autocomplete="off" @change=${change}>
    <option value="" .selected=${value === ""}>${desk.texts.get("ui.choose")}</option>
    ${optionsOf(field, desk.state).map((o) => html`<option value=${o.value} .selected=${value === o.value}>${desk.texts.get(`option.${id}.${o.value}`)}</option>`)}
  </select>${icon("down")}</div>`);
}

export function choices(desk: Desk, field: Field) {
  const { id } = field;
  const chosen = (desk.typed(id) as string[] | undefined) ?? [];
  const options = optionsOf(field, desk.state);
  const tick = (value: string) => (e: Event) => {
    const on = (e.target as HTMLInputElement).checked;
    const rest = value === "none" ? [] : chosen.filter((v) => v !== "none" && v !== value); // "none of these" stands alone
    desk.put(id, on ? options.map((o) => o.value).filter((v) => v === value || rest.includes(v)) : chosen.filter((v) => v !== value));
    desk.left(id);
  };
  return group(desk, field, html`<div class="checks">${options.map((o) => html`<label class="check"><input type="checkbox" id="${id}-${o.value}" .checked=${chosen.includes(o.value)} @change=${tick(o.value)}><span>${desk.texts.get(`option.${id}.${o.value}`)}</span></label>`)}</div>`);
}

export function bool(desk: Desk, field: Field) {
  const { id } = field;
  return group(desk, field, html`<div class="cards two">
    ${card(desk, field, "yes", desk.texts.get("ui.yes"), undefined, desk.typed(id) === true, () => desk.put(id, true))}
    ${card(desk, field, "no", desk.texts.get("ui.no"), undefined, desk.typed(id) === false, () => desk.put(id, false))}
  </div>`);
}

export function declaration(desk: Desk, field: Field) {
  const { id } = field;
  const tick = (e: Event) => {
    desk.put(id, (e.target as HTMLInputElement).checked);
    desk.left(id);
  };
  const help = desk.texts.optional(`field.${id}.hint`);
  return html`<div class="q wide ${desk.problem(id) ? "err" : ""}" data-field=${id}>${error(desk, field)}
    <label class="check"><input type="checkbox" id=${id} .checked=${desk.typed(id) === true} aria-invalid=${invalid(desk, field)} aria-describedby=${describedBy(desk, field)} @change=${tick}><span>${label(desk, field)}</span></label>
    ${help ? html`<p class="hint under" id="${id}-hint">${help}</p>` : nothing}${why(desk, field)}</div>`;
}
