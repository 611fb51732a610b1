/** For tests: answers of the endpoints of shadow runs and evaluation sets, in the form of the contract. */

const AT = "2026-01-05T08:00:00.000Z";
const RELEASE = "rel_01hzy3v7k2e8t9qxw4m5n6p7r8";

const evaluationSet = {
  id: "set_1",
  workflow: "support-triage",
  name: "tickets-may",
  version: 1,
  kind: "sealed" as const,
  digest: "ef".repeat(32),
  items: 2,
  duplicates: 0,
  refused: 1,
  looks: 1,
  origin: "tickets.ndjson",
  importedAt: AT,
  importedBy: "j.okafor@example.com",
};

const evaluationRun = {
  id: "evr_1",
  workflow: "support-triage",
  set: "set_1",
  setName: "tickets-may",
  setVersion: 1,
  kind: "sealed" as const,
  release: RELEASE,
  step: 0,
  state: "done" as const,
  problem: null,
  items: 2,
  answered: 2,
  failed: 0,
  leftOut: 0,
  right: 1,
  wrong: 1,
  accuracy: { value: 0.5, lower: 0.0126, upper: 0.9874 },
  meanMilliseconds: 3.2,
  cost: { amount: "0.42", currency: "EUR", unknown: 0 },
  startedAt: AT,
  startedBy: "j.okafor@example.com",
  finishedAt: AT,
};

const shadow = {
  workflow: "support-triage",
  release: RELEASE,
  waiting: 1,
  answered: 4,
  failed: 1,
  compared: 3,
  wrong: 1,
  open: 1,
};

export const TRIALS = {
  getShadow: shadow,
  setShadow: shadow,
  listEvaluationSets: { sets: [evaluationSet] },
  getEvaluationSet: { ...evaluationSet, runs: [evaluationRun] },
  startEvaluation: evaluationRun,
  getEvaluation: evaluationRun,
};

/** The lines of an import. */
export const IMPORTED = [
  { line: 2, message: "a line needs the objects `input` and `output`" },
  { set: evaluationSet, dropped: ["note"] },
];
