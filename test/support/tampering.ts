/**
 * Ways to tamper with an exported audit log, by outsiders and by whoever owns the key, and what verification must say.
 *
 * Each takes a sound bundle and changes it. The forger is careful: the manifest is made to fit, unless it is what is
 * attacked. A change that is hashed anew can only be named to within two checkpoints; everything else exactly.
 */
import { randomBytes, type KeyObject } from "node:crypto";
import { signCheckpoint, signingKey, verifierKey } from "../../src/audit/checkpoint.ts";
import type { FaultCode } from "../../src/contract/audit.ts";
import {
  bodyOf,
  eventsOf,
  hashed,
  signAgain,
  type Bundle,
  type EventRecord,
  type SkipRecord,
} from "./audit-bundle.ts";

/** What verification must say: the check that finds it and the first bad record; `in`: among these. */
export interface Expected {
  code: FaultCode;
  seq?: number;
  in?: [number, number];
}

export interface Attack {
  name: string;
  /** Changes the bundle; answers what must be found. */
  tamper(bundle: Bundle, tools: Tools): Expected;
  /** The manifest stays as it was. */
  keepManifest?: boolean;
  /** Which bundle is attacked: the whole log unless it is told. */
  on?: "part";
}

export interface Tools {
  key: KeyObject;
  /** A bundle of another installation. */
  foreign: Bundle;
  /** Checkpoints that the auditor kept; verification is given them. */
  older: string[];
}

/** The index of an event in the middle whose successor is of the same writer, and whose neighbours no checkpoint parts. */
function middleOf(bundle: Bundle): number {
  const events = eventsOf(bundle);
  const sizes = new Set(bundle.notes.map((note) => Number(note.split("\n")[1])));
  const half = Math.floor(events.length / 2);
  const found = events.findIndex(
    (event, i) =>
      i > half &&
      i + 3 < events.length &&
      bodyOf(event)["writer"] === bodyOf(events[i + 1]!)["writer"] &&
      [i - 1, i, i + 1, i + 2, i + 3].every((size) => !sizes.has(size)),
  );
  if (found < 0) throw new Error("the log has no place for these attacks");
  return found;
}

/** From the event after one checkpoint to the next checkpoint, around an event. */
function between(bundle: Bundle, seq: number): [number, number] {
  const sizes = bundle.notes.map((note) => Number(note.split("\n")[1]));
  return [Math.max(0, ...sizes.filter((size) => size < seq)) + 1, sizes.find((size) => size >= seq)!];
}

const records = (bundle: Bundle) => bundle.records as EventRecord[];
const renumber = (bundle: Bundle) =>
  records(bundle).forEach((event, i) => (records(bundle)[i] = { ...event, seq: i + 1 }));
const rehash = (bundle: Bundle, i: number, change: (body: string) => string) => {
  const event = records(bundle)[i]!;
  bundle.records[i] = hashed(event.seq, change(event.body!));
};
const lastNote = (bundle: Bundle) => bundle.notes.at(-1)!;
const resigned = (
  note: string,
  key: KeyObject,
  change: Partial<{ origin: string; size: number; root: Buffer }>,
) => {
  const [origin, size, root] = note.split("\n");
  return signCheckpoint(
    { origin: origin!, size: Number(size), root: Buffer.from(root!, "base64"), ...change },
    key,
  );
};

