/**
 * The database does what it was told and the answer never comes; or it is away for a moment. Nothing is lost, nothing
 * waits for ever, nothing is done twice: seen from inside one process, where the moment can be chosen.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "../src/platform/database.ts";
import { silentLog } from "../src/platform/log.ts";
import { sql } from "../src/platform/sql.ts";
import { addJob } from "../src/platform/jobs.ts";
import { freshDatabase } from "./support/database.ts";
import { install, launch, resultsPath, until, type Installation } from "./support/installation.ts";
import { openLossyLink, type LossyLink } from "./support/lossy-link.ts";

const SLOW = {
  rules: [{ when: { field: "text", contains: "slow" }, do: { answer: { category: "other" }, delayMs: 400 } }],
  otherwise: { answer: { category: "billing" }, confidence: 0.9 },
};

describe("an answer of the database that is lost", () => {
  let link: LossyLink;
  let installation: Installation;
  /** Boundaries before which the link is told to lose the answer to the commit, once each. */
  let loseAt = new Set<string>();
  let feedClaimLost: Promise<void>;

  beforeAll(async () => {
    link = await openLossyLink(await freshDatabase());
    installation = await install({
      databaseUrl: link.url,
      boundary(moment, names) {
        // Steps that share one transaction share its loss.
        const due = moment === "before" ? names.filter((name) => loseAt.delete(name)) : [];
        if (due.length > 0) void link.loseAnswerTo("commit");
      },
    });
    mkdirSync(dropFolder(), { recursive: true });
    // The feed is claimed for the first time as soon as it is there.
    feedClaimLost = link.loseAnswerTo("update feed set worker");
    await launch(installation, {
      script: SLOW,
      workflow: {
        feeds: [
          { name: "drop", kind: "folder", path: "drop", format: "jsonl", key: "text", schedule: 1_000 },
        ],
      },
    });
  });
  afterAll(() => link.close());

  async function submit(externalId: string, text = "a bill"): Promise<string> {
    for (;;) {
      try {
        return (
          await installation.client.submitCase({
            params: { workflow: "tickets" },
            body: { externalId, input: { text } },
          })
        ).caseId;
      } catch (error) {
        if ((error as { code?: string }).code !== "database_unavailable") throw error;
      }
    }
  }

  /** Approves what is waiting; an answer that is lost is met again at the next look. */
  async function approveAll(): Promise<void> {
    try {
      const { reviews } = await installation.client.claimReviews({
        params: { workflow: "tickets" },
        body: { count: 20, leaseSeconds: 5 },
      });
      for (const { caseId, lease } of reviews)
        await installation.client.giveVerdict({
          params: { case: caseId },
          body: { lease, verdict: "approve" },
        });
    } catch (error) {
      expect((error as { code?: string }).code).toMatch(/^(database_unavailable|wrong_state)$/);
    }
  }

  const dropFolder = () => join(installation.dataHome, "files", "tickets", "drop");
  const stateOf = (caseId: string) => async () => {
    const row = await installation.app.database
      .maybe<{ state: string; worker: string | null }>(
        sql`select state, worker from case_ where id = ${caseId}`,
      )
      .catch(() => undefined);
    return row?.state;
  };

  test("to a claim of cases: the cases are taken up again", async () => {
    const caseId = await submit("claim");
    await until(stateOf(caseId), (state) => state === "in_review");
    const lost = link.loseAnswerTo("update case_ set worker");
    await approveAll();
    await lost;
    await until(stateOf(caseId), (state) => state === "delivered", 10_000);
  });

  test("to a claim of a feed: the feed is looked at again", async () => {
    await feedClaimLost;
    writeFileSync(join(dropFolder(), "one.jsonl"), `${JSON.stringify({ text: "from a file" })}\n`);
    await until(
      () => installation.client.listCases({ params: { workflow: "tickets" }, query: { source: "drop" } }),
      ({ cases }) => cases.length === 1,
      10_000,
    );
  });

  test("while the database is away: what could not be given back is taken up when it is there again", async () => {
    const caseId = await submit("away", "a slow one");
    await until(stateOf(caseId), (state) => state === "running");
    link.cut();
    await until(
      async () => installation.app.runner!.inFlight,
      (count) => count === 0,
      5_000,
    );
    link.mend();
    await until(stateOf(caseId), (state) => state === "in_review", 10_000);
  });

  test("to the commit of every step: each case ends once, in one state, delivered once", async () => {
    const steps = ["admit", "reserve", "settle", "verdict", "dispatch", "try", "deliver"];
    loseAt = new Set(steps);
    const names = steps.map((step) => `lost ${step}`);
    const ids = await Promise.all(names.map((name) => submit(name)));
    const delivered = async () => {
      await approveAll();
      return (await Promise.all(ids.map((id) => stateOf(id)()))).filter((state) => state === "delivered")
        .length;
    };
    await until(delivered, (count) => count === ids.length);
    // On a busy machine a step can come to its end while another one's answer is being lost: its turn is with a further case.
    while (loseAt.size > 0 && names.length < 20) {
      names.push(`lost once more ${names.length}`);
      ids.push(await submit(names.at(-1)!));
      await until(delivered, (count) => count === ids.length);
    }
    expect([...loseAt]).toEqual([]);
    const lines = readFileSync(resultsPath(installation), "utf8")
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { body: { externalId: string } }).body.externalId);
    expect(lines.filter((id) => id.startsWith("lost ")).sort()).toEqual(names.toSorted());
  });

  test("the audit trail has no gap and no number twice after all that", async () => {
    const writers = await installation.app.database.all<{
      writer: string;
      least: number;
      most: number;
      count: number;
    }>(
      sql`select writer, min(wseq) as least, max(wseq) as most, count(*) as count from audit_event group by writer`,
    );
    expect(writers.length).toBeGreaterThan(1);
    expect(writers.filter((one) => one.least !== 1 || one.most !== one.count)).toEqual([]);
  });
});

