// The script that authorities embed. It is small: the elements come when the page has one of them.

/** The services; each has the same form over its own definition. */
const services = [
  "at-ausbildung", "at-erwerbstaetigkeit", "at-fachkraefteverfahren", "at-familiennachzug", "at-germany-for-ukraine", "at-humanitaere-gruende", "at-nebenbestimmungen",
  "at-niederlassungserlaubnis", "at-sonstiges", "aw-aufenthaltskarte", "aw-beschaeftigungserlaubnis",
] as const;

type Tag = (typeof services)[number] | "aufenthalt-status" | "aufenthalt-wegweiser" | "aufenthalt-digital";

/** A class can be the element of one tag only. */
const formOf = async (): Promise<CustomElementConstructor> => class extends (await import("./form")).Form {};

const elements = Object.fromEntries(services.map((tag) => [tag, formOf])) as Record<Tag, () => Promise<CustomElementConstructor>>;
elements["aufenthalt-wegweiser"] = async () => (await import("./wegweiser")).Wegweiser;
elements["aufenthalt-digital"] = async () => (await import("./digital")).Digital;
elements["aufenthalt-status"] = async () => (await import("./status")).Status;

/** Defines one element; for pages that make it inside a shadow root of their own. */
export async function load(tag: Tag): Promise<void> {
  const element = await elements[tag]();
  if (!customElements.get(tag)) customElements.define(tag, element);
}

const waiting = new Set(Object.keys(elements) as Tag[]);

function look(): void {
  for (const tag of waiting) {
    if (!document.querySelector(tag)) continue;
    waiting.delete(tag);
    load(tag).catch(() => waiting.add(tag));
  }
  if (waiting.size === 0) observer.disconnect();
}

const observer = new MutationObserver(look);
observer.observe(document.documentElement, { childList: true, subtree: true });
look();
