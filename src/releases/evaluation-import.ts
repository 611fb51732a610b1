/**
 * Importing an evaluation set: a stream of labelled cases becomes a new version of a set.
 *
 * Read as it comes and stored in groups, so that memory stays flat and nothing else waits. A line that cannot be used is
 * named and left out, and so is one that says what an earlier one said. Until the last line is stored the set is not
 * there for anybody; an import that breaks off leaves nothing behind.
 */
import { createHash } from "node:crypto";
import type { Audit } from "../audit/record.ts";
import { sealJson } from "../cases/content.ts";
import type { Registry, ReleaseView } from "../cases/workflow/registry.ts";
import { readRecords, type FeedRecord } from "../connectors/feed/records.ts";
import { PilotageError } from "../contract/errors.ts";
import type { SetKind } from "../contract/evaluation-endpoints.ts";
import type { Id } from "../contract/ids.ts";
import type { Actor } from "../contract/scopes.ts";
import { canonical } from "../definition/digest.ts";
import type { NewId } from "../platform/chance.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Vault } from "../platform/secrets.ts";
import { hex, rows, sql, time } from "../platform/sql.ts";
import { columnPlaces, itemFromCells, itemFromJson, type Item, type ReadItem } from "./evaluation-item.ts";
import { findSet, type SetRow } from "./evaluation-set.ts";

export interface ImportParts {
  database: Database;
  registry: Registry;
  vault: Vault;
  clock: Clock;
  newId: NewId;
  audit: Audit;
}

export interface ImportRequest {
  workflow: string;
  name: string;
  kind: SetKind;
  format: "jsonl" | "csv";
  origin: string;
  by: Actor;
  bytes: AsyncIterable<Uint8Array>;
  /** A line that is left out, and from time to time how many were read. */
  tell(line: { line: number; message: string } | { read: number }): void;
}

const MOST_ITEMS = 200_000;
const GROUP_ITEMS = 200;
const GROUP_BYTES = 4 * 1024 * 1024;
const TELL_EVERY = 2_000;
const HOUR = 3_600_000;

/** The release whose schemas the items must meet; throws `not_found` or `wrong_state` before anything is read. */
export async function schemasFor(
  { database, registry }: ImportParts,
  workflow: string,
): Promise<ReleaseView> {
  return registry.reference(database, (await registry.workflow(database, workflow)).row);
}

/** Imports a new version of a set. Throws when not one line can be used, and when the stream breaks off. */
export async function importSet(
  parts: ImportParts,
  release: ReleaseView,
  request: ImportRequest,
): Promise<{ set: SetRow; dropped: string[] }> {
  const id = parts.newId("evaluationSet");
  await begin(parts, id, request);
  try {
    const writer = new ItemWriter(parts, id);
    const { refused, dropped } = await readItems(release, request, writer);
    await writer.end();
    if (writer.items === 0)
      throw new PilotageError(
        "bad_request",
        "The file holds no item that can be used; nothing was imported.",
        { hint: "Each line needs an input and the output that would have been right." },
      );
    const set = await finish(parts, id, request, writer, refused);
    return { set, dropped: [...dropped].slice(0, 100) };
  } catch (error) {
    await parts.database.run(sql`delete from evaluation_set where id = ${id} and state = 'importing'`);
    throw error;
  }
}

/** Removes what an import left behind whose process ended in the middle of it. */
export async function removeUnfinished(database: Database, now: number): Promise<void> {
  await database.run(
    sql`delete from evaluation_set where state = 'importing' and imported_at < ${time(now - HOUR)}`,
  );
}

async function begin({ database, clock }: ImportParts, id: string, request: ImportRequest): Promise<void> {
  const { workflow, name, kind, origin, by } = request;
  await database.transaction(async (tx) => {
    // Two imports under one name get two versions, and neither fails.
    await tx.run(sql`select pg_advisory_xact_lock(hashtext(${`pilotage.evaluation_set:${workflow}`}))`);
    await tx.run(sql`
      insert into evaluation_set (id, workflow, name, version, kind, state, origin, imported_at, imported_by)
      select ${id}, ${workflow}, ${name}, coalesce(max(version), 0) + 1, ${kind}, 'importing', ${origin}, ${time(clock.now())}, ${by.name}
      from evaluation_set where workflow = ${workflow} and name = ${name}`);
  });
}

