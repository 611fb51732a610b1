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
import { openEach, readAttachments, sealJson } from "./content.ts";
import { breachOf, type BreachParts } from "./decision/breach.ts";
import {
  categoryOf,
  certificateFor,
  type Answered,
  type CertificateRow,
  type Found,
} from "./decision/certificate.ts";
import { afterFaults, decide, type Answer } from "./decision/decide.ts";
import type { Settled, Settlement } from "./decision/settle.ts";
import { deliveriesOf } from "./delivery/record.ts";
import { outboxOf, send, sendBegun, type Consignment, type SendParts } from "./delivery/send.ts";
import { ask, type Outcome } from "./model/ask.ts";
import type { AskParts } from "./model/attempt.ts";
import { pastAttempts } from "./model/record.ts";
import { confidenceOf, type Questioning } from "./model/telling.ts";
import { aboutCase, callersTraces } from "./trace.ts";
import type { DialValues } from "./workflow/dials.ts";
import type { Registry, ReleaseView, WorkflowView } from "./workflow/registry.ts";

export interface PipelineParts extends AskParts, SendParts, BreachParts {
  database: Database;
  group: GroupCommit;
  registry: Registry;
  vault: Vault;
  audit: Audit;
  settle: Operation<Settlement, Settled>;
  /** The certificates of a workflow that are neither superseded nor suspended. */
  certificates(workflow: string): Promise<CertificateRow[]>;
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

/** How a stage asks the runner for a place in the delivery lane, so that a case goes on there without being claimed again. */
export interface Hands {
  /** Takes a place, when the lane has one and nothing older waits for it. */
  deliveryPlace(workflow: string): boolean;
  leaveDeliveryPlace(workflow: string): void;
  /** Goes on with a case in the place that was taken; the runner sees to its end. */
  deliver(case_: CaseRow, work: Promise<void>): void;
}

/** A batch is of one workflow; `known` is its row, where it was read with the cases themselves. */
interface Batch {
  cases: Loaded[];
  hands: Hands;
  known: WorkflowView | undefined;
}

type Stage = (parts: PipelineParts, batch: Batch) => Promise<Promise<void>[]>;

export interface Started {
  case_: CaseRow;
  done: Promise<PromiseSettledResult<void>>;
}

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
  hands: Hands,
): Promise<Started[]> {
  const opened = await openEach(
    parts.database,
    parts.vault,
    claimed.map((one) => one.id),
    ["input", "output", "final"],
  );
  const loaded: Loaded[] = [];
  const started: Started[] = [];
  for (const case_ of claimed) {
    const found = opened.get(case_.id)!;
    if (found.ok)
      loaded.push({ case_, key: found.key, content: found.content, lease: leaseFor(case_, worker) });
    else started.push({ case_, done: settled(Promise.reject<void>(found.error)) });
  }
  for (const [state, cases] of Map.groupBy(loaded, (one) => one.case_.state))
    started.push(...(await startStage(parts, state, { cases, hands, known: undefined })));
  return started;
}

/** Starts new cases that this process has just admitted and holds: they need not be read. */
export function advanceNew(
  parts: PipelineParts,
  cases: Loaded[],
  known: WorkflowView,
  hands: Hands,
): Promise<Started[]> {
  return startStage(parts, "received", { cases, hands, known });
}

