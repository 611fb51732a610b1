/**
 * A workflow whose page Quality has everything on it: a certificate that is watched, weeks with labels, disagreements, a calibration.
 *
 * The cases are worked through the real program; only the calibration is fitted on made-up labels, for it takes hundreds.
 */
import type { Client } from "../../src/contract/client.ts";
import type { JsonObject } from "../../src/contract/json.ts";
import { mulberry32 } from "../../src/statistics/bootstrap.ts";
import { fitCurve } from "../../src/releases/calibration.ts";
import { insertCalibration } from "../../src/releases/calibration-store.ts";
import { SUGGESTION, type ConsoleInstallation } from "./console.ts";

const LABELS = 44;
const SAMPLED = 24;
/** Wrong ones among the cases that a coin holds back once cases go out alone. */
const WRONG_EVERY = 8;
const SCRIPT: JsonObject = {
  rules: [
    {
      when: { field: "text", contains: "cable" },
      do: { answer: { ...SUGGESTION, category: "technical" }, confidence: 0.7 },
    },
  ],
  otherwise: { answer: SUGGESTION, confidence: 0.92 },
};

export async function openQuality(
  { open, client, as, installation }: Pick<ConsoleInstallation, "open" | "client" | "as" | "installation">,
  workflow: string,
): Promise<void> {
  const submit = await open(workflow, {
    script: SCRIPT,
    workflow: {
      automation: { maxErrorRate: 0.2, confidence: 0.8 },
      qa: { share: 1 },
      cold: { share: 0 },
      secondLook: { share: 0 },
      undo: 0,
    },
    release: { confidence: { of: "category", from: "model" } },
  });
  const params = { workflow };
  for (let n = 0; n < LABELS; n++) await give(client, await submit(textOf(n)), false);
  await client.certify({ params, body: {} });
  const second = await as("second@example.com", [
    { role: "sponsor", workflow },
    { role: "approver", workflow },
    { role: "owner", workflow },
  ]);
  const approve = async () => {
    const { changes } = await client.listChanges({ params });
    for (const change of changes.filter(({ state }) => state === "pending"))
      await second.approveChange({ params: { change: change.id } });
  };
  await client.waive({ params, body: { item: "go", reason: "A picture" } });
  await approve();
  await client.setAutonomy({ params, body: { autonomy: 1 } });
  await approve();
  for (let n = 0; n < SAMPLED; n++) await give(client, await submit(textOf(n)), n % WRONG_EVERY === 3);
  await insertMadeUp(installation.app, workflow, await releaseOf(client, workflow));
}

const textOf = (n: number): JsonObject => ({
  text: n % 4 === 0 ? `The cable of ${n} broke` : `Invoice ${n}`,
});

async function releaseOf(client: Client, workflow: string): Promise<string> {
  return (await client.getWorkflow({ params: { workflow } })).candidateRelease!;
}

async function give(client: Client, caseId: string, wrong: boolean): Promise<void> {
  const { lease, output } = await client.claimReview({ params: { case: caseId }, body: {} });
  const body = wrong
    ? ({
        verdict: "edit",
        output: { ...(output as JsonObject), category: "other" },
        reason: "wrong_class",
      } as const)
    : ({ verdict: "approve" } as const);
  await client.giveVerdict({ params: { case: caseId }, body: { lease, ...body } });
}

async function insertMadeUp(
  { database, newId, clock }: ConsoleInstallation["installation"]["app"],
  workflow: string,
  release: string,
): Promise<void> {
  const chance = mulberry32(3);
  const fitted = fitCurve(
    Array.from({ length: 240 }, () => {
      const confidence = 0.4 + 0.59 * chance();
      return { confidence, right: chance() < 0.15 + 0.75 * confidence };
    }),
  )!;
  await insertCalibration(database, {
    id: newId("calibration"),
    workflow,
    release,
    step: 0,
    source: "labels",
    model_answered: null,
    model_version: null,
    simulated: false,
    method: fitted.curve.method,
    curve: fitted.curve,
    n: fitted.n,
    right_n: fitted.right,
    before: fitted.before,
    after: fitted.after,
    person: "E. Brandt",
    at: clock.now(),
  });
}
