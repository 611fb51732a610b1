/**
 * A request under the data policy of its model: what may leave the house, and what was kept back.
 *
 * Default deny: fields that are not known or named here are left out and reported by their names, in the request, in its
 * messages, in their parts and in their calls of tools. Every text that goes on is looked through, whatever it is for:
 * messages of every role, parts, results and arguments of tools, descriptions, schemas, names of their fields. What cannot
 * be looked through (pictures, sound, files) goes on only where it is allowed. Neither pictures nor anything else of a
 * request is ever in the report.
 */
import { setImmediate as turn } from "node:timers/promises";
import { isJsonObject, type JsonObject, type JsonValue } from "../contract/json.ts";
import { PilotageError } from "../contract/errors.ts";
import { openScanner } from "../definition/personal/scan.ts";
import { openScrubber, type Counts, type Scrubbed, type Scrubber } from "../definition/personal/scrub.ts";
import { compilePattern } from "../definition/regex.ts";
import type { OfferedPolicy } from "../models/offered-policy.ts";
import { badRequest, GatewayError } from "./wire-error.ts";

/** Names and counts, never values: for the record, and for the header. */
export interface PolicyReport extends Scrubbed {
  dropped: string[];
}

export type Judged =
  | { kind: "passed"; body: JsonObject; report: PolicyReport }
  | { kind: "refused"; error: GatewayError; report: PolicyReport };

/** What a request of this wire usually has, and what no policy needs to name. Left out: who asks, what is kept, what is looked up. */
const USUAL: ReadonlySet<string> = new Set([
  ..."model messages stream stream_options n temperature top_p top_k min_p max_tokens max_completion_tokens stop seed".split(
    " ",
  ),
  ..."presence_penalty frequency_penalty repetition_penalty response_format logprobs top_logprobs".split(" "),
  ..."tools tool_choice parallel_tool_calls functions function_call reasoning_effort verbosity modalities audio service_tier".split(
    " ",
  ),
]);
const ABOUT_TOOLS = ["tools", "tool_choice", "parallel_tool_calls", "functions", "function_call"];
const OF_MESSAGE: ReadonlySet<string> = new Set(
  "role content name refusal tool_calls tool_call_id function_call audio".split(" "),
);
const OF_CALL: ReadonlySet<string> = new Set("id type index function custom".split(" "));
const OF_STREAM: ReadonlySet<string> = new Set(["include_usage", "include_obfuscation"]);
/** Where a part has its bytes. */
type DataField = "url" | "data" | "file_data";
/** Parts of messages, with what they have and the word that allows them. */
const PARTS: Record<
  string,
  { fields: ReadonlySet<string>; needs?: "images" | "files" | "audio"; data?: [string, DataField] }
> = {
  text: { fields: new Set(["type", "text"]) },
  refusal: { fields: new Set(["type", "refusal"]) },
  image_url: { fields: new Set(["type", "image_url"]), needs: "images", data: ["image_url", "url"] },
  input_audio: { fields: new Set(["type", "input_audio"]), needs: "audio", data: ["input_audio", "data"] },
  file: { fields: new Set(["type", "file"]), needs: "files", data: ["file", "file_data"] },
};

/** The wire's own names are of this form; any other could be data itself. */
const TOLD = /^[a-z]+(?:_[a-z]+)*$/;
const LONGEST_TOLD = 40;
const MOST_TOLD = 50;
const MOST_IN_MESSAGE = 10;
/** Identifiers that join a call of a tool to its result: a mask in one of them would break that. No number of a card or account. */
const PROTOCOL_ID = /^(?!.*\d{13})[\w-]{1,64}$/;
/** Shorter sound is hardly any, and could be a number. */
const LEAST_SOUND = 256;

/** Code units that are looked through before others get their turn. */
const AT_ONCE = 500_000;
const MAX_DEPTH = 100;

