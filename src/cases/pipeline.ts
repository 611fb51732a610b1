/**
 * The path of one case, as a list.
 *
 *   feed -> intake -> policy -> model -> decision -> review -> delivery
 *
 * Intake (cases/intake) and review (reviews/) are begun from outside; the stages below are what a worker does with a
 * case that is due, by the state in which it finds it. Each stage ends in one transaction; what is slow happens
 * between two. The runner (runner.ts) claims cases and brings them here.
 */
import type { Audit } from "../audit/record.ts";
import type { JsonObject, JsonValue } from "../contract/json.ts";
import type { CaseState } from "../contract/states.ts";
import { facetsOf } from "../definition/facets.ts";
import { ATTACHMENTS } from "../definition/policy.ts";
import type { Database } from "../platform/database.ts";
import type { GroupCommit, Operation } from "../platform/group-commit.ts";
import type { ContentKey, Vault } from "../platform/secrets.ts";
import { sql } from "../platform/sql.ts";
import type { CaseRow, Lease } from "./case-row.ts";
import { attachmentBytes, attachmentName, openEach, sealJson } from "./content.ts";
import { afterFaults, decide, type Answer, type Certificate } from "./decision/decide.ts";
import type { Settlement } from "./decision/settle.ts";
import { deliveriesOf } from "./delivery/record.ts";
import { send, type SendParts } from "./delivery/send.ts";
import { ask, type AskParts, type Outcome } from "./model/ask.ts";
import { pastAttempts } from "./model/record.ts";
import type { Registry, ReleaseView, WorkflowView } from "./workflow/registry.ts";

export interface PipelineParts extends AskParts, SendParts {
  database: Database;
  group: GroupCommit;
  registry: Registry;
  vault: Vault;
  audit: Audit;
  settle: Operation<Settlement, boolean>;
  /** The certificate in force for a release and the step that answered. Handed in from releases/. */
  certificateFor(release: string, step: number): Promise<Certificate | undefined>;
  /** A case of this workflow has its next step due at once. */
  poke(workflow: string): void;
}

/** A claimed case with what its stage needs from the database. */
export interface Loaded {
  case_: CaseRow;
  lease: Lease;
  key: ContentKey;
  content: Map<string, JsonValue>;
}

type Stage = (parts: PipelineParts, batch: Loaded[]) => Promise<Promise<void>[]>;

/** What is done with a due case in each state; in all other states it waits for somebody. */
const STAGES: Partial<Record<CaseState, Stage>> = {
  received: askAndDecide,
  running: askAndDecide,
  decided: deliverAnswer,
  delivering: deliverAnswer,
};

/**
 * Loads claimed cases in bulk and starts their stages; each promise ends when its case does and never rejects, but says what failed.
 *
 * A case that cannot be opened fails alone.
 */
export async function advance(
  parts: PipelineParts,
  claimed: CaseRow[],
  worker: string,
): Promise<{ case_: CaseRow; done: Promise<PromiseSettledResult<void>> }[]> {
  const opened = await openEach(
    parts.database,
    parts.vault,
    claimed.map((one) => one.id),
    ["input", "output", "final"],
  );
  const loaded: Loaded[] = [];
  const started: { case_: CaseRow; done: Promise<PromiseSettledResult<void>> }[] = [];
  for (const case_ of claimed) {
    const found = opened.get(case_.id)!;
    if (found.ok)
      loaded.push({ case_, key: found.key, content: found.content, lease: leaseFor(case_, worker) });
    else started.push({ case_, done: settled(Promise.reject<void>(found.error)) });
  }
  for (const [state, batch] of Map.groupBy(loaded, (one) => one.case_.state)) {
    // A group that cannot even begin fails alone: the others are under way already.
    const stages = await STAGES[state]!(parts, batch).catch((error: unknown) =>
      batch.map(() => Promise.reject<void>(error)),
    );
    started.push(...stages.map((stage, i) => ({ case_: batch[i]!.case_, done: settled(stage) })));
  }
  return started;
}

/** A case over which Pilotage failed too often, before its decision: a person gets it, without an output. */
export async function leaveToPerson(parts: PipelineParts, case_: CaseRow, worker: string): Promise<void> {
  const lease = leaseFor(case_, worker);
  // An attempt of a process that is gone is closed here: nobody comes back to it.
  await pastAttempts(parts.database, parts.audit, [lease], parts.clock.now());
  await parts.group.do(parts.settle, {
    lease,
    case_,
    decision: afterFaults(),
    end: undefined,
    step: undefined,
    confidence: undefined,
    sealedOutput: undefined,
    facets: undefined,
    now: parts.clock.now(),
  });
}

/** The same in delivery: what was not sent becomes dead letters, which can be replayed. */
export async function giveUpDelivery(parts: PipelineParts, case_: CaseRow, worker: string): Promise<void> {
  const deliveries = (await deliveriesOf(parts.database, [case_.id])).get(case_.id) ?? [];
  const error =
    "Pilotage failed several times over this delivery, for example because its content cannot be opened; it was given up. The log says why; mend that, then replay the dead letter.";
  await parts.group.do(parts.conclude, {
    lease: leaseFor(case_, worker),
    workflow: case_.workflow,
    results: deliveries.flatMap((row) =>
      row.state === "pending" ? [{ target: row.target, kind: "dead" as const, error }] : [],
    ),
    next: undefined,
    to: "failed_delivery",
    now: parts.clock.now(),
  });
}

