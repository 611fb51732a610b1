/**
 * Asking for a certificate: a named person has the labels looked at, and the result is written down, whatever it is.
 *
 * Each look that tests a threshold spends a part of the error budget of its labels, so that asking again and again proves
 * nothing. A success takes the place of the certificate that stood. What a decision does with it is in cases/decision.
 */
import type { Audit } from "../audit/record.ts";
import { lapseOf } from "../cases/decision/certificate.ts";
import { suspendCertificates } from "../cases/decision/certificate-store.ts";
import { breakerOf, chainOf } from "../cases/model/call.ts";
import { lastChangeOf } from "../cases/model/model-change.ts";
import {
  lockForChange,
  type Registry,
  type ReleaseView,
  type WorkflowView,
} from "../cases/workflow/registry.ts";
import type { CertificationSource } from "../contract/certificate-endpoints.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Actor } from "../contract/scopes.ts";
import type { NewId } from "../platform/chance.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Queryable, Tx } from "../platform/database.ts";
import { sql } from "../platform/sql.ts";
import { GRID } from "../statistics/certification.ts";
import * as records from "./certificate-records.ts";
import type { IssuedCertificate, LookRow } from "./certificate-records.ts";
import { judgeSample, storedEvidence, type Look } from "./certification.ts";
import type { CertificationSample, SampleSources } from "./certification-sample.ts";

export interface CertifyRequest {
  /** The release; undefined: the candidate, else the stable one. */
  release: string | undefined;
  step: number;
  from: CertificationSource;
  set: string | undefined;
  simulated: boolean;
}

export interface Certified {
  look: LookRow;
  certificate: IssuedCertificate | undefined;
}

export interface Certificates {
  /** Looks at the labels and issues a certificate when they prove the workflow's error rate; the look is kept either way. */
  certify(workflow: string, request: CertifyRequest, by: Actor): Promise<Certified>;
  looks(workflow: string, page: { before: string | undefined; limit: number }): Promise<Certified[]>;
  look(id: string): Promise<Certified>;
  list(workflow: string, page: { before: string | undefined; limit: number }): Promise<IssuedCertificate[]>;
  get(id: string): Promise<IssuedCertificate>;
  /** Suspends it at once and for good; one that is suspended stays as it is. */
  suspend(id: string, reason: string, by: Actor): Promise<IssuedCertificate>;
  /** What stands for the releases of these workflows, in force or not. */
  standing(workflows: string[]): Promise<IssuedCertificate[]>;
}

const DAY = 86_400_000;
const VALID_FOR = 90 * DAY;
/** Older evidence does not count: customers and their cases change. */
const EVIDENCE_HOLDS = 90 * DAY;

