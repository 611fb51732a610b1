/**
 * Makes sample tickets enter steadily: through the watched folder and over HTTP, as a helpdesk would hand them over.
 *
 * A process of its own with an intake key. Prints one JSON line of counts at the end.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openClient } from "../src/contract/client.ts";
import { PilotageError } from "../src/contract/errors.ts";
import { ticketsFrom } from "./ticket-pieces.ts";
import { sendTickets } from "./ticket-sender.ts";
import { untilTold } from "./waiting.ts";

const HELP = `Sample trickle: sends the tickets of examples/support-triage, a few at a time.

  node examples/trickle.ts --inbox <folder> --counter <file> [options]

  --url <address>       where Pilotage listens; or PILOTAGE_URL
  --key <key>           a key with the scopes intake and read; or PILOTAGE_KEY
  --workflow <name>     (support-triage)
  --inbox <folder>      the folder that the feed watches
  --counter <file>      keeps how many were sent, so that the next start goes on from there
  --data <folder>       holds tickets.csv and tickets-web.jsonl (examples/support-triage/data)
  --burst <n>           tickets at once in the beginning (40)
  --every <ms>          time between two small deliveries after that (4000)
  --again               begin anew with new numbers, four times slower, when all are sent

Example:
  node examples/trickle.ts --inbox .pilotage/inbox --counter .pilotage/sample-trickle.json --again
`;

async function main(): Promise<number> {
  const say = (line: string) => void process.stderr.write(`Sample trickle: ${line}\n`);
  const text = (fallback: string) => ({ type: "string", default: fallback }) as const;
  try {
    const { values } = parseArgs({
      options: {
        help: { type: "boolean", default: false },
        url: text(process.env["PILOTAGE_URL"] ?? ""),
        key: text(process.env["PILOTAGE_KEY"] ?? ""),
        workflow: text("support-triage"),
        inbox: text(""),
        counter: text(""),
        data: text(fileURLToPath(new URL("support-triage/data", import.meta.url))),
        burst: text("40"),
        every: text("4000"),
        again: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      process.stdout.write(HELP);
      return 0;
    }
    for (const name of ["url", "key", "inbox", "counter"] as const)
      if (values[name] === "") throw new Error(`--${name} is missing; --help lists every option.`);
    for (const name of ["burst", "every"] as const)
      if (!/^[1-9]\d{0,8}$/.test(values[name]))
        throw new Error(`--${name} takes a whole number from 1 on, not "${values[name]}".`);
    const tickets = ticketsFrom(
      await readFile(join(values.data, "tickets.csv")),
      await readFile(join(values.data, "tickets-web.jsonl"), "utf8"),
    );
    const counts = await sendTickets({
      client: openClient({ url: values.url, key: values.key }),
      workflow: values.workflow,
      tickets,
      inbox: values.inbox,
      counter: values.counter,
      burst: Number(values.burst),
      every: Number(values.every),
      again: values.again,
      signal: untilTold(),
      say,
    });
    process.stdout.write(`${JSON.stringify(counts)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    say(error.message);
    if (error instanceof PilotageError && error.hint !== undefined) say(error.hint);
    return 1;
  }
}

process.exitCode = await main();
