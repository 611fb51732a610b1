/**
 * What the codes of the overview say in a terminal: a sentence for each, and the command that looks into it or settles it.
 *
 * The sentences are those of the console in English (console/pages/overview/words.ts); a test holds both side by side. A code that
 * a newer server sends is shown as it is, with its values. Pure.
 */
import { ACTIONS, type Action } from "../contract/access.ts";
import { REPORT_KINDS, type ReportKind } from "../contract/feedback-endpoints.ts";
import type { NeedCode, SentenceCode } from "../contract/overview-codes.ts";
import { loosenedWords, type Loosening } from "../contract/policy-change.ts";
import type { Alarm } from "../contract/rollout.ts";
import { settingText } from "./changes.ts";
import { ALARMS } from "./rollout-text.ts";
import { count, moment, percent } from "./text.ts";

export type Values = Record<string, string | number>;

/** What the code is about: the workflow, and the id of what waits. */
export interface About {
  workflow: string;
  id: string;
}

export interface Said {
  text: string;
  /** Undefined where nothing is to be done. */
  command?: string;
}

type Saying<A> = (values: Values, about: A) => Said;
type Answered = Pick<About, "workflow">;

export const QUESTIONS = {
  runs: "Is it running?",
  good: "Is it good?",
  used: "Is it used?",
  worth: "Is it worth it?",
} as const;

export const STANDINGS = {
  runs: {
    good: "Running",
    attention: "Running, with a fault",
    bad: "Not running as it should",
    unknown: "Not started yet",
  },
  good: {
    good: "quality proven",
    attention: "quality to be watched",
    bad: "quality not good enough",
    unknown: "quality not proven yet",
  },
  used: { good: "used", attention: "little used", bad: "not used", unknown: "use not known yet" },
  worth: {
    good: "worth it",
    attention: "barely worth it",
    bad: "not worth it",
    unknown: "worth not proven yet",
  },
} as const;

const WAIVED: Readonly<Record<string, string>> = {
  baseline: "baseline",
  go: "go",
  works_council: "works council",
};

export const SENTENCES: Readonly<Record<SentenceCode, Saying<Answered>>> = {
  runs_well: (values) => ({ text: `Today ${came(values)} Nothing is wrong.` }),
  runs_nothing_yet: (_, about) => ({ text: "Ready; no case has come in yet.", command: handIn(about) }),
  runs_stopped: ({ rung, open }, { workflow }) => ({
    text: `The safe-stop stands at rung ${rung}. ${some(open, "case")} ${verb(open)} open.`,
    command: `pilotage ladder ${workflow}`,
  }),
  runs_no_worker: ({ open }) => ({
    text: `No worker runs: cases are taken in and wait, ${open === 1 ? "one" : number(open)} ${verb(open)} open.`,
    command: "pilotage serve --role worker",
  }),
  runs_feed_problem: (values, { workflow }) => ({
    text: `${some(values["feeds"], "feed")} cannot read. Today ${came(values)}`,
    command: `pilotage feed list ${workflow}`,
  }),
  runs_dead_letters: (values, { workflow }) => ({
    text: `${some(values["cases"], "case")} could not be delivered. Today ${came(values, "")}`,
    command: `pilotage delivery dead ${workflow}`,
  }),
  runs_overdue: (values, { workflow }) => ({
    text: `${some(values["cases"], "case")} ${verb(values["cases"])} overdue. Today ${came(values, "")}`,
    command: `pilotage review inbox ${workflow}`,
  }),
  good_bound: ({ bound, target, errors }, { workflow }) => ({
    text: `At most ${share(bound)} of the unreviewed cases are wrong; ${share(target)} are allowed. Found: ${number(errors)}.`,
    command: `pilotage certificates ${workflow}`,
  }),
  good_above: ({ bound, target, errors }, { workflow }) => ({
    text: `Up to ${share(bound)} of the unreviewed cases could be wrong; ${share(target)} are allowed. Found: ${number(errors)}.`,
    command: `pilotage certificates ${workflow}`,
  }),
  good_reviewed: ({ changed }, { workflow }) => ({
    text: `Every case is reviewed. People change or reject ${share(changed)} of the suggestions.`,
    command: `pilotage quality weeks ${workflow}`,
  }),
  good_too_few: ({ missing }, { workflow }) => ({
    text: `Not yet: ${more(missing, "checked case")} before this can be said.`,
    command: `pilotage review next ${workflow} --as <person>`,
  }),
  used_share: ({ model, automatic }, { workflow }) => ({
    text: `The model answers ${share(model)} of today's cases; ${share(automatic)} go out alone.`,
    command: `pilotage status ${workflow}`,
  }),
  used_manual: ({ open }, { workflow }) => ({
    text: `People do all of it; no release answers. ${open === 0 ? "None is" : `${some(open, "case")} ${verb(open)}`} open.`,
    command: `pilotage releases ${workflow}`,
  }),
  used_nothing_yet: (_, about) => ({ text: "No case in this time yet.", command: handIn(about) }),
  worth_no_baseline: ({ missing }, { workflow }) => ({
    text: `Not yet: the comparison with before needs ${more(missing, "case")} that people work without a model.`,
    command: `pilotage status ${workflow}`,
  }),
  worth_minutes: ({ before, after }, { workflow }) => ({
    text: `A case takes ${number(after)} minutes of work at the median, ${number(before)} before.`,
    command: `pilotage cost ${workflow}`,
  }),
};

