/** For tests: answers of the endpoints of shadow runs, evaluation sets and rollouts, in the form of the contract. */

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
  removed: 0,
  leftOut: {},
  looks: 1,
  wornOut: false,
  source: "import" as const,
  representative: true,
  bentBy: [],
  taxonomy: { digest: "0123456789abcdef", classes: { category: ["billing", "technical"] } },
  classesDiffer: null,
  release: RELEASE,
  madeFrom: null,
  opened: null,
  keptUntil: null,
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
  repeats: 1,
  metrics: [],
  progress: { asked: 2, of: 2, secondsLeft: null },
  items: 2,
  answered: 2,
  failed: 0,
  unusable: 0,
  leftOut: 0,
  right: 1,
  wrong: 1,
  accuracy: { value: 0.5, lower: 0.0126, upper: 0.9874 },
  meanMilliseconds: 3.2,
  cost: { amount: "0.42", currency: "EUR", unknown: 0 },
  startedAt: AT,
  startedBy: "j.okafor@example.com",
  finishedAt: AT,
  notes: [],
};

const half = { value: 0.5, lower: 0.0126, upper: 0.9874 };
const counts = { right: 1, n: 2, unanswered: 0, share: half };

const figures = {
  items: 2,
  trained: 0,
  destroyed: 0,
  repeats: 1,
  measures: [
    { metric: "accuracy", ...counts, slices: [{ facet: "output.category", value: "fault", ...counts }] },
  ],
  classes: [
    {
      field: "category",
      n: 2,
      accuracy: half,
      macroF1: { value: 0.3333, lower: 0, upper: 1 },
      classes: [
        { name: "fault", truths: 2, answers: 1, hits: 1, precision: null, recall: half, f1: 0.6667 },
        { name: "other", truths: 0, answers: 1, hits: 0, precision: null, recall: null, f1: 0 },
      ],
      confusions: [{ truth: "fault", answer: "other", n: 1, items: [{ no: 2, case: "case_1" }] }],
      unanswered: 0,
      unknown: 0,
    },
  ],
  flips: null,
  judges: [],
  latency: { n: 2, mean: { value: 3.2, lower: 3, upper: 3.4 }, p50: null, p95: null, p99: null },
  cost: { n: 2, unknown: 0, currency: "EUR", mean: { value: "0.21", lower: "0.2", upper: "0.22" } },
};

const comparison = {
  old: "evr_1",
  new: "evr_2",
  set: "tickets-may@1",
  metric: "accuracy",
  n: 2,
  both: 1,
  neither: 0,
  onlyOldRight: 0,
  onlyNewRight: 1,
  unanswered: { old: 0, new: 0 },
  leftOut: 0,
  difference: { value: 0.5, lower: 0, upper: 1 },
  p: 1,
  margin: 0.02,
  notWorse: true,
  sameRule: true,
  changes: [{ no: 2, case: "case_1", right: "new" as const }],
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
  openEvaluationSet: {
    ...evaluationSet,
    kind: "development" as const,
    opened: { at: AT, by: "j.okafor@example.com", because: "The prompt was tuned on it" },
  },
  removeEvaluationSet: { set: "set_1", name: "tickets-may", version: 1, items: 2 },
  startEvaluation: evaluationRun,
  getEvaluation: { ...evaluationRun, figures },
  compareEvaluations: comparison,
};

/** The lines of an import. */
const IMPORTED = [
  { line: 2, message: "a line needs the objects `input` and `output`" },
  { set: evaluationSet, dropped: ["note"] },
];

/** The lines while a set is collected, and while its labels are mapped. */
const COLLECTED = [
  { read: 100, of: 120 },
  {
    set: {
      ...evaluationSet,
      source: "coins" as const,
      leftOut: { "another case of its thread": 3 },
      keptUntil: "2027-01-05T08:00:00.000Z",
    },
    dropped: ["input.phone"],
  },
];
const REMAPPED = [
  { read: 2, of: 2 },
  { set: { ...evaluationSet, version: 2, madeFrom: "set_1" }, withoutItems: ["category:hardware"] },
];
const EXPORTED = [{ input: { body: "No coffee" }, output: { category: "technical" } }];

