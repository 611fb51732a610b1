/**
 * The data policy: which fields of a case may leave the house, and in which form.
 *
 * Default deny: what the policy does not name is dropped and reported. Pure; the pseudonym of a value is made by the
 * caller, and so is what a text may say that is looked through (personal/scrub.ts). A path covers everything below it; the more specific path wins; `blockFields` always wins.
 */
import type { JsonObject, JsonValue } from "../contract/json.ts";
import { isJsonObject } from "../contract/json.ts";
import type { Policy, PolicyRule } from "./document.ts";
import type { PersonalRules } from "./personal/kinds.ts";

export interface PolicyResult {
  /** What may go on. */
  allowed: JsonObject;
  /** Paths that were in the input and do not go on. */
  dropped: string[];
  masked: string[];
  pseudonymised: string[];
}

/** The name under which a policy allows the attachments of a case, which are no field of its input. */
export const ATTACHMENTS = "attachments";

/** What stands in the place of a masked value, whatever its type was. */
export const MASK = "***";

// Deeper values do not go on; the doors refuse such input long before.
const MAX_DEPTH = 100;

/**
 * Applies the policy to a case input; the input itself is left alone.
 *
 * Lists are looked through: `items.price` is the price of every item. A masked object or list becomes one mask, so that
 * neither its keys nor its length are told, unless the policy names something below it. Keys that contain a dot, and
 * `__proto__`, cannot be named and never go on. `null` stays `null` where it is masked or pseudonymised.
 */
export function applyPolicy(
  policy: Policy,
  blockFields: string[],
  input: JsonObject,
  { pseudonym, scrub }: Transforms,
): PolicyResult {
  const rules = new Map<string, PolicyRule>(Object.entries(policy));
  for (const path of blockFields) {
    for (const named of rules.keys()) if (named.startsWith(`${path}.`)) rules.delete(named);
    rules.set(path, "drop");
  }
  const parents = new Set<string>();
  for (const path of rules.keys()) {
    for (let dot = path.indexOf("."); dot !== -1; dot = path.indexOf(".", dot + 1))
      parents.add(path.slice(0, dot));
  }
  const seen = { dropped: new Set<string>(), masked: new Set<string>(), pseudonymised: new Set<string>() };

  function pass(
    value: JsonValue,
    path: string,
    rule: PolicyRule | undefined,
    depth: number,
  ): JsonValue | undefined {
    if (depth > MAX_DEPTH) return drop(path);
    const structured = typeof value === "object" && value !== null;
    if (structured && (allows(rule) || parents.has(path))) {
      if (Array.isArray(value)) return passList(value, path, rule, depth);
      return passObject(value, path, rule, depth);
    }
    if (typeof rule === "object") return passScanned(value, path, rule);
    switch (rule) {
      case undefined:
      case "drop":
        return drop(path);
      case "allow":
        return value;
      case "mask":
        seen.masked.add(path);
        return value === null ? null : MASK;
      case "pseudonymise":
        break;
    }
    return passPseudonym(value, path, depth);
  }

  function passObject(value: JsonObject, path: string, rule: PolicyRule | undefined, depth: number) {
    const kept: [string, JsonValue][] = [];
    for (const [key, item] of Object.entries(value)) {
      const below = path === "" ? key : `${path}.${key}`;
      const nameable = key !== "__proto__" && key !== "" && !key.includes(".");
      // Below a masked object only what the policy names is shown, be it as a mask: other keys may be data themselves.
      const inherited =
        allows(rule) || rules.has(below) || parents.has(below) ? (rules.get(below) ?? rule) : undefined;
      const passed = nameable ? pass(item, below, inherited, depth + 1) : drop(below);
      if (passed !== undefined) kept.push([keyOf(key, inherited), passed]);
    }
    return kept.length === 0 && !allows(rule) ? undefined : Object.fromEntries(kept);
  }

  function passList(items: JsonValue[], path: string, rule: PolicyRule | undefined, depth: number) {
    const kept = items.map((item) => pass(item, path, rule, depth + 1)).filter((item) => item !== undefined);
    return kept.length === 0 && !allows(rule) ? undefined : kept;
  }

  /** A text without the identifiers in it; a number may be one, too. */
  function passScanned(value: JsonValue, path: string, rule: ScannedRule): JsonValue {
    if (typeof value !== "string" && typeof value !== "number") return value;
    const passed = scrub(String(value), `${path.slice(path.lastIndexOf(".") + 1)}: `, rulesOf(rule));
    if (passed === String(value)) return value;
    seen.masked.add(path);
    return passed;
  }

  /** Keys below a field that is looked through may hold data as well. */
  function keyOf(key: string, rule: PolicyRule | undefined): string {
    return typeof rule === "object" && !rules.has(key) ? scrub(key, "", rulesOf(rule)) : key;
  }

  function passPseudonym(value: JsonValue, path: string, depth: number): JsonValue {
    if (value === null) return null;
    if (Array.isArray(value) && depth < MAX_DEPTH)
      return value.map((item) => passPseudonym(item, path, depth + 1));
    if (typeof value === "object") {
      seen.masked.add(path);
      return MASK;
    }
    seen.pseudonymised.add(path);
    return pseudonym(path, String(value));
  }

  function drop(path: string): undefined {
    seen.dropped.add(path);
    return undefined;
  }

  const allowed = passObject(input, "", undefined, 0) ?? {};
  return {
    allowed: isJsonObject(allowed) ? allowed : {},
    dropped: [...seen.dropped],
    masked: [...seen.masked],
    pseudonymised: [...seen.pseudonymised],
  };
}

type ScannedRule = Extract<PolicyRule, object>;

/** What is made of values that go on in another form. */
export interface Transforms {
  pseudonym(path: string, value: string): string;
  /** A text without the identifiers in it; `lead` is the name of its field. */
  scrub(text: string, lead: string, rules: PersonalRules): string;
}

/** The field goes on as it is, but for identifiers in its texts where it is looked through. */
export function allows(rule: PolicyRule | undefined): boolean {
  return rule === "allow" || typeof rule === "object";
}

function rulesOf({ scan }: ScannedRule): PersonalRules {
  return scan === "pii" ? {} : scan;
}

/** Whether some field is looked through. */
export function scans(policy: Policy): boolean {
  return Object.values(policy).some((rule) => typeof rule === "object");
}

/** The rule that holds for a path: its own, or that of the nearest path above it; `undefined` when none names it. */
export function ruleFor(policy: Policy, path: string): PolicyRule | undefined {
  for (let at = path; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf(".")))) {
    if (Object.hasOwn(policy, at)) return policy[at];
  }
  return undefined;
}
