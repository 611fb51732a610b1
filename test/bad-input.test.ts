/**
 * Bad input meets the stated result: every row of docs/reference/bad-input.md, at every door.
 *
 * The whole program in this process; `npm run show -- case.4` does the same with the program as a process of its own.
 */
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openClient } from "../src/contract/client.ts";
import type { Scope } from "../src/contract/scopes.ts";
import { needsPermissions, openClosed, tryFiles, withTroubledFeeds } from "./show/case/bad-input-files.ts";
import { sendRows } from "./show/case/bad-input-doors.ts";
import { REQUESTS, SAMPLES } from "./show/case/bad-input-samples.ts";
import { readTable, type Expectation } from "./show/case/bad-input-table.ts";
import { RELEASE_DOCUMENT, WORKFLOW, type Doors } from "./show/case/bad-input-workflow.ts";
import { removeFolder, temporaryFolder } from "./support/folders.ts";
import { install } from "./support/installation.ts";

const table = readTable();
const FILES = "Files and folders";
const bindsNobody = process.getuid?.() === 0;

/** Rows beside what became of them, so that a difference is shown with its row. */
function rows(expectations: Expectation[], results?: string[]) {
  return expectations.map(({ input, door, result }, i) => `${input} | ${door} | ${results?.[i] ?? result}`);
}

describe("bad input", async () => {
  const folder = temporaryFolder("bad-input");
  const installation = await install({ settings: { PILOTAGE_FILES: folder } });
  afterAll(() => {
    openClosed(join(folder, WORKFLOW));
    removeFolder(folder);
  });
  const { client, app } = installation;
  const files = join(folder, WORKFLOW);
  const document = withTroubledFeeds(files);
  await client.applyWorkflow({ params: { workflow: WORKFLOW }, body: { document } });
  await client.saveConnection({
    params: { name: "none" },
    body: { settings: { kind: "scripted", script: { otherwise: { fault: "unavailable" } } } },
  });
  await client.publishRelease({ params: { workflow: WORKFLOW }, body: { document: RELEASE_DOCUMENT } });
  const by = { kind: "system", name: "test" } as const;
  const make = (scopes: Scope[], more: { workflow?: string; days?: number } = {}) =>
    app.keys.make(
      { name: scopes.join("+"), scopes, workflow: more.workflow, days: more.days ?? 1, simulated: false },
      by,
    );
  const revoked = await make(["intake"]);
  await app.keys.revoke(revoked.id, by);
  const expired = await make(["intake"], { days: 1e-7 });
  const doors: Doors = {
    url: installation.url,
    client,
    key: installation.key,
    files,
    keys: {
      expired: async () => expired.secret,
      revoked: revoked.secret,
      reading: (await make(["read"])).secret,
      bound: (await make(["intake"], { workflow: "another" })).secret,
    },
  };

  test("each row of the table has a sample, and each sample a row", () => {
    const named = new Set(
      table.filter((one) => one.section !== FILES || one.input in SAMPLES).map((one) => one.input),
    );
    expect([...named].sort()).toEqual([...Object.keys(SAMPLES), ...Object.keys(REQUESTS)].sort());
  });

  test.concurrent("each record and each request gets the result that the table states", async () => {
    const wanted = table.filter((one) => one.section !== FILES || one.input in SAMPLES);
    expect(rows(wanted, await sendRows(doors, wanted))).toEqual(rows(wanted));
  });

  test.concurrent("each file and folder gets the result that the table states", async () => {
    // Permissions do not bind root; those rows are run by `npm run show -- case.4` under another account.
    const wanted = table.filter(
      (one) =>
        one.section === FILES && !(one.input in SAMPLES) && !(bindsNobody && needsPermissions(one.input)),
    );
    expect(rows(wanted, await tryFiles(doors, wanted))).toEqual(rows(wanted));
  });

  test("a row with another result is noticed", async () => {
    const planted = table
      .filter((one) => one.input === "NUL in the id" && one.door === "http")
      .map((one) => ({ ...one, result: "201 admitted" }));
    expect(rows(planted, await sendRows(doors, planted, "planted"))).not.toEqual(rows(planted));
  });

  test("after all this the program is ready and takes a healthy case", async () => {
    expect((await fetch(`${installation.url}/readyz`)).status).toBe(200);
    const taken = await openClient({ url: installation.url, key: installation.key }).submitCase({
      params: { workflow: WORKFLOW },
      body: { externalId: "last", input: { text: "fine" } },
    });
    expect(taken.status).toBe("admitted");
  });
});
