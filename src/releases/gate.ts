/**
 * The go / no-go gate of a release: criteria that were frozen before, and evidence, turned into one verdict with reasons.
 *
 * Every must has to pass, so that none needs a correction for the others. No-go is certain when one must certainly fails; missing
 * evidence is inconclusive or could not be run, never go. Pure and recomputable from what is stored (`recheckGate`). Signing it, and
 * starting a rollout, are elsewhere; one criterion is judged in criterion.ts.
 */
import type { BentBy } from "../contract/evaluation-set-endpoints.ts";
import {
  MOST_LOOKS,
  VERDICTS,
  type CriterionGroup,
  type GateReason,
  type Verdict,
} from "../contract/gate.ts";
import type { JsonValue } from "../contract/json.ts";
import { sameJson } from "../definition/path.ts";
import { judgeCriterion, type Criterion, type CriterionVerdict, type Evidence } from "./criterion.ts";

export interface GateInput {
  criteria: Criterion[];
  /** By the name of the criterion. */
  evidence: Record<string, Evidence>;
  /** When the criteria were frozen, null while they are not, and when measuring began: milliseconds of the program's clock. */
  frozenAt: number | null;
  startedAt: number;
  /** Groups that need a must of their own, e.g. performance alone for a release, all four for a programme. */
  groups: CriterionGroup[];
  /** The evaluation set behind the evidence; null where there is none. `representative`: its cases were drawn as they come. */
  set: {
    sealed: boolean;
    looks: number;
    representative: boolean;
    /** Why it is not representative; gates of older programs did not keep it. */
    bentBy?: BentBy[];
  } | null;
  confidence: number;
}

export interface GateVerdict {
  verdict: Verdict;
  reasons: { code: GateReason; about?: string }[];
  criteria: CriterionVerdict[];
}

/** From the one that decides most to the one that decides least. */
const ORDER = Object.keys(VERDICTS) as Verdict[];

/** Judges a gate. */
export function judgeGate(input: GateInput): GateVerdict {
  const criteria = input.criteria.map((criterion) =>
    judgeCriterion(
      criterion,
      Object.hasOwn(input.evidence, criterion.name) ? input.evidence[criterion.name] : undefined,
      input.confidence,
    ),
  );
  const cannot = reasonsAgainstRunning(input);
  const against = reasonsAgainstPassing(input);
  const limits = reasonsForPeople(input);
  const reasons: GateVerdict["reasons"] = [...cannot, ...against, ...limits];
  const verdicts: Verdict[] = criteria.filter(({ must }) => must).map(({ verdict }) => verdict);
  if (cannot.length > 0) verdicts.push("could-not-run");
  if (against.length > 0) verdicts.push("inconclusive");
  if (limits.length > 0) verdicts.push("conditional");
  // Criteria that bind nobody, or that came after the fact, decide nothing: not even against.
  const unbound = cannot.some(
    ({ code }) => code !== "group-without-must" && code !== "evidence-without-criterion",
  );
  const verdict = unbound ? "could-not-run" : ORDER.find((one) => verdicts.includes(one))!;
  return { verdict, reasons, criteria };
}

function reasonsAgainstRunning({
  criteria,
  evidence,
  frozenAt,
  startedAt,
  groups,
}: GateInput): GateVerdict["reasons"] {
  const reasons: GateVerdict["reasons"] = [];
  const names = criteria.map(({ name }) => name);
  if (criteria.length === 0) reasons.push({ code: "no-criteria" });
  for (const about of new Set(names.filter((name, i) => names.indexOf(name) !== i)))
    reasons.push({ code: "same-name-twice", about });
  if (frozenAt === null) reasons.push({ code: "not-frozen" });
  else if (!(frozenAt <= startedAt)) reasons.push({ code: "frozen-too-late" });
  for (const about of groups)
    if (!criteria.some(({ group, must }) => must && group === about))
      reasons.push({ code: "group-without-must", about });
  if (groups.length === 0 && criteria.length > 0 && !criteria.some(({ must }) => must))
    reasons.push({ code: "group-without-must" });
  // Most likely a mistyped name: what was measured under it would else be lost without a word.
  for (const about of Object.keys(evidence))
    if (!names.includes(about)) reasons.push({ code: "evidence-without-criterion", about });
  return reasons;
}

/** A set that was tuned to shows what does not work, and proves nothing for what does. */
function reasonsAgainstPassing({ set }: GateInput): GateVerdict["reasons"] {
  if (set === null) return [];
  if (!set.sealed) return [{ code: "set-for-development" }];
  return set.looks > MOST_LOOKS ? [{ code: "set-worn-out", about: String(set.looks) }] : [];
}

/**
 * Cases that somebody chose say nothing of the share of errors among those that come, and what nobody stated is not known to be
 * drawn: enough for people to review them all.
 */
function reasonsForPeople({ set }: GateInput): GateVerdict["reasons"] {
  if (set === null || set.representative) return [];
  const { bentBy = [] } = set;
  const unstated = bentBy.includes("unstated");
  const chosen = !unstated || bentBy.length > 1;
  return [
    ...(chosen ? [{ code: "set-not-drawn" as const }] : []),
    ...(unstated ? [{ code: "set-unstated" as const }] : []),
  ];
}

/** Judges a stored gate again; answers where it comes out otherwise than stored. */
export function recheckGate(input: GateInput, stored: GateVerdict): string[] {
  const again = JSON.parse(JSON.stringify(judgeGate(input))) as GateVerdict;
  const same = (one: unknown, other: unknown) => sameJson(one as JsonValue, other as JsonValue);
  const differences: string[] = [];
  if (again.verdict !== stored.verdict)
    differences.push(`the verdict comes out as ${again.verdict}, stored is ${stored.verdict}`);
  if (!same(again.reasons, stored.reasons)) differences.push("the reasons come out otherwise than stored");
  const names = new Set([...again.criteria, ...stored.criteria].map(({ name }) => name));
  for (const name of names) {
    const of = ({ criteria }: GateVerdict) => criteria.find((one) => one.name === name);
    if (!same(of(again), of(stored))) differences.push(`${name} comes out otherwise than stored`);
  }
  return differences;
}
