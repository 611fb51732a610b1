/**
 * case.1: a stranger clones the repository and types two commands. A new account with an empty home and only node and
 * npm on PATH: within 60 s after `npm ci`, `npm start` serves and cases are being delivered; it stops when asked; then
 * `npm test` passes there.
 *
 * Options: `--quick` leaves out `npm test` (and is then not met).
 */
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { createInterface } from "node:readline";
import { freePort } from "../../support/ports.ts";
import { skipped, type Context, type Outcome } from "../point.ts";
import { ROOT, until } from "../program.ts";
import { meetStranger, type Stranger } from "./stranger.ts";

export const title =
  "A fresh clone, a new account, two commands: cases are being delivered, and the tests pass";

const WITHIN = 60;
/** Cases that must have been delivered before "are being delivered" is said. */
const DELIVERED = 3;

export async function run(context: Context): Promise<Outcome> {
  const stranger = meetStranger(context, ROOT);
  if ("missing" in stranger) return skipped(stranger.missing);
  context.progress(`${stranger.name} has ${stranger.nodeVersion} and npm`);

  const install = await command(context, stranger, ["ci"]);
  if (install.code !== 0) throw new Error(`npm ci ended with ${install.code}:\n${install.said}`);
  context.progress(`npm ci took ${install.seconds} s`);
  const start = await started(context, stranger);
  context.progress(
    `npm start served after ${start.servedAfter} s and had delivered ${start.delivered} cases after ${start.deliveredAfter} s; stopped in ${start.stoppedIn} s`,
  );
  const quick = context.options["quick"] !== undefined;
  const test = quick ? undefined : await command(context, stranger, ["test"]);
  if (test && test.code !== 0)
    context.progress(`npm test ended with ${test.code}:\n${failuresIn(test.said)}`);
  const leftByTests = commandsOf(stranger);
  return {
    met:
      start.deliveredAfter < WITHIN &&
      start.leftOver.length === 0 &&
      ["SIGINT", "0"].includes(start.ended) &&
      test?.code === 0 &&
      leftByTests.length === 0,
    figures: {
      node: stranger.nodeVersion,
      installSeconds: install.seconds,
      servedAfterSeconds: start.servedAfter,
      firstDeliveredAfterSeconds: start.firstAfter,
      deliveredAfterSeconds: start.deliveredAfter,
      delivered: start.delivered,
      within: WITHIN,
      stoppedInSeconds: start.stoppedIn,
      endedBy: start.ended,
      leftOverProcesses: start.leftOver,
      testSeconds: test?.seconds ?? null,
      testExitCode: test?.code ?? null,
      leftOverByTests: leftByTests,
      testSummary: test ? summaryOf(test.said) : "left out (--quick)",
    },
  };
}

async function command(
  context: Context,
  stranger: Stranger,
  words: string[],
): Promise<{ code: number | null; said: string; seconds: number }> {
  context.progress(`npm ${words.join(" ")}`);
  const begun = performance.now();
  const { child, said } = stranger.npm(words);
  const [code] = (await once(child, "exit")) as [number | null];
  const seconds = secondsSince(begun);
  // What a process says last may come a little after its end; what it left running may hold the pipe for ever.
  await Promise.race([once(child.stdout!, "close"), pause(1_000)]);
  return { code, said: said(), seconds };
}

/** `npm start` until cases are delivered, then Ctrl-C, as a terminal sends it: to all processes in front. */
async function started(context: Context, stranger: Stranger) {
  const port = await freePort();
  const begun = performance.now();
  const { child, said } = stranger.npm(["start"], { PILOTAGE_PORT: String(port) });
  // npm ends itself by the signal that it passed on.
  const exit = new Promise<string>((resolve) =>
    child.once("exit", (code, signal) => resolve(signal ?? String(code))),
  );
  context.progress("npm start");
  createInterface(child.stdout!).on("line", (line) => context.progress(`  ${line}`));
  const look = async () => {
    if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}:\n${said()}`);
    return deliveredAt(port);
  };
  try {
    await until("npm start to serve", look, (found) => found !== undefined, 2 * WITHIN);
    const servedAfter = secondsSince(begun);
    await until("the first case to be delivered", look, (found) => (found ?? 0) > 0, 2 * WITHIN);
    const firstAfter = secondsSince(begun);
    const delivered = (await until(
      "cases to be delivered",
      look,
      (found) => (found ?? 0) >= DELIVERED,
      2 * WITHIN,
    ))!;
    const deliveredAfter = secondsSince(begun);
    const asked = performance.now();
    process.kill(-child.pid!, "SIGINT");
    const ended = await exit;
    const stoppedIn = secondsSince(asked);
    return {
      servedAfter,
      firstAfter,
      delivered,
      deliveredAfter,
      stoppedIn,
      ended,
      leftOver: commandsOf(stranger),
    };
  } catch (error) {
    context.progress(`npm start said:\n${said()}`);
    throw error;
  }
}

function commandsOf(stranger: Stranger): string[] {
  return stranger.processes().map((one) => one.command.slice(0, 200));
}

/** Delivered cases, by the program's own metrics; undefined while it does not serve. */
async function deliveredAt(port: number): Promise<number | undefined> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => undefined);
  if (!response?.ok) return undefined;
  const lines = (await response.text())
    .split("\n")
    .filter((line) => line.startsWith("pilotage_cases{") && line.includes('state="delivered"'));
  return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

/** What the test runner says about the tests that failed; all of it when it says nothing of the kind. */
function failuresIn(said: string): string {
  const at = said.search(/Failed (Tests|Suites) /);
  return at < 0 ? said.slice(-8_000) : said.slice(at);
}

/** The test runner's last words, without their colours. */
function summaryOf(said: string): string {
  const escape = String.fromCharCode(27);
  const plain = said
    .split(escape)
    .map((part, i) => (i === 0 ? part : part.replace(/^\[\d*m/, "")))
    .join("");
  return plain
    .split("\n")
    .filter((line) => /^\s*(Test Files|Tests|Duration)\s/.test(line))
    .map((line) => line.trim())
    .join("; ");
}

const secondsSince = (begun: number) => Math.round((performance.now() - begun) / 100) / 10;
