/** For tests: data policies of every sort, and steps between them. */
import fc from "fast-check";
import { kindNames, PERSONAL_ACTIONS } from "../definition/personal/kinds.ts";
import { offeredPolicySchema } from "./offered-policy.ts";
import type { LetsOn } from "./policy-order.ts";

export const FIELDS = ["metadata", "user", "messages.reasoning_content"];
/** Two that may lie over each other, one within the other, and one beside. */
export const PATTERNS = { code: "K-\\d{5}", tail: "\\d{3}-Z", head: "K-\\d", plate: "B-[A-Z]{2}" };

const policies = fc
  .record({
    fields: fc.subarray(FIELDS),
    unknownFields: fc.constantFrom("drop", "refuse"),
    files: fc.boolean(),
    audio: fc.boolean(),
    tools: fc.boolean(),
    scan: fc
      .array(fc.tuple(fc.constantFrom(...kindNames), fc.constantFrom(...PERSONAL_ACTIONS)), { maxLength: 4 })
      .map((pairs) => Object.fromEntries(pairs)),
    mask: fc
      .subarray(Object.entries(PATTERNS))
      .map((own) => own.map(([name, pattern]) => ({ name, pattern }))),
    keys: fc.option(fc.subarray(["portal", "shop"]), { nil: undefined }),
  })
  .map(({ keys, ...rest }) =>
    offeredPolicySchema.parse({ ...rest, ...(keys === undefined ? {} : { keys }) }),
  );

export const letsOns: fc.Arbitrary<LetsOn> = fc.record({
  images: fc.boolean(),
  policy: fc.option(policies, { nil: undefined, freq: 6 }),
});

/** One, and another that differs from it in few points: most of two at random differ in both directions. */
export const neighbours: fc.Arbitrary<[LetsOn, LetsOn]> = fc
  .tuple(
    letsOns,
    letsOns,
    fc.subarray(["fields", "unknownFields", "files", "audio", "tools", "scan", "mask", "keys"]),
  )
  .map(([one, other, kept]) => {
    if (one.policy === undefined || other.policy === undefined) return [one, other];
    const policy: Record<string, unknown> = { ...other.policy };
    for (const name of kept) {
      if (one.policy[name as "keys"] === undefined) delete policy[name];
      else policy[name] = one.policy[name as "keys"];
    }
    return [one, { ...other, policy: offeredPolicySchema.parse(policy) }];
  });
