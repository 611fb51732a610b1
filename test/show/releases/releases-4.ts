/**
 * releases.4: customers change. A release is certified on messages like those it was trained on; then comes what real customers
 * wrote, of which half fits no class. Its certificate lapses, and nothing goes out alone any more. A release that is tried in shadow
 * on the changed stream itself gets no certificate that the rest of the stream breaks.
 *
 * `intents-hint3-curekart`: of the train file 60 % are the examples, 40 % the pilot, which is held out and reviewed whole; the test
 * file is the production, in its order. People are played: they know the truth, and reject what fits no class. Each look at labels and
 * each certificate is exported, and made again from the file.
 *
 * Options: `--folder <folder with train.csv and test.csv>`, `--seed <number>`.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Database } from "../../../src/platform/database.ts";
import { sql } from "../../../src/platform/sql.ts";
import { binomialTail } from "../../../src/statistics/proportion.ts";
import { exportAll, throughFile } from "../../support/exported-decisions.ts";
import {
  AUTOMATION,
  judge,
  meets,
  openShop,
  playStream,
  readShop,
  shuffled,
  unlock,
  watched,
  type Message,
  type Went,
} from "../../support/shifted-stream.ts";
import { round } from "../case/banking-figures.ts";
import { skipped, type Context, type Outcome } from "../point.ts";
import { openStore, ROOT, startProgram, until, type Program } from "../program.ts";

export const title =
  "Half of production fits no class: the certificate lapses before labels run out, at most ten nonsensical cases went out alone until then and none after it";

const [LIVE, SHADOW] = ["shop", "shop-in-shadow"] as const;
const FOLDER = "../shared/data/intents-hint3-curekart";
const PILOT = 0.4;
const AIMS = { lapsesBefore: 150, mostWrong: 15, mostNonsense: 10 };
/** Of the changed stream: the part on which the release in shadow is certified. */
const SHADOWED = 2 / 3;
/** A certified threshold must not be broken on the rest beyond what chance does once in a hundred. */
const CHANCE = 0.01;

export async function run(context: Context): Promise<Outcome> {
  const folder = resolve(ROOT, context.options["folder"] ?? FOLDER);
  if (!existsSync(join(folder, "train.csv")) || !existsSync(join(folder, "test.csv")))
    return skipped(`There is no train.csv and test.csv in ${folder}; name the folder with --folder.`);
  const { train, production } = readShop(folder);
  const mixed = shuffled(train, Number(context.options["seed"] ?? 7));
  const cut = Math.round(PILOT * train.length);
  const given = {
    pilot: mixed.slice(0, cut),
    examples: mixed.slice(cut),
    classes: [...new Set(train.flatMap(({ truth }) => truth ?? []))].sort(),
  };
  const program = await startProgram(context, { dataHome: context.folder("shifted") });
  const live = await lapses(context, program, given, production);
  const shadow = await certifiedInShadow(context, program, given, production);
  const { database } = await openStore(program);
  const made = await exportAll(database, [LIVE, SHADOW]);
  await database.close();
  const { decisions } = throughFile(join(context.folder("export"), "decisions.json"), made);
  context.progress(`${decisions.recomputed} decisions made again, ${decisions.different} differ`);
  const exit = await program.stop();
  const fits = production.filter(({ truth }) => truth !== undefined).length;
  return {
    met:
      live.met &&
      shadow.met &&
      exit === 0 &&
      decisions.different === 0 &&
      decisions.unnoticed.length === 0 &&
      decisions.looks >= 3 &&
      decisions.certificates >= 1,
    figures: {
      examples: given.examples.length,
      pilot: given.pilot.length,
      production: production.length,
      fitNoClass: production.length - fits,
      target: AUTOMATION.maxErrorRate,
      confidence: AUTOMATION.confidence,
      aims: AIMS,
      live: live.figures,
      shadow: shadow.figures,
      decisions: { ...decisions },
    },
  };
}

interface Given {
  pilot: Message[];
  examples: Message[];
  classes: string[];
}

