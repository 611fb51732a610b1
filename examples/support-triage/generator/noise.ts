/**
 * What happens to texts on their way from a head to a mailbox: capitals, typos, telegram style, missing umlauts, emoji.
 *
 * Works on the customer's own words, before quoted mails are put below. Pure.
 */
import type { Chance } from "./seeded.ts";
import type { Language } from "./taxonomy.ts";

export type Noise = "none" | "capitals" | "typos" | "sms" | "no_umlauts" | "mojibake" | "one_line" | "emoji";

/** How often each happens, in parts of their sum. Emoji are added here and for chat tickets. */
const USUAL: readonly (readonly [Noise, number])[] = [
  ["none", 70],
  ["typos", 10],
  ["sms", 6],
  ["capitals", 4],
  ["no_umlauts", 4],
  ["one_line", 4],
  ["emoji", 8],
  ["mojibake", 1],
];

export function drawNoise(chance: Chance): Noise {
  let left = chance.between(
    1,
    USUAL.reduce((sum, [, weight]) => sum + weight, 0),
  );
  for (const [noise, weight] of USUAL) {
    left -= weight;
    if (left <= 0) return noise;
  }
  return "none";
}

export function addNoise(noise: Noise, text: string, chance: Chance, language: Language): string {
  switch (noise) {
    case "none":
      return text;
    case "capitals":
      return text.toUpperCase();
    case "typos":
      return withTypos(text, chance);
    case "sms":
      return asMessage(text, language);
    case "no_umlauts":
      return spelledOut(text);
    case "mojibake":
      return Buffer.from(text, "utf8")
        .toString("latin1")
        .replace(/[\x80-\x9f]/g, asWindows);
    case "one_line":
      return text.replace(/\s*\n\s*/g, " ");
    case "emoji":
      return withEmoji(text, chance);
  }
}

/** One word in fifteen or so gets the slip of a hurried hand; numbers and names of fields are left alone. */
function withTypos(text: string, chance: Chance): string {
  return text.replace(/\p{L}{4,}/gu, (word) => {
    if (!chance.happens(0.07)) return word;
    const at = chance.between(1, word.length - 2);
    switch (chance.between(1, 4)) {
      case 1:
        return `${word.slice(0, at)}${word[at + 1]}${word[at]}${word.slice(at + 2)}`;
      case 2:
        return `${word.slice(0, at)}${word.slice(at + 1)}`;
      case 3:
        return `${word.slice(0, at)}${word[at]}${word.slice(at)}`;
      default:
        return word.toLowerCase();
    }
  });
}

const SHORT_FORMS: Record<Language, [RegExp, string][]> = {
  de: [
    [/\bund\b/g, "u"],
    [/\bnicht\b/g, "nich"],
    [/\bvielen dank\b/g, "thx"],
    [/\bmit freundlichen grüßen\b/g, "mfg"],
    [/\beine\b/g, "ne"],
    [/\bhabe\b/g, "hab"],
    [/\bsehr geehrte damen und herren\b/g, "hallo"],
  ],
  en: [
    [/\byou\b/g, "u"],
    [/\bare\b/g, "r"],
    [/\bplease\b/g, "pls"],
    [/\bthanks\b/g, "thx"],
    [/\band\b/g, "&"],
    [/\byour\b/g, "ur"],
    [/\bbecause\b/g, "cuz"],
  ],
};

/** Typed with one thumb: small letters, short forms, hardly a full stop. */
function asMessage(text: string, language: Language): string {
  const short = SHORT_FORMS[language].reduce(
    (so, [long, form]) => so.replace(long, form),
    text.toLowerCase().replace(/,/g, ""),
  );
  return short.replace(/\.(\s|$)/g, "$1").replace(/\n{2,}/g, "\n");
}

const SPELLED: Record<string, string> = {
  ä: "ae",
  ö: "oe",
  ü: "ue",
  ß: "ss",
  Ä: "Ae",
  Ö: "Oe",
  Ü: "Ue",
  "€": "EUR",
};

function spelledOut(text: string): string {
  return text.replace(/[äöüßÄÖÜ€]/g, (letter) => SPELLED[letter]!);
}

/** Bytes that are controls in ISO 8859-1 show as letters and marks in Windows-1252. */
function asWindows(letter: string): string {
  return WINDOWS[letter.charCodeAt(0) - 0x80] ?? "";
}

const WINDOWS = Array.from("€?‚ƒ„…†‡ˆ‰Š‹Œ?Ž??‘’“”•–—˜™š›œ?žŸ");

const EMOJI = ["😡", "🙏", "☕", "😕", "👍", "🤷", "😅", "🚨", "❗", "😭", "🙈", "📦"];

function withEmoji(text: string, chance: Chance): string {
  const paragraphs = text.split("\n");
  const marked = chance.between(0, paragraphs.length - 1);
  const mark = chance.pick(EMOJI).repeat(chance.between(1, 3));
  return paragraphs.map((line, at) => (at === marked ? `${line} ${mark}`.trim() : line)).join("\n");
}
