/**
 * How long the candidate still gets new cases after a rollback was asked for: four programs over one database, all of them
 * taking in cases all the time.
 *
 * Each round begins a rollout at half of the cases, waits until every program has given cases to the candidate, and takes
 * it back, at each program in turn. A case counts at the moment when its sender got the answer, the latest that it can be
 * seen; whose release it got is read from the database. Senders and programs share the machine.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { JsonObject } from "../src/contract/json.ts";
import { idBorder } from "../src/contract/ids.ts";
import { openClient, type Client } from "../src/contract/client.ts";
import { openDatabase, type Database } from "../src/platform/database.ts";
import { silentLog } from "../src/platform/log.ts";
import { sql } from "../src/platform/sql.ts";
import { startProgram, until, type Program } from "../test/show/program.ts";
import { launch } from "../test/support/installation.ts";
import { openGround, PEOPLE, WORKFLOW } from "./installation.ts";
import { progress, tidy, ticketText, type Aim } from "./measure.ts";

const PROGRAMS = 4;
const LANES = 2;
/** What a lane waits between two cases, in milliseconds. */
const BETWEEN = 10;
/** Cases of the candidate at each program before it is taken back. */
const BEFORE = 5;
/** How long cases are watched after the answer. */
const WATCHED = 1_500;
const AIM = 1_000;
const params = { workflow: WORKFLOW };

interface Sent {
  id: string;
  program: number;
  sent: number;
  answered: number;
}

interface Round {
  /** Milliseconds from the command to the last case of the candidate, and to the answer. */
  last: number;
  answer: number;
  /** Cases of the candidate that were sent when the answer was there. */
  late: number;
  cases: number;
}

export async function run({ rounds, quick }: { rounds: number; quick: boolean }): Promise<JsonObject> {
  const ground = await openGround();
  const duties: (() => Promise<void> | void)[] = [() => ground.stop()];
  try {
    const programs: Program[] = [];
    for (let i = 0; i < PROGRAMS; i++)
      programs.push(
        await startProgram(
          { after: (work) => void duties.push(work) },
          { dataHome: ground.dataHome, settings: { DATABASE_URL: ground.databaseUrl } },
        ),
      );
    const database = openDatabase({ url: ground.databaseUrl, log: silentLog });
    duties.push(() => database.close());
    const release = await launch(
      { client: as(programs[0]!, PEOPLE.owner) },
      { workflow: { workflow: WORKFLOW, people: PEOPLE, rollout: [0.5, 1], deliveries: [] }, share: 0 },
    );
    const load = openLoad(programs);
    duties.push(() => load.stop());
    const found: Record<"byRequest" | "byCommandLine", Round[]> = { byRequest: [], byCommandLine: [] };
    // The command line starts a program of its own first, so that it is a figure of its own.
    const kinds = [
      ...Array.from({ length: rounds }, () => "byRequest" as const),
      ...Array.from({ length: quick ? 1 : Math.ceil(rounds / 4) }, () => "byCommandLine" as const),
    ];
    for (const [i, kind] of kinds.entries()) {
      const round = await takeBack(programs, database, load, { release, at: i % PROGRAMS, kind });
      found[kind].push(round);
      progress(`${kind} ${found[kind].length}: last case after ${tidy(round.last)} ms`);
    }
    const byRequest = figuresOf(found.byRequest);
    const late = [...found.byRequest, ...found.byCommandLine].reduce((sum, one) => sum + one.late, 0);
    const aims: Aim[] = [
      {
        figure: "milliseconds from the command to the last new case of the candidate, p99",
        aim: `under ${AIM} ms`,
        measured: byRequest.lastCaseMilliseconds.p99,
        met: byRequest.lastCaseMilliseconds.p99 < AIM,
      },
      {
        figure: "cases of the candidate that were sent after the answer",
        aim: "none",
        measured: late,
        met: late === 0,
      },
    ];
    return { programs: PROGRAMS, byRequest, byCommandLine: figuresOf(found.byCommandLine), aims };
  } finally {
    for (const duty of duties.reverse()) await duty();
  }
}

