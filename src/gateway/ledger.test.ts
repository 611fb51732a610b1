/** What a call may come to, as limits reserve it before anybody is asked. */
import { describe, expect, test } from "vitest";
import { connectionSchema } from "../models/connection.ts";
import { unitsFrom } from "../models/money.ts";
import { parsePrices, priceList } from "../models/price-list.ts";
import type { ChatConnection } from "./directory.ts";
import { openLedger, type Leg } from "./ledger.ts";

const prices = priceList([
  parsePrices(
    `
date: 2026-12-01
currency: EUR
providers:
  - name: ours
    hosts: [models.example.com]
    models:
      - { for: [small], input: "1000", output: "2000" }
      - { for: [large], input: "1000", output: "9000" }`,
    "own.yaml",
  ),
]);
const ledger = openLedger(prices);

const leg = (model: string): Leg => ({
  connection: {
    name: "ours",
    settings: connectionSchema.parse({
      kind: "openai",
      baseUrl: "https://models.example.com/v1",
    }) as ChatConnection,
    version: "1",
    budget: undefined,
  },
  model,
  larger: false,
});

describe("what a call may come to", () => {
  test("grows with the answers that it asks for, and not with its prompt", () => {
    expect(ledger.before([leg("small")], 30, { max_tokens: 100 })).toEqual({
      requests: 1,
      tokens: 110,
      cost: unitsFrom("0.21"),
    });
    expect(ledger.before([leg("small")], 30, { max_tokens: 100, n: 5 })).toEqual({
      requests: 1,
      tokens: 510,
      cost: unitsFrom("1.01"),
    });
    expect(ledger.before([leg("small")], 30, { max_tokens: 100, n: null }).tokens).toBe(110);
  });

  test("is what the dearest of the models takes that may answer", () => {
    expect(ledger.before([leg("small"), leg("large"), leg("small")], 30, { max_tokens: 100 }).cost).toBe(
      unitsFrom("0.91"),
    );
  });

  test("is unknown where one of them has no price", () => {
    expect(ledger.before([leg("small"), leg("unheard-of")], 30, { max_tokens: 100 }).cost).toBeUndefined();
  });
});
