/**
 * What a chat request may be: read by hand, because this is on the path of every call.
 *
 * Pure. Known keys must have their form; unknown keys are kept and passed on, for servers differ and grow. The first
 * fault is told with the name of its parameter, as clients of this wire show it.
 */
import { isJsonObject, type JsonObject } from "../contract/json.ts";
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

/** Numbers with their borders; `whole` ones are counts. */
const NUMBERS: readonly { name: string; min: number; max: number; whole?: true }[] = [
  { name: "max_tokens", min: 1, max: 10_000_000, whole: true },
  { name: "max_completion_tokens", min: 1, max: 10_000_000, whole: true },
  { name: "n", min: 1, max: 128, whole: true },
  { name: "temperature", min: 0, max: 2 },
  { name: "top_p", min: 0, max: 1 },
  { name: "presence_penalty", min: -2, max: 2 },
  { name: "frequency_penalty", min: -2, max: 2 },
  { name: "top_logprobs", min: 0, max: 20, whole: true },
  { name: "seed", min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER, whole: true },
];

const OBJECTS = ["response_format", "stream_options", "logit_bias", "metadata"] as const;
const BOOLEANS = ["stream", "logprobs", "parallel_tool_calls", "store"] as const;

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
  for (const { name, min, max, whole } of NUMBERS) {
    const value = body[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== "number" || (whole === true && !Number.isInteger(value)))
      throw badRequest(`\`${name}\` must be a ${whole ? "whole number" : "number"}.`, name, "invalid_type");
    if (value < min || value > max)
      throw badRequest(
        value < min
          ? `\`${name}\` is ${value}, below its minimum of ${min}.`
          : `\`${name}\` is ${value}, above its maximum of ${max}.`,
        name,
        value < min ? "integer_below_min_value" : "integer_above_max_value",
      );
  }
  for (const name of OBJECTS) {
    const value = body[name];
    if (value !== undefined && value !== null && !isJsonObject(value))
      throw badRequest(`\`${name}\` must be an object.`, name, "invalid_type");
  }
  for (const name of BOOLEANS) {
    const value = body[name];
    if (value !== undefined && value !== null && typeof value !== "boolean")
      throw badRequest(`\`${name}\` must be true or false.`, name, "invalid_type");
  }
  for (const name of ["user", "safety_identifier"]) {
    const value = body[name];
    if (value !== undefined && value !== null && typeof value !== "string")
      throw badRequest(`\`${name}\` must be a text.`, name, "invalid_type");
  }
  const { tools, stop } = body;
  if (tools !== undefined && tools !== null && !(Array.isArray(tools) && tools.every(isJsonObject)))
    throw badRequest("`tools` must be a list of tools.", "tools", "invalid_type");
  if (stop === undefined || stop === null || typeof stop === "string") return;
  if (!Array.isArray(stop) || stop.length > 4 || !stop.every((one) => typeof one === "string"))
    throw badRequest("`stop` must be a text or a list of up to four texts.", "stop", "invalid_type");
}