function as({ url, key }: Program, person: string): Client {
  return openClient({ url, key, as: person });
}

async function takeBack(
  programs: readonly Program[],
  database: Database,
  load: Load,
  { release, at, kind }: { release: string; at: number; kind: "byRequest" | "byCommandLine" },
): Promise<Round> {
  const program = programs[at]!;
  const owner = as(program, PEOPLE.owner);
  const { id: rollout, startedAt } = await owner.startRollout({ params, body: { release, ceiling: 0.5 } });
  const { pending } = await owner.advanceRollout({ params, body: {} });
  load.forget();
  await as(program, PEOPLE.approver).approveChange({ params: { change: pending!.id } });
  const since = idBorder("case", Date.parse(startedAt));
  const itsCases = async () => {
    const found = await database.all<{ id: string }>(
      sql`select id from case_ where workflow = ${WORKFLOW} and id >= ${since} and release = ${release}`,
    );
    const ids = new Set(found.map(({ id }) => id));
    return load.sent.filter(({ id }) => ids.has(id));
  };
  await until(
    "every program to give cases to the candidate",
    itsCases,
    (cases) => programs.every((_, i) => cases.filter((one) => one.program === i).length >= BEFORE),
    30,
  );
  const asked = performance.now();
  if (kind === "byRequest") await owner.rollBack({ params, body: { rollout, reason: "A bench" } });
  else await program.cli("rollback", WORKFLOW, "--reason", "A bench");
  const answered = performance.now();
  await pause(WATCHED);
  await load.rest();
  const cases = await itsCases();
  load.goOn();
  const last = Math.max(...cases.map((one) => one.answered));
  return {
    last: Math.max(0, last - asked),
    answer: answered - asked,
    late: cases.filter(({ sent }) => sent > answered).length,
    cases: cases.length,
  };
}

interface Load {
  sent: Sent[];
  forget(): void;
  /** Waits until all that is under way is answered, and sends nothing more until `goOn`. */
  rest(): Promise<void>;
  goOn(): void;
  stop(): Promise<void>;
}

function openLoad(programs: readonly Program[]): Load {
  let [ended, resting, count, failed] = [false, false, 0, undefined as unknown];
  const under = new Set<Promise<unknown>>();
  const load: Load = {
    sent: [],
    forget: () => void (load.sent = []),
    async rest() {
      resting = true;
      await Promise.all(under);
      if (failed !== undefined) throw failed;
    },
    goOn: () => void (resting = false),
    async stop() {
      ended = true;
      await Promise.all(lanes);
    },
  };
  const send = async (client: Client, program: number) => {
    const i = count++;
    const sent = performance.now();
    const { caseId } = await client.submitCase({
      params,
      body: { externalId: `b-${i}`, input: { text: ticketText(i) } },
    });
    load.sent.push({ id: caseId, program, sent, answered: performance.now() });
  };
  const lane = async (client: Client, program: number) => {
    while (!ended && failed === undefined) {
      if (!resting) {
        const one = send(client, program).catch((error: unknown) => void (failed ??= error));
        under.add(one);
        await one;
        under.delete(one);
      }
      await pause(BETWEEN);
    }
  };
  const lanes = programs.flatMap((program, i) =>
    Array.from({ length: LANES }, () => lane(as(program, "bench"), i)),
  );
  return load;
}

function figuresOf(rounds: readonly Round[]) {
  const at = (values: number[], part: number) => {
    const sorted = values.toSorted((a, b) => a - b);
    return tidy(sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]!);
  };
  const spread = (values: number[]) => ({ p50: at(values, 0.5), p99: at(values, 0.99) });
  return {
    n: rounds.length,
    lastCaseMilliseconds: spread(rounds.map(({ last }) => last)),
    answerMilliseconds: spread(rounds.map(({ answer }) => answer)),
    casesOfTheCandidate: rounds.reduce((sum, { cases }) => sum + cases, 0),
    casesSentAfterTheAnswer: rounds.reduce((sum, { late }) => sum + late, 0),
  };
}
