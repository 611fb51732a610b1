/** When days begin in a time zone. */
import { describe, expect, test } from "vitest";
import { startOfDayIn } from "./zone-clock.ts";

const HOUR = 3_600_000;
const begins = (zone: string, day: string, later?: number) =>
  new Date(startOfDayIn(zone, day, later)).toISOString();
const hoursOf = (zone: string, day: string) => (startOfDayIn(zone, day, 1) - startOfDayIn(zone, day)) / HOUR;

describe("a day begins", () => {
  test("at midnight there, in winter and in summer", () => {
    expect(begins("Europe/Berlin", "2026-01-05")).toBe("2026-01-04T23:00:00.000Z");
    expect(begins("Europe/Berlin", "2026-07-05")).toBe("2026-07-04T22:00:00.000Z");
    expect(begins("America/New_York", "2026-01-05")).toBe("2026-01-05T05:00:00.000Z");
    expect(begins("Asia/Kolkata", "2026-01-05")).toBe("2026-01-04T18:30:00.000Z");
    expect(begins("UTC", "2026-01-05")).toBe("2026-01-05T00:00:00.000Z");
  });

  test("and is 23 or 25 hours long where the clocks change", () => {
    expect(hoursOf("Europe/Berlin", "2026-03-28")).toBe(24);
    expect(hoursOf("Europe/Berlin", "2026-03-29")).toBe(23);
    expect(hoursOf("Europe/Berlin", "2026-10-25")).toBe(25);
    expect(begins("Europe/Berlin", "2026-03-29", 1)).toBe("2026-03-29T22:00:00.000Z");
  });

  test("with its first moment where midnight itself is left out or comes twice", () => {
    // Santiago goes from 24:00 to 1:00, Havana from 1:00 back to midnight.
    expect(begins("America/Santiago", "2025-09-07")).toBe("2025-09-07T04:00:00.000Z");
    expect(begins("America/Havana", "2025-11-02")).toBe("2025-11-02T04:00:00.000Z");
    expect(hoursOf("America/Havana", "2025-11-02")).toBe(25);
  });

  test("over the ends of months and years", () => {
    expect(begins("Europe/Berlin", "2025-12-31", 1)).toBe("2025-12-31T23:00:00.000Z");
    expect(begins("Europe/Berlin", "2026-02-28", 1)).toBe("2026-02-28T23:00:00.000Z");
  });
});
