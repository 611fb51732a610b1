/**
 * Asking for a certificate: a named person has the labels looked at, and the result is written down, whatever it is.
 *
 * Each look that tests a threshold spends a part of the error budget of its labels, so that asking again and again proves
 * nothing. A success takes the place of the certificate that stood. What a decision does with it is in cases/decision.
 */
import type { Audit } from "../audit/record.ts";
import { lapseOf } from "../cases/decision/certificate.ts";
import { suspendCertificates } from "../cases/decision/certificate-store.ts";
import { lockForChange, type Registry } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Actor } from "../contract/scopes.ts";
import type { NewId } from "../platform/chance.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Queryable, Tx } from "../platform/database.ts";
import { sql } from "../platform/sql.ts";
import { demandSameFields, lockRelease, noAnswers, whatIsAsked, type Asked, type SampleOf } from "./asked.ts";
import type { Curve } from "./calibration.ts";
import * as records from "./certificate-records.ts";
import type { IssuedCertificate, LookRow } from "./certificate-records.ts";
import { judgeSample, storedEvidence, type Look } from "./certification.ts";
import { groundOf, type Ground } from "./certification-ground.ts";
import type { SampleSources } from "./certification-sample.ts";
import { layOpen } from "./label-opening.ts";

export interface Certified {
  look: LookRow;
  certificate: IssuedCertificate | undefined;
}

export interface Certificates {
  /** Looks at the labels and issues a certificate when they prove the workflow's error rate; the look is kept either way. */
  certify(workflow: string, request: SampleOf, by: Actor): Promise<Certified>;
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
    { sample, grid, calibration, opening }: Ground,
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
    const number = opening?.look ?? Math.max((await records.looksSpent(tx, key)) + 1, sample.leastLook);
    const { maxErrorRate: target, confidence, per } = automation;
    const plan = { look: number, target, confidence, per, grid, starts: opening?.starts };
    const judged = judgeSample(sample, plan);
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
      evidence: storedEvidence(judged, plan),
      calibration: calibration?.id ?? null,
      opening: opening?.id ?? null,
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

  async function issue(
    tx: Tx,
    row: LookRow,
    judged: Look,
    curve: Curve | undefined,
  ): Promise<IssuedCertificate> {
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
      calibration: row.calibration,
      curve: curve ?? null,
      watch: null,
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
        await lockRelease(tx, asked.release.id);
        if (request.simulated) await demandNoRealLabels(tx, workflow);
        await tx.planForMany();
        const ground = await groundOf(tx, source, asked, clock.now());
        if (!ground) throw noAnswers(asked);
        if (ground.sample.simulated) await demandNothingReal(tx, asked, clock.now());
        await demandSameFields(tx, asked);
        // What lay open once was seen: its next look is made at open labels, too.
        const opening = ground.wasOpen ? await layOpen(tx, parts, asked, ground, by) : ground.opening;
        const { row, look: judged } = await look(tx, asked, { ...ground, opening }, by);
        const certificate =
          judged.result === "certified" ? await issue(tx, row, judged, ground.calibration?.curve) : undefined;
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
