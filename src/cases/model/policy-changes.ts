/**
 * A looser data policy of an offered model waits for a second person; what tightens is in force with its save.
 *
 * Called in the transaction that stores a connection (connections.ts). Which policy waits is decided in policy-settle.ts; who
 * may confirm or refuse it is the rule `connection.loosen_policy`, by the same judgement as for dials
 * (workflow/second-person.ts). Until then the model keeps its policy, or is not offered: never in between.
 */
import { demandOneOfTwo, type Standing } from "../../access/standing.ts";
import { RULES } from "../../access/rules.ts";
import { personKey } from "../../access/caller.ts";
import type { Audit } from "../../audit/record.ts";
import { PilotageError } from "../../contract/errors.ts";
import type { JsonObject } from "../../contract/json.ts";
import { loosenedWords } from "../../contract/policy-change.ts";
import { digestOf } from "../../definition/digest.ts";
import type { Actor } from "../../contract/scopes.ts";
import { connectionSchema, type Connection } from "../../models/connection.ts";
import { placeOf, type PassThroughModel } from "../../models/pass-through.ts";
import type { NewId } from "../../platform/chance.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Database, Queryable, Tx } from "../../platform/database.ts";
import { demandMayRefuse, demandSecond } from "../workflow/second-person.ts";
import { OFFERED_POLICY } from "../workflow/rule.ts";
import { offeredIn, problemsOf } from "./offered-models.ts";
import {
  letsOnOf,
  looserThan,
  looserThanTold,
  settleOffers,
  withLetsOn,
  type KnownOffer,
  type Waiting,
} from "./policy-settle.ts";
import {
  endPolicyChange,
  forgetKept,
  insertPolicyChange,
  keepPolicies,
  knownOffers,
  listPolicyChanges,
  lockOffers,
  othersWith,
  policyChange,
  waitingPolicies,
  type PolicyChangeRow,
} from "./policy-store.ts";

export interface PolicyChanges {
  /**
   * The connection as it may be stored now, and all that waits for it. Locks what is offered until the transaction ends.
   * `model`: only this one was asked for, so what waits for it and is not asked for any more is over. Without it the
   * settings may be those in force with another key, so that what waits goes on waiting.
   */
  settle(
    tx: Tx,
    name: string,
    connection: Connection,
    by: Standing,
    model?: string,
  ): Promise<{ connection: Connection; waiting: WaitingRow[] }>;
  /** Its models are offered no more: their policies are kept, and nothing waits. */
  withdraw(tx: Tx, name: string, by: Actor): Promise<void>;
  list(): Promise<PolicyChangeRow[]>;
  /** `rewrite` stores the connection of this name with other models. */
  decide(
    id: string,
    decision: "applied" | "refused",
    by: Standing,
    around: {
      read(tx: Tx, name: string): Promise<Connection | undefined>;
      rewrite(tx: Tx, name: string, connection: Connection): Promise<void>;
    },
  ): Promise<PolicyChangeRow>;
  /** In words, for whoever asked. */
  told(waiting: readonly WaitingRow[], by: Standing): Promise<string[]>;
}

/** `asked`: by this save; otherwise it waits since an earlier one. `begun`: with this save; otherwise it was asked for before. */
export type WaitingRow = PolicyChangeRow & { asked: boolean; begun: boolean };

