import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../contract/json.ts";
import type { Policy, PolicyRule } from "./document.ts";
import { POLICY_RULES } from "./document.ts";
import { applyPolicy } from "./policy.ts";

const pseudonym = (path: string, value: string) => `${path}#${value.length}`;
const scrub = (text: string) => text.replaceAll("secret", "[IT]");
const plain = { pseudonym: () => "pseudonym", scrub };
const apply = (policy: Policy, input: JsonObject, block: string[] = []) =>
  applyPolicy(policy, block, input, { pseudonym, scrub });

describe("the data policy", () => {
  it("lets only named fields on and reports the others", () => {
    const result = apply(
      { subject: "allow", "contact.email": "pseudonymise", "contract.iban": "mask", note: "drop" },
      {
        subject: "s",
        body: "b",
        contact: { email: "a@b", phone: "1" },
        contract: { iban: "DE1", id: 7 },
        note: "n",
      },
    );
    expect(result).toEqual({
      allowed: { subject: "s", contact: { email: "contact.email#3" }, contract: { iban: "***" } },
      dropped: ["body", "contact.phone", "contract.id", "note"],
      masked: ["contract.iban"],
      pseudonymised: ["contact.email"],
    });
  });

  it("a path covers what lies below it, and the more specific path wins", () => {
    const input = { contact: { name: "n", email: "e", address: { city: "c", street: "s" } } };
    expect(
      apply({ contact: "allow", "contact.email": "drop", "contact.address": "mask" }, input).allowed,
    ).toEqual({ contact: { name: "n", address: "***" } });
    expect(apply({ contact: "drop", "contact.address.city": "allow" }, input).allowed).toEqual({
      contact: { address: { city: "c" } },
    });
    expect(apply({ contact: "mask", "contact.name": "allow" }, input).allowed).toEqual({
      contact: { name: "n" },
    });
  });

  it("a masked object or list tells neither keys nor length; a mask is a text whatever stood there", () => {
    expect(
      apply({ a: "mask", b: "mask", c: "mask" }, { a: { "m@x": 1 }, b: [1, 2, 3], c: 5 }).allowed,
    ).toEqual({ a: "***", b: "***", c: "***" });
  });

  it("looks through lists", () => {
    const input = { items: [{ price: 1, note: "x" }, { price: 2 }], tags: ["a", "b"], free: [[1], { x: 1 }] };
    expect(apply({ "items.price": "allow", tags: "pseudonymise", free: "allow" }, input).allowed).toEqual({
      items: [{ price: 1 }, { price: 2 }],
      tags: ["tags#1", "tags#1"],
      free: [[1], { x: 1 }],
    });
  });

  it("blockFields takes away what the policy allows, below it too", () => {
    const input = { contact: { email: "e", name: "n" }, body: "b" };
    const policy: Policy = { contact: "allow", "contact.email": "allow", body: "allow" };
    expect(apply(policy, input, ["contact"]).allowed).toEqual({ body: "b" });
    expect(apply(policy, input, ["contact.email"])).toMatchObject({
      allowed: { contact: { name: "n" }, body: "b" },
      dropped: ["contact.email"],
    });
  });

  it("is not fooled by keys that look like paths or like JavaScript", () => {
    const input = JSON.parse(
      '{"contact.email":"M","__proto__":{"contact":"M","x":"M"},"constructor":"M","toString":"M","contact":{"__proto__":"M","email":"ok"}}',
    ) as JsonObject;
    const { allowed } = apply({ "contact.email": "allow", x: "allow", contact: "drop" }, input);
    expect(JSON.stringify(allowed)).toBe('{"contact":{"email":"ok"}}');
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
    expect(
      apply({ constructor: "allow" } as Policy, JSON.parse('{"constructor":"fine"}') as JsonObject).allowed,
    ).toEqual({ constructor: "fine" });
  });

  it("leaves the input alone and gives nothing for an empty policy", () => {
    const input = { a: { b: [1] } };
    const before = structuredClone(input);
    expect(apply({}, input)).toEqual({ allowed: {}, dropped: ["a"], masked: [], pseudonymised: [] });
    expect(input).toEqual(before);
  });

  it("looks texts through where the policy says so: below the field, in lists, numbers and keys", () => {
    const input = { body: { text: "a secret", list: ["secret", 5], "secret key": 1 }, note: "secret" };
    expect(apply({ body: { allow: true, scan: "pii" }, note: "allow" }, input)).toMatchObject({
      allowed: { body: { text: "a [IT]", list: ["[IT]", 5], "[IT] key": 1 }, note: "secret" },
      masked: ["body.text", "body.list"],
      dropped: [],
    });
    expect(apply({ body: { allow: true, scan: "pii" }, "body.text": "drop" }, input).allowed).toEqual({
      body: { list: ["[IT]", 5], "[IT] key": 1 },
    });
  });

  it("drops what is nested beyond all reason instead of failing", () => {
    let deep: JsonValue = "M";
    for (let level = 0; level < 5_000; level++) deep = { a: deep };
    expect(JSON.stringify(apply({ top: "allow" }, { top: deep }).allowed)).not.toContain("M");
  });
});

