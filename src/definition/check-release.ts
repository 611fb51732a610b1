/** The checks of a release that need more than one of its sections, or its schemas. */
import type { PolicyRule, ReleaseDocument } from "./document.ts";
import { checkExpression } from "./expression.ts";
import { facetKind } from "./facets.ts";
import { isScalar, typesOf, type Field } from "./fields.ts";
import { isWithin } from "./path.ts";
import { ATTACHMENTS, ruleFor } from "./policy.ts";
import { inspectTemplate } from "./prompt.ts";
import type { Scope, Side } from "./scope.ts";
import { fieldNamed, noDuplicates, suggesting } from "./scope.ts";
import { closest } from "./suggest.ts";

/** The sections that could be read; the others have problems already. */
export type PartialRelease = Partial<ReleaseDocument>;

export function checkRelease(scope: Scope, release: PartialRelease, promptFile: string | undefined): void {
  checkPolicy(scope, release);
  checkError(scope, release);
  checkFacets(scope, release);
  checkRules(scope, release);
  checkPrompt(scope, release, promptFile);
  checkSteps(scope, release);
}

function checkPolicy(scope: Scope, { policy = {} }: PartialRelease): void {
  for (const [path, rule] of Object.entries(policy)) {
    // Attachments are no field of the input; they go to a model only when the policy allows them by this name.
    if (path === ATTACHMENTS) {
      if (rule !== "allow" && rule !== "drop")
        scope.at(["policy", path], "attachments cannot be masked or pseudonymised", {
          expected: "allow or drop",
        });
      continue;
    }
    const field = fieldNamed(scope, "input", path, ["policy", path], { key: "key", lists: true });
    if (field !== undefined && rule === "pseudonymise" && !canBePseudonym(field)) {
      const expected = "a text or number field, or a list of these; allow, drop or mask for others";
      scope.at(["policy", path], `${path} has no single value that a pseudonym could stand for`, {
        expected,
      });
    }
  }
}

function canBePseudonym(field: Field): boolean {
  if (isScalar(field)) return !typesOf(field).includes("boolean");
  const items = field.schema["items"];
  const type =
    typeof items === "object" && items !== null && !Array.isArray(items) ? items["type"] : undefined;
  return (
    typesOf(field).every((one) => one === "array") &&
    (type === "string" || type === "integer" || type === "number")
  );
}

function checkError(scope: Scope, { error, suggestions = [] }: PartialRelease): void {
  for (const [index, path] of suggestions.entries())
    fieldNamed(scope, "output", path, ["suggestions", index]);
  noDuplicates(scope, suggestions, (index) => ["suggestions", index]);
  if (error === undefined) return;
  const covered: string[] = [];
  for (const [index, path] of error.equal.entries()) {
    fieldNamed(scope, "output", path, ["error", "equal", index]);
    covered.push(path);
  }
  noDuplicates(scope, error.equal, (index) => ["error", "equal", index]);
  for (const [section, type, expected] of [
    ["tolerance", ["number", "integer"], "a number field; texts take changed, others equal"],
    ["changed", ["string"], "a text field; numbers take tolerance, others equal"],
  ] as const) {
    for (const path of Object.keys(error[section] ?? {})) {
      const place = ["error", section, path];
      const field = fieldNamed(scope, "output", path, place, { key: "key" });
      if (field !== undefined && !typesOf(field).every((one) => (type as readonly string[]).includes(one))) {
        scope.at(place, `${path} is not of a type that ${section} can compare`, { expected }, "key");
      }
      if (covered.includes(path))
        scope.at(place, `${path} is named twice in error`, { expected: "each field once" }, "key");
      covered.push(path);
    }
  }
  for (const [index, path] of suggestions.entries()) {
    const both = covered.find((other) => isWithin(path, other) || isWithin(other, path));
    if (both !== undefined) {
      const expected = "each output field either in error or in suggestions";
      scope.at(["suggestions", index], `${path} counts as an error and is a suggestion at once`, {
        expected,
      });
    }
  }
  checkCovered(scope, covered, suggestions);
}

/** Nothing leaves unreviewed that `error` does not cover. */
function checkCovered(scope: Scope, covered: string[], suggestions: string[]): void {
  const named = [...covered, ...suggestions];
  const reported: string[] = [];
  for (const field of scope.fields.output?.values() ?? []) {
    const { path } = field;
    if (
      field.inList ||
      named.some((one) => isWithin(path, one)) ||
      reported.some((one) => isWithin(path, one))
    )
      continue;
    // An object is covered by its fields, when some of them are named.
    if (named.some((one) => isWithin(one, path))) continue;
    reported.push(path);
    const expected = "every output field in equal, tolerance or changed, or listed under suggestions";
    scope.at(["error"], `error does not say when ${path} is wrong`, { expected }, "key");
  }
}

function checkFacets(scope: Scope, { facets }: PartialRelease): void {
  for (const side of ["input", "output"] as const satisfies Side[]) {
    const paths = facets?.[side] ?? [];
    for (const [index, path] of paths.entries()) {
      const field = fieldNamed(scope, side, path, ["facets", side, index]);
      if (field !== undefined && facetKind(field) === undefined) {
        const expected = "an enum, a number, a boolean, or a text with format date or date-time";
        scope.at(
          ["facets", side, index],
          `${path} may hold free text or a structure, which is never stored in clear`,
          { expected },
        );
      }
    }
    noDuplicates(scope, paths, (index) => ["facets", side, index]);
  }
}

function checkRules(scope: Scope, { decide, input, output }: PartialRelease): void {
  if (scope.fields.input === undefined || scope.fields.output === undefined) return;
  for (const [index, expression] of (decide?.review ?? []).entries()) {
    const place = ["decide", "review", index];
    for (const fault of checkExpression(expression, { input: input ?? {}, output: output ?? {} })) {
      scope.at(
        place,
        fault.message,
        suggesting(fault.expected, fault.suggestion),
        scope.source.placeInText(place, fault.start),
      );
    }
  }
}

