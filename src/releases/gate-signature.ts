/**
 * Signing a gate: owner and sponsor each say go or no-go to exactly what they saw.
 *
 * Two different persons, each for themselves. Go can be said only to a verdict that is go or conditional, that no later one
 * took the place of, and of a release that was neither signed no-go before nor rolled back since; no-go always, and it takes the
 * release out at once.
 * Nothing that was signed is ever changed.
 */
import { demandOneOfTwo, samePerson, type Standing } from "../access/standing.ts";
import { personByEmail } from "../access/people-store.ts";
import type { Audit } from "../audit/record.ts";
import { criteriaInForce } from "../cases/workflow/criteria-version.ts";
import { lockWorkflow, type Registry, type WorkflowView } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import { SIGNED_AS, type Signed, type SignedAs } from "../contract/gate.ts";
import type { Actor } from "../contract/scopes.ts";
import type { WorkflowDocument } from "../definition/document.ts";
import { isoTime, type Clock } from "../platform/clock.ts";
import type { Database, Tx } from "../platform/database.ts";
import { groupsIn } from "./criteria.ts";
import { lacksSigners } from "./gate-rule.ts";
import * as store from "./gate-store.ts";
import type { GateRow, SignatureRow } from "./gate-store.ts";

export interface Signing {
  decision: Signed;
  /** Of the gate as it was shown. */
  digest: string;
  note: string | undefined;
  /** For whom; undefined: as the person's role says. */
  as: SignedAs | undefined;
}

export interface Signer extends Standing {
  /** Who is behind the name. */
  stands: string;
}

export interface SigningParts {
  /** What a no-go does, within the same transaction: the release loses its cases. */
  takeOut(tx: Tx, view: WorkflowView, release: string, by: Actor): Promise<void>;
}

interface Parts extends SigningParts {
  database: Database;
  registry: Registry;
  clock: Clock;
  audit: Audit;
}

export async function sign(
  { database, registry, clock, audit, takeOut }: Parts,
  { id }: GateRow,
  signing: Signing,
  signer: Signer,
): Promise<void> {
  await database.transaction(async (tx) => {
    const gate = (await store.readGate(tx, id))!;
    // One after the other: two who sign at once would each see the gate without the other.
    const view = await lockWorkflow(tx, registry, gate.workflow);
    const { document } = view;
    demandOneOfTwo(signer, "go.grant");
    await demandOwnName(tx, signer);
    demandSeen(gate, signing);
    if (signing.decision === "go") await demandMayBeGo(tx, gate, document);
    const signed = await store.signaturesOf(tx, [id]);
    const part = partOf(signing, signer, document, signed);
    demandAnother(signer, part, signed);
    const signature: SignatureRow = {
      gate: id,
      signed_as: part,
      decision: signing.decision,
      digest: gate.digest,
      note: signing.note ?? null,
      person: signer.actor.name,
      stands: signer.stands,
      at: clock.now(),
    };
    await store.insertSignature(tx, signature);
    const data = {
      gate: id,
      release: gate.release,
      as: part,
      decision: signing.decision,
      digest: gate.digest,
    };
    audit.record(tx, [{ kind: "gate.signed", actor: signer.actor, workflow: gate.workflow, data }]);
    if (signing.decision === "no-go") await takeOut(tx, view, gate.release, signer.actor);
  });
}

function demandSeen({ id, digest }: GateRow, signing: Signing): void {
  if (signing.digest === digest) return;
  throw new PilotageError(
    "conflict",
    `What was signed is not the gate ${id} as it is stored: its digest is ${digest.slice(0, 12)}, not ${signing.digest.slice(0, 12)}. Nothing was signed.`,
    { hint: `Look at it again (pilotage gate show ${id}), and sign what it says.` },
  );
}

