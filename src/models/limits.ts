/**
 * How much of a limit or a budget is taken: the decision over windows of a minute, a day or a month.
 *
 * Pure. A call reserves what it may come to before it is made, and what it really took replaces that afterwards: at most
 * the limit is ever promised, and only what a call took beyond its own estimate comes on top. Windows begin with the
 * minute, the day and the month in UTC. The rows, shared by all processes, are in limit-store.ts.
 */
import { amountOf, unitsFrom, type Units } from "./money.ts";

export const PERIODS = ["minute", "day", "month"] as const;
export type Period = (typeof PERIODS)[number];

export const MEASURES = ["requests", "tokens", "cost"] as const;
export type Measure = (typeof MEASURES)[number];

/** A limit of one measure in one period; `cost` in units of the currency. */
export interface Limit {
  period: Period;
  measure: Measure;
  most: bigint;
}

/** What stands under limits: a key, a workflow, a connection. */
export interface Limited {
  /** Such as key:key_...; the same words in every process. */
  scope: string;
  limits: readonly Limit[];
  /** Calls whose cost nobody can tell are refused where the cost is limited. */
  refuseUnknown: boolean;
}

/** What a call may come to, or what it came to. */
export interface Amounts {
  requests: number;
  tokens: number;
  /** Undefined: unknown. */
  cost: Units | undefined;
}

/** What a window holds so far, reservations included. */
export interface Used {
  requests: bigint;
  tokens: bigint;
  cost: Units;
  unknown: bigint;
  /** The highest limit of cost at which a call was refused. */
  refusedAt?: Units | undefined;
}

export interface Refusal {
  scope: string;
  limit: Limit;
  /** Undefined: the cost of the call is unknown, and its cost is limited. */
  used: bigint | undefined;
  /** The call alone is more than the limit: no window has room for it. */
  tooLarge: boolean;
  /** When the window ends, in milliseconds since 1970. */
  until: number;
}

export const NOTHING: Used = { requests: 0n, tokens: 0n, cost: 0n, unknown: 0n };

const MINUTE = 60_000;
const DAY = 86_400_000;

export function windowStart(period: Period, now: number): number {
  if (period === "minute") return Math.floor(now / MINUTE) * MINUTE;
  if (period === "day") return Math.floor(now / DAY) * DAY;
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

export function windowEnd(period: Period, now: number): number {
  const start = windowStart(period, now);
  if (period === "minute") return start + MINUTE;
  if (period === "day") return start + DAY;
  const date = new Date(start);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

/** The periods in which something is limited, each once. */
export function periodsOf({ limits }: Limited): Period[] {
  return PERIODS.filter((period) => limits.some((one) => one.period === period));
}

/** Why a call does not fit, the limit that lasts longest first; undefined when it fits into every window. */
export function refusalOf(
  limited: Limited,
  wanted: Amounts,
  usedIn: (period: Period) => Used,
  now: number,
): Refusal | undefined {
  for (const period of PERIODS.toReversed())
    for (const limit of limited.limits.filter((one) => one.period === period)) {
      const { scope } = limited;
      const until = windowEnd(period, now);
      const adds = amountIn(wanted, limit.measure);
      if (adds === undefined) {
        if (limited.refuseUnknown) return { scope, limit, used: undefined, tooLarge: false, until };
        // Its cost cannot be counted, so it is let through only as long as what can be counted leaves room.
        if (usedIn(period).cost >= limit.most)
          return { scope, limit, used: usedIn(period).cost, tooLarge: false, until };
        continue;
      }
      const used = usedIn(period)[limit.measure];
      if (used + adds > limit.most) return { scope, limit, used, tooLarge: adds > limit.most, until };
    }
  return undefined;
}

function amountIn(wanted: Amounts, measure: Measure): bigint | undefined {
  return measure === "cost" ? wanted.cost : BigInt(wanted[measure]);
}

export function together(used: Used, more: Used): Used {
  return {
    requests: used.requests + more.requests,
    tokens: used.tokens + more.tokens,
    cost: used.cost + more.cost,
    unknown: used.unknown + more.unknown,
  };
}

/** One call as a window counts it. */
export function amountsAsUsed({ requests, tokens, cost }: Amounts): Used {
  return {
    requests: BigInt(requests),
    tokens: BigInt(tokens),
    cost: cost ?? 0n,
    // Nothing that was asked for costs nothing that could be unknown.
    unknown: cost === undefined && requests > 0 ? 1n : 0n,
  };
}

/** What settling adds to a window that holds the reservation: what was taken, less what was reserved. */
export function correction(reserved: Amounts, taken: Amounts): Used {
  const before = amountsAsUsed(reserved);
  const after = amountsAsUsed(taken);
  return {
    requests: after.requests - before.requests,
    tokens: after.tokens - before.tokens,
    cost: after.cost - before.cost,
    unknown: after.unknown - before.unknown,
  };
}

/** Whether the used part has reached the share at which a warning is due. */
export function reaches(used: Units, most: Units, share: number): boolean {
  return used * 10_000n >= most * BigInt(Math.round(share * 10_000));
}

const WORDS: Record<Measure, string> = { requests: "requests", tokens: "tokens", cost: "cost" };

/** The refusal as a sentence that names the limit, without what else the key or the workflow does. */
export function refusalText(refusal: Refusal, currency: string): string {
  const { limit, used } = refusal;
  const figure = limit.measure === "cost" ? `${amountOf(limit.most)} ${currency}` : String(limit.most);
  const name = `the limit of ${figure} ${limit.measure === "cost" ? "" : `${WORDS[limit.measure]} `}a ${limit.period}`;
  return used === undefined
    ? `the cost of this call is unknown, because no price list names its model, and ${name} counts costs`
    : lackText(refusal, name);
}

/** Whether nothing is left, or too little for this call: the others may still fit. */
export function lackText({ limit, used, tooLarge }: Refusal, name: string): string {
  if (used !== undefined && used >= limit.most) return `${name} is used up`;
  return tooLarge
    ? `this call may take more than ${name} allows at all`
    : `this call may take more than is left of ${name}`;
}

/** The limits as a key's row keeps them: `{"requests": {"minute": 60}, "cost": {"day": "2.50"}}`. */
export type LimitsText = Partial<Record<Measure, Partial<Record<Period, string | number>>>>;

export function limitsFrom(text: LimitsText | null): Limit[] {
  if (text === null) return [];
  return MEASURES.flatMap((measure) =>
    PERIODS.flatMap((period) => {
      const most = text[measure]?.[period];
      if (most === undefined) return [];
      return [{ measure, period, most: measure === "cost" ? unitsFrom(String(most)) : BigInt(most) }];
    }),
  );
}
