/**
 * What reviewing measures: of teams, of oneself, and of single persons only where two people and a works agreement say so.
 *
 * Fair on the server, not by hiding. A team's figures are sums of whole weeks in which five or more people worked; other
 * weeks are left out. Every two answers differ by such weeks alone, so no subtraction, of windows or of days, comes down
 * to fewer people. One's own figures are given to whoever signed in as that person. Figures of single persons are asked
 * for by name of the act, recorded in the audit log, and shown to those whose figures they were.
 */
import type { Audit } from "../audit/record.ts";
import type { Registry } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Actor } from "../contract/scopes.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import { exactInterval } from "../statistics/proportion.ts";
import {
  activeSeconds,
  deedsOf,
  keepLook,
  looksAt,
  type Deed,
  type DeedCount,
  type Span,
} from "./figures-store.ts";
import { mondayOf, startOfDayBefore } from "./local-day.ts";
import { LEAST_PEOPLE } from "./time.ts";
import { allowsIndividuals, councilRecord } from "./works-council.ts";

/** Fewer say too little for a value. */
const LEAST_CASES = 20;
const CONFIDENCE = 0.95;
const DAY = 86_400_000;
const LOOKS_SHOWN = 90 * DAY;
/** Whole weeks of a team's figures, by the days asked for. */
const WEEKS = { 7: 1, 30: 4, 90: 13 } as const;
export type Days = keyof typeof WEEKS;

export interface Range {
  value: number | null;
  low: number | null;
  high: number | null;
  n: number;
  missing: number;
}

export interface Figures {
  decided: number;
  unchanged: Range;
  edited: Range;
  rejected: Range;
  escalated: number;
  asked: number;
  undone: number;
  corrected: number;
  activeSecondsMedian: Range;
  plantedCaught: Range;
}

/** Who noticed what was planted is a figure of theirs to nobody else. */
type OfOthers = Omit<Figures, "plantedCaught"> & { person: string };

export interface FiguresShown {
  team: Figures | null;
  teamWithheld: "few_people" | null;
  teamSince: number;
  teamUntil: number;
  own: Figures | null;
  individuals: OfOthers[] | null;
  seenBy: { person: string; at: number }[];
  people: number;
  since: number;
}

export interface FigureReader {
  actor: Actor;
  person: string;
  /** Whether they are certainly that person: signed in, or a key by its own name. */
  themselves: boolean;
}

/** A share of `n` with its exact interval; without a value below twenty. */
export function shareOf(times: number, n: number): Range {
  if (n < LEAST_CASES) return { value: null, low: null, high: null, n, missing: LEAST_CASES - n };
  const { lower, upper } = exactInterval(times, n, CONFIDENCE);
  return { value: times / n, low: lower, high: upper, n, missing: 0 };
}

/** Figures of what was done, whoever did it. */
export function figuresOf(deeds: readonly DeedCount[], active: Range): Figures {
  const count = (deed: Deed) => deeds.reduce((sum, one) => sum + (one.deed === deed ? one.times : 0), 0);
  const decided = count("approve") + count("edit") + count("reject");
  const planted = count("planted_caught") + count("planted_missed");
  return {
    decided,
    unchanged: shareOf(count("approve"), decided),
    edited: shareOf(count("edit"), decided),
    rejected: shareOf(count("reject"), decided),
    escalated: count("escalated"),
    asked: count("asked"),
    undone: count("undone"),
    corrected: count("corrected"),
    activeSecondsMedian: active,
    plantedCaught: shareOf(count("planted_caught"), planted),
  };
}

/** The weeks in which five or more people worked, and what was done in them. */
export function weeksOfTeams(deeds: readonly DeedCount[]): { weeks: string[]; deeds: DeedCount[] } {
  const people = Map.groupBy(deeds, (one) => one.week);
  const weeks = [...people].filter(([, list]) => peopleAmong(list) >= LEAST_PEOPLE).map(([week]) => week);
  return { weeks, deeds: deeds.filter((one) => weeks.includes(one.week)) };
}

