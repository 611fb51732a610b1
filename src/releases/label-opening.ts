/**
 * Laying labels open: from then on people see how many were wrong before they ask for a certificate.
 *
 * Whoever sees that can wait for a lucky moment, which a test for one look does not survive. So an opening takes the number,
 * and the part of the error budget, of one look, and all looks under it use a test that may be read at any time. Labels that
 * were open once stay so: when an opening is over, the next look begins another one.
 */
import type { Audit } from "../audit/record.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Actor } from "../contract/scopes.ts";
import type { NewId } from "../platform/chance.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Tx } from "../platform/database.ts";
import type { Registry } from "../cases/workflow/registry.ts";
import { lockRelease, noAnswers, whatIsAsked, type Asked, type SampleOf } from "./asked.ts";
import { insertOpening, type OpeningRow } from "./calibration-store.ts";
import { looksSpent } from "./certificate-records.ts";
import { startsFor } from "./certification.ts";
import { groundOf, openedSpan, type Ground } from "./certification-ground.ts";
import type { SampleSources } from "./certification-sample.ts";

interface OpeningParts {
  clock: Clock;
  newId: NewId;
  audit: Audit;
}

/** Answers what is open already, or lays it open. Throws `wrong_state` while there are no answers, and for sets. */
export function openingLabels(
  parts: OpeningParts & { database: Database; registry: Registry; sources: SampleSources },
): (workflow: string, request: SampleOf, by: Actor) => Promise<OpeningRow> {
  const { database, registry, clock, sources } = parts;
  return (workflow, request, by) =>
    database.transaction(async (tx) => {
      const source = request.from === "set" ? undefined : sources[request.from];
      if (!source)
        throw new PilotageError(
          "wrong_state",
          "The figures of a run over a set are there for all to see as they are; there is nothing to lay open.",
        );
      const asked = await whatIsAsked(tx, registry, workflow, request);
      await lockRelease(tx, asked.release.id);
      await tx.planForMany();
      const ground = await groundOf(tx, source, asked, clock.now());
      if (!ground) throw noAnswers(asked);
      return ground.opening ?? layOpen(tx, parts, asked, ground, by);
    });
}

/** Stores a new opening of these labels, in the transaction that holds the lock of the release. */
export async function layOpen(
  tx: Tx,
  { clock, newId, audit }: OpeningParts,
  asked: Asked,
  ground: Ground,
  by: Actor,
): Promise<OpeningRow> {
  const { view, release, request } = asked;
  const { sample, grid, calibration } = ground;
  const { maxErrorRate: target, confidence, per } = view.document.automation;
  const now = clock.now();
  const key = {
    release: release.id,
    step: request.step,
    model_answered: sample.model.answered,
    model_version: sample.model.version,
  };
  const look = (await looksSpent(tx, key)) + 1;
  const opening: OpeningRow = {
    id: newId("labelOpening"),
    workflow: view.row.name,
    ...key,
    source: request.from === "shadow" ? "shadow" : "labels",
    look,
    ...openedSpan(asked, now),
    calibration: calibration?.id ?? null,
    grid: [...grid],
    starts: startsFor(sample, { look, target, confidence, per, grid }),
    per,
    simulated: request.simulated,
    person: by.name,
    at: now,
  };
  await insertOpening(tx, opening);
  audit.record(tx, [
    {
      kind: "labels.opened",
      actor: by,
      workflow: opening.workflow,
      data: { opening: opening.id, release: release.id, step: opening.step, from: opening.source, look },
    },
  ]);
  return opening;
}
