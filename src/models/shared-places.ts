/**
 * The places of a connection over all processes: together they never have more calls in flight than it takes.
 *
 * Behind the places of this process (bulkhead.ts) stands the account of all, rows of `connection_place` that are changed
 * under one lock: each process says what it has and what waits for it. A free place goes to whoever has the fewest, in
 * all processes together, the longest waiting first. A place is taken in a small transaction before the call and given back after it,
 * so that only connections with a limit pay for it. A process that is gone is noticed by its beat, which stands still.
 */
import type { Database } from "../platform/database.ts";
import { rows, sql } from "../platform/sql.ts";
import { openBulkhead, type Bulkhead, type Bulkheads, type Place } from "./bulkhead.ts";

export interface SharedPlaces extends Bulkheads {
  /** Shows that this process lives, and frees what a dead one had; every second. */
  beat(): Promise<void>;
  /** Gives everything back. */
  close(): Promise<void>;
}

/** What a process has of a connection for one party, and what waits there. */
export interface Standing {
  process: string;
  party: string;
  taken: number;
  waiting: number;
  /** The smaller, the longer it waits. */
  since: number;
}

interface Waiter {
  take(place: Place): void;
}

interface Party {
  taken: number;
  waiters: Set<Waiter>;
  since: number;
}

interface Account {
  name: string;
  most: number;
  parties: Map<string, Party>;
  /** Something is to be written. */
  changed: boolean;
  working: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** Milliseconds until places that others have are asked for again. */
const LOOK = 40;
const AFTER_FAILURE = 250;
const STILL_LOOKS_UNTIL_GONE = 10;

/** Which parties of this process get a place now, one entry for each place; the others' turns are left to them. */
export function placesFor(standings: readonly Standing[], process: string, most: number): string[] {
  const all = standings.map((one) => ({ ...one }));
  const takenBy = (party: string) => all.reduce((sum, one) => sum + (one.party === party ? one.taken : 0), 0);
  const granted: string[] = [];
  let last = Math.max(0, ...all.map((one) => one.since));
  for (let free = most - all.reduce((sum, one) => sum + one.taken, 0); free > 0; free--) {
    const [next] = all
      .filter((one) => one.waiting > 0)
      .sort((a, b) => takenBy(a.party) - takenBy(b.party) || a.since - b.since);
    if (next === undefined) break;
    next.waiting--;
    next.taken++;
    next.since = ++last;
    if (next.process === process) granted.push(next.party);
  }
  return granted;
}

export function openSharedPlaces(parts: { database: Database; process: string }): SharedPlaces {
  const { database, process } = parts;
  const accounts = new Map<string, Account>();
  const local = new Map<string, { most: number; places: Bulkhead }>();
  /** How often a beat of another process was seen standing still. */
  let seen = new Map<string, { beat: number; still: number }>();

  function accountOf(name: string): Account {
    let account = accounts.get(name);
    if (!account) {
      account = { name, most: 1, parties: new Map(), changed: false, working: false, timer: undefined };
      accounts.set(name, account);
    }
    return account;
  }

  function partyOf(account: Account, name: string): Party {
    let party = account.parties.get(name);
    if (!party) account.parties.set(name, (party = { taken: 0, waiters: new Set(), since: 0 }));
    return party;
  }

  /** One round at a time for each connection; what changes meanwhile has another one. */
  function work(account: Account, after = 0): void {
    account.changed = true;
    if (account.working) return;
    if (after > 0) {
      account.timer ??= setTimeout(() => void round(account), after);
      return;
    }
    clearTimeout(account.timer);
    account.timer = undefined;
    void round(account);
  }

  async function round(account: Account): Promise<void> {
    account.timer = undefined;
    account.working = true;
    account.changed = false;
    let failed = false;
    try {
      for (const name of await settle(account)) {
        const party = partyOf(account, name);
        const [first] = party.waiters;
        if (first) {
          party.waiters.delete(first);
          first.take(placeIn(account, party));
        } else {
          // Whoever wanted it left meanwhile.
          party.taken--;
          account.changed = true;
        }
      }
    } catch {
      // The database is away: those who wait go on waiting, as long as they like.
      failed = true;
    }
    account.working = false;
    for (const [name, party] of account.parties)
      if (party.taken === 0 && party.waiters.size === 0 && !account.changed) account.parties.delete(name);
    const waits = [...account.parties.values()].some((one) => one.waiters.size > 0);
    if (failed) work(account, AFTER_FAILURE);
    else if (account.changed) work(account);
    else if (waits) work(account, LOOK);
  }

  /** Writes what this process has and wants, and answers what it got; counted as taken already. */
  async function settle(account: Account): Promise<string[]> {
    const { name, most, parties } = account;
    let granted: string[] = [];
    await database.transaction(async (tx) => {
      await tx.run(sql`select pg_advisory_xact_lock(hashtext('pilotage.places'), hashtext(${name}))`);
      const others = await tx.all<Standing>(
        sql`select process, party, taken, waiting, since::int8 as since from connection_place where connection = ${name} and process <> ${process}`,
      );
      const standings = [...others];
      let turn = Math.max(
        0,
        ...standings.map((one) => one.since),
        ...[...parties.values()].map((one) => one.since),
      );
      for (const [party, one] of parties) {
        if (one.waiters.size === 0) one.since = 0;
        else if (one.since === 0) one.since = ++turn;
        standings.push({ process, party, taken: one.taken, waiting: one.waiters.size, since: one.since });
      }
      granted = placesFor(standings, process, most);
      const mine = [...parties].flatMap(([party, one]) => {
        const got = granted.filter((name) => name === party).length;
        const waiting = one.waiters.size - got;
        // Whoever got something waits anew for more: the same party in another process is next.
        if (got > 0) one.since = waiting > 0 ? ++turn : 0;
        const taken = one.taken + got;
        return taken + waiting === 0
          ? []
          : [{ connection: name, process, party, taken, waiting, since: one.since }];
      });
      await tx.run(
        sql`delete from connection_place where connection = ${name} and process = ${process} and party <> all(${mine.map((one) => one.party)})`,
      );
      if (mine.length > 0)
        await tx.run(sql`
          insert into connection_place (connection, process, party, taken, waiting, since)
          select connection, process, party, taken, waiting, since from json_populate_recordset(null::connection_place, ${rows(mine)}::json)
          on conflict (connection, process, party) do update set taken = excluded.taken, waiting = excluded.waiting, since = excluded.since`);
    });
    for (const party of granted) partyOf(account, party).taken++;
    return granted;
  }

  function placeIn(account: Account, party: Party): Place {
    let left = false;
    return {
      leave() {
        if (left) return;
        left = true;
        party.taken--;
        work(account);
      },
    };
  }

  function take(account: Account, name: string, signal: AbortSignal): Promise<Place> {
    const party = partyOf(account, name);
    return new Promise<Place>((resolve, reject) => {
      const onAbort = () => {
        party.waiters.delete(waiter);
        work(account);
        reject(signal.reason as Error);
      };
      const waiter: Waiter = {
        take(place) {
          signal.removeEventListener("abort", onAbort);
          resolve(place);
        },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      party.waiters.add(waiter);
      work(account);
    });
  }

  function shared(name: string, most: number): Bulkhead {
    const own = openBulkhead(most);
    const account = accountOf(name);
    return {
      get taken() {
        return own.taken;
      },
      async enter(party, signal, mostWaiting) {
        const mine = await own.enter(party, signal, mostWaiting);
        if (mine === undefined) return undefined;
        try {
          const place = await take(account, party, signal);
          return {
            leave() {
              mine.leave();
              place.leave();
            },
          };
        } catch (error) {
          mine.leave();
          throw error;
        }
      },
    };
  }

  return {
    of(name, most) {
      if (most === undefined) return undefined;
      const known = local.get(name);
      if (known?.most === most) return known.places;
      accountOf(name).most = most;
      const places = shared(name, most);
      local.set(name, { most, places });
      return places;
    },
    async beat() {
      if (accounts.size === 0) return;
      await database.run(sql`update connection_place set beat = beat + 1 where process = ${process}`);
      const found = await database.all<{ process: string; beat: number }>(
        sql`select process, max(beat)::int8 as beat from connection_place where process <> ${process} group by process`,
      );
      seen = new Map(
        found.map((one) => {
          const last = seen.get(one.process);
          const beat = one.beat;
          return [one.process, { beat, still: last?.beat === beat ? last.still + 1 : 0 }];
        }),
      );
      for (const [gone, { still }] of seen)
        if (still >= STILL_LOOKS_UNTIL_GONE)
          await database.run(sql`delete from connection_place where process = ${gone}`);
    },
    async close() {
      for (const { timer } of accounts.values()) clearTimeout(timer);
      if (accounts.size > 0)
        await database
          .run(sql`delete from connection_place where process = ${process}`)
          .catch(() => undefined);
    },
  };
}
