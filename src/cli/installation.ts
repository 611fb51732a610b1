/** Commands about the installation as a whole: `openapi` and `clock advance`. */
import type { Command } from "commander";
import { duration } from "./arguments.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { moment } from "./text.ts";

export function addInstallation(program: Command, desk: Desk): void {
  const openapi = program
    .command("openapi")
    .description("Prints the interface of the program as OpenAPI 3.1.")
    .action(async () => {
      const document: unknown = await (await desk.client("open")).openApi();
      desk.out.result(document, () => JSON.stringify(document, null, 2));
    });
  withExamples(openapi, "pilotage openapi");

  const clock = program.command("clock").description("Simulated time, for rehearsals.");
  const advance = clock
    .command("advance")
    .argument("<duration>", "how far: 10s, 5min, 2h, 1d", duration)
    .description("Moves simulated time on; only in an installation that was started with PILOTAGE_CLOCK.")
    .action(async (milliseconds: number) => {
      const reply = await (await desk.client("change")).advanceClock({ body: { milliseconds } });
      desk.out.result(reply, () => `It is now ${moment(reply.now)}.`);
    });
  withExamples(advance, "pilotage clock advance 2h --as j.okafor@example.com");
}
