/**
 * Sends the sample tickets: a first burst, then a few every few seconds, through the doors that a helpdesk would use.
 *
 * Tickets of the CSV file go as small files into the feed's folder, written under a hidden name and then renamed; those
 * of the web form go over HTTP with an intake key. How many were sent stands in a file, so that the next start goes on
 * where this one ended; a ticket that is sent twice after a crash is a duplicate, which intake recognises.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "../src/contract/client.ts";
import { PilotageError } from "../src/contract/errors.ts";
import { ticketAt, type Ticket, type Tickets } from "./ticket-pieces.ts";
import { pause, persist } from "./waiting.ts";

export type SenderClient = Pick<Client, "submitCase" | "listFeeds">;

export interface SenderOptions {
  client: SenderClient;
  workflow: string;
  tickets: Tickets;
  /** The folder that the feed watches; made when it is missing. */
  inbox: string;
  /** Where the number of tickets sent is kept. */
  counter: string;
  /** Tickets sent at once in the beginning. */
  burst: number;
  /** Milliseconds between two small deliveries. */
  every: number;
  /** Whether to begin anew, with new numbers and four times slower, when all were sent. */
  again: boolean;
  signal: AbortSignal;
  say: (line: string) => void;
}

export interface SenderCounts {
  files: number;
  inFiles: number;
  posted: number;
  duplicates: number;
  refused: number;
}

const PER_FILE = 10;
const FILES_KEPT = 20;
const TIDY_EVERY = 10;
const SLOWER = 4;

/** Sends until told to stop, or until all tickets were sent. */
export async function sendTickets(options: SenderOptions): Promise<SenderCounts> {
  const { tickets, signal } = options;
  const counts: SenderCounts = { files: 0, inFiles: 0, posted: 0, duplicates: 0, refused: 0 };
  await mkdir(options.inbox, { recursive: true });
  let sent = await readCounter(options.counter);
  for (let step = 0; !signal.aborted; step += 1) {
    const left = options.again ? Infinity : tickets.list.length - sent;
    if (left <= 0) {
      options.say(`All ${tickets.list.length} tickets are sent.`);
      break;
    }
    const some = Math.min(step === 0 ? options.burst : 1 + (step % 3), left);
    const batch = Array.from({ length: some }, (_, at) => ticketAt(tickets, sent + at));
    if (!(await deliver(options, batch, sent, counts))) break;
    sent += some;
    await writeWhole(options.counter, `${JSON.stringify({ sent })}\n`);
    if (step % TIDY_EVERY === TIDY_EVERY - 1) await tidy(options);
    await pause(sent >= tickets.list.length ? options.every * SLOWER : options.every, signal);
  }
  return counts;
}

/** Sends one batch; false when told to stop before all of it was sent. */
async function deliver(
  options: SenderOptions,
  batch: readonly Ticket[],
  sent: number,
  counts: SenderCounts,
): Promise<boolean> {
  const folder = batch.flatMap((one) => (one.door === "folder" ? [one.bytes] : []));
  for (let at = 0; at < folder.length; at += PER_FILE) {
    const piece = folder.slice(at, at + PER_FILE);
    const name = `tickets-${String(sent + at).padStart(8, "0")}.csv`;
    await writeWhole(join(options.inbox, name), Buffer.concat([options.tickets.header, ...piece]));
    counts.files += 1;
    counts.inFiles += piece.length;
  }
  for (const one of batch) {
    if (one.door !== "web") continue;
    if (!(await post(options, one, counts))) return false;
  }
  return true;
}

async function post(
  options: SenderOptions,
  ticket: Ticket & { door: "web" },
  counts: SenderCounts,
): Promise<boolean> {
  const body = { externalId: ticket.number, source: "web", input: ticket.input };
  try {
    const receipt = await persist({
      signal: options.signal,
      work: () => options.client.submitCase({ params: { workflow: options.workflow }, body }),
      onWait: (failure) => options.say(`${failure.message} Trying again.`),
    });
    if (receipt === undefined) return false;
    if (receipt.status === "duplicate") counts.duplicates += 1;
    else counts.posted += 1;
  } catch (error) {
    // What is wrong with one ticket is said, and the others go on; a key that is no longer good stops the work.
    if (!(error instanceof PilotageError) || (error.code !== "bad_input" && error.code !== "conflict"))
      throw error;
    counts.refused += 1;
    options.say(`Ticket ${ticket.number} was not taken: ${error.message}`);
  }
  return true;
}

/** Removes older files of our own that the feed has read to the end: feeds only read, so their senders tidy up. */
async function tidy(options: SenderOptions): Promise<void> {
  const names = (await readdir(options.inbox)).filter((name) => /^tickets-\d{8}\.csv$/.test(name)).sort();
  const old = new Set(names.slice(0, -FILES_KEPT));
  if (old.size === 0) return;
  try {
    const { runs } = await options.client.listFeeds({
      params: { workflow: options.workflow },
      query: { limit: 500 },
    });
    for (const run of runs)
      if (run.finishedAt !== null && run.problem === null && old.has(run.file))
        await rm(join(options.inbox, run.file), { force: true });
  } catch (error) {
    if (!(error instanceof PilotageError)) throw error;
  }
}

async function readCounter(path: string): Promise<number> {
  try {
    const { sent } = JSON.parse(await readFile(path, "utf8")) as { sent?: unknown };
    return typeof sent === "number" && Number.isSafeInteger(sent) && sent >= 0 ? sent : 0;
  } catch {
    // No file yet, or one that was cut off: intake knows what it has already.
    return 0;
  }
}

/** A reader sees the whole file or none: feeds skip hidden names. */
async function writeWhole(path: string, content: string | Buffer): Promise<void> {
  const at = path.lastIndexOf("/") + 1;
  const draft = `${path.slice(0, at)}.${path.slice(at)}.part`;
  await writeFile(draft, content);
  await rename(draft, path);
}
