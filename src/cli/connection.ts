/** `pilotage connection`: addresses with their secrets, which definitions use by name. */
import type { Command } from "commander";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { readJsonObject } from "./reading.ts";
import { brief, moment, table } from "./text.ts";

export function addConnection(program: Command, desk: Desk): void {
  const group = program
    .command("connection")
    .description("Stores and lists the connections of this installation.");

  const list = group
    .command("list")
    .description("Lists the connections; secrets are never shown.")
    .action(async () => {
      const reply = await (await desk.client("read")).listConnections();
      desk.out.result(reply, () =>
        table(
          ["connection", "kind", "saved", "by", "settings"],
          reply.connections.map((one) => [
            one.name,
            one.kind,
            moment(one.savedAt),
            one.savedBy,
            brief(one.shown),
          ]),
          "There is no connection yet.",
        ),
      );
    });
  withExamples(list, "pilotage connection list");

  const set = group
    .command("set")
    .argument("<name>", "the name that definitions use")
    .description(
      "Stores a connection, encrypted. Its settings come from a file or standard input, never from the command line, where others could read them.",
    )
    .requiredOption("--settings <file>", "a JSON object with kind, url, secret; - reads standard input")
    .action(async (name: string, { settings }: { settings: string }) => {
      const body = { settings: await readJsonObject(settings, desk.stdin) };
      const reply = await (await desk.client("change")).saveConnection({ params: { name }, body });
      desk.out.result(reply, () => `${reply.name} is stored (${reply.kind}).`);
    });
  withExamples(
    set,
    "pilotage connection set crm --settings crm.json --as j.okafor@example.com",
    "pilotage connection set crm --settings - --as j.okafor@example.com",
  );
}
