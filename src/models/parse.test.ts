/** Finding the JSON object in a model's text. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../contract/json.ts";
import { findObject, locate, readAnswer } from "./parse.ts";

const anyObject = fc
  .dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ stringUnit: "binary", maxDepth: 4 }))
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonObject);
/** Prose without the braces and list brackets that only a person could tell from an answer. */
const prose = fc.string({ unit: "grapheme" }).map((text) => text.replaceAll(/[{}[\]"<]/g, "·"));

describe("an object in a text", () => {
  test("any object comes out exactly, bare, in fences or with prose around", () => {
    fc.assert(
      fc.property(
        anyObject,
        prose,
        prose,
        fc.constantFrom(0, 2),
        fc.boolean(),
        (value, before, after, indent, fenced) => {
          const json = JSON.stringify(value, null, indent);
          const text = fenced
            ? `${before}\n\`\`\`json\n${json}\n\`\`\`\n${after}`
            : `${before} ${json} ${after}`;
          expect(readAnswer(text)).toStrictEqual(value);
          const { start, end } = findObject(text)!;
          expect(text.slice(start, end)).toBe(json);
        },
      ),
    );
  });

  test("no text makes it throw, and what is found is a piece of the text", () => {
    const pieces = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      '"',
      "\\",
      ":",
      ",",
      "a",
      " ",
      "\n",
      "1",
      "null",
      '{"a":1}',
      "<think>",
    );
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(pieces, { maxLength: 40 }).map((list) => list.join("")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        readAnswer(text);
        const found = findObject(text);
        if (found !== undefined)
          expect(JSON.parse(text.slice(found.start, found.end))).toStrictEqual(found.value);
      }),
      { numRuns: 2000 },
    );
  });

  test("an object that is cut anywhere is none, not even in part", () => {
    fc.assert(
      fc.property(anyObject, fc.nat(), (value, at) => {
        const json = JSON.stringify({ outer: value, last: 1 });
        expect(readAnswer(json.slice(0, at % json.length))).toBeUndefined();
      }),
    );
  });

  test.each([
    ["the first of two", '{"a":1}\n{"a":2}', { a: 1 }],
    ["braces of the prose do not count", 'use {name} or {{x}}: {"a":1}', { a: 1 }],
    ["an example that is not JSON is passed over", 'form {"a": <label>} so {"a":"b"}', { a: "b" }],
    ["JSON inside one JSON string", JSON.stringify('{"a":"b\\n"}'), { a: "b\n" }],
    ["brackets inside strings", '{"a":"}]{","b":"\\"}"}', { a: "}]{", b: '"}' }],
    ["a byte order mark", '\uFEFF{"a":1}', { a: 1 }],
    [
      "after thinking aloud, also when that quotes its own end",
      '<think>{"a":1}</think>{"a":2}</think>\n{"a":3}',
      { a: 3 },
    ],
    ["a piece of a broken object is not taken", '{"a": {"b":1} oops, "c": {"d":1}}', undefined],
    ["a list of objects is not one", '[{"a":1},{"a":2}]', undefined],
    ["thinking that never ends", '<think>{"a":1}', undefined],
    ["a number", "42", undefined],
    ["nothing", "", undefined],
  ])("%s", (_, text, expected) => {
    expect(readAnswer(text)).toStrictEqual(expected);
  });

  test("a megabyte of braces is read in one pass", () => {
    // Reading again from every brace would be some 10^11 steps, far over the limit of the test.
    expect(readAnswer("{".repeat(500_000))).toBeUndefined();
    expect(readAnswer('{"a":'.repeat(200_000))).toBeUndefined();
    expect(readAnswer('{"a"}'.repeat(200_000))).toBeUndefined();
    expect(readAnswer(`${"{".repeat(500_000)} {"a":1}`)).toStrictEqual({ a: 1 });
  }, 10_000);
});

describe("the place of a field", () => {
  const json = '{ "a": {"x": [10, {"y": "\\u00fc}"}]}, "b": 1, "b" : -2.5e3 , "\\u0063": null }';

  test.each([
    [["a", "x", "1", "y"], '"\\u00fc}"'],
    [["a", "x", "0"], "10"],
    [["a", "x"], '[10, {"y": "\\u00fc}"}]'],
    [["b"], "-2.5e3"],
    [["c"], "null"],
  ])("%j is found", (path, text) => {
    const place = locate(json, path)!;
    expect(json.slice(place.start, place.end)).toBe(text);
  });

  test.each([[["d"]], [["a", "x", "2"]], [["a", "x", "y"]], [["b", "c"]]])("%j is not there", (path) => {
    expect(locate(json, path)).toBeUndefined();
  });

  test("every field of any object is found with its value", () => {
    fc.assert(
      fc.property(anyObject, fc.constantFrom(0, 2), (value, indent) => {
        const json = JSON.stringify(value, null, indent);
        for (const [key, inner] of Object.entries(value)) {
          const { start, end } = locate(json, [key])!;
          expect(JSON.parse(json.slice(start, end))).toStrictEqual(inner);
        }
      }),
    );
  });
});