/** A group that cannot even begin fails alone: others are under way already. */
async function startStage(parts: PipelineParts, state: CaseState, batch: Batch): Promise<Started[]> {
  const stages = await STAGES[state]!(parts, batch).catch((error: unknown) =>
    batch.cases.map(() => Promise.reject<void>(error)),
  );
  return stages.map((stage, i) => ({ case_: batch.cases[i]!.case_, done: settled(stage) }));
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
    breaks: undefined,
    end: undefined,
    step: undefined,
    confidence: undefined,
    sealedOutput: undefined,
    kept: undefined,
    outbox: undefined,
    document: undefined,
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
    secondLook: undefined,
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

async function askAndDecide(parts: PipelineParts, { cases, hands, known }: Batch): Promise<Promise<void>[]> {
  // What was admitted a moment ago has no attempts yet.
  const again = known ? [] : cases.filter((one) => one.case_.state === "running").map((one) => one.lease);
  const attempts =
    again.length > 0 ? await pastAttempts(parts.database, parts.audit, again, parts.clock.now()) : new Map();
  // One claim is of one workflow; its row is read after the claim, so that a rung or a dial moved before it counts.
  const workflow = known ?? (await parts.registry.workflow(parts.database, cases[0]!.case_.workflow));
  const certificates = await parts.certificates(workflow.row.name);
  const traces = parts.telling.listens
    ? await callersTraces(parts.database, cases)
    : new Map<string, string>();
  return cases.map(async (one) => {
    const { case_, lease, key } = one;
    const release =
      case_.arm === "manual" ? undefined : await parts.registry.release(parts.database, case_.release);
    const input = one.content.get("input") as JsonObject;
    let outcome: Outcome | undefined;
    let telling: Questioning | undefined;
    if (release && workflow.row.rung < 2) {
      const past = attempts.get(case_.id) ?? [];
      telling = parts.telling.question(aboutCase(case_, past.length > 0, traces.get(case_.id)));
      const attachments =
        release.document.policy[ATTACHMENTS] === "allow"
          ? await readAttachments(parts.database, case_.id, key)
          : [];
      outcome = await ask(parts, {
        case_,
        lease,
        key,
        input,
        attachments,
        attempts: past,
        release,
        workflow,
        telling,
      }).finally(() => telling!.waits());
    }
    if (outcome?.kind === "left") return;
    await settleCase(parts, one, { workflow, release, certificates, outcome, telling, hands });
  });
}

async function settleCase(
  parts: PipelineParts,
  one: Loaded,
  given: {
    workflow: WorkflowView;
    release: ReleaseView | undefined;
    certificates: CertificateRow[];
    outcome: Exclude<Outcome, { kind: "left" }> | undefined;
    telling: Questioning | undefined;
    hands: Hands;
  },
): Promise<void> {
  const { case_, lease, key } = one;
  const { release, outcome } = given;
  const { row } = given.workflow;
  const answered = outcome?.kind === "answered" ? outcome : undefined;
  const answer: Answer | undefined = outcome?.answer;
  const found: Found =
    answered && release
      ? certificateFor(
          given.certificates,
          answeredBy(release, answered, row.dials),
          row.dials,
          parts.clock.now(),
        )
      : { kind: "none" };
  const breaks = answered && release ? await breachOf(parts, found, release, answered) : undefined;
  const decision = decide({
    arm: case_.arm,
    rung: row.rung,
    qa: case_.qa,
    cold: case_.cold,
    autonomyCoin: case_.autonomy_coin,
    autonomy: row.autonomy,
    answer,
    certificate: found.kind === "in_force" && !breaks ? found.certificate : undefined,
    modelChanged: breaks !== undefined,
  });
  given.telling?.end(
    {
      "pilotage.decision": decision.outcome,
      "pilotage.decision.reasons": decision.reasons.map((reason) => reason.code),
      ...confidenceOf(answered?.model.confidence),
    },
    answered ? undefined : answer?.kind === "none" ? answer.because : undefined,
  );
  const schema = release ?? (await parts.registry.reference(parts.database, row));
  const now = parts.clock.now();
  const facets = facetsOf(schema.document, one.content.get("input") as JsonObject, answered?.output);
  const sealedOutput = answered ? sealJson(key, "output", answered.output) : undefined;
  const parcel =
    decision.outcome === "auto" && answered
      ? leavingAtOnce(one, { workflow: given.workflow, release, output: answered.output, now })
      : undefined;
  const outbox = parcel && outboxOf(parts, parcel);
  // The place is taken last: whoever has it leaves it again, whatever happens.
  const leaving = outbox !== undefined && given.hands.deliveryPlace(case_.workflow);
  const settling = parts.group.do(parts.settle, {
    lease,
    case_,
    decision,
    outbox: leaving ? outbox.items : undefined,
    document: leaving ? row.digest : undefined,
    breaks,
    end: answered?.end,
    step: answered?.model.step,
    confidence: answered?.model.confidence,
    sealedOutput,
    kept: answered?.kept,
    facets,
    now,
  });
  if (parcel && leaving)
    return goOnDelivering(parts, { ...parcel, ...outbox }, { hands: given.hands, settling });
  if ((await settling) === "decided") parts.poke(case_.workflow);
}

/** What a case that goes out alone sends, before anything is stored of it. */
function leavingAtOnce(
  { case_, lease, key }: Loaded,
  given: Pick<Consignment, "workflow" | "release" | "output"> & { now: number },
): Omit<Consignment, "deliveries" | "bodies"> {
  const { workflow, release, output, now } = given;
  return {
    case_: { ...case_, state: "delivering", verdict: "auto", decided_at: now, faults: 0 },
    lease,
    key,
    workflow,
    release,
    output,
  };
}

/** After the settlement the case is on its way, and its delivery goes on in the place that it has in the other lane. */
async function goOnDelivering(
  parts: PipelineParts,
  parcel: Consignment,
  { hands, settling }: { hands: Hands; settling: Promise<Settled> },
): Promise<void> {
  const { workflow } = parcel.case_;
  const settled = await settling.catch((error: unknown) => {
    hands.leaveDeliveryPlace(workflow);
    throw error;
  });
  if (settled === "delivering") return hands.deliver(parcel.case_, sendBegun(parts, parcel));
  hands.leaveDeliveryPlace(workflow);
  if (settled === "decided") parts.poke(workflow);
}

/** What a certificate is asked about. */
function answeredBy(
  release: ReleaseView,
  { end, model, output }: Extract<Outcome, { kind: "answered" }>,
  dials: DialValues,
): Answered {
  const { of } = release.document.confidence;
  return {
    release: release.id,
    step: model.step,
    model: end.modelAnswered,
    version: end.modelVersion,
    category: dials["automation.per"] === "category" && of !== undefined ? categoryOf(output, of) : undefined,
  };
}

async function deliverAnswer(parts: PipelineParts, { cases }: Batch): Promise<Promise<void>[]> {
  const delivering = cases.filter((one) => one.case_.state === "delivering").map((one) => one.case_.id);
  // A correction takes the place of deliveries that are there.
  const corrected = cases
    .filter((one) => one.case_.state === "decided" && one.case_.corrections > 0)
    .map((one) => one.case_.id);
  const known = [...delivering, ...corrected];
  const deliveries = known.length > 0 ? await deliveriesOf(parts.database, known) : new Map();
  const bodies =
    delivering.length > 0
      ? await sealedBodies(parts.database, delivering)
      : new Map<string, Map<string, Uint8Array>>();
  const workflow = await parts.registry.workflow(parts.database, cases[0]!.case_.workflow);
  return cases.map(async (one) => {
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
