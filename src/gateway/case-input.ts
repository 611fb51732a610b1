/**
 * From chat messages to the input of a case. Pure.
 *
 * The last message of the user counts; what stands before it is the client's own affair, because the release holds the
 * prompt. A JSON object is the input itself; any other text goes into the field that the workflow names for it
 * (`endpoint: { text: ... }`), and without such a name into the only text that its input demands.
 */
import { isJsonObject, type JsonObject, type JsonValue } from "../contract/json.ts";
import { fieldsOf } from "../definition/fields.ts";
import { setAt } from "../definition/path.ts";
import type { ChatRequest } from "./request.ts";
import { badRequest, type GatewayError } from "./wire-error.ts";

/** The input, and as which text it came. */
export function caseInput(
  request: Pick<ChatRequest, "messages">,
  workflow: string,
  field: string | undefined,
  schema: JsonObject,
): { input: JsonObject; text: string } {
  const text = lastText(request.messages);
  const object = /^\s*\{/.test(text) ? parsed(text) : undefined;
  if (isJsonObject(object)) return { input: object, text };
  const path = field ?? onlyText(schema);
  if (path === undefined) throw cannotTell(workflow, schema);
  const input: JsonObject = {};
  setAt(input, path, text);
  return { input, text: JSON.stringify(input) };
}

/** Refuses what a workflow has no use for, rather than leave it out in silence. */
export function checkForWorkflow(request: ChatRequest): void {
  if (request.images)
    throw badRequest(
      "A workflow takes text over this endpoint. Send images as attachments of a case: POST /api/v1/workflows/<workflow>/cases.",
      "messages",
      "images_not_allowed",
    );
  if (request.answers > 1) throw badRequest("A workflow gives one answer; `n` can only be 1.", "n");
  const { tools } = request.body;
  if (Array.isArray(tools) && tools.length > 0)
    throw badRequest("A workflow answers with its output and calls no tools.", "tools");
}

function lastText(messages: readonly JsonObject[]): string {
  const last = messages.findLast((message) => message["role"] === "user");
  if (last === undefined)
    throw badRequest("`messages` needs a message of the user: its content is the case.", "messages");
  const content = last["content"] as JsonValue;
  if (typeof content === "string") return content;
  return (content as JsonObject[])
    .map((part) => {
      if (part["type"] !== "text")
        throw badRequest(`A workflow reads text; a part of the type ${typeName(part)} is none.`, "messages");
      return part["text"] as string;
    })
    .join("\n");
}

function typeName(part: JsonObject): string {
  const type = part["type"];
  return typeof type === "string" ? type.slice(0, 40) : "none";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The only required text on the first level; undefined when there is none or more than one. */
function onlyText(schema: JsonObject): string | undefined {
  const required = demanded(schema);
  const texts = required.filter((field) => field.types.length === 0 || field.types.includes("string"));
  return texts.length === 1 && required.length === 1 ? texts[0]!.path : undefined;
}

function demanded(schema: JsonObject) {
  return fieldsOf(schema).filter((field) => field.required && !field.path.includes("."));
}

function cannotTell(workflow: string, schema: JsonObject): GatewayError {
  const names = demanded(schema).map((field) => `"${field.path}": ...`);
  return badRequest(
    `The workflow ${workflow} does not say into which field a bare text goes. Send one JSON object as the content of the last message of the user: {${names.join(", ")}}. Or name a field in the workflow: endpoint: { text: <field> }.`,
    "messages",
    "input_not_readable",
  );
}