async function lapses(context: Context, program: Program, given: Given, production: Message[]) {
  const workflow = LIVE;
  const shop = await openShop(program, { workflow, share: 1, ...given });
  context.progress(`pilot: ${given.pilot.length} held-out messages, each reviewed`);
  const pilot = await playStream(shop, given.pilot);
  const look = await shop.owner.certify({ params: { workflow }, body: { simulated: true } });
  context.progress(`the pilot is ${look.sentence}`);
  if (look.certificate === null) return { met: false, figures: { certified: false, says: look.sentence } };
  const { threshold, bound, coverage, errors, accepted } = look.certificate;
  await unlock(shop);

  let lapsedAfter: number | undefined;
  const stream = await playStream(shop, production, {
    async afterGroup(done) {
      if (lapsedAfter !== undefined || (await watched(shop))) return;
      lapsedAfter = done.length;
      context.progress(`the certificate lapsed after ${lapsedAfter} production cases`);
    },
  });
  const found = judge(stream, lapsedAfter);
  const [certificate] = (await shop.owner.listCertificates({ params: { workflow }, query: { limit: 1 } }))
    .certificates;
  // Asked again at once, when all labels from before the lapse are there: they count no more.
  const again = await shop.owner.certify({ params: { workflow }, body: { simulated: true } });
  const would = wouldHaveGone(stream, threshold!);
  context.progress(
    `before: ${found.before.alone} alone, ${found.before.wrong} wrong, ${found.before.nonsense} without a fitting class; after: ${found.after.alone} of ${found.after.cases}; without the watch: ${would.alone} alone, ${would.wrong} wrong`,
  );
  return {
    met: meets(found, AIMS) && kept(again.certificate, stream.slice(lapsedAfter)),
    figures: {
      pilotAccuracy: round(pilot.filter((one) => !one.wrong).length / pilot.length, 4),
      certificate: { threshold, bound: round(bound, 4), coverage: round(coverage, 4), errors, accepted },
      lapsedAfter: lapsedAfter ?? null,
      because: certificate?.suspendedBecause ?? null,
      labelsOfWatch:
        certificate?.watch == null
          ? null
          : { labels: certificate.watch.labels, errors: certificate.watch.errors },
      before: found.before,
      after: found.after,
      withoutTheWatch: would,
      askedAgain: again.sentence,
    },
  };
}

/** What would have gone out had the first certificate held to the end. */
function wouldHaveGone(stream: readonly Went[], threshold: number) {
  const out = stream.filter(({ confidence }) => (confidence ?? 0) >= threshold);
  return {
    alone: out.length,
    wrong: out.filter((one) => one.wrong).length,
    nonsense: out.filter((one) => one.nonsense).length,
  };
}

/** Whether a certificate's promise holds on these cases, up to chance; true without one. */
function kept(certificate: { threshold: number | null } | null, cases: readonly Went[]): boolean {
  if (certificate === null || certificate.threshold === null) return true;
  const out = wouldHaveGone(cases, certificate.threshold);
  return 1 - binomialTail(out.wrong - 1, out.alone, AUTOMATION.maxErrorRate) > CHANCE;
}

async function certifiedInShadow(context: Context, program: Program, given: Given, production: Message[]) {
  const workflow = SHADOW;
  const params = { workflow };
  const shop = await openShop(program, { workflow, share: 0, ...given });
  await shop.owner.setShadow({ params, body: { release: shop.release } });
  const cut = Math.round(SHADOWED * production.length);
  context.progress(`shadow: ${cut} production messages, worked by people alone`);
  await playStream(shop, production.slice(0, cut));
  const { database } = await openStore(program);
  context.after(() => database.close());
  await answered(database, shop.release);
  const before = await shop.owner.previewCertification({
    params,
    query: { release: shop.release, from: "shadow", simulated: "true" },
  });
  const look = await shop.owner.certify({
    params,
    body: { release: shop.release, from: "shadow", simulated: true },
  });
  context.progress(`in shadow: ${look.sentence}`);
  const played = await playStream(shop, production.slice(cut));
  await answered(database, shop.release);
  const rest = await inShadow(database, shop.release, played);
  const promised = look.certificate;
  const out = promised?.threshold ? wouldHaveGone(rest, promised.threshold) : null;
  return {
    met: kept(promised, rest),
    figures: {
      labels: cut,
      previewSaid: before.sentence,
      said: look.sentence,
      threshold: promised?.threshold ?? null,
      coverage: promised ? round(promised.coverage, 4) : 0,
      onTheRest: out && { cases: rest.length, ...out, share: round(out.wrong / Math.max(1, out.alone), 4) },
    },
  };
}

function answered(database: Database, release: string) {
  return until(
    "all answers in shadow",
    () =>
      database.one<{ open: number }>(
        sql`select count(*)::int as open from shadow_run where release = ${release} and state = 'waiting'`,
      ),
    ({ open }) => open === 0,
    120,
  );
}

/** The same cases with what the release said in shadow, which nobody was shown. */
async function inShadow(database: Database, release: string, played: readonly Went[]): Promise<Went[]> {
  const found = await database.all<{ id: string; category: string | null; confidence: number | null }>(sql`
    select case_id as id, facets ->> 'output.category' as category, confidence from shadow_run where release = ${release}`);
  const said = new Map(found.map((one) => [one.id, one]));
  return played.map((one) => {
    const { category, confidence } = said.get(one.caseId) ?? { category: null, confidence: null };
    return {
      ...one,
      category: category ?? undefined,
      confidence,
      wrong: (category ?? undefined) !== one.message.truth,
    };
  });
}