export const ATTACKS: Attack[] = [
  {
    name: "one letter of an event is changed",
    tamper(bundle) {
      const i = middleOf(bundle);
      const event = records(bundle)[i]!;
      bundle.records[i] = { ...event, body: event.body!.replace("a test", "a tesT") };
      return { code: "leaf", seq: i + 1 };
    },
  },
  {
    name: "an event is changed and hashed anew",
    tamper(bundle) {
      const i = middleOf(bundle);
      rehash(bundle, i, (body) => body.replace("a test", "nobody"));
      return { code: "root", in: between(bundle, i + 1) };
    },
  },
  {
    name: "the hash beside an event is changed",
    tamper(bundle) {
      const i = middleOf(bundle);
      records(bundle)[i] = { ...records(bundle)[i]!, leaf: randomBytes(32).toString("base64") };
      return { code: "leaf", seq: i + 1 };
    },
  },
  ...[
    ["first", () => 0],
    ["a middle", middleOf],
    ["last", (bundle: Bundle) => bundle.records.length - 1],
  ].map(([which, place]): Attack => ({
    name: `the ${String(which)} event is removed`,
    tamper(bundle) {
      const i = (place as (bundle: Bundle) => number)(bundle);
      bundle.records.splice(i, 1);
      return { code: "missing", seq: i + 1 };
    },
  })),
  {
    name: "an event is removed and the others numbered anew",
    tamper(bundle) {
      const i = middleOf(bundle);
      bundle.records.splice(i, 1);
      renumber(bundle);
      return { code: "writer", seq: i + 1 };
    },
  },
  {
    name: "two neighbours are swapped",
    tamper(bundle) {
      const i = middleOf(bundle);
      bundle.records.splice(i, 2, bundle.records[i + 1]!, bundle.records[i]!);
      return { code: "missing", seq: i + 1 };
    },
  },
  {
    name: "two neighbours are swapped and numbered anew",
    tamper(bundle) {
      const i = middleOf(bundle);
      bundle.records.splice(i, 2, bundle.records[i + 1]!, bundle.records[i]!);
      renumber(bundle);
      return { code: "writer", seq: i + 1 };
    },
  },
  {
    name: "an event is moved to the end",
    tamper(bundle) {
      const i = middleOf(bundle);
      bundle.records.push(...bundle.records.splice(i, 1));
      return { code: "missing", seq: i + 1 };
    },
  },
  {
    name: "the file of events is cut off in the middle of a record",
    tamper(bundle) {
      const last = bundle.records.length - 1;
      bundle.records[last] = JSON.stringify(bundle.records[last]).slice(0, 60);
      return { code: "form", seq: last + 1 };
    },
  },
  {
    name: "the latest events and their checkpoint are cut off, and an auditor knows a later checkpoint",
    tamper(bundle, { older }) {
      older.push(lastNote(bundle));
      bundle.notes.pop();
      const size = Number(lastNote(bundle).split("\n")[1]);
      bundle.records = bundle.records.slice(0, size);
      bundle.manifest.size = size;
      return { code: "older", seq: size + 1 };
    },
  },
  {
    name: "an event is added at the end",
    tamper(bundle) {
      const event = records(bundle).at(-1)!;
      const { wseq } = bodyOf(event) as { wseq: number };
      const body = event.body!.replace(`"wseq":${wseq}`, `"wseq":${wseq + 1}`);
      bundle.records.push(hashed(event.seq + 1, body));
      return { code: "uncovered", seq: event.seq + 1 };
    },
  },
  {
    name: "an event stands there twice",
    tamper(bundle) {
      const i = middleOf(bundle);
      bundle.records.splice(i, 0, bundle.records[i]!);
      return { code: "order", seq: i + 1 };
    },
  },
  {
    name: "an event stands there twice, and the others are numbered anew",
    tamper(bundle) {
      const i = middleOf(bundle);
      bundle.records.splice(i, 0, bundle.records[i]!);
      renumber(bundle);
      return { code: "writer", seq: i + 2 };
    },
  },
  {
    name: "an event has another number in the log",
    tamper(bundle) {
      const i = middleOf(bundle);
      records(bundle)[i] = { ...records(bundle)[i]!, seq: i + 1_000_001 };
      return { code: "missing", seq: i + 1 };
    },
  },
  {
    name: "a number of a writer is left out by the owner of the key, who signs everything again",
    tamper(bundle, { key }) {
      const i = middleOf(bundle);
      rehash(bundle, i, (body) => body.replace(/"wseq":(\d+)/, (_, n: string) => `"wseq":${Number(n) + 1}`));
      signAgain(bundle, key);
      return { code: "writer", seq: i + 1 };
    },
  },
  {
    name: "the last checkpoint is signed with another key",
    tamper(bundle) {
      const at = between(bundle, bundle.records.length);
      bundle.notes[bundle.notes.length - 1] = resigned(lastNote(bundle), signingKey(randomBytes(32)), {});
      return { code: "signature", in: at };
    },
  },
  {
    name: "an event is changed and everything signed with another key, which the bundle names as its own",
    tamper(bundle) {
      const key = signingKey(randomBytes(32));
      rehash(bundle, middleOf(bundle), (body) => body.replace("a test", "nobody"));
      const first = between(bundle, 1);
      signAgain(bundle, key);
      bundle.manifest.verifier = verifierKey(bundle.manifest.origin, key);
      return { code: "signature", in: first };
    },
  },
  {
    name: "a checkpoint bears another origin",
    tamper(bundle, { key }) {
      const first = between(bundle, 1);
      bundle.notes[0] = resigned(bundle.notes[0]!, key, { origin: "other.example/log" });
      return { code: "signature", in: first };
    },
  },
  {
    name: "a checkpoint bears another number of events",
    tamper(bundle) {
      const [, size] = lastNote(bundle).split("\n");
      const at = between(bundle, bundle.records.length);
      bundle.notes.push(bundle.notes.pop()!.replace(`\n${size}\n`, `\n${Number(size) - 1}\n`));
      return { code: "signature", in: [at[0], Number(size) - 1] };
    },
  },
  {
    name: "a checkpoint bears another number of events, signed by the owner of the key",
    tamper(bundle, { key }) {
      const at = between(bundle, bundle.records.length);
      const size = bundle.records.length - 1;
      bundle.notes.push(resigned(bundle.notes.pop()!, key, { size }));
      return { code: "root", in: [at[0], size] };
    },
  },
  {
    name: "a checkpoint bears another root, signed by the owner of the key",
    tamper(bundle, { key }) {
      const at = between(bundle, bundle.records.length);
      bundle.notes.push(resigned(bundle.notes.pop()!, key, { root: randomBytes(32) }));
      return { code: "root", in: at };
    },
  },
  {
    name: "the owner of the key rewrites an event and signs everything again, and an auditor kept a checkpoint",
    tamper(bundle, { key, older }) {
      older.push(lastNote(bundle));
      rehash(bundle, middleOf(bundle), (body) => body.replace("a test", "nobody"));
      signAgain(bundle, key);
      return { code: "older", in: [1, bundle.records.length] };
    },
  },
  {
    name: "the checkpoint that the auditor kept is of another log",
    tamper(_, { older, foreign }) {
      older.push(foreign.notes[0]!);
      return { code: "older" };
    },
  },
  {
    name: "the last checkpoint is removed",
    tamper(bundle) {
      const at = between(bundle, bundle.records.length);
      bundle.notes.pop();
      return { code: "uncovered", seq: at[0] };
    },
  },
  {
    name: "everything is taken out, and the manifest speaks of an empty log",
    tamper(bundle) {
      bundle.records.length = 0;
      bundle.notes.length = 0;
      bundle.manifest.size = 0;
      bundle.manifest.events = 0;
      bundle.manifest.checkpoints = 0;
      return { code: "uncovered" };
    },
  },
  {
    name: "a checkpoint in the middle is removed",
    keepManifest: true,
    tamper(bundle) {
      bundle.notes.splice(1, 1);
      return { code: "manifest" };
    },
  },
  {
    name: "two checkpoints are swapped",
    tamper(bundle) {
      const size = Number(bundle.notes[0]!.split("\n")[1]);
      bundle.notes.splice(0, 2, bundle.notes[1]!, bundle.notes[0]!);
      return { code: "checkpoint", seq: size };
    },
  },
  {
    name: "the owner of the key sets the time of an event back by a day and signs everything again",
    tamper(bundle, { key }) {
      const i = middleOf(bundle);
      rehash(bundle, i, (body) => body.replace(/"at":"2026-11-20/, '"at":"2026-11-19'));
      signAgain(bundle, key);
      return { code: "time", seq: i + 1 };
    },
  },
  {
    name: "the manifest speaks of another number of events",
    keepManifest: true,
    tamper(bundle) {
      bundle.manifest.events--;
      return { code: "manifest" };
    },
  },
  {
    name: "the manifest bears another SHA-256",
    keepManifest: true,
    tamper(bundle) {
      bundle.manifest.files["events.ndjson"].sha256 = "0".repeat(64);
      return { code: "manifest" };
    },
  },
  {
    name: "the manifest speaks of fewer events in the log",
    tamper(bundle) {
      bundle.manifest.size--;
      return { code: "manifest" };
    },
  },
  ...(
    [
      ["a space", (body: string) => body.replace(',"at"', ', "at"')],
      ["members in another order", (body: string) => body.replace(/^\{(.*),("wseq":\d+)\}$/, "{$2,$1}")],
      ["a member twice", (body: string) => body.replace('"id"', '"at":"2026-11-20T09:00:01.000Z","id"')],
      ["a letter written as an escape", (body: string) => body.replace("a test", "\\u0061 test")],
      ["a broken number", (body: string) => body.replace(/"wseq":(\d+)/, '"wseq":$1.5')],
    ] as const
  ).map(([what, change]): Attack => ({
    name: `an event is not canonical (${what}), and the owner of the key signed it`,
    tamper(bundle, { key }) {
      const i = middleOf(bundle);
      rehash(bundle, i, change);
      signAgain(bundle, key);
      return { code: "text", seq: i + 1 };
    },
  })),
  {
    name: "an event of another installation takes the place of one",
    tamper(bundle, { foreign }) {
      const i = middleOf(bundle);
      const other = eventsOf(foreign).findLast((event) => (bodyOf(event)["wseq"] as number) > 1)!;
      bundle.records[i] = hashed(i + 1, other.body!);
      return { code: "writer", seq: i + 1 };
    },
  },
  {
    name: "the bundle of another installation is shown in place of this one",
    tamper(bundle, { foreign }) {
      const first = between(foreign, 1);
      Object.assign(bundle, structuredClone(foreign));
      return { code: "signature", in: first };
    },
  },
  {
    name: "the text of an event is taken out",
    tamper(bundle) {
      const i = middleOf(bundle);
      records(bundle)[i] = { ...records(bundle)[i]!, body: null };
      return { code: "body_gone", seq: i + 1 };
    },
  },
  {
    name: "a line of something else stands among the events",
    tamper(bundle) {
      const i = middleOf(bundle);
      bundle.records.splice(i, 0, '{"note":"nothing to see"}\n');
      return { code: "form", seq: i + 1 };
    },
  },
  {
    name: "an event is hidden in a bundle that says to be whole",
    tamper(bundle) {
      const i = bundle.records.length - 1;
      const { seq, leaf } = records(bundle)[i]!;
      bundle.records[i] = { skip: [seq, seq], nodes: [leaf] };
      return { code: "manifest" };
    },
  },
  {
    name: "in a part, the hashes of what is left out are swapped",
    on: "part",
    tamper(bundle) {
      const skip = bundle.records.find(
        (one): one is SkipRecord => typeof one !== "string" && "skip" in one && one.nodes.length > 1,
      )!;
      skip.nodes.reverse();
      return { code: "root", in: [1, bundle.manifest.size] };
    },
  },
  {
    name: "in a part, an event more is left out than the hashes stand for",
    on: "part",
    tamper(bundle) {
      const i = bundle.records.findIndex((one) => typeof one !== "string" && "skip" in one);
      const skip = bundle.records[i] as SkipRecord;
      bundle.records[i] = { ...skip, skip: [skip.skip[0], skip.skip[1] + 1] };
      return { code: "form", in: [skip.skip[0], skip.skip[1] + 1] };
    },
  },
];
