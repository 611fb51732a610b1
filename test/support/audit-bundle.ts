/**
 * Audit bundles for tests: a log made by the real writers and the real sequencer, exported as it would be; and a bundle
 * in memory, to be changed and written again.
 */
import canonicalize from "canonicalize";
import { createHash, randomBytes, type KeyObject } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { signCheckpoint, signingKey, verifierKey } from "../../src/audit/checkpoint.ts";
import { exportLog, type ExportWish } from "../../src/audit/export.ts";
import { openTree } from "../../src/audit/merkle.ts";
import { leafHash, openAudit } from "../../src/audit/record.ts";
import { openSequencer } from "../../src/audit/sequencer.ts";
import { writeBundle } from "../../src/cli/audit-bundle.ts";
import { BUNDLE_FORMAT, type BundleManifest } from "../../src/contract/audit.ts";
import { idSource } from "../../src/platform/chance.ts";
import { isoTime, simulatedClock } from "../../src/platform/clock.ts";
import type { Database } from "../../src/platform/database.ts";
import { silentLog } from "../../src/platform/log.ts";
import { sql } from "../../src/platform/sql.ts";

export interface EventRecord {
  seq: number;
  leaf: string;
  body: string | null;
}
export interface SkipRecord {
  skip: [number, number];
  nodes: string[];
}
/** A record as an object, or a line as it stands. */
export type BundleRecord = EventRecord | SkipRecord | string;

export interface Bundle {
  manifest: BundleManifest;
  records: BundleRecord[];
  notes: string[];
}

export const eventsOf = (bundle: Bundle): EventRecord[] =>
  bundle.records.filter((one): one is EventRecord => typeof one !== "string" && "seq" in one);
export const bodyOf = ({ body }: EventRecord): Record<string, unknown> =>
  JSON.parse(body!) as Record<string, unknown>;
export const hashed = (seq: number, body: string): EventRecord => ({
  seq,
  body,
  leaf: leafHash(body).toString("base64"),
});

export function readBundle(folder: string): Bundle {
  const lines = (name: string) => readFileSync(join(folder, name), "utf8").split("\n").slice(0, -1);
  return {
    manifest: JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as BundleManifest,
    records: lines("events.ndjson").map((line) => JSON.parse(line) as EventRecord | SkipRecord),
    notes: lines("checkpoints.ndjson").map((line) => (JSON.parse(line) as { checkpoint: string }).checkpoint),
  };
}

/** Writes the bundle; its manifest then tells the truth about the files, as a careful forger's would, unless `manifest` shall stay. */
export function saveBundle(folder: string, bundle: Bundle, keepManifest = false): void {
  mkdirSync(folder, { recursive: true });
  const text = (list: (object | string)[]) =>
    list.map((one) => (typeof one === "string" ? one : `${JSON.stringify(one)}\n`)).join("");
  const files = {
    "events.ndjson": text(bundle.records),
    "checkpoints.ndjson": text(bundle.notes.map((checkpoint) => ({ checkpoint }))),
  };
  const sums = Object.fromEntries(
    Object.entries(files).map(([name, content]) => [
      name,
      { bytes: Buffer.byteLength(content), sha256: createHash("sha256").update(content).digest("hex") },
    ]),
  ) as BundleManifest["files"];
  const manifest = keepManifest
    ? bundle.manifest
    : { ...bundle.manifest, events: eventsOf(bundle).length, checkpoints: bundle.notes.length, files: sums };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "verifier.key"), `${manifest.verifier}\n`);
}

/** Signs every checkpoint of a whole bundle anew, over the leaves as they stand now: what the owner of the key can do. */
export function signAgain(bundle: Bundle, key: KeyObject, origin = bundle.manifest.origin): void {
  const sizes = bundle.notes.map((note) => Number(note.split("\n")[1]));
  const tree = openTree();
  const notes = new Map<number, string>();
  for (const event of eventsOf(bundle)) {
    tree.append(Buffer.from(event.leaf, "base64"));
    if (sizes.includes(tree.size))
      notes.set(tree.size, signCheckpoint({ origin, size: tree.size, root: tree.root() }, key));
  }
  bundle.notes = sizes.flatMap((size) => notes.get(size) ?? []);
}

