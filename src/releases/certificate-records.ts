/** The rows of looks and certificates: how they are stored, and how they are read back. */
import type { CertificateRow } from "../cases/decision/certificate.ts";
import type { DialValues } from "../cases/workflow/dials.ts";
import type { CertificationSource } from "../contract/certificate-endpoints.ts";
import type { Queryable } from "../platform/database.ts";
import { raw, sql, time } from "../platform/sql.ts";
import type { Curve } from "./calibration.ts";
import type { StoredEvidence } from "./certification.ts";

export interface LookRow {
  id: string;
  workflow: string;
  release: string;
  step: number;
  source: CertificationSource;
  set_id: string | null;
  model_answered: string | null;
  model_version: string | null;
  per: "all" | "category";
  simulated: boolean;
  /** Counted from 1; a look that tested nothing spent nothing, and the next one has its number again. */
  look: number;
  spent: boolean;
  target: number;
  confidence: number;
  delta: number;
  evidence: StoredEvidence;
  /** The curve that placed its grid; null: the model's own confidence did. */
  calibration: string | null;
  /** The opening under which it was made; looks under one share its number. */
  opening: string | null;
  counted: Record<string, number>;
  left_out: Record<string, number>;
  result: "certified" | "none";
  more_labels: number | null;
  person: string;
  at: number;
}

/** A certificate that stands, with the dials under which it may hold. */
export interface WatchedCertificate extends CertificateRow {
  workflow: string;
  simulated: boolean;
  certified_at: number;
  dials: DialValues;
}

export interface IssuedCertificate extends CertificateRow {
  certification: string;
  workflow: string;
  coverage: number;
  bound: number;
  simulated: boolean;
  certified_at: number;
  /** Of its look: where its labels come from, how many there were, how many it lets out, and the wrong ones among those. */
  source: CertificationSource;
  labels: number;
  accepted: number;
  errors: number;
  suspended_because: string | null;
  suspended_by: string | null;
  calibration: string | null;
  /** The curve that placed its grid, by which its thresholds can be read. */
  curve: Curve | null;
  /** What the watch counted last; null before its first look. */
  watch: Watch | null;
}

/** Labelled cases that would have gone out alone under it but for a coin, and the wrong ones among them. */
export interface Watch {
  n: number;
  errors: number;
  lookedAt: string;
}

const LOOK = raw(
  "id, workflow, release, step, source, set_id, model_answered, model_version, per, simulated, look, spent, target, confidence, delta, evidence, calibration, opening, counted, left_out, result, more_labels, person, at",
);
const CERTIFICATE = raw(
  "id, certification, workflow, release, step, model_answered, model_version, per, threshold, thresholds, coverage, bound, target, confidence, simulated, certified_at, expires_at, suspended_at, suspended_because, suspended_by, superseded_by, calibration",
);
const ISSUED = raw(`
  c.id, c.certification, c.workflow, c.release, c.step, c.model_answered, c.model_version, c.per, c.threshold, c.thresholds, c.coverage, c.bound,
  c.calibration, (select b.curve from calibration b where b.id = c.calibration) as curve,
  (select jsonb_build_object('n', w.n, 'errors', w.errors, 'lookedAt', w.looked_at) from certificate_watch w where w.certificate = c.id) as watch, c.target, c.confidence, c.simulated, c.certified_at, c.expires_at, c.suspended_at, c.suspended_because, c.suspended_by, c.superseded_by,
  k.source, (k.evidence ->> 'labels')::integer as labels, (k.evidence ->> 'accepted')::integer as accepted, (k.evidence ->> 'errors')::integer as errors
  from certificate c join certification k on k.id = c.certification`);

export async function insertLook(tx: Queryable, row: LookRow): Promise<void> {
  await tx.run(sql`
    insert into certification (${LOOK}) values (${row.id}, ${row.workflow}, ${row.release}, ${row.step}, ${row.source}, ${row.set_id},
      ${row.model_answered}, ${row.model_version}, ${row.per}, ${row.simulated}, ${row.look}, ${row.spent}, ${row.target}, ${row.confidence}, ${row.delta},
      ${JSON.stringify(row.evidence)}::jsonb, ${row.calibration}, ${row.opening}, ${JSON.stringify(row.counted)}::jsonb, ${JSON.stringify(row.left_out)}::jsonb,
      ${row.result}, ${row.more_labels}, ${row.person}, ${time(row.at)})`);
}