export function openCertificates(parts: {
  database: Database;
  registry: Registry;
  clock: Clock;
  newId: NewId;
  audit: Audit;
  sources: SampleSources;
}): Certificates {
  const { database, registry, clock, newId, audit, sources } = parts;

  async function look(
    tx: Tx,
    asked: Asked,
    sample: CertificationSample,
    by: Actor,
  ): Promise<{ row: LookRow; look: Look }> {
    const { view, release, request } = asked;
    const { automation } = view.document;
    const key = {
      release: release.id,
      step: request.step,
      model_answered: sample.model.answered,
      model_version: sample.model.version,
    };
    const number = Math.max((await records.looksSpent(tx, key)) + 1, sample.leastLook);
    const { maxErrorRate: target, confidence, per } = automation;
    const judged = judgeSample(sample, { look: number, target, confidence, per, grid: GRID });
    const row: LookRow = {
      id: newId("certification"),
      workflow: view.row.name,
      ...key,
      source: request.from,
      per,
      set_id: sample.set,
      simulated: sample.simulated,
      look: number,
      spent: judged.spent,
      target,
      confidence,
      delta: judged.delta,
      evidence: storedEvidence(judged, GRID),
      counted: sample.counted,
      left_out: sample.leftOut,
      result: judged.result,
      more_labels: judged.moreLabels ?? null,
      person: by.name,
      at: clock.now(),
    };
    await records.insertLook(tx, row);
    return { row, look: judged };
  }

  async function issue(tx: Tx, row: LookRow, judged: Look): Promise<IssuedCertificate> {
    const certificate: IssuedCertificate = {
      id: newId("certificate"),
      certification: row.id,
      workflow: row.workflow,
      release: row.release,
      step: row.step,
      model_answered: row.model_answered,
      model_version: row.model_version,
      per: row.per,
      threshold: judged.threshold,
      thresholds: judged.thresholds,
      coverage: judged.coverage,
      bound: judged.bound,
      target: row.target,
      confidence: row.confidence,
      simulated: row.simulated,
      certified_at: row.at,
      source: row.source,
      labels: judged.labels,
      accepted: judged.accepted,
      errors: judged.errors,
      expires_at: row.at + VALID_FOR,
      suspended_at: null,
      suspended_because: null,
      suspended_by: null,
      superseded_by: null,
    };
    await records.insertCertificate(tx, certificate);
    return certificate;
  }

  return {
    async certify(workflow, request, by) {
      const source = sources[request.from];
      if (!source)
        throw new PilotageError("wrong_state", `This program has no labels "${request.from}" to look at.`);
      return database.transaction(async (tx) => {
        const asked = await whatIsAsked(tx, registry, workflow, request);
        await tx.run(
          sql`select pg_advisory_xact_lock(hashtext('pilotage.certify'), hashtext(${asked.release.id}))`,
        );
        if (request.simulated) await demandNoRealLabels(tx, workflow);
        await tx.planForMany();
        const sample = await source(tx, {
          workflow,
          release: asked.release.id,
          step: request.step,
          set: request.set,
          since: Math.max(asked.fieldsSince ?? 0, asked.verifierSince ?? 0, clock.now() - EVIDENCE_HOLDS),
          simulated: request.simulated,
          category: asked.category,
          grid: GRID,
        });
        if (!sample) throw noAnswers(asked);
        if (sample.simulated) await demandNothingReal(tx, asked, clock.now());
        await demandSameFields(tx, asked);
        const { row, look: judged } = await look(tx, asked, sample, by);
        const certificate = judged.result === "certified" ? await issue(tx, row, judged) : undefined;
        audit.record(tx, eventsOf(row, certificate, by));
        return { look: row, certificate };
      });
    },
    async looks(workflow, page) {
      await registry.workflow(database, workflow);
      const rows = await records.readLooks(database, workflow, page);
      const issued = await records.readCertificates(database, { looks: rows.map((row) => row.id) });
      return rows.map((row) => ({
        look: row,
        certificate: issued.find((one) => one.certification === row.id),
      }));
    },
    async look(id) {
      const found = await records.readLook(database, id);
      if (!found)
        throw new PilotageError("not_found", `There is no certification ${id.slice(0, 60)}.`, {
          hint: "`pilotage certificate looks <workflow>` lists them.",
        });
      const [certificate] = await records.readCertificates(database, { looks: [id] });
      return { look: found, certificate };
    },
    async list(workflow, page) {
      await registry.workflow(database, workflow);
      return records.readCertificates(database, { workflow, ...page });
    },
    get: (id) => readOne(database, id),
    async suspend(id, reason, by) {
      await readOne(database, id);
      return database.transaction(async (tx) => {
        // Settlements that read it before are stored by then; those that come after read that it is suspended.
        await lockForChange(tx);
        await suspendCertificates(tx, audit, { ids: [id] }, { because: reason, by, now: clock.now() });
        return readOne(tx, id);
      });
    },
    standing: (workflows) => records.standingCertificates(database, workflows),
  };
}

interface Asked {
  view: WorkflowView;
  release: ReleaseView;
  /** The field whose values are certified by themselves; undefined for all cases together. */
  category: string | undefined;
  /** When the fields that the model sees were changed last. */
  fieldsSince: number | undefined;
  /** Since when the model that verifies is what it is now, where it was another one before: confidence of both is not one figure. */
  verifierSince: number | undefined;
  request: CertifyRequest;
}

async function whatIsAsked(
  tx: Queryable,
  registry: Registry,
  workflow: string,
  request: CertifyRequest,
): Promise<Asked> {
  const view = await registry.workflow(tx, workflow);
  const id = request.release ?? view.row.candidate_release ?? view.row.stable_release;
  if (id === "manual")
    throw new PilotageError(
      "wrong_state",
      `${workflow} has no AI release in force, and people's own answers need no certificate. Nothing was looked at.`,
      { hint: "Give a release a share first, or name one with --release." },
    );
  const owner = await tx.maybe<{ workflow: string }>(sql`select workflow from release where id = ${id}`);
  if (owner?.workflow !== workflow)
    throw new PilotageError("not_found", `Workflow ${workflow} has no release ${id.slice(0, 60)}.`, {
      hint: "`pilotage releases` lists them.",
    });
  const release = await registry.release(tx, id);
  const step = chainOf(release)[request.step];
  if (typeof step !== "object" && step !== "cached")
    throw new PilotageError(
      "not_found",
      `Release ${id} has no step ${request.step} at which a model or a kept answer answers; 0 is its own model, 1 the first fallback.`,
    );
  return {
    view,
    release,
    category: categoryField(view, release),
    fieldsSince: await fieldsChanged(tx, workflow),
    verifierSince: await verifierChanged(tx, workflow, release, request.step),
    request,
  };
}

