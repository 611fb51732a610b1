/** The scanner against the reference lines where they lie beside the checkout, and against what is written to hide. */
import { existsSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { stopwatch } from "../../platform/clock.ts";
import type { PersonalKind } from "./kinds.ts";
import { openScanner, type Scanner } from "./scan.ts";

let scanner: Scanner;
beforeAll(async () => (scanner = await openScanner()));

interface Line {
  text: string;
  spans: { type: string; start: number; end: number }[];
}
const VECTORS = new URL("../../../../shared/reference/pii-cases.jsonl", import.meta.url);
const KINDS: Record<string, PersonalKind> = {
  IBAN: "iban",
  CREDIT_CARD: "card",
  DE_TAX_ID: "taxId",
  DE_SVNR: "socialInsurance",
  AT_SVNR: "socialInsurance",
  CH_AHV: "socialInsurance",
  VAT_ID: "vatId",
  EMAIL: "email",
  PHONE: "phone",
  IP_ADDRESS: "ip",
  DATE_OF_BIRTH: "birthDate",
};
/** Nobody promises to find them. */
const NOT_FOUND = new Set(["PERSON", "ADDRESS"]);

describe.skipIf(!existsSync(VECTORS))(
  "the reference lines (skipped where they do not lie beside the checkout)",
  () => {
    const lines = existsSync(VECTORS)
      ? readFileSync(VECTORS, "utf8")
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as Line)
      : [];

    test.each(lines)("$text", ({ text, spans }) => {
      const expected = spans
        .filter(({ type }) => !NOT_FOUND.has(type))
        .map(({ type, start, end }) => ({ kind: KINDS[type], start, end }));
      // A near miss beside its label is reported as suspect, and is none of the expected.
      expect(scanner.find(text).filter((one) => one.kind !== "suspect")).toEqual(expected);
    });

    test("are all there, of every kind", () => {
      expect(lines).toHaveLength(80);
      const types = new Set(lines.flatMap(({ spans }) => spans.map(({ type }) => type)));
      expect([...types].filter((type) => !NOT_FOUND.has(type)).toSorted()).toEqual(
        Object.keys(KINDS).toSorted(),
      );
    });
  },
);

const kindsIn = (text: string) => scanner.find(text).map(({ kind }) => kind);
const pick = (text: string) => scanner.find(text).map(({ start, end }) => text.slice(start, end));

