/**
 * One list of everything that goes wrong: reports of reviewers, feedback from outside, second looks that differ.
 *
 * What is said of the same kind, reason and field joins one improvement, which has a rank, an owner, the release that
 * fixed it, and the answer to everybody who said it. The owner hears of a report at once, and of the third on a day as an
 * alert; of visible personal data, wherever it was said, those who answer for data protection hear as well. A mail goes out
 * after what it tells is stored, and holds no words of the case. What one reader sees of it is in said.ts, whom an answer
 * still has to reach in answer.ts.
 */
import type { Audit } from "../../audit/record.ts";
import { keysOf, openJson, sealJson } from "../../cases/content.ts";
import { insertContent } from "../../cases/model/record.ts";
import type { Registry } from "../../cases/workflow/registry.ts";
import { PilotageError } from "../../contract/errors.ts";
import type { ImprovementState, ReportKind } from "../../contract/feedback-endpoints.ts";
import type { Id } from "../../contract/ids.ts";
import type { Actor } from "../../contract/scopes.ts";
import type { ReviewReason } from "../../contract/states.ts";
import type { NewId } from "../../platform/chance.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Database, Tx } from "../../platform/database.ts";
import type { ContentKey, Vault } from "../../platform/secrets.ts";
import { dayIn, startOfDay } from "../local-day.ts";
import type { Post } from "../post.ts";
import { inOrder, OTHER_DAYS, wantsNewReason } from "./rank.ts";
import { addressesFor } from "./answer.ts";
import { saidUnder, type OneSaid, type Reader } from "./said.ts";
import * as store from "./store.ts";
import { ownKey, sealWords, wordsKind, type Words } from "./words.ts";

const DAY = 86_400_000;
const MOST_ALIKE = 20;
const MOST_CASES = 50;
const PARETO_DAYS = 90;
const ALERT_FROM = 3;
/** A field of what came in is named so, one of the output by its path alone. */
const OF_SOURCE = "input.";
/** Who hears of visible personal data: who owns the workflow, and who answers for its data. */
const PRIVACY_ROLES = ["owner", "steward", "compliance"] as const;

export interface Improvement extends Omit<store.ImprovementRow, "answer"> {
  rank: number;
  cases: string[];
  answer: string | null;
}

export interface Said {
  workflow: string;
  kind: ReportKind;
  reason: string | null;
  field: string | null;
  door: store.Door;
  caseId: string | null;
  /** A colleague's name; null for whoever is named in the words alone. */
  person: string | null;
  label: string | null;
  words: Words | undefined;
}

/** What came of something that was said. */
export interface Kept {
  report: Id<"report">;
  improvement: string;
  /** Such reports today. */
  today: number;
  /** The third of the day, told now. */
  alert: boolean;
  /** Visible personal data, which those who answer for data protection hear of now. */
  privacy: boolean;
  by: Actor;
}

export interface Improvements {
  /** Stores what somebody said, in the caller's transaction. `key` is the case's, where a case is named. */
  keep(tx: Tx, said: Said, key: ContentKey | undefined, by: Actor): Promise<Kept>;
  /**
   * After the commit: tells the owner of a report, of the third on a day also who is on call, and of visible personal data
   * who answers for data protection. Answers whom.
   */
  tell(workflow: string, kept: Kept, options: { everyReport: boolean }): Promise<string[]>;
  report(
    workflow: string,
    given: {
      kind: ReportKind;
      caseId: string | undefined;
      reason: ReviewReason | undefined;
      field: string | undefined;
      text: string | undefined;
    },
    person: string,
    by: Actor,
  ): Promise<{ improvement: string; alike: string[]; told: string[]; today: number }>;
  list(
    workflow: string,
    filter: { state: string | undefined; limit: number },
  ): Promise<{
    improvements: Improvement[];
    reasons: { reason: string; count: number }[];
    wantsNewReason: boolean;
  }>;
  /** One improvement with what was said, as far as the reader may know it; undefined when there is none. */
  read(id: string, reader: Reader): Promise<(Improvement & { said: OneSaid[] }) | undefined>;
  settle(
    id: string,
    to: {
      state?: ImprovementState | undefined;
      urgency?: store.Urgency | undefined;
      owner?: string | null | undefined;
      fixedBy?: string | null | undefined;
      answer?: string | null | undefined;
    },
    by: Actor,
  ): Promise<Improvement & { told: number }>;
}

