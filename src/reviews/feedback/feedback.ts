/**
 * What whoever receives a result says about it: over the API, or on a signed page that needs no account.
 *
 * Feedback is a linked record and a label that calls the delivered result wrong; it never changes the result, and opening
 * the page changes nothing. The same page lets a sender answer a question; what an answer does to its case is handed in
 * by reviews (SenderQuestions). Only what was delivered can be wrong for somebody outside.
 */
import type { Audit } from "../../audit/record.ts";
import { pageLink, type PageToken, type Tokens } from "../../access/tokens.ts";
import { keysOf, openJson, readContent, sealJson } from "../../cases/content.ts";
import { insertContent } from "../../cases/model/record.ts";
import type { Registry, WorkflowView } from "../../cases/workflow/registry.ts";
import { checkValue } from "../../connectors/feed/json.ts";
import { PilotageError } from "../../contract/errors.ts";
import { isId, type CaseId } from "../../contract/ids.ts";
import { isJsonObject, type JsonObject } from "../../contract/json.ts";
import type { Actor } from "../../contract/scopes.ts";
import type { ReviewReason } from "../../contract/states.ts";
import { isWrong } from "../../definition/error-rule.ts";
import type { NewId } from "../../platform/chance.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Database, Tx } from "../../platform/database.ts";
import type { ContentKey, Vault } from "../../platform/secrets.ts";
import { isAddress } from "../post.ts";
import type { TellLabels } from "../told.ts";
import type { Improvements, Kept } from "./improvements.ts";
import * as store from "./store.ts";
import { wordsOf } from "./words.ts";

const HOUR = 3_600_000;
/** What one page takes in an hour: enough for second thoughts, no door for floods. */
const MOST_AN_HOUR = 5;
const MOST_OF_A_CASE = 50;
/** Who speaks through a signed page; the name that they give lies sealed. */
const PAGE: Actor = { kind: "system", name: "signed page" };

/** What a signed page may ask about a question to the sender. Handed in by reviews. */
export interface SenderQuestions {
  look(
    caseId: CaseId,
    no: number,
  ): Promise<{ question: string; open: boolean; said: { at: number; text: string }[] } | undefined>;
  /** Records the answer; throws `wrong_state` when nothing waits for one. */
  answer(caseId: CaseId, no: number, text: string): Promise<void>;
}

export interface PageShown {
  kind: PageToken["kind"];
  unit: string;
  externalId: string;
  deliveredAt: number | null;
  question: string | null;
  said: { at: number; text: string; answer: string | null; answeredAt: number | null }[];
  open: boolean;
  support: { contact: string; answerHours: number | null } | null;
}

export interface Feedback {
  look(token: string): Promise<PageShown>;
  say(
    token: string,
    said: { reason: ReviewReason | undefined; text: string; email: string | undefined },
  ): Promise<{ taken: true; kind: PageToken["kind"] }>;
  give(
    caseId: string,
    said: {
      reason: ReviewReason;
      text: string;
      output: JsonObject | undefined;
      reporter: string | undefined;
    },
    from: { person: string; simulated: boolean; door: "key" | "inbox"; actor: Actor },
  ): Promise<{ label: string; improvement: string }>;
  /** The signed page of a delivered case. */
  link(caseId: string): Promise<string>;
}

export interface FeedbackParts {
  database: Database;
  registry: Registry;
  vault: Vault;
  clock: Clock;
  newId: NewId;
  audit: Audit;
  tokens: Tokens;
  improvements: Pick<Improvements, "keep">;
  /** After the commit; whoever is outside waits for no mail server. */
  tell(workflow: string, kept: Kept): void;
  questions: SenderQuestions;
  labelled?: TellLabels;
  /** Where the pages of this installation are found. */
  publicUrl(): string;
}

