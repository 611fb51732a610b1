/**
 * Kept answers: what the fallback step `cached` finds when the models do not answer. Off unless a release says `cache`.
 *
 * An answer serves again only for the exact request: a keyed digest covers everything that the model was told after the data
 * policy, and how it was asked. No content is kept twice: an entry points to the output of its case, sealed with that case's
 * key, so that erasing the case erases the answer. A release that answers alike may have its answers used by the next
 * one; whether such an answer may go out alone is a matter of that step's own certificate (decision/certificate.ts).
 */
import { createHash } from "node:crypto";
import { isJsonObject } from "../../contract/json.ts";
import { canonical } from "../../definition/digest.ts";
import type { Model, ModelRequest } from "../../models/model.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Database, Queryable } from "../../platform/database.ts";
import type { Vault } from "../../platform/secrets.ts";
import { hex, rows, sql, time, type Sql } from "../../platform/sql.ts";
import { openEach } from "../content.ts";
import type { ReleaseView } from "../workflow/registry.ts";
import { chainOf, requestFor, type Call, type Matter } from "./call.ts";
import type { Chain } from "./next-call.ts";

/** What is kept of an answer beside its output. */
export interface Kept {
  digest: Uint8Array;
  release: string;
  step: number;
  expiresAt: number;
}

export interface CachedAnswers {
  /** The answer to keep for a while; undefined where the release keeps none, or none of this step. */
  keeping(matter: Matter, step: number, request: ModelRequest): Kept | undefined;
  /** A call that asks nobody: it answers what was answered before. Undefined when nothing fits. */
  find(matter: Matter): Promise<Call | undefined>;
}

export function openCachedAnswers(parts: { database: Database; vault: Vault; clock: Clock }): CachedAnswers {
  const { database, vault, clock } = parts;
  return {
    keeping({ release, workflow }, step, request) {
      const { cache } = release.document;
      const definition = chainOf(release)[step];
      if (cache === undefined || !isRemote(definition)) return undefined;
      return {
        digest: digestOfRequest(vault, workflow.row.name, release, definition, request),
        release: release.id,
        step,
        expiresAt: clock.now() + cache.keep,
      };
    },
    async find(matter) {
      const { release, workflow } = matter;
      const { cache } = release.document;
      if (cache === undefined) return undefined;
      let request: ModelRequest;
      try {
        request = requestFor({ vault }, matter);
      } catch {
        // A prompt that cannot be written was never answered either.
        return undefined;
      }
      const { name } = workflow.row;
      const digests = chainOf(release)
        .filter(isRemote)
        .map((step) => digestOfRequest(vault, name, release, step, request));
      const entry = await newestAnswer(database, name, digests, { now: clock.now(), keep: cache.keep });
      if (!entry) return undefined;
      const opened = (await openEach(database, vault, [entry.case_id], ["output"])).get(entry.case_id);
      const output = opened?.ok ? opened.content.get("output") : undefined;
      // Erased in this moment, or damaged: then there is no kept answer.
      if (!isJsonObject(output)) return undefined;
      const model: Model = {
        describe: `cached answer of ${entry.case_id}`,
        ask: async () => ({
          output,
          text: JSON.stringify(output),
          model: entry.model_answered,
          finish: "stop",
          ...(entry.model_version === null ? {} : { version: entry.model_version }),
          ...(entry.confidence === null ? {} : { confidence: entry.confidence }),
        }),
      };
      return {
        request,
        model,
        asked: { connection: undefined, model: "cached" },
        timeoutMs: PATIENCE_MS,
        billed: undefined,
        maxTokens: undefined,
        places: undefined,
        cachedFrom: entry.case_id,
      };
    },
  };
}

/** Nobody is asked, so nothing takes time. */
const PATIENCE_MS = 1_000;

type Remote = Extract<Chain[number], { connection: string }>;

function isRemote(step: Chain[number] | undefined): step is Remote {
  return typeof step === "object" && "connection" in step;
}

/**
 * The same for two requests only if the model is told the same and asked in the same way. The release is not in it, its time
 * limits neither; where its confidence comes from is, because that is kept with the answer.
 */
export function digestOfRequest(
  vault: Pick<Vault, "digest">,
  workflow: string,
  release: Pick<ReleaseView, "document">,
  { connection, name, temperature, maxTokens }: Remote,
  request: Omit<ModelRequest, "caseId" | "release">,
): Buffer {
  const { messages, input, outputSchema, confidenceOf, attachments } = request;
  const said = {
    model: { connection, name, temperature, maxTokens },
    confidence: release.document.confidence,
    messages,
    input,
    outputSchema,
    confidenceOf,
    attachments: attachments.map((one) => ({
      name: one.name,
      mediaType: one.mediaType,
      bytes: createHash("sha256").update(one.bytes).digest("hex"),
    })),
  };
  return vault.digest(`cached:${workflow}`, canonical(said));
}

/** The newest answer to one of these requests, those of the first one before others; none that a person found wrong. */
function newestAnswer(
  database: Queryable,
  workflow: string,
  digests: Buffer[],
  { now, keep }: { now: number; keep: number },
): Promise<
  | { case_id: string; model_answered: string; model_version: string | null; confidence: number | null }
  | undefined
> {
  return database.maybe(sql`
    select k.case_id, k.model_answered, k.model_version, k.confidence from cached_answer k
    where k.workflow = ${workflow} and k.digest = any(${digests}) and k.expires_at > ${time(now)} and k.kept_at > ${time(now - keep)}
      and not exists (
        select from label l where l.case_id = k.case_id and l.wrong and l.superseded_by is null and l.withdrawn_at is null)
    order by array_position(${digests}::bytea[], k.digest), k.kept_at desc limit 1`);
}

export interface KeptAnswer extends Kept {
  caseId: string;
  modelAnswered: string;
  modelVersion: string | undefined;
  confidence: number | undefined;
  keptAt: number;
}

/** Keeps answers; part of the statement that stores them. Not for an empty list. */
export function keepAnswers(list: readonly KeptAnswer[]): Sql {
  return sql`
    insert into cached_answer (case_id, workflow, digest, release, step, model_answered, model_version, confidence, kept_at, expires_at)
    select r.case_id, c.workflow, r.digest, r.release, r.step, r.model_answered, r.model_version, r.confidence, r.kept_at, r.expires_at
    from json_populate_recordset(null::cached_answer, ${rows(
      list.map((one) => ({
        case_id: one.caseId,
        digest: hex(one.digest),
        release: one.release,
        step: one.step,
        model_answered: one.modelAnswered,
        model_version: one.modelVersion ?? null,
        confidence: one.confidence ?? null,
        kept_at: time(one.keptAt),
        expires_at: time(one.expiresAt),
      })),
    )}::json) r join case_ c on c.id = r.case_id
    on conflict (case_id) do update set digest = excluded.digest, release = excluded.release, step = excluded.step,
      model_answered = excluded.model_answered, model_version = excluded.model_version, confidence = excluded.confidence,
      kept_at = excluded.kept_at, expires_at = excluded.expires_at`;
}

const AT_ONCE = 10_000;

/** Removes what is over, a part at a time, so that nothing waits for it. */
export async function removeOverAnswers(database: Database, now: number): Promise<number> {
  let removed = 0;
  for (;;) {
    const some = await database.run(sql`
      delete from cached_answer where case_id in (
        select case_id from cached_answer where expires_at <= ${time(now)} limit ${AT_ONCE})`);
    removed += some;
    if (some < AT_ONCE) return removed;
  }
}