/** Stores a certificate in the place of the one that stood for the same release and step. */
export async function insertCertificate(tx: Queryable, row: IssuedCertificate): Promise<void> {
  await tx.run(
    sql`update certificate set superseded_by = ${row.id} where release = ${row.release} and step = ${row.step} and superseded_by is null`,
  );
  await tx.run(sql`
    insert into certificate (${CERTIFICATE}) values (${row.id}, ${row.certification}, ${row.workflow}, ${row.release}, ${row.step}, ${row.model_answered},
      ${row.model_version}, ${row.per}, ${row.threshold}, ${JSON.stringify(row.thresholds)}::jsonb, ${row.coverage}, ${row.bound}, ${row.target}, ${row.confidence},
      ${row.simulated}, ${time(row.certified_at)}, ${time(row.expires_at)}, null, null, null, null, ${row.calibration})`);
}

/**
 * The number of the last look that spent from the budget of this release, step and model, or of their last opening. Whatever the labels come from
 * and whichever cases are certified, the promise is the same one, so the budget is, too.
 */
export async function looksSpent(
  tx: Queryable,
  key: Pick<LookRow, "release" | "step" | "model_answered" | "model_version">,
): Promise<number> {
  const { looks } = await tx.one<{ looks: number }>(sql`
    select coalesce(max(look), 0) as looks from (
      select look, release, step, model_answered, model_version from certification where spent
      union all select look, release, step, model_answered, model_version from label_opening) taken
    where release = ${key.release} and step = ${key.step}
      and model_answered is not distinct from ${key.model_answered} and model_version is not distinct from ${key.model_version}`);
  return looks;
}

/** The last look of this release, step and model that tested anything. */
export function lastLook(
  database: Queryable,
  key: Pick<LookRow, "release" | "step" | "model_answered" | "model_version">,
): Promise<LookRow | undefined> {
  return database.maybe<LookRow>(sql`
    select ${LOOK} from certification where spent and release = ${key.release} and step = ${key.step}
      and model_answered is not distinct from ${key.model_answered} and model_version is not distinct from ${key.model_version}
    order by id desc limit 1`);
}

export function readLook(database: Queryable, id: string): Promise<LookRow | undefined> {
  return database.maybe<LookRow>(sql`select ${LOOK} from certification where id = ${id}`);
}

export function readLooks(
  database: Queryable,
  workflow: string,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<LookRow[]> {
  return database.all<LookRow>(sql`
    select ${LOOK} from certification where workflow = ${workflow} and (${before ?? null}::text is null or id < ${before ?? null}) order by id desc limit ${limit}`);
}

export function readCertificate(database: Queryable, id: string): Promise<IssuedCertificate | undefined> {
  return database.maybe<IssuedCertificate>(sql`select ${ISSUED} where c.id = ${id}`);
}

/** The certificates of a workflow, newest first; or those that were issued by these looks. */
export function readCertificates(
  database: Queryable,
  which: { workflow: string; before: string | undefined; limit: number } | { looks: string[] },
): Promise<IssuedCertificate[]> {
  if ("looks" in which)
    return database.all<IssuedCertificate>(sql`select ${ISSUED} where c.certification = any(${which.looks})`);
  const before = which.before ?? null;
  return database.all<IssuedCertificate>(sql`
    select ${ISSUED} where c.workflow = ${which.workflow} and (${before}::text is null or c.id < ${before}) order by c.id desc limit ${which.limit}`);
}

/** Certificates that nobody took back and none took the place of. */
export function liveForWatch(database: Queryable): Promise<WatchedCertificate[]> {
  return database.all<WatchedCertificate>(sql`
    select c.id, c.workflow, c.release, c.step, c.model_answered, c.model_version, c.per, c.threshold, c.thresholds, c.target, c.confidence,
      c.simulated, c.certified_at, c.expires_at, c.suspended_at, c.superseded_by, w.dials
    from certificate c join workflow w on w.name = c.workflow
    where c.superseded_by is null and c.suspended_at is null order by c.id`);
}

/** What stands for each release and step of these workflows now, whether or not it is in force. */
export function standingCertificates(database: Queryable, workflows: string[]): Promise<IssuedCertificate[]> {
  return database.all<IssuedCertificate>(
    sql`select ${ISSUED} where c.workflow = any(${workflows}) and c.superseded_by is null order by c.workflow, c.release, c.step`,
  );
}
