/** Keys and connections: secrets appear only where they are asked for. */
import { describe, expect, it } from "vitest";
import { EXIT } from "./exit.ts";
import { here, stage, type } from "./playing.fixture.ts";
import { SAMPLES } from "./samples.fixture.ts";

const { playing } = stage();

describe("keys and connections", () => {
  it("a new key stands alone on stdout", async () => {
    const server = await playing(SAMPLES);
    const ended = await type(
      [
        "key",
        "make",
        "--name",
        "n",
        "--scope",
        "intake,read",
        "--scope",
        "review",
        "--days",
        "0.5",
        "--as",
        "jo",
      ],
      here(server),
    );
    expect(ended.stdout).toBe("pil_key_1_secret\n");
    expect(server.calls[0]!.body).toMatchObject({
      scopes: ["intake", "read", "review"],
      days: 0.5,
      simulated: false,
    });
    for (const scope of ["king", "operator"])
      expect(
        (await type(["key", "make", "--name", "n", "--scope", scope, "--as", "jo"], here(server))).exit,
      ).toBe(EXIT.usage);
  });

  it("the settings of a connection come from standard input and are not shown", async () => {
    const server = await playing(SAMPLES);
    const ended = await type(["connection", "set", "crm", "--settings", "-", "--as", "jo"], {
      ...here(server),
      stdin: '{"kind": "webhook", "secret": "whsec_x"}',
    });
    expect(server.calls[0]!.body).toEqual({ settings: { kind: "webhook", secret: "whsec_x" } });
    expect(`${ended.stdout}${ended.stderr}`).not.toContain("whsec_x");
    expect(
      await type(["connection", "set", "crm", "--settings", "-", "--as", "jo"], {
        ...here(server),
        stdin: "[]",
      }),
    ).toMatchObject({ exit: EXIT.failed });
  });

  it("a policy in force is not said to wait because that of another model does", async () => {
    const setting = ["connection", "policy", "mistral-eu"];
    const rest = ["--none", "--as", "jo"];
    const server = await playing(SAMPLES);
    const other = await type([...setting, "mistral-large", ...rest], here(server));
    expect(other.stdout).toBe("mistral-eu/mistral-large: the data policy is in force.\n");
    const own = await type([...setting, "mistral-small", ...rest], here(server));
    expect(own.stdout).toContain("waits for a second person");
  });
});
