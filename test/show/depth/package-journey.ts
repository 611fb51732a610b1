/** What a stranger does with the installed package by `npx pilotage`: from an empty folder to a delivered case. */
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../support/ports.ts";
import { PERSON, until } from "../program.ts";
import type { Started, Stranger } from "../case/stranger.ts";
import { done, secondsSince } from "./package-install.ts";

const READY_WITHIN = 120;
const DELIVERED_WITHIN = 90;

export interface Serving extends Started {
  url: string;
  readyAfter: number;
}

/** Starts `pilotage serve` and waits until it is ready. */
export async function serve(stranger: Stranger, program: string, words: string[]): Promise<Serving> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const begun = performance.now();
  const started = stranger.start(program, [...words, "serve"], {
    PILOTAGE_PORT: String(port),
    PILOTAGE_LOG_LEVEL: "warn",
  });
  const { child, said } = started;
  const look = async () => {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`pilotage serve ended with ${child.exitCode ?? child.signalCode}:\n${said()}`);
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    await response?.arrayBuffer();
    return response?.ok ?? false;
  };
  await until("pilotage serve to be ready", look, Boolean, READY_WITHIN);
  const readyAfter = secondsSince(begun);
  const told = join(stranger.folder, ".pilotage", "server.json");
  await until("the program to say where it is", async () => existsSync(told), Boolean, READY_WITHIN);
  return { ...started, url, readyAfter };
}

/** Asks a process, or its whole group as a terminal does, to stop; says how it ended and what still runs. */
export async function stop(
  stranger: Stranger,
  { child }: Started,
  signal: NodeJS.Signals,
  group: boolean,
): Promise<{ ended: string; seconds: number; leftOver: string[] }> {
  const gone = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  const begun = performance.now();
  process.kill(group ? -child.pid! : child.pid!, signal);
  const [code, by] = await gone;
  const leftOver = stranger.processes().map((one) => one.command.slice(0, 200));
  return { ended: String(code ?? by), seconds: secondsSince(begun), leftOver };
}

/** Runs `npx pilotage`; answers its JSON. */
export async function pilotage(stranger: Stranger, ...words: string[]): Promise<unknown> {
  const { stdout } = await done(
    `npx pilotage ${words.join(" ")}`,
    stranger.start("npx", ["pilotage", ...words, "--json", "--as", PERSON]),
  );
  return JSON.parse(stdout) as unknown;
}

/** By the command line alone: a definition, a release, a case, its review, its delivery. Answers the case's id. */
export async function deliverOne(
  stranger: Stranger,
  progress: (line: string) => void,
): Promise<{ caseId: string; delivered: unknown; seconds: number }> {
  const begun = performance.now();
  const run = (...words: string[]) => pilotage(stranger, ...words);
  await run("init", "workflows/my-work");
  await run("check", "workflows/my-work");
  await run("apply", "workflows/my-work");
  await run("publish", "workflows/my-work");
  progress("applied and published");
  for (const item of ["baseline", "works_council"])
    await run("waive", "my-work", item, "--reason", "Try-out with made-up requests", "--days", "30");
  await run("share", "my-work", "latest", "100%");
  const request = join(stranger.folder, "request.json");
  writeFileSync(request, '{"requestNo": "R-1", "text": "The invoice shows twelve units, we ordered ten."}');
  const { caseId } = (await run("case", "submit", "my-work", "--input", request)) as { caseId: string };
  const state = async () => ((await run("case", "show", caseId, "--content")) as { state: string }).state;
  await until("the case to be in review", state, (found) => found === "in_review", DELIVERED_WITHIN);
  await approve(stranger, caseId);
  progress("reviewed");
  await until("the case to be delivered", state, (found) => found === "delivered", DELIVERED_WITHIN);
  const file = join(stranger.folder, ".pilotage", "files", "my-work", "decided.jsonl");
  const [line = ""] = readFileSync(file, "utf8").split("\n");
  return { caseId, delivered: JSON.parse(line) as unknown, seconds: secondsSince(begun) };
}

/** Approves what the model says, or answers in its place when the coin made the case a cold one. */
async function approve(stranger: Stranger, caseId: string): Promise<void> {
  const task = (await pilotage(stranger, "review", "claim", caseId)) as { lease: string; output?: unknown };
  const lease = ["--lease", task.lease];
  if (task.output !== undefined && task.output !== null)
    return void (await pilotage(stranger, "review", "approve", caseId, ...lease));
  const answer = join(stranger.folder, "answer.json");
  writeFileSync(answer, '{"topic": "invoice", "urgency": "normal", "reply": "We will correct it."}');
  await pilotage(stranger, "review", "edit", caseId, ...lease, "--output", answer);
}
