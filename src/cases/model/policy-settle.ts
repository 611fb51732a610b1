/**
 * Which of the models that a save offers are offered at once, and which data policies wait for a second person.
 *
 * Pure. Three questions, in this order. Had the model of this name a policy, in force or kept from when it was last offered?
 * Then a looser one waits, and the model is offered under the old one. Is it offered here for the first time, and the same
 * model of the same place under another name, or was it? Then it waits unless one of those lets as much on. Neither: it is the
 * first offer, nothing was protected, and it is taken as it is. What a save leaves out is withdrawn, its policy kept.
 */
import type { Loosening } from "../../contract/policy-change.ts";
import type { PassThroughModel } from "../../models/pass-through.ts";
import { loosenings, more, type LetsOn } from "../../models/policy-order.ts";

/** A model that is offered, or that was, with what it lets or let on. */
export interface KnownOffer {
  connection: string;
  model: string;
  place: string;
  letsOn: LetsOn;
  inForce: boolean;
}

export interface Waiting {
  model: string;
  /** What is in force meanwhile; null: the model is not offered. */
  before: LetsOn | null;
  after: PassThroughModel;
  why: Loosening[];
}

export interface Settled {
  offered: PassThroughModel[];
  waiting: Waiting[];
  /** With a policy, and not offered there any more. */
  withdrawn: KnownOffer[];
}

export function settleOffers(asked: {
  connection: string;
  place: string;
  models: readonly PassThroughModel[];
  known: readonly KnownOffer[];
}): Settled {
  const offered: PassThroughModel[] = [];
  const waiting: Waiting[] = [];
  for (const model of asked.models) {
    const { own, elsewhere } = knownOf(model.name, asked);
    const why = own === undefined ? [] : loosenings(own.letsOn, model);
    // Under its own old policy it may be offered at once, if that is enough for this place.
    const now = own === undefined || why.length === 0 ? model : withLetsOn(model, own.letsOn);
    const moved = own === undefined || !own.inForce || own.place !== asked.place;
    const beyond = moved ? beyondAll(now, elsewhere) : [];
    if (beyond.length === 0) offered.push(now);
    // Confirmed is all that was asked for, so all that it lets on is said: more than its own policy, and more than the others.
    if (beyond.length > 0) {
      const all = [...why, ...more(beyondAll(model, elsewhere), why)];
      waiting.push({ model: model.name, before: null, after: model, why: all });
    } else if (now !== model) waiting.push({ model: model.name, before: letsOnOf(now), after: model, why });
  }
  const names = new Set(offered.map(({ name }) => name));
  const withdrawn = asked.known.filter(
    (one) =>
      one.connection === asked.connection &&
      one.inForce &&
      one.letsOn.policy !== undefined &&
      !(one.place === asked.place && names.has(one.model)),
  );
  return { offered, waiting, withdrawn };
}

/**
 * What of a change that waits is looser than whoever confirms it was told: another policy may have been tightened since.
 * `known` is what is known now, in the transaction that puts it in force.
 */
export function looserThanTold(
  change: { connection: string; place: string; after: PassThroughModel; why: readonly Loosening[] },
  known: readonly KnownOffer[],
): Loosening[] {
  const { waiting } = settleOffers({ ...change, models: [change.after], known });
  return waiting.flatMap(({ why }) => looserThan(change.why, why));
}

/** Under which name the tighter policy stands does not let more on. */
export function looserThan(told: readonly Loosening[], now: readonly Loosening[]): Loosening[] {
  return more(now, told).filter(({ what }) => what !== "elsewhere");
}

/** The one whose place is taken, and the same model of the same provider under other names or from before. */
function knownOf(
  model: string,
  { connection, place, known }: { connection: string; place: string; known: readonly KnownOffer[] },
): { own: KnownOffer | undefined; elsewhere: KnownOffer[] } {
  const same = known.filter((one) => one.model === model);
  const mine = same.filter((one) => one.connection === connection);
  const own = mine.find((one) => one.inForce) ?? mine.find((one) => one.place === place) ?? mine[0];
  return {
    own,
    elsewhere: same.filter(
      (one) => one !== own && one.place === place && !(one.connection === connection && one.inForce),
    ),
  };
}

/** Empty where one that is in force lets as much on; where none is, every kept one must have; or where there is none. */
function beyondAll(model: LetsOn, others: readonly KnownOffer[]): Loosening[] {
  const compared = others.map((one) => ({ one, why: loosenings(one.letsOn, model) }));
  const inForce = compared.filter(({ one }) => one.inForce);
  const looser = (inForce.length > 0 ? inForce : compared).filter(({ why }) => why.length > 0);
  const [first] = looser;
  if (first === undefined || (inForce.length > 0 && looser.length < inForce.length)) return [];
  const name = `${first.one.connection}/${first.one.model}`;
  return [{ what: "elsewhere", name, to: null }, ...first.why];
}

/** The model as it was asked for, with what another policy lets on. */
export function withLetsOn(model: PassThroughModel, { images, policy }: LetsOn): PassThroughModel {
  const { policy: _, ...rest } = model;
  return { ...rest, images, ...(policy === undefined ? {} : { policy }) };
}

export function letsOnOf({ images, policy }: LetsOn): LetsOn {
  return { images, ...(policy === undefined ? {} : { policy }) };
}
