// Countries and nationalities: a box with suggestions (ARIA combobox with a list), one or several.
import { html, nothing } from "lit";
import { fold, type TypedCode } from "../entry";
import { icon } from "../icons";
import type { Field } from "../view";
import { describedBy, group, invalid, single, type Desk } from "./question";
import { search, type Hit } from "./suggest";

const none: TypedCode = { text: "" };

const entriesOf = (desk: Desk, field: Field) => (field.type === "country" ? desk.view.countries : desk.view.nationalities);

/** The name in the language of now; a code keeps its meaning when the language changes. */
function textOf(desk: Desk, field: Field, typed: TypedCode): string {
  return (typed.code && entriesOf(desk, field).find(([code]) => code === typed.code)?.[1]) || typed.text;
}

export function country(desk: Desk, field: Field) {
  const typed = (desk.typed(field.id) as TypedCode | undefined) ?? none;
  return single(desk, field, box(desk, field, field.id, typed, (t) => desk.put(field.id, t), describedBy(desk, field)));
}

export function nationalities(desk: Desk, field: Field) {
  const { id } = field;
  const typed = (desk.typed(id) as TypedCode[] | undefined) ?? [none];
  const put = (i: number, t: TypedCode) => desk.put(id, typed.map((old, n) => (n === i ? t : old)));
  const remove = (i: number) => {
    desk.put(id, typed.filter((_, n) => n !== i));
    desk.left(id);
    void desk.focusOn(`#${id}`);
  };
  const more = () => {
    desk.put(id, [...typed, none]);
    void desk.focusOn(`#${id}-${typed.length}`);
  };
  return group(desk, field, html`${typed.map((t, i) => html`<div class="row">${box(desk, field, i ? `${id}-${i}` : id, t, (v) => put(i, v), nothing, desk.texts.get("ui.nationality.nth", { n: i + 1 }))}
      ${i ? html`<button class="btn-link start" type="button" @click=${() => remove(i)}>${icon("trash")}${desk.texts.get("ui.remove")}<span class="vh">: ${textOf(desk, field, t)}</span></button>` : nothing}</div>`)}
    ${typed.length < (field.max ?? 10) ? html`<button class="btn-link start" type="button" @click=${more}>${icon("plus")}${desk.texts.get("ui.nationality.more")}</button>` : nothing}`);
}

function box(desk: Desk, field: Field, id: string, typed: TypedCode, put: (t: TypedCode) => void, described: string | typeof nothing, name?: string) {
  const text = textOf(desk, field, typed);
  const open = desk.list?.input === id ? desk.list : undefined;
  const hits = open ? search(entriesOf(desk, field), typed.code ? "" : typed.text, desk.texts.locale) : [];
  const marked = open && open.index >= 0 ? hits[open.index] : undefined;
  const set = (index: number | undefined) => {
    desk.list = index === undefined ? undefined : { input: id, index };
    desk.requestUpdate();
  };
  const take = (hit: Hit) => {
    put({ text: hit.name, code: hit.code });
    set(undefined);
    desk.left(field.id);
  };
  const input = (e: Event) => {
    const value = (e.target as HTMLInputElement).value;
    put({ text: value });
    set(value.trim() === "" ? undefined : 0);
  };
  const key = (e: KeyboardEvent) => {
    switch (e.key) {
      case "ArrowDown":
      case "ArrowUp": {
        e.preventDefault();
        const step = e.key === "ArrowDown" ? 1 : -1;
        set(open && hits.length ? (open.index + step + hits.length) % hits.length : 0);
        return;
      }
      case "Enter":
        if (marked) {
          e.preventDefault();
          take(marked);
        }
        return;
      case "Escape":
        if (open) {
          e.preventDefault();
          set(undefined);
        } else if (text !== "") {
          e.preventDefault();
          put(none);
        }
    }
  };
  const blur = () => {
    if (marked && !typed.code && typed.text.trim() !== "") return take(marked); // Tab takes the marked row
    const exact = typed.code ? undefined : entriesOf(desk, field).find(([, n]) => fold(n) === fold(typed.text));
    if (exact) put({ text: exact[1], code: exact[0] });
    set(undefined);
    desk.left(field.id);
  };
  return html`<div class="combo">
    <input class="in" id=${id} role="combobox" dir="auto" .value=${text} autocomplete="off" spellcheck="false" aria-label=${name ?? nothing} aria-autocomplete="list" aria-expanded=${open ? "true" : "false"} aria-controls="${id}-list"
      aria-activedescendant=${marked ? `${id}-${marked.code}` : nothing} aria-describedby=${described} aria-invalid=${invalid(desk, field)}
      @input=${input} @keydown=${key} @blur=${blur} @click=${() => open || set(typed.code || typed.text.trim() === "" ? -1 : 0)}>${icon("down")}
    <ul class="list" id="${id}-list" role="listbox" aria-label=${desk.texts.get(field.type === "country" ? "ui.countries" : "ui.nationalities")} ?hidden=${!open || !hits.length}>${hits.map((hit, i) => html`
      <li role="option" id="${id}-${hit.code}" aria-selected=${i === open?.index ? "true" : "false"} @pointerdown=${(e: Event) => e.preventDefault()} @click=${() => take(hit)}>${emphasised(hit, typed.code ? 0 : fold(typed.text).length)}</li>`)}</ul>
    <p class="vh" role="status">${open ? desk.texts.count("ui.hits", hits.length) : nothing}</p>
  </div>`;
}

function emphasised(hit: Hit, length: number) {
  if (hit.at < 0 || length === 0) return html`<span>${hit.name}</span>`;
  const end = hit.at + length;
  return html`<span>${hit.name.slice(0, hit.at)}<b>${hit.name.slice(hit.at, end)}</b>${hit.name.slice(end)}</span>`;
}
