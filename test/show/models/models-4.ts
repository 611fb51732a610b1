/**
 * `models.4`: the memory of the program stays flat over 200,000 calls, whole, collected and live, and over 1,000 streams at once.
 *
 * What the process holds is read twice a second. Over the calls: the medians of their last fifth and of their second one; over
 * the streams, which are all open for half a minute: of the second and the last third of that time, and how much each stream
 * takes. Every call has its row.
 *
 * Options: `--calls n` (200,000), `--streams n` (1,000), `--connections n` (60).
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { talkTo } from "../../../bench/talk.ts";
import { sql } from "../../../src/platform/sql.ts";
import type { Context, Outcome } from "../point.ts";
import { openStore, startProgram, until, type Program } from "../program.ts";
import type { Asker } from "./asking.ts";
import { gather, type Manner } from "./crowd.ts";

export const title = "Flat memory over 200,000 calls and over 1,000 streams at once";

const MODEL = "first/primary";
const MANNERS: readonly Manner[] = ["plain", "buffered", "live"];
/** The most by which a median may be higher later on: what a garbage collector leaves lying about. */
const FLAT = 1.15;
/** Megabytes; of a program that holds a stream's buffers, two sockets and a call. */
const MOST_PER_STREAM = 0.3;
const STREAM = { tokens: 120, tokenMs: 250 };

export async function run(context: Context): Promise<Outcome> {
  const option = (name: string, usual: number) => Number(context.options[name] ?? usual);
  const [calls, streams] = [option("calls", 200_000), option("streams", 1_000)];
  const provider = await talkTo(
    process.execPath,
    [fileURLToPath(new URL("pouring-provider.ts", import.meta.url))],
    {},
  );
  context.after(() => provider.stop());
  const { port } = await provider.ask<{ port: number }>({});
  const program = await startProgram(context, { dataHome: context.folder("memory") });
  const { secret } = await program.client.makeKey({
    body: { name: "a program", scopes: ["gateway"], days: 1 },
  });
  await program.client.saveConnection({
    params: { name: "first" },
    body: {
      settings: {
        kind: "openai",
        baseUrl: `http://127.0.0.1:${port}/v1`,
        passThrough: [{ name: "primary", mode: "live" }],
      },
    },
  });
  const asker = { url: program.url, secret };

  const many = await manyCalls(context, program, asker, calls, option("connections", 60));
  await provider.ask(STREAM);
  const once = await manyStreams(context, program, asker, streams, () =>
    provider.ask<{ open: number; mostOpen: number }>({}),
  );
  const { rows } = await recorded(program);
  const problems = [
    ...many.problems,
    ...once.problems,
    ...(rows === calls + streams ? [] : [`${calls + streams} calls, ${rows} rows`]),
  ];
  for (const problem of problems) context.progress(problem);
  return {
    met: problems.length === 0 && calls >= 200_000 && streams >= 1_000,
    figures: { calls: many.figures, streams: once.figures, rows, flatWithin: FLAT, problems },
  };
}

async function manyCalls(
  context: Context,
  program: Program,
  asker: Asker,
  calls: number,
  connections: number,
) {
  const began = performance.now();
  const watch = watchMemory(program.pid);
  const crowd = gather(asker, MODEL, connections, { manners: MANNERS, most: calls });
  const telling = setInterval(
    () => context.progress(`${crowd.told.length} calls, ${Math.round(watch.seen.at(-1)?.megabytes ?? 0)} MB`),
    20_000,
  );
  const told = await crowd.end();
  clearInterval(telling);
  const seconds = (performance.now() - began) / 1_000;
  const seen = watch.end();
  const whole = told.filter((one) => one.whole).length;
  const early = medianOf(seen, 0.2, 0.4);
  const late = medianOf(seen, 0.8, 1);
  context.progress(`${whole} whole answers in ${seconds.toFixed(0)} s; ${early} MB, then ${late} MB`);
  return {
    figures: {
      made: told.length,
      whole,
      perSecond: Math.round(told.length / seconds),
      earlyMb: early,
      lateMb: late,
      mostMb: Math.max(...seen.map((one) => one.megabytes)),
    },
    problems: [
      ...(whole === calls ? [] : [`${calls - whole} of ${calls} calls were not answered whole`]),
      ...(late <= early * FLAT ? [] : [`memory grew from ${early} to ${late} MB over the calls`]),
    ],
  };
}

async function manyStreams(
  context: Context,
  program: Program,
  asker: Asker,
  streams: number,
  ask: () => Promise<{ open: number; mostOpen: number }>,
) {
  const before = residentMb(program.pid);
  const crowd = gather(asker, MODEL, streams, { manners: ["live"], most: streams });
  await until(
    "all streams to be open",
    ask,
    ({ mostOpen, open }) => mostOpen >= streams || open >= streams,
    60,
  ).catch(() => undefined);
  const watch = watchMemory(program.pid);
  await sleep((STREAM.tokens * STREAM.tokenMs) / 2);
  const { mostOpen } = await ask();
  const during = watch.end();
  const told = await crowd.end();
  const whole = told.filter((one) => one.whole).length;
  await sleep(5_000);
  const after = residentMb(program.pid);
  const [early, late] = [medianOf(during, 0.33, 0.66), medianOf(during, 0.66, 1)];
  const perStream = (late - before) / streams;
  context.progress(
    `${mostOpen} streams at once: ${before} MB before, ${early} and ${late} MB during, ${after} MB after`,
  );
  return {
    figures: {
      streams,
      atOnce: mostOpen,
      whole,
      beforeMb: before,
      earlyMb: early,
      lateMb: late,
      afterMb: after,
      kilobytesPerStream: Math.round(perStream * 1_000),
    },
    problems: [
      ...(mostOpen >= streams ? [] : [`only ${mostOpen} of ${streams} streams were open at once`]),
      ...(whole === streams ? [] : [`${streams - whole} of ${streams} streams were not whole`]),
      ...(late <= early * FLAT
        ? []
        : [`memory grew from ${early} to ${late} MB while the streams were open`]),
      ...(perStream <= MOST_PER_STREAM ? [] : [`a stream takes ${perStream.toFixed(2)} MB`]),
    ],
  };
}

interface Held {
  megabytes: number;
}

function watchMemory(pid: number) {
  const seen: Held[] = [];
  const look = setInterval(() => seen.push({ megabytes: residentMb(pid) }), 500);
  return {
    seen,
    end(): Held[] {
      clearInterval(look);
      return seen;
    },
  };
}

function residentMb(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1];
  return Math.round(Number(kilobytes) / 1_024);
}

/** Of the part of the samples between two shares of the time. */
function medianOf(seen: readonly Held[], from: number, to: number): number {
  const part = seen
    .slice(Math.floor(seen.length * from), Math.ceil(seen.length * to))
    .map((one) => one.megabytes)
    .sort((a, b) => a - b);
  return part[Math.floor(part.length / 2)] ?? 0;
}

async function recorded(program: Program): Promise<{ rows: number }> {
  const { database } = await openStore(program);
  try {
    return await database.one(sql`select count(*)::int as rows from model_call where outcome = 'answered'`);
  } finally {
    await database.close();
  }
}
