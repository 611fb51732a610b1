/** Classes of labels: what differs, what a mapping may say, and what becomes of each label. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  classesOf,
  differenceOf,
  differenceTold,
  mappingOf,
  remapped,
  taxonomyDigest,
  type Classes,
} from "./taxonomy.ts";

const BEFORE: Classes = { category: ["billing", "technical", "other"], team: ["a", "other"] };
const NOW: Classes = { category: ["invoices", "hardware", "software", "other"], team: ["a", "other"] };

const mapping = (map: string[], drop: string[] = []) => mappingOf({ map, drop }, BEFORE, NOW);

describe("a taxonomy", () => {
  test("is the enums of the compared fields; other enums, and enums in lists, are none of its", () => {
    const text = { type: "string" };
    const output = {
      type: "object",
      properties: {
        category: { enum: ["a", "b"] },
        mood: { enum: ["good", "bad"] },
        note: text,
        lines: { type: "array", items: { type: "object", properties: { kind: { enum: ["x"] } } } },
        deep: { type: "object", properties: { team: { enum: ["t"] } } },
      },
    };
    expect(classesOf({ output, error: { equal: ["category", "deep.team", "lines.kind", "note"] } })).toEqual({
      category: ["a", "b"],
      "deep.team": ["t"],
    });
  });

  test("has one name for the same classes in another order, and another name for each change", () => {
    const of = (...category: string[]) => taxonomyDigest({ category });
    expect(of("a", "b")).toBe(of("b", "a"));
    expect(new Set([of("a", "b"), of("a"), of("a", "c"), of("a", "b", "c"), of()]).size).toBe(5);
  });

  test("differs by what is added and what is gone", () => {
    expect(differenceOf(BEFORE, BEFORE)).toBeUndefined();
    const differ = differenceOf(BEFORE, NOW)!;
    expect(differ).toEqual({
      category: { added: ["invoices", "hardware", "software"], gone: ["billing", "technical"] },
    });
    expect(differenceTold(differ)).toBe(
      "category: + invoices, + hardware, + software, - billing, - technical",
    );
  });
});

describe("a mapping", () => {
  test("renames, merges and leaves out", () => {
    const asked = mapping(["billing=invoices"], ["technical"]);
    const become = (category: string) => remapped({ category, note: "kept" }, asked, NOW);
    expect(become("billing")).toEqual({ truth: { category: "invoices", note: "kept" } });
    expect(become("technical")).toEqual({ dropped: "technical" });
    expect(become("other")).toEqual({ truth: { category: "other", note: "kept" } });
    const merged = mapping(["billing=other", "technical=other"]);
    expect(remapped({ category: "technical" }, merged, NOW)).toEqual({ truth: { category: "other" } });
  });

  test("leaves out what is gone and not named, and never changes the label that it was given", () => {
    const truth = { category: "technical" };
    expect(remapped(truth, mapping(["billing=invoices"]), NOW)).toEqual({ gone: "technical" });
    remapped(truth, mapping(["technical=software"]), NOW);
    expect(truth).toEqual({ category: "technical" });
  });

  test("names the field where two fields have the class", () => {
    expect(() => mapping(["other=a"])).toThrow("may mean category or team");
    expect(mapping(["team:other=a"])).toEqual(new Map([["team", new Map([["other", "a"]])]]));
  });

  test.each([
    ["a class that would become two", ["technical=hardware", "technical=software"], []],
    ["a class that is mapped and left out", ["technical=hardware"], ["technical"]],
    ["a class that no label has", ["shipping=other"], []],
    ["a class that the release does not have", ["billing=shipping"], []],
    ["what says not what becomes of what", ["billing"], []],
    ["nothing before the sign", ["=other"], []],
    ["nothing after the sign", ["billing="], []],
    ["a left-out class that no label has", [], ["shipping"]],
  ])("refuses %s", (_, map, drop) => {
    expect(() => mapping(map, drop)).toThrow(/cannot be mapped: .* Nothing was made\./);
  });

  test("whatever it says, a label ends in a class of now, or its item is left out", () => {
    const from = fc.constantFrom(...BEFORE["category"]!);
    const to = fc.constantFrom(...NOW["category"]!, null);
    fc.assert(
      fc.property(fc.dictionary(from, to), from, (asked, category) => {
        const map = Object.entries(asked).flatMap(([a, b]) => (b === null ? [] : [`category:${a}=${b}`]));
        const drop = Object.entries(asked).flatMap(([a, b]) => (b === null ? [`category:${a}`] : []));
        const become = remapped({ category }, mapping(map, drop), NOW);
        if ("truth" in become) expect(NOW["category"]).toContain(become.truth["category"]);
        else expect(asked[category] ?? null).toBeNull();
      }),
    );
  });
});
