/** How command lines end: exit codes, the form of errors, who acts, and to whom a key goes. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough, Readable, Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { PilotageError } from "../contract/errors.ts";
import { EXIT } from "./exit.ts";
import { here, play, stage, type } from "./playing.fixture.ts";
import { run } from "./run.ts";
import { CASE, SAMPLES } from "./samples.fixture.ts";

const { playing } = stage();

describe("exit codes", () => {
  it("0: done, with the result on stdout", async () => {
    const ended = await type(["status", "support-triage"], here(await playing(SAMPLES)));
    expect(ended).toMatchObject({ exit: EXIT.ok, stderr: "" });
    expect(ended.stdout).toContain("20 % of the new cases");
  });

  it("1: refused by the program, with its code, message and hint", async () => {
    const refusal = new PilotageError("wrong_state", "The release is preparing.", {
      hint: "Wait until it is ready.",
    });
    const ended = await type(
      ["share", "w", "rel_1", "20", "--as", "jo"],
      here(await playing({ setShare: refusal })),
    );
    expect(ended).toMatchObject({ exit: EXIT.failed, stdout: "" });
    expect(ended.stderr).toBe("Error (wrong_state): The release is preparing.\nWait until it is ready.\n");
  });

  it("2: wrong usage, before anything is sent", async () => {
    const server = await playing(SAMPLES);
    for (const args of [
      ["sttus"],
      ["status", "--speed"],
      ["share", "w"],
      ["share", "w", "r", "120"],
      ["clock", "advance", "5"],
      ["case"],
      ["case", "list", "w", "--state", "odd"],
      ["status", "--url", "nowhere"],
    ]) {
      expect((await type([...args, "--as", "jo"], here(server))).exit, args.join(" ")).toBe(EXIT.usage);
    }
    expect((await type(["sttus"])).stderr).toContain("Did you mean status?");
    expect(server.calls).toEqual([]);
  });

  it("3: doctor found a fault", async () => {
    const findings = [
      { name: "node", ok: true, detail: "24" },
      { name: "disk", ok: false, detail: "full", help: "Make room." },
    ];
    const ended = await type(["doctor"], { local: { doctor: async () => findings } });
    expect(ended).toMatchObject({
      exit: EXIT.found,
      stdout: "ok     node: 24\nFAULT  disk: full\n       Make room.\n1 fault found.\n",
    });
    expect((await type(["doctor"], { local: { doctor: async () => findings.slice(0, 1) } })).exit).toBe(
      EXIT.ok,
    );
  });

  it("4: nothing runs here, or nothing listens there", async () => {
    expect(await type(["status"])).toMatchObject({ exit: EXIT.unanswered });
    const gone = await play({});
    await gone.close();
    expect(await type(["status"], here(gone))).toMatchObject({ exit: EXIT.unanswered });
    expect((await type(["status", "--json"], here(gone))).json()).toMatchObject({
      error: { code: "database_unavailable" },
    });
  });

  it("a server whose database is away answers, so that is a 1", async () => {
    const server = await playing({
      listWorkflows: new PilotageError("database_unavailable", "The database is away."),
    });
    expect(await type(["status"], here(server))).toMatchObject({ exit: EXIT.failed });
  });

  it("an answer in another form than the contract's is told as what it is", async () => {
    const answers = ["{}", "no JSON", '{"error": {"code": "made_up", "message": "x"}}'];
    const other = createServer((_request, response) => response.end(answers.shift()));
    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    const there = { url: `http://127.0.0.1:${(other.address() as AddressInfo).port}`, key: "pil_x" };
    while (answers.length > 0) {
      const ended = await type(["status", "--json"], there);
      expect(ended).toMatchObject({ exit: EXIT.failed });
      expect(ended.json()).toMatchObject({ error: { code: "internal" } });
    }
    other.closeAllConnections();
    other.close();
    await once(other, "close");
  });

  it("4, too, when the connection breaks while the answer is read", async () => {
    const other = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
      response.write('{"workflows"', () => response.destroy());
    });
    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    expect((await type(["status"], { url, key: "pil_x" })).exit).toBe(EXIT.unanswered);
    other.close();
    await once(other, "close");
  });

  it("help and version end well and need no program", async () => {
    for (const args of [["--help"], ["help"], ["case", "list", "--help"], ["help", "case"], ["--version"]]) {
      const ended = await type(args, { local: {} });
      expect([ended.exit, ended.stderr], args.join(" ")).toEqual([EXIT.ok, ""]);
      expect(ended.stdout).not.toBe("");
    }
  });
});

describe("--json", () => {
  it("puts one document on stdout, wherever the option stands", async () => {
    const server = await playing(SAMPLES);
    for (const args of [
      ["--json", "case", "show", CASE],
      ["case", "--json", "show", CASE],
      ["case", "show", CASE, "--json"],
    ]) {
      expect((await type(args, here(server))).json()).toEqual(SAMPLES.getCase);
    }
  });

  it("puts errors there in the form of the contract, wrong usage too", async () => {
    const refusal = new PilotageError("bad_input", "No.", {
      details: [{ path: "text", message: "is missing" }],
    });
    const server = await playing({ getCase: refusal });
    const refused = await type(["case", "show", "x", "--json"], here(server));
    expect(refused).toMatchObject({ exit: EXIT.failed, stderr: "" });
    expect(refused.json()).toEqual({
      error: { code: "bad_input", message: "No.", details: [{ path: "text", message: "is missing" }] },
    });
    const misused = await type(["bogus", "--json"]);
    expect(misused).toMatchObject({ exit: EXIT.usage, stderr: "" });
    expect(misused.json()).toMatchObject({
      error: { code: "bad_request", message: "unknown command 'bogus'" },
    });
  });
});

describe("who acts", () => {
  it("the local operator must say for whom a change is made, and the name arrives", async () => {
    const server = await playing(SAMPLES);
    const unnamed = await type(["review", "undo", CASE], here(server));
    expect(unnamed.exit).toBe(EXIT.usage);
    expect(unnamed.stderr).toContain("--as <person>");
    expect(server.calls).toEqual([]);
    await type(["review", "undo", CASE, "--as", "Jana Öz"], here(server));
    expect(decodeURIComponent(String(server.calls[0]!.headers["x-pilotage-as"]))).toBe("Jana Öz");
    expect((await type(["review", "undo", CASE, "--as", " "], here(server))).exit).toBe(EXIT.usage);
  });

  it("reading needs no name, and an API key acts for itself", async () => {
    const server = await playing(SAMPLES);
    expect((await type(["status"], here(server))).exit).toBe(EXIT.ok);
    expect((await type(["review", "undo", CASE], { url: server.url, key: "pil_mine" })).exit).toBe(EXIT.ok);
    expect(server.calls.at(-1)!.headers).toMatchObject({ authorization: "Bearer pil_mine" });
    expect(server.calls.at(-1)!.headers).not.toHaveProperty("x-pilotage-as");
  });

  it("options go before settings, settings before what runs here", async () => {
    const [asked, set, local] = [await playing(SAMPLES), await playing(SAMPLES), await playing(SAMPLES)];
    await type(["status", "--url", asked.url, "--key", "pil_asked"], {
      url: set.url,
      key: "pil_set",
      ...here(local),
    });
    await type(["status"], { url: set.url, key: "pil_set", ...here(local) });
    await type(["status"], here(local));
    expect([asked, set, local].map(({ calls }) => calls.map(({ headers }) => headers.authorization))).toEqual(
      [["Bearer pil_asked"], ["Bearer pil_set"], ["Bearer pil_operator"]],
    );
  });

  it("the operator's key goes to the program on this machine and to no other address", async () => {
    const [local, other] = [await playing(SAMPLES), await playing(SAMPLES)];
    const ended = await type(["status", "--url", other.url], here(local));
    expect(ended.exit).toBe(EXIT.failed);
    expect(ended.stderr).toContain("--key");
    expect(other.calls).toEqual([]);
    expect((await type(["status", "--url", `${local.url}/`], here(local))).exit).toBe(EXIT.ok);
  });
});

describe("output", () => {
  it("shows control characters from anybody's content as escapes", async () => {
    const task = {
      ...SAMPLES.claimReview,
      externalId: "\u001b]0;owned\u0007",
      input: { text: "a\u009b31mb\u202etxt" },
    };
    const { stdout } = await type(
      ["review", "claim", CASE, "--as", "jo"],
      here(await playing({ claimReview: task })),
    );
    expect(stdout).toContain("\\u001b]0;owned\\u0007");
    expect(stdout).toContain("a\\u009b31mb\\u202etxt");
    // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
    expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  it("a reader that goes away ends no command, not even help", async () => {
    const server = await playing(SAMPLES);
    const closed = () =>
      new Writable({
        write: (_chunk, _encoding, done) => done(Object.assign(new Error("EPIPE"), { code: "EPIPE" })),
      });
    const typed = (args: string[]) =>
      run(args, {
        stdin: Readable.from([]),
        stdout: closed(),
        stderr: new PassThrough(),
        url: server.url,
        key: "pil_x",
        local: () => Promise.reject(new Error("not asked")),
      });
    expect(await typed(["review", "undo", CASE])).toBe(EXIT.ok);
    expect(await typed(["--help"])).toBe(EXIT.ok);
    expect(server.calls.map(({ name }) => name)).toEqual(["undoVerdict"]);
  });

  it("serve gets its options as they were typed", async () => {
    const served: unknown[] = [];
    const local = { serve: async (options: unknown) => void served.push(options) };
    expect((await type(["serve"], { local })).exit).toBe(EXIT.ok);
    await type(["serve", "--role", "worker", "--port", "0", "--host", "::1"], { local });
    expect(served).toEqual([{ role: "all" }, { role: "worker", port: 0, host: "::1" }]);
    expect((await type(["serve", "--role", "king"], { local })).exit).toBe(EXIT.usage);
  });
});
