/**
 * Fitting a calibration in the name of a person, and reading what was fitted.
 *
 * Reads only the part of the labels that certifies nothing (calibration.ts), so it may be done as often as one likes. The newest
 * of a release and step places the grid of the certificates after it; what was certified before stays as it is.
 */
import type { Audit } from "../audit/record.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Actor } from "../contract/scopes.ts";
import type { NewId } from "../platform/chance.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Registry } from "../cases/workflow/registry.ts";
import { GRID } from "../statistics/certification.ts";
import { lockRelease, noAnswers, sampleRequest, whatIsAsked, type SampleOf } from "./asked.ts";
import { fitCurve, LEAST_LABELS, LEAST_WRONG } from "./calibration.ts";
import { insertCalibration, readCalibrations, type CalibrationRow } from "./calibration-store.ts";
import type { SampleSources } from "./certification-sample.ts";

export interface Calibrations {
  /** Throws `wrong_state` where there are too few labels to fit anything. */
  fit(workflow: string, request: SampleOf, by: Actor): Promise<CalibrationRow>;
  list(workflow: string, page: { before: string | undefined; limit: number }): Promise<CalibrationRow[]>;
}

export function openCalibrations(parts: {
  database: Database;
  registry: Registry;
  clock: Clock;
  newId: NewId;
  audit: Audit;
  sources: SampleSources;
}): Calibrations {
  const { database, registry, clock, newId, audit, sources } = parts;
  return {
    fit: (workflow, request, by) =>
      database.transaction(async (tx) => {
        const source = request.from === "set" ? undefined : sources[request.from];
        if (!source)
          throw new PilotageError(
            "wrong_state",
            "A calibration is fitted on coin labels of cases; a set is for the decision alone. Nothing was fitted.",
            { hint: "Ask with --from labels or --from shadow." },
          );
        const asked = await whatIsAsked(tx, registry, workflow, request);
        await lockRelease(tx, asked.release.id);
        await tx.planForMany();
        const sample = await source(tx, sampleRequest(asked, clock.now(), { grid: GRID, part: "fit" }));
        if (!sample) throw noAnswers(asked);
        const cases = sample.labels
          .filter(({ score }) => score >= 0)
          .map(({ score, wrong }) => ({ confidence: score, right: !wrong }));
        const fitted = fitCurve(cases);
        if (!fitted) throw tooFew(cases);
        const row: CalibrationRow = {
          id: newId("calibration"),
          workflow,
          release: asked.release.id,
          step: request.step,
          source: request.from === "shadow" ? "shadow" : "labels",
          model_answered: sample.model.answered,
          model_version: sample.model.version,
          simulated: sample.simulated,
          method: fitted.curve.method,
          curve: fitted.curve,
          n: fitted.n,
          right_n: fitted.right,
          before: fitted.before,
          after: fitted.after,
          person: by.name,
          at: clock.now(),
        };
        await insertCalibration(tx, row);
        audit.record(tx, [
          {
            kind: "calibration.fitted",
            actor: by,
            workflow,
            data: {
              calibration: row.id,
              release: row.release,
              step: row.step,
              from: row.source,
              method: row.method,
              labels: row.n,
              right: row.right_n,
              simulated: row.simulated,
            },
          },
        ]);
        return row;
      }),
    async list(workflow, page) {
      await registry.workflow(database, workflow);
      return readCalibrations(database, workflow, page);
    },
  };
}

function tooFew(cases: readonly { right: boolean }[]): PilotageError {
  const wrong = cases.filter((one) => !one.right).length;
  return new PilotageError(
    "wrong_state",
    `The part of the labels that calibrates has ${cases.length}, ${wrong} of them wrong; a curve needs ${LEAST_LABELS} with ${LEAST_WRONG} right and ${LEAST_WRONG} wrong ones. Nothing was fitted, and certificates go by the model's own confidence as before.`,
    { hint: "Ask again when more cases are reviewed: one labelled case in four is kept for this." },
  );
}
