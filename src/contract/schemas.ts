/** The bodies and replies of the endpoints, as zod schemas. Times are ISO strings in UTC, shares are numbers from 0 to 1. */
import { z } from "zod";
import { caseContent, caseCorrections } from "./case-content.ts";
import { QUARANTINE_REASONS, type QuarantineReason } from "./quarantine.ts";
import { caseShadow } from "./shadow.ts";
import { GUARDS, HEALTH, RECALL_STATES, type Alarm } from "./rollout.ts";
import { ARMS, CASE_STATES, type Arm, type CaseState } from "./states.ts";

const time = z.string().describe("UTC, e.g. 2026-01-05T08:00:00.000Z");
const maybeTime = time.nullable();
const share = z.number().min(0).max(1);
const cost = z.object({
  amount: z.string().describe("Decimal text"),
  currency: z.string(),
  estimated: z.boolean().describe("The tokens were estimated, or whether the call was billed at all"),
});
const json = z.record(z.string(), z.any());
export const keysOf = <K extends string>(table: Record<K, unknown>) => Object.keys(table) as [K, ...K[]];

export const nothing = z.object({});

export const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  before: z.string().max(60).optional().describe("The id after which the page begins, newest first"),
});

export const attachmentSchema = z.strictObject({
  // The name becomes part of a digest and of a header; neither takes half a character, and nobody needs a control character.
  name: z
    .string()
    .min(1)
    .max(255)
    .refine(
      (name) => name.isWellFormed() && !/\p{Cc}/u.test(name),
      "a name without control characters and half characters (lone surrogates) is expected",
    ),
  mediaType: z.string().regex(/^[\w.+-]+\/[\w.+-]+$/, "a media type such as application/pdf is expected"),
  base64: z.base64(),
});

export const submitBody = z.strictObject({
  externalId: z
    .string()
    .optional()
    .describe("Tells this case from every other one of its source; the idempotency key"),
  source: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9._-]{0,59}$/,
      "lower-case letters, digits, dot, hyphen and underscore are expected",
    )
    .default("api"),
  input: z.any(),
  attachments: z.array(attachmentSchema).max(50).default([]),
  drill: z.boolean().default(false).describe("Marks a rehearsal; left out of every figure"),
});

const problems = z.array(z.object({ path: z.string(), message: z.string() }));

export const receipt = z.object({
  status: z.enum(["admitted", "duplicate"]),
  caseId: z.string(),
  externalId: z.string(),
  dropped: z.array(z.string()).describe("Fields that the input schema does not name and that were left out"),
});

export const batchLine = z.object({
  line: z.number().int().optional(),
  status: z.enum(["admitted", "duplicate", "quarantined", "error"]).optional(),
  caseId: z.string().optional(),
  externalId: z.string().optional(),
  dropped: z.array(z.string()).optional(),
  quarantineId: z.string().optional(),
  code: z.string().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
  summary: z
    .object({
      read: z.number(),
      admitted: z.number(),
      duplicate: z.number(),
      quarantined: z.number(),
      skipped: z.number(),
      failed: z.number(),
    })
    .optional(),
});

const reason = z.object({ code: z.string(), detail: z.string().optional() });
const state = z.enum(keysOf<CaseState>(CASE_STATES));

const caseSummary = z.object({
  id: z.string(),
  workflow: z.string(),
  state,
  arm: z.string(),
  release: z.string(),
  source: z.string(),
  externalId: z.string(),
  facets: json,
  receivedAt: time,
  dueAt: maybeTime,
  decidedAt: maybeTime,
  deliveredAt: maybeTime,
  verdict: z.string().nullable(),
  drill: z.boolean(),
});

const states = z
  .string()
  .max(200)
  .transform((text) => text.split(","))
  .pipe(z.array(state).min(1).max(11));

const facetEquals = z
  .string()
  .max(500)
  .regex(/^[^=]+=/, "name=value is expected");

export const facetFilter = z
  .union([facetEquals, z.array(facetEquals).max(10)])
  .transform((given) => [given].flat())
  .optional()
  .describe("`name=value`, such as output.category=billing; may be given several times");

export const caseQuery = listQuery.extend({
  state: states.optional().describe("One state, or several with commas between"),
  arm: z.enum(keysOf<Arm>(ARMS)).optional(),
  release: z.string().max(60).optional(),
  verdict: z.enum(["auto", "approve", "edit", "reject"]).optional(),
  team: z.string().max(200).optional(),
  source: z.string().max(200).optional(),
  externalId: z.string().max(500).optional(),
  thread: z.string().max(500).optional().describe("As the input names it"),
  subject: z
    .string()
    .max(500)
    .optional()
    .describe("A value of a data subject, such as a customer number; only its keyed digest is looked up"),
  q: z.string().max(200).optional().describe("The beginning of a case's id, or of an external id"),
  from: z.iso.datetime({ offset: true }).optional().describe("Received at or after"),
  to: z.iso.datetime({ offset: true }).optional().describe("Received before"),
  dueBefore: z.iso.datetime({ offset: true }).optional(),
  facet: facetFilter,
});

