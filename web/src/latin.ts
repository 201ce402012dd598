// DIN 91379 as internal/latin judges it; the table is taken from there when the component is built.
import { letters, sequences } from "virtual:latin";

const single = new Set(letters);
const whole = new Set(sequences);
const beginnings = new Set<string>();
for (const s of sequences) {
  const runes = [...s];
  for (let i = 1; i <= runes.length; i++) beginnings.add(runes.slice(0, i).join(""));
}

const replacements: [RegExp, string][] = [
  [/\r\n/g, "\n"],
  [/[\u2010-\u2014\u2212\u2022]/g, "-"],
  [/[\u201c-\u201e]/g, '"'],
  [/[\u2018\u201a]/g, "'"],
  [/\u02bc/g, "\u2019"],
  [/\u02bb/g, "\u02bf"],
  [/\u2026/g, "..."],
  [/\ufb01/g, "fi"],
  [/\ufb02/g, "fl"],
  [/\u017f/g, "s"],
  [/[\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, ""],
  [/[\u2002\u2003\u2005-\u2007\u2009\u200a\u202f]/g, " "],
];

/** The text with typographic signs replaced, and the first character that cannot be processed. */
export function clean(s: string): { text: string; odd?: string } {
  let text = s.normalize("NFC");
  for (const [pattern, by] of replacements) text = text.replace(pattern, by);
  text = text.normalize("NFC");
  return { text, odd: firstOdd([...text]) };
}

function firstOdd(runes: string[]): string | undefined {
  for (let i = 0; i < runes.length; ) {
    const n = sequenceAt(runes, i);
    if (n === 0 && !single.has(runes[i]!)) return runes[i];
    i += n || 1;
  }
  return undefined;
}

/** How many characters the longest allowed sequence at i has; 0 for none. */
function sequenceAt(runes: string[], i: number): number {
  let best = 0;
  let s = "";
  for (let end = i; end < runes.length; end++) {
    s += runes[end];
    if (end > i && !beginnings.has(s)) break;
    if (whole.has(s)) best = end + 1 - i;
  }
  return best;
}
