/** What connections cost without a case, on the real database: calls that were broken off, and records that are gone. */
import { beforeEach, expect, test } from "vitest";
import { openFreshDatabase } from "../../test/support/database.ts";
import { idBorder } from "../contract/ids.ts";
import { amountOf } from "../models/money.ts";
import { isoTime, simulatedClock } from "../platform/clock.ts";
import { sql, time } from "../platform/sql.ts";
import { connectionSpendingSince, takenSince } from "./connection-spend.ts";
import { countSpending } from "./spend.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const KEPT = 3;
const start = Date.parse("2026-01-05T08:00:00Z");

const { database } = await openFreshDatabase();
let clock = simulatedClock(start);
beforeEach(async () => {
  clock = simulatedClock(start);
  for (const table of [sql`model_call`, sql`connection_hour`, sql`connection_hour_counted`])
    await database.run(sql`delete from ${table}`);
});

let made = 0;
interface Recorded {
  cost?: string;
  tryAfter?: number;
  error?: string;
  workflow?: string;
}
async function record(at: number, { cost, tryAfter, error, workflow }: Recorded): Promise<void> {
  const id = `${idBorder("modelCall", at).slice(0, -4)}${String(made++).padStart(4, "0")}`;
  const [connection, asked] = workflow === undefined ? ["house", "house/priced"] : [null, workflow];
  await database.run(sql`
    insert into model_call (id, key, workflow, connection, model_asked, streamed, mode, started_at, milliseconds, outcome, status, tries,
      error, cost, currency, try_after, try_milliseconds)
    values (${id}, 'key_1', ${workflow ?? null}, ${connection}, ${asked}, false, 'buffered', ${time(at)}, 1,
      ${error === undefined ? "answered" : "failed"}, ${error === undefined ? 200 : 500}, ${error === undefined ? 1 : 0},
      ${error ?? null}, ${cost ?? null}::numeric, ${cost === undefined ? null : "EUR"}, ${tryAfter ?? null}, ${tryAfter === undefined ? null : 1})`);
}

/** The cheapest first. */
const spent = async () =>
  (await connectionSpendingSince(database, start - DAY, clock.now()))
    .map(({ hour, model, calls, unknown, cost }) => ({
      hour: isoTime(hour).slice(11, 16),
      model,
      calls,
      unknown,
      cost: amountOf(cost),
    }))
    .toSorted((a, b) => Number(a.cost) - Number(b.cost));
/** Counts the hour in which all of this began. */
const count = () => database.transaction((tx) => countSpending(KEPT)(tx, start, clock.now()));

test("a call that was broken off counts as one of which nobody knows the cost, but for those of workflows", async () => {
  await record(start, { error: "interrupted" });
  await record(start, { error: "interrupted", workflow: "tickets" });
  expect(await spent()).toEqual([{ hour: "08:00", model: "priced", calls: 1, unknown: 1, cost: "0" }]);
});

test("the only try of a call counts in the hour in which it began, like every other", async () => {
  await record(start + HOUR - 10, { cost: "0.5", tryAfter: 20 });
  clock.advance(HOUR);
  expect(await spent()).toEqual([{ hour: "09:00", model: "priced", calls: 1, unknown: 0, cost: "0.5" }]);
});

test("what was counted stays when the records are gone, and counts for a budget that is set then", async () => {
  await record(start, { cost: "0.5", tryAfter: 0 });
  await record(start, { error: "interrupted" });
  clock.advance(2 * HOUR);
  await count();
  const before = await spent();
  expect(before).toEqual([
    { hour: "08:00", model: "priced", calls: 1, unknown: 1, cost: "0" },
    { hour: "08:00", model: "priced", calls: 1, unknown: 0, cost: "0.5" },
  ]);

  clock.advance((KEPT + 1) * DAY);
  await database.run(sql`delete from model_call`);
  await count();
  expect(await spent()).toEqual(before);

  await record(clock.now(), { cost: "0.25", tryAfter: 0 });
  const when = { now: clock.now(), currency: "EUR", callsDays: KEPT };
  const month = await takenSince(database, "house", { ...when, from: Date.parse("2026-01-01T00:00:00Z") });
  expect(month).toMatchObject({ requests: 3, unknown: 1 });
  expect(amountOf(month.cost!)).toBe("0.75");
  const today = await takenSince(database, "house", { ...when, from: Date.parse("2026-01-09T00:00:00Z") });
  expect(today).toMatchObject({ requests: 1, unknown: 0 });
});

test("hours whose records are all there are counted anew, and none twice for a budget", async () => {
  await record(start, { cost: "0.5", tryAfter: 0 });
  clock.advance(2 * HOUR);
  await count();
  // One that came on record late.
  await record(start, { error: "interrupted" });
  clock.advance(DAY);
  await count();
  expect(await spent()).toMatchObject([{ unknown: 1 }, { cost: "0.5" }]);
  const month = await takenSince(database, "house", {
    from: Date.parse("2026-01-01T00:00:00Z"),
    now: clock.now(),
    currency: "EUR",
    callsDays: KEPT,
  });
  expect(month).toMatchObject({ requests: 2, unknown: 1 });
});
