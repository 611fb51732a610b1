/** The rows of calibrations and of openings of labels: how they are stored, and how they are read back. */
import type { CertificationSource } from "../contract/certificate-endpoints.ts";
import type { Queryable } from "../platform/database.ts";
import { raw, sql, time } from "../platform/sql.ts";
import type { CalibrationFigures } from "../statistics/calibration.ts";
import type { Curve } from "./calibration.ts";
import type { GroupStart } from "./certification.ts";
import type { ModelPair } from "./certification-sample.ts";

export interface CalibrationRow {
  id: string;
  workflow: string;
  release: string;
  step: number;
  source: "labels" | "shadow";
  model_answered: string | null;
  model_version: string | null;
  simulated: boolean;
  method: Curve["method"];
  curve: Curve;
  n: number;
  right_n: number;
  before: CalibrationFigures;
  after: CalibrationFigures;
  person: string;
  at: number;
}

/** Labels that people see before they ask for a certificate; see 0025 of the decisions. */
export interface OpeningRow {
  id: string;
  workflow: string;
  release: string;
  step: number;
  source: "labels" | "shadow";
  model_answered: string | null;
  model_version: string | null;
  /** The number of the look that all looks under it share. */
  look: number;
  since: number;
  calibration: string | null;
  grid: number[];
  starts: GroupStart[];
  per: "all" | "category";
  simulated: boolean;
  person: string;
  at: number;
  ends_at: number;
}

const CALIBRATION = raw(
  "id, workflow, release, step, source, model_answered, model_version, simulated, method, curve, n, right_n, before, after, person, at",
);
const OPENING = raw(
  "id, workflow, release, step, source, model_answered, model_version, look, since, calibration, grid, starts, per, simulated, person, at, ends_at",
);

export async function insertCalibration(tx: Queryable, row: CalibrationRow): Promise<void> {
  await tx.run(sql`
    insert into calibration (${CALIBRATION}) values (${row.id}, ${row.workflow}, ${row.release}, ${row.step}, ${row.source}, ${row.model_answered},
      ${row.model_version}, ${row.simulated}, ${row.method}, ${JSON.stringify(row.curve)}::jsonb, ${row.n}, ${row.right_n}, ${JSON.stringify(row.before)}::jsonb,
      ${JSON.stringify(row.after)}::jsonb, ${row.person}, ${time(row.at)})`);
}

export function readCalibration(database: Queryable, id: string): Promise<CalibrationRow | undefined> {
  return database.maybe<CalibrationRow>(sql`select ${CALIBRATION} from calibration where id = ${id}`);
}

/** The one that holds for a release and step: the newest; one of simulated labels only where those count. */
export function newestCalibration(
  database: Queryable,
  of: { release: string; step: number; simulated: boolean },
): Promise<CalibrationRow | undefined> {
  return database.maybe<CalibrationRow>(sql`
    select ${CALIBRATION} from calibration where release = ${of.release} and step = ${of.step} and (${of.simulated}::boolean or not simulated)
    order by id desc limit 1`);
}

export function readCalibrations(
  database: Queryable,
  workflow: string,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<CalibrationRow[]> {
  return database.all<CalibrationRow>(sql`
    select ${CALIBRATION} from calibration where workflow = ${workflow} and (${before ?? null}::text is null or id < ${before ?? null}) order by id desc limit ${limit}`);
}

export async function insertOpening(tx: Queryable, row: OpeningRow): Promise<void> {
  await tx.run(sql`
    insert into label_opening (${OPENING}) values (${row.id}, ${row.workflow}, ${row.release}, ${row.step}, ${row.source}, ${row.model_answered},
      ${row.model_version}, ${row.look}, ${time(row.since)}, ${row.calibration}, ${JSON.stringify(row.grid)}::jsonb, ${JSON.stringify(row.starts)}::jsonb,
      ${row.per}, ${row.simulated}, ${row.person}, ${time(row.at)}, ${time(row.ends_at)})`);
}

/** The last time that these labels were laid open, whether or not that is over. */
export function newestOpening(
  database: Queryable,
  of: { release: string; step: number; from: CertificationSource; simulated: boolean },
  model?: ModelPair,
): Promise<OpeningRow | undefined> {
  const [answered, version] = [model?.answered ?? null, model?.version ?? null];
  return database.maybe<OpeningRow>(sql`
    select ${OPENING} from label_opening
    where release = ${of.release} and step = ${of.step} and source = ${of.from} and simulated = ${of.simulated}
      and (${model === undefined}::boolean or (model_answered is not distinct from ${answered} and model_version is not distinct from ${version}))
    order by id desc limit 1`);
}
