/** Handlers of criteria and gates: show, attest, judge, judge again, sign. */
import { type Caller } from "../access/caller.ts";
import {
  criteriaHistory,
  criteriaInForce,
  criteriaVersion,
  type CriteriaVersion,
} from "../cases/workflow/criteria-version.ts";
import type { Registry } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import { VERDICTS } from "../contract/gate.ts";
import type { CriterionDocument } from "../definition/document.ts";
import { isoTime, type Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import { criterionOf, repeatsNeeded, unitOf } from "../releases/criteria.ts";
import type { Criterion, CriterionVerdict } from "../releases/criterion.ts";
import { lacksSigners } from "../releases/gate-rule.ts";
import {
  lastRollbacks,
  latestGateId,
  rolledBackSince,
  signaturesOf,
  type GateRow,
  type Rollback,
  type SignatureRow,
} from "../releases/gate-store.ts";
import { gateToSign } from "../releases/gate-to-sign.ts";
import type { Gates } from "../releases/gates.ts";
import { BILLION } from "../releases/run-counts.ts";
import { standingAttestation } from "../releases/live-evidence.ts";
import type { Handlers } from "./bind.ts";
import { seeThrough } from "./see.ts";
import { deciding, signer } from "./workflows.ts";

type Names =
  | "getCriteria"
  | "listCriteria"
  | "attestCriterion"
  | "judgeGate"
  | "listGates"
  | "getGate"
  | "recheckGate"
  | "signGate";

export function gateHandlers(parts: {
  database: Database;
  registry: Registry;
  clock: Clock;
  gates: Gates;
}): Pick<Handlers, Names> {
  const { database, registry, clock, gates } = parts;

  async function seen(caller: Caller, id: string): Promise<GateRow> {
    const missing = () => new PilotageError("not_found", `There is no gate ${id.slice(0, 60)}.`);
    const gate = await gates.get(id);
    seeThrough(caller, gate.workflow, missing);
    return gate;
  }

  async function shown(gate: GateRow) {
    const [version, { document }] = await Promise.all([
      gate.criteria_version === null ? undefined : criteriaVersion(database, gate.criteria_version),
      registry.workflow(database, gate.workflow),
    ]);
    const { judgement } = gate;
    const written = new Map((version?.criteria ?? []).map((one) => [one.name, one]));
    return {
      ...(await listed([gate]))[0]!,
      reasons: judgement.reasons,
      criteria: judgement.criteria.map((one) => judgedShown(written.get(one.name)!, one)),
      version: version ? headShown(version) : null,
      input: gate.input as unknown as Record<string, unknown>,
      lacks: lacksSigners(document.people) ?? null,
    };
  }

  async function listed(found: readonly GateRow[]) {
    const signatures = await signaturesOf(
      database,
      found.map(({ id }) => id),
    );
    const releases = [...new Set(found.map(({ release }) => release))];
    const newest = new Set(await Promise.all(releases.map((release) => latestGateId(database, release))));
    const rollbacks = await lastRollbacks(database, releases);
    return found.map((gate) => ({
      id: gate.id,
      workflow: gate.workflow,
      release: gate.release,
      groups: gate.groups,
      runs: gate.runs,
      verdict: gate.verdict,
      sentence: VERDICTS[gate.verdict].en,
      judgedAt: isoTime(gate.judged_at),
      judgedBy: gate.judged_by,
      digest: gate.digest,
      signatures: signatures.filter((one) => one.gate === gate.id).map(signatureShown),
      newest: newest.has(gate.id),
      rolledBackAt: timeOf(rolledBackSince(gate, rollbacks)),
    }));
  }

  async function criteriaShown(workflow: string) {
    const { document } = await registry.workflow(database, workflow);
    const version = await criteriaInForce(database, workflow);
    const criteria = version?.criteria ?? [];
    const said = await Promise.all(
      criteria
        .filter(({ proof }) => proof !== undefined)
        .map((one) => standingAttestation(database, workflow, one, clock.now())),
    );
    return {
      workflow,
      inForce: version && criteria.length > 0 ? versionShown(version) : null,
      attested: said.flatMap((one) =>
        one ? [{ ...one, at: isoTime(one.at), until: isoTime(one.until) }] : [],
      ),
      repeats: repeatsNeeded(criteria),
      lacks: lacksSigners(document.people) ?? null,
    };
  }

  return {
    getCriteria: ({ params }) => criteriaShown(params.workflow),
    async listCriteria({ params, query }) {
      await registry.workflow(database, params.workflow);
      const found = await criteriaHistory(database, params.workflow, {
        before: query.before,
        limit: query.limit,
      });
      return {
        versions: found.map(versionShown),
        next: found.length === query.limit ? found.at(-1)!.id : null,
      };
    },
    async attestCriterion({ params, body, caller }) {
      await gates.attest(params.workflow, body, deciding(caller, params.workflow));
      return criteriaShown(params.workflow);
    },
    async judgeGate({ params, body, caller }) {
      const { release, runs, groups } = body;
      return shown(await gates.judge(params.workflow, { release, runs, groups }, signer(caller)));
    },
    async listGates({ params, query }) {
      const found = await gates.list(params.workflow, { before: query.before, limit: query.limit });
      const { document } = await registry.workflow(database, params.workflow);
      const waits = await gateToSign(database, document);
      return {
        gates: await listed(found),
        next: found.length === query.limit ? found.at(-1)!.id : null,
        toSign: waits ? { gate: waits.id, release: waits.release, missing: waits.open } : null,
      };
    },
    async getGate({ params, caller }) {
      return shown(await seen(caller, params.gate));
    },
    async recheckGate({ params, caller }) {
      const gate = await seen(caller, params.gate);
      const differences = gates.recheck(gate);
      return { gate: gate.id, agrees: differences.length === 0, differences };
    },
    async signGate({ params, body, caller }) {
      const gate = await seen(caller, params.gate);
      const { decision, digest, note, as } = body;
      const by = { ...deciding(caller, gate.workflow), stands: caller.stands };
      await gates.sign(gate, { decision, digest, note, as }, by);
      return shown(gate);
    },
  };
}

const timeOf = (back: Rollback | undefined) => (back === undefined ? null : isoTime(back.at));

function headShown({ id, workflow, version, digest, frozen_at, frozen_by }: CriteriaVersion) {
  return { id, workflow, version, digest, frozenAt: isoTime(frozen_at), frozenBy: frozen_by };
}

function versionShown(version: CriteriaVersion) {
  return { ...headShown(version), criteria: version.criteria.map(criterionShown) };
}

function criterionShown(written: CriterionDocument) {
  const criterion = criterionOf(written);
  return {
    ...aboutShown(written, criterion),
    set: written.set ?? null,
    slices: criterion.kind === "share" ? (criterion.criticalSlices ?? []) : [],
  };
}

function aboutShown(written: CriterionDocument, criterion: Criterion) {
  const { metric, figure, survey, proof } = written;
  const { name, group, must } = criterion;
  const levels = criterion.kind === "proof" ? undefined : criterion.levels;
  const inUnit = (value: number | undefined) => natural(written, value);
  return {
    name,
    group,
    must,
    about:
      metric ??
      (figure === undefined
        ? survey === undefined
          ? proof!
          : `the pulse: ${survey}`
        : `live cases: ${figure}`),
    unit: unitShown(written),
    minimum: inUnit(levels?.minimum),
    target: inUnit(levels?.target),
    stretch: inUnit(levels?.stretch),
  };
}

function judgedShown(written: CriterionDocument, found: CriterionVerdict) {
  return {
    ...aboutShown(written, criterionOf(written)),
    verdict: found.verdict,
    n: found.n,
    estimate: natural(written, found.estimate),
    lower: natural(written, found.bounds?.lower),
    upper: natural(written, found.bounds?.upper),
    proven: found.proven ?? null,
    missing: found.missing ?? null,
    reasons: found.reasons,
  };
}

function unitShown(written: CriterionDocument): string | null {
  const unit = unitOf(written);
  if (unit.kind === "money") return unit.currency;
  return unit.kind === "none" ? null : unit.kind === "time" ? "ms" : "share";
}

/** As people read it: money in its currency, all else as it is judged. */
function natural(written: CriterionDocument, value: number | undefined): number | null {
  if (value === undefined) return null;
  return unitOf(written).kind === "money" ? value / BILLION : value;
}

function signatureShown({ signed_as, decision, person, note, digest, at }: SignatureRow) {
  return { as: signed_as, decision, person, note, digest, at: isoTime(at) };
}
