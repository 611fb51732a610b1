/**
 * The chat wire, streamed: events checked one by one, and put together to the answer that a plain call would have given.
 *
 * Pure. A chunk is passed on only when it is one: JSON, with choices of the known form. Keys that are not known here are kept,
 * in the chunk and in the whole. Servers differ: usage may come beside the finish or after it, an empty name must not take
 * the place of a real one, `finish_reason` may be missing before the end. What failures mean is in failures.ts.
 */
import { isJsonObject, type JsonObject, type JsonValue } from "../contract/json.ts";

export interface Chunk {
  /** As it came, in one line. */
  text: string;
  body: JsonObject;
  /** It holds usage and nothing of an answer; for callers who did not ask for it. */
  usageOnly: boolean;
}

export type Taken =
  | { kind: "chunk"; chunk: Chunk }
  /** The server's own end. */
  | { kind: "done" }
  /** Nothing of the wire's: a ping. */
  | { kind: "other" }
  /** An error in place of an answer, as the server put it. */
  | { kind: "error"; error: JsonValue }
  | { kind: "malformed" };

export interface ChatAssembly {
  /** Checks one event and adds it. `unfinished`: the stream ended in it, so it may be half of one. */
  take(data: string, unfinished?: boolean): Taken;
  /** Whether every answer has its end. */
  readonly finished: boolean;
  readonly usage: JsonObject | undefined;
  /** Characters of text, reasoning and arguments so far. */
  readonly characters: number;
  /** The answer as a plain call gives it. */
  whole(): JsonObject;
}

interface Choice {
  message: JsonObject;
  tools: Map<number, JsonObject>;
  rest: JsonObject;
  finish: string | undefined;
}

/** Keys whose text comes in pieces; of others the last one counts. */
const IN_PIECES = new Set([
  "content",
  "refusal",
  "reasoning",
  "reasoning_content",
  "arguments",
  "input",
  "data",
  "transcript",
  "thinking",
  "text",
]);
const NOT_OF_THE_WHOLE = new Set(["choices", "object", "usage", "obfuscation"]);

/** Puts one answer together; `answers` is how many were asked for. */
export function assembleChat(answers = 1): ChatAssembly {
  const choices = new Map<number, Choice>();
  const top: JsonObject = {};
  let usage: JsonObject | undefined;
  let characters = 0;

  function add(chunk: JsonObject): void {
    for (const [key, value] of Object.entries(chunk))
      // Azure's first chunk has empty names; the real ones follow.
      if (!NOT_OF_THE_WHOLE.has(key) && (!isEmpty(value) || !(key in top))) top[key] = value;
    usage = usageOf(chunk) ?? usage;
    for (const [at, choice] of choicesOf(chunk).entries()) addChoice(indexOf(choice, at), choice);
  }

  function addChoice(index: number, given: JsonObject): void {
    const choice: Choice = choices.get(index) ?? {
      message: {},
      tools: new Map(),
      rest: {},
      finish: undefined,
    };
    choices.set(index, choice);
    const { delta, message, index: _, finish_reason: finish, logprobs, ...rest } = given;
    if (typeof finish === "string" && finish !== "") choice.finish = finish;
    if (isJsonObject(logprobs)) put(choice.rest, "logprobs", logprobs);
    for (const [key, value] of Object.entries(rest)) if (value !== null) choice.rest[key] = value;
    const piece = isJsonObject(delta) ? delta : isJsonObject(message) ? message : {};
    const { tool_calls: tools, ...words } = piece;
    characters += lengthOf(words);
    for (const [key, value] of Object.entries(words)) put(choice.message, key, value);
    if (Array.isArray(tools)) for (const tool of tools) addTool(choice.tools, tool as JsonObject);
  }

  function addTool(tools: Map<number, JsonObject>, piece: JsonObject): void {
    const { index, ...call } = piece;
    const at = typeof index === "number" ? index : placeOf(tools, call);
    const tool = tools.get(at) ?? {};
    tools.set(at, tool);
    for (const [key, value] of Object.entries(call)) {
      if (isJsonObject(value)) characters += lengthOf(value);
      put(tool, key, value);
    }
  }

  return {
    take(data, unfinished = false) {
      const read = readEvent(data);
      if (read.kind === "malformed" && unfinished) return { kind: "other" };
      if (read.kind === "chunk") add(read.chunk.body);
      return read;
    },
    get finished() {
      const all = [...choices.values()];
      return all.length >= answers && all.every(({ finish }) => finish !== undefined);
    },
    get usage() {
      return usage;
    },
    get characters() {
      return characters;
    },
    whole: () => ({
      ...top,
      object: "chat.completion",
      choices: [...choices.entries()]
        .sort(([a], [b]) => a - b)
        .map(([index, { message, tools, rest, finish }]) => ({
          index,
          message: {
            role: "assistant",
            content: null,
            ...message,
            ...(tools.size === 0 ? {} : { tool_calls: [...tools.values()] }),
          },
          logprobs: null,
          ...rest,
          finish_reason: finish ?? null,
        })),
      ...(usage === undefined ? {} : { usage }),
    }),
  };
}