describe.concurrent("the job queue", () => {
  /** The queue's own table, which the program's role may not see. */
  async function jobsOf(databaseUrl: string): Promise<() => Promise<{ jobs: number }>> {
    const owner = openDatabase({ url: databaseUrl, log: silentLog, size: 1 });
    afterAll(() => owner.close());
    return () => owner.one(sql`select count(*) as jobs from graphile_worker._private_jobs`);
  }

  async function takesJobs(app: Installation["app"], jobs: () => Promise<{ jobs: number }>): Promise<void> {
    await until(
      () =>
        app.database
          .transaction((tx) => addJob(tx, "advance", { workflow: "none" }, "advance:none"))
          .then(
            () => true,
            () => false,
          ),
      (added) => added,
    );
    await until(jobs, (found) => found.jobs === 0, 15_000);
  }

  test("follows a database that moved", async () => {
    const databaseUrl = await freshDatabase();
    const jobs = await jobsOf(databaseUrl);
    const before = await openLossyLink(databaseUrl);
    const after = await openLossyLink(databaseUrl);
    afterAll(() => after.close());
    const { app } = await install({ databaseUrl: before.url, role: "worker" });
    await takesJobs(app, jobs);
    await before.close();
    app.moveTo(after.url);
    await takesJobs(app, jobs);
  });

  test("starts anew when the answer to its first question was lost", async () => {
    const databaseUrl = await freshDatabase();
    const jobs = await jobsOf(databaseUrl);
    const link = await openLossyLink(databaseUrl);
    afterAll(() => link.close());
    const lost = link.loseAnswerTo("_private_tasks as tasks (identifier)");
    const { app } = await install({ databaseUrl: link.url, role: "worker" });
    await lost;
    await takesJobs(app, jobs);
  });

  test("frees a job that was taken with an answer that never came", async () => {
    const databaseUrl = await freshDatabase();
    const jobs = await jobsOf(databaseUrl);
    const link = await openLossyLink(databaseUrl);
    afterAll(() => link.close());
    const { app } = await install({ databaseUrl: link.url, role: "worker" });
    await takesJobs(app, jobs);
    // As the queue reads it; the answer to adding it quotes it otherwise.
    const lost = link.loseAnswerWith('"workflow":"taken"');
    await app.database.transaction((tx) => addJob(tx, "advance", { workflow: "taken" }, "advance:taken"));
    await lost;
    await until(jobs, (found) => found.jobs === 0, 15_000);
  });
});
