/** People on the command line: links alone on stdout, roles in words, and what a disabling leaves behind. */
import { describe, expect, it } from "vitest";
import { EXIT } from "./exit.ts";
import { here, stage, type } from "./playing.fixture.ts";
import { SAMPLES } from "./samples.fixture.ts";

const { playing } = stage();
const AS = ["--as", "j.okafor@example.com"];

describe("people", () => {
  it("get a link that stands alone on stdout, also before anybody is there to act for", async () => {
    const server = await playing(SAMPLES);
    const ended = await type(
      ["user", "link", "k.adler@example.com", "--role", "reviewer@support-triage,administrator"],
      here(server),
    );
    expect(ended).toMatchObject({ exit: EXIT.ok, stdout: "https://pilotage.example.com/link#pin_1\n" });
    expect(server.calls[0]!.body).toEqual({
      email: "k.adler@example.com",
      grants: [
        { role: "reviewer", workflow: "support-triage" },
        { role: "administrator", workflow: null },
      ],
    });
  });

  it("are invited by somebody with a name, and the remark says whether a mail went out", async () => {
    const server = await playing(SAMPLES);
    expect((await type(["user", "invite", "k.adler@example.com"], here(server))).exit).toBe(EXIT.usage);
    const ended = await type(["user", "invite", "k.adler@example.com", ...AS], here(server));
    expect(ended).toMatchObject({
      stdout: "https://pilotage.example.com/link#pin_2\n",
      stderr: expect.stringContaining("Mail is not set up"),
    });
    expect(server.calls[0]!.body).toMatchObject({ name: "k.adler", grants: [] });
  });

  it("keep the roles that are not taken", async () => {
    const server = await playing(SAMPLES);
    await type(
      ["user", "roles", "K.Adler@example.com", "--give", "on-call@support-triage,viewer", ...AS],
      here(server),
    );
    expect(server.calls.at(-1)!.body).toEqual({
      grants: [
        { role: "reviewer", workflow: "support-triage" },
        { role: "on_call", workflow: "support-triage" },
        { role: "viewer", workflow: null },
      ],
    });
    await type(["user", "roles", "prs_1", "--take", "reviewer@support-triage", ...AS], here(server));
    expect(server.calls.at(-1)!.body).toEqual({ grants: [] });
  });

  it("lose nothing here that comes from elsewhere, and no role is made up", async () => {
    const server = await playing(SAMPLES);
    const elsewhere = await type(
      ["user", "roles", "prs_1", "--take", "on-call@support-triage", ...AS],
      here(server),
    );
    expect(elsewhere).toMatchObject({
      exit: EXIT.failed,
      stderr: expect.stringContaining("workflow's own document"),
    });
    for (const role of ["king", "reviewer@", ""])
      expect((await type(["user", "roles", "prs_1", "--give", role, ...AS], here(server))).exit).toBe(
        EXIT.usage,
      );
    expect(server.calls.some(({ name }) => name === "setRoles")).toBe(false);
  });

  it("are disabled with a word on what the others cannot do", async () => {
    const server = await playing(SAMPLES);
    expect(await type(["user", "disable", "k.adler@example.com", ...AS], here(server))).toMatchObject({
      exit: EXIT.ok,
      stdout: "k.adler@example.com is disabled.\n",
      stderr: expect.stringContaining("no second person with the role approver"),
    });
    expect(await type(["user", "disable", "nobody@example.com", ...AS], here(server))).toMatchObject({
      exit: EXIT.failed,
      stderr: expect.stringContaining("nobody@example.com"),
    });
  });

  it("a connection that fails its trial ends with its own code", async () => {
    const server = await playing({
      ...SAMPLES,
      testConnection: {
        ok: false,
        outcome: "failed",
        detail: "no connection to mail.example.com:587",
        milliseconds: 5,
        model: null,
        tokens: null,
        form: null,
        shutdownDate: null,
      },
    });
    expect(
      await type(["connection", "test", "mail", "--to", "a@example.com", ...AS], here(server)),
    ).toMatchObject({
      exit: EXIT.found,
      stdout: expect.stringContaining("no connection to mail.example.com:587"),
    });
  });
});
