/** What is stored of the time of work: sums of five or more people, and of fewer nothing. */
import { expect, test } from "vitest";
import { countable, LONGEST_TASK, openWorkedTime } from "./time.ts";

/** What would be written: workflow, day, milliseconds and tasks of each sum. */
function sink(fails = false) {
  const written: unknown[][] = [];
  const time = openWorkedTime({
    run(statement) {
      written.push([...statement.values]);
      return fails ? Promise.reject(new Error("no database")) : Promise.resolve(1);
    },
  });
  const work = (stands: string, day = "2026-01-05", milliseconds = 1_000, workflow = "mail") =>
    time.add({ workflow, day, stands, milliseconds });
  return { written, work };
}

test("four people are never written, however much they work", async () => {
  const { written, work } = sink();
  for (let i = 0; i < 400; i++) await work(`person ${i % 4}`);
  expect(written).toEqual([]);
});

test("the fifth person's work brings out one sum, and gathering begins anew", async () => {
  const { written, work } = sink();
  for (let i = 0; i < 9; i++) await work(`person ${i % 5}`);
  expect(written).toEqual([["mail", "2026-01-05", 5_000, 5]]);
  await work("person 9");
  expect(written).toHaveLength(2);
});

test("people of different workflows are not added up, and those of an earlier week are thrown away", async () => {
  const { written, work } = sink();
  for (let i = 0; i < 4; i++) await work(`person ${i}`);
  await work("person 5", "2026-01-05", 1_000, "other");
  await work("person 5", "2026-01-12");
  expect(written).toEqual([]);
});

test("a sum that cannot be written is lost, and fails nobody", async () => {
  const { written, work } = sink(true);
  for (let i = 0; i < 5; i++) await work(`person ${i}`);
  expect(written).toHaveLength(1);
});

test("of one task counts for two hours at most, and not at all of a rehearsal or a program that plays a person", () => {
  const person = { drill: false, simulated: false };
  expect(countable(86_400_000, person)).toBe(LONGEST_TASK);
  expect(countable(9_000, { ...person, simulated: true })).toBeUndefined();
  expect(countable(9_000, { ...person, drill: true })).toBeUndefined();
  expect(countable(0, person)).toBeUndefined();
});
