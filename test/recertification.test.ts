/**
 * Certificates over time: previews that tell nothing too early, labels that lie open, calibration, the watch that takes a
 * certificate back, and the warning before one ends. Everything is the real program; only the model answers from a script.
 */
import { describe, expect, test } from "vitest";
import { openClient } from "../src/contract/client.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { SCOPES, type Scope } from "../src/contract/scopes.ts";
import { sql } from "../src/platform/sql.ts";
import { partOf } from "../src/releases/calibration.ts";
import { install, launch, until } from "./support/installation.ts";

const DAY = 86_400_000;
const AUTOMATION = { maxErrorRate: 0.2, confidence: 0.8 };
const SCRIPT: JsonObject = {
  rules: [
    { when: { field: "text", contains: "unsure" }, do: { answer: { category: "billing" }, confidence: 0.3 } },
    { when: { field: "text", contains: "cable" }, do: { answer: { category: "billing" }, confidence: 0.6 } },
    // Long enough for the test to move the clock while the model is asked.
    {
      when: { field: "text", contains: "late" },
      do: { answer: { category: "billing" }, confidence: 0.3, delayMs: 6_000 },
    },
  ],
  otherwise: { answer: { category: "billing" }, confidence: 0.9 },
};

const installation = await install({ settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
const { app, url } = installation;
const { database } = app;
const { secret: key } = await app.keys.make(
  {
    name: "operator",
    scopes: Object.keys(SCOPES) as Scope[],
    workflow: undefined,
    days: 400,
    simulated: false,
  },
  { kind: "system", name: "test" },
);
const brandt = openClient({ url, key, as: "E. Brandt" });
const keller = openClient({ url, key, as: "M. Keller" });

let made = 0;

async function start(more: JsonObject = {}): Promise<{ workflow: string; release: string }> {
  const workflow = `w${++made}`;
  await brandt.saveConnection({
    params: { name: workflow },
    body: { settings: { kind: "scripted", script: SCRIPT } },
  });
  const release = await launch(
    { client: brandt },
    {
      workflow: { workflow, automation: AUTOMATION, secondLook: { share: 0 }, ...more },
      release: {
        workflow,
        model: { connection: workflow, timeout: 20_000 },
        confidence: { of: "category", from: "model" },
      },
      script: null,
    },
  );
  return { workflow, release };
}

/** Hands cases in, and has a person review those that wait for one; `wrong` says which of them are. */
async function work(
  workflow: string,
  count: number,
  { text = "the bill", wrong = () => false }: { text?: string; wrong?: (n: number) => boolean } = {},
): Promise<{ id: string; state: string }[]> {
  const found: { id: string; state: string }[] = [];
  for (let n = 0; n < count; n++) {
    const body = { externalId: `${workflow}-${++made}`, input: { text } };
    const { caseId: id } = await brandt.submitCase({ params: { workflow }, body });
    const { state } = await until(
      () => brandt.getCase({ params: { case: id } }),
      (one) => one.state === "in_review" || one.state === "delivered",
    );
    found.push({ id, state });
    if (state === "delivered") continue;
    const { lease } = await brandt.claimReview({ params: { case: id }, body: {} });
    const verdict = wrong(n)
      ? ({ verdict: "edit", output: { category: "other" }, reason: "wrong_class" } as const)
      : ({ verdict: "approve" } as const);
    await brandt.giveVerdict({ params: { case: id }, body: { lease, ...verdict } });
  }
  return found;
}

async function letOut(workflow: string): Promise<void> {
  const params = { workflow };
  const approve = async () => {
    const { changes } = await keller.listChanges({ params });
    for (const change of changes.filter(({ state }) => state === "pending"))
      await keller.approveChange({ params: { change: change.id } });
  };
  await brandt.waive({ params, body: { item: "go", reason: "a test" } });
  await approve();
  await brandt.setAutonomy({ params, body: { autonomy: 1 } });
  await approve();
}

const certify = (workflow: string) => brandt.certify({ params: { workflow }, body: {} });
const preview = (
  workflow: string,
  query: { threshold?: number; minutesPerCase?: number; hourlyCost?: number } = {},
) => brandt.previewCertification({ params: { workflow }, query });
const newest = async (workflow: string) =>
  (await brandt.listCertificates({ params: { workflow }, query: { limit: 1 } })).certificates[0]!;
const lapsed = (workflow: string) =>
  until(
    () => newest(workflow),
    (one) => !one.inForce,
  );
const eventsOf = async (workflow: string, kind: string) =>
  (
    await database.all<{ body: string }>(
      sql`select body from audit_event where workflow = ${workflow} and kind = ${kind} order by id`,
    )
  ).map(({ body }) => JSON.parse(body) as { data: JsonObject });

describe("a preview", () => {
  test("shows what each threshold lets out and which queue it makes, and nothing of what was wrong", async () => {
    const { workflow } = await start({ qa: { share: 0.5 } });
    await work(workflow, 36, { wrong: (n) => n % 3 === 0 });
    await work(workflow, 12, { text: "the cable" });
    const found = await preview(workflow, { threshold: 0.8, minutesPerCase: 5, hourlyCost: 60 });
    expect(found).toMatchObject({ open: false, look: 1, labels: 48, now: null, missing: 0 });
    expect(found.rows.every(({ seen }) => seen === null)).toBe(true);
    const row = found.rows.find(({ threshold }) => threshold === 0.8)!;
    expect(row).toMatchObject({ coverage: 0.75, labels: 36, reviewsPerDay: 48 * (1 - 0.75 * 0.5) });
    expect(row.minutesPerDay).toBeCloseTo(row.reviewsPerDay * 5, 9);
    expect(row.reviewCostPerDay).toBeCloseTo(row.reviewsPerDay * 5, 9);
    expect(found.allReviewed.reviewsPerDay).toBe(48);
    // A preview is no look: the first look is still the first.
    expect(await certify(workflow)).toMatchObject({ look: 1 });
    const after = await preview(workflow);
    expect(after.look).toBe(2);
    expect(after.rows.find(({ threshold }) => threshold === 0.65)!.seen).toMatchObject({
      n: 36,
      errors: 12,
      of: "look",
    });
  });

  test("of labels that lie open shows what was wrong, and the looks after it share one number", async () => {
    const { workflow } = await start();
    await work(workflow, 60);
    const opening = await brandt.openLabels({ params: { workflow }, body: {} });
    expect(opening).toMatchObject({ look: 1, person: "E. Brandt" });
    expect((await brandt.openLabels({ params: { workflow }, body: {} })).id).toBe(opening.id);
    const seen = await preview(workflow);
    expect(seen).toMatchObject({ open: true, look: 1, now: { result: "certified" } });
    expect(seen.rows.at(-1)!.seen).toMatchObject({ n: 60, errors: 0, of: "open" });
    const [first, second] = [await certify(workflow), await certify(workflow)];
    expect(first).toMatchObject({ look: 1, open: true, result: "certified" });
    expect(second).toMatchObject({ look: 1, open: true, result: "certified" });
    for (const { id } of [first, second])
      expect(await brandt.recheckCertification({ params: { certification: id } })).toMatchObject({
        agrees: true,
      });
    expect(await eventsOf(workflow, "labels.opened")).toHaveLength(1);
    // When it is over, what was seen stays seen: the next look is made at open labels, under a number of its own.
    await brandt.advanceClock({ body: { milliseconds: 91 * DAY } });
    await work(workflow, 60);
    expect(await certify(workflow)).toMatchObject({ look: 2, open: true });
    expect(await eventsOf(workflow, "labels.opened")).toHaveLength(2);
  });

  test("and a forecast are refused where no AI release is", async () => {
    const workflow = `w${++made}`;
    await brandt.applyWorkflow({
      params: { workflow },
      body: {
        document: {
          workflow,
          purpose: "Nothing",
          unit: "ticket",
          people: { owner: "e.brandt@example.com", sponsor: "m.keller@example.com" },
          automation: AUTOMATION,
        },
      },
    });
    await expect(preview(workflow)).rejects.toMatchObject({ code: "wrong_state" });
    await expect(brandt.automationForecast({ params: { workflow }, query: {} })).rejects.toMatchObject({
      code: "wrong_state",
    });
  });
});

describe("a calibration", () => {
  test("is fitted on the part that certifies nothing, places the grid after it, and leaves what is certified", async () => {
    const { workflow, release } = await start();
    const sure = await work(workflow, 150, { wrong: (n) => n % 12 === 0 });
    const before = await certify(workflow);
    const unsure = await work(workflow, 50, { text: "the cable", wrong: (n) => n % 3 === 0 });
    const fitted = await brandt.calibrate({ params: { workflow }, body: {} });
    const parts = [...sure, ...unsure].map(({ id }) => partOf(release, id));
    const forFit = parts.filter((part) => part === "fit").length;
    expect(fitted).toMatchObject({ method: "temperature", labels: forFit, person: "E. Brandt" });
    expect(await newest(workflow)).toMatchObject({
      id: before.certificate!.id,
      inForce: true,
      calibrated: null,
    });
    const after = await certify(workflow);
    expect(after).toMatchObject({ calibration: fitted.id, leftOut: { "kept to calibrate": forFit } });
    expect(after.counted).toEqual({ review: parts.length - forFit });
    const { certificate } = after;
    expect(certificate!.calibration).toBe(fitted.id);
    // The grid is on the calibrated score, so the threshold is worth a hundredth.
    expect(certificate!.calibrated! * 100).toBeCloseTo(Math.round(certificate!.calibrated! * 100), 6);
    expect(after.sentence).toContain(`(calibrated ${certificate!.calibrated!.toFixed(2)})`);
    expect(await brandt.recheckCertification({ params: { certification: after.id } })).toMatchObject({
      agrees: true,
    });
    await letOut(workflow);
    const [gone] = await work(workflow, 1);
    expect(gone!.state).toBe("delivered");
    expect(await brandt.listCalibrations({ params: { workflow }, query: {} })).toMatchObject({
      calibrations: [{ id: fitted.id }],
    });
  });

  test("is refused with too few labels, and says how many there are", async () => {
    const { workflow } = await start();
    await work(workflow, 10);
    await expect(brandt.calibrate({ params: { workflow }, body: {} })).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("a curve needs 30"),
    });
  });
});

