/** Ids of spans: by chance, unless the next span has ids that were chosen for it. */
import { randomBytes } from "node:crypto";

export interface SpanIds {
  traceId: string;
  spanId: string;
}

export interface IdSource {
  generateTraceId(): string;
  generateSpanId(): string;
  /** For the span that is started next, which is at once. A trace's only where the span begins one. */
  next(ids: Partial<SpanIds>): void;
}

export function openIds(): IdSource {
  let chosen: Partial<SpanIds> = {};
  const take = (name: keyof SpanIds, bytes: number) => {
    const id = chosen[name];
    delete chosen[name];
    return id ?? randomBytes(bytes).toString("hex");
  };
  return {
    generateTraceId: () => take("traceId", 16),
    generateSpanId: () => take("spanId", 8),
    next: (ids) => (chosen = { ...ids }),
  };
}
