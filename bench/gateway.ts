/**
 * The endpoint as a gateway: pass-through calls, not streamed, over 1, 50 and 200 connections, to a provider that answers
 * at once or after 50 ms. Beside it in each round: the provider itself, a bare fastify with undici without and with one bare row
 * a call in the same database, ours with its record left out, and Portkey, which keeps none, on the Node of its published image
 * and on ours.
 *
 * Client, provider and gateways share the machine, each in a process of its own; ours is this process. What is recorded is
 * counted afterwards: as many rows as answers, or the bench fails.
 */
import type { JsonObject } from "../src/contract/json.ts";
import { sql } from "../src/platform/sql.ts";
import { cpuSecondsOf } from "../test/support/process-table.ts";
import { fileURLToPath } from "node:url";
import { openGatewayPeers, type GatewayPeer } from "./gateway-peer.ts";
import { MODEL, type Load, type Loaded } from "./gateway-orders.ts";
import { openBench, openGround, type Bench } from "./installation.ts";
import { atLeast, cpuSeconds, progress, spread, tidy, unmeasured, type Aim, type Spread } from "./measure.ts";
import { talkTo, type Talk } from "./talk.ts";

const CONNECTION = "bench";
const PLACES = [1, 50, 200] as const;
const DELAYS = [0, 50] as const;
/** Milliseconds that a turn takes about; what is fast makes more calls in it. */
const TURN = 2_000;
const QUICK_TURN = 200;
/** The turns that the aims look at. */
const JUDGED = { connections: 50, delay: 0 };
const ADDED = { connections: 50, delay: 50 };

type Peer = "portkey" | "portkeyOnOurNode";
type Name = "upstream" | "bare" | "bareWithRow" | "ours" | "unrecorded" | Peer;
interface Subject {
  name: Name;
  origin: string;
  model: string;
  headers: Record<string, string>;
  /** CPU seconds so far: of the gateway, and of its database. */
  cpu(): { gateway: number; database: number };
  before?(): void;
  after?(): void;
}
interface Turn extends Loaded {
  count: number;
  gatewayCpu: number;
  databaseCpu: number;
}
type Round = Map<string, Turn>;
const cell = (name: Name, connections: number, delay: number) => `${name} ${connections} ${delay}`;

export async function run(options: { rounds: number; quick: boolean; peers: boolean }): Promise<JsonObject> {
  const ground = await openGround();
  const processes: Talk[] = [];
  const start = async (file: string, env: Record<string, string> = {}) => {
    const talk = await talkTo(process.execPath, [fileURLToPath(new URL(file, import.meta.url))], env);
    processes.push(talk);
    return talk;
  };
  const peers = options.peers ? await openGatewayPeers() : { missing: "A quick run installs no peers." };
  try {
    const upstream = await start("gateway-upstream.ts");
    const { port } = await upstream.ask<{ port: number }>({ delay: 0 });
    const provider = `http://127.0.0.1:${port}`;
    const bare = await start("gateway-bare.ts", { UPSTREAM: provider });
    const withRow = await start("gateway-bare.ts", { UPSTREAM: provider, DATABASE_URL: ground.databaseUrl });
    const load = await start("gateway-load.ts");
    const bench = await openBench(ground);
    await offer(bench, `${provider}/v1`);
    const nobody = () => ({ gateway: 0, database: 0 });
    const ours = {
      origin: bench.app.url!,
      model: `${CONNECTION}/${MODEL}`,
      headers: { authorization: `Bearer ${bench.key}` },
      cpu: () => ({ gateway: cpuSeconds({ user: 0, system: 0 }), database: ground.serverCpu() }),
    };
    const record = unrecordable(bench);
    const subjects: Subject[] = [
      { name: "upstream", origin: provider, model: MODEL, headers: {}, cpu: nobody },
      await bareSubject("bare", bare, () => 0),
      await bareSubject("bareWithRow", withRow, ground.serverCpu),
      { name: "ours", ...ours },
      { name: "unrecorded", ...ours, before: record.leaveOut, after: record.keep },
      ...("missing" in peers
        ? []
        : [
            peerSubject("portkey", peers.shipped, provider),
            peerSubject("portkeyOnOurNode", peers.onOurNode, provider),
          ]),
    ];
    const turn = options.quick ? QUICK_TURN : TURN;
    const rounds: Round[] = [];
    let answered = 0;
    for (let round = 0; round <= options.rounds; round++) {
      const turns: Round = new Map();
      for (const delay of DELAYS) {
        await upstream.ask({ delay });
        for (const connections of PLACES)
          for (const subject of subjects) {
            const seen = await turnOf(subject, load, { connections, turn });
            if (subject.name === "ours") answered += seen.made;
            turns.set(cell(subject.name, connections, delay), seen.turn);
          }
      }
      progress(`${round === 0 ? "warming up" : `round ${round}`}: ${lineOf(turns, subjects)}`);
      if (round > 0) rounds.push(turns);
    }
    await everyOneRecorded(bench, answered);
    await bench.stop();
    return { turnMilliseconds: turn, callsRecorded: answered, ...report(rounds, subjects, peers) };
  } finally {
    for (const one of processes) await one.stop();
    if (!("missing" in peers)) await peers.stop();
    await ground.stop();
  }
}