function checkPrompt(scope: Scope, { prompt, policy }: PartialRelease, file: string | undefined): void {
  if (prompt !== undefined && file !== undefined)
    checkTemplate(scope, { text: prompt, kind: "prompt", file, policy });
}

/** The names and fields that a prompt uses, against the schema and the policy; which roots it uses. */
export function checkTemplate(
  scope: Scope,
  {
    text,
    kind,
    file,
    policy,
  }: { text: string; kind: "prompt" | "verifier"; file: string; policy: PartialRelease["policy"] },
): Set<string> {
  const { uses, faults } = inspectTemplate(text, kind);
  const known = kind === "prompt" ? ["input", "case"] : ["input", "output", "case"];
  const tell = (
    { line, column }: { line: number; column: number },
    path: string,
    message: string,
    expected: string,
    suggestion?: string,
  ) => scope.inFile(file, { line, column }, path, message, suggesting(expected, suggestion));
  for (const fault of faults) {
    tell(
      fault,
      "",
      fault.message,
      `a Liquid template over ${known.slice(0, -1).join(", ")} and case`,
      closest(unknownName(fault.message), known),
    );
  }
  const fields = scope.fields.input;
  for (const use of uses.filter(({ root }) => root === "input")) {
    if (use.computed) {
      tell(
        use,
        use.path === "" ? "input" : `input.${use.path}`,
        "which field is meant is only known while rendering",
        "fields written out, e.g. input.subject",
      );
      continue;
    }
    if (use.path === "" || fields === undefined) continue;
    const path = fieldUsed(use.path, fields);
    if (path === undefined) {
      const expected = "a field of the input schema";
      tell(
        use,
        `input.${use.path}`,
        `the input schema has no field ${use.path}`,
        expected,
        closest(use.path, fields.keys()),
      );
    } else if (policy !== undefined && !passes(policy, path)) {
      const message = `the policy does not let ${path} through, so the prompt would never see it`;
      tell(
        use,
        `input.${use.path}`,
        message,
        `${path} in policy with allow, mask or pseudonymise, or a prompt without it`,
      );
    }
  }
  return new Set(uses.map(({ root }) => root));
}

function unknownName(message: string): string {
  return /^unknown name (\S+);/.exec(message)?.[1] ?? "";
}

/** Liquid's own properties of lists and texts are no fields. */
function fieldUsed(path: string, fields: Map<string, Field>): string | undefined {
  if (fields.has(path)) return path;
  const [, parent] = /^(.*)\.(?:size|first|last)$/.exec(path) ?? [];
  return parent !== undefined && fields.has(parent) ? parent : undefined;
}

function passes(policy: Record<string, PolicyRule>, path: string): boolean {
  const rule = ruleFor(policy, path);
  if (rule !== undefined && rule !== "drop") return true;
  return Object.entries(policy).some(([other, one]) => one !== "drop" && isWithin(other, path));
}

function checkSteps(scope: Scope, release: PartialRelease): void {
  checkCache(scope, release);
  const { model, fallback = [], prompt } = release;
  const promptMissing =
    prompt === undefined && scope.source.value !== undefined && !hasKey(scope.source.value, "prompt");
  const steps = [
    { step: model, place: ["model"] as (string | number)[] },
    ...fallback.map((step, index) => ({ step, place: ["fallback", index] })),
  ];
  const seen = new Set<string>();
  let end: string | undefined;
  let answeredBefore = model === undefined;
  for (const { step, place } of steps) {
    if (step === undefined) continue;
    if (step === "cached") checkCached(scope, release, place, answeredBefore);
    answeredBefore ||= typeof step === "object" && "connection" in step;
    if (end !== undefined)
      scope.at(place, `this step is never reached, ${end} before it always answers`, {
        expected: `${end} as the last step`,
      });
    // A queue ends when the case is due; then the next step has its turn.
    if (step === "manual") end ??= step;
    const name =
      typeof step === "string"
        ? step
        : "local" in step
          ? `local ${step.local}`
          : `${step.connection} ${step.name ?? ""}`.trim();
    if (seen.has(name)) scope.at(place, `${name} is tried twice`, { expected: "each step once" });
    seen.add(name);
    if (typeof step === "object" && "connection" in step && step.name !== undefined && promptMissing) {
      const expected = "prompt: <file>; an own HTTP endpoint, which needs none, is named without name";
      scope.at(place, "a language model needs a prompt", { expected });
    }
  }
}

/** Answers are kept only where the release says for how long, and only for a step that uses them. */
function checkCached(
  scope: Scope,
  { cache }: PartialRelease,
  place: (string | number)[],
  answeredBefore: boolean,
): void {
  if (cache === undefined && !hasKey(scope.source.value, "cache"))
    scope.at(place, "no answer is kept, so there is never a cached one", {
      expected: "cache: { keep: 30 d } beside it",
    });
  if (!answeredBefore)
    scope.at(place, "no model behind a connection comes before, and only such answers are kept", {
      expected: "cached after a model behind a connection",
    });
}

function checkCache(scope: Scope, { cache, fallback }: PartialRelease): void {
  if (cache === undefined || fallback?.includes("cached")) return;
  // A list that could not be read may hold the step.
  if (fallback === undefined && hasKey(scope.source.value, "fallback")) return;
  scope.at(
    ["cache"],
    "answers would be kept, and no step uses them",
    { expected: "cached as a step of fallback, or no cache" },
    "key",
  );
}

function hasKey(value: unknown, key: string): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key);
}
