/**
 * The delivery stage: closes the undo window of a decided case and brings its answer to every target.
 *
 * Each try is stored before it is made and its outcome after; the effect happens between the two, never inside a
 * transaction. A target that failed is tried again later under the same key; the others are not sent twice.
 */
import { PilotageError } from "../../contract/errors.ts";
import type { CaseId } from "../../contract/ids.ts";
import type { JsonObject } from "../../contract/json.ts";
import type { Target } from "../../connectors/target.ts";
import type { NewId } from "../../platform/chance.ts";
import type { Clock } from "../../platform/clock.ts";
import type { GroupCommit, Operation } from "../../platform/group-commit.ts";
import type { ContentKey } from "../../platform/secrets.ts";
import type { CaseRow, Lease } from "../case-row.ts";
import { drawSecondLook } from "../intake/coins.ts";
import type { ReleaseView, WorkflowView } from "../workflow/registry.ts";
import { deliveryBody } from "./body.ts";
import type { Attempting, DeliveryRow, Dispatch, OutboxItem, Results, TargetResult } from "./record.ts";
import { pauseBeforeRetry } from "./schedule.ts";

export interface SendParts {
  group: GroupCommit;
  clock: Clock;
  newId: NewId;
  /** A number from 0 up to, not including, 1: spreads the retries. */
  chance: () => number;
  dispatch: Operation<Dispatch, boolean>;
  attempt: Operation<Attempting, boolean>;
  conclude: Operation<Results, boolean>;
  targetFor(workflow: WorkflowView, name: string): Promise<Target>;
  /** The signed page for feedback on a case; undefined where the workflow wants none, or nobody outside could open it. */
  feedbackUrl(workflow: WorkflowView, caseId: CaseId): string | undefined;
}

/** A decided or delivering case with everything that sending needs. */
export interface Consignment {
  case_: CaseRow;
  lease: Lease;
  key: ContentKey;
  workflow: WorkflowView;
  release: ReleaseView | undefined;
  /** What the verdict sends; undefined when it was to reject. */
  output: JsonObject | undefined;
  deliveries: DeliveryRow[];
  /** Sealed bodies by target, for deliveries that exist already. */
  bodies: Map<string, Uint8Array>;
}

/** The target of a workflow without deliveries: the answer waits to be fetched over the API. */
export const FETCHED = "api";
const DELIVERY_TIMEOUT = 30_000;

export async function send(parts: SendParts, parcel: Consignment): Promise<void> {
  const now = parts.clock.now();
  if (parcel.case_.state === "decided") {
    const corrects = parcel.case_.corrections > 0;
    const { items, deliveries, bodies } = corrects ? correctedOutbox(parts, parcel) : outboxOf(parts, parcel);
    const kept = await parts.group.do(parts.dispatch, {
      lease: parcel.lease,
      workflow: parcel.case_.workflow,
      aloneWith: parcel.case_.verdict === "auto" ? parcel.case_.autonomy_coin : undefined,
      items,
      corrects,
      now,
    });
    if (!kept || items.length === 0) return;
    return sendBegun(parts, { ...parcel, deliveries, bodies });
  }
  const due = parcel.deliveries.filter((row) => row.state === "pending" && (row.next_at ?? 0) <= now);
  const { lease } = parcel;
  if (
    due.length > 0 &&
    !(await parts.group.do(parts.attempt, { lease, targets: due.map((row) => row.target), now }))
  )
    return;
  await deliver(
    parts,
    parcel,
    due.map((row) => ({ ...row, tries: row.tries + 1 })),
  );
}

/** Sends what was just put into the outbox: its first try is stored with it. */
export async function sendBegun(parts: SendParts, parcel: Consignment): Promise<void> {
  await deliver(parts, parcel, parcel.deliveries);
}

/** Brings the answer to each target that is due; its try is stored and counted already. */
async function deliver(parts: SendParts, parcel: Consignment, due: DeliveryRow[]): Promise<void> {
  const { lease } = parcel;
  const now = parts.clock.now();
  const results = await Promise.all(due.map((row) => deliverOne(parts, parcel, row)));
  const after = parcel.deliveries.map((row) => {
    const result = results.find((one) => one.target === row.target);
    if (!result) return { state: row.state, next: row.next_at ?? undefined };
    return result.kind === "again"
      ? { state: "pending" as const, next: result.at }
      : { state: result.kind, next: undefined };
  });
  const pending = after.flatMap((one) => (one.state === "pending" ? [one.next ?? now] : []));
  const to =
    pending.length > 0
      ? "delivering"
      : after.some((one) => one.state === "dead")
        ? "failed_delivery"
        : "delivered";
  await parts.group.do(parts.conclude, {
    lease,
    workflow: parcel.case_.workflow,
    results,
    next: pending.length > 0 ? Math.min(...pending) : undefined,
    to,
    secondLook: to === "delivered" ? secondLookOf(parcel) : undefined,
    now: parts.clock.now(),
  });
}

