/**
 * depth.4: the benches of intake, whole cases, start and rest, three rounds each, against what is asked of them.
 *
 * Each is the command that anybody can run, in a process of its own. An aim that could not be measured is not met.
 * Options: `--rounds n`; `--quick true` tries the proof out and proves nothing.
 */
import type { JsonObject } from "../../../src/contract/json.ts";
import type { Aim } from "../../../bench/measure.ts";
import type { Context, Outcome } from "../point.ts";
import { runProcess } from "../program.ts";

export const title = "Intake, whole cases, start and memory: figures and ratios against their aims";

const BENCHES = ["intake", "cases", "idle"];
/** As many as the table of aims has for these benches; a bench that drops one proves nothing. */
const AIMS = 7;

export async function run(context: Context): Promise<Outcome> {
  const rounds = context.options["rounds"] ?? "3";
  const quick = context.options["quick"] !== undefined;
  const documents: JsonObject[] = [];
  for (const bench of BENCHES) {
    context.progress(`npm run bench -- ${bench} --rounds ${rounds}${quick ? " --quick" : ""}`);
    documents.push(await documentOf(context, bench, ["--rounds", rounds, ...(quick ? ["--quick"] : [])]));
  }
  const aims = documents.flatMap((one) => one["aims"] as Aim[]);
  for (const { figure, aim, measured, met, why } of aims)
    context.progress(`${met ? "met    " : "NOT MET"} ${figure}: ${why ?? measured}, ${aim}`);
  return {
    met: !quick && aims.length === AIMS && aims.every((one) => one.met),
    ...(quick ? { skipped: "A quick run proves nothing." } : {}),
    figures: { aims, benches: documents.map(({ aims: _, ...rest }) => rest) },
  };
}

async function documentOf(context: Context, bench: string, words: string[]): Promise<JsonObject> {
  // With the caller's settings of npm: the peers are installed by it.
  const { code, stdout, said } = await runProcess(
    process.execPath,
    ["bench/bench.ts", bench, ...words],
    npmSettings(),
    (line) => context.progress(`${bench}: ${line}`),
  );
  if (code !== 0) throw new Error(`The bench ${bench} ended with ${code}:\n${said}`);
  return JSON.parse(stdout) as JsonObject;
}

function npmSettings(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && /^npm_config_|_proxy$|^NODE_EXTRA_CA_CERTS$/i.test(name) ? [[name, value]] : [],
    ),
  );
}
