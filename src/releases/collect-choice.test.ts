/** Which judged cases make a set, and when the set stands for the workflow. */
import { describe, expect, test } from "vitest";
import { bentBy, chooseCases, facetIn, leftOutTold, type JudgedCase } from "./collect-choice.ts";

const judged = (id: string, more: Partial<JudgedCase> = {}): JudgedCase => ({
  id,
  thread: null,
  label: `lbl_${id}`,
  source: "qa",
  probability: 0.05,
  simulated: false,
  open: false,
  withFiles: false,
  ...more,
});
const open = (id: string) => judged(id, { label: null, source: null, probability: null, open: true });
const ids = (cases: JudgedCase[]) => cases.map(({ id }) => id);

describe("choosing", () => {
  test("takes the newest first, and of a thread the case that came first", () => {
    const found = [judged("3", { thread: "t" }), judged("1", { thread: "t" }), judged("2")];
    expect(chooseCases(found, "reviews")).toEqual({
      cases: [found[2], found[1]],
      leftOut: { thread: 1, early: 0 },
    });
  });

  test("is blind to the labels: a thread's first case is its only one also where it has no answer", () => {
    const found = [judged("2", { thread: "t" }), judged("1", { thread: "t", label: null })];
    expect(ids(chooseCases(found, "coins").cases)).toEqual(["1"]);
  });

  test("of coins ends where the verdicts that take longer are still missing", () => {
    const many = Array.from({ length: 200 }, (_, i) => judged(String(1_000 + i)));
    // One that waits in a hundred is borne, three are not: those after them would be the quick verdicts alone.
    const found = [...many, open("2000"), judged("2001"), open("2002"), open("2003"), judged("2004")];
    const { cases, leftOut } = chooseCases(found, "coins");
    expect(ids(cases)[0]).toBe("2001");
    expect(leftOut).toEqual({ thread: 0, early: 3 });
    expect(chooseCases(found, "reviews").cases).toHaveLength(205);
  });
});

describe("a set stands for its workflow", () => {
  const made = {
    from: "coins" as const,
    filtered: false,
    perClass: false,
    simulated: false,
    items: 100,
    duplicates: 0,
    leftOut: {},
  };

  test("when coins drew it and hardly anything is missing", () => {
    expect(bentBy(made)).toEqual([]);
    expect(bentBy({ ...made, leftOut: { answer: 1, erased: 40, thread: 30, early: 9 } })).toEqual([]);
  });

  test.each([
    ["chosen", { from: "reviews" as const }],
    ["chosen", { from: "corrections" as const }],
    ["filtered", { filtered: true }],
    ["per_class", { perClass: true }],
    ["simulated", { simulated: true }],
    ["missing", { duplicates: 2 }],
    ["missing", { leftOut: { answer: 2 } }],
    ["missing", { leftOut: { classes: 1, files: 1 } }],
  ])("and not when it is %s: %j", (code, more) => {
    expect(bentBy({ ...made, ...more })).toEqual([code]);
  });
});

test("conditions are facets or expressions", () => {
  const facet = (side: string, path: string, value: string) => ({ side, path, value });
  expect(facetIn("output.category=billing")).toEqual(facet("output", "category", "billing"));
  expect(facetIn("input.contact.country = DE ")).toEqual(facet("input", "contact.country", "DE"));
  expect(facetIn("output.category == 'billing'")).toBeUndefined();
  expect(facetIn("input.amount >= 3")).toBeUndefined();
  expect(facetIn("matches(input.text, 'a=b')")).toBeUndefined();
});

test("what was left out is told in words, without zeros", () => {
  expect(leftOutTold({ thread: 2, early: 0 })).toEqual({ "another case of its thread": 2 });
});