/** How many people there certainly are: two names of one person are one, and a name of which that is not known may be anybody's. */
function peopleAmong(deeds: readonly DeedCount[]): number {
  const known = new Map<string, string>();
  for (const { person, stands } of deeds) if (stands !== null) known.set(person.toLowerCase(), stands);
  return new Set(deeds.map(({ person }) => known.get(person.toLowerCase()) ?? person.toLowerCase())).size;
}

/** Programs that play people count only where no people worked. */
export function ofPeople(deeds: readonly DeedCount[]): DeedCount[] {
  const real = deeds.filter((one) => !one.simulated);
  return real.length > 0 ? real : [...deeds];
}

/** The two ends of the 95 % range of a median, as shares of the sorted values. */
function endsOfMedian(n: number): [number, number] {
  const half = 0.98 / Math.sqrt(n);
  return [Math.max(0, 0.5 - half), Math.min(1, 0.5 + half)];
}

export function openReviewFigures(parts: {
  database: Database;
  registry: Registry;
  clock: Clock;
  audit: Audit;
}): {
  show(
    workflow: string,
    days: Days,
    reader: FigureReader,
    options: { individuals: boolean },
  ): Promise<FiguresShown>;
} {
  const { database, registry, clock, audit } = parts;

  async function active(span: Span, of: Parameters<typeof activeSeconds>[2]): Promise<Range> {
    const found = await activeSeconds(database, span, of, endsOfMedian);
    const n = found?.n ?? 0;
    if (!found || n < LEAST_CASES) return { value: null, low: null, high: null, n, missing: LEAST_CASES - n };
    return { value: found.median, low: found.low, high: found.high, n, missing: 0 };
  }

  return {
    async show(workflow, days, reader, { individuals }) {
      const { document } = await registry.workflow(database, workflow);
      const { zone } = document.calendar;
      const now = clock.now();
      const until = mondayOf(now, 0, zone);
      const weekly: Span = { workflow, zone, since: mondayOf(now, WEEKS[days], zone), until };
      const all = ofPeople(await deedsOf(database, weekly));
      const team = weeksOfTeams(all);
      const rolling: Span = { workflow, zone, since: startOfDayBefore(now, days, zone), until: now };
      const lately = await deedsOf(database, rolling);
      const ofPerson = async (person: string) =>
        figuresOf(
          lately.filter((one) => one.person === person),
          await active(rolling, { person }),
        );
      return {
        team:
          team.weeks.length === 0
            ? null
            : figuresOf(
                team.deeds,
                await active(weekly, {
                  weeks: team.weeks,
                  simulated: team.deeds.every((one) => one.simulated),
                }),
              ),
        teamWithheld: team.weeks.length === 0 ? "few_people" : null,
        teamSince: weekly.since,
        teamUntil: weekly.until,
        own: reader.themselves ? await ofPerson(reader.person) : null,
        individuals: individuals ? await ofEach(lately, workflow, reader, ofPerson) : null,
        seenBy: reader.themselves ? await looksAt(database, workflow, reader.person, now - LOOKS_SHOWN) : [],
        people: new Set(all.map((one) => one.person)).size,
        since: rolling.since,
      };
    },
  };

  /** The look is on record before anything is shown. */
  async function ofEach(
    lately: DeedCount[],
    workflow: string,
    reader: FigureReader,
    ofPerson: (person: string) => Promise<Figures>,
  ): Promise<OfOthers[]> {
    const shown = [...new Set(lately.map((one) => one.person))].toSorted();
    await database.transaction(async (tx) => {
      const record = await councilRecord(tx, workflow);
      if (!allowsIndividuals(record))
        throw new PilotageError(
          "wrong_state",
          `Figures of single persons of ${workflow} are not shown: no agreement with the works council that allows them is on record, approved by two people. Nothing was looked at.`,
          { hint: "Record the agreement by name and date, and let a second person approve it." },
        );
      await keepLook(tx, { workflow, person: reader.person, shown, now: clock.now() });
      audit.record(tx, [
        {
          kind: "figures.seen",
          actor: reader.actor,
          workflow,
          data: { shown, agreement: record!.reference },
        },
      ]);
    });
    const figures: OfOthers[] = [];
    for (const person of shown) {
      const { plantedCaught: _, ...rest } = await ofPerson(person);
      figures.push({ person, ...rest });
    }
    return figures;
  }
}
