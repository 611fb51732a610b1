/**
 * What a chat request may be: read by hand, because this is on the path of every call.
 *
 * Pure. Known keys must have their form; unknown keys are kept and passed on, for servers differ and grow. The first
 * fault is told with the name of its parameter, as clients of this wire show it.
 */
import { isJsonObject, type JsonObject, type JsonValue } from "../contract/json.ts";
import { badRequest } from "./wire-error.ts";

export interface ChatRequest {
  model: string;
  stream: boolean;
  /** Whether the client asked for the usage at the end of its stream. */
  includeUsage: boolean;
  /** How many answers are asked for. */
  answers: number;
  /** Whether a message holds an image. */
  images: boolean;
  messages: JsonObject[];
  /** Everything as it came. */
  body: JsonObject;
}

const ROLES = new Set(["system", "developer", "user", "assistant", "tool", "function"]);

type Check = (value: JsonValue, name: string) => void;

/** A number with its borders; a `whole` one is a count. */
function numberFrom(min: number, max: number, whole = false): Check {
  const kind = whole ? "integer" : "decimal";
  return (value, name) => {
    if (typeof value !== "number" || (whole && !Number.isInteger(value)))
      throw badRequest(`\`${name}\` must be a ${whole ? "whole number" : "number"}.`, name, "invalid_type");
    if (value < min)
      throw badRequest(
        `\`${name}\` is ${value}, below its minimum of ${min}.`,
        name,
        `${kind}_below_min_value`,
      );
    if (value > max)
      throw badRequest(
        `\`${name}\` is ${value}, above its maximum of ${max}.`,
        name,
        `${kind}_above_max_value`,
      );
  };
}

function must(holds: (value: JsonValue) => boolean, be: string): Check {
  return (value, name) => {
    if (!holds(value)) throw badRequest(`\`${name}\` must be ${be}.`, name, "invalid_type");
  };
}

const count = (max: number) => numberFrom(1, max, true);
const object = must(isJsonObject, "an object");
const boolean = must((value) => typeof value === "boolean", "true or false");
const text = must((value) => typeof value === "string", "a text");

/** What is known of optional parameters; looked up for those that came, since most did not. */
const OPTIONS = new Map<string, Check>(
  Object.entries({
    max_tokens: count(10_000_000),
    max_completion_tokens: count(10_000_000),
    n: count(128),
    temperature: numberFrom(0, 2),
    top_p: numberFrom(0, 1),
    presence_penalty: numberFrom(-2, 2),
    frequency_penalty: numberFrom(-2, 2),
    top_logprobs: numberFrom(0, 20, true),
    seed: numberFrom(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, true),
    response_format: object,
    stream_options: object,
    logit_bias: object,
    metadata: object,
    stream: boolean,
    logprobs: boolean,
    parallel_tool_calls: boolean,
    store: boolean,
    user: text,
    safety_identifier: text,
    tools: must((value) => Array.isArray(value) && value.every(isJsonObject), "a list of tools"),
    stop: must(
      (value) =>
        typeof value === "string" ||
        (Array.isArray(value) && value.length <= 4 && value.every((one) => typeof one === "string")),
      "a text or a list of up to four texts",
    ),
  }),
);

export function readRequest(body: unknown): ChatRequest {
  if (!isJsonObject(body)) throw badRequest("The body must be one JSON object with `model` and `messages`.");
  const { model, messages } = body;
  if (model === undefined || model === null)
    throw badRequest("You must provide a model parameter.", "model", "missing_required_parameter");
  if (typeof model !== "string" || model === "" || model.length > 300)
    throw badRequest("`model` must be the name of a model, as GET /v1/models lists it.", "model");
  if (messages === undefined || messages === null)
    throw badRequest("Missing required parameter: 'messages'.", "messages", "missing_required_parameter");
  if (!Array.isArray(messages) || messages.length === 0)
    throw badRequest("`messages` must be a list with at least one message.", "messages");
  let images = false;
  messages.forEach((message, i) => {
    if (readMessage(message, `messages.${i}`)) images = true;
  });
  checkOptions(body);
  const options = body["stream_options"];
  const stream = body["stream"] === true;
  if (isJsonObject(options) && !stream)
    throw badRequest("`stream_options` is only for streamed answers.", "stream_options");
  return {
    model,
    stream,
    includeUsage: isJsonObject(options) && options["include_usage"] === true,
    answers: typeof body["n"] === "number" ? body["n"] : 1,
    images,
    messages: messages as JsonObject[],
    body,
  };
}

/** Whether the message holds an image. */
function readMessage(message: unknown, where: string): boolean {
  if (!isJsonObject(message)) throw badRequest("Each message must be an object with a role.", where);
  const { role, content } = message;
  if (typeof role !== "string" || !ROLES.has(role))
    throw badRequest(`The role of a message must be one of ${[...ROLES].join(", ")}.`, `${where}.role`);
  if (typeof content === "string") return false;
  if (content === undefined || content === null) {
    if (role === "assistant") return false;
    throw badRequest("A message needs content: a text, or a list of parts.", `${where}.content`);
  }
  if (!Array.isArray(content) || content.length === 0)
    throw badRequest("The content of a message must be a text or a list of parts.", `${where}.content`);
  let image = false;
  content.forEach((part, i) => {
    const at = `${where}.content.${i}`;
    if (!isJsonObject(part) || typeof part["type"] !== "string")
      throw badRequest("Each part of a message must be an object with a type.", at);
    if (part["type"] === "text" && typeof part["text"] !== "string")
      throw badRequest("A part of the type text needs its text.", `${at}.text`);
    if (part["type"] === "image_url") image = true;
  });
  return image;
}

function checkOptions(body: JsonObject): void {
  for (const name in body) {
    const value = body[name];
    if (value !== undefined && value !== null) OPTIONS.get(name)?.(value, name);
  }
}
