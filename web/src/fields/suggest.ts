// Finds the entries of a list that a text can mean.
import { fold } from "../entry";

const shown = 8; // rows of the list

export interface Hit {
  code: string;
  name: string;
  at: number; // where the match begins, -1 where only the code matches
}

/** The best hits: names that begin with the text, then words that do, then codes. */
export function search(entries: [string, string][], text: string, locale: string): Hit[] {
  const wanted = fold(text);
  const collator = new Intl.Collator(locale);
  const hits: (Hit & { rank: number })[] = [];
  for (const [code, name] of entries) {
    const folded = fold(name);
    const at = folded.startsWith(wanted) ? 0 : wordAt(folded, wanted);
    if (at >= 0) hits.push({ code, name, at: folded.length === name.length ? at : -1, rank: at === 0 ? 0 : 1 });
    else if (code.toLowerCase() === wanted) hits.push({ code, name, at: -1, rank: 2 });
  }
  return hits.sort((a, b) => a.rank - b.rank || collator.compare(a.name, b.name)).slice(0, shown);
}

function wordAt(name: string, wanted: string): number {
  for (let at = name.indexOf(wanted); at > 0; at = name.indexOf(wanted, at + 1)) if (/[^\p{L}]/u.test(name[at - 1]!)) return at;
  return -1;
}