/** The coin's probability, where it chose this case. A rehearsal is not measured. */
function secondLookOf({ case_, workflow }: Consignment): number | undefined {
  const share = workflow.document.secondLook?.share ?? 0;
  return !case_.drill && drawSecondLook(case_.id, case_.release, share) ? share : undefined;
}

/** What goes into the outbox of a decided case, and the same as it stands there with its first try begun. Nothing when nothing leaves. */
export function outboxOf(
  parts: SendParts,
  parcel: Omit<Consignment, "deliveries" | "bodies">,
): Pick<Consignment, "deliveries" | "bodies"> & { items: OutboxItem[] } {
  const packages = parcel.output === undefined ? [] : packagesOf(parts, parcel, parcel.output);
  const now = parts.clock.now();
  return {
    items: packages.map(({ plain: _, ...item }) => item),
    deliveries: packages.map((item) => ({
      case_id: item.caseId,
      target: item.target,
      key: item.key,
      state: "pending",
      tries: 1,
      failures: 0,
      next_at: now,
      sent_at: null,
      error: null,
    })),
    bodies: new Map(packages.map((item) => [item.target, item.plain])),
  };
}

function packagesOf(
  parts: SendParts,
  parcel: Omit<Consignment, "deliveries" | "bodies">,
  output: JsonObject,
): (OutboxItem & { plain: Uint8Array })[] {
  const { workflow } = parcel;
  const plans =
    workflow.document.deliveries.length > 0
      ? workflow.document.deliveries
      : [{ name: FETCHED, disclosure: undefined }];
  return plans.map((plan) => {
    const plain = bodyFor(parts, parcel, output, plan.disclosure);
    return packed(parcel, plan.name, parts.newId("delivery"), plain);
  });
}

/**
 * What a correction puts in place of what every target got, or was to get: a new answer under a key that comes from the
 * old one.
 */
function correctedOutbox(
  parts: SendParts,
  parcel: Consignment,
): Pick<Consignment, "deliveries" | "bodies"> & { items: OutboxItem[] } {
  const now = parts.clock.now();
  const plain = bodyFor(parts, parcel, parcel.output!, undefined);
  return {
    items: parcel.deliveries.map(({ target, key }) => {
      const { plain: _, ...item } = packed(
        parcel,
        target,
        correctionKey(key, parcel.case_.corrections),
        plain,
      );
      return item;
    }),
    deliveries: parcel.deliveries.map((row) => ({
      ...row,
      key: correctionKey(row.key, parcel.case_.corrections),
      state: "pending",
      tries: row.tries + 1,
      failures: 0,
      next_at: now,
      sent_at: null,
      error: null,
    })),
    bodies: new Map(parcel.deliveries.map(({ target }) => [target, plain])),
  };
}

/** Of a correction of a correction, too: the part before the dot is the delivery's own. */
export function correctionKey(key: string, correction: number): string {
  return `${key.split(".")[0]!}.c${correction}`;
}

function packed(
  { case_, key: content }: Pick<Consignment, "case_" | "key">,
  target: string,
  key: string,
  plain: Uint8Array,
): OutboxItem & { plain: Uint8Array } {
  return { caseId: case_.id, target, key, plain, sealedBody: content.seal(`delivery.${target}`, plain) };
}

function bodyFor(
  parts: SendParts,
  { case_, workflow, release }: Pick<Consignment, "case_" | "workflow" | "release">,
  output: JsonObject,
  disclosure: string | undefined,
): Uint8Array {
  return deliveryBody({
    caseId: case_.id,
    workflow: case_.workflow,
    externalId: case_.external_id,
    source: case_.source,
    output,
    verdict: case_.verdict as "auto" | "approve" | "edit",
    release: release?.digest ?? "manual",
    suggestions: release?.document.suggestions ?? [],
    disclosure,
    decidedAt: case_.decided_at!,
    feedbackUrl: parts.feedbackUrl(workflow, case_.id),
    drill: case_.drill,
    correction: case_.corrections,
  });
}

async function deliverOne(parts: SendParts, parcel: Consignment, row: DeliveryRow): Promise<TargetResult> {
  const { target: name, key } = row;
  if (name === FETCHED) return { target: name, kind: "sent", receipt: { fetched: "over the API" } };
  try {
    const target = await parts.targetFor(parcel.workflow, name);
    const receipt = await target.deliver(
      {
        key,
        caseId: parcel.case_.id,
        attempt: row.tries,
        body: parcel.bodies.get(name)!,
        now: parts.clock.now(),
      },
      AbortSignal.timeout(DELIVERY_TIMEOUT),
    );
    return { target: name, kind: "sent", receipt: receipt.detail };
  } catch (error) {
    const failure =
      error instanceof PilotageError
        ? error
        : new PilotageError("delivery_failed", `Delivering failed: ${String(error)}`, { cause: error });
    const pause = failure.retryable
      ? pauseBeforeRetry(row.failures + 1, parts.chance(), failure.retryAfterMs)
      : undefined;
    const said = failure.hint === undefined ? failure.message : `${failure.message} ${failure.hint}`;
    if (pause === undefined) return { target: name, kind: "dead", error: said };
    return { target: name, kind: "again", at: parts.clock.now() + pause, error: said };
  }
}
