/** Handlers of the audit log: where it stands, its export, the events of one case. */
import { demandWhole } from "../access/caller.ts";
import { verifyLines } from "../audit/bundle.ts";
import { exportLog } from "../audit/export.ts";
import { eventsOfCase } from "../audit/show.ts";
import { auditStatus } from "../audit/status.ts";
import { faultLine } from "../contract/audit.ts";
import { PilotageError } from "../contract/errors.ts";
import { isoTime, stopwatch, type Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Log } from "../platform/log.ts";
import type { FastifyReply } from "fastify";
import type { Handlers } from "./bind.ts";
import { seeCase, seeWorkflow } from "./see.ts";

export interface AuditParts {
  database: Database;
  clock: Clock;
  log: Log;
  stopped: AbortSignal;
  /** Why the program does not work under its own role, when it does not. */
  missingProtection: string | null;
}

export function auditHandlers(
  parts: AuditParts,
): Pick<Handlers, "getAudit" | "exportAudit" | "listAuditEvents" | "verifyAudit"> {
  const { database, clock } = parts;
  let verifying = false;
  return {
    async getAudit({ query, caller }) {
      demandWhole(caller);
      return auditStatus(database, clock, {
        thorough: query.thorough === "true",
        missing: parts.missingProtection,
      });
    },
    async exportAudit({ query, caller, reply }) {
      if (query.workflow === undefined) demandWhole(caller);
      else seeWorkflow(caller, query.workflow);
      await stream(reply, await exportLog(database, clock, query), parts);
    },
    async verifyAudit({ body, caller, reply }) {
      demandWhole(caller);
      if (verifying)
        throw new PilotageError("wrong_state", "The audit log is being verified already.", {
          hint: "Wait for that to end: it reads every event.",
        });
      verifying = true;
      // Nothing is sent while it reads, and a long log takes longer than a silent connection is usually kept.
      reply.raw.socket?.setTimeout(0);
      const watch = stopwatch();
      try {
        const from = body.days === undefined ? undefined : isoTime(clock.now() - body.days * DAY);
        const lines = linesOf(await exportLog(database, clock, { from }), () => {
          if (parts.stopped.aborted)
            throw new PilotageError("intake_stopped", "Pilotage is stopping; verify again when it is back.");
          if (reply.raw.destroyed)
            throw new PilotageError("internal", "Nobody waits for the answer any more.");
        });
        const verdict = await verifyLines(lines, {});
        return {
          ok: verdict.ok,
          events: verdict.checked,
          checkpoint: verdict.of,
          signedBy: `${verdict.origin}+${verdict.keyId}`,
          problem: verdict.fault ? faultLine(verdict.fault) : null,
          milliseconds: Math.round(watch()),
        };
      } finally {
        verifying = false;
      }
    },
    async listAuditEvents({ params, query, caller }) {
      await seeCase(database, caller, params.case);
      return eventsOfCase(database, params.case, query.after, query.limit);
    },
  };
}

const DAY = 86_400_000;

/** The lines of an export one by one, piece after piece; `goOn` throws when nobody needs them any more. */
async function* linesOf(pieces: AsyncIterable<string>, goOn: () => void): AsyncGenerator<string> {
  for await (const piece of pieces) {
    goOn();
    for (const line of piece.split("\n")) if (line !== "") yield line;
  }
}

/** Writes as fast as the reader reads. What goes wrong in the middle is told in a last line, so that nobody takes a part for the whole. */
async function stream(
  reply: FastifyReply,
  pieces: AsyncIterable<string>,
  { stopped, log }: AuditParts,
): Promise<void> {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    "content-type": "application/x-ndjson",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  const gone = new Promise<void>((resolve) => raw.once("close", resolve));
  try {
    for await (const piece of pieces) {
      if (stopped.aborted)
        throw new PilotageError("intake_stopped", "Pilotage is stopping; ask again when it is back.");
      if (raw.destroyed) return;
      if (!raw.write(piece))
        await Promise.race([new Promise<void>((resolve) => raw.once("drain", resolve)), gone]);
    }
  } catch (error) {
    if (!(error instanceof PilotageError)) log.error({ err: error }, "an export of the audit log broke off");
    const { code, message } =
      error instanceof PilotageError ? error : new PilotageError("internal", "A fault in Pilotage.");
    raw.write(`${JSON.stringify({ error: { code, message } })}\n`);
  }
  raw.end();
}
