/** For tests: answers of the endpoints of releases, criteria and gates, in the form of the contract. */

const AT = "2026-01-05T08:00:00.000Z";
const RELEASE = "rel_01hzy3v7k2e8t9qxw4m5n6p7r8";
const GATE = "gate_01hzy3v7k2e8t9qxw4m5n6p7r8";

const about = {
  name: "right answers",
  group: "performance" as const,
  must: true,
  about: "accuracy",
  unit: "share",
  minimum: 0.8,
  target: 0.85,
  stretch: 0.92,
};

const version = {
  id: "crv_1",
  workflow: "support-triage",
  version: 1,
  digest: "ab".repeat(32),
  frozenAt: AT,
  frozenBy: "j.okafor@example.com",
};

const versionWhole = { ...version, criteria: [{ ...about, set: null, slices: ["output.topic = order"] }] };

const criteria = {
  workflow: "support-triage",
  inForce: versionWhole,
  attested: [
    {
      id: "ats_1",
      criterion: "fallback rehearsed",
      holds: true,
      said: "Drill of 3 March",
      person: "j.okafor@example.com",
      at: AT,
      until: AT,
    },
  ],
  repeats: 1,
  lacks: null,
};

const gate = {
  id: GATE,
  workflow: "support-triage",
  release: RELEASE,
  groups: ["performance" as const],
  runs: ["evr_1"],
  verdict: "conditional" as const,
  sentence: "every minimum is proved, a target is not: rollout with autonomy 0",
  judgedAt: AT,
  judgedBy: "j.okafor@example.com",
  digest: "cd".repeat(32),
  signatures: [
    {
      as: "owner" as const,
      decision: "go" as const,
      person: "j.okafor@example.com",
      note: null,
      digest: "cd".repeat(32),
      at: AT,
    },
  ],
  newest: true,
  rolledBackAt: null,
};

const shown = {
  ...gate,
  reasons: [],
  criteria: [
    {
      ...about,
      verdict: "conditional" as const,
      n: 600,
      estimate: 0.84,
      lower: 0.813,
      upper: 0.864,
      proven: "minimum" as const,
      missing: 900,
      reasons: [],
    },
  ],
  version,
  input: {},
  lacks: null,
};

export const GATES = {
  getCriteria: criteria,
  listCriteria: { versions: [versionWhole], next: null },
  attestCriterion: criteria,
  judgeGate: shown,
  listGates: { gates: [gate], next: null, toSign: null },
  getGate: shown,
  recheckGate: { gate: GATE, agrees: true, differences: [] },
  signGate: shown,
};

const release = {
  id: RELEASE,
  workflow: "support-triage",
  digest: "ab".repeat(32),
  state: "ready" as const,
  problem: null,
  publishedAt: AT,
  publishedBy: "j.okafor@example.com",
  commit: "36921b8",
  pipeline: null,
  models: [
    { name: "classifier", digest: "cd".repeat(32), report: { examples: 40, holdoutAccuracy: 0.912345 } },
  ],
};

export const RELEASES = {
  publishRelease: release,
  listReleases: { releases: [release] },
  getRelease: release,
};