export interface ImprovementParts {
  database: Database;
  registry: Registry;
  vault: Vault;
  clock: Clock;
  newId: NewId;
  audit: Audit;
  post: Post;
}

export function openImprovements(parts: ImprovementParts): Improvements {
  const { database, registry, vault, clock, newId, audit, post } = parts;

  async function keep(tx: Tx, said: Said, key: ContentKey | undefined, by: Actor): Promise<Kept> {
    const at = clock.now();
    const { zone } = (await registry.workflow(tx, said.workflow)).document.calendar;
    const report = newId("report");
    let sealed: Uint8Array | null = null;
    if (said.words !== undefined && said.caseId === null)
      sealed = sealWords(await ownKey(tx, vault, report), report, said.words);
    const { words: _, ...rest } = said;
    const improvement = await store.keepReport(tx, { ...rest, id: report, sealed, at }, newId("improvement"));
    if (said.words !== undefined && said.caseId !== null && key)
      await insertContent(tx, [
        { case_id: said.caseId, kind: wordsKind(report), sealed: sealWords(key, report, said.words) },
      ]);
    audit.record(tx, [
      {
        kind: "report.made",
        actor: by,
        workflow: said.workflow,
        ...(said.caseId === null ? {} : { caseId: said.caseId }),
        data: { report, improvement, kind: said.kind, door: said.door, reason: said.reason },
      },
    ]);
    const { workflow, kind, door } = said;
    const since = startOfDay(at, zone);
    const today = await store.reportsSince(tx, { workflow, improvement, kind, door, since });
    const alert = today >= ALERT_FROM && (await store.claimAlert(tx, improvement, dayIn(at, zone)));
    if (alert)
      audit.record(tx, [
        {
          kind: "report.alerted",
          actor: by,
          workflow: said.workflow,
          data: { improvement, kind: said.kind, today },
        },
      ]);
    return { report, improvement, today, alert, privacy: await tellsPrivacy(tx, said, report, zone), by };
  }

  /** Of what comes from outside the first of a case on a day: whoever has its link cannot flood mailboxes. */
  async function tellsPrivacy(tx: Tx, said: Said, report: string, zone: string): Promise<boolean> {
    if (said.kind !== "personal_data" && said.reason !== "privacy") return false;
    if ((said.door !== "page" && said.door !== "key") || said.caseId === null) return true;
    const since = startOfDay(clock.now(), zone);
    return !(await store.privacySaidBefore(tx, { caseId: said.caseId, report, since }));
  }

  async function tell(workflow: string, kept: Kept, { everyReport }: { everyReport: boolean }) {
    const { today, improvement } = kept;
    const alerted = kept.alert
      ? await post.toRoles(workflow, ["owner", "on_call"], "report_alert", { workflow, today })
      : [];
    if (kept.privacy) {
      const told = await post.toRoles(
        workflow,
        PRIVACY_ROLES,
        "report_privacy",
        { workflow, improvement },
        alerted,
      );
      await recordTold(workflow, kept, told);
      return [...alerted, ...told];
    }
    return kept.alert || !everyReport
      ? alerted
      : post.toRoles(workflow, ["owner"], "report", { workflow, today });
  }

  /** When who was told counts where the law sets a deadline. */
  async function recordTold(workflow: string, { report, improvement, by }: Kept, told: string[]) {
    await database.transaction(async (tx) =>
      audit.record(tx, [{ kind: "report.told", actor: by, workflow, data: { report, improvement, told } }]),
    );
  }

  async function shown(rows: store.ImprovementRow[], ranks: Map<string, number>): Promise<Improvement[]> {
    const ids = rows.map((row) => row.id);
    const cases = await store.casesBehind(database, ids, MOST_CASES);
    const keys = await keysOf(
      database,
      vault,
      rows.filter((row) => row.answer !== null).map((row) => row.id),
    );
    return rows.map(({ answer, ...row }) => {
      const key = keys.get(row.id);
      return {
        ...row,
        rank: ranks.get(row.id)!,
        cases: cases.get(row.id) ?? [],
        answer: answer && key ? (openJson(key, "answer", answer) as string) : null,
      };
    });
  }

  async function ranked(
    workflow: string,
  ): Promise<{ rows: store.ImprovementRow[]; ranks: Map<string, number> }> {
    const rows = inOrder(await store.improvements(database, { workflow }, clock.now()));
    return { rows, ranks: new Map(rows.map((row, i) => [row.id, i + 1])) };
  }

  return {
    keep,
    tell,

    async report(workflow, { kind, caseId, reason, field, text }, person, by) {
      await registry.workflow(database, workflow);
      const named = caseId === undefined ? undefined : await caseNamed(workflow, caseId);
      // People change fields of the output alone: what is wrong with what came in has none that is alike.
      const ofSource = field?.startsWith(OF_SOURCE) ?? false;
      const said =
        named && reason === undefined && (field === undefined || ofSource)
          ? await store.lastObjection(database, named)
          : undefined;
      const about = { reason: reason ?? said?.reason ?? null, field: field ?? said?.field ?? null };
      const sought = { ...about, field: ofSource ? (said?.field ?? null) : about.field };
      const alike =
        sought.reason === null && sought.field === null
          ? []
          : await store.casesAlike(database, { workflow, ...sought, but: named ?? null, most: MOST_ALIKE });
      const kept = await database.transaction(async (tx) => {
        const key = named === undefined ? undefined : (await keysOf(tx, vault, [named])).get(named);
        const made = await keep(
          tx,
          {
            workflow,
            kind,
            ...about,
            door: "inbox",
            // Words about a case whose key is gone have no place with it.
            caseId: key ? named! : null,
            person,
            label: null,
            words: text === undefined ? undefined : { text },
          },
          key,
          by,
        );
        await store.attachCases(tx, made.report, alike);
        return made;
      });
      const told = await tell(workflow, kept, { everyReport: true });
      return { improvement: kept.improvement, alike, told, today: kept.today };
    },

    async list(workflow, { state, limit }) {
      await registry.workflow(database, workflow);
      const now = clock.now();
      const { rows, ranks } = await ranked(workflow);
      const chosen = rows.filter((row) => state === undefined || row.state === state).slice(0, limit);
      return {
        improvements: await shown(chosen, ranks),
        reasons: await store.reasonCounts(database, workflow, now - PARETO_DAYS * DAY),
        wantsNewReason: wantsNewReason(
          await store.otherAmongEdits(database, workflow, now - OTHER_DAYS * DAY),
        ),
      };
    },

    async read(id, reader) {
      const workflow = await store.workflowOfImprovement(database, id);
      if (workflow === undefined) return undefined;
      return { ...(await one(workflow, id)), said: await saidUnder({ database, vault }, id, reader) };
    },

    async settle(id, to, by) {
      const { workflow, answer, reach } = await database.transaction(async (tx) => {
        await store.lockImprovement(tx, id);
        const [row] = await store.improvements(tx, { id }, clock.now());
        if (!row) throw noImprovement(id);
        const state = to.state ?? row.state;
        const fixedBy = to.fixedBy === undefined ? row.fixed_by : to.fixedBy;
        const key = (await keysOf(tx, vault, [id])).get(id);
        const said = row.answer && key ? openJson(key, "answer", row.answer) : null;
        const answer = to.answer === undefined ? (said as string | null) : to.answer;
        await demandSettleable(tx, row, { state, fixedBy, hasAnswer: answer !== null });
        const settled = state === "fixed" || state === "declined";
        const fresh = answer !== said;
        // The same words again reach only those who came since; so does what is settled with the answer that it has.
        const again = typeof to.answer === "string" || (settled && row.settled_at === null);
        const reporters = answer !== null && (fresh || again) ? await store.reportersOf(tx, id) : [];
        const isLate = (one: store.Reporter) => fresh || one.said_at > row.answered_at!;
        const reach = { late: reporters.filter(isLate), before: reporters.filter((one) => !isLate(one)) };
        const goesOut = fresh || reach.late.length > 0;
        await store.writeImprovement(tx, id, {
          state,
          urgency: to.urgency ?? row.urgency,
          owner: to.owner === undefined ? row.owner : to.owner,
          fixedBy,
          answer:
            answer === null
              ? null
              : fresh
                ? sealJson(await ownKey(tx, vault, id), "answer", answer)
                : row.answer,
          answeredAt: answer === null ? null : goesOut ? clock.now() : row.answered_at,
          settledAt: settled ? (row.settled_at ?? clock.now()) : null,
        });
        audit.record(tx, [
          {
            kind: "improvement.settled",
            actor: by,
            workflow: row.workflow,
            data: { improvement: id, state, fixedBy, answered: answer !== null && goesOut },
          },
        ]);
        return { workflow: row.workflow, answer, reach };
      });
      const addresses = answer === null ? [] : await addressesFor({ database, vault }, reach);
      const told = await post.toAddresses(addresses, "improvement_answer", {
        workflow,
        answer: answer ?? "",
      });
      return { ...(await one(workflow, id)), told: told.length };
    },
  };

  async function one(workflow: string, id: string): Promise<Improvement> {
    const { rows, ranks } = await ranked(workflow);
    const found = await shown(
      rows.filter((row) => row.id === id),
      ranks,
    );
    return found[0]!;
  }

  async function caseNamed(workflow: string, caseId: string): Promise<string | undefined> {
    const found = await store.judgedCase(database, caseId);
    if (found?.workflow === workflow) return caseId;
    // A planted case is nobody's: the report stands without a case, as if none had been named.
    if ((await store.plantedIn(database, caseId)) === workflow) return undefined;
    throw new PilotageError("not_found", `There is no case ${caseId.slice(0, 60)}. Nothing was reported.`);
  }
}

