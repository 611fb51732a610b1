/**
 * A release over an evaluation set of 1,000 items, beside promptfoo on the same texts: a model that answers at once over HTTP, 20
 * questions under way, every answer stored.
 *
 * Each is a program of its own, and so is the model. Ours is `pilotage serve` with its database: from the request for the run to the
 * reply that it is done, with its figures; the set was imported before. Theirs is the command from start to end, since it
 * reads the items, answers them and stores the results in one go.
 */
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Client } from "../src/contract/client.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { sql } from "../src/platform/sql.ts";
import { openDatabase } from "../src/platform/database.ts";
import { silentLog } from "../src/platform/log.ts";
import { startProgram, type Program } from "../test/show/program.ts";
import { launch, releaseDocument } from "../test/support/installation.ts";
import { cpuSecondsOf, memoryOf } from "../test/support/process-table.ts";
import { openEvaluatePeer, type EvaluatePeer } from "./evaluate-peer.ts";
import { openGround, type Ground } from "./installation.ts";
import { progress, spread, ticketText, tidy, unmeasured, type Aim } from "./measure.ts";
import { talkTo } from "./talk.ts";

const ITEMS = 1_000;
const QUICK_ITEMS = 50;
const AT_ONCE = 20;
const ANSWER = { category: "billing" };
const AIMS = { seconds: 1 / 8, cpu: 1 / 8, megabytes: 1 / 2 };
const LOOK_EVERY = 50;
const MEMORY_EVERY = 100;

/** What one evaluation took. */
export interface Took {
  seconds: number;
  /** CPU seconds of everything that takes part but the model: of ours, of its database, too. */
  cpu: number;
  /** The most that the program held at one time. */
  megabytes: number;
  /** The most that its database held; none for a program that has its own inside. */
  database?: number;
}

export async function run(options: { rounds: number; quick: boolean; peers: boolean }): Promise<JsonObject> {
  const items = options.quick ? QUICK_ITEMS : ITEMS;
  const ground = await openGround();
  const duties: (() => void | Promise<void>)[] = [() => ground.stop()];
  try {
    const upstream = await talkTo(
      process.execPath,
      [fileURLToPath(new URL("gateway-upstream.ts", import.meta.url))],
      { CONTENT: JSON.stringify(ANSWER) },
    );
    duties.push(() => upstream.stop());
    const { port } = await upstream.ask<{ port: number }>({ delay: 0 });
    const provider = `http://127.0.0.1:${port}/v1`;
    const peer = options.peers
      ? await openEvaluatePeer({ provider, texts: texts(items), answer: ANSWER, atOnce: AT_ONCE })
      : { missing: "Not asked for: a quick run installs no peers." };
    if (!("missing" in peer)) duties.push(() => peer.stop());
    const ours = await openOurs(ground, provider, items, (work) => void duties.push(work));
    const rounds: { ours: Took; theirs: Took | undefined }[] = [];
    for (let round = 0; round <= options.rounds; round++) {
      await upstream.ask({ delay: 0 });
      const own = await ours();
      const asked = await upstream.ask<{ answered: number }>({ delay: 0 });
      if (asked.answered !== items)
        throw new Error(`The model was asked ${asked.answered} times for ${items} items.`);
      const theirs = "missing" in peer ? undefined : await peer.round();
      progress(
        `${round === 0 ? "warming up" : `round ${round}`}: Pilotage ${told(own)}; promptfoo ${theirs ? told(theirs) : "-"}`,
      );
      if (round > 0) rounds.push({ ours: own, theirs });
    }
    return { items, atOnce: AT_ONCE, ...report(rounds, peer) };
  } finally {
    for (const work of duties.reverse()) await work();
  }
}

function texts(count: number): string[] {
  return Array.from({ length: count }, (_, i) => ticketText(i));
}

function told({ seconds, cpu, megabytes, database }: Took): string {
  const beside = database === undefined ? "" : ` and ${Math.round(database)} MB of its database`;
  return `${tidy(seconds)} s, ${tidy(cpu)} CPU s, ${Math.round(megabytes)} MB${beside}`;
}

