/**
 * The example pipelines, run: each shell step of deploy/pipelines in the order in which the service would run it, with the
 * variables that it would set, against a real program. What a service does itself (check out, install, keep files) is not run;
 * those steps are listed here by name, so that none is forgotten.
 */
import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { starterFiles } from "../src/cli/starter.ts";
import { EXIT } from "../src/cli/exit.ts";
import { environmentFor } from "./support/processes.ts";
import { removeFolder, temporaryFolder } from "./support/folders.ts";
import { install, until } from "./support/installation.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);

interface Ended {
  step: string;
  code: number;
  output: string;
}

/** Runs one step as the service does: bash, which ends with the first command that fails, also in a pipe. */
async function shell(step: string, script: string, cwd: string, env: Record<string, string>): Promise<Ended> {
  try {
    const { stdout, stderr } = await run("bash", ["-eo", "pipefail", "-c", script], { cwd, env });
    return { step, code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { step, code, output: stdout + stderr };
  }
}

interface Step {
  name?: string;
  uses?: string;
  if?: string;
  run?: string;
  env?: Record<string, string>;
}

const pipeline = (file: string) => parse(readFileSync(join(ROOT, "deploy/pipelines", file), "utf8"));

/** The steps of all jobs in their order; what is set for the next step through the file of GitHub's runner is there in it. */
async function onGithub(folder: string, given: Record<string, string>): Promise<Ended[]> {
  const { env, jobs } = pipeline("github.yml") as {
    env: Record<string, string>;
    jobs: Record<string, { steps: Step[] }>;
  };
  const [set, summary] = [join(folder, "..", "github.env"), join(folder, "..", "summary.md")];
  const ended: Ended[] = [];
  let failed = false;
  for (const { steps } of Object.values(jobs)) {
    writeFileSync(set, "");
    for (const step of steps) {
      const name = step.name ?? step.uses!;
      if (SERVICE_STEPS.some((one) => name.startsWith(one))) continue;
      if (failed && step.if !== "always()") continue;
      const more = Object.fromEntries(
        readFileSync(set, "utf8")
          .split("\n")
          .filter(Boolean)
          .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
      );
      const surroundings = { ...given, ...env, ...more, GITHUB_ENV: set, GITHUB_STEP_SUMMARY: summary };
      const one = await shell(name, step.run!, folder, surroundings);
      ended.push(one);
      failed ||= one.code !== 0;
    }
    if (failed) break;
  }
  return ended;
}

/** What the service does by itself, or from the registry. */
const SERVICE_STEPS = ["actions/checkout@", "actions/setup-node@", "actions/upload-artifact@", "Install"];

/** A job of GitLab is one script, whose lines share their variables. */
async function onGitlab(folder: string, given: Record<string, string>): Promise<Ended[]> {
  const document = pipeline("gitlab-ci.yml") as {
    stages: string[];
    variables: Record<string, string>;
    [job: string]: unknown;
  };
  const ended: Ended[] = [];
  for (const stage of document.stages) {
    const { script } = document[stage] as { script: string[] };
    const one = await shell(stage, script.join("\n"), folder, { ...given, ...document.variables });
    ended.push(one);
    if (one.code !== 0) break;
  }
  return ended;
}

describe("the example pipelines", async () => {
  const installation = await install();
  const { client, url } = installation;
  let seed = 1;

  /** A repository with the workflow of `pilotage init`, and what its criteria ask of it. */
  function repository(minimum: string): { folder: string; bin: string } {
    const root = temporaryFolder("pipeline");
    const [folder, bin] = [join(root, "repository"), join(root, "bin")];
    mkdirSync(join(folder, "workflows/support-triage"), { recursive: true });
    mkdirSync(bin);
    const files = starterFiles("support-triage");
    files.set("workflow.yaml", `${files.get("workflow.yaml")}\ncriteria: criteria.yaml\n`);
    // Another release each time: the same content would be the same release.
    files.set("release.yaml", files.get("release.yaml")!.replace("seed: 1", `seed: ${++seed}`));
    for (const [file, text] of files) writeFileSync(join(folder, "workflows/support-triage", file), text);
    writeFileSync(
      join(folder, "workflows/support-triage/criteria.yaml"),
      `- { name: right urgency, group: performance, metric: field urgency, minimum: ${minimum} }\n- { name: drill, group: readiness, proof: The fallback was rehearsed }\n`,
    );
    // The command as it would be installed.
    writeFileSync(
      join(bin, "pilotage"),
      `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, "bin/pilotage.js")}" "$@"\n`,
    );
    chmodSync(join(bin, "pilotage"), 0o755);
    return { folder, bin };
  }

  async function surroundings(bin: string): Promise<Record<string, string>> {
    const { secret } = await client.makeKey({
      body: { name: "ci", scopes: ["operate", "read"], workflow: "support-triage" },
    });
    return {
      ...environmentFor({ PILOTAGE_URL: url, PILOTAGE_KEY: secret }),
      PATH: `${bin}:${process.env["PATH"]!}`,
      GITHUB_SHA: "36921b8c4d",
      RUN_URL: "https://git.example.com/our/workflows/actions/runs/42",
      CI_COMMIT_SHA: "36921b8c4d",
      CI_PIPELINE_URL: "https://git.example.com/our/workflows/pipelines/42",
    };
  }

  test.each([
    ["github.yml", onGithub, ["Check", "Apply", "Publish", "Evaluate", "Show", "Shadow"]],
    ["gitlab-ci.yml", onGitlab, ["check", "release"]],
  ] as const)(
    "%s checks, freezes, publishes with its provenance, evaluates and starts the shadow",
    async (_, play, steps) => {
      const { folder, bin } = repository("20 %");
      const env = await prepared(bin);
      const ended = await play(folder, env);
      expect(ended.map(({ step, code, output }) => [step, code, code === 0 ? "" : output])).toEqual(
        steps.map((step) => [step, 0, ""]),
      );
      const [release] = (await client.listReleases({ params: { workflow: "support-triage" } })).releases;
      expect(release).toMatchObject({
        commit: "36921b8c4d",
        pipeline: expect.stringContaining("42"),
        publishedBy: "ci",
      });
      expect(await client.getShadow({ params: { workflow: "support-triage" } })).toMatchObject({
        release: release!.id,
      });
      const [gate] = (await client.listGates({ params: { workflow: "support-triage" }, query: {} })).gates;
      expect(gate).toMatchObject({
        release: release!.id,
        verdict: "go",
        groups: ["performance"],
        judgedBy: "ci",
      });
      expect(readFileSync(join(folder, "gate.xml"), "utf8")).toContain('name="right urgency"');
      expect(readFileSync(join(folder, "gate.md"), "utf8")).toContain("**go**");
      if (play === onGithub) expect(readFileSync(join(folder, "../summary.md"), "utf8")).toContain("**go**");
      removeFolder(join(folder, ".."));
    },
  );

  test.each([
    ["github.yml", onGithub, "Evaluate"],
    ["gitlab-ci.yml", onGitlab, "release"],
  ] as const)("%s ends where the gate says no, tells why, and starts no shadow", async (_, play, step) => {
    const { folder, bin } = repository("99 %");
    const env = await prepared(bin);
    await client.setShadow({ params: { workflow: "support-triage" }, body: { release: null } });
    const ended = await play(folder, env);
    const stopped = ended.find(({ code }) => code !== 0)!;
    expect(stopped).toMatchObject({ step, code: EXIT.noGo });
    expect(readFileSync(join(folder, "gate.xml"), "utf8")).toContain('<failure type="no-go"');
    expect(ended.map((one) => one.step)).not.toContain("Shadow");
    if (play === onGithub) expect(readFileSync(join(folder, "../summary.md"), "utf8")).toContain("**no-go**");
    expect(await client.getShadow({ params: { workflow: "support-triage" } })).toMatchObject({
      release: null,
    });
    removeFolder(join(folder, ".."));
  });

  test.each([
    ["github.yml", onGithub, "Shadow"],
    ["gitlab-ci.yml", onGitlab, "release"],
  ] as const)("%s says what to do where a rollout is open, and leaves it alone", async (_, play, step) => {
    const params = { workflow: "support-triage" };
    const { folder, bin } = repository("20 %");
    const env = await prepared(bin);
    const open = (await client.listReleases({ params })).releases[0]!.id;
    await client.startRollout({ params, body: { release: open, ceiling: 0.3 } });
    const ended = await play(folder, env);
    expect(ended.at(-1)).toMatchObject({
      step,
      code: EXIT.failed,
      output: expect.stringMatching(/A rollout of .* is open in support-triage.*pilotage rollout abort/s),
    });
    // All that came before it stands: published, and judged.
    expect((await client.listReleases({ params })).releases[0]!.id).not.toBe(open);
    expect(await client.getShadow({ params })).toMatchObject({ release: open });
    await client.abortRollout({ params, body: { reason: "the test is over" } });
    removeFolder(join(folder, ".."));
  });

  test("end at a definition with a problem before anything is changed", async () => {
    const { folder, bin } = repository("200 %");
    const env = await prepared(bin);
    for (const play of [onGithub, onGitlab]) {
      const ended = await play(folder, env);
      expect(ended).toHaveLength(1);
      expect(ended[0]).toMatchObject({
        code: EXIT.found,
        output: expect.stringContaining("criteria.yaml:1:"),
      });
    }
    expect(existsSync(join(folder, "gate.xml"))).toBe(false);
    removeFolder(join(folder, ".."));
  });

  test("name every step that is not run here", () => {
    const { jobs } = pipeline("github.yml") as { jobs: Record<string, { steps: Step[] }> };
    const without = Object.values(jobs)
      .flatMap(({ steps }) => steps)
      .filter(({ uses }) => uses !== undefined)
      .map(({ uses }) => uses!);
    for (const uses of without)
      expect(
        SERVICE_STEPS.some((one) => uses.startsWith(one)),
        uses,
      ).toBe(true);
  });

  /** The key, and a sealed set, which takes a workflow: of the first run it is there already. */
  async function prepared(bin: string): Promise<Record<string, string>> {
    if ((await client.listWorkflows()).workflows.length === 0) {
      const { checkDefinition } = await import("../src/definition/check.ts");
      const { workflow, release } = checkDefinition(starterFiles("support-triage"));
      const params = { workflow: "support-triage" };
      await client.applyWorkflow({ params, body: { document: workflow as never } });
      const examples = starterFiles("support-triage").get("examples.jsonl")!;
      const { id } = await client.publishRelease({ params, body: { document: release as never, examples } });
      await until(
        () => client.getRelease({ params: { release: id } }),
        ({ state }) => state === "ready",
      );
      await makeSet();
    }
    return surroundings(bin);
  }

  async function makeSet(): Promise<void> {
    const texts = Array.from({ length: 240 }, (_, i) =>
      JSON.stringify({
        input: { text: `Request ${i}: please tell me about my order ${i * 7}` },
        output: { topic: "invoice", urgency: i % 2 === 0 ? "normal" : "high" },
      }),
    );
    for await (const line of client.importSet(
      "support-triage",
      { name: "tickets-may", drawn: "chance" },
      Readable.from([Buffer.from(texts.join("\n"))]),
    ))
      if (line.code !== undefined || line.message !== undefined) throw new Error(line.message);
  }
});
