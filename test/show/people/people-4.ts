/**
 * people.4: 50 reviewers claim and decide 5,000 cases in parallel over the API.
 *
 * The real program, web and worker as processes of their own, on a database of its own; a webhook receiver counts what
 * arrives. Every reviewer has a key of their own, takes one to three cases at a time, gives some back, and sends every
 * seventh verdict twice. What they were told is held against the database and the receiver.
 *
 * Options: --cases n, --reviewers n.
 */
import { openClient } from "../../../src/contract/client.ts";
import { until } from "../../support/installation.ts";
import { problemsOf, STORED, workShift } from "../../support/reviewers.ts";
import { launchWreck, WORKFLOW } from "../../support/wreck.ts";
import type { Context, Outcome } from "../point.ts";

export const title =
  "50 reviewers claim and decide 5,000 cases in parallel over the API: no double lease, no lost decision, one delivery per case";

const AT_ONCE = 50;

export async function run(context: Context): Promise<Outcome> {
  const cases = Number(context.options["cases"] ?? 5_000);
  const reviewers = Number(context.options["reviewers"] ?? 50);
  const wreck = await launchWreck({
    folder: context.folder("people"),
    workflow: { undo: 1_000 },
    settings: { PILOTAGE_DATABASE_CONNECTIONS: "12" },
  });
  context.after(() => wreck.stop());
  await wreck.workers[0]!.up();

  for (let done = 0; done < cases; done += AT_ONCE)
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, cases - done) }, (_, i) =>
        wreck.client.submitCase({
          params: { workflow: WORKFLOW },
          body: { externalId: `P-${done + i}`, input: { text: `the bill ${done + i}` } },
        }),
      ),
    );
  const counts = async () => (await wreck.client.getWorkflow({ params: { workflow: WORKFLOW } })).counts;
  await until(counts, (found) => found["in_review"] === cases, 900_000);
  context.progress(`${cases} cases wait`);

  const clients = [];
  for (let i = 0; i < reviewers; i++) {
    const { secret } = await wreck.client.makeKey({ body: { name: `reviewer ${i}`, scopes: ["review"] } });
    clients.push(openClient({ url: wreck.address, key: secret }));
  }
  const started = performance.now();
  const result = await workShift({
    reviewers: clients,
    workflow: WORKFLOW,
    cases,
    progress: (decided) => context.progress(`${decided} decided`),
  });
  const seconds = (performance.now() - started) / 1000;
  await until(counts, (found) => (found["delivered"] ?? 0) + (found["closed"] ?? 0) === cases, 600_000);
  const stored = await wreck.query<Parameters<typeof problemsOf>[1][number]>(STORED, [WORKFLOW]);
  const problems = problemsOf(result, stored);
  for (const problem of problems.slice(0, 20)) context.progress(problem);
  const decisions = result.decisionMs.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(decisions[Math.floor(decisions.length * share)] ?? 0);
  return {
    met: stored.length === cases && problems.length === 0 && Object.keys(result.refused).length === 0,
    figures: {
      cases,
      reviewers,
      decided: result.decided,
      doubleLeases: result.doubleLeases.length,
      problems: problems.length,
      refused: result.refused,
      decisionsPerSecond: Math.round(result.decided / seconds),
      decisionMs: { p50: at(0.5), p95: at(0.95) },
    },
  };
}
