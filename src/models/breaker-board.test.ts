/** Two processes over one database: they share what is open, and one call tries in both together. */
import { beforeEach, describe, expect, test } from "vitest";
import { openFreshDatabase } from "../../test/support/database.ts";
import { simulatedClock } from "../platform/clock.ts";
import { silentLog } from "../platform/log.ts";
import { sql } from "../platform/sql.ts";
import {
  openBreakerBoard,
  readBreakers,
  type Admitted,
  type BreakerBoard,
  type BreakerMove,
} from "./breaker-board.ts";

const { database } = await openFreshDatabase();
const clock = simulatedClock("2026-01-05T08:00:00Z");
const LEASE = 30_000;
let made = 0;
let key = { connection: "", model: "big" };
let moves: BreakerMove[] = [];

const board = (holder: string): BreakerBoard =>
  openBreakerBoard({ database, clock, log: silentLog, holder, moved: (_, move) => void moves.push(move) });

async function connection(name: string): Promise<void> {
  await database.run(sql`
    insert into connection (name, kind, settings, shown, saved_at, saved_by) values (${name}, 'scripted', '', '{}'::jsonb, '2026-01-05', 'test')`);
}

beforeEach(async () => {
  key = { connection: `connection-${made++}`, model: "big" };
  moves = [];
  await connection(key.connection);
});

async function pass(one: BreakerBoard) {
  const admitted = await one.admit(key, LEASE);
  if (admitted.kind === "shut") throw new Error("it is shut");
  return admitted.pass;
}
async function fail(one: BreakerBoard, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await one.ended(key, await pass(one), "failed", "overloaded");
}
const stored = async () => (await readBreakers(database)).filter((row) => row.connection === key.connection);
const isGo = (one: Admitted) => one.kind === "go";

describe("two processes", () => {
  test("count for themselves, and share what opened", async () => {
    const [one, other] = [board("one"), board("other")];
    await fail(one, 4);
    await fail(other, 4);
    expect(await stored()).toEqual([]);
    await fail(one, 1);
    expect(one.look(key)).toEqual({
      kind: "shut",
      since: clock.now(),
      until: clock.now() + 5_000,
      trying: false,
    });
    expect(other.look(key)).toEqual({ kind: "go" });
    await other.refresh();
    expect(other.look(key)).toEqual(one.look(key));
    expect(await stored()).toMatchObject([
      { state: "open", generation: 1, openings: 1, because: "overloaded" },
    ]);
    expect(moves).toEqual([{ ...key, to: "open", because: "overloaded" }]);
  });

  test("that open it at the same moment open it once", async () => {
    const boards = [board("one"), board("other")];
    for (const one of boards) await fail(one, 4);
    await Promise.all(boards.map((one) => fail(one, 1)));
    expect(moves).toHaveLength(1);
    expect(await stored()).toMatchObject([{ generation: 1 }]);
  });

  test("make one trial between them, whoever asks, and close with its answer", async () => {
    const boards = [board("one"), board("other")];
    await fail(boards[0]!, 5);
    await boards[1]!.refresh();
    clock.advance(5_000);
    const asked = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => boards[i % 2]!.admit(key, LEASE)),
    );
    expect(asked.filter(isGo)).toHaveLength(1);
    expect(asked.filter((one) => one.kind === "shut")).toEqual(
      Array.from({ length: 19 }, () => ({
        kind: "shut",
        since: clock.now() - 5_000,
        until: clock.now() + LEASE,
        trying: true,
      })),
    );
    const i = asked.findIndex(isGo);
    const trial = asked[i] as Extract<Admitted, { kind: "go" }>;
    await boards[i % 2]!.ended(key, trial.pass, "answered");
    expect(boards[i % 2]!.look(key)).toEqual({ kind: "go" });
    await boards[1 - (i % 2)]!.refresh();
    expect(boards[1 - (i % 2)]!.look(key)).toEqual({ kind: "go" });
    expect(await stored()).toMatchObject([{ state: "closed", generation: 2, probe_by: null, because: null }]);
    expect(moves.map((move) => move.to)).toEqual(["open", "closed"]);
  });

  test("give a trial to the other when whoever made it is gone, and do not hear it any more", async () => {
    const [one, other] = [board("one"), board("other")];
    await fail(one, 5);
    await other.refresh();
    clock.advance(5_000);
    const lost = await pass(one);
    clock.advance(LEASE - 1);
    expect((await other.admit(key, LEASE)).kind).toBe("shut");
    clock.advance(1);
    const next = await pass(other);
    await one.ended(key, lost, "answered");
    expect(one.look(key)).toMatchObject({ kind: "shut", trying: true });
    await other.ended(key, next, "failed");
    expect(await stored()).toMatchObject([{ state: "open", openings: 2, trial_at: clock.now() + 10_000 }]);
    expect(moves).toHaveLength(1);
  });

  test("leave the next trial due when one ended without a word", async () => {
    const one = board("one");
    await fail(one, 5);
    clock.advance(5_000);
    await one.ended(key, await pass(one), "nothing");
    expect(one.look(key)).toEqual({ kind: "trial" });
    expect((await pass(one)).trial).toBeDefined();
  });
});

test("a call from before a move says nothing about what came after it", async () => {
  const one = board("one");
  const slow = await Promise.all([1, 2, 3, 4, 5, 6].map(() => pass(one)));
  await fail(one, 5);
  clock.advance(5_000);
  await one.ended(key, await pass(one), "answered");
  for (const late of slow) await one.ended(key, late, "failed");
  expect(one.look(key)).toEqual({ kind: "go" });
});

test("a process that cannot store an opening keeps to it, and stores it when it can", async () => {
  let down = true;
  const broken: typeof database = {
    ...database,
    transaction: (...work) => (down ? Promise.reject(new Error("down")) : database.transaction(...work)),
  };
  const one = openBreakerBoard({
    database: broken,
    clock,
    log: silentLog,
    holder: "one",
    moved: (_, move) => void moves.push(move),
  });
  await fail(one, 5);
  await one.refresh();
  expect(one.look(key)).toMatchObject({ kind: "shut" });
  expect(await stored()).toEqual([]);
  down = false;
  await one.refresh();
  expect(await stored()).toMatchObject([{ state: "open" }]);
  expect(moves).toHaveLength(1);
});

test("the breaker of a connection that is removed goes with it", async () => {
  const one = board("one");
  await fail(one, 5);
  await one.refresh();
  await database.run(sql`delete from connection where name = ${key.connection}`);
  await one.refresh();
  expect(one.look(key)).toEqual({ kind: "go" });
  await fail(one, 5);
  expect(await stored()).toEqual([]);
  expect(one.look(key)).toEqual({ kind: "go" });
});

test("a breaker whose connection was made anew starts anew, also where it had moved often", async () => {
  const one = board("one");
  await fail(one, 5);
  clock.advance(5_000);
  await one.ended(key, await pass(one), "answered");
  await fail(one, 5);
  await database.run(sql`delete from connection where name = ${key.connection}`);
  await connection(key.connection);
  await fail(board("other"), 5);
  clock.advance(5_000);
  const retried = await one.admit(key, LEASE);
  expect(retried.kind === "go" || (await one.admit(key, LEASE)).kind === "go").toBe(true);
});

test("two models of one connection have breakers of their own", async () => {
  const one = board("one");
  await fail(one, 5);
  expect(one.look({ ...key, model: "small" })).toEqual({ kind: "go" });
});
