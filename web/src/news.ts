/** What has changed in the law since a person began her draft. */
import { html, nothing, type TemplateResult } from "lit";
import { json } from "./api";
import type { Texts } from "./text";

/** A change that a person notices; amounts of fees and figures as people read them. */
export interface News {
  change: "new" | "gone" | "changed";
  kind: string;
  name: string;
  was?: string;
  is?: string;
  basis: string[];
}

/** The changes in a service of an authority since an edition and a day; none when the platform cannot tell now. */
export function newsSince(hash: string, day: string, service: string, ags: string, language: string): Promise<News[]> {
  const query = new URLSearchParams({ ags, lang: language, hash, since: day });
  return json<{ changes: News[] }>(`/api/v1/services/${service}/changes?${query}`, { language }).then((n) => n.changes, () => []);
}

/** Each change in a line, with its paragraph. */
export function newsView(news: News[], texts: Texts): TemplateResult {
  const amounts = (n: News) => (n.was && n.is ? html`: ${texts.get("ui.news.amount", { was: n.was, is: n.is })}` : nothing);
  return html`<ul class="news">${news.map((n) => html`<li>${texts.get(`ui.news.${n.change}`)} ${n.name}${amounts(n)} <span class="small muted">(${n.basis.join(", ")})</span></li>`)}</ul>`;
}
