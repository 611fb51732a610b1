/** The pulse: once a person and round, shown from five answers on, and joined by no dump of the tables. */
import { describe, expect, test } from "vitest";
import { sql } from "../src/platform/sql.ts";
import { meansOf, roundAt } from "../src/reviews/feedback/pulse.ts";
import { lastingly } from "./support/desk.ts";
import { install, launch } from "./support/installation.ts";
import { signedIn } from "./support/people.ts";

const DAY = 86_400_000;
const workflow = "pulse";
// A Monday on which a round begins.
const installation = await install({
  role: "web",
  settings: { PILOTAGE_CLOCK: new Date(roundAt(Date.parse("2026-03-04T09:00:00Z")).from).toISOString() },
});
const { database } = installation.app;
const operator = (await lastingly(installation))("operator@example.com");
await launch({ client: operator }, { workflow: { workflow }, release: { workflow } });
const reviewer = (name: string) =>
  signedIn(installation, `${name}@example.com`, [{ role: "reviewer", workflow }]);
const answer = async (name: string, helps: number, trust: number) =>
  (await reviewer(name)).answerPulse({ params: { workflow }, body: { helps, trust } });
const show = async (name: string) => (await reviewer(name)).getPulse({ params: { workflow } });
const pass = (days: number) => operator.advanceClock({ body: { milliseconds: days * DAY } });

describe("a round", () => {
  test("is answered once by each person, and asks nobody who has answered", async () => {
    expect(await show("ina")).toMatchObject({ due: true, rounds: [] });
    expect(await answer("ina", 4, 3)).toEqual({ taken: true });
    await expect(answer("ina", 1, 1)).rejects.toMatchObject({ code: "wrong_state" });
    expect(await show("ina")).toMatchObject({ due: false });
    expect(await show("kai")).toMatchObject({ due: true });
  });

  test("sent twice at once counts once", async () => {
    const both = await Promise.allSettled([answer("kai", 5, 5), answer("kai", 5, 5)]);
    expect(both.map((one) => one.status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const { sum } = await database.one<{ sum: number }>(
      sql`select sum(helps)::int as sum from pulse_answer where workflow = ${workflow}`,
    );
    expect(sum).toBe(2);
  });

  test("shows nothing before it is over, and nothing below five answers", async () => {
    await answer("lea", 2, 2);
    await answer("mo", 3, 4);
    expect((await show("ina")).rounds).toEqual([]);
    await pass(14);
    expect((await show("ina")).rounds).toMatchObject([
      { answered: null, helps: null, trust: null, withheld: true },
    ]);
    expect(await show("ina")).toMatchObject({ due: true });
  });

  test("of five answers shows its means when it is over", async () => {
    for (const [name, helps, trust] of [
      ["ina", 5, 1],
      ["kai", 4, 2],
      ["lea", 4, 3],
      ["mo", 3, 4],
      ["pia", 4, 5],
    ] as const)
      await answer(name, helps, trust);
    expect((await show("ina")).rounds).toHaveLength(1);
    await pass(14);
    expect((await show("ina")).rounds[0]).toMatchObject({
      answered: 5,
      helps: 4,
      trust: 3,
      withheld: false,
      asked: expect.any(Number),
    });
  });

  test.each([
    ["a key", async () => installation.clientFor(["read", "review"])],
    ["a viewer", async () => signedIn(installation, "v@example.com", [{ role: "viewer", workflow }])],
  ])("is not answered by %s", async (_, who) => {
    await expect(
      (await who()).answerPulse({ params: { workflow }, body: { helps: 1, trust: 1 } }),
    ).rejects.toMatchObject({ code: "forbidden" });
  });

  test.each([0, 6, 2.5, "3"])("takes whole numbers from one to five, not %j", async (helps) => {
    const who = await reviewer("zoe");
    await expect(
      who.answerPulse({ params: { workflow }, body: { helps, trust: 3 } as never }),
    ).rejects.toMatchObject({ code: "bad_request" });
  });
});

describe("a dump of the tables", () => {
  const dump = async (table: string) =>
    database.all<Record<string, unknown>>(
      sql`select to_jsonb(t) as row from ${rawTable(table)} t order by ctid`,
    );
  const rawTable = (table: string) => (table === "pulse_person" ? sql`pulse_person` : sql`pulse_answer`);

  test("joins no name with an answer: no time, no order, no more than sums", async () => {
    // In an order that is not that of the names, with answers that would give them away.
    for (const [name, helps] of [
      ["tom", 1],
      ["bea", 5],
      ["sam", 2],
      ["amy", 4],
      ["max", 3],
      ["eva", 1],
    ] as const)
      await answer(name, helps, helps);
    const { round } = await show("tom");
    const people = (await dump("pulse_person")).map((one) => one["row"] as Record<string, unknown>);
    const answers = (await dump("pulse_answer")).map((one) => one["row"] as Record<string, unknown>);
    expect(new Set(people.flatMap(Object.keys))).toEqual(new Set(["workflow", "round", "person"]));
    expect(new Set(answers.flatMap(Object.keys))).toEqual(
      new Set(["workflow", "round", "score", "helps", "trust"]),
    );
    const named = people.filter((one) => one["round"] === round).map((one) => one["person"] as string);
    expect(named).toEqual(named.toSorted());
    const sums = answers.filter((one) => one["round"] === round);
    expect(sums).toHaveLength(5);
    // The store's own marks of who wrote last are the same on every row of a round.
    for (const table of ["pulse_person", "pulse_answer"]) {
      const marks = await database.all(
        sql`select distinct xmin::text as mark from ${rawTable(table)} where round = ${round}::date`,
      );
      expect(marks, table).toHaveLength(1);
    }
  });

  test("finds nothing of it in the audit log or anywhere else", async () => {
    const tables = await database.all<{ name: string }>(sql`
      select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and relname not like 'pulse%'`);
    for (const { name } of tables) {
      const { rows } = await database.pool.query<{ row: string }>(`select t::text as row from "${name}" t`);
      for (const { row } of rows) expect(row, name).not.toMatch(/pulse\.|pls_/);
    }
  });
});

test("the mean of a question is of all who answered, and of fewer than five there is none", () => {
  const scores = (counts: number[]) => counts.map((n, i) => ({ score: i + 1, helps: n, trust: n }));
  expect(meansOf(scores([0, 0, 0, 0, 4]))).toBeUndefined();
  expect(meansOf(scores([1, 0, 0, 0, 4]))).toEqual({ answered: 5, helps: 4.2, trust: 4.2 });
  expect(meansOf([])).toBeUndefined();
});

test("rounds of two weeks begin on Mondays and follow each other without a gap", () => {
  for (let at = Date.parse("2026-01-01T12:00:00Z"), i = 0; i < 60; i++, at += DAY) {
    const { round, from, until } = roundAt(at);
    expect(new Date(from).getUTCDay()).toBe(1);
    expect(until - from).toBe(14 * DAY);
    expect(at >= from && at < until).toBe(true);
    expect(roundAt(until).from).toBe(until);
    expect(round).toBe(new Date(from).toISOString().slice(0, 10));
  }
});
