/**
 * The two sides of an installation under test: a writer that hands cases in until each is acknowledged, and a reviewer
 * that works the inbox. Both go on whatever dies; both remember what they were told.
 */
import { writeFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { PilotageError } from "../../src/contract/errors.ts";
import type { Wreck } from "./wreck.ts";
import { WORKFLOW } from "./wreck.ts";

export interface Writer {
  /** External id -> case id, as answered. */
  readonly acknowledged: Map<string, string>;
  /** Ids of quarantined records, as answered. */
  readonly quarantined: Set<string>;
  /** Keys of records handed in as files. */
  readonly dropped: string[];
  /** Posts that got no answer and were sent again under the same external id. */
  readonly retries: number;
  /** Answers that contradict an earlier one. */
  readonly contradictions: string[];
  start(): void;
  /** Begins nothing new and waits until all that was begun is acknowledged. */
  pause(): Promise<void>;
  /** Gives up what is not acknowledged yet. */
  stop(): Promise<void>;
}

const LANES = 4;

/** Every seventh record is not a case, every fifth meets a model that fails at first, every ninth comes as a file. */
export function openWriter(
  wreck: Wreck,
  options: { pauseMs: number; name?: string; only?: "cases" },
): Writer {
  const acknowledged = new Map<string, string>();
  const quarantined = new Set<string>();
  const dropped: string[] = [];
  const contradictions: string[] = [];
  const { name = "case", pauseMs } = options;
  let retries = 0;
  let count = 0;
  let running = false;
  let stopped = false;
  let lanes: Promise<void>[] = [];

  async function lane(): Promise<void> {
    while (running) {
      const number = ++count;
      if (options.only === undefined && number % 9 === 0) dropFile(number);
      else if (options.only === undefined && number % 7 === 0)
        await post(`${name}-${number}`, { amount: "not what the schema asks for" });
      else
        // Few, so that a backlog of them after a kill does not open the breaker and have everybody wait for its trials.
        await post(`${name}-${number}`, {
          text: `${number % 17 === 0 ? "flaky " : ""}${number % 2 === 0 ? "cable" : "bill"} number ${number}`,
        });
      await pause(pauseMs);
    }
  }

  async function post(externalId: string, input: Record<string, string>): Promise<void> {
    while (!stopped) {
      try {
        const { caseId } = await wreck.client.submitCase({
          params: { workflow: WORKFLOW },
          body: { externalId, input },
        });
        const known = acknowledged.get(externalId);
        if (known !== undefined && known !== caseId)
          contradictions.push(`${externalId} was ${known} and then ${caseId}`);
        acknowledged.set(externalId, caseId);
        return;
      } catch (error) {
        if (!(error instanceof PilotageError)) throw error;
        if (error.code === "bad_input")
          return void quarantined.add((error.details as { quarantineId: string }).quarantineId);
        if (!["database_unavailable", "too_many_requests"].includes(error.code)) throw error;
        retries++;
        await pause(50);
      }
    }
  }

  /** A file appears whole under its name. */
  function dropFile(number: number): void {
    const ids = [1, 2, 3].map((i) => `${name}-file-${number}-${i}`);
    const draft = join(wreck.dropFolder, `.${number}.draft`);
    writeFileSync(
      draft,
      ids.map((id) => `${JSON.stringify({ id, text: `bill in file ${number}` })}\n`).join(""),
    );
    renameSync(draft, join(wreck.dropFolder, `${name}-${number}.jsonl`));
    dropped.push(...ids);
  }

  return {
    acknowledged,
    quarantined,
    dropped,
    get retries() {
      return retries;
    },
    contradictions,
    start() {
      running = true;
      lanes = Array.from({ length: LANES }, lane);
    },
    async pause() {
      running = false;
      await Promise.all(lanes);
    },
    async stop() {
      running = false;
      stopped = true;
      await Promise.all(lanes);
    },
  };
}

export interface Clerk {
  readonly verdicts: number;
  stop(): Promise<void>;
}

/** Approves most, edits some, rejects a few; leases are short, so that those lost with a web process come back soon. */
export function openClerk(wreck: Wreck): Clerk {
  let verdicts = 0;
  let working = true;
  const work = (async () => {
    while (working) {
      try {
        const { reviews } = await wreck.client.claimReviews({
          params: { workflow: WORKFLOW },
          body: { count: 10, leaseSeconds: 5 },
        });
        for (const { caseId, lease, output } of reviews) {
          const kind = caseId.charCodeAt(caseId.length - 1) % 10;
          await wreck.client.giveVerdict({
            params: { case: caseId },
            body:
              kind === 0
                ? { lease, verdict: "reject", reason: "other" }
                : kind <= 2 || output === null
                  ? { lease, verdict: "edit", output: { category: "other" } }
                  : { lease, verdict: "approve" },
          });
          verdicts++;
        }
        if (reviews.length === 0) await pause(50);
      } catch (error) {
        // A verdict whose answer was lost is refused the second time; the rest is a process that is away.
        if (!(error instanceof PilotageError)) throw error;
        if (!["database_unavailable", "lease_lost", "wrong_state"].includes(error.code)) throw error;
        await pause(50);
      }
    }
  })();
  return {
    get verdicts() {
      return verdicts;
    },
    async stop() {
      working = false;
      await work;
    },
  };
}
