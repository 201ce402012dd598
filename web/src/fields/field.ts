// One question, by its type.
import type { TemplateResult } from "lit";
import type { Field } from "../view";
import { bool, choice, choices, declaration } from "./choice";
import { country, nationalities } from "./combo";
import { date } from "./date";
import { decimal, int, money } from "./number";
import type { Desk } from "./question";
import { longText, text } from "./text";

export function fieldOf(desk: Desk, field: Field): TemplateResult {
  switch (field.type) {
    case "longtext":
      return longText(desk, field);
    case "choice":
      return choice(desk, field);
    case "choices":
      return choices(desk, field);
    case "country":
    case "nationality":
      return country(desk, field);
    case "nationalities":
      return nationalities(desk, field);
    case "date":
    case "partial_date":
      return date(desk, field);
    case "money":
      return money(desk, field);
    case "int":
      return int(desk, field);
    case "decimal":
      return decimal(desk, field);
    case "bool":
      return field.declaration ? declaration(desk, field) : bool(desk, field);
  }
  return text(desk, field);
}

/** The input that a link to the question should lead to. */
export function inputOf(root: ParentNode, id: string, part?: string): HTMLElement | null {
  const own = root.querySelector<HTMLElement>(part ? `#${CSS.escape(`${id}-${part}`)}` : `#${CSS.escape(id)}`);
  return own ?? root.querySelector<HTMLElement>(`[data-field="${CSS.escape(id)}"] :is(input, select, textarea)`);
}
