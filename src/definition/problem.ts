/** A problem of a definition: where it is, what is wrong, what was expected, what may have been meant. */
import { PilotageError } from "../contract/errors.ts";

export interface Problem {
  /** Path of the file inside the workflow's folder. */
  file: string;
  /** 1-based; 1 when the whole file is meant. */
  line: number;
  column: number;
  /** Place in the document, e.g. `feeds.0.schedule`; empty for the whole file. */
  path: string;
  message: string;
  expected: string;
  suggestion?: string;
}

/** The problems as text for a terminal, one per paragraph, in the order of files and lines. */
export function formatProblems(problems: Problem[]): string {
  return problems
    .map(({ file, line, column, path, message, expected, suggestion }) => {
      const place = path === "" ? "" : `${path}: `;
      const meant = suggestion === undefined ? "" : `\n    did you mean: ${suggestion}`;
      return `${file}:${line}:${column}  ${place}${message}\n    expected: ${expected}${meant}`;
    })
    .join("\n");
}

/** Characters of problems in a message; the details hold all. */
const MOST_TOLD = 2_000;

/** The refusal of a compiled document: its first problems in the message, all of them in the details. */
export function definitionInvalid(
  document: "workflow" | "release",
  problems: Problem[],
  outcome: string,
): PilotageError {
  const told = problems
    .map(
      ({ file, path, message }) =>
        `${[file === document ? "" : file, path].filter(Boolean).join(".")}: ${message}`,
    )
    .join("; ")
    .slice(0, MOST_TOLD);
  return new PilotageError(
    "definition_invalid",
    `The ${document} document is not valid: ${told}. ${outcome}`,
    { hint: "`pilotage check <folder>` names every problem with its line.", details: problems },
  );
}

/** By file, line, column; the same problem only once. */
export function sorted(problems: Problem[]): Problem[] {
  const unique = new Map(
    problems.map((problem) => [
      JSON.stringify([problem.file, problem.line, problem.column, problem.path, problem.message]),
      problem,
    ]),
  );
  return [...unique.values()].sort(
    (a, b) =>
      compare(a.file, b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      compare(a.path, b.path) ||
      compare(a.message, b.message),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
