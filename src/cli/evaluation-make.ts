/** `pilotage evaluation import|collect|remap`: the ways in which a version of a set is made, followed to their end. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import type { Readable } from "node:stream";
import { Option, type Command } from "commander";
import type { Client } from "../contract/client.ts";
import { ERRORS, PilotageError, type ErrorCode } from "../contract/errors.ts";
import {
  CASE_SOURCES,
  DRAWN,
  MOST_COLLECTED,
  SET_FORMATS,
  type CaseSource,
  type Drawn,
  type SetFormat,
} from "../contract/evaluation-set-endpoints.ts";
import { gather, whole } from "./arguments.ts";
import type { Desk } from "./desk.ts";
import { shownSet, type SetReply } from "./evaluation-shown.ts";
import { withExamples } from "./examples.ts";
import { unanswered } from "./exit.ts";
import { unreadable } from "./reading.ts";
import { count } from "./text.ts";

type Line = Awaited<ReturnType<Client["collectSet"]>> extends AsyncIterable<infer L> ? L : never;

/** Lines that --json tells in full; the set itself counts all. */
const MOST_TOLD = 1_000;

interface ImportOptions {
  name: string;
  development?: true;
  format?: SetFormat;
  inputField?: string;
  outputField?: string;
  drawn?: Drawn;
}

export function addImport(group: Command, desk: Desk): void {
  const command = group
    .command("import")
    .argument("<workflow>", "its name")
    .argument(
      "<file>",
      "JSON Lines with input and output, CSV with their fields as columns, tests of promptfoo, or OpenAI Evals; - reads standard input",
    )
    .description(
      "Makes a new version of a set. A line that cannot be used is named and left out, and so is one that says what an earlier one said.",
    )
    .requiredOption("--name <name>", "the name of the set; an old name makes its next version")
    .option("--development", "a set for tuning: its figures prove nothing and cannot certify")
    .addOption(
      new Option("--format <format>", "the form of the file; default: by its ending (.csv, .yaml)").choices(
        Object.keys(SET_FORMATS),
      ),
    )
    .option("--input-field <field>", "promptfoo, openai: the input field that a bare text belongs to")
    .option("--output-field <field>", "promptfoo, openai: the output field that a bare answer belongs to")
    .addOption(
      new Option(
        "--drawn <how>",
        "whether the cases were drawn by chance, as they come, or chosen; chance is stated in your name. Chosen or not stated, the set certifies nothing and a gate over it is conditional at best",
      ).choices(DRAWN),
    )
    .action(async (workflow: string, file: string, options: ImportOptions) => {
      const client = await desk.client("change");
      const bytes = await open(file, desk);
      const { name, development, format = formatOf(file), inputField, outputField, drawn } = options;
      const lines = client.importSet(
        workflow,
        {
          name,
          kind: development ? "development" : "sealed",
          format,
          inputField,
          outputField,
          drawn,
          origin: file === "-" ? "standard input" : basename(file).slice(0, 200),
        },
        bytes,
      );
      try {
        await follow(desk, lines, "line");
      } finally {
        bytes.destroy();
      }
    });
  withExamples(
    command,
    "pilotage evaluation import support-triage tickets.ndjson --name tickets-may --drawn chance --as j.okafor@example.com",
    "pilotage evaluation import support-triage - --name tuning --development --as j.okafor@example.com",
    "pilotage evaluation import support-triage tickets.ndjson --format openai --input-field body --output-field category --name evals --as j.okafor@example.com",
  );
}

function formatOf(file: string): SetFormat {
  const ending = extname(file).toLowerCase();
  if (ending === ".csv") return "csv";
  return ending === ".yaml" || ending === ".yml" ? "promptfoo" : "jsonl";
}

async function open(file: string, desk: Desk): Promise<Readable> {
  if (file === "-") return desk.stdin;
  try {
    // Opened before anything is sent, so that a wrong name is told at once.
    if ((await stat(file)).isDirectory()) throw Object.assign(new Error("a folder"), { code: "EISDIR" });
  } catch (error) {
    throw unreadable(file, error);
  }
  return createReadStream(file);
}

interface CollectOptions {
  name: string;
  from: CaseSource;
  where?: string[];
  since?: string;
  until?: string;
  most: number;
  perClass?: number;
  sealed?: true;
  development?: true;
  simulated?: true;
}

