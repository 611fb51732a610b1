/** Handlers of what reviewing measures: figures, agreement, capacity, and what was agreed with the works council. */
import { demandAtOnce, type Caller } from "../access/caller.ts";
import { standingOf } from "../access/standing.ts";
import type { Registry } from "../cases/workflow/registry.ts";
import { isoTime, type Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import { agreementOf, LEAST_PAIRS, type Measure } from "../reviews/agreement.ts";
import { capacityOf } from "../reviews/capacity.ts";
import type { Days, openReviewFigures, Range } from "../reviews/figures.ts";
import { startOfDayBefore } from "../reviews/local-day.ts";
import type { ReviewParts } from "../reviews/verdict.ts";
import type { WorksCouncil } from "../reviews/works-council.ts";
import type { Handlers } from "./bind.ts";
import { named } from "./workflows.ts";

type Names =
  "getReviewFigures" | "getAgreement" | "getCapacity" | "getWorksAgreement" | "recordWorksAgreement";

export function figureHandlers(parts: {
  database: Database;
  registry: Registry;
  vault: ReviewParts["vault"];
  clock: Clock;
  figures: ReturnType<typeof openReviewFigures>;
  worksCouncil: WorksCouncil;
  /** How many people may review a workflow's cases now. */
  reviewers(workflow: string): Promise<number>;
}): Pick<Handlers, Names> {
  const { database, registry, clock, figures, worksCouncil } = parts;
  return {
    async getReviewFigures({ params, query, caller }) {
      const individuals = query.individuals === "true";
      if (individuals) demandAtOnce(caller, "figures.individual", params.workflow);
      const shown = await figures.show(
        params.workflow,
        Number(query.days) as Days,
        { actor: caller.actor, person: caller.person, themselves: areThemselves(caller) },
        { individuals },
      );
      return {
        ...shown,
        teamSince: isoTime(shown.teamSince),
        teamUntil: isoTime(shown.teamUntil),
        seenBy: shown.seenBy.map((one) => ({ ...one, at: isoTime(one.at) })),
        since: isoTime(shown.since),
      };
    },

    async getAgreement({ params, query }) {
      const { document } = await registry.workflow(database, params.workflow);
      const until = clock.now();
      const since = startOfDayBefore(until, query.days, document.calendar.zone);
      const found = await agreementOf(parts, params.workflow, { since, until });
      const fields = found.map((one) => {
        const missing = one.kind === "too_few" ? one.needed : 0;
        const measured = one.kind === "measured" ? one : undefined;
        return {
          field: one.field,
          n: one.n,
          same: rangeOf(measured?.same, one.n),
          kappa: rangeOf(measured?.kappa, one.n),
          alpha: rangeOf(measured?.alpha, one.n),
          missing,
        };
      });
      return { pairs: Math.max(0, ...fields.map((one) => one.n)), fields };
    },

    async getCapacity({ params, query }) {
      return capacityOf(
        parts,
        params.workflow,
        { people: query.people, reviewShare: query.reviewShare, minutesPerCase: query.minutesPerCase },
        await parts.reviewers(params.workflow),
      );
    },

    async getWorksAgreement({ params }) {
      const { record, pending, past } = await worksCouncil.show(params.workflow);
      return {
        record: record && {
          ...record,
          recordedAt: isoTime(record.recordedAt),
          allowed: record.allowed && { ...record.allowed, at: isoTime(record.allowed.at) },
        },
        pending: pending && { ...pending, at: isoTime(pending.at) },
        past: past.map((one) => ({
          ...one,
          recordedAt: isoTime(one.recordedAt),
          replacedAt: isoTime(one.replacedAt),
        })),
      };
    },

    async recordWorksAgreement({ params, body, caller }) {
      named(caller);
      return worksCouncil.record(
        params.workflow,
        { state: body.state, reference: body.reference, individuals: body.individuals },
        standingOf(caller, params.workflow),
      );
    },
  };
}

/** Signed in, or a key by its own name: whoever holds the operator's key can name anybody, and is none of them. */
function areThemselves(caller: Caller): boolean {
  return caller.signedIn !== undefined || caller.actor.kind === "key";
}

/** Without a value: how many pairs are missing, or none where the value is undefined for these pairs. */
function rangeOf(measure: Measure | undefined, n: number): Range {
  const missing = Math.max(0, LEAST_PAIRS - n);
  if (!measure) return { value: null, low: null, high: null, n, missing };
  return {
    value: measure.value,
    low: measure.interval?.lower ?? null,
    high: measure.interval?.upper ?? null,
    n: measure.n,
    missing: 0,
  };
}
