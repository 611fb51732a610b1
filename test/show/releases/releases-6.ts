/**
 * releases.6: a rollback is obeyed by every process: `npm run bench -- rollback`, from the command to the last new case that
 * the candidate got, four programs over one database.
 *
 * Options: `--rounds <count>`; fewer than 20 prove nothing.
 */
import type { JsonObject } from "../../../src/contract/json.ts";
import type { Aim } from "../../../bench/measure.ts";
import type { Context, Outcome } from "../point.ts";
import { runProcess } from "../program.ts";

export const title =
  "A rollback takes the candidate's new cases away within a second in every process: p50 and p99 with four of them";

const ROUNDS = 24;
const LEAST_ROUNDS = 20;
/** As many as the bench has; a bench that drops one proves nothing. */
const AIMS = 2;

export async function run(context: Context): Promise<Outcome> {
  const words = ["rollback", "--rounds", context.options["rounds"] ?? String(ROUNDS)];
  const { code, stdout, said } = await runProcess(
    process.execPath,
    ["bench/bench.ts", ...words],
    {},
    (line) => context.progress(line),
  );
  if (code !== 0) throw new Error(`The bench ended with ${code}:\n${said}`);
  const { aims, ...bench } = JSON.parse(stdout) as JsonObject & { aims: Aim[]; byRequest: { n: number } };
  for (const { figure, aim, measured, met } of aims)
    context.progress(`${met ? "met    " : "NOT MET"} ${figure}: ${measured}, ${aim}`);
  return {
    met: aims.length === AIMS && aims.every((one) => one.met) && bench.byRequest.n >= LEAST_ROUNDS,
    figures: { aims, bench },
  };
}
