/** What the intake bench asks of its sender (http-load.ts), which is a process of its own. */

/** Single cases are sent over so many connections, one request at a time on each. */
export const CONNECTIONS = 50;

/** One round: so many tickets, from this number on. */
export interface Order {
  kind: "single" | "batch";
  from: number;
  count: number;
}