export function addCollect(group: Command, desk: Desk): void {
  const command = group
    .command("collect")
    .argument("<workflow>", "its name")
    .description(
      "Makes a new version of a set from judged cases: of each the input as the data policy lets a model see it, and its label. Only what a coin drew, unfiltered, can certify.",
    )
    .requiredOption("--name <name>", "the name of the set; an old name makes its next version")
    .addOption(new Option("--from <labels>", "which labels").choices(CASE_SOURCES).default("coins"))
    .option(
      "--where <condition>",
      "only cases that fit: output.category=billing by facet, or a CEL expression over input and output; may be given several times",
      gather,
    )
    .option("--since <time>", "cases that arrived then or later, e.g. 2026-01-05T00:00:00Z")
    .option("--until <time>", "cases that arrived before")
    .option("--most <cases>", "the newest so many", whole(1, MOST_COLLECTED), 2_000)
    .option("--per-class <cases>", "of each class the newest so many", whole(1, MOST_COLLECTED))
    .option("--sealed", "a set that measures; default for labels of coins")
    .option("--development", "a set for tuning; default for all other labels")
    .option("--simulated", "labels of programs that play a person, too; such a set cannot certify")
    .action(async (workflow: string, options: CollectOptions) => {
      const client = await desk.client("change");
      const { sealed, development, simulated, where = [], ...query } = options;
      const kind = development ? "development" : sealed ? "sealed" : undefined;
      const lines = client.collectSet(workflow, {
        ...query,
        where,
        kind,
        simulated: simulated ? "true" : "false",
      });
      await follow(desk, lines, "case");
    });
  withExamples(
    command,
    "pilotage evaluation collect support-triage --name tickets-may --as j.okafor@example.com",
    "pilotage evaluation collect support-triage --name hard-ones --from corrections --where output.category=billing --as j.okafor@example.com",
  );
}

export function addRemap(group: Command, desk: Desk): void {
  const command = group
    .command("remap")
    .argument("<workflow>", "its name")
    .argument("<set>", "a name (its newest version), name@version, or the id of a set")
    .description(
      "Makes the next version of a set in the classes of the newest release: each label is mapped, stays, or is left out. A class that was split cannot be mapped: leave it out and label those cases anew.",
    )
    .option("--map <mapping>", "old=new, or field:old=new; may be given several times", gather)
    .option("--drop <class>", "leave its items out: old, or field:old; may be given several times", gather)
    .action(
      async (workflow: string, set: string, { map = [], drop = [] }: { map?: string[]; drop?: string[] }) => {
        const client = await desk.client("change");
        await follow(desk, client.remapSet(workflow, set, { map, drop }), "item");
      },
    );
  withExamples(
    command,
    "pilotage evaluation remap support-triage tickets-may --map billing=invoices --drop technical --as j.okafor@example.com",
  );
}

/** Shows how far it is until the set is there. */
async function follow(desk: Desk, lines: AsyncIterable<Line>, unit: string): Promise<void> {
  const progress = desk.out.progress();
  const told: { line: number; message: string }[] = [];
  try {
    for await (const { line, message = "", code, read, of, set, dropped = [], withoutItems = [] } of lines) {
      if (read !== undefined)
        progress.show(of === undefined ? `${count(read, unit)} read` : `${read} of ${count(of, unit)}`);
      if (code !== undefined) throw failed(code, message);
      if (line !== undefined) {
        desk.out.line(`line ${line}: left out: ${message}`);
        if (told.length < MOST_TOLD) told.push({ line, message });
      }
      if (set !== undefined) {
        progress.end();
        const result = { set, leftOut: told, dropped, withoutItems };
        return desk.out.result(result, () => made(set, dropped, withoutItems));
      }
    }
  } finally {
    progress.end();
  }
  throw unanswered(
    "The connection broke before the set was complete; nothing of it was kept.",
    "Do it again.",
    "no last line",
  );
}

function failed(code: string, message: string): PilotageError {
  return new PilotageError(code in ERRORS ? (code as ErrorCode) : "internal", message);
}

function made(set: SetReply, dropped: string[], withoutItems: string[]): string {
  return [
    shownSet(set),
    ...(dropped.length === 0 ? [] : [`Not part of the items: ${dropped.join(", ")}`]),
    ...(withoutItems.length === 0 ? [] : [`Classes that no item has: ${withoutItems.join(", ")}`]),
  ].join("\n");
}
