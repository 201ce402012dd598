// Icons as inline SVG on a 24-px grid, never seen by screen readers: words carry the meaning.
import { svg, type SVGTemplateResult } from "lit";

const shapes = {
  alert: svg`<path d="M12 2.8 21.2 12 12 21.2 2.8 12Z"/><path d="M12 8v5"/><path d="M12 16.2v.1"/>`,
  back: svg`<path d="M15 5 8 12l7 7"/>`,
  bubble: svg`<path d="M3.5 4.5h17v12H11l-4.5 4v-4h-3Z"/>`,
  check: svg`<path d="M5 12.5 10 17.5 19.5 7"/>`,
  clock: svg`<circle cx="12" cy="12" r="9.5"/><path d="M12 6.5V12l3.8 2.2"/>`,
  cloud: svg`<path d="M7 18.5a4.5 4.5 0 0 1-.6-8.96A6 6 0 0 1 18 10.1a4.2 4.2 0 0 1-.4 8.4Z"/><path d="m9.5 13.8 2 2 3.4-3.8"/>`,
  copy: svg`<rect x="8.5" y="8.5" width="12" height="12" rx="1.5"/><path d="M15.5 8.5v-5h-12v12h5"/>`,
  cross: svg`<path d="m6 6 12 12M18 6 6 18"/>`,
  document: svg`<path d="M6 2.5h8l4.5 4.5v14.5H6Z"/><path d="M14 2.5V7h4.5"/><path d="M9 12h6M9 16h6"/>`,
  done: svg`<circle cx="12" cy="12" r="9.5"/><path d="M7.5 12.5 10.8 15.8 16.8 9"/>`,
  down: svg`<path d="m5 9 7 7 7-7"/>`,
  euro: svg`<path d="M18.5 5.8A7.5 7.5 0 1 0 18.5 18.2"/><path d="M3.5 10h10M3.5 14h9"/>`,
  globe: svg`<circle cx="12" cy="12" r="9.5"/><path d="M2.5 12h19"/><path d="M12 2.5c3 2.8 4 6 4 9.5s-1 6.7-4 9.5c-3-2.8-4-6-4-9.5s1-6.7 4-9.5Z"/>`,
  house: svg`<path d="M12 21.5c4.7-5 7-8.6 7-11.5a7 7 0 0 0-14 0c0 2.9 2.3 6.5 7 11.5Z"/><circle cx="12" cy="10" r="2.5"/>`,
  info: svg`<circle cx="12" cy="12" r="9.5"/><path d="M12 11v6"/><path d="M12 7.4v.1"/>`,
  lock: svg`<rect x="5" y="10.5" width="14" height="10" rx="1.5"/><path d="M8 10.5V7.5a4 4 0 0 1 8 0v3"/>`,
  plus: svg`<path d="M12 5v14M5 12h14"/>`,
  question: svg`<circle cx="12" cy="12" r="9.5"/><path d="M9.3 9.4a2.8 2.8 0 1 1 4 2.6c-.9.4-1.3 1-1.3 2"/><path d="M12 17.2v.1"/>`,
  retry: svg`<path d="M20 12a8 8 0 1 1-2.5-5.8"/><path d="M20.5 3v5h-5"/>`,
  save: svg`<path d="M12 4v12"/><path d="m7 11 5 5 5-5"/><path d="M4 17v3h16v-3"/>`,
  trash: svg`<path d="M4 6.5h16"/><path d="M9 6.5V4h6v2.5"/><path d="M6 6.5 7 20.5h10l1-14"/>`,
  unlinked: svg`<path d="M7 18.5a4.5 4.5 0 0 1-.6-8.96A6 6 0 0 1 8 6.7M11 5.5a6 6 0 0 1 7 4.6 4.2 4.2 0 0 1 2 7"/><path d="m3.5 3.5 17 17"/>`,
  upload: svg`<path d="M12 16V4"/><path d="m7 9 5-5 5 5"/><path d="M4 16v4h16v-4"/>`,
  warning: svg`<path d="M12 3.5 22 20.5H2Z"/><path d="M12 10v5"/><path d="M12 17.6v.1"/>`,
} satisfies Record<string, SVGTemplateResult>;

export type Icon = keyof typeof shapes;

export const icon = (name: Icon): SVGTemplateResult =>
  svg`<svg class=${name === "back" ? "i flip" : "i"} viewBox="0 0 24 24" aria-hidden="true" focusable="false">${shapes[name]}</svg>`;
