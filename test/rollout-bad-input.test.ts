/** What goes wrong around a rollout, in the whole program: no traffic, one empty arm, odd labels, odd clocks, two people at once. */
import { describe, expect, test } from "vitest";
import { openClient } from "../src/contract/client.ts";
import { sql } from "../src/platform/sql.ts";
import { install, launch, releaseDocument, until } from "./support/installation.ts";

const HOUR = 3_600_000;
const installation = await install({ settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
const { app, url, key, client: brandt } = installation;
const okafor = openClient({ url, key, as: "J. Okafor" });
const { database } = app;
let made = 0;

/** A rollout beside a stable release, in its first stage with cases. */
async function begin(more: { advance?: boolean } = {}) {
  const workflow = `odd-${++made}`;
  const params = { workflow };
  const stable = await launch(installation, {
    workflow: { workflow, rollout: [0.5, 1] },
    release: { workflow },
    share: 0,
  });
  await database.run(
    sql`update workflow set stable_release = ${stable}, reference_release = ${stable} where name = ${workflow}`,
  );
  const { id: candidate } = await brandt.publishRelease({
    params,
    body: { document: releaseDocument({ workflow, model: { connection: "script", timeout: 5_001 } }) },
  });
  const { id } = await brandt.startRollout({ params, body: { release: candidate, ceiling: 0.3 } });
  if (more.advance !== false) {
    const { pending } = await brandt.advanceRollout({ params, body: {} });
    await okafor.approveChange({ params: { change: pending!.id } });
  }
  return { workflow, params, id };
}
type Begun = Awaited<ReturnType<typeof begin>>;

const shown = ({ id }: Begun) => brandt.getRollout({ params: { rollout: id } });
const pass = (hours: number) => brandt.advanceClock({ body: { milliseconds: hours * HOUR } });
const labelled = async (begun: Begun) =>
  ((await shown(begun)).guards.find(({ name }) => name === "errors")?.steps ?? []).reduce(
    (sum, { candidate, stable }) => sum + candidate.n + stable.n,
    0,
  );

async function submit({ params }: Begun): Promise<string> {
  const { caseId } = await brandt.submitCase({
    params,
    body: { externalId: `o-${++made}`, input: { text: "a bill" } },
  });
  await until(
    () => brandt.getCase({ params: { case: caseId } }),
    ({ state }) => state === "in_review",
  );
  return caseId;
}

async function approve(id: string, times = 1): Promise<void> {
  const { lease } = await brandt.claimReview({ params: { case: id }, body: {} });
  for (let i = 0; i < times; i++)
    await brandt.giveVerdict({ params: { case: id }, body: { lease, verdict: "approve" } });
}

describe("a rollout", () => {
  test("without a case is neither promoted nor rolled back, however long it lasts", async () => {
    const begun = await begin();
    await pass(24 * 5);
    const found = await shown(begun);
    expect(found).toMatchObject({ state: "running", share: 0.5 });
    expect(found.guards.every(({ kind, evidence }) => kind === "no-data" && evidence === null)).toBe(true);
    expect(found.promotion).toMatchObject({
      kind: "hold",
      reasons: expect.arrayContaining(["few-labels", "guard-without-data"]),
    });
    await expect(
      brandt.advanceRollout({ params: begun.params, body: { undecided: true } }),
    ).rejects.toMatchObject({ code: "wrong_state" });
  });

  test("with one empty arm has no data to compare, and goes nowhere", async () => {
    const begun = await begin();
    await approve(await submit(begun));
    await pass(24 * 2);
    const found = await shown(begun);
    expect(found.cases).toHaveLength(1);
    expect(Math.min(found.cases[0]!.candidate, found.cases[0]!.stable)).toBe(0);
    expect(found.guards.find(({ name }) => name === "bad_answers")).toMatchObject({ kind: "no-data" });
    expect(found).toMatchObject({
      state: "running",
      promotion: { kind: "hold", reasons: expect.arrayContaining(["guard-without-data"]) },
    });
  });

  test("counts no review that no coin asked for, once cases may go out alone", async () => {
    const begun = await begin();
    await approve(await submit(begun));
    expect(await labelled(begun)).toBe(1);
    await database.run(sql`update workflow set autonomy = 0.5 where name = ${begun.workflow}`);
    await until(
      () => shown(begun),
      ({ reviewedWhole }) => !reviewedWhole,
    );
    for (let i = 0; i < 3; i++) await approve(await submit(begun));
    expect(await labelled(begun)).toBe(0);
  });

  test("counts a verdict that is sent three times once", async () => {
    const begun = await begin();
    await approve(await submit(begun), 3);
    expect(await labelled(begun)).toBe(1);
  });

  test("counts a late label in the stage under which its case was assigned", async () => {
    const begun = await begin();
    const early = await submit(begun);
    await database.run(sql`update workflow set candidate_share = 1 where name = ${begun.workflow}`);
    await approve(await submit(begun));
    await approve(early);
    const { guards } = await shown(begun);
    const steps = guards.find(({ name }) => name === "errors")!.steps;
    expect(steps.map(({ share, candidate, stable }) => [share, candidate.n + stable.n])).toEqual([
      [0.5, 1],
      [1, 1],
    ]);
  });

  test("has lasted no time when its clock stands before its stage, and wants its labels after a leap", async () => {
    const begun = await begin();
    await database.run(
      sql`update rollout set stage_at = ${new Date(app.clock.now() + 9 * HOUR).toISOString()} where id = ${begun.id}`,
    );
    expect((await shown(begun)).promotion!.reasons).toContain("too-early");
    await pass(24 * 8);
    const { promotion, state } = await shown(begun);
    expect(state).toBe("running");
    expect(promotion!.reasons).toContain("few-labels");
    expect(promotion!.reasons).not.toContain("too-early");
  });

  test("is moved once by two people who each ask for the step, and approve each other's", async () => {
    const begun = await begin({ advance: false });
    const asked = await Promise.all(
      [brandt, okafor].map((one) => one.advanceRollout({ params: begun.params, body: {} })),
    );
    const outcomes = await Promise.allSettled([
      okafor.approveChange({ params: { change: asked[0]!.pending!.id } }),
      brandt.approveChange({ params: { change: asked[1]!.pending!.id } }),
    ]);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const refused = outcomes.find((one) => one.status === "rejected");
    // Asked for at one moment it is one change: whoever asked for it approves nothing.
    expect(refused?.reason).toMatchObject({
      code: expect.stringMatching(/^(wrong_state|second_person_needed)$/),
    });
    expect((await shown(begun)).history.map(({ move }) => move)).toEqual(["start", "advance"]);
  });
});

test("the rollouts of a workflow that is not there are no empty list", async () => {
  await expect(brandt.listRollouts({ params: { workflow: "oddd" }, query: {} })).rejects.toMatchObject({
    code: "not_found",
  });
});
