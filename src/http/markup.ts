/** HTML as a type of its own, so that text from outside cannot become markup by accident. */

/** Text that is HTML already; everything else is escaped on its way in. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Part = Html | string | number | readonly Part[];

/** Builds HTML from a template; every value that is not HTML itself is escaped, lists are joined. */
export function html(pieces: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(pieces.reduce((text, piece, at) => text + plain(parts[at - 1]!) + piece));
}

function plain(part: Part): string {
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return part.map((one: Part) => plain(one)).join("");
  return `${part as string | number}`
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

export const NOTHING = html``;