async function bareSubject(name: Name, gateway: Talk, databaseCpu: () => number): Promise<Subject> {
  const { port } = await gateway.ask<{ port: number }>({});
  return {
    name,
    origin: `http://127.0.0.1:${port}`,
    model: MODEL,
    headers: {},
    cpu: () => ({ gateway: cpuSecondsOf([gateway.pid]), database: databaseCpu() }),
  };
}

function peerSubject(name: Peer, { origin, pid }: GatewayPeer, provider: string): Subject {
  return {
    name,
    origin,
    model: MODEL,
    headers: {
      authorization: "Bearer none",
      "x-portkey-provider": "openai",
      "x-portkey-custom-host": `${provider}/v1`,
    },
    cpu: () => ({ gateway: cpuSecondsOf([pid]), database: 0 }),
  };
}

/** A connection whose model everybody with a key may ask. */
async function offer(bench: Bench, baseUrl: string): Promise<void> {
  await bench
    .as("bench@example.com")
    .saveConnection({
      params: { name: CONNECTION },
      body: { settings: { kind: "openai", baseUrl, passThrough: [{ name: MODEL, whole: "asked" }] } },
    });
}

/** Ours without its record: the one write of a call is answered and not made. */
function unrecordable({ app }: Bench) {
  const { database } = app;
  const { store } = database;
  return {
    leaveOut() {
      database.store = (copies, names) =>
        names?.includes("model calls") ? Promise.resolve() : store.call(database, copies, names);
    },
    keep() {
      database.store = store;
    },
  };
}

/** First a few calls that tell how many fit into the turn, then those. */
async function turnOf(
  subject: Subject,
  load: Talk,
  { connections, turn }: { connections: number; turn: number },
): Promise<{ turn: Turn; made: number }> {
  const { origin, model, headers } = subject;
  const order = (count: number): Load => ({ origin, connections, count, model, headers });
  subject.before?.();
  try {
    const few = Math.max(20, connections * 2);
    const tried = await load.ask<Loaded>(order(few));
    const count = Math.max(few, Math.round((few / tried.seconds) * (turn / 1000)));
    const before = subject.cpu();
    const seen = await load.ask<Loaded>(order(count));
    const after = subject.cpu();
    return {
      made: few + count,
      turn: {
        ...seen,
        count,
        gatewayCpu: ((after.gateway - before.gateway) / count) * 1000,
        databaseCpu: ((after.database - before.database) / count) * 1000,
      },
    };
  } finally {
    subject.after?.();
  }
}

/** Answered and not on record, or the other way round: a figure of something else. */
async function everyOneRecorded({ app }: Bench, answered: number): Promise<void> {
  const { recorded } = await app.database.one<{ recorded: number }>(
    sql`select count(*)::int as recorded from model_call`,
  );
  if (recorded !== answered) throw new Error(`${answered} calls were answered and ${recorded} are recorded.`);
}

