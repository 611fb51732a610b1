/** What `certify` says and how it ends; and that autonomy without a certificate is no secret. */
import { describe, expect, it } from "vitest";
import { EXIT } from "./exit.ts";
import { here, stage, type } from "./playing.fixture.ts";
import { SAMPLES } from "./samples.fixture.ts";

const { playing } = stage();
const AS = ["--as", "j.okafor@example.com"];

describe("pilotage certify", () => {
  it("says what is certified first, then what it rests on", async () => {
    const server = await playing(SAMPLES);
    const ended = await type(["certify", "support-triage", "--simulated", ...AS], here(server));
    expect(ended.exit).toBe(EXIT.ok);
    const [first, ...rest] = ended.stdout.split("\n");
    expect(first).toBe(
      "support-triage: certified at 0.71, bound 4.7 %, coverage 48 %, until 2026-04-05; 4 wrong of 193 among 400 coin labels, 2026-01-05",
    );
    expect(rest.join("\n")).toContain("20 cold, 20 qa, 360 review");
    expect(rest.join("\n")).toContain("number 1, spent 2.5 %");
    expect(server.calls.at(-1)!.body).toEqual({ from: "labels", step: 0, simulated: true });
  });

  it("ends with 3 when nothing can be certified, so that a script sees it", async () => {
    const look = {
      ...SAMPLES.certify,
      result: "none",
      certificate: null,
      moreLabels: 140,
      sentence: "no threshold can be certified; about 140 more labels are needed",
    };
    const ended = await type(["certify", "support-triage", ...AS], here(await playing({ certify: look })));
    expect(ended.exit).toBe(EXIT.found);
    expect(ended.stdout).toContain("about 140 more labels are needed");
  });
});

it("a release that was named `latest` is the newest one, also for a preview", async () => {
  const release = SAMPLES.listReleases.releases[0]!.id;
  const server = await playing(SAMPLES);
  await type(["certify", "support-triage", "--release", "latest", ...AS], here(server));
  expect(server.calls.at(-1)).toMatchObject({ name: "certify", body: { release } });
  const shown = await type(["certify", "support-triage", "--release", "latest", "--preview"], here(server));
  expect(server.calls.at(-1)).toMatchObject({ name: "previewCertification", query: { release } });
  expect(shown.stdout).not.toMatch(/\d\.\d{5,} %/);
});

it("a look that does not come out the same ends with 3", async () => {
  const recheck = {
    id: "look_1",
    agrees: false,
    differences: ["x"],
    sentence: "It does not come out the same: x.",
  };
  const ended = await type(
    ["certificate", "check", "look_1", ...AS],
    here(await playing({ recheckCertification: recheck })),
  );
  expect(ended).toMatchObject({ exit: EXIT.found, stdout: "It does not come out the same: x.\n" });
});

it("autonomy says when no certificate is in force", async () => {
  const note =
    "No certificate is in force for support-triage, so every case is reviewed, whatever the autonomy.";
  const ended = await type(
    ["autonomy", "support-triage", "20", ...AS],
    here(await playing({ setAutonomy: { ...SAMPLES.setAutonomy, note } })),
  );
  expect(ended.stdout).toContain("waits for a second person");
  expect(ended.stdout).toContain(note);
});

it("status has the certificate in one line, or that there is none", async () => {
  const seen = async (certificates: unknown[]) =>
    (
      await type(
        ["status", "support-triage"],
        here(await playing({ getWorkflow: { ...SAMPLES.getWorkflow, certificates } })),
      )
    ).stdout;
  const [certificate] = SAMPLES.getWorkflow.certificates;
  expect(await seen([certificate])).toMatch(/certificate +rel_\w+: certified at 0\.71, bound 4\.7 %/);
  expect(
    await seen([{ ...certificate, inForce: false, standing: "not in force: its 90 days are over" }]),
  ).toContain("not in force: its 90 days are over");
  expect(await seen([])).toContain("none: every case is reviewed");
});
