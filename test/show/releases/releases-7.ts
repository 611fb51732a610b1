/**
 * releases.7: decisions are made again from the whole numbers that were exported of them, and come out the same: moves of
 * rollouts with their alarms and rollbacks, looks at labels with their certificates, gates.
 *
 * Rollouts are played in the real program (in full by releases.2, which does the same with each of its moves); certificates
 * are issued or refused by the program after a run over a sealed set, and gates judged over the same run by the criteria of
 * its workflow; drawn ones, from the function alone, hold the verdicts and reasons that those do not. The export is a file;
 * nothing else is read. A twin of each decision with one number changed by one must be noticed. releases.3 and releases.4 do the same
 * with the decisions that they make.
 *
 * Options: `--runs <count>` of sound and of bad rollouts, `--seed <number>`.
 */
import { join } from "node:path";
import { mulberry32 } from "../../../src/statistics/bootstrap.ts";
import { exportAll, throughFile, type Exported } from "../../support/exported-decisions.ts";
import { makeGate, makeLooks, type LookMade } from "../../support/made-decisions.ts";
import { drawStream, openLane, openMonths, playStream, type World } from "../../support/played-rollouts.ts";
import { openTheatre } from "../../support/played-stage.ts";
import type { Context, Outcome } from "../point.ts";

export const title =
  "Gates, certificates and rollbacks come out the same from exported whole numbers, and not when one of them is changed";

const GATES = 60;
const LOOKS: LookMade[] = [
  { workflow: "right", items: 300, wrongEvery: 0, per: "all", looks: 2 },
  { workflow: "nearly-right", items: 400, wrongEvery: 60, per: "all", looks: 1 },
  { workflow: "too-wrong", items: 300, wrongEvery: 5, per: "all", looks: 3 },
  { workflow: "by-category", items: 900, wrongEvery: 90, per: "category", looks: 1 },
  { workflow: "too-few", items: 30, wrongEvery: 0, per: "all", looks: 1 },
];
const WORLD: World = {
  cases: 1_200,
  rates: { stable: 0.05, candidate: 0.05 },
  ceiling: 0.08,
  coin: 0.8,
  missing: 0.2,
  unasked: { candidate: 0.9, stable: 0.2, wrong: 0.3 },
  delay: 100,
};

export async function run(context: Context): Promise<Outcome> {
  const runs = Number(context.options["runs"] ?? 24);
  const seed = Number(context.options["seed"] ?? 7);
  const theatre = await openTheatre(context);
  const whole = await theatre.open("all");
  for (const made of LOOKS) await makeLooks(whole, made);
  await whole.stop();
  context.progress(`looks at the labels of ${LOOKS.length} workflows`);

  // Without a worker: nobody but the played looks moves a rollout.
  const stage = await theatre.open("web");
  await openMonths(stage, runs);
  const lane = await openLane(stage, "played");
  for (let i = 0; i < runs; i++)
    for (const candidate of [0.05, 0.2]) {
      const chance = mulberry32(seed * 1_000 + i);
      const world = {
        ...WORLD,
        rates: { ...WORLD.rates, candidate },
        ...(candidate === 0.05 && i % 2 === 0 ? { raiseAt: 600 } : {}),
      };
      await playStream(stage, lane, world, drawStream(chance, world), chance);
    }
  context.progress(`${2 * runs} rollouts`);

  const chance = mulberry32(seed);
  const workflows = [lane.workflow, ...LOOKS.map(({ workflow }) => workflow)];
  const made = await exportAll(stage.app.database, workflows);
  const kept = [...made.gates];
  made.gates.push(...Array.from({ length: GATES }, () => makeGate(chance)));
  const { exported, decisions } = throughFile(join(context.folder("export"), "decisions.json"), made);
  const figures = { ...countsOf(exported), keptGates: kept.length, decisions: { ...decisions } };
  context.progress(
    `${decisions.different} differ; of ${decisions.twins} twins ${decisions.unnoticed.length} unnoticed`,
  );
  return {
    met:
      decisions.different === 0 &&
      decisions.unnoticed.length === 0 &&
      figures.rollouts === 2 * runs &&
      figures.moves["roll_back"]! >= runs &&
      figures.certificates > 0 &&
      figures.certificates < figures.looks &&
      figures.keptGates === LOOKS.length &&
      new Set(kept.map(({ verdict }) => verdict.verdict)).size > 2 &&
      Object.keys(figures.gates).length > 2 &&
      // What a person took back counted nothing, so there is nothing to change in it.
      decisions.twins > figures.alarms["errors"]! + GATES,
    figures,
  };
}

function countsOf({ rollouts, looks, gates }: Exported) {
  const count = (names: readonly string[]) =>
    Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));
  const moves = rollouts.flatMap((one) => one.moves);
  return {
    rollouts: rollouts.length,
    moves: count(moves.map(({ move }) => move)),
    alarms: count(moves.flatMap(({ actor, reason }) => (actor.kind === "system" ? [reason!] : []))),
    looks: looks.length,
    certificates: looks.filter(({ certificate }) => certificate !== null).length,
    gates: count(gates.map(({ verdict }) => verdict.verdict)),
  };
}
