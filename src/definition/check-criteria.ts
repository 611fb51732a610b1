/**
 * The checks of criteria: each is about one thing, its levels fit that thing and stand in order, its slices exist.
 *
 * A mistyped metric is refused here with what may have been meant, before anything is frozen. A criterion whose metric the
 * release cannot be measured by is told again when a gate is judged: the release may be another one by then.
 */
import { LIVE_FIGURES } from "../contract/gate.ts";
import type { PartialRelease } from "./check-release.ts";
import type { CriterionDocument } from "./document.ts";
import type { Field } from "./fields.ts";
import { classesOf, evidenceKind, readMetric, type MetricNames } from "./metric.ts";
import type { Level } from "./reading.ts";
import { noDuplicates, suggesting, type Scope } from "./scope.ts";
import type { PathPart } from "./source.ts";
import { closest } from "./suggest.ts";

const ABOUT = ["metric", "figure", "survey", "proof"] as const;
const LEVELS = ["minimum", "target", "stretch"] as const;

/** What the levels of a criterion are written in, and which way it gets better. */
type Unit = "share" | "time" | "money" | "none";

/** `place`: where the list stands in its document. */
export function checkCriteria(
  scope: Scope,
  place: PathPart[],
  criteria: readonly CriterionDocument[],
  { release, judges }: { release: PartialRelease | undefined; judges: readonly string[] },
): void {
  noDuplicates(
    scope,
    criteria.map(({ name }) => name),
    (index) => [...place, index, "name"],
  );
  const names = { fields: scope.fields.output, judges };
  for (const [index, criterion] of criteria.entries()) {
    const here = [...place, index];
    const unit = checkAbout(scope, here, criterion, names);
    if (unit === undefined) continue;
    checkLevels(scope, here, criterion, unit);
    checkSlices(scope, here, criterion, unit, release);
    checkPeriod(scope, here, criterion);
  }
}

/** What it is about, and so in which unit its levels are; undefined where that cannot be told. */
function checkAbout(
  scope: Scope,
  place: PathPart[],
  criterion: CriterionDocument,
  names: MetricNames,
): Unit | undefined {
  const about = ABOUT.filter((key) => criterion[key] !== undefined);
  if (about.length !== 1) {
    const message =
      about.length === 0
        ? `${criterion.name} does not say what it is about`
        : `${about.join(" and ")} stand together`;
    scope.at(place, message, { expected: `one of ${ABOUT.join(", ")}` });
    return undefined;
  }
  if (criterion.proof !== undefined) return "none";
  if (criterion.survey !== undefined) return "share";
  if (criterion.figure !== undefined) return LIVE_FIGURES[criterion.figure].kind;
  const read = readMetric(criterion.metric!, names);
  if (!read.ok) {
    scope.at([...place, "metric"], read.message, suggesting(read.expected, read.suggestion));
    return undefined;
  }
  if (evidenceKind(read.metric) !== "amount") return "share";
  return read.metric.kind === "cost" ? "money" : "time";
}

const WRITTEN: Record<Exclude<Unit, "none">, string> = {
  share: "a percent such as 92 %",
  time: "a time such as 6 s",
  money: "an amount with its currency such as 0.05 EUR",
};

function unitOf(level: Level): Unit {
  if (typeof level === "number") return "share";
  return "ms" in level ? "time" : "money";
}

function checkLevels(scope: Scope, place: PathPart[], criterion: CriterionDocument, unit: Unit): void {
  const given = LEVELS.filter((name) => criterion[name] !== undefined);
  if (unit === "none") {
    for (const name of given)
      scope.at(
        [...place, name],
        "a proof holds or does not, it has no levels",
        { expected: "no levels" },
        "key",
      );
    return;
  }
  if (criterion.minimum === undefined) {
    scope.at(place, `${criterion.name} has no minimum`, { expected: `minimum: ${WRITTEN[unit]}` });
    return;
  }
  const odd = given.filter((name) => unitOf(criterion[name]!) !== unit);
  for (const name of odd)
    scope.at([...place, name], `the level is not ${WRITTEN[unit].split(" such")[0]}`, {
      expected: WRITTEN[unit],
    });
  if (odd.length > 0) return;
  if (
    unit === "money" &&
    new Set(given.map((name) => (criterion[name] as { currency: string }).currency)).size > 1
  ) {
    scope.at(place, "the levels are in different currencies", { expected: "one currency" });
    return;
  }
  for (const name of given)
    if (unit === "share" && !(Number(criterion[name]) > 0 && Number(criterion[name]) < 1))
      scope.at([...place, name], "no number of cases proves it", {
        expected: "more than 0 % and less than 100 %",
      });
  const [up, order] = unit === "share" ? [1, "rise"] : [-1, "fall: less is better"];
  const values = given.map((name) => up * sizeOf(criterion[name]!));
  const wrong = values.findIndex((value, i) => i > 0 && value < values[i - 1]!);
  if (wrong > 0)
    scope.at([...place, given[wrong]!], `minimum, target and stretch must ${order}`, {
      expected: `a level no ${up > 0 ? "lower" : "higher"} than ${given[wrong - 1]}`,
    });
}

/** For comparing levels of one unit. */
function sizeOf(level: Level): number {
  if (typeof level === "number") return level;
  return "ms" in level ? level.ms : Number(level.amount);
}

function checkSlices(
  scope: Scope,
  place: PathPart[],
  { metric, slices = {} }: CriterionDocument,
  unit: Unit,
  release: PartialRelease | undefined,
): void {
  const named = Object.entries(slices);
  if (named.length === 0) return;
  if (metric === undefined || unit !== "share" || metric.startsWith("macro-f1")) {
    const expected = "slices beside a metric that counts right answers";
    scope.at([...place, "slices"], "this cannot be looked at in slices", { expected }, "key");
    return;
  }
  if (release?.facets === undefined || !scope.fields.input || !scope.fields.output) return;
  const { input, output } = release.facets;
  const facets = [...input.map((path) => `input.${path}`), ...output.map((path) => `output.${path}`)].filter(
    (facet) => classesAt(scope, facet) !== undefined,
  );
  for (const [facet, values] of named) {
    const here = [...place, "slices", facet];
    if (!facets.includes(facet)) {
      const meant = facets.find((one) => one.endsWith(`.${facet}`)) ?? closest(facet, facets);
      const expected =
        facets.length === 0 ? "a facet with few values; the release has none" : `one of ${facets.join(", ")}`;
      scope.at(here, `the release has no facet ${facet} with few values`, suggesting(expected, meant), "key");
      continue;
    }
    const classes = classesAt(scope, facet);
    for (const [index, value] of values.entries())
      if (classes !== undefined && !classes.includes(value))
        scope.at(
          [...here, index],
          `${facet} is never ${value}`,
          suggesting(`one of ${classes.slice(0, 20).join(", ")}`, closest(value, classes)),
        );
  }
}

function classesAt(scope: Scope, facet: string): string[] | undefined {
  const [side, path] = [facet.split(".", 1)[0] as "input" | "output", facet.slice(facet.indexOf(".") + 1)];
  const field: Field | undefined = scope.fields[side]?.get(path);
  return field && classesOf(field);
}

/** Keys that belong to one kind of criterion alone. */
function checkPeriod(scope: Scope, place: PathPart[], criterion: CriterionDocument): void {
  for (const [key, kind] of [
    ["days", "figure"],
    ["favourable", "survey"],
    ["set", "metric"],
  ] as const)
    if (criterion[key] !== undefined && criterion[kind] === undefined)
      scope.at([...place, key], `${key} says nothing here`, { expected: `${key} beside ${kind}` }, "key");
}
