/** Several processes of one installation: they share the work, and take over what one that died or stands still has left. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sql } from "../src/platform/sql.ts";
import { install, launch, until, type Installation } from "./support/installation.ts";
import { environmentFor, keepRunning, type Kept } from "./support/processes.ts";

describe("several processes over one database", () => {
  let web: Installation;
  const SLOW = {
    rules: [
      {
        when: { field: "text", contains: "slow" },
        do: { answer: { category: "technical" }, delayMs: 2_500 },
      },
    ],
    otherwise: { answer: { category: "billing" }, confidence: 0.9, delayMs: 150 },
  };

  beforeAll(async () => {
    web = await install({ role: "web" });
    await launch(web, { script: SLOW });
  });

  async function submit(name: string, count: number, text: string): Promise<string[]> {
    const receipts = await Promise.all(
      Array.from({ length: count }, (_, i) =>
        web.client.submitCase({
          params: { workflow: "tickets" },
          body: { externalId: `${name}-${i}`, input: { text } },
        }),
      ),
    );
    return receipts.map((receipt) => receipt.caseId);
  }

  const inState = (ids: string[], state: string) => async () =>
    (
      await web.app.database.one<{ n: number }>(
        sql`select count(*) as n from case_ where id = any(${ids}) and state = ${state}`,
      )
    ).n;
  const sameHome = () => ({ databaseUrl: web.databaseUrl, dataHome: web.dataHome });

  test("a web process without a worker accepts cases; workers that come later share them, and no case is worked on twice", async () => {
    const ids = await submit("later", 120, "a bill");
    expect(await inState(ids, "received")()).toBe(120);
    const settings = { PILOTAGE_IN_FLIGHT: "8" };
    const workers = await Promise.all([
      install({ role: "worker", settings, ...sameHome() }),
      install({ role: "worker", settings, ...sameHome() }),
    ]);
    await until(inState(ids, "in_review"), (count) => count === 120);
    await Promise.all(workers.map((worker) => worker.stop()));
    const asked = await web.app.database.all<{ case_id: string; who: string }>(
      sql`select case_id, body::json -> 'actor' ->> 'name' as who from audit_event where kind = 'case.running' and case_id = any(${ids})`,
    );
    expect(asked.map((one) => one.case_id).sort()).toEqual(ids.sort());
    expect(new Set(asked.map((one) => one.who)).size).toBe(2);
  });

  describe("of which one is killed and one stands still", () => {
    const lost: Kept[] = [];
    afterAll(() => Promise.all(lost.map((one) => one.end())));

    test("their cases are taken over well within 15 seconds, and what the one says that wakes up again changes nothing", async () => {
      const environment = environmentFor({
        DATABASE_URL: web.databaseUrl,
        PILOTAGE_DATA: web.dataHome,
        PILOTAGE_LOG_LEVEL: "info",
        PILOTAGE_DATABASE_CONNECTIONS: "3",
        PILOTAGE_IN_FLIGHT: "4",
      });
      const killed = keepRunning({ role: "worker", environment });
      const frozen = keepRunning({ role: "worker", environment });
      lost.push(killed, frozen);
      await Promise.all(lost.map((one) => one.up()));
      const ids = await submit("lost", 8, "a slow one");
      await until(inState(ids, "running"), (count) => count === 8);
      const holders = await web.app.database.all<{ id: string; worker: string }>(
        sql`select id, worker from case_ where id = any(${ids})`,
      );
      expect(new Set(holders.map((one) => one.worker)).size).toBe(2);

      const start = performance.now();
      frozen.signal("SIGSTOP");
      await killed.end();
      const successor = await install({ role: "worker", ...sameHome() });
      await until(inState(ids, "in_review"), (count) => count === 8, 25_000);
      expect(performance.now() - start).toBeLessThan(15_000);

      const workers = () =>
        web.app.database.all<{ id: string; beat: number }>(sql`select id, beat from worker`);
      expect(await workers()).toHaveLength(1);
      frozen.signal("SIGCONT");
      // It registers again, and beats: by then its late answers were given, and refused.
      await until(workers, (found) => found.length === 2 && found.every(({ beat }) => beat >= 2));
      const attempts = await web.app.database.all<{ case_id: string; states: string[] }>(
        sql`select case_id, array_agg(state order by no) as states from attempt where case_id = any(${ids}) group by case_id`,
      );
      expect(attempts.map((one) => one.states)).toEqual(ids.map(() => ["abandoned", "answered"]));
      const moved = await web.app.database.one<{ n: number }>(
        sql`select count(*) as n from audit_event where kind = 'case.moved' and case_id = any(${ids})`,
      );
      expect(moved.n).toBe(8);
      await successor.stop();
    });
  });
});
