/**
 * releases.5: an evaluation of 1,000 items with every answer stored, beside promptfoo in a folder of the run: `npm run bench --
 * evaluate`.
 *
 * Options: `--rounds <count>`; fewer than three prove nothing.
 */
import type { JsonObject } from "../../../src/contract/json.ts";
import type { Aim } from "../../../bench/measure.ts";
import type { Context, Outcome } from "../point.ts";
import { runProcess } from "../program.ts";

export const title =
  "An evaluation of 1,000 items takes at most an eighth of promptfoo's time and CPU and half of its memory, results stored";

const ROUNDS = 3;
/** As many as the bench has; a bench that drops one proves nothing. */
const AIMS = 3;

export async function run(context: Context): Promise<Outcome> {
  const rounds = Number(context.options["rounds"] ?? ROUNDS);
  const { code, stdout, said } = await runProcess(
    process.execPath,
    ["bench/bench.ts", "evaluate", "--rounds", String(rounds)],
    {},
    (line) => context.progress(line),
  );
  if (code !== 0) throw new Error(`The bench ended with ${code}:\n${said}`);
  const { aims, ...bench } = JSON.parse(stdout) as JsonObject & { aims: Aim[]; items: number };
  for (const { figure, aim, measured, met } of aims)
    context.progress(`${met ? "met    " : "NOT MET"} ${figure}: ${measured}, ${aim}`);
  return {
    met: aims.length === AIMS && aims.every((one) => one.met) && rounds >= ROUNDS && bench.items === 1_000,
    figures: { aims, bench },
  };
}
