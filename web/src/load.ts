// Loads a definition, and the words that all services share, from the platform; both at once.
import { json } from "./api";
import type { View } from "./view";

/** What all services share in one language. */
export interface Words {
  hash: string;
  language: string;
  texts: Record<string, string>;
  countries: [string, string][];
  nationalities: [string, string][];
}

/** The part of a view that the platform sends for one service; it names the words that it was made with. */
type Own = Omit<View, "countries" | "nationalities"> & { words: string };

export const wordsOf = (language: string): Promise<Words> => json<Words>(`/api/v1/words/${encodeURIComponent(language)}`, { language });

/** The definition of a service for an authority. A language that is not there gives another, as the view says. */
export async function viewOf(service: string, ags: string, language: string): Promise<View> {
  const query = new URLSearchParams({ ags, lang: language });
  const [own, first] = await Promise.all([json<Own>(`/api/v1/services/${service}?${query}`, { language }), wordsOf(language)]);
  const words = own.words === first.hash ? first : await wordsOf(own.language); // a new edition came between the two answers
  return { ...own, texts: { ...words.texts, ...own.texts }, countries: words.countries, nationalities: words.nationalities };
}
