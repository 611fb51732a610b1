/** Handlers of certificates: looks at labels, what was issued, suspending; and how they are shown elsewhere. */
import type { Caller } from "../access/caller.ts";
import { lapseOf } from "../cases/decision/certificate.ts";
import { maybeIso } from "../cases/view.ts";
import type { Registry, WorkflowRow } from "../cases/workflow/registry.ts";
import { isoTime, type Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import { ALPHA, judgeWatch } from "../releases/certificate-guard.ts";
import { recheckLook } from "../releases/certification.ts";
import type { IssuedCertificate } from "../releases/certificate-records.ts";
import {
  calibratedThreshold,
  certificateSentence,
  leftOutSentence,
  refusalSentence,
  standingSentence,
} from "../releases/certificate-words.ts";
import type { Certificates, Certified } from "../releases/certify.ts";
import { alwaysValidInterval } from "../statistics/proportion.ts";
import type { Handlers } from "./bind.ts";
import { seeWorkflow } from "./see.ts";
import { named } from "./workflows.ts";

type Names =
  "certify" | "listCertifications" | "recheckCertification" | "listCertificates" | "suspendCertificate";

export function certificateHandlers(parts: {
  database: Database;
  registry: Registry;
  certificates: Certificates;
  clock: Clock;
}): Pick<Handlers, Names> {
  const { database, registry, certificates, clock } = parts;

  async function rowOf(workflow: string): Promise<WorkflowRow> {
    return (await registry.workflow(database, workflow)).row;
  }

  /** What is not the caller's to see is not there. */
  async function seeCertificate(caller: Caller, id: string): Promise<void> {
    seeWorkflow(caller, (await certificates.get(id)).workflow);
  }

  return {
    async certify({ params, body, caller }) {
      const request = { release: body.release, set: body.set, ...body };
      const made = await certificates.certify(params.workflow, request, named(caller));
      return showLook(made, await rowOf(params.workflow), clock.now());
    },
    async listCertifications({ params, query }) {
      const row = await rowOf(params.workflow);
      const found = await certificates.looks(params.workflow, { before: query.before, limit: query.limit });
      return {
        certifications: found.map((one) => showLook(one, row, clock.now())),
        next: found.length === query.limit ? found.at(-1)!.look.id : null,
      };
    },
    async recheckCertification({ params, caller }) {
      const { look: row, certificate } = await certificates.look(params.certification);
      seeWorkflow(caller, row.workflow);
      const differences = recheckLook(row, row, certificate);
      return {
        id: row.id,
        agrees: differences.length === 0,
        differences,
        sentence:
          differences.length === 0
            ? `The look ${row.id} comes out the same from its stored numbers.`
            : `The look ${row.id} does not come out the same: ${differences.join("; ")}.`,
      };
    },
    async listCertificates({ params, query }) {
      const row = await rowOf(params.workflow);
      const found = await certificates.list(params.workflow, { before: query.before, limit: query.limit });
      return {
        certificates: found.map((one) => showCertificate(one, row, clock.now())),
        next: found.length === query.limit ? found.at(-1)!.id : null,
      };
    },
    async suspendCertificate({ params, body, caller }) {
      await seeCertificate(caller, params.certificate);
      const certificate = await certificates.suspend(params.certificate, body.reason, caller.actor);
      return showCertificate(certificate, await rowOf(certificate.workflow), clock.now());
    },
  };
}

/** What stands for the releases that get cases of this workflow, shortly. */
export function standingOf(row: WorkflowRow, issued: readonly IssuedCertificate[], now: number) {
  return issued
    .filter((one) => one.release === row.candidate_release || one.release === row.stable_release)
    .map((one) => {
      const { id, release, step, inForce, standing, sentence } = showCertificate(one, row, now);
      return { id, release, step, inForce, standing, sentence };
    });
}

function showCertificate(row: IssuedCertificate, workflow: WorkflowRow, now: number) {
  const lapse = lapseOf(row, workflow.dials, now);
  return {
    id: row.id,
    certification: row.certification,
    workflow: row.workflow,
    release: row.release,
    step: row.step,
    model: { answered: row.model_answered, version: row.model_version },
    per: row.per,
    threshold: row.threshold,
    thresholds: row.thresholds,
    calibration: row.calibration,
    calibrated: calibratedThreshold(row),
    from: row.source,
    labels: row.labels,
    accepted: row.accepted,
    errors: row.errors,
    coverage: row.coverage,
    bound: row.bound,
    target: row.target,
    confidence: row.confidence,
    simulated: row.simulated,
    certifiedAt: isoTime(row.certified_at),
    expiresAt: isoTime(row.expires_at),
    watch: shownWatch(row),
    suspendedAt: maybeIso(row.suspended_at),
    suspendedBecause: row.suspended_because,
    supersededBy: row.superseded_by,
    inForce: lapse === undefined,
    standing: standingSentence(lapse, row.suspended_because),
    sentence: certificateSentence(row),
  };
}

/** The whole of it; groups of categories have their own parts, and the program knows them. */
function shownWatch({ watch, target }: IssuedCertificate) {
  if (watch === null) return null;
  const { n, errors } = watch;
  const [all] = judgeWatch(target, [{ category: null, n, errors }]);
  const bounds = n === 0 ? { lower: 0, upper: 1 } : alwaysValidInterval(errors, n, ALPHA);
  return {
    labels: n,
    errors,
    ...bounds,
    evidence: Math.min(1e9, Math.exp(all!.evidence)),
    limit: Math.exp(all!.limit),
    lookedAt: isoTime(Date.parse(watch.lookedAt)),
  };
}

function showLook({ look, certificate }: Certified, workflow: WorkflowRow, now: number) {
  return {
    id: look.id,
    workflow: look.workflow,
    release: look.release,
    step: look.step,
    from: look.source,
    set: look.set_id,
    model: { answered: look.model_answered, version: look.model_version },
    per: look.per,
    simulated: look.simulated,
    look: look.look,
    spent: look.spent ? look.delta : 0,
    open: look.opening !== null,
    calibration: look.calibration,
    target: look.target,
    confidence: look.confidence,
    counted: look.counted,
    leftOut: look.left_out,
    tests: look.evidence.groups.flatMap(({ category, tests }) => tests.map((one) => ({ category, ...one }))),
    result: look.result,
    moreLabels: look.more_labels,
    person: look.person,
    at: isoTime(look.at),
    certificate: certificate ? showCertificate(certificate, workflow, now) : null,
    sentence:
      (certificate
        ? certificateSentence(certificate)
        : refusalSentence({ spent: look.spent, moreLabels: look.more_labels, simulated: look.simulated })) +
      leftOutSentence(look.left_out),
  };
}
