/** The checks of a workflow that need more than one of its sections, or the schemas of its release. */
import type { JsonObject } from "../contract/json.ts";
import { checkExpression } from "./expression.ts";
import { knowsCountryOf, REGIONS } from "./calendar/holidays.ts";
import type { WorkflowDocument } from "./document.ts";
import { isScalar, typesOf } from "./fields.ts";
import { ATTACHMENTS } from "./policy.ts";
import type { Scope } from "./scope.ts";
import { fieldNamed, noDuplicates, suggesting } from "./scope.ts";
import type { PathPart } from "./source.ts";
import { closest } from "./suggest.ts";

export type PartialWorkflow = Partial<WorkflowDocument>;

export function checkWorkflow(scope: Scope, workflow: PartialWorkflow): void {
  checkInputFields(scope, workflow);
  checkCalendar(scope, workflow);
  checkFeeds(scope, workflow);
  checkDeliveries(scope, workflow);
  checkRollout(scope, workflow);
  checkAsk(scope, workflow);
  checkBudget(scope, workflow);
  checkEndpoint(scope, workflow);
  checkJudges(scope, workflow);
  noDuplicates(scope, workflow.teams ?? [], (index) => ["teams", index]);
}

/** Threads, teams, keys and data subjects are compared and indexed: they need one value. */
function checkInputFields(
  scope: Scope,
  { subject = [], thread, team, key, blockFields = [] }: PartialWorkflow,
): void {
  const single = (path: string | undefined, place: PathPart[]) => {
    const field = path === undefined ? undefined : fieldNamed(scope, "input", path, place);
    if (field !== undefined && !isScalar(field)) {
      scope.at(place, `${path} has no single value`, { expected: "a text or number field of the input" });
    }
  };
  single(thread, ["thread"]);
  single(team, ["team"]);
  single(key, ["key"]);
  for (const [index, path] of subject.entries()) single(path, ["subject", index]);
  noDuplicates(scope, subject, (index) => ["subject", index]);
  for (const [index, path] of blockFields.entries())
    if (path !== ATTACHMENTS) fieldNamed(scope, "input", path, ["blockFields", index], { lists: true });
}

function checkBudget(scope: Scope, { budget }: PartialWorkflow): void {
  if (!budget || budget.perMonth !== undefined || budget.perDay !== undefined) return;
  const expected = "perMonth, perDay or both, in the currency of the price list";
  scope.at(["budget"], "the budget names no amount", { expected });
}

/** A metric names a judge, and a judge the field that it looks at. */
function checkJudges(scope: Scope, { judges = [] }: PartialWorkflow): void {
  for (const [index, { of }] of judges.entries())
    if (of !== undefined) fieldNamed(scope, "output", of, ["judges", index, "of"]);
  noDuplicates(
    scope,
    judges.map(({ name }) => name),
    (index) => ["judges", index, "name"],
  );
}

/** A message that is no JSON becomes the value of this field. */
function checkEndpoint(scope: Scope, { endpoint }: PartialWorkflow): void {
  if (endpoint?.text === undefined) return;
  const place = ["endpoint", "text"];
  const field = fieldNamed(scope, "input", endpoint.text, place);
  if (field !== undefined && (field.inList || !typesOf(field).includes("string")))
    scope.at(place, `${endpoint.text} takes no text`, { expected: "a text field of the input" });
}

/** Elsewhere than in the countries whose holidays are known a region is taken as it is, if there is such a country. */
function checkCalendar(scope: Scope, { calendar }: PartialWorkflow): void {
  if (!calendar) return;
  const { region, hours } = calendar;
  const wrong = knowsCountryOf(region) ? !REGIONS.includes(region) : !isCountry(region.slice(0, 2));
  if (wrong) {
    const expected = "a country such as DE, or one of its states or cantons such as DE-BY, AT-9 or CH-ZH";
    const place = ["calendar", "region"];
    scope.at(place, `there is no region ${region}`, suggesting(expected, closest(region, REGIONS)));
  }
  for (const opening of hours.split(",")) {
    const [from, to] = opening.trim().split(" ").at(-1)!.split("-");
    if (from === to) {
      const expected = "an end after the beginning; the whole day is 00:00-24:00";
      scope.at(["calendar", "hours"], `${opening.trim()} ends when it begins`, { expected });
    }
  }
}

