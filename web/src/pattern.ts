// The named forms of texts, the same as in internal/rule/pattern.go.
const digits = "0123456789";

interface Pattern {
  of: string; // the characters that may be there, all of ASCII
  min: number;
  max: number;
  never?: string; // what it does not begin with
  check?: (text: string) => boolean;
}

const patterns = new Map<string, Pattern>([
  ["azr_number", { of: digits, min: 12, max: 12 }],
  ["betriebsnummer", { of: digits, min: 8, max: 8, check: betriebsnummer }],
  ["digits", { of: digits, min: 1, max: 200 }],
  ["latin_capitals_digits", { of: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + digits, min: 1, max: 200 }],
  ["postcode_de", { of: digits, min: 5, max: 5, never: "00" }],
  ["year", { of: digits, min: 4, max: 4, never: "0000" }],
]);

/** Whether the whole text has the form; false for a name that is not known. */
export function fits(name: string, text: string): boolean {
  const p = patterns.get(name);
  if (!p || text.length < p.min || text.length > p.max || (p.never && text.startsWith(p.never))) return false;
  return [...text].every((c) => p.of.includes(c)) && (p.check?.(text) ?? true);
}

/** The last digit is the sum of the digits of the products with 1, 2, 1, … by ten, or that plus five. */
function betriebsnummer(text: string): boolean {
  let sum = 0;
  for (let i = 0; i < 7; i++) {
    const product = Number(text[i]) * (1 + (i % 2));
    sum += Math.floor(product / 10) + (product % 10);
  }
  return (sum - Number(text[7])) % 5 === 0;
}
