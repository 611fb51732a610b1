import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nextTry, type NextTry, type PastTry, type RouteState } from "./next-try.ts";

const FREE: RouteState = { larger: false, shut: undefined };
const LARGER: RouteState = { larger: true, shut: undefined };
const shut = (until: number, trying = false): RouteState => ({ larger: false, shut: { until, trying } });

const failed = (more: Partial<PastTry> = {}): PastTry => ({
  route: 0,
  same: true,
  next: "any",
  retryAfterMs: undefined,
  endedAt: 0,
  chance: 0.5,
  ...more,
});
const silent = (more: Partial<PastTry> = {}) => failed({ same: false, ...more });
const next = (
  routes: RouteState[],
  tries: PastTry[],
  times: { now?: number; start?: number; deadline?: number } = {},
) => nextTry(routes, tries, { now: 0, start: 0, deadline: 30_000, ...times });
const ask = (route: number): NextTry => ({ kind: "ask", route });
const wait = (until: number): NextTry => ({ kind: "wait", until });
const over = (because: "refused" | "no_route" | "tries" | "deadline"): NextTry => ({
  kind: "give_up",
  because,
});

describe("the next try", () => {
  test.each<[string, RouteState[], PastTry[], Parameters<typeof next>[2], NextTry]>([
    ["begins with the first route", [FREE, FREE], [], {}, ask(0)],
    ["waits a random part of half a second", [FREE, FREE], [failed()], {}, wait(250)],
    ["asks again when that is over", [FREE, FREE], [failed()], { now: 250 }, ask(0)],
    [
      "waits up to twice as long after the second",
      [FREE],
      [failed(), failed({ endedAt: 300 })],
      { now: 300 },
      wait(800),
    ],
    ["goes on after two retries", [FREE, FREE], [failed(), failed(), failed()], {}, ask(1)],
    ["gives up when no route is left", [FREE], [failed(), failed(), failed()], {}, over("no_route")],
    [
      "gives up after six tries",
      [FREE, FREE, FREE],
      Array.from({ length: 6 }, (_, i) => failed({ route: i >> 1 })),
      { now: 9_000 },
      over("tries"),
    ],
    ["waits as long as it is asked to", [FREE, FREE], [failed({ retryAfterMs: 2_000 })], {}, wait(2_000)],
    ["goes on rather than wait long", [FREE, FREE], [failed({ retryAfterMs: 20_000 })], {}, ask(1)],
    ["waits long when nobody else is there", [FREE], [failed({ retryAfterMs: 20_000 })], {}, wait(20_000)],
    ["never waits past the deadline", [FREE], [failed({ retryAfterMs: 40_000 })], {}, over("deadline")],
    ["ends at the deadline", [FREE, FREE], [], { now: 30_000 }, over("deadline")],
    ["leaves a silent route", [FREE, FREE], [silent()], {}, ask(1)],
    ["never asks a silent route again", [FREE], [silent()], { now: 20_000 }, over("no_route")],
    [
      "takes a request that was too long to a larger route",
      [FREE, FREE, LARGER],
      [silent({ next: "larger" })],
      {},
      ask(2),
    ],
    ["and to no other", [FREE, FREE], [silent({ next: "larger" })], {}, over("no_route")],
    [
      "goes no other way round a refusal of what the request says",
      [FREE, LARGER],
      [silent({ next: "none" })],
      {},
      over("refused"),
    ],
    ["passes a route over whose breaker is open", [shut(9_000), FREE], [], {}, ask(1)],
    ["comes back to it when it is closed", [FREE, FREE], [failed({ route: 1 })], {}, ask(0)],
    ["waits a little for a breaker when nobody else is there", [shut(5_000)], [], {}, wait(5_000)],
    ["and not for long", [shut(9_000)], [], {}, { kind: "give_up", because: "shut", until: 9_000 }],
    ["looks again soon while somebody tries", [shut(60_000, true)], [], {}, wait(250)],
    [
      "and not for ever",
      [shut(60_000, true)],
      [],
      { now: 5_900 },
      { kind: "give_up", because: "shut", until: 60_000 },
    ],
  ])("%s", (_, routes, tries, times, expected) => {
    expect(next(routes, tries, times)).toEqual(expected);
  });
});

type How = {
  same: boolean;
  next: PastTry["next"];
  takes: number;
  retryAfterMs: number | undefined;
  chance: number;
};
const hows = fc.infiniteStream(
  fc.record({
    same: fc.boolean(),
    next: fc.constantFrom<PastTry["next"]>("any", "any", "any", "larger", "none"),
    takes: fc.integer({ min: 0, max: 12_000 }),
    retryAfterMs: fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: undefined }),
    chance: fc.double({ min: 0, max: 0.999, noNaN: true }),
  }),
);
const someRoutes = fc.array(
  fc.record({
    larger: fc.boolean(),
    shutFor: fc.option(fc.integer({ min: 1, max: 70_000 }), { nil: undefined }),
    trying: fc.boolean(),
  }),
  { minLength: 1, maxLength: 4 },
);

test("whatever the routes do, a caller's tries are few, in time, and end", () => {
  fc.assert(
    fc.property(someRoutes, hows, fc.integer({ min: 1, max: 60_000 }), (given, stream, deadline) => {
      const ends = stream[Symbol.iterator]();
      const tries: PastTry[] = [];
      let now = 0;
      for (let turn = 0; turn < 500; turn++) {
        const routes = given.map(({ larger, shutFor, trying }): RouteState => ({
          larger,
          shut: shutFor !== undefined && shutFor > now ? { until: shutFor, trying } : undefined,
        }));
        const call = nextTry(routes, tries, { now, start: 0, deadline });
        if (call.kind === "give_up") {
          expect(tries.length).toBeLessThanOrEqual(6);
          return;
        }
        if (call.kind === "wait") {
          expect(call.until).toBeGreaterThan(now);
          expect(call.until).toBeLessThan(deadline);
          now = call.until;
          continue;
        }
        const own = tries.filter((one) => one.route === call.route);
        expect(now).toBeLessThan(deadline);
        expect(own.length).toBeLessThan(3);
        expect(own.every((one) => one.same)).toBe(true);
        expect(tries.every((one) => one.next !== "none")).toBe(true);
        if (tries.some((one) => one.next === "larger")) expect(routes[call.route]!.larger).toBe(true);
        expect(routes[call.route]!.shut).toBeUndefined();
        const last = own.at(-1);
        if (last?.retryAfterMs !== undefined)
          expect(now).toBeGreaterThanOrEqual(last.endedAt + last.retryAfterMs);
        const how = ends.next().value as How;
        now += Math.min(how.takes, deadline - now);
        tries.push({
          route: call.route,
          endedAt: now,
          same: how.same,
          next: how.next,
          retryAfterMs: how.retryAfterMs,
          chance: how.chance,
        });
      }
      throw new Error("it does not end");
    }),
    { numRuns: 1_000 },
  );
});