function leaseFor(case_: CaseRow, worker: string): Lease {
  return { id: case_.id, worker, leaseNo: case_.lease_no };
}

async function settled(stage: Promise<void>): Promise<PromiseSettledResult<void>> {
  const [result] = await Promise.allSettled([stage]);
  return result;
}

async function askAndDecide(parts: PipelineParts, batch: Loaded[]): Promise<Promise<void>[]> {
  const again = batch.filter((one) => one.case_.state === "running").map((one) => one.lease);
  const attempts =
    again.length > 0 ? await pastAttempts(parts.database, parts.audit, again, parts.clock.now()) : new Map();
  // One claim is of one workflow; its row is read after the claim, so that a rung or a dial moved before it counts.
  const workflow = await parts.registry.workflow(parts.database, batch[0]!.case_.workflow);
  return batch.map(async (one) => {
    const { case_, lease, key } = one;
    const release =
      case_.arm === "manual" ? undefined : await parts.registry.release(parts.database, case_.release);
    const input = one.content.get("input") as JsonObject;
    let outcome: Outcome | undefined;
    if (release && workflow.row.rung < 2) {
      const attachments =
        release.document.policy[ATTACHMENTS] === "allow" ? await attachmentsOf(parts, one) : [];
      outcome = await ask(parts, {
        case_,
        lease,
        key,
        input,
        attachments,
        attempts: attempts.get(case_.id) ?? [],
        release,
        workflow,
      });
    }
    if (outcome?.kind === "left") return;
    await settleCase(parts, one, workflow, release, outcome);
  });
}

async function settleCase(
  parts: PipelineParts,
  one: Loaded,
  { row }: WorkflowView,
  release: ReleaseView | undefined,
  outcome: Exclude<Outcome, { kind: "left" }> | undefined,
): Promise<void> {
  const { case_, lease, key } = one;
  const answered = outcome?.kind === "answered" ? outcome : undefined;
  const answer: Answer | undefined = outcome?.answer;
  const certificate =
    answered && release ? await parts.certificateFor(release.id, answered.model.step) : undefined;
  const decision = decide({
    arm: case_.arm,
    rung: row.rung,
    qa: case_.qa,
    cold: case_.cold,
    autonomyCoin: case_.autonomy_coin,
    autonomy: row.autonomy,
    answer,
    certificate,
  });
  const schema = release ?? (await parts.registry.reference(parts.database, row));
  await parts.group.do(parts.settle, {
    lease,
    case_,
    decision,
    end: answered?.end,
    step: answered?.model.step,
    confidence: answered?.model.confidence,
    sealedOutput: answered ? sealJson(key, "output", answered.output) : undefined,
    facets: facetsOf(schema.document, one.content.get("input") as JsonObject, answered?.output),
    now: parts.clock.now(),
  });
  if (decision.outcome === "auto") parts.poke(case_.workflow);
}

async function deliverAnswer(parts: PipelineParts, batch: Loaded[]): Promise<Promise<void>[]> {
  const delivering = batch.filter((one) => one.case_.state === "delivering").map((one) => one.case_.id);
  const deliveries = delivering.length > 0 ? await deliveriesOf(parts.database, delivering) : new Map();
  const bodies =
    delivering.length > 0
      ? await sealedBodies(parts.database, delivering)
      : new Map<string, Map<string, Uint8Array>>();
  const workflow = await parts.registry.workflow(parts.database, batch[0]!.case_.workflow);
  return batch.map(async (one) => {
    const { case_, lease, key } = one;
    const release =
      case_.release === "manual" ? undefined : await parts.registry.release(parts.database, case_.release);
    const sealed = bodies.get(case_.id) ?? new Map<string, Uint8Array>();
    await send(parts, {
      case_,
      lease,
      key,
      workflow,
      release,
      output:
        case_.verdict === "reject"
          ? undefined
          : ((one.content.get("final") ?? one.content.get("output")) as JsonObject),
      deliveries: deliveries.get(case_.id) ?? [],
      bodies: new Map([...sealed].map(([target, bytes]) => [target, key.open(`delivery.${target}`, bytes)])),
    });
  });
}

async function sealedBodies(
  database: Database,
  ids: string[],
): Promise<Map<string, Map<string, Uint8Array>>> {
  const found = await database.all<{ case_id: string; kind: string; sealed: Uint8Array }>(
    sql`select case_id, kind, sealed from case_content where case_id = any(${ids}) and kind like 'delivery.%'`,
  );
  const bodies = new Map<string, Map<string, Uint8Array>>();
  for (const row of found) {
    const its = bodies.get(row.case_id) ?? new Map<string, Uint8Array>();
    bodies.set(row.case_id, its.set(row.kind.slice("delivery.".length), row.sealed));
  }
  return bodies;
}

/** The bytes of a case's attachments; read only for a model that may see them. */
async function attachmentsOf(
  parts: PipelineParts,
  { case_, key }: Loaded,
): Promise<{ name: string; mediaType: string; bytes: Uint8Array }[]> {
  const found = await parts.database.all<{
    no: number;
    media_type: string;
    sealed_name: Uint8Array;
    sealed: Uint8Array;
  }>(sql`select no, media_type, sealed_name, sealed from attachment where case_id = ${case_.id} order by no`);
  return found.map((row) => ({
    mediaType: row.media_type,
    name: attachmentName(key, row),
    bytes: attachmentBytes(key, row),
  }));
}
