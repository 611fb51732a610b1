/**
 * The one interface through which a result leaves the house.
 *
 * A target file turns one delivery into one effect. `deliver` resolves only when the effect is durable at the receiver,
 * and throws `delivery_failed` (try again) or `delivery_refused` (never will). The key is the same at every try, so
 * that the receiver acts once. Retry times, dead letters and records belong to the outbox in `cases/delivery`.
 */

export interface DeliveryItem {
  /** Stable over all tries of one delivery: the receiver's idempotency key. */
  key: string;
  caseId: string;
  /** 1 at the first try. */
  attempt: number;
  /** The exact bytes to hand over, JSON in UTF-8. */
  body: Uint8Array;
  /** Milliseconds since 1970, for signatures. */
  now: number;
}

export interface Receipt {
  /** What the target answered, for the record, e.g. `{status: 200}`. Never content. */
  detail: Record<string, string | number | boolean>;
}

export interface Target {
  readonly describe: string;
  /** Whether the receiver can act once by key; shown to people as "may repeat after a crash" when not. */
  readonly actsOnceByKey: boolean;
  deliver(item: DeliveryItem, signal: AbortSignal): Promise<Receipt>;
  close?(): Promise<void>;
}
