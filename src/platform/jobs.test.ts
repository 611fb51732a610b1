/** The job queue: jobs run, also after the database was away; what a dead process held is free again. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { openFreshDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/installation.ts";
import { openLossyLink } from "../../test/support/lossy-link.ts";
import type { JsonObject } from "../contract/json.ts";
import { systemClock } from "./clock.ts";
import { openDatabase, type Queryable } from "./database.ts";
import { addJob, openJobs, type Jobs, type Task } from "./jobs.ts";
import { silentLog } from "./log.ts";
import { sql } from "./sql.ts";

const { database, url } = await openFreshDatabase();
await database.run(sql`create table held (worker text not null, thing text not null)`);
const release = async (tx: Queryable, worker: string) =>
  void (await tx.run(sql`delete from held where worker = ${worker}`));
const started: Jobs[] = [];
afterAll(() => Promise.all(started.map((jobs) => jobs.stop())));

async function start(worker: string, tasks: Record<string, Task>, address = url): Promise<Jobs> {
  const jobs = openJobs({
    url: () => address,
    database,
    worker,
    clock: systemClock,
    log: silentLog,
    release,
    beatEvery: 50,
  });
  started.push(jobs);
  await jobs.start(tasks);
  return jobs;
}

const idle: Record<string, Task> = { idle: async () => undefined };

/** A task that keeps what it was given, and a look at it that waits. */
function keeping(): { task: Task; payloads: JsonObject[]; holds(no: number): Promise<unknown> } {
  const payloads: JsonObject[] = [];
  return {
    payloads,
    task: async (payload) => void payloads.push(payload),
    holds: (no) =>
      until(
        async () => payloads.map((payload) => payload["no"]),
        (seen) => seen.includes(no),
      ),
  };
}

const add = (task: string, no: number) =>
  database.transaction((tx) => addJob(tx, task, { no }, `${task}:${no}`));
const workers = async () =>
  (await database.all<{ id: string }>(sql`select id from worker order by id`)).map((row) => row.id);
const locked = async () =>
  (
    await database.one<{ n: number }>(
      sql`select count(*) as n from graphile_worker._private_jobs where locked_by is not null`,
    )
  ).n;

describe("a queue", () => {
  test("runs a job that was committed, and none that was rolled back", async () => {
    const kept = keeping();
    const jobs = await start("wrk_a", { note: kept.task });
    await database
      .transaction(async (tx) => {
        await addJob(tx, "note", { no: 1 }, "note:1");
        throw new Error("rolled back");
      })
      .catch(() => undefined);
    await add("note", 2);
    await kept.holds(2);
    expect(kept.payloads).toEqual([{ no: 2 }]);
    await jobs.stop();
  });

  test("that lost its connections goes on with what was added meanwhile", async () => {
    const kept = keeping();
    const jobs = await start("wrk_b", { again: kept.task });
    await add("again", 1);
    await kept.holds(1);
    await database.run(
      sql`select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await until(
      () =>
        add("again", 2).then(
          () => true,
          () => false,
        ),
      (added) => added,
    );
    await kept.holds(2);
    await jobs.stop();
  });

  test("outlives a database that goes away while jobs end, and ends every job", async () => {
    const link = await openLossyLink(url);
    const ends = Promise.withResolvers<void>();
    const begun: unknown[] = [];
    const slow: Task = async ({ no }) => {
      begun.push(no);
      await ends.promise;
    };
    const jobs = await start("wrk_l", { slow }, link.url);
    for (const no of [1, 2, 3]) await add("slow", no);
    await until(
      async () => begun.length,
      (count) => count === 3,
    );
    // Two ends are never sent, and of one the answer is lost.
    const lost = link.loseAnswerTo("_private_jobs as jobs");
    ends.resolve();
    await lost;
    link.cut();
    await add("slow", 4);
    link.mend();
    await until(
      () => database.one<{ jobs: number }>(sql`select count(*) as jobs from graphile_worker._private_jobs`),
      ({ jobs: left }) => left === 0,
    );
    await jobs.stop();
    await link.close();
  });

  test("leaves when it stops: its row, its leases and its connections are gone", async () => {
    const jobs = await start("wrk_c", idle);
    await database.run(sql`insert into held values ('wrk_c', 'a case'), ('wrk_other', 'another')`);
    await jobs.stop();
    expect(await workers()).toEqual([]);
    expect(await database.all(sql`select worker from held`)).toEqual([{ worker: "wrk_other" }]);
  });

  test("may be stopped while it is starting", async () => {
    const jobs = await start("wrk_d", idle);
    await jobs.stop();
    expect(await workers()).toEqual([]);
  });
});

describe("a process that died", () => {
  test("is buried: its leases are free, and the jobs that it held run elsewhere", async () => {
    const file = fileURLToPath(new URL("jobs.fixture.ts", import.meta.url));
    const child = spawn(process.execPath, [file, url, "wrk_dead"], { stdio: ["ignore", "pipe", "inherit"] });
    await add("hold", 7);
    const [line] = (await once(createInterface(child.stdout), "line")) as [string];
    expect(line).toBe("holds 7");
    await until(
      () => database.one<{ queue_id: string | null }>(sql`select queue_id from worker where id = 'wrk_dead'`),
      (row) => row.queue_id !== null,
    );
    await database.run(sql`insert into held values ('wrk_dead', 'a case')`);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await locked()).toBe(1);

    const kept = keeping();
    const jobs = await start("wrk_e", { hold: kept.task });
    await until(workers, (ids) => !ids.includes("wrk_dead"));
    expect(await database.all(sql`select thing from held where worker = 'wrk_dead'`)).toEqual([]);
    await kept.holds(7);
    await until(locked, (count) => count === 0);
    await jobs.stop();
  });

  test("only seemed dead when its count goes on: a living worker keeps what it has", async () => {
    const living = openDatabase({ url, log: silentLog });
    await database.run(sql`insert into worker (id, started_at) values ('wrk_slow', '2026-01-01')`);
    await database.run(sql`insert into held values ('wrk_slow', 'a case')`);
    const watcher = await start("wrk_f", idle);
    const beatOf = async (id: string) =>
      (await database.maybe<{ beat: number }>(sql`select beat from worker where id = ${id}`))?.beat ?? -1;
    // Slower than the others, by their count, but alive.
    for (let round = 0; round < 4; round++) {
      const seen = await beatOf("wrk_f");
      await until(
        () => beatOf("wrk_f"),
        (beat) => beat >= seen + 3,
      );
      await living.run(sql`update worker set beat = beat + 1 where id = 'wrk_slow'`);
    }
    expect(await beatOf("wrk_slow")).toBe(4);
    expect(await database.all(sql`select thing from held where worker = 'wrk_slow'`)).toHaveLength(1);
    // Then it dies, and is noticed.
    await until(
      () => beatOf("wrk_slow"),
      (beat) => beat === -1,
    );
    expect(await database.all(sql`select thing from held where worker = 'wrk_slow'`)).toEqual([]);
    await watcher.stop();
    await living.close();
  });

  test("and comes back: a worker that was buried by mistake registers again", async () => {
    const jobs = await start("wrk_g", idle);
    await database.run(sql`delete from worker where id = 'wrk_g'`);
    await until(workers, (ids) => ids.includes("wrk_g"));
    await jobs.stop();
  });
});
