/**
 * Between our request and answer and those of the AI SDK's providers (`LanguageModelV4`, `doGenerate`).
 *
 * Pure. How a provider writes it on its own wire is the provider's part; the calls are in ai-sdk.ts.
 */
import type {
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
  LanguageModelV4Message,
} from "@ai-sdk/provider";
import type { AnswerForm } from "../contract/connection-trial.ts";
import type { JsonObject } from "../contract/json.ts";
import { classOf, modelFailure } from "./error-class.ts";
import { type ErrorReply, readError } from "./failures.ts";
import type { ModelAnswer, ModelRequest } from "./model.ts";
import { readAnswer } from "./parse.ts";

/** How the form of the answer is demanded: as a parameter where the model has one, else in words. */
export type Demand = Exclude<AnswerForm, "json_object">;

export interface CallSettings {
  temperature?: number;
  maxTokens?: number;
}

/** The options of one `doGenerate`. Never holds the case id or the release: the provider gets what the prompt says. */
export function callOptions(
  request: ModelRequest,
  settings: CallSettings,
  demand: Demand,
): LanguageModelV4CallOptions {
  const { temperature, maxTokens } = settings;
  return {
    prompt: promptOf(request, demand),
    ...(maxTokens === undefined ? {} : { maxOutputTokens: maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(demand === "json_schema"
      ? { responseFormat: { type: "json", name: "output", schema: request.outputSchema } }
      : {}),
  };
}

function promptOf({ messages, attachments, outputSchema }: ModelRequest, demand: Demand) {
  const last = messages.findLastIndex((message) => message.role === "user");
  const prompt = messages.map(({ role, content }, at): LanguageModelV4Message => {
    if (role === "system") return { role, content };
    const text = { type: "text" as const, text: content };
    if (role === "assistant") return { role, content: [text] };
    return { role, content: at === last ? [text, ...attachments.map(attachmentPart)] : [text] };
  });
  if (demand === "json_schema") return prompt;
  const told = schemaInWords(outputSchema);
  const [first] = prompt;
  if (first?.role !== "system") return [{ role: "system" as const, content: told }, ...prompt];
  return [{ ...first, content: `${first.content}\n\n${told}` }, ...prompt.slice(1)];
}

const schemaInWords = (schema: JsonObject) =>
  `Answer with one JSON object and nothing else. It must meet this JSON Schema:\n${JSON.stringify(schema)}`;

type UserPart = Extract<LanguageModelV4Message, { role: "user" }>["content"][number];

function attachmentPart({ name, mediaType, bytes }: ModelRequest["attachments"][number]): UserPart {
  if (mediaType.startsWith("image/") || mediaType === "application/pdf")
    return { type: "file", filename: name, mediaType, data: { type: "data", data: bytes } };
  if (mediaType.startsWith("text/"))
    return { type: "text", text: `${name}:\n${Buffer.from(bytes).toString("utf8")}` };
  throw modelFailure(
    "refused_request",
    `A language model cannot read an attachment of the type ${mediaType}.`,
    { hint: "Images, PDF and text can be read. Leave other attachments out by the release's policy." },
  );
}

/** The answer in a result, if there is one; `asked` stands for the model's name where the wire does not tell it. */
export function answerOf(result: LanguageModelV4GenerateResult, asked: string): ModelAnswer | undefined {
  // Nothing was said, not even why nothing came: that is the wire of somebody else.
  if (result.content.length === 0 && !result.finishReason.raw) return undefined;
  const text = result.content.map((part) => (part.type === "text" ? part.text : "")).join("");
  const finish = FINISH[result.finishReason.unified] ?? "other";
  const answer: ModelAnswer = {
    // A cut or refused answer is not read, even where a piece of it would parse.
    output: finish === "length" || finish === "refusal" ? undefined : readAnswer(text),
    text,
    model: result.response?.modelId || asked,
    finish,
  };
  if (result.response?.id) answer.id = result.response.id;
  const { inputTokens, outputTokens } = result.usage;
  if (inputTokens.total !== undefined && outputTokens.total !== undefined)
    answer.usage = {
      inputTokens: inputTokens.total,
      outputTokens: outputTokens.total,
      ...(inputTokens.cacheRead ? { cachedTokens: inputTokens.cacheRead } : {}),
      ...(inputTokens.cacheWrite ? { cacheWriteTokens: inputTokens.cacheWrite } : {}),
      ...(outputTokens.reasoning ? { reasoningTokens: outputTokens.reasoning } : {}),
    };
  return answer;
}

const FINISH: Partial<
  Record<LanguageModelV4GenerateResult["finishReason"]["unified"], ModelAnswer["finish"]>
> = { stop: "stop", length: "length", "content-filter": "refusal" };

const ABOUT_FORM =
  /schema|structured output|output_config|output_format|response_?mime_?type|json mode|tool[ _]?(?:use|choice|config)|doesn.t support tool/i;

/** Whether a refusal is about the demanded form, so that the same question may be asked with the form in words. */
export function refusesForm(reply: ErrorReply): boolean {
  if (reply.status !== 400 && reply.status !== 422) return false;
  const said = readError(reply.text);
  return classOf(reply.status, said) === "refused_request" && ABOUT_FORM.test(said.message ?? reply.text);
}

/** An error reply in the one form that failures.ts reads. */
export function plainError(
  reply: ErrorReply,
  said: { message?: string | undefined; type?: string | undefined; retryAfter?: string | undefined },
): ErrorReply {
  const { message, type, retryAfter } = said;
  if (message === undefined && type === undefined) return reply;
  const headers =
    retryAfter === undefined || reply.headers["retry-after"] !== undefined
      ? reply.headers
      : { ...reply.headers, "retry-after": retryAfter };
  return { ...reply, headers, text: JSON.stringify({ error: { message: message ?? "", type } }) };
}
