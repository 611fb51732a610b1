/**
 * Checks an exported audit log, record by record, and names the first bad one.
 *
 * Needs nothing but the export: no database, no network. A bundle in a folder is read by bundle.ts. For each event: its
 * leaf, its canonical text, its place, the number of its writer, its time. For each checkpoint: signature, origin, root
 * of the tree. A change that was hashed anew shows only in that root: then the events since the checkpoint before are
 * named. Memory does not grow with the log.
 */
import type { BundleHead, Fault, FaultCode, Verdict, VerifyWish } from "../contract/audit.ts";
import { openCheckpoint, type Checkpoint } from "./checkpoint.ts";
import { readEvent } from "./event-text.ts";
import { levelsBetween, openTree } from "./merkle.ts";
import { leafHash } from "./record.ts";

/** Ends a verification: nothing after the first bad record is looked at. */
export class BadRecord extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(fault.message);
    this.fault = fault;
  }
}

export interface EventLine {
  seq: number;
  leaf: string;
  body: string | null;
  id?: string;
}

export interface Verifier {
  event(line: EventLine): void;
  skip(line: { skip: [number, number]; nodes: string[] }): void;
  checkpoint(note: string): void;
  /** Everything was read: checks what only the end can show. */
  end(): void;
  /** Events passed, looked at or left out. */
  readonly size: number;
  verdict(fault?: Fault): Verdict;
}

/** Clocks are set back now and then, by an hour at most when nobody plays with them. */
const TOLERANCE = 2 * 3_600_000;

