/** Handlers around certificates: previews, open labels, forecasts, calibration, quality by week, disagreements. */
import type { Registry } from "../cases/workflow/registry.ts";
import { isoTime, type Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Calibrations } from "../releases/calibrate.ts";
import type { CalibrationRow, OpeningRow } from "../releases/calibration-store.ts";
import { calibrationSentence, forecastSentence, previewSentence } from "../releases/preview-words.ts";
import { forecastAutomation, previewLook, type PreviewParts } from "../releases/preview.ts";
import { disagreementsOf, qualityOf } from "../releases/quality.ts";
import type { SampleOf } from "../releases/asked.ts";
import type { CalibrationFigures } from "../statistics/calibration.ts";
import type { Actor } from "../contract/scopes.ts";
import type { Handlers } from "./bind.ts";
import { named } from "./workflows.ts";

type Names =
  | "previewCertification"
  | "openLabels"
  | "automationForecast"
  | "calibrate"
  | "listCalibrations"
  | "qualityWeeks"
  | "listDisagreements";

export function qualityHandlers(
  parts: PreviewParts & {
    database: Database;
    registry: Registry;
    clock: Clock;
    calibrations: Calibrations;
    layLabelsOpen(workflow: string, request: SampleOf, by: Actor): Promise<OpeningRow>;
  },
): Pick<Handlers, Names> {
  const { calibrations } = parts;
  return {
    async previewCertification({ params, query }) {
      const { threshold, minutesPerCase, hourlyCost } = query;
      const asked = { ...labelsOf(query), threshold, minutesPerCase, hourlyCost };
      const found = await previewLook(parts, params.workflow, asked);
      const { ground, measured } = found;
      const { maxErrorRate: target, confidence } = found.asked.view.document.automation;
      return {
        workflow: params.workflow,
        release: found.asked.release.id,
        step: query.step,
        from: query.from,
        target,
        confidence,
        look: found.look,
        open: ground.opening !== undefined,
        calibration: ground.calibration?.id ?? null,
        labels: ground.sample.labels.length,
        rows: found.rows,
        allReviewed: found.all,
        assumes: {
          casesPerDay: measured.cases,
          labelsPerDay: measured.labels,
          minutesPerCase: measured.minutesPerCase,
          autonomy: found.autonomy,
        },
        modelCostPerDay: found.modelCostPerDay,
        now: found.now
          ? {
              result: found.now.result,
              threshold: found.now.threshold,
              coverage: found.now.coverage,
              bound: found.now.bound,
              moreLabels: found.now.moreLabels ?? null,
            }
          : null,
        missing: found.missing,
        sentence: previewSentence(found),
      };
    },
    async openLabels({ params, body, caller }) {
      return showOpening(
        await parts.layLabelsOpen(
          params.workflow,
          { ...body, ...NO_SET, release: body.release },
          named(caller),
        ),
      );
    },
    async automationForecast({ params, query }) {
      const found = await forecastAutomation(parts, params.workflow, labelsOf(query));
      const { certificate, measured } = found;
      return {
        workflow: params.workflow,
        release: found.release,
        step: found.step,
        inForce: found.inForce,
        certificate: certificate?.id ?? null,
        expiresAt: certificate ? isoTime(certificate.expires_at) : null,
        casesPerDay: measured.cases,
        labelsPerDay: measured.labels,
        basis: found.basis,
        coverage: found.coverage,
        errorShare: found.errorShare,
        labels: found.labels,
        next: found.next,
        afterChange: found.afterChange,
        sentence: forecastSentence(found),
      };
    },
    async calibrate({ params, body, caller }) {
      return showCalibration(
        await calibrations.fit(params.workflow, { ...body, ...NO_SET, release: body.release }, named(caller)),
      );
    },
    async listCalibrations({ params, query }) {
      const found = await calibrations.list(params.workflow, { before: query.before, limit: query.limit });
      return {
        calibrations: found.map(showCalibration),
        next: found.length === query.limit ? found.at(-1)!.id : null,
      };
    },
    async qualityWeeks({ params }) {
      const { document } = await parts.registry.workflow(parts.database, params.workflow);
      return { ...(await qualityOf(parts, params.workflow)), target: document.automation.maxErrorRate };
    },
    async listDisagreements({ params, query }) {
      const { category, before, limit } = query;
      const found = await disagreementsOf(parts, params.workflow, { category, before, limit });
      return {
        ...found,
        cases: found.cases.map((one) => ({
          ...one,
          source: one.source as "cold" | "qa" | "review" | "second_review",
          at: isoTime(one.at),
        })),
        next: found.cases.length === limit ? found.cases.at(-1)!.label : null,
      };
    },
  };
}

const NO_SET = { set: undefined };

function labelsOf(query: {
  release?: string | undefined;
  step: number;
  from: "labels" | "shadow";
  simulated: "true" | "false";
}): SampleOf {
  return {
    release: query.release,
    step: query.step,
    from: query.from,
    simulated: query.simulated === "true",
    ...NO_SET,
  };
}

function showOpening(row: OpeningRow) {
  return {
    id: row.id,
    workflow: row.workflow,
    release: row.release,
    step: row.step,
    from: row.source,
    look: row.look,
    calibration: row.calibration,
    person: row.person,
    at: isoTime(row.at),
    endsAt: isoTime(row.ends_at),
    sentence: `The labels of ${row.release} lie open. Its certificates are now tested so that looking at them costs no certainty; that takes up to about twice the labels.`,
  };
}

function showCalibration(row: CalibrationRow) {
  const { curve } = row;
  return {
    id: row.id,
    workflow: row.workflow,
    release: row.release,
    step: row.step,
    from: row.source,
    model: { answered: row.model_answered, version: row.model_version },
    simulated: row.simulated,
    method: row.method,
    temperature: curve.method === "temperature" ? curve.temperature : null,
    steps: curve.method === "isotonic" ? curve.steps : null,
    labels: row.n,
    right: row.right_n,
    before: shownFigures(row.before),
    after: shownFigures(row.after),
    person: row.person,
    at: isoTime(row.at),
    sentence: calibrationSentence(row),
  };
}

function shownFigures({ n, brier, logLoss, equalWidth, equalMass }: CalibrationFigures) {
  return {
    n,
    brier,
    logLoss,
    error: equalWidth.error,
    errorOfEqualBins: equalMass.error,
    bins: equalMass.bins,
  };
}