/** A log in a database of its own: `parts` checkpoints of `size` events each, by several writers. */
export async function makeLog(database: Database, options: { parts: number; size: number; origin: string }) {
  const clock = simulatedClock("2026-11-20T09:00:00.000Z");
  const newId = idSource(clock);
  const audit = openAudit({ clock, newId });
  const key = signingKey(randomBytes(32));
  const verifier = verifierKey(options.origin, key);
  await database.run(sql`update audit_head set origin = ${options.origin}, verifier = ${verifier}`);
  const sequencer = openSequencer({
    database,
    audit,
    clock,
    worker: "wrk_test",
    signer: { origin: options.origin, key, verifier },
    log: silentLog,
  });
  const actor = { kind: "system", name: "a test" } as const;
  for (let part = 0; part < options.parts; part++) {
    for (let left = options.size; left > 0; left -= 8) {
      clock.advance(1_000);
      // Several transactions at once, of two events each: as many writers as there are connections.
      await Promise.all(
        Array.from({ length: Math.min(4, left / 2) }, (_, i) =>
          database.transaction(async (tx) =>
            audit.record(tx, [
              { kind: "case.running", actor, workflow: `flow-${i % 2}`, caseId: `case_${i}` },
              { kind: "case.moved", actor, workflow: `flow-${i % 2}`, data: { part, left, to: "Prüfung" } },
            ]),
          ),
        ),
      );
    }
    await sequencer.stop();
  }
  return {
    key,
    verifier,
    clock,
    audit,
    sequencer,
    /** Exports into a new folder. */
    async export(folder: string, wish: ExportWish = {}): Promise<Bundle> {
      await writeBundle(folder, linesOf(await exportLog(database, clock, wish)), () => undefined);
      return readBundle(folder);
    },
  };
}

/** A whole bundle of so many events as many writers would leave them, with a checkpoint every 10,000: for figures. */
export async function generateBundle(folder: string, count: number, origin: string): Promise<string> {
  const key = signingKey(randomBytes(32));
  const verifier = verifierKey(origin, key);
  const clock = simulatedClock("2026-11-20T09:00:00.000Z");
  const newId = idSource(clock);
  const writers = Array.from({ length: 24 }, () => ({ id: newId("writer"), wseq: 0 }));
  const worker = newId("worker");
  async function* lines(): AsyncGenerator<string> {
    const tree = openTree();
    let checkpoints = 0;
    const head = {
      format: BUNDLE_FORMAT,
      origin,
      verifier,
      size: count,
      since: 0,
      filter: null,
      exportedAt: isoTime(clock.now()),
    };
    yield JSON.stringify({ head });
    for (let seq = 1; seq <= count; seq++) {
      if (seq % 10 === 0) clock.advance(1);
      const writer = writers[seq % writers.length]!;
      const body = canonicalize({
        id: newId("event"),
        at: isoTime(clock.now()),
        writer: writer.id,
        wseq: ++writer.wseq,
        salt: randomBytes(16).toString("hex"),
        kind: "case.moved",
        actor: { kind: "system", name: worker },
        workflow: "support-triage",
        case: newId("case"),
        data: { from: "running", to: "in_review", outcome: "review", reasons: ["no_certificate"] },
      })!;
      const leaf = leafHash(body);
      tree.append(leaf);
      yield JSON.stringify({ seq, leaf: leaf.toString("base64"), body });
      if (seq % 10_000 !== 0 && seq !== count) continue;
      checkpoints++;
      const checkpoint = signCheckpoint({ origin, size: seq, root: tree.root() }, key);
      yield JSON.stringify({ checkpoint });
    }
    yield JSON.stringify({ end: { events: count, checkpoints } });
  }
  await writeBundle(folder, lines(), () => undefined);
  return verifier;
}

/** Pieces of an export as lines, as the client hands them on. */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const piece of pieces) yield* piece.split("\n").filter((line) => line !== "");
}
