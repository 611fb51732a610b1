/** Our rules against an independent collection of holidays, for every region and thirteen years. */
import Oracle from "date-holidays";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { holidaysOf, isHoliday, knowsCountryOf, REGIONS } from "./holidays.ts";
import { easterSunday, isoDay, weekdayOf } from "./rule.ts";

const YEARS = Array.from({ length: 13 }, (_, i) => 2024 + i);

/** Where we differ on purpose; what is listed and no difference fails the test, so that the list can only shrink. */
const DIFFERENCES: Record<string, string> = {
  "CH-GL, Näfelser Fahrt of 2027: ours 2027-04-01, theirs 2027-04-08":
    "the first Thursday of April; they never take the first of the month, though it lies after Easter",
  "CH-GL, Näfelser Fahrt of 2032: ours 2032-04-01, theirs 2032-04-08": "the same",
  "CH-GL, each 12-24: only theirs": "not among the days of rest that the canton names",
  "CH-GL, each 12-31: only theirs": "the same",
  ...Object.fromEntries(
    YEARS.map((year) => [
      `CH-GR, Karfreitag of ${year}: ours ${isoDay(easterSunday(year) - 2)}, theirs none`,
      "a high holiday by the canton's law on days of rest",
    ]),
  ),
  "CH-SO, each 05-01: only theirs": "from noon only; half days are working days here",
  "CH-VS, each 05-01: only theirs": "from noon only; half days are working days here",
  "CH-VS, each 12-24: only theirs": "from noon only; half days are working days here",
  "CH-SO, each 03-19: only theirs": "kept in eight communities only",
};

function oracleDays(region: string, year: number): Set<string> {
  const [country = "", part] = region.split("-");
  const oracle = part === undefined ? new Oracle(country) : new Oracle(country, part);
  return new Set(
    oracle
      .getHolidays(year)
      .filter((one) => one.type === "public")
      .map((one) => one.date.slice(0, 10)),
  );
}

function differencesOf(region: string): string[] {
  const ours: string[] = [];
  const theirs: string[] = [];
  for (const year of YEARS) {
    const known = new Set(holidaysOf(region, year).map((one) => one.date));
    const wanted = oracleDays(region, year);
    ours.push(...[...known].filter((date) => !wanted.has(date)));
    theirs.push(...[...wanted].filter((date) => !known.has(date)));
  }
  const found: string[] = [];
  const each = (only: string, dates: string[]) => {
    for (const [day, all] of Map.groupBy(dates, (date) => date.slice(5)))
      if (all.length === YEARS.length) found.push(`${region}, each ${day}: only ${only}`);
    return dates.filter(
      (date) => dates.filter((one) => one.slice(5) === date.slice(5)).length < YEARS.length,
    );
  };
  const ourSingle = each("ours", ours);
  const theirSingle = each("theirs", theirs);
  for (const year of YEARS) {
    const [mine, other] = [ourSingle, theirSingle].map((list) =>
      list.filter((date) => date.startsWith(String(year))).join(" and "),
    );
    if (mine === "" && other === "") continue;
    const name = holidaysOf(region, year).find((one) => one.date === mine)?.name.de ?? "days";
    found.push(`${region}, ${name} of ${year}: ours ${mine || "none"}, theirs ${other || "none"}`);
  }
  return found;
}

describe("public holidays", () => {
  test("of all states and cantons are those of an independent collection, but for what is listed", () => {
    const found = REGIONS.flatMap(differencesOf);
    expect(found.sort()).toEqual(Object.keys(DIFFERENCES).sort());
  }, 60_000);

  test("are known for every part of the three countries", () => {
    const oracle = new Oracle();
    for (const country of ["DE", "AT", "CH"]) {
      const parts = Object.keys(oracle.getStates(country)).map((part) => `${country}-${part}`);
      expect(REGIONS.filter((region) => region.startsWith(`${country}-`)).sort()).toEqual(parts.sort());
    }
    expect(REGIONS).toHaveLength(3 + 16 + 9 + 26);
  });

  test("have a name in both languages and stand in order, one a day", () => {
    for (const region of REGIONS) {
      const list = holidaysOf(region, 2026);
      const dates = list.map((one) => one.date);
      expect(dates).toEqual([...new Set(dates)].sort());
      for (const { name } of list) expect([name.de, name.en].every((text) => text.length > 4)).toBe(true);
    }
    expect(holidaysOf("DE-SN", 2026)).toContainEqual({
      date: "2026-11-18",
      name: { de: "Buß- und Bettag", en: "Day of Repentance and Prayer" },
    });
  });

  test("differ from state to state", () => {
    expect(["DE", "DE-BY", "DE-NI", "AT-9"].map((region) => isHoliday(region, "2026-01-06"))).toEqual([
      false,
      true,
      false,
      true,
    ]);
    expect(["DE-BE", "DE-SN", "CH"].map((region) => isHoliday(region, "2026-10-31"))).toEqual([
      false,
      true,
      false,
    ]);
  });

  test("are unknown elsewhere, and nothing there is a holiday", () => {
    expect(holidaysOf("FR", 2026)).toEqual([]);
    expect(holidaysOf("DE-XX", 2026)).toEqual([]);
    expect(isHoliday("FR-75", "2026-01-01")).toBe(false);
    expect([knowsCountryOf("DE-XX"), knowsCountryOf("CH"), knowsCountryOf("FR")]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe("Easter", () => {
  test.each([
    [1961, "1961-04-02"],
    [2008, "2008-03-23"],
    [2024, "2024-03-31"],
    [2038, "2038-04-25"],
    [2049, "2049-04-18"],
    [2076, "2076-04-19"],
    [2285, "2285-03-22"],
  ])("of %d is %s", (year, expected) => {
    expect(isoDay(easterSunday(year))).toBe(expected);
  });

  test("is a Sunday between 22 March and 25 April", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1600, max: 4000 }), (year) => {
        const day = easterSunday(year);
        const date = isoDay(day).slice(5);
        expect(weekdayOf(day)).toBe(0);
        expect(date >= "03-22" && date <= "04-25").toBe(true);
      }),
    );
  });
});
