import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  admission,
  afterTrial,
  counted,
  NO_TALLY,
  opened,
  opens,
  pauseOf,
  tried,
  type Breaker,
  type CallOutcome,
  type Tally,
} from "./breaker.ts";

const START = 1_000_000_000_000;
const CLOSED = { state: "closed", generation: 0, since: START } as const;

/** The tally after these calls, each so many milliseconds after the first. */
function seen(list: [CallOutcome, number][]): Tally {
  return list.reduce(
    (tally, [outcome, at]) => counted(tally, outcome as "answered" | "failed", START + at),
    NO_TALLY,
  );
}
const times = (count: number, outcome: CallOutcome, every = 100): [CallOutcome, number][] =>
  Array.from({ length: count }, (_, i) => [outcome, i * every]);

describe("a breaker opens", () => {
  test("after five failures in a row, not after four", () => {
    expect(opens(seen(times(4, "failed")))).toBe(false);
    expect(opens(seen(times(5, "failed")))).toBe(true);
  });

  test("not when an answer comes between them", () => {
    expect(opens(seen([...times(4, "failed"), ["answered", 400], ["failed", 500]]))).toBe(false);
  });

  test("when half of ten calls within half a minute failed", () => {
    const mixed = (length: number, every: number) =>
      Array.from({ length }, (_, i): [CallOutcome, number] => [
        i % 2 === 0 ? "answered" : "failed",
        i * every,
      ]);
    expect(opens(seen(mixed(8, 1_000)))).toBe(false);
    expect(opens(seen(mixed(10, 1_000)))).toBe(true);
    expect(opens(seen(mixed(20, 4_000)))).toBe(false);
  });

  test("never by an answer", () => {
    const failing = seen(times(12, "failed"));
    expect(opens(failing)).toBe(true);
    expect(opens(counted(failing, "answered", START + 1_300))).toBe(false);
  });

  test("and forgets what it saw before the clock was set back", () => {
    const before = seen(times(4, "failed"));
    expect(counted(before, "answered", START - 3_600_000).slices).toHaveLength(1);
  });
});

describe("an open breaker", () => {
  const open = opened(CLOSED, START);

  test("lets nobody through for five seconds, then one call", () => {
    expect(admission(open, START + 4_999)).toEqual({
      kind: "shut",
      since: START,
      until: START + 5_000,
      trying: false,
    });
    expect(admission(open, START + 5_000)).toEqual({ kind: "trial" });
    const trying = tried(open, "a", START + 5_000, 2_000);
    expect(admission(trying, START + 5_000)).toEqual({
      kind: "shut",
      since: START,
      until: START + 7_000,
      trying: true,
    });
  });

  test("gives the trial to another when whoever made it does not come back", () => {
    expect(admission(tried(open, "a", START + 5_000, 2_000), START + 7_000)).toEqual({ kind: "trial" });
  });

  test("waits twice as long after each failed trial, at most twenty seconds", () => {
    expect([1, 2, 3, 4, 5, 6, 1_000].map((openings) => pauseOf(openings))).toEqual([
      5_000, 10_000, 20_000, 20_000, 20_000, 20_000, 20_000,
    ]);
    const again = afterTrial(tried(open, "a", START + 5_000, 2_000), "failed", START + 6_000);
    expect(admission(again, START + 15_999)).toMatchObject({ kind: "shut" });
    expect(admission(again, START + 16_000)).toEqual({ kind: "trial" });
    expect(again.since).toBe(START);
  });

  test("closes with the first answer, and starts from five seconds when it opens again", () => {
    const closed = afterTrial(tried(open, "a", START + 5_000, 2_000), "answered", START + 5_100);
    expect(admission(closed, START + 5_100)).toEqual({ kind: "go" });
    if (closed.state !== "closed") throw new Error("it is closed");
    expect(opened(closed, START + 9_000)).toMatchObject({ openings: 1, trialAt: START + 14_000 });
  });

  test("has its next trial at once when one ended without a word", () => {
    expect(
      admission(afterTrial(tried(open, "a", START + 5_000, 9_000), "nothing", START + 5_100), START + 5_100),
    ).toEqual({ kind: "trial" });
  });

  test("is not kept shut by a time from before the clock was set back", () => {
    expect(admission(open, START - 3_600_000)).toEqual({ kind: "trial" });
    expect(admission(tried(open, "a", START, 10_000), START - 3_600_000)).toEqual({ kind: "trial" });
  });
});

