/** What a rollback takes back, and where its cases go: by histories that are played. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { leadsBackTo, meant, SAME_REQUEST, type Past } from "./rollout-back.ts";

interface Played {
  /** The newest first. */
  rollouts: Past[];
  /** Those that were ever promoted. */
  promoted: Set<string>;
  stable: string;
  now: number;
}

const RELEASES = ["rel_a", "rel_b", "rel_c", "rel_d"];
const parts = {
  release: fc.constantFrom(...RELEASES),
  wait: fc.constantFrom(0, 1_000, SAME_REQUEST, SAME_REQUEST + 1),
};
const step = fc.record({
  ...parts,
  act: fc.constantFrom("begin", "shadow", "advance", "promote", "abort", "press", "press", "refuse"),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const openOf = ({ rollouts }: Played) => rollouts.find(({ ended_at }) => ended_at === null);

function takeBack(played: Played, rollout: Past): void {
  const promotions = played.rollouts.filter(({ id }) => played.promoted.has(id));
  if (rollout.release === played.stable)
    played.stable = leadsBackTo(rollout, promotions, openOf(played)?.release);
  rollout.state = "rolled_back";
  rollout.ended_at = played.now;
}

/** Plays one step as the program does; answers what a press without a name came to. */
function play(played: Played, { act, release, wait }: Step) {
  played.now += wait;
  const { rollouts, stable, now } = played;
  const open = openOf(played);
  switch (act) {
    case "begin":
    case "shadow":
      if (!open && release !== stable)
        rollouts.unshift({
          id: `roll_${String(rollouts.length).padStart(4, "0")}`,
          release,
          control: stable,
          ...(act === "begin"
            ? { state: "running", first_case: "case_1" }
            : { state: "shadow", first_case: null }),
          ended_at: null,
        });
      return undefined;
    case "advance":
      if (open) Object.assign(open, { state: "running", first_case: "case_1" });
      return undefined;
    case "promote":
      if (!open || open.first_case === null) return undefined;
      Object.assign(open, { state: "promoted", ended_at: now });
      played.promoted.add(open.id);
      played.stable = open.release;
      return undefined;
    case "abort":
      if (open) Object.assign(open, { state: "aborted", ended_at: now });
      return undefined;
    case "refuse": {
      const its = rollouts.filter(
        (one) => one.release === release && (one.state === "promoted" || one === open),
      );
      for (const rollout of its)
        if (rollout.first_case === null) Object.assign(rollout, { state: "aborted", ended_at: now });
        else takeBack(played, rollout);
      return undefined;
    }
    case "press": {
      const answer = meant({ newestFirst: rollouts }, stable, now);
      // One without a case cannot be taken back: the step refuses it.
      if (answer.kind === "take" && answer.rollout.first_case !== null) takeBack(played, answer.rollout);
      return answer;
    }
  }
}

const histories = fc.array(step, { maxLength: 40 });
/** Long ones in which few rollouts end before their promotion, so that several releases are about at once. */
const promoting = fc.array(
  fc.record({ ...parts, act: fc.constantFrom("begin", "promote", "begin", "promote", "abort", "refuse") }),
  { maxLength: 40, size: "max" },
);
const played = (steps: readonly Step[]) => {
  const all: Played = { rollouts: [], promoted: new Set(), stable: "manual", now: 0 };
  for (const one of steps) play(all, one);
  return all;
};

test("however often a request without a name is sent, one release at most is taken out", () => {
  fc.assert(
    fc.property(histories, fc.array(fc.nat(2 * SAME_REQUEST), { maxLength: 6 }), (steps, waits) => {
      const all = played(steps);
      const out = () => all.rollouts.filter(({ state }) => state === "rolled_back").length;
      const before = out();
      for (const wait of waits) play(all, { act: "press", release: "", wait });
      expect(out() - before).toBeLessThanOrEqual(1);
    }),
  );
});

test("a request that names a rollout takes back that one, or nothing", () => {
  fc.assert(
    fc.property(histories, fc.nat(), (steps, pick) => {
      const { rollouts, stable, now } = played(steps);
      if (rollouts.length === 0) return;
      const named = rollouts[pick % rollouts.length]!;
      const answer = meant({ named }, stable, now + SAME_REQUEST * 9);
      expect(answer).toMatchObject({ rollout: named });
      expect(answer.kind).toBe(
        named.state === "rolled_back"
          ? "done"
          : named.state === "promoted" && named.release !== stable
            ? "replaced"
            : "take",
      );
    }),
  );
});

test("nothing leads back to the release that is taken out, nor to one that was taken back after its last promotion", () => {
  fc.assert(
    fc.property(histories, (steps) => {
      const all = played(steps);
      const promotions = all.rollouts.filter(({ id }) => all.promoted.has(id));
      for (const rollout of all.rollouts.filter(({ state }) => state === "promoted")) {
        const to = leadsBackTo(rollout, promotions, openOf(all)?.release);
        expect(to).not.toBe(rollout.release);
        if (to !== "manual")
          expect(promotions.find(({ release }) => release === to)).toMatchObject({ state: "promoted" });
      }
    }),
  );
});

test("no history makes the release stable whose rollout is open", () => {
  fc.assert(
    fc.property(promoting, (steps) => {
      const all = played([]);
      for (const one of steps) {
        play(all, one);
        expect(openOf(all)?.release).not.toBe(all.stable);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("where nothing was taken back it leads to the release before it", () => {
  const past = (id: string, release: string, control: string, state: Past["state"] = "promoted"): Past => ({
    id,
    release,
    control,
    state,
    first_case: "case_1",
    ended_at: 0,
  });
  const first = past("roll_1", "rel_a", "manual");
  const second = past("roll_2", "rel_b", "rel_a");
  expect(leadsBackTo(second, [second, first], undefined)).toBe("rel_a");
  // Tried again beside it: its share grows by two people alone.
  expect(leadsBackTo(second, [second, first], "rel_a")).toBe("manual");
  // Taken out since, so the way leads on to what was before it.
  expect(leadsBackTo(second, [second, { ...first, state: "rolled_back" }], undefined)).toBe("manual");
  // Promoted a second time and taken back: the release in between is no way back to itself.
  const third = past("roll_3", "rel_a", "rel_b", "rolled_back");
  expect(leadsBackTo(second, [third, second, first], undefined)).toBe("manual");
  // A release that no rollout made stable was never taken back.
  expect(leadsBackTo(past("roll_9", "rel_z", "rel_y"), [], undefined)).toBe("rel_y");
});

test("a request without a name, long after the last rollback, is not taken for the stable release by itself", () => {
  const past = (id: string, release: string, state: Past["state"], ended_at: number): Past => ({
    id,
    release,
    control: "manual",
    state,
    first_case: "case_1",
    ended_at,
  });
  const stable = past("roll_1", "rel_a", "promoted", 0);
  const newestFirst = [past("roll_2", "rel_b", "rolled_back", 1_000), stable];
  const at = (later: number) => meant({ newestFirst }, "rel_a", 1_000 + later);
  expect(at(SAME_REQUEST).kind).toBe("done");
  expect(at(SAME_REQUEST + 1)).toMatchObject({ kind: "unclear", other: stable });
  expect(meant({ newestFirst: newestFirst.slice(0, 1) }, "manual", SAME_REQUEST * 2).kind).toBe("done");
  expect(meant({ newestFirst: [] }, "manual", 0)).toEqual({ kind: "nothing" });
});

test("a rollout without a case stands in nobody's way to the stable release, also when the request comes again", () => {
  const past = (
    id: string,
    state: Past["state"],
    first_case: string | null,
    ended_at: number | null,
  ): Past => ({ id, release: id.replace("roll", "rel"), control: "manual", state, first_case, ended_at });
  const stable = past("roll_1", "promoted", "case_1", 0);
  for (const state of ["draft", "shadow", "held"] as const) {
    const tried = past("roll_2", state, null, null);
    expect(meant({ newestFirst: [tried, stable] }, "rel_1", 0)).toEqual({ kind: "take", rollout: stable });
    const out: Past = { ...stable, state: "rolled_back", ended_at: 1_000 };
    const again = (later: number) => meant({ newestFirst: [tried, out] }, "manual", 1_000 + later);
    expect(again(SAME_REQUEST)).toEqual({ kind: "done", rollout: out });
    // Long after, and with nothing beside it, it is what a refusal names the end of.
    expect(again(SAME_REQUEST + 1)).toEqual({ kind: "take", rollout: tried });
    expect(meant({ newestFirst: [tried] }, "manual", 0)).toEqual({ kind: "take", rollout: tried });
  }
});
