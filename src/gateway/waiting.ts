/**
 * Waiting for the decision of cases: one question to the database for all calls of this process that wait.
 *
 * A call is looked for soon at first and less often the longer it waits, so that a hundred that wait for people cost
 * little. The decision may be made by any process. What comes back holds the content where the caller may get it.
 */
import { openEach } from "../cases/content.ts";
import { outputHidden } from "../cases/view.ts";
import type { JsonValue } from "../contract/json.ts";
import type { CaseState, Verdict } from "../contract/states.ts";
import { stopwatch } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Vault } from "../platform/secrets.ts";
import { sql } from "../platform/sql.ts";

export interface Standing {
  id: string;
  workflow: string;
  state: CaseState;
  verdict: "auto" | Verdict | null;
  release: string;
  /** Undefined where it is not known, or must not be before the verdict. */
  confidence: number | undefined;
  /** The model's output is held back until the verdict. */
  withheld: boolean;
  /** The model that answered, by its own words. */
  model: string | undefined;
  tokens: { input: number; output: number } | undefined;
  /** Of all its attempts, decimal; undefined where one is not known. */
  cost: string | undefined;
  /** What the model said, and what a person made of it. */
  output: JsonValue | undefined;
  final: JsonValue | undefined;
}

export interface WaitingRoom {
  /** How the case stands when it is decided, or when the time is up: then possibly undecided. */
  wait(caseId: string, milliseconds: number, signal?: AbortSignal): Promise<Standing>;
}

interface Waiter {
  id: string;
  elapsed: () => number;
  patience: number;
  /** Of its own watch; milliseconds. */
  nextAt: number;
  settle(standing: Standing): void;
  fail(error: unknown): void;
}

interface Row {
  id: string;
  workflow: string;
  state: CaseState;
  verdict: "auto" | Verdict | null;
  cold: boolean;
  release: string;
  confidence: number | null;
  model: string | null;
  input_tokens: number | null;
  output_tokens: number | null;
  cost: string | null;
}

const SOONEST = 8;
const SELDOM = 400;

/** Whether nothing more comes by itself. What is to go out alone counts when it is on its way: until then it is judged once more. */
export function isSettled({ state, verdict }: Pick<Standing, "state" | "verdict">): boolean {
  if (state === "received" || state === "running") return false;
  return !(state === "decided" && verdict === "auto");
}

export function openWaitingRoom(parts: { database: Database; vault: Vault }): WaitingRoom {
  const { database, vault } = parts;
  const waiting = new Set<Waiter>();
  let timer: NodeJS.Timeout | undefined;
  let looking = false;

  function schedule(): void {
    if (looking || waiting.size === 0) return;
    let soonest = SELDOM;
    for (const one of waiting) soonest = Math.min(soonest, one.nextAt - one.elapsed());
    clearTimeout(timer);
    timer = setTimeout(() => void look(), Math.max(0, soonest));
  }

  async function look(): Promise<void> {
    looking = true;
    const due = [...waiting].filter((one) => one.elapsed() + 2 >= one.nextAt);
    try {
      if (due.length > 0) await lookFor(due);
    } catch (error) {
      // The database may come back while they still wait.
      for (const one of due) if (one.elapsed() >= one.patience) one.fail(error);
    } finally {
      for (const one of due) one.nextAt = nextLook(one);
      looking = false;
      schedule();
    }
  }

  async function lookFor(due: Waiter[]): Promise<void> {
    const found = await standings(
      database,
      due.map((one) => one.id),
    );
    const ended = due.filter((one) => {
      const row = found.get(one.id);
      return row !== undefined && (isSettled(row) || one.elapsed() >= one.patience);
    });
    const opened =
      ended.length === 0
        ? undefined
        : await openEach(
            database,
            vault,
            ended.map((one) => one.id),
            ["output", "final"],
          );
    for (const one of ended) {
      const content = opened?.get(one.id);
      one.settle(
        standingOf(found.get(one.id)!, content?.ok === true ? content.content : new Map<string, JsonValue>()),
      );
    }
    for (const one of due)
      if (!found.has(one.id)) one.fail(new Error(`the case ${one.id} is not in the database`));
  }

  return {
    wait: (id, patience, signal) =>
      new Promise((resolve, reject) => {
        const leave = () => {
          waiting.delete(waiter);
          signal?.removeEventListener("abort", onAbort);
        };
        const onAbort = () => {
          leave();
          reject(signal?.reason as Error);
        };
        const waiter: Waiter = {
          id,
          elapsed: stopwatch(),
          patience,
          nextAt: patience === 0 ? 0 : SOONEST,
          settle(standing) {
            leave();
            resolve(standing);
          },
          fail(error) {
            leave();
            reject(error);
          },
        };
        if (signal?.aborted) return onAbort();
        signal?.addEventListener("abort", onAbort, { once: true });
        waiting.add(waiter);
        schedule();
      }),
  };
}

/** A quarter of the time that it waited already, within bounds; the last look is when the time is up. */
function nextLook({ elapsed, patience }: Waiter): number {
  const now = elapsed();
  const next = now + Math.min(SELDOM, Math.max(SOONEST, now / 4));
  return now < patience ? Math.min(next, patience) : next;
}

async function standings(database: Database, ids: string[]): Promise<Map<string, Row>> {
  const found = await database.all<Row>(sql`
    select c.id, c.workflow, c.state, c.verdict, c.cold, c.release, d.confidence, a.model_answered as model,
      t.input_tokens, t.output_tokens, t.cost
    from case_ c
    left join decision d on d.case_id = c.id
    left join lateral (
      select sum(one.input_tokens)::int as input_tokens, sum(one.output_tokens)::int as output_tokens,
        case when bool_and(one.cost is not null) then sum(one.cost)::text end as cost
      from attempt one where one.case_id = c.id) t on true
    left join lateral (
      select one.model_answered from attempt one where one.case_id = c.id and one.state = 'answered' and one.purpose in ('answer', 'repair')
      order by one.no desc limit 1) a on true
    where c.id = any(${ids})`);
  return new Map(found.map((row) => [row.id, row]));
}

function standingOf(row: Row, content: ReadonlyMap<string, JsonValue>): Standing {
  const withheld = outputHidden(row);
  const { input_tokens: input, output_tokens: output } = row;
  return {
    id: row.id,
    workflow: row.workflow,
    state: row.state,
    verdict: row.verdict,
    release: row.release,
    confidence: withheld ? undefined : (row.confidence ?? undefined),
    withheld,
    model: row.model ?? undefined,
    tokens: input === null && output === null ? undefined : { input: input ?? 0, output: output ?? 0 },
    cost: row.cost ?? undefined,
    output: withheld ? undefined : content.get("output"),
    final: content.get("final"),
  };
}