async function demandSettleable(
  tx: Tx,
  row: store.ImprovementRow,
  to: { state: ImprovementState; fixedBy: string | null; hasAnswer: boolean },
): Promise<void> {
  if (to.state === "fixed" && to.fixedBy === null)
    throw new PilotageError(
      "bad_request",
      `What is fixed names the release that fixed it; nothing was changed.`,
      { hint: "Send `fixedBy` with the id of the release." },
    );
  if (to.fixedBy !== null && (await store.releaseOf(tx, to.fixedBy)) !== row.workflow)
    throw new PilotageError(
      "bad_request",
      `${to.fixedBy.slice(0, 60)} is no release of ${row.workflow}; nothing was changed.`,
      { hint: `\`pilotage releases ${row.workflow}\` lists them.` },
    );
  if (to.state === "declined" && !to.hasAnswer)
    throw new PilotageError(
      "bad_request",
      "What is declined is answered: whoever reported it learns why it stays as it is. Nothing was changed.",
      { hint: "Send an `answer` with it." },
    );
  const reopens = row.settled_at !== null && (to.state === "open" || to.state === "planned");
  const twin = reopens ? await store.openTwin(tx, row.id) : undefined;
  if (twin !== undefined)
    throw new PilotageError(
      "wrong_state",
      `The same was reported again since, and stands open as ${twin}; ${row.id} stays ${row.state}.`,
      { hint: "Work on the open one." },
    );
}

export function noImprovement(id: string): PilotageError {
  return new PilotageError("not_found", `There is no improvement ${id.slice(0, 60)}.`, {
    hint: "`pilotage improvement list <workflow>` lists them.",
  });
}
