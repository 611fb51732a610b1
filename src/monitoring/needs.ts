/**
 * What waits for a decision of this reader: changes that they can approve, requests to stop, what runs out, what is stuck.
 *
 * Nothing is listed that its reader could not settle, so nobody is sent to a page that refuses them. The most urgent first.
 */
import { makePair, samePerson, type Standing } from "../access/standing.ts";
import type { ChangeRow } from "../cases/workflow/apply.ts";
import { changesSince } from "../cases/model/model-change.ts";
import { everyWaitingPolicy } from "../cases/model/policy-store.ts";
import { OFFERED_POLICY, ruleForTwo } from "../cases/workflow/rule.ts";
import type { Action, Role } from "../contract/access.ts";
import type { NeedCode } from "../contract/overview-codes.ts";
import { isoTime } from "../platform/clock.ts";
import type { BudgetStanding } from "../models/budget.ts";
import { windowEnd } from "../models/limits.ts";
import type { Queryable } from "../platform/database.ts";
import { sql, time } from "../platform/sql.ts";
import { gateToSign, type GateToSign } from "../releases/gate-to-sign.ts";
import type { StoppedRollout } from "../releases/rollout-stopped.ts";
import { certificateInForce } from "./overview.ts";
import type { Counts } from "./counts.ts";

export interface Need {
  kind:
    | "change"
    | "policy"
    | "report"
    | "stop_request"
    | "waiver_ends"
    | "certificate"
    | "model"
    | "dead_letters"
    | "quarantine"
    | "budget"
    | "orphan"
    | "second_person"
    | "rollout"
    | "gate";
  id: string;
  code: NeedCode;
  values: Record<string, string | number>;
  at: string;
  link: string;
}

export interface Reader {
  standing: Standing;
  /** In the whole installation; undefined for whoever is bound to one workflow. */
  whole: Standing | undefined;
  may(action: Action): boolean;
}

const DAY = 86_400_000;
const WAIVER_SOON = 14 * DAY;
const CERTIFICATE_SOON = 7 * DAY;
/** For as long a change of a model stands here. */
const CHANGE_NEW = 7 * DAY;
/** Days before a model retires: enough to publish a release with another one and to certify it. */
const RETIRES_SOON = 90;
const MOST = 50;

