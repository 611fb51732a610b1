/**
 * What a look stands on: the labels, the calibration that places its grid, and whether the labels lie open.
 *
 * Shared by looks, previews and openings, so that what is shown beforehand is what would be looked at. The rules are in
 * decision 0025; the judgement is in certification.ts.
 */
import type { Queryable } from "../platform/database.ts";
import { GRID } from "../statistics/certification.ts";
import { EVIDENCE_HOLDS, sampleRequest, type Asked } from "./asked.ts";
import { gridOf } from "./calibration.ts";
import {
  newestCalibration,
  newestOpening,
  readCalibration,
  type CalibrationRow,
  type OpeningRow,
} from "./calibration-store.ts";
import type { CertificationSample, ModelPair, SampleSource } from "./certification-sample.ts";

export interface Ground {
  sample: CertificationSample;
  /** Thresholds in the model's own confidence, from tight to loose. */
  grid: readonly number[];
  calibration: CalibrationRow | undefined;
  /** The labels lie open, and looks are made under this. */
  opening: OpeningRow | undefined;
  /** They were laid open before, and that is over: the next look lays them open anew. */
  wasOpen: boolean;
}

type Plan = Pick<Ground, "grid" | "calibration" | "opening"> & { model: ModelPair | undefined };

/** Undefined when the step has answered no case yet. */
export async function groundOf(
  database: Queryable,
  source: SampleSource,
  asked: Asked,
  now: number,
): Promise<Ground | undefined> {
  for (const plan of await plansFor(database, asked, now)) {
    const request = sampleRequest(asked, now, {
      grid: plan.grid,
      part: plan.calibration ? "certify" : undefined,
    });
    // Looks under one opening have one beginning, which does not move on with the days.
    const sample = await source(database, { ...request, since: plan.opening?.since ?? request.since });
    if (!sample) return undefined;
    // A curve is about one model: where another answers by now, its own confidence stands.
    if (plan.model && !sameModel(plan.model, sample.model)) continue;
    const { grid, calibration, opening } = plan;
    const about = { ...asked.request, release: asked.release.id };
    const wasOpen = !opening && (await newestOpening(database, about, sample.model)) !== undefined;
    return { sample, grid, calibration, opening, wasOpen };
  }
  throw new Error("A look without a plan");
}

/** From the most to the least particular; the last one fits every model. */
async function plansFor(database: Queryable, asked: Asked, now: number): Promise<Plan[]> {
  const plain: Plan = { grid: GRID, calibration: undefined, opening: undefined, model: undefined };
  // Items of a set may be the very cases that a curve was fitted on.
  if (asked.request.from === "set") return [plain];
  const of = { ...asked.request, release: asked.release.id };
  const opening = await newestOpening(database, of);
  const calibration = await newestCalibration(database, of);
  return [
    ...(opening && holds(opening, asked, now)
      ? [
          {
            grid: opening.grid,
            opening,
            calibration:
              opening.calibration === null ? undefined : await readCalibration(database, opening.calibration),
            model: modelOf(opening),
          },
        ]
      : []),
    ...(calibration
      ? [
          {
            grid: gridOf(calibration.curve, GRID),
            opening: undefined,
            calibration,
            model: modelOf(calibration),
          },
        ]
      : []),
    plain,
  ];
}

/** Whether looks can still be made under it: nothing that it was made for has changed. */
function holds(
  opening: OpeningRow,
  { view, lapsedSince, fieldsSince, verifierSince }: Asked,
  now: number,
): boolean {
  return (
    now < opening.ends_at &&
    opening.per === view.document.automation.per &&
    Math.max(lapsedSince ?? 0, fieldsSince ?? 0, verifierSince ?? 0) <= opening.since
  );
}

/** When labels that are laid open now begin to count, and until when. */
export function openedSpan(asked: Asked, now: number): Pick<OpeningRow, "since" | "ends_at"> {
  const { since } = sampleRequest(asked, now, { grid: GRID, part: undefined });
  return { since, ends_at: now + EVIDENCE_HOLDS };
}

export function modelOf(row: { model_answered: string | null; model_version: string | null }): ModelPair {
  return { answered: row.model_answered, version: row.model_version };
}

function sameModel(one: ModelPair, other: ModelPair): boolean {
  return one.answered === other.answered && one.version === other.version;
}
