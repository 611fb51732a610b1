/**
 * The two documents of a workflow: what may be written in them and what they mean.
 *
 * `WorkflowDocument` is operational, `ReleaseDocument` is immutable once published; both are plain JSON with
 * everything inlined, so that they can be hashed, compared and replayed on any machine. A section is one entry in one
 * of the two lists below; its written forms follow from the `Reading` (see reading.ts). Rules that need more than one
 * section, or the schemas, are in the check-*.ts files.
 */
import { z } from "zod";
import { kindNames, PERSONAL_ACTIONS, type PersonalKind } from "./personal/kinds.ts";
import type { JsonObject } from "../contract/json.ts";
import { criterionSection } from "./criteria.ts";
import type { Reading } from "./reading.ts";
import { compiled, report } from "./reading.ts";

/** The built-in release without a model: people do the work. It belongs to every workflow and has no document. */
export const MANUAL = { id: "manual" } as const;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const LONGEST = 10 * 366 * DAY;

/** Days and times, several with commas; hours that end before they begin end on the day after. */
const OPENINGS = (() => {
  const day = "(Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
  const time = String.raw`([01]\d|2[0-3]):[0-5]\d`;
  const opening = `${day}(-${day})? ${time}-(${time}|24:00)`;
  return new RegExp(`^${opening}(, ?${opening})*$`);
})();

/** Encodings that a feed may name; "detect" looks at the file. */
export const ENCODINGS = [
  "detect",
  "utf-8",
  "utf-16le",
  "utf-16be",
  "windows-1250",
  "windows-1252",
  "iso-8859-1",
  "iso-8859-2",
  "iso-8859-15",
  "macroman",
  "cp437",
  "cp850",
] as const;

export const POLICY_RULES = ["allow", "drop", "mask", "pseudonymise"] as const;

const personalAction = z.enum(PERSONAL_ACTIONS);
/** `body: { allow, scan: pii }`: the field goes on, without the identifiers in its texts; or an action for each kind. */
const scanned = z.strictObject({
  allow: z.union([z.null(), z.literal(true)]).transform((): true => true),
  scan: z.union([
    z.literal("pii"),
    z.strictObject(
      Object.fromEntries(kindNames.map((kind) => [kind, personalAction.exactOptional()])) as Record<
        PersonalKind,
        z.ZodExactOptional<typeof personalAction>
      >,
    ),
  ]),
});
const policyRule = z.union([z.enum(POLICY_RULES), scanned]);
export type PolicyRule = z.output<typeof policyRule>;

function shaped(pattern: RegExp, expected: string, max = 200) {
  return z.string().superRefine((text, ctx) => {
    if (!pattern.test(text)) report(ctx, `${JSON.stringify(text)} is not ${expected}`, { expected });
    else if (text.length > max)
      report(ctx, "the text is too long", { expected: `at most ${max} characters` });
  });
}

const slug = () =>
  shaped(
    /^[a-z0-9]+(-[a-z0-9]+)*$/,
    "a name of lower-case letters, digits and hyphens, e.g. support-triage",
    60,
  );
const line = () => shaped(/^[^\r\n\0]*\S[^\r\n\0]*$/, "one line of text, not empty", 1000);
const path = () =>
  shaped(
    /^(?!__proto__(\.|$))[^.\\\r\n\0]+(\.(?!__proto__(\.|$))[^.\\\r\n\0]+)*$/,
    "a field path such as contact.email",
  );
const email = () => shaped(/^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+$/, "an e-mail address");
const zone = () =>
  z.string().superRefine((name, ctx) => {
    const expected = "an IANA time zone, e.g. Europe/Berlin";
    if (!isZone(name)) report(ctx, `${JSON.stringify(name)} is not a known time zone`, { expected });
  });

/** A path below a folder that the installation chooses: never absolute, never with `..`. */
const safePath = () =>
  z.string().superRefine((text, ctx) => {
    if (!isSafePath(text)) {
      report(ctx, `${JSON.stringify(text)} leaves its folder`, {
        expected: "a relative path without .. and without a drive",
      });
    }
  });

export function isSafePath(text: string): boolean {
  if (text === "" || text.includes("\0") || text.includes("\\")) return false;
  if (text.startsWith("/") || text.startsWith("~") || /^[a-z]:/i.test(text)) return false;
  return !text.split("/").includes("..");
}

function isZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function recordOf<V extends z.ZodType>(key: ReturnType<typeof shaped>, value: V) {
  return z.record(key, value);
}

