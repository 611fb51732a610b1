/** Tests of the example as a whole: the definition passes its check, the feed reads the tickets, the classifier learns. */
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readRecords } from "../../../src/connectors/feed/records.ts";
import type { JsonObject } from "../../../src/contract/json.ts";
import { checkDefinition, formatProblems } from "../../../src/definition/check.ts";
import { compileDraft } from "../../../src/definition/prompt.ts";
import { compileRules } from "../../../src/definition/rules.ts";
import { compileSchema } from "../../../src/definition/schema.ts";
import { loadLocal } from "../../../src/models/local/predict.ts";
import { trainLocal } from "../../../src/models/local/train.ts";
import { makeDataset, SEED } from "./dataset.ts";
import { CATEGORIES, LANGUAGES, PRIORITIES, QUEUES, TEAMS } from "./taxonomy.ts";

const folder = fileURLToPath(new URL("../", import.meta.url));

async function definition() {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  const texts = await Promise.all(names.map((name) => readFile(`${folder}${name}`, "utf8")));
  return new Map(names.map((name, at) => [name, texts[at]!]));
}

async function checked() {
  const { workflow, release, problems } = checkDefinition(await definition());
  if (workflow === undefined || release === undefined) throw new Error(formatProblems(problems));
  return { workflow, release };
}

describe("the definition", () => {
  test("passes its check without a problem", async () => {
    expect(checkDefinition(await definition()).problems).toEqual([]);
  });

  test("would not pass with a category that the schema does not have", async () => {
    const files = await definition();
    files.set(
      "examples.jsonl",
      files.get("examples.jsonl")!.replace('"category":"complaint"', '"category":"praise"'),
    );
    expect(checkDefinition(files).problems).toHaveLength(1);
  });

  test("knows the same categories, teams, priorities, queues and languages as the generator", async () => {
    const { release, workflow } = await checked();
    const enums = ({ properties }: JsonObject) => properties as Record<string, { enum?: string[] }>;
    expect(enums(release.output)["category"]?.enum).toEqual([...CATEGORIES]);
    expect(enums(release.output)["team"]?.enum).toEqual([...TEAMS]);
    expect(enums(release.output)["priority"]?.enum).toEqual([...PRIORITIES]);
    expect(enums(release.input)["queue"]?.enum).toEqual([...QUEUES]);
    expect(enums(release.input)["language"]?.enum).toEqual([...LANGUAGES]);
    expect(workflow.teams).toEqual([...TEAMS]);
  });

  test("drafts a reply of its own for every category in both languages", async () => {
    const { release } = await checked();
    const draft = compileDraft(release.local!["triage-classifier"]!.drafts!["draft"]!);
    const drafts = LANGUAGES.flatMap((language) =>
      CATEGORIES.map((category) =>
        draft.render({ input: { language }, output: { category, priority: "normal" } }),
      ),
    );
    expect(new Set(drafts).size).toBe(LANGUAGES.length * CATEGORIES.length);
    expect(drafts.filter((text) => /Guten Tag|Freundliche/.test(text))).toHaveLength(CATEGORIES.length);
    expect(drafts.filter((text) => /\n{3}|looking into it and|kümmern uns darum/.test(text))).toEqual([]);
    const urgent = draft.render({
      input: { language: "en" },
      output: { category: "complaint", priority: "urgent" },
    });
    expect(urgent).toContain("urgent");
  });

  test("sends cancellations, lawyers and urgent matters to review", async () => {
    const { release } = await checked();
    const rules = compileRules(release);
    const ask = (body: string, output: JsonObject) =>
      rules.review({ language: "de", subject: "", body }, { team: "care", ...output });
    const plain = { category: "complaint", priority: "normal" };
    expect(ask("Wir möchten den Vertrag kündigen", plain).matched).toHaveLength(1);
    expect(ask("Unser ANWALT meldet sich", plain).matched).toHaveLength(1);
    expect(ask("Alles gut", { category: "complaint", priority: "urgent" }).matched).toHaveLength(1);
    expect(ask("Alles gut", plain)).toEqual({ matched: [], failed: [] });
  });
});

test("the feed reads every ticket of the CSV as it was made, and all tickets fit the input schema", async () => {
  const { release, workflow } = await checked();
  const { evaluation } = makeDataset(SEED);
  const [feed] = workflow.feeds;
  const reading = readRecords(`${folder}data/tickets.csv`, {
    format: "csv",
    encoding: feed!.encoding,
    delimiter: feed!.delimiter!,
  });
  const made = new Map(evaluation.map((ticket) => [ticket.ticketNo, ticket]));
  const validate = compileSchema(release.input);
  let count = 0;
  for await (const { value, problem } of reading) {
    expect(problem).toBeUndefined();
    const { contactName, contactEmail, iban, ...rest } = value as Record<string, string>;
    const ticket = made.get(rest["ticketNo"]!)!;
    expect(rest).toMatchObject({ ...ticket.text, queue: ticket.queue, receivedAt: ticket.receivedAt });
    const input = {
      ...rest,
      contact: { name: contactName!, email: contactEmail! },
      contract: { iban: iban! },
    };
    expect(validate(input)).toEqual([]);
    count++;
  }
  expect(count).toBeGreaterThanOrEqual(400);
  const web = (await readFile(`${folder}data/tickets-web.jsonl`, "utf8")).trimEnd().split("\n");
  expect(web.flatMap((line) => validate(JSON.parse(line) as JsonObject))).toEqual([]);
  expect(count + web.length).toBe(evaluation.length);
});

test("the built-in classifier gets most tickets right on all three fields, and not all", () => {
  const { training, evaluation } = makeDataset(SEED);
  const { bytes } = trainLocal({
    examples: training.map(({ text, answer }) => ({ input: { ...text }, output: { ...answer } })),
    heads: ["category", "team", "priority"],
    textFields: ["subject", "body"],
    categoryFields: ["language"],
    seed: 7,
  });
  const classifier = loadLocal(bytes);
  const right = evaluation.filter(({ text, answer }) => {
    const { output } = classifier.predict({ ...text });
    return (["category", "team", "priority"] as const).every((field) => output[field] === answer[field]);
  });
  const share = right.length / evaluation.length;
  expect(share).toBeGreaterThan(0.82);
  expect(share).toBeLessThan(0.97);
});
