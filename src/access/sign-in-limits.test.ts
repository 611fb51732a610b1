/** Pauses after failed sign-ins: how they grow, that they hold across processes, and that nobody is locked out for good. */
import { describe, expect, test } from "vitest";
import { openFreshDatabase } from "../../test/support/database.ts";
import type { PilotageError } from "../contract/errors.ts";
import { sql } from "../platform/sql.ts";
import {
  ACCOUNT,
  ADDRESS,
  demandCalm,
  forgetFailures,
  noteFailure,
  pauseAfter,
  tidyFailures,
  type Limit,
} from "./sign-in-limits.ts";

const DAY = 86_400_000;
const START = Date.parse("2026-01-05T08:00:00.000Z");
const { database } = await openFreshDatabase();

test.each<[string, Limit, [failures: number, seconds: number][]]>([
  [
    "an account",
    ACCOUNT,
    [
      [0, 0],
      [4, 0],
      [5, 2],
      [6, 4],
      [7, 8],
      [10, 64],
      [13, 512],
      [14, 900],
      [1000, 900],
    ],
  ],
  [
    "an address",
    ADDRESS,
    [
      [0, 0],
      [30, 0],
      [31, 2],
      [32, 4],
      [38, 256],
      [39, 300],
      [1000, 300],
    ],
  ],
])("the pause of %s", (_, limit, table) => {
  expect(table.map(([failures]) => [failures, pauseAfter(failures, limit) / 1000])).toEqual(table);
});

test("a pause never shrinks with another failure, and never grows beyond its end", () => {
  for (const limit of [ACCOUNT, ADDRESS])
    for (let failures = 0; failures < 2_000; failures++) {
      const [now, next] = [pauseAfter(failures, limit), pauseAfter(failures + 1, limit)];
      expect(next).toBeGreaterThanOrEqual(now);
      expect(next).toBeLessThanOrEqual(limit.longest);
    }
});

test("whoever guesses without rest gets few guesses a day at one account", async () => {
  // Played against the table itself: the fastest that the pauses allow.
  let [at, guesses] = [0, 0];
  for (; at < DAY; guesses++) at += pauseAfter(guesses, ACCOUNT);
  expect(guesses).toBeLessThan(120);
});

describe("failures in the database", () => {
  const watched = (name: string, limit: Limit = ACCOUNT) => ({ subject: Buffer.from(name), limit });
  const waitOf = async (list: ReturnType<typeof watched>[], now: number) => {
    const error = await demandCalm(database, list, now).then(
      () => undefined,
      (thrown: unknown) => thrown as PilotageError,
    );
    if (error) expect(error.code).toBe("too_many_requests");
    return error?.retryAfterMs ?? 0;
  };
  async function fail(list: ReturnType<typeof watched>[], times: number, now: number): Promise<void> {
    for (let n = 0; n < times; n++) await noteFailure(database, list, now);
  }

  test("count for the account and for the address, and the longer pause counts", async () => {
    const [account, address] = [watched("a1"), watched("b1", ADDRESS)];
    await fail([account, address], 6, START);
    expect(await waitOf([account, address], START)).toBe(4_000);
    expect(await waitOf([address], START)).toBe(0);
    expect(await waitOf([account, address], START + 4_000)).toBe(0);
  });

  test("at many accounts from one address slow that address down", async () => {
    const address = watched("b2", ADDRESS);
    for (let n = 0; n < 32; n++) await noteFailure(database, [watched(`a2-${n}`), address], START);
    expect(await waitOf([watched("a2-new"), address], START)).toBe(4_000);
    expect(await waitOf([watched("a2-new"), watched("b2-other", ADDRESS)], START)).toBe(0);
  });

  test("at the same moment are all counted", async () => {
    const account = watched("a3");
    await Promise.all(Array.from({ length: 10 }, () => noteFailure(database, [account], START)));
    expect(await waitOf([account], START)).toBe(64_000);
  });

  test("are forgotten after a day, and at once when the right person came in", async () => {
    const [old, right] = [watched("a4"), watched("a5")];
    await fail([old], 14, START);
    await fail([right], 14, START);
    await forgetFailures(database, right.subject);
    expect(await waitOf([right], START)).toBe(0);
    expect(await waitOf([old], START + 899_999)).toBe(1);
    expect(await waitOf([old], START + DAY)).toBe(0);
    await fail([old], 1, START + DAY + 1);
    expect(await waitOf([old], START + DAY + 1)).toBe(0);
  });

  test("leave no row behind when they mean nothing any more", async () => {
    await fail([watched("a6")], 3, START);
    await tidyFailures(database, START + 3 * DAY);
    const { rows } = await database.one<{ rows: number }>(
      sql`select count(*)::int as rows from sign_in_failure`,
    );
    expect(rows).toBe(0);
  });
});
