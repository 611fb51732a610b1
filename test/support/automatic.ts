/** A workflow whose cases go out alone: labelled by a person, certified, its autonomy raised by two. */
import { openClient, type Client } from "../../src/contract/client.ts";
import type { JsonObject } from "../../src/contract/json.ts";
import { launch, until, type Installation } from "./installation.ts";

/** As many right labels as the loose promise of these tests needs. */
const LABELS = 40;
const AUTOMATION = { maxErrorRate: 0.2, confidence: 0.8 };
const SCRIPT: JsonObject = {
  rules: [
    { when: { field: "text", contains: "doubtful" }, do: { answer: { category: "other" }, confidence: 0.2 } },
    {
      when: { field: "text", contains: "slow" },
      do: { answer: { category: "billing" }, confidence: 0.9, delayMs: 4_000 },
    },
  ],
  otherwise: { answer: { category: "billing" }, confidence: 0.9 },
};

/** Answers the release, which another one may take the place of. A text with the word doubtful is not sure enough to go out alone. */
export async function automatic(
  installation: Installation,
  workflow: string,
  more: JsonObject = {},
  otherRelease: JsonObject = {},
): Promise<string> {
  const { url, key } = installation;
  const brandt = openClient({ url, key, as: "E. Brandt" });
  const keller = openClient({ url, key, as: "M. Keller" });
  await brandt.saveConnection({
    params: { name: `script-${workflow}` },
    body: { settings: { kind: "scripted", script: SCRIPT } },
  });
  const release = await launch(
    { client: brandt },
    {
      workflow: { workflow, automation: AUTOMATION, ...more },
      release: { workflow, model: { connection: `script-${workflow}`, timeout: 5_000 }, ...otherRelease },
      script: null,
    },
  );
  await labelled(brandt, workflow);
  const look = await brandt.certify({ params: { workflow }, body: {} });
  if (look.result !== "certified") throw new Error(`not certified: ${look.sentence}`);
  await brandt.waive({ params: { workflow }, body: { item: "go", reason: "a test" } });
  await approve(keller, workflow, "waiver.go");
  await brandt.setAutonomy({ params: { workflow }, body: { autonomy: 1 } });
  await approve(keller, workflow, "autonomy");
  return release;
}

async function labelled(client: Client, workflow: string): Promise<void> {
  for (let i = 0; i < LABELS; i++) {
    const { caseId } = await client.submitCase({
      params: { workflow },
      body: { externalId: `label-${i}`, input: { text: "the bill is wrong" } },
    });
    await until(
      () => client.getCase({ params: { case: caseId } }),
      (found) => found.state === "in_review",
    );
    const { lease } = await client.claimReview({ params: { case: caseId }, body: {} });
    await client.giveVerdict({ params: { case: caseId }, body: { lease, verdict: "approve" } });
  }
}

async function approve(client: Client, workflow: string, setting: string): Promise<void> {
  const { changes } = await client.listChanges({ params: { workflow } });
  const waiting = changes.find((one) => one.setting === setting && one.state === "pending");
  if (waiting) await client.approveChange({ params: { change: waiting.id } });
}
