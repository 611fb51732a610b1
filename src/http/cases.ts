/** Handlers of intake and of cases: hand in, list, show. */
import type { Intake, Receipt } from "../cases/intake/intake.ts";
import { listCases } from "../cases/search.ts";
import { attachmentBytes, attachmentName, keysOf } from "../cases/content.ts";
import type { Registry } from "../cases/workflow/registry.ts";
import { checkValue, unsafeNumber } from "../connectors/feed/json.ts";
import { PilotageError } from "../contract/errors.ts";
import type { JsonValue } from "../contract/json.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Vault } from "../platform/secrets.ts";
import { sql } from "../platform/sql.ts";
import { demandAction } from "../access/caller.ts";
import { badExternalId } from "../cases/intake/check.ts";
import { subjectDigest, threadDigest } from "../cases/intake/intake.ts";
import type { Handlers } from "./bind.ts";
import { answerBatch } from "./batch.ts";
import { caseFor } from "./case-shown.ts";
import { noCase, seeCase } from "./see.ts";

export interface CaseParts {
  database: Database;
  registry: Registry;
  vault: Vault;
  clock: Clock;
  intake: Intake;
  /** Aborted when the process stops: a batch ends with an answer that says so. */
  stopped: AbortSignal;
}

export function caseHandlers(
  parts: CaseParts,
): Pick<Handlers, "submitCase" | "submitBatch" | "listCases" | "getCase" | "getAttachment"> {
  const { database, registry, vault, intake, stopped } = parts;
  return {
    async submitCase({ params, body, text, caller }) {
      const { attachments, externalId } = body;
      const bad = externalId === undefined ? undefined : badExternalId(externalId);
      if (bad)
        throw new PilotageError(
          "bad_request",
          `The external id cannot be used: ${bad}. Nothing was stored.`,
          { hint: "Send the number by which the sending system knows the case." },
        );
      // Nesting first: to look for unsafe numbers, and to write the input again, goes down by recursion.
      const problem = checkValue(body.input as JsonValue) ?? unsafeNumber(text);
      const receipt = await intake.receive({
        workflow: params.workflow,
        door: "http",
        source: body.source,
        externalId,
        input: body.input as JsonValue,
        attachments: attachments.map((one) => ({
          name: one.name,
          mediaType: one.mediaType,
          bytes: Buffer.from(one.base64, "base64"),
        })),
        // Attachments are kept apart; without any, the text is kept exactly as it came.
        raw:
          attachments.length === 0 || problem
            ? text
            : JSON.stringify({ externalId, input: body.input as JsonValue }),
        ...(problem ? { problem } : {}),
        textOnly: false,
        drill: body.drill,
        actor: caller.actor,
      });
      return taken(receipt);
    },

    async submitBatch({ params, stream, caller, reply }) {
      const { document } = await registry.workflow(database, params.workflow);
      await answerBatch({
        intake,
        stopped,
        workflow: params.workflow,
        key: document.key,
        actor: caller.actor,
        stream,
        reply,
      });
    },

    async listCases({ params, query }) {
      await registry.workflow(database, params.workflow);
      const { state, thread, subject, q, from, to, dueBefore, facet, ...rest } = query;
      return listCases(database, {
        ...rest,
        workflow: params.workflow,
        states: state ?? [],
        thread: thread === undefined ? undefined : threadDigest(vault, params.workflow, thread),
        subject: subject === undefined ? undefined : subjectDigest(vault, subject),
        startsWith: q,
        from: from === undefined ? undefined : Date.parse(from),
        to: to === undefined ? undefined : Date.parse(to),
        dueBefore: dueBefore === undefined ? undefined : Date.parse(dueBefore),
        facets: facet === undefined ? undefined : facetsOf(facet),
      });
    },

    async getCase({ params, query, caller }) {
      const workflow = await seeCase(database, caller, params.case);
      const content = query.content === "true";
      if (content) demandAction(caller, "case.read", workflow);
      const found = await caseFor(parts, caller, params.case, { content });
      if (!found) throw noCase(params.case);
      return found;
    },

    async getAttachment({ params, caller, reply }) {
      await seeCase(database, caller, params.case);
      const row = await database.maybe<{ no: number; sealed_name: Uint8Array; sealed: Uint8Array }>(
        sql`select no, sealed_name, sealed from attachment where case_id = ${params.case} and no = ${/^\d{1,4}$/.test(params.no) ? Number(params.no) : 0}`,
      );
      const key = (await keysOf(database, vault, [params.case])).get(params.case);
      if (!row || !key)
        throw new PilotageError(
          "not_found",
          `The case ${params.case} has no attachment ${params.no.slice(0, 10)}.`,
        );
      // Always a download of opaque bytes: what a stranger sent is never shown as a page of ours.
      await reply
        .header("content-type", "application/octet-stream")
        .header(
          "content-disposition",
          `attachment; filename*=UTF-8''${encodeURIComponent(attachmentName(key, row))}`,
        )
        .header("content-security-policy", "sandbox")
        .send(attachmentBytes(key, row));
    },
  };
}

/** The receipt as a reply; a quarantined record is an error that names where it is kept. */
export function taken(receipt: Receipt): {
  status: "admitted" | "duplicate";
  caseId: string;
  externalId: string;
  dropped: string[];
} {
  if (receipt.kind !== "quarantined")
    return {
      status: receipt.kind,
      caseId: receipt.caseId,
      externalId: receipt.externalId,
      dropped: receipt.dropped,
    };
  const code = receipt.reason === "duplicate_conflict" ? "conflict" : "bad_input";
  throw new PilotageError(
    code,
    `The case was not taken: ${receipt.message.replace(/\.$/, "")}. The record is kept in quarantine as ${receipt.quarantineId}.`,
    {
      hint: "Correct it and send it again, or correct and replay it from quarantine.",
      details: { quarantineId: receipt.quarantineId, reason: receipt.reason, problems: receipt.details },
    },
  );
}

/** `name=value` as it stands in an address: a number or a truth is compared as one, anything else as a text. */
export function facetsOf(given: readonly string[]): Record<string, JsonValue> {
  return Object.fromEntries(
    given.map((one) => {
      const at = one.indexOf("=");
      const value = one.slice(at + 1);
      const plain = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?|true|false)$/.test(value);
      return [one.slice(0, at), plain ? (JSON.parse(value) as JsonValue) : value];
    }),
  );
}
