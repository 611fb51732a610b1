/**
 * The breakers of all models as this process knows them, shared with the other processes through the table `breaker`.
 *
 * Only moves are written, and who makes a trial: an ordinary answer costs nothing. Each process reads the table about once
 * a second. A trial is taken by one conditional update, so that one call tries in all processes together; it is held by a
 * lease on the program's clock, so that whoever dies over it is replaced. What a breaker does is in breaker.ts.
 */
import type { Clock } from "../platform/clock.ts";
import type { Database, Queryable, Tx } from "../platform/database.ts";
import type { Log } from "../platform/log.ts";
import { sql, time } from "../platform/sql.ts";
import {
  admission,
  afterTrial,
  BREAKER_LIMITS,
  counted,
  NO_TALLY,
  opened,
  opens,
  tried,
  type Admission,
  type Breaker,
  type BreakerLimits,
  type CallOutcome,
  type Tally,
} from "./breaker.ts";

/** A model of a connection; `model` is empty where the connection is one. */
export interface BreakerKey {
  connection: string;
  model: string;
}

type Open = Breaker & { state: "open" };

/** What a call carries from its admission to its end. */
export interface Pass {
  generation: number;
  /** The breaker as it stood when this call took its trial. */
  trial?: Open;
}

export type Admitted = { kind: "go"; pass: Pass } | Extract<Admission, { kind: "shut" }>;

/** A move that others should hear of. */
export interface BreakerMove extends BreakerKey {
  to: "open" | "closed";
  /** The class of the failure that opened it. */
  because: string | null;
}

export interface BreakerBoard {
  /** What this process knows, without asking: for a decision that admits nobody yet. */
  look(key: BreakerKey): Admission;
  /** Admits a call, or says until when none is; the lease of a trial must outlast the call. */
  admit(key: BreakerKey, leaseMs: number): Admitted | Promise<Admitted>;
  /** Tells how an admitted call ended. Never rejects: what cannot be stored is logged. `because` names a failure's class. */
  ended(key: BreakerKey, pass: Pass, outcome: CallOutcome, because?: string): Promise<void> | undefined;
  /**
   * Reads what other processes stored. `first` runs between reading and heeding it: whoever keeps models open takes the
   * settings that a trial is due for.
   */
  refresh(first?: () => Promise<void>): Promise<void>;
}

interface Entry {
  key: BreakerKey;
  breaker: Breaker;
  because: string | null;
  tally: Tally;
  /** Its row was read at least once. */
  stored: boolean;
  /** It was opened here and could not be stored yet. */
  unsaved: boolean;
}

