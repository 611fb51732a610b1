/**
 * Start and rest: from `pilotage serve` to the first ready answer, on an empty folder and on an existing one, and what
 * all its processes hold when nothing happens.
 *
 * The floor of the same run is the store alone: the embedded server, started in the same way, without the program.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { JsonObject } from "../src/contract/json.ts";
import { startEmbedded } from "../src/platform/embedded/embedded.ts";
import { silentLog } from "../src/platform/log.ts";
import type { Context } from "../test/show/point.ts";
import { startProgram } from "../test/show/program.ts";
import { temporaryFolder, removeFolder } from "../test/support/folders.ts";
import { memoryOf, postmasterOf, tellsMemory } from "../test/support/process-table.ts";
import { progress, spread, under } from "./measure.ts";

/** How long nothing happens before memory is read, in milliseconds. */
const REST = { program: 20_000, store: 3_000 };
const QUICK = { program: 500, store: 200 };

interface Start {
  emptySeconds: number;
  existingSeconds: number;
  megabytes: number;
}
type Program = Start & { ofProgram: number; ofDatabase: number; processes: number };

export async function run(options: { rounds: number; quick: boolean }): Promise<JsonObject> {
  if (!tellsMemory()) throw new Error("This bench reads /proc/<pid>/smaps_rollup; it runs on Linux only.");
  const rest = options.quick ? QUICK : REST;
  const rounds: { store: Start; program: Program }[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    const store = await inFolder((dataHome) => storeAlone(dataHome, rest.store));
    const program = await inFolder((dataHome) => wholeProgram(dataHome, rest.program));
    rounds.push({ store, program });
    const shown = ({ emptySeconds, existingSeconds, megabytes }: Start) =>
      `${emptySeconds.toFixed(2)} s, ${existingSeconds.toFixed(2)} s, ${Math.round(megabytes)} MB`;
    progress(
      `round ${round}: program ${shown(program)}; store alone ${shown(store)} (empty, existing, at rest)`,
    );
  }
  const of = (name: keyof Program) => spread(rounds.map((one) => one.program[name]));
  const floor = (name: keyof Start) => spread(rounds.map((one) => one.store[name]));
  return {
    restSeconds: rest.program / 1_000,
    secondsOnEmptyFolder: of("emptySeconds"),
    secondsOnExistingData: of("existingSeconds"),
    megabytesAtRest: of("megabytes"),
    megabytesOfProgram: of("ofProgram"),
    megabytesOfDatabase: of("ofDatabase"),
    processes: of("processes"),
    storeAlone: {
      secondsOnEmptyFolder: floor("emptySeconds"),
      secondsOnExistingData: floor("existingSeconds"),
      megabytesAtRest: floor("megabytes"),
    },
    aims: [
      under("start to serving on existing data", 2, " s", of("existingSeconds")),
      under("start to serving on an empty folder", 6, " s", of("emptySeconds")),
      under("memory at rest of program and embedded database", 350, " MB", of("megabytes")),
    ],
  };
}

async function storeAlone(dataHome: string, rest: number): Promise<Start> {
  const start = async () => {
    const started = performance.now();
    const server = await startEmbedded({ dataHome, log: silentLog });
    return { server, seconds: (performance.now() - started) / 1_000 };
  };
  const first = await start();
  await first.server.stop();
  const second = await start();
  try {
    await pause(rest);
    const megabytes = sum(memoryOf([postmasterOf(dataHome)]));
    return { emptySeconds: first.seconds, existingSeconds: second.seconds, megabytes };
  } finally {
    await second.server.stop();
  }
}

async function wholeProgram(dataHome: string, rest: number): Promise<Program> {
  const duties: (() => Promise<void> | void)[] = [];
  const context: Pick<Context, "after"> = { after: (work) => void duties.push(work) };
  try {
    const first = await startProgram(context, { dataHome });
    const code = await first.stop();
    if (code !== 0) throw new Error(`The program ended with ${code}.`);
    const second = await startProgram(context, { dataHome });
    await pause(rest);
    const memory = memoryOf([second.pid, postmasterOf(dataHome)]);
    return {
      emptySeconds: first.readyAfter / 1_000,
      existingSeconds: second.readyAfter / 1_000,
      megabytes: sum(memory),
      ofProgram: sum(memory.filter((one) => one.pid === second.pid)),
      ofDatabase: sum(memory.filter((one) => one.name === "postgres")),
      processes: memory.length,
    };
  } finally {
    for (const duty of duties.reverse()) await duty();
  }
}

const sum = (memory: { megabytes: number }[]) => memory.reduce((all, one) => all + one.megabytes, 0);

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = temporaryFolder("bench-idle");
  try {
    return await work(folder);
  } finally {
    removeFolder(folder);
  }
}
