/** How states look on the status page: a colour, and always an icon and a word with it. */
import type { CaseState } from "../contract/states.ts";
import { html, type Html } from "./markup.ts";

export type Tone = "good" | "attention" | "bad" | "waiting";

const ICONS = {
  ring: html`<svg viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="4" /></svg>`,
  half: html`<svg viewBox="0 0 12 12" aria-hidden="true">
    <circle cx="6" cy="6" r="4" />
    <path d="M6 3v6a3 3 0 0 0 0-6z" fill="currentColor" stroke="none" />
  </svg>`,
  person: html`<svg viewBox="0 0 12 12" aria-hidden="true">
    <circle cx="6" cy="3.5" r="2" />
    <path d="M1.5 11a4.5 4.5 0 0 1 9 0" />
  </svg>`,
  arrow: html`<svg viewBox="0 0 12 12" aria-hidden="true"><path d="M1 6h9M6.5 2.5 10 6 6.5 9.5" /></svg>`,
  check: html`<svg viewBox="0 0 12 12" aria-hidden="true"><path d="m1.5 6.5 3 3 6-7" /></svg>`,
  cross: html`<svg viewBox="0 0 12 12" aria-hidden="true"><path d="m2 2 8 8m0-8-8 8" /></svg>`,
  dash: html`<svg viewBox="0 0 12 12" aria-hidden="true"><path d="M2 6h8" /></svg>`,
  back: html`<svg viewBox="0 0 12 12" aria-hidden="true"><path d="M11 6H2m3.5-3.5L2 6l3.5 3.5" /></svg>`,
  mark: html`<svg viewBox="0 0 12 12" aria-hidden="true"><path d="M6 1v6m0 2.5v1.5" /></svg>`,
};

export const LOOKS: Record<CaseState, { tone: Tone; icon: keyof typeof ICONS }> = {
  received: { tone: "waiting", icon: "ring" },
  running: { tone: "waiting", icon: "half" },
  in_review: { tone: "waiting", icon: "person" },
  decided: { tone: "waiting", icon: "ring" },
  delivering: { tone: "waiting", icon: "arrow" },
  delivered: { tone: "good", icon: "check" },
  failed_delivery: { tone: "bad", icon: "cross" },
  returned: { tone: "attention", icon: "back" },
  closed: { tone: "waiting", icon: "dash" },
  cancelled: { tone: "waiting", icon: "dash" },
  erased: { tone: "waiting", icon: "dash" },
};

/** A word with its icon in the colour of its tone. */
export function mark(tone: Tone, icon: keyof typeof ICONS, word: string): Html {
  return html`<span class="mark ${tone}">${ICONS[icon]}${word}</span>`;
}