export function openPolicyChanges(parts: {
  database: Database;
  clock: Clock;
  newId: NewId;
  audit: Audit;
}): PolicyChanges {
  const { database, clock, newId, audit } = parts;

  async function replace(tx: Tx, row: PolicyChangeRow, by: Actor): Promise<void> {
    await endPolicyChange(tx, row.id, { state: "replaced", by: by.name, now: clock.now() });
    const data = { ...recorded(row), requestedBy: row.requested_by };
    audit.record(tx, [{ kind: "policy.replaced", actor: by, data }]);
  }

  /** What waits already for the same is asked for once; what no longer fits is over. */
  async function ask(
    tx: Tx,
    name: string,
    place: string,
    { offered, waiting }: { offered: readonly PassThroughModel[]; waiting: readonly Waiting[] },
    by: Standing,
    model: string | undefined,
  ): Promise<WaitingRow[]> {
    const earlier = await waitingPolicies(tx, name);
    const rows: WaitingRow[] = [];
    for (const row of earlier) {
      const anew = waiting.find((one) => one.model === row.model);
      const stands = offered.find((one) => one.name === row.model);
      const before = stands === undefined ? null : letsOnOf(stands);
      const asked = anew === undefined ? row.model !== model : asksTheSame(anew, row);
      if (row.place === place && same(before, row.before) && asked)
        rows.push({ ...row, asked: anew !== undefined, begun: false });
      else await replace(tx, row, by.actor);
    }
    for (const one of waiting) {
      if (rows.some((row) => row.model === one.model)) continue;
      demandOneOfTwo(by, "connection.loosen_policy");
      const row: PolicyChangeRow = {
        ...one,
        id: newId("policyChange"),
        connection: name,
        place,
        state: "pending",
        requested_at: clock.now(),
        requested_by: by.actor.name,
        requested_roles: by.roles === null ? null : [...by.roles],
        decided_at: null,
        decided_by: null,
      };
      await insertPolicyChange(tx, row);
      audit.record(tx, [{ kind: "policy.requested", actor: by.actor, data: recorded(row) }]);
      rows.push({ ...row, asked: true, begun: true });
    }
    return rows;
  }

  return {
    async settle(tx, name, connection, by, model) {
      await lockOffers(tx);
      const place = connection.kind === "openai" ? placeOf(connection.baseUrl) : "";
      const models = offeredIn(connection);
      const settled = settleOffers({ connection: name, place, models, known: await knownOffers(tx) });
      const names = settled.offered.map((one) => one.name);
      await forgetKept(tx, { connection: name, place }, names);
      await keepPolicies(tx, settled.withdrawn, clock.now());
      const waiting = await ask(tx, name, place, settled, by, model);
      return { connection: offering(connection, settled.offered), waiting };
    },

    async withdraw(tx, name, by) {
      await lockOffers(tx);
      const known = await knownOffers(tx);
      const { withdrawn } = settleOffers({ connection: name, place: "", models: [], known });
      await keepPolicies(tx, withdrawn, clock.now());
      for (const row of await waitingPolicies(tx, name)) await replace(tx, row, by);
    },

    list: () => listPolicyChanges(database),

    decide(id, decision, by, { read, rewrite }) {
      return database.transaction(async (tx) => {
        await lockOffers(tx);
        const change = await policyChange(tx, id);
        if (!change)
          throw new PilotageError("not_found", `No data policy waits under ${id.slice(0, 60)}.`, {
            hint: "`pilotage connection changes` lists them.",
          });
        if (change.state !== "pending")
          throw new PilotageError("wrong_state", `The change ${id} is ${change.state} already.`);
        const judged = { ...change, setting: OFFERED_POLICY };
        if (decision === "refused") demandMayRefuse(judged, by);
        else {
          demandSecond(judged, by);
          const connection = await read(tx, change.connection);
          const models = offeredWith(change, connection);
          demandAsTold(change, await knownOffers(tx));
          await forgetKept(tx, change, [change.model]);
          await rewrite(tx, change.connection, demandValid(change, offering(connection!, models)));
        }
        await endPolicyChange(tx, id, { state: decision, by: by.actor.name, now: clock.now() });
        const event = { actor: by.actor, data: { ...recorded(change), requestedBy: change.requested_by } };
        audit.record(tx, [
          decision === "applied"
            ? { kind: "policy.loosened", ...event }
            : { kind: "policy.refused", ...event },
        ]);
        return (await policyChange(tx, id))!;
      });
    },

    async told(waiting, by) {
      if (waiting.length === 0) return [];
      const words = waiting.map(({ id, model, before, why, asked }) => {
        const until =
          before === null ? "it is not offered until then" : "its policy of before holds until then";
        const since = asked
          ? id
          : `${id}, which these settings do not ask for; \`pilotage connection refuse ${id}\` takes it back`;
        return `${model}: a looser data policy (${why.map(loosenedWords).join("; ")}) ${asked ? "waits" : "waits still"} for a second person, and ${until}: ${since}`;
      });
      return [...words, ...(await lacking(database, by))];
    },
  };
}

