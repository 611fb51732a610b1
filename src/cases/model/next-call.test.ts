import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AttemptState } from "../../contract/states.ts";
import {
  nextCall,
  pauseAfter,
  takenUpAgain,
  type Chain,
  type NextCall,
  type PastAttempt,
  type Purpose,
  type Shut,
} from "./next-call.ts";

const MODEL = { connection: "big", timeout: 1_000 };
const OTHER = { connection: "small", timeout: 1_000 };
const LOCAL = { local: "classifier", timeout: 1_000 };
const START = 1_000_000;
const HOUR = 3_600_000;
const DOWN = "model_unavailable";

interface Past {
  step?: number;
  state?: AttemptState;
  purpose?: Purpose;
  error?: string;
  retryable?: boolean;
  at?: number;
}

function past(list: Past[]): PastAttempt[] {
  return list.map(
    ({ step = 0, state = "failed", purpose = "answer", error = DOWN, retryable = true, at = 0 }, i) => ({
      no: i + 1,
      step,
      purpose,
      state,
      error: state === "failed" ? error : null,
      retryable: state === "failed" ? retryable : null,
      finishedAt: START + at,
    }),
  );
}

const next = (chain: Chain, attempts: Past[], more: { now?: number; dueAt?: number } = {}) =>
  nextCall(chain, past(attempts), {
    now: START + (more.now ?? 0),
    receivedAt: START,
    dueAt: more.dueAt === undefined ? undefined : START + more.dueAt,
  });

const refused: Past = { error: "model_refused", retryable: false };
const badOutput: Past = { error: "model_bad_answer", retryable: false };
const abandoned: Past = { state: "abandoned" };
const ask = (step: number): NextCall => ({ kind: "ask", step });
const wait = (at: number): NextCall => ({ kind: "wait", until: START + at });
const giveUp = (because: Extract<NextCall, { kind: "give_up" }>["because"]): NextCall => ({
  kind: "give_up",
  because,
});

describe("the chain", () => {
  test.each<[string, Chain, Past[], { now?: number; dueAt?: number }, NextCall]>([
    ["begins with the release's model", [MODEL, OTHER], [], {}, ask(0)],
    [
      "asks for an answer anew whose process ended among its samples",
      [MODEL, OTHER],
      [abandoned, { purpose: "sample", state: "answered" }, { ...refused, purpose: "sample" }],
      {},
      ask(0),
    ],
    [
      "does not count abandoned samples as more endings of the program",
      [MODEL],
      [abandoned, ...Array.from({ length: 6 }, (): Past => ({ ...abandoned, purpose: "sample" }))],
      {},
      ask(0),
    ],
    [
      "repairs no other step when a verification was abandoned after a repair",
      [MODEL, OTHER],
      [badOutput, { ...abandoned, purpose: "repair" }, { ...abandoned, purpose: "verify" }],
      {},
      ask(0),
    ],
    ["waits a second after the first failure", [MODEL], [{}], {}, wait(1_000)],
    ["asks again when the second is over", [MODEL], [{}], { now: 1_000 }, ask(0)],
    ["waits for no time that it saw before the clock was set back", [MODEL], [{ at: HOUR }], {}, ask(0)],
    ["waits four seconds after the second", [MODEL], [{}, { at: 1_000 }], { now: 1_000 }, wait(5_000)],
    ["goes on after three failures", [MODEL, OTHER], [{}, {}, {}], {}, ask(1)],
    ["goes on at once when another try cannot help", [MODEL, OTHER], [refused], {}, ask(1)],
    ["goes on at once from a bad output", [MODEL, OTHER], [badOutput], {}, ask(1)],
    ["gives every step its own tries", [MODEL, OTHER], [{}, {}, {}, { step: 1 }], {}, wait(1_000)],
    ["goes on to the local model", [MODEL, LOCAL], [{}, {}, {}], {}, ask(1)],
    [
      "ends at manual, whatever stands behind it",
      [MODEL, "manual", OTHER],
      [refused],
      {},
      giveUp("model_failed"),
    ],
    ["ends with its last step", [MODEL], [refused], {}, giveUp("model_failed")],
    ["says when it was the output that was bad", [MODEL, "manual"], [badOutput], {}, giveUp("bad_output")],
    [
      "says what the last step did",
      [MODEL, OTHER],
      [badOutput, { ...refused, step: 1 }],
      {},
      giveUp("model_failed"),
    ],
    ["a crash resumes at the same step", [MODEL, OTHER], [refused, { ...abandoned, step: 1 }], {}, ask(1)],
    ["a crash is not a failure", [MODEL], [abandoned, abandoned], {}, ask(0)],
    [
      "a crash in the repair asks the step anew",
      [MODEL, OTHER],
      [badOutput, { ...abandoned, purpose: "repair" }],
      {},
      ask(0),
    ],
    [
      "a repair that failed is not asked anew",
      [MODEL, OTHER],
      [badOutput, { ...badOutput, purpose: "repair" }],
      {},
      ask(1),
    ],
    [
      "the fifth crash sends the case to a person",
      [MODEL],
      Array.from({ length: 5 }, () => abandoned),
      {},
      giveUp("abandoned"),
    ],
  ])("%s", (_, chain, attempts, times, expected) => {
    expect(next(chain, attempts, times)).toEqual(expected);
  });
});

