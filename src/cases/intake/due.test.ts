import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dueAt, readHours } from "./due.ts";

const OFFICE = { hours: "Mon-Fri 08:00-17:00", zone: "Europe/Berlin" };

/** In UTC, from and to the minute, e.g. "2026-01-05 09:00". */
const at = (text: string) => Date.parse(`${text.replace(" ", "T")}:00Z`);
const due = (received: string, hours: number, calendar = OFFICE) =>
  new Date(dueAt(at(received), hours, calendar)).toISOString().slice(0, 16).replace("T", " ");

describe("working hours", () => {
  // 2026-01-05 is a Monday; Berlin is one hour before UTC in winter.
  test.each([
    ["inside a day", "2026-01-05 08:00", 4, "2026-01-05 12:00"],
    ["over the evening into the next day", "2026-01-05 14:00", 4, "2026-01-06 09:00"],
    ["over the weekend", "2026-01-09 15:00", 2, "2026-01-12 08:00"],
    ["from a Sunday", "2026-01-11 12:00", 1, "2026-01-12 08:00"],
    ["from before the opening", "2026-01-05 02:00", 1, "2026-01-05 08:00"],
    ["from after the closing", "2026-01-05 20:00", 1, "2026-01-06 08:00"],
    ["exactly at the closing", "2026-01-05 12:00", 4, "2026-01-05 16:00"],
    ["a broken hour", "2026-01-05 08:00", 0.5, "2026-01-05 08:30"],
    ["over several weeks", "2026-01-05 07:00", 90, "2026-01-16 16:00"],
  ])("%s", (_, received, hours, expected) => {
    expect(due(received, hours)).toBe(expected);
  });

  test("several openings a day are one after the other, in whatever order they are written", () => {
    const calendar = { hours: "Mon-Fri 13:00-16:00, Mon-Fri 08:00-12:00, Sat 09:00-12:00", zone: "UTC" };
    expect(due("2026-01-05 11:00", 2, calendar)).toBe("2026-01-05 14:00");
    expect(due("2026-01-05 12:30", 1, calendar)).toBe("2026-01-05 14:00");
    expect(due("2026-01-09 15:00", 2, calendar)).toBe("2026-01-10 10:00");
  });

  test("an hour in two openings counts once", () => {
    expect(due("2026-01-05 08:00", 9, { hours: "Mon-Fri 08:00-17:00, Mon 09:00-18:00", zone: "UTC" })).toBe(
      "2026-01-05 17:00",
    );
    expect(due("2026-01-05 08:00", 10, { hours: "Mon-Fri 08:00-17:00, Mon 09:00-18:00", zone: "UTC" })).toBe(
      "2026-01-05 18:00",
    );
  });

  test("days may run over the end of the week", () => {
    expect(due("2026-01-11 09:00", 1, { hours: "Sat-Mon 10:00-12:00", zone: "UTC" })).toBe(
      "2026-01-11 11:00",
    );
    expect(due("2026-01-12 11:30", 1, { hours: "Sat-Mon 10:00-12:00", zone: "UTC" })).toBe(
      "2026-01-17 10:30",
    );
  });

  test("a day may last until midnight", () => {
    expect(due("2026-01-05 23:00", 2, { hours: "Mon-Sun 00:00-24:00", zone: "UTC" })).toBe(
      "2026-01-06 01:00",
    );
  });

  test("office hours stay office hours when the clocks change", () => {
    // Summer time begins on 29 March 2026 and ends on 25 October 2026.
    expect(due("2026-03-27 15:00", 2)).toBe("2026-03-30 07:00");
    expect(due("2026-10-23 14:00", 2)).toBe("2026-10-26 08:00");
  });

  test("an hour that the clocks leave out is not worked, and one that they repeat is worked twice", () => {
    const always = { hours: "Mon-Sun 00:00-24:00", zone: "Europe/Berlin" };
    // In real time two hours are two hours, whatever the clock on the wall shows.
    expect(due("2026-03-29 00:30", 2, always)).toBe("2026-03-29 02:30");
    expect(due("2026-10-25 00:30", 2, always)).toBe("2026-10-25 02:30");
    const night = { hours: "Sun 01:00-04:00", zone: "Europe/Berlin" };
    expect(due("2026-03-28 12:00", 2, night)).toBe("2026-03-29 02:00");
  });

  test("hours that never open fall back to the clock", () => {
    expect(due("2026-01-05 08:00", 2, { hours: "Mon-Fri 17:00-08:00", zone: "UTC" })).toBe(
      "2026-01-05 10:00",
    );
  });

  test("more hours are never due earlier, and a later case is never due before an earlier one", () => {
    const start = at("2026-01-01 00:00");
    const minutes = fc.integer({ min: 0, max: 600_000 });
    const hours = fc.double({ min: 0.1, max: 100, noNaN: true });
    fc.assert(
      fc.property(minutes, minutes, hours, hours, (a, b, h, k) => {
        const [early, late] = [Math.min(a, b), Math.max(a, b)].map((minute) => start + minute * 60_000) as [
          number,
          number,
        ];
        const [few, many] = [Math.min(h, k), Math.max(h, k)];
        expect(dueAt(early, few, OFFICE)).toBeLessThanOrEqual(dueAt(early, many, OFFICE));
        expect(dueAt(early, few, OFFICE)).toBeLessThanOrEqual(dueAt(late, few, OFFICE));
        expect(dueAt(late, few, OFFICE) - late).toBeGreaterThanOrEqual(few * 3_600_000 - 1);
      }),
    );
  });
});

describe("opening hours as text", () => {
  test("are read by days and minutes", () => {
    expect(readHours("Mon-Wed 08:00-12:30, Fri 09:15-24:00")).toEqual([
      { days: new Set([1, 2, 3]), from: 480, to: 750 },
      { days: new Set([5]), from: 555, to: 1440 },
    ]);
  });

  test.each(["", "Mon", "Mon-Fri", "Moo 08:00-12:00", "Mon 8:00-12:00", "Mon-Foo 08:00-12:00"])(
    "%j is refused with an example",
    (text) => {
      expect(() => readHours(text)).toThrow(
        expect.objectContaining({
          code: "definition_invalid",
          hint: expect.stringContaining("Mon-Fri 08:00-17:00"),
        }),
      );
    },
  );
});
