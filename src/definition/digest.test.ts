import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { JsonValue } from "../contract/json.ts";
import { canonical, digestOf } from "./digest.ts";

const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);

/** The same value with the keys of every object in another order. */
function shuffled(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, shuffled(item)]),
  );
}

it("the order of keys does not change the digest", () => {
  fc.assert(fc.property(json, (value) => digestOf(value) === digestOf(shuffled(value))));
});

it("any change of a value changes the digest", () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      fc.pre(canonical(a) !== canonical(b));
      expect(digestOf({ part: a })).not.toBe(digestOf({ part: b }));
    }),
  );
});

it("says what RFC 8785 says", () => {
  const value = {
    numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 1e-27],
    string: '€$\u000f\nA\'B"\\"/',
    literals: [null, true, false],
  };
  expect(canonical(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\"/"}',
  );
});

it("refuses what JSON cannot say", () => {
  expect(() => canonical({ a: Number.NaN })).toThrow();
  expect(() => canonical(undefined)).toThrow();
});
