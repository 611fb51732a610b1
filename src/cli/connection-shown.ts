/** One connection in a terminal: its facts, and the models that it offers with what their data policies let on. Pure. */
import type { Client } from "../contract/client.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../contract/json.ts";
import { kindNames } from "../definition/personal/kinds.ts";
import { brief, facts, moment } from "./text.ts";

type Connection = Awaited<ReturnType<Client["listConnections"]>>["connections"][number];

export function shownConnection({ name, kind, shown, savedAt, savedBy }: Connection): string {
  const { passThrough, ...rest } = shown as JsonObject;
  const models = Array.isArray(passThrough) ? passThrough.filter(isJsonObject) : [];
  return [
    name,
    facts([
      ["kind", kind],
      ["saved", `${moment(savedAt)} by ${savedBy}`],
      ...Object.entries(rest).map(([what, value]): [string, string] => [what, brief(value)]),
    ]),
    ...models.map((model) => `\n${name}/${brief(model["name"])}\n${offered(model)}`),
  ].join("\n");
}

function offered({ name: _, policy, ...rest }: JsonObject): string {
  return facts([
    ...Object.entries(rest).map(([what, value]): [string, string] => [what, brief(value)]),
    ...policyFacts(policy),
  ]);
}

function policyFacts(policy: JsonValue | undefined): [string, string][] {
  if (!isJsonObject(policy)) return [["data policy", "none: what a program sends, the provider gets"]];
  const scan = isJsonObject(policy["scan"]) ? policy["scan"] : {};
  const own = Array.isArray(policy["mask"]) ? policy["mask"].filter(isJsonObject) : [];
  return [
    ["more fields", listed(policy["fields"]) || "none"],
    ["other fields", policy["unknownFields"] === "refuse" ? "refuse the call" : "left out and reported"],
    [
      "may hold",
      ["tools", "files", "audio"].filter((one) => policy[one] === true).join(", ") || "texts alone",
    ],
    ["identifiers", kindNames.map((kind) => `${kind} ${brief(scan[kind] ?? "mask")}`).join(", ")],
    ["own patterns", own.map((one) => `${brief(one["name"])}: ${brief(one["pattern"])}`).join("\n")],
    ["keys", policy["keys"] === undefined ? "every key" : listed(policy["keys"])],
  ];
}

const listed = (value: JsonValue | undefined) => (Array.isArray(value) ? value.map(brief).join(", ") : "");
