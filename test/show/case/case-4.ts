/**
 * case.4: the strings of `naughty-strings` come out of store, API and delivery exactly as they went in, and each bad
 * input of docs/reference/bad-input.md gets the stated result; then the program is ready and takes a healthy case.
 *
 * Options: `--strings <file>` (a JSON list of texts).
 */
import { chownSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { spawnSync } from "node:child_process";
import type { JsonObject } from "../../../src/contract/json.ts";
import type { Scope } from "../../../src/contract/scopes.ts";
import { skipped, type Context, type Outcome } from "../point.ts";
import { openStore, ROOT, startProgram, until, type Program } from "../program.ts";
import { sendRows } from "./bad-input-doors.ts";
import { needsPermissions, openClosed, tryFiles, withTroubledFeeds } from "./bad-input-files.ts";
import { SAMPLES } from "./bad-input-samples.ts";
import { readTable, type Expectation } from "./bad-input-table.ts";
import { RELEASE_DOCUMENT, WORKFLOW, type Doors } from "./bad-input-workflow.ts";
import { sendStrings, startEcho, WORKFLOW_OF_STRINGS } from "./naughty.ts";

export const title = "Naughty strings come out as they went in, and each bad input gets its stated result";

const STRINGS = "../shared/data/naughty-strings/blns.json";

export async function run(context: Context): Promise<Outcome> {
  const path = resolve(ROOT, context.options["strings"] ?? STRINGS);
  if (!existsSync(path)) return skipped(`There is no ${path}; name a JSON list of texts with --strings.`);
  const strings = JSON.parse(readFileSync(path, "utf8")) as string[];

  const ids = anotherAccount();
  const dataHome = context.folder("bad-input");
  const files = join(dataHome, "files");
  for (const folder of [files, join(files, WORKFLOW), join(files, WORKFLOW_OF_STRINGS)]) mkdirSync(folder);
  const document = withTroubledFeeds(join(files, WORKFLOW));
  context.after(() => openClosed(join(files, WORKFLOW)));
  if (ids)
    for (const folder of [dataHome, files, join(files, WORKFLOW_OF_STRINGS)])
      chownSync(folder, ids.uid, ids.gid);
  const program = await startProgram(context, {
    dataHome,
    settings: { PILOTAGE_FILES: files },
    ...(ids ? { ids } : {}),
  });

  const naughty = await tryStrings(context, program, strings);
  const rows = await tryRows(context, program, document, process.getuid?.() !== 0 || ids !== undefined);
  const healthy = await program.client.submitCase({
    params: { workflow: WORKFLOW },
    body: { externalId: "the-last", input: { text: "fine" } },
  });
  const ready = (await fetch(`${program.url}/readyz`)).status === 200;
  const lives = program.alive && ready && healthy.status === "admitted";
  const exit = await program.stop();
  return {
    met:
      rows.wrong.length === 0 &&
      naughty.differences.length === 0 &&
      naughty.cases === 4 * strings.length &&
      lives &&
      exit === 0,
    figures: {
      strings: strings.length,
      stringCases: naughty.cases,
      sameEverywhere: naughty.same,
      stringDifferences: naughty.differences.slice(0, 20),
      rows: rows.tried,
      rowsAsStated: rows.tried - rows.wrong.length,
      rowsWrong: rows.wrong,
      ...(rows.left === undefined ? {} : { rowsLeftOut: rows.left }),
      livesAfterwards: lives,
      exitCode: exit,
    },
  };
}

async function tryRows(
  context: Context,
  program: Program,
  document: JsonObject,
  permissionsBind: boolean,
): Promise<{ tried: number; wrong: string[]; left?: string }> {
  const { client } = program;
  await client.applyWorkflow({ params: { workflow: WORKFLOW }, body: { document } });
  await client.saveConnection({
    params: { name: "none" },
    body: { settings: { kind: "scripted", script: { otherwise: { fault: "unavailable" } } } },
  });
  await client.publishRelease({ params: { workflow: WORKFLOW }, body: { document: RELEASE_DOCUMENT } });
  const doors: Doors = {
    url: program.url,
    client,
    key: program.key,
    files: join(program.dataHome, "files", WORKFLOW),
    keys: await badKeys(program),
  };

  const table = readTable();
  const left = permissionsBind ? [] : table.filter((one) => needsPermissions(one.input));
  if (left.length > 0)
    context.progress(
      "Permissions do not bind root, and no other account may enter this checkout: those rows are left out; a path that is a file is tried.",
    );
  const wanted = table.filter((one) => !left.includes(one));
  const onFiles = wanted.filter((one) => one.section === "Files and folders" && !(one.input in SAMPLES));
  const others = wanted.filter((one) => !onFiles.includes(one));
  context.progress(`${wanted.length} bad inputs at their doors`);
  const [results, fileResults] = await Promise.all([sendRows(doors, others), tryFiles(doors, onFiles)]);
  const wrong = [...differences(others, results), ...differences(onFiles, fileResults)];
  for (const line of wrong) context.progress(`not as stated: ${line}`);
  return {
    tried: wanted.length,
    wrong,
    ...(left.length === 0 ? {} : { left: `${left.length} rows about permissions, which do not bind root` }),
  };
}

function differences(expectations: Expectation[], results: string[]): string[] {
  return expectations.flatMap(({ input, door, result }, i) =>
    results[i] === result ? [] : [`${input} | ${door}: stated "${result}", got "${results[i]}"`],
  );
}

async function badKeys({ client, url }: Program): Promise<Doors["keys"]> {
  const make = (scopes: Scope[], more: { workflow?: string; days?: number } = {}) =>
    client.makeKey({ body: { name: scopes.join("+"), scopes, ...more } });
  // The shortest that a key can hold is nine seconds.
  const expired = await make(["read"], { days: 0.0001 });
  const revoked = await make(["intake"]);
  await client.revokeKey({ params: { id: revoked.id } });
  const status = async () =>
    (await fetch(`${url}/api/v1/workflows`, { headers: { authorization: `Bearer ${expired.secret}` } }))
      .status;
  return {
    async expired() {
      await until("a key to expire", status, (found) => found === 401, 30);
      return expired.secret;
    },
    revoked: revoked.secret,
    reading: (await make(["read"])).secret,
    bound: (await make(["intake"], { workflow: WORKFLOW_OF_STRINGS })).secret,
  };
}

async function tryStrings(context: Context, program: Program, strings: string[]) {
  const echo = await startEcho();
  context.after(() => echo.stop());
  const store = await openStore(program);
  try {
    context.progress(`${strings.length} strings at four doors`);
    return await sendStrings(
      { client: program.client, files: join(program.dataHome, "files", WORKFLOW_OF_STRINGS), echo },
      strings,
      store,
    );
  } finally {
    await store.database.close();
  }
}

/** Run by root, the program runs as `nobody`, because permissions do not bind root; undefined when that account may not enter the checkout. */
function anotherAccount(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [, , uid, gid] = (
    readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .find((line) => line.startsWith("nobody:")) ?? ""
  ).split(":");
  if (uid === undefined || gid === undefined) return undefined;
  const ids = { uid: Number(uid), gid: Number(gid) };
  const tried = spawnSync(process.execPath, ["--version"], { cwd: ROOT, ...ids });
  return tried.status === 0 ? ids : undefined;
}
