/**
 * The safe-stop ladder by hand: 0 normal, 1 automatic off, 2 model off, 3 intake only, 4 stop.
 *
 * Towards stop is one act, at once, and needs no reason first; back takes the owner and a reason. Where the ladder stands
 * is `workflow.rung`, which every process reads in the transaction that admits, claims, decides or dispatches a case: a
 * move counts from its commit on, and nothing has to be told to anybody. Requests to stop are in stop-request.ts.
 */
import { demandAlone, type Standing } from "../access/standing.ts";
import type { Audit } from "../audit/record.ts";
import { lockWorkflow, type Registry } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import type { NewId } from "../platform/chance.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database, Queryable, Tx } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";

export interface Moved {
  before: number;
  rung: number;
}

export interface LadderMove {
  after: number;
  reason: string | null;
  moved_at: number;
  moved_by: string;
}

export interface Ladder {
  /** To the rung where it stands already is no move, and no fault. */
  move(workflow: string, rung: number, by: Standing, reason?: string): Promise<Moved>;
  /** The same inside a transaction. */
  moveIn(tx: Tx, workflow: string, rung: number, by: Standing, reason?: string): Promise<Moved>;
  lastMove(database: Queryable, workflow: string): Promise<LadderMove | undefined>;
}

export function openLadder(parts: {
  database: Database;
  registry: Registry;
  clock: Clock;
  newId: NewId;
  audit: Audit;
  /** Cases that stood still may go on. */
  poke(workflow: string): void;
}): Ladder {
  const { database, registry, clock, newId, audit } = parts;

  async function moveIn(
    tx: Tx,
    workflow: string,
    rung: number,
    by: Standing,
    reason?: string,
  ): Promise<Moved> {
    const { row } = await lockWorkflow(tx, registry, workflow);
    const moved = { before: row.rung, rung };
    if (rung === row.rung) return moved;
    if (rung < row.rung) demandWayBack(by, reason);
    await tx.run(sql`update workflow set rung = ${rung} where name = ${workflow}`);
    const id = newId("ladderMove");
    await tx.run(sql`
      insert into ladder_move (id, workflow, before, after, reason, moved_at, moved_by)
      values (${id}, ${workflow}, ${row.rung}, ${rung}, ${reason ?? null}, ${time(clock.now())}, ${by.actor.name})`);
    audit.record(tx, [
      { kind: "ladder.moved", actor: by.actor, workflow, data: { move: id, before: row.rung, after: rung } },
    ]);
    tx.afterCommit(() => parts.poke(workflow));
    return moved;
  }

  return {
    move: (workflow, rung, by, reason) =>
      database.transaction((tx) => moveIn(tx, workflow, rung, by, reason)),
    moveIn,
    lastMove: (queryable, workflow) =>
      queryable.maybe<LadderMove>(sql`
        select after, reason, moved_at, moved_by from ladder_move where workflow = ${workflow} order by id desc limit 1`),
  };
}

function demandWayBack(by: Standing, reason: string | undefined): void {
  if (by.actor.kind !== "person")
    throw new PilotageError(
      "bad_request",
      "Moving the ladder back takes a named person, and the request names none. It stands where it stood.",
      { hint: "Sign in, or run it on the machine itself with `--as <person>`." },
    );
  demandAlone(by, "ladder.loosen");
  if (reason === undefined)
    throw new PilotageError(
      "bad_request",
      "Moving the ladder back takes a reason: what was wrong, and what shows that it is right again. It stands where it stood.",
      { hint: "Send `reason`; on the command line: --reason." },
    );
}