describe("the step `queue`", () => {
  const failed: Past[] = [{}, {}, {}];

  test("waits, and asks the release's model again", () => {
    expect(next([MODEL, "queue"], failed)).toEqual(wait(600_000));
    expect(next([MODEL, "queue"], failed, { now: 600_000 })).toEqual(ask(0));
  });

  test("comes after the other models when it stands behind them", () => {
    expect(next([MODEL, OTHER, "queue"], failed)).toEqual(ask(1));
    expect(next([MODEL, OTHER, "queue"], [...failed, { ...refused, step: 1 }])).toEqual(wait(600_000));
  });

  test("waits no longer than until the case is due", () => {
    expect(next([MODEL, "queue"], failed, { dueAt: 90_000 })).toEqual(wait(90_000));
    expect(next([MODEL, "queue"], failed, { now: 90_000, dueAt: 90_000 })).toEqual(giveUp("model_failed"));
  });

  test("waits an hour for a case without a due time", () => {
    expect(next([MODEL, "queue"], [...failed, { at: 3_500_000 }], { now: 3_500_000 })).toEqual(wait(HOUR));
    expect(next([MODEL, "queue"], failed, { now: HOUR })).toEqual(giveUp("model_failed"));
  });

  test("then goes on with what stands behind it", () => {
    expect(next([MODEL, "queue", LOCAL], failed, { now: HOUR })).toEqual(ask(2));
  });

  test("does not wait for a model that will never answer", () => {
    expect(next([MODEL, "queue", LOCAL], [refused])).toEqual(ask(2));
  });
});

describe("a step whose breaker is open", () => {
  const QUEUE: Chain = [MODEL, "queue"];
  /** With these steps shut until so many milliseconds after the start. */
  const shutting = (
    shut: Record<number, number | "trying">,
    chain: Chain,
    attempts: Past[] = [],
    more: { now?: number; dueAt?: number } = {},
  ) => {
    const now = START + (more.now ?? 0);
    return nextCall(
      chain,
      past(attempts),
      { now, receivedAt: START, dueAt: more.dueAt === undefined ? undefined : START + more.dueAt },
      (step): Shut | undefined => {
        const until = shut[step];
        if (until === undefined) return undefined;
        return until === "trying"
          ? { since: START, until: now + 60_000, trying: true }
          : { since: START, until: START + until, trying: false };
      },
    );
  };

  test("gives way to the next one at once", () => {
    expect(shutting({ 0: 5_000 }, [MODEL, OTHER])).toEqual({ kind: "ask", step: 1, passedOver: [0] });
    expect(shutting({ 0: 5_000, 1: 9_000 }, [MODEL, OTHER, LOCAL])).toEqual({
      kind: "ask",
      step: 2,
      passedOver: [0, 1],
    });
  });

  test("does so also in the middle of its own pauses", () => {
    expect(shutting({ 0: 5_000 }, [MODEL, OTHER], [{}])).toEqual({ kind: "ask", step: 1, passedOver: [0] });
  });

  test("is asked again when its breaker has closed while another step failed", () => {
    expect(shutting({}, [MODEL, OTHER], [{ step: 1 }])).toEqual(ask(0));
  });

  test("is waited for when no other is left, until the first trial", () => {
    expect(shutting({ 0: 5_000 }, [MODEL, "manual"])).toEqual({
      kind: "wait",
      until: START + 5_000,
      shut: 0,
    });
    expect(shutting({ 0: 9_000, 1: 5_000 }, [MODEL, OTHER])).toEqual({
      kind: "wait",
      until: START + 5_000,
      shut: 1,
    });
  });

  test("is looked at again soon while somebody tries it", () => {
    expect(shutting({ 0: "trying" }, [MODEL])).toEqual({ kind: "wait", until: START + 1_000, shut: 0 });
  });

  test("is given up two minutes after the case came, was last tried, or the breaker opened", () => {
    const opened = (now: number) =>
      nextCall([MODEL], [], { now: START + now, receivedAt: START, dueAt: undefined }, () => ({
        since: START + HOUR,
        until: START + now + 60_000,
        trying: false,
      }));
    expect(opened(HOUR)).toMatchObject({ kind: "wait", until: START + HOUR + 60_000 });
    expect(opened(HOUR + 120_000)).toMatchObject({ kind: "give_up" });
    expect(shutting({ 0: 200_000 }, [MODEL], [], { now: 60_000 })).toMatchObject({ until: START + 120_000 });
    expect(shutting({ 0: 200_000 }, [MODEL], [], { now: 120_000 })).toEqual({
      kind: "give_up",
      because: "model_failed",
      passedOver: [0],
    });
    expect(shutting({ 0: 200_000 }, [MODEL], [{ at: 50_000 }], { now: 120_000 })).toMatchObject({
      until: START + 170_000,
    });
  });

  test("is waited for no longer than until the case is due", () => {
    expect(shutting({ 0: 60_000 }, [MODEL], [], { dueAt: 20_000 })).toMatchObject({ until: START + 20_000 });
    expect(shutting({ 0: 60_000 }, [MODEL], [], { now: 20_000, dueAt: 20_000 })).toMatchObject({
      kind: "give_up",
    });
  });

  test("is waited for in the queue, however long that lasts", () => {
    expect(shutting({ 0: 600_000 }, QUEUE, [], { now: 550_000 })).toEqual({
      kind: "wait",
      until: START + 600_000,
      shut: 0,
    });
    expect(shutting({ 0: HOUR + 9_000 }, QUEUE, [], { now: HOUR - 9_000 })).toMatchObject({
      until: START + HOUR,
    });
    expect(shutting({ 0: HOUR + 9_000 }, QUEUE, [], { now: HOUR })).toMatchObject({ kind: "give_up" });
  });

  test("is waited for only once when the clock was set back", () => {
    expect(shutting({ 0: 60_000 }, [MODEL], [{ at: HOUR }])).toMatchObject({ kind: "give_up" });
  });
});

