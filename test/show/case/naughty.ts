/**
 * Strings that break programs, through the whole path: in at every door, through a model that answers with what it
 * read, past a person, out to a file; compared in the store, in the API and at the target.
 */
import { createServer } from "node:http";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { keysOf, readContent } from "../../../src/cases/content.ts";
import type { Client } from "../../../src/contract/client.ts";
import { isJsonObject, type JsonObject } from "../../../src/contract/json.ts";
import type { Database } from "../../../src/platform/database.ts";
import type { Vault } from "../../../src/platform/secrets.ts";
import { until } from "../program.ts";

const WORKFLOW = "naughty";
const DOORS = ["http", "ndjson", "jsonl", "csv"] as const;
const FEEDS = { jsonl: "lines", csv: "table" } as const;
const DELIVERIES = "echoes.jsonl";
type Door = (typeof DOORS)[number];

const feed = (format: "jsonl" | "csv"): JsonObject => ({
  name: FEEDS[format],
  kind: "folder",
  path: FEEDS[format],
  format,
  encoding: "utf-8",
  schedule: 1_000,
  key: "id",
  ...(format === "csv" ? { delimiter: "," } : {}),
});

const WORKFLOW_DOCUMENT: JsonObject = {
  workflow: WORKFLOW,
  purpose: "Give back every text as it came",
  unit: "text",
  people: { owner: "e.brandt@example.com" },
  automation: { maxErrorRate: 0.05 },
  cold: { share: 0 },
  qa: { share: 0 },
  undo: 0,
  feeds: [feed("jsonl"), feed("csv")],
  deliveries: [{ name: "echoes", kind: "file", path: DELIVERIES }],
};

const TEXT: JsonObject = { type: "string" };

const RELEASE_DOCUMENT: JsonObject = {
  workflow: WORKFLOW,
  model: { connection: "echo" },
  input: { type: "object", properties: { id: TEXT, text: TEXT }, required: ["text"] },
  output: { type: "object", properties: { text: TEXT }, required: ["text"], additionalProperties: false },
  policy: { id: "drop", text: "allow" },
  error: { equal: ["text"] },
  fallback: ["manual"],
};

