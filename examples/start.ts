/**
 * What `npm start` runs: Pilotage with the sample workflow, tickets that trickle in, and a simulated clerk.
 *
 * Starts `pilotage serve` on the usual data home, sets the workflow up through the API (sample-set-up.ts), then starts
 * the trickle and the clerk as processes of their own. Ctrl-C ends them first and the program last. `--port` and
 * `--data` stand for PILOTAGE_PORT and PILOTAGE_DATA; all other arguments go to `serve`.
 */
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { consoleBuilt } from "../build/console.ts";
import { PilotageError } from "../src/contract/errors.ts";
import { dataHomeFor } from "../src/platform/embedded/data-home.ts";
import { towardsAutomation } from "./sample-automation.ts";
import { readableLog, startProcess, type Running } from "./sample-processes.ts";
import { setUpSample, type SampleReady } from "./sample-set-up.ts";
import { ROUND } from "./ticket-pieces.ts";
import { pause, untilTold } from "./waiting.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SAMPLE = fileURLToPath(new URL("support-triage", import.meta.url));
const SERVE_WITHIN = 120_000;
const LOOK_EVERY = 100;
/** Milliseconds per case: slower than the first burst, a little faster than what comes later, so that an inbox is seen. */
const CLERK_PACE = 1_500;

interface Where {
  host: string;
  port: number;
  dataHome: string;
  environment: NodeJS.ProcessEnv;
  passedOn: string[];
}

const stopwatch = performance.now();
const say = (line: string) => void process.stdout.write(`${line}\n`);
const seconds = () => `${((performance.now() - stopwatch) / 1000).toFixed(1)} s`;

function readArguments(): Where {
  const { values, tokens } = parseArgs({
    options: { port: { type: "string" }, data: { type: "string" } },
    strict: false,
    tokens: true,
  });
  const own = new Set(
    tokens.flatMap((token) =>
      token.kind === "option" && (token.name === "port" || token.name === "data")
        ? token.inlineValue === false
          ? [token.index, token.index + 1]
          : [token.index]
        : [],
    ),
  );
  const environment = { ...process.env };
  if (typeof values["port"] === "string") environment["PILOTAGE_PORT"] = values["port"];
  if (typeof values["data"] === "string") environment["PILOTAGE_DATA"] = values["data"];
  environment["PILOTAGE_LOG_LEVEL"] ??= "warn";
  return {
    host: environment["PILOTAGE_HOST"] ?? "127.0.0.1",
    port: Number(environment["PILOTAGE_PORT"] ?? "4700"),
    dataHome: dataHomeFor({
      folder: ROOT,
      override: environment["PILOTAGE_DATA"],
      uid: process.getuid?.() ?? -1,
    }),
    environment,
    passedOn: process.argv.slice(2).filter((_, at) => !own.has(at)),
  };
}

interface Whereabouts {
  url: string;
  pid: number;
}

function whereabouts(dataHome: string): Whereabouts | undefined {
  const path = join(dataHome, "server.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Whereabouts) : undefined;
}

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    (response) => response.ok,
    () => false,
  );
}

/** Throws when the sample cannot start here, with what to do. */
async function lookAround({ host, port, dataHome }: Where): Promise<void> {
  const running = whereabouts(dataHome);
  if (running !== undefined && (await answers(running.url)))
    throw new PilotageError(
      "data_home_unusable",
      `Pilotage runs already on this data home, at ${running.url} (process ${running.pid}). Nothing was started.`,
      { hint: `Look there, or stop it first: kill ${running.pid}` },
    );
  if (port !== 0 && Number.isInteger(port) && !(await free(host, port)))
    throw new PilotageError(
      "settings_invalid",
      `Port ${port} on ${host} is taken by another program. Nothing was started.`,
      { hint: "Take another port, or 0 for a free one: npm start -- --port 0" },
    );
}

function free(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "EADDRINUSE"));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}

/** Waits until the program that we started answers. Undefined when told to stop meanwhile. */
async function untilServing(
  serve: Running,
  { dataHome }: Where,
  signal: AbortSignal,
): Promise<{ url: string; operatorKey: string } | undefined> {
  let ended: number | NodeJS.Signals | undefined;
  void serve.gone.then((code) => (ended = code));
  const deadline = performance.now() + SERVE_WITHIN;
  while (!signal.aborted) {
    if (ended !== undefined)
      throw new PilotageError(
        "internal",
        `Pilotage ended before it served (${ended}). What it said stands above.`,
      );
    if (performance.now() > deadline)
      throw new PilotageError("internal", `Pilotage did not answer within ${SERVE_WITHIN / 1000} s.`, {
        hint: "npx pilotage doctor checks this machine.",
      });
    const found = whereabouts(dataHome);
    if (found !== undefined && found.pid === serve.child.pid && (await answers(found.url)))
      return { url: found.url, operatorKey: readFileSync(join(dataHome, "operator.key"), "utf8").trim() };
    await pause(LOOK_EVERY, signal);
  }
  return undefined;
}

/** Where a path of the workflow's feeds and deliveries lies. */
function folderOf({ environment, dataHome }: Where, { workflow }: SampleReady, path: string): string {
  return join(environment["PILOTAGE_FILES"] ?? join(dataHome, "files"), workflow, path);
}

