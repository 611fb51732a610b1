/**
 * Numbers with a checksum: bank accounts, cards, tax, insurance and VAT numbers.
 *
 * Pure, over a folded text (fold.ts). Each expression has a bounded length, so that the work grows with the text alone.
 * What a label announces and the checksum denies is `suspect`, for people mistype real numbers. Weak checksums count
 * only beside a label, or in the form in which the number is always written.
 */
import type { Checks } from "./checks.ts";
import type { Found } from "./kinds.ts";
import { labelled } from "./labelled.ts";

/**
 * What may stand between two groups of a number: a mark, or a few blanks, tabs and line breaks. In the expressions below `_`
 * stands for it.
 */
const GAP = String.raw`(?:[./-]|\s{1,4})?`;
const MOST_BLANKS = 4;
const written = (pattern: string, flags = "g") => new RegExp(pattern.replaceAll("_", GAP), flags);

export function numbersIn(text: string, checks: Checks): Found[] {
  return [
    ...ibansIn(text, checks),
    ...cardsIn(text, checks),
    ...FORMS.flatMap((form) => formIn(text, form, checks)),
  ];
}

const IBAN_HEAD = written(String.raw`[A-Z]_[A-Z]_\d_\d`, "gi");
const IBAN_LABEL = /iban|konto|account|bankverbindung/i;

function ibansIn(text: string, checks: Checks): Found[] {
  const found: Found[] = [];
  IBAN_HEAD.lastIndex = 0;
  for (let head = IBAN_HEAD.exec(text); head !== null; head = IBAN_HEAD.exec(text)) {
    const start = head.index;
    IBAN_HEAD.lastIndex = start + 1;
    const country = head[0].replaceAll(/[^A-Z]/gi, "").toUpperCase();
    const length = checks.ibanLength(country);
    if (length === undefined) continue;
    const { compact, end } = lettersFrom(text, start, length);
    if (compact.length < length) continue;
    if (checks.iban(compact.toUpperCase())) found.push({ kind: "iban", start, end });
    else if (/\d{6}/.test(compact) && isWord(text, start, end) && labelled(text, start, IBAN_LABEL))
      found.push({ kind: "suspect", start, end });
    else continue;
    IBAN_HEAD.lastIndex = end;
  }
  return found;
}

const isWord = (text: string, start: number, end: number) =>
  !/[\p{L}\d]/u.test(text.charAt(start - 1)) && !/[\p{L}\d]/u.test(text.charAt(end));

/** So many letters and digits from here on, with a few blanks, dots or hyphens between them. */
function lettersFrom(text: string, start: number, most: number): { compact: string; end: number } {
  let compact = "";
  let end = start;
  for (
    let at = start, between = 0;
    at < text.length && compact.length < most && between <= MOST_BLANKS;
    at++
  ) {
    const letter = text.charAt(at);
    if (/[a-z\d]/i.test(letter)) {
      compact += letter;
      end = at + 1;
      between = 0;
    } else if (/[\s.-]/.test(letter)) between++;
    else break;
  }
  return { compact, end };
}

const CARD_HEAD = written(String.raw`(?<!\d)[2-6](?=(?:_\d){3})`);
const CARD_LABEL = /karte|card|visa|amex|american express/i;
/** As they are printed: in one, in fours, and as American Express and Diners have them. */
const CARD_FORM = /^(?:\d{14,19}|\d{4}([ .-])\d{4}\1\d{4}\1\d{2,4}(?:\1\d{3})?|\d{4}([ .-])\d{6}\2\d{4,5})$/;

function cardsIn(text: string, { luhn }: Checks): Found[] {
  const found: Found[] = [];
  CARD_HEAD.lastIndex = 0;
  for (let head = CARD_HEAD.exec(text); head !== null; head = CARD_HEAD.exec(text)) {
    const start = head.index;
    const card = cardFrom(text, start, luhn);
    if (card === undefined) continue;
    found.push(card);
    CARD_HEAD.lastIndex = card.end;
  }
  return found;
}

