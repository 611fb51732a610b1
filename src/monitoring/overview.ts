/**
 * The picture of a workflow and its four sentences, from counted figures: does it run, is it good, is it used, is it worth
 * it. Pure. The codes are in contract/overview-codes.ts; what is not known is `unknown`, never good.
 */
import { lapseOf } from "../cases/decision/certificate.ts";
import type { SentenceCode, SickCode } from "../contract/overview-codes.ts";
import { isoTime } from "../platform/clock.ts";
import type { Counts, OpenCases, TodaysCases } from "./counts.ts";

type Values = Record<string, string | number>;

export interface Station {
  id: "feed" | "checks" | "policy" | "model" | "decision" | "review" | "delivery";
  today: number;
  waiting: number;
  sick: SickCode | null;
  detail: Values;
}

export interface Branch {
  from: string;
  to: string;
  kind: "automatic" | "review" | "manual" | "quarantine" | "rejected" | "shadow";
  count: number;
  share: number;
}

export interface Sentence {
  question: "runs" | "good" | "used" | "worth";
  state: "good" | "attention" | "bad" | "unknown";
  code: SentenceCode;
  values: Values;
  n: number | null;
  since: string | null;
}

export interface Counted {
  figures: Counts;
  /** Workers that live; undefined while that is not known. */
  atWork: number | undefined;
  rollout: "held" | "rolled_back" | undefined;
}

/** Fewer verdicts, or answers of a model, say nothing about a share. */
const ENOUGH = 20;
const FAILING = 0.2;
/** As many units make a baseline. */
const BASELINE_UNITS = 200;
const HUMAN: readonly (string | null)[] = ["approve", "edit", "reject"];

export function totals({ open, today, reviews, deadLetters }: Counts) {
  const sum = (list: readonly { cases: number }[]) => list.reduce((total, one) => total + one.cases, 0);
  const come = (holds: (one: TodaysCases) => boolean) => sum(today.filter(holds));
  const waits = (...states: OpenCases["state"][]) => sum(open.filter((one) => states.includes(one.state)));
  return {
    received: sum(today),
    modelled: come((one) => !one.manual),
    manual: come((one) => one.manual),
    automatic: come((one) => one.verdict === "auto"),
    reviewed: come((one) => HUMAN.includes(one.verdict)),
    approved: come((one) => one.verdict === "approve" || one.verdict === "edit"),
    rejected: come((one) => one.verdict === "reject"),
    delivered: come((one) => one.state === "delivered"),
    open: sum(open),
    atModel: sum(open.filter((one) => !one.manual && (one.state === "received" || one.state === "running"))),
    beforeReview: waits("received", "running"),
    leaving: waits("decided", "delivering"),
    failed: waits("failed_delivery"),
    overdue: reviews.reduce((total, one) => total + one.overdue, 0),
    inReview: reviews.reduce((total, one) => total + one.waiting, 0),
    dead: deadLetters.reduce((total, one) => total + one.count, 0),
  };
}

export function certificateInForce({ view: { row }, certificates, at }: Counts) {
  const release = row.candidate_release ?? row.stable_release;
  return certificates.find(
    (one) => one.release === release && one.step === 0 && lapseOf(one, row.dials, at) === undefined,
  );
}

export function stationsOf({ figures, atWork, rollout }: Counted): Station[] {
  const { view, feeds, quarantine, quarantinedToday, model } = figures;
  const { rung, autonomy } = view.row;
  const all = totals(figures);
  const sickFeeds = feeds.filter((one) => one.problem !== null).length;
  const held = quarantine.reduce((total, one) => total + one.count, 0);
  const first = (...codes: (SickCode | false)[]) => codes.find((code) => code !== false) || null;
  return [
    {
      id: "feed",
      today: all.received + quarantinedToday,
      waiting: 0,
      sick: first(rung >= 4 && "stopped", sickFeeds > 0 && "feed_problem"),
      detail: { feeds: feeds.length, sick: sickFeeds },
    },
    {
      id: "checks",
      today: all.received + quarantinedToday,
      waiting: held,
      sick: first(held > 0 && "quarantine"),
      detail: { quarantined: quarantinedToday },
    },
    {
      id: "policy",
      today: all.modelled,
      waiting: 0,
      sick: null,
      detail: { blocked: view.document.blockFields.length },
    },
    {
      id: "model",
      today: all.modelled,
      waiting: all.atModel,
      sick: first(
        rung >= 3 && rung < 4 && "intake_only",
        rung >= 2 && "model_off",
        atWork === 0 && all.beforeReview > 0 && "no_worker",
        model.asked >= ENOUGH && model.failed / model.asked > FAILING && "model_failing",
      ),
      detail: { asked: model.asked, failed: model.failed },
    },
    {
      id: "decision",
      today: all.modelled - all.atModel > 0 ? all.modelled - all.atModel : 0,
      waiting: 0,
      sick: first(
        rung >= 1 && "automatic_off",
        autonomy > 0 && certificateInForce(figures) === undefined && "no_certificate",
        rollout === "held" && "rollout_held",
        rollout === "rolled_back" && "rolled_back",
      ),
      detail: { automatic: all.automatic },
    },
    {
      id: "review",
      today: all.reviewed,
      waiting: all.inReview,
      sick: first(all.overdue > 0 && "overdue"),
      detail: { overdue: all.overdue },
    },
    {
      id: "delivery",
      today: all.delivered,
      waiting: all.leaving,
      sick: first(all.dead > 0 && "dead_letters"),
      detail: { dead: all.dead },
    },
  ];
}

