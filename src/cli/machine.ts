/** `pilotage serve` and `pilotage doctor`: what acts on this machine itself. Their work is in app.ts. */
import { Option, type Command } from "commander";
import { whole } from "./arguments.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { EXIT } from "./exit.ts";
import { ROLES, type Finding, type Role } from "./local.ts";
import { count } from "./text.ts";

export function addMachine(program: Command, desk: Desk): void {
  const serve = program
    .command("serve")
    .description(
      "Runs Pilotage until it is stopped: intake, API and worker in one process, with its own database when none is set.",
    )
    .addOption(
      new Option("--role <role>", "which part of the program this process runs")
        .choices(ROLES)
        .default("all"),
    )
    .option("--port <port>", "where to listen; 0 takes a free port; default: PILOTAGE_PORT", whole(0, 65_535))
    .option("--host <host>", "the address to listen on; default: PILOTAGE_HOST")
    .action(async (options: { role: Role; port?: number; host?: string }) => {
      await (await desk.local()).serve(options);
      desk.out.result({ stopped: true }, () => "");
    });
  withExamples(serve, "pilotage serve", "pilotage serve --port 0", "pilotage serve --role worker");

  const doctor = program
    .command("doctor")
    .description(
      "Checks this machine: Node, data home, disk, keys, database, port. Ends with 3 when something is wrong.",
    )
    .action(async () => {
      const findings = await (await desk.local()).doctor();
      const faults = findings.filter(({ ok }) => !ok).length;
      if (faults > 0) desk.exit = EXIT.found;
      desk.out.result({ ok: faults === 0, findings }, () =>
        findings.map(shown).concat(verdict(faults)).join("\n"),
      );
    });
  withExamples(doctor, "pilotage doctor", "pilotage doctor --json");
}

function shown({ name, ok, detail, help }: Finding): string {
  return `${ok ? "ok   " : "FAULT"}  ${name}: ${detail}${ok || help === undefined ? "" : `\n       ${help}`}`;
}

function verdict(faults: number): string {
  return faults === 0 ? "Nothing is wrong." : `${count(faults, "fault")} found.`;
}
