import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PilotageError } from "../src/contract/errors.ts";
import { ticketsFrom } from "./ticket-pieces.ts";
import { sendTickets, type SenderClient, type SenderOptions } from "./ticket-sender.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "trickle-"));
});
afterEach(() => rm(folder, { recursive: true }));

const HEADER = "ticketNo;body\r\n";
const records = Array.from(
  { length: 24 },
  (_, at) => `T-2600${String(at + 1).padStart(2, "0")};Gr\u00fc\u00dfe\r\n`,
);
const tickets = ticketsFrom(
  Buffer.from(HEADER + records.join(""), "latin1"),
  '{"ticketNo":"T-260099","body":"x"}\n{"ticketNo":"T-260000","body":"y"}\n',
);

/** A program in memory that reads every file at once. */
function program(fail: (at: number) => void = () => undefined) {
  const posted: string[] = [];
  let calls = 0;
  const client: SenderClient = {
    async submitCase(input) {
      fail(calls++);
      posted.push(input!.body!.externalId!);
      return { status: "admitted", caseId: "case_1", externalId: input!.body!.externalId!, dropped: [] };
    },
    async listFeeds() {
      const names = await readdir(join(folder, "inbox"));
      const run = {
        id: "run_1",
        feed: "helpdesk",
        startedAt: "",
        finishedAt: "",
        read: 1,
        admitted: 1,
        quarantined: 0,
        duplicate: 0,
        skipped: 0,
        dropped: [],
        problem: null,
      };
      return { feeds: [], runs: names.map((file) => ({ ...run, file })) };
    },
  };
  return { client, posted };
}

function send(client: SenderClient, more: Partial<SenderOptions> = {}) {
  return sendTickets({
    client,
    workflow: "support-triage",
    tickets,
    inbox: join(folder, "inbox"),
    counter: join(folder, "sent.json"),
    burst: 15,
    every: 1,
    again: false,
    signal: new AbortController().signal,
    say: () => undefined,
    ...more,
  });
}

async function files(): Promise<string[]> {
  const names = (await readdir(join(folder, "inbox"))).sort();
  return Promise.all(names.map((name) => readFile(join(folder, "inbox", name), "latin1")));
}

test("every ticket is sent once, each file with the header and the bytes as they were", async () => {
  const { client, posted } = program();
  const counts = await send(client);
  expect(counts).toMatchObject({ inFiles: 24, posted: 2, duplicates: 0, refused: 0 });
  expect(posted).toEqual(["T-260000", "T-260099"]);
  const written = await files();
  expect(written).toHaveLength(counts.files);
  expect(written.every((text) => text.startsWith(HEADER))).toBe(true);
  expect(written.map((text) => text.slice(HEADER.length)).join("")).toBe(records.join(""));
  expect(written[0]!.split("\r\n")).toHaveLength(1 + 10 + 1);
});

test("the next start goes on where this one ended", async () => {
  await writeFile(join(folder, "sent.json"), '{"sent":20}\n');
  const { client, posted } = program();
  expect(await send(client)).toMatchObject({ inFiles: 5, posted: 1 });
  expect(posted).toEqual(["T-260099"]);
  expect(JSON.parse(await readFile(join(folder, "sent.json"), "utf8"))).toEqual({ sent: 26 });
  expect(await send(client)).toMatchObject({ files: 0, inFiles: 0, posted: 0 });
});

test("a broken counter begins anew; intake knows what it has", async () => {
  await writeFile(join(folder, "sent.json"), '{"sen');
  expect(await send(program().client)).toMatchObject({ inFiles: 24, posted: 2 });
});

test("asked to begin again, it sends new numbers until told to stop, and tidies up files that were read", async () => {
  const told = new AbortController();
  const { client, posted } = program();
  const posting: SenderClient = {
    ...client,
    async submitCase(input) {
      const receipt = await client.submitCase(input);
      if (posted.length === 12) told.abort();
      return receipt;
    },
  };
  await send(posting, { again: true, signal: told.signal });
  expect(posted.slice(0, 4)).toEqual(["T-260000", "T-260099", "T-261000", "T-261099"]);
  expect(new Set(posted).size).toBe(12);
  // At most the twenty that are kept and those of the ten deliveries since the last tidying.
  expect((await readdir(join(folder, "inbox"))).length).toBeLessThanOrEqual(30);
});

test("a program that is away is waited for; a ticket that it refuses is said and left out", async () => {
  const said: string[] = [];
  const { client, posted } = program((at) => {
    if (at === 0) throw new PilotageError("intake_stopped", "It takes nothing now.");
    if (at === 2) throw new PilotageError("conflict", "Another content has this number.");
  });
  expect(await send(client, { say: (line) => said.push(line) })).toMatchObject({ posted: 1, refused: 1 });
  expect(posted).toEqual(["T-260000"]);
  expect(said.join("\n")).toContain("Ticket T-260099 was not taken");
});