/** A model service of the company's own that answers with the text that it was given. */
export async function startEcho(): Promise<{ url: string; secret: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    json(request).then(
      (body) => {
        const { input } = body as { input: JsonObject };
        response
          .setHeader("content-type", "application/json")
          .end(JSON.stringify({ output: { text: input["text"]! } }));
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    secret: `whsec_${Buffer.from("an echo that is used only in tests").toString("base64")}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface NaughtyParts {
  client: Client;
  /** The folder of the workflow, below which feeds and deliveries lie. */
  files: string;
  echo: { url: string; secret: string };
}

/** Where a text was compared, and how often it was the same. */
export interface Comparison {
  cases: number;
  /** Per door: cases whose text was the same everywhere. */
  same: Record<Door, number>;
  /** Where a text came out otherwise: door, place, number of the string. */
  differences: { door: Door; place: string; string: number }[];
}

export const WORKFLOW_OF_STRINGS = WORKFLOW;

/** Sends each string in at each door, reviews, waits for the deliveries, and compares. */
export async function sendStrings(
  parts: NaughtyParts,
  strings: string[],
  store: { database: Database; vault: Vault },
): Promise<Comparison> {
  const { client, files } = parts;
  for (const name of Object.values(FEEDS)) mkdirSync(join(files, name), { recursive: true });
  await client.applyWorkflow({ params: { workflow: WORKFLOW }, body: { document: WORKFLOW_DOCUMENT } });
  await client.saveConnection({
    params: { name: "echo" },
    body: { settings: { kind: "http", url: parts.echo.url, secret: parts.echo.secret } },
  });
  const release = await client.publishRelease({
    params: { workflow: WORKFLOW },
    body: { document: RELEASE_DOCUMENT },
  });
  for (const item of ["baseline", "works_council"] as const)
    await client.waive({ params: { workflow: WORKFLOW }, body: { item, reason: "A proof with strings" } });
  await client.setShare({ params: { workflow: WORKFLOW }, body: { release: release.id, share: 1 } });

  writeFileSync(
    join(files, FEEDS.jsonl, "strings.jsonl"),
    strings.map((text, i) => `${JSON.stringify({ id: idOf("jsonl", i), text })}\n`).join(""),
  );
  const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
  writeFileSync(
    join(files, FEEDS.csv, "strings.csv"),
    `id,text\n${strings.map((text, i) => `${idOf("csv", i)},${cell(text)}\n`).join("")}`,
  );
  for (const [i, text] of strings.entries())
    await client.submitCase({
      params: { workflow: WORKFLOW },
      body: { externalId: idOf("http", i), input: { id: idOf("http", i), text } },
    });
  const lines = strings.map((text, i) =>
    JSON.stringify({ externalId: idOf("ndjson", i), input: { id: idOf("ndjson", i), text } }),
  );
  for await (const { status, summary } of client.batch(WORKFLOW, lines))
    if (status !== "admitted" && summary === undefined)
      throw new Error("A line of the batch was not admitted.");

  const wanted = strings.length * DOORS.length;
  await deliverAll(client, strings, wanted);
  return compare(parts, strings, store, await idsOf(client, wanted));
}

const idOf = (door: Door, string: number) => `${door}-${string}`;

/** Approves what a reviewer is shown, when it is what was sent; else the case stays and the wait fails. */
async function deliverAll(client: Client, strings: string[], wanted: number): Promise<void> {
  const step = async () => {
    const { reviews } = await client.claimReviews({ params: { workflow: WORKFLOW }, body: { count: 100 } });
    await Promise.all(
      reviews.map(async ({ caseId, lease, externalId, input, output }) => {
        const sent = strings[Number(externalId.split("-")[1])]!;
        if (input["text"] !== sent || output?.["text"] !== sent)
          throw new Error(`A reviewer was shown another text than the one sent as ${externalId}.`);
        await client.giveVerdict({ params: { case: caseId }, body: { lease, verdict: "approve" } });
      }),
    );
    return (await client.getWorkflow({ params: { workflow: WORKFLOW } })).counts;
  };
  await until("every string to be delivered", step, (counts) => counts["delivered"] === wanted, 120);
}

/** The case of each external id. */
async function idsOf(client: Client, wanted: number): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (let before: string | undefined; ;) {
    const page = await client.listCases({ params: { workflow: WORKFLOW }, query: { limit: 500, before } });
    for (const one of page.cases) ids.set(one.externalId, one.id);
    if (page.next === null) break;
    before = page.next;
  }
  if (ids.size !== wanted) throw new Error(`There are ${ids.size} cases instead of ${wanted}.`);
  return ids;
}

async function compare(
  { client, files }: NaughtyParts,
  strings: string[],
  { database, vault }: { database: Database; vault: Vault },
  ids: Map<string, string>,
): Promise<Comparison> {
  const stored = await readContent(database, await keysOf(database, vault, [...ids.values()]), [
    "input",
    "output",
  ]);
  const delivered = new Map<string, unknown>();
  for (const line of readFileSync(join(files, DELIVERIES), "utf8").trimEnd().split("\n")) {
    const { body } = JSON.parse(line) as { body: { externalId: string; output: JsonObject } };
    if (delivered.has(body.externalId)) throw new Error(`${body.externalId} was delivered twice.`);
    delivered.set(body.externalId, body.output["text"]);
  }
  const differences: Comparison["differences"] = [];
  const same: Comparison["same"] = { http: 0, ndjson: 0, jsonl: 0, csv: 0 };
  for (const door of DOORS)
    for (const [i, sent] of strings.entries()) {
      const id = ids.get(idOf(door, i))!;
      const { content } = await client.getCase({ params: { case: id }, query: { content: "true" } });
      const places: Record<string, unknown> = {
        "input in the store": textIn(stored.get(id)?.get("input")),
        "output in the store": textIn(stored.get(id)?.get("output")),
        "input in the API": textIn(content?.input),
        "output in the API": textIn(content?.output),
        delivery: delivered.get(idOf(door, i)),
      };
      const wrong = Object.keys(places).filter((place) => places[place] !== sent);
      if (wrong.length === 0) same[door]++;
      for (const place of wrong) differences.push({ door, place, string: i });
    }
  return { cases: ids.size, same, differences };
}

function textIn(value: unknown): unknown {
  return isJsonObject(value) ? value["text"] : undefined;
}
