/** Handlers of the pages Overview and Operations. */
import { boundTo, may, type Caller } from "../access/caller.ts";
import { makePair, samePerson, standingOf } from "../access/standing.ts";
import { heldRoles, personByEmail } from "../access/people-store.ts";
import { replayTarget } from "../cases/delivery/dead-letters.ts";
import { maybeIso } from "../cases/view.ts";
import type { Audit } from "../audit/record.ts";
import type { Registry } from "../cases/workflow/registry.ts";
import type { Action, Role } from "../contract/access.ts";
import type { Counts, ReadCounts } from "../monitoring/counts.ts";
import { lastHours } from "../monitoring/hourly.ts";
import type { Ladder } from "../monitoring/ladder.ts";
import { needsOf } from "../monitoring/needs.ts";
import { branchesOf, sentencesOf, stationsOf, totals } from "../monitoring/overview.ts";
import type { StopRequests } from "../monitoring/stop-request.ts";
import { standingsOf, workflowScope, type Budget, type BudgetStanding } from "../models/budget.ts";
import { keyOf, type Limits } from "../models/limit-store.ts";
import type { Used } from "../models/limits.ts";
import { isoTime, type Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import { sql } from "../platform/sql.ts";
import { openUnseen, showStopped, stoppedRollout } from "../releases/rollout-stopped.ts";
import type { Workers } from "../platform/workers.ts";
import type { Handlers } from "./bind.ts";
import { showRun } from "./models.ts";

export interface OverviewParts {
  database: Database;
  registry: Registry;
  clock: Clock;
  audit: Audit;
  figures: ReadCounts;
  ladder: Ladder;
  stops: StopRequests;
  workers: Pick<Workers, "atWork">;
  limits: Limits;
  poke(workflow: string): void;
}

/** An owner whom nobody saw for so long has a workflow that nobody looks after. */
const SILENT_FOR = 60 * 86_400_000;
const BASELINE_UNITS = 200;

export function overviewHandlers(
  parts: OverviewParts,
): Pick<Handlers, "getOverview" | "getOperations" | "replayTarget"> {
  const { database, registry, clock, audit, figures: read, ladder, stops, workers, limits } = parts;
  const unseenOf = openUnseen(database);

  return {
    async getOverview({ params, query, caller }) {
      const figures = await read(params.workflow);
      const { row, document } = figures.view;
      const rollout = await stoppedRollout(database, params.workflow, figures.at);
      const counted = { figures, atWork: workers.atWork, rollout: rollout?.state };
      const all = totals(figures);
      const [hours, units, orphaned, waiting, used] = await Promise.all([
        lastHours(database, params.workflow, query.hours, figures.at),
        manualUnits(database, params.workflow),
        isOrphaned(database, document.people.owner, clock.now()),
        stops.open(params.workflow, false),
        document.budget ? limits.used(database, [workflowScope(params.workflow)]) : new Map<string, Used>(),
      ]);
      const reader = {
        standing: standingOf(caller, params.workflow),
        whole: boundTo(caller) === null ? standingOf(caller, null) : undefined,
        may: (action: Action) => may(caller, action, params.workflow),
      };
      return {
        stations: stationsOf(counted),
        branches: branchesOf(counted),
        sentences: sentencesOf(counted, units),
        needs: await needsOf(database, figures, reader, {
          stops: waiting,
          orphaned,
          rollout,
          unseen:
            rollout?.state === "rolled_back" && reader.may("share.lower") ? await unseenOf(rollout.id) : 0,
          budget: budgetOf(document.budget, params.workflow, used),
          somebodyElse: (action, person, roles) =>
            somebodyElse(database, params.workflow, action, person, roles),
        }),
        hours: hours.map(({ at, ...counts }) => ({ at: isoTime(at), ...counts })),
        today: {
          received: all.received,
          delivered: all.delivered,
          automatic: all.automatic,
          open: all.open,
          overdue: all.overdue,
        },
        releases: {
          stable: row.stable_release,
          candidate: row.candidate_release,
          shadow: row.shadow_release,
          share: row.candidate_share,
          autonomy: row.autonomy,
          stoppedRollout: showStopped(rollout),
        },
        people: {
          owner: document.people.owner,
          deputy: document.people.deputy ?? null,
          sponsor: document.people.sponsor ?? null,
          orphaned,
        },
        at: isoTime(figures.at),
      };
    },

    async getOperations({ params, caller }) {
      const figures = await read(params.workflow);
      const [move, requests] = await Promise.all([
        ladder.lastMove(database, params.workflow),
        stops.open(params.workflow, readsWords(caller, params.workflow)),
      ]);
      return {
        queues: queuesOf(figures),
        states: statesOf(figures),
        feeds: figures.feeds.map((one) => ({
          name: one.name,
          problem: one.problem,
          lastAt: maybeIso(one.last_at),
          nextAt: isoTime(one.next_at),
          read: one.read,
          quarantined: one.quarantined,
        })),
        quarantine: figures.quarantine.map(({ reason, count, newest_at }) => ({
          reason,
          count,
          newestAt: isoTime(newest_at),
        })),
        deadLetters: figures.deadLetters.map(({ newest_at, ...one }) => ({
          ...one,
          newestAt: maybeIso(newest_at),
        })),
        models: figures.models.map((one) => ({
          ...one,
          since: maybeIso(one.since),
          nextTrialAt: maybeIso(one.nextTrialAt),
          canary: one.canary === null ? null : showRun(one.canary),
          lastChange: one.lastChange === null ? null : showRun(one.lastChange),
          nextCanaryAt: maybeIso(one.nextCanaryAt),
        })),
        stoppedRollout: showStopped(await stoppedRollout(database, params.workflow, figures.at)),
        ladder: {
          rung: figures.view.row.rung,
          since: maybeIso(move?.moved_at ?? null),
          by: move?.moved_by ?? null,
          reason: move?.reason ?? null,
          effects: effectsOf(figures),
        },
        requests: requests.map((one) => ({
          id: one.id,
          person: one.person,
          text: one.text,
          caseId: one.case_id,
          at: isoTime(one.asked_at),
        })),
        workers: workers.atWork ?? null,
        audit: {
          size: figures.audit.size,
          waiting: figures.audit.waiting,
          problem: figures.audit.problem,
          checkpointAt: maybeIso(figures.audit.checkpointAt),
        },
        lastChange: figures.lastChange && { ...figures.lastChange, at: isoTime(figures.lastChange.at) },
      };
    },

    async replayTarget({ params, body, caller }) {
      await registry.workflow(database, params.workflow);
      const cases = await replayTarget(
        { database, clock, audit },
        params.workflow,
        body.target,
        caller.actor,
      );
      if (cases > 0) parts.poke(params.workflow);
      return { cases };
    },
  };
}

/** What was said with a request to stop may quote a case: for those who settle it, and those who may read cases. */
function readsWords(caller: Caller, workflow: string): boolean {
  return may(caller, "ladder.tighten", workflow) || may(caller, "case.read", workflow);
}

function queuesOf({ open, reviews, shadow }: Counts) {
  const of = (name: "model" | "asked" | "undo" | "delivery", ...states: string[]) => {
    const found = open.filter((one) => states.includes(one.state));
    return {
      name,
      waiting: found.reduce((total, one) => total + one.cases, 0),
      oldestAt: found.length === 0 ? null : isoTime(Math.min(...found.map((one) => one.oldest_at))),
      overdue: found.reduce((total, one) => total + one.overdue, 0),
    };
  };
  const turn = (name: "review" | "escalated") => {
    const found = reviews.find((one) => one.turn === name);
    return {
      name,
      waiting: found?.waiting ?? 0,
      oldestAt: maybeIso(found?.oldest_at ?? null),
      overdue: found?.overdue ?? 0,
    };
  };
  return [
    of("model", "received", "running"),
    turn("review"),
    turn("escalated"),
    of("asked", "returned"),
    of("undo", "decided"),
    of("delivery", "delivering"),
    { name: "shadow" as const, waiting: shadow.waiting, oldestAt: maybeIso(shadow.oldest_at), overdue: 0 },
  ];
}

/** What is open, and what today's cases ended as. */
function statesOf({ open, today }: Counts): Record<string, number> {
  const states: Record<string, number> = {};
  for (const { state, cases } of open) states[state] = (states[state] ?? 0) + cases;
  for (const { state, cases } of today)
    if (!open.some((one) => one.state === state)) states[state] = (states[state] ?? 0) + cases;
  return states;
}

/** How many open cases each rung would concern now: those that could still go out alone, or be asked, or go on at all. */
function effectsOf(figures: Counts) {
  const { atModel, beforeReview, leaving } = totals(figures);
  const cases = [0, atModel, atModel, beforeReview + leaving, beforeReview + leaving];
  return cases.map((count, rung) => ({ rung, cases: count }));
}

/** Cases that people worked alone and that were delivered; no more are counted than a baseline needs. */
async function manualUnits(database: Database, workflow: string): Promise<number> {
  const { units } = await database.one<{ units: number }>(sql`
    select count(*)::int as units from (
      select 1 from case_ where workflow = ${workflow} and state = 'delivered' and arm = 'manual' and not drill order by id limit ${BASELINE_UNITS}) c`);
  return units;
}

/** Whether the owner has left: no account where there are accounts, a disabled one, or one that nobody used for long. */
async function isOrphaned(database: Database, owner: string, now: number): Promise<boolean> {
  const { anybody } = await database.one<{ anybody: boolean }>(
    sql`select exists (select from person where last_seen_at is not null) as anybody`,
  );
  if (!anybody) return false;
  const person = await personByEmail(database, owner);
  if (!person || person.disabled_at !== null) return true;
  return person.last_seen_at !== null && person.last_seen_at < now - SILENT_FOR;
}

/** Whether somebody with an account could be the second person; undefined where nobody has one yet. */
async function somebodyElse(
  database: Database,
  workflow: string,
  action: Action,
  person: string,
  roles: readonly Role[] | null,
): Promise<boolean | undefined> {
  const able = await database.all<{ email: string }>(sql`select email from person where disabled_at is null`);
  if (able.length === 0) return undefined;
  const held = await heldRoles(database);
  return able.some(({ email }) => {
    if (samePerson(email, person)) return false;
    const theirs = (held.get(email) ?? []).filter(
      (one) => one.workflow === null || one.workflow === workflow,
    );
    return makePair(
      action,
      roles,
      theirs.map((one) => one.role),
    );
  });
}

function budgetOf(
  budget: Budget | undefined,
  workflow: string,
  used: Map<string, Used>,
): readonly BudgetStanding[] {
  if (!budget) return [];
  return standingsOf(budget, (period) => used.get(keyOf(workflowScope(workflow), period)));
}