function report(
  rounds: { ours: Took; theirs: Took | undefined }[],
  peer: EvaluatePeer | { missing: string },
): JsonObject {
  const of = (pick: (one: Took) => number, who: "ours" | "theirs") =>
    spread(rounds.flatMap((round) => (round[who] ? [pick(round[who])] : [])));
  const shown = (who: "ours" | "theirs") => ({
    seconds: of((one) => one.seconds, who),
    cpuSeconds: of((one) => one.cpu, who),
    megabytes: of((one) => one.megabytes, who),
    ...(who === "ours" && { databaseMegabytes: of((one) => one.database ?? 0, who) }),
  });
  const figures = {
    seconds: "wall time of an evaluation against promptfoo",
    cpu: "CPU time of an evaluation against promptfoo",
    megabytes: "most memory of the program during an evaluation against promptfoo",
  };
  const names = Object.keys(AIMS) as (keyof typeof AIMS)[];
  if ("missing" in peer)
    return {
      pilotage: shown("ours"),
      promptfoo: peer,
      aims: names.map((name) => unmeasured(figures[name], `at most ${AIMS[name]}`, peer.missing)),
    };
  const aims = names.map((name): Aim => {
    const ratio = spread(rounds.flatMap(({ ours, theirs }) => (theirs ? [ours[name] / theirs[name]] : [])));
    return {
      figure: figures[name],
      aim: `at most ${AIMS[name]}`,
      measured: ratio.median,
      met: ratio.median <= AIMS[name],
    };
  });
  return { pilotage: shown("ours"), promptfoo: { ...shown("theirs"), version: peer.version }, aims };
}

/** The program with its set; each call is a run of the release over it. */
async function openOurs(
  ground: Ground,
  provider: string,
  items: number,
  after: (work: () => void | Promise<void>) => void,
): Promise<() => Promise<Took>> {
  const program = await startProgram(
    { after },
    { dataHome: ground.dataHome, settings: { DATABASE_URL: ground.databaseUrl } },
  );
  const { client } = program;
  await client.saveConnection({
    params: { name: "chat" },
    body: { settings: { kind: "openai", baseUrl: provider } },
  });
  const release = await launch(
    { client },
    {
      script: null,
      share: 0,
      release: releaseDocument({
        model: { connection: "chat", name: "bench", timeout: 30_000, temperature: 0 },
        prompt: "Sort the ticket.\n---\n{{ input.text }}",
      }),
    },
  );
  const lines = texts(items).map((text) => `${JSON.stringify({ input: { text }, output: ANSWER })}\n`);
  const set = { name: "bench", kind: "development", drawn: "chance" } as const;
  for await (const line of client.importSet(
    "tickets",
    set,
    Readable.from(lines.map((one) => Buffer.from(one))),
  ))
    if (line.code !== undefined) throw new Error(line.message);
  const database = openDatabase({ url: ground.databaseUrl, log: silentLog });
  after(() => database.close());
  return async () => {
    const memory = watchMemory(ground, program);
    const before = cpuSecondsOf([program.pid]) + ground.serverCpu();
    const started = performance.now();
    const run = await evaluated(client, release);
    const seconds = (performance.now() - started) / 1_000;
    const cpu = cpuSecondsOf([program.pid]) + ground.serverCpu() - before;
    const { stored } = await database.one<{ stored: number }>(
      sql`select count(*)::int as stored from evaluation_score where run_id = ${run} and state = 'answered' and not wrong`,
    );
    if (stored !== items) throw new Error(`${stored} of ${items} answers are stored.`);
    return { seconds, cpu, ...memory() };
  };
}

async function evaluated(client: Client, release: string): Promise<string> {
  const { id } = await client.startEvaluation({
    params: { workflow: "tickets" },
    body: { set: "bench", release, atOnce: AT_ONCE },
  });
  for (;;) {
    const { state, problem, figures } = await client.getEvaluation({ params: { run: id } });
    if (state === "failed") throw new Error(problem ?? "It was given up.");
    if (state === "done" && figures?.measures[0]?.right !== undefined) return id;
    await pause(LOOK_EVERY);
  }
}

/** The most that the program and its database held while it watched. */
function watchMemory(ground: Ground, program: Program): () => { megabytes: number; database: number } {
  const most = { megabytes: 0, database: 0 };
  const held = (pid: number) => memoryOf([pid]).reduce((sum, one) => sum + one.megabytes, 0);
  const look = () => {
    most.megabytes = Math.max(most.megabytes, held(program.pid));
    most.database = Math.max(most.database, held(ground.serverPid));
  };
  look();
  const timer = setInterval(look, MEMORY_EVERY);
  return () => {
    look();
    clearInterval(timer);
    return most;
  };
}