function isCountry(code: string): boolean {
  return new Intl.DisplayNames("en", { type: "region", fallback: "none" }).of(code) !== undefined;
}

function checkFeeds(scope: Scope, { feeds = [] }: PartialWorkflow): void {
  noDuplicates(
    scope,
    feeds.map(({ name }) => name),
    (index) => ["feeds", index, "name"],
  );
  for (const [index, { format, columns = {}, delimiter }] of feeds.entries()) {
    const targets = new Set<string>();
    for (const [column, path] of Object.entries(columns)) {
      const place = ["feeds", index, "columns", column];
      fieldNamed(scope, "input", path, place);
      if (targets.has(path))
        scope.at(place, `${path} is filled by two columns`, { expected: "each input field from one column" });
      targets.add(path);
    }
    if (format === "jsonl" && delimiter !== undefined) {
      scope.at(
        ["feeds", index, "delimiter"],
        "JSON Lines have no delimiter",
        { expected: "delimiter for csv only" },
        "key",
      );
    }
  }
}

function checkDeliveries(scope: Scope, { deliveries = [] }: PartialWorkflow): void {
  noDuplicates(
    scope,
    deliveries.map(({ name }) => name),
    (index) => ["deliveries", index, "name"],
  );
  for (const [index, { kind, connection, path }] of deliveries.entries()) {
    if (kind === "webhook" && connection === undefined) {
      const expected = "connection: <name>; address and secret belong to the connection";
      scope.at(["deliveries", index], "a webhook needs a connection", { expected });
    }
    if (kind !== "webhook" && path === undefined) {
      scope.at(["deliveries", index], `a delivery to a ${kind} needs a path`, {
        expected: "path: <relative path>",
      });
    }
  }
}

function checkRollout(scope: Scope, { rollout = [], teams = [], team }: PartialWorkflow): void {
  let share = 0;
  for (const [index, step] of rollout.entries()) {
    const place = ["rollout", index];
    if (step === "shadow") {
      if (index > 0)
        scope.at(place, "shadow comes before every other stage", { expected: "shadow first, once" });
    } else if (typeof step === "number") {
      if (step <= share)
        scope.at(place, "the share does not grow", { expected: "shares that grow from stage to stage" });
      share = step;
    } else {
      if (!teams.includes(step.team)) {
        scope.at(
          place,
          `there is no team ${step.team}`,
          suggesting("a name under teams", closest(step.team, teams)),
        );
      }
      if (team === undefined) {
        const expected = "team: <input field> in the workflow, the field that names the team of a case";
        scope.at(place, "nothing says which team a case belongs to", { expected });
      }
    }
  }
}

/** Whoever is asked is written to: the field must hold one text. */
function checkAsk(scope: Scope, { ask }: PartialWorkflow): void {
  const contact = ask?.contact;
  if (contact === undefined) return;
  const place = ["ask", "contact"];
  const field = fieldNamed(scope, "input", contact, place);
  if (field !== undefined && !typesOf(field).every((type) => type === "string"))
    scope.at(place, `${contact} is no text`, {
      expected: "a field of the input that holds an e-mail address",
    });
}

/** The expressions over input and output that ask for more than one person, against the schemas of the release. */
export function checkFourEyes(
  scope: Scope,
  { fourEyes }: PartialWorkflow,
  schemas: { input: JsonObject; output: JsonObject },
): void {
  for (const [index, expression] of (fourEyes?.when ?? []).entries()) {
    const place = ["fourEyes", "when", index];
    for (const fault of checkExpression(expression, schemas))
      scope.at(
        place,
        fault.message,
        suggesting(fault.expected, fault.suggestion),
        scope.source.placeInText(place, fault.start),
      );
  }
}
