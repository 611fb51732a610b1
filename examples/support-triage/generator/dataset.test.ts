/** Tests of the made-up data: how much there is, that training does not give evaluation away, and that files are current. */
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { COLUMNS, filesOf, makeDataset, SEED } from "./dataset.ts";
import { sharedRuns } from "./overlap.ts";
import { CATEGORIES, LANGUAGES } from "./taxonomy.ts";
import { ALL_TEXTS } from "./texts/all.ts";

const dataset = makeDataset(SEED);
const { training, evaluation } = dataset;

describe("the hand-written texts", () => {
  test("are at least 150 openings per language, 15 per category and language, none written twice", () => {
    for (const language of LANGUAGES) {
      const openings = ALL_TEXTS.filter((texts) => texts.language === language).flatMap(({ templates }) => [
        ...templates.training,
        ...templates.evaluation,
      ]);
      const texts = new Set(openings.map(({ subject, body }) => body || subject));
      expect(texts.size).toBe(openings.length);
      expect(openings.length).toBeGreaterThanOrEqual(150);
      for (const category of CATEGORIES)
        expect(openings.filter((opening) => opening.category === category).length).toBeGreaterThanOrEqual(15);
    }
  });
});

describe("the tickets", () => {
  test("are 60 or more for training per category, half of them German, and 400 or more for evaluation", () => {
    for (const category of CATEGORIES) {
      const own = training.filter(({ answer }) => answer.category === category);
      expect(own.length).toBeGreaterThanOrEqual(60);
      expect(own.filter(({ text }) => text.language === "de").length).toBe(own.length / 2);
    }
    expect(evaluation.filter(({ text }) => text.language === "de").length).toBe(evaluation.length / 2);
    expect(evaluation.length).toBeGreaterThanOrEqual(400);
    expect(training.length + evaluation.length).toBeGreaterThanOrEqual(1000);
  });

  test("for training and evaluation come from different templates and share no run of eight words", () => {
    const trained = new Set(training.map(({ origin }) => origin.split("/")[0]));
    expect(evaluation.filter(({ origin }) => trained.has(origin.split("/")[0]))).toEqual([]);
    const texts = {
      training: training.map(({ text }) => text),
      evaluation: evaluation.map(({ text }) => text),
    };
    expect(sharedRuns(texts.training, texts.evaluation, 8)).toEqual([]);
  });

  test("would be caught sharing a run of eight words, but not inside a quoted mail", () => {
    const words = "One two three, four FIVE six\nseven eight nine";
    const one = [{ subject: "", body: words }];
    expect(sharedRuns(one, [{ subject: "", body: `zero ${words.toUpperCase()}` }], 8)).toEqual([
      "one two three four five six seven eight",
      "two three four five six seven eight nine",
    ]);
    expect(sharedRuns(one, [{ subject: "", body: `> ${words.replace("\n", " ")}` }], 8)).toEqual([]);
  });

  test("are as messy as real ones", () => {
    const bodies = evaluation.map(({ text }) => text.body);
    const count = (is: (body: string) => boolean): number => bodies.filter(is).length;
    expect(count((body) => body === "")).toBeGreaterThan(3);
    expect(
      count((body) => body.length > 60 && body.split("\n\n")[0] === body.split("\n\n")[0]!.toUpperCase()),
    ).toBeGreaterThan(5);
    expect(count((body) => /^>|-----(Urspr|Orig)/m.test(body))).toBeGreaterThan(20);
    expect(count((body) => /\p{Extended_Pictographic}/u.test(body))).toBeGreaterThan(10);
    expect(count((body) => /Weitergeleitete Nachricht|Forwarded message/.test(body))).toBeGreaterThan(5);
    expect(count((body) => /[äöüß]/.test(body))).toBeGreaterThan(100);
    expect(evaluation.filter(({ text }) => text.subject === "").length).toBeGreaterThan(5);
    expect(bodies.join()).not.toMatch(/[{}]/);
  });

  test("have known answers of all kinds, and numbers of their own", () => {
    for (const field of ["category", "team", "priority"] as const) {
      const known = new Set(training.map(({ answer }) => answer[field]));
      expect(new Set(evaluation.map(({ answer }) => answer[field]))).toEqual(known);
    }
    expect(new Set(evaluation.map(({ ticketNo }) => ticketNo)).size).toBe(evaluation.length);
    const times = evaluation.map(({ receivedAt }) => Date.parse(receivedAt));
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});

describe("the files", () => {
  const files = filesOf(dataset);

  test.each(Object.keys(files))("%s is what the generator makes from its seed", async (name) => {
    const stored = await readFile(new URL(`../${name}`, import.meta.url));
    expect(stored.equals(files[name]!), `run npx node examples/support-triage/generator/generate.ts`).toBe(
      true,
    );
  });

  test("another seed makes other data", () => {
    expect(filesOf(makeDataset(SEED + 1))["data/tickets.csv"]!.equals(files["data/tickets.csv"]!)).toBe(
      false,
    );
  });

  test("the CSV is Windows-1252, not UTF-8, with line breaks inside quotes", () => {
    const bytes = files["data/tickets.csv"]!;
    expect(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes)).toThrow();
    const text = new TextDecoder("windows-1252").decode(bytes);
    expect(text.split("\r\n")[0]).toBe(COLUMNS.join(";"));
    expect(text).toMatch(/ä.*ö|ü.*ß/);
    expect(text).toMatch(/"[^"]*[^\r]\n[^"]*"/);
  });

  test("tickets that Windows-1252 cannot carry come over the web, and every ticket has its answer", () => {
    const web = jsonLines(files["data/tickets-web.jsonl"]!);
    const answers = jsonLines(files["data/answers.jsonl"]!);
    expect(web.length).toBeGreaterThan(10);
    expect(
      web.filter((ticket) => /\p{Extended_Pictographic}/u.test(String(ticket["body"]))).length,
    ).toBeGreaterThan(10);
    expect(answers.map(({ ticketNo }) => ticketNo)).toEqual(evaluation.map(({ ticketNo }) => ticketNo));
  });
});

function jsonLines(bytes: Buffer): Record<string, unknown>[] {
  return bytes
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
