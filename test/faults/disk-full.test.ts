/**
 * Full disks, each the real thing: a small file system that is filled while the program serves. Under the database, under
 * the log, under a file target, under the working copies of feeds. Needs the right to mount.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openLog } from "../../src/platform/log.ts";
import { sql } from "../../src/platform/sql.ts";
import { freshDatabase } from "../support/database.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { install, launch, resultsPath, until } from "../support/installation.ts";
import { freePort } from "../support/ports.ts";
import { environmentFor } from "../support/processes.ts";
import { fullUnderDatabase } from "../support/full-disk.ts";
import { mountSmallDisk, type SmallDisk } from "../support/small-disk.ts";

const SERVE = join(import.meta.dirname, "../support/serve-with-kills.ts");
const NEEDS_MOUNT = "needs the right to mount a small file system";

function folderWithDisk(name: string, megabytes: number): { folder: string; disk: SmallDisk } | undefined {
  const folder = temporaryFolder(name);
  const disk = mountSmallDisk(join(folder, "disk"), megabytes);
  onTestFinished(() => {
    disk?.unmount();
    removeFolder(folder);
  });
  return disk && { folder, disk };
}

describe("a full disk", () => {
  test(
    "under the database: new cases are refused with the reason, nothing acknowledged is lost, and with room it all goes on",
    { timeout: 300_000 },
    async (context) => {
      const folder = temporaryFolder("full");
      onTestFinished(() => removeFolder(folder));
      const seen = await fullUnderDatabase({ folder, log: [] });
      if (seen === undefined) return context.skip(NEEDS_MOUNT);
      expect(seen.findings).toEqual([]);
      expect(seen).toMatchObject({
        refused: { status: 503, code: "database_unavailable" },
        ready: { status: 503 },
        processStarts: 2,
      });
      expect(seen.refused.said).toMatch(/full|reached/);
      expect(seen.ready.said).toMatch(/disk .*full/i);
      expect(seen.serverStarts).toBeLessThanOrEqual(2);
    },
  );

  test("under the log: the program starts and serves, and says later how many lines are missing", async (context) => {
    const place = folderWithDisk("log", 1) ?? context.skip(NEEDS_MOUNT);
    const { folder, disk } = place;
    const logFile = join(folder, "disk", "pilotage.log");
    writeFileSync(logFile, "");
    disk.fill();
    const port = await freePort();
    const file = openSync(logFile, "a");
    const child = spawn(process.execPath, [SERVE, "web"], {
      env: environmentFor({
        DATABASE_URL: await freshDatabase(),
        PILOTAGE_DATA: join(folder, "home"),
        PILOTAGE_PORT: String(port),
        PILOTAGE_DATABASE_CONNECTIONS: "3",
      }),
      stdio: ["ignore", file, file],
    });
    closeSync(file);
    const exited = once(child, "exit");
    try {
      const ready = () =>
        fetch(`http://127.0.0.1:${port}/readyz`).then(
          ({ status }) => status,
          () => 0,
        );
      await until(ready, (status) => status === 200);
      disk.empty();
    } finally {
      child.kill("SIGTERM");
    }
    expect(await exited).toEqual([0, null]);
    const lines = readFileSync(logFile, "utf8")
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as { msg: string; lost?: number });
    expect(lines[0]).toMatchObject({
      lost: expect.any(Number),
      msg: expect.stringContaining("could not be written"),
    });
    expect(lines.at(-1)?.msg).toBe("Pilotage has stopped");
  });

  test("under a file target and under the working copies of a feed: both wait, and say so, and go on with room", async (context) => {
    const target = folderWithDisk("target", 1) ?? context.skip(NEEDS_MOUNT);
    const dataHome = temporaryFolder("spool");
    const spool = mountSmallDisk(join(dataHome, "spool"), 1) ?? context.skip(NEEDS_MOUNT);
    onTestFinished(() => {
      spool.unmount();
      removeFolder(dataHome);
    });
    const files = join(target.folder, "disk");
    const installation = await install({
      dataHome,
      settings: { PILOTAGE_FILES: files },
      log: openLog("silent"),
    });
    onTestFinished(() => installation.stop());
    const drop = join(files, "tickets", "drop");
    mkdirSync(drop, { recursive: true });
    await launch(installation, {
      workflow: {
        feeds: [
          { name: "drop", kind: "folder", path: "drop", format: "jsonl", key: "text", schedule: 1_000 },
        ],
      },
    });
    const { client } = installation;
    const results = join(files, "tickets", "results.jsonl");
    expect(resultsPath({ dataHome })).not.toBe(results);
    writeFileSync(join(drop, "one.jsonl"), `${JSON.stringify({ text: "from a file" })}\n`);
    target.disk.fill();
    spool.fill();

    const { caseId } = await client.submitCase({
      params: { workflow: "tickets" },
      body: { externalId: "one", input: { text: "a bill" } },
    });
    const { reviews } = await until(
      () => client.claimReviews({ params: { workflow: "tickets" }, body: { count: 1 } }),
      (claimed) => claimed.reviews.length === 1,
    );
    await client.giveVerdict({
      params: { case: caseId },
      body: { lease: reviews[0]!.lease, verdict: "approve" },
    });
    const delivery = () =>
      installation.app.database.maybe<{ state: string; error: string | null }>(
        sql`select state, error from delivery where case_id = ${caseId}`,
      );
    await until(delivery, (row) => row?.error?.includes("the disk is full") === true);
    const problem = async () =>
      (await client.listFeeds({ params: { workflow: "tickets" } })).feeds.find((feed) => feed.name === "drop")
        ?.problem;
    await until(problem, (text) => text?.includes("no room left") === true);

    target.disk.empty();
    spool.empty();
    await until(delivery, (row) => row?.state === "sent");
    expect(readFileSync(results, "utf8").trim().split("\n")).toHaveLength(1);
    await until(
      () => client.listCases({ params: { workflow: "tickets" }, query: { source: "drop" } }),
      ({ cases }) => cases.length === 1,
    );
    expect(await until(problem, (text) => text === null)).toBeNull();
  });
});
