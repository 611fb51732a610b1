/**
 * How long work waits for people: Erlang C.
 *
 * Pure. Work arrives at random at a steady rate, each item takes one person a random time (exponential) with a known
 * mean, the longest waiting goes next, nobody gives up. Reviews that vary less in length wait less than this says; a
 * busy hour waits more than the day's mean rate says, so ask with the rate of that hour. Source: Erlang 1917; Cooper, Introduction to Queueing Theory, 1981, section 3.5.
 */

export interface Staffing {
  arrivalsPerHour: number;
  /** Mean minutes that one item takes one person. */
  handlingMinutes: number;
  /** People at work at the same time, a whole number. */
  people: number;
}

/** What staffing comes to. With as much work as people or more the queue grows without end. */
export type Waiting =
  | {
      kind: "steady";
      /** The share of their time that people work, 0 to 1. */
      utilisation: number;
      /** The share of items that find everybody busy. */
      waits: number;
      /** Of all items, those that do not wait included. */
      meanWaitMinutes: number;
      /** Items that wait at a time, on average. */
      meanQueue: number;
      /** The share of items taken up within so many minutes. */
      withinMinutes(minutes: number): number;
    }
  | {
      kind: "growing";
      utilisation: number;
      /** Items by which the queue grows in an hour. */
      growsPerHour: number;
    };

/**
 * The waiting that a staffing gives.
 *
 * With the load a = λ·h in people and c people, P(wait) = C(c, a), the mean wait is C·h / (c − a), and a share
 * 1 − C·e^(−(c − a)·t / h) is taken up within t.
 */
export function erlangC({ arrivalsPerHour, handlingMinutes, people }: Staffing): Waiting {
  const load = (arrivalsPerHour * handlingMinutes) / 60;
  const utilisation = people > 0 ? load / people : load > 0 ? Infinity : 0;
  if (load === 0)
    return {
      kind: "steady",
      utilisation: 0,
      waits: 0,
      meanWaitMinutes: 0,
      meanQueue: 0,
      withinMinutes: () => 1,
    };
  if (load >= people)
    return { kind: "growing", utilisation, growsPerHour: arrivalsPerHour - (people * 60) / handlingMinutes };
  const waits = waitProbability(people, load);
  const meanWaitMinutes = (waits * handlingMinutes) / (people - load);
  return {
    kind: "steady",
    utilisation,
    waits,
    meanWaitMinutes,
    meanQueue: (arrivalsPerHour / 60) * meanWaitMinutes,
    withinMinutes: (minutes) =>
      minutes < 0 ? 0 : 1 - waits * Math.exp((-(people - load) * minutes) / handlingMinutes),
  };
}

/** The fewest people with whom this share of items (below 1) is taken up within so many minutes. */
export function peopleFor(
  work: Omit<Staffing, "people">,
  goal: { share: number; withinMinutes: number },
): number {
  if (!(goal.share < 1)) throw new RangeError(`No number of people takes up a share of ${goal.share}.`);
  let people = Math.floor((work.arrivalsPerHour * work.handlingMinutes) / 60);
  for (;;) {
    const waiting = erlangC({ ...work, people });
    if (waiting.kind === "steady" && waiting.withinMinutes(goal.withinMinutes) >= goal.share) return people;
    people++;
  }
}

/** C(c, a) = B / (1 − (a / c)(1 − B)), from Erlang B by its recursion B(k) = a·B(k − 1) / (k + a·B(k − 1)). */
function waitProbability(people: number, load: number): number {
  let blocked = 1;
  for (let k = 1; k <= people; k++) blocked = (load * blocked) / (k + load * blocked);
  return blocked / (1 - (load / people) * (1 - blocked));
}
