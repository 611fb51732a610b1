/** Only allowed fields leave the house: no byte that a provider receives holds a marker of a forbidden field. */
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../src/contract/json.ts";
import {
  ALLOWED,
  FORBIDDEN,
  handIn,
  lookFor,
  provider,
  setUp,
  waiting,
  type Findings,
} from "./support/forbidden.ts";
import { install, launch, until } from "./support/installation.ts";
import { tracesOf, writtenAs } from "./support/traces.ts";

async function run(cases: number, planted?: JsonObject, blocked?: string[]): Promise<Findings> {
  const installation = await install();
  const recording = await provider();
  try {
    await setUp(installation.client, recording, planted, blocked);
    await handIn(installation, cases);
    await until(
      () => waiting(installation.client),
      (count) => count === cases,
      40_000,
    );
    return lookFor(recording, cases);
  } finally {
    await installation.stop();
    await recording.stop();
  }
}

describe("what a model gets", () => {
  test("no request holds a marker of a forbidden field, on either wire, repairs included", async () => {
    const found = await run(135);
    expect(found.leaks).toEqual([]);
    expect(found.requests).toBeGreaterThanOrEqual(200);
    expect(found.own).toBeGreaterThan(20);
    expect(found.chat).toBeGreaterThan(100);
    expect(found.repairs).toBeGreaterThan(20);
    expect(found.allowedSeen).toBe(found.allowedSent);
  });

  test.each([
    ["a field that the policy forgot", { unnamed: "allow" }, "Unnamed"],
    ["a field that should be masked", { masked: "allow" }, "Masked"],
    ["a field below a list", { "items.note": "allow" }, "Note"],
    ["a value that should be a pseudonym", { "contact.email": "allow" }, "Email"],
    ["attachments", { attachments: "allow" }, "FileName"],
  ] as const)("the twin that lets out %s is found", async (_, planted, field) => {
    const found = await run(3, planted);
    expect(found.leaks.map((leak) => leak.field)).toContain(field);
  });

  test("a field that the schema does not name is dropped and reported, below an allowed object and in a list too", async () => {
    const installation = await install();
    try {
      await launch(installation, {
        release: {
          input: {
            type: "object",
            properties: {
              contact: { type: "object", properties: { name: { type: "string" } } },
              items: { type: "array", items: { type: "object", properties: { label: { type: "string" } } } },
            },
          },
          policy: { contact: "allow", items: "allow" },
          facets: { input: [], output: [] },
        },
      });
      const taken = await installation.client.submitCase({
        params: { workflow: "tickets" },
        body: {
          externalId: "1",
          input: { contact: { name: "n", ssn: "MARKER" }, items: [{ label: "l", price: "MARKER" }] },
        },
      });
      expect(taken.dropped).toEqual(["contact.ssn", "items.price"]);
    } finally {
      await installation.stop();
    }
  });

  test("what the workflow blocks stays at home, whatever the release allows, attachments too", async () => {
    const found = await run(3, { unnamed: "allow", contact: "allow", attachments: "allow" }, [
      "unnamed",
      "contact.email",
      "contact.phone",
      "contact.address",
      "attachments",
    ]);
    expect(found.leaks).toEqual([]);
  });
});

describe("the search itself", () => {
  test.each(Object.entries(writtenAs(FORBIDDEN)))("finds a marker written as %s", (_, bytes) => {
    expect(tracesOf(FORBIDDEN, bytes)).not.toEqual([]);
    expect(tracesOf(ALLOWED, bytes)).toEqual([]);
  });
});
