/** The choices of a snooze, at any day and hour, where the workflow is. */
import { expect, test } from "vitest";
import { snoozeTimes } from "./snooze-times.ts";

const at = (moment: string, zone: string) =>
  snoozeTimes(new Date(moment).getTime(), zone).map(
    ({ name, at }) => `${name} ${at.toISOString().slice(5, 16)}`,
  );

test("on a Wednesday morning there are four", () => {
  expect(at("2026-11-25T09:30:00Z", "UTC")).toEqual([
    "hour 11-25T10:30",
    "afternoon 11-25T14:00",
    "tomorrow 11-26T08:00",
    "monday 11-30T08:00",
  ]);
});

test("late in the day the afternoon is over, and before a Monday tomorrow is Monday", () => {
  expect(at("2026-11-25T13:30:00Z", "UTC")).toEqual([
    "hour 11-25T14:30",
    "tomorrow 11-26T08:00",
    "monday 11-30T08:00",
  ]);
  expect(at("2026-11-29T09:00:00Z", "UTC")).toEqual([
    "hour 11-29T10:00",
    "afternoon 11-29T14:00",
    "monday 11-30T08:00",
  ]);
});

test("on a Monday, Monday is the next one", () => {
  expect(at("2026-11-30T07:00:00Z", "UTC").at(-1)).toBe("monday 12-07T08:00");
});

test("morning is morning where the workflow is, in whatever zone the device lies", () => {
  expect(at("2026-11-25T09:30:00Z", "Europe/Berlin")).toEqual([
    "hour 11-25T10:30",
    "afternoon 11-25T13:00",
    "tomorrow 11-26T07:00",
    "monday 11-30T07:00",
  ]);
  // There it is Thursday already.
  expect(at("2026-11-25T20:00:00Z", "Pacific/Auckland")).toEqual([
    "hour 11-25T21:00",
    "afternoon 11-26T01:00",
    "tomorrow 11-26T19:00",
    "monday 11-29T19:00",
  ]);
});

test("over the night in which clocks change, morning stays at eight", () => {
  expect(at("2026-10-24T15:00:00Z", "Europe/Berlin")).toContain("tomorrow 10-25T07:00");
  expect(at("2027-03-27T15:00:00Z", "Europe/Berlin")).toContain("tomorrow 03-28T06:00");
});