export async function needsOf(
  database: Queryable,
  figures: Counts,
  reader: Reader,
  known: {
    stops: readonly { id: string; person: string; asked_at: number }[];
    orphaned: boolean;
    /** How much of each amount of the workflow's budget is used. */
    budget: readonly BudgetStanding[];
    rollout: StoppedRollout | undefined;
    /** What a rolled-back release delivered alone and nobody has looked at. */
    unseen: number;
    /** Whether anybody else could be the second person for this rule; undefined when that is not known. */
    somebodyElse(action: Action, person: string, roles: readonly Role[] | null): Promise<boolean | undefined>;
  },
): Promise<Need[]> {
  const { row, document } = figures.view;
  const workflow = row.name;
  const page = (name: string, more = "") => `/${name}?workflow=${encodeURIComponent(workflow)}${more}`;
  const place = (name: string, anchor: string) => `${page(name)}#${anchor}`;
  const now = isoTime(figures.at);
  const needs: Need[] = [];

  if (reader.may("ladder.tighten"))
    for (const { id, person, asked_at } of known.stops)
      needs.push({
        kind: "stop_request",
        id,
        code: "stop_requested",
        values: { person },
        at: isoTime(asked_at),
        link: page("operations"),
      });

  if (known.rollout && reader.may("share.lower"))
    needs.push(rolloutNeed(known.rollout, known.unseen, page("rollout", `&rollout=${known.rollout.id}`)));

  const gate = await gateToSign(database, document);
  if (gate && maySign(gate, reader.standing))
    needs.push({
      kind: "gate",
      id: gate.id,
      code: "gate_to_sign",
      values: { release: gate.release },
      at: isoTime(gate.judgedAt),
      link: page(`quality/gates/${gate.id}`),
    });

  for (const change of await waitingChanges(database, workflow)) {
    const rule = ruleForTwo(change.setting);
    const own = samePerson(change.requested_by, reader.standing.actor.name);
    if (!own && makePair(rule, change.requested_roles, reader.standing.roles))
      needs.push({
        kind: "change",
        id: change.id,
        code: "change_waits",
        values: {
          setting: change.setting,
          before: JSON.stringify(change.before),
          after: JSON.stringify(change.after),
          by: change.requested_by,
        },
        at: isoTime(change.requested_at),
        link: place("settings", "dials"),
      });
    if (own && (await known.somebodyElse(rule, change.requested_by, change.requested_roles)) === false)
      needs.push({
        kind: "second_person",
        id: change.id,
        code: "second_person_missing",
        values: { action: rule },
        at: isoTime(change.requested_at),
        link: place("settings", "people"),
      });
  }

  if (reader.whole)
    needs.push(...(await waitingPolicies(database, reader.whole, place("settings", "connections"))));

  if (known.orphaned && (reader.may("people.staff") || reader.may("people.appoint")))
    needs.push({
      kind: "orphan",
      id: workflow,
      code: "orphaned",
      values: { person: document.people.owner },
      at: now,
      link: place("settings", "people"),
    });

  if (reader.may("dial.tighten"))
    needs.push(...budgetNeeds(known.budget, workflow, figures.at, place("overview", "cost")));

  if (reader.may("delivery.replay"))
    for (const { target, count, newest_at } of figures.deadLetters)
      needs.push({
        kind: "dead_letters",
        id: target,
        code: "dead_letters",
        values: { target, cases: count },
        at: newest_at === null ? now : isoTime(newest_at),
        link: place("operations", "dead-letters"),
      });

  const held = figures.quarantine.reduce((total, one) => total + one.count, 0);
  if (held > 0 && reader.may("quarantine.settle"))
    needs.push({
      kind: "quarantine",
      id: workflow,
      code: "quarantine_open",
      values: { count: held },
      at: isoTime(Math.max(...figures.quarantine.map((one) => one.newest_at))),
      link: place("operations", "quarantine"),
    });

  if (reader.may("improvement.manage"))
    needs.push(...(await newReports(database, workflow, place("overview", "improvements"))));
  if (reader.may("certificate.ask")) {
    needs.push(...(await changedModels(database, figures, page("operations"))));
    needs.push(...retiringModels(figures, page("operations")));
    needs.push(...certificateNeeds(figures, place("quality", "standing")));
  }
  if (reader.may("waiver.grant"))
    needs.push(...(await endingWaivers(database, figures, place("settings", "dials"))));
  return needs.slice(0, MOST);
}

/** Whoever signs has a role whose signature is missing, and has not signed for the other one. */
function maySign({ open, signedBy }: GateToSign, { roles, actor }: Standing): boolean {
  return (
    open.some((part) => roles === null || roles.includes(part)) &&
    !signedBy.some((one) => samePerson(one, actor.name))
  );
}

function rolloutNeed({ id, release, state, alarm, at }: StoppedRollout, unseen: number, link: string): Need {
  const about = { kind: "rollout" as const, id, at: isoTime(at), link };
  return state === "held"
    ? { ...about, code: "rollout_held", values: { release, alarm: alarm ?? "" } }
    : { ...about, code: "rolled_back", values: { release, alarm: alarm ?? "", unseen } };
}

/** A budget that is spent, or that has reached the share from which on its owner wants to know. */
function budgetNeeds(standings: readonly BudgetStanding[], id: string, at: number, link: string): Need[] {
  return standings.flatMap(({ period, state, used, most }): Need[] => {
    if (state === "good") return [];
    const about = { kind: "budget" as const, id: `${id} ${period}`, at: isoTime(at), link };
    return state === "spent"
      ? [{ ...about, code: "budget_spent", values: { period, until: isoTime(windowEnd(period, at)) } }]
      : [{ ...about, code: "budget_warning", values: { period, used: shareOf(used, most) } }];
  });
}

function shareOf(used: bigint, most: bigint): number {
  return Number((used * 1_000n) / most) / 1_000;
}

function waitingChanges(database: Queryable, workflow: string): Promise<ChangeRow[]> {
  return database.all<ChangeRow>(sql`
    select id, setting, before, after, requested_at, requested_by, requested_roles from workflow_setting_change
    where workflow = ${workflow} and state = 'pending' order by id limit ${MOST}`);
}

