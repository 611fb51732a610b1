/**
 * Correct and replay: a quarantined record goes through intake again, corrected or as it is, under its own key.
 *
 * Admission and the record's new state are one transaction, so that two people at once admit it once. A record that
 * still cannot become a case stays open, and the reason comes back.
 */
import type { Audit } from "../../audit/record.ts";
import { PilotageError } from "../../contract/errors.ts";
import type { JsonObject } from "../../contract/json.ts";
import type { Actor } from "../../contract/scopes.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Database } from "../../platform/database.ts";
import type { Vault } from "../../platform/secrets.ts";
import { keysOf, openJson } from "../content.ts";
import type { Registry } from "../workflow/registry.ts";
import type { Intake, KeptRecord, Receipt } from "./intake.ts";
import { readQuarantine, settleQuarantine, type QuarantineRow } from "./quarantine.ts";

export interface Replays {
  read(id: string): Promise<{ row: QuarantineRow; kept: KeptRecord }>;
  replay(
    id: string,
    correction: { input?: JsonObject | undefined; externalId?: string | undefined },
    by: Actor,
  ): Promise<Extract<Receipt, { kind: "admitted" | "duplicate" }>>;
  discard(id: string, by: Actor): Promise<void>;
}

export function openReplays(parts: {
  database: Database;
  registry: Registry;
  vault: Vault;
  intake: Intake;
  audit: Audit;
  clock: Clock;
  poke(workflow: string): void;
}): Replays {
  const { database, registry, vault, intake, audit, clock } = parts;

  async function read(id: string) {
    const row = await readQuarantine(database, id);
    if (!row) throw missing(id);
    const key = (await keysOf(database, vault, [id])).get(id);
    if (!key)
      throw new PilotageError(
        "wrong_state",
        `The content of ${id} was erased; it cannot be shown or replayed.`,
      );
    return { row, kept: openJson(key, "raw", row.raw) as JsonObject & KeptRecord };
  }

  return {
    read,
    async replay(id, correction, by) {
      const { row, kept } = await read(id);
      const view = await registry.workflow(database, row.workflow);
      const reference = await registry.reference(database, view.row);
      const receipt = await database.transaction(async (tx) => {
        const locked = await readQuarantine(tx, id, true);
        if (locked?.state !== "open") throw settled(id, locked?.state);
        const input = correction.input ?? kept.input;
        if (input === null)
          throw new PilotageError(
            "bad_input",
            `The record ${id} could never be read (${row.reason}), so it cannot be replayed as it is.`,
            { hint: "Send the corrected record as `input`." },
          );
        const [answer] = await intake.receiveAll(
          tx,
          [
            {
              workflow: row.workflow,
              door: "replay",
              source: row.source,
              externalId: correction.externalId ?? row.external_id ?? undefined,
              input,
              attachments: kept.attachments.map((one) => ({
                name: one.name,
                mediaType: one.mediaType,
                bytes: Buffer.from(one.base64, "base64"),
              })),
              raw: kept.raw,
              textOnly: kept.textOnly && correction.input === undefined,
              drill: kept.drill,
              actor: by,
            },
          ],
          view,
          reference,
        );
        // Thrown, so that the second quarantine record that this refusal made is rolled back with it.
        if (answer!.kind === "quarantined")
          throw new PilotageError(
            answer!.reason === "duplicate_conflict" ? "conflict" : "bad_input",
            `The record still cannot become a case: ${answer!.message.replace(/\.$/, "")}. It stays in quarantine.`,
            { details: answer!.details },
          );
        await settleQuarantine(tx, id, {
          state: "replayed",
          by: by.name,
          at: clock.now(),
          caseId: answer!.caseId,
        });
        audit.record(tx, [
          {
            kind: "quarantine.replayed",
            actor: by,
            workflow: row.workflow,
            caseId: answer!.caseId,
            data: { quarantine: id, corrected: correction.input !== undefined },
          },
        ]);
        return answer!;
      });
      parts.poke(row.workflow);
      return receipt;
    },
    async discard(id, by) {
      await database.transaction(async (tx) => {
        const row = await readQuarantine(tx, id, true);
        if (!row) throw missing(id);
        if (
          !(await settleQuarantine(tx, id, {
            state: "discarded",
            by: by.name,
            at: clock.now(),
            caseId: null,
          }))
        )
          throw settled(id, row.state);
        audit.record(tx, [
          {
            kind: "quarantine.discarded",
            actor: by,
            workflow: row.workflow,
            data: { quarantine: id, reason: row.reason },
          },
        ]);
      });
    },
  };
}

function missing(id: string): PilotageError {
  return new PilotageError("not_found", `There is no quarantined record ${id.slice(0, 60)}.`, {
    hint: "`pilotage quarantine list <workflow>` lists them.",
  });
}

function settled(id: string, state: string | undefined): PilotageError {
  return new PilotageError("wrong_state", `The record ${id} is ${state ?? "gone"} already.`);
}
