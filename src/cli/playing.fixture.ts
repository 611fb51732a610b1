/**
 * For tests: runs command lines in this process, against a server that plays the contract.
 *
 * The server checks every request against the schemas of its endpoint and every answer that the test gives, so that a
 * test cannot pass with a form that the real program would refuse.
 */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, afterEach } from "vitest";
import { z } from "zod";
import type { Endpoint } from "../contract/endpoint.ts";
import { ENDPOINTS, type EndpointName } from "../contract/endpoints.ts";
import { PilotageError } from "../contract/errors.ts";
import type { BackupMade, BackupVerified, LocalCommands, Restored } from "./local.ts";
import { run } from "./run.ts";
import { VERDICT } from "./samples.fixture.ts";

export interface PlayedCall {
  name: EndpointName;
  params: Record<string, string>;
  query: Record<string, unknown>;
  body: unknown;
  /** The body as it came. */
  text: string;
  headers: IncomingMessage["headers"];
}

/** An answer, or a function that makes one; a PilotageError is answered as the program answers errors. */
export type Played = Partial<Record<EndpointName, unknown>>;

export interface Play {
  url: string;
  calls: PlayedCall[];
  close(): Promise<void>;
}

/** Plays the endpoints given; any other answers `not_found`. */
export async function play(answers: Played): Promise<Play> {
  const calls: PlayedCall[] = [];
  const server: Server = createServer((request, response) => {
    answer(request, response, answers, calls).catch((error: unknown) => refuse(response, error));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  answers: Played,
  calls: PlayedCall[],
): Promise<void> {
  const call = await readCall(request);
  calls.push(call);
  const endpoint: Endpoint = ENDPOINTS[call.name];
  const given = answers[call.name];
  const made: unknown = typeof given === "function" ? (given as (call: PlayedCall) => unknown)(call) : given;
  if (made === undefined) throw new PilotageError("not_found", `${call.name} is not played here.`);
  if (made instanceof PilotageError) throw made;
  // Checked before the head is sent: a sample in a wrong form must be told as an error.
  const lines =
    endpoint.wire === "ndjson"
      ? (made as unknown[]).map((line) => endpoint.reply.parse(line))
      : [endpoint.reply.parse(made)];
  if (endpoint.wire === "raw") {
    response.end(made);
    return;
  }
  response.writeHead(200, {
    "content-type": endpoint.wire === "ndjson" ? "application/x-ndjson" : "application/json",
  });
  response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

async function readCall(request: IncomingMessage): Promise<PlayedCall> {
  const url = new URL(request.url!, "http://localhost");
  for (const [name, endpoint] of Object.entries(ENDPOINTS) as [EndpointName, Endpoint][]) {
    const pattern = new RegExp(`^${endpoint.path.replaceAll(/:(\w+)/g, "(?<$1>[^/]+)")}$`);
    const found = endpoint.method === request.method ? pattern.exec(url.pathname) : null;
    if (found === null) continue;
    const params = Object.fromEntries(
      Object.entries(found.groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)]),
    );
    const body = await text(request);
    return {
      name,
      params: checked(endpoint.params, params, name) as Record<string, string>,
      query: checked(endpoint.query, Object.fromEntries(url.searchParams), name) as Record<string, unknown>,
      body:
        endpoint.wire === "ndjson"
          ? undefined
          : checked(endpoint.body, body === "" ? {} : JSON.parse(body), name),
      text: body,
      headers: request.headers,
    };
  }
  throw new PilotageError("not_found", `No endpoint is at ${request.method} ${url.pathname}.`);
}

function checked(schema: z.ZodType, value: unknown, name: string): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new PilotageError("bad_request", `${name} was called wrongly: ${z.prettifyError(parsed.error)}`);
}

function refuse(response: ServerResponse, error: unknown): void {
  const own =
    error instanceof PilotageError
      ? error
      : new PilotageError("internal", `The test answers in a wrong form: ${String(error)}`);
  const { code, message, hint, details } = own;
  response
    .writeHead(own.status, { "content-type": "application/json" })
    .end(JSON.stringify({ error: { code, message, hint, details, requestId: "req_test" } }));
}

export interface Typed {
  /** What stands on standard input. */
  stdin?: string | Uint8Array;
  url?: string;
  key?: string;
  local?: Partial<LocalCommands>;
}

export interface Ended {
  exit: number;
  stdout: string;
  stderr: string;
  /** stdout as JSON. */
  json(): unknown;
}

/** Runs `pilotage <args>` as if typed. Without a local program nothing runs on this machine. */
export async function type(args: string[], { stdin = "", url, key, local = {} }: Typed = {}): Promise<Ended> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const written = Promise.all([text(stdout), text(stderr)]);
  const exit = await run(args, {
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout,
    stderr,
    url,
    key,
    local: async () => ({
      serve: async () => {},
      doctor: async () => [],
      backup: async () => PLAYED_BACKUP,
      verifyBackup: async () => PLAYED_VERIFICATION,
      restore: async () => PLAYED_RESTORE,
      verifyBundle: async () => VERDICT,
      verifyLines: async () => VERDICT,
      whereabouts: () => undefined,
      ...local,
    }),
  });
  stdout.end();
  stderr.end();
  const [out, err] = await written;
  return { exit, stdout: out, stderr: err, json: () => JSON.parse(out) as unknown };
}

/** What this machine answers to backup and restore unless a test says otherwise. */
export const PLAYED_BACKUP: BackupMade = {
  id: "0a1b",
  folder: "/backup/monday",
  keys: "/backup/monday-keys",
  masterKey: null,
  madeAt: "2026-01-05T08:00:00.000Z",
  tables: 40,
  rows: 1_200,
  bytes: 3_145_728,
  keyBytes: 4_096,
  seconds: 1.5,
  recorded: true,
};

export const PLAYED_VERIFICATION: BackupVerified = {
  ok: true,
  id: "0a1b",
  madeAt: "2026-01-05T08:00:00.000Z",
  files: 41,
  rows: 1_240,
  keys: "checked",
  problems: [],
};

export const PLAYED_RESTORE: Restored = {
  id: "0a1b",
  madeAt: "2026-01-05T08:00:00.000Z",
  dataHome: "/var/lib/pilotage",
  tables: 40,
  rows: 1_240,
  keys: true,
  migrations: 0,
  leftOut: [],
  seconds: 2,
};

/** A program on this machine that the local operator's key opens. */
export function here(play: Play): Typed {
  return { local: { whereabouts: () => ({ url: play.url, key: "pil_operator" }) } };
}

export interface Stage {
  /** Plays until the test ends. */
  playing(answers: Played): Promise<Play>;
  /** A path in a folder that is removed after the tests of this file. */
  path(name: string): string;
  file(name: string, content: string | Uint8Array): Promise<string>;
}

/** What the tests of one file share: servers that are closed, and a folder that is removed. */
export function stage(): Stage {
  const open: Play[] = [];
  const folder = mkdtempSync(join(tmpdir(), "pilotage-cli-"));
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close();
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const path = (name: string) => join(folder, name);
  return {
    async playing(answers) {
      const server = await play(answers);
      open.push(server);
      return server;
    },
    path,
    async file(name, content) {
      await writeFile(path(name), content);
      return path(name);
    },
  };
}
