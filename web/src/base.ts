// What both elements share: texts, direction, headings, focus, the bar with the language, and notes.
import { html, LitElement, nothing, unsafeCSS, type CSSResultGroup, type PropertyDeclarations, type TemplateResult } from "lit";
import { icon, type Icon } from "./icons";
import sheet from "./style.css";
import { directionOf, ownName, Texts } from "./text";

/** Said while there are no texts yet, in both languages that are always there. */
const loadingText = "Wird geladen … / Loading …";
const failedText = "Das konnte nicht geladen werden. Bitte prüfen Sie Ihre Verbindung. / This could not be loaded. Please check your connection.";
const againText = "Noch einmal versuchen / Try again";

export abstract class Base extends LitElement {
  static override styles: CSSResultGroup = unsafeCSS(sheet);
  static override properties: PropertyDeclarations = {
    ags: { type: String },
    language: { type: String },
    environment: { type: String },
    headingLevel: { type: Number, attribute: "heading-level" },
    theme: { type: String, reflect: true },
  };

  declare ags: string;
  declare language: string;
  declare environment: string;
  declare headingLevel: number;
  declare theme: string;

  texts = new Texts("de", {});
  protected languagesOpen = false;

  /** Level of the headings inside a page. */
  get level(): number {
    return this.step + 1;
  }

  /** Level of a page's own heading. */
  get step(): number {
    const n = this.headingLevel;
    return Number.isInteger(n) && n >= 1 && n <= 4 ? n : 2;
  }

  /** A heading of a level that the authority's page decides. */
  heading(level: number, text: unknown, look = "", id: string | typeof nothing = nothing, focusable = false): TemplateResult {
    const tab = focusable ? "-1" : nothing;
    switch (Math.min(level, 6)) {
      case 1:
        return html`<h1 class=${look} id=${id} tabindex=${tab}>${text}</h1>`;
      case 2:
        return html`<h2 class=${look} id=${id} tabindex=${tab}>${text}</h2>`;
      case 3:
        return html`<h3 class=${look} id=${id} tabindex=${tab}>${text}</h3>`;
      case 4:
        return html`<h4 class=${look} id=${id} tabindex=${tab}>${text}</h4>`;
      case 5:
        return html`<h5 class=${look} id=${id} tabindex=${tab}>${text}</h5>`;
    }
    return html`<h6 class=${look} id=${id} tabindex=${tab}>${text}</h6>`;
  }

  note(kind: "" | "ok" | "warn" | "bad", sign: Icon, lead: unknown, text: unknown = nothing, role?: "status" | "alert", more: unknown = nothing): TemplateResult {
    return html`<div class="note ${kind}" role=${role ?? nothing}>${icon(sign)}<div><strong>${lead}</strong>${text === nothing || text === undefined ? nothing : html`<p>${text}</p>`}${more}</div></div>`;
  }

  /** The frame of the element in its language and direction. */
  protected frame(inner: unknown, look = ""): TemplateResult {
    return html`<div class="frame"><div class="at ${look}" lang=${this.texts.language} dir=${directionOf(this.texts.language)}>${inner}</div></div>`;
  }

  protected bar(title: string, languages: readonly string[], choose: (language: string) => void): TemplateResult {
    const now = this.texts.language;
    const toggle = () => {
      this.languagesOpen = !this.languagesOpen;
      this.requestUpdate();
    };
    const take = (language: string) => {
      this.languagesOpen = false;
      this.requestUpdate();
      if (language !== now) choose(language);
      void this.focusOn(".langbtn");
    };
    return html`<div class="at-bar"><p class="t">${title}</p>${languages.length < 2 ? nothing : html`<button class="langbtn" type="button" aria-expanded=${this.languagesOpen ? "true" : "false"} aria-controls="languages"
        aria-label=${this.texts.get("ui.language.button", { language: ownName(now) })} @click=${toggle}>${icon("globe")}<span>${ownName(now)}</span></button>`}</div>
      <div id="languages" class="languages" ?hidden=${!this.languagesOpen}><ul class="langs" aria-label=${this.texts.get("ui.language.list")}>${languages.map((l) => html`
        <li><button type="button" lang=${l} dir=${directionOf(l)} aria-current=${l === now ? "true" : nothing} @click=${() => take(l)}>${ownName(l)}</button></li>`)}</ul>
        <p class="hint">${this.texts.get("ui.language.binding")}</p></div>`;
  }

  /** The permanent label of a test environment. */
  protected testLabel(environment: string): unknown {
    return environment === "PRO" || environment === "" ? nothing : html`<p class="test">${this.texts.get("ui.test")}</p>`;
  }

  protected loading(): TemplateResult {
    return this.frame(html`<div class="at-in"><p role="status">${loadingText}</p></div>`);
  }

  protected failed(detail: string | undefined, again: () => void): TemplateResult {
    return this.frame(html`<div class="at-in"><div class="note bad" role="alert">${icon("alert")}<div><p>${detail ?? failedText}</p></div></div>
      <div class="acts"><button class="btn" type="button" @click=${again}>${againText}</button></div><slot></slot></div>`); // the page's own words tell another way
  }

  /** Moves the focus to what a selector finds once it is drawn. */
  async focusOn(selector: string): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(selector)?.focus();
  }

  /** Shows the top of the element and its heading: only where the page really changes. */
  async toTop(): Promise<void> {
    await this.updateComplete;
    const heading = this.renderRoot.querySelector<HTMLElement>("[data-heading] :is(h1,h2,h3,h4,h5,h6)");
    heading?.focus({ preventScroll: true });
    this.scrollIntoView({ block: "start" });
  }

  protected tell(name: string, detail: Record<string, string | number>): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

/** Makes an element of a tag for the same authority, in the language and look of another one. The class counts when the tag has none yet. */
export function elementOf<T extends Base>(tag: string, kind: new () => T, like: Base): T {
  if (!customElements.get(tag)) customElements.define(tag, kind);
  const element = document.createElement(tag) as T;
  for (const name of ["ags", "environment", "heading-level", "theme"]) {
    const value = like.getAttribute(name);
    if (value !== null) element.setAttribute(name, value);
  }
  element.language = like.texts.language;
  return element;
}