export function openFeedback(parts: FeedbackParts): Feedback {
  const { database, registry, vault, clock, newId, audit, tokens, improvements, questions } = parts;

  function opened(token: string): PageToken {
    const page = tokens.read(token, clock.now());
    if (!page) throw noPage();
    return page;
  }

  async function look(token: string): Promise<PageShown> {
    const page = opened(token);
    const found = await store.judgedCase(database, page.caseId);
    if (!found) throw noPage();
    const { document } = await registry.workflow(database, found.workflow);
    const about = {
      kind: page.kind,
      unit: document.unit,
      externalId: found.external_id,
      deliveredAt: found.delivered_at,
      support: document.support ? supportOf(document) : null,
    };
    if (page.kind === "answer") {
      const asked = await questions.look(page.caseId, page.no);
      if (!asked) throw noPage();
      return {
        ...about,
        question: asked.question,
        open: asked.open,
        said: asked.said.map((one) => ({ ...one, answer: null, answeredAt: null })),
      };
    }
    return {
      ...about,
      question: null,
      open: found.state === "delivered",
      said: await saidBefore(page.caseId),
    };
  }

  async function saidBefore(caseId: CaseId): Promise<PageShown["said"]> {
    const found = await store.saidOnPage(database, caseId);
    const words = await wordsOf(
      database,
      vault,
      found.map((one) => ({ id: one.id, case_id: caseId })),
    );
    const keys = await keysOf(
      database,
      vault,
      found.map((one) => one.improvement),
    );
    return found.flatMap((one) => {
      const text = words.get(one.id)?.text;
      if (typeof text !== "string") return [];
      const key = keys.get(one.improvement);
      const answer = one.answer && key ? (openJson(key, "answer", one.answer) as string) : null;
      // An answer is to what was said before it; who says the same again later waits for the next one.
      const answered = answer !== null && one.answered_at !== null && one.answered_at >= one.said_at;
      return [
        {
          at: one.said_at,
          text,
          answer: answered ? answer : null,
          answeredAt: answered ? one.answered_at : null,
        },
      ];
    });
  }

  async function say(
    token: string,
    said: { reason: ReviewReason | undefined; text: string; email: string | undefined },
  ): Promise<{ taken: true; kind: PageToken["kind"] }> {
    const page = opened(token);
    demandText(said.text);
    const email = said.email?.trim() || undefined;
    if (email !== undefined && !isAddress(email))
      throw new PilotageError("bad_request", "The e-mail address is none; nothing was taken.", {
        hint: "Leave it out, or write it in full.",
      });
    if (page.kind === "answer") {
      await questions.answer(page.caseId, page.no, said.text);
      return { taken: true, kind: "answer" };
    }
    const { kept, workflow } = await database.transaction(async (tx) => {
      const { case_, key } = await delivered(tx, page.caseId, noPage);
      await demandPatience(tx, page.caseId);
      const made = await judgeWrong(tx, case_, key, {
        reason: said.reason,
        words: { text: said.text, ...(email === undefined ? {} : { email }) },
        output: undefined,
        door: "page",
        person: null,
        by: PAGE,
        simulated: false,
      });
      return { kept: made.kept, workflow: case_.workflow };
    });
    parts.tell(workflow, kept);
    return { taken: true, kind: "feedback" };
  }

  async function give(
    caseId: string,
    said: Parameters<Feedback["give"]>[1],
    from: Parameters<Feedback["give"]>[2],
  ): Promise<{ label: string; improvement: string }> {
    demandText(said.text);
    const { label, kept, workflow } = await database.transaction(async (tx) => {
      const { case_, key } = await delivered(tx, caseId, () => noCase(caseId));
      const { reporter } = said;
      const made = await judgeWrong(tx, case_, key, {
        reason: said.reason,
        words: { text: said.text, ...(reporter === undefined ? {} : { reporter }) },
        output: said.output,
        door: from.door,
        person: from.person,
        by: from.actor,
        simulated: from.simulated,
      });
      return { ...made, workflow: case_.workflow };
    });
    parts.tell(workflow, kept);
    return { label, improvement: kept.improvement };
  }

  /** A delivered case with its key, held so that what is said about it at the same moment is counted. */
  async function delivered(
    tx: Tx,
    caseId: string,
    missing: () => PilotageError,
  ): Promise<{ case_: store.JudgedCase; key: ContentKey }> {
    const case_ = isId("case", caseId) ? await store.lockJudged(tx, caseId) : undefined;
    if (!case_) throw missing();
    const key = (await keysOf(tx, vault, [caseId])).get(caseId);
    if (case_.state !== "delivered" || !key)
      throw new PilotageError(
        "wrong_state",
        "This result is not with its receiver at the moment, so nothing can be said about it. Nothing was taken.",
      );
    return { case_, key };
  }

  async function demandPatience(tx: Tx, caseId: string): Promise<void> {
    const now = clock.now();
    const lately = await store.saidSince(tx, caseId, now - HOUR);
    const ever = await store.saidSince(tx, caseId, 0);
    if (lately < MOST_AN_HOUR && ever < MOST_OF_A_CASE) return;
    throw new PilotageError(
      "too_many_requests",
      "Much was said on this page already, and all of it is kept; nothing more was taken now.",
      { hint: "Come back in an hour, or turn to the contact on the page." },
    );
  }

  /** The label, its answer where one was given, and the record on the list of improvements. */
  async function judgeWrong(
    tx: Tx,
    case_: store.JudgedCase,
    key: ContentKey,
    said: {
      reason: ReviewReason | undefined;
      words: { text: string; reporter?: string; email?: string };
      output: JsonObject | undefined;
      door: "page" | "key" | "inbox";
      person: string | null;
      by: Actor;
      simulated: boolean;
    },
  ): Promise<{ label: string; kept: Kept }> {
    const now = clock.now();
    const fields = said.output ? await fieldsWrong(tx, case_, said.output) : [];
    const label = newId("label");
    await store.giveLabel(tx, {
      id: label,
      case_,
      source: "feedback",
      askedFor: "feedback",
      probability: null,
      seen: true,
      wrong: true,
      fields,
      person: said.person ?? PAGE.name,
      simulated: said.simulated,
      now,
    });
    const { id: case_id, workflow, release, arm } = case_;
    tx.afterCommit(() =>
      parts.labelled?.([{ case_id, workflow, release, arm, source: "feedback", wrong: true }]),
    );
    if (said.output)
      await insertContent(tx, [
        { case_id: case_.id, kind: `label.${label}`, sealed: sealJson(key, `label.${label}`, said.output) },
      ]);
    audit.record(tx, [
      {
        kind: "feedback.given",
        actor: said.by,
        workflow: case_.workflow,
        caseId: case_.id,
        data: { label, door: said.door, reason: said.reason ?? null, fields },
      },
    ]);
    const kept = await improvements.keep(
      tx,
      {
        workflow: case_.workflow,
        kind: "wrong_result",
        reason: said.reason ?? null,
        field: fields[0] ?? null,
        door: said.door,
        caseId: case_.id,
        person: said.person,
        label,
        words: said.words,
      },
      key,
      said.by,
    );
    return { label, kept };
  }

  /** In which fields what was delivered differs from what would have been right. */
  async function fieldsWrong(tx: Tx, case_: store.JudgedCase, output: JsonObject): Promise<string[]> {
    const view = await registry.workflow(tx, case_.workflow);
    const release =
      case_.release === "manual"
        ? await registry.reference(tx, view.row)
        : await registry.release(tx, case_.release);
    const problems =
      checkValue(output) === undefined
        ? release.checkOutput(output)
        : [{ path: "", message: "it holds text that cannot be stored" }];
    if (problems.length > 0)
      throw new PilotageError(
        "bad_output",
        `What would have been right breaks the output schema: ${problems.map((one) => `${one.path || "output"}: ${one.message}`).join("; ")}. Nothing was taken.`,
        { details: problems },
      );
    const keys = await keysOf(tx, vault, [case_.id]);
    const content = (await readContent(tx, keys, ["output", "final"])).get(case_.id);
    const sent = content?.get("final") ?? content?.get("output");
    return isJsonObject(sent) ? isWrong(release.document.error, sent, output).fields : [];
  }

  return {
    look,
    say,
    give,
    async link(caseId) {
      const found = await store.judgedCase(database, caseId);
      if (!found) throw noCase(caseId);
      if (found.state !== "delivered")
        throw new PilotageError(
          "wrong_state",
          `The case ${caseId} is ${found.state}: only about what was delivered somebody outside can say that it is wrong.`,
        );
      const view = await registry.workflow(database, found.workflow);
      return pageLink(parts.publicUrl(), feedbackToken(tokens, view, found.id, clock.now()));
    },
  };
}

/** The token of a case's page; it ends when the case's content does. */
export function feedbackToken(tokens: Tokens, workflow: WorkflowView, caseId: CaseId, now: number): string {
  const expiresAt = now + workflow.document.retention.content;
  return tokens.make({ kind: "feedback", caseId, no: 0, expiresAt });
}

export function supportOf({
  support,
}: WorkflowView["document"]): { contact: string; answerHours: number | null } | null {
  return support ? { contact: support.contact, answerHours: support.answerHours ?? null } : null;
}

function demandText(text: string): void {
  if (checkValue(text) === undefined && text.trim() !== "") return;
  throw new PilotageError("bad_request", "The text holds what cannot be stored; nothing was taken.");
}

/** One answer for a token that is not ours, was changed, is over, or is about something that is gone. */
function noPage(): PilotageError {
  return new PilotageError(
    "not_found",
    "This link opens nothing: it is over, or it was changed on its way.",
    { hint: "Ask whoever sent it for a new one." },
  );
}

function noCase(caseId: string): PilotageError {
  return new PilotageError("not_found", `There is no case ${caseId.slice(0, 60)}.`);
}
