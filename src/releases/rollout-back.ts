/**
 * What a request to roll back takes back, and where the cases go then. Pure.
 *
 * Who sends the same request twice, and two people who press at once, take one release out, never the one before it as well:
 * a request names the rollout that it means, and one that is taken out already is answered as done. Without a name the newest
 * rollout that was not aborted is meant, so that a second request finds it taken out; one that has had no case yet, as in shadow,
 * stands in no way of the stable release. The step itself is in rollout-step.ts.
 */
import type { RolloutState } from "../contract/rollout.ts";

export interface Past {
  id: string;
  release: string;
  control: string;
  state: RolloutState;
  /** Null: it has had no case. */
  first_case: string | null;
  ended_at: number | null;
}

/** For so long a request without a name that comes once more is taken for the same one. */
export const SAME_REQUEST = 10 * 60_000;

export type Answer<R> =
  | { kind: "take"; rollout: R }
  /** It was taken out before: nothing more is. */
  | { kind: "done"; rollout: R }
  /** The last one was taken out a while ago, so the stable release may be meant: that takes its name. */
  | { kind: "unclear"; rollout: R; other: R }
  /** It was promoted, and another release is the stable one since. */
  | { kind: "replaced"; rollout: R }
  | { kind: "nothing" };

/** What a request means: the rollout that it names or, without a name, what the workflow's rollouts say, the newest first. */
export function meant<R extends Past>(
  asked: { named: R } | { newestFirst: readonly R[] },
  stable: string,
  now: number,
): Answer<R> {
  const rollout = "named" in asked ? asked.named : newestWithEffect(asked.newestFirst, stable, now);
  if (rollout === undefined) return { kind: "nothing" };
  if (rollout.state === "promoted" && rollout.release !== stable) return { kind: "replaced", rollout };
  if (rollout.state !== "rolled_back") return { kind: "take", rollout };
  if ("named" in asked || now - rollout.ended_at! <= SAME_REQUEST) return { kind: "done", rollout };
  const other = asked.newestFirst.find(({ state, release }) => state === "promoted" && release === stable);
  return other === undefined ? { kind: "done", rollout } : { kind: "unclear", rollout, other };
}

/**
 * One that was aborted gave nobody a case: what stood before it still stands. One in shadow or not begun gives nobody one either,
 * so the stable release is meant beside it, and a request that comes again finds that one taken out.
 */
function newestWithEffect<R extends Past>(
  newestFirst: readonly R[],
  stable: string,
  now: number,
): R | undefined {
  const tried = newestFirst.filter(({ state }) => state !== "aborted");
  const effect = tried.find(({ first_case }) => first_case !== null);
  const again = effect?.state === "rolled_back" && now - effect.ended_at! <= SAME_REQUEST;
  const stands = tried.some(({ state, release }) => state === "promoted" && release === stable);
  return again || stands ? effect : (tried[0] ?? newestFirst[0]);
}

/**
 * Where the cases of a promoted release go when it is taken back: to the release before it, but never to one that was itself
 * taken back since, nor to the one that is tried beside it, which only two people let on; then to the one before that, in the
 * end to `manual`. `promotions` are the workflow's rollouts that ever made their release the stable one, the newest first;
 * `tried` is the release of its open rollout.
 */
export function leadsBackTo(
  rollout: Pick<Past, "id" | "release" | "control">,
  promotions: readonly Past[],
  tried: string | undefined,
): string {
  const stands = (release: string) =>
    promotions.find((one) => one.release === release)?.state !== "rolled_back" &&
    release !== rollout.release &&
    release !== tried;
  let at: Pick<Past, "id" | "control"> | undefined = rollout;
  while (at !== undefined && at.control !== "manual") {
    const { id, control }: Pick<Past, "id" | "control"> = at;
    if (stands(control)) return control;
    at = promotions.find((one) => one.release === control && one.id < id);
  }
  return "manual";
}
