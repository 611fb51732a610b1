/**
 * Where somebody can be reached, and when they were born: e-mail, phone, network addresses, dates that a label names.
 *
 * Pure, over a folded text (fold.ts), in time that grows with the text alone. A phone number counts with its country code,
 * or beside a label: plain digits with a region in mind give false finds in every order number.
 */
import type { Checks } from "./checks.ts";
import type { Found } from "./kinds.ts";
import { labelled } from "./labelled.ts";

export function addressesIn(text: string, checks: Checks): Found[] {
  return [...emailsIn(text), ...networkIn(text), ...phonesIn(text, checks), ...birthDatesIn(text)];
}

/** Also as people write it so that no machine finds it. */
const AT = /\s{1,2}@\s{1,2}|@| ?[([{] ?(?:at|ät) ?[)\]}] ?/gi;
const LOCAL = /[\p{L}\p{N}!#$%&'*+/=?^_`{|}~.-]/u;
const DOMAIN =
  /(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?(?:\.| ?[([{] ?(?:dot|punkt) ?[)\]}] ?))+\p{L}[\p{L}\p{N}-]{0,61}[\p{L}\p{N}]/uy;
const LONGEST_LOCAL = 64;

function emailsIn(text: string): Found[] {
  const found: Found[] = [];
  for (const at of text.matchAll(AT)) {
    let start = at.index;
    while (start > 0 && at.index - start < LONGEST_LOCAL && LOCAL.test(text.charAt(start - 1))) start--;
    while (start < at.index && /[^\p{L}\p{N}]/u.test(text.charAt(start)) && text.charAt(start) !== "_")
      start++;
    if (start === at.index) continue;
    DOMAIN.lastIndex = at.index + at[0].length;
    const domain = DOMAIN.exec(text);
    if (domain) found.push({ kind: "email", start, end: DOMAIN.lastIndex });
  }
  return found;
}

const V4 = /(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?![\w-]|\.\d)/g;
const V6 = /(?<![\w:.])[0-9a-f:]{3,39}(?:(?<=:)\d{1,3}(?:\.\d{1,3}){3})?(?![\w:])/gi;
const isV4 = (written: string) => written.split(".").every((part) => Number(part) < 256);
const isV6 = (written: string) => URL.canParse(`http://[${written}]/`);
const VERSION_LABEL = /(?:version|firmware|release|build|\bv)\W{0,3}$/i;

function networkIn(text: string): Found[] {
  const found: Found[] = [];
  for (const match of text.matchAll(V4)) {
    const start = match.index;
    if (isV4(match[0]) && !labelled(text, start, VERSION_LABEL))
      found.push({ kind: "ip", start, end: start + match[0].length });
  }
  for (const match of text.matchAll(V6)) {
    const written = match[0].endsWith(":") && !match[0].endsWith("::") ? match[0].slice(0, -1) : match[0];
    if (/[0-9a-f]/i.test(written) && isV6(written))
      found.push({ kind: "ip", start: match.index, end: match.index + written.length });
  }
  return found;
}

const WITH_COUNTRY = /(?<![\p{L}\d+])(?<!\d[-./ ])(?:\+\s{0,3}|00 ?)[1-9](?:[\s()./-]{0,3}\d){6,14}/gu;
const NATIONAL =
  /(?<![\d+])(?<!\d[-./])\(?0[1-9](?:[\s()./-]{0,3}\d){5,12}|(?<![\d+-])\(?[2-9]\d{2}\)?(?:[.-]|\s{1,3})\d{3}(?:[.-]|\s{1,3})\d{4}(?!\d)/g;
const PHONE_LABEL =
  /tel(?:\b|efon|\.)|phone|\b(?:fon|fax|cell|mobile?|call|ring|reach|ruf|durchwahl|nummer|number)\b|handy|mobil|rückruf|anruf|ruf|erreich|whats ?app/i;
const DATE = /^\d{1,2}[./-]\d{1,2}[./-]\d{2}(?:\d{2})?(?!\d)/;

function phonesIn(text: string, { phone }: Checks): Found[] {
  const found: Found[] = [];
  for (const match of text.matchAll(WITH_COUNTRY)) {
    const end = endOf(inItsLine(match[0]), (digits) => phone(`+${digits}`));
    if (end > 0) found.push({ kind: "phone", start: match.index, end: match.index + end });
  }
  for (const match of text.matchAll(NATIONAL))
    if (!DATE.test(match[0]) && labelled(text, match.index, PHONE_LABEL, 40))
      found.push({ kind: "phone", start: match.index, end: match.index + inItsLine(match[0]).length });
  return found;
}

/** A line with as many digits as a number usually has is one; with fewer, the number goes on in the next. */
function inItsLine(written: string): string {
  const line = /^[^\n\r]*(?<=\d)/.exec(written)?.[0] ?? written;
  return line.replaceAll(/\D/g, "").length >= USUAL_DIGITS ? line : written;
}

const USUAL_DIGITS = 10;

/** Where the number ends: what follows it may be digits, too. The whole, or the longest stretch of groups that may be one. */
function endOf(written: string, isNumber: (digits: string) => boolean): number {
  for (let end = written.length; end > 6; end = lastGroup(written, end)) {
    const digits = written.slice(0, end).replaceAll(/\D/g, "").replace(/^00/, "");
    if (isNumber(digits)) return end;
  }
  return 0;
}

function lastGroup(written: string, end: number): number {
  let at = end;
  while (at > 0 && /\d/.test(written.charAt(at - 1))) at--;
  while (at > 0 && /\D/.test(written.charAt(at - 1))) at--;
  return at;
}

const BORN =
  /(?:\bgeb(?:\.|oren\w{0,2}\b)|geburts(?:datum|tag)|date of birth|birth ?(?:date|day)|\bdob\b|\bborn\b)[^\d\n]{0,20}((?:\d{1,2}[./-] ?\d{1,2}[./-] ?(?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}|\d{1,2}\.? \p{L}{3,9}\.? \d{4}))(?!\d)/giu;

function birthDatesIn(text: string): Found[] {
  return [...text.matchAll(BORN)].map((match) => {
    const end = match.index + match[0].length;
    return { kind: "birthDate", start: end - match[1]!.length, end };
  });
}
