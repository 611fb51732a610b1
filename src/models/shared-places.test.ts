/** Places over several processes, on the real database: never more than there are, nobody starves, the dead keep nothing. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openFreshDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/installation.ts";
import { sql } from "../platform/sql.ts";
import type { Bulkhead, Place } from "./bulkhead.ts";
import { openSharedPlaces, placesFor, type Standing } from "./shared-places.ts";

const never = new AbortController().signal;
const { database } = await openFreshDatabase();
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
let made = 0;

/** Some processes that share a connection of so many places. */
function processes(count: number, most: number) {
  const connection = `few-${made++}`;
  return Array.from({ length: count }, (_, i) => {
    const places = openSharedPlaces({ database, process: `wrk_${connection}_${i}` });
    return { places, bulkhead: places.of(connection, most)! };
  });
}

/** Calls one after the other in so many lanes, and how many of each there were. */
function calling(bulkhead: Bulkhead, party: string, inFlight: { now: number; most: number }) {
  let stopped = false;
  const done = { calls: 0 };
  const lane = async () => {
    while (!stopped) {
      const place = (await bulkhead.enter(party, never))!;
      inFlight.most = Math.max(inFlight.most, ++inFlight.now);
      await pause(5);
      inFlight.now--;
      done.calls++;
      place.leave();
    }
  };
  const lanes = Promise.all(Array.from({ length: 6 }, lane));
  return {
    done,
    async stop() {
      stopped = true;
      await lanes;
    },
  };
}

describe("places of a connection over two processes", () => {
  test("are never more than there are, and both processes get theirs", async () => {
    const inFlight = { now: 0, most: 0 };
    const both = processes(2, 3);
    const running = both.map(({ bulkhead }) => calling(bulkhead, "triage", inFlight));
    await until(
      async () => Math.min(...running.map((one) => one.done.calls)),
      (least) => least >= 15,
    );
    await Promise.all(running.map((one) => one.stop()));
    expect(inFlight.most).toBe(3);
    const [a, b] = running.map((one) => one.done.calls);
    expect(Math.max(a!, b!) / Math.min(a!, b!)).toBeLessThan(4);
  });

  test("go to the workflow that has the fewest, wherever it asks", async () => {
    const [first, second] = processes(2, 2);
    const held: Place[] = [];
    for (let n = 0; n < 2; n++) held.push((await first!.bulkhead.enter("flood", never))!);
    const order: string[] = [];
    const ask = (bulkhead: Bulkhead, party: string) =>
      bulkhead.enter(party, never).then((place) => {
        order.push(party);
        held.push(place!);
      });
    const floods = [ask(first!.bulkhead, "flood"), ask(first!.bulkhead, "flood")];
    await pause(150);
    const small = ask(second!.bulkhead, "small");
    await pause(150);
    held.shift()!.leave();
    await small;
    expect(order).toEqual(["small"]);
    for (const one of held.splice(0)) one.leave();
    await Promise.all(floods);
    for (const one of held) one.leave();
  });

  test("are not kept for a caller that went away", async () => {
    const [first, second] = processes(2, 1);
    const place = await first!.bulkhead.enter("a", never);
    const gone = new AbortController();
    const waiting = second!.bulkhead.enter("b", gone.signal);
    await pause(100);
    gone.abort(new Error("gone"));
    await expect(waiting).rejects.toThrow("gone");
    place!.leave();
    const next = await first!.bulkhead.enter("a", never);
    next!.leave();
  });

  test("of a process that is gone come free when its beat has stood still for ten looks, and not before", async () => {
    const [dead, alive] = processes(2, 1);
    await dead!.bulkhead.enter("a", never);
    let got = false;
    const waiting = alive!.bulkhead.enter("b", never).then((place) => {
      got = true;
      return place;
    });
    for (let look = 0; look < 10; look++) await alive!.places.beat();
    await pause(100);
    expect(got).toBe(false);
    await alive!.places.beat();
    (await waiting)!.leave();
  });

  test("come free at once when a process stops in good order", async () => {
    const [going, staying] = processes(2, 1);
    await going!.bulkhead.enter("a", never);
    await going!.places.close();
    const place = await staying!.bulkhead.enter("b", never);
    place!.leave();
    await until(
      () =>
        database.one<{ n: number }>(
          sql`select count(*)::int as n from connection_place where process like 'wrk_few-4%'`,
        ),
      ({ n }) => n === 0,
    );
  });
});

test("are the same for everybody who calls a connection, until their number changes", () => {
  const places = openSharedPlaces({ database, process: "wrk_same" });
  expect(places.of("free", undefined)).toBeUndefined();
  const two = places.of("some", 2);
  expect(places.of("some", 2)).toBe(two);
  expect(places.of("other", 2)).not.toBe(two);
  expect(places.of("some", 3)).not.toBe(two);
});

test("whatever waits and is taken, the grants never exceed what is free, and no two processes are granted the same turn", () => {
  const standing = fc.record({
    process: fc.constantFrom("p", "q", "r"),
    party: fc.constantFrom("a", "b", "c"),
    taken: fc.nat(3),
    waiting: fc.nat(3),
    since: fc.nat(50),
  });
  fc.assert(
    fc.property(fc.array(standing, { maxLength: 9 }), fc.integer({ min: 1, max: 8 }), (drawn, most) => {
      const all = [
        ...new Map(drawn.map((one) => [`${one.process} ${one.party}`, one])).values(),
      ] as Standing[];
      const free = Math.max(0, most - all.reduce((sum, one) => sum + one.taken, 0));
      const granted = ["p", "q", "r"].map((process) => placesFor(all, process, most).length);
      const waiting = all.reduce((sum, one) => sum + one.waiting, 0);
      expect(granted.reduce((sum, one) => sum + one, 0)).toBe(Math.min(free, waiting));
    }),
  );
});
