/** The rows of the bad input table about whole files and folders: unfinished, missing, closed, or no folder at all. */
import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject, JsonValue } from "../../../src/contract/json.ts";
import { isJsonObject } from "../../../src/contract/json.ts";
import { until } from "../program.ts";
import { readRun } from "./bad-input-records.ts";
import { folderOf, WORKFLOW, WORKFLOW_DOCUMENT, type Doors } from "./bad-input-workflow.ts";
import { healthy } from "./bad-input-samples.ts";
import type { Door, Expectation } from "./bad-input-table.ts";

/** Feeds that are in trouble: their row, and how their folder is made. */
const TROUBLED: Record<
  string,
  { feed: string; make(path: string, door: Door): void; needsPermissions?: true }
> = {
  "A folder that does not exist": { feed: "missing", make: () => undefined },
  "A feed path that is a file": { feed: "a-file", make: (path) => writeFileSync(path, "") },
  "A folder that this account may not read": {
    feed: "closed",
    needsPermissions: true,
    make(path) {
      mkdirSync(path);
      chmodSync(path, 0);
    },
  },
  "A file that this account may not read, among others": {
    feed: "closed-file",
    needsPermissions: true,
    make(path, door) {
      mkdirSync(path);
      writeFileSync(join(path, `closed.${door}`), "");
      chmodSync(join(path, `closed.${door}`), 0);
      writeFileSync(join(path, `open.${door}`), content(door, [`${door}-beside-a-closed-file`]));
    },
  },
};

/** Whether a row is about permissions, which do not bind root: it says nothing when the program runs as root. */
export function needsPermissions(input: string): boolean {
  return TROUBLED[input]?.needsPermissions === true;
}

/** Makes the folders, troubled and healthy; answers the workflow document with their feeds. */
export function withTroubledFeeds(files: string): JsonObject {
  for (const door of ["jsonl", "csv"] as const) folderOf({ files }, door);
  const healthyFeeds = (WORKFLOW_DOCUMENT["feeds"] as JsonValue[]).filter(isJsonObject);
  const troubled = Object.values(TROUBLED).flatMap(({ feed, make }) =>
    (["jsonl", "csv"] as const).map((format): JsonObject => {
      make(join(files, `${feed}-${format}`), format);
      return {
        name: `${feed}-${format}`,
        kind: "folder",
        path: `${feed}-${format}`,
        format,
        encoding: "utf-8",
        schedule: 1_000,
        key: "id",
        ...(format === "csv" ? { delimiter: "," } : {}),
      };
    }),
  );
  return { ...WORKFLOW_DOCUMENT, feeds: [...healthyFeeds, ...troubled] };
}

/** Gives back the permissions that were taken away, so that the folders can be removed. */
export function openClosed(files: string): void {
  for (const { feed, needsPermissions } of Object.values(TROUBLED))
    if (needsPermissions)
      for (const door of ["jsonl", "csv"]) chmodSync(join(files, `${feed}-${door}`), 0o700);
}

/** Results of the rows of the section "Files and folders", in the order given. */
export async function tryFiles(doors: Doors, expectations: Expectation[]): Promise<string[]> {
  return Promise.all(
    expectations.map(({ input, door }) => {
      if (input === "A file that is still being written") return growing(doors, door as "jsonl" | "csv");
      if (input === "A file with an unfinished name (.part)")
        return unfinished(doors, door as "jsonl" | "csv");
      const troubled = TROUBLED[input];
      if (troubled === undefined)
        throw new Error(`docs/reference/bad-input.md has the row "${input}", of which there is no sample.`);
      return feedProblem(
        doors,
        `${troubled.feed}-${door}`,
        troubled.feed === "closed-file" ? `open.${door}` : undefined,
      );
    }),
  );
}

function content(door: Door, ids: string[]): string {
  const header = "id,text";
  const lines = ids.map((id) => (door === "jsonl" ? healthy(id).jsonl : healthy(id).csv(header)));
  return `${[...(door === "csv" ? [header] : []), ...lines].join("\n")}\n`;
}

/** Appends a line until the feed has looked three times more, then lets the file rest. */
async function growing(doors: Doors, door: "jsonl" | "csv"): Promise<string> {
  const name = `growing.${door}`;
  const path = join(folderOf(doors, door), name);
  writeFileSync(path, content(door, [`${name}-0`]));
  let lines = 1;
  const seen = new Set<string>();
  const grow = async () => {
    const line = content(door, [`${name}-${lines}`])
      .trim()
      .split("\n")
      .at(-1)!;
    appendFileSync(path, `${line}\n`);
    lines++;
    seen.add(await looksOf(doors, door));
    return seen.size;
  };
  await until("the feed to look three times at a growing file", grow, (looks) => looks > 3, 240);
  const early = (await runsOf(doors)).some((run) => run.file === name);
  const run = await readRun(doors, name);
  if (early) return "read while it was being written";
  return run.admitted === lines && run.read === lines
    ? "read once it is still"
    : `read ${run.read} of ${lines}`;
}

async function unfinished(doors: Doors, door: "jsonl" | "csv"): Promise<string> {
  const name = `sent.${door}.part`;
  writeFileSync(join(folderOf(doors, door), name), content(door, [`${name}-0`]));
  const seen = new Set<string>();
  await until(
    "the feed to look three times",
    async () => seen.add(await looksOf(doors, door)).size,
    (looks) => looks > 3,
    240,
  );
  return (await runsOf(doors)).some((run) => run.file === name) ? "read" : "not read";
}

async function feedProblem(doors: Doors, name: string, besides: string | undefined): Promise<string> {
  const look = async () => (await feedsOf(doors)).find((feed) => feed.name === name)?.problem;
  const problem = await until(
    `the problem of the feed ${name}`,
    look,
    (found) => typeof found === "string",
    240,
  );
  if (besides !== undefined && (await readRun(doors, besides)).admitted !== 1)
    throw new Error(`Expected that ${besides} is read beside a closed file.`);
  const words = ["does not exist", "is not a folder", "may not be read"].find((one) =>
    problem!.includes(one),
  );
  return `feed problem: ${words ?? problem}`;
}

/** Changes with each look of a feed. */
async function looksOf(doors: Doors, door: "jsonl" | "csv"): Promise<string> {
  return (await feedsOf(doors)).find((feed) => feed.name === (door === "jsonl" ? "lines" : "table"))!.nextAt;
}

async function feedsOf({ client }: Doors) {
  return (await client.listFeeds({ params: { workflow: WORKFLOW }, query: { limit: 1 } })).feeds;
}

async function runsOf({ client }: Doors) {
  return (await client.listFeeds({ params: { workflow: WORKFLOW }, query: { limit: 500 } })).runs;
}
