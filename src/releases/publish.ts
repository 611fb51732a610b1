/**
 * Publishing: a definition becomes an immutable release, named by the digest of its document.
 *
 * The same document is the same release, however often it is published. A release with a local model is `preparing`
 * until the model is trained (a job of its own, so that it survives a restart); only a `ready` one gets cases.
 */
import { createHash } from "node:crypto";
import type { Audit } from "../audit/record.ts";
import { PilotageError } from "../contract/errors.ts";
import type { ReleaseId } from "../contract/ids.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../contract/json.ts";
import type { Actor } from "../contract/scopes.ts";
import { canonical, digestOf } from "../definition/digest.ts";
import { checkDocuments } from "../definition/check.ts";
import { releaseSchema, type ReleaseDocument } from "../definition/document.ts";
import { fieldsOf } from "../definition/fields.ts";
import { definitionInvalid } from "../definition/problem.ts";
import { openScanner } from "../definition/personal/scan.ts";
import { allows, applyPolicy, scans } from "../definition/policy.ts";
import { scrubbing } from "../cases/model/call.ts";
import { compileRelease, type Registry } from "../cases/workflow/registry.ts";
import { trainInWorker } from "../models/local/trainer.ts";
import type { TrainingExample, TrainingJob } from "../models/local/train.ts";
import type { NewId } from "../platform/chance.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Queryable } from "../platform/database.ts";
import { addJob } from "../platform/jobs.ts";
import { sql, time } from "../platform/sql.ts";

export const PREPARE_JOB = "prepare-release";
/** A release that cannot be prepared must say so while somebody waits for it. */
const MOST_TRIES = 3;

export interface ReleaseRow {
  id: ReleaseId;
  workflow: string;
  digest: string;
  document: string;
  state: "preparing" | "ready" | "failed";
  problem: string | null;
  published_at: number;
  published_by: string;
  provenance: { commit?: string; pipeline?: string };
}

export interface ReleaseModelRow {
  release: ReleaseId;
  name: string;
  digest: string;
  report: JsonObject;
}

export interface Releases {
  publish(
    workflow: string,
    document: unknown,
    examples: string | undefined,
    provenance: JsonObject,
    by: Actor,
  ): Promise<ReleaseRow>;
  /** The job behind a release in preparation; runs again after a crash. */
  prepare(release: string): Promise<void>;
  /** At the start of a worker: a restored installation has its releases, but not the jobs behind them. */
  resume(): Promise<void>;
  list(workflow: string): Promise<ReleaseRow[]>;
  get(id: string): Promise<ReleaseRow>;
  models(ids: string[]): Promise<ReleaseModelRow[]>;
}

