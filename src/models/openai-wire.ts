/**
 * The OpenAI-compatible chat wire for the question of a case: the body of a request and the reading of a completion.
 *
 * Pure. Servers differ in what they take and what they send; `Shape` holds what this one takes, and reading ignores
 * every key that it does not know. The calls are in chat-caller.ts; a stream is put together in chat-stream.ts.
 */
import { isJsonObject, type JsonObject, type JsonValue } from "../contract/json.ts";
import type { Token } from "./confidence.ts";
import { classOfWords, modelFailure } from "./error-class.ts";
import { type ErrorReply, readError } from "./failures.ts";
import type { ModelAnswer, ModelRequest } from "./model.ts";
import { readAnswer } from "./parse.ts";

/** What a server takes: begins with the most, and goes down one step each time the server refuses a parameter. */
export interface Shape {
  format: "json_schema" | "json_object" | "none";
  limit: "max_completion_tokens" | "max_tokens";
  temperature: boolean;
  logprobs: boolean;
}

export const FULL_SHAPE: Shape = {
  format: "json_schema",
  limit: "max_completion_tokens",
  temperature: true,
  logprobs: true,
};

export interface ChatSettings {
  name: string;
  temperature?: number;
  maxTokens?: number;
  logprobs: boolean;
}

/** Five are taken by every server seen, and hold nearly all of the probability. */
const TOP_LOGPROBS = 5;

/** The body of a chat request. Never holds the case id or the release: the provider gets what the prompt says. */
export function chatBody(request: ModelRequest, settings: ChatSettings, shape: Shape): JsonObject {
  const body: JsonObject = { model: settings.name, messages: messages(request, shape) };
  if (settings.temperature !== undefined && shape.temperature) body["temperature"] = settings.temperature;
  if (settings.maxTokens !== undefined) body[shape.limit] = settings.maxTokens;
  if (settings.logprobs && shape.logprobs) {
    body["logprobs"] = true;
    body["top_logprobs"] = TOP_LOGPROBS;
  }
  if (shape.format === "json_schema")
    body["response_format"] = {
      type: "json_schema",
      json_schema: { name: "output", schema: request.outputSchema, strict: true },
    };
  if (shape.format === "json_object") body["response_format"] = { type: "json_object" };
  return body;
}

/** The messages as sent. A server that does not take the schema as a parameter is told it in words. */
function messages(request: ModelRequest, shape: Shape): JsonObject[] {
  const list: { role: string; content: JsonValue }[] = request.messages.map(({ role, content }) => ({
    role,
    content,
  }));
  const last = list.findLast((message) => message.role === "user");
  if (last !== undefined && request.attachments.length > 0)
    last.content = [{ type: "text", text: last.content }, ...request.attachments.map(attachmentPart)];
  if (shape.format === "json_schema") return list;
  const told = `Answer with one JSON object and nothing else. It must meet this JSON Schema:\n${JSON.stringify(request.outputSchema)}`;
  const system = list[0]?.role === "system" ? list.shift()?.content : undefined;
  return [{ role: "system", content: typeof system === "string" ? `${system}\n\n${told}` : told }, ...list];
}

function attachmentPart({ name, mediaType, bytes }: ModelRequest["attachments"][number]): JsonObject {
  const data = `data:${mediaType};base64,${Buffer.from(bytes).toString("base64")}`;
  if (mediaType.startsWith("image/")) return { type: "image_url", image_url: { url: data } };
  if (mediaType === "application/pdf") return { type: "file", file: { filename: name, file_data: data } };
  if (mediaType.startsWith("text/"))
    return { type: "text", text: `${name}:\n${Buffer.from(bytes).toString("utf8")}` };
  throw modelFailure(
    "refused_request",
    `A language model cannot read an attachment of the type ${mediaType}.`,
    { hint: "Images, PDF and text can be read. Leave other attachments out by the release's policy." },
  );
}

