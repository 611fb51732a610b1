/**
 * Verifies an export as it comes: a bundle in a folder, or the lines of a running export. The checks are in verify.ts.
 *
 * Files are read in pieces and never as a whole. `manifest.json` is compared last, so that what is named first is the
 * record that is bad, not only the file that it lies in.
 */
import { createHash, type Hash } from "node:crypto";
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import {
  bundleHead,
  bundleManifest,
  checkpointLine,
  skipLine,
  type BundleHead,
  type BundleManifest,
  type FaultCode,
  type Verdict,
  type VerifyWish,
} from "../contract/audit.ts";
import { PilotageError } from "../contract/errors.ts";
import { isJsonObject } from "../contract/json.ts";
import { BadRecord, openVerifier, type EventLine, type Verifier } from "./verify.ts";

const PIECE = 256 * 1024;
/** No record is longer; a file without line breaks would be read whole. */
const LONGEST = 64 * 1024 * 1024;

/** Verifies a folder that `pilotage audit export` wrote. Throws only when there is no bundle; what is wrong with one is in the verdict. */
export async function verifyBundle(folder: string, wish: VerifyWish): Promise<Verdict> {
  const path = join(folder, "manifest.json");
  if (!existsSync(path))
    throw new PilotageError("not_found", `There is no audit bundle in ${folder}: it has no manifest.json.`, {
      hint: "Give the folder that `pilotage audit export --to` wrote.",
    });
  let manifest: BundleManifest;
  try {
    manifest = bundleManifest.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return refused(undefined, wish, "manifest.json is not the manifest of an audit bundle, or was edited");
  }
  const { events, checkpoints, files, ...head } = manifest;
  return judged(head, wish, async (verifier) => {
    const sums = { events: openSums(), checkpoints: openSums() };
    const notes = notesOf(readLines(join(folder, "checkpoints.ndjson"), sums.checkpoints));
    let next = await notes.next();
    const passNotes = async () => {
      for (; !next.done && sizeOf(next.value) <= verifier.size; next = await notes.next())
        verifier.checkpoint(next.value);
    };
    for await (const lines of readLines(join(folder, "events.ndjson"), sums.events)) {
      for (const line of lines) {
        if (!next.done && sizeOf(next.value) <= verifier.size) await passNotes();
        passRecord(verifier, line);
      }
      wish.progress?.(verifier.verdict().checked, head.size);
    }
    await passNotes();
    // What is left covers events that are not here.
    if (!next.done) verifier.checkpoint(next.value);
    verifier.end();
    const seen = verifier.verdict();
    const leftOut = manifest.filter === null && seen.leftOut !== manifest.since;
    if (seen.checked !== events || seen.checkpoints !== checkpoints || leftOut)
      throw manifestFault(
        `manifest.json speaks of ${events} events and ${checkpoints} checkpoints, and the bundle holds ${seen.checked} and ${seen.checkpoints}${leftOut ? "; it leaves out events and does not say so" : ""}`,
      );
    for (const [name, sum] of [
      ["events.ndjson", sums.events],
      ["checkpoints.ndjson", sums.checkpoints],
    ] as const)
      if (files[name].bytes !== sum.bytes || files[name].sha256 !== sum.hash.digest("hex"))
        throw manifestFault(`manifest.json does not describe this ${name}: size or SHA-256 differ`);
  });
}

/** Verifies the lines of an export while they come in. */
export async function verifyLines(lines: AsyncIterable<string>, wish: VerifyWish): Promise<Verdict> {
  const iterator = lines[Symbol.asyncIterator]();
  const first = await iterator.next();
  const head = first.done ? undefined : headOf(first.value);
  if (!head) return refused(undefined, wish, "the export does not begin with its head");
  return judged(head, wish, async (verifier) => {
    let ended = false;
    for (let line = await iterator.next(); !line.done; line = await iterator.next()) {
      if (line.value.startsWith('{"checkpoint"')) verifier.checkpoint(noteOf(line.value));
      else if (line.value.startsWith('{"end"')) ended = true;
      else if (line.value.startsWith('{"error"'))
        throw new PilotageError("internal", `The export broke off: ${line.value.slice(0, 500)}`);
      else passRecord(verifier, line.value);
      if (verifier.size % PIECES_OF === 0) wish.progress?.(verifier.verdict().checked, head.size);
    }
    if (!ended)
      throw new PilotageError("internal", "The export broke off before its end; nothing was proved.");
    verifier.end();
  });
}