export const NEEDS: Readonly<Record<NeedCode, Saying<About>>> = {
  change_waits: ({ setting, before, after, by }, { id }) => ({
    text: `${settingText(String(setting), parsed(before), parsed(after))}, asked for by ${by}`,
    command: `pilotage approve ${id} --as <person>`,
  }),
  policy_waits: ({ model, by, why }, { id }) => ({
    text: `Looser data policy for ${model}, asked for by ${by}. Would let on: ${letOn(why)}`,
    command: `pilotage connection approve ${id} --as <person>`,
  }),
  report_new: ({ title, reports }, { id }) => ({
    text: `Reported: “${REPORT_KINDS[title as ReportKind] ?? title}”, ${reports === 1 ? "once" : `${number(reports)} times`}`,
    command: `pilotage improvement show ${id}`,
  }),
  stop_requested: ({ person }, { id }) => ({
    text: `${person} asks for a stop`,
    command: `pilotage stop-request settle ${id} --rung <rung> --answer "..." --as <person>`,
  }),
  waiver_ends: ({ item, until }, { workflow }) => ({
    text: `The waiver “${WAIVED[item as string] ?? item}” ends ${at(until)}`,
    command: `pilotage waive ${workflow} ${item} --reason "..." --as <person>`,
  }),
  certificate_ends: ({ release, until }, { workflow }) => ({
    text: `The certificate of ${release} ends ${at(until)}; then everything is reviewed again`,
    command: `pilotage certify ${workflow} --as <person>`,
  }),
  certificate_suspended: ({ release }, { workflow }) => ({
    text: `The certificate of ${release} is suspended; everything is reviewed`,
    command: `pilotage certificates ${workflow}`,
  }),
  model_renamed: ({ model, before, after }) => ({
    text: `${model} answers as ${after}; it was ${before} before`,
    command: "pilotage model list",
  }),
  model_behaves: ({ model, before, after }) => ({
    text: `${model} answers otherwise than it did: ${after} of ${before} known answers are others`,
    command: "pilotage model runs",
  }),
  model_retires: ({ model, days, day }) => ({
    text: `${model} retires ${days === 0 ? "today" : days === 1 ? "tomorrow" : `in ${number(days)} days`} (${day})`,
    command: "pilotage model list",
  }),
  model_retired: ({ model, day }) => ({
    text: `${model} was to retire on ${day} and is still in use`,
    command: "pilotage model list",
  }),
  dead_letters: ({ cases, target }, { workflow }) => ({
    text: `${some(cases, "case")} could not be delivered to “${target}”`,
    command: `pilotage delivery dead ${workflow}`,
  }),
  gate_to_sign: ({ release }, { id }) => ({
    text: `The gate of ${release} is go and waits for your signature`,
    command: `pilotage gate show ${id}`,
  }),
  rollout_held: ({ release, alarm }, { id }) => ({
    text: `The rollout of ${release} is held${because(alarm)}`,
    command: `pilotage rollout show ${id}`,
  }),
  rolled_back: ({ release, alarm, unseen }, { id }) => ({
    text: `${release} was rolled back${because(alarm)}${unseenText(Number(unseen))}`,
    command:
      Number(unseen) > 0
        ? `pilotage rollout recall ${id} --reason "..." --as <person>`
        : `pilotage rollout show ${id}`,
  }),
  quarantine_open: ({ count: records }, { workflow }) => ({
    text: `${some(records, "record")} ${records === 1 ? "waits" : "wait"} in quarantine`,
    command: `pilotage quarantine list ${workflow}`,
  }),
  budget_warning: ({ used, period }, { workflow }) => ({
    text: `${share(used)} of the budget of ${named(period)} is used`,
    command: `pilotage cost ${workflow}`,
  }),
  budget_spent: ({ period, until }, { workflow }) => ({
    text: `The budget of ${named(period)} is spent: people do the work until it begins anew, ${at(until)}`,
    command: `pilotage cost ${workflow}`,
  }),
  orphaned: ({ person }, { workflow }) => ({
    text: `${person} is responsible and has no active account: the workflow is orphaned`,
    command: `pilotage user list --workflow ${workflow}`,
  }),
  second_person_missing: ({ action }) => ({
    text: `A second person is missing: ${ACTIONS[action as Action] ?? action}`,
    command: "pilotage user rules",
  }),
};

