/**
 * Which route a caller who waits is given next, or how long to wait before, or that it is over.
 *
 * Pure. At most two retries a route and six tries in all, never past the deadline. What a failure allows (`same`, `next`)
 * is decided where failures are sorted (error-class.ts); a breaker's word comes in with the routes. The shell that calls
 * is route.ts. A case's own chain pauses between processes and has its own decision (cases/model/next-call.ts).
 */

export interface RouteState {
  /** Takes longer requests than the routes before it. */
  larger: boolean;
  /** Its breaker lets nobody through before then; `trying`: somebody finds out at this moment. */
  shut: { until: number; trying: boolean } | undefined;
}

export interface PastTry {
  route: number;
  /** Whether the same route may be asked again. */
  same: boolean;
  /** Which other routes may be asked: `larger` ones alone when the request was too long, none when it was refused for what it says. */
  next: "any" | "larger" | "none";
  retryAfterMs: number | undefined;
  endedAt: number;
  /** Drawn when it ended, from 0 up to, not including, 1: spreads the retries of many callers. */
  chance: number;
}

export type NextTry =
  | { kind: "ask"; route: number }
  | { kind: "wait"; until: number }
  | { kind: "give_up"; because: "refused" | "no_route" | "tries" | "deadline" }
  /** Every route that is left is shut; the first of them is tried again at this time. */
  | { kind: "give_up"; because: "shut"; until: number };

export interface TryLimits {
  /** Of one route, the first try among them. */
  triesPerRoute: number;
  tries: number;
  /** The longest pause after the first failure of a route; it doubles up to `mostPauseMs`. */
  pauseMs: number;
  mostPauseMs: number;
  /** How long a caller waits for a breaker, with no other route left. */
  shutMs: number;
  /** How soon to look again while another call tries a route that is shut. */
  lookMs: number;
}

export const TRY_LIMITS: TryLimits = {
  triesPerRoute: 3,
  tries: 6,
  pauseMs: 500,
  mostPauseMs: 8_000,
  shutMs: 6_000,
  lookMs: 250,
};

/** All times in milliseconds from one beginning; `start` is when the caller came. */
export function nextTry(
  routes: readonly RouteState[],
  tries: readonly PastTry[],
  times: { now: number; start: number; deadline: number },
  limits: TryLimits = TRY_LIMITS,
): NextTry {
  const { now, deadline } = times;
  if (tries.some((one) => one.next === "none")) return { kind: "give_up", because: "refused" };
  if (tries.length >= limits.tries) return { kind: "give_up", because: "tries" };
  if (now >= deadline) return { kind: "give_up", because: "deadline" };
  // So it is with nearly every call: nothing has failed yet.
  if (tries.length === 0 && routes[0]?.shut === undefined && routes.length > 0)
    return { kind: "ask", route: 0 };

  const left = routesLeft(routes, tries, limits);
  const open = left.filter((route) => routes[route]!.shut === undefined);
  let tooLate = false;
  for (const [i, route] of open.entries()) {
    const until = pauseEnds(tries, route, limits);
    const fresh = open.slice(i + 1).some((other) => !tries.some((one) => one.route === other));
    if (until <= now) return { kind: "ask", route };
    if (until >= deadline) tooLate = true;
    // A provider that asks for a long pause is left to it while somebody else can answer.
    else if (!fresh || until - now <= limits.mostPauseMs) return { kind: "wait", until };
  }
  const shut = left.flatMap((route) => routes[route]!.shut ?? []);
  if (shut.length > 0) return waitForBreaker(shut, tries, times, limits);
  return { kind: "give_up", because: tooLate ? "deadline" : "no_route" };
}

/** The routes that may still be asked, in their order. */
function routesLeft(routes: readonly RouteState[], tries: readonly PastTry[], limits: TryLimits): number[] {
  const larger = tries.some((one) => one.next === "larger");
  return [...routes.keys()].filter((route) => {
    const own = tries.filter((one) => one.route === route);
    return (
      own.length < limits.triesPerRoute && own.every((one) => one.same) && (!larger || routes[route]!.larger)
    );
  });
}

/** When a route may be asked again: the pause that it asked for, or a random part of ours, whichever is longer. */
function pauseEnds(tries: readonly PastTry[], route: number, limits: TryLimits): number {
  const own = tries.filter((one) => one.route === route);
  const last = own.at(-1);
  if (!last) return -Infinity;
  const longest = Math.min(limits.mostPauseMs, limits.pauseMs * 2 ** (own.length - 1));
  return last.endedAt + Math.max(last.retryAfterMs ?? 0, longest * last.chance);
}

/** Nobody else is left: a short while is waited for, a long one would only keep the caller from its own way out. */
function waitForBreaker(
  shut: readonly { until: number; trying: boolean }[],
  tries: readonly PastTry[],
  { now, start, deadline }: { now: number; start: number; deadline: number },
  limits: TryLimits,
): NextTry {
  const first = Math.min(...shut.map((one) => one.until));
  const soonest = Math.min(...shut.map((one) => (one.trying ? now + limits.lookMs : one.until)));
  const patience = Math.min(deadline, (tries.at(-1)?.endedAt ?? start) + limits.shutMs);
  const until = Math.max(soonest, now + 1);
  return until < patience ? { kind: "wait", until } : { kind: "give_up", because: "shut", until: first };
}
