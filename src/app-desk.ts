/**
 * The part of app.ts that is about people: sign-in, mail, the inbox, what people say, what of it is counted, and the stop
 * that is in everybody's reach.
 *
 * Put together in a file of its own, so that app.ts still reads as a page; like app.ts it sees everything.
 */
import { forgetEnded } from "./access/forget.ts";
import { openProviders } from "./access/oidc.ts";
import { openPeople, peopleWith, personByEmail } from "./access/people.ts";
import { openSessions } from "./access/sessions.ts";
import { tidyFailures } from "./access/sign-in-tries.ts";
import { openTokens, pageLink } from "./access/tokens.ts";
import { worstStanding } from "./cases/model/budget.ts";
import type { Connections } from "./cases/model/connections.ts";
import type { WorkflowSettings } from "./cases/workflow/apply.ts";
import type { Role as PersonRole } from "./contract/access.ts";
import type { Limits } from "./models/limit-store.ts";
import { openLadder } from "./monitoring/ladder.ts";
import { openStopRequests } from "./monitoring/stop-request.ts";
import type { Egress } from "./platform/egress.ts";
import type { Log } from "./platform/log.ts";
import { MAIL_CONNECTION, openMailer } from "./platform/mail.ts";
import type { Settings } from "./platform/settings.ts";
import { openSecondLooks } from "./reviews/blind.ts";
import { openFeedback } from "./reviews/feedback/feedback.ts";
import { openImprovements } from "./reviews/feedback/improvements.ts";
import { ASKED, openPulse } from "./reviews/feedback/pulse.ts";
import { watchCertificates } from "./releases/certificate-watch.ts";
import { watchRollouts } from "./releases/rollout-watch.ts";
import { rewriteThreads } from "./releases/thread-ways.ts";
import { openReviewFigures } from "./reviews/figures.ts";
import { modelNoticeDuty } from "./reviews/model-notices.ts";
import { noticeDuty } from "./reviews/notices.ts";
import { withPlanted } from "./reviews/planted-desk.ts";
import { tellSecond } from "./reviews/policy-notices.ts";
import { openPost } from "./reviews/post.ts";
import { openReviews, type ReviewParts } from "./reviews/review.ts";
import { openWorksCouncil } from "./reviews/works-council.ts";

export interface DeskParts extends ReviewParts {
  log: Log;
  settings: Settings;
  egress: Egress;
  /** The name of this process in records. */
  worker: string;
  connections: Connections;
  workflowSettings: WorkflowSettings;
  limits: Limits;
  /** Where people find this installation. */
  publicUrl(): string;
  chance(): number;
  /** Wakes the cases of a workflow. */
  poke(workflow: string): void;
  /** After labels are stored. */
  labelled: NonNullable<ReviewParts["labelled"]>;
}

export type Desk = ReturnType<typeof openDesk>;

