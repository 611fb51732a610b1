/** A field of a case that is looked through: identifiers in its text never reach a provider, and refused kinds go to a person. */
import { afterAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../src/contract/json.ts";
import { install, launch, until } from "./support/installation.ts";
import { startProvider } from "./support/provider.ts";

const IBAN = "DE10 9000 0011 0000 1234 56";
const MAIL = "ada.lovelace@example.com";
const CARD = "4111 1111 1111 1111";

const installation = await install();
const { client } = installation;
const provider = await startProvider({ answer: () => ({ output: { category: "billing" } }) });
afterAll(() => provider.stop());
await client.saveConnection({
  params: { name: "house" },
  body: { settings: { kind: "openai", baseUrl: provider.url } },
});

let made = 0;
const newest = () => provider.requests.at(-1)!.body.toString();
async function caseOf(workflow: string, input: JsonObject) {
  const { caseId } = await client.submitCase({
    params: { workflow },
    body: { externalId: `${workflow}-${made++}`, input },
  });
  return until(
    () => client.getCase({ params: { case: caseId } }),
    (found) => found.state === "in_review",
  );
}
const launched = (workflow: string, scan: JsonObject | "pii") =>
  launch(installation, {
    script: null,
    workflow: { workflow },
    release: {
      workflow,
      model: { connection: "house", name: "small", timeout: 5_000 },
      prompt: "Sort.\n---\n{{ input.text }}",
      policy: { text: { allow: null, scan } },
    },
    share: 1,
  });

describe("a field that is looked through", () => {
  test("goes to the model without the identifiers in it, and whole to the person", async () => {
    await launched("scanned", "pii");
    const found = await caseOf("scanned", { text: `Refund to ${IBAN}, ask ${MAIL}` });
    expect(newest()).toContain("Refund to [IBAN], ask [EMAIL]");
    expect(provider.bytes().toString()).not.toMatch(/lovelace|9000 0011/);
    expect(found.decision!.reasons.map((one) => one.code)).not.toContain("personal_data");
    const whole = await client.getCase({ params: { case: found.id }, query: { content: "true" } });
    expect(JSON.stringify(whole)).toContain(IBAN);
  });

  test("keeps the whole case from every model where a kind is refused; a person gets it, and hears why", async () => {
    await launched("refusing", { card: "refuse", email: "pseudonymise" });
    const asked = provider.requests.length;
    const found = await caseOf("refusing", { text: `My card ${CARD} was charged, ${MAIL}` });
    expect(provider.requests).toHaveLength(asked);
    expect(found.decision).toMatchObject({
      outcome: "fallback",
      reasons: [{ code: "personal_data", detail: "card" }],
    });
    expect(found.attempts).toEqual([]);
    await caseOf("refusing", { text: `No card, but ${MAIL} and ${MAIL}` });
    expect(newest()).toContain("No card, but [EMAIL-1] and [EMAIL-1]");
  });
});
