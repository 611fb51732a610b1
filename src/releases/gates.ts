/**
 * Gates as they are judged, kept, signed and judged again.
 *
 * A gate holds the criteria in force against the runs it is given and what else is known now. It is stored whole, and never
 * changed. Owner and sponsor sign what they saw; a later gate of the release starts without signatures. What is judged how is
 * in gate.ts, what follows in gate-rule.ts.
 */
import type { Standing } from "../access/standing.ts";
import type { Audit } from "../audit/record.ts";
import { criteriaInForce, frozenAsItIs, type CriteriaVersion } from "../cases/workflow/criteria-version.ts";
import type { Registry } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import type { CriterionGroup } from "../contract/gate.ts";
import type { Actor } from "../contract/scopes.ts";
import type { CriterionDocument } from "../definition/document.ts";
import type { NewId } from "../platform/chance.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Queryable } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";
import { criterionOf, groupsIn } from "./criteria.ts";
import type { Evidence } from "./criterion.ts";
import { runEvidence, type RunEvidenceParts } from "./gate-evidence.ts";
import { isSignedGo, whyNotLeaveShadow, type CriteriaStanding, type GateStanding } from "./gate-rule.ts";
import { sign, type Signer, type Signing, type SigningParts } from "./gate-signature.ts";
import * as store from "./gate-store.ts";
import type { GateRow } from "./gate-store.ts";
import { judgeGate, recheckGate, type GateInput } from "./gate.ts";
import { liveEvidence, proofDigest } from "./live-evidence.ts";
import { demandReady } from "./ready.ts";
import { newestOver, readRun, type RunRow } from "./run-row.ts";

export interface Gates {
  /** Judges a release now, and keeps the verdict. Throws for runs that belong to another release or are not over. */
  judge(workflow: string, asked: AskedGate, by: Actor): Promise<GateRow>;
  get(id: string): Promise<GateRow>;
  list(workflow: string, page: { before: string | undefined; limit: number }): Promise<GateRow[]>;
  /** What comes out otherwise than it was stored; nothing where the verdict agrees. */
  recheck(gate: GateRow): string[];
  sign(gate: GateRow, signing: Signing, signer: Signer): Promise<void>;
  attest(workflow: string, said: Attesting, by: Standing): Promise<void>;
  /** Throws `wrong_state` unless the gate of a release lets it leave shadow. */
  demandGate(tx: Queryable, workflow: string, release: string): Promise<void>;
  /** Whether a release of the workflow that has or may get cases has its signed go. */
  hasSignedGo(tx: Queryable, workflow: string): Promise<boolean>;
  /** Throws `wrong_state` where no-go was signed for a release: to its newest gate, or to one by the criteria in force. */
  demandNotRefused(tx: Queryable, workflow: string, release: string): Promise<void>;
}

export interface AskedGate {
  release: string;
  /** The first one's set is that of criteria without a set of their own. */
  runs: readonly string[];
  /** Undefined: every group that has criteria. */
  groups: readonly CriterionGroup[] | undefined;
}

export interface Attesting {
  criterion: string;
  holds: boolean;
  said: string;
  days: number;
}

export interface GateParts extends RunEvidenceParts, SigningParts {
  database: Database;
  registry: Registry;
  clock: Clock;
  newId: NewId;
  audit: Audit;
}

const CONFIDENCE = 0.95;
const DAY = 86_400_000;

