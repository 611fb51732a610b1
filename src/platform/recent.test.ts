/** Answers that may be a little old. */
import { expect, test } from "vitest";
import { recent } from "./recent.ts";

let time = 0;
const watch = () => {
  const start = time;
  return () => time - start;
};

test("many who ask at once, and soon after, share one answer; later ones get a new one", async () => {
  let asked = 0;
  const answer = recent(2_000, async () => ++asked, watch);
  expect(await Promise.all([answer(), answer(), answer()])).toEqual([1, 1, 1]);
  time += 1_999;
  expect(await answer()).toBe(1);
  time += 1;
  expect(await Promise.all([answer(), answer()])).toEqual([2, 2]);
});

test("an answer is as old as its end, and while it is worked out nobody begins another", async () => {
  let asked = 0;
  const work = Promise.withResolvers<undefined>();
  const answer = recent(2_000, async () => (++asked, work.promise), watch);
  const first = answer();
  time += 10_000;
  const second = answer();
  work.resolve(undefined);
  await Promise.all([first, second, answer()]);
  expect(asked).toBe(1);
});

test("a failure is told to those who wait, and not kept", async () => {
  let asked = 0;
  const answer = recent(2_000, async () => {
    if (++asked === 1) throw new Error("gone");
    return asked;
  });
  await expect(Promise.all([answer(), answer()])).rejects.toThrowError("gone");
  expect(await answer()).toBe(2);
});
