import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isHoliday } from "../../definition/calendar/holidays.ts";
import { dueAt, nextOpening, readHours, workingTimeBetween } from "./due.ts";

const OFFICE = { region: "DE", hours: "Mon-Fri 08:00-17:00", zone: "Europe/Berlin" };
const BAVARIA = { ...OFFICE, region: "DE-BY" };
/** Opening hours where no holiday is known, in UTC. */
const open = (hours: string, zone = "UTC") => ({ region: "FR", hours, zone });

/** In UTC, from and to the minute, e.g. "2026-01-05 09:00". */
const at = (text: string) => Date.parse(`${text.replace(" ", "T")}:00Z`);
const text = (moment: number) => new Date(moment).toISOString().slice(0, 16).replace("T", " ");
const due = (received: string, hours: number, calendar = OFFICE) =>
  text(dueAt(at(received), hours, calendar));

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

  test("over midnight belong to the day on which they begin", () => {
    const nights = open("Mon-Fri 22:00-06:00");
    expect(due("2026-01-05 21:00", 7, nights)).toBe("2026-01-06 05:00");
    expect(due("2026-01-06 05:00", 2, nights)).toBe("2026-01-06 23:00");
    // Friday's night ends on Saturday; then nothing opens before Monday evening.
    expect(due("2026-01-10 05:00", 2, nights)).toBe("2026-01-12 23:00");
    expect(due("2026-01-05 00:00", 1, nights)).toBe("2026-01-05 23:00");
  });

  test("over midnight that meet the hours of the next day count once", () => {
    const round = open("Mon-Fri 22:00-06:00, Tue-Sat 05:00-07:00");
    expect(due("2026-01-05 22:00", 9, round)).toBe("2026-01-06 07:00");
  });

  test("several openings a day are one after the other, in whatever order they are written", () => {
    const calendar = open("Mon-Fri 13:00-16:00, Mon-Fri 08:00-12:00, Sat 09:00-12:00");
    expect(due("2026-01-05 11:00", 2, calendar)).toBe("2026-01-05 14:00");
    expect(due("2026-01-05 12:30", 1, calendar)).toBe("2026-01-05 14:00");
    expect(due("2026-01-09 15:00", 2, calendar)).toBe("2026-01-10 10:00");
  });

  test("an hour in two openings counts once", () => {
    expect(due("2026-01-05 08:00", 9, open("Mon-Fri 08:00-17:00, Mon 09:00-18:00"))).toBe("2026-01-05 17:00");
    expect(due("2026-01-05 08:00", 10, open("Mon-Fri 08:00-17:00, Mon 09:00-18:00"))).toBe(
      "2026-01-05 18:00",
    );
  });

  test("days may run over the end of the week", () => {
    expect(due("2026-01-11 09:00", 1, open("Sat-Mon 10:00-12:00"))).toBe("2026-01-11 11:00");
    expect(due("2026-01-12 11:30", 1, open("Sat-Mon 10:00-12:00"))).toBe("2026-01-17 10:30");
  });

  test("a day may last until midnight", () => {
    expect(due("2026-01-05 23:00", 2, open("Mon-Sun 00:00-24:00"))).toBe("2026-01-06 01:00");
  });

  test("office hours stay office hours when the clocks change", () => {
    // Summer time begins on 29 March 2026 and ends on 25 October 2026.
    expect(due("2026-03-27 15:00", 2)).toBe("2026-03-30 07:00");
    expect(due("2026-10-23 14:00", 2)).toBe("2026-10-26 08:00");
  });

  test("an hour that the clocks leave out is not worked, and one that they repeat is worked twice", () => {
    const always = open("Mon-Sun 00:00-24:00", "Europe/Berlin");
    // In real time two hours are two hours, whatever the clock on the wall shows.
    expect(due("2026-03-29 00:30", 2, always)).toBe("2026-03-29 02:30");
    expect(due("2026-10-25 00:30", 2, always)).toBe("2026-10-25 02:30");
    const night = open("Sun 01:00-04:00", "Europe/Berlin");
    expect(due("2026-03-28 12:00", 2, night)).toBe("2026-03-29 02:00");
  });

  test("hours that never open fall back to the clock", () => {
    expect(due("2026-01-05 08:00", 2, open("Mon-Fri 17:00-17:00"))).toBe("2026-01-05 10:00");
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

describe("public holidays", () => {
  test.each([
    ["Epiphany is worked in Lower Saxony", "DE-NI", "2026-01-05 15:00", 2, "2026-01-06 08:00"],
    ["and not in Bavaria", "DE-BY", "2026-01-05 15:00", 2, "2026-01-07 08:00"],
    ["Easter is four days", "DE", "2026-04-02 14:00", 2, "2026-04-07 07:00"],
    ["so are Christmas and a weekend beside it", "DE", "2026-12-24 15:00", 2, "2026-12-28 08:00"],
    ["what comes on a holiday waits for the day after", "DE", "2026-05-14 10:00", 1, "2026-05-15 07:00"],
  ])("%s", (_, region, received, hours, expected) => {
    expect(due(received, hours, { ...OFFICE, region })).toBe(expected);
  });

  test("begin no night shift, and end none that began before", () => {
    const nights = { region: "DE", hours: "Mon-Sun 22:00-06:00", zone: "UTC" };
    // 1 January 2026: the night from 31 December is worked to its end, the one that would begin on the 1st is not.
    expect(due("2026-01-01 04:00", 3, nights)).toBe("2026-01-02 23:00");
  });
});

describe("working time", () => {
  const hours = (from: string, to: string, calendar = BAVARIA) =>
    workingTimeBetween(at(from), at(to), calendar) / 3_600_000;

  test.each([
    ["inside a day", "2026-01-07 08:00", "2026-01-07 10:30", 2.5],
    ["over a night", "2026-01-07 15:00", "2026-01-08 08:00", 2],
    ["over a weekend", "2026-01-09 15:00", "2026-01-12 08:00", 2],
    ["over a holiday", "2026-01-05 15:00", "2026-01-07 08:00", 2],
    ["a whole week with a holiday", "2026-01-05 00:00", "2026-01-12 00:00", 36],
    ["outside the hours", "2026-01-07 20:00", "2026-01-08 05:00", 0],
    ["backwards", "2026-01-08 12:00", "2026-01-07 12:00", 0],
  ])("%s", (_, from, to, expected) => {
    expect(hours(from, to)).toBe(expected);
  });

  test("over many years is counted to its end", () => {
    expect(hours("2026-01-01 00:00", "2030-01-01 00:00", open("Mon-Sun 00:00-24:00"))).toBe(1461 * 24);
  });

  test("next begins at the opening, or now when it is open", () => {
    const next = (moment: string, calendar = BAVARIA) => {
      const found = nextOpening(at(moment), calendar);
      return found === undefined ? undefined : text(found);
    };
    expect(next("2026-01-07 10:00")).toBe("2026-01-07 10:00");
    expect(next("2026-01-07 16:00")).toBe("2026-01-08 07:00");
    expect(next("2026-01-05 16:00")).toBe("2026-01-07 07:00");
    expect(next("2026-04-02 20:00")).toBe("2026-04-07 06:00");
    expect(next("2026-01-07 10:00", open("Mon 08:00-08:00"))).toBeUndefined();
  });

  test("until a case is due is what it was given, in every region and season", () => {
    const moment = fc
      .integer({ min: 0, max: 2_000_000 })
      .map((minute) => at("2026-01-01 00:00") + minute * 60_000);
    const calendar = fc.constantFrom(
      BAVARIA,
      { region: "AT-9", hours: "Mon-Fri 22:00-06:00", zone: "Europe/Vienna" },
      { region: "CH-ZH", hours: "Mon-Sat 07:00-12:00, Mon-Fri 13:00-18:30", zone: "Europe/Zurich" },
    );
    fc.assert(
      fc.property(moment, fc.integer({ min: 1, max: 4_000 }), calendar, (received, minutes, used) => {
        const end = dueAt(received, minutes / 60, used);
        expect(workingTimeBetween(received, end, used) / 60_000).toBeCloseTo(minutes, 4);
        expect(nextOpening(received, used)).toBeLessThan(end);
      }),
      { numRuns: 60 },
    );
  });

  test("never lies on a holiday", () => {
    const start = at("2026-01-01 00:00");
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000 }), (days) => {
        const opening = nextOpening(start + days * 86_400_000, BAVARIA)!;
        expect(isHoliday(BAVARIA.region, new Date(opening).toISOString().slice(0, 10))).toBe(false);
      }),
      { numRuns: 60 },
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

  test("that end before they begin end on the day after", () => {
    expect(readHours("Sat 22:00-06:00")).toEqual([{ days: new Set([6]), from: 1320, to: 1800 }]);
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
