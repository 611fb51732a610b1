/**
 * Runs of words that two sets of texts share, so that evaluation tickets cannot be known from training.
 *
 * Words are letters and digits, case-folded; quoted mails do not count. Pure.
 */
import { withoutQuotes } from "./threads.ts";

export interface WrittenTicket {
  subject: string;
  body: string;
}

/** Every run of `length` words that stands in both sets, once each. Subject and body are texts of their own. */
export function sharedRuns(one: WrittenTicket[], other: WrittenTicket[], length: number): string[] {
  const known = new Set(one.flatMap((ticket) => runs(ticket, length)));
  return [...new Set(other.flatMap((ticket) => runs(ticket, length)))].filter((run) => known.has(run));
}

function runs({ subject, body }: WrittenTicket, length: number): string[] {
  return [subject, withoutQuotes(body)].flatMap((text) => {
    const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
    const count = Math.max(0, words.length - length + 1);
    return Array.from({ length: count }, (_, at) => words.slice(at, at + length).join(" "));
  });
}