describe("the watch", () => {
  test("takes a certificate back when too much of what goes out is wrong, and starts its labels anew", async () => {
    const { workflow } = await start({ qa: { share: 1 }, cold: { share: 0 } });
    await work(workflow, 40);
    expect(await certify(workflow)).toMatchObject({ result: "certified" });
    await letOut(workflow);
    await work(workflow, 14, { wrong: (n) => n % 7 !== 0 });
    const gone = await lapsed(workflow);
    expect(gone.suspendedBecause).toMatch(
      /^\d+ of \d+ labelled cases under it were wrong, and it promises at most 20 %$/,
    );
    expect(await eventsOf(workflow, "certificate.failed")).toMatchObject([
      { data: { certificate: gone.id, by: "errors", target: "0.2" } },
    ]);
    expect(await eventsOf(workflow, "certificate.suspended")).toHaveLength(1);
    // The forty right ones from before are true no longer.
    await expect(certify(workflow)).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("broke its promise"),
    });
    await brandt.advanceClock({ body: { milliseconds: 60_000 } });
    await work(workflow, 3);
    expect(await certify(workflow)).toMatchObject({ result: "none", counted: { qa: 3 } });
  });

  test("leaves one alone that keeps its word, and shows what it counted", async () => {
    const { workflow } = await start({ qa: { share: 1 }, cold: { share: 0 } });
    await work(workflow, 40);
    await certify(workflow);
    await letOut(workflow);
    await work(workflow, 12, { wrong: (n) => n === 3 });
    const kept = await until(
      () => newest(workflow),
      (one) => one.watch?.labels === 12,
    );
    expect(kept).toMatchObject({ inForce: true, watch: { errors: 1 } });
    const quality = await brandt.qualityWeeks({ params: { workflow } });
    expect(quality.total).toMatchObject({ labels: 12, errors: 1, alone: 0 });
    expect(quality.weeks).toHaveLength(13);
    expect(quality.weeks.at(-1)).toMatchObject({ labels: 12, errors: 1 });
    const { groups, cases } = await brandt.listDisagreements({ params: { workflow }, query: {} });
    expect(groups).toEqual([{ category: "billing", labels: 52, wrong: 1, fields: { category: 1 } }]);
    expect(cases).toMatchObject([{ category: "billing", fields: ["category"], source: "qa" }]);
  });

  test("takes a certificate back when the release becomes unsure, before a label says anything", async () => {
    const { workflow } = await start();
    await work(workflow, 110);
    await certify(workflow);
    await letOut(workflow);
    await work(workflow, 14, { text: "unsure" });
    const gone = await lapsed(workflow);
    expect(gone.suspendedBecause).toMatch(
      /^the release became unsure: \d+ of \d+ cases in a row were below the threshold/,
    );
    expect(await eventsOf(workflow, "certificate.failed")).toMatchObject([{ data: { by: "doubt" } }]);
    expect((await work(workflow, 1))[0]!.state).toBe("in_review");
  });

  test("counts a case when it is decided, up to 14 days after it came", async () => {
    const { workflow } = await start();
    await work(workflow, 110);
    const { certificate } = await certify(workflow);
    await letOut(workflow);
    const seen = async (id: string) =>
      until(
        () =>
          database.maybe<{ id: string | null }>(
            sql`select seen_case as id from certificate_watch where certificate = ${certificate!.id}`,
          ),
        (row) => row?.id === id,
      );
    /** Cases whose answers the release is unsure of, and gives so many days after they came; others are looked at before. */
    const late = async (days: number) => {
      const sent = await Promise.all(
        Array.from({ length: 14 }, () =>
          brandt.submitCase({
            params: { workflow },
            body: { externalId: `${workflow}-${++made}`, input: { text: "late" } },
          }),
        ),
      );
      const decided = () =>
        database.one<{ n: number }>(
          sql`select count(*)::int as n from decision where case_id = any(${sent.map(({ caseId }) => caseId)})`,
        );
      await brandt.advanceClock({ body: { milliseconds: days * DAY } });
      const [other] = await work(workflow, 1);
      await seen(other!.id);
      expect(await decided()).toEqual({ n: 0 });
      await brandt.advanceClock({ body: { milliseconds: 1_000 } });
      await until(decided, ({ n }) => n === sent.length);
    };
    await late(15);
    await brandt.advanceClock({ body: { milliseconds: 1_000 } });
    const [next] = await work(workflow, 1);
    await seen(next!.id);
    expect(await newest(workflow)).toMatchObject({ inForce: true });
    await late(13);
    expect((await lapsed(workflow)).suspendedBecause).toContain("became unsure");
  });

  test("tells the owner once that a certificate ends soon", async () => {
    const { workflow } = await start();
    await work(workflow, 40);
    await certify(workflow);
    await brandt.advanceClock({ body: { milliseconds: 80 * DAY } });
    const told = await until(
      () => eventsOf(workflow, "certificate.expiring"),
      (events) => events.length > 0,
    );
    expect(told).toMatchObject([{ data: { days: 10 } }]);
    await brandt.advanceClock({ body: { milliseconds: DAY } });
    expect(await eventsOf(workflow, "certificate.expiring")).toHaveLength(1);
  });
});

test("the forecast says how many days of labels are missing, now and after a change of the release", async () => {
  const { workflow } = await start();
  await work(workflow, 10);
  const young = await brandt.automationForecast({ params: { workflow }, query: {} });
  expect(young).toMatchObject({ inForce: false, basis: "assumed", labels: 10, labelsPerDay: 10 });
  expect(young.next.days!.median).toBeGreaterThan(0);
  await work(workflow, 30);
  await certify(workflow);
  const found = await brandt.automationForecast({ params: { workflow }, query: {} });
  expect(found).toMatchObject({ inForce: true, basis: "certificate", labels: 40 });
  expect(found.afterChange.days!.median).toBeGreaterThan(0);
  expect(found.sentence).toMatch(
    /^certified until 2026-\d\d-\d\d; .*after a change to a new release automation returns in about/,
  );
});
