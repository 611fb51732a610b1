/**
 * `models.5`: the official `openai` client and the AI SDK, unchanged but for base URL and key, through the real program:
 * chat, streams, tools, structured output, errors, abort. The tests are test/gateway-clients.test.ts, run as anybody runs them.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Context, Outcome } from "../point.ts";
import { runTests } from "../people/browser-tests.ts";
import { ROOT } from "../program.ts";

export const title =
  "The openai client and the AI SDK work unchanged: chat, streams, tools, structured output, errors, abort";

const CLIENTS = ["the openai client", "the AI SDK"];
/** What each of them must have been tried with. */
const TRIED = ["chat", "stream", "tools", "structured output", "errors", "abort"];

export async function run(context: Context): Promise<Outcome> {
  const ran = await runTests(context, ["test/gateway-clients.test.ts"]);
  const missing = CLIENTS.flatMap((client) =>
    TRIED.filter((what) => !ran.passed.some((name) => name.startsWith(`${client} ${what}`))).map(
      (what) => `${client}: ${what}`,
    ),
  );
  const versionOf = (name: string) =>
    (
      JSON.parse(readFileSync(join(ROOT, "node_modules", name, "package.json"), "utf8")) as {
        version: string;
      }
    ).version;
  return {
    met: ran.failed.length === 0 && ran.skipped.length === 0 && missing.length === 0,
    figures: {
      openai: versionOf("openai"),
      ai: versionOf("ai"),
      passed: ran.passed,
      failed: ran.failed.map(({ name }) => name),
      skipped: ran.skipped,
      missing,
    },
  };
}
