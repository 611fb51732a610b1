/**
 * What the commands of rollouts print: the plan that was agreed, and nothing about going on once one has ended. `pilotage
 * rollback` names what it shows, so that two people who type it take out one release.
 */
import { describe, expect, it } from "vitest";
import { PilotageError } from "../contract/errors.ts";
import { EXIT } from "./exit.ts";
import { here, stage, type, type Played } from "./playing.fixture.ts";
import { SAMPLES } from "./samples.fixture.ts";

const { playing } = stage();
const rollout = SAMPLES.getRollout;

const shown = async (more: object) =>
  (await type(["rollout", "show", "roll_1"], here(await playing({ getRollout: { ...rollout, ...more } }))))
    .stdout;

it("shows what was agreed, whether it may go on, and when a worse release is found", async () => {
  const text = await shown({});
  expect(text).toMatch(
    /agreed +8 % errors at most; 30 labelled cases at least before it goes on; after a rollback cases under way go to people/,
  );
  expect(text).toMatch(/may go on +not yet: /);
  expect(text).toMatch(/found in +8 %: 53 days/);
});

it("says that without labels nothing is found, and leaves out guards that it does not have yet", async () => {
  const text = await shown({ guards: [], forecast: { ...rollout.forecast, labelsPerDay: 0 } });
  expect(text).toContain("a worse release would not be noticed");
  expect(text).not.toContain("Guards");
});

it("says nothing of going on once it has ended", async () => {
  const text = await shown({ state: "rolled_back", endedAt: rollout.startedAt });
  expect(text).not.toContain("may go on");
  expect(text).not.toContain("found in");
  expect(text).toContain("History");
});

it("names the way to a rollout where a workflow has had none", async () => {
  const ended = await type(
    ["rollout", "show", "support-triage"],
    here(await playing({ listRollouts: { rollouts: [], next: null } })),
  );
  expect(ended.exit).toBe(EXIT.failed);
  expect(ended.stderr).toContain("support-triage has had no rollout yet");
  expect(ended.stderr).toContain("pilotage rollout start support-triage");
});

it("a step that is approved is named by its move, also in the list of changes", async () => {
  const change = SAMPLES.advanceRollout.pending;
  const server = here(await playing({ approveChange: change, listChanges: { changes: [change] } }));
  const approved = await type(["approve", "chg_1", "--as", "s.haberland@example.com"], server);
  expect(approved.stdout).toContain("the rollout's step: advance");
  const listed = await type(["changes", "support-triage"], server);
  expect(listed.stdout).toMatch(/rollout\.step +running +advance /);
});

const one = (more: object) => ({ ...SAMPLES.rollBack, ...more });
const CANDIDATE = one({ id: "roll_3", release: "rel_b", sentence: "rel_b gets 50 % of the new cases." });
const STABLE = one({ id: "roll_1", release: "rel_a", state: "promoted", sentence: "rel_a is stable." });

async function rollback(rollouts: object[], more: string[] = [], answers: Played = {}) {
  const server = await playing({ ...SAMPLES, listRollouts: { rollouts, next: null }, ...answers });
  const words = ["rollback", "support-triage", "--reason", "wrong answers", "--as", "jo", ...more];
  const ended = await type(words, here(server));
  const sent = server.calls.filter(({ name }) => name === "rollBack").map(({ body }) => body);
  const listed = server.calls.filter(({ name }) => name === "listRollouts").map(({ query }) => query);
  return { ...ended, sent, listed };
}

describe("a rollback", () => {
  it("shows and names the newest rollout that was not aborted", async () => {
    const open = await rollback([CANDIDATE, STABLE]);
    expect(open.stderr).toContain("Taking back roll_3: rel_b gets 50 %");
    expect(open.sent).toEqual([{ rollout: "roll_3", reason: "wrong answers" }]);
    const promoted = await rollback([one({ id: "roll_2", state: "aborted" }), STABLE]);
    expect(promoted.sent).toEqual([{ rollout: "roll_1", reason: "wrong answers" }]);
  });

  it("means the stable release where the newest one is in shadow, also when that was taken out already", async () => {
    const shadow = one({
      id: "roll_4",
      release: "rel_c",
      state: "shadow",
      moves: ["advance", "hold", "abort"],
    });
    const stable = await rollback([shadow, STABLE]);
    expect(stable.stderr).toContain("Taking back roll_1");
    expect(stable.sent).toEqual([{ rollout: "roll_1", reason: "wrong answers" }]);
    const again = await rollback([shadow, one({ ...STABLE, state: "rolled_back", moves: [] })]);
    expect(again.sent).toEqual([{ reason: "wrong answers" }]);
  });

  it("takes nothing else when that one was taken out already, and says how to", async () => {
    const done = one({ id: "roll_3", state: "rolled_back", backTo: "rel_a", already: true });
    const { stdout, stderr, sent, listed } = await rollback([done, STABLE], [], { rollBack: done });
    expect(sent).toEqual([{ reason: "wrong answers" }]);
    expect(stderr).not.toContain("Taking back");
    expect(stdout).toContain("nothing was changed now");
    expect(stdout).toContain("pilotage rollback support-triage --rollout roll_1");
    // However many were tried since the stable one was promoted.
    expect(listed.at(-1)).toMatchObject({ release: "rel_a" });
    const said = await rollback([done, STABLE], ["--rollout", "roll_1"]);
    expect(said.sent).toEqual([{ rollout: "roll_1", reason: "wrong answers" }]);
  });

  it.each(["forbidden", "internal", "database_unavailable"] as const)(
    "is sent without a name where what is open cannot be read (%s)",
    async (code) => {
      const listRollouts = () => new PilotageError(code, "Not now.");
      const blind = await rollback([], [], { listRollouts });
      expect(blind).toMatchObject({ exit: EXIT.ok, sent: [{ reason: "wrong answers" }] });
      expect(blind.stderr).not.toContain("Taking back");
    },
  );
});
