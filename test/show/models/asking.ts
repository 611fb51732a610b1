/** One question to the endpoint of a running program, as a client that believes nothing: what it heard, event by event. */
import type { JsonObject } from "../../../src/contract/json.ts";
import { isJsonObject } from "../../../src/contract/json.ts";

export type Form = "plain" | "buffered" | "live";
export const FORMS: readonly Form[] = ["plain", "buffered", "live"];

export interface Heard {
  /** 0: the connection broke before an answer. */
  status: number;
  headers: Headers;
  /** The answer's text, white space folded. */
  text: string;
  refusal: string;
  /** Name and arguments of each tool called. */
  tools: string[];
  finish: string | undefined;
  usage: JsonObject | undefined;
  /** It was given for whole: a plain success, or a stream with its `[DONE]`. */
  whole: boolean;
  error: JsonObject | undefined;
  /** What was no event of this wire. */
  malformed: string[];
  milliseconds: number;
}

/** Longer than any answer may take: who waits for so long was left hanging. */
export const HANGS_AFTER = 100_000;

export interface Asker {
  url: string;
  secret: string;
}

export async function ask({ url, secret }: Asker, model: string, form: Form): Promise<Heard> {
  const began = performance.now();
  let response: Response;
  let body: string;
  try {
    response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${secret}`,
        "content-type": "application/json",
        ...(form === "plain" ? {} : { "x-pilotage-mode": form }),
      },
      body: JSON.stringify({
        model,
        messages: [{ role: "user", content: "Say something long." }],
        ...(form === "plain" ? {} : { stream: true, stream_options: { include_usage: true } }),
      }),
      signal: AbortSignal.timeout(HANGS_AFTER),
    });
    body = await response.text();
  } catch (error) {
    return { ...NOTHING, malformed: [String(error)], milliseconds: performance.now() - began };
  }
  const milliseconds = performance.now() - began;
  const { status, headers } = response;
  const read = headers.get("content-type")?.includes("json") ? readPlain(body) : readEvents(body);
  return { ...read, status, headers, milliseconds };
}

const NOTHING: Heard = {
  status: 0,
  headers: new Headers(),
  text: "",
  refusal: "",
  tools: [],
  finish: undefined,
  usage: undefined,
  whole: false,
  error: undefined,
  malformed: [],
  milliseconds: 0,
};

type Read = Omit<Heard, "status" | "headers" | "milliseconds">;

interface Words {
  content?: string | null;
  refusal?: string | null;
  tool_calls?: { index?: number; function?: { name?: string; arguments?: string } }[];
}

function readPlain(body: string): Read {
  let found: unknown;
  try {
    found = JSON.parse(body);
  } catch {
    return { ...NOTHING, malformed: [body.slice(0, 200)] };
  }
  if (!isJsonObject(found)) return { ...NOTHING, malformed: [body.slice(0, 200)] };
  if (isJsonObject(found["error"])) return { ...NOTHING, error: found["error"] };
  const [choice] = found["choices"] as unknown as { message: Words; finish_reason: string | null }[];
  const { message, finish_reason: finish } = choice!;
  return {
    ...NOTHING,
    text: folded(message.content ?? ""),
    refusal: message.refusal ?? "",
    tools: (message.tool_calls ?? []).map((one) => `${one.function?.name}${one.function?.arguments}`),
    finish: finish ?? undefined,
    usage: found["usage"] as JsonObject | undefined,
    whole: true,
  };
}

function readEvents(body: string): Read {
  const heard: Read = { ...NOTHING, malformed: [] };
  const tools: { name: string; words: string }[] = [];
  let text = "";
  for (const line of body.split("\n")) {
    if (line.trim() === "" || line.startsWith(":")) continue;
    if (line === "data: [DONE]") {
      heard.whole = true;
      continue;
    }
    let found: unknown;
    try {
      found = JSON.parse(line.replace(/^data: /, ""));
    } catch {
      found = undefined;
    }
    if (!isJsonObject(found) || !(isJsonObject(found["error"]) || Array.isArray(found["choices"]))) {
      heard.malformed.push(line.slice(0, 200));
      continue;
    }
    if (isJsonObject(found["error"])) {
      heard.error = found["error"];
      continue;
    }
    if (isJsonObject(found["usage"])) heard.usage = found["usage"];
    const [choice] = found["choices"] as unknown as { delta?: Words; finish_reason?: string | null }[];
    if (choice === undefined) continue;
    heard.finish = choice.finish_reason ?? heard.finish;
    text += choice.delta?.content ?? "";
    heard.refusal += choice.delta?.refusal ?? "";
    for (const piece of choice.delta?.tool_calls ?? []) {
      const tool = (tools[piece.index ?? 0] ??= { name: "", words: "" });
      if (piece.function?.name) tool.name = piece.function.name;
      tool.words += piece.function?.arguments ?? "";
    }
  }
  return { ...heard, text: folded(text), tools: tools.map(({ name, words }) => `${name}${words}`) };
}

export function folded(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
