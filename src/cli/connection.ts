/** `pilotage connection`: addresses with their secrets, which definitions use by name. */
import type { Command } from "commander";
import { PilotageError } from "../contract/errors.ts";
import { addConnectionPolicies } from "./connection-policy.ts";
import { shownConnection } from "./connection-shown.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { EXIT } from "./exit.ts";
import { readJsonObject } from "./reading.ts";
import { brief, moment, table } from "./text.ts";

export function addConnection(program: Command, desk: Desk): void {
  const group = program
    .command("connection")
    .description("Stores, lists, tries and removes the connections of this installation.");

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

  const show = group
    .command("show")
    .argument("<name>", "the name of the connection")
    .description("Shows one connection: where it goes, and which models it offers under which data policy.")
    .action(async (name: string) => {
      const { connections } = await (await desk.client("read")).listConnections();
      const found = connections.find((one) => one.name === name);
      if (found === undefined)
        throw new PilotageError("not_found", `There is no connection "${name.slice(0, 60)}".`, {
          hint: "`pilotage connection list` lists them.",
        });
      desk.out.result(found, () => shownConnection(found));
    });
  withExamples(show, "pilotage connection show crm");

  const set = group
    .command("set")
    .argument("<name>", "the name that definitions use")
    .description(
      "Stores a connection, encrypted. Its settings come from a file or standard input, never from the command line, where others could read them.",
    )
    .requiredOption(
      "--settings <file>",
      "a JSON object with kind and what that kind needs; - reads standard input",
    )
    .option(
      "--keep <secrets...>",
      "secrets that stay as they are stored, as the list names them, e.g. apiKey headers.x-team",
    )
    .action(async (name: string, { settings, keep }: { settings: string; keep?: string[] }) => {
      const body = {
        settings: await readJsonObject(settings, desk.stdin),
        ...(keep === undefined ? {} : { keep }),
      };
      const reply = await (await desk.client("change")).saveConnection({ params: { name }, body });
      desk.out.result(reply, () => `${reply.name} is stored (${reply.kind}).`);
      for (const warning of reply.warnings) desk.out.note(`Warning: ${warning}.`);
    });
  withExamples(
    set,
    "pilotage connection set crm --settings crm.json --as j.okafor@example.com",
    "pilotage connection set crm --settings crm.json --keep secret --as j.okafor@example.com",
    "pilotage connection set crm --settings - --as j.okafor@example.com",
  );

  addConnectionPolicies(group, desk);

  const test = group
    .command("test")
    .argument("<name>", "the name of the connection")
    .description(
      "Tries a connection: a model gets a tiny question, mail sends a message, a sign-in provider is asked for its description, the address of a webhook is only connected to.",
    )
    .option("--to <email>", "for mail: where the test message goes")
    .option(
      "--model <name>",
      "for language models: which to ask; without it the one that the newest release asks over the connection",
    )
    .action(async (name: string, { to, model }: { to?: string; model?: string }) => {
      const client = await desk.client("change");
      const body = { ...(to === undefined ? {} : { to }), ...(model === undefined ? {} : { model }) };
      const reply = await client.testConnection({ params: { name }, body });
      if (!reply.ok) desk.exit = EXIT.found;
      const counted = reply.tokens ? `, ${reply.tokens.input} + ${reply.tokens.output} tokens` : "";
      desk.out.result(
        reply,
        () => `${reply.ok ? "ok" : "failed"} (${reply.milliseconds} ms${counted}): ${reply.detail}`,
      );
    });
  withExamples(
    test,
    "pilotage connection test mistral-eu --as j.okafor@example.com",
    "pilotage connection test mistral-eu --model mistral-small --as j.okafor@example.com",
    "pilotage connection test mail --to j.okafor@example.com --as j.okafor@example.com",
  );

  const remove = group
    .command("remove")
    .argument("<name>", "the name of the connection")
    .description("Removes a connection that no workflow and no release in use names.")
    .action(async (name: string) => {
      const reply = await (await desk.client("change")).removeConnection({ params: { name } });
      desk.out.result(reply, () => `${name} is removed.`);
    });
  withExamples(remove, "pilotage connection remove company --as j.okafor@example.com");
}
