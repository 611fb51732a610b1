/** What Pilotage says about the main job, compared case by case with what the data file says. */
import { createHash } from "node:crypto";
import type { Client } from "../../../src/contract/client.ts";
import { isJsonObject } from "../../../src/contract/json.ts";
import { INTENTS, type Intent } from "./banking.ts";

type Case = Awaited<ReturnType<Client["getCase"]>>;

/** The records of the test file under the ids that their cases must have: the file has no key column. */
export function byExternalId(file: Uint8Array, records: Intent[]): Map<string, Intent> {
  const digest = createHash("sha256").update(file).digest("hex").slice(0, 32);
  return new Map(records.map((record, i) => [`${digest}.${i + 1}`, record]));
}

/** Every case of the workflow with its content. */
export async function readCases(client: Client): Promise<Case[]> {
  const ids: string[] = [];
  for (let before: string | undefined; ;) {
    const page = await client.listCases({ params: { workflow: INTENTS }, query: { limit: 500, before } });
    ids.push(...page.cases.map((one) => one.id));
    if (page.next === null) break;
    before = page.next;
  }
  const cases: Case[] = [];
  const rest = ids.values();
  const read = async () => {
    for (const id of rest)
      cases.push(await client.getCase({ params: { case: id }, query: { content: "true" } }));
  };
  await Promise.all(Array.from({ length: 8 }, read));
  return cases;
}

/** What the cases say, beside the truth of their records. */
export function compareCases(cases: Case[], known: Map<string, Intent>) {
  const right = (one: Case) =>
    fieldOf(one.content?.output, "category") === known.get(one.externalId)?.category;
  const inForce = (one: Case) =>
    one.labels.filter((label) => !label.superseded && label.withdrawnAt === null);
  const count = (holds: (one: Case) => boolean) => cases.filter(holds).length;
  const times = (name: "receivedAt" | "decidedAt") => cases.map((one) => Date.parse(one[name] ?? ""));
  const attempts = cases
    .flatMap((one) => one.attempts.map(({ milliseconds }) => milliseconds ?? 0))
    .toSorted((a, b) => a - b);
  const byOutputs = count(right);
  return {
    /** Cases that are no record of the file, or hold another text. */
    strangers: count((one) => fieldOf(one.content?.input, "text") !== known.get(one.externalId)?.text),
    byLabels: count((one) => inForce(one).some((label) => label.wrong === false)),
    byOutputs,
    accuracy: round(byOutputs / cases.length, 4),
    ece: round(
      calibrationError(
        cases.map((one) => ({ confidence: one.decision?.confidence ?? 0, right: right(one) })),
      ),
      4,
    ),
    cold: count((one) => one.cold),
    coldApproved: count((one) => one.cold && one.verdict === "approve"),
    unseen: count((one) => inForce(one).some((label) => !label.seen)),
    qa: count((one) => one.qa === true),
    verdicts: tally(cases.map((one) => one.verdict ?? "none")),
    refusedReasons: tally(
      cases.flatMap((one) => (one.verdict === "reject" ? [one.reviews.at(-1)?.reason ?? "none"] : [])),
    ),
    decidingSeconds: (Math.max(...times("decidedAt")) - Math.min(...times("receivedAt"))) / 1_000,
    attemptMilliseconds: { median: at(attempts, 0.5), p95: at(attempts, 0.95) },
  };
}

/** What was delivered, beside the truth. Where a text stands in the file with two answers, the clerk takes either. */
export function compareDeliveries(
  file: string,
  known: Map<string, Intent>,
): { lines: number; wrong: number; twice: number } {
  const answers = Map.groupBy(known.values(), (record) => record.text.trim());
  const lines = file
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { body: { externalId: string; output: { category: string } } });
  const wrong = lines.filter(({ body }) => {
    const truths = answers.get(known.get(body.externalId)?.text.trim() ?? "") ?? [];
    return !truths.some(({ category }) => category === body.output.category);
  });
  return {
    lines: lines.length,
    wrong: wrong.length,
    twice: lines.length - new Set(lines.map(({ body }) => body.externalId)).size,
  };
}

/** Expected calibration error in ten bins of equal width. */
function calibrationError(answers: { confidence: number; right: boolean }[]): number {
  const bins = Map.groupBy(answers, ({ confidence }) => Math.min(9, Math.floor(confidence * 10)));
  const gaps = bins
    .values()
    .map((bin) => Math.abs(bin.reduce((sum, { confidence, right }) => sum + confidence - Number(right), 0)));
  return gaps.reduce((sum, gap) => sum + gap, 0) / answers.length;
}

function tally(words: string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length]));
}

function at(sorted: number[], share: number): number | null {
  const value = sorted[Math.floor(sorted.length * share)];
  return value === undefined ? null : round(value, 1);
}

function fieldOf(value: unknown, name: string): unknown {
  return isJsonObject(value) ? value[name] : undefined;
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