export function openDesk(parts: DeskParts) {
  const { database, group, registry, vault, clock, newId, audit, log, settings, worker } = parts;
  const { connections, workflowSettings, publicUrl, poke, labelled } = parts;
  const sessions = openSessions({
    database,
    clock,
    newId,
    audit,
    idleHours: settings.PILOTAGE_SESSION_IDLE_HOURS,
    longestHours: settings.PILOTAGE_SESSION_HOURS,
  });
  const people = openPeople({
    database,
    clock,
    newId,
    audit,
    sessions,
    locale: settings.PILOTAGE_LOCALE,
    returnLeases: (tx, person, until) =>
      reviews.returnLeases(tx, person, { kind: "system", name: worker }, until),
  });
  const mailer = openMailer({
    async settings() {
      const found = await connections.read(MAIL_CONNECTION);
      return found?.kind === "smtp" ? found : undefined;
    },
    log,
  });
  const tokens = openTokens(vault);
  const providers = openProviders({
    connections,
    vault,
    clock,
    log,
    egress: parts.egress,
    publicUrl,
    locale: settings.PILOTAGE_LOCALE,
  });
  const post = openPost({
    send: (mail) => mailer.send(mail),
    peopleWith: (workflow, role) => peopleWith(database, workflow, role),
    personOf: (email) => personByEmail(database, email),
    consoleUrl: publicUrl,
  });
  const reviewParts = {
    database,
    group,
    registry,
    vault,
    clock,
    newId,
    audit,
    labelled,
    chance: parts.chance,
    answerLink: (caseId, no, expiresAt) =>
      pageLink(publicUrl(), tokens.make({ kind: "answer", caseId, no, expiresAt })),
    mail: (letter) => mailer.send(letter),
  } satisfies Parameters<typeof openReviews>[0];
  const reviews = withPlanted(openReviews(reviewParts), reviewParts);
  const mailFailed = (error: unknown) => log.warn({ err: error }, "a mail could not be written");
  const improvements = openImprovements({ database, registry, vault, clock, newId, audit, post });
  const feedback = openFeedback({
    database,
    registry,
    vault,
    clock,
    newId,
    audit,
    tokens,
    improvements,
    tell: (workflow, kept) =>
      void improvements.tell(workflow, kept, { everyReport: false }).catch(mailFailed),
    questions: reviews.questions,
    labelled,
    publicUrl,
  });
  const figures = openReviewFigures({ database, registry, clock, audit });
  const worksCouncil = openWorksCouncil({ database, registry, clock, audit, settings: workflowSettings });
  /** How many people have one of these roles now. */
  const countWith = async (workflow: string, roles: readonly PersonRole[]) => {
    const found = new Set<string>();
    for (const role of roles)
      for (const { email } of await peopleWith(database, workflow, role)) found.add(email);
    return found.size;
  };
  const pulse = openPulse({
    database,
    registry,
    clock,
    peopleAsked: (workflow) => countWith(workflow, ASKED),
  });

  const ladder = openLadder({ database, registry, clock, newId, audit, poke });
  const stops = openStopRequests({
    database,
    vault,
    clock,
    newId,
    audit,
    ladder,
    async tellOwners(workflow, person) {
      const roles = ["owner", "on_call"] as const;
      const told = await Promise.all(roles.map((role) => peopleWith(database, workflow, role)));
      // The request is stored and stands on their pages; whoever asked does not wait for a mail server.
      void post.toRoles(workflow, roles, "stop_request", { workflow, person }).catch(mailFailed);
      return [...new Set(told.flat().map((one) => one.email))];
    },
    async tellAsker(workflow, person) {
      void post.toAddresses([person], "stop_answer", { workflow }).catch(mailFailed);
    },
  });

  const secondLooks = openSecondLooks({ database, registry, clock, audit, worker, improvements });
  /** What a worker does for people in the background, twice a second. */
  const duties: Record<string, () => Promise<void>> = {
    "bringing back cases whose senders did not answer": async () => void (await reviews.endWaits(worker)),
    "opening second looks": secondLooks.look,
    "watching rollouts": watchRollouts({
      database,
      registry,
      clock,
      audit,
      worker,
      tell: ({ rollout, alarm }) =>
        void post
          .toRoles(rollout.workflow, ["owner", "on_call"], "rollout_stopped", {
            workflow: rollout.workflow,
            back: rollout.state === "rolled_back",
            alarm,
          })
          .catch(mailFailed),
    }),
    "rewriting threads of releases that were taken out": rewriteThreads(database),
    "watching certificates": watchCertificates({
      database,
      registry,
      clock,
      audit,
      worker,
      tellLapsed: ({ certificate: { workflow, target }, because }) =>
        void post
          .toRoles(workflow, ["owner", "on_call"], "certificate_lapsed", {
            workflow,
            by: because.kind,
            errors: because.errors,
            n: because.n,
            most: `${Number(((because.kind === "doubt" ? because.usual : target) * 100).toFixed(2))} %`,
          })
          .catch(mailFailed),
      tellEnding: ({ certificate: { workflow }, daysLeft: days }) =>
        void post.toRoles(workflow, ["owner"], "certificate_ends", { workflow, days }).catch(mailFailed),
    }),
    "telling owners that a model changed": modelNoticeDuty({ database, clock, audit, worker, post }),
    "telling people about their queue": noticeDuty({
      database,
      registry,
      clock,
      audit,
      worker,
      post,
      peopleWith: (workflow, role) => peopleWith(database, workflow, role),
      budgetOf: ({ row, document }) => worstStanding(database, parts.limits, row.name, document.budget),
      isAway: async ({ email }, now) => ((await personByEmail(database, email))?.away_until ?? 0) > now,
    }),
  };

  return {
    duties,
    async forgetSignIns(): Promise<void> {
      await tidyFailures(database, clock.now());
      await forgetEnded(database, clock.now(), settings.PILOTAGE_SESSION_IDLE_HOURS);
    },
    sessions,
    people,
    mailer,
    tokens,
    providers,
    post,
    tellSecond: (begun: Parameters<typeof tellSecond>[1]) => void tellSecond(post, begun).catch(mailFailed),
    reviews,
    improvements,
    feedback,
    figures,
    worksCouncil,
    pulse,
    countWith,
    ladder,
    stops,
  };
}
