/**
 * case.2: the main job on real input. A release trained on the train file of `intents-banking77`; the test file comes in
 * through the folder feed as it is, the sample clerk (simulated) reviews with the known answers, everything is delivered
 * to a file; then what Pilotage says is compared with what the files say.
 *
 * Options: `--folder <folder with train.csv and test.csv>`.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join, resolve } from "node:path";
import type { Client } from "../../../src/contract/client.ts";
import type { JsonObject } from "../../../src/contract/json.ts";
import { sql } from "../../../src/platform/sql.ts";
import { skipped, type Context, type Outcome } from "../point.ts";
import { environment, openStore, ROOT, runProcess, startProgram, until, type Program } from "../program.ts";
import { byExternalId, compareCases, compareDeliveries, readCases, round } from "./banking-figures.ts";
import { INTENTS, readIntents, writeDefinition, type Intent } from "./banking.ts";

export const title =
  "The main job on real input: trained on one file, fed, reviewed and delivered with another";

const FOLDER = "../shared/data/intents-banking77";
/** What the local model has to reach on the test file. */
const AIMS = { accuracy: 0.9, trainingSeconds: 15, ece: 0.03, megabytes: 10 };

export async function run(context: Context): Promise<Outcome> {
  const folder = resolve(ROOT, context.options["folder"] ?? FOLDER);
  const [train, test] = [join(folder, "train.csv"), join(folder, "test.csv")];
  if (!existsSync(train) || !existsSync(test))
    return skipped(`There is no train.csv and test.csv in ${folder}; name the folder with --folder.`);
  const truths = readIntents(test);

  const dataHome = context.folder("main-job");
  const program = await startProgram(context, { dataHome });
  const release = await publish(context, program, readIntents(train));
  const files = join(dataHome, "files", INTENTS);
  mkdirSync(join(files, "inbox"), { recursive: true });
  const dropped = performance.now();
  copyFileSync(test, join(files, "inbox", "test.csv"));
  const clerk = await review(context, program, test, truths.length);
  const counts = await until(
    "every case to be delivered",
    () => countsOf(program.client),
    (found) => settled(found) === truths.length,
    120,
  );
  const seconds = (performance.now() - dropped) / 1_000;
  context.progress(`all at their end after ${seconds.toFixed(1)} s; comparing`);

  const known = byExternalId(readFileSync(test), truths);
  const cases = await readCases(program.client);
  const seen = compareCases(cases, known);
  const delivered = compareDeliveries(readFileSync(join(files, "results.jsonl"), "utf8"), known);
  const feed = await runOf(program.client);
  const exit = await program.stop();
  const refused = cases.length - delivered.lines;

  const adds = feed.read === feed.admitted + feed.quarantined + feed.duplicate + feed.skipped;
  const unswayed = seen.unseen === seen.cold;
  const complete =
    feed.read === truths.length &&
    feed.admitted === truths.length &&
    cases.length === truths.length &&
    seen.strangers === 0;
  const right =
    delivered.wrong === 0 &&
    delivered.twice === 0 &&
    delivered.lines === truths.length - refused &&
    (counts["delivered"] ?? 0) === delivered.lines;
  const same = seen.byLabels === seen.byOutputs;
  const aimsReached =
    seen.accuracy >= AIMS.accuracy &&
    release.seconds < AIMS.trainingSeconds &&
    seen.ece < AIMS.ece &&
    release.megabytes < AIMS.megabytes;
  return {
    met: adds && complete && right && same && unswayed && aimsReached && clerk.unsettled === 0 && exit === 0,
    figures: {
      records: truths.length,
      accuracy: seen.accuracy,
      rightByLabels: seen.byLabels,
      rightByOutputs: seen.byOutputs,
      ece: seen.ece,
      training: release,
      feedRun: feed,
      states: counts,
      delivered: delivered.lines,
      deliveredEqualToTruth: delivered.lines - delivered.wrong,
      deliveredTwice: delivered.twice,
      refused,
      refusedReasons: seen.refusedReasons,
      verdicts: seen.verdicts,
      verdictShares: Object.fromEntries(
        Object.entries(seen.verdicts).map(([verdict, n]) => [verdict, round(n / cases.length, 4)]),
      ),
      coldCases: seen.cold,
      coldCasesApproved: seen.coldApproved,
      labelsOfUnseenOutputs: seen.unseen,
      qaCases: seen.qa,
      clerk: clerk.counts,
      aims: AIMS,
      loadOfMachine: loadavg().map((one) => Number(one.toFixed(1))),
      casesPerSecondAdmitted: round(feed.admitted / feed.seconds, 0),
      casesPerSecondDecided: round(cases.length / seen.decidingSeconds, 0),
      casesPerSecondToTheFile: round(cases.length / seconds, 0),
      secondsToTheFile: round(seconds, 1),
      millisecondsOfAttempt: seen.attemptMilliseconds,
      exitCode: exit,
    },
  };
}

