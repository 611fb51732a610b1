/** `pilotage rollback` names what it shows, so that two people who type it take out one release. */
import { describe, expect, it } from "vitest";
import { PilotageError } from "../contract/errors.ts";
import { EXIT } from "./exit.ts";
import { here, stage, type, type Played } from "./playing.fixture.ts";
import { SAMPLES } from "./samples.fixture.ts";

const { playing } = stage();

const one = (more: object) => ({ ...SAMPLES.rollBack, ...more });
const CANDIDATE = one({ id: "roll_3", release: "rel_b", sentence: "rel_b gets 50 % of the new cases." });
const STABLE = one({ id: "roll_1", release: "rel_a", state: "promoted", sentence: "rel_a is stable." });

async function rollback(rollouts: object[], more: string[] = [], answers: Played = {}) {
  const server = await playing({ ...SAMPLES, listRollouts: { rollouts, next: null }, ...answers });
  const words = ["rollback", "support-triage", "--reason", "wrong answers", "--as", "jo", ...more];
  const ended = await type(words, here(server));
  const sent = server.calls.filter(({ name }) => name === "rollBack").map(({ body }) => body);
  return { ...ended, sent };
}

describe("a rollback", () => {
  it("shows and names the newest rollout that was not aborted", async () => {
    const open = await rollback([CANDIDATE, STABLE]);
    expect(open.stderr).toContain("Taking back roll_3: rel_b gets 50 %");
    expect(open.sent).toEqual([{ rollout: "roll_3", reason: "wrong answers" }]);
    const promoted = await rollback([one({ id: "roll_2", state: "aborted" }), STABLE]);
    expect(promoted.sent).toEqual([{ rollout: "roll_1", reason: "wrong answers" }]);
  });

  it("takes nothing else when that one was taken out already, and says how to", async () => {
    const done = one({ id: "roll_3", state: "rolled_back", backTo: "rel_a", already: true });
    const { stdout, stderr, sent } = await rollback([done, STABLE], [], { rollBack: done });
    expect(sent).toEqual([{ reason: "wrong answers" }]);
    expect(stderr).not.toContain("Taking back");
    expect(stdout).toContain("nothing was changed now");
    expect(stdout).toContain("pilotage rollback support-triage --rollout roll_1");
    const said = await rollback([done, STABLE], ["--rollout", "roll_1"]);
    expect(said.sent).toEqual([{ rollout: "roll_1", reason: "wrong answers" }]);
  });

  it("works with a key that may not read what is open, and fails on anything else", async () => {
    const forbidden = () => new PilotageError("forbidden", "This key may not read.");
    const blind = await rollback([], [], { listRollouts: forbidden });
    expect(blind).toMatchObject({ exit: EXIT.ok, sent: [{ reason: "wrong answers" }] });
    const away = await rollback([], [], { listRollouts: () => new PilotageError("internal", "Broken.") });
    expect(away.exit).not.toBe(EXIT.ok);
    expect(away.sent).toEqual([]);
  });
});
