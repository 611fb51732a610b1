/**
 * How often somebody may guess at a door: pauses that grow with each failure. Pure; the counts are kept in sign-in-tries.ts.
 *
 * A try is counted for the account at the network that it came from, for that network, and for the account from everywhere.
 * Nobody outside can keep a person out: what others do at other networks never touches the first tries of a network at an
 * account, and a device on which the person signed in before has an allowance of its own, which only that device spends.
 * Nothing here says whether an account exists, and no pause is longer than a quarter of an hour.
 */
import { isIPv6 } from "node:net";

export interface Limit {
  /** Failures that cost nothing. */
  free: number;
  /** Milliseconds after the first one that counts; each further one doubles it. */
  first: number;
  longest: number;
}

export const LIMITS = {
  /** A device on which this person signed in before. */
  device: { free: 4, first: 2_000, longest: 900_000 },
  /** One account at one network. */
  here: { free: 4, first: 2_000, longest: 900_000 },
  /** A whole office may share one network; more than the hashes that run or wait, so that a morning's rush is no failure. */
  network: { free: 60, first: 2_000, longest: 300_000 },
  /** One account from all networks together: many machines that guess in turns. */
  account: { free: 30, first: 2_000, longest: 300_000 },
  /** One-time links from one network. Nobody guesses one; looking at many is bounded all the same. */
  link: { free: 60, first: 2_000, longest: 60_000 },
  /** The present password, asked for again in one session. */
  session: { free: 4, first: 2_000, longest: 900_000 },
} as const satisfies Record<string, Limit>;
export type Track = keyof typeof LIMITS;

/** Tries of a network at an account that the rest of the world has no say in. */
export const FRESH = 3;
/** Without a further failure for so long, all is forgotten. */
export const FORGOTTEN_AFTER = 86_400_000;

export interface Tried {
  failures: number;
  lastAt: number;
}

/** Milliseconds that must pass after the last of so many failures. */
export function pauseAfter(failures: number, { free, first, longest }: Limit): number {
  if (failures <= free) return 0;
  return Math.min(longest, first * 2 ** (failures - free - 1));
}

/** Milliseconds until the next try is taken; 0 when it may be made now. */
export function waitOf(tried: Partial<Record<Track, Tried>>, now: number): number {
  const live = (track: Track): Tried => {
    const one = tried[track];
    return one && now - one.lastAt < FORGOTTEN_AFTER ? one : { failures: 0, lastAt: now };
  };
  const judged = (Object.keys(tried) as Track[]).filter(
    (track) => track !== "account" || live("here").failures >= FRESH,
  );
  const waits = judged.map((track) => {
    const { failures, lastAt } = live(track);
    return lastAt + pauseAfter(failures, LIMITS[track]) - now;
  });
  return Math.max(0, ...waits);
}

/** What counts as one place: an address, or the 64 leading bits of IPv6, of which one customer has all the rest. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [plain = ""] = address.split("%");
  if (!isIPv6(plain)) return address;
  const [head = "", tail] = plain.toLowerCase().split("::");
  const before = head.split(":").filter((group) => group !== "");
  const after = (tail ?? "").split(":").filter((group) => group !== "");
  // An IPv4 address at the end stands for two groups; none of them is among the first four.
  const width = (groups: string[]) => groups.length + (groups.at(-1)?.includes(".") ? 1 : 0);
  const gap = tail === undefined ? 0 : Math.max(0, 8 - width(before) - width(after));
  const groups = [...before, ...Array.from({ length: gap }, () => "0"), ...after].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, "")).join(":")}::/64`;
}
