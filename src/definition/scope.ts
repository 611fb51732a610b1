/**
 * What the checks of one document share: where its lines are, which fields its schemas have, how to report.
 */
import type { Field } from "./fields.ts";
import type { Problem } from "./problem.ts";
import type { Hint } from "./reading.ts";
import type { PathPart, Place, Source } from "./source.ts";
import { closest } from "./suggest.ts";

export type Side = "input" | "output";

/** The fields of a schema by path; `undefined` while the schema itself has problems, so that they are not repeated. */
export type FieldMap = Map<string, Field> | undefined;

export interface Scope {
  source: Source;
  fields: Record<Side, FieldMap>;
  /** Reports at a place of the document. */
  at(path: PathPart[], message: string, hint: Hint, place?: "key" | Place): void;
  /** Reports in another file. */
  inFile(file: string, place: Place, path: string, message: string, hint: Hint): void;
}

export function openScope(source: Source, fields: Record<Side, FieldMap>, problems: Problem[]): Scope {
  return {
    source,
    fields,
    at(path, message, hint, place) {
      const where = typeof place === "object" ? place : source.placeOf(path, place);
      problems.push({ file: source.file, ...where, path: path.join("."), message, ...hint });
    },
    inFile(file, place, path, message, hint) {
      problems.push({ file, ...place, path, message, ...hint });
    },
  };
}

export function suggesting(expected: string, suggestion: string | undefined): Hint {
  return suggestion === undefined ? { expected } : { expected, suggestion };
}

/** The field that a path names; a problem when there is none, or when it lies inside a list and that will not do. */
export function fieldNamed(
  scope: Scope,
  side: Side,
  name: string,
  place: PathPart[],
  options: { key?: "key"; lists?: boolean } = {},
): Field | undefined {
  const fields = scope.fields[side];
  if (fields === undefined) return undefined;
  const field = fields.get(name);
  if (field === undefined) {
    const hint = suggesting(`a field of the ${side} schema`, closest(name, fields.keys()));
    scope.at(place, `the ${side} schema has no field ${name}`, hint, options.key);
    return undefined;
  }
  if (field.inList && options.lists !== true) {
    const list = [...fields.values()].findLast((other) => !other.inList && name.startsWith(`${other.path}.`));
    const hint = suggesting("a field with one value; a list is named as a whole", list?.path);
    scope.at(place, `${name} lies inside a list`, hint, options.key);
    return undefined;
  }
  return field;
}

/** Reports every name that stands twice in a list. */
export function noDuplicates(scope: Scope, names: string[], place: (index: number) => PathPart[]): void {
  const first = new Set<string>();
  for (const [index, name] of names.entries()) {
    if (first.has(name)) scope.at(place(index), `${name} is named twice`, { expected: "each name once" });
    first.add(name);
  }
}
