/** Where threads go whose release was taken out: one way a release, followed to its end, and gone with the last thread. */
import { expect, test } from "vitest";
import { sql } from "../src/platform/sql.ts";
import { leadThreads, rewriteThreads } from "../src/releases/thread-ways.ts";
import { install, launch } from "./support/installation.ts";

// Without a worker, so that nothing is rewritten but by these tests.
const installation = await install({ role: "web" });
const { database } = installation.app;

async function begun(threads: Record<string, string>): Promise<string> {
  const workflow = `ways-${Object.keys(threads).length}`;
  await launch(installation, { workflow: { workflow }, release: { workflow }, share: 0 });
  for (const [thread, release] of Object.entries(threads))
    await database.run(
      sql`insert into thread_arm (workflow, thread, arm, release, share) values (${workflow}, ${thread}, 'stable', ${release}, 0)`,
    );
  return workflow;
}
const lead = (workflow: string, release: string, to: string) =>
  database.transaction((tx) => leadThreads(tx, { workflow, release, to }));
const ways = (workflow: string) =>
  database.all<{ release: string; leads_to: string }>(
    sql`select release, leads_to from thread_way where workflow = ${workflow} order by release`,
  );
const threads = (workflow: string) =>
  database.all<{ thread: string; release: string; arm: string }>(
    sql`select thread, release, arm from thread_arm where workflow = ${workflow} order by thread`,
  );

test("a part at a time, none left out, and those of other releases stay", async () => {
  const workflow = await begun({ "": "b", a1: "b", a2: "c", a3: "b", a4: "b" });
  await lead(workflow, "b", "manual");
  const rewrite = rewriteThreads(database, 2);
  for (let part = 1; part <= 3; part++) {
    await rewrite();
    expect(await ways(workflow)).toHaveLength(1);
  }
  for (let part = 1; part <= 3; part++) await rewrite();
  expect(await ways(workflow)).toEqual([]);
  expect(await threads(workflow)).toEqual(
    ["", "a1", "a2", "a3", "a4"].map((thread) =>
      thread === "a2"
        ? { thread, release: "c", arm: "stable" }
        : { thread, release: "manual", arm: "manual" },
    ),
  );
});

test("where the next release is taken out, too, the ways of both lead on, and none leads in a circle", async () => {
  const workflow = await begun({ t1: "c", t2: "b", t3: "a" });
  await lead(workflow, "c", "b");
  await lead(workflow, "b", "a");
  expect(await ways(workflow)).toEqual([
    { release: "b", leads_to: "a" },
    { release: "c", leads_to: "a" },
  ]);
  // Back to what had been taken out before, and was made the stable one again.
  await lead(workflow, "a", "c");
  expect(await ways(workflow)).toEqual([
    { release: "a", leads_to: "c" },
    { release: "b", leads_to: "c" },
  ]);
  const rewrite = rewriteThreads(database);
  for (let i = 0; i < 2; i++) await rewrite();
  expect((await threads(workflow)).map(({ release }) => release)).toEqual(["c", "c", "c"]);
});