test("pauses grow fourfold from one second and stay under ten minutes", () => {
  expect([1, 2, 3, 4, 5, 6, 50].map(pauseAfter)).toEqual([
    1_000, 4_000, 16_000, 64_000, 256_000, 600_000, 600_000,
  ]);
});

type Ending =
  "answered" | "retryable" | "refused" | "bad" | "bad twice" | "abandoned" | "abandoned in repair";
const chains = fc
  .array(fc.constantFrom(OTHER, LOCAL, "queue" as const, "manual" as const), { maxLength: 4 })
  .map((rest): Chain => [MODEL, ...rest]);
const endings = fc.infiniteStream(
  fc.constantFrom<Ending>("retryable", "refused", "bad", "bad twice", "abandoned", "abandoned in repair"),
);

/** Plays a case through: each ask ends as the next ending says, each wait is waited out. */
function play(
  chain: Chain,
  ending: Iterator<Ending>,
  dueAt: number | undefined,
  shutFor: Iterator<number>,
): { asked: number[]; now: number; end: NextCall } {
  const attempts: PastAttempt[] = [];
  const asked: number[] = [];
  let now = START;
  const add = (step: number, one: Past) =>
    attempts.push({ ...past([{ ...one, step }])[0]!, no: attempts.length + 1, finishedAt: now });
  const shut = new Map<number, { since: number; until: number }>();
  for (let turn = 0; turn < 1_000; turn++) {
    for (const step of chain.keys()) {
      const window = shut.get(step);
      if (window && window.until > now) continue;
      // A trial fails, or the breaker closes for at least one look.
      const pause = shutFor.next().value as number;
      if (pause === 0) shut.delete(step);
      else shut.set(step, { since: window?.since ?? now, until: now + pause });
    }
    const end = nextCall(chain, attempts, { now, receivedAt: START, dueAt }, (step) => {
      const window = shut.get(step);
      return window && chain[step] !== LOCAL ? { ...window, trying: window.until % 2 === 0 } : undefined;
    });
    if (end.kind === "give_up") return { asked, now, end };
    if (end.kind === "wait") {
      expect(end.until).toBeGreaterThan(now);
      now = end.until;
      continue;
    }
    asked.push(end.step);
    expect(chain[end.step] === LOCAL || !shut.has(end.step)).toBe(true);
    expect(typeof chain[end.step]).toBe("object");
    now += 10;
    const how = ending.next().value as Ending;
    if (how === "retryable") add(end.step, {});
    else if (how === "refused") add(end.step, refused);
    else if (how === "abandoned") add(end.step, abandoned);
    else {
      add(end.step, badOutput);
      if (how === "bad twice") add(end.step, { ...badOutput, purpose: "repair" });
      if (how === "abandoned in repair") add(end.step, { ...abandoned, purpose: "repair" });
    }
  }
  throw new Error("the chain does not end");
}