export function openGates(parts: GateParts): Gates {
  const { database, registry, clock, newId, audit } = parts;
  return {
    async judge(workflow, asked, by) {
      await registry.workflow(database, workflow);
      await demandReady(database, workflow, asked.release, "No gate was judged.");
      const runs = await Promise.all(asked.runs.map((id) => readRun(database, id)));
      demandFitting(workflow, asked.release, runs);
      await demandNewest(database, runs);
      const version = await criteriaInForce(database, workflow);
      const groups = [...(asked.groups ?? groupsIn(version?.criteria ?? []))];
      const chosen = (version?.criteria ?? []).filter(({ group }) => groups.includes(group));
      const now = clock.now();
      const input: GateInput = {
        criteria: chosen.map(criterionOf),
        evidence: await evidenceFor({ workflow, release: asked.release, now }, version, chosen, runs),
        frozenAt: version?.frozen_at ?? null,
        startedAt: Math.min(now, ...runs.map(({ started_at }) => started_at)),
        // A group that only informs needs no must, unless it is the one that was asked for.
        groups: asked.groups ? groups : groupsIn(chosen.filter(({ must }) => must)),
        set: await setOf(database, runs),
        confidence: CONFIDENCE,
      };
      // As it is read back: what is signed is what is stored.
      const judgement = JSON.parse(JSON.stringify(judgeGate(input))) as GateRow["judgement"];
      const gate = {
        id: newId("gate"),
        workflow,
        release: asked.release,
        groups: groups.length > 0 ? groups : (["performance"] as CriterionGroup[]),
        runs: runs.map(({ id }) => id),
        criteria_version: version?.id ?? null,
        input: JSON.parse(JSON.stringify(input)) as GateInput,
        judgement,
        judged_at: now,
      };
      const row: GateRow = {
        ...gate,
        verdict: judgement.verdict,
        digest: store.gateDigest(gate),
        judged_by: by.name,
      };
      await database.transaction(async (tx) => {
        await store.insertGate(tx, row);
        const { id: gate, release, runs: over, criteria_version: criteria, verdict, digest } = row;
        const data = { gate, release, runs: over, criteria, groups: row.groups, verdict, digest };
        audit.record(tx, [{ kind: "gate.judged", actor: by, workflow, data }]);
      });
      return row;
    },

    async get(id) {
      const found = await store.readGate(database, id);
      if (!found)
        throw new PilotageError("not_found", `There is no gate ${id.slice(0, 60)}.`, {
          hint: "`pilotage gate list <workflow>` lists them.",
        });
      return found;
    },
    async list(workflow, page) {
      await registry.workflow(database, workflow);
      return store.listGates(database, workflow, page);
    },
    recheck({ digest, ...gate }) {
      const differences = recheckGate(gate.input, gate.judgement);
      if (gate.judgement.verdict !== gate.verdict) differences.push("the verdict is stored in two ways");
      if (store.gateDigest(gate) !== digest) differences.push("the digest is not that of what is stored");
      return differences;
    },
    sign: (gate, signing, signer) => sign(parts, gate, signing, signer),

    async attest(workflow, { criterion: name, holds, said, days }, { actor }) {
      await registry.workflow(database, workflow);
      await database.transaction(async (tx) => {
        const criterion = (await criteriaInForce(tx, workflow))?.criteria.find((one) => one.name === name);
        if (criterion?.proof === undefined) throw nothingToAttest(workflow, name, criterion);
        const [id, now] = [newId("attestation"), clock.now()];
        await tx.run(sql`
          insert into attestation (id, workflow, criterion, digest, holds, said, person, at, until)
          values (${id}, ${workflow}, ${name}, ${proofDigest(criterion)}, ${holds}, ${said}, ${actor.name}, ${time(now)}, ${time(now + days * DAY)})`);
        const data = { attestation: id, criterion: name, holds, days };
        audit.record(tx, [{ kind: "criterion.attested", actor, workflow, data }]);
      });
    },

    async demandGate(tx, workflow, release) {
      const criteria = standingOf(await criteriaInForce(tx, workflow));
      const { row } = await registry.workflow(tx, workflow);
      const why = whyNotLeaveShadow(criteria, await standingGate(tx, workflow, release), row.autonomy);
      if (why === undefined) return;
      throw new PilotageError(
        "wrong_state",
        `The release ${release} cannot leave shadow: ${why}. Nothing was changed.`,
        { hint: `pilotage evaluate ${workflow} --release ${release} --set <set> --gate --as <person>` },
      );
    },

    async hasSignedGo(tx, workflow) {
      const criteria = standingOf(await criteriaInForce(tx, workflow));
      const { row } = await registry.workflow(tx, workflow);
      for (const release of [row.candidate_release, row.stable_release]) {
        const gate = release === null ? undefined : await standingGate(tx, workflow, release);
        if (gate && isSignedGo(gate, criteria)) return true;
      }
      return false;
    },

    async demandNotRefused(tx, workflow, release) {
      const newest = await store.latestGateId(tx, release);
      const signed = await store.signaturesOf(tx, newest === undefined ? [] : [newest]);
      const refused = signed.some(({ decision }) => decision === "no-go")
        ? newest
        : await store.signedNoGo(tx, workflow, release);
      if (refused === undefined) return;
      throw new PilotageError(
        "wrong_state",
        `The release ${release} gets no more cases: its gate ${refused} was signed no-go. Nothing was changed.`,
        { hint: `pilotage gate show ${refused} says by whom. Publish a release that is better.` },
      );
    },
  };

  async function evidenceFor(
    about: { workflow: string; release: string; now: number },
    version: CriteriaVersion | undefined,
    criteria: readonly CriterionDocument[],
    runs: readonly RunRow[],
  ): Promise<GateInput["evidence"]> {
    const measured = await runEvidence(parts, criteria, runs);
    const found: [string, Evidence][] = [];
    for (const criterion of criteria) {
      const evidence = measured.get(criterion.name) ?? (await live(criterion));
      if (evidence) found.push([criterion.name, evidence]);
    }
    return Object.fromEntries(found);

    async function live(criterion: CriterionDocument) {
      const frozenAt = version ? await frozenAsItIs(database, version, criterion) : about.now;
      return liveEvidence(database, { ...about, frozenAt }, criterion);
    }
  }
}

