/** The data policy before a recording provider: what is not allowed is in no byte that left, and a planted leak is found. */
import type { JsonObject } from "../../../src/contract/json.ts";
import { handIn, lookFor, provider, setUp, waiting, type Findings } from "../../support/forbidden.ts";
import type { Context, Outcome } from "../point.ts";
import { startProgram, until } from "../program.ts";

export const title =
  "Each input carries a unique marker in every forbidden field; no marker is in any byte of at least 200 requests to the models, repairs included.";

const CASES = 300;
const CASES_OF_TWIN = 10;
const LEAST_REQUESTS = 200;

/** Options: `--cases n`. */
export async function run(context: Context): Promise<Outcome> {
  const found = await record(context, "real", Number(context.options["cases"] ?? CASES), {});
  const twin = await record(context, "twin", CASES_OF_TWIN, { unnamed: "allow" });
  const { leaks, ...figures } = found;
  const met =
    leaks.length === 0 &&
    found.requests >= LEAST_REQUESTS &&
    found.chat > 0 &&
    found.own > 0 &&
    found.repairs > 0 &&
    found.allowedSeen === found.allowedSent &&
    twin.leaks.length > 0 &&
    twin.leaks.every((leak) => leak.field === "Unnamed");
  return {
    met,
    figures: {
      ...figures,
      leaks: leaks.length,
      firstLeaks: leaks.slice(0, 10).map((leak) => ({ ...leak })),
      twinRequests: twin.requests,
      twinLeaks: twin.leaks.length,
    },
  };
}

async function record(context: Context, name: string, cases: number, planted: JsonObject): Promise<Findings> {
  const recording = await provider();
  context.after(() => recording.stop());
  const program = await startProgram(context, { dataHome: context.folder(name) });
  await setUp(program.client, recording, planted);
  context.progress(`${name}: handing in ${cases} cases`);
  await handIn(program, cases);
  await until(
    "every case to be answered",
    () => waiting(program.client),
    (count) => count === cases,
    240,
  );
  const found = lookFor(recording, cases);
  context.progress(
    `${name}: ${found.requests} requests, ${found.repairs} of them repairs, ${found.leaks.length} leaks`,
  );
  await program.stop();
  return found;
}
