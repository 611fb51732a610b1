/** After a rollback: what the release delivered without a person's eyes is looked through again, confirmed or corrected. */
import { describe, expect, test } from "vitest";
import { openClient } from "../src/contract/client.ts";
import { sql } from "../src/platform/sql.ts";
import { automatic } from "./support/automatic.ts";
import { install, until } from "./support/installation.ts";

const UNDO = 10_000;
const HOUR = 3_600_000;
const installation = await install({ settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
const { app, url, key, client: brandt } = installation;
const okafor = openClient({ url, key, as: "J. Okafor" });
const anna = openClient({ url, key, as: "anna@example.com" });
const { database } = app;
let made = 0;

async function submit(workflow: string, text = "a bill"): Promise<string> {
  const { caseId } = await brandt.submitCase({
    params: { workflow },
    body: { externalId: `d-${++made}`, input: { text } },
  });
  return caseId;
}

const reach = (id: string, state: string) =>
  until(
    () => brandt.getCase({ params: { case: id } }),
    (found) => found.state === state,
  );

/** A release that delivers alone in its rollout: some cases now, some an hour later. */
async function begin(workflow: string) {
  const params = { workflow };
  const release = await automatic(installation, workflow, { undo: UNDO, rollout: [1] });
  await brandt.setShare({ params, body: { release, share: 0 } });
  await brandt.advanceClock({ body: { milliseconds: 60_000 } });
  const { id } = await brandt.startRollout({ params, body: { release, ceiling: 0.3 } });
  const { pending } = await brandt.advanceRollout({ params, body: {} });
  await okafor.approveChange({ params: { change: pending!.id } });
  const early = [await submit(workflow), await submit(workflow)];
  for (const one of early) await reach(one, "delivered");
  await brandt.advanceClock({ body: { milliseconds: HOUR } });
  const since = new Date(app.clock.now()).toISOString();
  const late = [await submit(workflow)];
  for (const one of late) await reach(one, "delivered");
  // This one went to a person: it is nobody's doubt any more.
  const seen = await submit(workflow, "doubtful");
  await reach(seen, "in_review");
  const { lease } = await brandt.claimReview({ params: { case: seen }, body: {} });
  await brandt.giveVerdict({ params: { case: seen }, body: { lease, verdict: "approve" } });
  await brandt.advanceClock({ body: { milliseconds: UNDO + 1 } });
  await reach(seen, "delivered");
  return { workflow, params, rollout: { rollout: id }, early, late, since };
}
type Begun = Awaited<ReturnType<typeof begin>>;
const back = ({ params }: Begun) => brandt.rollBack({ params, body: { reason: "wrong categories" } });
const delivered = ({ rollout }: Begun) => brandt.rolledOutCases({ params: rollout, query: {} });
const recall = ({ rollout }: Begun, body: { since?: string; facet?: string[] } = {}) =>
  brandt.recallDelivered({ params: rollout, body: { reason: "after the rollback", ...body } });

describe("what a release delivered alone", async () => {
  const begun = await begin("recalled");

  test("is put before people only once the release is out", async () => {
    await expect(recall(begun)).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("was not rolled back"),
    });
    await back(begun);
    expect(await delivered(begun)).toMatchObject({
      total: 4,
      alone: 3,
      unseen: 3,
      recall: { open: 0, confirmed: 0, corrected: 0 },
    });
  });

  test("is counted once a minute for the overview, and only for those who may take a release out", async () => {
    const needed = async (client: typeof brandt) =>
      (await client.getOverview({ params: begun.params, query: {} })).needs.filter(
        (one) => one.code === "rolled_back",
      );
    expect(await needed(brandt)).toMatchObject([{ values: { unseen: 3 } }]);
    const reader = await installation.clientFor(["read"]);
    await database.transaction(async (tx) => {
      // Whoever counted now would wait for this lock.
      await tx.run(sql`lock table recalled_case in access exclusive mode`);
      expect(await needed(reader)).toEqual([]);
      expect(await needed(brandt)).toMatchObject([{ values: { unseen: 3 } }]);
    });
  });

  test("comes there since a time, of a category, or whole; asked again it adds nothing twice", async () => {
    expect(await recall(begun, { facet: ["output.category=technical"] })).toMatchObject({ added: 0 });
    expect(await recall(begun, { since: begun.since })).toMatchObject({ added: 1, recall: { open: 1 } });
    expect(await recall(begun, { facet: ["output.category=billing"] })).toMatchObject({
      added: 2,
      recall: { open: 3 },
    });
    expect(await recall(begun)).toMatchObject({ added: 0, recall: { open: 3 } });
    const { n } = await database.one<{ n: number }>(
      sql`select count(*)::int as n from audit_event where kind = 'rollout.recalled' and workflow = ${begun.workflow}`,
    );
    expect(n).toBe(2);
    expect(await delivered(begun)).toMatchObject({ alone: 3, unseen: 0 });
  });

  test("is not chosen by a facet that there is not: that would look as if there were nothing to look through", async () => {
    await expect(recall(begun, { facet: ["output.categry=billing"] })).rejects.toMatchObject({
      code: "bad_request",
      message: "output.categry is no facet of the release. Nothing was changed.",
      hint: expect.stringContaining("output.category"),
    });
    await expect(recall(begun, { since: "yesterday" })).rejects.toMatchObject({
      message: expect.stringContaining("since: a time is expected, such as 2026-01-05T08:00:00Z"),
    });
  });

  test("stands in the inbox, earliest first, and nothing of it moved", async () => {
    const { recalled, open } = await anna.getInbox({ params: begun.params });
    expect(recalled).toMatchObject({ open: 3 });
    expect(recalled.cases.map((one) => one.caseId)).toEqual([...begun.early, ...begun.late]);
    expect(open).toBe(0);
    expect(await brandt.getCase({ params: { case: begun.early[0]! } })).toMatchObject({
      state: "delivered",
      verdict: "auto",
      recall: "open",
    });
  });

  test("is confirmed once, also when two people say so, and that leaves a label", async () => {
    const [id] = begun.early;
    const params = { case: id! };
    const said = await Promise.all(
      [anna, okafor, anna].map((one) => one.confirmRecalled({ params, body: {} })),
    );
    expect(said.map(({ open }) => open)).toEqual([2, 2, 2]);
    const found = await brandt.getCase({ params });
    expect(found).toMatchObject({ state: "delivered", verdict: "auto", recall: "confirmed" });
    expect(found.labels.filter((one) => one.askedFor === "recall")).toMatchObject([
      { source: "correction", wrong: false, seen: true, probability: null },
    ]);
    expect(found.history.filter(({ kind }) => kind === "case.confirmed")).toHaveLength(1);
  });

  test("is corrected as any delivered case; taken back it is open again", async () => {
    const id = begun.early[1]!;
    const params = { case: id };
    const body = { output: { category: "technical" }, reason: "wrong_class" as const };
    await anna.correctCase({ params, body });
    expect((await delivered(begun)).recall).toEqual({ open: 1, confirmed: 1, corrected: 1 });
    await anna.undoVerdict({ params });
    expect((await delivered(begun)).recall).toEqual({ open: 2, confirmed: 1, corrected: 0 });
    await anna.correctCase({ params, body });
    await brandt.advanceClock({ body: { milliseconds: UNDO + 1 } });
    await reach(id, "delivered");
    expect(await brandt.getCase({ params })).toMatchObject({ recall: "corrected" });
    await expect(anna.confirmRecalled({ params, body: {} })).rejects.toMatchObject({
      message: expect.stringContaining("was corrected meanwhile"),
    });
    const open = await brandt.rolledOutCases({ params: begun.rollout, query: { recall: "open" } });
    expect(open.cases.map((one) => one.id)).toEqual(begun.late);
  });

  test("that nobody put before people is not there to be confirmed", async () => {
    const other = await submit(begun.workflow);
    await expect(anna.confirmRecalled({ params: { case: other }, body: {} })).rejects.toMatchObject({
      code: "wrong_state",
    });
  });
});

test("a rollback after the promotion counts what was delivered after it, too", async () => {
  const begun = await begin("promoted");
  await database.run(sql`
    with r as (update rollout set state = 'promoted', ended_at = ${new Date(app.clock.now()).toISOString()} where id = ${begun.rollout.rollout} returning workflow, release)
    update workflow w set stable_release = r.release, candidate_release = null, candidate_share = 0 from r where w.name = r.workflow`);
  await brandt.advanceClock({ body: { milliseconds: HOUR } });
  await reach(await submit(begun.workflow), "delivered");
  expect(await delivered(begun)).toMatchObject({ alone: 3 });
  await back(begun);
  expect(await delivered(begun)).toMatchObject({ alone: 4 });
  expect(await recall(begun)).toMatchObject({ added: 4 });
});
