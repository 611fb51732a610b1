import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { cutRecords, renumbered, ROUND, ticketAt, ticketsFrom, type Ticket } from "./ticket-pieces.ts";

const HEADER = "ticketNo;body\r\n";
const csv = (text: string) => Buffer.from(HEADER + text, "latin1");
const WEB = '{"ticketNo":"T-260002","body":"hello"}\n';

/** A ticket as text, one letter per byte. */
const text = (ticket: Ticket) =>
  ticket.door === "folder" ? ticket.bytes.toString("latin1") : JSON.stringify(ticket.input);

test("records are cut at their line ends, not at those inside quotes", () => {
  const records = cutRecords(csv('T-260001;"a\r\n""b"";c"\r\nT-260003;d'));
  expect(records.map((one) => one.toString("latin1"))).toEqual([
    HEADER,
    'T-260001;"a\r\n""b"";c"\r\n',
    "T-260003;d",
  ]);
});

test("both sources become one list in the order of their numbers, bytes as they were", () => {
  const tickets = ticketsFrom(csv("T-260003;Gr\u00fc\u00df\u0080\r\nT-260001;a\r\n"), WEB);
  expect(tickets.header.toString("latin1")).toBe(HEADER);
  expect(tickets.list.map((one) => [one.number, one.door])).toEqual([
    ["T-260001", "folder"],
    ["T-260002", "web"],
    ["T-260003", "folder"],
  ]);
  expect(text(tickets.list[2]!)).toBe("T-260003;Gr\u00fc\u00df\u0080\r\n");
});

test("a later round sends the same tickets under other numbers, and only the number differs", () => {
  const tickets = ticketsFrom(csv("T-260001;see T-260001\r\n"), WEB);
  expect(text(ticketAt(tickets, 0))).toBe("T-260001;see T-260001\r\n");
  expect(text(ticketAt(tickets, 2))).toBe("T-261001;see T-260001\r\n");
  expect(ticketAt(tickets, 3)).toEqual({
    door: "web",
    number: "T-261002",
    input: { ticketNo: "T-261002", body: "hello" },
  });
  expect(tickets.list[1]).toMatchObject({ number: "T-260002", input: { ticketNo: "T-260002" } });
});

test("numbers keep six digits and begin again when they are used up", () => {
  expect(renumbered("T-260007", 739)).toBe("T-999007");
  expect(renumbered("T-260007", 740)).toBe("T-000007");
});

test("a ticket without a number is refused", () => {
  expect(() => ticketsFrom(csv("nonsense\r\n"), "")).toThrow(/no number/);
  expect(() => ticketsFrom(csv(""), '{"body":"x"}')).toThrow(/no number/);
});

test("the sample's tickets are complete, distinct within a round, and together the same bytes as the file", async () => {
  const data = (name: string) => readFile(new URL(`support-triage/data/${name}`, import.meta.url));
  const file = await data("tickets.csv");
  const tickets = ticketsFrom(file, (await data("tickets-web.jsonl")).toString("utf8"));
  const answers = (await data("answers.jsonl"))
    .toString("utf8")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { ticketNo: string }).ticketNo);
  expect(tickets.list.map((one) => one.number)).toEqual(answers.toSorted());
  expect(new Set(answers.map((number) => Number(number.slice(2)) % ROUND)).size).toBe(answers.length);
  const bytes = [tickets.header, ...cutRecords(file).slice(1)];
  expect(Buffer.concat(bytes).equals(file)).toBe(true);
  expect(tickets.list.filter((one) => one.door === "folder")).toHaveLength(bytes.length - 1);
});
