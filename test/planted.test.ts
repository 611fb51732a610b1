/** Planted cases: off until agreed, made of agreed truth, like any other until the verdict, and never delivered. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Client } from "../src/contract/client.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { sql } from "../src/platform/sql.ts";
import { APART } from "../src/reviews/planted.ts";
import { withPlanted } from "../src/reviews/planted-desk.ts";
import type { Reviews } from "../src/reviews/review.ts";
import { DAY, MINUTE, openDesk } from "./support/desk.ts";

const workflow = "planted";
const { installation, owner: as, open, pass, reach } = await openDesk();
const { client, app } = installation;
const { database } = app;
// The highest dial: a tenth of the claims.
const waiting = await open(workflow, {
  workflow: { planted: { share: 0.1 }, cold: { share: 0.5 }, undo: 0, due: { workingHours: 8 } },
});
const rows = () => database.all<{ id: string; state: string; origin: string }>(sql`select * from planted`);

/** Cases that went out as the model said, some of them judged cold: truth that two agree on. */
const origins: string[] = [];
for (let i = 0; i < 12; i++) {
  const caseId = await waiting();
  const { lease } = await as("olga@example.com").claimReview({ params: { case: caseId }, body: {} });
  await as("olga@example.com").giveVerdict({
    params: { case: caseId },
    body: { lease, verdict: "edit", output: { category: "billing" } },
  });
  origins.push(caseId);
}
for (const caseId of origins) await reach(caseId, "delivered");
await pass(2 * DAY);
for (let i = 0; i < 6; i++) await waiting();

/** As if this person had given so many real verdicts, all on one case: nobody waits for forty of them here. */
const practice = await waiting();
let turns = 100;
async function practised(person: string, verdicts: number): Promise<void> {
  const at = new Date(app.clock.now()).toISOString();
  const from = turns;
  turns += verdicts;
  await database.run(sql`
    insert into review (case_id, no, workflow, state, opened_at, person, holder, simulated, verdict, decided_at)
    select ${practice}, ${from}::int + i, ${workflow}, 'decided', ${at}, ${person}, ${person}, false, 'approve', ${at} from generate_series(1, ${verdicts}) i`);
}

/** Claims until a planted case comes, giving every other back; answers it, or undefined after so many. */
async function untilPlanted(who: Client, tries = 200) {
  for (let i = 0; i < tries; i++) {
    const [task] = (await who.claimReviews({ params: { workflow }, body: {} })).reviews;
    if (!task) return undefined;
    if ((await rows()).some((row) => row.id === task.caseId)) return task;
    await who.releaseReview({ params: { case: task.caseId }, body: { lease: task.lease } });
  }
  return undefined;
}

describe("no case is planted", () => {
  test("before what the works council agreed to is on record, nor when it was only informed", async () => {
    await practised("early@example.com", 100);
    const early = as("early@example.com");
    expect(await untilPlanted(early, 40)).toBeUndefined();
    await client.recordWorksAgreement({ params: { workflow }, body: { state: "informed" } });
    expect(await untilPlanted(early, 40)).toBeUndefined();
    expect(await rows()).toEqual([]);
    await client.recordWorksAgreement({ params: { workflow }, body: { state: "none_exists" } });
  });

  test("for whoever has not given enough real verdicts since the last one", async () => {
    await practised("new@example.com", APART - 1);
    expect(await untilPlanted(as("new@example.com"), 40)).toBeUndefined();
  });
});

