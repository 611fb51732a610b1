/** The commands of evaluation sets and shadow, against a server that plays the contract: what is sent, told, and how they end. */
import { readFile, stat } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { PilotageError } from "../contract/errors.ts";
import { EXIT } from "./exit.ts";
import { here, stage, type } from "./playing.fixture.ts";
import { SAMPLES } from "./samples.fixture.ts";
import { SET_LINES, TRIALS } from "./trial-samples.fixture.ts";

const AS = ["--as", "j.okafor@example.com"];
const { playing, file } = stage();

describe("pilotage evaluation import", () => {
  const words = (path: string, ...more: string[]) => [
    "evaluation",
    "import",
    "support-triage",
    path,
    "--name",
    "tickets-may",
    ...more,
    ...AS,
  ];

  it("sends the file as it is, with its form by its ending, and names the lines that were left out", async () => {
    const server = await playing({ importEvaluationSet: SET_LINES.importEvaluationSet });
    const path = await file("tickets.csv", "text,category\r\nNo coffee,fault\r\n");
    const ended = await type(words(path, "--development", "--drawn", "chance"), here(server));
    expect(ended.exit).toBe(EXIT.ok);
    expect(ended.stdout).toContain("line 2: left out: a line needs");
    expect(ended.stdout).toContain("tickets-may@1");
    expect(ended.stdout).toContain("note");
    expect(server.calls[0]).toMatchObject({
      query: {
        name: "tickets-may",
        kind: "development",
        format: "csv",
        drawn: "chance",
        origin: "tickets.csv",
      },
      text: "text,category\r\nNo coffee,fault\r\n",
      headers: { "content-type": "text/csv" },
    });
  });

  it("fails with the code of the last line, and when there is none", async () => {
    const refused = { code: "bad_request", message: "The file holds no item that can be used." };
    const server = await playing({ importEvaluationSet: [{ read: 2_000 }, refused] });
    const path = await file("bad.ndjson", "{}\n");
    const ended = await type([...words(path), "--json"], here(server));
    expect(ended.exit).toBe(EXIT.failed);
    expect(ended.json()).toMatchObject({ error: { code: "bad_request", message: refused.message } });
    const silent = await playing({ importEvaluationSet: [] });
    expect((await type(words(path), here(silent))).exit).toBe(EXIT.unanswered);
  });

  it("does not begin with a file that is not there", async () => {
    const server = await playing({ importEvaluationSet: SET_LINES.importEvaluationSet });
    expect((await type(words("/no/such/file"), here(server))).exit).toBe(EXIT.usage);
    expect(server.calls).toEqual([]);
  });
});

describe("pilotage evaluation collect and remap", () => {
  it("send what was asked for, and tell the set and what is not in it", async () => {
    const server = await playing(SET_LINES);
    const where = ["--where", "output.category=billing"];
    const words = [
      "evaluation",
      "collect",
      "support-triage",
      "--name",
      "tickets-may",
      "--development",
      "--per-class",
      "50",
    ];
    const collected = await type([...words, ...where, ...AS], here(server));
    expect(collected.exit).toBe(EXIT.ok);
    expect(collected.stdout).toContain("3: another case of its thread");
    expect(collected.stdout).toContain("kept until");
    expect(collected.stdout).toContain("Not part of the items: input.phone");
    expect(server.calls[0]!.query).toMatchObject({
      name: "tickets-may",
      kind: "development",
      from: "coins",
      where: ["output.category=billing"],
      most: 2_000,
      perClass: 50,
      simulated: "false",
    });
    const mapping = ["--map", "billing=invoices", "--drop", "technical"];
    const remapped = await type(
      ["evaluation", "remap", "support-triage", "tickets-may", ...mapping, ...AS],
      here(server),
    );
    expect(remapped.stdout).toContain("Classes that no item has: category:hardware");
    expect(server.calls[1]).toMatchObject({
      params: { set: "tickets-may" },
      query: { map: ["billing=invoices"], drop: ["technical"] },
    });
  });

  it("tell why a set cannot certify, and that one is worn out", async () => {
    const [set] = TRIALS.listEvaluationSets.sets;
    const bent = { ...set, representative: false, bentBy: ["unstated"], removed: 1, version: 2 };
    const worn = {
      ...set,
      looks: 11,
      wornOut: true,
      classesDiffer: { category: { added: ["new"], gone: [] } },
    };
    const server = await playing({
      listEvaluationSets: { sets: [bent, worn] },
      getEvaluationSet: { ...worn, runs: [] },
    });
    const list = await type(["evaluation", "list", "support-triage"], here(server));
    expect(list.stdout).toMatch(/tickets-may@2 +sealed, cannot certify +1 /);
    expect(list.stdout).toMatch(/tickets-may@1 +sealed, worn out +2 /);
    const shown = await type(["evaluation", "show", "support-triage", "tickets-may"], here(server));
    expect(shown.stdout).toContain("worn out, a fresh set is needed");
    const unstated = await playing({ getEvaluationSet: { ...bent, runs: [] } });
    const told = await type(["evaluation", "show", "support-triage", "tickets-may"], here(unstated));
    expect(told.stdout).toContain("nobody has stated how its cases were drawn");
    expect(told.stdout).toContain("import them again with --drawn chance");
    expect(shown.stdout).toContain("the newest release has others: category + new");
  });
});