/** The sections of workflow.yaml. */
export function workflowSections<D, P, T, J, E, L>(read: Reading<D, P, T, J, E, L>) {
  return z.strictObject({
    format: z.literal(1).default(1),
    workflow: slug(),
    purpose: line(),
    unit: line(),
    people: z.strictObject({
      owner: email(),
      deputy: email().exactOptional(),
      sponsor: email().exactOptional(),
      steward: email().exactOptional(),
      compliance: email().exactOptional(),
      approver: email().exactOptional(),
      onCall: z.array(email()).default([]),
    }),
    teams: z.array(slug()).default([]),
    subject: z.array(path()).default([]),
    thread: path().exactOptional(),
    team: path().exactOptional(),
    key: path().exactOptional(),
    automation: z.strictObject({
      maxErrorRate: read.percent({ min: 0.0001, max: 0.5 }),
      confidence: read.percent({ min: 0.5, max: 0.9999 }).default(0.95),
      per: z.enum(["all", "category"]).default("all"),
    }),
    cold: z.strictObject({ share: read.percent({ min: 0, max: 0.5 }) }).default({ share: 0.05 }),
    qa: z
      .strictObject({ share: read.percent(), atLeastPerDay: z.number().int().min(0).max(100_000).default(0) })
      .default({ share: 0.05, atLeastPerDay: 0 }),
    planted: z.strictObject({ share: read.percent({ min: 0, max: 0.1 }) }).default({ share: 0 }),
    secondLook: z.strictObject({ share: read.percent({ min: 0, max: 1 }) }).exactOptional(),
    calendar: z
      .strictObject({
        region: shaped(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/, "a region such as DE, DE-BY or AT-9"),
        hours: shaped(OPENINGS, "opening hours such as Mon-Fri 08:00-17:00"),
        zone: zone(),
      })
      .default({ region: "DE", hours: "Mon-Fri 08:00-17:00", zone: "Europe/Berlin" }),
    rollout: z
      .array(
        z.union([
          z.literal("shadow"),
          read.percent({ min: 0.001, max: 1 }),
          z.strictObject({ team: slug() }),
        ]),
      )
      .default(["shadow", 0.2, 0.5, 1]),
    due: z.strictObject({ workingHours: z.number().positive().max(2000) }).exactOptional(),
    undo: read.duration({ min: 0, max: 10 * MINUTE }).default(10_000),
    fourEyes: z
      .strictObject({
        when: z.array(z.string().min(1).max(2000)).default([]),
        people: z.number().int().min(2).max(5).default(2),
        blind: z.boolean().default(false),
      })
      .exactOptional(),
    budget: z
      .strictObject({
        perMonth: z.number().min(0.01).max(1e9).exactOptional(),
        perDay: z.number().min(0.01).max(1e9).exactOptional(),
        warnAt: read.percent({ min: 0.1, max: 1 }).default(0.8),
      })
      .exactOptional(),
    ask: z
      .strictObject({ contact: path().exactOptional(), days: z.number().int().min(1).max(60).default(7) })
      .default({ days: 7 }),
    judges: z
      .array(
        z.strictObject({ name: slug(), asks: line(), of: path().exactOptional(), model: remoteStep(read) }),
      )
      .exactOptional(),
    feeds: z
      .array(
        z.strictObject({
          name: slug(),
          kind: z.literal("folder"),
          path: safePath(),
          format: z.enum(["csv", "jsonl"]),
          encoding: z.enum(ENCODINGS).default("detect"),
          delimiter: z.enum([",", ";", "\t", "|"]).exactOptional(),
          schedule: read.duration({ min: 1000, max: 7 * DAY }).default(5 * MINUTE),
          key: line().exactOptional(),
          columns: recordOf(line(), path()).exactOptional(),
          stopAfterRejects: z.number().int().min(1).exactOptional(),
        }),
      )
      .default([]),
    deliveries: z
      .array(
        z.strictObject({
          name: slug(),
          connection: slug().exactOptional(),
          kind: z.enum(["webhook", "file", "folder"]),
          path: safePath().exactOptional(),
          disclosure: read.text().exactOptional(),
        }),
      )
      .default([]),
    retention: z
      .strictObject({
        content: read.duration({ min: DAY, max: LONGEST }).default(90 * DAY),
        decisions: read.duration({ min: DAY, max: LONGEST }).default(400 * DAY),
      })
      .default({ content: 90 * DAY, decisions: 400 * DAY }),
    instructions: z
      .strictObject({ de: read.text().exactOptional(), en: read.text().exactOptional() })
      .default({}),
    support: z
      .strictObject({ contact: line(), answerHours: z.number().positive().max(2000).exactOptional() })
      .exactOptional(),
    feedback: z.strictObject({ link: z.boolean() }).exactOptional(),
    endpoint: z
      .strictObject({
        text: path().exactOptional(),
        wait: read.duration({ min: 1000, max: 5 * MINUTE }).default(30_000),
      })
      .exactOptional(),
    blockFields: z.array(path()).default([]),
    criteria: read.list(z.array(criterionSection(read)).max(100)).exactOptional(),
  });
}

