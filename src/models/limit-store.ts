/**
 * Reserving and settling against limits: rows of `spend_window`, shared by all processes.
 *
 * The calls of one grouped commit are judged together, one after the other, under the locks of their windows, so that
 * two processes never promise the same room twice. Its own group: these locks are held for one short transaction, and by
 * nothing that waits for a case or a workflow. What a process that died had reserved stays counted: its calls may have
 * been billed. Only what has limits costs a row.
 */
import type { Clock } from "../platform/clock.ts";
import type { Database, Queryable, Tx } from "../platform/database.ts";
import { openGroupCommit, type Operation } from "../platform/group-commit.ts";
import { rows, sql, time } from "../platform/sql.ts";
import {
  amountsAsUsed,
  correction,
  NOTHING,
  periodsOf,
  refusalOf,
  together,
  windowStart,
  type Amounts,
  type Limited,
  type Period,
  type Refusal,
  type Used,
} from "./limits.ts";
import { amountOf, unitsFrom, type Units } from "./money.ts";

/** Room that was given to one call. To be settled with what it took, whatever became of it. */
export interface Reservation {
  kind: "reserved";
  settle(taken: Amounts): Promise<void>;
}

export interface Limits {
  /** Takes the room for a call in all its windows, or in none of them. Nothing limited: nothing is written. */
  reserve(
    limited: readonly Limited[],
    wanted: Amounts,
  ): Promise<Reservation | { kind: "refused"; refusal: Refusal }>;
  /** What windows that cover this moment hold, by scope and period; those without a row are left out. */
  used(database: Queryable, scopes: readonly string[]): Promise<Map<string, Used>>;
  /** A window holds at least what records say that was taken, from before anything was counted. */
  raise(tx: Tx, raised: Raised): Promise<void>;
  drain(): Promise<void>;
}

export interface Raised {
  place: Place;
  taken: Amounts & { unknown: number };
}

interface Place {
  scope: string;
  period: Period;
  starts: number;
}
type Item =
  | { kind: "reserve"; limited: readonly Limited[]; places: Place[]; wanted: Amounts; now: number }
  | { kind: "settle"; places: Place[]; more: Used };
interface Mark {
  place: Place;
  most: Units;
}
interface Change {
  place: Place;
  more: Used;
}

/** So long after its end a window is of no use to anybody but those who look back; budgets of months are kept for a year. */
const KEPT: Record<Period, number> = { minute: 3_600_000, day: 40 * 86_400_000, month: 400 * 86_400_000 };

export const keyOf = (scope: string, period: Period) => `${scope} ${period}`;

export function openLimits(parts: { database: Database; clock: Clock; currency: string }): Limits {
  const { database, clock, currency } = parts;
  // One commit at a time: several would wait for each other's locks, each with a connection in its hands.
  const group = openGroupCommit(database, { atOnce: 1 });
  const counting = countingOf(currency);
  return {
    async reserve(given, wanted) {
      const limited = given.filter((one) => one.limits.length > 0);
      if (limited.length === 0) return { kind: "reserved", settle: async () => undefined };
      const now = clock.now();
      const places = placesOf(limited, now);
      const refusal = await group.do(counting, { kind: "reserve", limited, places, wanted, now });
      if (refusal !== undefined) return { kind: "refused", refusal };
      let settled = false;
      return {
        kind: "reserved",
        async settle(taken) {
          if (settled) return;
          settled = true;
          const more = correction(wanted, taken);
          if (Object.values(more).some((one) => one !== 0n))
            await group.do(counting, { kind: "settle", places, more });
        },
      };
    },
    async used(queryable, scopes) {
      const now = clock.now();
      const found = await queryable.all<Row & { period: Period }>(sql`
        select scope, period, requests::text as requests, tokens::text as tokens, cost::text as cost, unknown::text as unknown, refused_at::text as refused_at
        from spend_window where scope = any(${[...scopes]}) and currency = ${currency} and (period, starts) in (
          ('minute', ${time(windowStart("minute", now))}::timestamptz), ('day', ${time(windowStart("day", now))}::timestamptz),
          ('month', ${time(windowStart("month", now))}::timestamptz))`);
      return new Map(found.map((row) => [keyOf(row.scope, row.period), usedIn(row)]));
    },
    async raise(tx, { place: { scope, period, starts }, taken }) {
      await tx.run(sql`
        insert into spend_window (scope, period, starts, currency, requests, tokens, cost, unknown)
        values (${scope}, ${period}, ${time(starts)}, ${currency}, ${taken.requests}, ${taken.tokens}, ${amountOf(taken.cost ?? 0n)}::numeric, ${taken.unknown})
        on conflict (scope, period, starts, currency) do update set requests = greatest(spend_window.requests, excluded.requests),
          tokens = greatest(spend_window.tokens, excluded.tokens), cost = greatest(spend_window.cost, excluded.cost),
          unknown = greatest(spend_window.unknown, excluded.unknown)`);
    },
    drain: () => group.drain(),
  };
}

interface Row {
  scope: string;
  requests: string;
  tokens: string;
  cost: string;
  unknown: string;
  refused_at: string | null;
}

function usedIn(row: Omit<Row, "scope">): Used {
  return {
    requests: BigInt(row.requests),
    tokens: BigInt(row.tokens),
    cost: unitsFrom(row.cost),
    unknown: BigInt(row.unknown),
    refusedAt: row.refused_at === null ? undefined : unitsFrom(row.refused_at),
  };
}

