/** Waiting against known values, against the single queue that has a short formula, and against a simulation. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mulberry32 } from "./bootstrap.ts";
import { erlangC, peopleFor, type Staffing } from "./queueing.ts";

function steady(staffing: Staffing) {
  const found = erlangC(staffing);
  if (found.kind !== "steady") throw new Error("the queue grows without end");
  return found;
}
/** A load in people, with an hour for each item. */
const loaded = (load: number, people: number) =>
  steady({ arrivalsPerHour: load, handlingMinutes: 60, people });

describe("Erlang C", () => {
  test("gives the waits that the console shows as examples: three minutes an item", () => {
    const two = steady({ arrivalsPerHour: 30, handlingMinutes: 3, people: 2 });
    expect(two.utilisation).toBeCloseTo(0.75, 9);
    expect(two.meanWaitMinutes).toBeCloseTo(3.86, 2);
    const three = steady({ arrivalsPerHour: 57, handlingMinutes: 3, people: 3 });
    expect(three.utilisation).toBeCloseTo(0.95, 9);
    expect(Math.round(three.meanWaitMinutes)).toBe(18);
  });

  // By hand from the sum: (a^c / c!) (c / (c − a)) over that plus Σ_{k<c} a^k / k!.
  test.each([
    [1, 2, 1 / 3],
    [2, 3, 4 / 9],
    [2, 4, 4 / 23],
    [3, 4, 27 / 53],
    [0.5, 1, 0.5],
  ])("with the load of %d and %d people the share that waits is known", (load, people, waits) => {
    expect(loaded(load, people).waits).toBeCloseTo(waits, 12);
  });

  test("gives the values of the call centre example in common use: 200 calls an hour of 3 minutes, 11 agents", () => {
    const found = steady({ arrivalsPerHour: 200, handlingMinutes: 3, people: 11 });
    expect(found.utilisation).toBeCloseTo(0.909, 3);
    expect(found.waits).toBeCloseTo(0.6821, 4);
    expect(found.meanWaitMinutes * 60).toBeCloseTo(122.8, 1);
    expect(found.withinMinutes(20 / 60)).toBeCloseTo(0.3896, 4);
    expect(
      peopleFor({ arrivalsPerHour: 200, handlingMinutes: 3 }, { share: 0.8, withinMinutes: 20 / 60 }),
    ).toBe(14);
  });

  test("grows without end when the work is as much as the people, or more", () => {
    const staffing = { arrivalsPerHour: 40, handlingMinutes: 3, people: 2 };
    expect(erlangC(staffing)).toEqual({ kind: "growing", utilisation: 1, growsPerHour: 0 });
    expect(erlangC({ ...staffing, people: 1 })).toEqual({
      kind: "growing",
      utilisation: 2,
      growsPerHour: 20,
    });
    expect(erlangC({ ...staffing, people: 0 })).toMatchObject({ kind: "growing", growsPerHour: 40 });
  });

  test("waits for nothing where nothing comes", () => {
    for (const people of [0, 3]) {
      const idle = steady({ arrivalsPerHour: 0, handlingMinutes: 3, people });
      expect(idle).toMatchObject({ utilisation: 0, waits: 0, meanWaitMinutes: 0, meanQueue: 0 });
      expect(idle.withinMinutes(0)).toBe(1);
    }
    expect(peopleFor({ arrivalsPerHour: 0, handlingMinutes: 3 }, { share: 0.9, withinMinutes: 1 })).toBe(0);
  });

  test("no number of people takes up everything at once", () => {
    const work = { arrivalsPerHour: 10, handlingMinutes: 3 };
    expect(() => peopleFor(work, { share: 1, withinMinutes: 5 })).toThrow("No number of people");
    expect(() => peopleFor(work, { share: Number.NaN, withinMinutes: 5 })).toThrow("No number of people");
  });

  const share = fc.double({ min: 0.02, max: 0.98, noNaN: true });
  const people = fc.integer({ min: 1, max: 200 });

  test("with one person is the plain queue: the share that waits is the load", () => {
    fc.assert(
      fc.property(share, (load) => {
        const found = loaded(load, 1);
        expect(found.waits).toBeCloseTo(load, 10);
        expect(found.meanQueue).toBeCloseTo(load ** 2 / (1 - load), 8);
      }),
    );
  });

  test("more people never wait longer, and more time never takes up less", () => {
    fc.assert(
      fc.property(share, people, (used, count) => {
        const load = used * count;
        const [fewer, more] = [loaded(load, count), loaded(load, count + 1)];
        expect(more.meanWaitMinutes).toBeLessThanOrEqual(fewer.meanWaitMinutes);
        expect(fewer.withinMinutes(0)).toBeCloseTo(1 - fewer.waits, 12);
        expect(fewer.withinMinutes(10)).toBeGreaterThanOrEqual(fewer.withinMinutes(5));
        expect(fewer.waits).toBeGreaterThanOrEqual(0);
        expect(fewer.waits).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("the fewest people are enough, and one fewer are not", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 300, noNaN: true }),
        fc.double({ min: 0.5, max: 20, noNaN: true }),
        share,
        (arrivalsPerHour, handlingMinutes, wanted) => {
          const work = { arrivalsPerHour, handlingMinutes };
          const found = peopleFor(work, { share: wanted, withinMinutes: 5 });
          expect(steady({ ...work, people: found }).withinMinutes(5)).toBeGreaterThanOrEqual(wanted);
          const fewer = erlangC({ ...work, people: found - 1 });
          expect(fewer.kind === "growing" || fewer.withinMinutes(5) < wanted).toBe(true);
        },
      ),
    );
  });

  test("is what a long simulated day of random arrivals comes to", () => {
    const chance = mulberry32(4);
    const exponential = (mean: number) => -Math.log(1 - chance()) * mean;
    const staffing = { arrivalsPerHour: 48, handlingMinutes: 3, people: 3 };
    const free = [0, 0, 0];
    let [now, waited, waits] = [0, 0, 0];
    const items = 400_000;
    for (let i = 0; i < items; i++) {
      now += exponential(60 / staffing.arrivalsPerHour);
      const next = free.indexOf(Math.min(...free));
      const start = Math.max(now, free[next]!);
      waited += start - now;
      if (start > now) waits++;
      free[next] = start + exponential(staffing.handlingMinutes);
    }
    const found = steady(staffing);
    expect(waits / items).toBeCloseTo(found.waits, 1);
    expect(Math.abs(waited / items / found.meanWaitMinutes - 1)).toBeLessThan(0.05);
  });
});