export const SET_LINES = {
  importEvaluationSet: IMPORTED,
  collectEvaluationSet: COLLECTED,
  remapEvaluationSet: REMAPPED,
  exportEvaluationSet: EXPORTED,
};

/** What the overview says of releases. */
export const IN_FORCE = {
  stable: "manual",
  candidate: null,
  shadow: null,
  share: 0,
  autonomy: 0,
  stoppedRollout: null,
};

/** What operations say where nothing waits and no rollout stands still. */
export const QUIET = {
  stoppedRollout: null,
  queues: [],
  states: {},
  feeds: [],
  quarantine: [],
  deadLetters: [],
};

const rollout = {
  id: "roll_1",
  workflow: "support-triage",
  release: RELEASE,
  control: "manual",
  backTo: "manual",
  state: "running" as const,
  stages: ["shadow" as const, 0.2, 0.5, 1],
  stage: 1,
  stageName: "20 %",
  share: 0.2,
  plan: {
    ceiling: 0.08,
    tolerated: 1,
    alpha: 0.05,
    leastLabelled: 30,
    latency: null,
    cost: null,
    inFlight: "review" as const,
    simulated: false,
  },
  reviewedWhole: true,
  tripped: null,
  accepted: [],
  startedAt: AT,
  startedBy: "j.okafor@example.com",
  stageAt: AT,
  endedAt: null,
  moves: ["advance", "hold", "roll_back"],
  sentence: `${RELEASE} gets 20 % of the new cases, the others go to manual.`,
};

const step = {
  id: "chg_1",
  workflow: "support-triage",
  setting: "rollout.step",
  before: { rollout: "roll_1", state: "running", stage: 1 },
  after: { rollout: "roll_1", move: "advance", undecided: false },
  state: "pending" as const,
  requestedAt: AT,
  requestedBy: "j.okafor@example.com",
  decidedBy: null,
  needsSecond: true,
  note: null,
};

export const ROLLOUTS = {
  startRollout: rollout,
  listRollouts: { rollouts: [rollout], next: null },
  getRollout: {
    ...rollout,
    guards: [
      {
        name: "errors" as const,
        sentence: "cases whose output was wrong, by labels that a coin asked for",
        action: "roll_back" as const,
        kind: "quiet" as const,
        evidence: 0.42,
        limit: 20,
        steps: [{ share: 0.2, candidate: { errors: 1, n: 40 }, stable: { errors: 0, n: 0 } }],
      },
    ],
    cases: [{ share: 0.2, candidate: 40, stable: 160 }],
    pairs: { n: 120, onlyCandidate: 4, onlyStable: 6, p: 0.75390625 },
    promotion: { kind: "hold" as const, reasons: ["too-early" as const], interval: null },
    forecast: {
      labelsPerDay: 20,
      baseline: 0.04,
      share: 0.2,
      found: [{ rate: 0.08, labels: 210, days: 52.5 }],
      inShadow: [],
    },
    history: [
      {
        no: 1,
        move: "start",
        at: AT,
        by: "j.okafor@example.com",
        askedBy: null,
        from: null,
        to: "shadow" as const,
        stageName: "shadow",
        share: 0,
        reason: null,
        agrees: true,
        differences: [],
      },
    ],
  },
  advanceRollout: { rollout, pending: step },
  holdRollout: rollout,
  resumeRollout: { rollout, pending: null },
  rollBack: { ...rollout, already: false },
  abortRollout: rollout,
  rolledOutCases: {
    total: 2,
    alone: 1,
    unseen: 0,
    recall: { open: 1, confirmed: 0, corrected: 0 },
    cases: [
      {
        id: "case_1",
        externalId: "T-1001",
        state: "delivered",
        verdict: "auto",
        receivedAt: AT,
        recall: "open" as const,
      },
    ],
    next: null,
  },
  recallDelivered: { added: 1, recall: { open: 1, confirmed: 0, corrected: 0 } },
  rolloutLooks: {
    looks: [
      {
        at: AT,
        stageName: "20 %",
        guard: "errors" as const,
        candidate: { errors: 1, n: 40 },
        evidence: 0.42,
        limit: 20,
      },
    ],
  },
};
