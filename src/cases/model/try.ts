/**
 * Tries a connection: a model gets a tiny question that no case is in; the address of a webhook is connected to.
 *
 * What is found is told in words, with what to do. Nothing of it is stored but the outcome, in the audit log.
 */
import type { AnswerForm, TrialOutcome } from "../../contract/connection-trial.ts";
import { PilotageError, type ErrorCode } from "../../contract/errors.ts";
import type { JsonObject } from "../../contract/json.ts";
import { billedBy, openModel, type Connection } from "../../models/connection.ts";
import { classIn, type ErrorClass } from "../../models/error-class.ts";
import type { Model, ModelAnswer, ModelRequest } from "../../models/model.ts";
import { askShutdownDate, type Day } from "../../models/retirement.ts";
import type { Clock } from "../../platform/clock.ts";
import { EgressRefused, type Egress } from "../../platform/egress.ts";
import { providerName, type Facts } from "../../platform/telemetry/conventions.ts";
import type { Telemetry } from "../../platform/telemetry/telemetry.ts";

export interface Trial {
  outcome: TrialOutcome;
  detail: string;
  /** The model that answered, by its own words. */
  model: string | null;
  tokens: { input: number; output: number } | null;
  /** How the model was told the form; null where that is not asked. */
  form: AnswerForm | null;
  /** When its provider says that the model retires; null: it says nothing. */
  shutdownDate: Day | null;
}

export type TriedConnection = Extract<
  Connection,
  { kind: "openai" | "anthropic" | "bedrock" | "google" | "http" | "scripted" | "webhook" }
>;

/** Which outcomes count as a success. */
export const WORKS: ReadonlySet<TrialOutcome> = new Set(["answered", "sent", "described", "reached"]);

const PATIENCE_MS = 20_000;
const MOST_TOKENS = 2_000;
const SCHEMA: JsonObject = {
  type: "object",
  properties: { ok: { type: "boolean" } },
  required: ["ok"],
  additionalProperties: false,
};
const QUESTION: ModelRequest = {
  caseId: "connection-test",
  release: "connection-test",
  messages: [
    { role: "system", content: "This is the test of a connection. Answer in JSON." },
    { role: "user", content: 'Answer with {"ok": true} and nothing else.' },
  ],
  input: { test: true },
  outputSchema: SCHEMA,
  attachments: [],
};

const nothing = { model: null, tokens: null, form: null, shutdownDate: null };

/** `model` is what the provider calls the model; needed for kinds that have several. */
export async function tryConnection(
  name: string,
  connection: TriedConnection,
  model: string | undefined,
  around: { clock: Clock; egress: Egress; telemetry: Pick<Telemetry, "spans" | "lost"> },
): Promise<Trial> {
  if (connection.kind === "webhook") return tryWebhook(connection.url, around.egress);
  const opened = openModel(
    connection,
    {
      connection: name,
      timeoutMs: PATIENCE_MS,
      maxTokens: MOST_TOKENS,
      confidence: { from: "none" },
      ...(model === undefined ? {} : { name: model }),
    },
    around,
  );
  const signal = AbortSignal.timeout(PATIENCE_MS + 1_000);
  const told = tellTrial(around, name, connection, model);
  try {
    const answer = await opened.ask(QUESTION, signal);
    told(answer);
    const trial = judged(connection.kind, opened, answer);
    if (connection.kind !== "openai" || model === undefined) return trial;
    const day = await askShutdownDate(connection, model, { egress: around.egress, signal });
    if (day === undefined) return trial;
    return {
      ...trial,
      shutdownDate: day,
      detail: `${trial.detail} Its provider retires ${model} on ${day}: publish a release with another model in time.`,
    };
  } catch (error) {
    told(error);
    if (!(error instanceof PilotageError)) throw error;
    return failed(error);
  } finally {
    await opened.close?.();
  }
}

/** A span of its own, with what was said to nobody; told once, and no fault of it is one of the trial. */
function tellTrial(
  { clock, telemetry }: { clock: Clock; telemetry: Pick<Telemetry, "spans" | "lost"> },
  connection: string,
  settings: TriedConnection,
  model: string | undefined,
): (end: unknown) => void {
  const { kind, host, model: asked } = billedBy(connection, settings, model);
  const facts: Facts = {
    operation: "chat",
    provider: providerName(kind, host),
    model: asked,
    streamed: false,
  };
  const own = { "pilotage.path": "connection test", "pilotage.connection": connection };
  const startedAt = clock.now();
  let over = false;
  return (end) => {
    if (over || telemetry.spans === undefined) return;
    over = true;
    try {
      const span = telemetry.spans.begin({ facts, startedAt, own }, {});
      const said = end instanceof Error ? { error: errorOf(end) } : answerOf(end as ModelAnswer);
      const whole = { facts: { ...facts, ...said }, endedAt: clock.now(), own };
      span.attempt({ facts, startedAt, own: { ...own, "pilotage.try": 1 } }).end(whole);
      span.end(whole);
    } catch {
      telemetry.lost();
    }
  };
}

