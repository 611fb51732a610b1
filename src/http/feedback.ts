/** Handlers of feedback: signed pages, feedback over the API, reports, the list of improvements, the pulse. */
import { demandAtOnce, may } from "../access/caller.ts";
import { maybeIso } from "../cases/view.ts";
import type { Registry } from "../cases/workflow/registry.ts";
import { REPORT_KINDS } from "../contract/feedback-endpoints.ts";
import type { JsonObject } from "../contract/json.ts";
import { isoTime, type Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Feedback } from "../reviews/feedback/feedback.ts";
import { noImprovement, type Improvement, type Improvements } from "../reviews/feedback/improvements.ts";
import type { Pulse } from "../reviews/feedback/pulse.ts";
import { workflowOfImprovement } from "../reviews/feedback/store.ts";
import { addressLimit } from "./address-limit.ts";
import type { Handlers } from "./bind.ts";
import { seeCase, seeThrough } from "./see.ts";

type Names =
  | "lookAtToken"
  | "sayWithToken"
  | "giveFeedback"
  | "feedbackLink"
  | "report"
  | "listImprovements"
  | "getImprovement"
  | "settleImprovement"
  | "getPulse"
  | "answerPulse";

const KNOCKS = { most: 120, within: 60_000 };

export function feedbackHandlers(parts: {
  database: Database;
  registry: Registry;
  clock: Clock;
  feedback: Feedback;
  improvements: Improvements;
  pulse: Pulse;
}): Pick<Handlers, Names> {
  const { database, clock, feedback, improvements, pulse } = parts;
  const knock = addressLimit(clock, KNOCKS);
  return {
    async lookAtToken({ body, reply }) {
      knock(reply.request.ip);
      const page = await feedback.look(body.token);
      return {
        ...page,
        deliveredAt: maybeIso(page.deliveredAt),
        said: page.said.map((one) => ({ ...one, at: isoTime(one.at), answeredAt: maybeIso(one.answeredAt) })),
      };
    },
    async sayWithToken({ body, reply }) {
      knock(reply.request.ip);
      return feedback.say(body.token, { reason: body.reason, text: body.text, email: body.email });
    },
    async giveFeedback({ params, body, caller }) {
      await seeCase(database, caller, params.case);
      return feedback.give(
        params.case,
        {
          reason: body.reason,
          text: body.text,
          output: body.output as JsonObject | undefined,
          reporter: body.reporter,
        },
        {
          person: caller.person,
          simulated: caller.simulated,
          door: caller.actor.kind === "person" ? "inbox" : "key",
          actor: caller.actor,
        },
      );
    },
    async feedbackLink({ params, caller }) {
      await seeCase(database, caller, params.case);
      return { link: await feedback.link(params.case) };
    },
    async report({ params, body, caller }) {
      return improvements.report(
        params.workflow,
        { kind: body.kind, caseId: body.caseId, reason: body.reason, field: body.field, text: body.text },
        caller.person,
        caller.actor,
      );
    },
    async listImprovements({ params, query }) {
      const found = await improvements.list(params.workflow, { state: query.state, limit: query.limit });
      return { ...found, improvements: found.improvements.map(shown) };
    },
    async getImprovement({ params, caller }) {
      const workflow = await workflowOfImprovement(database, params.improvement);
      seeThrough(caller, workflow, () => noImprovement(params.improvement));
      const names = may(caller, "audit.read", workflow!);
      const found = await improvements.read(params.improvement, {
        // A key may be called like anybody; it does not learn what they said.
        person: names || caller.signedIn ? caller.person : null,
        holder: caller.holder,
        content: may(caller, "case.read", workflow!),
        names,
      });
      if (!found) throw noImprovement(params.improvement);
      return { ...shown(found), said: found.said.map((one) => ({ ...one, at: isoTime(one.at) })) };
    },
    async settleImprovement({ params, body, caller }) {
      const workflow = await workflowOfImprovement(database, params.improvement);
      seeThrough(caller, workflow, () => noImprovement(params.improvement));
      demandAtOnce(caller, "improvement.manage", workflow!);
      const settled = await improvements.settle(params.improvement, body, caller.actor);
      return { ...shown(settled), told: settled.told };
    },
    async getPulse({ params, caller }) {
      return pulse.show(params.workflow, caller.person);
    },
    async answerPulse({ params, body, caller }) {
      await pulse.answer(params.workflow, caller.person, body);
      return { taken: true };
    },
  };
}

function shown(one: Improvement) {
  return {
    id: one.id,
    workflow: one.workflow,
    kind: one.kind,
    reason: one.reason,
    field: one.field,
    title: [
      REPORT_KINDS[one.kind],
      ...(one.reason === null ? [] : [one.reason]),
      ...(one.field === null ? [] : [one.field]),
    ].join(" · "),
    state: one.state,
    rank: one.rank,
    reports: one.reports,
    reporters: one.reporters,
    cases: one.cases,
    owner: one.owner,
    fixedBy: one.fixed_by,
    answer: one.answer,
    answeredAt: maybeIso(one.answered_at),
    firstAt: isoTime(one.first_at),
    lastAt: isoTime(one.last_at),
    settledAt: maybeIso(one.settled_at),
  };
}
