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
import { releaseSchema, type ReleaseDocument } from "../definition/document.ts";
import { fieldsOf } from "../definition/fields.ts";
import { applyPolicy } from "../definition/policy.ts";
import { compileRelease, type Registry } from "../cases/workflow/registry.ts";
import { trainInWorker } from "../models/local/trainer.ts";
import type { TrainingExample, TrainingJob } from "../models/local/train.ts";
import type { NewId } from "../platform/chance.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Queryable } from "../platform/database.ts";
import { addJob } from "../platform/jobs.ts";
import { sql, time } from "../platform/sql.ts";
import type { Vault } from "../platform/secrets.ts";

export const PREPARE_JOB = "prepare-release";

export interface ReleaseRow {
  id: ReleaseId;
  workflow: string;
  digest: string;
  document: string;
  state: "preparing" | "ready" | "failed";
  problem: string | null;
  published_at: number;
  published_by: string;
}

export interface ReleaseModelRow {
  release: ReleaseId;
  name: string;
  digest: string;
  report: JsonObject;
}

export interface Releases {
  publish(workflow: string, document: unknown, examples: string | undefined, provenance: JsonObject, by: Actor): Promise<ReleaseRow>;
  /** The job behind a release in preparation; runs again after a crash. */
  prepare(release: string): Promise<void>;
  list(workflow: string): Promise<ReleaseRow[]>;
  get(id: string): Promise<ReleaseRow>;
  models(ids: string[]): Promise<ReleaseModelRow[]>;
}

export function openReleases(parts: { database: Database; registry: Registry; vault: Vault; clock: Clock; newId: NewId; audit: Audit }): Releases {
  const { database, registry, clock, newId, audit } = parts;

  return {
    async publish(workflow, given, examples, provenance, by) {
      await registry.workflow(database, workflow);
      const document = parseRelease(workflow, given);
      checkExamples(document, examples);
      const digest = digestOf(document);
      const known = await database.maybe<ReleaseRow>(sql`select ${COLUMNS} from release where workflow = ${workflow} and digest = ${digest}`);
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
        audit.record(tx, [{ kind: "release.published", actor: by, workflow, data: { release: id, digest, provenance } }]);
        if (needsTraining) await addJob(tx, PREPARE_JOB, { release: id }, `${PREPARE_JOB}:${id}`);
      });
      return database.one<ReleaseRow>(sql`select ${COLUMNS} from release where workflow = ${workflow} and digest = ${digest}`);
    },

    async prepare(id) {
      const release = await database.maybe<ReleaseRow>(sql`select ${COLUMNS} from release where id = ${id}`);
      if (!release || release.state !== "preparing") return;
      const document = releaseSchema.parse(JSON.parse(release.document));
      try {
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
        const own = error instanceof PilotageError && !error.retryable;
        if (!own) throw error;
        await finish(release, "failed", error.message);
        return;
      }
      await finish(release, "ready", null);
    },

    async list(workflow) {
      await registry.workflow(database, workflow);
      return database.all<ReleaseRow>(sql`select ${COLUMNS} from release where workflow = ${workflow} order by id desc limit 200`);
    },
    async get(id) {
      const row = await database.maybe<ReleaseRow>(sql`select ${COLUMNS} from release where id = ${id}`);
      if (!row) throw new PilotageError("not_found", `There is no release ${id.slice(0, 60)}.`, { hint: "`pilotage releases <workflow>` lists them." });
      return row;
    },
    models: (ids) => database.all<ReleaseModelRow>(sql`select release, name, digest, report from release_model where release = any(${ids}) order by name`),
  };

  async function finish(release: ReleaseRow, state: "ready" | "failed", problem: string | null): Promise<void> {
    await database.transaction(async (tx) => {
      const touched = await tx.run(sql`update release set state = ${state}, problem = ${problem} where id = ${release.id} and state = 'preparing'`);
      if (touched > 0) audit.record(tx, [{ kind: "release.ready", actor: { kind: "system", name: PREPARE_JOB }, workflow: release.workflow, data: { release: release.id, state, problem } }]);
    });
  }
}

const COLUMNS = sql`id, workflow, digest, document, state, problem, published_at, published_by`;

function parseRelease(workflow: string, given: unknown): ReleaseDocument {
  const parsed = releaseSchema.safeParse(given);
  if (!parsed.success)
    throw new PilotageError("definition_invalid", `The release document is not valid: ${parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ").slice(0, 2_000)}. Nothing was published.`, {
      hint: "`pilotage check <folder>` names every problem with its line.",
    });
  if (parsed.data.workflow !== workflow) throw new PilotageError("definition_invalid", `The release is of workflow "${parsed.data.workflow}", not "${workflow}". Nothing was published.`);
  return parsed.data;
}

function checkExamples(document: ReleaseDocument, examples: string | undefined): void {
  const named = document.examples;
  const digest = examples === undefined ? undefined : createHash("sha256").update(examples, "utf8").digest("hex");
  if (named?.digest !== digest)
    throw new PilotageError("definition_invalid", named ? "The examples that came with the release are not the ones that its document names. Nothing was published." : "Examples came with the release, but its document names none. Nothing was published.", {
      hint: "Publish with `pilotage publish <folder>`, which sends both.",
    });
}

/** The local models that the chain of a release asks. */
function localNames(document: ReleaseDocument): string[] {
  const steps = [document.model, ...document.fallback];
  return [...new Set(steps.flatMap((step) => (typeof step === "object" && "local" in step ? [step.local] : [])))];
}

async function keepArtifact(tx: Queryable, kind: string, bytes: Uint8Array): Promise<void> {
  const digest = createHash("sha256").update(bytes).digest("hex");
  await tx.run(sql`insert into artifact (digest, kind, bytes) values (${digest}, ${kind}, ${bytes}) on conflict do nothing`);
}

/** Learns from the same view of the input that the model will get: what the data policy lets through. */
async function trainingJob(database: Queryable, document: ReleaseDocument, name: string): Promise<TrainingJob> {
  const stored = await database.maybe<{ bytes: Uint8Array }>(sql`select bytes from artifact where digest = ${document.examples?.digest ?? ""}`);
  if (!stored) throw new PilotageError("definition_invalid", `The local model ${name} has no examples to learn from.`);
  const pseudonym = () => "pseudonym";
  const examples = Buffer.from(stored.bytes)
    .toString("utf8")
    .split("\n")
    .flatMap((line): TrainingExample[] => {
      if (line.trim() === "") return [];
      const { input, output } = JSON.parse(line) as { input: JsonValue; output: JsonValue };
      if (!isJsonObject(input) || !isJsonObject(output)) return [];
      return [{ input: applyPolicy(document.policy, [], input, pseudonym).allowed, output }];
    });
  const allowed = fieldsOf(document.input).filter((field) => document.policy[field.path] === "allow");
  const isCategory = (field: (typeof allowed)[number]) => field.enum !== undefined || field.types.includes("boolean");
  const enums = new Set(fieldsOf(document.output).flatMap((field) => (field.enum ? [field.path] : [])));
  return {
    examples,
    heads: document.error.equal.filter((path) => enums.has(path)),
    textFields: allowed.filter((field) => !isCategory(field) && field.types.includes("string")).map((field) => field.path),
    categoryFields: allowed.filter(isCategory).map((field) => field.path),
    seed: document.local?.[name]?.seed ?? 1,
  };
}
