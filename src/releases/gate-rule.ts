/**
 * What a gate allows: leaving shadow, and going out alone.
 *
 * Pure. A workflow without criteria goes on as its people decide. With criteria a release leaves shadow on a gate of its own
 * that is go or conditional, judged by the criteria in force; conditional only while every case is reviewed. Only a gate over
 * all groups that came out as go, signed so by owner and sponsor, unlocks the autonomy. A signed no-go stands for every later
 * gate of the release by the same criteria.
 */
import {
  SIGNED_AS,
  type CriterionGroup,
  type Signed,
  type SignedAs,
  type Verdict,
} from "../contract/gate.ts";

export interface GateStanding {
  id: string;
  verdict: Verdict;
  groups: readonly CriterionGroup[];
  /** The version of the criteria that it was judged by. */
  criteria: string | null;
  signatures: readonly { signedAs: SignedAs; decision: Signed }[];
  /** A gate of the release by the criteria in force that was signed no-go: this one, or one before it. */
  against: string | undefined;
}

export interface CriteriaStanding {
  id: string;
  groups: readonly CriterionGroup[];
}

/** Why a release may not leave shadow; undefined where it may. `criteria` is undefined where none are in force. */
export function whyNotLeaveShadow(
  criteria: CriteriaStanding | undefined,
  gate: GateStanding | undefined,
  autonomy: number,
): string | undefined {
  if (criteria === undefined) return undefined;
  if (gate === undefined) return "no gate was judged for it";
  if (gate.criteria !== criteria.id) return `the criteria were changed after its gate ${gate.id} was judged`;
  if (!gate.groups.includes("performance") && criteria.groups.includes("performance"))
    return `its gate ${gate.id} is not about performance`;
  if (gate.verdict !== "go" && gate.verdict !== "conditional")
    return `its gate ${gate.id} came out as ${gate.verdict}`;
  if (gate.against !== undefined)
    return `its gate ${gate.against} was signed no-go, which stands until the criteria are changed`;
  if (gate.verdict === "conditional" && autonomy > 0)
    return `its gate ${gate.id} is conditional, which takes autonomy 0, and the autonomy is ${Number((autonomy * 100).toFixed(2))} %`;
  return undefined;
}

/** Whether owner and sponsor said go to a verdict that is one, over every group that has criteria, and nobody said no-go. */
export function isSignedGo(gate: GateStanding, criteria: CriteriaStanding | undefined): boolean {
  return (
    gate.verdict === "go" &&
    gate.against === undefined &&
    (criteria?.groups ?? []).every((group) => gate.groups.includes(group)) &&
    SIGNED_AS.every((part) =>
      gate.signatures.some(({ signedAs, decision }) => signedAs === part && decision === "go"),
    )
  );
}

/** What keeps a workflow from a signed go, whatever its evidence; undefined where nothing does. */
export function lacksSigners(people: { owner: string; sponsor?: string | undefined }): string | undefined {
  if (people.sponsor === undefined)
    return "no sponsor is named (people.sponsor), and go takes the signatures of owner and sponsor";
  const same = people.owner.trim().toLowerCase() === people.sponsor.trim().toLowerCase();
  return same ? "owner and sponsor are one person, and go takes two" : undefined;
}
