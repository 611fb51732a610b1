/**
 * A database that falls silent: connections stay open and nothing comes, as behind a firewall that forgot them. No
 * request and no worker waits for ever, nothing is lost or done twice, and a stop still ends.
 */
import { readFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { sql } from "../../src/platform/sql.ts";
import { freshDatabase } from "../support/database.ts";
import { install, launch, resultsPath, until, type Installation } from "../support/installation.ts";
import { openLossyLink, type LossyLink } from "../support/lossy-link.ts";

/** Seconds; the least that may be set. */
const PATIENCE = 2;
const SCRIPT = {
  rules: [{ when: { field: "text", contains: "slow" }, do: { answer: { category: "other" }, delayMs: 600 } }],
  otherwise: { answer: { category: "billing" }, confidence: 0.9 },
};

async function installBehindLink(
  more: Record<string, string> = {},
): Promise<{ link: LossyLink; installation: Installation }> {
  const link = await openLossyLink(await freshDatabase());
  const installation = await install({
    databaseUrl: link.url,
    settings: { PILOTAGE_DATABASE_PATIENCE: String(PATIENCE), ...more },
  });
  onTestFinished(async () => {
    await installation.stop();
    await link.close();
  });
  return { link, installation };
}

const submit = ({ client }: Installation, externalId: string, text: string) =>
  client.submitCase({ params: { workflow: "tickets" }, body: { externalId, input: { text } } });

/** What became of a request, and after how many milliseconds. */
async function timed<T>(work: Promise<T>): Promise<{ code: string | undefined; took: number }> {
  const start = performance.now();
  const code = await work.then(
    () => undefined,
    (error: { code?: string }) => error.code,
  );
  return { code, took: performance.now() - start };
}

describe("a database that falls silent", () => {
  test("is answered with 503 in time, and when it speaks again every case goes on, once", async () => {
    const { link, installation } = await installBehindLink();
    await launch(installation, { script: SCRIPT });
    const first = await Promise.all(
      Array.from({ length: 12 }, (_, i) => submit(installation, `first ${i}`, "a slow one")),
    );
    await until(
      () =>
        installation.app.database.one<{ n: number }>(
          sql`select count(*) as n from case_ where state = 'running'`,
        ),
      ({ n }) => n > 0,
    );
    link.silence();
    const [refused, ready] = await Promise.all([
      timed(submit(installation, "during", "a bill")),
      fetch(`${installation.url}/readyz`),
    ]);
    expect(refused.code).toBe("database_unavailable");
    // The pool's wait, the statement's, and a little for a busy machine; not for ever is what matters.
    expect(refused.took).toBeLessThan((PATIENCE + 2 + 5) * 1_000 + 8_000);
    expect(ready.status).toBe(503);
    expect(ready.headers.get("retry-after")).not.toBeNull();
    expect(await ready.json()).toMatchObject({ error: { code: "database_unavailable" } });
    link.mend();

    // Handed in again under its own id, as the answer said.
    await until(
      () => submit(installation, "during", "a bill").catch(() => undefined),
      (receipt) => receipt !== undefined,
    );
    const waiting = sql`select count(*) as n from case_ where state = 'in_review'`;
    await until(
      () => installation.app.database.one<{ n: number }>(waiting).catch(() => ({ n: -1 })),
      ({ n }) => n === 13,
      60_000,
    );
    const answered = await installation.app.database.all<{ case_id: string; n: number }>(
      sql`select case_id, count(*) filter (where state = 'answered')::int as n from attempt group by case_id`,
    );
    expect(answered.filter(({ n }) => n !== 1)).toEqual([]);
    expect(new Set(answered.map((row) => row.case_id)).size).toBe(13);
    expect(first).toHaveLength(12);
    expect((await fetch(`${installation.url}/readyz`)).status).toBe(200);
  });

  test("in the middle of a delivery: it is there once", async () => {
    const { link, installation } = await installBehindLink();
    await launch(installation, { script: SCRIPT });
    await submit(installation, "delivered", "a bill");
    const { reviews } = await until(
      () => installation.client.claimReviews({ params: { workflow: "tickets" }, body: { count: 1 } }),
      (claimed) => claimed.reviews.length === 1,
    );
    // The link falls silent with the answer to this commit: the line is written, nobody knows that it is recorded.
    const silent = link.silentAfter("update delivery");
    await installation.client.giveVerdict({
      params: { case: reviews[0]!.caseId },
      body: { lease: reviews[0]!.lease, verdict: "approve" },
    });
    await silent;
    link.mend();
    await until(
      () =>
        installation.app.database
          .one<{ n: number }>(sql`select count(*) as n from case_ where state = 'delivered'`)
          .catch(() => ({ n: -1 })),
      ({ n }) => n === 1,
      60_000,
    );
    expect(readFileSync(resultsPath(installation), "utf8").trim().split("\n")).toHaveLength(1);
  });

  test("cannot keep the program from stopping", async () => {
    const { link, installation } = await installBehindLink({ PILOTAGE_DATABASE_PATIENCE: "600" });
    await launch(installation, { script: SCRIPT });
    await Promise.all(Array.from({ length: 6 }, (_, i) => submit(installation, `stop ${i}`, "a slow one")));
    link.silence();
    void submit(installation, "never", "a bill").catch(() => undefined);
    const { took } = await timed(installation.stop());
    expect(took).toBeLessThan(45_000);
  });
});

test("all connections being busy is said as what it is, and ends with it", async () => {
  const installation = await install({ settings: { PILOTAGE_DATABASE_CONNECTIONS: "3" }, role: "web" });
  onTestFinished(() => installation.stop());
  await launch(installation, { script: SCRIPT });
  const held = Promise.withResolvers<void>();
  const { database } = installation.app;
  const holders = Array.from({ length: 3 }, () => database.transaction(() => held.promise));
  const response = await fetch(`${installation.url}/api/v1/workflows/tickets/cases`, {
    method: "POST",
    headers: { authorization: `Bearer ${installation.key}`, "content-type": "application/json" },
    body: JSON.stringify({ externalId: "busy", input: { text: "a bill" } }),
  });
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({
    error: {
      code: "database_unavailable",
      message: expect.stringContaining("busy"),
      hint: expect.stringContaining("PILOTAGE_DATABASE_CONNECTIONS"),
    },
  });
  held.resolve();
  await Promise.all(holders);
  await submit(installation, "busy", "a bill");
});
