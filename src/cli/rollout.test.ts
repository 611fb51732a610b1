/** What the commands of rollouts print: the plan that was agreed, and nothing about going on once one has ended. */
import { expect, it } from "vitest";
import { EXIT } from "./exit.ts";
import { here, stage, type } from "./playing.fixture.ts";
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
