/**
 * The sample clerk (simulated): a program that reviews cases with known answers, in place of a person.
 *
 * A process of its own with a review key; the key is made with `simulated: true`, so its verdicts are marked wherever
 * they appear. Prints progress on standard error, and one JSON line of counts on standard output at the end.
 */
import { parseArgs } from "node:util";
import { openClient } from "../src/contract/client.ts";
import { PilotageError } from "../src/contract/errors.ts";
import { workAsClerk } from "./clerk-desk.ts";
import { readAnswers, type AnswerFile } from "./known-answers.ts";
import { untilTold } from "./waiting.ts";

const HELP = `Sample clerk (simulated): reviews cases with known answers.

  node examples/sample-clerk.ts --workflow <name> --answers <file.jsonl|file.csv> [options]

  --url <address>            where Pilotage listens; or PILOTAGE_URL
  --key <key>                a review key made as simulated; or PILOTAGE_KEY
  --workflow <name>          whose reviews to take
  --answers <file>           the known answers
  --key-column <name>        column that tells answers apart (ticketNo)
  --answer-columns <a,b>     columns with the right answers (category,team,priority)
  --by externalId|text:<f>   how a case finds its answer (externalId)
  --repeats-after <n>        case numbers so far apart stand for the same answer
  --pace <ms>                time spent on a case (0)
  --claim <n>                reviews taken at a time (20)
  --parallel <n>             verdicts in flight (1)
  --until-idle               end when no review has come for a while
  --idle-seconds <n>         how long that is (5)

Example, for texts with their category:
  node examples/sample-clerk.ts --workflow intents --answers test.csv --key-column text \\
    --answer-columns category --by text:text --parallel 16 --until-idle
`;

interface Asked extends AnswerFile {
  url: string;
  key: string;
  workflow: string;
  pace: number;
  claim: number;
  parallel: number;
  idleAfter: number | undefined;
}

function readArguments(): Asked | undefined {
  const text = (fallback: string) => ({ type: "string", default: fallback }) as const;
  const { values } = parseArgs({
    options: {
      help: { type: "boolean", default: false },
      url: text(process.env["PILOTAGE_URL"] ?? ""),
      key: text(process.env["PILOTAGE_KEY"] ?? ""),
      workflow: text(""),
      answers: text(""),
      "key-column": text("ticketNo"),
      "answer-columns": text("category,team,priority"),
      by: text("externalId"),
      "repeats-after": text("0"),
      pace: text("0"),
      claim: text("20"),
      parallel: text("1"),
      "until-idle": { type: "boolean", default: false },
      "idle-seconds": text("5"),
    },
  });
  if (values.help) return undefined;
  for (const name of ["url", "key", "workflow", "answers"] as const)
    if (values[name] === "") throw new Error(`--${name} is missing; --help lists every option.`);
  const repeatsAfter = whole(values["repeats-after"], "--repeats-after", 0);
  const idleAfter = whole(values["idle-seconds"], "--idle-seconds", 1) * 1_000;
  return {
    url: values.url,
    key: values.key,
    workflow: values.workflow,
    path: values.answers,
    keyColumn: values["key-column"],
    answerColumns: values["answer-columns"].split(",").map((one) => one.trim()),
    by: lookup(values.by),
    repeatsAfter: repeatsAfter === 0 ? undefined : repeatsAfter,
    pace: whole(values.pace, "--pace", 0),
    claim: Math.min(whole(values.claim, "--claim", 1), 100),
    parallel: whole(values.parallel, "--parallel", 1),
    idleAfter: values["until-idle"] ? idleAfter : undefined,
  };
}

function lookup(by: string): AnswerFile["by"] {
  if (by === "externalId") return { kind: "externalId" };
  const field = /^text:(.+)$/.exec(by)?.[1];
  if (field === undefined) throw new Error(`--by takes externalId or text:<field>, not ${by}.`);
  return { kind: "text", field };
}

function whole(text: string, option: string, least: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (value < least) throw new Error(`${option} takes a whole number from ${least} on, not "${text}".`);
  return value;
}

async function main(): Promise<number> {
  const say = (line: string) => void process.stderr.write(`Sample clerk (simulated): ${line}\n`);
  try {
    const asked = readArguments();
    if (asked === undefined) {
      process.stdout.write(HELP);
      return 0;
    }
    const answers = await readAnswers(asked);
    say(`${answers.size} known answers; reviewing ${asked.workflow}.`);
    const started = performance.now();
    const client = openClient({ url: asked.url, key: asked.key });
    const counts = await workAsClerk({ ...asked, client, answers, signal: untilTold(), say });
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    process.stdout.write(`${JSON.stringify({ simulated: true, ...counts, seconds })}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    say(error.message);
    if (error instanceof PilotageError && error.hint !== undefined) say(error.hint);
    return 1;
  }
}

process.exitCode = await main();
