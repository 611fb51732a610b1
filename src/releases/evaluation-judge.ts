/**
 * The judging models of a run: after the answers, each judge that a metric names says yes or no to every first answer, and to
 * the answers of items that a person judged, so that it is known how far the two agree.
 *
 * Asked the way every model is: with its budget, breaker, time limit and cost; each verdict is stored before that lane goes on,
 * and a run that is taken up again asks for the rest only. What a judge is told is in definition/judge.ts, what people said in judged-before.ts.
 */
import { sealJson, openJson } from "../cases/content.ts";
import { requestFor } from "../cases/model/call.ts";
import { confidenceOf } from "../cases/model/telling.ts";
import { compileRelease, type ReleaseView, type WorkflowView } from "../cases/workflow/registry.ts";
import type { JsonObject } from "../contract/json.ts";
import { judgeMessages, judgeRelease, shownToJudge, type FrozenJudge } from "../definition/judge.ts";
import type { ContentKey } from "../platform/secrets.ts";
import { sql } from "../platform/sql.ts";
import { askPatiently } from "./ask-patiently.ts";
import type { EvaluationParts } from "./evaluation-answer.ts";
import type { RunLease } from "./evaluation-score.ts";
import { itemOwner } from "./evaluation-set.ts";
import { judgementWriter, type Judgement } from "./judgement-store.ts";
import { judgedByPeople, type ItemContent } from "./judged-before.ts";
import { outputKind } from "./run-items.ts";

export interface JudgedRun {
  id: string;
  workflow: string;
  set_id: string;
  at_once: number;
  judges: FrozenJudge[];
  lease_no: number;
}

interface Row {
  no: number;
  wrapped: Uint8Array;
  item: Uint8Array;
  case_id: string | null;
  /** The first answer, sealed; null where there was none. */
  answer: Uint8Array | null;
  /** What was judged, as "<judge> <about>". */
  has: string[];
}

/** One answer that a judge is to look at. */
interface Question {
  judge: FrozenJudge;
  no: number;
  about: "run" | "person";
  key: ContentKey;
  input: JsonObject;
  answer: JsonObject;
  person?: boolean;
}

const GROUP = 64;
const MOST_FAILURES = 25;

/** Asks the judges for what they have not said; answers why it was given up, or nothing when it was not. `left`: the process stops, or lost the run. */
export async function judgeAnswers(
  parts: EvaluationParts,
  run: JudgedRun,
  release: ReleaseView,
  workflow: () => Promise<WorkflowView>,
): Promise<"done" | "left" | { problem: string }> {
  if (run.judges.length === 0) return "done";
  const lease: RunLease = { id: run.id, worker: parts.worker, leaseNo: run.lease_no };
  const write = judgementWriter(parts.database, lease);
  const state = { failures: 0, last: "", lost: false };
  const ask = async (question: Question) => {
    const judgement = await judged(parts, run, { release, workflow }, question);
    if (judgement === undefined) return;
    state.failures = judgement.error === undefined ? 0 : state.failures + 1;
    state.last = judgement.error ?? state.last;
    if (!(await write(judgement))) state.lost = true;
  };
  for (let after = 0; ;) {
    const rows = await nextRows(parts, run, after);
    if (rows.length === 0) return "done";
    after = rows.at(-1)!.no;
    const questions = (await questionsAbout(parts, run, release, rows)).values();
    const lane = async () => {
      for (const question of questions) {
        if (parts.stopped.aborted || state.lost || state.failures >= MOST_FAILURES) return;
        await ask(question);
      }
    };
    const lanes = await Promise.allSettled(Array.from({ length: run.at_once }, lane));
    for (const one of lanes) if (one.status === "rejected") throw one.reason;
    if (parts.stopped.aborted || state.lost) return "left";
    if (state.failures >= MOST_FAILURES)
      return {
        problem: `${MOST_FAILURES} judgements in a row failed (${state.last}), so the run was given up. Look at the model of its judge, then evaluate again.`,
      };
  }
}

