/**
 * Which of two data policies of an offered model lets more of a request leave the house.
 *
 * Pure. Whatever is not surely equal or tighter counts as looser: each point is compared by itself, and a policy that lets
 * less on at one point and more at another is looser. What a policy does is in gateway/request-policy.ts; the tests there
 * prove that what is not looser here lets nothing more on.
 */
import type { Loosening } from "../contract/policy-change.ts";
import { kindNames, type PersonalAction } from "../definition/personal/kinds.ts";
import { offeredPolicySchema, type OfferedPolicy } from "./offered-policy.ts";

/** What decides about a request to a model: its policy, and whether it may hold pictures. */
export interface LetsOn {
  images: boolean;
  /** Without one everything goes on. */
  policy?: OfferedPolicy | undefined;
}

/** From what goes on as it is to what keeps the whole call here. A pseudonym says which of two values are the same. */
const STRICTNESS: Record<PersonalAction, number> = { allow: 0, pseudonymise: 1, mask: 2, refuse: 3 };
const PARTS = ["files", "audio", "tools"] as const;

/** What `after` lets on and `before` does not; empty: nothing. */
export function loosenings(before: LetsOn, after: LetsOn): Loosening[] {
  // Nothing was protected.
  if (before.policy === undefined) return [];
  if (after.policy === undefined) return [{ what: "policy", name: null, to: null }];
  const [was, is] = [before.policy, after.policy];
  return [
    ...(after.images && !before.images ? [of("images")] : []),
    ...PARTS.filter((part) => is[part] && !was[part]).map((part) => of(part)),
    ...is.fields.filter((field) => !was.fields.includes(field)).map((field) => of("field", field)),
    ...(is.unknownFields === "drop" && was.unknownFields === "refuse" ? [of("unknown_fields")] : []),
    ...kindNames.flatMap((kind) => {
      const [earlier, now] = [was.scan[kind] ?? "mask", is.scan[kind] ?? "mask"];
      return STRICTNESS[now] < STRICTNESS[earlier] ? [of("kind", kind, now)] : [];
    }),
    ...was.mask
      .filter(({ pattern }) => !is.mask.some((one) => one.pattern === pattern))
      .map(({ name }) => of("pattern", name)),
    ...keysMore(was.keys, is.keys),
  ];
}

/** Those of the first that the second does not hold. */
export function more(ones: readonly Loosening[], others: readonly Loosening[]): Loosening[] {
  return ones.filter(
    (one) =>
      !others.some((other) => other.what === one.what && other.name === one.name && other.to === one.to),
  );
}

function keysMore(was: readonly string[] | undefined, is: readonly string[] | undefined): Loosening[] {
  if (was === undefined) return [];
  if (is === undefined) return [of("keys")];
  return is.filter((key) => !was.includes(key)).map((key) => of("key", key));
}

function of(what: Loosening["what"], name: string | null = null, to: string | null = null): Loosening {
  return { what, name, to };
}

/** As it is stored. One that this program cannot read counts as one that lets nothing on, so that any other is looser. */
export function letsOn(images: unknown, policy: unknown): LetsOn {
  if (policy === undefined || policy === null) return { images: images === true };
  const read = offeredPolicySchema.safeParse(policy);
  return { images: read.success && images === true, policy: read.success ? read.data : NOTHING };
}

const NOTHING: OfferedPolicy = {
  fields: [],
  unknownFields: "refuse",
  files: false,
  audio: false,
  tools: false,
  scan: Object.fromEntries(kindNames.map((kind) => [kind, "refuse" as const])),
  mask: [],
  keys: [],
};