describe("pilotage evaluation export", () => {
  const words = (to: string) => ["evaluation", "export", "support-triage", "tickets-may", "--to", to, ...AS];

  it("writes a file for nobody else, and no other over one that is there", async () => {
    const server = await playing(SET_LINES);
    const to = `${await file("near", "")}.ndjson`;
    expect((await type([...words(to), "--open"], here(server))).stdout).toContain("1 item written");
    expect(server.calls[0]!.query).toEqual({ open: "true" });
    expect(await readFile(to, "utf8")).toBe(
      '{"input":{"body":"No coffee"},"output":{"category":"technical"}}\n',
    );
    expect((await stat(to)).mode & 0o777).toBe(0o600);
    const again = await type(words(to), here(server));
    expect([again.exit, server.calls.length]).toEqual([EXIT.usage, 1]);
  });

  it("leaves no file behind when it is refused or breaks off", async () => {
    const sealed = new PilotageError("wrong_state", "tickets-may@1 is sealed.");
    const broken = [...SET_LINES.exportEvaluationSet, { code: "internal", message: "It broke off." }];
    for (const answer of [sealed, broken]) {
      const to = `${await file("beside", "")}.ndjson`;
      const ended = await type(words(to), here(await playing({ exportEvaluationSet: answer })));
      expect(ended.exit).toBe(EXIT.failed);
      await expect(stat(to)).rejects.toMatchObject({ code: "ENOENT" });
    }
  });
});

describe("pilotage evaluate", () => {
  const words = ["evaluate", "support-triage", "--set", "tickets-may", ...AS];
  const run = TRIALS.startEvaluation;

  it("follows the run of the newest release until it is done", async () => {
    const states = [
      { ...run, state: "running" as const, answered: 1, finishedAt: null, figures: null },
      TRIALS.getEvaluation,
    ];
    const server = await playing({
      listReleases: SAMPLES.listReleases,
      startEvaluation: { ...run, state: "waiting", answered: 0, finishedAt: null },
      getEvaluation: () => states.shift(),
    });
    const asked = ["--step", "1", "--repeats", "3", "--metric", "schema", "--metric", "latency p95"];
    const ended = await type([...words, ...asked], here(server));
    expect(ended.exit).toBe(EXIT.ok);
    expect(ended.stdout).toContain("50 % of 2 right, 95 % range 1.26 % to 98.74 %");
    expect(ended.stdout).toMatch(/fault +other +1 +case_1/);
    expect(server.calls.find((call) => call.name === "startEvaluation")!.body).toEqual({
      set: "tickets-may",
      release: run.release,
      step: 1,
      repeats: 3,
      atOnce: 8,
      metrics: ["schema", "latency p95"],
    });
    expect(states).toEqual([]);
  });

  it("ends with 1 and the reason when the run was given up, and at once when it shall not wait", async () => {
    const problem = "25 answers in a row failed";
    const server = await playing({
      listReleases: SAMPLES.listReleases,
      startEvaluation: run,
      getEvaluation: { ...TRIALS.getEvaluation, state: "failed", problem },
    });
    const ended = await type([...words, "--json"], here(server));
    expect(ended.exit).toBe(EXIT.failed);
    expect(ended.json()).toMatchObject({ error: { message: expect.stringContaining(problem) } });
    const waiting = await playing({
      startEvaluation: { ...run, state: "waiting", answered: 0, wrong: 0, right: 0, accuracy: null },
    });
    const quick = await type([...words, "--release", run.release, "--no-wait"], here(waiting));
    expect([quick.exit, quick.stdout.includes("no answers yet")]).toEqual([EXIT.ok, true]);
  });
});

describe("pilotage evaluation compare", () => {
  it("asks for both runs, tells the difference and the items that changed", async () => {
    const server = await playing({ compareEvaluations: TRIALS.compareEvaluations });
    const words = ["evaluation", "compare", "support-triage", "evr_1", "evr_2", "--margin", "5"];
    const ended = await type(words, here(server));
    expect(ended.exit).toBe(EXIT.ok);
    expect(ended.stdout).toContain("50 % (new minus old), 95 % range 0 % to 100 %");
    expect(ended.stdout).toMatch(/2 +case_1 +new/);
    expect(server.calls[0]).toMatchObject({
      params: { run: "evr_2" },
      query: { with: "evr_1", metric: "accuracy" },
    });
  });
});

describe("pilotage shadow", () => {
  it("starts the newest release, shows how far it is, and stops", async () => {
    const server = await playing({
      listReleases: SAMPLES.listReleases,
      setShadow: TRIALS.setShadow,
      getShadow: { ...TRIALS.getShadow, release: null },
    });
    expect((await type(["shadow", "support-triage", "latest", ...AS], here(server))).stdout).toContain(
      "3 labels, 1 of them say it was wrong",
    );
    expect((await type(["shadow", "support-triage"], here(server))).stdout).toContain("no release runs");
    await type(["shadow", "support-triage", "stop", ...AS], here(server));
    expect(server.calls.filter((call) => call.name === "setShadow").map((call) => call.body)).toEqual([
      { release: TRIALS.startEvaluation.release },
      { release: null },
    ]);
    expect((await type(["shadow", "support-triage", "stop"], here(server))).exit).toBe(EXIT.usage);
  });
});
