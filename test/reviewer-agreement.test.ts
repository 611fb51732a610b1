/**
 * How far people agree, from the labels of real verdicts. The blind second labels are written as a second review
 * writes them: a row and the sealed answer.
 */
import { describe, expect, test } from "vitest";
import { keysOf, sealJson } from "../src/cases/content.ts";
import { insertContent } from "../src/cases/model/record.ts";
import { openRegistry } from "../src/cases/workflow/registry.ts";
import type { Client } from "../src/contract/client.ts";
import { makeId } from "../src/contract/ids.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { openLog } from "../src/platform/log.ts";
import { unlock } from "../src/platform/master-key.ts";
import { sql, time } from "../src/platform/sql.ts";
import { agreementOf, LEAST_PAIRS } from "../src/reviews/agreement.ts";
import { cohenKappa, krippendorffAlpha } from "../src/statistics/agreement.ts";
import { exactInterval } from "../src/statistics/proportion.ts";
import { install, launch, until } from "./support/installation.ts";

const DAY = 86_400_000;
const CATEGORIES = ["billing", "technical", "other"];
const OUTPUT: JsonObject = {
  type: "object",
  properties: {
    category: { enum: CATEGORIES },
    reference: { type: "string" },
    amount: { type: ["number", "null"] },
    note: { type: "string" },
  },
  required: ["category"],
  additionalProperties: false,
};
const ERROR: JsonObject = { equal: ["category", "reference"], tolerance: { amount: 1 } };

