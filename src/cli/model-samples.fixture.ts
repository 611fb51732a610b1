/** For tests: answers of the endpoints of models and their canary, in the form of the contract. */

const AT = "2026-01-05T08:00:00.000Z";

const canaryRun = {
  id: "cnr_1",
  connection: "mistral-eu",
  model: "mistral-small",
  outcome: "same" as const,
  because: null,
  change: null,
  compared: 14,
  differing: 1,
  changedFrom: 5,
  answered: [{ model: "mistral-small-2506", version: null }],
  calls: 16,
  inputTokens: 1_200,
  outputTokens: 160,
  cost: { amount: "0.0004", currency: "EUR", estimated: false },
  askedBy: null,
  startedAt: AT,
  finishedAt: AT,
};

export const MODELS = {
  listModels: {
    models: [
      {
        connection: "mistral-eu",
        model: "mistral-small",
        workflows: ["support-triage"],
        canary: canaryRun,
        lastChange: null,
        nextCanaryAt: AT,
        retiresAt: "2027-06-30",
        retiresIn: 541,
      },
    ],
  },
  listCanaryRuns: { runs: [canaryRun], next: null },
  runCanary: { due: [{ connection: "mistral-eu", model: "mistral-small" }] },
};
