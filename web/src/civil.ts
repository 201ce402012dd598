// Calendar days as internal/civil counts them: a day is the number of days since 0001-01-01 (= 1).

export const maxDay = 3652059; // 9999-12-31

/** Why a date was refused: not written as a date, or not in the calendar. */
export type Refusal = "form" | "calendar";

const daysPerEra = 146097;
const daysBeforeMarch = 305;

export function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The day of a date; undefined when the calendar has none. */
export function dayOf(year: number, month: number, day: number): number | undefined {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  let y = year;
  let m = month - 3;
  if (m < 0) {
    y -= 1;
    m += 12;
  }
  const era = Math.floor(y / 400);
  y -= era * 400;
  return era * daysPerEra + y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor((153 * m + 2) / 5) + day - 1 - daysBeforeMarch;
}

/** Year, month and day of the month. */
export function dateOf(d: number): [number, number, number] {
  let n = d + daysBeforeMarch;
  const era = Math.floor(n / daysPerEra);
  n -= era * daysPerEra;
  const y = Math.floor((n - Math.floor(n / 1460) + Math.floor(n / 36524) - Math.floor(n / 146096)) / 365);
  n -= y * 365 + Math.floor(y / 4) - Math.floor(y / 100);
  const m = Math.floor((5 * n + 2) / 153);
  const day = n - Math.floor((153 * m + 2) / 5) + 1;
  const year = era * 400 + y;
  return m < 10 ? [year, m + 3, day] : [year + 1, m - 9, day];
}

/** Reads strictly "2006-01-02". */
export function parseDay(s: string): number | Refusal {
  const found = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(s);
  if (!found) return "form";
  return dayOf(Number(found[1]), Number(found[2]), Number(found[3])) ?? "calendar";
}

/** The first day that "1992", "1992-08" or "1992-08-14" can mean. */
export function parsePartial(s: string): number | Refusal {
  if (s.length === 10) return parseDay(s);
  const found = /^([0-9]{4})(?:-([0-9]{2}))?$/.exec(s);
  if (!found) return "form";
  return dayOf(Number(found[1]), Number(found[2] ?? "1"), 1) ?? "calendar";
}

/** The last day that it can mean. */
export function lastOfPartial(s: string): number | Refusal {
  const first = parsePartial(s);
  if (typeof first === "string" || s.length === 10) return first;
  const [year, month] = dateOf(first);
  const last = s.length === 4 ? 12 : month;
  return dayOf(year, last, daysIn(year, last))!;
}

/** Moves by whole days; undefined outside the calendar. */
export function addDays(d: number, n: number): number | undefined {
  const sum = d + n;
  return sum < 1 || sum > maxDay ? undefined : sum;
}

/** Moves by whole months, to the last day where the month is too short (§ 188 Abs. 3 BGB). */
export function addMonths(d: number, n: number): number | undefined {
  const [year, month, day] = dateOf(d);
  const months = year * 12 + month - 1 + n;
  if (months < 12 || months >= 12 * 10000) return undefined;
  const y = Math.floor(months / 12);
  const m = (months % 12) + 1;
  return dayOf(y, m, Math.min(day, daysIn(y, m)));
}

/** Completed months; the first day counts (§ 187 Abs. 2, § 188 Abs. 2 and 3 BGB), so that twelve are one year below. */
export function monthsBetween(from: number, to: number): number {
  const [y1, m1, d1] = dateOf(from);
  const [y2, m2, d2] = dateOf(to);
  return 12 * (y2 - y1) + m2 - m1 - (d2 < d1 ? 1 : 0);
}

/** Completed years of life (§ 187 Abs. 2 Satz 2, § 188 Abs. 2 BGB). */
export const yearsBetween = (birth: number, day: number): number => Math.floor(monthsBetween(birth, day) / 12);
