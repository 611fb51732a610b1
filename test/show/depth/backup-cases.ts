/**
 * The installation that is backed up: a workflow whose cases go through to their delivery, and one that takes in
 * a great many and holds them, because the safe-stop ladder stands at "intake only".
 */
import { randomBytes } from "node:crypto";
import type { JsonObject } from "../../../src/contract/json.ts";
import { openLog } from "../../../src/platform/log.ts";
import { readSettings } from "../../../src/platform/settings.ts";
import { sql } from "../../../src/platform/sql.ts";
import { start } from "../../../src/serve.ts";
import { launch } from "../../support/installation.ts";
import type { Context } from "../point.ts";
import { startProgram, until, type Program } from "../program.ts";

export const ARCHIVE = "archive";
const LIVE = "tickets";
const BATCH = 1_000;
const PEOPLE_AT_ONCE = 50;
const INTAKE_ONLY = 3;

let tickets = 0;

/** A ticket of a usual length; no two are alike. */
export function ticket(): { externalId: string; input: JsonObject } {
  const externalId = `T-${tickets++}-${randomBytes(3).toString("hex")}`;
  return {
    externalId,
    input: {
      text: `${externalId}: the bill of last month has the amount twice; ${randomBytes(90).toString("base64")}. Please look at it and write to me.`,
      customer: `C-${Math.floor(tickets / 3)}`,
    },
  };
}

const SHARED = { thread: "customer", subject: ["customer"] } satisfies JsonObject;

/** Fills an empty data home; answers how many seconds the many took. The program has stopped when this is done. */
export async function seed(
  context: Context,
  dataHome: string,
  { cases, carried }: { cases: number; carried: number },
): Promise<number> {
  const program = await startProgram(context, { dataHome });
  await launch(program, { workflow: SHARED });
  await launch(program, { workflow: { workflow: ARCHIVE, ...SHARED }, release: { workflow: ARCHIVE } });
  await carry(context, program, carried);
  await program.stop();
  return fill(context, dataHome, cases - carried);
}

/** Takes cases from intake to delivery, with a person's verdict each. */
async function carry(context: Context, program: Program, many: number): Promise<void> {
  const { client } = program;
  const lines = Array.from({ length: many }, () => JSON.stringify(ticket()));
  for await (const answer of client.batch(LIVE, lines))
    if (answer.status === "error" || answer.status === "quarantined")
      throw new Error(`a case was not taken: ${answer.message}`);
  for (let decided = 0; decided < many;) {
    const { reviews } = await until(
      "cases to review",
      () => client.claimReviews({ params: { workflow: LIVE }, body: { count: PEOPLE_AT_ONCE } }),
      (found) => found.reviews.length > 0,
      120,
    );
    await Promise.all(
      reviews.map(({ caseId, lease }) =>
        client.giveVerdict({ params: { case: caseId }, body: { lease, verdict: "approve" } }),
      ),
    );
    decided += reviews.length;
    if (decided % 500 === 0 || decided >= many) context.progress(`${decided} of ${many} cases decided`);
  }
}

/** The same intake as every door's, in one process and many records at a time, as a long file comes in. */
async function fill(context: Context, dataHome: string, many: number): Promise<number> {
  const settings = readSettings({ PILOTAGE_DATA: dataHome, PILOTAGE_PORT: "0" });
  const { app, stop } = await start("all", settings, openLog("error"));
  try {
    const { database, registry, intake } = app;
    await delivered(context, app.database);
    // The owner of the tables sets it: there is no command for the ladder yet.
    await database.run(sql`update workflow set rung = ${INTAKE_ONLY} where name = ${ARCHIVE}`);
    const view = await registry.workflow(database, ARCHIVE);
    const reference = await registry.reference(database, view.row);
    const started = performance.now();
    let left = many;
    // Two at a time: while the database works for one, the next is checked and sealed.
    const lane = async () => {
      while (left > 0) {
        const size = Math.min(BATCH, left);
        left -= size;
        const records = Array.from({ length: size }, incoming);
        const receipts = await database.transaction((tx) => intake.receiveAll(tx, records, view, reference));
        const refused = receipts.find(({ kind }) => kind !== "admitted");
        if (refused) throw new Error(`a case was not admitted: ${JSON.stringify(refused)}`);
        if (left % 50_000 < BATCH) context.progress(`${many - left} of ${many} cases taken in`);
      }
    };
    await Promise.all([lane(), lane()]);
    const seconds = Math.round((performance.now() - started) / 1_000);
    await until(
      "the log to hold every event",
      async () =>
        (
          await database.one<{ n: number }>(
            sql`select count(*) as n from (select from audit_waiting limit 1) p`,
          )
        ).n,
      (n) => n === 0,
      600,
    );
    return seconds;
  } finally {
    await stop();
  }
}

function incoming() {
  return {
    ...ticket(),
    workflow: ARCHIVE,
    door: "feed" as const,
    source: "export",
    attachments: [],
    raw: "",
    textOnly: false,
    drill: false,
    actor: { kind: "system" as const, name: "proof" },
  };
}

async function delivered(context: Context, database: Parameters<typeof openCases>[0]): Promise<void> {
  context.progress("waiting for the last deliveries");
  await until(
    "every delivery",
    () => openCases(database),
    (open) => open === 0,
    300,
  );
}

async function openCases(database: { one<T>(query: ReturnType<typeof sql>): Promise<T> }): Promise<number> {
  return (
    await database.one<{ n: number }>(
      sql`select count(*) as n from case_ where workflow = ${LIVE} and state <> 'delivered'`,
    )
  ).n;
}

/** The next case, from intake to delivery; answers its last state. */
export async function carryOne(program: Program): Promise<string> {
  const { client } = program;
  const { caseId } = await client.submitCase({ params: { workflow: LIVE }, body: ticket() });
  const { reviews } = await until(
    "the next case to be reviewed",
    () => client.claimReviews({ params: { workflow: LIVE }, body: { count: 1 } }),
    (found) => found.reviews.length > 0,
    60,
  );
  await client.giveVerdict({
    params: { case: caseId },
    body: { lease: reviews[0]!.lease, verdict: "approve" },
  });
  const { state } = await until(
    "the next case to be delivered",
    () => client.getCase({ params: { case: caseId } }),
    (found) => found.state === "delivered",
    60,
  );
  return state;
}
