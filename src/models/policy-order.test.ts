/** What counts as a looser data policy. That nothing more goes on otherwise is in gateway/policy-order.test.ts. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Loosening } from "../contract/policy-change.ts";
import { offeredPolicySchema } from "./offered-policy.ts";
import { letsOns } from "./policy.fixture.ts";
import { letsOn, loosenings } from "./policy-order.ts";

const policyOf = (policy: object, images = false) => ({ images, policy: offeredPolicySchema.parse(policy) });
const pattern = { name: "customer", pattern: "K-\\d{5}" };

describe("looser is", () => {
  test.each<[string, object, object, Loosening["what"]]>([
    ["a field that goes on", {}, { fields: ["metadata"] }, "field"],
    ["a call that is no longer refused for its fields", { unknownFields: "refuse" }, {}, "unknown_fields"],
    ["files", {}, { files: true }, "files"],
    ["sound", {}, { audio: true }, "audio"],
    ["tools", { tools: false }, {}, "tools"],
    ["what was masked by default and goes on", {}, { scan: { email: "allow" } }, "kind"],
    ["a pseudonym in place of a mask", {}, { scan: { iban: "pseudonymise" } }, "kind"],
    ["a mask in place of a refusal", { scan: { card: "refuse" } }, {}, "kind"],
    ["a pattern that is gone", { mask: [pattern] }, {}, "pattern"],
    [
      "a pattern that is another one",
      { mask: [pattern] },
      { mask: [{ ...pattern, pattern: "K-\\d{6}" }] },
      "pattern",
    ],
    ["one more key", { keys: ["portal"] }, { keys: ["portal", "shop"] }, "key"],
    ["every key", { keys: ["portal"] }, {}, "keys"],
  ])("%s, and its opposite is not", (_, before, after, what) => {
    expect(loosenings(policyOf(before), policyOf(after)).map((one) => one.what)).toEqual([what]);
    // Another pattern is looser in both directions.
    if (!("mask" in after)) expect(loosenings(policyOf(after), policyOf(before))).toEqual([]);
  });

  test("no policy in place of one, pictures under one, and never anything where there was none", () => {
    expect(loosenings(policyOf({}), { images: false })).toMatchObject([{ what: "policy" }]);
    expect(loosenings(policyOf({}), policyOf({}, true))).toMatchObject([{ what: "images" }]);
    fc.assert(fc.property(letsOns, (after) => loosenings({ images: false }, after).length === 0));
  });

  test("any policy in place of one that this program cannot read", () => {
    const unread = letsOn(true, { fields: [], newerSetting: true });
    expect(loosenings(unread, policyOf({}))).not.toEqual([]);
    expect(loosenings(unread, { images: false })).not.toEqual([]);
    expect(loosenings(unread, unread)).toEqual([]);
  });
});

test("nothing is looser than itself, what is tighter in two steps is tighter in one, and two that are not looser either way are one", () => {
  fc.assert(
    fc.property(letsOns, letsOns, letsOns, (one, two, three) => {
      expect(loosenings(one, one)).toEqual([]);
      if (loosenings(one, two).length === 0 && loosenings(two, three).length === 0)
        expect(loosenings(one, three)).toEqual([]);
      const [a, b] = [one.policy, two.policy];
      if (!a || !b || loosenings(one, two).length > 0 || loosenings(two, one).length > 0) return;
      expect([a.tools, a.files, a.audio, a.unknownFields, one.images]).toEqual([
        b.tools,
        b.files,
        b.audio,
        b.unknownFields,
        two.images,
      ]);
      expect(new Set(a.fields)).toEqual(new Set(b.fields));
      expect(a.keys && new Set(a.keys)).toEqual(b.keys && new Set(b.keys));
      expect(new Set(a.mask.map((own) => own.pattern))).toEqual(new Set(b.mask.map((own) => own.pattern)));
    }),
    { numRuns: 5_000 },
  );
});
