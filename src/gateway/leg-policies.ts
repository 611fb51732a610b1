/**
 * What each model of a chain may be sent: the data policy of the model asked for holds for all of them, and a fallback that
 * is offered itself has its own on top.
 *
 * A fallback whose own offer would not take the call (its key, its images, what is in it) is left out of the chain. Each
 * policy is applied once, however many models have it; where none has one the request goes on as it came.
 */
import type { JsonObject } from "../contract/json.ts";
import { mayUse } from "../models/offered-policy.ts";
import type { LetsOn } from "../models/policy-order.ts";
import type { ChatCall } from "./call.ts";
import type { Target } from "./directory.ts";
import type { Leg } from "./ledger.ts";
import { judge, together, type Judged, type PolicyReport } from "./request-policy.ts";

/** A model of the chain with the request as it may have it. */
export interface AllowedLeg extends Leg {
  body: JsonObject;
  /** What was kept back from it; undefined: no policy holds for it. */
  report: PolicyReport | undefined;
}

type Allowed = { kind: "passed"; body: JsonObject; report: PolicyReport | undefined };
type Refused = Extract<Judged, { kind: "refused" }>;

type Legs = { kind: "passed"; legs: AllowedLeg[] } | Refused;

/** At once where there is nothing to judge. */
export function allowedLegs(
  targets: readonly [Target, ...Target[]],
  request: JsonObject,
  call: ChatCall,
): Legs | Promise<Legs> {
  const [first, ...others] = targets;
  return others.length === 0 && first.offer?.policy === undefined
    ? { kind: "passed", legs: [{ ...first, body: request, report: undefined }] }
    : judgedLegs(targets, request, call);
}

async function judgedLegs(
  [first, ...others]: readonly [Target, ...Target[]],
  request: JsonObject,
  { caller, request: { images } }: ChatCall,
): Promise<Legs> {
  const asked = await under(first.offer, { kind: "passed", body: request, report: undefined });
  if (asked.kind === "refused") return asked;
  const known = new Map<string, Allowed | Refused>([[rulesOf(first.offer), asked]]);
  const legs: AllowedLeg[] = [{ ...first, body: asked.body, report: asked.report }];
  for (const target of others) {
    const { offer } = target;
    if (offer && (!mayUse(offer.policy, caller.key) || (images && !offer.images))) continue;
    const rules = rulesOf(offer);
    const judged = rules === "" ? asked : (known.get(rules) ?? (await under(offer, asked)));
    if (judged.kind === "passed") legs.push({ ...target, body: judged.body, report: judged.report });
    known.set(rules, judged);
  }
  return { kind: "passed", legs };
}

/** What tells whether two offers judge alike; empty: nothing is judged. */
function rulesOf(offer: LetsOn | undefined): string {
  return offer?.policy === undefined ? "" : JSON.stringify([offer.images, { ...offer.policy, keys: null }]);
}

async function under(offer: LetsOn | undefined, before: Allowed): Promise<Allowed | Refused> {
  if (offer?.policy === undefined) return before;
  const judged = await judge(before.body, { ...offer.policy, images: offer.images });
  return judged.kind === "refused" ? judged : { ...judged, report: together(before.report, judged.report) };
}