export function openReleases(parts: {
  database: Database;
  registry: Registry;
  clock: Clock;
  newId: NewId;
  audit: Audit;
}): Releases {
  const { database, registry, clock, newId, audit } = parts;

  return {
    async publish(workflow, given, examples, provenance, by) {
      await registry.workflow(database, workflow);
      const document = parseRelease(workflow, given, examples);
      const digest = digestOf(document);
      const known = await database.maybe<ReleaseRow>(
        sql`select ${COLUMNS} from release where workflow = ${workflow} and digest = ${digest}`,
      );
      if (known) return known;
      const id = newId("release");
      // A document that cannot be compiled is refused here, not when its first case comes.
      compileRelease(id, digest, document);
      const needsTraining = localNames(document).length > 0;
      await database.transaction(async (tx) => {
        const made = await tx.run(sql`
          insert into release (id, workflow, digest, document, state, published_at, published_by, provenance)
          values (${id}, ${workflow}, ${digest}, ${canonical(document)}, ${needsTraining ? "preparing" : "ready"}, ${time(clock.now())}, ${by.name}, ${JSON.stringify(provenance)}::jsonb)
          on conflict (workflow, digest) do nothing`);
        // Somebody published the same document at the same moment: it is one release.
        if (made === 0) return;
        if (examples !== undefined) await keepArtifact(tx, "examples", Buffer.from(examples, "utf8"));
        audit.record(tx, [
          { kind: "release.published", actor: by, workflow, data: { release: id, digest, provenance } },
        ]);
        if (!needsTraining) await describeCases(tx, workflow, id);
        if (needsTraining) await addJob(tx, PREPARE_JOB, { release: id }, `${PREPARE_JOB}:${id}`);
      });
      return database.one<ReleaseRow>(
        sql`select ${COLUMNS} from release where workflow = ${workflow} and digest = ${digest}`,
      );
    },

    async prepare(id) {
      const release = await database.maybe<ReleaseRow>(sql`select ${COLUMNS} from release where id = ${id}`);
      if (!release || release.state !== "preparing") return;
      try {
        const document = releaseSchema.parse(JSON.parse(release.document));
        for (const name of localNames(document)) {
          const trained = await trainInWorker(await trainingJob(database, document, name));
          await database.transaction(async (tx) => {
            await keepArtifact(tx, "local-model", trained.bytes);
            await tx.run(sql`
              insert into release_model (release, name, digest, report)
              values (${id}, ${name}, ${trained.digest}, ${JSON.stringify(trained.report)}::jsonb) on conflict do nothing`);
          });
        }
      } catch (error) {
        const problem = await givenUp(release, error);
        // The queue brings it again.
        if (problem === undefined) throw error;
        await finish(release, "failed", problem);
        return;
      }
      await finish(release, "ready", null);
    },

    async resume() {
      const open = await database.all<{ id: string }>(sql`select id from release where state = 'preparing'`);
      // One that has its job keeps it: the key is the same.
      for (const { id } of open) await addJob(database, PREPARE_JOB, { release: id }, `${PREPARE_JOB}:${id}`);
    },

    async list(workflow) {
      await registry.workflow(database, workflow);
      return database.all<ReleaseRow>(
        sql`select ${COLUMNS} from release where workflow = ${workflow} order by id desc limit 200`,
      );
    },
    async get(id) {
      const row = await database.maybe<ReleaseRow>(sql`select ${COLUMNS} from release where id = ${id}`);
      if (!row)
        throw new PilotageError("not_found", `There is no release ${id.slice(0, 60)}.`, {
          hint: "`pilotage releases <workflow>` lists them.",
        });
      return row;
    },
    models: (ids) =>
      database.all<ReleaseModelRow>(
        sql`select release, name, digest, report from release_model where release = any(${ids}) order by name`,
      ),
  };

  /** The problem that ends the preparation; undefined when another try may help. */
  async function givenUp(release: ReleaseRow, error: unknown): Promise<string | undefined> {
    if (error instanceof PilotageError && !error.retryable) return error.message;
    // Says nothing about the release, however often it happens.
    if (error instanceof PilotageError && error.code === "database_unavailable") return undefined;
    const { failed_tries: tries } = await database.one<{ failed_tries: number }>(
      sql`update release set failed_tries = failed_tries + 1 where id = ${release.id} returning failed_tries`,
    );
    if (tries < MOST_TRIES) return undefined;
    return `Preparing it failed ${tries} times, the last time with: ${error instanceof Error ? error.message : String(error)}. The release gets no cases. Correct its definition or its examples and publish again, which makes a new release; \`pilotage doctor\` checks the machine.`;
  }

  async function finish(
    release: ReleaseRow,
    state: "ready" | "failed",
    problem: string | null,
  ): Promise<void> {
    await database.transaction(async (tx) => {
      const touched = await tx.run(
        sql`update release set state = ${state}, problem = ${problem} where id = ${release.id} and state = 'preparing'`,
      );
      if (touched > 0 && state === "ready") await describeCases(tx, release.workflow, release.id);
      if (touched > 0)
        audit.record(tx, [
          {
            kind: "release.ready",
            actor: { kind: "system", name: PREPARE_JOB },
            workflow: release.workflow,
            data: { release: release.id, state, problem },
          },
        ]);
    });
  }
}

