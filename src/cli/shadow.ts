/** `pilotage shadow`: lets a release answer the new cases without anybody seeing or using what it says. */
import type { Command } from "commander";
import type { Client } from "../contract/client.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { newest } from "./share.ts";
import { count, facts } from "./text.ts";

type Shadow = Awaited<ReturnType<Client["getShadow"]>>;

export function addShadow(program: Command, desk: Desk): void {
  const shadow = program
    .command("shadow")
    .argument("<workflow>", "its name")
    .argument("[release]", "the id of a release, `latest`, or `stop`; without it, how far it is")
    .description(
      "Lets a release answer the new cases in shadow: nobody sees its output, nothing uses it, and it is compared with the labels of the same cases. Allowed at share 0, and while people do all the work.",
    )
    .action(async (workflow: string, wanted?: string) => {
      const params = { workflow };
      if (wanted === undefined) {
        const reply = await (await desk.client("read")).getShadow({ params });
        return desk.out.result(reply, () => shown(reply));
      }
      const client = await desk.client("change");
      const release =
        wanted === "stop" ? null : wanted === "latest" ? await newest(client, workflow) : wanted;
      const reply = await client.setShadow({ params, body: { release } });
      desk.out.result(reply, () => shown(reply));
    });
  withExamples(
    shadow,
    "pilotage shadow support-triage latest --as j.okafor@example.com",
    "pilotage shadow support-triage",
    "pilotage shadow support-triage stop --as j.okafor@example.com",
  );
}

function shown({ workflow, release, waiting, answered, failed, compared, wrong, open }: Shadow): string {
  if (release === null) return `${workflow}: no release runs in shadow.`;
  const told = facts([
    ["waiting", count(waiting, "case")],
    ["answered", count(answered, "case")],
    ["failed", failed === 0 ? "" : count(failed, "case")],
    ["compared", `${count(compared, "label")}, ${wrong} of them say it was wrong`],
    ["open", open === 0 ? "" : `${count(open, "label")} without an answer to compare with`],
  ]);
  return `${workflow}: ${release} runs in shadow\n${told}\nNext: pilotage certify ${workflow} --release ${release} --from shadow --as <person>`;
}
