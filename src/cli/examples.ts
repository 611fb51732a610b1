/** The examples of a command: shown in its help and in docs/reference/cli.md, and run through the parser by a test. */
import type { Command } from "commander";

const EXAMPLES = new WeakMap<Command, readonly string[]>();

/** Adds examples to a command, each a whole line as one would type it. */
export function withExamples(command: Command, ...examples: [string, ...string[]]): Command {
  EXAMPLES.set(command, examples);
  return command.addHelpText("after", `\nExamples:\n${examples.map((example) => `  ${example}`).join("\n")}`);
}

export function examplesOf(command: Command): readonly string[] {
  return EXAMPLES.get(command) ?? [];
}
