/** What the commands of rollouts print. */
import type { Client } from "../contract/client.ts";
import { HOLDS, type Alarm } from "../contract/rollout.ts";
import { count, facts, moment, percent } from "./text.ts";

type Shown = Awaited<ReturnType<Client["getRollout"]>>;
type Looks = Awaited<ReturnType<Client["rolloutLooks"]>>;
type RolledBack = Awaited<ReturnType<Client["rollBack"]>>;
type Delivered = Awaited<ReturnType<Client["rolledOutCases"]>>;

/** What made a rollout stand still. */
export const ALARMS: Readonly<Record<Alarm, string>> = {
  errors: "Wrong outputs",
  bad_answers: "Answers that fit no schema",
  no_answers: "Missing answers",
  slow: "Slow answers",
  dear: "Dear cases",
  overridden: "Changed suggestions",
  paired: "Alone wrong in shadow",
  sample_ratio: "The arms are not what their shares say",
  label_gap: "The arms are not checked equally often",
};

/** Where it stands: what is known, whether it may go on, what happened. */
export function rolloutText(one: Shown): string {
  const { promotion, forecast, pairs } = one;
  const may = promotion === null ? nobodyYet(one) : mayText(promotion);
  const guards = one.guards.map((guard) => {
    const sum = guard.steps.reduce((n, step) => n + step.candidate.n, 0);
    const bad = guard.steps.reduce((n, step) => n + step.candidate.errors, 0);
    const evidence =
      guard.evidence === null
        ? "no data"
        : `E ${guard.evidence.toPrecision(3)} of ${guard.limit!.toPrecision(3)}`;
    return `  ${guard.name.padEnd(12)} ${guard.kind.padEnd(8)} ${evidence}, ${bad} of ${sum} of the candidate`;
  });
  const labelled = forecast.labelsPerDay > 0;
  const found = (list: Shown["forecast"]["found"]) =>
    list.map(
      ({ rate, days }) =>
        `${percent(rate)}: ${days === null ? "not in the foreseeable future" : `${days.toPrecision(2)} days`}`,
    );
  const history = one.history.map(
    (move) =>
      `  ${moment(move.at)}  ${move.move.replace("_", " ")} -> ${move.to.replace("_", " ")} (${move.stageName}) by ${move.by}${move.askedBy ? ` and ${move.askedBy}` : ""}${move.reason ? `: ${move.reason}` : ""}${move.agrees ? "" : "  DOES NOT COME OUT THE SAME"}`,
  );
  return `${one.workflow}: ${one.sentence}\n${facts([
    ["stage", one.stage < 0 ? one.stageName : `${one.stageName}, since ${moment(one.stageAt)}`],
    ["agreed", planText(one.plan)],
    ["may go on", one.endedAt === null ? may : ""],
    ...(pairs === null ? [] : [["in shadow", pairsText(pairs)] as [string, string]]),
    ...(forecast.inShadow.length === 0
      ? []
      : [["found in shadow in", found(forecast.inShadow).join("; ")] as [string, string]]),
    [
      "found in",
      one.endedAt !== null
        ? ""
        : labelled
          ? `${found(forecast.found).join("; ")} (errors of the candidate; ${forecast.labelsPerDay.toFixed(1)} labels a day)`
          : "a worse release would not be noticed: in the last 14 days no label counted",
    ],
  ])}\n${guards.length === 0 ? "" : `Guards\n${guards.join("\n")}\n`}History\n${history.join("\n")}`;
}

function planText({
  ceiling,
  leastLabelled,
  tolerated,
  latency,
  cost,
  inFlight,
  simulated,
}: Shown["plan"]): string {
  return [
    `${percent(ceiling)} errors at most`,
    `${leastLabelled} labelled cases at least before it goes on`,
    ...(tolerated === 1 ? [] : [`${tolerated} times those of the stable release`]),
    ...(latency === null ? [] : [`an answer within ${latency} ms`]),
    ...(cost === null ? [] : [`a case for ${cost}`]),
    inFlight === "review"
      ? "after a rollback cases under way go to people"
      : "after a rollback cases under way end as they would have",
    ...(simulated ? ["simulated labels count"] : []),
  ].join("; ");
}

function mayText({ kind, reasons, interval }: NonNullable<Shown["promotion"]>): string {
  if (kind === "ready") return "yes, when two people say so";
  const why = reasons.map((one) => HOLDS[one]).join("; ");
  if (kind === "hold") return `not yet: ${why}`;
  return `undecided: ${interval === null ? why : `errors between ${percent(interval.lower)} and ${percent(interval.upper)}`}`;
}

function nobodyYet({ state, tripped }: Shown): string {
  if (tripped !== null) return "no: an alarm holds it";
  return state === "shadow" ? "when two people say so; it has had no case yet" : "it has had no case yet";
}

function pairsText({ n, onlyCandidate, onlyStable, p }: NonNullable<Shown["pairs"]>): string {
  return `${count(n, "case")} answered by both: only the candidate wrong in ${onlyCandidate}, only the stable release in ${onlyStable} (McNemar p ${Number(p.toPrecision(2))})`;
}

/** `before` is the rollout that made the release stable which the cases go to now. */
export function rolledBackText(
  { id, workflow, sentence, backTo, already }: RolledBack,
  before: string | undefined,
): string {
  return [
    sentence,
    ...(already ? ["It had been taken back before; nothing was changed now."] : []),
    ...(already && before !== undefined
      ? [`To take ${backTo} back, too: pilotage rollback ${workflow} --rollout ${before} --reason "..."`]
      : []),
    `What it delivered: pilotage rollout delivered ${id}`,
    `To have people look through it: pilotage rollout recall ${id} --reason "..."`,
  ].join("\n");
}

export function looksText({ looks }: Looks): string {
  if (looks.length === 0) return "No label has been counted yet.";
  return looks
    .map(
      ({ at, stageName, guard, candidate, evidence, limit }) =>
        `${moment(at)}  ${stageName.padEnd(8)} ${guard.padEnd(7)} ${evidence === null ? "no data" : `E ${evidence.toPrecision(3)} of ${limit!.toPrecision(3)}`}, ${candidate.errors} of ${candidate.n}`,
    )
    .join("\n");
}

export function deliveredText({ total, alone, unseen, recall, cases }: Delivered): string {
  const looked = recall.open + recall.confirmed + recall.corrected;
  return [
    `${count(total, "case")} delivered, ${alone} of them unreviewed`,
    ...(looked === 0
      ? []
      : [
          `put before people again: ${recall.open} open, ${recall.confirmed} confirmed, ${recall.corrected} corrected; ${unseen} not yet`,
        ]),
    ...cases.map((one) =>
      `${one.id}  ${one.externalId}  ${one.verdict ?? ""}  ${one.recall ?? ""}`.trimEnd(),
    ),
  ].join("\n");
}
