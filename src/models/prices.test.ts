import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PilotageError } from "../contract/errors.ts";
import { amountOf, unitsFrom } from "./money.ts";
import { parsePrices, priceList, readPriceList, type Billed } from "./price-list.ts";
import { bytesOfRequest, costBefore, costOfAnswer, costOfFailure, estimatedTokens } from "./prices.ts";

const builtIn = readPriceList(undefined);
const openai = (model: string): Billed => ({
  connection: "main",
  kind: "openai",
  host: "api.openai.com",
  model,
});
const own = (text: string) => priceList([parsePrices(text, "own.yaml")]);
const usage = (inputTokens: number, outputTokens: number, cachedTokens = 0) => ({
  inputTokens,
  outputTokens,
  cachedTokens,
});
const sizes = { inputBytes: 300, outputBytes: 30 };

describe("the price list that comes with the program", () => {
  test("has a date and a currency, and a date for every provider", () => {
    expect(builtIn).toMatchObject({ date: "2026-11-28", currency: "USD" });
    expect(builtIn.priceOf(openai("gpt-4.1-mini"))).toMatchObject({ provider: "openai", date: "2026-06-30" });
  });

  test("knows a model by its name and by its dated name, and not by a name that only begins alike", () => {
    expect(builtIn.priceOf(openai("gpt-4.1-mini-2025-04-14"))).toBeDefined();
    expect(builtIn.priceOf(openai("gpt-4.1-ultra"))).toBeUndefined();
    expect(builtIn.priceOf(openai("gpt-5.4-mini"))!.input).toBeLessThan(
      builtIn.priceOf(openai("gpt-5.4"))!.input,
    );
  });

  test("says nothing of the same name at another place", () => {
    expect(builtIn.priceOf({ ...openai("gpt-4.1-mini"), host: "gateway.example.com" })).toBeUndefined();
  });
});

describe("an installation's own list", () => {
  const text = `
date: 2026-12-01
currency: EUR
rate: 0.90
providers:
  - name: our contract
    connections: [main]
    models:
      - { for: ["gpt-4.1*"], input: "1", output: "2" }
  - name: own server
    hosts: ["*.internal"]
    models:
      - { for: ["*"], call: "0.002" }`;
  const list = priceList([
    parsePrices(text, "own.yaml"),
    parsePrices(
      "date: 2026-01-01\ncurrency: USD\nproviders: [{ name: o, hosts: [api.openai.com], models: [{ for: ['*'], input: 10, output: 20 }] }]",
      "built-in",
    ),
  ]);

  test("goes before the built-in one for the connection that it names", () => {
    expect(list.priceOf(openai("gpt-4.1-mini"))!.provider).toBe("our contract");
    expect(list.priceOf({ ...openai("gpt-4.1-mini"), connection: "other" })!.provider).toBe("o");
  });

  test("converts the built-in prices at its rate", () => {
    const cost = costOfAnswer(list, openai("gpt-x"), {
      answered: "gpt-x",
      usage: usage(1_000_000, 0),
      ...sizes,
    });
    expect(cost).toMatchObject({ amount: "9", currency: "EUR" });
  });

  test("in another currency and without a rate leaves the built-in prices unknown", () => {
    const alone = priceList([
      parsePrices(text.replace("rate: 0.90", ""), "own.yaml"),
      parsePrices(
        "date: 2026-01-01\ncurrency: USD\nproviders: [{ name: o, kinds: [openai], models: [{ for: ['*'], input: 10, output: 20 }] }]",
        "built-in",
      ),
    ]);
    expect(alone.priceOf({ ...openai("gpt-x"), connection: "other" })).toBeUndefined();
  });

  test("may price each call, as for a server of the house; such a cost is no estimate", () => {
    const billed = { connection: "llm", kind: "http", host: "gpu.internal", model: "any" };
    expect(costOfAnswer(list, billed, { answered: "any", usage: undefined, ...sizes })).toEqual({
      amount: "0.002",
      currency: "EUR",
      estimated: false,
      priceDate: "2026-12-01",
    });
  });

  test.each([
    ["a price with a comma", 'input: "0,5", output: "1"', "an amount such as"],
    ["a price below zero", "input: -1, output: 1", "an amount such as"],
    ["no price at all", "date: 2026-01-01", "prices for input and output"],
    ["a word that is none of the form", "input: 1, output: 1, outptu: 2", "outptu"],
  ])("with %s is refused with the place", (_, prices, said) => {
    const broken = `date: 2026-01-01\ncurrency: EUR\nproviders: [{ name: a, kinds: [http], models: [{ for: [m], ${prices} }] }]`;
    expect(() => own(broken)).toThrow(said);
    expect(() => own(broken)).toThrow(/providers\.0\.models\.0/);
  });

  test("that is missing is named", () => {
    expect(() => readPriceList("/nowhere/prices.yaml")).toThrow("/nowhere/prices.yaml");
  });
});