type Step = { kind: "call"; outcome: CallOutcome; takes: number } | { kind: "pass"; ms: number };
const steps = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("call" as const),
      outcome: fc.constantFrom<CallOutcome>("answered", "failed", "failed", "nothing"),
      takes: fc.integer({ min: 0, max: 8_000 }),
    }),
    fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 0, max: 20_000 }) }),
  ),
  { maxLength: 120 },
);
const LEASE = 10_000;

/** Plays calls against one breaker as the board does; a call ends before its lease. */
function play(
  list: readonly Step[],
  check: (moment: { breaker: Breaker; trying: number; now: number }) => void,
): Breaker {
  let breaker: Breaker = CLOSED;
  let tally = NO_TALLY;
  let now = START;
  let calls: { endsAt: number; outcome: CallOutcome; probe: string | undefined; generation: number }[] = [];
  const look = () => check({ breaker, trying: calls.filter((one) => one.probe !== undefined).length, now });
  function end(until: number): void {
    const due = calls.filter((one) => one.endsAt <= until).sort((a, b) => a.endsAt - b.endsAt);
    calls = calls.filter((one) => one.endsAt > until);
    for (const one of due) {
      now = Math.max(now, one.endsAt);
      if (one.probe !== undefined) {
        if (breaker.state !== "open" || breaker.probe?.by !== one.probe)
          throw new Error("the trial was lost");
        breaker = afterTrial(breaker, one.outcome, now);
        if (breaker.state === "closed") tally = NO_TALLY;
      } else if (
        breaker.state === "closed" &&
        one.generation === breaker.generation &&
        one.outcome !== "nothing"
      ) {
        tally = counted(tally, one.outcome, now);
        if (one.outcome === "failed" && opens(tally)) breaker = opened(breaker, now);
      }
    }
    now = Math.max(now, until);
  }
  for (const [i, step] of list.entries()) {
    if (step.kind === "pass") end(now + step.ms);
    else {
      const found = admission(breaker, now);
      if (found.kind !== "shut") {
        let probe: string | undefined;
        if (found.kind === "trial" && breaker.state === "open") {
          probe = `p${i}`;
          breaker = tried(breaker, probe, now, LEASE);
        }
        calls.push({
          endsAt: now + step.takes,
          outcome: step.outcome,
          probe,
          generation: breaker.generation,
        });
      }
    }
    look();
  }
  end(now + LEASE);
  return breaker;
}

describe("whatever calls do", () => {
  test("there is never more than one trial, and none while the breaker is closed", () => {
    fc.assert(
      fc.property(steps, (list) => {
        play(list, ({ breaker, trying }) => {
          expect(trying).toBeLessThanOrEqual(breaker.state === "open" ? 1 : 0);
        });
      }),
      { numRuns: 500 },
    );
  });

  test("an open breaker has a trial within twenty seconds, and is closed after its answer", () => {
    fc.assert(
      fc.property(steps, (list) => {
        const breaker = play(list, () => undefined);
        if (breaker.state === "closed") return;
        const now = breaker.trialAt;
        expect(breaker.trialAt - breaker.since).toBeGreaterThan(0);
        expect(admission(breaker, now)).toEqual({ kind: "trial" });
        expect(admission(breaker, now - 20_000 - 5_000)).not.toEqual({ kind: "go" });
        const closed = afterTrial(tried(breaker, "last", now, LEASE), "answered", now);
        expect(admission(closed, now)).toEqual({ kind: "go" });
      }),
      { numRuns: 500 },
    );
  });
});
