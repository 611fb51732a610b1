import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readAnswers, type AnswerFile } from "./known-answers.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "answers-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, text: string, more: Partial<AnswerFile> = {}) {
  const path = join(folder, name);
  await writeFile(path, text);
  return readAnswers({
    path,
    keyColumn: "ticketNo",
    answerColumns: ["category"],
    by: { kind: "externalId" },
    ...more,
  });
}

const categories = (found: readonly ReadonlyMap<string, unknown>[]) =>
  found.map((truth) => truth.get("category"));
const ticket = (externalId: string) => ({ externalId, input: {} });

test("JSON Lines are looked up by external id", async () => {
  const known = await file(
    "a.jsonl",
    '{"ticketNo":"T-260001","category":"billing"}\n\n{"ticketNo":"T-260002","category":"care"}\n',
  );
  expect(known.size).toBe(2);
  expect(categories(known.find(ticket("T-260002")))).toEqual(["care"]);
  expect(known.find(ticket("T-260003"))).toEqual([]);
  expect(known.find(ticket("T-261002"))).toEqual([]);
});

test("a ticket of a later round is the same ticket, when numbers repeat", async () => {
  const known = await file("b.jsonl", '{"ticketNo":"T-260002","category":"care"}\n', { repeatsAfter: 1000 });
  expect(categories(known.find(ticket("T-260002")))).toEqual(["care"]);
  expect(categories(known.find(ticket("T-273002")))).toEqual(["care"]);
  expect(known.find(ticket("T-261003"))).toEqual([]);
  expect(known.find(ticket("X-261002"))).toEqual([]);
});

test("CSV is looked up by a text of the case; a text that stands twice has both answers", async () => {
  const known = await file(
    "c.csv",
    'text,category\n"I asked, twice",refund\nWhere is my card?,card_arrival\n"I asked, twice",fee\n',
    { keyColumn: "text", by: { kind: "text", field: "message.text" } },
  );
  const find = (text: unknown) =>
    known.find({ externalId: "digest.7", input: { message: { text: text as string } } });
  expect(categories(find("I asked, twice"))).toEqual(["refund", "fee"]);
  expect(categories(find("Where is my card?\n"))).toEqual(["card_arrival"]);
  expect(find("Something else")).toEqual([]);
  expect(find(7)).toEqual([]);
  expect(known.find({ externalId: "Where is my card?", input: {} })).toEqual([]);
});

test("a record without its key or an answer is named by its place", async () => {
  await expect(file("d.jsonl", '{"ticketNo":"T-1","category":"a"}\n{"category":"b"}\n')).rejects.toThrow(
    /record 2 has no "ticketNo"/,
  );
  await expect(file("e.jsonl", '{"ticketNo":"T-1"}\n')).rejects.toThrow(/record 1 has no answer "category"/);
  await expect(file("f.jsonl", '{"ticketNo":"T-1","category":"a"}\n{"ticket\n')).rejects.toThrow(
    /line 2 is not valid JSON/,
  );
});

test("the sample's answers know every ticket of its data", async () => {
  const data = (name: string) => new URL(`support-triage/data/${name}`, import.meta.url).pathname;
  const known = await readAnswers({
    path: data("answers.jsonl"),
    keyColumn: "ticketNo",
    answerColumns: ["category", "team", "priority"],
    by: { kind: "externalId" },
    repeatsAfter: 1000,
  });
  expect(known.size).toBeGreaterThanOrEqual(400);
  expect(known.find(ticket("T-260001"))).toHaveLength(1);
  expect(known.find(ticket("T-999001"))).toHaveLength(1);
});
