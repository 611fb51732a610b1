/**
 * Finds a word in bytes, whatever it was written in: as text in any case, UTF-16, hex, base64 at any offset, URL or
 * JSON escapes, backwards. Used to prove that something is nowhere; the word is ASCII letters and digits.
 */

export interface Trace {
  /** How the word was written there. */
  form: string;
  /** Offset of its first byte. */
  at: number;
}

/** Every trace in the bytes, form by form; at most a thousand of each. */
export function tracesOf(word: string, bytes: Uint8Array): Trace[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const traces: Trace[] = [];
  for (const { form, pattern } of formsOf(word))
    for (
      let at = buffer.indexOf(pattern), n = 0;
      at >= 0 && n < 1_000;
      at = buffer.indexOf(pattern, at + 1), n++
    )
      traces.push({ form, at });
  return traces;
}

/** Writes the word in one form, for tests of the finder. */
export function writtenAs(word: string): Record<string, Buffer> {
  const around = `the ${word} itself`;
  return {
    text: Buffer.from(around),
    "lower case": Buffer.from(around.toLowerCase()),
    "upper case": Buffer.from(around.toUpperCase()),
    backwards: Buffer.from(Array.from(around).reverse().join("")),
    "UTF-16": Buffer.from(around, "utf16le"),
    hex: Buffer.from(Buffer.from(around).toString("hex")),
    "upper-case hex": Buffer.from(Buffer.from(around).toString("hex").toUpperCase()),
    "base64, first offset": Buffer.from(Buffer.from(`   ${word}...`).toString("base64")),
    "base64, second offset": Buffer.from(Buffer.from(` ${word}...`).toString("base64")),
    "base64, third offset": Buffer.from(Buffer.from(`  ${word}...`).toString("base64url")),
    "URL escapes": Buffer.from(escaped(around, (code) => `%${code.toString(16)}`)),
    "JSON escapes": Buffer.from(escaped(around, (code) => `\\u${code.toString(16).padStart(4, "0")}`)),
  };
}

const known = new Map<string, { form: string; pattern: Buffer }[]>();

function formsOf(word: string): { form: string; pattern: Buffer }[] {
  if (!/^[A-Za-z0-9]{6,}$/.test(word))
    throw new Error(`"${word}" is no word that can be looked for: letters and digits are.`);
  let forms = known.get(word);
  if (forms === undefined) known.set(word, (forms = buildForms(word)));
  return forms;
}

function buildForms(word: string): { form: string; pattern: Buffer }[] {
  const hex = Buffer.from(word).toString("hex");
  const texts: [string, string][] = [
    ["text", word],
    ["lower case", word.toLowerCase()],
    ["upper case", word.toUpperCase()],
    ["backwards", Array.from(word).reverse().join("")],
    ["hex", hex],
    ["upper-case hex", hex.toUpperCase()],
    ["URL escapes", escaped(word, (code) => `%${code.toString(16)}`)],
    ["JSON escapes", escaped(word, (code) => `\\u${code.toString(16).padStart(4, "0")}`)],
    ...(["base64", "base64url"] as const).flatMap((encoding) =>
      [0, 1, 2].map((offset): [string, string] => [
        `${encoding} at offset ${offset}`,
        base64Core(word, offset, encoding),
      ]),
    ),
  ];
  return [
    ...texts.map(([form, text]) => ({ form, pattern: Buffer.from(text) })),
    { form: "UTF-16", pattern: Buffer.from(word, "utf16le") },
  ];
}

/** The letters of base64 that depend on the word alone when it begins at this offset of three bytes. */
function base64Core(word: string, offset: number, encoding: "base64" | "base64url"): string {
  const text = Buffer.from("\0".repeat(offset) + word)
    .toString(encoding)
    .replaceAll("=", "");
  const whole = Math.floor(((offset + word.length) * 8) / 6);
  return text.slice(Math.ceil((offset * 8) / 6), whole);
}

function escaped(text: string, escape: (code: number) => string): string {
  return Array.from(text, (letter) => escape(letter.charCodeAt(0))).join("");
}
