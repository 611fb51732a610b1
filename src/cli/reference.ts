/**
 * The reference of the command line, written from the tree of commands: docs/reference/cli.md.
 *
 * A test compares the page with the tree, so that neither has a command, an option or an exit code that the other lacks.
 */
import type { Argument, Command, Option } from "commander";
import { examplesOf } from "./examples.ts";
import { EXIT_SENTENCES } from "./exit.ts";

/** The page as Markdown. */
export function referenceOf(program: Command): string {
  return `${[
    "# Command line",
    program.description(),
    "`pilotage --help` and `pilotage <command> --help` say the same as this page.",
    "## Options of every command",
    program.options.map(optionLine).join("\n"),
    "## Exit codes",
    Object.entries(EXIT_SENTENCES)
      .map(([code, sentence]) => `- \`${code}\`: ${sentence}`)
      .join("\n"),
    'With `--json` an error is `{"error": {"code", "message", "hint", "details"}}` on stdout; the codes are those of the HTTP interface.',
    "## Commands",
    ...leaves(program).map(section),
  ].join("\n\n")}\n`;
}

/** The commands that do something, in the order of the tree. */
export function leaves(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

/** The whole name, e.g. `pilotage case show`. */
export function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

function section(command: Command): string {
  const details = [...command.registeredArguments.map(argumentLine), ...command.options.map(optionLine)];
  const usage = command.registeredArguments.map(shown).join(" ");
  return [
    `### ${nameOf(command)}`,
    command.description(),
    ...(details.length === 0
      ? []
      : [`Usage: \`${nameOf(command)}${usage === "" ? "" : ` ${usage}`}\``, details.join("\n")]),
    `\`\`\`sh\n${examplesOf(command).join("\n")}\n\`\`\``,
  ].join("\n\n");
}

function argumentLine(argument: Argument): string {
  return `- \`${shown(argument)}\`: ${sentence(argument.description, argument.argChoices, undefined)}`;
}

function optionLine(option: Option): string {
  const needed = option.mandatory ? " (needed)" : "";
  return `- \`${option.flags}\`${needed}: ${sentence(option.description, option.argChoices, option.negate ? undefined : (option.defaultValue as string | number | undefined))}`;
}

function shown(argument: Argument): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
}

function sentence(
  description: string,
  choices: readonly string[] | undefined,
  standard: string | number | undefined,
): string {
  const parts = [description];
  if (choices !== undefined) parts.push(`one of ${choices.map((choice) => `\`${choice}\``).join(", ")}`);
  if (standard !== undefined) parts.push(`default: \`${standard}\``);
  return parts.join("; ");
}
