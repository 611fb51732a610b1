/** Few large writes in place of many small ones; what is committed with them is in group-commit.test.ts. */
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { gathered } from "./gather.ts";

/** Writes that take a while, and how many items each of them had. */
function writes(takesMs: number) {
  const sizes: number[] = [];
  return {
    sizes,
    async write(items: number[]) {
      sizes.push(items.length);
      await pause(takesMs);
      return items.map((item) => item * 2);
    },
  };
}

describe("one write at a time", () => {
  test("takes with it whatever came during the one before", async () => {
    const { sizes, write } = writes(30);
    const group = gathered(write, { atOnce: 1 });
    const first = group.do(1);
    await pause(10);
    const others = [2, 3, 4].map((item) => group.do(item));
    expect(await Promise.all([first, ...others])).toEqual([2, 4, 6, 8]);
    expect(sizes).toEqual([1, 3]);
  });
});

describe("several writes at a time", () => {
  test("begin with as many as are under way, where that is little, and not with a few", async () => {
    const { sizes, write } = writes(40);
    const group = gathered(write, { gatherMs: 20 });
    const items = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => group.do(from + i));
    const all = items(0, 30);
    await pause(5);
    all.push(...items(30, 29));
    await pause(5);
    expect(sizes).toEqual([30]);
    all.push(...items(59, 1));
    await pause(5);
    expect(sizes).toEqual([30, 30]);
    await Promise.all(all);
  });
});

describe("patience", () => {
  const patient = { from: 4, enough: 6, forMs: 60 };

  test("waits for enough after a large group, and no longer than it may", async () => {
    const { sizes, write } = writes(1);
    const group = gathered(write, { atOnce: 1, patient });
    await Promise.all([1, 2, 3, 4].map((item) => group.do(item)));
    const few = [5, 6].map((item) => group.do(item));
    await pause(20);
    expect(sizes).toEqual([4]);
    const more = [7, 8, 9, 10].map((item) => group.do(item));
    await Promise.all([...few, ...more]);
    expect(sizes).toEqual([4, 6]);
    expect(await group.do(11)).toBe(22);
    expect(sizes).toEqual([4, 6, 1]);
  });

  test("is not had where little comes", async () => {
    const { sizes, write } = writes(1);
    const group = gathered(write, { atOnce: 1, patient: { ...patient, forMs: 10_000 } });
    for (let item = 0; item < 5; item++) expect(await group.do(item)).toBe(item * 2);
    expect(sizes).toEqual([1, 1, 1, 1, 1]);
  });
});