async function verifierChanged(
  tx: Queryable,
  workflow: string,
  release: ReleaseView,
  step: number,
): Promise<number | undefined> {
  const verifier =
    release.document.confidence.from === "verifier" ? breakerOf(release, step, "verifies") : undefined;
  return verifier && lastChangeOf(tx, workflow, verifier);
}

function categoryField({ document }: WorkflowView, release: ReleaseView): string | undefined {
  if (document.automation.per === "all") return undefined;
  const { of } = release.document.confidence;
  if (of !== undefined && release.document.facets.output.includes(of)) return of;
  throw new PilotageError(
    "wrong_state",
    `${document.workflow} certifies each category by itself (automation.per), and release ${release.id} does not say in clear what the category is. Nothing was looked at.`,
    {
      hint: "Publish a release whose `confidence.of` names the output field and whose `facets.output` holds it; or certify over all cases.",
    },
  );
}

async function fieldsChanged(tx: Queryable, workflow: string): Promise<number | undefined> {
  const { at } = await tx.one<{ at: number | null }>(sql`
    select max(decided_at) as at from workflow_setting_change where workflow = ${workflow} and setting = 'blockFields' and state = 'applied'`);
  return at ?? undefined;
}

/**
 * Blocking a field suspends the certificates that are there; one that is on its way then must not come after it. The
 * workflow stands still from here to the end.
 */
async function demandSameFields(tx: Queryable, { view, fieldsSince }: Asked): Promise<void> {
  const { name } = view.row;
  await tx.run(sql`select 1 from workflow where name = ${name} for key share`);
  if ((await fieldsChanged(tx, name)) !== fieldsSince)
    throw new PilotageError(
      "conflict",
      `The fields that the model sees (blockFields) were changed while the labels of ${name} were looked at. Nothing was certified, and nothing spent.`,
      { hint: "Certify again when cases that arrived since then have labels." },
    );
}

function noAnswers({ view, release, request }: Asked): PilotageError {
  return new PilotageError(
    "wrong_state",
    `Step ${request.step} of release ${release.id} has answered no case of ${view.row.name} in the last 90 days that could be counted (from: ${request.from}). Nothing was looked at.`,
    { hint: "Certify again when people have reviewed some hundred cases." },
  );
}

/** A try-out ends where people work: their labels and those of a program together prove nothing about either. */
async function demandNoRealLabels(tx: Queryable, workflow: string): Promise<void> {
  const { real } = await tx.one<{ real: boolean }>(sql`
    select exists (
      select from label where workflow = ${workflow} and not simulated and not drill and superseded_by is null and withdrawn_at is null) as real`);
  if (real)
    throw new PilotageError(
      "wrong_state",
      `People have labelled cases of ${workflow}, so simulated labels certify nothing there. Nothing was looked at.`,
      { hint: "Ask without --simulated; for a try-out use a workflow that only programs review." },
    );
}

/** A promise on simulated labels never takes the place of one that real people's labels keep. */
async function demandNothingReal(
  tx: Queryable,
  { view, release, request }: Asked,
  now: number,
): Promise<void> {
  const standing = await records.standingCertificates(tx, [view.row.name]);
  const real = standing.find(
    (one) =>
      one.release === release.id &&
      one.step === request.step &&
      !one.simulated &&
      lapseOf(one, view.row.dials, now) === undefined,
  );
  if (real)
    throw new PilotageError(
      "wrong_state",
      `A certificate on people's labels is in force (${real.id}); one on simulated labels cannot take its place. Nothing was looked at.`,
      { hint: "Ask without --simulated." },
    );
}

async function readOne(database: Queryable, id: string): Promise<IssuedCertificate> {
  const found = await records.readCertificate(database, id);
  if (!found)
    throw new PilotageError("not_found", `There is no certificate ${id.slice(0, 60)}.`, {
      hint: "`pilotage certificates <workflow>` lists them.",
    });
  return found;
}

/** The audit trail takes fractions as text. */
function eventsOf(row: LookRow, certificate: IssuedCertificate | undefined, by: Actor) {
  const about = { actor: by, workflow: row.workflow };
  const made = {
    kind: "certification.made" as const,
    ...about,
    data: {
      certification: row.id,
      release: row.release,
      step: row.step,
      from: row.source,
      look: row.look,
      spent: row.spent ? String(row.delta) : "0",
      simulated: row.simulated,
      result: row.result,
    },
  };
  if (!certificate) return [made];
  const issued = {
    kind: "certificate.issued" as const,
    ...about,
    data: {
      certificate: certificate.id,
      certification: row.id,
      release: row.release,
      step: row.step,
      threshold: String(certificate.threshold),
      bound: String(certificate.bound),
      simulated: certificate.simulated,
    },
  };
  return [made, issued];
}
