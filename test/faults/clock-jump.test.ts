/**
 * A clock that jumps an hour forward and back: nothing is lost or done twice, and nothing waits for the hour to come
 * round again. The clock of this process is the clock of the installation in it.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { sql } from "../../src/platform/sql.ts";
import { install, launch, resultsPath, until, type Installation } from "../support/installation.ts";

const HOUR = 3_600_000;
const rightTime = Date.now;
let wrongBy = 0;

const SCRIPT = {
  rules: [
    { when: { field: "text", contains: "flaky" }, first: 1, do: { fault: "unavailable" } },
    { when: { field: "text", contains: "broken" }, do: { fault: "unavailable" } },
  ],
  otherwise: { answer: { category: "billing" }, confidence: 0.9 },
};

describe("a clock that jumps an hour", () => {
  let installation: Installation;
  let number = 0;

  beforeAll(async () => {
    vi.spyOn(Date, "now").mockImplementation(() => rightTime() + wrongBy);
    installation = await install();
    await launch(installation, {
      script: SCRIPT,
      workflow: {
        undo: 2_000,
        feeds: [
          { name: "drop", kind: "folder", path: "drop", format: "jsonl", key: "text", schedule: 1_000 },
        ],
      },
    });
  });
  afterAll(() => {
    vi.restoreAllMocks();
  });
  beforeEach(() => {
    wrongBy = 0;
  });

  const database = () => installation.app.database;

  async function submit(text: string): Promise<string> {
    const body = { externalId: `case-${++number}`, input: { text } };
    return (await installation.client.submitCase({ params: { workflow: "tickets" }, body })).caseId;
  }
  const stateOf = async (caseId: string) =>
    (await database().one<{ state: string }>(sql`select state from case_ where id = ${caseId}`)).state;

  async function approve(caseId: string): Promise<void> {
    await until(
      () => stateOf(caseId),
      (state) => state === "in_review",
    );
    const task = await installation.client.claimReview({ params: { case: caseId }, body: {} });
    await installation.client.giveVerdict({
      params: { case: caseId },
      body: { lease: task.lease, verdict: "approve" },
    });
  }

  test("forward: what is on its way goes on, and what was due within the hour is done now, once", async () => {
    const flaky = await submit("flaky bill");
    const plain = await submit("a bill");
    await approve(plain);
    wrongBy = HOUR;
    await approve(flaky);
    await Promise.all(
      [flaky, plain].map((id) =>
        until(
          () => stateOf(id),
          (state) => state === "delivered",
          15_000,
        ),
      ),
    );
    expect(readFileSync(resultsPath(installation), "utf8").trim().split("\n")).toHaveLength(2);
  });

  test("back: what was begun while it ran ahead does not wait for an hour", async () => {
    wrongBy = HOUR;
    // A review that a person took and forgot, one in its undo window, a delivery and a model that are to be tried again.
    const forgotten = await submit("a forgotten bill");
    await until(
      () => stateOf(forgotten),
      (state) => state === "in_review",
    );
    await installation.client.claimReview({ params: { case: forgotten }, body: {} });
    const results = resultsPath(installation);
    rmSync(results, { force: true });
    mkdirSync(results, { recursive: true });
    const undelivered = await submit("an undelivered bill");
    await approve(undelivered);
    await until(
      () =>
        database().one<{ failures: number }>(
          sql`select coalesce(max(failures), 0)::int as failures from delivery where case_id = ${undelivered}`,
        ),
      ({ failures }) => failures > 0,
    );
    const broken = await submit("a broken bill");
    const failures = () =>
      database().all(sql`select 1 from attempt where case_id = ${broken} and state = 'failed'`);
    await until(failures, (failed) => failed.length > 0);
    const undoable = await submit("an undoable bill");
    await approve(undoable);
    const decidedAhead = await stateOf(undoable);
    const failedAhead = (await failures()).length;
    wrongBy = 0;
    rmSync(results, { recursive: true });
    const drop = join(dirname(results), "drop");
    writeFileSync(join(drop, "one.jsonl"), `${JSON.stringify({ text: "from a file" })}\n`);

    expect(decidedAhead).toBe("decided");
    await Promise.all([
      until(
        () => stateOf(undelivered),
        (state) => state === "delivered",
        20_000,
      ),
      until(
        () => stateOf(undoable),
        (state) => state === "delivered",
        20_000,
      ),
      until(failures, (failed) => failed.length > failedAhead, 20_000),
      until(
        () => installation.client.listCases({ params: { workflow: "tickets" }, query: { source: "drop" } }),
        ({ cases }) => cases.length === 1,
        20_000,
      ),
    ]);
    const lease = await database().one<{ until: number }>(
      sql`select lease_until as until from review where case_id = ${forgotten}`,
    );
    expect(lease.until - Date.now()).toBeLessThanOrEqual(600_000);
    const lines = readFileSync(results, "utf8").trim().split("\n");
    expect(new Set(lines.map((line) => (JSON.parse(line) as { key: string }).key)).size).toBe(lines.length);
    const told = await database().all(sql`select 1 from audit_event where kind = 'clock.set_back'`);
    expect(told).toHaveLength(1);
  });

  test("back while no process ran: the next start finds out", async () => {
    wrongBy = HOUR;
    const ahead = await install({
      role: "worker",
      databaseUrl: installation.databaseUrl,
      dataHome: installation.dataHome,
    });
    await ahead.stop();
    await installation.app.database.run(
      sql`update feed set next_at = ${new Date(rightTime() + HOUR).toISOString()} where name = 'drop'`,
    );
    await installation.stop();
    wrongBy = 0;
    const next = await install({ databaseUrl: installation.databaseUrl, dataHome: installation.dataHome });
    onTestFinished(() => next.stop());
    await until(
      () => next.app.database.one<{ at: number }>(sql`select next_at as at from feed where name = 'drop'`),
      ({ at }) => at < rightTime() + 60_000,
      15_000,
    );
  });
});
