/**
 * The gate of a workflow that waits for signatures, and for whose.
 *
 * What nobody could sign as go waits for nobody: a gate that came out otherwise or that a later one replaced, one over a part
 * of the groups, by other criteria, or of a release that was signed no-go. Signing itself is in gate-signature.ts.
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
  const gate = await store.newestGo(database, workflow, inForce.id);
  if (gate === undefined || groupsIn(inForce.criteria).some((group) => !gate.groups.includes(group)))
    return undefined;
  if ((await store.signedNoGo(database, workflow, gate.release)) !== undefined) return undefined;
  const signed = await store.signaturesOf(database, [gate.id]);
  const open = SIGNED_AS.filter((part) => !signed.some(({ signed_as }) => signed_as === part));
  if (open.length === 0) return undefined;
  const { id, release, judged_at } = gate;
  return { id, release, judgedAt: judged_at, open, signedBy: signed.map(({ person }) => person) };
}