describe("a planted case", () => {
  test("looks like any other: its form, its page, its place among those in hand", async () => {
    const ina = as("ina@example.com");
    // Before the practice: nothing is planted for who has not given enough verdicts.
    const [real] = (await ina.claimReviews({ params: { workflow }, body: {} })).reviews;
    await practised("ina@example.com", APART);
    const planted = (await untilPlanted(ina))!;
    expect(planted.caseId).toMatch(/^case_[0-9a-z]{26}$/);
    expect(Object.keys(planted)).toEqual(Object.keys(real!));
    expect(planted).toMatchObject({
      turn: "first",
      withheld: null,
      notes: [],
      earlier: null,
      input: { text: "the bill is wrong" },
      outputSchema: real!.outputSchema,
      unit: "ticket",
    });
    const codes = planted.reasons.map((one) => one.code);
    expect(codes).toContain("no_certificate");
    expect(codes).not.toContain("cold");
    expect(planted.output!["category"]).not.toBe("billing");
    expect(Date.parse(planted.receivedAt)).toBeLessThanOrEqual(app.clock.now());
    expect(app.clock.now() - Date.parse(planted.receivedAt)).toBeLessThan(2 * 60 * MINUTE);
    expect(planted.dueAt).not.toBeNull();
    const page = await ina.getCase({ params: { case: planted.caseId }, query: { content: "true" } });
    const realPage = await ina.getCase({ params: { case: real!.caseId }, query: { content: "true" } });
    expect(Object.keys(page)).toEqual(Object.keys(realPage));
    expect(page).toMatchObject({
      id: planted.caseId,
      state: "in_review",
      verdict: null,
      deliveredAt: null,
      labels: [],
      deliveries: [],
    });
    expect(page.content).toMatchObject({ output: planted.output, final: null });
    const { mine } = await ina.getInbox({ params: { workflow } });
    expect(mine.map((one) => one.caseId)).toContain(planted.caseId);
    // To anybody else it does not exist.
    await expect(as("other@example.com").getCase({ params: { case: planted.caseId } })).rejects.toMatchObject(
      { code: "not_found" },
    );
    expect(origins).toContain((await rows()).find((row) => row.id === planted.caseId)!.origin);
    const listed = await client.listCases({ params: { workflow }, query: { limit: "200" } });
    expect(listed.cases.map((one) => one.id)).not.toContain(planted.caseId);
  });

  test("is revealed with the verdict: caught by who changes the wrong value, and nothing is delivered", async () => {
    await practised("kai@example.com", APART);
    const kai = as("kai@example.com");
    const planted = (await untilPlanted(kai))!;
    const before = deliveredLines();
    const renewed = await kai.renewReview({
      params: { case: planted.caseId },
      body: { lease: planted.lease, leaseSeconds: 900 },
    });
    expect(Date.parse(renewed.leaseUntil) - app.clock.now()).toBe(900_000);
    await expect(
      kai.giveVerdict({
        params: { case: planted.caseId },
        body: { lease: planted.lease, verdict: "edit", output: { category: "nonsense" } },
      }),
    ).rejects.toMatchObject({ code: "bad_output" });
    expect(
      await kai.giveVerdict({
        params: { case: planted.caseId },
        body: {
          lease: planted.lease,
          verdict: "edit",
          output: { category: "billing" },
          reason: "wrong_class",
        },
      }),
    ).toEqual({
      caseId: planted.caseId,
      state: "decided",
      verdict: "edit",
      undoUntil: null,
      modelOutput: planted.output,
      differs: ["category"],
      planted: { caught: true, fields: ["category"] },
    });
    await pass(MINUTE);
    expect(deliveredLines()).toEqual(before);
    await expect(kai.undoVerdict({ params: { case: planted.caseId } })).rejects.toMatchObject({
      code: "wrong_state",
    });
    await expect(kai.getCase({ params: { case: planted.caseId } })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test("that is approved was missed, and the next one is forty verdicts away", async () => {
    await practised("lea@example.com", APART);
    const lea = as("lea@example.com");
    const planted = (await untilPlanted(lea))!;
    expect(
      await lea.giveVerdict({
        params: { case: planted.caseId },
        body: { lease: planted.lease, verdict: "approve" },
      }),
    ).toMatchObject({ verdict: "approve", planted: { caught: false } });
    await pass(1_000);
    expect(await untilPlanted(lea, 40)).toBeUndefined();
  });

  test.each([
    ["given back", "releaseReview", {}],
    ["put off", "snoozeReview", { until: "2026-01-09T09:00:00.000Z" }],
    ["handed to the owner", "escalateReview", { reason: "other", text: "unsure" }],
    ["asked about", "askSender", { reason: "missing", question: "Which one?" }],
  ] as const)("that is %s ends as any other would, and is nobody's from then on", async (_, verb, more) => {
    const name = `${verb.toLowerCase()}@example.com`;
    await practised(name, APART);
    const who = as(name);
    const planted = (await untilPlanted(who))!;
    const call = who[verb] as (input: object) => Promise<JsonObject>;
    const send = () => call({ params: { case: planted.caseId }, body: { lease: planted.lease, ...more } });
    const answer = await send();
    // Sent twice, as any other: nothing tells that it is not one.
    expect(await send()).toEqual(answer);
    await expect(
      call({ params: { case: planted.caseId }, body: { lease: `${planted.lease}x`, ...more } }),
    ).rejects.toMatchObject({ code: "lease_lost" });
    await expect(
      who.giveVerdict({
        params: { case: planted.caseId },
        body: { lease: planted.lease, verdict: "approve" },
      }),
    ).rejects.toMatchObject({ code: "lease_lost" });
    expect((await rows()).find((row) => row.id === planted.caseId)!.state).toBe("left");
  });

  test("whose time is over is refused politely", async () => {
    await practised("mo@example.com", APART);
    const mo = as("mo@example.com");
    const planted = (await untilPlanted(mo))!;
    await pass(11 * MINUTE);
    await expect(
      mo.giveVerdict({
        params: { case: planted.caseId },
        body: { lease: planted.lease, verdict: "approve" },
      }),
    ).rejects.toMatchObject({ code: "lease_lost" });
    const again = await mo.claimReview({ params: { case: planted.caseId }, body: {} });
    expect(again).toMatchObject({ caseId: planted.caseId, output: planted.output });
    await expect(
      as("kai@example.com").claimReview({ params: { case: planted.caseId }, body: {} }),
    ).rejects.toMatchObject({ code: "wrong_state" });
  });

  test("names nobody in the audit log, and leaves no label", async () => {
    const events = await database.all<{ body: string }>(
      sql`select body from audit_event where kind in ('planted.shown', 'planted.decided')`,
    );
    expect(events.length).toBeGreaterThan(2);
    for (const { body } of events) expect(body).not.toMatch(/@example\.com/);
    expect(await database.all(sql`select 1 from label where source = 'planted'`)).toEqual([]);
  });

  test("keeps its output sealed, and dies with the key of its origin", async () => {
    await practised("pia@example.com", APART);
    const pia = as("pia@example.com");
    const planted = (await untilPlanted(pia))!;
    const { origin } = (await rows()).find((row) => row.id === planted.caseId)!;
    const kept = await database.all(
      sql`select 1 from case_content where case_id = ${origin} and kind = ${`planted.${planted.caseId}`}`,
    );
    expect(kept).toHaveLength(1);
    await database.run(sql`delete from case_key where owner = ${origin}`);
    await expect(
      pia.giveVerdict({
        params: { case: planted.caseId },
        body: { lease: planted.lease, verdict: "approve" },
      }),
    ).rejects.toMatchObject({ code: "lease_lost" });
  });
});

test("a case that reviews know costs no question about planted ones", async () => {
  const caseId = app.newId("case");
  const asked: string[] = [];
  const reviews = { decide: async () => "decided" } as unknown as Reviews;
  const parts = { database: { maybe: async () => void asked.push("asked") } };
  const desk = withPlanted(reviews, parts as never);
  expect(await desk.decide(caseId, {} as never, {} as never)).toBe("decided");
  expect(asked).toEqual([]);
});

function deliveredLines(): string[] {
  const path = join(installation.dataHome, "files", workflow, "results.jsonl");
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];
}
