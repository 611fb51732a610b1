/**
 * Content stays content: a marker that goes through every door and every stage of the path is afterwards in no table, no
 * job, no log line, and no byte of the data home, write-ahead log included. On an embedded server of its own.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, relative } from "node:path";
import { Writable } from "node:stream";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEmbedded, type EmbeddedServer } from "../src/platform/embedded/embedded.ts";
import { openLog, silentLog, type Log } from "../src/platform/log.ts";
import { removeFolder, temporaryFolder } from "./support/folders.ts";
import { install, launch, until, type Installation } from "./support/installation.ts";
import { failure, type Play } from "./support/provider-plays.ts";
import { startProvider, type Provider, type ProviderAnswer } from "./support/provider.ts";
import { tracesOf } from "./support/traces.ts";

/** It stands in content only: never in an id, a file name, a field name or a setting. */
const MARKER = "Zq9secretWv";
const WORKFLOW = { params: { workflow: "tickets" } };
const BYTEA = 17;

let dataHome: string;
let files: string;
let embedded: EmbeddedServer;
let installation: Installation;
let provider: Provider;
let log: Log;
const logged: Buffer[] = [];

/** The model repeats what it is given, as models do, in good answers and in bad ones. */
function answer(text: string): ProviderAnswer | Play {
  if (text.includes("be rude")) return failure(403, { message: `I do not answer to ${MARKER}.` });
  if (text.includes("be wrong") && !text.includes("cannot be used"))
    return { content: `{"category": "${MARKER}"} as you said: ${MARKER}` };
  return { output: { category: "billing", note: `You wrote ${MARKER}.` } };
}

/** A target that refuses and quotes what it was sent. */
const quoting = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => response.writeHead(400, { "x-quote": MARKER }).end(Buffer.concat(parts)));
});

beforeAll(async () => {
  dataHome = temporaryFolder("secrecy");
  files = temporaryFolder("secrecy-files");
  embedded = await startEmbedded({ dataHome: join(dataHome, "home"), log: silentLog });
  await new Promise<void>((resolve) => quoting.listen(0, "127.0.0.1", resolve));
  provider = await startProvider({ answer: (call) => answer(JSON.stringify(call.body)) });
  log = openLog(
    "trace",
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        logged.push(chunk);
        done();
      },
    }),
  );
  installation = await install({
    databaseUrl: embedded.url,
    dataHome: join(dataHome, "home"),
    settings: { PILOTAGE_FILES: files },
    log,
  });
  await throughTheWholePath();
  await query("checkpoint");
});

afterAll(async () => {
  await installation.stop();
  await provider.stop();
  await new Promise((resolve) => quoting.close(resolve));
  await embedded.stop();
  removeFolder(dataHome);
  removeFolder(files);
});

