import { describe, expect, test } from "vitest";
import { forecastOf, forecastWords, type ForecastGiven } from "./automation-forecast.ts";

const given = (more: Partial<ForecastGiven> = {}): ForecastGiven => ({
  target: 0.05,
  confidence: 0.95,
  look: 1,
  open: false,
  coverage: 0.5,
  errorShare: 0.02,
  labels: 0,
  labelsPerDay: 20,
  ...more,
});

describe("days until automation returns", () => {
  test("follow from the labels that are needed, and those that come in a day", () => {
    const found = forecastOf(given());
    expect(found).toMatchObject({ needed: { median: 432, likely: 832 }, days: { median: 22, likely: 42 } });
    expect(forecastWords(found)).toBe("about 22 days (in nine of ten cases at most 42)");
  });

  test("are fewer with labels that are there, and none when all are", () => {
    expect(forecastOf(given({ labels: 400 })).days).toEqual({ median: 2, likely: 22 });
    expect(forecastWords(forecastOf(given({ labels: 2_000 })))).toContain("at once");
  });

  test("are more at a later look, and at labels that lie open", () => {
    const { median } = forecastOf(given()).days!;
    expect(forecastOf(given({ look: 4 })).days!.median).toBeGreaterThan(median);
    expect(forecastOf(given({ open: true })).days!.median).toBeGreaterThan(median);
  });

  test("are not told where too many are wrong, or no label comes", () => {
    expect(forecastOf(given({ errorShare: 0.05 }))).toMatchObject({ days: null, because: "too_many_errors" });
    expect(forecastOf(given({ labelsPerDay: 0 }))).toMatchObject({ days: null, because: "no_labels" });
    expect(forecastWords(forecastOf(given({ errorShare: 0.2 })))).toContain("cannot be proved");
  });
});
