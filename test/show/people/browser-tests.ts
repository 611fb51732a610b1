/** Runs the tests of test/console/ for a proof, as anybody would, and says which passed, failed or were skipped. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../point.ts";
import { ROOT, runProcess } from "../program.ts";

export interface Ran {
  passed: string[];
  failed: { name: string; why: string }[];
  skipped: string[];
}

interface Report {
  testResults: {
    name: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] | null }[];
  }[];
}

export async function runTests(
  context: Context,
  files: readonly string[],
  settings: Record<string, string> = {},
): Promise<Ran> {
  const report = join(context.folder("tests"), "report.json");
  const { said } = await runProcess(
    process.execPath,
    [
      join(ROOT, "node_modules", "vitest", "vitest.mjs"),
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
      ...files,
    ],
    settings,
  );
  let found: Report;
  try {
    found = JSON.parse(readFileSync(report, "utf8")) as Report;
  } catch {
    throw new Error(`The tests left no report:\n${said}`);
  }
  const ran: Ran = { passed: [], failed: [], skipped: [] };
  for (const { name, message, assertionResults } of found.testResults) {
    // A file that could not be read has no tests at all.
    if (assertionResults.length === 0) ran.failed.push({ name, why: message.slice(0, 600) });
    for (const { fullName, status, failureMessages } of assertionResults) {
      if (status === "passed") ran.passed.push(fullName);
      else if (status === "failed")
        ran.failed.push({ name: fullName, why: (failureMessages ?? []).join("\n").slice(0, 2_000) });
      else ran.skipped.push(fullName);
    }
  }
  for (const { name, why } of ran.failed) context.progress(`failed: ${name}: ${why}`);
  return ran;
}