test("every chain ends, whatever its models do, soon after the case is due", () => {
  fc.assert(
    fc.property(
      chains,
      endings,
      fc.option(fc.integer({ min: 0, max: 5 * HOUR }), { nil: undefined }),
      fc.infiniteStream(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 60_000 }))),
      (chain, ending, due, shutFor) => {
        const dueAt = due === undefined ? undefined : START + due;
        const { now, end } = play(chain, ending[Symbol.iterator](), dueAt, shutFor[Symbol.iterator]());
        expect(end.kind).toBe("give_up");
        // The pauses of each step's tries and the calls themselves come on top; the queue itself adds nothing.
        expect(now).toBeLessThan((dueAt ?? START + HOUR) + 60_000);
      },
    ),
    { numRuns: 500 },
  );
});

test("a crash at any moment resumes where the case stood", () => {
  fc.assert(
    fc.property(
      chains,
      fc.array(fc.constantFrom<Ending>("retryable", "refused", "bad twice"), { maxLength: 12 }),
      (chain, list) => {
        const attempts: PastAttempt[] = [];
        let now = START;
        for (const how of list) {
          const call = nextCall(chain, attempts, { now, receivedAt: START, dueAt: undefined });
          if (call.kind === "give_up") return;
          if (call.kind === "wait") {
            now = call.until;
            continue;
          }
          const crashed: PastAttempt = {
            ...past([{ ...abandoned, step: call.step }])[0]!,
            no: attempts.length + 1,
            finishedAt: now,
          };
          expect(
            nextCall(chain, [...attempts, crashed], { now, receivedAt: START, dueAt: undefined }),
          ).toEqual(call);
          const failure = how === "retryable" ? {} : how === "refused" ? refused : badOutput;
          attempts.push({
            ...past([{ ...failure, step: call.step }])[0]!,
            no: attempts.length + 1,
            finishedAt: now,
          });
        }
      },
    ),
  );
});

describe("a step whose budget is spent", () => {
  const spending = (chain: Chain, spent: number[], attempts: Past[] = []) =>
    nextCall(
      chain,
      past(attempts),
      { now: START, receivedAt: START, dueAt: START + HOUR },
      () => undefined,
      new Set(spent),
    );

  test("gives way to the next one, over a queue that would wait for it", () => {
    expect(spending([MODEL, "queue", LOCAL], [0])).toEqual(ask(2));
  });

  test("leaves the case to a person, who hears why, where no step is left", () => {
    expect(spending([MODEL, "queue"], [0])).toEqual(giveUp("budget_spent"));
    expect(spending([MODEL, OTHER, "manual"], [0, 1])).toEqual(giveUp("budget_spent"));
  });

  test("is not taken up again for a repair that a dead process began", () => {
    const attempts: Past[] = [
      { error: "model_bad_answer", retryable: false },
      { state: "abandoned", purpose: "repair" },
    ];
    expect(spending([MODEL, LOCAL], [0], attempts)).toEqual(ask(1));
  });

  test("holds back no other step: a fallback's pause is kept", () => {
    expect(spending([MODEL, OTHER], [0], [{ step: 1 }])).toEqual(wait(1_000));
  });
});

describe("a pause that a provider asks for", () => {
  const times = { now: START, dueAt: undefined };

  test("is kept when it is longer than ours", () => {
    expect(takenUpAgain(START + 1_000, 60_000, times)).toBe(START + 60_000);
    expect(takenUpAgain(START + 16_000, 1_000, times)).toBe(START + 16_000);
    expect(takenUpAgain(START + 16_000, undefined, times)).toBe(START + 16_000);
  });

  test("counts up to ten minutes, whatever figure was sent", () => {
    for (const asked of [365 * 24 * HOUR, 1e300, Infinity])
      expect(takenUpAgain(START + 1_000, asked, times)).toBe(START + 600_000);
  });

  test("never goes past the time at which the case is due", () => {
    expect(takenUpAgain(START + 1_000, 60_000, { now: START, dueAt: START + 30_000 })).toBe(START + 30_000);
    expect(takenUpAgain(START + 1_000, 60_000, { now: START, dueAt: START - 1 })).toBe(START + 60_000);
  });
});
