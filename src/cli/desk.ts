/**
 * What a command works with: the typed client, the functions of this machine, the output.
 *
 * Finds the program: `--url` and `--key`, else the settings PILOTAGE_URL and PILOTAGE_KEY, else what a program on this
 * machine wrote down for its local operator. The operator's key never goes to another address than its own.
 */
import type { Readable } from "node:stream";
import { openClient, type Client } from "../contract/client.ts";
import { PilotageError } from "../contract/errors.ts";
import { EXIT, misuse, unanswered, type ExitCode } from "./exit.ts";
import type { LocalCommands } from "./local.ts";
import { openOutput, type Output, type Stream } from "./output.ts";

/** The process around the command line; tests give their own. */
export interface Surroundings {
  stdin: Readable;
  stdout: Stream;
  stderr: Stream;
  /** The settings PILOTAGE_URL and PILOTAGE_KEY. */
  url: string | undefined;
  key: string | undefined;
  /** Loaded only by commands that need this machine. */
  local(): Promise<LocalCommands>;
}

export interface GlobalOptions {
  json?: true;
  quiet?: true;
  url?: string;
  key?: string;
  as?: string;
}

/** `open`: no key is needed. `read`: nothing changes. `change`: a local operator must say for whom. */
export type Purpose = "open" | "read" | "change";

export interface Desk {
  readonly out: Output;
  readonly stdin: Readable;
  /** Set by a command that did its work and found something. */
  exit: ExitCode;
  client(purpose: Purpose): Promise<Client>;
  local(): Promise<LocalCommands>;
}

/** `options` is asked when a command runs: only then the arguments are read. */
export function openDesk(surroundings: Surroundings, options: () => GlobalOptions): Desk {
  let out: Output | undefined;
  return {
    get out() {
      const { json = false, quiet = false } = options();
      return (out ??= openOutput({ stdout: surroundings.stdout, stderr: surroundings.stderr, json, quiet }));
    },
    stdin: surroundings.stdin,
    exit: EXIT.ok,
    local: () => surroundings.local(),
    async client(purpose) {
      const { as } = options();
      if (as !== undefined && as.trim() === "") throw misuse("--as needs the name of a person");
      const { url, key, own } = await find(surroundings, options(), purpose);
      if (purpose === "change" && own && as === undefined) {
        throw misuse(
          "this changes something, and the record needs to know who did it: add --as <person>, for example --as j.okafor@example.com",
        );
      }
      return openClient({ url, key, as });
    },
  };
}

interface Found {
  url: string;
  key: string | undefined;
  /** The key is the local operator's. */
  own: boolean;
}

async function find(surroundings: Surroundings, options: GlobalOptions, purpose: Purpose): Promise<Found> {
  const url = options.url ?? surroundings.url;
  const key = options.key ?? surroundings.key;
  if (url !== undefined && !URL.canParse(url))
    throw misuse(`${JSON.stringify(url)} is not an address such as http://127.0.0.1:4700`);
  if (url !== undefined && (key !== undefined || purpose === "open")) return { url, key, own: false };

  const here = (await surroundings.local()).whereabouts();
  if (url === undefined && here === undefined) {
    throw unanswered(
      "No Pilotage runs on this machine.",
      "Start it with `pilotage serve`, or name another with --url and --key.",
      "no whereabouts",
    );
  }
  if (key !== undefined) return { url: url ?? here!.url, key, own: false };
  if (here !== undefined && (url === undefined || sameOrigin(url, here.url)))
    return { url: here.url, key: here.key, own: true };
  throw new PilotageError("unauthenticated", `There is no API key for ${url}; nothing was done.`, {
    hint: "Give one with --key or the setting PILOTAGE_KEY. The local operator's key is only for the program on this machine.",
  });
}

function sameOrigin(one: string, other: string): boolean {
  return new URL(one).origin === new URL(other).origin;
}
