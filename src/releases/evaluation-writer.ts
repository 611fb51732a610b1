/**
 * Making a version of an evaluation set, whatever its items come from: begun, written in groups, and finished or given up.
 *
 * Until it is finished the set is not there for anybody, and a version that is given up, or whose process ends, leaves
 * nothing behind. Memory stays flat. Each item is sealed with a key of its own; one that was made of a case is stored
 * only while the key of that case is there, so that an erasure at the same moment misses nothing.
 */
import { createHash } from "node:crypto";
import type { Audit } from "../audit/record.ts";
import { sealJson } from "../cases/content.ts";
import type { Registry, ReleaseView } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import type { BentBy, SetKind, SetSource } from "../contract/evaluation-set-endpoints.ts";
import type { EventKind } from "../contract/events.ts";
import type { Id } from "../contract/ids.ts";
import type { JsonObject } from "../contract/json.ts";
import type { Actor } from "../contract/scopes.ts";
import { canonical } from "../definition/digest.ts";
import type { NewId } from "../platform/chance.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Tx } from "../platform/database.ts";
import type { Vault } from "../platform/secrets.ts";
import { hex, rows, sql, time } from "../platform/sql.ts";
import type { Item } from "./evaluation-item.ts";
import { findSet, itemOwner, type SetRow } from "./evaluation-set.ts";
import { classesOf } from "./taxonomy.ts";

export interface SetParts {
  database: Database;
  registry: Registry;
  vault: Vault;
  clock: Clock;
  newId: NewId;
  audit: Audit;
}

/** A version that is to be made. */
export interface Making {
  workflow: string;
  name: string;
  kind: SetKind;
  source: SetSource;
  origin: string;
  by: Actor;
  /** Whose schemas, classes and data policy it is made with. */
  release: ReleaseView;
  event: { kind: Extract<EventKind, `evaluation.${string}`> };
  /** The version that it takes up, with its looks. */
  from?: SetRow;
  keepUntil?: number | undefined;
  /** What is told when nothing was written. */
  empty: PilotageError;
}

/** What came of it beside its items. */
export interface Made {
  refused: number;
  leftOut: Record<string, number>;
  bentBy: BentBy[];
  /** Stands in the audit log, too. */
  told?: JsonObject;
}

/** The case that an item was made of, and the label that is its truth. */
export interface Origin {
  caseId: string;
  label: string;
  source: string;
  probability: number | null;
}

const MOST_ITEMS = 200_000;
const GROUP_ITEMS = 200;
const GROUP_BYTES = 4 * 1024 * 1024;
const HOUR = 3_600_000;

/** Makes a version: `write` writes its items and says what came of it. Throws what `write` throws, and when nothing was written. */
export async function makeSet(
  parts: SetParts,
  making: Making,
  write: (writer: ItemWriter) => Promise<Made>,
): Promise<SetRow> {
  const id = parts.newId("evaluationSet");
  await begin(parts, id, making);
  try {
    const writer = new ItemWriter(parts, id);
    const made = await write(writer);
    await writer.end();
    if (writer.items === writer.gone) throw making.empty;
    return await finish(parts, id, making, writer, made);
  } catch (error) {
    await parts.database.run(sql`delete from evaluation_set where id = ${id} and state = 'importing'`);
    throw error;
  }
}

/** Removes what was left behind where a process ended in the middle of it. */
export async function removeUnfinished(database: Database, now: number): Promise<void> {
  await database.run(
    sql`delete from evaluation_set where state = 'importing' and imported_at < ${time(now - HOUR)}`,
  );
}

async function begin({ database, clock }: SetParts, id: string, making: Making): Promise<void> {
  const { workflow, name, kind, source, origin, by, release, from, keepUntil } = making;
  await database.transaction(async (tx) => {
    // Two at once under one name get two versions, and neither fails.
    await tx.run(sql`select pg_advisory_xact_lock(hashtext(${`pilotage.evaluation_set:${workflow}`}))`);
    await tx.run(sql`
      insert into evaluation_set (id, workflow, name, version, kind, state, source, origin, release, taxonomy, made_from, keep_until, imported_at, imported_by)
      select ${id}, ${workflow}, ${name}, coalesce(max(version), 0) + 1, ${kind}, 'importing', ${source}, ${origin}, ${release.id},
        ${JSON.stringify(classesOf(release.document))}::jsonb, ${from?.id ?? null}, ${keepUntil === undefined ? null : time(keepUntil)}, ${time(clock.now())}, ${by.name}
      from evaluation_set where workflow = ${workflow} and name = ${name}`);
  });
}

async function finish(
  { database, audit, clock }: SetParts,
  id: string,
  { workflow, by, event }: Making,
  writer: ItemWriter,
  { refused, leftOut, bentBy, told = {} }: Made,
): Promise<SetRow> {
  const { items, duplicates } = writer;
  return database.transaction(async (tx) => {
    const whole = writer.digest();
    const digests = [whole, writer.digestInOrder()];
    const done = await tx.run(sql`
      update evaluation_set set state = 'ready', digest = ${whole}, items = ${items}, duplicates = ${duplicates}, refused = ${refused},
        removed = removed + ${writer.gone}, left_out = ${JSON.stringify(leftOut)}::jsonb, bent_by = ${bentBy}::text[], representative = ${bentBy.length === 0},
        imported_at = ${time(clock.now())}
      where id = ${id} and state = 'importing'`);
    if (done === 0)
      throw new PilotageError("conflict", "It took so long that it was given up; nothing was kept.", {
        hint: "Do it again, with fewer items.",
      });
    await takeOverWear(tx, { id, workflow, digests, now: clock.now() });
    const set = await findSet(tx, workflow, id);
    const { name, version, kind, digest, looks } = set;
    audit.record(tx, [
      {
        ...event,
        actor: by,
        workflow,
        data: {
          set: id,
          name,
          version,
          kind,
          digest,
          items,
          duplicates,
          refused,
          looks,
          bentBy,
          leftOut,
          ...told,
        },
      },
    ]);
    return set;
  });
}

