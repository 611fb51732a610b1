/**
 * What a model is asked by the canary, and how its answers are read: the fixed questions for a language model, the examples
 * of its release for an own service, which takes no question in words.
 *
 * Of an own service's answers only keyed digests are kept: they may say what the examples say. Scripts are not asked: nobody
 * changes them but us.
 */
import { isJsonObject, type JsonObject } from "../../contract/json.ts";
import { canonical, digestOf } from "../../definition/digest.ts";
import { compileSchema } from "../../definition/schema.ts";
import type { BreakerKey } from "../../models/breaker-board.ts";
import type { Bulkheads } from "../../models/bulkhead.ts";
import {
  FIXED_QUESTIONS,
  FIXED_SET,
  FIXED_SYSTEM,
  normalAnswer,
  SHAPES,
} from "../../models/canary-questions.ts";
import { billedBy, openModel, type Connection } from "../../models/connection.ts";
import type { ModelAnswer, ModelRequest } from "../../models/model.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Database } from "../../platform/database.ts";
import type { Egress } from "../../platform/egress.ts";
import type { Vault } from "../../platform/secrets.ts";
import { sql } from "../../platform/sql.ts";
import type { Registry } from "../workflow/registry.ts";
import { readAgainst, readAnswer, requestFor, seenOf, type Read, type StepModel } from "./call.ts";
import { ASKED } from "./canary-store.ts";
import type { Connections } from "./connections.ts";
import type { UsedModel } from "./used.ts";

export interface Question {
  id: string;
  request: ModelRequest;
  read(answer: ModelAnswer): Read;
  /** The answer as it is compared and kept. */
  answerIn(output: JsonObject): string;
}

export interface Sheet {
  /** Names the questions: answers to others are not compared. */
  set: string;
  questions: readonly Question[];
  settings: Connection;
  breaker: BreakerKey;
  call: StepModel;
  close(): Promise<void>;
}

export interface SheetParts {
  database: Database;
  registry: Registry;
  vault: Vault;
  clock: Clock;
  egress: Egress;
  connections: Pick<Connections, "read">;
  places: Bulkheads;
}

const PATIENCE_MS = 30_000;
const MOST_TOKENS = 1_000;
const MOST_EXAMPLES = 16;

/** Undefined where there is nobody to ask: no such connection any more, or a script. */
export async function openSheet(
  parts: SheetParts,
  breaker: BreakerKey,
  used: UsedModel | undefined,
): Promise<Sheet | undefined> {
  const { connection, model } = breaker;
  const settings = await parts.connections.read(connection);
  if (settings === undefined || !ASKED.includes(settings.kind)) return undefined;
  const name = model === "" ? undefined : model;
  const opened = openModel(
    settings,
    {
      connection,
      temperature: 0,
      maxTokens: MOST_TOKENS,
      timeoutMs: PATIENCE_MS,
      confidence: { from: "none" },
      ...(name === undefined ? {} : { name }),
    },
    parts,
  );
  const asked = settings.kind === "http" ? await exampleQuestions(parts, used) : FIXED;
  return {
    ...asked,
    settings,
    breaker,
    call: {
      model: opened,
      asked: { connection, model: name ?? connection },
      timeoutMs: PATIENCE_MS,
      billed: billedBy(connection, settings, name),
      maxTokens: MOST_TOKENS,
      places: parts.places.of(connection, "mostInFlight" in settings ? settings.mostInFlight : undefined),
    },
    close: async () => opened.close?.(),
  };
}

const FIXED: Pick<Sheet, "set" | "questions"> = {
  set: FIXED_SET,
  questions: FIXED_QUESTIONS.map(({ id, ask, answers }): Question => {
    const outputSchema = SHAPES[answers];
    const check = compileSchema(outputSchema);
    return {
      id,
      request: {
        caseId: "canary",
        release: "canary",
        messages: [
          { role: "system", content: FIXED_SYSTEM },
          { role: "user", content: ask },
        ],
        input: { question: ask },
        outputSchema,
        attachments: [],
      },
      read: (answer) => readAgainst(check, answer),
      answerIn: ({ answer }) => normalAnswer(answer as string | number),
    };
  }),
};

/** The first examples of the newest release that asks the service, as its data policy lets them through. */
async function exampleQuestions(
  { database, registry, vault }: SheetParts,
  used: UsedModel | undefined,
): Promise<Pick<Sheet, "set" | "questions">> {
  const release = used?.release;
  const digest = release?.document.examples?.digest;
  const [workflow] = used?.workflows ?? [];
  const none = { set: "none", questions: [] };
  if (release === undefined || digest === undefined || workflow === undefined) return none;
  const stored = await database.maybe<{ bytes: Uint8Array }>(
    sql`select bytes from artifact where digest = ${digest}`,
  );
  if (!stored) return none;
  const view = await registry.workflow(database, release.document.workflow);
  const lines = Buffer.from(stored.bytes)
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(0, MOST_EXAMPLES);
  const questions = lines.flatMap((line, at): Question[] => {
    const { input } = JSON.parse(line) as { input: JsonObject };
    const matter = {
      id: "canary",
      input: isJsonObject(input) ? input : {},
      attachments: [],
      release,
      workflow: view,
    };
    // An example that may go to no model is no question for one.
    if (seenOf({ vault }, matter).refused.length > 0) return [];
    return [
      {
        id: `example-${at + 1}`,
        request: requestFor({ vault }, matter),
        read: (answer) => readAnswer(release, answer),
        answerIn: (output) => vault.digest("canary", canonical(output)).toString("hex").slice(0, 32),
      },
    ];
  });
  const set = `examples-${digestOf([release.digest, view.document.blockFields]).slice(0, 16)}`;
  return { set, questions };
}
