/**
 * Asks one route after the other for a caller who waits, until one answers or nothing helps any more.
 *
 * A route is a model of a connection. Which one is asked, again or next, is decided in next-try.ts; whether a model may be
 * asked at all is its breaker's word, and every call tells its breaker how it ended. Nothing is retried below this file and
 * nothing above it. A case's chain, which outlives a process, is cases/model/ask.ts.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { PilotageError } from "../contract/errors.ts";
import { stopwatch, type Clock } from "../platform/clock.ts";
import { abortSignalOf, type Leaving } from "../platform/leaving.ts";
import type { Admitted, BreakerBoard, BreakerKey, Pass } from "./breaker-board.ts";
import type { Bulkhead, Place } from "./bulkhead.ts";
import { classIn, modelFailure, type ErrorClass } from "./error-class.ts";
import { effectOf } from "./failure-effect.ts";
import {
  nextTry,
  TRY_LIMITS,
  type NextTry,
  type PastTry,
  type RouteState,
  type TryLimits,
} from "./next-try.ts";

export interface Route<T> extends BreakerKey {
  /** Takes longer requests than the routes before it. */
  larger?: boolean;
  /** The places of its connection, where they are limited. */
  places?: Bulkhead | undefined;
  /** One call, within `leftMs`; throws a failure with its class. */
  call(leftMs: number, signal: Leaving): Promise<T>;
}

export interface RouteParts {
  breakers: Pick<BreakerBoard, "look" | "admit" | "ended">;
  clock: Clock;
  /** From 0 up to, not including, 1. */
  chance(): number;
  limits?: TryLimits;
}

export interface CallBudget {
  /** For everything: tries, pauses, waiting for places and breakers. */
  totalMs: number;
  /** The caller went away, or the process stops. */
  signal: Leaving;
  /** Whose place it is at a connection: a workflow or a key. */
  party: string;
  /** The answer goes on after it was handed over, as a live stream does: the caller says by `ended` how it ended. */
  later?: boolean;
}

/** One call that was made. */
export interface RouteTry extends BreakerKey {
  route: number;
  /** Since the caller came. */
  startedMs: number;
  milliseconds: number;
  error: PilotageError | undefined;
  class: ErrorClass | undefined;
}

export type Routed<T> =
  | {
      kind: "answered";
      value: T;
      route: number;
      tries: RouteTry[];
      /** With `later`: to be called once, with what the answer broke off with. Without it there is nothing left to say. */
      ended(error?: unknown): Promise<void> | undefined;
    }
  | { kind: "failed"; error: PilotageError; tries: RouteTry[] };

/** What the breaker and the connection's places are told when a call is over; only the first time counts. */
type Leave = (error?: unknown) => Promise<void> | undefined;

/** A trial's call is over by its limit; what else belongs to it takes less than this. */
const LEASE_BEYOND = 10_000;

export async function callRoutes<T>(
  parts: RouteParts,
  routes: readonly Route<T>[],
  budget: CallBudget,
): Promise<Routed<T>> {
  const { limits = TRY_LIMITS } = parts;
  const elapsed = stopwatch();
  const past: PastTry[] = [];
  const tries: RouteTry[] = [];
  const failed = (error: PilotageError): Routed<T> => ({ kind: "failed", error, tries });

  while (!budget.signal.aborted) {
    const now = elapsed();
    const times = { now, start: 0, deadline: budget.totalMs };
    const next = nextTry(statesOf(parts, routes, now), past, times, limits);
    if (next.kind === "give_up") return failed(reasonOf(next, tries, now));
    if (next.kind === "wait") {
      await pause(next.until - now, budget.signal);
      continue;
    }
    const route = routes[next.route]!;
    const leftMs = budget.totalMs - now;
    const entered = enter(parts, route, { leftMs, budget, limits });
    // What is known at once is not waited for: each wait costs a turn of its own.
    const leave = entered instanceof Promise ? await entered : entered;
    if (leave === "shut") continue;
    const about = {
      route: next.route,
      connection: route.connection,
      model: route.model,
      startedMs: elapsed(),
    };
    try {
      // No place at its connection: the route was not asked, and the next one may be freer.
      if (leave === "full") throw noPlace(route);
      const value = await route.call(Math.max(1, budget.totalMs - elapsed()), budget.signal);
      const told = budget.later ? undefined : leave();
      if (told) await told;
      tries.push({ ...about, milliseconds: elapsed() - about.startedMs, error: undefined, class: undefined });
      return { kind: "answered", value, route: next.route, tries, ended: leave };
    } catch (error) {
      if (leave !== "full") await leave(error);
      const failure = asFailure(error);
      tries.push({
        ...about,
        milliseconds: elapsed() - about.startedMs,
        error: failure,
        class: classIn(failure),
      });
      const { same, next: others } = effectOf(failure);
      past.push({
        route: next.route,
        same: same && leave !== "full",
        next: others,
        retryAfterMs: failure.retryAfterMs,
        endedAt: elapsed(),
        chance: parts.chance(),
      });
    }
  }
  return failed(tries.at(-1)?.class === "aborted" ? tries.at(-1)!.error! : brokenOff());
}

