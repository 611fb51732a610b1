/** The breakers of this installation's models, with their moves in the audit log. What they do is in models/breaker-board.ts. */
import type { Audit } from "../../audit/record.ts";
import { openBreakerBoard, type BreakerBoard } from "../../models/breaker-board.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Database } from "../../platform/database.ts";
import type { Log } from "../../platform/log.ts";

export function openBreakers(parts: {
  database: Database;
  clock: Clock;
  log: Log;
  audit: Audit;
  worker: string;
}): BreakerBoard {
  const { audit, worker, ...others } = parts;
  return openBreakerBoard({
    ...others,
    holder: worker,
    moved: (tx, { to, connection, model, because }) =>
      audit.record(tx, [
        {
          kind: to === "open" ? "breaker.opened" : "breaker.closed",
          actor: { kind: "system", name: worker },
          data: { connection, model, because },
        },
      ]),
  });
}
