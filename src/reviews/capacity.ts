/**
 * The queue to expect: arrivals in opening hours, the share that people see, the time a case takes, and how many people
 * are there (Erlang C, statistics/queueing.ts).
 *
 * Arrivals and the share are of the last four whole weeks. The time of a case is there only where five or more people
 * worked (time.ts stores nothing else), as every figure of a team; a reader may put their own numbers in place of what is measured or missing.
 */
import type { Registry } from "../cases/workflow/registry.ts";
import { workingTimeBetween } from "../cases/intake/due.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import { exactInterval } from "../statistics/proportion.ts";
import { erlangC } from "../statistics/queueing.ts";
import { normalQuantile } from "../statistics/special.ts";
import { arrivals, timeByWeek } from "./figures-store.ts";
import type { Range } from "./figures.ts";
import { mondayOf } from "./local-day.ts";

const WEEKS = 4;
const HOUR = 3_600_000;
const MINUTE = 60_000;
const LEAST = 20;
const CONFIDENCE = 0.95;

export interface Capacity {
  arrivalsPerHour: Range;
  reviewShare: Range;
  minutesPerCase: Range;
  people: number;
  utilisation: number | null;
  waitMinutes: number | null;
  /** The fewest people with whom the queue does not grow. */
  peopleNeeded: number | null;
  /** The same for a few people more and fewer. */
  byPeople: Staffed[];
  sentence: string;
}

export interface Staffed {
  people: number;
  utilisation: number;
  /** Null: the queue grows without end. */
  waitMinutes: number | null;
}

export interface Assumed {
  people: number | undefined;
  reviewShare: number | undefined;
  minutesPerCase: number | undefined;
}

const lacking = (n: number): Range => ({ value: null, low: null, high: null, n, missing: LEAST - n });
const given = (value: number): Range => ({ value, low: value, high: value, n: 0, missing: 0 });

/** So many arrivals in so many hours, as a rate with its range for a steady random stream. */
export function rateOf(received: number, hours: number): Range {
  if (received < LEAST || hours <= 0) return lacking(Math.min(received, LEAST));
  // The square root of a Poisson count varies alike whatever its mean.
  const half = normalQuantile(1 - (1 - CONFIDENCE) / 2) / 2;
  const root = Math.sqrt(received);
  return {
    value: received / hours,
    low: (root - half) ** 2 / hours,
    high: (root + half) ** 2 / hours,
    n: received,
    missing: 0,
  };
}

/** The mean minutes of a case over the weeks of a team. */
export function minutesOf(counted: readonly { milliseconds: number; tasks: number }[]): Range {
  const tasks = counted.reduce((sum, one) => sum + one.tasks, 0);
  if (tasks < LEAST) return lacking(tasks);
  const means = counted.filter((one) => one.tasks > 0).map((one) => one.milliseconds / one.tasks / MINUTE);
  return {
    value: counted.reduce((sum, one) => sum + one.milliseconds, 0) / tasks / MINUTE,
    // Sums know no spread within a week: the range is that of the weeks.
    low: Math.min(...means),
    high: Math.max(...means),
    n: tasks,
    missing: 0,
  };
}

interface Measured {
  arrivals: number | null;
  share: number | null;
  minutes: number | null;
  people: number;
}

const AROUND = 3;

/** What fewer and more people would come to: around the number at hand and up to what is needed, where that is near. */
export function staffedAround({
  arrivals: rate,
  share,
  minutes,
  people,
}: Measured): Pick<Capacity, "peopleNeeded" | "byPeople"> {
  if (rate === null || share === null || minutes === null) return { peopleNeeded: null, byPeople: [] };
  const peopleNeeded = Math.max(1, Math.floor((rate * share * minutes) / 60) + 1);
  const first = Math.max(1, people - AROUND);
  const last = Math.max(first + 2 * AROUND, Math.min(peopleNeeded + 1, first + 4 * AROUND));
  return {
    peopleNeeded,
    byPeople: Array.from({ length: last - first + 1 }, (_, at) => {
      const waiting = erlangC({
        arrivalsPerHour: rate * share,
        handlingMinutes: minutes,
        people: first + at,
      });
      return {
        people: first + at,
        utilisation: waiting.utilisation,
        waitMinutes: waiting.kind === "steady" ? waiting.meanWaitMinutes : null,
      };
    }),
  };
}

/** What the numbers come to, as a sentence. */
export function expected(measured: Measured): Pick<Capacity, "utilisation" | "waitMinutes" | "sentence"> {
  const { arrivals: rate, share, minutes, people } = measured;
  if (rate === null || share === null || minutes === null)
    return {
      utilisation: null,
      waitMinutes: null,
      sentence: "Not enough is measured yet to say how long cases will wait.",
    };
  const waiting = erlangC({ arrivalsPerHour: rate * share, handlingMinutes: minutes, people });
  const load = Number.isFinite(waiting.utilisation) ? `${Math.round(waiting.utilisation * 100)} %` : "no end";
  const who = people === 1 ? "1 person" : `${people} people`;
  if (waiting.kind === "growing")
    return {
      utilisation: Number.isFinite(waiting.utilisation) ? waiting.utilisation : null,
      waitMinutes: null,
      sentence: `${who} cannot keep up (load ${load}): the queue grows by ${waiting.growsPerHour.toFixed(1)} an hour.`,
    };
  return {
    utilisation: waiting.utilisation,
    waitMinutes: waiting.meanWaitMinutes,
    sentence: `${who} at ${load} load: a case waits about ${waiting.meanWaitMinutes < 1 ? "less than a minute" : `${Math.round(waiting.meanWaitMinutes)} min`}.`,
  };
}

export async function capacityOf(
  parts: { database: Database; registry: Registry; clock: Clock },
  workflow: string,
  assumed: Assumed,
  /** How many people may review now. */
  reviewers: number,
): Promise<Capacity> {
  const { database, registry, clock } = parts;
  const { calendar } = (await registry.workflow(database, workflow)).document;
  const now = clock.now();
  const span = {
    workflow,
    zone: calendar.zone,
    since: mondayOf(now, WEEKS, calendar.zone),
    until: mondayOf(now, 0, calendar.zone),
  };
  const came = await arrivals(database, span);
  const hours = workingTimeBetween(span.since, span.until, calendar) / HOUR;
  const arrivalsPerHour = rateOf(came.received, hours);
  const { reviewed, decided } = came;
  let reviewShare: Range = lacking(Math.min(decided, LEAST));
  if (assumed.reviewShare !== undefined) reviewShare = given(assumed.reviewShare);
  else if (decided >= LEAST) {
    const { lower, upper } = exactInterval(reviewed, decided, CONFIDENCE);
    reviewShare = { value: reviewed / decided, low: lower, high: upper, n: decided, missing: 0 };
  }
  const minutesPerCase =
    assumed.minutesPerCase === undefined
      ? minutesOf(await timeByWeek(database, span))
      : given(assumed.minutesPerCase);
  const people = assumed.people ?? reviewers;
  const measured: Measured = {
    arrivals: arrivalsPerHour.value,
    share: reviewShare.value,
    minutes: minutesPerCase.value,
    people,
  };
  return {
    arrivalsPerHour,
    reviewShare,
    minutesPerCase,
    people,
    ...expected(measured),
    ...staffedAround(measured),
  };
}
