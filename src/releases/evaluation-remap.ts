/**
 * The next version of a set, in the classes that the workflow has now: each label is mapped, stays, or is left out and counted.
 *
 * Its inputs are those that were looked at, so its looks go along; and a set of which much was left out does not stand for
 * the workflow any more. What a mapping may say is in taxonomy.ts.
 */
import { PilotageError } from "../contract/errors.ts";
import type { BentBy } from "../contract/evaluation-set-endpoints.ts";
import type { Actor } from "../contract/scopes.ts";
import { valueAt } from "../definition/path.ts";
import { truthOf } from "./evaluation-item.ts";
import { itemsOf } from "./evaluation-items.ts";
import { demandItems, findSet, nameOf, type SetRow } from "./evaluation-set.ts";
import { makeSet, type ItemWriter, type Made, type SetParts } from "./evaluation-writer.ts";
import {
  classesOf,
  differenceOf,
  mappingOf,
  remapped,
  type Classes,
  type Mapping,
  type MappingAsked,
} from "./taxonomy.ts";
import type { ReleaseView } from "../cases/workflow/registry.ts";
import { newestRelease } from "./newest-release.ts";

export interface RemapRequest extends MappingAsked {
  workflow: string;
  set: string;
  by: Actor;
  tell(line: { read: number; of: number }): void;
  /** Throws when the process stops. */
  goOn(): void;
}

/** Of the labels so many may be left out before the set is another one; as of cases that a coin drew. */
const MOST_MISSING = 0.01;

/** Answers the new version, and the classes that no item has, as `field:class`. */
export async function remapSet(
  parts: SetParts,
  request: RemapRequest,
): Promise<{ set: SetRow; withoutItems: string[] }> {
  const { workflow, by } = request;
  await parts.registry.workflow(parts.database, workflow);
  const from = await findSet(parts.database, workflow, request.set);
  demandItems(from);
  const release = await newestRelease(parts, workflow);
  const now = classesOf(release.document);
  const before = from.taxonomy ?? now;
  const mapping = mappingOf(request, before, now);
  if (mapping.size === 0 && differenceOf(before, now) === undefined)
    throw new PilotageError(
      "wrong_state",
      `${nameOf(from)} has the classes of the newest release already, and no mapping was named. Nothing was made.`,
      { hint: "Publish the release with the new classes first." },
    );
  const seen = new Set<string>();
  const set = await makeSet(
    parts,
    {
      workflow,
      by,
      from,
      release,
      name: from.name,
      kind: from.kind,
      source: from.source,
      origin: `labels of ${nameOf(from)}`.slice(0, 200),
      event: { kind: "evaluation.remapped" },
      keepUntil: from.keep_until ?? undefined,
      empty: new PilotageError(
        "bad_request",
        `No label of ${nameOf(from)} has a place in the new classes. Nothing was made.`,
        { hint: "Map old classes to new ones: --map old=new." },
      ),
    },
    (writer) => write(parts, request, { from, release, mapping, now, seen }, writer),
  );
  const all = Object.entries(now).flatMap(([path, classes]) => classes.map((one) => `${path}:${one}`));
  return { set, withoutItems: all.filter((one) => !seen.has(one)) };
}

interface Basis {
  from: SetRow;
  release: ReleaseView;
  mapping: Mapping;
  now: Classes;
  /** Classes that an item has. */
  seen: Set<string>;
}

async function write(
  parts: SetParts,
  { tell, goOn }: RemapRequest,
  { from, release, mapping, now, seen }: Basis,
  writer: ItemWriter,
): Promise<Made> {
  const leftOut: Record<string, number> = {};
  const leave = (why: string) => (leftOut[why] = (leftOut[why] ?? 0) + 1);
  let read = 0;
  for await (const group of itemsOf(parts, from.id)) {
    goOn();
    for (const { item, origin } of group) {
      read++;
      const mapped = remapped(item.truth, mapping, now);
      if ("dropped" in mapped) leave(`class ${mapped.dropped}`);
      else if ("gone" in mapped) leave(`class ${mapped.gone}, which is gone`);
      else if (!truthOf(release, mapped.truth).ok) leave("does not meet the schema");
      else if (await writer.add({ input: item.input, truth: mapped.truth }, origin))
        for (const path of Object.keys(now)) {
          const label = valueAt(mapped.truth, path);
          if (typeof label === "string") seen.add(`${path}:${label}`);
        }
    }
    tell({ read, of: from.items - from.removed });
  }
  const missing = Object.values(leftOut).reduce((sum, count) => sum + count, 0) + writer.duplicates;
  const bent = new Set<BentBy>(from.bent_by);
  if (missing > MOST_MISSING * read) bent.add("missing");
  return { refused: 0, leftOut, bentBy: [...bent], told: { from: from.id } };
}
