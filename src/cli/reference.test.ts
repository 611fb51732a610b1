/** The page docs/reference/cli.md and the tree of commands say the same; every example runs; every endpoint has a command. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENDPOINTS, type EndpointName } from "../contract/endpoints.ts";
import { openDesk } from "./desk.ts";
import { examplesOf } from "./examples.ts";
import { EXIT } from "./exit.ts";
import { here, play, type, type Play } from "./playing.fixture.ts";
import { openProgram } from "./program.ts";
import { leaves, nameOf, referenceOf } from "./reference.ts";
import { family } from "./run.ts";
import { SAMPLES } from "./samples.fixture.ts";
import { starterFiles } from "./starter.ts";

const PAGE = new URL("../../docs/reference/cli.md", import.meta.url);

function tree(): Command {
  const desk = openDesk(
    {
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      url: undefined,
      key: undefined,
      local: () => Promise.reject(new Error("not asked")),
    },
    () => ({}),
  );
  return openProgram(() => desk);
}

describe("the reference of the command line", () => {
  it("is what the tree of commands says", async () => {
    const reference = referenceOf(tree());
    if (process.env["UPDATE_GOLDEN"] === "1") await writeFile(PAGE, reference);
    expect(await readFile(PAGE, "utf8")).toBe(reference);
  });

  it("would not fit any more with a command, an option or a choice too many", async () => {
    const page = await readFile(PAGE, "utf8");
    const more = tree();
    more.command("tidy").description("Not in the page.");
    expect(referenceOf(more)).not.toBe(page);
    const wider = tree();
    wider.commands.find((command) => command.name() === "serve")!.option("--slowly", "not in the page");
    expect(referenceOf(wider)).not.toBe(page);
  });

  it("describes every command, argument and option", () => {
    for (const command of family(tree())) {
      expect(command.description(), nameOf(command)).not.toBe("");
      for (const part of [...command.registeredArguments, ...command.options]) {
        expect(part.description, `${nameOf(command)} ${part.name()}`).not.toBe("");
      }
    }
  });
});

describe("the examples", () => {
  const before = process.cwd();
  let folder: string;
  let server: Play;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pilotage-cli-"));
    await mkdir(join(folder, "workflows/support-triage"), { recursive: true });
    for (const [file, text] of starterFiles("support-triage"))
      await writeFile(join(folder, "workflows/support-triage", file), text);
    for (const file of [
      "ticket.json",
      "corrected.json",
      "crm.json",
      "policy.json",
      "invoice.pdf",
      "photo.jpg",
    ])
      await writeFile(join(folder, file), '{"kind": "webhook"}');
    for (const file of ["verifier.key", "2026-01-05.checkpoint"])
      await writeFile(join(folder, file), "pilotage.example/log\n12\n");
    await writeFile(join(folder, "tickets.ndjson"), '{"externalId": "T-1001", "input": {}}\n');
    await mkdir(join(folder, "empty"));
    server = await play(SAMPLES);
  });
  afterAll(async () => {
    process.chdir(before);
    await server.close();
    await rm(folder, { recursive: true });
  });

  it("are there for every command, name that command, and end well", async () => {
    for (const command of leaves(tree())) {
      const examples = examplesOf(command);
      expect(examples, nameOf(command)).not.toEqual([]);
      for (const example of examples) {
        expect(example.startsWith(`${nameOf(command)} `) || example === nameOf(command), example).toBe(true);
        process.chdir(join(folder, command.name() === "init" ? "empty" : "."));
        const ended = await type(wordsOf(example).slice(1), {
          ...here(server),
          ...(example.includes("--key") ? { url: server.url } : {}),
          stdin: '{"kind": "webhook"}',
        });
        expect([ended.exit, ended.stderr.startsWith("Error")], `${example}\n${ended.stderr}`).toEqual([
          EXIT.ok,
          false,
        ]);
      }
    }
  });

  it("call every endpoint that there is", async () => {
    for (const example of leaves(tree()).flatMap(examplesOf)) {
      if (!/^pilotage (init|serve|doctor)/.test(example))
        await type(wordsOf(example).slice(1), { ...here(server), stdin: '{"kind": "webhook"}' });
    }
    // A release that is ready at once is never asked for again; publish.test.ts waits for one.
    const called = new Set([...server.calls.map(({ name }) => name), "getRelease"]);
    expect([...called, ...Object.keys(ONLY_IN_THE_CONSOLE)].sort()).toEqual(Object.keys(ENDPOINTS).sort());
  });
});

/** Endpoints without a command, each with its reason; the list can only shrink. */
const ONLY_IN_THE_CONSOLE = {
  signInMethods: "the sign-in page: a command line comes with a key",
  signIn: "as above",
  openLink: "as above",
  acceptInvitation: "as above",
  beginProviderSignIn: "an address for browsers",
  endProviderSignIn: "as above",
  signOut: "ends the session of a cookie",
  getMe: "what the reader may do, for pages",
  changeMe: "the own account of a signed-in person; a key has none",
  changePassword: "as above",
  setAway: "as above",
  listSessions: "as above",
  endSession: "as above",
  live: "a stream that tells pages when to look again",
  verifyAudit: "`pilotage audit check` verifies on this machine, with a key that is kept here",
  lookAtToken: "the signed page of whoever receives a result",
  sayWithToken: "as above",
  giveFeedback: "for the program that receives results, over the API",
  feedbackLink: "as above",
  report: "a button beside the case",
  getPulse: "answered by signed-in persons alone",
  answerPulse: "as above",
  getReviewFigures: "own figures take a signed-in person; team figures stand on a page",
  getAgreement: "on the page of quality",
  getCapacity: "as above",
  getWorksAgreement: "on the page of evidence",
  recordWorksAgreement: "as above",
  renewReview: "a page that is open renews by itself; a command ends at once",
  claimAlike: "a batch takes a look at its cases side by side",
  resumeAlike: "as above",
  approveAlike: "as above",
  undoAlike: "as above",
  releaseAlike: "as above",
} satisfies Partial<Record<EndpointName, string>>;

function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
}