function lineOf(turns: Round, subjects: Subject[]): string {
  const { connections, delay } = JUDGED;
  return subjects
    .map(({ name }) => {
      const { count, seconds } = turns.get(cell(name, connections, delay))!;
      return `${name} ${Math.round(count / seconds)}`;
    })
    .join(", ")
    .concat(` a second over ${connections} connections`);
}

type Peers = Awaited<ReturnType<typeof openGatewayPeers>>;

function report(rounds: Round[], subjects: Subject[], peers: Peers): JsonObject {
  const table = DELAYS.flatMap((delay) =>
    PLACES.flatMap((connections) =>
      subjects.map(({ name }) => {
        const of = (pick: (turn: Turn) => number) =>
          spread(rounds.map((turns) => pick(turns.get(cell(name, connections, delay))!)));
        return {
          gateway: name,
          connections,
          delayMilliseconds: delay,
          callsPerSecond: of(({ count, seconds }) => count / seconds),
          p50: of(({ p50 }) => p50),
          p99: of(({ p99 }) => p99),
          cpuSecondsPer1000: of(({ gatewayCpu }) => gatewayCpu),
          databaseCpuSecondsPer1000: of(({ databaseCpu }) => databaseCpu),
        };
      }),
    ),
  );
  return {
    table,
    ...("missing" in peers
      ? {}
      : {
          againstPortkey: againstPortkey(rounds, "portkey"),
          againstPortkeyOnOurNode: againstPortkey(rounds, "portkeyOnOurNode"),
        }),
    aims: aimsOf(rounds, peers),
  };
}

/** By what the aims measure: calls a second, CPU of a call with the database, p99. Each the better, the larger. */
const MEASURES = {
  callsPerSecond: (one: Turn, peer: Turn) => one.count / one.seconds / (peer.count / peer.seconds),
  cpu: (one: Turn, peer: Turn) => peer.gatewayCpu / (one.gatewayCpu + one.databaseCpu),
  p99: (one: Turn, peer: Turn) => peer.p99 / one.p99,
};

/** Ratios within each round. */
function ratio(rounds: Round[], measure: keyof typeof MEASURES, name: Name, peer: Peer): Spread {
  const { connections, delay } = JUDGED;
  const of = (turns: Round, name: Name) => turns.get(cell(name, connections, delay))!;
  return spread(rounds.map((turns) => MEASURES[measure](of(turns, name), of(turns, peer))));
}

/** Ours, and gateways that do nothing else: how much of an aim the machine allows. */
function againstPortkey(rounds: Round[], peer: Peer): JsonObject {
  const against = (name: Name) => ({
    callsPerSecond: ratio(rounds, "callsPerSecond", name, peer),
    cpu: ratio(rounds, "cpu", name, peer),
    p99: ratio(rounds, "p99", name, peer),
  });
  return {
    ours: against("ours"),
    unrecorded: against("unrecorded"),
    bare: against("bare"),
    bareWithRow: against("bareWithRow"),
  };
}

function aimsOf(rounds: Round[], peers: Peers): Aim[] {
  const beside: [string, number, keyof typeof MEASURES][] = [
    ["calls a second against Portkey as it is shipped, 50 connections", 6, "callsPerSecond"],
    ["CPU of Portkey as it is shipped against gateway and database, a call", 6, "cpu"],
    ["p99 of Portkey as it is shipped against ours", 2, "p99"],
  ];
  const added = spread(
    rounds.map((turns) => {
      const of = (name: Name) => turns.get(cell(name, ADDED.connections, ADDED.delay))!;
      return of("ours").p50 - of("upstream").p50;
    }),
  );
  return [
    ...beside.map(([figure, least, measure]) =>
      "missing" in peers
        ? unmeasured(figure, `at least ${least} times`, peers.missing)
        : atLeast(figure, least, " times", ratio(rounds, measure, "ours", "portkey")),
    ),
    {
      figure: "p50 added to the provider's 50 ms, 50 connections",
      aim: "at most 5 ms",
      measured: tidy(added.median),
      met: added.median <= 5,
    },
  ];
}
