/** How an evaluation set reads in a terminal: what it holds, where from, and what its figures are worth. */
import type { Client } from "../contract/client.ts";
import { BENT_BY, SET_SOURCES } from "../contract/evaluation-set-endpoints.ts";
import { count, facts, moment } from "./text.ts";

export type SetReply = Awaited<ReturnType<Client["listEvaluationSets"]>>["sets"][number];

/** One word or three for a table. */
export function kindOf({ kind, wornOut, representative }: SetReply): string {
  if (kind === "development") return kind;
  if (wornOut) return "sealed, worn out";
  return representative ? "sealed" : "sealed, cannot certify";
}

export function shownSet(set: SetReply): string {
  const { items, removed, leftOut, keptUntil, opened } = set;
  const told = facts([
    ["kind", kindTold(set)],
    ["items", removed === 0 ? items : `${items - removed}, ${removed} more were removed with their cases`],
    ["from", SET_SOURCES[set.source]],
    ["stands for", standsFor(set)],
    ["duplicates", set.duplicates === 0 ? "" : `${set.duplicates} left out`],
    ["refused", set.refused === 0 ? "" : `${count(set.refused, "line")} left out`],
    ...Object.entries(leftOut).map(([why, cases]): [string, string] => ["left out", `${cases}: ${why}`]),
    ["looks", set.wornOut ? `${set.looks}: worn out, a fresh set is needed` : set.looks],
    ["classes", classesTold(set)],
    ["digest", set.digest],
    ["opened", opened === null ? "" : `${moment(opened.at)} by ${opened.by}: ${opened.because}`],
    ["kept until", moment(keptUntil)],
    ["made", `${moment(set.importedAt)} by ${set.importedBy} from ${set.origin}`],
  ]);
  return `${set.name}@${set.version} (${set.id})\n${told}`;
}

function kindTold({ kind }: SetReply): string {
  return kind === "sealed" ? "sealed" : "development: cannot certify";
}

function standsFor({ representative, bentBy }: SetReply): string {
  return representative
    ? "the cases of the workflow"
    : `itself only, it cannot certify: ${bentBy.map((code) => BENT_BY[code]).join("; ")}`;
}

function classesTold({ taxonomy, classesDiffer }: SetReply): string {
  if (taxonomy === null) return "";
  const fields = Object.entries(taxonomy.classes).map(([path, list]) => `${list.length} of ${path}`);
  const differ = Object.entries(classesDiffer ?? {}).map(
    ([path, { added, gone }]) =>
      `${path} ${[...added.map((one) => `+ ${one}`), ...gone.map((one) => `- ${one}`)].join(", ")}`,
  );
  const newer = differ.length === 0 ? "" : `; the newest release has others: ${differ.join("; ")}`;
  return `${fields.join(", ") || "none"} (taxonomy ${taxonomy.digest})${newer}`;
}