export async function judge(
  request: JsonObject,
  policy: OfferedPolicy & { images: boolean },
): Promise<Judged> {
  const own = policy.mask.map(({ name, pattern }) => ({ name, pattern: compilePattern(pattern) }));
  const scrubber = openScrubber(await openScanner(), policy.scan, own);
  const dropped = new Set<string>();
  const report = (): PolicyReport => ({ dropped: atMost(dropped, MOST_TOLD), ...scrubber.counts });
  try {
    const body = await passing(request, policy, scrubber, dropped);
    if (policy.unknownFields === "refuse" && dropped.size > 0)
      throw badRequest(
        `These fields may not leave for this model: ${atMost(dropped, MOST_IN_MESSAGE).join(", ")}. No model was asked; leave them out.`,
        [...dropped][0],
        "field_not_allowed",
      );
    const kinds = Object.keys(scrubber.counts.refused);
    if (kinds.length > 0)
      throw badRequest(
        `The request holds what may not leave for this model: ${kinds.join(", ")}. No model was asked; take it out, or let a person do this one.`,
        "messages",
        "personal_data_refused",
      );
    return { kind: "passed", body, report: report() };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    return { kind: "refused", error: refusal, report: report() };
  }
}

/** What the client hears of it: names and counts. Nothing where nothing was kept back. */
export function policyHeaders({ dropped, masked, pseudonymised }: PolicyReport): Record<string, string> {
  const counted = Object.entries(sum(masked, pseudonymised)).map(([name, count]) => `${name}=${count}`);
  return {
    ...(dropped.length === 0 ? {} : { "x-pilotage-dropped": dropped.join(", ").slice(0, LONGEST_HEADER) }),
    ...(counted.length === 0 ? {} : { "x-pilotage-masked": counted.join(", ") }),
  };
}

const LONGEST_HEADER = 1_000;

/** What two policies kept back, one after the other. */
export function together(first: PolicyReport | undefined, then: PolicyReport): PolicyReport {
  if (first === undefined) return then;
  return {
    dropped: atMost(new Set([...first.dropped, ...then.dropped]), MOST_TOLD),
    masked: sum(first.masked, then.masked),
    pseudonymised: sum(first.pseudonymised, then.pseudonymised),
    refused: sum(first.refused, then.refused),
  };
}

function sum(first: Counts, then: Counts): Counts {
  const counts = { ...first };
  for (const [name, count] of Object.entries(then)) counts[name] = (counts[name] ?? 0) + count;
  return counts;
}

function atMost(names: ReadonlySet<string>, most: number): string[] {
  const told = [...names].slice(0, most);
  return names.size > most ? [...told, "(more)"] : told;
}