const UNSUPPORTED =
  /unsupported|n[o']t support|unknown|unrecogni[sz]ed|unavailable|unexpected|extra input|not (?:permitted|allowed|available)/i;
const UNSUPPORTED_CODES = new Set(["unsupported_parameter", "unsupported_value", "unknown_parameter"]);

/** The next lower shape when a reply refuses a parameter of this request; undefined when the refusal is about other things. */
export function stepDown(reply: ErrorReply, shape: Shape, settings: ChatSettings): Shape | undefined {
  if (reply.status !== 400 && reply.status !== 422) return undefined;
  const said = readError(reply.text);
  // It is about the content, its length or the account, whatever parameters it mentions.
  if (classOfWords(said, reply.status) !== undefined) return undefined;
  const message = said.message ?? reply.text;
  const about = (name: string) =>
    said.param === undefined ? message.includes(name) : said.param.split(/[.[]/)[0] === name;

  // Any complaint about the format counts: a schema that strict mode does not take is still checked on our side.
  if (
    shape.format !== "none" &&
    (about("response_format") || /json_schema|json_object|json mode/i.test(message))
  )
    return { ...shape, format: shape.format === "json_schema" ? "json_object" : "none" };
  const unsupported =
    UNSUPPORTED.test(message) || (said.code !== undefined && UNSUPPORTED_CODES.has(said.code));
  if (!unsupported) return undefined;
  if (settings.logprobs && shape.logprobs && (about("logprobs") || about("top_logprobs")))
    return { ...shape, logprobs: false };
  if (
    settings.maxTokens !== undefined &&
    shape.limit === "max_completion_tokens" &&
    about("max_completion_tokens")
  )
    return { ...shape, limit: "max_tokens" };
  if (settings.temperature !== undefined && shape.temperature && about("temperature"))
    return { ...shape, temperature: false };
  return undefined;
}

export interface ChatReply {
  answer: ModelAnswer;
  /** The tokens with their log-probabilities, when the server sent them. */
  tokens: Token[] | undefined;
}

/** Reads a completion. Throws `model_bad_answer` when it is none. */
export function readChat(body: JsonObject, describe: string): ChatReply {
  const choices: unknown = body["choices"];
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  const message = isJsonObject(choice) ? choice["message"] : undefined;
  if (!isJsonObject(choice) || !isJsonObject(message))
    throw modelFailure(
      "malformed",
      `${describe} answered with JSON that is not a chat completion: it has no choices.`,
    );

  const content = textOf(message["content"], "text");
  const refusal = textOf(message["refusal"], "text") || textOf(message["content"], "refusal");
  const finish = content === "" && refusal !== "" ? "refusal" : finishOf(choice["finish_reason"]);
  const answer: ModelAnswer = {
    // A cut or refused answer is not read, even where a piece of it would parse.
    output: finish === "length" || finish === "refusal" ? undefined : readAnswer(content),
    text: content === "" ? refusal : content,
    model: typeof body["model"] === "string" && body["model"] !== "" ? body["model"] : "unknown",
    finish,
  };
  if (typeof body["system_fingerprint"] === "string" && body["system_fingerprint"] !== "")
    answer.version = body["system_fingerprint"];
  if (typeof body["id"] === "string" && body["id"] !== "") answer.id = body["id"];
  const usage = usageOf(body["usage"]);
  if (usage !== undefined) answer.usage = usage;
  const logprobs = choice["logprobs"];
  const tokens: unknown = isJsonObject(logprobs) ? logprobs["content"] : undefined;
  return { answer, tokens: Array.isArray(tokens) && tokens.every(isToken) ? tokens : undefined };
}

/** Text that comes as a string, or in parts of which only those of one type count (others hold reasoning). */
function textOf(value: unknown, type: "text" | "refusal"): string {
  if (typeof value === "string") return type === "text" ? value : "";
  if (!Array.isArray(value)) return "";
  return value
    .map((part: unknown) => (isJsonObject(part) && part["type"] === type ? (part[type] as unknown) : ""))
    .filter((text) => typeof text === "string")
    .join("");
}

function finishOf(reason: unknown): ModelAnswer["finish"] {
  switch (reason) {
    case "stop":
    case "eos":
    case "end_turn":
      return "stop";
    case "length":
    case "max_tokens":
      return "length";
    case "content_filter":
    case "refusal":
      return "refusal";
    default:
      return "other";
  }
}

/** The vendor's own figures; nothing is added up, because reasoning tokens are counted differently everywhere. */
function usageOf(usage: unknown): ModelAnswer["usage"] {
  if (!isJsonObject(usage)) return undefined;
  const inputTokens: unknown = usage["prompt_tokens"];
  const outputTokens: unknown = usage["completion_tokens"];
  if (!isCount(inputTokens) || !isCount(outputTokens)) return undefined;
  const within = (part: string, name: string): number | undefined => {
    const details = usage[part];
    const count: unknown = isJsonObject(details) ? details[name] : undefined;
    return isCount(count) && count > 0 ? count : undefined;
  };
  const cachedTokens = within("prompt_tokens_details", "cached_tokens");
  const reasoningTokens = within("completion_tokens_details", "reasoning_tokens");
  return {
    inputTokens,
    outputTokens,
    ...(cachedTokens === undefined ? {} : { cachedTokens }),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function isToken(value: unknown): value is Token {
  if (!isJsonObject(value) || typeof value["token"] !== "string") return false;
  const top: unknown = value["top_logprobs"];
  return top === undefined || top === null || (Array.isArray(top) && top.every(isToken));
}
