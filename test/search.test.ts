/** The list of cases: what it is searched by, page by page, and what is found by nobody. */
import { describe, expect, test } from "vitest";
import type { QueryOf } from "../src/contract/endpoint.ts";
import type { Endpoints } from "../src/contract/endpoints.ts";
import { sql } from "../src/platform/sql.ts";
import { install, launch, until } from "./support/installation.ts";

const installation = await install({ settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
const { client, app } = installation;
const release = await launch(installation, {
  workflow: { subject: ["customer"], thread: "customer", due: { workingHours: 2 } },
});
const params = { workflow: "tickets" };
const ids: Record<string, string> = {};
const TICKETS = [
  ["T-100", "The cable is cut", "Quill", 5],
  ["T-101", "A bill that is wrong", "Ink", 50],
  ["T-200", "The cable is loose", "Quill", 500],
] as const;
for (const [externalId, text, customer, amount] of TICKETS) {
  const sent = await client.submitCase({ params, body: { externalId, input: { text, customer, amount } } });
  ids[externalId] = sent.caseId;
  await client.advanceClock({ body: { milliseconds: 3_600_000 } });
}
await until(
  () => client.listCases({ params, query: { state: "in_review" } }),
  ({ cases }) => cases.length === TICKETS.length,
);

type Query = QueryOf<Endpoints["listCases"]>;
const found = async (query: Query) =>
  (await client.listCases({ params, query })).cases.map((one) => one.externalId);

describe("the list of cases", () => {
  test.each<[string, Query, string[]]>([
    ["no filter", {}, ["T-200", "T-101", "T-100"]],
    ["one state", { state: "in_review" }, ["T-200", "T-101", "T-100"]],
    ["several states", { state: "received,in_review" }, ["T-200", "T-101", "T-100"]],
    ["states in which none is", { state: "delivered,closed" }, []],
    ["an external id", { externalId: "T-101" }, ["T-101"]],
    ["an external id of another source", { externalId: "T-101", source: "mail" }, []],
    ["the beginning of external ids", { q: "T-1" }, ["T-101", "T-100"]],
    ["a beginning that is no pattern", { q: "T_1%" }, []],
    ["the beginning of ids", { q: "case_" }, ["T-200", "T-101", "T-100"]],
    ["a data subject, however written", { subject: " QUILL" }, ["T-200", "T-100"]],
    ["a thread", { thread: "Ink" }, ["T-101"]],
    ["a thread and a facet", { thread: "Quill", facet: "input.amount=5" }, ["T-100"]],
    ["a facet of the output", { facet: "output.category=technical" }, ["T-200", "T-100"]],
    ["two facets", { facet: ["output.category=technical", "input.amount=500"] }, ["T-200"]],
    ["a facet that is a number asked for as a text", { facet: 'input.amount="5"' }, []],
    ["an arm", { arm: "candidate" }, ["T-200", "T-101", "T-100"]],
    ["another arm", { arm: "manual" }, []],
    ["a verdict that none has", { verdict: "approve" }, []],
    ["times", { from: "2026-01-05T09:00:00Z", to: "2026-01-05T10:00:00Z" }, ["T-101"]],
    ["what is due", { dueBefore: "2026-01-05T11:30:00Z" }, ["T-101", "T-100"]],
    ["what is no facet", { facet: "output.nothing=1" }, []],
  ])("by %s", async (_, query, expected) => {
    expect(await found(query)).toEqual(expected);
  });

  test("by the release and by the whole id of a case", async () => {
    expect(await found({ release })).toHaveLength(3);
    expect(await found({ q: ids["T-101"]! })).toEqual(["T-101"]);
  });

  test("page by page meets every case once", async () => {
    const met: string[] = [];
    let before: string | undefined;
    do {
      const page = await client.listCases({
        params,
        query: { limit: 1, state: "in_review,delivered", ...(before === undefined ? {} : { before }) },
      });
      met.push(...page.cases.map((one) => one.externalId));
      before = page.next ?? undefined;
    } while (before !== undefined);
    expect(met).toEqual(["T-200", "T-101", "T-100"]);
  });

  test("by what no list knows is refused with its field", async () => {
    for (const query of [
      { state: "nowhere" },
      { facet: "amount" },
      { from: "yesterday" },
      { arm: "robot" },
    ] as object[])
      await expect(client.listCases({ params, query })).rejects.toMatchObject({ code: "bad_request" });
  });

  test("does not find a cold case by what its model said, before the verdict", async () => {
    await app.database.run(sql`update case_ set cold = true where external_id = 'T-200'`);
    expect(await found({ facet: "output.category=technical" })).toEqual(["T-100"]);
    expect(await found({ facet: "input.amount=500" })).toEqual(["T-200"]);
  });
});