/** Where today's cases went, from station to station; what is still on its way counts as far as it came. */
export function branchesOf({ figures }: Counted): Branch[] {
  const all = totals(figures);
  const came = all.received + figures.quarantinedToday;
  const branch = (from: string, to: string, kind: Branch["kind"], count: number): Branch => ({
    from,
    to,
    kind,
    count,
    share: came === 0 ? 0 : count / came,
  });
  const shadow =
    figures.view.row.shadow_release === null ? [] : [branch("policy", "shadow", "shadow", all.received)];
  return [
    branch("feed", "checks", "automatic", came),
    branch("checks", "quarantine", "quarantine", figures.quarantinedToday),
    branch("checks", "policy", "automatic", all.modelled),
    branch("checks", "review", "manual", all.manual),
    branch("policy", "model", "automatic", all.modelled),
    ...shadow,
    branch("model", "decision", "automatic", Math.max(0, all.modelled - all.atModel)),
    branch("decision", "delivery", "automatic", all.automatic),
    branch("decision", "review", "review", Math.max(0, all.modelled - all.atModel - all.automatic)),
    branch("review", "delivery", "review", all.approved),
    branch("review", "closed", "rejected", all.rejected),
  ];
}

export function sentencesOf(counted: Counted, baselineUnits: number): Sentence[] {
  return [runs(counted), good(counted.figures), used(counted.figures), worth(baselineUnits)];
}

function runs({ figures, atWork }: Counted): Sentence {
  const { rung } = figures.view.row;
  const all = totals(figures);
  const say = (state: Sentence["state"], code: SentenceCode, values: Values): Sentence => ({
    question: "runs",
    state,
    code,
    values,
    n: all.received,
    since: isoTime(figures.since),
  });
  const { received, delivered } = all;
  const sickFeeds = figures.feeds.filter((one) => one.problem !== null).length;
  if (rung > 0) return say(rung >= 3 ? "bad" : "attention", "runs_stopped", { rung, open: all.open });
  if (atWork === 0) return say("bad", "runs_no_worker", { open: all.open });
  if (sickFeeds > 0) return say("bad", "runs_feed_problem", { feeds: sickFeeds, received, delivered });
  if (all.dead > 0) return say("attention", "runs_dead_letters", { cases: all.dead, received, delivered });
  if (all.overdue > 0) return say("attention", "runs_overdue", { cases: all.overdue, received, delivered });
  if (received === 0 && all.open === 0) return say("unknown", "runs_nothing_yet", {});
  return say("good", "runs_well", { received, delivered });
}

function good(figures: Counts): Sentence {
  const certificate = certificateInForce(figures);
  if (certificate) {
    const { errors, bound, accepted, certified_at } = certificate;
    const target = figures.view.document.automation.maxErrorRate;
    return {
      question: "good",
      state: bound <= target ? "good" : "bad",
      code: bound <= target ? "good_bound" : "good_above",
      values: { errors, bound, target },
      n: accepted,
      since: isoTime(certified_at),
    };
  }
  const { given, changed, first_at } = figures.verdicts;
  const since = first_at === null ? null : isoTime(first_at);
  if (given < ENOUGH)
    return {
      question: "good",
      state: "unknown",
      code: "good_too_few",
      values: { missing: ENOUGH - given },
      n: given,
      since,
    };
  // Nothing is proved without a certificate: people look at every case, and how often they change one is all that is known.
  return {
    question: "good",
    state: "attention",
    code: "good_reviewed",
    values: { changed: changed / given },
    n: given,
    since,
  };
}

function used(figures: Counts): Sentence {
  const all = totals(figures);
  const { stable_release, candidate_share } = figures.view.row;
  const base = { question: "used" as const, n: all.received, since: isoTime(figures.since) };
  if (stable_release === "manual" && candidate_share === 0)
    return { ...base, state: "attention", code: "used_manual", values: { open: all.open } };
  if (all.received === 0) return { ...base, state: "unknown", code: "used_nothing_yet", values: {} };
  return {
    ...base,
    state: all.modelled > 0 ? "good" : "attention",
    code: "used_share",
    values: { automatic: all.automatic / all.received, model: all.modelled / all.received },
  };
}

/** Without a before nothing can be said about after: how many cases worked by people alone it still takes. */
function worth(units: number): Sentence {
  return {
    question: "worth",
    state: "unknown",
    code: "worth_no_baseline",
    values: { missing: Math.max(0, BASELINE_UNITS - units) },
    n: units,
    since: null,
  };
}
