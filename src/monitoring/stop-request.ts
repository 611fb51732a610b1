/**
 * Somebody who may not stop a workflow asks for it: owner and on-call are told at once, and it stands until one of them
 * settles it, with or without a move of the ladder.
 *
 * Words belong to the case that they are about and die with it; without a case they are sealed under a key of their own.
 */
import type { Standing } from "../access/standing.ts";
import type { Audit } from "../audit/record.ts";
import { keysOf, openJson, sealJson } from "../cases/content.ts";
import { insertContent } from "../cases/model/record.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Actor } from "../contract/scopes.ts";
import type { NewId } from "../platform/chance.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Queryable, Tx } from "../platform/database.ts";
import type { ContentKey, Vault } from "../platform/secrets.ts";
import { sql, time } from "../platform/sql.ts";
import type { Ladder } from "./ladder.ts";

export interface StopRequestRow {
  id: string;
  workflow: string;
  case_id: string | null;
  person: string;
  asked_at: number;
  settled_at: number | null;
}

export interface StopRequests {
  /** Answers whom it is for: owner, deputy and on-call. */
  ask(
    workflow: string,
    about: { text?: string | undefined; caseId?: string | undefined },
    person: string,
    by: Actor,
  ): Promise<{ id: string; told: string[] }>;
  get(id: string): Promise<StopRequestRow>;
  settle(id: string, settled: { rung?: number | undefined; answer: string }, by: Standing): Promise<void>;
  /** What waits, the newest first; with `text` also what was said. */
  open(workflow: string, text: boolean): Promise<(StopRequestRow & { text: string | null })[]>;
}

/** As many may wait in one workflow; whoever asks then is told that it was said often enough. */
const MOST_OPEN = 50;

