/** The definition on which the bad input table is run, and the doors of the program that runs it. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "../../../src/contract/client.ts";
import type { JsonObject } from "../../../src/contract/json.ts";
import type { Door } from "./bad-input-table.ts";

export interface Doors {
  url: string;
  /** Acts as the local operator. */
  client: Client;
  key: string;
  /** The folder below which feeds lie. */
  files: string;
  /** Keys that are not as they should be. */
  keys: { expired(): Promise<string>; revoked: string; reading: string; bound: string };
}

export const WORKFLOW = "bad-input";

/** The definition that the table is run on. */
export const WORKFLOW_DOCUMENT: JsonObject = {
  workflow: WORKFLOW,
  purpose: "Take what comes",
  unit: "record",
  people: { owner: "e.brandt@example.com" },
  automation: { maxErrorRate: 0.05 },
  key: "id",
  undo: 0,
  feeds: [
    {
      name: "lines",
      kind: "folder",
      path: "lines",
      format: "jsonl",
      encoding: "utf-8",
      schedule: 1_000,
      key: "id",
    },
    {
      name: "table",
      kind: "folder",
      path: "table",
      format: "csv",
      encoding: "utf-8",
      delimiter: ",",
      schedule: 1_000,
      key: "id",
    },
  ],
};

export const RELEASE_DOCUMENT: JsonObject = {
  workflow: WORKFLOW,
  model: { connection: "none" },
  input: {
    type: "object",
    properties: {
      id: { type: "string" },
      text: { type: "string" },
      amount: { type: "number" },
      channel: { enum: ["mail", "phone"] },
      sender: { type: "object", properties: { name: { type: "string" } } },
    },
    required: ["text"],
  },
  output: {
    type: "object",
    properties: { category: { enum: ["a", "b"] } },
    required: ["category"],
    additionalProperties: false,
  },
  policy: { text: "allow" },
  error: { equal: ["category"] },
  facets: { input: ["amount", "channel"], output: ["category"] },
  fallback: ["manual"],
};

export function folderOf({ files }: Pick<Doors, "files">, door: Door): string {
  const folder = join(files, door === "jsonl" ? "lines" : "table");
  mkdirSync(folder, { recursive: true });
  return folder;
}
