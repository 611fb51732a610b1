/**
 * Tells owners and on-call that a model is another one by now, once for each change.
 *
 * It is written down that they are told before the mail goes out: several workers send it once. What a mail server loses stands
 * on the overview all the same.
 */
import type { Audit } from "../audit/record.ts";
import { takeUntold } from "../cases/model/model-change.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Post } from "./post.ts";

export function modelNoticeDuty(parts: {
  database: Database;
  clock: Clock;
  audit: Audit;
  worker: string;
  post: Pick<Post, "toRoles">;
}): () => Promise<void> {
  const { database, clock, audit, worker, post } = parts;
  return async () => {
    for (const change of await takeUntold(database, clock.now())) {
      const { workflow, connection, model, certificates } = change;
      const told = await post.toRoles(workflow, ["owner", "on_call"], "model_changed", {
        workflow,
        model: [connection, model].filter(Boolean).join(" "),
        what: change.change,
        before: change.before_it,
        after: change.after_it,
        suspended: certificates.length,
      });
      if (told.length === 0) continue;
      await database.transaction(async (tx) =>
        audit.record(
          tx,
          told.map((person) => ({
            kind: "notice.sent",
            actor: { kind: "system", name: worker },
            workflow,
            data: { person, notice: "model_changed" },
          })),
        ),
      );
    }
  };
}
