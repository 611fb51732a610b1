/** The SQL tag: fragments nest, parameters are numbered in the order of the text, values never become text. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hex, raw, rows, sql, time, type Sql } from "./sql.ts";

/** A query built from pieces, and what its values are in the order of the text. */
const fragment: fc.Arbitrary<{ query: Sql; values: unknown[] }> = fc.letrec<{
  tree: { query: Sql; values: unknown[] };
}>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc
      .oneof(fc.string(), fc.integer(), fc.constant(null), fc.boolean())
      .map((value) => ({ query: sql`a = ${value}`, values: [value] as unknown[] })),
    fc.constantFrom("true", "order by id").map((text) => ({ query: raw(text), values: [] as unknown[] })),
    fc
      .tuple(tie("tree"), fc.string(), tie("tree"))
      .map(([left, value, right]) => ({
        query: sql`(${left.query} or b = ${value} or ${right.query})`,
        values: [...left.values, value, ...right.values],
      })),
  ),
})).tree;

describe("sql", () => {
  test("values become numbered parameters", () => {
    expect(sql`select * from t where a = ${1} and b = ${"x"}`.compile()).toEqual({
      text: "select * from t where a = $1 and b = $2",
      values: [1, "x"],
    });
  });

  test("fragments nest, and the numbers go on", () => {
    const inner = sql`b = ${2} and ${sql`c = ${3}`}`;
    expect(sql`a = ${1} and ${inner} and d = ${4}`.compile()).toEqual({
      text: "a = $1 and b = $2 and c = $3 and d = $4",
      values: [1, 2, 3, 4],
    });
  });

  test("one fragment may stand twice", () => {
    const same = sql`x = ${7}`;
    expect(sql`${same} or ${same}`.compile()).toEqual({ text: "x = $1 or x = $2", values: [7, 7] });
  });

  test("numbers run from 1 without a gap in the order of the text, however deep fragments nest", () => {
    fc.assert(
      fc.property(fragment, ({ query, values }) => {
        const compiled = query.compile();
        expect([...compiled.text.matchAll(/\$(\d+)/g)].map((match) => Number(match[1]))).toEqual(
          values.map((_, i) => i + 1),
        );
        expect(compiled.values).toEqual(values);
        expect(query.compile()).toEqual(compiled);
      }),
    );
  });

  test("no value becomes part of the text", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (value) => {
        const plain = sql`select ${"other"}`.compile().text;
        expect(sql`select ${value}`.compile().text).toBe(plain);
      }),
    );
  });

  test("times are UTC with milliseconds, bytes are hex, rows are one JSON text", () => {
    expect(time(0)).toBe("1970-01-01T00:00:00.000Z");
    expect(hex(Uint8Array.of(0, 255, 16).subarray(1))).toBe("\\xff10");
    expect(JSON.parse(rows([{ a: 'quote " and \u2028' }]))).toEqual([{ a: 'quote " and \u2028' }]);
  });
});
