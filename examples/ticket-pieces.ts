/**
 * The sample tickets as pieces that can be sent one after the other: CSV records byte by byte, and tickets of the web form.
 *
 * Pure. A CSV file is cut and put together without decoding it, so that its Windows-1252 bytes arrive as they are. When
 * all tickets were sent, the next round sends them under new numbers, `ROUND` apart.
 */
import { isJsonObject, type JsonObject } from "../src/contract/json.ts";

/** How far the numbers of a ticket in two rounds lie apart; more than there are tickets. */
export const ROUND = 1_000;

export type Ticket =
  { door: "folder"; number: string; bytes: Buffer } | { door: "web"; number: string; input: JsonObject };

export interface Tickets {
  /** The first line of the CSV file, with its line end. */
  header: Buffer;
  /** In the order of their numbers. */
  list: readonly Ticket[];
}

/** Both sources as one list. Throws an `Error` when a ticket has no number such as T-260001. */
export function ticketsFrom(csv: Buffer, webLines: string): Tickets {
  const [header = Buffer.alloc(0), ...records] = cutRecords(csv);
  const folder = records.map((bytes): Ticket => ({ door: "folder", number: numberIn(latin1(bytes)), bytes }));
  const web = webLines.split("\n").filter((line) => line.trim() !== "");
  const posted = web.map((line): Ticket => {
    const input: unknown = JSON.parse(line);
    if (!isJsonObject(input))
      throw new Error(`A ticket of the web form is not an object: ${line.slice(0, 60)}`);
    const number = input["ticketNo"];
    return { door: "web", number: numberIn(typeof number === "string" ? number : line), input };
  });
  return { header, list: [...folder, ...posted].sort((a, b) => (a.number < b.number ? -1 : 1)) };
}

/** The ticket that is sent as number `at` of all, counted from 0 over all rounds. */
export function ticketAt(tickets: Tickets, at: number): Ticket {
  const ticket = tickets.list[at % tickets.list.length]!;
  const round = Math.floor(at / tickets.list.length);
  if (round === 0) return ticket;
  const number = renumbered(ticket.number, round);
  if (ticket.door === "web") return { ...ticket, number, input: { ...ticket.input, ticketNo: number } };
  return {
    ...ticket,
    number,
    bytes: Buffer.from(latin1(ticket.bytes).replace(ticket.number, number), "latin1"),
  };
}

/** T-260007 is T-261007 in round 1; the number keeps its six digits and begins again when they are used up. */
export function renumbered(number: string, round: number): string {
  const value = Number(number.slice(2)) + round * ROUND;
  return `T-${String(value % 1_000_000).padStart(6, "0")}`;
}

/** Records with their line ends; a line break inside quotes does not end one. */
export function cutRecords(csv: Buffer): Buffer[] {
  const QUOTE = 0x22;
  const LINE_FEED = 0x0a;
  const records: Buffer[] = [];
  let start = 0;
  let quoted = false;
  for (const [at, byte] of csv.entries()) {
    if (byte === QUOTE) quoted = !quoted;
    if (byte === LINE_FEED && !quoted) {
      records.push(csv.subarray(start, at + 1));
      start = at + 1;
    }
  }
  if (start < csv.length) records.push(csv.subarray(start));
  return records;
}

function numberIn(text: string): string {
  const number = /^T-\d{6}/.exec(text)?.[0];
  if (number === undefined) throw new Error(`A ticket has no number such as T-260001: ${text.slice(0, 40)}`);
  return number;
}

/** One letter per byte, so that nothing is lost. */
function latin1(bytes: Buffer): string {
  return bytes.toString("latin1");
}