function placesOf(limited: readonly Limited[], now: number): Place[] {
  return limited.flatMap((one) =>
    periodsOf(one).map((period) => ({ scope: one.scope, period, starts: windowStart(period, now) })),
  );
}

const placeKey = ({ scope, period, starts }: Place) => `${period} ${starts} ${scope}`;

/**
 * Answers why a call has no room; undefined for one that has, and for one that is settled.
 *
 * One operation for both, so that a group locks its windows once and in one order.
 */
function countingOf(currency: string): Operation<Item, Refusal | undefined> {
  return {
    name: "limits",
    async run(tx, items) {
      const windows = await lockWindows(
        tx,
        items.flatMap((one) => one.places),
        currency,
      );
      const added = new Map<string, Change>();
      const refused = new Map<string, Mark>();
      const count = (places: Place[], more: Used) => {
        for (const place of places) {
          const key = placeKey(place);
          const before = windows.get(key)!;
          windows.set(key, { ...together(before, more), refusedAt: before.refusedAt });
          added.set(key, { place, more: together(added.get(key)?.more ?? NOTHING, more) });
        }
      };
      // What ended leaves its room to those who wait.
      for (const one of items) if (one.kind === "settle") count(one.places, one.more);
      const answers = items.map((one) => {
        if (one.kind === "settle") return undefined;
        for (const limited of one.limited) {
          const used = (period: Period) =>
            windows.get(placeKey({ scope: limited.scope, period, starts: windowStart(period, one.now) }))!;
          const refusal = refusalOf(limited, one.wanted, used, one.now);
          if (refusal === undefined) continue;
          const { scope, limit } = refusal;
          const place = { scope, period: limit.period, starts: windowStart(limit.period, one.now) };
          const window = windows.get(placeKey(place))!;
          // Written once: whoever else is refused finds it there.
          if (
            limit.measure === "cost" &&
            refusal.used !== undefined &&
            (window.refusedAt ?? -1n) < limit.most
          ) {
            window.refusedAt = limit.most;
            refused.set(placeKey(place), { place, most: limit.most });
          }
          return refusal;
        }
        count(one.places, amountsAsUsed(one.wanted));
        return undefined;
      });
      await add(tx, [...added.values()], currency);
      await markRefused(tx, [...refused.values()], currency);
      return answers;
    },
  };
}

/** The windows, made where they are missing and locked in one order, so that two groups never wait for each other. */
async function lockWindows(tx: Tx, places: Place[], currency: string): Promise<Map<string, Used>> {
  const wanted = [...new Map(places.map((place) => [placeKey(place), place])).values()];
  const given = rows(wanted.map(({ starts, ...place }) => ({ ...place, starts: time(starts) })));
  await tx.run(sql`
    insert into spend_window (scope, period, starts, currency)
    select scope, period, starts, ${currency} from json_to_recordset(${given}::json) as r (scope text, period text, starts timestamptz)
    order by scope, period, starts on conflict do nothing`);
  const found = await tx.all<Row & { period: Period; starts: number }>(sql`
    select w.scope, w.period, w.starts, w.requests::text as requests, w.tokens::text as tokens, w.cost::text as cost, w.unknown::text as unknown,
      w.refused_at::text as refused_at
    from spend_window w join json_to_recordset(${given}::json) as r (scope text, period text, starts timestamptz)
      on r.scope = w.scope and r.period = w.period and r.starts = w.starts
    where w.currency = ${currency} order by w.scope, w.period, w.starts for no key update of w`);
  return new Map(found.map((row) => [placeKey(row), usedIn(row)]));
}

async function add(tx: Tx, changes: Change[], currency: string): Promise<void> {
  if (changes.length === 0) return;
  const given = changes.map(({ place, more }) => ({
    scope: place.scope,
    period: place.period,
    starts: time(place.starts),
    requests: String(more.requests),
    tokens: String(more.tokens),
    cost: amountOf(more.cost),
    unknown: String(more.unknown),
  }));
  await tx.run(sql`
    update spend_window w set requests = w.requests + r.requests, tokens = w.tokens + r.tokens, cost = w.cost + r.cost, unknown = w.unknown + r.unknown
    from json_to_recordset(${rows(given)}::json)
      as r (scope text, period text, starts timestamptz, requests bigint, tokens bigint, cost numeric, unknown bigint)
    where w.scope = r.scope and w.period = r.period and w.starts = r.starts and w.currency = ${currency}`);
}

async function markRefused(tx: Tx, marks: Mark[], currency: string): Promise<void> {
  if (marks.length === 0) return;
  const given = marks.map(({ place, most }) => ({
    ...place,
    starts: time(place.starts),
    most: amountOf(most),
  }));
  await tx.run(sql`
    update spend_window w set refused_at = r.most
    from json_to_recordset(${rows(given)}::json) as r (scope text, period text, starts timestamptz, most numeric)
    where w.scope = r.scope and w.period = r.period and w.starts = r.starts and w.currency = ${currency}`);
}

/** Removes windows that nobody looks at any more. */
export async function tidyWindows(database: Queryable, now: number): Promise<void> {
  for (const [period, kept] of Object.entries(KEPT))
    await database.run(
      sql`delete from spend_window where period = ${period} and starts < ${time(now - kept)}`,
    );
}