/** Whether an event holds something of the answer, not only its frame: what ends the wait for the first token. */
export function isToken(data: string): boolean {
  if (data.trim() === "[DONE]") return true;
  const read = readEvent(data);
  if (read.kind === "error" || read.kind === "malformed") return true;
  if (read.kind !== "chunk") return false;
  return choicesOf(read.chunk.body).some((choice) => {
    const { delta, message, finish_reason: finish } = choice;
    if (typeof finish === "string" && finish !== "") return true;
    const { role: _, ...words } = isJsonObject(delta) ? delta : isJsonObject(message) ? message : {};
    return Object.values(words).some((value) => !isEmpty(value));
  });
}

/** A plain answer as the one chunk of a stream. */
export function chunkOf(completion: JsonObject): JsonObject {
  return {
    ...completion,
    object: "chat.completion.chunk",
    choices: choicesOf(completion).map((choice) => {
      const { message, ...rest } = choice;
      const { tool_calls: tools, ...words } = isJsonObject(message) ? message : {};
      const numbered = Array.isArray(tools)
        ? { tool_calls: tools.map((tool, index) => (isJsonObject(tool) ? { index, ...tool } : tool)) }
        : {};
      return { ...rest, delta: { ...words, ...numbered } };
    }),
  };
}

/** The usage of an answer or chunk, wherever the vendor puts it. */
export function usageOf(body: JsonObject): JsonObject | undefined {
  if (isJsonObject(body["usage"])) return body["usage"];
  const groq = body["x_groq"];
  return isJsonObject(groq) && isJsonObject(groq["usage"]) ? groq["usage"] : undefined;
}

export function choicesOf(body: JsonObject): JsonObject[] {
  const { choices } = body;
  return Array.isArray(choices) ? choices.filter(isJsonObject) : [];
}

function readEvent(data: string): Taken {
  const came = data.trim();
  if (came === "[DONE]") return { kind: "done" };
  if (came === "") return { kind: "other" };
  let body: unknown;
  try {
    body = JSON.parse(came);
  } catch {
    return { kind: "malformed" };
  }
  if (!isJsonObject(body)) return { kind: "malformed" };
  const text = /[\r\n]/.test(came) ? JSON.stringify(body) : came;
  const { error, choices } = body;
  if (!isEmpty(error) && error !== false) return { kind: "error", error: error! };
  if (choices === undefined || choices === null)
    return usageOf(body) === undefined
      ? { kind: "other" }
      : { kind: "chunk", chunk: { text, body, usageOnly: true } };
  if (!Array.isArray(choices) || !choices.every(isChoice)) return { kind: "malformed" };
  const failed = choices.find((choice) => isJsonObject(choice) && isJsonObject(choice["error"]));
  if (isJsonObject(failed)) return { kind: "error", error: failed["error"]! };
  const usageOnly = choices.length === 0 && usageOf(body) !== undefined;
  return { kind: "chunk", chunk: { text, body, usageOnly } };
}

