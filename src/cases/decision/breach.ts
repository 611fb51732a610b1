/**
 * What an answer says about the model behind it, where a certificate holds for what that model was.
 *
 * A certificate is about a model by its own words. One that answers under another name or version breaks it at once, and so
 * does a verifier that is not the one by whose word the confidence was certified: that one is known by the canary. Storing what
 * follows is in settle.ts.
 */
import type { BreakerKey } from "../../models/breaker-board.ts";
import { newIdentity, type Change, type Identity } from "../../models/canary.ts";
import type { NewId } from "../../platform/chance.ts";
import type { Outcome } from "../model/ask.ts";
import { breakerOf, definitionOf } from "../model/call.ts";
import { placeOf, type ModelChange } from "../model/model-change.ts";
import type { ReleaseView } from "../workflow/registry.ts";
import type { Found } from "./certificate.ts";

/** What the case noticed of a model, and the certificate that held for what the model was. */
export interface Breach extends Omit<ModelChange, "certificates" | "workflow" | "found"> {
  certificate: string;
}

export interface BreachParts {
  newId: NewId;
  /** How the canary knows a model: under which names and versions; undefined while it does not. */
  knownAs(key: BreakerKey): Promise<readonly Identity[] | undefined>;
}

/** What speaks against a certificate that would hold: another model answered, or another one verified the answer. */
export async function breachOf(
  parts: BreachParts,
  found: Found,
  release: ReleaseView,
  { end, model: { step }, verifiedBy }: Extract<Outcome, { kind: "answered" }>,
): Promise<Breach | undefined> {
  if (found.kind === "model_changed") {
    const said = { model: end.modelAnswered ?? "", version: end.modelVersion ?? null };
    return breach(found.id, definitionOf(release, step), newIdentity([found.before], [said]));
  }
  const verifier = verifiedBy && breakerOf(release, step, "verifies");
  if (found.kind !== "in_force" || !verifier) return undefined;
  const change = newIdentity((await parts.knownAs(verifier)) ?? [], [verifiedBy]);
  return change && breach(found.certificate.id, definitionOf(release, step, "verifies"), change);

  function breach(
    certificate: string,
    definition: ReturnType<typeof definitionOf>,
    change: Change | undefined,
  ): Breach | undefined {
    if (!change || change.kind === "behaviour") return undefined;
    const { kind, before, after } = change;
    return {
      id: parts.newId("modelChange"),
      certificate,
      ...placeOf(definition),
      change: kind,
      before,
      after,
    };
  }
}
