/**
 * Durable intake against the bare group-committed insert of the same run, and through its doors.
 *
 * Floor and intake are called in this process with the same number in flight, over the same embedded server, and answer
 * after the commit. The floor writes one row with as many bytes as a case's sealed input; intake checks, seals and stores a whole case with its
 * audit event. Over HTTP the sender is a process of its own, on the same machine. That what was acknowledged is there
 * after kill -9 is not measured here but proved by `npm run show -- depth.3`.
 */
import { fileURLToPath } from "node:url";
import type { JsonObject } from "../src/contract/json.ts";
import { openDatabase } from "../src/platform/database.ts";
import { openGroupCommit, type Operation } from "../src/platform/group-commit.ts";
import { silentLog } from "../src/platform/log.ts";
import { sql } from "../src/platform/sql.ts";
import { CONNECTIONS, type Order } from "./http-orders.ts";
import {
  launchPath,
  openBench,
  openGround,
  submit,
  WORKFLOW,
  type Bench,
  type Ground,
} from "./installation.ts";
import { atLeast, cpuSeconds, progress, spread, ticketText, timed } from "./measure.ts";
import { talkTo, type Talk } from "./talk.ts";

/** Four groups of four hundred (platform/gather.ts): with fewer neither the floor nor intake fills what it may have under way. */
const IN_FLIGHT = 1_600;
const COUNTS = { inside: 30_000, single: 10_000, batch: 20_000 };
const QUICK = { inside: 1_000, single: 200, batch: 500 };
const SEAL_BYTES = 28;
const SENDER = fileURLToPath(new URL("http-load.ts", import.meta.url));

type Figures = Record<
  "floor" | "floorCpu" | "floorServerCpu" | "intake" | "cpu" | "serverCpu" | "single" | "batch",
  number
>;

export async function run(options: { rounds: number; quick: boolean }): Promise<JsonObject> {
  const counts = options.quick ? QUICK : COUNTS;
  const ground = await openGround();
  try {
    const bench = await openBench(ground);
    await launchPath(bench);
    // Intake only: what comes after would share the two cores.
    await bench.app.database.run(sql`update workflow set rung = 3 where name = ${WORKFLOW}`);
    const floor = await openFloor(ground.databaseUrl);
    const sender = await talkTo(process.execPath, [SENDER], {
      ORIGIN: bench.app.url!,
      CASES: `/api/v1/workflows/${WORKFLOW}/cases`,
      KEY: bench.key,
    });
    const rounds: Figures[] = [];
    let sent = 0;
    const send = (order: Pick<Order, "kind" | "count">) => {
      const from = sent;
      sent += order.count;
      return sender.round({ ...order, from });
    };
    for (let round = 0; round <= options.rounds; round++) {
      const inside = await throughTheProcess(bench, ground, floor, counts.inside, round);
      const figures = { ...inside, ...(await throughTheDoors(send, counts)) };
      progress(
        `${round === 0 ? "warming up" : `round ${round}`}: ${[figures.intake, figures.floor, figures.single, figures.batch].map(Math.round).join(", ")} a second (intake, bare rows, single requests, a batch)`,
      );
      if (round > 0) rounds.push(figures);
    }
    await sender.stop();
    await everyOneStored(bench, (options.rounds + 1) * (counts.inside + counts.single + counts.batch));
    await floor.close();
    await bench.stop();
    return report(counts, rounds);
  } finally {
    await ground.stop();
  }
}

function report(counts: typeof COUNTS, rounds: Figures[]): JsonObject {
  const of = (name: keyof Figures) => spread(rounds.map((one) => one[name]));
  const ratio = spread(rounds.map((one) => one.intake / one.floor));
  return {
    inARound: counts,
    inFlight: IN_FLIGHT,
    bareRowsPerSecond: of("floor"),
    casesPerSecond: of("intake"),
    ratio,
    overHttp: {
      singleRequests: { connections: CONNECTIONS, casesPerSecond: of("single") },
      oneBatch: { lines: counts.batch, casesPerSecond: of("batch") },
    },
    cpuMicroseconds: {
      programPerCase: of("cpu"),
      databasePerCase: of("serverCpu"),
      programPerBareRow: of("floorCpu"),
      databasePerBareRow: of("floorServerCpu"),
    },
    aims: [atLeast("durable intake against bare group-committed inserts", 0.5, " times", ratio)],
  };
}

async function throughTheProcess(bench: Bench, ground: Ground, floor: Floor, count: number, round: number) {
  const bareSince = process.cpuUsage();
  const bareBefore = ground.serverCpu();
  const bareSeconds = await timed(count, IN_FLIGHT, (i) => floor.insert(`${round}-${i}`, i));
  const floorCpu = (cpuSeconds(bareSince) / count) * 1e6;
  const floorServerCpu = ((ground.serverCpu() - bareBefore) / count) * 1e6;
  const since = process.cpuUsage();
  const serverBefore = ground.serverCpu();
  const seconds = await timed(count, IN_FLIGHT, (i) => submit(bench, round * count + i));
  return {
    floor: count / bareSeconds,
    floorCpu,
    floorServerCpu,
    intake: count / seconds,
    cpu: (cpuSeconds(since) / count) * 1e6,
    serverCpu: ((ground.serverCpu() - serverBefore) / count) * 1e6,
  };
}

async function throughTheDoors(
  send: (order: Pick<Order, "kind" | "count">) => ReturnType<Talk["round"]>,
  counts: typeof COUNTS,
) {
  return {
    single: counts.single / (await send({ kind: "single", count: counts.single })),
    batch: counts.batch / (await send({ kind: "batch", count: counts.batch })),
  };
}

/** A figure of cases that are not there would be of something else. */
async function everyOneStored({ app }: Bench, made: number): Promise<void> {
  const { stored } = await app.database.one<{ stored: number }>(
    sql`select count(*)::int as stored from case_`,
  );
  if (stored !== made) throw new Error(`Of ${made} cases ${stored} are stored.`);
}

/** As many bytes as a case's sealed input: its JSON, and what encryption adds. */
function asStored(i: number): string {
  const text = JSON.stringify({ text: ticketText(i), amount: i });
  return text.padEnd(text.length + SEAL_BYTES, "-");
}

type Floor = Awaited<ReturnType<typeof openFloor>>;

async function openFloor(url: string) {
  const database = openDatabase({ url, log: silentLog });
  const group = openGroupCommit(database);
  await database.run(sql`create table bench_floor (id text collate "C" primary key, body text not null)`);
  const insert: Operation<{ id: string; body: string }, undefined> = {
    name: "floor",
    async run(tx, items) {
      await tx.run(
        sql`insert into bench_floor (id, body) select * from unnest(${items.map((one) => one.id)}::text[], ${items.map((one) => one.body)}::text[])`,
      );
      return items.map(() => undefined);
    },
  };
  return {
    insert: (id: string, i: number) => group.do(insert, { id, body: asStored(i) }),
    close: () => database.close(),
  };
}
