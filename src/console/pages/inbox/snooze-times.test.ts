/** The choices of a snooze, at any day and hour. */
import { expect, test } from "vitest";
import { snoozeTimes } from "./snooze-times.ts";

const at = (text: string) =>
  snoozeTimes(new Date(text).getTime()).map(({ name, at }) => `${name} ${at.getDay()} ${at.getHours()}`);

test("on a Wednesday morning there are four", () => {
  expect(at("2026-11-25T09:30")).toEqual(["hour 3 10", "afternoon 3 14", "tomorrow 4 8", "monday 1 8"]);
});

test("late in the day the afternoon is over, and before a Monday tomorrow is Monday", () => {
  expect(at("2026-11-25T13:30")).toEqual(["hour 3 14", "tomorrow 4 8", "monday 1 8"]);
  expect(at("2026-11-29T09:00")).toEqual(["hour 0 10", "afternoon 0 14", "monday 1 8"]);
});

test("on a Monday, Monday is the next one", () => {
  const monday = snoozeTimes(new Date("2026-11-30T07:00").getTime()).at(-1)!;
  expect([monday.name, monday.at.getDate()]).toEqual(["monday", 7]);
});