/** Evidence decides what can be go; a person decides whether it is. */
async function demandMayBeGo(tx: Tx, gate: GateRow, { people }: WorkflowDocument): Promise<void> {
  const refuse = (message: string, hint: string) =>
    new PilotageError("wrong_state", `${message} Nothing was signed.`, { hint });
  if (gate.verdict !== "go" && gate.verdict !== "conditional")
    throw refuse(
      `The gate ${gate.id} came out as ${gate.verdict}, and nobody can sign that as go.`,
      "Sign no-go, or evaluate again with what is missing.",
    );
  const newest = await store.latestGateId(tx, gate.release);
  if (newest !== gate.id)
    throw refuse(
      `A later gate of the release, ${newest}, takes the place of ${gate.id}.`,
      `pilotage gate show ${newest}`,
    );
  const against = await store.signedNoGo(tx, gate.workflow, gate.release);
  // To one gate the two may say different things; what was refused before is not judged again until it is go.
  if (against !== undefined && against !== gate.id)
    throw refuse(
      `The gate ${against} of this release was signed no-go, and a later one does not take that back.`,
      "Publish a release that is better, or agree on other criteria and evaluate by them.",
    );
  const back = store.rolledBackSince(gate, await store.lastRollbacks(tx, [gate.release]));
  if (back !== undefined)
    throw refuse(
      `The release ${gate.release} was rolled back (${isoTime(back.at)}) after the gate ${gate.id} was judged: the gate knows nothing of why, and go would permit what was taken out.`,
      `pilotage rollout show ${back.rollout} says why. Judge the release again with what is known since (pilotage gate judge ${gate.workflow} --release ${gate.release} --as <person>), or sign no-go.`,
    );
  const all = groupsIn((await criteriaInForce(tx, gate.workflow))?.criteria ?? []);
  const without = all.filter((group) => !gate.groups.includes(group));
  if (without.length > 0)
    throw refuse(
      `The gate ${gate.id} is about ${gate.groups.join(", ")} alone; go takes ${without.join(" and ")}, too.`,
      "Evaluate without --groups.",
    );
  const lacking = lacksSigners(people);
  if (lacking !== undefined)
    throw refuse(
      `This workflow cannot reach go: ${lacking}.`,
      "Name both in `people`, and let each sign for themselves.",
    );
}

/** Whose signature it is: the part that the person has, and where they have both the one they say. */
function partOf(
  { as }: Signing,
  { roles, actor: { name } }: Signer,
  { people }: WorkflowDocument,
  signed: readonly SignatureRow[],
): SignedAs {
  const owners = [people.owner, people.deputy];
  const named = { owner: owners, sponsor: [people.sponsor] };
  const held = SIGNED_AS.filter((part) =>
    roles === null
      ? named[part].some((one) => one !== undefined && samePerson(one, name))
      : roles.includes(part),
  );
  const open = held.filter((part) => !signed.some(({ signed_as }) => signed_as === part));
  const part = as ?? open[0] ?? held[0];
  if (part !== undefined && held.includes(part)) return part;
  throw new PilotageError(
    "forbidden",
    `${name} is not ${as ?? SIGNED_AS.join(" or ")} of this workflow, and nobody signs for another. Nothing was signed.`,
    { hint: `Owner: ${people.owner}; sponsor: ${people.sponsor ?? "nobody is named"}.` },
  );
}

/** Whoever has an account signs with it: a name that is only said would be a signature for another. */
async function demandOwnName(tx: Tx, { roles, actor: { name } }: Signer): Promise<void> {
  if (roles !== null || !(await personByEmail(tx, name))) return;
  throw new PilotageError(
    "forbidden",
    `${name} has an account here, and nobody signs for another: the machine's own key cannot sign in that name. Nothing was signed.`,
    { hint: "Sign in, and sign there." },
  );
}

function demandAnother({ actor, stands }: Signer, part: SignedAs, signed: readonly SignatureRow[]): void {
  const taken = signed.find(({ signed_as }) => signed_as === part);
  if (taken)
    throw new PilotageError(
      "wrong_state",
      `${taken.person} has signed ${taken.decision} as ${part} already. Nothing was changed.`,
      { hint: "Another verdict takes another gate: evaluate again." },
    );
  const same = signed.find((one) => samePerson(one.person, actor.name) || one.stands === stands);
  if (same)
    throw new PilotageError(
      "second_person_needed",
      same.stands === stands && !samePerson(same.person, actor.name)
        ? `${same.person} signed with the machine's own key, too, which is one person whatever name is said with it: this takes two. Nothing was signed.`
        : `${actor.name} has signed as ${same.signed_as} already, and go takes two persons. Nothing was signed.`,
      {
        hint: "The other one signs in (`pilotage user link <e-mail>` makes the link), and signs on the page Quality.",
      },
    );
}