const NAMES = ["a", "b", "c", "constructor", "__proto__", "a.b", "toString", ""];
const MARKER = "MARKER";

/** Any input: every text and every key that no path can name carries the marker in its own way. */
const value: fc.Arbitrary<JsonValue> = fc.letrec<{ node: JsonValue }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.nat(9).map((n) => `${MARKER}${n}`),
    fc.constantFrom<JsonValue>(1, true, null),
    fc.array(tie("node"), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.constantFrom(...NAMES, `${MARKER}-key`), tie("node")), { maxLength: 4 })
      .map(objectOf),
  ),
})).node;

function objectOf(entries: [string, JsonValue][]): JsonObject {
  const object: JsonObject = {};
  for (const [key, item] of entries)
    Object.defineProperty(object, key, { value: item, enumerable: true, configurable: true, writable: true });
  return object;
}

const paths = fc
  .array(fc.constantFrom("a", "b", "c", "constructor", "toString"), { minLength: 1, maxLength: 3 })
  .map((keys) => keys.join("."));
const policies = fc
  .array(fc.tuple(paths, fc.constantFrom<PolicyRule>(...POLICY_RULES)), { maxLength: 6 })
  .map((rules) => Object.fromEntries(rules) as Policy);

/** Told apart from the program: the rule of the longest named path above a place, by its list of keys. */
function ruleAt(policy: Policy, block: string[], keys: string[]): PolicyRule | undefined {
  for (let length = keys.length; length > 0; length--)
    if (block.includes(keys.slice(0, length).join("."))) return "drop";
  for (let length = keys.length; length > 0; length--) {
    if (keys.slice(0, length).some((key) => key.includes("."))) continue;
    const path = keys.slice(0, length).join(".");
    if (Object.hasOwn(policy, path)) return policy[path];
  }
  return undefined;
}

/** Replaces every text at a place that is not allowed by one that would be recognised. */
function marked(policy: Policy, block: string[], node: JsonValue, keys: string[]): JsonValue {
  if (Array.isArray(node)) return node.map((item) => marked(policy, block, item, keys));
  if (typeof node === "object" && node !== null) {
    return objectOf(
      Object.entries(node).map(([key, item]) => [key, marked(policy, block, item, [...keys, key])]),
    );
  }
  return ruleAt(policy, block, keys) === "allow" ? "fine" : "FORBIDDEN";
}

describe("the data policy, whatever the input", () => {
  it("no text from a field that is not allowed ever goes on", () => {
    let forbidden = 0;
    let fine = 0;
    fc.assert(
      fc.property(policies, fc.array(paths, { maxLength: 2 }), value, (policy, block, node) => {
        const input = marked(
          policy,
          block,
          objectOf([
            ["a", node],
            ["b", node],
            ["constructor", node],
          ]),
          [],
        ) as JsonObject;
        const sent = JSON.stringify(applyPolicy(policy, block, input, plain).allowed);
        expect(sent).not.toContain("FORBIDDEN");
        if (JSON.stringify(input).includes("FORBIDDEN")) forbidden++;
        if (sent.includes("fine")) fine++;
      }),
      { numRuns: 2_000 },
    );
    // The property means something only when there was something to hold back and something to let on.
    expect(forbidden).toBeGreaterThan(500);
    expect(fine).toBeGreaterThan(50);
  });

  it("no key goes on that lies outside what is allowed whole or named", () => {
    fc.assert(
      fc.property(policies, value, (policy, node) => {
        const rules = Object.fromEntries(
          Object.entries(policy).filter(([, rule]) => rule !== "allow"),
        ) as Policy;
        expect(JSON.stringify(applyPolicy(rules, [], { a: node, b: node }, plain).allowed)).not.toContain(
          MARKER,
        );
      }),
      { numRuns: 1_000 },
    );
  });
});