/** Says a code of either table. */
export function said<A>(
  table: Readonly<Record<string, Saying<A>>>,
  { code, values }: { code: string; values: Values },
  about: A,
): Said {
  const say = table[code];
  if (say !== undefined) return say(values, about);
  const known = Object.entries(values).map(([name, value]) => `${name} ${value}`);
  return { text: [code.replaceAll("_", " "), ...known].join(", ") };
}

/** ": Wrong outputs" of the alarm `errors`; nothing where a person did it. */
function because(alarm: string | number | undefined): string {
  return alarm === "" ? "" : `: ${ALARMS[alarm as Alarm] ?? alarm}`;
}

function unseenText(cases: number): string {
  if (cases === 0) return "";
  return `; ${cases === 1 ? "one case that it delivered alone has" : `${number(cases)} cases that it delivered alone have`} been seen by nobody`;
}

/** "3 cases came in, 2 are delivered." */
function came({ received, delivered }: Values, what = "case"): string {
  const some = what === "" ? number(received) : count(Number(received), what);
  return `${some} came in, ${number(delivered)} ${verb(delivered)} delivered.`;
}

const number = (value: string | number | undefined) => Number(value).toLocaleString("en");
const verb = (value: string | number | undefined) => (value === 1 ? "is" : "are");
const some = (value: string | number | undefined, what: string) =>
  value === 1 ? `One ${what}` : count(Number(value), what);
const more = (value: string | number | undefined, what: string) =>
  `${number(value)} more ${what}${value === 1 ? "" : "s"}`;
const share = (value: string | number | undefined) => percent(Number(Number(value).toFixed(3)));
const at = (value: string | number | undefined) => moment(String(value));
const named = (period: string | number | undefined) => (period === "day" ? "today" : "this month");
const handIn = ({ workflow }: Answered) => `pilotage case submit ${workflow} --input <file> --as <person>`;

/** Comes as JSON text, and from a newer server with kinds that have no words here. */
function letOn(why: string | number | undefined): string {
  const all = parsed(why);
  return Array.isArray(all) ? (all as Loosening[]).map(loosenedWords).join("; ") : String(why);
}

/** Values of dials come as JSON text. */
function parsed(value: string | number | undefined): unknown {
  try {
    return JSON.parse(String(value)) as unknown;
  } catch {
    return value;
  }
}
