/**
 * depth.5: the npm package, as a stranger gets it: packed, installed into an empty folder by a new account that has only
 * the machine's node and npm, once with install scripts allowed and once with them blocked. By `npx pilotage` from
 * `doctor` to a delivered case; the SDK from JavaScript and strict TypeScript; again under the old Node without npx;
 * and what a missing bundled Node says.
 *
 * Options: `--quick` leaves out the run with scripts allowed (and is then not met).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { skipped, type Context, type Outcome } from "../point.ts";
import { meetStranger, type Stranger } from "../case/stranger.ts";
import { done, ended, packProgram, weigh, type Weight } from "./package-install.ts";
import { deliverOne, pilotage, serve, stop } from "./package-journey.ts";
import { runJavaScript, runTypeScript } from "./package-sdk.ts";

export const title =
  "The package installs into an empty folder under a new account, serves, delivers a case, and its SDK imports";

const MOST_BYTES = 350 * 1_000_000;
const OLD_NODE = "12.22.12";
const BIN = "node_modules/pilotage/bin/pilotage.js";

interface Shown {
  scripts: "allowed" | "blocked";
  installSeconds: number;
  readyAfterSeconds: number;
  deliveredAfterSeconds: number;
  stoppedBy: string;
  readyAgainAfterSeconds: number;
  stoppedAgainBy: string;
  weight: Weight;
  /** What was not as it should be. */
  problems: string[];
}

export async function run(context: Context): Promise<Outcome> {
  const first = meetStranger(context);
  if ("missing" in first) return skipped(first.missing);
  const tarball = await packProgram(context);
  context.progress(`packed ${tarball.bytes} bytes in ${tarball.seconds} s`);
  const blocked = await installAndUse(context, first, tarball.file, "blocked");
  const problems = [
    ...blocked.problems,
    ...(await underOldNode(context, first)),
    ...(await withoutBundledNode(context, first, tarball.file)),
  ];
  const shown = [blocked];
  if (context.options["quick"] === undefined) {
    const second = meetStranger(context);
    if ("missing" in second) return skipped(second.missing);
    const allowed = await installAndUse(context, second, tarball.file, "allowed");
    problems.push(...allowed.problems);
    shown.push(allowed);
  }
  for (const problem of problems) context.progress(problem);
  const { weight } = blocked;
  return {
    met: shown.length === 2 && problems.length === 0 && weight.bytesWithoutNode < MOST_BYTES,
    figures: {
      node: first.nodeVersion,
      oldNode: OLD_NODE,
      tarballBytes: tarball.bytes,
      packSeconds: tarball.seconds,
      installedBytesWithoutNode: weight.bytesWithoutNode,
      limitBytes: MOST_BYTES,
      installedBytes: weight.bytes,
      packages: weight.packages,
      heaviest: weight.heaviest,
      runs: shown.map(({ weight: _, problems: __, ...figures }) => figures),
      problems,
    },
  };
}

