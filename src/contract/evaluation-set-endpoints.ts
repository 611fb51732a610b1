/** Endpoints of evaluation sets, with their queries and replies: labelled cases that a release is measured with. */
import { z } from "zod";
import { endpoint } from "./endpoint.ts";
import { named } from "./named.ts";

const MEGABYTE = 1024 * 1024;

export const SET_KINDS = {
  sealed: "measures; its figures are evidence for a certificate, and every look at it is counted",
  development: "for tuning; never evidence",
} as const;
export type SetKind = keyof typeof SET_KINDS;
export const setKinds = Object.keys(SET_KINDS) as [SetKind, ...SetKind[]];

export const SET_STATES = ["importing", "ready", "removed"] as const;
export type SetState = (typeof SET_STATES)[number];

/** Where the labels of a set come from; all but `import` are of cases of the workflow. */
export const SET_SOURCES = {
  import: "brought from outside",
  coins: "labels that a coin asked for when the case arrived, whatever the model said",
  reviews: "every case that a person judged, for whatever reason",
  feedback: "what whoever receives the results called wrong, and what would have been right",
  corrections: "results that were corrected after their delivery",
} as const;
export type SetSource = keyof typeof SET_SOURCES;
export type CaseSource = Exclude<SetSource, "import">;
export const CASE_SOURCES = Object.keys(SET_SOURCES).filter((one) => one !== "import") as [
  CaseSource,
  ...CaseSource[],
];

/** Why the items of a set do not stand for the cases of its workflow. Such a set certifies nothing. */
export const BENT_BY = {
  chosen: "its cases were chosen, not drawn: they are the doubtful, the wrong or the made-up ones",
  filtered: "only cases that fit a condition are in it",
  per_class: "of each class only so many are in it",
  missing: "more than one in a hundred of the cases that were drawn are not in it",
  simulated: "labels of programs that play a person are in it",
  unstated:
    "nobody has stated how its cases were drawn: where they were drawn by chance, import them again with --drawn chance",
} as const;
export type BentBy = keyof typeof BENT_BY;

/** How the cases of an import came into the file, as a person states it. */
export const DRAWN = ["chance", "chosen"] as const;
export type Drawn = (typeof DRAWN)[number];

export const SET_FORMATS = {
  jsonl: 'JSON Lines, `{"input": {...}, "output": {...}}`',
  csv: "CSV with the fields of both as columns",
  promptfoo: "tests of promptfoo, as YAML",
  openai: "OpenAI Evals, JSON Lines with `input` and `ideal`",
} as const;
export type SetFormat = keyof typeof SET_FORMATS;

export const MOST_COLLECTED = 50_000;

const time = z.string().describe("UTC, e.g. 2026-01-05T08:00:00.000Z");
const setName = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "lower-case letters, digits and hyphens are expected, e.g. tickets-may")
  .max(60);
const field = z.string().min(1).max(200);
const reason = z.string().trim().min(3).max(500).describe("Stands in the audit log");
const bentBy = z.array(z.enum(Object.keys(BENT_BY) as [BentBy, ...BentBy[]]));
const differ = z
  .record(z.string(), z.object({ added: z.array(z.string()), gone: z.array(z.string()) }))
  .nullable();
const count = (most: number) => z.coerce.number().int().min(1).max(most);
const texts = (most: number) =>
  z
    .union([z.string().min(1).max(2000), z.array(z.string().min(1).max(2000)).max(most)])
    .optional()
    .transform((given) => (given === undefined ? [] : [given].flat()));

export const setReply = z.object({
  id: z.string(),
  workflow: z.string(),
  name: z.string(),
  version: z.number(),
  kind: z.enum(setKinds),
  digest: z.string(),
  items: z.number().describe("As it was made; `removed` of them are gone since"),
  removed: z.number().describe("Items that went with their erased cases"),
  duplicates: z.number().describe("Items that said the same as an earlier one and were left out"),
  refused: z.number().describe("Lines that could not be used"),
  leftOut: z
    .record(z.string(), z.number())
    .describe("Cases that were looked at and are not in it, by reason"),
  looks: z.number().describe("Runs over it; each one that is looked at wears a sealed set out"),
  wornOut: z
    .boolean()
    .describe("Sealed and looked at too often: it proves nothing more, a fresh set is needed"),
  source: z.enum(Object.keys(SET_SOURCES) as [SetSource, ...SetSource[]]),
  representative: z
    .boolean()
    .describe("Its items stand for the cases of the workflow; else it certifies nothing"),
  bentBy: bentBy.describe("Why it is not representative"),
  taxonomy: z
    .object({ digest: z.string(), classes: z.record(z.string(), z.array(z.string())) })
    .nullable()
    .describe("The classes of its labels, by output field; null in sets of older programs"),
  classesDiffer: differ.describe(
    "What the newest release has otherwise; null where the classes are the same",
  ),
  release: z.string().nullable().describe("Whose schemas and data policy it was made with"),
  madeFrom: z.string().nullable().describe("The version whose labels were mapped"),
  opened: z
    .object({ at: time, by: z.string(), because: z.string() })
    .nullable()
    .describe("When a sealed set became one for development"),
  keptUntil: time.nullable().describe("When its items are removed; null: when somebody removes them"),
  origin: z.string(),
  importedAt: time,
  importedBy: z.string(),
});

const progressLine = z.object({
  line: z.number().optional().describe("The line that was left out; none in the last answer"),
  message: z.string().optional(),
  code: z.string().optional().describe("Set when the whole set failed: nothing was kept"),
  read: z.number().optional().describe("Lines or cases looked at so far"),
  of: z.number().optional().describe("How many there are, where that is known"),
  dropped: z
    .array(z.string())
    .optional()
    .describe(
      "What is not part of the items: fields that no schema names, or that the data policy keeps back",
    ),
  withoutItems: z.array(z.string()).optional().describe("Classes that no item has, as field:class"),
  set: setReply.optional().describe("In the last answer"),
});