const installation = await install({ settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
const { app, client } = installation;
const { database } = app;
const vault = await unlock({
  fromSetting: undefined,
  dataHome: installation.dataHome,
  database,
  log: openLog("error"),
});
const parts = { database, vault, registry: openRegistry() };
const anna = await installation.clientFor(["review"]);
const ben = await installation.clientFor(["review", "read"]);
const clerk = await installation.clientFor(["review"], { simulated: true });
const START = app.clock.now();
const span = { since: START - DAY, until: START + DAY };

/** A workflow whose cases wait for a person; answers how to hand in one and have it judged. */
async function desk(workflow: string) {
  await client.saveConnection({
    params: { name: workflow },
    body: { settings: { kind: "scripted", script: { otherwise: { answer: { category: "other" } } } } },
  });
  await launch(installation, {
    script: null,
    workflow: { workflow, undo: 600_000 },
    release: { workflow, model: { connection: workflow }, output: OUTPUT, error: ERROR, facets: {} },
  });
  let made = 0;
  return async (who: Client, answer: JsonObject | undefined): Promise<string> => {
    const { caseId } = await client.submitCase({
      params: { workflow },
      body: { externalId: `${workflow}-${made++}`, input: { text: "the bill is wrong" } },
    });
    await judge(who, caseId, answer);
    return caseId;
  };
}

async function judge(who: Client, caseId: string, answer: JsonObject | undefined): Promise<void> {
  await until(
    () => client.getCase({ params: { case: caseId }, query: {} }),
    (found) => found.state === "in_review",
  );
  const { lease } = await who.claimReview({ params: { case: caseId }, body: {} });
  await who.giveVerdict({
    params: { case: caseId },
    body:
      answer === undefined
        ? { lease, verdict: "reject", reason: "out_of_scope" }
        : { lease, verdict: "edit", output: answer },
  });
}

let second = 0;
/** The label of a blind second review, with what shall be different about it. */
async function judgeAgain(
  caseId: string,
  answer: JsonObject | undefined,
  more: { person?: string; at?: number; drill?: boolean; simulated?: boolean; withdrawn?: boolean } = {},
): Promise<string> {
  const at = more.at ?? START;
  const id = makeId("label", START + second++, new Uint8Array(10));
  await database.transaction(async (tx) => {
    await tx.run(sql`
      insert into label (id, case_id, workflow, release, arm, source, asked_for, qa, qa_probability, cold, cold_probability, seen, wrong, person, simulated, labelled_at, drill, withdrawn_at)
      select ${id}, case_id, workflow, release, arm, 'second_review', 'second_review', qa, qa_probability, cold, cold_probability, false, null, ${more.person ?? "Carla"},
        ${more.simulated ?? false}, ${time(at)}, ${more.drill ?? false}, ${more.withdrawn ? time(at) : null}
      from label where case_id = ${caseId} and source <> 'second_review' limit 1`);
    if (answer === undefined) return;
    const key = (await keysOf(tx, vault, [caseId])).get(caseId)!;
    const kind = `label.${id}`;
    await insertContent(tx, [{ case_id: caseId, kind, sealed: sealJson(key, kind, answer) }]);
  });
  return id;
}

describe("agreement of two people", async () => {
  const workflow = "pairs";
  const hand = await desk(workflow);
  const answer = (i: number): JsonObject => ({
    category: CATEGORIES[i % 3]!,
    reference: `R-${i}`,
    amount: 100 + i,
  });
  /** Another category in each sixth case, another amount in each fourth, a little of it in the others. */
  const again = (i: number): JsonObject => ({
    ...answer(i),
    category: CATEGORIES[(i % 6 === 0 ? i + 1 : i) % 3]!,
    amount: 100 + i + (i % 4 === 0 ? 5 : 0.5),
  });
  const of = async (field: string) => {
    const found = (await agreementOf(parts, workflow, span)).find((one) => one.field === field);
    if (!found) throw new Error(`there is nothing about ${field}`);
    return found;
  };

  test("is not told before there are enough pairs, but how many are missing", async () => {
    expect(await agreementOf(parts, workflow, span)).toEqual([
      { field: "category", metric: "nominal", n: 0, simulated: false, kind: "too_few", needed: LEAST_PAIRS },
      { field: "reference", metric: "nominal", n: 0, simulated: false, kind: "too_few", needed: LEAST_PAIRS },
      { field: "amount", metric: "interval", n: 0, simulated: false, kind: "too_few", needed: LEAST_PAIRS },
    ]);
    for (let i = 0; i < 19; i++) await judgeAgain(await hand(anna, answer(i)), again(i));
    expect(await of("category")).toMatchObject({ n: 19, kind: "too_few", needed: 1 });
  });

  test("is told with its intervals from twenty pairs on", async () => {
    for (let i = 19; i < 24; i++) await judgeAgain(await hand(anna, answer(i)), again(i));
    const category = await of("category");
    // Four of 24 differ: billing was called technical.
    const kappa = cohenKappa([
      [4, 4, 0],
      [0, 8, 0],
      [0, 0, 8],
    ])!;
    const indices = Array.from({ length: 24 }, (_, i) => i);
    const alpha = krippendorffAlpha(
      indices.map((i) => [answer(i)["category"] as string, again(i)["category"] as string]),
      "nominal",
    );
    expect(category).toMatchObject({
      kind: "measured",
      metric: "nominal",
      n: 24,
      same: { value: 20 / 24, interval: exactInterval(20, 24, 0.95) },
      kappa: { value: expect.closeTo(kappa.kappa, 9), n: 24 },
      alpha: { value: expect.closeTo(alpha!, 9), n: 24 },
    });
    if (category.kind !== "measured") throw new Error("there is no value");
    for (const { value, interval } of [category.same, category.kappa!, category.alpha!]) {
      expect(interval!.lower).toBeLessThan(value);
      expect(interval!.upper).toBeGreaterThan(value);
    }
    expect(await of("category")).toEqual(category);
  });

  test("of amounts counts how far they are apart, and same means within the release's tolerance", async () => {
    const indices = Array.from({ length: 24 }, (_, i) => i);
    const alpha = krippendorffAlpha(
      indices.map((i) => [answer(i)["amount"] as number, again(i)["amount"] as number]),
      "interval",
    );
    expect(await of("amount")).toMatchObject({
      metric: "interval",
      same: { value: 18 / 24 },
      kappa: undefined,
      alpha: { value: expect.closeTo(alpha!, 9), n: 24 },
    });
  });

  test("that is perfect still has a lower end", async () => {
    const reference = await of("reference");
    expect(reference).toMatchObject({ same: { value: 1 }, kappa: { value: 1 }, alpha: { value: 1 } });
    if (reference.kind !== "measured") throw new Error("there is no value");
    expect(reference.alpha!.interval!.lower).toBeLessThan(0.9);
    expect(reference.kappa!.interval!.lower).toBeLessThan(0.9);
  });

  test("does not count a drill, a withdrawn label, oneself, a rejection, or another time", async () => {
    const before = await of("category");
    const other = { category: "other" };
    await judgeAgain(await hand(anna, answer(0)), other, { drill: true });
    await judgeAgain(await hand(anna, answer(0)), other, { withdrawn: true });
    await judgeAgain(await hand(anna, answer(0)), other, { person: "review" });
    await judgeAgain(await hand(anna, answer(0)), other, { at: span.until });
    await judgeAgain(await hand(anna, answer(0)), other, { at: span.since - 1 });
    await judgeAgain(await hand(anna, answer(0)), undefined);
    await hand(anna, answer(0));
    expect(await of("category")).toEqual(before);
  });

  test("counts the newest of several second labels, and the verdict that stands after an undo", async () => {
    const before = await of("category");
    const caseId = await hand(anna, { category: "billing" });
    await anna.undoVerdict({ params: { case: caseId } });
    await judge(ben, caseId, { category: "technical" });
    const old = await judgeAgain(caseId, { category: "other" });
    const young = await judgeAgain(caseId, { category: "technical" });
    await database.run(
      sql`update label set superseded_by = ${young} where case_id = ${caseId} and id = ${old}`,
    );
    const after = await of("category");
    if (before.kind !== "measured" || after.kind !== "measured") throw new Error("there is no value");
    expect([after.n, after.same.value * after.n]).toEqual([25, before.same.value * 24 + 1]);
    // An amount that nobody wrote is no number to compare, and the same all the same.
    expect(await of("amount")).toMatchObject({ n: 25, same: { value: 19 / 25 }, alpha: { n: 24 } });
  });
});

test("programs that stand in for people count only where no people judged", async () => {
  const workflow = "programs";
  const hand = await desk(workflow);
  const given = { category: "billing" };
  for (let i = 0; i < 2; i++)
    await judgeAgain(await hand(clerk, given), given, { person: "another clerk", simulated: true });
  expect(await agreementOf(parts, workflow, span)).toMatchObject([
    { field: "category", n: 2, simulated: true, needed: 18 },
    {},
    {},
  ]);
  await judgeAgain(await hand(anna, given), given);
  expect(await agreementOf(parts, workflow, span)).toMatchObject([
    { field: "category", n: 1, simulated: false, needed: 19 },
    {},
    {},
  ]);
});

test("a workflow without a release has no fields to agree on", async () => {
  await client.applyWorkflow({
    params: { workflow: "bare" },
    body: {
      document: {
        workflow: "bare",
        purpose: "Nothing yet",
        unit: "case",
        people: { owner: "e.brandt@example.com" },
        automation: { maxErrorRate: 0.05 },
      },
    },
  });
  expect(await agreementOf(parts, "bare", span)).toEqual([]);
});