export const caseList = z.object({ cases: z.array(caseSummary), next: z.string().nullable() });

export const caseReply = caseSummary.extend({
  share,
  autonomyCoin: z
    .number()
    .nullable()
    .describe("Hidden (null) until no verdict can be given or taken back any more"),
  qa: z.boolean().nullable().describe("Hidden (null) until no verdict can be given or taken back any more"),
  cold: z.boolean(),
  team: z.string().nullable(),
  decision: z
    .object({
      outcome: z.string(),
      reasons: z.array(reason),
      confidence: z.number().nullable(),
      threshold: z.number().nullable(),
      certificate: z.string().nullable(),
      step: z.number().nullable(),
      at: time,
    })
    .nullable(),
  attempts: z.array(
    z.object({
      no: z.number(),
      step: z.number(),
      purpose: z.string(),
      state: z.string(),
      modelAsked: z.string(),
      modelAnswered: z.string().nullable(),
      error: z.string().nullable(),
      confidence: z.number().nullable(),
      milliseconds: z.number().nullable(),
      startedAt: time,
      inputTokens: z.number().nullable(),
      outputTokens: z.number().nullable(),
      cost: cost.nullable().describe("Null: unknown, nobody noted a price"),
    }),
  ),
  cost: z
    .object({
      amount: z.string().nullable().describe("Decimal text; null: no call has a known cost"),
      currency: z.string().nullable(),
      estimated: z.boolean(),
      unknown: z.number().int().describe("Calls whose cost is unknown; they are in no sum"),
    })
    .nullable()
    .describe("Of all calls of models; null when none was asked"),
  reviews: z.array(
    z.object({
      no: z.number(),
      state: z.string(),
      person: z.string().nullable(),
      simulated: z.boolean(),
      verdict: z.string().nullable(),
      reason: z.string().nullable(),
      fields: z.array(z.string()).nullable(),
      decidedAt: maybeTime,
    }),
  ),
  deliveries: z.array(
    z.object({
      target: z.string(),
      key: z.string(),
      state: z.string(),
      tries: z.number(),
      sentAt: maybeTime,
      error: z.string().nullable(),
    }),
  ),
  labels: z.array(
    z.object({
      id: z.string(),
      source: z.string(),
      askedFor: z.string(),
      probability: z.number().nullable(),
      seen: z.boolean(),
      wrong: z.boolean().nullable(),
      wrongFields: z.array(z.string()).nullable(),
      person: z.string(),
      simulated: z.boolean(),
      superseded: z.boolean(),
      withdrawnAt: maybeTime,
      at: time,
    }),
  ),
  shadow: caseShadow,
  attachments: z.array(z.object({ no: z.number(), mediaType: z.string(), size: z.number() })),
  history: z.array(z.object({ id: z.string(), kind: z.string(), at: time, actor: json, data: json })),
  corrections: caseCorrections,
  recall: z
    .enum(RECALL_STATES)
    .nullable()
    .describe("Put before people again, because the release that delivered it was rolled back"),
  content: caseContent.nullable(),
});

export const stoppedRollout = z
  .object({
    id: z.string(),
    release: z.string(),
    state: z.enum(["held", "rolled_back"]),
    alarm: z
      .enum(Object.keys({ ...GUARDS, ...HEALTH }) as [Alarm, ...Alarm[]])
      .nullable()
      .describe("Why the program did it; null: a person did"),
    at: time,
  })
  .nullable()
  .describe("The rollout that is held, or was rolled back in the last seven days and none began since");

export const workflowReply = z.object({
  name: z.string(),
  purpose: z.string(),
  unit: z.string(),
  stableRelease: z.string(),
  candidateRelease: z.string().nullable(),
  shadowRelease: z.string().nullable(),
  stoppedRollout,
  share,
  autonomy: share,
  rung: z.number(),
  counts: z.record(z.string(), z.number()),
  waivers: z.array(z.object({ item: z.string(), person: z.string(), reason: z.string(), until: time })),
  pendingChanges: z.number(),
  certificates: z
    .array(
      z.object({
        id: z.string(),
        release: z.string(),
        step: z.number(),
        inForce: z.boolean(),
        standing: z.string(),
        sentence: z.string(),
      }),
    )
    .describe("What stands for the releases that get cases, in force or not"),
  dials: json,
});
export const workflowList = z.object({
  workflows: z.array(workflowReply),
  workers: z.number().int().nullable().describe("Workers that live; null while that is not known yet"),
});

