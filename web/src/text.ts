// The words that people read: texts of the catalogue, and dates, amounts and sizes as the law's country writes them.
import { dateOf, parsePartial } from "./civil";
import { parseDecimal, parseMoney } from "./evaluate";

export type Args = Record<string, string | number>;

/** English dates in the order of Europe; other languages as they are. */
const localeOf = (language: string): string => (language === "en" ? "en-GB" : language);

/** Words and signs of a citation that stay on one line with the number after them. */
export const bound = /(§§?|Abs\.|Absatz|Nr\.|Nummer|Satz|Art\.) (?=\S)/g;

const rightToLeft = ["ar", "fa", "prs", "ps", "he", "ur", "ckb", "sd"];

export const directionOf = (language: string): "rtl" | "ltr" => (rightToLeft.includes(language.split("-")[0]!) ? "rtl" : "ltr");

/** The name of a language in that language. */
export function ownName(language: string): string {
  const locale = localeOf(language);
  const name = new Intl.DisplayNames([locale], { type: "language" }).of(language) ?? language;
  return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1);
}

/** The texts of one language. */
export class Texts {
  readonly locale: string;

  constructor(
    readonly language: string,
    private readonly map: Record<string, string>,
  ) {
    this.locale = localeOf(language);
  }

  has(key: string): boolean {
    return this.map[key] !== undefined && this.map[key] !== "";
  }

  /** The text of a key with its {placeholders}; a key without text shows as itself, so that it is found. */
  get(key: string, args: Args = {}): string {
    return (this.map[key] ?? key).replace(bound, "$1\u00a0").replace(/\{([a-z_0-9]+)\}/g, (whole, name: string) => (name in args ? this.isolate(String(args[name])) : whole));
  }

  /** What is put into a sentence that runs from right to left keeps its own direction. */
  private isolate(s: string): string {
    return directionOf(this.language) === "rtl" ? `\u2068${s}\u2069` : s;
  }

  /** The text, or nothing where the catalogue has none. */
  optional(key: string, args?: Args): string | undefined {
    return this.has(key) ? this.get(key, args) : undefined;
  }

  /** A text that depends on a number: key.one, key.other and what else the language has. */
  count(key: string, n: number, args: Args = {}): string {
    const form = `${key}.${new Intl.PluralRules(this.locale).select(n)}`;
    return this.get(this.has(form) ? form : `${key}.other`, { n, ...args });
  }

  private dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    return new Intl.DateTimeFormat(this.locale, { calendar: "gregory", numberingSystem: "latn", timeZone: "Europe/Berlin", ...options });
  }

  /** "Freitag, 11. Dezember 2026" from a day or an instant. */
  longDay(s: string): string {
    return this.dates({ weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(instant(s));
  }

  /** "10. November 2026, 14:41 Uhr". */
  moment(s: string): string {
    const day = this.dates({ day: "numeric", month: "long", year: "numeric" }).format(instant(s));
    return this.get("ui.moment", { day, time: this.clock(s) });
  }

  /** "14:41". */
  clock(s: string): string {
    return this.dates({ hour: "2-digit", minute: "2-digit", hour12: false }).format(instant(s));
  }

  months(): string[] {
    const format = this.dates({ month: "long", timeZone: "UTC" });
    return Array.from({ length: 12 }, (_, i) => format.format(Date.UTC(2001, i, 15)));
  }

  /** "31. Juni", also where there is no such day. */
  dayAndMonth(day: number, month: number): string {
    return this.get("ui.day_and_month", { day, month: this.months()[month - 1] ?? String(month) });
  }

  /** A date that may be incomplete, as the server shows it. */
  date(s: string): string {
    const first = parsePartial(s);
    if (typeof first !== "number") return s;
    const [year, month, day] = dateOf(first);
    if (this.language === "en") {
      if (s.length === 4) return s;
      return `${s.length === 10 ? `${day} ` : ""}${this.months()[month - 1]} ${year}`;
    }
    return s.split("-").reverse().join(".");
  }

  /** "4.650,00 €" in German, "€4,650.00" in English. */
  money(s: string): string {
    const cents = parseMoney(s);
    if (cents === undefined) return s;
    const amount = this.amount(cents);
    return this.language === "en" ? `€${amount}` : `${amount}\u00a0€`;
  }

  /** "38,5" in German, "38.5" in English. */
  decimal(s: string): string {
    return this.language === "en" || parseDecimal(s) === undefined ? s : s.replace(".", ",");
  }

  /** An amount without its unit. */
  amount(cents: number): string {
    const locale = this.language === "en" ? "en-GB" : "de";
    return new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(cents / 100);
  }

  /** "93 €": whole euros lose their cents. */
  price(s: string): string {
    return this.money(s).replace(/[.,]00(?=\D*$)/, "");
  }

  /** "1,8 MB" in steps of a million bytes. */
  size(bytes: number): string {
    const mega = bytes >= 1_000_000;
    const n = mega ? bytes / 1_000_000 : Math.ceil(bytes / 1000);
    const number = new Intl.NumberFormat(this.language === "en" ? "en-GB" : "de", { maximumFractionDigits: mega ? 1 : 0 }).format(n);
    return `${number}\u00a0${mega ? "MB" : "kB"}`;
  }
}

/** A day without a time is taken at noon, so that no zone moves it. */
const instant = (s: string): Date => new Date(s.length === 10 ? `${s}T12:00:00Z` : s);
