/**
 * The gateway: programs that speak the OpenAI wire ask workflows and models through it.
 *
 * Reads a request, finds what its model stands for, and hands it to the case path (case-call.ts) or to the models of a
 * connection (pass-through.ts). Every call that is taken is on record before its answer is out. Requests and replies as
 * HTTP has them are in http/gateway.ts.
 */
import { boundTo, sees, type Caller } from "../access/caller.ts";
import type { Intake } from "../cases/intake/intake.ts";
import { readRetirements } from "../cases/model/retirements.ts";
import { modelsInUse } from "../cases/model/used.ts";
import type { Registry } from "../cases/workflow/registry.ts";
import type { JsonObject } from "../contract/json.ts";
import type { Bulkheads } from "../models/bulkhead.ts";
import type { BreakerBoard } from "../models/breaker-board.ts";
import type { Limits } from "../models/limit-store.ts";
import { mayUse } from "../models/offered-policy.ts";
import { TRY_LIMITS } from "../models/next-try.ts";
import type { PriceList } from "../models/price-list.ts";
import { firstDay, type Day } from "../models/retirement.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Egress } from "../platform/egress.ts";
import type { Log } from "../platform/log.ts";
import { recent } from "../platform/recent.ts";
import type { Vault } from "../platform/secrets.ts";
import type { Telemetry } from "../platform/telemetry/telemetry.ts";
import { openAllowances } from "./allowances.ts";
import type { ChatCall, ChatReply, WholeReply } from "./call.ts";
import { openCallers } from "./callers.ts";
import { openCaseCalls } from "./case-call.ts";
import { openDirectory } from "./directory.ts";
import { openLedger } from "./ledger.ts";
import { openPassThrough } from "./pass-through.ts";
import { openCallRecords, recordBrokenOff, type CallRecords, type Mode } from "./record.ts";
import { openSameAgain, removeOldAnswers } from "./same-again.ts";
import { openUnderWay } from "./under-way.ts";
import { openWaitingRoom } from "./waiting.ts";
import { GatewayError, unknownModel } from "./wire-error.ts";

const RETIREMENTS_FOR = 5_000;

export interface GatewayParts {
  database: Database;
  registry: Registry;
  vault: Vault;
  intake: Intake;
  log: Log;
  clock: Clock;
  breakers: BreakerBoard;
  limits: Limits;
  prices: PriceList;
  egress: Egress;
  telemetry: Telemetry;
  places: Bulkheads;
  /** From 0 up to, not including, 1. */
  chance(): number;
  /** Aborted when the process stops. */
  stopped: AbortSignal;
  /** The folder in which calls under way are noted. */
  calls: string;
  /** The name of this process. */
  worker: string;
  /** Records that may wait for the database; beyond them no call is taken. */
  mostWaiting: number;
}

export interface Gateway {
  chat(call: ChatCall): Promise<ChatReply>;
  /** What a call about a case hears now. Throws `model_not_found` alike for a foreign case and for none. */
  look(caseId: string, caller: Caller): Promise<WholeReply>;
  /** The models that this caller may ask, as the wire lists them. */
  models(caller: Caller): Promise<JsonObject[]>;
  /** Records the calls that a killed process, or a database that was away, left without an end; done every few seconds. */
  recordBrokenOff(): Promise<void>;
  /** When no call is under way any more. */
  close(): Promise<void>;
}

