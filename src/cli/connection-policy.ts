/** Data policies of offered models: changing one, and what waits for a second person (`connection policy`, `changes` ...). */
import type { Command } from "commander";
import type { Client } from "../contract/client.ts";
import { loosenedWords } from "../contract/policy-change.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { misuse } from "./exit.ts";
import { readJsonObject } from "./reading.ts";
import { moment, table } from "./text.ts";

type Change = Awaited<ReturnType<Client["approvePolicyChange"]>>;
type Saved = Awaited<ReturnType<Client["saveConnection"]>>;

export function addConnectionPolicies(group: Command, desk: Desk): void {
  const policy = group
    .command("policy")
    .argument("<name>", "the name of the connection")
    .argument("<model>", "the model, as the connection offers it")
    .description(
      "Changes the data policy of one offered model. What lets nothing more on is in force at once; anything else waits for a second person.",
    )
    .option("--settings <file>", "a JSON object as in passThrough[].policy; - reads standard input")
    .option("--none", "takes the policy away")
    .action(async (name: string, model: string, { settings, none }: { settings?: string; none?: true }) => {
      if ((settings === undefined) === (none === undefined))
        throw misuse("Give either --settings with the policy, or --none to take it away.");
      const body = {
        model,
        policy: settings === undefined ? null : await readJsonObject(settings, desk.stdin),
      };
      const reply = await (await desk.client("change")).setModelPolicy({ params: { name }, body });
      desk.out.result(reply, () => storedWords(reply, model));
      for (const warning of reply.warnings) desk.out.note(`Warning: ${warning}.`);
    });
  withExamples(
    policy,
    "pilotage connection policy mistral-eu mistral-small --settings policy.json --as j.okafor@example.com",
    "pilotage connection policy mistral-eu mistral-small --none --as j.okafor@example.com",
  );

  const changes = group
    .command("changes")
    .description("Lists looser data policies of offered models, those that wait for a second person first.")
    .action(async () => {
      const reply = await (await desk.client("read")).listPolicyChanges();
      desk.out.result(reply, () =>
        table(
          ["change", "state", "model", "would let on", "asked by", "asked", "decided by"],
          reply.changes.map((one) => [
            one.id,
            one.state,
            `${one.connection}/${one.model}`,
            one.why.map(loosenedWords).join("; "),
            one.requestedBy,
            moment(one.requestedAt),
            one.decidedBy,
          ]),
          "No data policy was loosened, and none waits.",
        ),
      );
    });
  withExamples(changes, "pilotage connection changes");

  const approve = group
    .command("approve")
    .argument("<change>", "the id of the change")
    .description("Puts a looser data policy in force, as its second person.")
    .action(async (change: string) => {
      const reply = await (await desk.client("change")).approvePolicyChange({ params: { change } });
      desk.out.result(reply, () => shownPolicyChange(reply));
    });
  withExamples(
    approve,
    "pilotage connection approve pch_01hzy3v7k2e8t9qxw4m5n6p7r8 --as e.brandt@example.com",
  );

  const refuse = group
    .command("refuse")
    .argument("<change>", "the id of the change")
    .description("Refuses a looser data policy that waits.")
    .action(async (change: string) => {
      const reply = await (await desk.client("change")).refusePolicyChange({ params: { change } });
      desk.out.result(reply, () => shownPolicyChange(reply));
    });
  withExamples(refuse, "pilotage connection refuse pch_01hzy3v7k2e8t9qxw4m5n6p7r8 --as e.brandt@example.com");
}

/** What of other models waits is in the warnings. */
function storedWords({ name, waiting }: Saved, model: string): string {
  const own = waiting.find((one) => one.model === model);
  return own === undefined ? `${name}/${model}: the data policy is in force.` : shownPolicyChange(own);
}

/** In one sentence, with the command that ends its waiting. */
export function shownPolicyChange({ id, connection, model, before, why, state }: Change): string {
  const what = `${connection}/${model}: the looser data policy (${why.map(loosenedWords).join("; ")})`;
  switch (state) {
    case "applied":
      return `${what} is in force.`;
    case "refused":
      return `${what} was refused.`;
    case "replaced":
      return `${what} was replaced by a later change.`;
    case "pending":
      return `${what} waits for a second person, and ${before === null ? "the model is not offered" : "the policy of before holds"} until then:\n  pilotage connection approve ${id} --as <another person>`;
  }
}
