/** What stands in the place of an identifier, how often, and that JSON stays JSON. */
import { beforeAll, describe, expect, test } from "vitest";
import { compilePattern, isBounded } from "../regex.ts";
import type { PersonalRules } from "./kinds.ts";
import { openScanner, type Scanner } from "./scan.ts";
import { openScrubber } from "./scrub.ts";

let scanner: Scanner;
beforeAll(async () => (scanner = await openScanner()));
const own = (name: string, pattern: string) => ({ name, pattern: compilePattern(pattern) });

function scrub(text: string, rules: PersonalRules = {}, patterns = [] as ReturnType<typeof own>[]) {
  const scrubber = openScrubber(scanner, rules, patterns);
  return { text: scrubber.text(text), counts: scrubber.counts };
}

const IBAN = "DE10 9000 0011 0000 1234 56";

describe("a text", () => {
  test("a kind that no rule names is masked, so that the sentence can still be read", () => {
    expect(scrub(`Bitte auf ${IBAN} an ada@example.com.`)).toEqual({
      text: "Bitte auf [IBAN] an [EMAIL].",
      counts: { masked: { iban: 1, email: 1 }, pseudonymised: {}, refused: {} },
    });
  });

  test("a pseudonym is the same for the same value, however it is written", () => {
    const { text, counts } = scrub(`${IBAN}, de10900000110000123456, AT47 9999 9000 1234 5678`, {
      iban: "pseudonymise",
    });
    expect(text).toBe("[IBAN-1], [IBAN-1], [IBAN-2]");
    expect(counts.pseudonymised).toEqual({ iban: 3 });
    expect(scrub("max @ example.de, max&commat;example.de", { email: "pseudonymise" }).text).toBe(
      "[EMAIL-1], [EMAIL-1]",
    );
  });

  test("what is refused is counted, and does not stand in the text either", () => {
    const { text, counts } = scrub("card 4111 1111 1111 1111", { card: "refuse" });
    expect(text).not.toContain("4111");
    expect(counts.refused).toEqual({ card: 1 });
  });

  test("what is allowed stays, and a number within it is no other identifier", () => {
    expect(scrub(`Tel. ${IBAN}, +49 30 23125 014`, { iban: "allow" }).text).toBe(`Tel. ${IBAN}, [PHONE]`);
  });

  test("own patterns are masked under their name, also over what is known", () => {
    const customer = own("customer", String.raw`K-\d{5}`);
    expect(scrub("😀 K-88412 und Ｋ-88412, ada@example.com", {}, [customer])).toEqual({
      text: "😀 [CUSTOMER] und [CUSTOMER], [EMAIL]",
      counts: { masked: { customer: 2, email: 1 }, pseudonymised: {}, refused: {} },
    });
    expect(scrub("ada@example.com!", { email: "allow" }, [own("house", "example.com!")]).text).toBe(
      "ada@[HOUSE]",
    );
    expect(scrub("x ada@example.com!", {}, [own("house", "example.com!")]).text).toBe("x [EMAIL]");
  });
});

describe("JSON as text", () => {
  test("stays JSON where a number is masked, and its escapes hide nothing", () => {
    const { text } = scrub(
      '{"card": 4111111111111111, "mail": "ada\\u0040example.com", "list": [4111111111111111 ]}',
    );
    expect(JSON.parse(text)).toEqual({ card: "[CARD]", mail: "[EMAIL]", list: ["[CARD]"] });
  });

  test("the name of a field is the label of its value", () => {
    expect(scrub('{"svnr": "1237 010180"}').text).toBe('{"svnr": "[SOCIAL-INSURANCE]"}');
  });
});

test.each([
  [String.raw`K-\d{5}`, true],
  [String.raw`[+*]{1,3}\+\*`, true],
  [String.raw`\Qa+b\E{2}`, true],
  [String.raw`K-\d+`, false],
  ["a.*b|a", false],
  ["a{2,}", false],
])("the pattern %s has a greatest length: %s", (pattern, bounded) => {
  expect(isBounded(pattern)).toBe(bounded);
});