async function passing(
  request: JsonObject,
  policy: OfferedPolicy & { images: boolean },
  scrubber: Scrubber,
  dropped: Set<string>,
): Promise<JsonObject> {
  const named = new Set(policy.fields);
  let looked = 0;

  /** What is left of an object: the known fields, and those that the policy names. */
  function fieldsOf(object: JsonObject, known: ReadonlySet<string>, where: string): [string, JsonValue][] {
    return Object.entries(object).filter(([name]) => {
      if (known.has(name) || named.has(where + name)) return true;
      const told = name.length <= LONGEST_TOLD && TOLD.test(name) ? name : "(other)";
      // One more than is told: it says that there are more.
      if (dropped.size <= MOST_TOLD) dropped.add(where + told);
      return false;
    });
  }

  function text(value: string, lead: string): string {
    looked += value.length;
    return scrubber.text(value, lead);
  }

  /** Everything within a value that is a text, or could be one. */
  function scrubbed(value: JsonValue, lead: string, depth: number): JsonValue {
    if (depth > MAX_DEPTH)
      throw badRequest(
        "The request is nested too deeply to be looked through; no model was asked.",
        "messages",
      );
    if (typeof value === "string") return text(value, lead);
    if (typeof value === "number") {
      const written = String(value);
      const passed = text(written, lead);
      // What takes the place of a number is a text.
      return passed === written ? value : passed;
    }
    if (Array.isArray(value)) return value.map((one) => scrubbed(one, lead, depth + 1));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [text(name, ""), scrubbed(one, `${name}: `, depth + 1)]),
    );
  }

  function part(value: JsonValue): JsonValue {
    const type = isJsonObject(value) ? value["type"] : undefined;
    const known = typeof type === "string" && Object.hasOwn(PARTS, type) ? PARTS[type]! : undefined;
    if (!isJsonObject(value) || known === undefined || (known.needs !== undefined && !policy[known.needs]))
      throw notAllowed(known?.needs ?? "parts of this type");
    const kept = fieldsOf(value, known.fields, "messages.content.");
    return Object.fromEntries(
      kept.map(([name, one]) => [
        name,
        known.data?.[0] === name ? withData(one, known.data[1]) : scrubbed(one, "", 0),
      ]),
    );
  }

  /** Bytes as text are passed over: nothing in them can be told, and they are allowed. */
  function withData(value: JsonValue, field: DataField): JsonValue {
    if (!isJsonObject(value)) return data(value, field);
    const { [field]: bytes, ...rest } = value;
    const others = scrubbed(rest, "", 0) as JsonObject;
    return bytes === undefined ? others : { ...others, [field]: data(bytes, field) };
  }

  function data(value: JsonValue, field: DataField): JsonValue {
    if (typeof value !== "string") return scrubbed(value, "", 0);
    if (field === "url" && /^\s*data:(?!image\/)/i.test(value)) throw notAllowed("data that is no picture");
    return isBytes(value, field) ? value : text(value, "");
  }

  function call(value: JsonValue): JsonValue {
    return isJsonObject(value)
      ? Object.fromEntries(
          fieldsOf(value, OF_CALL, "messages.tool_calls.").map(([name, one]) => [
            name,
            name === "id" ? identifier(one) : scrubbed(one, `${name}: `, 1),
          ]),
        )
      : scrubbed(value, "", 0);
  }

  function identifier(value: JsonValue): JsonValue {
    return typeof value === "string" && PROTOCOL_ID.test(value) ? value : scrubbed(value, "", 0);
  }

  function message(value: JsonObject): JsonObject {
    const ofTools = ["tool_calls", "tool_call_id", "function_call"].some(
      (name) => (value[name] ?? null) !== null,
    );
    if (!policy.tools && (ofTools || value["role"] === "tool" || value["role"] === "function"))
      throw notAllowed("tools");
    if (!policy.audio && (value["audio"] ?? null) !== null) throw notAllowed("audio");
    return Object.fromEntries(
      fieldsOf(value, OF_MESSAGE, "messages.").map(([name, one]) => {
        if (name === "role") return [name, one];
        if (name === "tool_call_id") return [name, identifier(one)];
        if (name === "content" && Array.isArray(one)) return [name, one.map(part)];
        if (name === "tool_calls" && Array.isArray(one)) return [name, one.map(call)];
        return [name, scrubbed(one, "", 0)];
      }),
    );
  }

  if (!policy.tools)
    for (const name of ABOUT_TOOLS) if ((request[name] ?? null) !== null) throw notAllowed("tools", name);
  if (!policy.audio && (request["audio"] ?? null) !== null) throw notAllowed("audio", "audio");
  const kept = fieldsOf(request, USUAL, "");
  // The conversation first: its pseudonyms are then the same in each of its turns.
  const messages: JsonValue[] = [];
  for (const one of request["messages"] as JsonObject[]) {
    messages.push(message(one));
    if (looked < AT_ONCE) continue;
    looked = 0;
    await turn();
  }
  return Object.fromEntries(
    kept.map(([name, one]) => {
      if (name === "messages") return [name, messages];
      // The model was found by its name, and a digest stands for who asks.
      if (name === "model" || name === "user" || name === "safety_identifier") return [name, one];
      if (name === "stream_options" && isJsonObject(one))
        return [name, scrubbed(Object.fromEntries(fieldsOf(one, OF_STREAM, "stream_options.")), "", 0)];
      // A number of the wire itself, such as seed, is in the borders that request.ts knows.
      return [name, typeof one === "number" && USUAL.has(name) ? one : scrubbed(one, `${name}: `, 0)];
    }),
  );
}

function isBytes(data: string, field: DataField): boolean {
  if (field === "data")
    return data.length >= LEAST_SOUND && data.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(data);
  const bare = data.replace(/^data:[\w.+-]{1,80}\/[\w.+-]{1,80};base64,/i, "");
  return bare !== data && /^[A-Za-z0-9+/_-]*={0,2}$/.test(bare);
}

function notAllowed(what: string, param = "messages"): GatewayError {
  return badRequest(
    `This model is not offered for ${what}; no model was asked. Send the request without.`,
    param,
    "part_not_allowed",
  );
}

/** A text that is too long for an own pattern could not be looked through, so it stays here. */
function refusalOf(error: unknown): GatewayError | undefined {
  if (error instanceof PilotageError && error.code === "bad_input")
    return badRequest(
      `${error.message} No model was asked; send less at once.`,
      "messages",
      "request_too_large",
    );
  return error instanceof GatewayError ? error : undefined;
}