const COLUMNS = sql`id, workflow, digest, document, state, problem, published_at, published_by, provenance`;

/** The same checks as `pilotage check`: nothing else stands between a document sent by another program and its cases. */
function parseRelease(workflow: string, given: unknown, examples: string | undefined): ReleaseDocument {
  const { problems, release } = checkDocuments({ release: given, examples });
  if (release === undefined) throw definitionInvalid("release", problems, "Nothing was published.");
  if (release.workflow !== workflow)
    throw new PilotageError(
      "definition_invalid",
      `The release is of workflow "${release.workflow}", not "${workflow}". Nothing was published.`,
    );
  checkExamples(release, examples);
  return release;
}

function checkExamples(document: ReleaseDocument, examples: string | undefined): void {
  const named = document.examples;
  const digest =
    examples === undefined ? undefined : createHash("sha256").update(examples, "utf8").digest("hex");
  if (named?.digest !== digest)
    throw new PilotageError(
      "definition_invalid",
      named
        ? "The examples that came with the release are not the ones that its document names. Nothing was published."
        : "Examples came with the release, but its document names none. Nothing was published.",
      { hint: "Publish with `pilotage publish <folder>`, which sends both." },
    );
}

/** The first ready release says what a case is, so that people can begin; later ones do so only with a share. */
async function describeCases(tx: Queryable, workflow: string, release: string): Promise<void> {
  await tx.run(
    sql`update workflow set reference_release = ${release} where name = ${workflow} and reference_release is null`,
  );
}

/** The local models that the chain of a release asks. */
function localNames(document: ReleaseDocument): string[] {
  const steps = [document.model, ...document.fallback];
  return [
    ...new Set(steps.flatMap((step) => (typeof step === "object" && "local" in step ? [step.local] : []))),
  ];
}

async function keepArtifact(tx: Queryable, kind: string, bytes: Uint8Array): Promise<void> {
  const digest = createHash("sha256").update(bytes).digest("hex");
  await tx.run(
    sql`insert into artifact (digest, kind, bytes) values (${digest}, ${kind}, ${bytes}) on conflict do nothing`,
  );
}

/** Learns from the same view of the input that the model will get: what the data policy lets through. */
async function trainingJob(
  database: Queryable,
  document: ReleaseDocument,
  name: string,
): Promise<TrainingJob> {
  const stored = await database.maybe<{ bytes: Uint8Array }>(
    sql`select bytes from artifact where digest = ${document.examples?.digest ?? ""}`,
  );
  if (!stored)
    throw new PilotageError("definition_invalid", `The local model ${name} has no examples to learn from.`);
  const scanner = scans(document.policy) ? await openScanner() : undefined;
  const transforms = () => ({ pseudonym: () => "pseudonym", scrub: scrubbing({ scanner }).scrub });
  const examples = Buffer.from(stored.bytes)
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .split("\n")
    .flatMap((line): TrainingExample[] => {
      if (line.trim() === "") return [];
      const { input, output } = JSON.parse(line) as { input: JsonValue; output: JsonValue };
      if (!isJsonObject(input) || !isJsonObject(output)) return [];
      return [{ input: applyPolicy(document.policy, [], input, transforms()).allowed, output }];
    });
  const allowed = fieldsOf(document.input).filter((field) => allows(document.policy[field.path]));
  const isCategory = (field: (typeof allowed)[number]) =>
    field.enum !== undefined || field.types.includes("boolean");
  const enums = new Set(fieldsOf(document.output).flatMap((field) => (field.enum ? [field.path] : [])));
  return {
    examples,
    heads: document.error.equal.filter((path) => enums.has(path)),
    textFields: allowed
      .filter((field) => !isCategory(field) && field.types.includes("string"))
      .map((field) => field.path),
    categoryFields: allowed.filter(isCategory).map((field) => field.path),
    seed: document.local?.[name]?.seed ?? 1,
  };
}
