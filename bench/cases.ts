/**
 * Whole cases: intake, a model that answers at once, decision, delivery to a null target, audit; a fixed number in flight.
 *
 * A workflow without deliveries keeps its answers for the API: every transaction of a delivery is made and nothing is
 * sent. A case counts when the commit is known that makes it `delivered`. In each round DBOS, Pilotage and Restate take
 * their turn, so that what else the machine does falls on all of them.
 */
import type { JsonObject } from "../src/contract/json.ts";
import { sql } from "../src/platform/sql.ts";
import { letRunAlone } from "./autonomy.ts";
import { launchPath, openBench, openGround, submit, type Bench, type Ground } from "./installation.ts";
import { atLeast, cpuSeconds, progress, spread, tidy, unmeasured, type Aim, type Spread } from "./measure.ts";
import { openPeers, type Peer, type Peers } from "./peers.ts";

const IN_FLIGHT = 64;
const PATIENCE = 60_000;
/** Of each, for about five seconds of work. */
const COUNTS = { pilotage: 8_000, dbos: 2_000, restate: 3_000 };
const QUICK = { pilotage: 300, dbos: 100, restate: 150 };
const NAMES = { dbos: "DBOS", restate: "Restate" } as const;
const RATIOS = { dbos: 3, restate: 2 };
/** What is asked of a second, and what the peers made of the same second when it was asked. */
const ASKED = 1_500;
const THEN = { dbos: 465, restate: 723 };

interface Turn {
  perSecond: number;
  /** CPU microseconds for one, of all processes. */
  cpu: number;
}
type Ours = Turn & { program: number; database: number };
type Name = keyof typeof NAMES;
/** One round: everybody's turn; none for a peer that is not there. */
type Round = { ours: Ours } & Record<Name, Turn | undefined>;

const PEERS = Object.keys(NAMES) as Name[];

export async function run(options: { rounds: number; quick: boolean; peers: boolean }): Promise<JsonObject> {
  const counts = options.quick ? QUICK : COUNTS;
  const ground = await openGround();
  const peers = options.peers ? await openPeers(IN_FLIGHT) : undefined;
  try {
    const ours = await openOurs(ground);
    const rounds: Round[] = [];
    for (let round = 0; round <= options.rounds; round++) {
      const dbos = await turnOf(peers?.dbos, counts.dbos);
      const own = await ours.turn(counts.pilotage);
      const restate = await turnOf(peers?.restate, counts.restate);
      progress(
        `${round === 0 ? "warming up" : `round ${round}`}: ${[own, dbos, restate].map((one) => Math.round(one?.perSecond ?? 0)).join(", ")} a second (Pilotage, DBOS, Restate)`,
      );
      if (round > 0) rounds.push({ ours: own, dbos, restate });
    }
    await ours.end();
    return { casesInARound: counts.pilotage, inFlight: IN_FLIGHT, ...report(rounds, peers) };
  } finally {
    await peers?.stop();
    await ground.stop();
  }
}

function report(rounds: Round[], peers: Peers | undefined): JsonObject {
  const of = (pick: (ours: Ours) => number) => spread(rounds.map((one) => pick(one.ours)));
  const casesPerSecond = of((ours) => ours.perSecond);
  const beside = PEERS.map((name) => ({ name, ...comparedWith(name, rounds, peers) }));
  return {
    casesPerSecond,
    cpuMicrosecondsPerCase: { program: of((ours) => ours.program), database: of((ours) => ours.database) },
    peers: Object.fromEntries(beside.map(({ name, figures }) => [name, figures])),
    aims: [rateAim(casesPerSecond, rounds), ...beside.map(({ aim }) => aim)],
  };
}

/**
 * A machine that gives less than it did when the aim was set is asked for as much less as the peers of the same run tell,
 * and of the two for the one that lost less. One that gives more is asked for no more.
 */
function rateAim(seen: Spread, rounds: Round[]): Aim {
  const figure = "whole cases a second";
  const speeds = PEERS.map((name) => {
    const turns = rounds.flatMap((one) => (one[name] ? [one[name].perSecond] : []));
    return turns.length === 0 ? undefined : spread(turns).median / THEN[name];
  }).filter((one) => one !== undefined);
  const speed = Math.max(...speeds);
  if (speeds.length < PEERS.length || speed >= 1) return atLeast(figure, ASKED, "", seen);
  const least = Math.ceil(ASKED * speed);
  return {
    figure,
    aim: `at least ${ASKED} where DBOS makes ${THEN.dbos} and Restate ${THEN.restate} a second; at most ${tidy(speed)} of that speed in this run: at least ${least}`,
    measured: seen.median,
    met: seen.median >= least,
  };
}