/** The gate that counts for a release, with its signatures. */
async function standingGate(
  tx: Queryable,
  workflow: string,
  release: string,
): Promise<GateStanding | undefined> {
  const gate = await store.latestGate(tx, release);
  if (!gate) return undefined;
  const signatures = await store.signaturesOf(tx, [gate.id]);
  return {
    id: gate.id,
    verdict: gate.verdict,
    groups: gate.groups,
    criteria: gate.criteria_version,
    signatures: signatures.map(({ signed_as, decision }) => ({ signedAs: signed_as, decision })),
    against: await store.signedNoGo(tx, workflow, release),
  };
}

/** Undefined where no criteria are in force: there were none, or they were dropped. */
function standingOf(version: CriteriaVersion | undefined): CriteriaStanding | undefined {
  return version && version.criteria.length > 0
    ? { id: version.id, groups: groupsIn(version.criteria) }
    : undefined;
}

/** Several sets are as good as the worst of them. */
async function setOf(database: Queryable, runs: readonly RunRow[]): Promise<GateInput["set"]> {
  if (runs.length === 0) return null;
  const sets = runs.map(({ set_id }) => set_id);
  return database.one<NonNullable<GateInput["set"]>>(sql`
    select bool_and(kind = 'sealed') as sealed, max(looks)::int as looks, bool_and(representative) as representative,
      array(select distinct code from evaluation_set s cross join unnest(s.bent_by) code where s.id = any(${sets}) order by code) as "bentBy"
    from evaluation_set where id = any(${sets})`);
}

/** Throws unless all runs are of this release alone, by its own model, and over. */
function demandFitting(workflow: string, release: string, runs: readonly RunRow[]): void {
  const refuse = (message: string, hint: string) =>
    new PilotageError("wrong_state", `${message} No gate was judged.`, { hint });
  for (const run of runs) {
    if (run.workflow !== workflow)
      throw new PilotageError(
        "not_found",
        `Workflow ${workflow} has no evaluation ${run.id}. No gate was judged.`,
      );
    if (run.release !== release)
      throw refuse(
        `The evaluation ${run.id} is of release ${run.release}, and the gate is about ${release}: evidence of one release says nothing of another.`,
        "Evaluate the release itself.",
      );
    if (run.step !== 0)
      throw refuse(
        `The evaluation ${run.id} is of step ${run.step}, a fallback: it says nothing of the release's own model.`,
        "Evaluate step 0.",
      );
    if (run.state === "waiting" || run.state === "running")
      throw refuse(`The evaluation ${run.id} is still under way.`, "Wait until it is done.");
  }
  const sets = runs.map(({ set_id }) => set_id);
  if (new Set(sets).size < sets.length)
    throw refuse(
      "Two of the evaluations are over the same set: which one counts must not be chosen by what came out.",
      "Name one of them.",
    );
}

/** Throws where a later run says what the same release does on the same set: nobody picks the best of several. */
async function demandNewest(database: Queryable, runs: readonly RunRow[]): Promise<void> {
  for (const run of runs) {
    const newest = await newestOver(database, run);
    if (newest !== run.id)
      throw new PilotageError(
        "wrong_state",
        `The evaluation ${run.id} is not the newest over ${run.set_name}@${run.set_version}: ${newest} came after it, and which one counts must not be chosen by what came out. No gate was judged.`,
        { hint: `Name ${newest}, or evaluate again.` },
      );
  }
}

function nothingToAttest(
  workflow: string,
  name: string,
  criterion: CriterionDocument | undefined,
): PilotageError {
  return criterion === undefined
    ? new PilotageError("not_found", `Workflow ${workflow} has no criterion "${name.slice(0, 100)}".`, {
        hint: `pilotage criteria show ${workflow}`,
      })
    : new PilotageError(
        "wrong_state",
        `${name} is measured, not attested: only a criterion with \`proof\` takes a person's word. Nothing was kept.`,
      );
}