async function throughTheWholePath(): Promise<void> {
  const { client, url, key } = installation;
  const whsec = `whsec_${Buffer.alloc(24, 5).toString("base64")}`;
  await client.saveConnection({
    params: { name: "chat" },
    body: { settings: { kind: "openai", baseUrl: provider.url, apiKey: "sk-test" } },
  });
  await client.saveConnection({
    params: { name: "quoting" },
    body: {
      settings: {
        kind: "webhook",
        url: `http://127.0.0.1:${(quoting.address() as AddressInfo).port}/hook`,
        secret: whsec,
      },
    },
  });
  mkdirSync(join(files, "tickets", "inbox"), { recursive: true });
  await launch(installation, {
    script: null,
    workflow: {
      thread: "customer",
      subject: ["customer"],
      undo: 1_000,
      feeds: [{ name: "desk", kind: "folder", path: "inbox", format: "csv", schedule: 1_000, key: "no" }],
      deliveries: [
        { name: "results", kind: "file", path: "results.jsonl" },
        { name: "hook", kind: "webhook", connection: "quoting" },
      ],
    },
    release: {
      model: { connection: "chat", name: "small", timeout: 5_000 },
      prompt: "Sort.\n---\n{{ input }}",
      decide: { review: ["int(input.text) > 3"] },
    },
  });

  // Doors: one by one, as a batch, from a folder; good, bad, contradicting, unreadable.
  const submit = (
    externalId: string,
    input: unknown,
    attachments: { name: string; mediaType: string; base64: string }[] = [],
  ) =>
    client.submitCase({ ...WORKFLOW, body: { externalId, input, attachments } }).then(
      (receipt) => receipt.caseId,
      (error: { code: string }) => error.code,
    );
  const file = {
    name: `${MARKER}.txt`,
    mediaType: "text/plain",
    base64: Buffer.from(`file of ${MARKER}`).toString("base64"),
  };
  const first = await submit(
    "A-1",
    { text: `about ${MARKER}`, customer: `${MARKER}@example.com`, secret: MARKER, unknown: { deep: MARKER } },
    [file],
  );
  await submit("A-2", { text: `be wrong about ${MARKER}` });
  await submit("A-3", { text: `be rude about ${MARKER}` });
  expect(await submit("A-1", { text: `other ${MARKER}` })).toBe("conflict");
  expect(await submit("A-4", { text: 5, customer: MARKER, amount: MARKER })).toBe("bad_input");
  expect(
    await submit("A-5", { text: "large" }, [
      { ...file, base64: Buffer.alloc(10_485_761, MARKER).toString("base64") },
    ]),
  ).toBe("bad_input");
  await fetch(`${url}/api/v1/workflows/tickets/cases`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: `{"input": ${MARKER}`,
  });
  await fetch(`${url}/${MARKER}?${MARKER}=${MARKER}`, { headers: { authorization: `Bearer ${MARKER}` } });
  const lines = [
    `{"externalId":"B-1","input":{"text":"${MARKER}"}}`,
    `{"externalId":"B-2","input":{"text":"${MARKER}"`,
    `"${MARKER}"`,
    `{"externalId":"B-3","input":{"text":["${MARKER}"]},"attachments":"${MARKER}"}`,
  ];
  for await (const line of client.batch("tickets", lines)) expect(line.status ?? "summary").not.toBe("error");
  writeFileSync(
    join(files, "tickets", "inbox", "tickets.csv"),
    `no;text;customer;remark\nC-1;${MARKER} one;${MARKER};${MARKER}\nC-2;${MARKER};${MARKER}\n;${MARKER};${MARKER};x\nC-3;"broken ${MARKER};a;b\n`,
  );
  const runs = await until(
    () => client.listFeeds(WORKFLOW),
    (found) => found.runs.some((run) => run.finishedAt !== null),
  );
  expect(runs.runs[0]).toMatchObject({ admitted: 1 });

  // Quarantine: seen, corrected, replayed.
  const kept = await client.listQuarantine(WORKFLOW);
  expect(kept.records.length).toBeGreaterThanOrEqual(7);
  for (const record of kept.records) await client.getQuarantined({ params: { id: record.id } });
  const wrong = kept.records.find((record) => record.externalId === "A-4")!;
  await client.replayQuarantined({
    params: { id: wrong.id },
    body: { input: { text: `corrected ${MARKER}` } },
  });

  // Review: approved, edited, rejected, taken back, too late.
  const counts = async () => (await client.getWorkflow(WORKFLOW)).counts;
  await until(counts, (now) => now["in_review"] === 6);
  const { reviews } = await client.claimReviews({ ...WORKFLOW, body: { count: 10 } });
  const of = (externalId: string) => {
    const { caseId, lease } = reviews.find((review) => review.externalId === externalId)!;
    return { params: { case: caseId }, lease };
  };
  const edited = { category: "other", note: `a person wrote ${MARKER}` };
  const give = (externalId: string, verdict: "approve" | "edit" | "reject", more: object = {}) =>
    client.giveVerdict({
      params: of(externalId).params,
      body: { lease: of(externalId).lease, verdict, ...more },
    });
  await give("A-1", "edit", { output: edited });
  await client.undoVerdict({ params: of("A-1").params });
  const again = await client.claimReview({ params: of("A-1").params, body: {} });
  const late = client.giveVerdict({
    params: of("A-1").params,
    body: { lease: of("A-1").lease, verdict: "edit", output: edited },
  });
  await expect(late).rejects.toMatchObject({ code: "lease_lost" });
  await client.giveVerdict({
    params: of("A-1").params,
    body: { lease: again.lease, verdict: "edit", output: edited },
  });
  await expect(give("B-1", "edit", { output: { category: MARKER } })).rejects.toMatchObject({
    code: "bad_output",
  });
  await give("B-1", "approve");
  await give("A-2", "approve");
  await give("A-3", "edit", { output: edited });
  await give("A-4", "reject", { reason: "other" });

  // Delivery: the file takes it, the hook refuses and quotes it.
  await until(counts, (now) => now["failed_delivery"] === 4 && now["closed"] === 1);
  await client.getCase({ params: { case: first }, query: { content: "true" } });
  await client.getAttachment({ params: { case: first, no: "1" } });
}

async function query(text: string): Promise<pg.QueryArrayResult<(string | null)[]>> {
  const database = new pg.Client({
    connectionString: embedded.url,
    types: { getTypeParser: () => (value: unknown) => value },
  });
  await database.connect();
  try {
    return await database.query<(string | null)[]>({ text, rowMode: "array" });
  } finally {
    await database.end();
  }
}