async function installAndUse(
  context: Context,
  stranger: Stranger,
  tarball: string,
  scripts: Shown["scripts"],
): Promise<Shown> {
  const progress = (line: string) => context.progress(`scripts ${scripts}: ${line}`);
  const install = await done(
    "npm install",
    stranger.npm(["install", tarball, ...(scripts === "blocked" ? ["--ignore-scripts"] : [])]),
  );
  progress(`installed in ${install.seconds} s`);
  const weight = weigh(stranger);
  const problems = await doctorsWord(stranger, "npx", ["pilotage"]);

  const serving = await serve(stranger, "npx", ["pilotage"]);
  progress(`served after ${serving.readyAfter} s`);
  const { caseId, delivered, seconds } = await deliverOne(stranger, progress);
  progress(`delivered after ${seconds} s: ${JSON.stringify(delivered).slice(0, 300)}`);
  const example = "node_modules/pilotage/examples/support-triage";
  await pilotage(stranger, "check", example);
  await pilotage(stranger, "apply", example);

  const key = readFileSync(join(stranger.folder, ".pilotage", "operator.key"), "utf8").trim();
  const installed = { url: serving.url, key, caseId };
  problems.push(...(await runJavaScript(stranger, installed)));
  problems.push(...(await runTypeScript(stranger, installed)));
  progress("the SDK was used from JavaScript and TypeScript");
  const stopped = await stop(stranger, serving, "SIGINT", true);
  problems.push(...left(stopped));

  // Without npx nothing finds the bundled Node first: the bin has to.
  problems.push(...(await doctorsWord(stranger, "node", [BIN])));
  const again = await serve(stranger, "node", [BIN]);
  const kept = (await pilotage(stranger, "case", "show", caseId)) as { state: string };
  if (kept.state !== "delivered") problems.push(`after a restart the case is ${kept.state}`);
  // Once as a service manager asks it; once as a terminal does, whose Ctrl-C reaches the bin and the program.
  const stoppedAgain =
    scripts === "blocked"
      ? await stop(stranger, again, "SIGTERM", false)
      : await stop(stranger, again, "SIGINT", true);
  problems.push(...left(stoppedAgain));
  if (stoppedAgain.ended !== "0") problems.push(`asked to stop, the bin ended with ${stoppedAgain.ended}`);
  progress(`served again after ${again.readyAfter} s, under ${stranger.nodeVersion} by the bin alone`);
  return {
    scripts,
    installSeconds: install.seconds,
    readyAfterSeconds: serving.readyAfter,
    deliveredAfterSeconds: seconds,
    stoppedBy: stopped.ended,
    readyAgainAfterSeconds: again.readyAfter,
    stoppedAgainBy: stoppedAgain.ended,
    weight,
    problems: problems.map((problem) => `scripts ${scripts}: ${problem}`),
  };
}

/** `pilotage doctor` finds nothing wrong and runs under a Node that is new enough. */
async function doctorsWord(stranger: Stranger, program: string, words: string[]): Promise<string[]> {
  const what = `${program.split("/").at(-1)} ${words.join(" ")} doctor`;
  const { code, stdout, said } = await ended(stranger.start(program, [...words, "doctor", "--json"]));
  if (code !== 0) return [`${what} ended with ${code}:\n${said}`];
  const { findings } = JSON.parse(stdout) as { findings: { name: string; ok: boolean; detail: string }[] };
  const node = findings.find(({ name }) => name === "node")?.detail ?? "nothing about node";
  const home = findings.find(({ name }) => name === "data home")?.detail ?? "nothing about the data home";
  return [
    ...(node.startsWith("Node 24.") ? [] : [`${what} runs under ${node}`]),
    ...(home.startsWith(join(stranger.folder, ".pilotage")) ? [] : [`${what} keeps its data in ${home}`]),
  ];
}

const left = ({ leftOver }: { leftOver: string[] }) =>
  leftOver.map((command) => `after it was stopped there still ran: ${command}`);

/** A much older Node comes far enough to start the bundled one. */
async function underOldNode(context: Context, stranger: Stranger): Promise<string[]> {
  const name = `node-linux-${process.arch}`;
  const words = ["install", "--prefix", "old", "--ignore-scripts", `${name}@${OLD_NODE}`];
  await done("npm install", stranger.npm(words));
  const problems = await doctorsWord(stranger, join(stranger.folder, "old/node_modules", name, "bin/node"), [
    BIN,
  ]);
  context.progress(`Node ${OLD_NODE} was tried`);
  return problems;
}

/** Without optional packages there is no bundled Node, and the bin says what to install. */
async function withoutBundledNode(context: Context, stranger: Stranger, tarball: string): Promise<string[]> {
  // Not below the first installation, whose packages would be found.
  const bare = join(stranger.home, "bare");
  const words = ["install", "--prefix", bare, "--ignore-scripts", "--omit=optional", tarball];
  await done("npm install", stranger.npm(words));
  const { code, said } = await ended(stranger.start("node", [join(bare, BIN), "doctor"]));
  context.progress(`an installation without the bundled Node said: ${said.trim()}`);
  const helps = said.includes("did not come with this installation") && said.includes("Install Node 24");
  return code === 70 && helps ? [] : [`without the bundled Node it ended with ${code} and said: ${said}`];
}
