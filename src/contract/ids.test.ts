/** Ids: sortable by time, readable back, recognised by kind. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { idSource } from "../platform/chance.ts";
import { simulatedClock } from "../platform/clock.ts";
import { idBorder, idTime, isId, makeId } from "./ids.ts";

const time = fc.integer({ min: 0, max: 2 ** 47 });
const random = fc.uint8Array({ minLength: 10, maxLength: 10 });
const byteOrder = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

describe("ids", () => {
  test("sort by bytes as they were made, whatever their random part", () => {
    fc.assert(
      fc.property(time, time, random, random, (a, b, x, y) => {
        fc.pre(a !== b);
        expect(Math.sign(byteOrder(makeId("case", a, x), makeId("case", b, y)))).toBe(Math.sign(a - b));
      }),
    );
  });

  test("tell the time at which they were made, and are known by their kind", () => {
    fc.assert(
      fc.property(time, random, (at, bytes) => {
        const id = makeId("case", at, bytes);
        expect(idTime(id)).toBe(at);
        expect(isId("case", id)).toBe(true);
        expect(isId("release", id)).toBe(false);
      }),
    );
  });

  test("a border lies before every id of its time and after every earlier one", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 47 }), random, (at, bytes) => {
        expect(byteOrder(idBorder("case", at), makeId("case", at, bytes))).toBeLessThan(0);
        expect(byteOrder(makeId("case", at - 1, bytes), idBorder("case", at))).toBeLessThan(0);
      }),
    );
  });

  test("of one process never stand still or go back, within a millisecond and when the clock does", () => {
    const clock = simulatedClock(1_000_000);
    const newId = idSource(clock);
    const made = Array.from({ length: 10_000 }, (_, i) => {
      if (i % 3_000 === 2_999) clock.advance(-50);
      return newId("event");
    });
    expect(made.slice(1).every((id, i) => byteOrder(made[i]!, id) < 0)).toBe(true);
  });

  test.each([
    "case_",
    "case_short",
    `case_${"0".repeat(25)}u`,
    `case_${"9".repeat(26)}`,
    `rel_${"0".repeat(26)}`,
    `case_${"0".repeat(26)}'; drop`,
  ])("%s is no case id", (text) => {
    expect(isId("case", text)).toBe(false);
  });
});