const workflow = { workflow: "support-triage" };
const aSet = { params: { ...workflow, set: "tickets-may" } };

export const EVALUATION_SET_ENDPOINTS = {
  importEvaluationSet: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/evaluation-sets",
    params: named("workflow"),
    query: z.object({
      name: setName,
      kind: z.enum(setKinds).default("sealed"),
      format: z.enum(Object.keys(SET_FORMATS) as [SetFormat, ...SetFormat[]]).default("jsonl"),
      origin: z.string().max(200).default("import"),
      inputField: field.optional().describe("The input field that a bare text belongs to"),
      outputField: field.optional().describe("The output field that a bare answer belongs to"),
      drawn: z
        .enum(DRAWN)
        .optional()
        .describe(
          "Whether the cases were drawn by chance, as they come: a named person states it. Without it nobody has, and the set certifies nothing",
        ),
    }),
    reply: progressLine,
    wire: "ndjson",
    scope: "operate",
    action: "evaluation.run",
    errors: ["not_found", "wrong_state"],
    sentence:
      "Makes a new version of an evaluation set from labelled cases, one `{input, output}` a line, as CSV, or as promptfoo and OpenAI Evals have them; lines that are left out are named, the last line of the answer describes the set.",
    example: { params: workflow, query: { name: "tickets-may" } },
    bodyLimit: 1024 * MEGABYTE,
  }),
  collectEvaluationSet: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/evaluation-sets/collect",
    params: named("workflow"),
    query: z.object({
      name: setName,
      kind: z
        .enum(setKinds)
        .optional()
        .describe("Default: sealed for labels of coins, development for all others"),
      from: z.enum(CASE_SOURCES).default("coins"),
      where: texts(10).describe(
        "`output.category=billing` by facet (of the output: as it was labelled), or a CEL expression over input and output; all must hold",
      ),
      since: z.iso.datetime({ offset: true }).optional().describe("Cases that arrived then or later"),
      until: z.iso.datetime({ offset: true }).optional().describe("Cases that arrived before"),
      most: count(MOST_COLLECTED).default(2_000).describe("The newest so many"),
      perClass: count(MOST_COLLECTED).optional().describe("Of each class the newest so many"),
      simulated: z
        .enum(["true", "false"])
        .default("false")
        .describe("Labels of programs that play a person, too"),
    }),
    reply: progressLine,
    wire: "ndjson",
    scope: "operate",
    action: "evaluation.run",
    errors: ["not_found", "wrong_state"],
    sentence:
      "Makes a new version of an evaluation set from judged cases: of each the input as the data policy lets a model see it, and its label. An expression over content takes the right to read it.",
    example: { params: workflow, query: { name: "tickets-may", from: "coins" } },
  }),
  listEvaluationSets: endpoint({
    method: "GET",
    path: "/api/v1/workflows/:workflow/evaluation-sets",
    params: named("workflow"),
    reply: z.object({ sets: z.array(setReply) }),
    scope: "read",
    action: "workflow.see",
    errors: ["not_found"],
    sentence: "Lists the evaluation sets of a workflow, newest first, without content.",
    example: { params: workflow },
  }),
  remapEvaluationSet: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/evaluation-sets/:set/remap",
    params: named("workflow", "set"),
    query: z.object({
      map: texts(200).describe("`old=new` or `field:old=new`, each"),
      drop: texts(200).describe("`old` or `field:old`, each: items of that class are left out"),
    }),
    reply: progressLine,
    wire: "ndjson",
    scope: "operate",
    action: "evaluation.run",
    errors: ["not_found", "wrong_state"],
    sentence:
      "Makes the next version of a set in the classes of the newest release: labels are mapped or left out, and its looks go along.",
    example: { ...aSet, query: { map: "billing=invoices" } },
  }),
  openEvaluationSet: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/evaluation-sets/:set/open",
    params: named("workflow", "set"),
    body: z.strictObject({ reason }),
    reply: setReply,
    scope: "operate",
    action: "evaluation.run",
    errors: ["not_found", "wrong_state"],
    sentence: "Makes a sealed set one for development, for good: from then on it certifies nothing.",
    example: { ...aSet, body: { reason: "The prompt was tuned on it" } },
  }),
  removeEvaluationSet: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/evaluation-sets/:set/remove",
    params: named("workflow", "set"),
    body: z.strictObject({ reason }),
    reply: z.object({ set: z.string(), name: z.string(), version: z.number(), items: z.number() }),
    scope: "operate",
    action: "evaluation.remove",
    errors: ["not_found", "wrong_state"],
    sentence: "Destroys the items of a set and all answers to them; the counts of its runs stay.",
    example: { ...aSet, body: { reason: "Its customers left" } },
  }),
  exportEvaluationSet: endpoint({
    method: "POST",
    path: "/api/v1/workflows/:workflow/evaluation-sets/:set/export",
    params: named("workflow", "set"),
    query: z.object({
      open: z
        .enum(["true", "false"])
        .default("false")
        .describe("For a sealed set: it becomes one for development, because whoever has it can tune on it"),
    }),
    reply: z.record(z.string(), z.any()),
    wire: "ndjson",
    scope: "content:read",
    action: "evaluation.export",
    errors: ["not_found", "wrong_state"],
    sentence:
      "The items of a set in clear, one `{input, output}` a line, as they can be imported again. A last line with a `code` means that it broke off.",
    example: { ...aSet, query: { open: "true" } },
  }),
};