/** `moved` writes what is to be told of a move, in the transaction that stores it. */
export function openBreakerBoard(options: {
  database: Database;
  clock: Clock;
  log: Log;
  /** Names this process in leases. */
  holder: string;
  moved(tx: Tx, move: BreakerMove): void;
  limits?: BreakerLimits;
}): BreakerBoard {
  const { database, clock, log, holder, moved, limits = BREAKER_LIMITS } = options;
  const entries = new Map<string, Entry>();
  let trials = 0;
  /** Moves that this process stored: what was being read meanwhile may be older. */
  let written = 0;

  function entryOf(key: BreakerKey): Entry {
    const name = nameOf(key);
    let entry = entries.get(name);
    if (!entry)
      entries.set(
        name,
        (entry = {
          key: { connection: key.connection, model: key.model },
          breaker: NEVER_OPENED,
          because: null,
          tally: NO_TALLY,
          stored: false,
          unsaved: false,
        }),
      );
    return entry;
  }

  /** Takes over what is stored; not what this process is ahead of. */
  function adopt(entry: Entry, breaker: Breaker, because: string | null, older = false): void {
    if (breaker.generation < entry.breaker.generation && (older || entry.unsaved)) return;
    if (breaker.generation !== entry.breaker.generation) entry.tally = NO_TALLY;
    Object.assign(entry, { breaker, because, stored: true, unsaved: false });
  }

  async function readAgain(entry: Entry): Promise<void> {
    const row = await database.maybe<BreakerRow>(
      sql`select ${COLUMNS} from breaker where connection = ${entry.key.connection} and model = ${entry.key.model}`,
    );
    if (row) adopt(entry, breakerOf(row), row.because);
    else if (!entry.unsaved) forget(entry);
  }

  function forget(entry: Entry): void {
    Object.assign(entry, { breaker: NEVER_OPENED, because: null, tally: NO_TALLY, stored: false });
  }

  async function saveOpening(entry: Entry, breaker: Open): Promise<void> {
    const { connection, model } = entry.key;
    const saved = await database.transaction(async (tx) => {
      const rows = await tx.run(sql`
        insert into breaker (connection, model, state, generation, since, openings, trial_at, because)
        select name, ${model}, 'open', ${breaker.generation}, ${time(breaker.since)}, ${breaker.openings}, ${time(breaker.trialAt)}, ${entry.because}
        from connection where name = ${connection}
        on conflict (connection, model) do update set state = excluded.state, generation = excluded.generation, since = excluded.since,
          openings = excluded.openings, trial_at = excluded.trial_at, because = excluded.because, probe_by = null, probe_until = null
        where breaker.generation < excluded.generation`);
      if (rows === 1) moved(tx, { connection, model, to: "open", because: entry.because });
      return rows === 1;
    });
    written++;
    entry.unsaved = false;
    if (saved) entry.stored = true;
    // Another process opened it first, or the connection is gone.
    else await readAgain(entry);
  }

  /** The breaker with our lease; undefined when the trial is not ours: then the entry holds what stands in the table. */
  async function takeTrial(entry: Entry, before: Open, leaseMs: number): Promise<Open | undefined> {
    if (entry.unsaved) await saveOpening(entry, before);
    const { connection, model } = entry.key;
    const now = clock.now();
    const taken = tried(before, `${holder}:${trials++}`, now, leaseMs);
    const rows = await database.run(sql`
      update breaker set probe_by = ${taken.probe!.by}, probe_until = ${time(taken.probe!.until)}
      where connection = ${connection} and model = ${model} and generation = ${before.generation}
        and probe_by is not distinct from ${before.probe?.by ?? null}`);
    if (rows === 1) {
      if (entry.breaker.generation === taken.generation) entry.breaker = taken;
      return taken;
    }
    await readAgain(entry);
    return undefined;
  }

  async function admitTrial(entry: Entry, breaker: Open, leaseMs: number): Promise<Admitted> {
    const trial = await takeTrial(entry, breaker, leaseMs);
    if (trial) return { kind: "go", pass: { generation: trial.generation, trial } };
    const now = admission(entry.breaker, clock.now(), limits);
    if (now.kind === "go") return { kind: "go", pass: { generation: entry.breaker.generation } };
    // Due again already, as when the trial of another ended without a word: whoever looks next takes it.
    return now.kind === "shut"
      ? now
      : { kind: "shut", since: entry.breaker.since, until: clock.now() + 1, trying: true };
  }

  async function saveTrial(entry: Entry, trial: Open, outcome: CallOutcome, because: string | null) {
    const { connection, model } = entry.key;
    const after = afterTrial(trial, outcome, clock.now(), limits);
    const open = after.state === "open" ? after : undefined;
    const saved = await database.transaction(async (tx) => {
      const rows = await tx.run(sql`
        update breaker set state = ${after.state}, generation = ${after.generation}, since = ${time(after.since)}, openings = ${open?.openings ?? 0},
          trial_at = ${open ? time(open.trialAt) : null}, because = ${open ? because : null}, probe_by = null, probe_until = null
        where connection = ${connection} and model = ${model} and generation = ${trial.generation} and probe_by = ${trial.probe!.by}`);
      if (rows === 1 && after.state === "closed")
        moved(tx, { connection, model, to: "closed", because: null });
      return rows === 1;
    });
    written++;
    if (saved) adopt(entry, after, open ? because : null);
    else await readAgain(entry);
  }

  async function stored(entry: Entry, work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      log.warn(
        { err: error instanceof Error ? error.message : String(error), ...entry.key },
        "what became of a model's breaker could not be stored; it is tried again, and a trial's lease ends by itself",
      );
    }
  }

  return {
    look: (key) => {
      const entry = entries.get(nameOf(key));
      return entry ? admission(entry.breaker, clock.now(), limits) : { kind: "go" };
    },
    admit(key, leaseMs) {
      const entry = entryOf(key);
      const { breaker } = entry;
      const found = admission(breaker, clock.now(), limits);
      if (found.kind === "shut") return found;
      if (found.kind === "go" || breaker.state === "closed")
        return { kind: "go", pass: { generation: breaker.generation } };
      return admitTrial(entry, breaker, leaseMs);
    },
    ended(key, pass, outcome, because) {
      const entry = entryOf(key);
      if (pass.trial) {
        const reason = because ?? entry.because;
        return stored(entry, saveTrial(entry, pass.trial, outcome, reason));
      }
      const { breaker } = entry;
      // What began before the last move says nothing about what came after it.
      if (outcome === "nothing" || breaker.state !== "closed" || breaker.generation !== pass.generation)
        return undefined;
      const now = clock.now();
      entry.tally = counted(entry.tally, outcome, now, limits);
      if (outcome !== "failed" || !opens(entry.tally, limits)) return undefined;
      const open = opened(breaker, now, limits);
      Object.assign(entry, { breaker: open, because: because ?? null, tally: NO_TALLY, unsaved: true });
      return stored(entry, saveOpening(entry, open));
    },
    async refresh(first) {
      const before = written;
      const found = await readBreakers(database);
      await first?.();
      const older = written !== before;
      const names = new Set<string>();
      for (const row of found) {
        names.add(nameOf(row));
        adopt(entryOf(row), breakerOf(row), row.because, older);
      }
      for (const [name, entry] of entries) {
        if (entry.unsaved && entry.breaker.state === "open")
          await stored(entry, saveOpening(entry, entry.breaker));
        else if (entry.stored && !older && !names.has(name)) forget(entry);
      }
    },
  };
}

