/** Where randomness comes from: ids, keys, salts. Pure code receives what it needs from here. */
import { randomBytes } from "node:crypto";
import { makeId, type Id, type IdKind } from "../contract/ids.ts";
import type { Clock } from "./clock.ts";

const POOL = 8_192;
let pool = Buffer.alloc(0);
let handedOut = 0;

/** Random bytes, never handed out twice. Drawn in bulk: a draw from the system costs as much as an encryption. */
export function freshBytes(count: number): Buffer {
  if (pool.length - handedOut < count) {
    pool = randomBytes(Math.max(POOL, count));
    handedOut = 0;
  }
  const bytes = Buffer.allocUnsafe(count);
  const end = handedOut + count;
  pool.copy(bytes, 0, handedOut, end);
  pool.fill(0, handedOut, end);
  handedOut = end;
  return bytes;
}

export type NewId = <K extends IdKind>(kind: K) => Id<K>;

/** Ids that sort in the order in which this process made them, also within one millisecond. */
export function idSource(clock: Clock): NewId {
  let last = 0;
  let count = 0;
  /** Ten bytes for each id, from the first on that was not used yet. They are no secret, so they need not be wiped. */
  let random = Buffer.alloc(0);
  let at = 0;
  return (kind) => {
    let now = Math.max(clock.now(), last);
    count = now === last ? count + 1 : 0;
    // A millisecond that is counted out is over: the next one begins early.
    if (count > 0xfff) [now, count] = [now + 1, 0];
    last = now;
    at += 10;
    if (at + 10 > random.length) {
      random = randomBytes(POOL);
      at = 0;
    }
    // The 12 bits after the version number count within the millisecond, as UUIDv7 allows.
    random[at] = (count >> 8) & 0x0f;
    random[at + 1] = count & 0xff;
    return makeId(kind, now, random, at);
  };
}
