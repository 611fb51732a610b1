/**
 * `models.2`: what the endpoint costs a program that asks a model through it, beside the provider itself, a bare fastify with
 * undici, ours without its record, and Portkey, which keeps none: `npm run bench -- gateway` and every aim of its table.
 *
 * The aims are against Portkey on the Node of its published image, which the figures behind them fit; what comes out against
 * Portkey on our Node, nearly twice as fast, is told beside them (decision 0034).
 *
 * Portkey is installed for the run; where that cannot be done its aims are not met. For an hour in which the machine has
 * nothing else to do. Options: `--rounds n` (3), `--quick` for a run that proves nothing but that this works.
 */
import type { JsonObject } from "../../../src/contract/json.ts";
import type { Aim, Spread } from "../../../bench/measure.ts";
import type { Context, Outcome } from "../point.ts";
import { runProcess } from "../program.ts";

export const title =
  "The endpoint with its record beside Portkey as it is shipped, which keeps none: 6 times its calls a second, a sixth of its CPU, half its p99, and 5 ms on top of the provider's 50";

/** As many as the table of aims has for the gateway; a bench that drops one proves nothing. */
const AIMS = 4;
const ROUNDS = 3;

export async function run(context: Context): Promise<Outcome> {
  const quick = context.options["quick"] !== undefined;
  const rounds = context.options["rounds"] ?? String(ROUNDS);
  const words = ["gateway", "--rounds", rounds, ...(quick ? ["--quick"] : [])];
  context.progress(`npm run bench -- ${words.join(" ")}`);
  const { code, stdout, said } = await runProcess(
    process.execPath,
    ["bench/bench.ts", ...words],
    settingsOfNpm(),
    (line) => context.progress(line),
  );
  if (code !== 0) throw new Error(`The bench ended with ${code}:\n${said}`);
  const { aims, ...bench } = JSON.parse(stdout) as JsonObject & { aims: Aim[] };
  for (const { figure, aim, measured, met, why } of aims)
    context.progress(`${met ? "met    " : "NOT MET"} ${figure}: ${why ?? measured}, ${aim}`);
  const beside = bench["againstPortkeyOnOurNode"] as { ours: Record<string, Spread> } | undefined;
  for (const [figure, { median, least, most }] of Object.entries(beside?.ours ?? {}))
    context.progress(`told    against Portkey on our Node, ${figure}: ${median} times (${least} to ${most})`);
  return {
    met: !quick && Number(rounds) >= ROUNDS && aims.length === AIMS && aims.every((one) => one.met),
    ...(quick ? { skipped: "A quick run proves nothing." } : {}),
    figures: { aims, bench },
  };
}

/** By which npm finds packages on this machine, where they are not in its own file. */
function settingsOfNpm(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && /^(?:npm_config_.*|https?_proxy|no_proxy|node_extra_ca_certs)$/i.test(name)
        ? [[name, value]]
        : [],
    ),
  );
}
