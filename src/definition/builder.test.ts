import { expect, it } from "vitest";
import { PilotageError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import type { WorkflowDefinition } from "./builder.ts";
import { defineRelease, defineWorkflow } from "./builder.ts";
import { checkDefinition } from "./check.ts";
import { digestOf } from "./digest.ts";
import { releaseSchema, workflowSchema } from "./document.ts";
import { GOOD, goodFiles } from "./golden/good.ts";

const text = (file: string) => GOOD[file]!;
const schema = (file: string) => JSON.parse(text(file)) as JsonObject;

const definition: WorkflowDefinition = {
  workflow: "support-triage",
  purpose: "Classify and route incoming support tickets with a drafted first reply.",
  unit: "ticket",
  people: { owner: "e.brandt@example.com", deputy: "j.okafor@example.com", onCall: ["night@example.com"] },
  teams: ["billing", "technical"],
  subject: ["customerId", "contact.email"],
  thread: "conversationId",
  team: "queue",
  key: "ticketNo",
  automation: { maxErrorRate: "5 %", confidence: 0.95 },
  qa: { share: "5 %", atLeastPerDay: 10 },
  planted: { share: 0 },
  calendar: { region: "DE-BY", hours: "Mon-Fri 08:00-17:00", zone: "Europe/Berlin" },
  rollout: ["shadow", "20 %", "50 %", "100 %"],
  due: { workingHours: 4 },
  feeds: [
    {
      name: "helpdesk",
      kind: "folder",
      path: "inbox/",
      format: "csv",
      delimiter: ";",
      schedule: "5 min",
      key: "Ticket No",
      columns: { "Ticket No": "ticketNo", Text: "body" },
    },
  ],
  deliveries: [
    { name: "crm", connection: "crm", kind: "webhook", disclosure: text("ai-notice.md") },
    { name: "archive", kind: "file", path: "out/decisions.jsonl" },
  ],
  instructions: { de: text("instructions.de.md"), en: text("instructions.en.md") },
  blockFields: ["contact.phone"],
  release: {
    model: { connection: "mistral-eu", name: "mistral-small", temperature: 0 },
    prompt: text("prompt.liquid.md"),
    input: schema("ticket.schema.json"),
    output: schema("triage.schema.json"),
    policy: {
      subject: "allow",
      body: "allow",
      queue: "allow",
      "contact.email": "pseudonymise",
      contract: "mask",
    },
    error: { equal: ["category", "team"], tolerance: { amount: 0.01 } },
    suggestions: ["draft"],
    facets: { input: ["queue", "received"], output: ["category", "team", "amount"] },
    confidence: { of: "category", from: "logprob" },
    decide: {
      review: [
        "matches(input.body, '(?i)k(ü|ue)ndigung|anwalt|lawyer')",
        "output.category == 'contract' && has(output.amount) && output.amount > 1000",
      ],
    },
    fallback: [{ local: "triage" }, "queue"],
    local: { triage: { drafts: { draft: text("reply.liquid.md") }, seed: 7 } },
    examples: text("examples.jsonl"),
  },
};

it("writes the same documents as the files, with the same digests", () => {
  const fromCode = defineWorkflow(definition);
  const fromFiles = checkDefinition(goodFiles());
  expect(fromCode.workflow).toEqual(fromFiles.workflow);
  expect(fromCode.release).toEqual(fromFiles.release);
  expect(digestOf(fromCode.release)).toBe(digestOf(fromFiles.release));
  expect(digestOf(fromCode.workflow)).toBe(digestOf(fromFiles.workflow));
});

it("hands out files that the check reads back to the same documents", () => {
  const { files, workflow, release } = defineWorkflow(definition);
  expect(checkDefinition(files)).toEqual({ problems: [], workflow, release });
});

it("keeps the prompt of a verifier in a file, and its text in the hash of the release", () => {
  const verified = (prompt: string) =>
    defineWorkflow({
      ...definition,
      release: { ...definition.release, confidence: { from: "verifier", prompt } },
    });
  const { files, workflow, release } = verified("{{ input.body }}: {{ output }}?");
  expect(files.get("confidence.liquid.md")).toBe("{{ input.body }}: {{ output }}?");
  expect(checkDefinition(files)).toEqual({ problems: [], workflow, release });
  expect(digestOf(release)).not.toBe(digestOf(verified("{{ output }}?").release));
});

it("names every problem of a definition in code", () => {
  const wrong = { ...definition, undo: "1 h", release: { ...definition.release, suggestions: ["drafts"] } };
  const failure = catchError(() => defineWorkflow(wrong));
  expect(failure.code).toBe("definition_invalid");
  expect(failure.message).toMatch(/undo: "1 h" is out of range/);
  expect(failure.message).toMatch(/did you mean: draft/);
});

it("says of a definition from JavaScript what is missing in it", () => {
  const failure = catchError(() => defineWorkflow({ workflow: "invoices" } as WorkflowDefinition));
  expect(failure.message).toMatch(/release\.json:1:1 {2}output: is missing/);
});

it("a release that is written apart is the same release", () => {
  const release = defineRelease(definition.release);
  expect(defineWorkflow({ ...definition, release }).release).toEqual(defineWorkflow(definition).release);
});

it("a compiled document is read back as it is, and with defaults nowhere left to fill in", () => {
  const { workflow, release } = defineWorkflow(definition);
  expect(workflowSchema.parse(JSON.parse(JSON.stringify(workflow)))).toEqual(workflow);
  expect(releaseSchema.parse(JSON.parse(JSON.stringify(release)))).toEqual(release);
  expect(workflowSchema.safeParse({ ...workflow, purpos: "x" }).success).toBe(false);
});

function catchError(run: () => unknown): PilotageError {
  try {
    run();
  } catch (error) {
    if (error instanceof PilotageError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