describe("what is written so that no machine finds it is found", () => {
  test.each<[string, string, PersonalKind]>([
    ["zero-width letters", "Konto DE10\u200b9000\u200b0011\u200b0000\u200b1234\u200b56 bitte", "iban"],
    ["a soft hyphen in every group", "DE10 90\u00ad00 0011 0000 12\u00ad34 56", "iban"],
    ["narrow no-break blanks", "DE10\u202f9000\u202f0011\u202f0000\u202f1234\u202f56", "iban"],
    ["dots and hyphens between", "DE10.9000-0011.0000-1234.56", "iban"],
    ["a line break within", "DE10 9000 0011\n0000 1234 56", "iban"],
    ["a label without a blank", "IBANDE10900000110000123456", "iban"],
    ["full-width letters", "ＤＥ１０９０００００１１００００１２３４５６", "iban"],
    ["digits of another script", "DE١٠٩٠٠٠٠٠١١٠٠٠٠١٢٣٤٥٦", "iban"],
    ["bold digits", "card 𝟒𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏", "card"],
    ["en dashes between", "4111–1111–1111–1111", "card"],
    ["a direction mark within", "4111 1111\u202e 1111 1111", "card"],
    ["an unusual grouping beside its label", "Kreditkarte: 41 11 11 11 11 11 11 11", "card"],
    ["at and dot in words", "ada.lovelace (at) example (dot) com", "email"],
    ["a percent sign", "mailto:ada%40example.com", "email"],
    ["a full-width at", "ada＠example.com", "email"],
    ["a small at", "ada﹫example.com", "email"],
    ["an escape of JSON", 'I wrote {"mail": "ada\\u0040example.com"} there', "email"],
    [
      "an escape of JSON within JSON",
      '{"arguments": "{\\"mail\\": \\"ada\\\\u0040example.com\\"}"}',
      "email",
    ],
    ["line breaks of JSON", '{"text": "DE10 9000 0011\\n0000 1234 56"}', "iban"],
    ["escaped slashes", '{"phone": "069\\/90009-123"}', "phone"],
    ["an escape of HTML", "ada&#64;example.com, ada", "email"],
    ["parentheses in a number", "+49 (0) 30 23125 014", "phone"],
    ["two zeros for the plus", "0049 30 23125 014", "phone"],
    ["a name of HTML for the at", "ada&commat;example.com", "email"],
    ["names of HTML for at and dot", "ada&commat;example&period;com", "email"],
    ["HTML within HTML", "ada&amp;#64;example.com", "email"],
    ["an escape of HTML without its end", "ada&#64example.com", "email"],
    ["a hexadecimal one without its end", "ada&#x40example.com", "email"],
    ["names of blanks", "4111&nbsp;1111&ensp;1111&thinsp;1111", "card"],
    ["old names without their end", "4111&nbsp11&shy11&nbsp1111&nbsp1111", "card"],
    ["names of what nobody sees", "DE10&zwnj;9000&shy;0011&zwj;0000123456", "iban"],
    ["names of hyphens", "4111&hyphen;1111&dash;1111&minus;1111", "card"],
    ["a name of the slash", "Tel. 069&sol;90009-123", "phone"],
    ["an at between blanks", "max @ example.de", "email"],
    ["a card over two lines", "4111 1111\n1111 1111", "card"],
    ["a card in a column", "4111\r\n1111\r\n1111\r\n1111", "card"],
    ["a card with tabs", "4111\t1111\t1111\t1111", "card"],
    ["a card with double blanks", "4111  1111  1111  1111", "card"],
    ["an account whose head is over two lines", "DE\n10 9000 0011 0000 1234 56", "iban"],
    ["an account with tabs", "DE10\t9000\t0011\t0000\t1234\t56", "iban"],
    ["a tax number over two lines", "86 095\n742 719", "taxId"],
    ["an insurance number over two lines", "15 070649\nC 103", "socialInsurance"],
    ["a Swiss one with double blanks", "756  9217  0769  85", "socialInsurance"],
    ["a VAT number over two lines", "DE999\n990\n002", "vatId"],
    ["a phone number over two lines", "+49 30\n23125 014", "phone"],
    ["a phone number with tabs", "Tel. 069\t90009\t123", "phone"],
  ])("%s", (_, text, kind) => {
    expect(kindsIn(text)).toEqual([kind]);
  });

  test("a find tells the stretch of the text as it was written", () => {
    expect(pick("a\u200b b DE10\u200b9000\u200b0011\u200b0000\u200b1234\u200b56\u200b end")).toEqual([
      "DE10\u200b9000\u200b0011\u200b0000\u200b1234\u200b56",
    ]);
    expect(pick("x 𝟒𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 y")).toEqual(["𝟒𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏"]);
    expect(pick("ﬁve：ＤＥ１０９０００００１１００００１２３４５６.")).toEqual([
      "ＤＥ１０９０００００１１００００１２３４５６",
    ]);
  });

  test("a number that is whole in its line ends there", () => {
    expect(pick("Tel. +49 30 23125 014\n10115 Berlin")).toEqual(["+49 30 23125 014"]);
    expect(pick("Tel. 069/90009-123\n60311 Frankfurt")).toEqual(["069/90009-123"]);
    expect(pick("Die Karte 6011 1111 1111 1117\n12 Stück")).toEqual(["6011 1111 1111 1117"]);
    expect(pick("x &nbsp; 4111&nbsp;1111\n1111\t1111, y")).toEqual(["4111&nbsp;1111\n1111\t1111"]);
  });

  test("an escape without its end hides no number that begins with it", () => {
    expect(kindsIn("card &#4111 1111 1111 1111")).toEqual(["card"]);
  });

  test("a label before the text counts, and nothing of it is found", () => {
    expect(kindsIn("1237 010180")).toEqual([]);
    expect(scanner.find("1237 010180", "svnr: ")).toEqual([{ kind: "socialInsurance", start: 0, end: 11 }]);
    expect(scanner.find("nothing 1", "ada@example.com: ")).toEqual([]);
  });

  test("a near miss beside its label is suspect", () => {
    expect(kindsIn("Laut System ist die IBAN DE11 9000 0011 0000 1234 56 ungültig")).toEqual(["suspect"]);
    expect(kindsIn("Die Karte 4111 1111 1111 1112 wird nicht angenommen.")).toEqual(["suspect"]);
  });

  test("finds that lie over each other are one, the surer of them", () => {
    expect(kindsIn("Tel. IBAN DE10 9000 0011 0000 1234 56")).toEqual(["iban"]);
    expect(kindsIn("Handy 4111 1111 1111 1111")).toEqual(["card"]);
  });

  test.each([
    "Version 10.4.12.7 of the firmware",
    "std::vector<int> a = b::c;",
    "Order 20261129-0042, 3 of 12, EUR 1.234.567,89",
    "for (let i = 0; i < 10; i++) sum += values[i] * 3.14159;",
    "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "Rückruf am 01.12.2026 um 10:15 Uhr",
    "@override the default, see @angular/core and a@b",
    "one\ttwo\n1\t2\n3\t4\n5\t6\n7\t8\n9\t10\n11\t12",
    "2 @ 4.50 EUR, see @ home",
    "https://a.example/?x=1&dash=2&minus=3&period=4",
    "12 15 18 4 11 27 33 45 4 12 15 18 21 24 27 30 33 36",
  ])("nothing is found in: %s", (text) => {
    expect(scanner.find(text)).toEqual([]);
  });
});

describe("the work grows with the text", () => {
  const long = (piece: string, length: number) =>
    piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
  test.each<[string, string]>([
    ["prose", "Die Maschine zeigt seit Montag den Fehler E04, bitte prüfen Sie das. "],
    ["digits", "4"],
    ["digits in groups", "4111 1111 "],
    ["heads of bank accounts", "DE10 "],
    ["at signs", "a@"],
    ["domains", "a@a."],
    ["brackets", "(at) (dot) "],
    ["colons", "a:1:"],
    ["plus signs", "+49 "],
    ["zeros", "0049 0"],
    ["labels", "geb. geb. Tel. IBAN 0"],
    ["invisible letters", "\u200b4"],
    ["dots", "1.1."],
    ["entities", "&amp;"],
    ["entities without an end", "&#64"],
    ["digits in lines", "4\n\n1\t"],
    ["blanks", "  "],
    ["line breaks after digits", "41\n\n\n\n\n"],
    ["ats between blanks", " @ a"],
  ])("%s", (_, piece) => {
    const timed = (length: number) => {
      const text = long(piece, length);
      const elapsed = stopwatch();
      scanner.find(text);
      return elapsed();
    };
    timed(50_000);
    const [short, eightfold] = [timed(100_000), timed(800_000)];
    // Linear is 8; the machine is shared. A square would be 64.
    expect(eightfold).toBeLessThan(40 * short + 300);
  });
});