export function openStopRequests(parts: {
  database: Database;
  vault: Vault;
  clock: Clock;
  newId: NewId;
  audit: Audit;
  ladder: Ladder;
  /** Tells owner, deputy and on-call, by mail where that is set up; answers whom. */
  tellOwners(workflow: string, person: string): Promise<string[]>;
  /** Tells whoever asked that there is an answer. */
  tellAsker(workflow: string, person: string): Promise<void>;
}): StopRequests {
  const { database, vault, clock, newId, audit, ladder } = parts;

  return {
    async ask(workflow, { text, caseId }, person, by) {
      const id = newId("stopRequest");
      await database.transaction(async (tx) => {
        await demandRoom(tx, workflow);
        if (caseId !== undefined) await demandCase(tx, workflow, caseId);
        const sealed =
          text === undefined ? null : await keep(tx, { id, case_id: caseId ?? null }, "stop", text);
        await tx.run(sql`
          insert into stop_request (id, workflow, case_id, person, sealed, asked_at)
          values (${id}, ${workflow}, ${caseId ?? null}, ${person}, ${sealed}, ${time(clock.now())})`);
        audit.record(tx, [
          {
            kind: "stop.requested",
            actor: by,
            workflow,
            ...(caseId === undefined ? {} : { caseId }),
            data: { request: id },
          },
        ]);
      });
      return { id, told: await parts.tellOwners(workflow, person) };
    },
    async get(id) {
      const row = await database.maybe<StopRequestRow>(
        sql`select ${COLUMNS} from stop_request where id = ${id}`,
      );
      if (row) return row;
      throw noRequest(id);
    },
    async settle(id, { rung, answer }, by) {
      const row = await database.transaction(async (tx) => {
        const found = await tx.maybe<StopRequestRow>(
          sql`select ${COLUMNS} from stop_request where id = ${id} for update`,
        );
        if (!found) throw noRequest(id);
        if (found.settled_at !== null)
          throw new PilotageError("wrong_state", "This request to stop is settled already.", {
            hint: "Where the ladder stands is on the page Operations; move it there.",
          });
        const moved =
          rung === undefined
            ? undefined
            : await ladder.moveIn(tx, found.workflow, rung, by, answer.slice(0, 500));
        const sealed = await keep(tx, found, "stop_answer", answer);
        await tx.run(sql`
          update stop_request set settled_at = ${time(clock.now())}, settled_by = ${by.actor.name}, sealed_answer = ${sealed} where id = ${id}`);
        audit.record(tx, [
          {
            kind: "stop.settled",
            actor: by.actor,
            workflow: found.workflow,
            ...(found.case_id === null ? {} : { caseId: found.case_id }),
            data: { request: id, rung: moved?.rung ?? null },
          },
        ]);
        return found;
      });
      await parts.tellAsker(row.workflow, row.person);
    },
    async open(workflow, text) {
      const found = await database.all<StopRequestRow & { sealed: Uint8Array | null }>(sql`
        select ${COLUMNS}, coalesce(sealed, (select sealed from case_content c where c.case_id = s.case_id and c.kind = 'stop.' || s.id)) as sealed
        from stop_request s where workflow = ${workflow} and settled_at is null order by id desc limit ${MOST_OPEN}`);
      const keys = await keysOf(database, vault, found.map(ownerOf));
      return found.map(({ sealed, ...row }) => {
        const key = keys.get(ownerOf(row));
        const words = text && sealed && key ? openJson(key, `stop.${row.id}`, sealed) : null;
        return { ...row, text: typeof words === "string" ? words : null };
      });
    },
  };

  /** Seals the words: into the case's content, and answers null; or under the request's own key, and answers the bytes. */
  async function keep(
    tx: Tx,
    request: Pick<StopRequestRow, "id" | "case_id">,
    kind: "stop" | "stop_answer",
    words: string,
  ): Promise<Uint8Array | null> {
    const name = `${kind}.${request.id}`;
    const key = await keyOf(tx, request);
    // The key of an erased case is gone, and what is said about it is not kept.
    if (!key) return null;
    const sealed = sealJson(key, name, words);
    if (request.case_id === null) return sealed;
    await insertContent(tx, [{ case_id: request.case_id, kind: name, sealed }]);
    return null;
  }

  async function keyOf(
    tx: Tx,
    request: Pick<StopRequestRow, "id" | "case_id">,
  ): Promise<ContentKey | undefined> {
    const owner = ownerOf(request);
    const known = (await keysOf(tx, vault, [owner])).get(owner);
    if (known || request.case_id !== null) return known;
    const { key, wrapped } = vault.newKey(owner);
    await tx.run(sql`insert into case_key (owner, wrapped) values (${owner}, ${wrapped})`);
    return key;
  }
}

const COLUMNS = sql`id, workflow, case_id, person, asked_at, settled_at`;

function ownerOf({ id, case_id }: Pick<StopRequestRow, "id" | "case_id">): string {
  return case_id ?? id;
}

async function demandRoom(tx: Queryable, workflow: string): Promise<void> {
  const { waiting } = await tx.one<{ waiting: number }>(
    sql`select count(*)::int as waiting from stop_request where workflow = ${workflow} and settled_at is null`,
  );
  if (waiting >= MOST_OPEN)
    throw new PilotageError(
      "too_many_requests",
      `${waiting} requests to stop ${workflow} wait already; owner and on-call were told of each. This one was not stored.`,
      { hint: "Call the owner or whoever is on call." },
    );
}

async function demandCase(tx: Queryable, workflow: string, caseId: string): Promise<void> {
  const found = await tx.maybe(sql`select 1 from case_ where id = ${caseId} and workflow = ${workflow}`);
  if (!found)
    throw new PilotageError("not_found", `There is no case ${caseId.slice(0, 60)} in ${workflow}.`, {
      hint: "Ask for the stop without naming a case.",
    });
}

function noRequest(id: string): PilotageError {
  return new PilotageError("not_found", `There is no request to stop ${id.slice(0, 60)}.`);
}
