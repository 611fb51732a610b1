/**
 * A provider of the wire of OpenAI whose models have characters: each answers the same question always the same, in its own
 * way, as real models do at temperature 0. Over real HTTP; who answers behind a name can be changed at any time.
 *
 *     const provider = await startCharacters();
 *     provider.models["small"] = { ...provider.models["small"], character: "another" };
 */
import { createHash, randomInt } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isJsonObject, type JsonObject, type JsonValue } from "../../src/contract/json.ts";

export interface Character {
  /** What it calls itself. */
  name: string;
  version?: string;
  /** Two models of one character answer alike. */
  character: string;
  /** To so many of the questions it says something else each time. */
  strays?: number;
  /** In place of an answer. */
  refuses?: { status: number; type: string };
  /** Whatever is asked, it says this. */
  says?: string;
}

export interface Characters {
  /** Up to and with /v1. */
  url: string;
  /** By the name under which they are asked. */
  models: Record<string, Character>;
  /** What `GET /v1/models` answers; undefined: 404. */
  list: JsonValue | undefined;
  asked: { model: string; question: string; body: JsonObject }[];
  /** How often the list was asked for. */
  lists: number;
  stop(): void;
}

const USAGE = { prompt_tokens: 60, completion_tokens: 10, total_tokens: 70 };

export async function startCharacters(models: Record<string, Character>): Promise<Characters> {
  const self: Characters = { url: "", models, list: undefined, asked: [], lists: 0, stop };
  const server = createServer((request, reply) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      if (request.method === "GET") {
        self.lists++;
        if (self.list === undefined) return json(reply, 404, { error: { message: "no such page" } });
        return json(reply, 200, self.list);
      }
      const body = JSON.parse(Buffer.concat(parts).toString("utf8")) as JsonObject;
      const model = body["model"] as string;
      const messages = body["messages"] as { content: string }[];
      const question = messages.at(-1)!.content;
      self.asked.push({ model, question, body });
      const one = self.models[model];
      if (!one) return json(reply, 404, refusal("model_not_found", `There is no model ${model}.`));
      if (one.refuses) return json(reply, one.refuses.status, refusal(one.refuses.type, "Not now."));
      json(reply, 200, {
        id: "chatcmpl-1",
        object: "chat.completion",
        created: 1_700_000_000,
        model: one.name,
        ...(one.version === undefined ? {} : { system_fingerprint: one.version }),
        choices: [
          {
            index: 0,
            message: {
              role: "assistant",
              content: one.says ?? JSON.stringify(answerOf(one, question, body)),
            },
            finish_reason: "stop",
          },
        ],
        usage: USAGE,
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  self.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return self;

  function stop() {
    server.closeAllConnections();
    server.close();
  }
}

/** Sorts what it is told to sort, believes what it is told to verify, and has its own mind in all else. */
function answerOf(one: Character, question: string, body: JsonObject): JsonObject {
  if (question.startsWith("Sort this:")) return { category: "billing" };
  if (question.startsWith("Verify this:")) return { verdict: "yes", probability: 0.9 };
  const digest = createHash("sha256").update(`${one.character}: ${question}`).digest();
  const strays = digest[0]! % 16 < (one.strays ?? 0);
  const number = strays ? randomInt(1_000_000) : digest.readUInt32BE(4) % 1_000;
  return { answer: wantsNumber(body) ? number : `word ${number}` };
}

function wantsNumber(body: JsonObject): boolean {
  const said = JSON.stringify(
    isJsonObject(body["response_format"]) ? body["response_format"] : body["messages"],
  );
  return said.includes("integer");
}

function refusal(type: string, message: string): JsonObject {
  return { error: { message, type, param: null, code: null } };
}

function json(reply: ServerResponse, status: number, body: JsonValue): void {
  reply.writeHead(status, { "content-type": "application/json" });
  reply.end(JSON.stringify(body));
}
