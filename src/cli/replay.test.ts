/** Replaying quarantined records, one or many. */
import { describe, expect, it } from "vitest";
import { PilotageError } from "../contract/errors.ts";
import { EXIT } from "./exit.ts";
import { here, stage, type, type PlayedCall } from "./playing.fixture.ts";
import { SAMPLES } from "./samples.fixture.ts";

const { playing } = stage();

describe("quarantine replay", () => {
  it("replays all records of a reason once, and ends with 1 when some stay", async () => {
    const records = ["qua_3", "qua_2", "qua_1"].map((id) => ({ ...SAMPLES.listQuarantine.records[0]!, id }));
    const server = await playing({
      listQuarantine: ({ query }: PlayedCall) =>
        query["before"] === "qua_2"
          ? { records: records.slice(2), next: null }
          : { records: records.slice(0, 2), next: "qua_2" },
      replayQuarantined: ({ params }: PlayedCall) =>
        params["id"] === "qua_2"
          ? new PilotageError("bad_input", "Still no case.")
          : SAMPLES.replayQuarantined,
    });
    const ended = await type(
      ["quarantine", "replay", "--reason", "schema_mismatch", "--workflow", "w", "--as", "jo"],
      here(server),
    );
    expect(ended).toMatchObject({
      exit: EXIT.failed,
      stdout: "qua_2: Still no case.\n3 records replayed: 2 admitted, 0 duplicate, 1 still in quarantine\n",
    });
    expect(
      server.calls.filter(({ name }) => name === "replayQuarantined").map(({ params }) => params["id"]),
    ).toEqual(["qua_3", "qua_2", "qua_1"]);
  });

  it("stops when the fault is not the record's", async () => {
    const server = await playing({
      ...SAMPLES,
      replayQuarantined: new PilotageError("forbidden", "Not with this key."),
    });
    expect(
      await type(
        ["quarantine", "replay", "--reason", "not_json", "--workflow", "w", "--as", "jo"],
        here(server),
      ),
    ).toMatchObject({ exit: EXIT.failed, stdout: "" });
  });

  it("takes either one record or a reason with a workflow", async () => {
    const server = await playing(SAMPLES);
    for (const args of [
      [],
      ["--reason", "not_json"],
      ["qua_1", "--workflow", "w"],
      ["--reason", "not_json", "--workflow", "w", "--external-id", "x"],
    ]) {
      expect(
        (await type(["quarantine", "replay", ...args, "--as", "jo"], here(server))).exit,
        args.join(" "),
      ).toBe(EXIT.usage);
    }
    expect(server.calls).toEqual([]);
  });
});