/** `schema.table.column` of every stored value that holds the marker. */
async function inTables(): Promise<{ places: string[]; values: number }> {
  const { rows: tables } = await query(`
    select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1`);
  const places = new Set<string>();
  let values = 0;
  for (const [table] of tables) {
    const { fields, rows } = await query(`select * from ${table}`);
    for (const row of rows)
      for (const [i, value] of row.entries()) {
        if (value === null) continue;
        values++;
        const bytes =
          fields[i]!.dataTypeID === BYTEA ? Buffer.from(value.slice(2), "hex") : Buffer.from(value);
        if (tracesOf(MARKER, bytes).length > 0) places.add(`${table}.${fields[i]!.name}`);
      }
  }
  return { places: [...places], values };
}

/** Files of the data home that hold the marker, and how many bytes were looked at. */
function inFiles(): { places: string[]; bytes: number; wal: number } {
  const names = readdirSync(dataHome, { recursive: true, encoding: "utf8", withFileTypes: true }).filter(
    (entry) => entry.isFile(),
  );
  const found = { places: [] as string[], bytes: 0, wal: 0 };
  for (const entry of names) {
    const path = join(entry.parentPath, entry.name);
    let bytes: Buffer = readFileSync(path);
    found.bytes += bytes.length;
    if (path.includes("/pg_wal/")) {
      found.wal += bytes.length;
      bytes = withoutPageHeaders(bytes);
    }
    for (const form of new Set(tracesOf(MARKER, bytes).map((trace) => trace.form)))
      found.places.push(`${relative(dataHome, path)} as ${form}`);
  }
  return found;
}

/**
 * The records of a segment of the write-ahead log in one piece: a record that reaches over the end of a page goes on behind the next
 * page's header, which could stand in the middle of the marker (XLogPageHeaderData, 24 bytes; 40 on a segment's first page).
 */
function withoutPageHeaders(segment: Buffer): Buffer {
  const PAGE = 8_192;
  const pages: Buffer[] = [];
  for (let at = 0; at < segment.length; at += PAGE)
    pages.push(segment.subarray(at + (at === 0 ? 40 : 24), at + PAGE));
  return Buffer.concat(pages);
}

describe("content that went through the whole path", () => {
  test("really went through it", async () => {
    expect(readFileSync(join(files, "tickets", "results.jsonl"), "utf8")).toContain(MARKER);
    expect(provider.bytes().includes(MARKER)).toBe(true);
    const { rows } = await query("select distinct split_part(kind, '.', 1) from case_content order by 1");
    expect(rows.flat()).toEqual([
      "delivery",
      "final",
      "input",
      "label",
      "late",
      "output",
      "reply",
      "request",
    ]);
    const { cases } = await installation.client.listCases({ ...WORKFLOW, query: { externalId: "A-1" } });
    const found = await installation.client.getCase({
      params: { case: cases[0]!.id },
      query: { content: "true" },
    });
    expect(JSON.stringify(found.content)).toContain(MARKER);
  });

  test("is in clear in no column of any table, jobs included", async () => {
    const { places, values } = await inTables();
    expect(places).toEqual([]);
    expect(values).toBeGreaterThan(500);
  });

  test("is in no log line, at the finest level", () => {
    const lines = Buffer.concat(logged);
    expect(tracesOf(MARKER, lines)).toEqual([]);
    expect(lines.toString("utf8").split("\n").length).toBeGreaterThan(2);
  });

  test("is in no byte of the data home, write-ahead log included", () => {
    const { places, bytes, wal } = inFiles();
    expect(places).toEqual([]);
    expect(bytes).toBeGreaterThan(5_000_000);
    expect(wal).toBeGreaterThan(1_000_000);
  });

  test("leaves no copy of a feed file in the spool", () => {
    expect(readdirSync(join(dataHome, "home", "spool"))).toEqual([]);
  });
});

test("the twin: one planted row, log line and file are found", async () => {
  await query(
    `insert into feed_file (workflow, feed, digest, name, size, first_seen) values ('tickets', 'desk', 'planted', 'Um${MARKER}laut', 1, '2026-01-01') on conflict do nothing`,
  );
  await query(
    `insert into artifact (digest, kind, bytes) values ('planted', 'planted', convert_to('${Buffer.from(`a ${MARKER} b`).toString("base64")}', 'utf8')) on conflict do nothing`,
  );
  log.warn({ note: MARKER }, "planted");
  writeFileSync(join(dataHome, "home", "spool", "planted.copy"), `a;${MARKER}`);
  expect((await inTables()).places.sort()).toEqual(["public.artifact.bytes", "public.feed_file.name"]);
  expect(tracesOf(MARKER, Buffer.concat(logged))).not.toEqual([]);
  const { places } = inFiles();
  expect(places.filter((place) => place.startsWith("home/spool/"))).toEqual([
    "home/spool/planted.copy as text",
  ]);
  expect(places.some((place) => /pg_wal\/\w+ as text$/.test(place))).toBe(true);
  expect(places.some((place) => /pg_wal\/\w+ as base64/.test(place))).toBe(true);
});