async function publish(
  context: Context,
  program: Program,
  examples: Intent[],
): Promise<{ seconds: number; megabytes: number; report: JsonObject }> {
  const folder = context.folder("definition");
  writeDefinition(folder, examples);
  await program.cli("apply", folder);
  context.progress(`training on ${examples.length} examples`);
  const started = performance.now();
  const published = (await program.cli("publish", folder)) as {
    id: string;
    models: { report: JsonObject }[];
  };
  const waited = (performance.now() - started) / 1_000;
  for (const item of ["baseline", "works_council"])
    await program.cli("waive", INTENTS, item, "--reason", "A proof with public data");
  await program.cli("share", INTENTS, published.id, "100");
  const { database } = await openStore(program);
  const { bytes } = await database.one<{ bytes: number }>(sql`
    select octet_length(a.bytes) as bytes from artifact a join release_model m on m.digest = a.digest where m.release = ${published.id}`);
  await database.close();
  return { seconds: round(waited, 1), megabytes: round(bytes / 1e6, 2), report: published.models[0]!.report };
}

/** Runs the sample clerk until the inbox stays empty. */
async function review(
  context: Context,
  program: Program,
  answers: string,
  wanted: number,
): Promise<{ counts: JsonObject; unsettled: number }> {
  const key = (await program.cli(
    "key",
    "make",
    "--name",
    "sample clerk",
    "--scope",
    "review",
    "--workflow",
    INTENTS,
    "--simulated",
  )) as { secret: string };
  await until(
    "the first case to wait for a review",
    () => countsOf(program.client),
    (counts) => (counts["in_review"] ?? 0) > 0,
    60,
  );
  context.progress("the sample clerk (simulated) reviews");
  const words = [
    "--workflow",
    INTENTS,
    "--answers",
    answers,
    "--key-column",
    "text",
    "--answer-columns",
    "category",
    "--by",
    "text:text",
    "--claim",
    "50",
    "--parallel",
    "16",
    "--until-idle",
  ];
  const { code, stdout, said } = await runProcess(
    process.execPath,
    [join(ROOT, "examples", "sample-clerk.ts"), ...words],
    environment({ PILOTAGE_URL: program.url, PILOTAGE_KEY: key.secret }),
    (line) => {
      if (/\d+00 verdicts/.test(line)) context.progress(line);
    },
  );
  if (code !== 0) throw new Error(`The sample clerk ended with ${code}: ${said}`);
  const counts = JSON.parse(stdout) as Record<"approved" | "edited" | "rejected", number> & JsonObject;
  return { counts, unsettled: wanted - counts.approved - counts.edited - counts.rejected };
}

async function countsOf(client: Client): Promise<Record<string, number>> {
  return (await client.getWorkflow({ params: { workflow: INTENTS } })).counts;
}

/** Cases at an end: delivered, or rejected and closed. */
const settled = (counts: Record<string, number>) => (counts["delivered"] ?? 0) + (counts["closed"] ?? 0);

async function runOf(client: Client) {
  const { runs } = await client.listFeeds({ params: { workflow: INTENTS } });
  if (runs.length !== 1) throw new Error(`The feed made ${runs.length} runs instead of one.`);
  const { read, admitted, quarantined, duplicate, skipped, problem, startedAt, finishedAt } = runs[0]!;
  const seconds = round((Date.parse(finishedAt ?? "") - Date.parse(startedAt)) / 1_000, 2);
  return { read, admitted, quarantined, duplicate, skipped, problem, seconds };
}