async function finish(
  { database, audit, clock }: ImportParts,
  id: string,
  { workflow, by }: ImportRequest,
  writer: ItemWriter,
  refused: number,
): Promise<SetRow> {
  const { items, duplicates } = writer;
  return database.transaction(async (tx) => {
    const done = await tx.run(sql`
      update evaluation_set set state = 'ready', digest = ${writer.digest()}, items = ${items}, duplicates = ${duplicates}, refused = ${refused},
        imported_at = ${time(clock.now())}
      where id = ${id} and state = 'importing'`);
    if (done === 0)
      throw new PilotageError("conflict", "The import took so long that it was given up; nothing was kept.", {
        hint: "Import the file again.",
      });
    const set = await findSet(tx, workflow, id);
    const { name, version, kind, digest } = set;
    audit.record(tx, [
      {
        kind: "evaluation.imported",
        actor: by,
        workflow,
        data: { set: id, name, version, kind, digest, items, duplicates, refused },
      },
    ]);
    return set;
  });
}

async function readItems(
  release: ReleaseView,
  { bytes, format, tell }: ImportRequest,
  writer: ItemWriter,
): Promise<{ refused: number; dropped: Set<string> }> {
  const places = columnPlaces(release);
  const dropped = new Set<string>();
  let refused = 0;
  let read = 0;
  const options = format === "csv" ? { format } : { format, encoding: "utf-8" };
  for await (const record of readRecords(bytes, options)) {
    if (++read % TELL_EVERY === 0) tell({ read });
    if (record.blank) continue;
    const found = readItem(release, record, (cells) =>
      format === "csv" ? itemFromCells(release, places, cells) : itemFromJson(release, cells),
    );
    if (!found.ok) {
      refused++;
      tell({ line: record.line, message: found.message });
      continue;
    }
    for (const field of found.dropped) dropped.add(field);
    await writer.add(found.item);
  }
  return { refused, dropped };
}

function readItem(
  release: ReleaseView,
  record: FeedRecord,
  read: (value: NonNullable<FeedRecord["value"]>) => ReadItem,
): ReadItem {
  if (record.problem) return { ok: false, message: record.problem.message };
  return record.value === undefined ? { ok: false, message: "the line holds no object" } : read(record.value);
}

/** Seals items, each with a key of its own, and stores them in groups. */
class ItemWriter {
  items = 0;
  duplicates = 0;
  readonly #parts: ImportParts;
  readonly #id: Id<"evaluationSet">;
  readonly #seen = new Set<string>();
  readonly #whole = createHash("sha256");
  #group: { set_id: string; no: number; wrapped: string; sealed: string; digest: string }[] = [];
  #bytes = 0;

  constructor(parts: ImportParts, id: Id<"evaluationSet">) {
    this.#parts = parts;
    this.#id = id;
  }

  async add(item: Item): Promise<void> {
    const { vault } = this.#parts;
    const digest = vault.digest("evaluation-item", canonical([item.input, item.truth]));
    const text = digest.toString("base64");
    if (this.#seen.has(text)) {
      this.duplicates++;
      return;
    }
    if (this.items >= MOST_ITEMS)
      throw new PilotageError(
        "too_large",
        `A set holds at most ${MOST_ITEMS.toLocaleString("en")} items; nothing was imported.`,
        { hint: "Draw a sample of the file." },
      );
    this.#seen.add(text);
    this.#whole.update(digest);
    const no = ++this.items;
    const { key, wrapped } = vault.newKey(itemOwner(this.#id, no));
    const sealed = sealJson(key, "item", { input: item.input, output: item.truth });
    this.#group.push({
      set_id: this.#id,
      no,
      wrapped: hex(wrapped),
      sealed: hex(sealed),
      digest: hex(digest),
    });
    this.#bytes += sealed.length;
    if (this.#group.length >= GROUP_ITEMS || this.#bytes >= GROUP_BYTES) await this.end();
  }

  /** Stores what is left. */
  async end(): Promise<void> {
    if (this.#group.length === 0) return;
    const group = this.#group;
    this.#group = [];
    this.#bytes = 0;
    await this.#parts.database.run(sql`
      insert into evaluation_item (set_id, no, wrapped, sealed, digest)
      select set_id, no, wrapped, sealed, digest from json_populate_recordset(null::evaluation_item, ${rows(group)}::json)`);
  }

  digest(): string {
    return this.#whole.digest("hex");
  }
}

/** The name under which an item's key is wrapped. */
export function itemOwner(set: string, no: number): string {
  return `${set}.${no}`;
}
