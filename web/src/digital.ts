// <aufenthalt-digital>: everything that an authority has online, and the router for those who do not know which of it is theirs. What is
// chosen opens in its place.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { Failure, json } from "./api";
import { Base } from "./base";
import { icon } from "./icons";
import { wordsOf } from "./load";
import { Texts } from "./text";
import type { Authority } from "./view";

interface Offers {
  authority: Authority;
  environment: string;
  languages: string[];
  services: { tag: string; title: string; intro: string }[];
}

const router = "aufenthalt-wegweiser";

export class Digital extends Base {
  private offers: Offers | undefined;
  private failure: string | undefined;
  private failing = false;
  private started: string | undefined;
  private inner: HTMLElement | undefined; // what was chosen

  override willUpdate(changed: PropertyValues): void {
    if (this.started !== (this.ags ?? "") || (changed.has("language") && changed.get("language") !== undefined)) {
      this.started = this.ags ?? "";
      void this.load(this.language || "de");
    }
  }

  private async load(language: string): Promise<void> {
    try {
      const query = new URLSearchParams({ lang: language });
      const [offers, words] = await Promise.all([json<Offers>(`/api/v1/authorities/${encodeURIComponent(this.ags ?? "")}?${query}`, { language }), wordsOf(language)]);
      this.offers = offers;
      this.texts = new Texts(words.language, words.texts);
      this.failing = false;
    } catch (error) {
      this.failure = error instanceof Failure ? error.problem.detail : undefined;
      this.failing = this.offers === undefined; // what is there stays
    }
    this.requestUpdate();
  }

  /** Opens a service or the router in this place, unless the page goes its own way. */
  private async open(tag: string): Promise<void> {
    const ours = this.dispatchEvent(new CustomEvent("aufenthalt-way", { detail: { service: tag }, bubbles: true, composed: true, cancelable: true }));
    if (!ours) return;
    const inner = await (tag === router ? import("./wegweiser").then((m) => m.routerOf(this)) : import("./form").then((m) => m.formOf(tag, this))).catch(() => undefined);
    this.failure = inner ? undefined : this.texts.get("ui.part_failed");
    if (!inner) return this.requestUpdate();
    inner.slot = "antrag";
    this.append(inner);
    this.inner = inner;
    this.requestUpdate();
    this.scrollIntoView({ block: "start" });
    await this.focusOn(".back");
  }

  private readonly leave = async (): Promise<void> => {
    this.querySelectorAll(":scope > [slot=antrag]").forEach((e) => e.remove()); // forms save their drafts themselves
    this.inner = undefined;
    this.requestUpdate();
    await this.toTop();
  };

  override render(): TemplateResult {
    if (this.failing) return this.failed(this.failure, () => void this.load(this.language || "de"));
    if (!this.offers) return this.loading();
    const { texts, offers } = this;
    if (this.inner) return html`${this.frame(html`<div class="at-in slim"><button class="btn-link back" type="button" @click=${this.leave}>${icon("back")}${texts.get("ui.digital.back")}</button></div>`, "strip")}<slot name="antrag"></slot>`;
    return this.frame(html`${this.testLabel(this.environment === "PRE" ? "PRE" : offers.environment)}${this.bar(texts.get("ui.online"), offers.languages, (l) => void this.load(l))}
      <div class="at-in"><div data-heading>${this.heading(this.step, texts.get("ui.digital.title", { authority: offers.authority.name }), "", "title", true)}</div>
      ${this.failure ? this.note("bad", "alert", this.failure, nothing, "alert") : nothing}
      <section class="way first" aria-labelledby="way-router">${this.heading(this.level, texts.get("ui.digital.unsure"), "h3", "way-router")}<p>${texts.get("ui.digital.unsure.text")}</p>
        <button class="btn" type="button" aria-describedby="way-router" @click=${() => void this.open(router)}>${texts.get("ui.digital.router")}</button></section>
      <ul class="ways">${offers.services.map((s) => html`<li><section class="way" aria-labelledby="way-${s.tag}">${this.heading(this.level, s.title, "h3", `way-${s.tag}`)}<p>${s.intro}</p>
        <button class="btn btn-2" type="button" aria-describedby="way-${s.tag}" @click=${() => void this.open(s.tag)}>${texts.get("ui.digital.open")}</button></section></li>`)}</ul></div>`);
  }
}
