// The script that authorities embed. It is small: the elements come when the page has one of them.

type Tag = "at-erwerbstaetigkeit" | "aufenthalt-status";

const elements: Record<Tag, () => Promise<CustomElementConstructor>> = {
  "at-erwerbstaetigkeit": async () => (await import("./form")).Form,
  "aufenthalt-status": async () => (await import("./status")).Status,
};

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