/** Begins a verification. Its functions throw `BadRecord`. */
export function openVerifier(head: BundleHead, wish: VerifyWish): Verifier {
  const key = wish.key ?? head.verifier;
  const origin = key.slice(0, key.indexOf("+"));
  const tolerance = wish.tolerance ?? TOLERANCE;
  const older = olderCheckpoints(wish.older ?? [], key);
  const held: number[] = [];
  const tree = openTree();
  const writers = new Map<string, number>();
  const seen = { checked: 0, first: 0, last: 0, skipped: 0, checkpoints: 0, latest: 0 };
  /** Events up to here are covered by a checkpoint whose root was right. */
  let covered = 0;
  /** Nothing was left out since the first event looked at. */
  let unbroken = true;

  function bad(code: FaultCode, message: string, more: Omit<Fault, "code" | "message"> = {}): never {
    throw new BadRecord({ code, message, ...more });
  }

  function inPlace(seq: number, event: { event?: string }): void {
    const expected = tree.size + 1;
    if (seq > expected) bad("missing", `it is missing; event ${seq} stands in its place`, { seq: expected });
    if (seq < expected)
      bad("order", `it stands after event ${expected - 1}, where event ${expected} should`, {
        seq,
        ...event,
      });
  }

  /** An older checkpoint must be the root of the tree at its own size. */
  function compareOlder(): void {
    for (let next = older[0]; next && next.size <= tree.size; next = older[0]) {
      if (next.size < tree.size)
        bad(
          "older",
          `the older checkpoint of ${next.size} events lies in a part that this export leaves out; export with --since that checkpoint`,
        );
      if (!tree.root().equals(next.root))
        bad(
          "older",
          `the log is not the continuation of the older checkpoint of ${next.size} events: what stood before was changed`,
          { seq: 1, through: next.size },
        );
      held.push(next.size);
      older.shift();
    }
  }

  return {
    get size() {
      return tree.size;
    },
    event({ seq, leaf, body, id }) {
      const hash = body === null ? Buffer.from(leaf, "base64") : leafHash(body);
      const about = body === null ? { event: id ?? "" } : {};
      inPlace(seq, about);
      if (body === null)
        return bad("body_gone", "its text is gone, and no erasure is on record", { seq, ...about });
      if (hash.toString("base64") !== leaf)
        bad("leaf", "its text is not the one whose hash stands beside it", { seq, event: idIn(body) });
      const event = readEvent(body);
      if ("wrong" in event) return bad("text", event.wrong, { seq, event: idIn(body) });
      const named = { seq, event: event.id };
      const before = writers.get(event.writer);
      const least = (before ?? 0) + 1;
      const exact = before !== undefined ? unbroken : seen.first === 0 ? tree.size === 0 : fromStart();
      if (exact ? event.wseq !== least : event.wseq < least)
        bad(
          "writer",
          `it is number ${event.wseq} of its writer ${event.writer}, where number ${least} should be: ${event.wseq > least ? "what comes between was removed" : "that number was used before"}`,
          named,
        );
      writers.set(event.writer, event.wseq);
      if (event.at < seen.latest - tolerance)
        bad(
          "time",
          `it bears a time ${Math.round((seen.latest - event.at) / 60_000)} minutes before that of an earlier event; where a clock was wrong and set back, verify again with a longer --tolerance`,
          named,
        );
      seen.latest = Math.max(seen.latest, event.at);
      tree.append(hash);
      if (seen.first === 0) seen.first = seq;
      seen.last = seq;
      seen.checked++;
      if (older.length > 0) compareOlder();
    },
    skip({ skip: [from, to], nodes }) {
      inPlace(from, {});
      const levels = levelsBetween(from - 1, to);
      if (to < from || levels.length !== nodes.length)
        bad("form", `what stands for the events left out does not fit them`, { seq: from, through: to });
      for (const [i, level] of levels.entries()) tree.appendSubtree(level, Buffer.from(nodes[i]!, "base64"));
      if (seen.first !== 0) unbroken = false;
      seen.skipped += to - from + 1;
      if (older.length > 0) compareOlder();
    },
    checkpoint(note) {
      const found = openCheckpoint(note, key);
      const [name, claimed] = note.split("\n");
      if (!found)
        return bad(
          "signature",
          name === origin
            ? `the checkpoint of ${claimed} events is not signed by the key ${keyIdOf(key)}`
            : `the checkpoint of ${claimed} events is of the log ${name}, not of ${origin}`,
          { seq: covered + 1, through: Math.max(tree.size, covered + 1) },
        );
      if (found.size > tree.size)
        bad("missing", `it is missing, and the checkpoint of ${found.size} events covers it`, {
          seq: tree.size + 1,
        });
      if (found.size < tree.size)
        bad("checkpoint", `the checkpoint of ${found.size} events stands after event ${tree.size}`, {
          seq: found.size,
        });
      if (!found.root.equals(tree.root()))
        bad(
          "root",
          `the events up to ${found.size} are not those that the checkpoint of ${found.size} events was signed for`,
          { seq: covered + 1, through: found.size },
        );
      covered = found.size;
      seen.checkpoints++;
    },
    end() {
      // An export always ends with one: without it nothing here was ever signed, also when nothing is here.
      if (seen.checkpoints === 0)
        bad(
          "uncovered",
          "no signed checkpoint is here, so nothing of this log is proved; ask for the whole export",
        );
      if (tree.size < head.size)
        bad("missing", `it is missing; the log has ${head.size} events`, { seq: tree.size + 1 });
      if (covered < tree.size)
        bad("uncovered", `no signed checkpoint covers the events from here on`, {
          seq: covered + 1,
          through: tree.size,
        });
      if (tree.size > head.size)
        bad("manifest", `the log is said to have ${head.size} events, and here are ${tree.size}`);
      if (older.length > 0)
        bad(
          "older",
          `the older checkpoint has ${older[0]!.size} events, and this export ends with event ${tree.size}: events that were signed are missing`,
          { seq: tree.size + 1 },
        );
    },
    verdict(fault) {
      const { checked, first, last, skipped, checkpoints } = seen;
      return {
        ok: fault === undefined,
        origin,
        keyId: keyIdOf(key),
        keyFrom: wish.key === undefined ? "export" : "given",
        of: Math.max(covered, head.size),
        checked,
        first: first || null,
        last: last || null,
        leftOut: skipped,
        checkpoints,
        older: held,
        ...(fault === undefined ? {} : { fault }),
      };
    },
  };

  /** A writer that was not met before begins with 1 when every event of the log is here. */
  function fromStart(): boolean {
    return seen.first === 1 && unbroken;
  }
}

function olderCheckpoints(notes: string[], key: string): Checkpoint[] {
  return notes
    .map((note) => {
      const found = openCheckpoint(note, key);
      if (found) return found;
      const [name, size] = note.split("\n");
      throw new BadRecord({
        code: "older",
        message: `the older checkpoint (${name}, ${size} events) is not signed by the key ${keyIdOf(key)}: it is of another log, or one of the two is forged`,
      });
    })
    .sort((a, b) => a.size - b.size);
}

/** The eight digits that tell a verifier key from another. */
export function keyIdOf(verifier: string): string {
  return verifier.split("+")[1] ?? "";
}

function idIn(body: string): string {
  return /"id":"(evt_[0-9a-z]{26})"/.exec(body)?.[1] ?? "unknown";
}