/** What a reader of the stream relies on must have its form; everything else may be anything. */
function isChoice(choice: JsonValue): boolean {
  if (!isJsonObject(choice)) return false;
  const { index, delta, finish_reason: finish } = choice;
  if (index !== undefined && index !== null && !isIndex(index)) return false;
  if (finish !== undefined && finish !== null && typeof finish !== "string") return false;
  if (delta === undefined || delta === null) return true;
  if (!isJsonObject(delta)) return false;
  const { content, refusal, tool_calls: tools } = delta;
  const isWords = (value: JsonValue | undefined) =>
    value === undefined || value === null || typeof value === "string" || Array.isArray(value);
  return (
    isWords(content) &&
    isWords(refusal) &&
    (tools === undefined || tools === null || (Array.isArray(tools) && tools.every(isToolPiece)))
  );
}

function isToolPiece(piece: JsonValue): boolean {
  if (!isJsonObject(piece)) return false;
  const { index, function: call } = piece;
  if (index !== undefined && index !== null && !isIndex(index)) return false;
  if (call === undefined || call === null) return true;
  if (!isJsonObject(call)) return false;
  const { arguments: words } = call;
  return words === undefined || words === null || typeof words === "string";
}

const isIndex = (value: JsonValue) => Number.isSafeInteger(value) && (value as number) >= 0;
const isEmpty = (value: JsonValue | undefined) =>
  value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);

function indexOf(choice: JsonObject, otherwise: number): number {
  return typeof choice["index"] === "number" ? choice["index"] : otherwise;
}

/** Where a piece without an index belongs: to the call with its id, to the last one when it names none, else it is a new one. */
function placeOf(tools: Map<number, JsonObject>, { id }: JsonObject): number {
  const last = Math.max(-1, ...tools.keys());
  if (isEmpty(id)) return Math.max(0, last);
  const known = [...tools.entries()].find(([, call]) => call["id"] === id);
  return known?.[0] ?? last + 1;
}

/**
 * `known` with `more` added, in place; nothing of `more` is kept, because the chunk goes to somebody else.
 *
 * An empty text never takes the place of another: some servers send an empty name with each further piece of a call.
 */
function joined(known: JsonValue, more: JsonValue, key: string): JsonValue {
  if (more === null || (more === "" && known !== null)) return known;
  if (Array.isArray(more)) {
    const all = Array.isArray(known) ? known : [];
    for (const part of more) addPart(all, part);
    return all;
  }
  if (isJsonObject(more)) {
    const both = isJsonObject(known) ? known : {};
    for (const [inner, value] of Object.entries(more)) put(both, inner, value);
    return both;
  }
  return typeof known === "string" && typeof more === "string" && IN_PIECES.has(key) ? known + more : more;
}

function put(object: JsonObject, key: string, more: JsonValue): void {
  // A foreign key of this name would reach what all objects share.
  if (key === "__proto__") return;
  object[key] = joined(Object.hasOwn(object, key) ? object[key]! : null, more, key);
}

/** Text in parts goes on where the last part ended. */
function addPart(all: JsonValue[], part: JsonValue): void {
  const last = all.at(-1) ?? null;
  if (isText(last) && isText(part)) joined(last, part, "part");
  else all.push(isJsonObject(part) || Array.isArray(part) ? joined(null, part, "part") : part);
}

const isText = (part: JsonValue) => isJsonObject(part) && part["type"] === "text";

function lengthOf(words: JsonObject): number {
  return Object.entries(words).reduce(
    (sum, [key, value]) => (typeof value === "string" && IN_PIECES.has(key) ? sum + value.length : sum),
    0,
  );
}