function cardFrom(text: string, start: number, luhn: (digits: string) => boolean): Found | undefined {
  const ends: number[] = [];
  let digits = "";
  for (let at = start, between = 0; at < text.length && digits.length < 19 && between <= MOST_BLANKS; at++) {
    const letter = text.charAt(at);
    if (letter >= "0" && letter <= "9") {
      digits += letter;
      ends.push(at + 1);
      between = 0;
    } else if (/\s/.test(letter)) between++;
    // A mark stands alone.
    else if ((letter === "-" || letter === ".") && between === 0) between = MOST_BLANKS;
    else break;
  }
  const announced = digits.length >= 13 && labelled(text, start, CARD_LABEL);
  let suspect: Found | undefined;
  for (let length = digits.length; length >= 14; length--) {
    const end = ends[length - 1]!;
    if (/\d/.test(text.charAt(end))) continue;
    const number = digits.slice(0, length);
    if (!isIssued(number) || !(announced || CARD_FORM.test(inLine(text.slice(start, end))))) continue;
    if (luhn(number)) return { kind: "card", start, end };
    if (announced) suspect ??= { kind: "suspect", start, end };
  }
  return suspect;
}

/** As it stands where it is not broken into lines. */
const inLine = (text: string) => text.replaceAll(/\s+/g, " ");

/** First digits and lengths of Visa, Mastercard, Maestro, American Express, Diners, Discover, JCB and UnionPay. */
const ISSUED =
  /^(?:4\d{15}(?:\d{3})?|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-59]|[689]\d)\d{11,16}|6\d{15,18}|5[06-9]\d{12,17}|35\d{14,17})$/;
const isIssued = (number: string) => ISSUED.test(number);

/** A number of one form: where it counts by itself, where only beside its label, and what it is checked by. */
interface Form {
  kind: "taxId" | "socialInsurance" | "vatId";
  pattern: RegExp;
  label: RegExp;
  /** Counts without a label. */
  alone?: RegExp;
  check(checks: Checks): (compact: string) => boolean;
}

const TAX_LABEL = /steuer|tax|id-?nr|\btin\b/i;
const INSURANCE_LABEL = /\bsv\b|sv-?nr|svnr|sozialvers|versicherungsn|rentenvers|social|insurance/i;
const VAT_LABEL = /ust|vat|\buid\b|umsatzsteuer|mwst/i;

const FORMS: readonly Form[] = [
  {
    kind: "taxId",
    pattern: written(String.raw`(?<!\d)[1-9](?:_\d){10}(?!\d)`),
    label: TAX_LABEL,
    alone: /^(?:\d{11}|\d\d \d{3} \d{3} \d{3})$/,
    check: (checks) => checks.taxId,
  },
  {
    kind: "socialInsurance",
    pattern: written(String.raw`(?<!\d)\d(?:_\d){7}_[A-Z](?:_\d){3}(?!\d)`, "gi"),
    label: INSURANCE_LABEL,
    alone: /^/,
    check: (checks) => checks.socialInsurance.de,
  },
  {
    kind: "socialInsurance",
    pattern: written(String.raw`(?<!\d)[1-9]\d{2}_\d_\d{2}_\d{2}_\d{2}(?!\d)`),
    label: INSURANCE_LABEL,
    check: (checks) => checks.socialInsurance.at,
  },
  {
    kind: "socialInsurance",
    pattern: written(String.raw`(?<!\d)756_\d{4}_\d{4}_\d{2}(?!\d)`),
    label: /ahv|avs|social|sozialvers/i,
    alone: /^/,
    check: (checks) => checks.socialInsurance.ch,
  },
  {
    kind: "vatId",
    pattern: written(String.raw`(?<![A-Z])DE_\d{3}_\d{3}_\d{3}(?!\d)`, "gi"),
    label: VAT_LABEL,
    alone: /^/,
    check: (checks) => checks.vatId.de,
  },
  {
    kind: "vatId",
    pattern: written(String.raw`(?<![A-Z])ATU_\d{4}_\d{4}(?!\d)`, "gi"),
    label: VAT_LABEL,
    alone: /^/,
    check: (checks) => checks.vatId.at,
  },
  {
    kind: "vatId",
    pattern: written(String.raw`(?<![A-Z])CHE_\d{3}_\d{3}_\d{3}(?!\d)`, "gi"),
    label: VAT_LABEL,
    alone: /^/,
    check: (checks) => checks.vatId.ch,
  },
];

function formIn(text: string, { kind, pattern, label, alone, check }: Form, checks: Checks): Found[] {
  const found: Found[] = [];
  const holds = check(checks);
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [number] = match;
    const [start, end] = [match.index, match.index + number.length];
    pattern.lastIndex = start + 1;
    const announced = labelled(text, start, label);
    if (!announced && alone?.test(inLine(number)) !== true) continue;
    if (holds(number.toUpperCase().replaceAll(/[^A-Z\d]/g, ""))) found.push({ kind, start, end });
    else if (announced) found.push({ kind: "suspect", start, end });
    else continue;
    pattern.lastIndex = end;
  }
  return found;
}