/** A model behind a connection of the installation; its kind (openai, http, scripted) lives there. */
function remoteStep<D, P, T, J, E, L>(read: Reading<D, P, T, J, E, L>) {
  return z.strictObject({
    connection: slug(),
    name: line().exactOptional(),
    temperature: z.number().min(0).max(2).exactOptional(),
    maxTokens: z.number().int().min(1).max(1_000_000).exactOptional(),
    timeout: read.duration({ min: 100, max: 10 * MINUTE }).default(20_000),
    firstToken: read.duration({ min: 100, max: 10 * MINUTE }).exactOptional(),
    silence: read.duration({ min: 100, max: 10 * MINUTE }).exactOptional(),
  });
}

/** The built-in classifier, trained from the examples of the release. */
function localStep<D, P, T, J, E, L>(read: Reading<D, P, T, J, E, L>) {
  return z.strictObject({
    local: slug(),
    timeout: read.duration({ min: 100, max: 10 * MINUTE }).default(5_000),
  });
}

/** The sections of release.yaml. */
export function releaseSections<D, P, T, J, E, L>(read: Reading<D, P, T, J, E, L>) {
  return z.strictObject({
    format: z.literal(1).default(1),
    workflow: slug(),
    model: z.union([remoteStep(read), localStep(read)]),
    prompt: read.text().exactOptional(),
    input: read.json(),
    output: read.json(),
    policy: recordOf(path(), policyRule),
    error: z.strictObject({
      equal: z.array(path()).default([]),
      tolerance: recordOf(path(), z.number().min(0)).exactOptional(),
      changed: recordOf(path(), read.percent()).exactOptional(),
    }),
    suggestions: z.array(path()).default([]),
    facets: z
      .strictObject({ input: z.array(path()).default([]), output: z.array(path()).default([]) })
      .default({ input: [], output: [] }),
    confidence: z
      .strictObject({
        of: path().exactOptional(),
        from: z.enum(["logprob", "model", "agreement", "verifier", "none"]),
        samples: z.number().int().min(2).max(9).exactOptional(),
        prompt: read.text().exactOptional(),
        model: remoteStep(read).exactOptional(),
      })
      .default({ from: "none" }),
    decide: z
      .strictObject({ review: z.array(z.string().min(1).max(2000)).default([]) })
      .default({ review: [] }),
    fallback: z
      .array(z.union([remoteStep(read), localStep(read), z.enum(["cached", "queue", "manual"])]))
      .default(["queue"]),
    cache: z.strictObject({ keep: read.duration({ min: MINUTE, max: 90 * DAY }) }).exactOptional(),
    local: recordOf(
      slug(),
      z.strictObject({
        drafts: recordOf(path(), read.text()).exactOptional(),
        seed: z.number().int().min(0).max(4_294_967_295).exactOptional(),
      }),
    ).exactOptional(),
    examples: read.examples().exactOptional(),
  });
}

export const workflowSchema = workflowSections(compiled);
export const releaseSchema = releaseSections(compiled);

export type WorkflowDocument = z.output<typeof workflowSchema>;
export type ReleaseDocument = z.output<typeof releaseSchema>;

export type CriterionDocument = NonNullable<WorkflowDocument["criteria"]>[number];
export type Feed = WorkflowDocument["feeds"][number];
export type DeliveryPlan = WorkflowDocument["deliveries"][number];
export type JudgeDocument = NonNullable<WorkflowDocument["judges"]>[number];
export type RolloutStep = WorkflowDocument["rollout"][number];
export type ErrorRule = ReleaseDocument["error"];
export type Policy = ReleaseDocument["policy"];
export type ModelStep = ReleaseDocument["model"];
export type RemoteStep = Extract<ModelStep, { connection: string }>;
export type LocalStep = Extract<ModelStep, { local: string }>;
export type FallbackStep = ReleaseDocument["fallback"][number];
export type Schema = JsonObject;
