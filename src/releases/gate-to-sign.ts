/**
 * The gate of a workflow that waits for signatures, and for whose.
 *
 * What nobody could or should sign as go waits for nobody: a gate that came out otherwise or that a later one replaced, one over a
 * part of the groups, by other criteria, or of a release that was signed no-go, or rolled back since. Signing itself is in gate-signature.ts.
 */
import { criteriaInForce } from "../cases/workflow/criteria-version.ts";
import { SIGNED_AS, type SignedAs } from "../contract/gate.ts";
import type { WorkflowDocument } from "../definition/document.ts";
import type { Queryable } from "../platform/database.ts";
import { groupsIn } from "./criteria.ts";
import { lacksSigners } from "./gate-rule.ts";
import * as store from "./gate-store.ts";

export interface GateToSign {
  id: string;
  release: string;
  judgedAt: number;
  /** Whose signatures are missing. */
  open: SignedAs[];
  /** Who has signed it: nobody signs twice. */
  signedBy: string[];
}

/** The newest one that came out as go; undefined where none waits. */
export async function gateToSign(
  database: Queryable,
  { workflow, people }: WorkflowDocument,
): Promise<GateToSign | undefined> {
  const inForce = await criteriaInForce(database, workflow);
  if (inForce === undefined || lacksSigners(people) !== undefined) return undefined;
  const groups = groupsIn(inForce.criteria);
  const gate = await store.newestToSign(database, { workflow, criteria: inForce.id, groups });
  if (gate === undefined) return undefined;
  const signed = await store.signaturesOf(database, [gate.id]);
  const open = SIGNED_AS.filter((part) => !signed.some(({ signed_as }) => signed_as === part));
  const { id, release, judged_at } = gate;
  return { id, release, judgedAt: judged_at, open, signedBy: signed.map(({ person }) => person) };
}