describe("the cost of a call", () => {
  test("counts input, output, and what came from the provider's cache at its own price", () => {
    const cost = costOfAnswer(builtIn, openai("gpt-4.1-mini"), {
      answered: "gpt-4.1-mini-2025-04-14",
      usage: usage(1_000, 100, 400),
      ...sizes,
    });
    // 600 at 0.40, 400 at 0.10, 100 at 1.60 for a million.
    expect(cost).toEqual({ amount: "0.00044", currency: "USD", estimated: false, priceDate: "2026-06-30" });
  });

  test("is unknown where the price is, and never zero", () => {
    expect(
      costOfAnswer(builtIn, openai("new-model"), { answered: "new-model", usage: usage(5, 5), ...sizes }),
    ).toBeUndefined();
  });

  test("is that of the model that answered, not of the one asked for", () => {
    const asked = openai("gpt-5.4");
    const cost = costOfAnswer(builtIn, asked, {
      answered: "gpt-5.4-nano",
      usage: usage(1_000_000, 0),
      ...sizes,
    });
    expect(cost?.amount).toBe("0.2");
  });

  test("is estimated from bytes and marked where the provider says nothing of tokens", () => {
    const cost = costOfAnswer(builtIn, openai("gpt-4o"), {
      answered: "gpt-4o",
      usage: undefined,
      inputBytes: 3_000,
      outputBytes: 300,
    });
    expect(cost).toMatchObject({ amount: "0.0035", estimated: true });
    expect(estimatedTokens(1)).toBe(1);
  });

  test("is nothing for a model of the house", () => {
    expect(costOfAnswer(builtIn, undefined, { answered: "local", usage: undefined, ...sizes })).toMatchObject(
      { amount: "0", estimated: false },
    );
  });

  const failure = (code: "model_unavailable" | "model_refused", details: object) =>
    new PilotageError(code, "it failed", { details });
  test.each<[string, PilotageError, string]>([
    ["a refusal", failure("model_refused", { status: 400 }), "0"],
    ["an overloaded provider", failure("model_unavailable", { status: 503 }), "0"],
    ["a host that was not found", failure("model_unavailable", { cause: "ENOTFOUND" }), "0"],
    ["no connection in time", failure("model_unavailable", { class: "timeout_connect", timeoutMs: 5 }), "0"],
    ["a time-out at work", failure("model_unavailable", { timeoutMs: 5 }), "0.0025"],
    ["a cut reply", failure("model_unavailable", { class: "cut" }), "0.0025"],
    ["a connection reset", failure("model_unavailable", { cause: "ECONNRESET" }), "0.0025"],
  ])("that failed with %s", (_, error, amount) => {
    const cost = costOfFailure(builtIn, openai("gpt-4o"), error, { inputBytes: 3_000 });
    expect(cost).toMatchObject({ amount, estimated: amount !== "0" });
  });

  test("before it is made covers the prompt and the longest answer", () => {
    const before = costBefore(builtIn, openai("gpt-4o"), { inputBytes: 3_000, maxTokens: 100 });
    expect(before).toEqual({ units: unitsFrom("0.0035"), tokens: 1_100 });
    // The prompt is read once, however many answers are asked for.
    expect(costBefore(builtIn, openai("gpt-4o"), { inputBytes: 3_000, maxTokens: 100, answers: 5 })).toEqual({
      units: unitsFrom("0.0075"),
      tokens: 1_500,
    });
    expect(costBefore(builtIn, openai("new"), { inputBytes: 3, maxTokens: undefined })).toEqual({
      units: undefined,
      tokens: 1_001,
    });
  });

  test("sizes count the bytes of what is sent, not its letters", () => {
    const request = { messages: [{ role: "user" as const, content: "Größe" }], input: {}, attachments: [] };
    expect(bytesOfRequest(request)).toBe(7);
    expect(bytesOfRequest({ ...request, messages: [], input: { a: "b" } })).toBe(9);
  });

  test("is exact, for every price and any number of tokens", () => {
    const price = fc
      .tuple(fc.nat(9_999), fc.nat(999_999))
      .map(([whole, millionths]) => `${whole}.${String(millionths).padStart(6, "0")}`);
    const tokens = fc.nat(1_000_000_000);
    fc.assert(
      fc.property(price, price, tokens, tokens, (input, output, inTokens, outTokens) => {
        const list = own(
          `date: 2026-01-01\ncurrency: EUR\nproviders: [{ name: a, kinds: [openai], models: [{ for: ["*"], input: "${input}", output: "${output}" }] }]`,
        );
        const cost = costOfAnswer(list, openai("m"), {
          answered: "m",
          usage: usage(inTokens, outTokens),
          ...sizes,
        });
        const millionths = (text: string) => BigInt(text.replace(".", ""));
        const exact = millionths(input) * BigInt(inTokens) + millionths(output) * BigInt(outTokens);
        expect(cost!.amount).toBe(amountOf(exact));
      }),
    );
  });
});