/** What the audit log says: never what stands in the policy, but what it would let on. */
function recorded({ id, connection, model, after, why }: PolicyChangeRow): JsonObject {
  return { change: id, connection, model, digest: digestOf(letsOnOf(after)), why: why.map(loosenedWords) };
}

/** What an installation lacks in which nobody but this person could confirm. */
async function lacking(database: Queryable, { actor, roles }: Standing): Promise<string[]> {
  const [left, right] = RULES["connection.loosen_policy"].pair!;
  const isLeft = roles === null || left.some((role) => roles.includes(role));
  if ((await othersWith(database, isLeft ? right : left, personKey(actor.name))) > 0) return [];
  const needed = (isLeft ? right : left).join(", ");
  return [
    `nobody else here could confirm a looser data policy yet: it takes another person with one of the roles ${needed} for the whole installation`,
  ];
}

/** The models with what was asked for. Throws `wrong_state` when it no longer means what it meant. */
function offeredWith(change: PolicyChangeRow, connection: Connection | undefined): PassThroughModel[] {
  const models = connection === undefined ? [] : offeredIn(connection);
  const stands = models.find((one) => one.name === change.model);
  const place = connection?.kind === "openai" ? placeOf(connection.baseUrl) : undefined;
  if (place !== change.place || !same(stands === undefined ? null : letsOnOf(stands), change.before))
    throw new PilotageError(
      "wrong_state",
      `The change ${change.id} can no longer be confirmed: ${change.connection}/${change.model} was changed after it was asked for. Nothing was changed.`,
      { hint: "Refuse it, and store the policy anew." },
    );
  if (stands === undefined) return [...models, change.after];
  return models.map((one) => (one === stands ? withLetsOn(one, letsOnOf(change.after)) : one));
}

/** Throws `wrong_state` where it lets more on by now than was told of it. */
function demandAsTold(change: PolicyChangeRow, known: readonly KnownOffer[]): void {
  const untold = looserThanTold(change, known);
  if (untold.length === 0) return;
  throw new PilotageError(
    "wrong_state",
    `The change ${change.id} can no longer be confirmed: it lets more on than was said of it when it was asked for (${untold.map(loosenedWords).join("; ")}). Nothing was changed.`,
    { hint: "Refuse it, and store the policy anew." },
  );
}

/** Throws `wrong_state` where this program could not read it any more, as when another version of it asked for the change. */
function demandValid({ id }: PolicyChangeRow, connection: Connection): Connection {
  const parsed = connectionSchema.safeParse(connection);
  if (parsed.success) return parsed.data;
  throw new PilotageError(
    "wrong_state",
    `The change ${id} can no longer be confirmed: with it the settings of the connection would not be valid (${problemsOf(parsed.error)}). Nothing was changed.`,
    { hint: "Refuse it, and store the policy anew." },
  );
}

function offering(connection: Connection, models: readonly PassThroughModel[]): Connection {
  if (connection.kind !== "openai") return connection;
  const { passThrough: _, ...rest } = connection;
  return models.length === 0 ? rest : { ...rest, passThrough: [...models] };
}

function same(one: object | null, other: object | null): boolean {
  return one === null || other === null ? one === other : digestOf(one) === digestOf(other);
}

/**
 * What is offered meanwhile has the rest of the model; of one that is not offered all of it was asked for. It is not the same
 * where it is looser by now than was told of it.
 */
function asksTheSame(anew: Waiting, row: PolicyChangeRow): boolean {
  const offer =
    anew.before === null ? same(anew.after, row.after) : same(letsOnOf(anew.after), letsOnOf(row.after));
  return offer && looserThan(row.why, anew.why).length === 0;
}