/** The routes as their breakers have them, in the caller's time. */
function statesOf<T>(
  { breakers, clock }: RouteParts,
  routes: readonly Route<T>[],
  now: number,
): RouteState[] {
  return routes.map((route) => {
    const found = breakers.look(route);
    const shut =
      found.kind === "shut" ? { until: now + found.until - clock.now(), trying: found.trying } : undefined;
    return { larger: route.larger ?? false, shut };
  });
}

/** Takes a place, then asks the breaker: a trial is not held while its call waits. */
function enter<T>(
  parts: RouteParts,
  route: Route<T>,
  around: { leftMs: number; budget: CallBudget; limits: TryLimits },
): Entered | Promise<Entered> {
  const { places } = route;
  // Where places are not limited nothing is waited for.
  return places === undefined
    ? admit(parts, route, undefined, around)
    : enterPlace(parts, route, places, around);
}

async function enterPlace<T>(
  parts: RouteParts,
  route: Route<T>,
  places: Bulkhead,
  around: { leftMs: number; budget: CallBudget; limits: TryLimits },
): Promise<Entered> {
  const { leftMs, budget, limits } = around;
  const inTime = AbortSignal.any([
    abortSignalOf(budget.signal),
    AbortSignal.timeout(Math.min(leftMs, limits.shutMs)),
  ]);
  const place = await places.enter(budget.party, inTime).catch(() => undefined);
  if (!place) return budget.signal.aborted ? "shut" : "full";
  try {
    const entered = await admit(parts, route, place, around);
    if (entered === "shut") place.leave();
    return entered;
  } catch (error) {
    place.leave();
    throw error;
  }
}

function admit<T>(
  { breakers }: RouteParts,
  route: Route<T>,
  place: Place | undefined,
  { leftMs, budget: { signal } }: { leftMs: number; budget: CallBudget },
): Entered | Promise<Entered> {
  const entered = (admitted: Admitted) =>
    admitted.kind === "shut" ? "shut" : leaving(breakers, route, { pass: admitted.pass, place, signal });
  const admitted = breakers.admit(route, leftMs + LEASE_BEYOND);
  return admitted instanceof Promise ? admitted.then(entered) : entered(admitted);
}

type Entered = Leave | "shut" | "full";

function leaving<T>(
  breakers: RouteParts["breakers"],
  route: Route<T>,
  { pass, place, signal }: { pass: Pass; place: Place | undefined; signal: Leaving },
): Leave {
  let left = false;
  return (error) => {
    if (left) return undefined;
    left = true;
    place?.leave();
    if (error === undefined) return breakers.ended(route, pass, "answered");
    const { outcome, because } = effectOf(error);
    // A caller who goes away says nothing about the model.
    return breakers.ended(route, pass, signal.aborted ? "nothing" : outcome, because);
  };
}

/** What the caller is told: a refusal of the request itself, else what the first route that was asked said last. */
function reasonOf(
  next: Extract<NextTry, { kind: "give_up" }>,
  tries: readonly RouteTry[],
  now: number,
): PilotageError {
  const refusal = tries.find((one) => next.because === "refused" && effectOf(one.error).next === "none");
  if (refusal) return refusal.error!;
  const first = Math.min(...tries.map((one) => one.route));
  const error = tries.findLast((one) => one.route === first)?.error;
  if (error) return error;
  if (next.because === "shut")
    return modelFailure(
      "overloaded",
      "Nobody was asked: every model that could answer failed so often that it is left alone for a while.",
      {
        hint: "Try again after the time in Retry-After; the page Operations shows the breakers.",
        details: { retryAfterMs: Math.max(1, Math.round(next.until - now)) },
      },
    );
  if (next.because === "deadline")
    return modelFailure("timeout_total", "The time for the request was over before a model could be asked.");
  return modelFailure("unusable", "There is no model that may be asked.");
}

function asFailure(error: unknown): PilotageError {
  return error instanceof PilotageError
    ? error
    : new PilotageError("internal", `Asking the model failed: ${String(error)}`, { cause: error });
}

function noPlace({ connection }: BreakerKey): PilotageError {
  return modelFailure(
    "overloaded",
    `Every place of the connection ${connection} was taken for too long; it was not asked.`,
    { hint: "Raise mostInFlight of the connection if the provider can take more calls at once." },
  );
}

function brokenOff(): PilotageError {
  return modelFailure("aborted", "The call was broken off before a model answered.");
}

async function pause(milliseconds: number, leaving: Leaving): Promise<void> {
  const signal = abortSignalOf(leaving);
  await sleep(Math.max(1, Math.ceil(milliseconds)), undefined, { signal }).catch(() => undefined);
}