/** Looser data policies of offered models: of the installation, and so on the overview of each of its workflows. */
async function waitingPolicies(database: Queryable, whole: Standing, link: string): Promise<Need[]> {
  const found = await everyWaitingPolicy(database, MOST);
  return found
    .filter((one) => !samePerson(one.requested_by, whole.actor.name))
    .filter((one) => makePair(ruleForTwo(OFFERED_POLICY), one.requested_roles, whole.roles))
    .map((one) => ({
      kind: "policy",
      id: one.id,
      code: "policy_waits",
      values: { model: `${one.connection}/${one.model}`, by: one.requested_by, why: JSON.stringify(one.why) },
      at: isoTime(one.requested_at),
      link,
    }));
}

async function newReports(database: Queryable, workflow: string, link: string): Promise<Need[]> {
  const found = await database.all<{ id: string; kind: string; reports: number; last_at: number }>(sql`
    select i.id, i.kind, (select count(*) from report r where r.improvement = i.id)::int as reports, i.last_at from improvement i
    where i.workflow = ${workflow} and i.state = 'open' order by i.last_at desc limit 10`);
  return found.map(({ id, kind, reports, last_at }) => ({
    kind: "report",
    id,
    code: "report_new",
    values: { title: kind, reports },
    at: isoTime(last_at),
    link,
  }));
}

/** While cases may go out alone: a certificate that ends soon, or the last one that was suspended with none in its place. */
function certificateNeeds(figures: Counts, link: string): Need[] {
  const inForce = certificateInForce(figures);
  const need = (id: string, code: NeedCode, at: number, values: Need["values"]): Need[] => [
    { kind: "certificate", id, code, values, at: isoTime(at), link },
  ];
  if (inForce)
    return inForce.expires_at - figures.at < CERTIFICATE_SOON
      ? need(inForce.id, "certificate_ends", inForce.expires_at, {
          release: inForce.release,
          until: isoTime(inForce.expires_at),
        })
      : [];
  const suspended = figures.certificates.find((one) => one.suspended_at !== null);
  return suspended
    ? need(suspended.id, "certificate_suspended", suspended.suspended_at!, { release: suspended.release })
    : [];
}

/** Models that are other ones by now; the newest word about each. */
async function changedModels(database: Queryable, figures: Counts, link: string): Promise<Need[]> {
  const since = figures.at - CHANGE_NEW;
  const found = await changesSince(database, figures.view.row.name, since);
  const newest = [
    ...new Map(found.toReversed().map((one) => [JSON.stringify([one.connection, one.model]), one])).values(),
  ];
  return newest.map(({ id, connection, model, change, before_it, after_it, at }) => ({
    kind: "model",
    id,
    code: change === "behaviour" ? "model_behaves" : "model_renamed",
    values: { model: nameOf({ connection: connection ?? "", model }), before: before_it, after: after_it },
    at: isoTime(at),
    link,
  }));
}

function retiringModels({ models, at }: Counts, link: string): Need[] {
  return models.flatMap((one): Need[] => {
    if (one.retiresAt === null || one.retiresIn === null || one.retiresIn > RETIRES_SOON) return [];
    const values = { model: nameOf(one), days: one.retiresIn, day: one.retiresAt };
    return [
      {
        kind: "model",
        id: `${one.connection} ${one.model}`,
        code: one.retiresIn < 0 ? "model_retired" : "model_retires",
        values,
        at: isoTime(at),
        link,
      },
    ];
  });
}

function nameOf({ connection, model }: { connection: string; model: string }): string {
  return `${connection} ${model}`.trim();
}

async function endingWaivers(database: Queryable, figures: Counts, link: string): Promise<Need[]> {
  const found = await database.all<{ item: string; until: number }>(sql`
    select item, until from waiver where workflow = ${figures.view.row.name}
      and until > ${time(figures.at)} and until < ${time(figures.at + WAIVER_SOON)} order by until`);
  return found.map(({ item, until }) => ({
    kind: "waiver_ends",
    id: item,
    code: "waiver_ends",
    values: { item, until: isoTime(until) },
    at: isoTime(until),
    link,
  }));
}