/** The same items under another name, in another order or in other classes are as worn as they were, and what is open stays open. */
async function takeOverWear(
  tx: Tx,
  { id, workflow, digests, now }: { id: string; workflow: string; digests: string[]; now: number },
): Promise<void> {
  await tx.run(sql`
    with twin as (
      select max(looks) as looks, min(name || '@' || version) filter (where kind = 'development') as opened
      from evaluation_set
      where workflow = ${workflow} and state <> 'importing' and id <> ${id}
        and (digest = any(${digests}) or id = (select made_from from evaluation_set where id = ${id})))
    update evaluation_set s set looks = greatest(s.looks, coalesce(twin.looks, 0)),
      kind = case when twin.opened is null then s.kind else 'development' end,
      opened_at = case when twin.opened is not null and s.kind = 'sealed' then ${time(now)}::timestamptz end,
      opened_by = case when twin.opened is not null and s.kind = 'sealed' then 'pilotage' end,
      opened_because = case when twin.opened is not null and s.kind = 'sealed' then 'its items are those of ' || twin.opened || ', a set for development' end
    from twin where s.id = ${id}`);
}

/** Seals items, each with a key of its own, and stores them in groups. */
export class ItemWriter {
  items = 0;
  duplicates = 0;
  /** Items whose case was erased while they were on their way. */
  gone = 0;
  readonly #parts: SetParts;
  readonly #id: Id<"evaluationSet">;
  readonly #seen = new Set<string>();
  #group: {
    set_id: string;
    no: number;
    wrapped: string;
    sealed: string;
    digest: string;
    case_id: string | null;
    label: string | null;
    source: string | null;
    probability: number | null;
  }[] = [];
  #bytes = 0;

  constructor(parts: SetParts, id: Id<"evaluationSet">) {
    this.#parts = parts;
    this.#id = id;
  }

  /** Answers whether it is new: what says the same as an earlier item is left out and counted. */
  async add(item: Item, origin?: Origin): Promise<boolean> {
    const { vault } = this.#parts;
    const digest = vault.digest("evaluation-item", canonical([item.input, item.truth]));
    const text = digest.toString("base64");
    if (this.#seen.has(text)) {
      this.duplicates++;
      return false;
    }
    if (this.items >= MOST_ITEMS)
      throw new PilotageError(
        "too_large",
        `A set holds at most ${MOST_ITEMS.toLocaleString("en")} items; nothing was imported.`,
        { hint: "Draw a sample of the file." },
      );
    this.#seen.add(text);
    const no = ++this.items;
    const { key, wrapped } = vault.newKey(itemOwner(this.#id, no));
    const sealed = sealJson(key, "item", {
      input: item.input,
      output: item.truth,
      ...(item.judged && { judged: item.judged }),
    });
    this.#group.push({
      set_id: this.#id,
      no,
      wrapped: hex(wrapped),
      sealed: hex(sealed),
      digest: hex(digest),
      case_id: origin?.caseId ?? null,
      label: origin?.label ?? null,
      source: origin?.source ?? null,
      probability: origin?.probability ?? null,
    });
    this.#bytes += sealed.length;
    if (this.#group.length >= GROUP_ITEMS || this.#bytes >= GROUP_BYTES) await this.end();
    return true;
  }

  /** Stores what is left. */
  async end(): Promise<void> {
    if (this.#group.length === 0) return;
    const group = this.#group;
    this.#group = [];
    this.#bytes = 0;
    const cases = group.flatMap(({ case_id }) => (case_id === null ? [] : [case_id]));
    await this.#parts.database.transaction(async (tx) => {
      const there = await holdKeys(tx, cases);
      const kept = group.filter(({ case_id }) => case_id === null || there.has(case_id));
      this.gone += group.length - kept.length;
      await tx.run(sql`
        insert into evaluation_item (set_id, no, wrapped, sealed, digest, case_id, label, source, probability)
        select set_id, no, wrapped, sealed, digest, case_id, label, source, probability
        from json_populate_recordset(null::evaluation_item, ${rows(kept)}::json)`);
    });
  }

  /** Of what the items say, in whatever order they came. */
  digest(): string {
    return digestOfAll([...this.#seen].sort());
  }

  /** As the digest was made before: sets of then have it. */
  digestInOrder(): string {
    return digestOfAll(this.#seen);
  }
}

function digestOfAll(digests: Iterable<string>): string {
  const whole = createHash("sha256");
  for (const one of digests) whole.update(Buffer.from(one, "base64"));
  return whole.digest("hex");
}

/** Those of the cases whose key is there, held: an erasure waits until the items are stored, and then removes them. */
async function holdKeys(tx: Tx, cases: string[]): Promise<Set<string>> {
  if (cases.length === 0) return new Set();
  const found = await tx.all<{ owner: string }>(
    sql`select owner from case_key where owner = any(${cases}) order by owner for key share`,
  );
  return new Set(found.map(({ owner }) => owner));
}
