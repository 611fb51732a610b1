/**
 * What a question about labels is about: which release and step, since when its labels count, and by which categories.
 *
 * Certificates, calibration and previews ask in the same way, so that none of them counts what another leaves out.
 */
import { breakerOf, chainOf } from "../cases/model/call.ts";
import { lastChangeOf } from "../cases/model/model-change.ts";
import type { Registry, ReleaseView, WorkflowView } from "../cases/workflow/registry.ts";
import type { CertificationSource } from "../contract/certificate-endpoints.ts";
import { PilotageError } from "../contract/errors.ts";
import { isoTime } from "../platform/clock.ts";
import type { Queryable } from "../platform/database.ts";
import { sql } from "../platform/sql.ts";
import type { SampleRequest } from "./certification-sample.ts";

export interface SampleOf {
  /** The release; undefined: the candidate, else the stable one. */
  release: string | undefined;
  step: number;
  from: CertificationSource;
  set: string | undefined;
  simulated: boolean;
}

const DAY = 86_400_000;
/** Older evidence does not count: customers and their cases change. */
export const EVIDENCE_HOLDS = 90 * DAY;

/** Which labels are counted for it. */
export function sampleRequest(
  { view, release, category, lapsedSince, fieldsSince, verifierSince, request }: Asked,
  now: number,
  { grid, part }: Pick<SampleRequest, "grid" | "part">,
): SampleRequest {
  return {
    workflow: view.row.name,
    release: release.id,
    step: request.step,
    set: request.set,
    since: Math.max(lapsedSince ?? 0, fieldsSince ?? 0, verifierSince ?? 0, now - EVIDENCE_HOLDS),
    simulated: request.simulated,
    category,
    grid,
    part,
  };
}

export interface Asked {
  view: WorkflowView;
  release: ReleaseView;
  /** The field whose values are certified by themselves; undefined for all cases together. */
  category: string | undefined;
  /** When the fields that the model sees were changed last. */
  fieldsSince: number | undefined;
  /** Since when the model that verifies is what it is now, where it was another one before: confidence of both is not one figure. */
  verifierSince: number | undefined;
  /** When a certificate of this release and step broke its promise last: what was true before is true no longer. */
  lapsedSince: number | undefined;
  request: SampleOf;
}

export async function whatIsAsked(
  tx: Queryable,
  registry: Registry,
  workflow: string,
  request: SampleOf,
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
      hint: `\`pilotage releases ${workflow}\` lists them.`,
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
    lapsedSince: await brokenSince(tx, id, request.step),
    request,
  };
}

async function brokenSince(tx: Queryable, release: string, step: number): Promise<number | undefined> {
  const { at } = await tx.one<{ at: number | null }>(sql`
    select max(w.lapsed_at) as at from certificate c join certificate_watch w on w.certificate = c.id
    where c.release = ${release} and c.step = ${step}`);
  return at ?? undefined;
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

/** When the fields that models see were changed last. */
export async function fieldsChanged(tx: Queryable, workflow: string): Promise<number | undefined> {
  const { at } = await tx.one<{ at: number | null }>(sql`
    select max(decided_at) as at from workflow_setting_change where workflow = ${workflow} and setting = 'blockFields' and state = 'applied'`);
  return at ?? undefined;
}

/**
 * Blocking a field suspends the certificates that are there; one that is on its way then must not come after it. The
 * workflow stands still from here to the end.
 */
export async function demandSameFields(tx: Queryable, { view, fieldsSince }: Asked): Promise<void> {
  const { name } = view.row;
  await tx.run(sql`select 1 from workflow where name = ${name} for key share`);
  if ((await fieldsChanged(tx, name)) !== fieldsSince)
    throw new PilotageError(
      "conflict",
      `The fields that the model sees (blockFields) were changed while the labels of ${name} were looked at. Nothing was certified, and nothing spent.`,
      { hint: "Certify again when cases that arrived since then have labels." },
    );
}

export function noAnswers({ view, release, request, lapsedSince }: Asked): PilotageError {
  if (lapsedSince !== undefined)
    return new PilotageError(
      "wrong_state",
      `A certificate of release ${release.id} broke its promise on ${isoTime(lapsedSince).slice(0, 10)}, and step ${request.step} has answered no case of ${view.row.name} that arrived after that. What was labelled before counts no more. Nothing was looked at.`,
      {
        hint: "`pilotage quality disagreements` lists what went wrong; certify again when new cases are reviewed.",
      },
    );
  return new PilotageError(
    "wrong_state",
    `Step ${request.step} of release ${release.id} has answered no case of ${view.row.name} in the last 90 days that could be counted (from: ${request.from}). Nothing was looked at.`,
    { hint: "Certify again when people have reviewed some hundred cases." },
  );
}

/** One look, opening or fit of a release at a time. */
export async function lockRelease(tx: Queryable, release: string): Promise<void> {
  await tx.run(sql`select pg_advisory_xact_lock(hashtext('pilotage.certify'), hashtext(${release}))`);
}
