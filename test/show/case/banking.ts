/** The definition of the main job: intents of bank customers, from the train file; written to a folder as people write it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";

export interface Intent {
  text: string;
  category: string;
}

export const INTENTS = "intents";

/** Reads one of the two files with a CSV reader that is not Pilotage's own. */
export function readIntents(path: string): Intent[] {
  return parse(readFileSync(path), { columns: true, bom: true });
}

const WORKFLOW = `workflow: ${INTENTS}
purpose: Find out what a bank customer wants.
unit: message
people: { owner: e.brandt@example.com, sponsor: m.keller@example.com }
automation: { maxErrorRate: 5 % }
feeds:
  - { name: messages, kind: folder, path: inbox/, format: csv, schedule: every 1 s }
deliveries:
  - { name: results, kind: file, path: results.jsonl }
`;

const RELEASE = `workflow: ${INTENTS}
model: { local: intents }
input: message.schema.json
output: intent.schema.json
policy: { text: allow, category: drop }
error: { equal: [category] }
facets: { output: [category] }
confidence: { from: model }
fallback: [manual]
local: { intents: {} }
examples: examples.jsonl
`;

/** Writes workflow.yaml, release.yaml, both schemas and the examples. */
export function writeDefinition(folder: string, examples: Intent[]): void {
  const categories = [...new Set(examples.map(({ category }) => category))].sort();
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write("workflow.yaml", WORKFLOW);
  write("release.yaml", RELEASE);
  const text = { type: "string" };
  write(
    "message.schema.json",
    JSON.stringify({
      type: "object",
      properties: { text, category: text },
      required: ["text"],
      additionalProperties: false,
    }),
  );
  write(
    "intent.schema.json",
    JSON.stringify({
      type: "object",
      properties: { category: { enum: categories } },
      required: ["category"],
      additionalProperties: false,
    }),
  );
  write(
    "examples.jsonl",
    examples
      .map(({ text, category }) => `${JSON.stringify({ input: { text }, output: { category } })}\n`)
      .join(""),
  );
}