const difference = z.object({
  setting: z.string(),
  before: z.any(),
  after: z.any(),
  needsSecond: z.boolean(),
});
export const applyBody = z.strictObject({
  document: json,
  takeFile: z.boolean().default(false),
  dryRun: z.boolean().default(false),
});
export const applyReply = z.object({
  workflow: z.string(),
  created: z.boolean(),
  changed: z.boolean(),
  digest: z.string(),
  /** Dials where file and force differ. */
  differences: z.array(difference),
  taken: z.array(z.string()),
  pending: z.array(z.string()),
});

/** What a release was made from: of a pipeline, for the record. */
const provenance = { commit: z.string().max(100), pipeline: z.string().max(300) } as const;

export const publishBody = z.strictObject({
  document: json,
  examples: z
    .string()
    .optional()
    .describe("The exact text of the examples file that the document names by digest"),
  provenance: z
    .strictObject({ commit: provenance.commit.optional(), pipeline: provenance.pipeline.optional() })
    .default({}),
});
export const releaseReply = z.object({
  id: z.string(),
  workflow: z.string(),
  digest: z.string(),
  state: z.enum(["preparing", "ready", "failed"]),
  problem: z.string().nullable(),
  publishedAt: time,
  publishedBy: z.string(),
  commit: z.string().nullable().describe("What it was made from, as whoever published it said"),
  pipeline: z.string().nullable().describe("The run of a pipeline that published it"),
  models: z.array(z.object({ name: z.string(), digest: z.string(), report: json })),
  document: json.optional(),
});
export const releaseList = z.object({ releases: z.array(releaseReply) });

export const shareBody = z.strictObject({ release: z.string(), share });
export const waiverBody = z.strictObject({
  item: z.enum(["baseline", "go", "works_council"]),
  reason: z.string().min(3).max(500),
  days: z.number().int().min(1).max(400).default(90),
});
export const changeReply = z.object({
  id: z.string(),
  workflow: z.string(),
  setting: z.string(),
  before: z.any(),
  after: z.any(),
  state: z.enum(["pending", "applied", "refused"]),
  requestedAt: time,
  requestedBy: z.string(),
  decidedBy: z.string().nullable(),
  needsSecond: z.boolean(),
  note: z.string().nullable().describe("What the change does not do, such as autonomy without a certificate"),
});
export const changeList = z.object({ changes: z.array(changeReply) });

const quarantined = z.object({
  id: z.string(),
  workflow: z.string(),
  door: z.string(),
  source: z.string(),
  externalId: z.string().nullable(),
  place: z.string().nullable(),
  reason: z.enum(keysOf<QuarantineReason>(QUARANTINE_REASONS)),
  message: z.string(),
  details: problems,
  state: z.string(),
  keptAt: time,
  settledBy: z.string().nullable(),
  caseId: z.string().nullable(),
});
export const quarantineList = z.object({ records: z.array(quarantined), next: z.string().nullable() });
export const quarantineReply = quarantined.extend({ raw: z.string(), input: z.any() });
export const replayBody = z.strictObject({ input: json.optional(), externalId: z.string().optional() });

export const feedList = z.object({
  feeds: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      path: z.string(),
      nextAt: time,
      problem: z.string().nullable(),
    }),
  ),
  runs: z.array(
    z.object({
      id: z.string(),
      feed: z.string(),
      file: z.string(),
      startedAt: time,
      finishedAt: maybeTime,
      read: z.number(),
      admitted: z.number(),
      quarantined: z.number(),
      duplicate: z.number(),
      skipped: z.number(),
      dropped: z
        .array(z.string())
        .describe("Fields that the input schema does not name and that were left out"),
      problem: z.string().nullable(),
    }),
  ),
});
export const deadLetterList = z.object({
  letters: z.array(
    z.object({
      caseId: z.string(),
      target: z.string(),
      key: z.string(),
      tries: z.number(),
      error: z.string().nullable(),
    }),
  ),
});

export const connectionBody = z.strictObject({
  settings: json,
  keep: z
    .array(z.string().max(120))
    .max(50)
    .optional()
    .describe(
      "Secrets that stay as they are stored: apiKey, secret, headers.x-team and the like, as `stored` names them; only while kind and address stay",
    ),
});
export const connectionList = z.object({
  connections: z.array(
    z.object({ name: z.string(), kind: z.string(), shown: json, savedAt: time, savedBy: z.string() }),
  ),
});

export const advanceClockBody = z.strictObject({
  milliseconds: z
    .number()
    .int()
    .min(1)
    .max(400 * 86_400_000),
});
