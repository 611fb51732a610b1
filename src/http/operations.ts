/** Handlers of what keeps the path running: quarantine, feeds, dead letters, connections, keys, simulated time. */
import {
  boundTo,
  demandAction,
  demandSomewhere,
  demandWhole,
  isOperator,
  may,
  mayAtOnce,
  type Caller,
} from "../access/caller.ts";
import type { Scope } from "../contract/scopes.ts";
import type { KeyRow, Keys } from "../access/keys.ts";
import type { Audit } from "../audit/record.ts";
import { listDeadLetters, replayDeadLetters } from "../cases/delivery/dead-letters.ts";
import { listRuns } from "../cases/feed/store.ts";
import { listQuarantine, type QuarantineRow } from "../cases/intake/quarantine.ts";
import type { Replays } from "../cases/intake/replay.ts";
import type { Connections } from "../cases/model/connections.ts";
import { maybeIso } from "../cases/view.ts";
import type { Registry } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import { isoTime, type Clock, type SimulatedClock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import { advanceSimulatedTime } from "../platform/simulated-time.ts";
import { sql, time } from "../platform/sql.ts";
import type { Handlers } from "./bind.ts";
import { taken } from "./cases.ts";
import { seeCase, seeWorkflow } from "./see.ts";

type Names =
  | "listQuarantine"
  | "getQuarantined"
  | "replayQuarantined"
  | "discardQuarantined"
  | "listFeeds"
  | "runFeed"
  | "listDeadLetters"
  | "replayDelivery"
  | "listConnections"
  | "listKeys"
  | "makeKey"
  | "limitKey"
  | "revokeKey"
  | "advanceClock";

export interface OperationParts {
  database: Database;
  registry: Registry;
  replays: Replays;
  connections: Connections;
  keys: Keys;
  audit: Audit;
  clock: Clock;
  simulated: SimulatedClock | undefined;
  poke(workflow: string): void;
}

export function operationHandlers(parts: OperationParts): Pick<Handlers, Names> {
  const { database, registry, replays, connections, keys, audit, clock } = parts;

  async function quarantined(caller: Caller, id: string) {
    const found = await replays.read(id);
    seeWorkflow(caller, found.row.workflow);
    return found;
  }

  return {
    async listQuarantine({ params, query }) {
      await registry.workflow(database, params.workflow);
      const records = await listQuarantine(database, {
        workflow: params.workflow,
        state: query.state ?? "open",
        reason: query.reason,
        before: query.before,
        limit: query.limit,
      });
      return {
        records: records.map(showRecord),
        next: records.length === query.limit ? records.at(-1)!.id : null,
      };
    },
    async getQuarantined({ params, caller }) {
      const { row, kept } = await quarantined(caller, params.id);
      return { ...showRecord(row), raw: kept.raw, input: kept.input };
    },
    async replayQuarantined({ params, body, caller }) {
      await quarantined(caller, params.id);
      return taken(
        await replays.replay(
          params.id,
          { input: body.input as JsonObject | undefined, externalId: body.externalId },
          caller.actor,
        ),
      );
    },
    async discardQuarantined({ params, caller }) {
      await quarantined(caller, params.id);
      await replays.discard(params.id, caller.actor);
      return { state: "discarded" as const };
    },

    async listFeeds({ params, query }) {
      const view = await registry.workflow(database, params.workflow);
      const rows = await database.all<{ name: string; next_at: number; problem: string | null }>(
        sql`select name, next_at, problem from feed where workflow = ${params.workflow} order by name`,
      );
      const runs = await listRuns(database, params.workflow, query.before, query.limit);
      return {
        feeds: rows.flatMap((row) => {
          const feed = view.document.feeds.find((one) => one.name === row.name);
          return feed
            ? [
                {
                  name: row.name,
                  kind: feed.kind,
                  path: feed.path,
                  nextAt: isoTime(row.next_at),
                  problem: row.problem,
                },
              ]
            : [];
        }),
        runs: runs.map(({ started_at, finished_at, ...run }) => ({
          ...run,
          startedAt: isoTime(started_at),
          finishedAt: maybeIso(finished_at),
        })),
      };
    },
    async runFeed({ params, caller }) {
      const touched = await database.transaction(async (tx) => {
        const due = await tx.run(
          sql`update feed set next_at = ${time(clock.now())} where workflow = ${params.workflow} and name = ${params.feed}`,
        );
        if (due > 0)
          audit.record(tx, [
            {
              kind: "feed.requested",
              actor: caller.actor,
              workflow: params.workflow,
              data: { feed: params.feed },
            },
          ]);
        return due;
      });
      if (touched === 0)
        throw new PilotageError(
          "not_found",
          `Workflow ${params.workflow} has no feed "${params.feed.slice(0, 80)}".`,
          { hint: "`pilotage feed list` lists them." },
        );
      return { due: true };
    },

    async listDeadLetters({ params, query }) {
      await registry.workflow(database, params.workflow);
      const letters = await listDeadLetters(database, params.workflow, query.before, query.limit);
      return { letters: letters.map(({ case_id, ...letter }) => ({ caseId: case_id, ...letter })) };
    },
    async replayDelivery({ params, caller }) {
      await seeCase(database, caller, params.case);
      const { workflow, targets } = await replayDeadLetters(
        { database, clock, audit },
        params.case,
        caller.actor,
      );
      parts.poke(workflow);
      return { replayed: targets };
    },

    async listConnections({ caller }) {
      demandWhole(caller);
      return {
        connections: (await connections.list()).map(({ saved_at, saved_by, ...one }) => ({
          ...one,
          savedAt: isoTime(saved_at),
          savedBy: saved_by,
        })),
      };
    },
    async listKeys({ caller }) {
      return { keys: (await keys.list()).filter((row) => manages(caller, row)).map(showKey) };
    },
    async makeKey({ body, caller }) {
      demandAction(caller, "key.manage", body.workflow ?? boundTo(caller));
      demandUnlimited(caller);
      for (const scope of body.scopes) demandGiveable(caller, scope, body.workflow ?? null);
      if (body.scopes.includes("operator"))
        throw new PilotageError(
          "forbidden",
          "The operator scope belongs to this machine's own key and cannot be given away.",
        );
      if (body.workflow !== undefined) await registry.workflow(database, body.workflow);
      // Nor for longer: else a key could outlive its own end through the keys that it makes.
      const days =
        caller.key === undefined || isOperator(caller)
          ? body.days
          : Math.min(body.days, (caller.key.expires_at - clock.now()) / 86_400_000);
      const { secret, ...row } = await keys.make(
        {
          name: body.name,
          scopes: body.scopes,
          workflow: body.workflow ?? boundTo(caller) ?? undefined,
          days,
          simulated: body.simulated || caller.simulated,
          limits: body.limits,
        },
        caller.actor,
      );
      return { ...showKey(row), secret };
    },
    async limitKey({ params, body, caller }) {
      demandUnlimited(caller);
      const target = (await keys.list()).find((row) => row.id === params.id);
      const visible = target !== undefined && manages(caller, target);
      if (target?.scopes.includes("operator") && !isOperator(caller))
        throw new PilotageError(
          "forbidden",
          "The key of the local operator is not limited by another key. Nothing was done.",
        );
      const limited = visible ? await keys.limit(params.id, body.limits, caller.actor) : undefined;
      if (!limited)
        throw new PilotageError(
          "not_found",
          `There is no key ${params.id.slice(0, 60)}, or it is revoked already.`,
        );
      return showKey(limited);
    },
    async revokeKey({ params, caller }) {
      const target = (await keys.list()).find((row) => row.id === params.id);
      if (target?.scopes.includes("operator") && !isOperator(caller))
        throw new PilotageError(
          "forbidden",
          "The key of the local operator is not revoked by another key: it would shut people out of their own machine. Nothing was done.",
          { hint: "Run `pilotage key revoke` on the machine itself." },
        );
      const visible = target !== undefined && manages(caller, target);
      if (!visible || !(await keys.revoke(params.id, caller.actor)))
        throw new PilotageError(
          "not_found",
          `There is no key ${params.id.slice(0, 60)}, or it is revoked already.`,
        );
      return { revoked: true };
    },

    async advanceClock({ body, caller }) {
      demandWhole(caller);
      if (!parts.simulated)
        throw new PilotageError(
          "wrong_state",
          "This installation runs on the real clock, which nobody moves.",
          { hint: "Start it with PILOTAGE_CLOCK=<time> for a rehearsal." },
        );
      const { simulated } = parts;
      await database.transaction(async (tx) => {
        await advanceSimulatedTime(tx, simulated, body.milliseconds);
        audit.record(tx, [
          { kind: "clock.advanced", actor: caller.actor, data: { milliseconds: body.milliseconds } },
        ]);
      });
      for (const view of await registry.workflows(database)) parts.poke(view.row.name);
      return { now: isoTime(clock.now()) };
    },
  };
}

/** A key is there for whoever may manage those of its workflow; one without a workflow belongs to the installation. */
function manages(caller: Caller, row: KeyRow): boolean {
  return may(caller, "key.manage", row.workflow);
}

/** What an engineer's keys may do: run the path and ask models, never read the content of cases, review or audit. */
const ENGINEERS_SCOPES: readonly Scope[] = ["intake", "read", "feedback", "gateway", "operate"];

/** A key passes on no more than its maker may do: a key its own scopes, an administrator all, an engineer what runs the path. */
function demandGiveable(caller: Caller, scope: Scope, workflow: string | null): void {
  if (scope === "operator") return;
  if (caller.key) return demandSomewhere(caller, null, scope);
  if (mayAtOnce(caller, "people.manage", null) || ENGINEERS_SCOPES.includes(scope)) return;
  throw new PilotageError(
    "forbidden",
    `Only an administrator may give a key the scope ${scope}${workflow === null ? "" : ` on ${workflow}`}. Nothing was made.`,
    { hint: `An engineer's keys may have ${ENGINEERS_SCOPES.join(", ")}.` },
  );
}

/** Else a key could get round its own limits through the keys that it makes. */
function demandUnlimited(caller: Caller): void {
  if (caller.key === undefined || caller.key.limits === null) return;
  throw new PilotageError(
    "forbidden",
    "This key has limits, so it makes no keys and changes no limits. Nothing was done.",
    { hint: "Use a key without limits, or sign in." },
  );
}

function showRecord(row: QuarantineRow) {
  return {
    id: row.id,
    workflow: row.workflow,
    door: row.door,
    source: row.source,
    externalId: row.external_id,
    place: row.place,
    reason: row.reason,
    message: row.message,
    details: row.details,
    state: row.state,
    keptAt: isoTime(row.kept_at),
    settledBy: row.settled_by,
    caseId: row.case_id,
  };
}

function showKey(row: KeyRow) {
  return {
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    workflow: row.workflow,
    simulated: row.simulated,
    madeAt: isoTime(row.made_at),
    madeBy: row.made_by,
    expiresAt: isoTime(row.expires_at),
    revoked: row.revoked_at !== null,
    limits: row.limits,
  };
}
