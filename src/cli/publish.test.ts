/** From a folder to a release with a share: init, check, apply, publish, share, autonomy. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { EXIT } from "./exit.ts";
import { here, stage, type } from "./playing.fixture.ts";
import { RELEASE, SAMPLES } from "./samples.fixture.ts";

const { playing, path } = stage();

describe("init and check", () => {
  it("init writes a workflow that check finds good, named for its folder", async () => {
    const target = path("Front Desk");
    const made = await type(["init", target, "--json"]);
    expect(made).toMatchObject({ exit: EXIT.ok });
    expect(made.json()).toMatchObject({ workflow: "front-desk" });
    expect((await type(["init", path("beside")])).stdout).toContain("Its owner is e.brandt@example.com");
    expect(await type(["check", target])).toMatchObject({
      exit: EXIT.ok,
      stdout: "The definition of front-desk is good.\n",
    });
  });

  it("init never writes over what is there", async () => {
    const target = path("full");
    await type(["init", target]);
    const again = await type(["init", target]);
    expect(again).toMatchObject({ exit: EXIT.failed });
    expect(again.stderr).toContain("not empty");
    expect((await type(["init", path("..."), "--name", "Not A Slug"])).exit).toBe(EXIT.usage);
  });

  it("check ends with 3 and names file, line and problem, as text and as JSON", async () => {
    const target = path("broken");
    await type(["init", target]);
    const release = join(target, "release.yaml");
    await writeFile(release, (await readFile(release, "utf8")).replace("facets:", "fasets:"));
    await writeFile(join(target, "reply.liquid.md"), Buffer.from("Gr\xfc\xdfe", "latin1"));
    await writeFile(join(target, "notes.csv"), Buffer.from("nobody names me: \xfc", "latin1"));
    const told = await type(["check", target]);
    expect(told.exit).toBe(EXIT.found);
    expect(told.stdout).toMatch(/release\.yaml:\d+:1 {2}fasets: .*\n.*\n {4}did you mean: facets/);
    expect(told.stdout).toContain("reply.liquid.md:1:1  the file is not valid UTF-8");
    expect(told.stdout).not.toContain("notes.csv");
    expect(told.stdout).not.toContain("there is no file reply.liquid.md");
    const problems = (await type(["check", target, "--json"])).json() as {
      ok: boolean;
      problems: { file: string }[];
    };
    expect(problems.ok).toBe(false);
    expect(problems.problems.map((one) => one.file)).toContain("release.yaml");
    expect((await type(["check", path("nowhere")])).exit).toBe(EXIT.usage);
  });

  it("apply and publish send nothing of a definition with problems", async () => {
    const target = path("wrong");
    await type(["init", target]);
    await writeFile(join(target, "workflow.yaml"), "workflow: [");
    const server = await playing(SAMPLES);
    for (const command of ["apply", "publish"]) {
      const ended = await type([command, target, "--as", "jo", "--json"], here(server));
      expect(ended.exit).toBe(EXIT.found);
      expect(ended.json()).toMatchObject({
        error: { code: "definition_invalid", details: [{ file: "workflow.yaml" }] },
      });
    }
    expect(server.calls).toEqual([]);
  });
});

describe("apply, publish, share", () => {
  const target = () => path("triage");
  beforeAll(() => type(["init", target()]));

  it("apply shows the dials that differ and the changes that wait", async () => {
    const server = await playing({ applyWorkflow: { ...SAMPLES.applyWorkflow, pending: ["chg_9"] } });
    const ended = await type(["apply", target(), "--take-file", "--as", "jo"], here(server));
    expect(server.calls[0]).toMatchObject({
      params: { workflow: "triage" },
      body: { takeFile: true, dryRun: false, document: { workflow: "triage", undo: 10_000 } },
    });
    expect(ended.stdout).toContain("qa.share  0.05      0.01  yes");
    expect(ended.stdout).toContain("pilotage approve chg_9");
  });

  it("publish sends the exact examples and waits until the release is ready", async () => {
    const states = ["preparing", "preparing", "ready"];
    const server = await playing({
      publishRelease: { ...SAMPLES.publishRelease, state: "preparing" },
      getRelease: () => ({ ...SAMPLES.getRelease, state: states.shift(), document: { large: true } }),
    });
    const ended = await type(["publish", target(), "--commit", "abc", "--as", "jo", "--json"], here(server));
    expect(ended.json()).toEqual(SAMPLES.getRelease);
    expect(states).toEqual([]);
    const body = server.calls[0]!.body as { examples: string; provenance: unknown };
    expect(body.examples).toBe(await readFile(join(target(), "examples.jsonl"), "utf8"));
    expect(body.provenance).toEqual({ commit: "abc" });
  });

  it("publish does not wait when told so, and fails when the release does", async () => {
    const preparing = { ...SAMPLES.publishRelease, state: "preparing" };
    const server = await playing({
      publishRelease: preparing,
      getRelease: { ...preparing, state: "failed", problem: "No examples." },
    });
    expect((await type(["publish", target(), "--no-wait", "--as", "jo"], here(server))).exit).toBe(EXIT.ok);
    expect(server.calls).toHaveLength(1);
    const failed = await type(["publish", target(), "--as", "jo"], here(server));
    expect(failed.exit).toBe(EXIT.failed);
    expect(failed.stderr).toContain("No examples.");
  });

  it("publish says that apply comes first", async () => {
    const ended = await type(["publish", target(), "--as", "jo"], here(await playing({})));
    expect(ended.exit).toBe(EXIT.failed);
    expect(ended.stderr).toContain("pilotage apply");
  });

  it("share reads percents as people write them and finds the latest release", async () => {
    const server = await playing(SAMPLES);
    for (const written of ["20", "20%", "20 %", "2,5 %", "0", "100"])
      await type(["share", "w", "latest", written, "--as", "jo"], here(server));
    const sent = server.calls.filter(({ name }) => name === "setShare").map(({ body }) => body);
    expect(sent).toEqual([0.2, 0.2, 0.2, 0.025, 0, 1].map((share) => ({ release: RELEASE, share })));
    const none = await type(
      ["share", "w", "latest", "20", "--as", "jo"],
      here(await playing({ listReleases: { releases: [] } })),
    );
    expect(none).toMatchObject({ exit: EXIT.failed });
  });

  it("raising the autonomy tells who has to approve what", async () => {
    const ended = await type(
      ["autonomy", "support-triage", "20", "--reason", "certified", "--as", "jo"],
      here(await playing(SAMPLES)),
    );
    expect(ended.stdout).toBe(
      "support-triage: autonomy from 0 % to 20 % waits for a second person:\n  pilotage approve chg_1 --as <another person>\n",
    );
  });
});