function startHelpers(url: string, ready: SampleReady, where: Where): Running[] {
  const start = (name: string, key: string, file: string, more: string[]) =>
    startProcess({
      name,
      arguments: [fileURLToPath(new URL(file, import.meta.url)), "--workflow", ready.workflow, ...more],
      environment: { ...where.environment, PILOTAGE_URL: url, PILOTAGE_KEY: key, SAMPLE_WATCHES_STDIN: "1" },
      onLine: (line) => line.startsWith("{") || say(line),
    });
  const trickle = [
    "--inbox",
    folderOf(where, ready, ready.inbox),
    "--counter",
    join(where.dataHome, "sample-trickle.json"),
    "--again",
  ];
  const clerk = [
    "--answers",
    join(SAMPLE, "data", "answers.jsonl"),
    "--repeats-after",
    String(ROUND),
    "--pace",
    String(CLERK_PACE),
    "--claim",
    "5",
  ];
  return [
    start("The sample trickle", ready.keys.intake, "trickle.ts", trickle),
    start("The sample clerk (simulated)", ready.keys.clerk, "sample-clerk.ts", clerk),
  ];
}

function tellWhere(url: string, ready: SampleReady, where: Where): void {
  say(`
Pilotage serves at ${url} (${seconds()} after the start).

  Sign in   as the owner, who may see all of it, once and within the hour:
            ${ready.links.owner}
            as a reviewer, best in another browser or a private window:
            ${ready.links.reviewer}
            npx pilotage user link <e-mail> makes another
  Running   workflow ${ready.workflow}, release ${ready.release}
            tickets trickle into ${folderOf(where, ready, ready.inbox)} and over HTTP
            the sample clerk (simulated) reviews them with known answers
            results go to ${folderOf(where, ready, ready.outbox)}, 10 s after the verdict
  Later     after about 580 verdicts (20 minutes) the sample's owner asks for a certificate; from then on sure cases go out alone
  Ask       npx pilotage status, in another terminal${where.environment["PILOTAGE_DATA"] === undefined ? "" : ` (with PILOTAGE_DATA=${where.dataHome})`}
  Stop      Ctrl-C
`);
}

/** Says when the first case of this start is delivered. */
async function tellFirst(ready: SampleReady, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const delivered = await ready.delivered().catch(() => ready.deliveredBefore);
    if (delivered > ready.deliveredBefore)
      return say(`The first cases are delivered (${seconds()} after the start).`);
    await pause(500, signal);
  }
}

async function main(): Promise<number> {
  const where = readArguments();
  await lookAround(where);
  const running: Running[] = [];
  const signal = untilTold(() => {
    for (const one of running) one.child.kill("SIGKILL");
  });
  say(`Starting Pilotage on the data home ${where.dataHome} ...`);
  const built = consoleBuilt(say).catch((error: unknown) =>
    say(
      `The console could not be built, the rest goes on: ${error instanceof Error ? error.message : String(error)}`,
    ),
  );
  const serve = startProcess({
    name: "Pilotage",
    arguments: [join(ROOT, "bin", "pilotage.js"), "serve", ...where.passedOn],
    environment: where.environment,
    onLine: (line) => say(`Pilotage: ${readableLog(line)}`),
  });
  running.push(serve);
  let helpers: Running[] = [];
  let ready: SampleReady | undefined;
  try {
    const serving = await untilServing(serve, where, signal);
    if (serving === undefined) return 0;
    say(`It answers at ${serving.url} (${seconds()}); setting up the sample workflow ...`);
    ready = await setUpSample({ ...serving, folder: SAMPLE, signal, say });
    if (ready === undefined) return 0;
    await built;
    const ended = new AbortController();
    void serve.gone.then(() => ended.abort());
    const over = AbortSignal.any([signal, ended.signal]);
    helpers = startHelpers(serving.url, ready, where);
    running.push(...helpers);
    for (const one of helpers)
      void one.gone.then((code) =>
        over.aborted
          ? undefined
          : say(`${one.name} ended (${code}); the rest goes on. Start anew to have it again.`),
      );
    tellWhere(serving.url, ready, where);
    void towardsAutomation({ ...ready, signal: over, say }).catch((error: unknown) => {
      if (!over.aborted) say(`The way to a certificate ended: ${String(error)}`);
    });
    await tellFirst(ready, over);
    if (!over.aborted) await once(over, "abort");
    if (signal.aborted) return 0;
    say(`Pilotage ended (${await serve.gone}). What it said stands above.`);
    return 1;
  } finally {
    const alive = serve.child.exitCode === null && serve.child.signalCode === null;
    if (alive) say("Stopping: first the sample's helpers, then Pilotage ...");
    await Promise.all(helpers.map((one) => one.stop(10_000)));
    await ready?.revokeKeys().catch(() => undefined);
    await serve.stop(30_000);
    if (alive) say("Stopped. Everything is kept; npm start goes on from here.");
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof PilotageError)) throw error;
  process.stderr.write(`${error.message}\n${error.hint === undefined ? "" : `${error.hint}\n`}`);
  process.exitCode = 1;
}
