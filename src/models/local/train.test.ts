import { expect, test } from "vitest";
import { PilotageError } from "../../contract/errors.ts";
import type { JsonObject } from "../../contract/json.ts";
import { mulberry32 } from "../../statistics/bootstrap.ts";
import { evaluateLocal } from "./evaluate.ts";
import { loadLocal, type LocalClassifier } from "./predict.ts";
import { trainLocal, type TrainingExample, type TrainingJob } from "./train.ts";
import { ticket, ticketJob, tickets } from "./tickets.testdata.ts";

function trained(changes: Partial<TrainingJob> = {}): LocalClassifier {
  return loadLocal(trainLocal(ticketJob(changes)).bytes);
}

function backwards(input: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(input).reverse());
}

test("German and English tickets it has not seen are classified on both heads", () => {
  const classifier = trained();
  expect(classifier.heads).toEqual(["category", "priority"]);
  const answers = (body: string): unknown => classifier.predict(ticket(body)).output;
  expect(answers("Guten Tag, auf der Rechnung stimmt der Betrag nicht. Grüße")).toEqual({
    category: "billing",
    priority: "normal",
  });
  expect(answers("URGENT, THE APP CRASHES AGAIN. WE NEED THIS IMMEDIATELY!")).toEqual({
    category: "technical",
    priority: "urgent",
  });
  expect(answers("Hello, can I cancel the contract early. Thanks")).toEqual({
    category: "contract",
    priority: "normal",
  });
  expect(answers("DRINGEND: KUENDIGUNG DES VERTRAGS, BITTE SOFORT PRUEFEN!")).toEqual({
    category: "contract",
    priority: "urgent",
  });
});

test("the same job gives the same bytes, whatever the order of keys; another seed gives others", () => {
  const first = trainLocal(ticketJob());
  const examples = tickets().map(({ input, output }) => ({
    input: backwards(input),
    output: backwards(output),
  }));
  const again = trainLocal({ ...ticketJob({ examples }) });
  expect(Buffer.compare(first.bytes, again.bytes)).toBe(0);
  expect(again.report).toEqual(first.report);
  expect(Buffer.compare(first.bytes, trainLocal(ticketJob({ seed: 8 })).bytes)).not.toBe(0);
});

test("the report counts examples, classes and what was held out", () => {
  const { report } = trainLocal(ticketJob());
  expect(report).toMatchObject({
    examples: 72,
    heldOut: 72,
    folds: 5,
    epochs: 20,
    classes: { category: 3, priority: 2 },
  });
  expect(report.holdoutAccuracy).toBeGreaterThan(0.7);
  expect(report.holdoutEce).toBeLessThan(0.25);
  expect(report.features).toBeGreaterThan(300);
});

test("an unknown text gets the most frequent classes with little confidence, a known one much", () => {
  const examples = tickets().filter(({ output }, i) => output["category"] !== "contract" || i % 2 === 0);
  const classifier = trained({ examples, heads: ["category"], categoryFields: [] });
  const known = classifier.predict(ticket("Die Rechnung enthält einen falschen Betrag")).confidence;
  for (const input of [
    {},
    { subject: "", message: { body: "" } },
    { message: { body: "完全不同" } },
    { message: "odd" },
  ]) {
    const { output, confidence } = classifier.predict(input);
    expect(output["category"]).not.toBe("contract");
    expect(confidence).toBeLessThan(0.6);
    expect(known).toBeGreaterThan(confidence + 0.2);
  }
});

test("an empty text is answered as the examples say when they have it", () => {
  const empty = Array.from({ length: 10 }, () => ({ input: ticket(""), output: { category: "contract" } }));
  const examples = [...tickets(), ...empty];
  const classifier = trained({
    examples,
    heads: ["category"],
    textFields: ["message.body"],
    categoryFields: [],
  });
  expect(classifier.predict(ticket("")).output).toEqual({ category: "contract" });
});

test("a category field can decide where the text says nothing", () => {
  const examples = tickets().map(({ input, output }) => ({
    input: { ...input, channel: `line-${output["category"] as string}` },
    output,
  }));
  const classifier = trained({ examples, heads: ["category"] });
  const answer = (channel: string): unknown =>
    classifier.predict(ticket("Hallo", channel)).output["category"];
  expect(["billing", "technical", "contract"].map((category) => answer(`line-${category}`))).toEqual([
    "billing",
    "technical",
    "contract",
  ]);
});

test("very long text is answered", () => {
  const { output, confidence } = trained().predict(ticket("Die Rechnung ist falsch. ".repeat(200_000)));
  expect(output["category"]).toBe("billing");
  expect(confidence).toBeGreaterThan(0);
  expect(confidence).toBeLessThan(1);
});

/** Tickets of made-up words, some of which hint at one of the two heads; a part of the labels is wrong. */
function noisyTickets(count: number, seed: number): TrainingExample[] {
  const random = mulberry32(seed);
  const draw = (most: number): number => Math.floor(random() * most);
  return Array.from({ length: count }, () => {
    const [category, priority] = [draw(4), draw(2)];
    const hints = [`cat${category}${draw(9)}x`, `prio${priority}${draw(9)}x`, "plain", "dull"];
    const body = Array.from({ length: 5 }, () => hints[draw(4)]!).join(" ");
    const label = random() < 0.15 ? draw(4) : category;
    return { input: { body }, output: { category: `c${label}`, priority: `p${priority}` } };
  });
}

