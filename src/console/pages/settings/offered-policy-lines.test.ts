/** What the form makes of a stored data policy, and back. */
import { expect, test } from "vitest";
import { offeredPolicySchema } from "../../../models/offered-policy.ts";
import { NEW_POLICY, policyAs, policyFrom } from "./offered-policy-lines.ts";

test("a policy goes through the form and comes out as it was", () => {
  const stored = offeredPolicySchema.parse({
    fields: ["metadata", "user"],
    unknownFields: "refuse",
    files: true,
    tools: false,
    scan: { email: "pseudonymise", card: "refuse" },
    mask: [{ name: "customer", pattern: String.raw`K-\d{5}: x` }],
    keys: ["portal", "night run"],
  });
  expect(offeredPolicySchema.parse(policyAs(policyFrom(stored)!))).toEqual(stored);
});

test("a new policy masks every kind, for every key", () => {
  expect(offeredPolicySchema.parse(policyAs(NEW_POLICY))).toEqual(offeredPolicySchema.parse({}));
});

test("a model without one has none in the form", () => {
  expect(policyFrom(undefined)).toBeUndefined();
});