const PIECES_OF = 5_000;

async function judged(
  head: BundleHead,
  wish: VerifyWish,
  read: (verifier: Verifier) => Promise<void>,
): Promise<Verdict> {
  let verifier: Verifier | undefined;
  try {
    verifier = openVerifier(head, wish);
    await read(verifier);
    return verifier.verdict();
  } catch (error) {
    if (!(error instanceof BadRecord)) throw error;
    return verifier?.verdict(error.fault) ?? refused(head, wish, error.fault.message, error.fault.code);
  }
}

/** The verdict on what could not be begun. */
function refused(
  head: BundleHead | undefined,
  wish: VerifyWish,
  message: string,
  code: FaultCode = "manifest",
): Verdict {
  const key = wish.key ?? head?.verifier ?? "";
  return {
    ok: false,
    origin: key.split("+")[0] ?? "",
    keyId: key.split("+")[1] ?? "",
    keyFrom: wish.key === undefined ? "export" : "given",
    of: head?.size ?? 0,
    checked: 0,
    first: null,
    last: null,
    leftOut: 0,
    checkpoints: 0,
    older: [],
    fault: { code, message },
  };
}

function manifestFault(message: string): BadRecord {
  return new BadRecord({ code: "manifest", message });
}

function passRecord(verifier: Verifier, line: string): void {
  const expected = verifier.size + 1;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new BadRecord({ code: "form", message: "its record is cut off or not JSON", seq: expected });
  }
  if (isEventLine(value)) return verifier.event(value);
  const skip = skipLine.safeParse(value);
  if (!skip.success)
    throw new BadRecord({ code: "form", message: "its record is not that of an event", seq: expected });
  verifier.skip(skip.data);
}

/** By hand: a schema takes longer than all other checks of a record together. */
function isEventLine(value: unknown): value is EventLine {
  if (!isJsonObject(value)) return false;
  const { seq, leaf, body, id, ...more } = value;
  return (
    Number.isSafeInteger(seq) &&
    typeof leaf === "string" &&
    leaf.length === 44 &&
    (typeof body === "string" || body === null) &&
    (id === undefined || typeof id === "string") &&
    Object.keys(more).length === 0
  );
}

function headOf(line: string): BundleHead | undefined {
  try {
    return bundleHead.parse((JSON.parse(line) as { head?: unknown }).head);
  } catch {
    return undefined;
  }
}

function noteOf(line: string): string {
  try {
    return checkpointLine.parse(JSON.parse(line)).checkpoint;
  } catch {
    throw new BadRecord({ code: "checkpoint", message: "the record of a checkpoint cannot be read" });
  }
}

/** The size that a note claims; one that claims none is looked at next. */
function sizeOf(note: string): number {
  const size = Number(note.split("\n")[1]);
  return Number.isSafeInteger(size) ? size : 0;
}

async function* notesOf(lines: AsyncIterable<string[]>): AsyncGenerator<string> {
  for await (const some of lines) for (const line of some) yield noteOf(line);
}

interface Sums {
  bytes: number;
  hash: Hash;
}

function openSums(): Sums {
  return { bytes: 0, hash: createHash("sha256") };
}

/** The lines of a file, some at a time; adds up its bytes. */
async function* readLines(path: string, sums: Sums): AsyncGenerator<string[]> {
  if (!existsSync(path)) throw manifestFault(`${path.split("/").at(-1)} is missing from the bundle`);
  const file = createReadStream(path, { highWaterMark: PIECE });
  for await (const lines of linesOf(file, sums)) yield lines;
}

async function* linesOf(stream: Readable, sums: Sums): AsyncGenerator<string[]> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let rest = "";
  const decoded = (piece?: Buffer) => {
    try {
      return piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true });
    } catch {
      throw manifestFault("a file of the bundle is not valid UTF-8");
    }
  };
  for await (const piece of stream as AsyncIterable<Buffer>) {
    sums.bytes += piece.length;
    sums.hash.update(piece);
    const lines = (rest + decoded(piece)).split("\n");
    rest = lines.pop()!;
    if (rest.length > LONGEST) throw manifestFault("a record of the bundle is longer than any can be");
    yield lines;
  }
  rest += decoded();
  // A last line without its end was cut off; whoever reads it says so.
  if (rest !== "") yield [rest];
}