/** Ratios are taken within each round, then their median. */
function comparedWith(
  name: Name,
  rounds: Round[],
  peers: Peers | undefined,
): { figures: JsonObject; aim: Aim } {
  const figure = `whole cases against three-step workflows of ${NAMES[name]}`;
  const both = rounds.flatMap(({ ours, [name]: peer }) => (peer ? [{ ours, peer }] : []));
  if (both.length === 0) {
    const peer = peers?.[name];
    const missing =
      peer && "missing" in peer ? peer.missing : "Not asked for: a quick run installs no peers.";
    return { figures: { missing }, aim: unmeasured(figure, `at least ${RATIOS[name]} times`, missing) };
  }
  const ratio = spread(both.map(({ ours, peer }) => ours.perSecond / peer.perSecond));
  return {
    figures: {
      workflowsPerSecond: spread(both.map(({ peer }) => peer.perSecond)),
      ratio,
      cpuMicrosecondsPerWorkflow: spread(both.map(({ peer }) => peer.cpu)),
      ratioOfCpu: spread(both.map(({ ours, peer }) => ours.cpu / peer.cpu)),
    },
    aim: atLeast(figure, RATIOS[name], " times", ratio),
  };
}

async function turnOf(
  peer: Peer | { missing: string } | undefined,
  count: number,
): Promise<Turn | undefined> {
  if (peer === undefined || "missing" in peer) return undefined;
  const { seconds, cpu } = await peer.round(count);
  return { perSecond: count / seconds, cpu: (cpu / count) * 1e6 };
}

/** Pilotage with a workflow that runs by itself. */
async function openOurs(ground: Ground) {
  const turnstile = openTurnstile();
  const bench = await openBench(ground, {
    boundary: (moment, names) => {
      if (moment === "after") turnstile.leave(names.filter((name) => name === "deliver").length);
    },
  });
  await letRunAlone(bench, await launchPath(bench));
  let made = 0;
  return {
    async turn(count: number): Promise<Ours> {
      const since = process.cpuUsage();
      const serverBefore = ground.serverCpu();
      const started = performance.now();
      for (let i = 0; i < count; i++) {
        await turnstile.enter();
        submit(bench, made++).catch(turnstile.jam);
      }
      await turnstile.empty();
      const seconds = (performance.now() - started) / 1000;
      const program = (cpuSeconds(since) / count) * 1e6;
      const database = ((ground.serverCpu() - serverBefore) / count) * 1e6;
      return { perSecond: count / seconds, program, database, cpu: program + database };
    },
    async end(): Promise<void> {
      await everyOneAlone(bench, made);
      await bench.stop();
    },
  };
}

/** A figure of cases that a person had to see, or that are missing, would be of something else. */
async function everyOneAlone({ app }: Bench, made: number): Promise<void> {
  const { alone, other } = await app.database.one<{ alone: number; other: number }>(
    sql`select count(*) filter (where state = 'delivered' and verdict = 'auto')::int as alone,
      count(*) filter (where state <> 'delivered' or verdict is distinct from 'auto')::int as other from case_`,
  );
  if (alone !== made || other !== 0)
    throw new Error(`Of ${made} cases ${alone} were delivered alone, ${other} were not.`);
}

/** Lets so many in; the next enters when one leaves. Breaks when nobody left for a minute: then cases wait for people. */
function openTurnstile() {
  let inside = 0;
  let failure: Error | undefined;
  const jam = (error: unknown) => {
    failure = error instanceof Error ? error : new Error(String(error));
    wake();
  };
  const patience = setInterval(() => {
    if (inside > 0) jam(new Error(`No case was delivered for a minute; ${inside} are under way.`));
  }, PATIENCE).unref();
  let waiting = Promise.withResolvers<void>();
  const wake = () => {
    waiting.resolve();
    waiting = Promise.withResolvers();
  };
  const until = async (holds: () => boolean) => {
    while (!holds()) {
      if (failure) throw failure;
      await waiting.promise;
    }
  };
  return {
    async enter(): Promise<void> {
      await until(() => inside < IN_FLIGHT);
      if (inside++ === 0) patience.refresh();
    },
    leave(count: number): void {
      if (count === 0) return;
      inside -= count;
      patience.refresh();
      wake();
    },
    jam,
    empty: () => until(() => inside === 0),
  };
}