test("confidence is the share of fresh cases with all heads right", () => {
  const job = { heads: ["category", "priority"], textFields: ["body"], categoryFields: [], seed: 1 };
  const { bytes, report } = trainLocal({ ...job, examples: noisyTickets(1_500, 1) });
  const result = evaluateLocal(loadLocal(bytes), noisyTickets(3_000, 2));
  expect(result.accuracy).toBeGreaterThan(0.4);
  expect(result.accuracy).toBeLessThan(0.9);
  expect(result.ece).toBeLessThan(0.05);
  expect(report.holdoutAccuracy).toBeCloseTo(result.accuracy!, 1);
  expect(report.holdoutEce).toBeLessThan(0.06);
});

test("labels without any pattern get the confidence of a guess", () => {
  const random = mulberry32(5);
  const examples = tickets().map(({ input }) => ({
    input,
    output: { category: random() < 0.5 ? "a" : "b" },
  }));
  const { report, bytes } = trainLocal(ticketJob({ examples, heads: ["category"] }));
  expect(report.holdoutAccuracy).toBeGreaterThan(0.3);
  expect(report.holdoutAccuracy).toBeLessThan(0.7);
  expect(loadLocal(bytes).predict(examples[0]!.input).confidence).toBeLessThan(0.75);
});

test("copies of one text do not pass as evidence: they share a fold", () => {
  // Two texts per class, each copied thirty times; held out together, a text is new to the model that answers it.
  const texts = { a: ["qqqq wwww", "eeee rrrr"], b: ["tttt zzzz", "uuuu iiii"] };
  const examples = Object.entries(texts).flatMap(([category, bodies]) =>
    bodies.flatMap((body) => Array.from({ length: 30 }, () => ({ input: { body }, output: { category } }))),
  );
  const job = { examples, heads: ["category"], textFields: ["body"], categoryFields: [], seed: 1 };
  expect(trainLocal(job).report.holdoutAccuracy).toBeLessThan(0.6);
});

test("categories alone, without any text, can be learned and held out", () => {
  const examples = Array.from({ length: 60 }, (_, i) => ({
    input: { queue: `q${i % 3}` },
    output: { category: `c${i % 3}` },
  }));
  const job = { examples, heads: ["category"], textFields: [], categoryFields: ["queue"], seed: 1 };
  const { report, bytes } = trainLocal(job);
  expect(report).toMatchObject({ heldOut: 60, holdoutAccuracy: 1 });
  expect(loadLocal(bytes).predict({ queue: "q2" })).toMatchObject({ output: { category: "c2" } });
});

test("an example without a head teaches the other heads only", () => {
  const examples = tickets().map(({ input, output }, i) => ({
    input,
    output: i % 3 === 0 ? { category: output["category"]! } : output,
  }));
  const { report, bytes } = trainLocal(ticketJob({ examples }));
  expect(report.heads["category"]!.examples).toBe(72);
  expect(report.heads["priority"]!.examples).toBe(48);
  expect(report.heldOut).toBe(48);
  expect(loadLocal(bytes).predict(ticket("Die App stürzt ab", "app")).output["category"]).toBe("technical");
});

test("a head with a single class works, and is sure in the measure of its examples", () => {
  const examples = tickets().map(({ input }) => ({ input, output: { category: "all" } }));
  const { output, confidence } = trained({ examples, heads: ["category"] }).predict(ticket("irgendwas"));
  expect(output).toEqual({ category: "all" });
  expect(confidence).toBeCloseTo(73 / 74, 2);
});

test("one example is enough to answer and not enough to trust", () => {
  const { bytes, report } = trainLocal(ticketJob({ examples: tickets().slice(0, 1) }));
  expect(report).toMatchObject({ examples: 1, heldOut: 0, holdoutAccuracy: null, holdoutEce: null });
  expect(loadLocal(bytes).predict(ticket("hallo"))).toMatchObject({
    output: { category: "billing" },
    confidence: 0.5,
  });
});

test("progress rises to one", () => {
  const shares: number[] = [];
  trainLocal(ticketJob(), (share) => shares.push(share));
  expect(shares).toEqual([...new Set(shares)].sort((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);
});

test.each([
  ["no head", { heads: [] }, /at least one output field/],
  ["a head named twice", { heads: ["category", "category"] }, /each named once/],
  [
    "a head that no example has",
    { heads: ["category", "team"] },
    /cannot learn "team": none of the 72 examples/,
  ],
  ["a head inherited by every object", { heads: ["constructor"] }, /cannot learn "constructor"/],
  ["no examples", { examples: [] }, /none of the 0 examples/],
])("%s is refused with a reason", (_, changes: Partial<TrainingJob>, message) => {
  const train = (): unknown => trainLocal(ticketJob(changes));
  expect(train).toThrow(PilotageError);
  expect(train).toThrow(message);
  expect(train).toThrow(expect.objectContaining({ code: "definition_invalid" }));
});
