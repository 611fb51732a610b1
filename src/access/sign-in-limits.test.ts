/** Pauses after failed sign-ins: how they grow, and that nobody outside holds a person's door shut, whatever is tried. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  FORGOTTEN_AFTER,
  FRESH,
  LIMITS,
  networkOf,
  pauseAfter,
  waitOf,
  type Limit,
  type Track,
  type Tried,
} from "./sign-in-limits.ts";

const DAY = 86_400_000;

test.each<[Track, [failures: number, seconds: number][]]>([
  [
    "here",
    [
      [0, 0],
      [4, 0],
      [5, 2],
      [6, 4],
      [7, 8],
      [13, 512],
      [14, 900],
      [1000, 900],
    ],
  ],
  [
    "network",
    [
      [0, 0],
      [60, 0],
      [61, 2],
      [68, 256],
      [69, 300],
      [1000, 300],
    ],
  ],
  [
    "account",
    [
      [30, 0],
      [31, 2],
      [38, 256],
      [39, 300],
    ],
  ],
])("the pause of %s", (track, table) => {
  expect(table.map(([failures]) => [failures, pauseAfter(failures, LIMITS[track]) / 1000])).toEqual(table);
});

test("a pause never shrinks with another failure, and never grows beyond its end", () => {
  for (const limit of Object.values<Limit>(LIMITS))
    for (let failures = 0; failures < 2_000; failures++) {
      const [now, next] = [pauseAfter(failures, limit), pauseAfter(failures + 1, limit)];
      expect(next).toBeGreaterThanOrEqual(now);
      expect(next).toBeLessThanOrEqual(limit.longest);
    }
});

/** The counts as the table keeps them: a try is counted when it is taken, none while a pause lasts. */
function openDoor() {
  const counts = new Map<string, Tried>();
  const keyOf = (track: Track, network: number) => (track === "account" ? track : `${track} ${network}`);
  return {
    wait: (tracks: readonly Track[], network: number, now: number) =>
      waitOf(
        Object.fromEntries(
          tracks.map((track) => [track, counts.get(keyOf(track, network)) ?? { failures: 0, lastAt: now }]),
        ),
        now,
      ),
    guess(tracks: readonly Track[], network: number, now: number): boolean {
      if (this.wait(tracks, network, now) > 0) return false;
      for (const track of tracks) {
        const before = counts.get(keyOf(track, network));
        const forgotten = before === undefined || now - before.lastAt >= FORGOTTEN_AFTER;
        counts.set(keyOf(track, network), { failures: forgotten ? 1 : before.failures + 1, lastAt: now });
      }
      return true;
    },
  };
}
const STRANGER = ["here", "network", "account"] as const satisfies Track[];
/** Guesses of others, at any network but 0, at any moment of two days. */
const guesses = fc.array(
  fc.record({ network: fc.integer({ min: 1, max: 40 }), after: fc.integer({ min: 0, max: 600_000 }) }),
  { maxLength: 400 },
);

describe("whatever others try elsewhere", () => {
  test("a person's first tries at their own network are taken at once", () => {
    fc.assert(
      fc.property(guesses, fc.integer({ min: 0, max: FRESH - 1 }), (list, typos) => {
        const door = openDoor();
        let now = 0;
        for (const { network, after } of list) door.guess(STRANGER, network, (now += after));
        for (let n = 0; n < typos; n++) expect(door.guess(STRANGER, 0, now)).toBe(true);
        expect(door.wait(STRANGER, 0, now)).toBe(0);
      }),
    );
  });

  test("a device that signed in before has all of its own allowance, also at the guesser's network", () => {
    fc.assert(
      fc.property(guesses, (list) => {
        const door = openDoor();
        let now = 0;
        for (const { network, after } of list) door.guess(STRANGER, network, (now += after));
        for (let n = 0; n <= LIMITS.device.free; n++) expect(door.guess(["device"], 1, now)).toBe(true);
        expect(door.guess(["device"], 1, now)).toBe(false);
      }),
    );
  });

  test("no wait is longer than a quarter of an hour, and after it a try is taken", () => {
    fc.assert(
      fc.property(guesses, (list) => {
        const door = openDoor();
        let now = 0;
        for (const { network, after } of list) {
          now += after;
          const wait = door.wait(STRANGER, network, now);
          expect(wait).toBeLessThanOrEqual(900_000);
          expect(door.wait(STRANGER, network, now + wait)).toBe(0);
          door.guess(STRANGER, network, now);
        }
      }),
    );
  });
});

describe("whoever guesses without rest", () => {
  const inADay = (networks: number) => {
    const door = openDoor();
    let taken = 0;
    for (let now = 0; now < DAY; now += 1_000)
      for (let network = 1; network <= networks; network++)
        while (door.guess(STRANGER, network, now)) taken++;
    return taken;
  };

  test("gets few guesses a day at one account from one network, however many come at once", () => {
    expect(inADay(1)).toBeLessThan(120);
  });

  test("gains by many networks a first few each, and the rest in turns", () => {
    expect(inADay(40)).toBeLessThan(40 * FRESH + LIMITS.account.free + 320);
  });
});

test("failures are forgotten after a day without another one", () => {
  const here = { failures: 14, lastAt: 0 };
  expect(waitOf({ here }, 899_999)).toBe(1);
  expect(waitOf({ here }, DAY)).toBe(0);
});

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:0DB8:0001:0002::9", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["1:2:3:4:5:6:7.8.9.10", "1:2:3:4::/64"],
  ["no address", "no address"],
])("the network of %s is %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});
