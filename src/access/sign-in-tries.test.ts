/** Counted tries against the real database: parallel guesses are bounded, and right or broken-off ones cost nothing. */
import { expect, test } from "vitest";
import { openFreshDatabase } from "../../test/support/database.ts";
import type { PilotageError } from "../contract/errors.ts";
import { sql } from "../platform/sql.ts";
import { LIMITS, type Track } from "./sign-in-limits.ts";
import { countedTry, tidyFailures } from "./sign-in-tries.ts";

const { database } = await openFreshDatabase();
const DAY = 86_400_000;
let now = Date.parse("2026-01-05T08:00:00.000Z");
const parts = { database, clock: { now: () => now } };
const stranger = (name: string, network = `net of ${name}`) =>
  (
    [
      ["here", `${name} at ${network}`],
      ["network", network],
      ["account", name],
    ] as [Track, string][]
  ).map(([track, subject]) => ({ track, subject: Buffer.from(subject) }));
const wrong = () => Promise.resolve(undefined);
const right = () => Promise.resolve(true as const);
const refused = (error: unknown) => (error as PilotageError).code;
const failuresOf = async (subject: string) =>
  (
    await database.maybe<{ failures: number }>(
      sql`select failures from sign_in_failure where subject = ${Buffer.from(subject)}`,
    )
  )?.failures ?? 0;

test("of fifty guesses at the same moment only the free ones and one more are judged", async () => {
  let judged = 0;
  const results = await Promise.allSettled(
    Array.from({ length: 50 }, () =>
      countedTry(parts, stranger("rush"), async () => {
        judged++;
        await new Promise((resolve) => setTimeout(resolve, 20));
        return undefined;
      }),
    ),
  );
  expect(judged).toBe(LIMITS.here.free + 1);
  expect(await failuresOf("rush at net of rush")).toBe(judged);
  for (const one of results)
    if (one.status === "rejected") expect(refused(one.reason)).toBe("too_many_requests");
});

test("knocking during a pause neither counts nor lengthens it", async () => {
  const watched = stranger("knock");
  for (let n = 0; n < 5; n++) await countedTry(parts, watched, wrong);
  for (let n = 0; n < 10; n++) {
    now += 150;
    await expect(countedTry(parts, watched, right)).rejects.toMatchObject({ code: "too_many_requests" });
  }
  now += 500;
  expect(await countedTry(parts, watched, right)).toBe(true);
});

test("a right try forgets what is its own, and takes back only itself for the network and the account", async () => {
  const watched = stranger("right");
  for (let n = 0; n < 3; n++) await countedTry(parts, watched, wrong);
  await countedTry(parts, stranger("right", "far away"), wrong);
  await countedTry(parts, watched, right);
  expect(await failuresOf("right at net of right")).toBe(0);
  expect(await failuresOf("net of right")).toBe(3);
  expect(await failuresOf("right")).toBe(4);
});

test("a right try does not begin an old pause again", async () => {
  const before = now;
  const network = "an office";
  for (let n = 0; n < LIMITS.network.free + 3; n++) {
    await countedTry(parts, stranger(`clerk ${n}`, network), wrong);
    now += n < LIMITS.network.free ? 0 : 10_000;
  }
  expect(now).toBeGreaterThan(before);
  const two = [stranger("morning", network), stranger("evening", network)] as const;
  for (const one of two) expect(await countedTry(parts, one, right)).toBe(true);
});

test("a try that could not be judged is taken back, and its fault comes through", async () => {
  const broken = () => Promise.reject(new Error("the disk is full"));
  for (let n = 0; n < 10; n++)
    await expect(countedTry(parts, stranger("broken"), broken)).rejects.toThrow("the disk is full");
  expect(await failuresOf("broken")).toBe(0);
  expect(await failuresOf("broken at net of broken")).toBe(0);
});

test("failures of long ago are counted anew, and their rows go", async () => {
  const watched = stranger("old");
  for (let n = 0; n < 5; n++) await countedTry(parts, watched, wrong);
  now += DAY;
  await countedTry(parts, watched, wrong);
  expect(await failuresOf("old")).toBe(1);
  await tidyFailures(database, now + 3 * DAY);
  const { rows } = await database.one<{ rows: number }>(
    sql`select count(*)::int as rows from sign_in_failure`,
  );
  expect(rows).toBe(0);
});
