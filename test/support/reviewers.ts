/**
 * Many reviewers at once over the API: each takes cases and decides them until nothing is left, and what they were told is
 * held against what the database and the targets have.
 *
 * For people.4 with 5,000 cases and for its short form in the tests. Runs with and without a test runner.
 */
import type { Client } from "../../src/contract/client.ts";
import { PilotageError } from "../../src/contract/errors.ts";

export interface Shift {
  /** One client for each reviewer, each with a key of its own. */
  reviewers: Client[];
  workflow: string;
  /** Tells when to stop: all these are decided. */
  cases: number;
  /** Told once a second or so. */
  progress?(decided: number): void;
}

export interface ShiftResult {
  decided: number;
  /** Cases of which two reviewers had a lease at the same time. */
  doubleLeases: string[];
  /** Verdicts that were acknowledged, by case; more than one is a verdict taken twice. */
  acknowledged: Map<string, { reviewer: number; verdict: string }[]>;
  /** Refusals in good order, by code: somebody else was faster. */
  refused: Record<string, number>;
  decisionMs: number[];
  claimMs: number[];
}

/** Leases overlap in the eyes of those who hold them when one is given before the other was decided, given back or over. */
export async function workShift({ reviewers, workflow, cases, progress }: Shift): Promise<ShiftResult> {
  const result: ShiftResult = {
    decided: 0,
    doubleLeases: [],
    acknowledged: new Map(),
    refused: {},
    decisionMs: [],
    claimMs: [],
  };
  const held = new Map<string, number>();
  const timed = async <T>(list: number[], work: Promise<T>): Promise<T> => {
    const started = performance.now();
    const answer = await work;
    list.push(performance.now() - started);
    return answer;
  };

  async function work(client: Client, me: number): Promise<void> {
    for (let turn = 0; result.decided < cases; turn++) {
      // Some take one, some take several; now and then a case is given back.
      const body = { count: 1 + ((me + turn) % 3), leaseSeconds: 600 };
      const { reviews } = await timed(result.claimMs, client.claimReviews({ params: { workflow }, body }));
      // The last cases are in other hands; whoever looks too often only keeps those from deciding.
      if (reviews.length === 0) await new Promise((resolve) => setTimeout(resolve, 500));
      for (const { caseId } of reviews) {
        if (held.has(caseId)) result.doubleLeases.push(caseId);
        held.set(caseId, me);
      }
      for (const { caseId, lease } of reviews) {
        const params = { case: caseId };
        if ((turn + me) % 17 === 0) {
          held.delete(caseId);
          await client.releaseReview({ params, body: { lease } });
          continue;
        }
        const verdict = VERDICTS[(turn + me) % VERDICTS.length]!;
        const sent = { lease, ...verdict };
        try {
          // Taken off before the answer comes: nobody else can have it before.
          held.delete(caseId);
          const [taken, again] = await timed(
            result.decisionMs,
            Promise.all([
              client.giveVerdict({ params, body: sent }),
              // Every seventh is sent twice at once, as an impatient browser does.
              turn % 7 === 0 ? client.giveVerdict({ params, body: sent }) : undefined,
            ]),
          );
          if (again && again.undoUntil !== taken.undoUntil)
            throw new Error(`${caseId}: the same verdict got two answers`);
          const known = result.acknowledged.get(caseId) ?? [];
          result.acknowledged.set(caseId, [...known, { reviewer: me, verdict: taken.verdict }]);
          if (++result.decided % 250 === 0) progress?.(result.decided);
        } catch (error) {
          if (!(error instanceof PilotageError) || error.status >= 500) throw error;
          result.refused[error.code] = (result.refused[error.code] ?? 0) + 1;
        }
      }
    }
  }
  await Promise.all(reviewers.map((client, me) => work(client, me)));
  return result;
}

const VERDICTS = [
  { verdict: "approve" },
  { verdict: "approve" },
  { verdict: "edit", output: { category: "technical" } },
  { verdict: "approve" },
  { verdict: "reject", reason: "out_of_scope" },
] as const;

/** What must hold when everything has gone out; each entry names what does not. */
export function problemsOf(
  result: ShiftResult,
  stored: { case_id: string; state: string; verdict: string; verdicts: number; deliveries: number }[],
): string[] {
  const problems = result.doubleLeases.map((id) => `${id} was leased to two reviewers at once`);
  const byCase = new Map(stored.map((row) => [row.case_id, row]));
  for (const [id, taken] of result.acknowledged) {
    const row = byCase.get(id);
    if (taken.length !== 1) problems.push(`${id} was decided ${taken.length} times`);
    if (row?.verdict !== taken[0]!.verdict)
      problems.push(`${id} was told ${taken[0]!.verdict} and stored ${row?.verdict}`);
  }
  for (const row of stored) {
    if (!result.acknowledged.has(row.case_id))
      problems.push(`${row.case_id} was decided and nobody was told`);
    if (row.verdicts !== 1) problems.push(`${row.case_id} has ${row.verdicts} verdicts`);
    const sent = row.verdict === "reject" ? 0 : 1;
    if (row.deliveries !== sent) problems.push(`${row.case_id} went out ${row.deliveries} times`);
    if (row.state !== (sent === 1 ? "delivered" : "closed")) problems.push(`${row.case_id} is ${row.state}`);
  }
  return problems;
}

/** The answer to the question of `problemsOf`, for a workflow; `effects` counts what the target did. */
export const STORED = `
  select c.id as case_id, c.state, c.verdict,
    (select count(*)::int from review r where r.case_id = c.id and r.state = 'decided') as verdicts,
    (select count(*)::int from delivery_attempt a where a.case_id = c.id and a.finished_at is not null and a.error is null) as deliveries
  from case_ c where c.workflow = $1`;