async function nextRows({ database }: EvaluationParts, run: JudgedRun, after: number): Promise<Row[]> {
  return database.all<Row>(sql`
    select i.no, i.wrapped, i.sealed as item, i.case_id, case when s.state = 'answered' then s.sealed end as answer,
      array(select j.judge || ' ' || j.about from evaluation_judgement j where j.run_id = ${run.id} and j.no = i.no) as has
    from evaluation_item i join evaluation_score s on s.run_id = ${run.id} and s.no = i.no
    where i.set_id = ${run.set_id} and i.no > ${after} and s.state <> 'left_out' order by i.no limit ${GROUP}`);
}

async function questionsAbout(
  parts: EvaluationParts,
  run: JudgedRun,
  release: ReleaseView,
  rows: Row[],
): Promise<Question[]> {
  const before = await judgedByPeople(parts, rows);
  return rows.flatMap((row): Question[] => {
    let key: ContentKey;
    let content: ItemContent;
    try {
      key = parts.vault.openKey(itemOwner(run.set_id, row.no), row.wrapped);
      content = openJson(key, "item", row.item) as unknown as ItemContent;
    } catch {
      // Its key was destroyed while the run was under way.
      return [];
    }
    const { input } = content;
    return run.judges.flatMap((judge) => {
      const questions: Question[] = [];
      if (row.answer !== null && !row.has.includes(`${judge.name} run`)) {
        const { output } = openJson(key, outputKind(run.id, 1), row.answer) as { output: JsonObject };
        questions.push({ judge, no: row.no, about: "run", key, input, answer: output });
      }
      const person = before(row, content, judge, release);
      if (person && !row.has.includes(`${judge.name} person`))
        questions.push({ judge, no: row.no, about: "person", key, input, ...person });
      return questions;
    });
  });
}

/** What the judge said; undefined when the process stops. */
async function judged(
  parts: EvaluationParts,
  run: JudgedRun,
  asking: { release: ReleaseView; workflow(): Promise<WorkflowView> },
  { judge, no, about, key, input, answer, person }: Question,
): Promise<Judgement | undefined> {
  const base = { no, judge: judge.name, about, ...(person !== undefined && { person }) };
  const kind = `judgement.${run.id}.${judge.name}.${about}`;
  const id = itemOwner(run.set_id, no);
  const matter = { id, input, attachments: [], release: asking.release, workflow: await asking.workflow() };
  // Nothing of the input that the policy keeps from the release's own model.
  const allowed = requestFor(parts, matter).input;
  const shown = shownToJudge(judge, allowed, answer);
  if (!shown) {
    const sealed = sealJson(key, kind, { reason: "There is nothing to judge." });
    return { ...base, verdict: false, sealed };
  }
  const name = `evaluation ${run.id} ${no} ${judge.name} ${about}`;
  const telling = parts.telling.question({
    path: "evaluation",
    key: name,
    standing: { of: name },
    own: {
      "pilotage.evaluation.run": run.id,
      "pilotage.workflow": run.workflow,
      "pilotage.judge": judge.name,
    },
  });
  const asked = { release: judgeView(run.workflow, judge), step: 0, workflow: asking.workflow };
  const ended = await askPatiently(parts, asked, { id, input: { ...shown } }, telling);
  telling.end(confidenceOf(undefined));
  if (ended === undefined) return undefined;
  const { milliseconds, cost } = ended;
  if (ended.kind === "failed") return { ...base, error: ended.code, milliseconds, cost };
  const { verdict, reason } = ended.output as { verdict: boolean; reason: string };
  return { ...base, verdict, milliseconds, cost, sealed: sealJson(key, kind, { reason }) };
}

const views = new WeakMap<FrozenJudge, ReleaseView>();

/** The judge as something that can be asked. Its id is its content: a judge that was changed is another one. */
function judgeView(workflow: string, judge: FrozenJudge): ReleaseView {
  let view = views.get(judge);
  if (!view) {
    const { digest } = judge;
    const compiled = compileRelease(`judge_${workflow}_${digest}`, digest, judgeRelease(workflow, judge));
    view = { ...compiled, prompt: { render: ({ input }) => judgeMessages(judge, input) } };
    views.set(judge, view);
  }
  return view;
}