export function openGateway(parts: GatewayParts): Gateway {
  const { database, registry } = parts;
  const stored = openCallRecords(database);
  const underWay = openUnderWay({ folder: parts.calls, process: parts.worker, log: parts.log });
  const records: CallRecords = {
    keep: (row) =>
      stored.keep(row).then(
        () => underWay.end(row.id),
        (error: unknown) => {
          underWay.leave(row.id);
          throw error;
        },
      ),
    get waiting() {
      return stored.waiting;
    },
  };
  const room = openWaitingRoom(parts);
  const directory = openDirectory(parts);
  const retirements = recent(RETIREMENTS_FOR, () => knownRetirements(database, registry));
  const allowances = openAllowances({ ...parts, currency: parts.prices.currency });
  const callers = openCallers(parts);
  const cases = openCaseCalls({ ...parts, records, room, allowances });
  const same = openSameAgain({ ...parts, records, currency: parts.prices.currency });
  const passThrough = openPassThrough({
    ...parts,
    records,
    allowances,
    callers,
    ledger: openLedger(parts.prices),
    // Its own ways to try again, not the limits of keys.
    limits: TRY_LIMITS,
  });

  /** From before anybody is asked until the record is written, or the call is refused without one. */
  async function noted(
    call: ChatCall,
    about: { workflow: string; caseId: undefined } | { connection: string },
    mode: Mode,
    answer: () => Promise<ChatReply>,
  ): Promise<ChatReply> {
    const { id, caller, request, startedAt } = call;
    const { model: asked, stream: streamed } = request;
    await underWay.begin({ id, key: caller.key!.id, about, asked, streamed, mode, startedAt });
    let later = false;
    try {
      const reply = await answer();
      later = reply.kind === "live";
      return reply;
    } finally {
      if (!later) underWay.end(id);
    }
  }

  return {
    async chat(call) {
      if (records.waiting >= parts.mostWaiting) throw busy();
      const { model } = call.request;
      const found = directory(model);
      const known = found instanceof Promise ? await found : found;
      if (known.workflows.has(model) && sees(call.caller, model)) {
        const workflow = await registry.workflow(database, model);
        return await noted(call, { workflow: model, caseId: undefined }, "buffered", () =>
          cases.answer(call, workflow),
        );
      }
      const offered = boundTo(call.caller) === null ? known.offered(model) : undefined;
      if (!offered || !mayUse(offered.model.policy, call.caller.key)) throw unknownModel(model);
      const mode = call.request.stream ? (call.mode ?? offered.model.mode) : "buffered";
      const connection = offered.connection.name;
      return await noted(call, { connection }, mode, () =>
        same.answer(call, { connection, mode }, () => passThrough.answer(call, known, offered)),
      );
    },
    async look(caseId, caller) {
      const found = await cases.look(caseId, caller);
      if (!found)
        throw new GatewayError(
          404,
          "case_not_found",
          `There is no case ${caseId.slice(0, 60)} that this key asked for.`,
        );
      return found;
    },
    async models(caller) {
      const { workflows, models } = await directory();
      const ends = await retirements();
      const ending = (day: Day | null) => (day === null ? {} : { shutdown_date: day });
      return [
        ...[...workflows]
          .filter((name) => sees(caller, name))
          .map((name) => ({ ...modelOf(name, "pilotage"), ...ending(ends.ofWorkflow(name)) })),
        ...(boundTo(caller) === null ? models : [])
          .filter(({ model }) => mayUse(model.policy, caller.key))
          .map(({ connection, model }) => ({
            ...modelOf(`${connection.name}/${model.name}`, connection.name),
            ...ending(
              firstDay(model.shutdownDate, ends.ofModel({ connection: connection.name, model: model.name })),
            ),
          })),
      ];
    },
    async recordBrokenOff() {
      await recordBrokenOff(database, stored, underWay);
      await removeOldAnswers(database, parts.clock.now());
    },
    async close() {
      await callers.close();
      underWay.close();
    },
  };
}

/** The days on which models end; a workflow's is the first of those that its releases in use name. */
async function knownRetirements(database: Database, registry: Registry) {
  const ofModel = await readRetirements(database);
  const used = [...(await modelsInUse(database, registry)).values()];
  return {
    ofModel,
    ofWorkflow: (name: string) =>
      firstDay(...used.filter((one) => one.workflows.includes(name)).map((one) => ofModel(one))),
  };
}

function modelOf(id: string, owner: string): JsonObject {
  return { id, object: "model", created: 0, owned_by: owner };
}

function busy(): GatewayError {
  return new GatewayError(
    429,
    "rate_limit_exceeded",
    "More calls are coming in than can be recorded at the moment; this one was not taken.",
    { headers: { "retry-after": "1" } },
  );
}
