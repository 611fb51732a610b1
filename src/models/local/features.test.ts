import { expect, test } from "vitest";
import type { JsonObject } from "../../contract/json.ts";
import { BUCKETS, featureExtractor, MAX_CHARACTERS, readText, words } from "./features.ts";

const fields = { textFields: ["body"], categoryFields: [] };
const extract = featureExtractor(fields);

/** Bucket to count: what two texts must share to be the same to the model. */
function featuresOf(body: string): Record<number, number> {
  const { buckets, counts } = extract({ body });
  return Object.fromEntries(Array.from(buckets, (bucket, i) => [bucket, counts[i]!]));
}

test.each([
  ["capitals", "DIE STRASSE IST GESPERRT", "die straße ist gesperrt"],
  ["umlauts written as two letters", "Kündigung für Übermäßiges", "Kuendigung fuer Uebermaessiges"],
  ["composed and decomposed umlauts", "Grüße", "Gru\u0308ße"],
  ["shouting", "Help!!!!", "Help!"],
  ["order numbers of one length", "order 48213", "order 99170"],
])("the same text differing in %s has the same features", (_, one, other) => {
  expect(featuresOf(one)).toEqual(featuresOf(other));
});

test("different words, word order, accents and number lengths give different features", () => {
  expect(featuresOf("app crashes")).not.toEqual(featuresOf("app crashed"));
  expect(featuresOf("not paid but sent")).not.toEqual(featuresOf("not sent but paid"));
  expect(featuresOf("cafe")).not.toEqual(featuresOf("café"));
  expect(featuresOf("order 482")).not.toEqual(featuresOf("order 48213"));
});

test("words keep apostrophes and letters of any script; emoji and marks stand alone", () => {
  expect(words("haven't paid 👍 заказ 24/7?")).toEqual(["haven't", "paid", "👍", "заказ", "24", "7", "?"]);
});

test("every feature lies in a bucket, is listed once, and repeated words are counted", () => {
  const { buckets, counts } = extract({ body: "card card card" });
  expect(new Set(buckets).size).toBe(buckets.length);
  expect(buckets.every((bucket) => bucket >= 0 && bucket < BUCKETS)).toBe(true);
  expect(Math.max(...counts)).toBe(3);
});

test("one extraction leaves nothing behind for the next", () => {
  const first = featuresOf("Wo ist meine Karte?");
  featuresOf("etwas ganz anderes");
  expect(featuresOf("Wo ist meine Karte?")).toEqual(first);
});

test("text after the limit is not read", () => {
  const long = "karte ".repeat(MAX_CHARACTERS / 6 + 1).slice(0, MAX_CHARACTERS);
  expect(featuresOf(`${long} rechnung`)).toEqual(featuresOf(long));
  expect(featuresOf(`rechnung ${long}`)).not.toEqual(featuresOf(long));
});

test("broken and unusual strings are read without an error", () => {
  for (const body of ["\ud800", "a\u0000b", "\u202e\u200b", "𝔘𝔫𝔦", "x".repeat(100_000), "👩‍👩‍👧‍👦"]) {
    expect(extract({ body }).buckets.length).toBeGreaterThan(0);
  }
});

test("dotted paths go through objects and arrays; missing, null and inherited values are no text", () => {
  const input: JsonObject = {
    mail: { parts: [{ text: "eins" }, { text: null }, { text: "zwei" }, {}] },
    other: 3,
  };
  expect(readText(input, ["mail.parts.text"])).toBe("eins\nzwei\n");
  expect(readText(input, ["mail.none", "other", "constructor.name", "mail"])).toBe("");
});

test("a category counts by field and value, also when it is false", () => {
  const read = featureExtractor({ textFields: [], categoryFields: ["queue", "team", "vip"] });
  const bucketsOf = (input: JsonObject): number[] => read(input).categories;
  expect(bucketsOf({ queue: "a", vip: false })).toHaveLength(2);
  expect(bucketsOf({ queue: "a" })).not.toEqual(bucketsOf({ team: "a" }));
  expect(bucketsOf({ vip: true })).not.toEqual(bucketsOf({ vip: false }));
});

test("an empty text is a feature of its own, the same for blanks and for a missing field", () => {
  expect(Object.keys(featuresOf(""))).toHaveLength(1);
  expect(featuresOf(" \n ")).toEqual(featuresOf(""));
  expect([...extract({}).buckets]).toEqual([...extract({ body: "" }).buckets]);
});
