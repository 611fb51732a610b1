/**
 * The classes that labels were given in, and how labels of old classes become labels of new ones. Pure.
 *
 * A taxonomy is the enums of the output fields that a release compares; a class that is added, split or renamed makes
 * another one. A renamed class is mapped, a merged one too. A split class cannot be mapped, because nobody knows which of
 * its parts an old label means: it is left out until somebody labels it anew.
 */
import { PilotageError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import { digestOf } from "../definition/digest.ts";
import type { ReleaseDocument } from "../definition/document.ts";
import { fieldsOf } from "../definition/fields.ts";
import { setAt, valueAt } from "../definition/path.ts";
import { fieldsCompared } from "./evaluation-item.ts";

/** The classes of each compared field that has some, in the order of the schema. */
export type Classes = Record<string, string[]>;

/** What one taxonomy has and the other has not, by field; only fields that differ. */
export type ClassesDiffer = Record<string, { added: string[]; gone: string[] }>;

export function classesOf({ output, error }: Pick<ReleaseDocument, "output" | "error">): Classes {
  const compared = new Set(fieldsCompared(error));
  const found: Classes = {};
  for (const { path, enum: values, inList } of fieldsOf(output)) {
    if (!compared.has(path) || values === undefined || inList) continue;
    found[path] = values.filter((value) => typeof value === "string");
  }
  return found;
}

/** The name of a taxonomy: the same for the same classes, in whatever order they stand. */
export function taxonomyDigest(classes: Classes): string {
  const sorted = Object.fromEntries(Object.entries(classes).map(([path, list]) => [path, list.toSorted()]));
  return digestOf(sorted).slice(0, 16);
}

/** Undefined when they are the same. */
export function differenceOf(before: Classes, now: Classes): ClassesDiffer | undefined {
  const differ: ClassesDiffer = {};
  for (const path of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const old = before[path] ?? [];
    const current = now[path] ?? [];
    const added = current.filter((one) => !old.includes(one));
    const gone = old.filter((one) => !current.includes(one));
    if (added.length > 0 || gone.length > 0) differ[path] = { added, gone };
  }
  return Object.keys(differ).length === 0 ? undefined : differ;
}

/** One line for people: "category: + refund, - billing". */
export function differenceTold(differ: ClassesDiffer): string {
  return Object.entries(differ)
    .map(([path, { added, gone }]) => {
      const told = [...added.map((one) => `+ ${one}`), ...gone.map((one) => `- ${one}`)];
      return `${path}: ${told.join(", ")}`;
    })
    .join("; ");
}

/** What becomes of the labels: by field, an old class and its new one; null leaves the item out. */
export type Mapping = Map<string, Map<string, string | null>>;

export interface MappingAsked {
  /** `old=new` or `field:old=new`. */
  map: readonly string[];
  /** `old` or `field:old`. */
  drop: readonly string[];
}

/** Reads what was asked for. Throws `bad_request` for classes that are not there, and for one that would become two. */
export function mappingOf(asked: MappingAsked, before: Classes, now: Classes): Mapping {
  const mapping: Mapping = new Map();
  const settle = (text: string, to: string | null, rest: string) => {
    const { path, name } = placeOf(text, rest, before);
    if (to !== null && !(now[path] ?? []).includes(to))
      throw refused(`${to} is no class of ${path} in the newest release`, `It has ${listed(now[path])}.`);
    const settled = mapping.get(path) ?? new Map<string, string | null>();
    if (settled.has(name))
      throw refused(
        `${path}: ${name} is named twice`,
        "A class that was split cannot be mapped, because nobody knows which part an old label means: leave it out with drop, and label those cases anew.",
      );
    mapping.set(path, settled.set(name, to));
  };
  for (const one of asked.map) {
    const at = one.lastIndexOf("=");
    if (at <= 0 || at === one.length - 1)
      throw refused(`"${one}" says not what becomes of what`, "Write old=new, or field:old=new.");
    settle(one.slice(0, at), one.slice(at + 1), one);
  }
  for (const one of asked.drop) settle(one, null, one);
  return mapping;
}

function placeOf(text: string, asked: string, before: Classes): { path: string; name: string } {
  const fields = Object.keys(before);
  for (const path of fields)
    if (text.startsWith(`${path}:`) && before[path]!.includes(text.slice(path.length + 1)))
      return { path, name: text.slice(path.length + 1) };
  const having = fields.filter((path) => before[path]!.includes(text));
  if (having.length === 1) return { path: having[0]!, name: text };
  if (having.length > 1)
    throw refused(
      `"${asked}" may mean ${having.join(" or ")}`,
      `Write the field before it: ${having[0]}:${asked}.`,
    );
  throw refused(
    `the labels of this set know no class "${text}"`,
    fields.map((path) => `${path} has ${listed(before[path])}.`).join(" ") || "It has no classes at all.",
  );
}

/** The truth in the new classes, or the class that keeps its item out: one that was dropped, or that is gone and not mapped. */
export function remapped(
  truth: JsonObject,
  mapping: Mapping,
  now: Classes,
): { truth: JsonObject } | { dropped: string } | { gone: string } {
  const copy = structuredClone(truth);
  for (const [path, classes] of Object.entries(now)) {
    const value = valueAt(truth, path);
    if (typeof value !== "string") continue;
    const to = mapping.get(path)?.get(value);
    if (to === null) return { dropped: value };
    if (to !== undefined) setAt(copy, path, to);
    else if (!classes.includes(value)) return { gone: value };
  }
  return { truth: copy };
}

function listed(classes: readonly string[] = []): string {
  return classes.length === 0 ? "none" : classes.slice(0, 30).join(", ");
}

function refused(what: string, hint: string): PilotageError {
  return new PilotageError("bad_request", `The labels cannot be mapped: ${what}. Nothing was made.`, {
    hint,
  });
}
