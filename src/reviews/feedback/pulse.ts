/**
 * The pulse: two questions every two weeks, answered by nobody in particular.
 *
 * Who answered and what was answered stand in two tables that share nothing but the round, without a time, an order or a
 * single answer: every answer writes all five sums of its round anew, and every name of it. A round's results are shown
 * when it is over and five people answered, so that nobody can watch one answer come in. The audit log holds no event of
 * it, since its time and actor would undo all that.
 */
import type { Registry } from "../../cases/workflow/registry.ts";
import type { Role } from "../../contract/access.ts";
import { PilotageError } from "../../contract/errors.ts";
import { isoTime, type Clock } from "../../platform/clock.ts";
import type { Database, Queryable } from "../../platform/database.ts";
import { sql } from "../../platform/sql.ts";

const DAY = 86_400_000;
const ROUND = 14 * DAY;
/** A Monday; rounds are counted from it for all workflows. */
const FIRST = Date.UTC(2024, 0, 1);
export const LEAST_ANSWERS = 5;
const SHOWN_ROUNDS = 13;
/** Who is asked. */
export const ASKED: readonly Role[] = ["reviewer", "owner"];

export interface PulseShown {
  due: boolean;
  round: string | null;
  rounds: {
    round: string;
    from: string;
    asked: number;
    answered: number | null;
    helps: number | null;
    trust: number | null;
    withheld: boolean;
  }[];
}

export interface Pulse {
  show(workflow: string, person: string): Promise<PulseShown>;
  /** Throws `wrong_state` for whoever answered in this round already. */
  answer(workflow: string, person: string, given: { helps: number; trust: number }): Promise<void>;
}

/** The round of a moment, named by the day on which it began. */
export function roundAt(now: number): { round: string; from: number; until: number } {
  const from = FIRST + Math.floor((now - FIRST) / ROUND) * ROUND;
  return { round: isoTime(from).slice(0, 10), from, until: from + ROUND };
}

/** A round's sums, as one number each; undefined below five answers. */
export function meansOf(
  scores: readonly { score: number; helps: number; trust: number }[],
): { answered: number; helps: number; trust: number } | undefined {
  const answered = scores.reduce((sum, one) => sum + one.helps, 0);
  if (answered < LEAST_ANSWERS) return undefined;
  const mean = (of: "helps" | "trust") =>
    Math.round((scores.reduce((sum, one) => sum + one.score * one[of], 0) / answered) * 10) / 10;
  return { answered, helps: mean("helps"), trust: mean("trust") };
}

export function openPulse(parts: {
  database: Database;
  registry: Registry;
  clock: Clock;
  /** How many people have one of these roles now. Handed in from access. */
  peopleAsked(workflow: string): Promise<number>;
}): Pulse {
  const { database, registry, clock } = parts;
  return {
    async show(workflow, person) {
      await registry.workflow(database, workflow);
      const { round } = roundAt(clock.now());
      const answered = await hasAnswered(database, workflow, round, person);
      const found = await database.all<{ round: string; score: number; helps: number; trust: number }>(sql`
        select round::text as round, score, helps, trust from pulse_answer
        where workflow = ${workflow} and round < ${round}::date order by round desc, score limit ${SHOWN_ROUNDS * 5}`);
      const asked = await parts.peopleAsked(workflow);
      return {
        due: !answered,
        round,
        rounds: [...Map.groupBy(found, (row) => row.round)].map(([name, scores]) => {
          const means = meansOf(scores);
          return {
            round: name,
            from: isoTime(Date.parse(name)),
            asked,
            answered: means?.answered ?? null,
            helps: means?.helps ?? null,
            trust: means?.trust ?? null,
            withheld: means === undefined,
          };
        }),
      };
    },

    async answer(workflow, person, { helps, trust }) {
      await registry.workflow(database, workflow);
      const { round } = roundAt(clock.now());
      await database.transaction(async (tx) => {
        // One after the other: two answers at once would each write the sums without the other.
        await tx.run(sql`
          insert into pulse_answer (workflow, round, score, helps, trust)
          select ${workflow}, ${round}::date, score, 0, 0 from generate_series(1, 5) score on conflict do nothing`);
        await tx.run(sql`
          update pulse_answer set helps = helps + (score = ${helps})::int, trust = trust + (score = ${trust})::int
          where workflow = ${workflow} and round = ${round}::date`);
        const taken = await tx.run(sql`
          insert into pulse_person (workflow, round, person) values (${workflow}, ${round}::date, ${person}) on conflict do nothing`);
        if (taken === 0)
          throw new PilotageError(
            "wrong_state",
            `You have answered in this round already; the next one begins in less than two weeks. Nothing was changed.`,
          );
        // The order in which rows were written would be the order in which people answered.
        await shuffleNames(tx, workflow, round);
      });
    },
  };
}

async function hasAnswered(
  database: Queryable,
  workflow: string,
  round: string,
  person: string,
): Promise<boolean> {
  const found = await database.maybe(
    sql`select 1 from pulse_person where workflow = ${workflow} and round = ${round}::date and person = ${person}`,
  );
  return found !== undefined;
}

/** Writes the names of a round anew, in the order of the alphabet. */
async function shuffleNames(tx: Queryable, workflow: string, round: string): Promise<void> {
  const found = await tx.all<{ person: string }>(sql`
    delete from pulse_person where workflow = ${workflow} and round = ${round}::date returning person`);
  const names = found.map((row) => row.person).toSorted();
  await tx.run(sql`
    insert into pulse_person (workflow, round, person) select ${workflow}, ${round}::date, unnest(${names}::text[])`);
}
