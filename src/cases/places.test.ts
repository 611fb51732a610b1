/** How the places of a lane are shared. */
import { describe, expect, test } from "vitest";
import { roomFor } from "./places.ts";

const room = (
  workflow: string,
  taken: Record<string, number>,
  wanting: string[],
  known = wanting,
  most = 64,
) =>
  roomFor(workflow, {
    most,
    taken: new Map(Object.entries(taken)),
    wanting: new Set(wanting),
    known: new Set(known),
  });

describe("a workflow", () => {
  test("that is the only one gets every place", () => {
    expect(room("a", {}, ["a"])).toBe(64);
    expect(room("a", { a: 60 }, ["a"])).toBe(4);
  });

  test("that is alone at the moment leaves an eighth for the next one", () => {
    expect(room("a", {}, ["a"], ["a", "b"])).toBe(56);
    expect(room("a", { a: 56 }, ["a"], ["a", "b"])).toBe(0);
    expect(room("b", { a: 56 }, ["a", "b"])).toBe(8);
  });

  test("gets its equal part while others want places, and waits when it holds more", () => {
    expect(room("a", {}, ["a", "b"])).toBe(32);
    expect(room("a", { a: 56 }, ["a", "b"])).toBe(0);
    expect(room("b", { a: 55, b: 8 }, ["a", "b"])).toBe(1);
  });

  test("gets a place in the end, however few there are", () => {
    expect(room("a", {}, ["a", "b", "c"], undefined, 1)).toBe(1);
    expect(room("a", { b: 1 }, ["a", "b", "c"], undefined, 1)).toBe(0);
    expect(room("a", {}, ["a"], ["a", "b"], 1)).toBe(1);
  });

  test("together with the others never gets more than there is", () => {
    expect(room("c", { a: 30, b: 32 }, ["a", "b", "c"])).toBe(2);
  });
});
