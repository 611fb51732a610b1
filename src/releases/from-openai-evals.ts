/**
 * A line of OpenAI Evals as an item: `{"input": [{role, content}, ...], "ideal": "..."}`. Pure.
 *
 * The last question of the conversation is the input, as a text or as the object that it holds. What stands before it is
 * the prompt of another program and is left out, which is told. An `ideal` with several answers says of none that it alone
 * is right.
 */
import type { ReleaseView } from "../cases/workflow/registry.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../contract/json.ts";
import { inputOf, outputOf, type BareFields } from "./bare-fields.ts";
import { itemOf, type ReadItem } from "./evaluation-item.ts";

export function itemFromOpenAi(release: ReleaseView, fields: BareFields, value: JsonObject): ReadItem {
  const { input, ideal, ...rest } = value;
  const question = lastQuestion(input);
  if (!question.ok) return question;
  const answers = Array.isArray(ideal) ? ideal : [ideal];
  if (ideal === undefined || answers.length === 0)
    return { ok: false, message: "the line has no `ideal`, so nobody knows what would have been right" };
  if (answers.length > 1)
    return {
      ok: false,
      message: `\`ideal\` allows ${answers.length} answers; an item has one that would have been right`,
    };
  const read = inputOf(release.document, fields, question.text);
  if (!read.ok) return read;
  const truth = outputOf(release.document, fields, answers[0]!);
  if (!truth.ok) return truth;
  const item = itemOf(release, read.input, truth.output);
  if (!item.ok) return item;
  const before = question.before > 0 ? ["input: messages before the last question"] : [];
  return { ...item, dropped: [...item.dropped, ...before, ...Object.keys(rest)] };
}

type Question = { ok: true; text: string; before: number } | { ok: false; message: string };

function lastQuestion(input: JsonValue | undefined): Question {
  if (typeof input === "string") return { ok: true, text: input, before: 0 };
  if (!Array.isArray(input)) return { ok: false, message: "the line needs `input`: messages, or a text" };
  const at = input.findLastIndex((one) => isJsonObject(one) && one["role"] === "user");
  const message = input[at];
  if (!isJsonObject(message)) return { ok: false, message: "input: no message has the role user" };
  if (at < input.length - 1)
    return {
      ok: false,
      message: "input: the last message is not the user's, so the question is answered already",
    };
  const text = textOf(message["content"]);
  return text === undefined
    ? { ok: false, message: "input: the question is no text (pictures and files are not part of a set)" }
    : { ok: true, text, before: at };
}

function textOf(content: JsonValue | undefined): string | undefined {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return undefined;
  const texts = content.map((part) =>
    isJsonObject(part) && part["type"] === "text" && typeof part["text"] === "string"
      ? part["text"]
      : undefined,
  );
  return texts.every((text) => text !== undefined) && texts.length > 0 ? texts.join("\n") : undefined;
}
