/**
 * Importing an evaluation set: a stream of labelled cases becomes a new version of a set.
 *
 * Read as it comes; how a line becomes an item is in evaluation-item.ts, from-promptfoo.ts and from-openai-evals.ts, how
 * items are stored in evaluation-writer.ts. A line that cannot be used is named and left out, and so is one that says
 * what an earlier one said. An import that breaks off leaves nothing behind.
 */
import type { ReleaseView } from "../cases/workflow/registry.ts";
import { readRecords, type FeedRecord } from "../connectors/feed/records.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Drawn, SetFormat, SetKind } from "../contract/evaluation-set-endpoints.ts";
import type { JsonObject } from "../contract/json.ts";
import type { Actor } from "../contract/scopes.ts";
import type { WorkflowDocument } from "../definition/document.ts";
import { columnPlaces, itemFromCells, itemFromJson, type ReadItem } from "./evaluation-item.ts";
import type { SetRow } from "./evaluation-set.ts";
import { makeSet, type ItemWriter, type SetParts } from "./evaluation-writer.ts";
import { bareFields, type BareFields } from "./bare-fields.ts";
import { itemFromOpenAi } from "./from-openai-evals.ts";
import { itemsFromPromptfoo } from "./from-promptfoo.ts";

export interface ImportRequest {
  workflow: string;
  name: string;
  kind: SetKind;
  format: SetFormat;
  origin: string;
  inputField?: string | undefined;
  outputField?: string | undefined;
  /** How the cases were drawn, by the word of `by`; undefined: nobody has stated it. */
  drawn?: Drawn | undefined;
  by: Actor;
  bytes: AsyncIterable<Uint8Array>;
  /** A line that is left out, and from time to time how many were read. */
  tell(line: { line: number; message: string } | { read: number }): void;
}

/** What the items must meet, and where bare texts belong. */
export interface Schemas {
  release: ReleaseView;
  workflow: WorkflowDocument;
}

const TELL_EVERY = 2_000;
/** A file of tests is read as a whole. */
const MOST_YAML_BYTES = 10 * 1024 * 1024;
/** The release whose schemas the items must meet; throws `not_found` or `wrong_state` before anything is read. */
export async function schemasFor({ database, registry }: SetParts, workflow: string): Promise<Schemas> {
  const view = await registry.workflow(database, workflow);
  return { release: await registry.reference(database, view.row), workflow: view.document };
}

/** Throws `bad_request` where chance is stated and nobody is named who answers for it; before anything is read. */
export function demandNamed({ drawn, by }: Pick<ImportRequest, "drawn" | "by">): void {
  if (drawn !== "chance" || by.kind === "person") return;
  throw new PilotageError(
    "bad_request",
    "That the cases were drawn by chance is stated by a named person, and the request names none; nothing was imported.",
    {
      hint: "Import it in the name of a person who knows (--as <person>); without --drawn a gate over the set goes no further than conditional.",
    },
  );
}

/** Imports a new version of a set. Throws when not one line can be used, and when the stream breaks off. */
export async function importSet(
  parts: SetParts,
  schemas: Schemas,
  request: ImportRequest,
): Promise<{ set: SetRow; dropped: string[] }> {
  const { workflow, name, kind, origin, drawn, by } = request;
  const fields = bareFields(schemas, request);
  const dropped = new Set<string>();
  const set = await makeSet(
    parts,
    {
      workflow,
      name,
      kind,
      origin,
      by,
      source: "import",
      release: schemas.release,
      event: { kind: "evaluation.imported" },
      empty: new PilotageError(
        "bad_request",
        "The file holds no item that can be used; nothing was imported.",
        { hint: "Each line needs an input and the output that would have been right." },
      ),
    },
    async (writer) => ({
      refused: await readItems(schemas.release, fields, request, writer, dropped),
      leftOut: {},
      bentBy: drawn === "chance" ? [] : [drawn ?? "unstated"],
      told: { drawn: drawn ?? null },
    }),
  );
  return { set, dropped: [...dropped].slice(0, 100) };
}

/** Answers how many lines could not be used. */
async function readItems(
  release: ReleaseView,
  fields: BareFields,
  { bytes, format, tell }: ImportRequest,
  writer: ItemWriter,
  dropped: Set<string>,
): Promise<number> {
  let refused = 0;
  let read = 0;
  for await (const { line, found } of readingOf(release, fields, format, bytes)) {
    if (++read % TELL_EVERY === 0) tell({ read });
    if (found === undefined) continue;
    if (!found.ok) {
      refused++;
      tell({ line, message: found.message });
      continue;
    }
    for (const field of found.dropped) dropped.add(field);
    await writer.add(found.item);
  }
  return refused;
}

/** What was read at a line; undefined where the line is blank. */
type Reading = AsyncIterable<{ line: number; found: ReadItem | undefined }>;

function readingOf(
  release: ReleaseView,
  fields: BareFields,
  format: SetFormat,
  bytes: AsyncIterable<Uint8Array>,
): Reading {
  switch (format) {
    case "csv": {
      const places = columnPlaces(release);
      return reading(readRecords(bytes, { format }), (cells) => itemFromCells(release, places, cells));
    }
    case "jsonl":
      return reading(linesOf(bytes), (value) => itemFromJson(release, value));
    case "openai":
      return reading(linesOf(bytes), (value) => itemFromOpenAi(release, fields, value));
    case "promptfoo":
      return fromYaml(release, fields, bytes);
  }
}

function linesOf(bytes: AsyncIterable<Uint8Array>): AsyncIterable<FeedRecord> {
  return readRecords(bytes, { format: "jsonl", encoding: "utf-8" });
}

async function* reading(
  records: AsyncIterable<FeedRecord>,
  read: (value: JsonObject) => ReadItem,
): AsyncGenerator<{ line: number; found: ReadItem | undefined }> {
  for await (const record of records)
    yield { line: record.line, found: record.blank ? undefined : readRecord(record, read) };
}

function readRecord(record: FeedRecord, read: (value: JsonObject) => ReadItem): ReadItem {
  if (record.problem) return { ok: false, message: record.problem.message };
  return record.value === undefined ? { ok: false, message: "the line holds no object" } : read(record.value);
}

async function* fromYaml(
  release: ReleaseView,
  fields: BareFields,
  bytes: AsyncIterable<Uint8Array>,
): Reading & AsyncGenerator<{ line: number; found: ReadItem }> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of bytes) {
    size += part.length;
    if (size > MOST_YAML_BYTES)
      throw new PilotageError("too_large", "A file of promptfoo may have 10 MB; nothing was imported.", {
        hint: "Split its tests over several files, or write them as JSON Lines.",
      });
    parts.push(part);
  }
  yield* itemsFromPromptfoo(release, fields, Buffer.concat(parts, size));
}
