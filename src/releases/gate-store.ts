/** The questions about gates: verdicts as they were stored, and who signed them. */
import {
  SIGNED_AS,
  type CriterionGroup,
  type Signed,
  type SignedAs,
  type Verdict,
} from "../contract/gate.ts";
import { canonical, digestOf } from "../definition/digest.ts";
import type { Queryable } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";
import type { GateInput, GateVerdict } from "./gate.ts";

export interface GateRow {
  id: string;
  workflow: string;
  release: string;
  groups: CriterionGroup[];
  runs: string[];
  criteria_version: string | null;
  input: GateInput;
  verdict: Verdict;
  judgement: GateVerdict;
  digest: string;
  judged_at: number;
  judged_by: string;
}

export interface SignatureRow {
  gate: string;
  signed_as: SignedAs;
  decision: Signed;
  digest: string;
  note: string | null;
  person: string;
  stands: string;
  at: number;
}

const COLUMNS = sql`id, workflow, release, groups, runs, criteria_version, input, verdict, judgement, digest, judged_at, judged_by`;

/** What people sign: all that the verdict follows from, and the verdict. */
export function gateDigest(gate: Omit<GateRow, "digest" | "verdict" | "judged_by">): string {
  const { id, workflow, release, groups, runs, criteria_version, input, judgement, judged_at } = gate;
  return digestOf({ id, workflow, release, groups, runs, criteria_version, input, judgement, judged_at });
}

export async function insertGate(tx: Queryable, gate: GateRow): Promise<void> {
  await tx.run(sql`
    insert into gate_verdict (id, workflow, release, groups, runs, criteria_version, input, verdict, judgement, digest, judged_at, judged_by)
    values (${gate.id}, ${gate.workflow}, ${gate.release}, ${gate.groups}, ${gate.runs}, ${gate.criteria_version},
      ${canonical(gate.input)}::jsonb, ${gate.verdict}, ${canonical(gate.judgement)}::jsonb, ${gate.digest}, ${time(gate.judged_at)}, ${gate.judged_by})`);
}

export function readGate(database: Queryable, id: string): Promise<GateRow | undefined> {
  return database.maybe<GateRow>(sql`select ${COLUMNS} from gate_verdict where id = ${id}`);
}

export function listGates(
  database: Queryable,
  workflow: string,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<GateRow[]> {
  return database.all<GateRow>(sql`
    select ${COLUMNS} from gate_verdict
    where workflow = ${workflow} and (${before ?? null}::text is null or id < ${before ?? null}) order by id desc limit ${limit}`);
}

/** The one that counts for a release: what was judged later takes its place, whatever was signed before. */
export function latestGate(database: Queryable, release: string): Promise<GateRow | undefined> {
  return database.maybe<GateRow>(
    sql`select ${COLUMNS} from gate_verdict where release = ${release} order by id desc limit 1`,
  );
}

/**
 * The newest gate of a workflow that came out as go by these criteria over all their groups, is the newest of its release, and is
 * not signed by both. Left out are releases that were signed no-go by these criteria, and those that were rolled back since. What is
 * left out hides no other.
 */
export function newestToSign(
  database: Queryable,
  { workflow, criteria, groups }: { workflow: string; criteria: string; groups: readonly CriterionGroup[] },
): Promise<Pick<GateRow, "id" | "release" | "judged_at"> | undefined> {
  return database.maybe(sql`
    select g.id, g.release, g.judged_at from gate_verdict g
    where g.workflow = ${workflow} and g.criteria_version = ${criteria} and g.verdict = 'go' and g.groups @> ${[...groups]}::text[]
      and not exists (select from gate_verdict later where later.release = g.release and later.id > g.id)
      and (select count(*) from gate_signature s where s.gate = g.id) < ${SIGNED_AS.length}
      and not exists (select from gate_verdict o join gate_signature s on s.gate = o.id and s.decision = 'no-go'
        where o.release = g.release and o.criteria_version = g.criteria_version)
      and not exists (select from rollout r where r.release = g.release and r.state = 'rolled_back' and r.ended_at >= g.judged_at)
    order by g.id desc limit 1`);
}

export interface Rollback {
  release: string;
  rollout: string;
  at: number;
}

/** When each of these releases was last taken out by a rollback; a gate that was judged before says nothing of why. */
export function lastRollbacks(database: Queryable, releases: readonly string[]): Promise<Rollback[]> {
  return database.all<Rollback>(sql`
    select distinct on (release) release, id as rollout, ended_at as at from rollout
    where release = any(${[...releases]}) and state = 'rolled_back' order by release, ended_at desc`);
}

/** The one that came after the gate was judged; undefined where none did. */
export function rolledBackSince(
  gate: Pick<GateRow, "release" | "judged_at">,
  rollbacks: readonly Rollback[],
): Rollback | undefined {
  return rollbacks.find(({ release, at }) => release === gate.release && at >= gate.judged_at);
}

export async function latestGateId(database: Queryable, release: string): Promise<string | undefined> {
  const row = await database.maybe<{ id: string }>(
    sql`select id from gate_verdict where release = ${release} order by id desc limit 1`,
  );
  return row?.id;
}

/** The newest gate of a release by the criteria in force that somebody signed no-go: judging again takes nothing back. */
export async function signedNoGo(
  tx: Queryable,
  workflow: string,
  release: string,
): Promise<string | undefined> {
  const row = await tx.maybe<{ id: string }>(sql`
    select g.id from gate_verdict g join gate_signature s on s.gate = g.id and s.decision = 'no-go'
    where g.workflow = ${workflow} and g.release = ${release}
      and g.criteria_version = (select id from criteria_version where workflow = ${workflow} order by version desc limit 1)
    order by g.id desc limit 1`);
  return row?.id;
}

export function signaturesOf(database: Queryable, gates: readonly string[]): Promise<SignatureRow[]> {
  return database.all<SignatureRow>(sql`
    select gate, signed_as, decision, digest, note, person, stands, at from gate_signature
    where gate = any(${[...gates]}) order by at, signed_as`);
}

export async function insertSignature(tx: Queryable, one: SignatureRow): Promise<void> {
  await tx.run(sql`
    insert into gate_signature (gate, signed_as, decision, digest, note, person, stands, at)
    values (${one.gate}, ${one.signed_as}, ${one.decision}, ${one.digest}, ${one.note}, ${one.person}, ${one.stands}, ${time(one.at)})`);
}
