/** The program's statistics against every named case of the reference file, where it lies beside the checkout. */
import { describe, expect, test } from "vitest";
import { readVectors } from "./support/reference-file.ts";
import { compareVectors } from "./support/vectors.ts";

const cases = readVectors() ?? [];

describe.skipIf(cases.length === 0)("the reference file of statistics", () => {
  test.each(cases.map(({ name }) => name))("%s", (name) => {
    const { compared, differing } = compareVectors(cases, [name]);
    expect(differing).toEqual([]);
    expect(compared[name]).toBeGreaterThan(0);
  });

  test("no case is left out, and nothing is computed that the file does not name", () => {
    const { compared, differing } = compareVectors(cases);
    expect(differing).toEqual([]);
    expect(Object.keys(compared)).toEqual(cases.map(({ name }) => name));
    expect(cases.length).toBeGreaterThanOrEqual(47);
  });

  test("a value that is a little off is noticed, whichever it is", () => {
    for (const one of cases) {
      const { differing } = compareVectors(
        [{ ...one, expected: nudged(one.expected) }, ...others(one.name)],
        [one.name],
      );
      expect(differing.length, one.name).toBeGreaterThan(0);
    }
  });

  test("a case that nobody computes, and one that is missing, are noticed", () => {
    expect(compareVectors([{ ...cases[0]!, name: "planted" }], ["planted"]).differing).toEqual([
      "planted: nobody computes it",
    ]);
    expect(compareVectors(cases.slice(1)).differing).toEqual([
      `${cases[0]!.name}: the file has no such case`,
    ]);
  });

  const others = (name: string) => cases.filter((one) => one.name !== name);

  /** The same with its last number a thousandth off. */
  function nudged(expected: unknown): never {
    const text = JSON.stringify(expected);
    const numbers = [...text.matchAll(/-?\d+(?:\.\d+)?(?:e-?\d+)?/g)].filter(
      ({ index }) => text[index - 1] !== "_" && !/[\w"]/.test(text[index - 1] ?? ""),
    );
    const last = numbers.at(-1)!;
    const value = Number(last[0]) * 1.001 + 0.001;
    return JSON.parse(text.slice(0, last.index) + value + text.slice(last.index + last[0].length)) as never;
  }
});