const COLUMNS = sql`connection, model, state, generation, since, openings, trial_at, probe_by, probe_until, because`;
const NEVER_OPENED: Breaker = { state: "closed", generation: 0, since: 0 };

function nameOf({ connection, model }: BreakerKey): string {
  // No name of a connection holds a blank.
  return `${connection} ${model}`;
}

export interface BreakerRow extends BreakerKey {
  state: "closed" | "open";
  generation: number;
  since: number;
  openings: number;
  trial_at: number | null;
  probe_by: string | null;
  probe_until: number | null;
  because: string | null;
}

/** Every breaker that ever moved, by connection and model. */
export function readBreakers(database: Queryable): Promise<BreakerRow[]> {
  return database.all<BreakerRow>(sql`select ${COLUMNS} from breaker order by connection, model`);
}

/** Other settings of a connection may have mended it: the next call to a model of it tries, and what is being tried is not heard. */
export async function makeTrialsDue(tx: Queryable, connection: string, now: number): Promise<void> {
  await tx.run(sql`
    update breaker set trial_at = ${time(now)}, probe_by = null, probe_until = null where connection = ${connection} and state = 'open'`);
}

function breakerOf(row: BreakerRow): Breaker {
  const { state, generation, since, openings } = row;
  if (state === "closed") return { state, generation, since };
  return {
    state,
    generation,
    since,
    openings,
    trialAt: row.trial_at!,
    probe: row.probe_by === null ? undefined : { by: row.probe_by, until: row.probe_until! },
  };
}