const errorOf = (error: Error) =>
  classIn(error) ?? (error instanceof PilotageError ? error.code : "internal");

function answerOf({ model, usage, finish }: ModelAnswer): Partial<Facts> {
  return {
    responseModel: model,
    finish,
    usage: usage && { input: usage.inputTokens, output: usage.outputTokens },
  };
}

function judged(kind: TriedConnection["kind"], model: Model, answer: ModelAnswer): Trial {
  const found = {
    ...nothing,
    model: answer.model,
    tokens: answer.usage ? { input: answer.usage.inputTokens, output: answer.usage.outputTokens } : null,
    form: model.form?.() ?? null,
  };
  // Own services and scripts answer by their own schema, and not to a question in words.
  const asWanted =
    kind === "http" || kind === "scripted"
      ? answer.output !== undefined
      : (answer.output as JsonObject | undefined)?.["ok"] === true;
  if (asWanted)
    return {
      ...found,
      outcome: "answered",
      detail: `${answer.model} answered. ${FORMS[found.form ?? "none"]}`.trim(),
    };
  const why = {
    stop: "its answer does not have the form that was asked for",
    length: `its answer did not end within ${MOST_TOKENS} tokens`,
    refusal: "it declined to answer",
    other: "its answer ended for another reason",
  }[answer.finish];
  return {
    ...found,
    outcome: "other_form",
    detail: `${answer.model} can be reached and the key is taken, but ${why}. Answers in other forms are repaired once and then go to a fallback or to a person: expect many of them, or take another model.`,
  };
}

const FORMS: Record<AnswerForm | "none", string> = {
  json_schema: "It takes the schema of the answer as a parameter.",
  json_object: "It takes no schema as a parameter, only a wish for JSON; the schema is told to it in words.",
  words: "It takes no form as a parameter; the schema is told to it in words.",
  none: "",
};

const OUTCOMES: Record<ErrorClass, TrialOutcome> = {
  rate_limited: "busy",
  overloaded: "busy",
  timeout_connect: "unreachable",
  timeout_first_token: "too_late",
  timeout_idle: "too_late",
  timeout_total: "too_late",
  cut: "unreachable",
  malformed: "not_this_api",
  unreachable: "unreachable",
  quota: "quota",
  auth: "key",
  unknown_model: "model",
  too_long: "refused",
  refused_content: "refused",
  refused_request: "refused",
  unusable: "address_refused",
  aborted: "failed",
};

/** Of an error without a class: a reply that cannot be read, or what a script plays. */
const BY_CODE: Partial<Record<ErrorCode, TrialOutcome>> = {
  model_unavailable: "unreachable",
  model_refused: "refused",
  model_bad_answer: "not_this_api",
};

function failed(error: PilotageError): Trial {
  const class_ = classIn(error);
  const details = (error.details ?? {}) as { cause?: unknown; providerMessage?: unknown };
  const outcome =
    class_ === "unusable" && /CERT|SELF_SIGNED|UNABLE_TO_|TLS|SSL/.test(String(details.cause))
      ? "certificate"
      : class_ === undefined
        ? (BY_CODE[error.code] ?? "failed")
        : OUTCOMES[class_];
  const words = typeof details.providerMessage === "string" ? ` It says: ${details.providerMessage}` : "";
  return { ...nothing, outcome, detail: [error.message, error.hint].filter(Boolean).join(" ") + words };
}

/** A message to a receiver has an effect there, so none is sent: the address is only connected to. */
async function tryWebhook(url: string, egress: Egress): Promise<Trial> {
  const { host } = new URL(url);
  const untold =
    "Nothing was sent, because a receiver acts on what it gets; whether it takes the signature shows a delivery, for example of a drill.";
  try {
    await egress.reach(url, { timeoutMs: 5_000 });
    return { ...nothing, outcome: "reached", detail: `${host} can be reached. ${untold}` };
  } catch (error) {
    if (error instanceof EgressRefused)
      return { ...nothing, outcome: "address_refused", detail: `${error.message}. ${error.hint}` };
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    const certificate = /CERT|SELF_SIGNED|UNABLE_TO_|TLS|SSL/.test(code);
    return {
      ...nothing,
      outcome: certificate ? "certificate" : "unreachable",
      detail: certificate
        ? `The certificate of ${host} is not valid (${code}). Check the address; for an own certificate authority set NODE_EXTRA_CA_CERTS.`
        : `${host} cannot be reached (${code}). Check the address, and whether this machine may reach it.`,
    };
  }
}
