/**
 * How fast one caller, a person or a key, may claim, decide, say something or make links.
 *
 * No hand at a keyboard and no program at honest work meets these bounds; a script that runs wild does, before it fills
 * tables and mailboxes. They hold for each process. Doors that need no account are bounded by address (address-limit.ts).
 */
import type { Caller } from "../access/caller.ts";
import type { EndpointName } from "../contract/endpoints.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Clock } from "../platform/clock.ts";
import { knockCount, type Bound } from "./address-limit.ts";
import type { Handlers } from "./bind.ts";

const MINUTE = 60_000;

interface Pace extends Bound {
  what: string;
  endpoints: readonly EndpointName[];
}

export const PACES: readonly Pace[] = [
  {
    what: "claims",
    most: 6_000,
    within: MINUTE,
    endpoints: [
      "claimReviews",
      "claimReview",
      "claimAlike",
      "resumeAlike",
      "renewReview",
      "releaseReview",
      "releaseAlike",
    ],
  },
  {
    what: "verdicts",
    most: 6_000,
    within: MINUTE,
    endpoints: [
      "giveVerdict",
      "undoVerdict",
      "approveAlike",
      "undoAlike",
      "snoozeReview",
      "escalateReview",
      "askSender",
      "recordAnswer",
      "correctCase",
      "confirmRecalled",
      "approveCorrection",
      "refuseCorrection",
      "giveFeedback",
    ],
  },
  { what: "reports", most: 300, within: MINUTE, endpoints: ["report", "requestStop", "answerPulse"] },
  { what: "links for receivers", most: 1_200, within: MINUTE, endpoints: ["feedbackLink"] },
  {
    what: "invitations and links",
    most: 120,
    within: MINUTE,
    endpoints: ["invitePerson", "inviteAgain", "makeSignInLink"],
  },
];

/** The same handlers, of which the named ones refuse a caller who is too fast. */
export function paced(handlers: Handlers, clock: Clock): Handlers {
  const bounded: Partial<Record<EndpointName, unknown>> = {};
  for (const pace of PACES) {
    const knock = knockCount(clock, pace);
    for (const name of pace.endpoints) {
      const handle = handlers[name] as (call: { caller: Caller }) => Promise<unknown>;
      bounded[name] = async (call: { caller: Caller }) => {
        const wait = knock(call.caller.holder);
        if (wait > 0) throw tooFast(pace, wait);
        return handle(call);
      };
    }
  }
  return { ...handlers, ...(bounded as Partial<Handlers>) };
}

function tooFast({ what, most }: Pace, wait: number): PilotageError {
  return new PilotageError(
    "too_many_requests",
    `More than ${most} ${what} came from you within a minute; this one was not taken and nothing was done.`,
    {
      hint: `Go on in ${Math.ceil(wait / 1000)} s, and leave more time between requests.`,
      details: { retryAfterMs: wait },
    },
  );
}
