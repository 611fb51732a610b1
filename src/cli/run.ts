/**
 * Runs one command line: parses it, does the command, tells how it ended.
 *
 * Never throws and never ends the process: the exit code comes back, so that everything written is flushed first.
 */
import { CommanderError, type Command } from "commander";
import { openDesk, type Desk, type GlobalOptions, type Surroundings } from "./desk.ts";
import { EXIT, failureOf, type ExitCode } from "./exit.ts";
import { openOutput } from "./output.ts";
import { openProgram } from "./program.ts";

/** Runs the arguments after `pilotage`; answers the exit code. */
export async function run(args: string[], surroundings: Surroundings): Promise<ExitCode> {
  let desk: Desk | undefined;
  // A reader that went away, as `| head` does, ends no command.
  for (const stream of [surroundings.stdout, surroundings.stderr]) stream.on("error", () => {});
  const program = openProgram(
    (tree: Command) => (desk = openDesk(surroundings, () => tree.opts<GlobalOptions>())),
  );
  for (const command of family(program)) {
    command.configureOutput({
      writeOut: (text) => void surroundings.stdout.write(text),
      writeErr: (text) => void surroundings.stderr.write(text),
      // Told below, in the form that --json asks for.
      outputError: () => {},
    });
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return desk!.exit;
  } catch (error) {
    // Help was shown; without being asked for, when a group was named without its command.
    const help = ["commander.helpDisplayed", "commander.help", "commander.version"];
    if (error instanceof CommanderError && help.includes(error.code))
      return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const failure = failureOf(error);
    // The arguments may not have been understood, so the options are looked for in the words themselves.
    openOutput({ ...surroundings, json: args.includes("--json"), quiet: false }).fail(failure);
    return failure.exit;
  }
}

/** A command and all below it. */
export function family(command: Command): Command[] {
  return [command, ...command.commands.flatMap(family)];
}
