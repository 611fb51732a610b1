/**
 * A case as whoever must judge it blind sees it: field by field like any other that is in hand for its first look, so that
 * nothing that others decided sways them, or tells them what it is.
 *
 * That is whoever holds it for a blind second look after the delivery, for a second look before it where `fourEyes` is
 * blind, or as a planted case, which has the past of its origin, moved to when it is said to have come.
 */
import { createHash } from "node:crypto";
import type { Caller } from "../access/caller.ts";
import { shownReasons } from "../cases/decision/shown.ts";
import { readCase, shownEventData } from "../cases/view.ts";
import { makeId } from "../contract/ids.ts";
import { facetsOf } from "../definition/facets.ts";
import { isoTime } from "../platform/clock.ts";
import { sql } from "../platform/sql.ts";
import { plantedContent, plantedInHandOf, receivedAt } from "../reviews/planted-desk.ts";
import type { ShowParts, ShownCase } from "./case-shown.ts";

type Event = ShownCase["history"][number];

/** What happened to a case before anybody judged it. */
const BEFORE: ReadonlySet<string> = new Set(["case.admitted", "case.running", "case.waits", "case.answered"]);

/** Who had this turn in hand before, and gave it back: as with any other. */
const OF_TURN: ReadonlySet<string> = new Set(["review.claimed", "review.released", "review.skipped"]);

/** The turn under which somebody holds a case blind. */
export interface BlindTurn {
  no: number;
  turn: string;
  due_at: number | null;
  person: string;
  simulated: boolean;
}

export async function blindTurn(
  { database, registry }: ShowParts,
  { id, workflow }: Pick<ShownCase, "id" | "workflow">,
  holder: string,
): Promise<BlindTurn | undefined> {
  const held = await database.maybe<BlindTurn>(sql`
    select no, turn, due_at, person, simulated from review
    where case_id = ${id} and state = 'claimed' and holder = ${holder} and (turn = 'blind' or (turn = 'second' and behind <> '{}'))`);
  if (held?.turn !== "second") return held;
  const { document } = await registry.workflow(database, workflow);
  return document.fourEyes?.blind ? held : undefined;
}

/** As if nobody had judged it: no verdict, no label, no delivery, no name but the own, and of a cold case no output. */
export function beforeVerdict(found: ShownCase, turn: BlindTurn): ShownCase {
  const { cold, content } = found;
  const decision = found.decision && {
    ...found.decision,
    outcome: found.decision.outcome === "auto" ? "review" : found.decision.outcome,
    reasons: shownReasons(
      found.decision.reasons.length > 0 ? found.decision.reasons : [{ code: "routine" }],
      stageOf(cold),
    ),
    confidence: cold ? null : found.decision.confidence,
    threshold: null,
    certificate: null,
  };
  return {
    ...found,
    state: "in_review" as never,
    verdict: null,
    // It fell due for others; for this person it is the turn that falls due.
    dueAt: turn.due_at === null ? null : isoTime(turn.due_at),
    decidedAt: null,
    deliveredAt: null,
    autonomyCoin: null,
    qa: null,
    facets: Object.fromEntries(
      Object.entries(found.facets).filter(([name]) => !cold || name.startsWith("input.")),
    ),
    decision,
    attempts: found.attempts.map((one) => (cold ? { ...one, confidence: null } : one)),
    reviews: [
      {
        no: 1,
        state: "claimed",
        person: turn.person,
        simulated: turn.simulated,
        verdict: null,
        reason: null,
        fields: null,
        decidedAt: null,
      },
    ],
    deliveries: [],
    labels: [],
    shadow: [],
    corrections: [],
    recall: null,
    history: historyBefore(found, decision, turn),
    content: content && {
      ...content,
      output: cold ? null : content.output,
      final: null,
      late: [],
      shadow: [],
      corrections: [],
      // What the sender was asked and said belongs to the case; what colleagues think of it does not.
      said: content.said.filter((one) => one.kind === "question" || one.kind === "answer"),
      withheld: cold,
    },
  };
}

const stageOf = (cold: boolean) => ({ awaitsVerdict: true, mayRedo: true, cold });

/** What came before the first look, and that this person took it. */
function historyBefore(
  found: Pick<ShownCase, "history" | "cold">,
  decision: ShownCase["decision"],
  turn: BlindTurn,
): Event[] {
  const decided = found.history.find((one) => one.kind === "case.moved" && one.data["outcome"] !== undefined);
  return found.history.flatMap((one): Event[] => {
    if (BEFORE.has(one.kind)) return [{ ...one, data: shownEventData(one.data, stageOf(found.cold)) }];
    // Whatever was decided, it looks like the decision that a person is needed.
    if (one === decided)
      return [
        {
          ...one,
          data: {
            to: "in_review",
            outcome: decision?.outcome ?? "review",
            reasons: (decision?.reasons ?? []).map((reason) => reason.code),
          },
        },
      ];
    return OF_TURN.has(one.kind) && one.data["review"] === turn.no
      ? [{ ...one, data: { ...one.data, review: 1 } }]
      : [];
  });
}

/** A planted case in these hands; to anybody else it does not exist. */
export async function plantedFor(
  parts: ShowParts,
  caller: Caller,
  id: string,
  content: boolean,
): Promise<ShownCase | undefined> {
  const row = await plantedInHandOf(parts, id, caller.holder);
  const origin = row && (await readCase(parts.database, row.origin));
  const held = row && (await plantedContent(parts, row));
  if (!origin || !held) return undefined;
  const { document } = await parts.registry.release(parts.database, origin.release);
  const received = receivedAt(id, row.shown_at);
  const later = received - Date.parse(origin.receivedAt);
  const moved = (at: string) => isoTime(Math.min(Date.parse(at) + later, row.shown_at));
  const turn = { no: 1, turn: "first", due_at: row.due_at, person: row.person, simulated: caller.simulated };
  const claimed: Event = {
    id: "",
    kind: "review.claimed",
    at: isoTime(row.shown_at),
    actor: { ...caller.actor },
    data: { review: 1 },
  };
  const shown = beforeVerdict(
    {
      ...origin,
      facets: facetsOf(document, held.input, held.output),
      // The output is shown here, whatever it was for the origin.
      cold: false,
      decision: origin.decision && {
        ...origin.decision,
        reasons: origin.decision.reasons.filter((one) => one.code !== "cold"),
        at: moved(origin.decision.at),
      },
      attempts: origin.attempts.map((one) => ({ ...one, startedAt: moved(one.startedAt) })),
      corrections: [],
      recall: null,
      content: {
        ...held,
        final: null,
        late: [],
        failures: [],
        shadow: [],
        corrections: [],
        said: [],
        withheld: false,
      },
    },
    turn,
  );
  return {
    ...shown,
    id,
    receivedAt: isoTime(received),
    history: [
      ...shown.history
        .filter((one) => !OF_TURN.has(one.kind))
        .map((one) => ({
          ...one,
          at: moved(one.at),
          data: one.kind === "case.admitted" ? { ...one.data, cold: false } : one.data,
        })),
      claimed,
    ].map((one, place) => ({ ...one, id: eventId(id, place, Date.parse(one.at)) })),
    content: content ? shown.content : null,
  };
}

/** The same each time the page is looked at, and like any other. */
function eventId(caseId: string, place: number, at: number): string {
  return makeId("event", at, createHash("sha256").update(`${caseId} ${place}`).digest());
}
