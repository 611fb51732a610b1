/**
 * Where a command writes: its result to stdout, remarks and progress to stderr.
 *
 * With `--json` stdout gets exactly one JSON document. A reader that goes away (`| head`) is no fault: the command goes
 * on and its words are dropped. Text is cleaned of control characters here, so that no command can forget it.
 */
import type { Writable } from "node:stream";
import { failureText, type Failure } from "./exit.ts";
import { plain } from "./text.ts";

/** A stream of the process; `isTTY` when a person watches. */
export type Stream = Writable & { isTTY?: boolean };

export interface Progress {
  /** Says where the work stands; shown at most a few times a second. */
  show(text: string): void;
  /** Clears the line. */
  end(): void;
}

export interface Output {
  /** The result: the document with `--json`, else the text. Called once per command. */
  result(document: unknown, text: () => string): void;
  /** One line of a long result, at once; nothing with `--json`. */
  line(text: string): void;
  /** A remark beside the result, for people; nothing with `--quiet` or `--json`. */
  note(text: string): void;
  /** Progress of long work, on stderr; nothing with `--quiet`. */
  progress(): Progress;
  fail(failure: Failure): void;
  /** Nobody reads stdout any longer. */
  readonly closed: boolean;
}

export interface OutputOptions {
  stdout: Stream;
  stderr: Stream;
  json: boolean;
  quiet: boolean;
}

const EVERY_ON_SCREEN = 100;
const EVERY_IN_A_LOG = 5_000;

export function openOutput(options: OutputOptions): Output {
  const { stdout, stderr, json, quiet } = options;
  const state = { closed: false };
  stdout.on("error", () => (state.closed = true));
  stderr.on("error", () => {});
  const out = (text: string) => {
    if (!state.closed) stdout.write(`${text}\n`);
  };
  const aside = (text: string) => stderr.write(`${plain(text)}\n`);

  return {
    get closed() {
      return state.closed;
    },
    result(document, text) {
      if (json) return out(JSON.stringify(document, null, 2));
      const words = text();
      if (words !== "") out(plain(words));
    },
    line(text) {
      if (!json) out(plain(text));
    },
    note(text) {
      if (!json && !quiet) aside(text);
    },
    progress: () => (quiet ? { show() {}, end() {} } : openProgress(stderr)),
    fail(failure) {
      if (json) out(JSON.stringify(failure.body, null, 2));
      else aside(failureText(failure));
    },
  };
}

function openProgress(stderr: Stream): Progress {
  const screen = stderr.isTTY === true;
  const every = screen ? EVERY_ON_SCREEN : EVERY_IN_A_LOG;
  let last = screen ? -Infinity : performance.now();
  let written = false;
  return {
    show(text) {
      if (performance.now() - last < every) return;
      last = performance.now();
      written = true;
      stderr.write(screen ? `\r\u001b[K${plain(text)}` : `${plain(text)}\n`);
    },
    end() {
      if (written && screen) stderr.write("\r\u001b[K");
    },
  };
}
