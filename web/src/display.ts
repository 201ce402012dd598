// Answers as people read them.
import type { Desk } from "./fields/question";
import { clean } from "./latin";
import type { Answer, Field } from "./view";

/** What a person reads for an answer; the server shows the same. */
export function display({ texts, view }: Pick<Desk, "texts" | "view">, field: Field, answer: Answer): string {
  const code = (c: string): string => {
    const list = field.type === "country" ? view.countries : field.type.startsWith("nationalit") ? view.nationalities : undefined;
    return list?.find(([known]) => known === c)?.[1] ?? texts.optional(`option.${field.id}.${c}`) ?? c;
  };
  switch (field.type) {
    case "bool":
      return texts.get(answer ? "ui.yes" : "ui.no");
    case "date":
    case "partial_date":
      return texts.date(answer as string);
    case "money":
      return texts.money(answer as string);
    case "decimal":
      return texts.decimal(answer as string);
    case "int":
      return String(answer);
    case "choices":
    case "nationalities":
      return (answer as string[]).map(code).join(", ");
    case "choice":
    case "country":
    case "nationality":
      return code(answer as string);
  }
  return clean((answer as string).trim()).text;
}
