/** The most urgent first: the order in which cases are taken, and what the queue and the mails count as open. */
import { describe, expect, test } from "vitest";
import { sql } from "../src/platform/sql.ts";
import { claimNext } from "../src/reviews/store.ts";
import { claim, decide, inbox, MINUTE, next, openDesk, undo } from "./support/desk.ts";
import { signedIn } from "./support/people.ts";

const desk = await openDesk();
const { installation, pass } = desk;
const { app } = installation;
const { database } = app;
const anna = await installation.clientFor(["review"]);
const ben = await installation.clientFor(["review", "read"]);
const cleo = await installation.clientFor(["review", "content:read"]);
const owner = desk.owner("E. Brandt");

const RISKY = { release: { decide: { review: ['output.category == "technical"'] } } };
const cable = { text: "the cable is cut" };
const ids = (tasks: { caseId: string }[]) => tasks.map((one) => one.caseId);
const snooze = async (who: typeof anna, caseId: string, milliseconds: number) =>
  who.snoozeReview({
    params: { case: caseId },
    body: {
      lease: (await claim(who, caseId)).lease,
      until: new Date(app.clock.now() + milliseconds).toISOString(),
    },
  });

describe("cases come", () => {
  test("the risky before the routine of a similar due time, and by due time within a kind", async () => {
    const workflow = "risky";
    const waiting = await desk.open(workflow, { ...RISKY, workflow: { due: { workingHours: 4 } } });
    const routine = [await waiting()];
    await pass(MINUTE);
    routine.push(await waiting());
    const risky = [await waiting(cable)];
    await pass(MINUTE);
    risky.push(await waiting(cable));
    expect(ids(await next(anna, workflow, 3))).toEqual([...risky, routine[0]]);
    expect(ids(await next(ben, workflow, 3))).toEqual([routine[1]]);
  });

  test("the routine first that is due much sooner", async () => {
    const workflow = "sooner";
    const waiting = await desk.open(workflow, { ...RISKY, workflow: { due: { workingHours: 4 } } });
    const routine = await waiting();
    await pass(150 * MINUTE);
    const risky = await waiting(cable);
    expect(ids(await next(anna, workflow, 2))).toEqual([routine, risky]);
  });

  test("the same where no time is promised", async () => {
    const workflow = "unpromised";
    const waiting = await desk.open(workflow, RISKY);
    const routine = await waiting();
    const risky = await waiting(cable);
    expect(ids(await next(anna, workflow, 2))).toEqual([risky, routine]);
  });

  test("as urgent as they were when the verdict is taken back, and when they are passed on", async () => {
    const workflow = "passed-on";
    const waiting = await desk.open(workflow, { ...RISKY, workflow: { due: { workingHours: 4 } } });
    const risky = await waiting(cable);
    const urgency = () =>
      database.all(sql`select distinct urgent_at, cause from review where case_id = ${risky}`);
    const [before] = await urgency();
    expect(before).toMatchObject({ cause: "risk" });
    await decide(anna, risky, (await claim(anna, risky)).lease, "approve");
    await undo(anna, risky);
    await anna.escalateReview({
      params: { case: risky },
      body: { lease: (await claim(anna, risky)).lease, reason: "other", text: "Unsure." },
    });
    expect(await urgency()).toEqual([before]);
    expect(await database.all(sql`select no from review where case_id = ${risky}`)).toHaveLength(3);
  });

  test("by their due times when the program before this one left them", async () => {
    const workflow = "older";
    const waiting = await desk.open(workflow, { ...RISKY, workflow: { due: { workingHours: 4 } } });
    const old = await waiting();
    await pass(MINUTE);
    const newer = await waiting();
    await database.run(sql`update review set urgent_at = null, cause = null where case_id = ${old}`);
    expect((await inbox(anna, workflow)).causes).toMatchObject({ routine: 2 });
    expect(ids(await next(anna, workflow, 2))).toEqual([old, newer]);
  });
});

test("the claim walks the queue in its order and sorts nothing", async () => {
  const plans: string[] = [];
  await database.transaction(async (tx) => {
    const explained = {
      ...tx,
      all: async (query: ReturnType<typeof sql>) => {
        const found = await tx.all<{ "QUERY PLAN": string }>(sql`explain ${query}`);
        plans.push(found.map((row) => row["QUERY PLAN"]).join("\n"));
        return [];
      },
    } as typeof tx;
    await claimNext(explained, {
      workflow: "risky",
      person: "a",
      key: "a",
      keys: ["a"],
      holder: "a",
      simulated: false,
      owner: false,
      leases: ["lse_1"],
      skipped: false,
      now: app.clock.now(),
      until: app.clock.now() + MINUTE,
    });
  });
  const free = plans[0]!.slice(plans[0]!.indexOf("CTE free"), plans[0]!.indexOf("CTE leased"));
  expect(free).toMatch(/Index Scan using review\w*_coalesce_case_id_idx\w*/);
  expect(free).not.toMatch(/Sort {2}\(|Seq Scan|Bitmap/);
});

describe("the inbox counts", async () => {
  const workflow = "counted";
  const waiting = await desk.open(workflow, {
    ...RISKY,
    workflow: { due: { workingHours: 4 }, fourEyes: { when: ["input.amount >= 1000.0"] }, qa: { share: 1 } },
  });
  const NONE = { risk: 0, unsure: 0, noSuggestion: 0, escalated: 0, second: 0, returned: 0, routine: 0 };

  test("what is open by why it waits, and what is not for the reader", async () => {
    await waiting();
    await waiting(cable);
    const large = await waiting({ text: "refund", amount: 1_000 });
    const asked = await waiting();
    const escalated = await waiting(cable);
    expect((await inbox(anna, workflow)).causes).toEqual({ ...NONE, risk: 2, routine: 3 });
    await decide(anna, large, (await claim(anna, large)).lease, "approve");
    await anna.askSender({
      params: { case: asked },
      body: { lease: (await claim(anna, asked)).lease, reason: "missing", question: "Which?" },
    });
    await anna.escalateReview({
      params: { case: escalated },
      body: { lease: (await claim(anna, escalated)).lease, reason: "other", text: "Unsure." },
    });
    await pass(MINUTE);
    const causes = { ...NONE, risk: 1, second: 1, escalated: 1, routine: 1 };
    // Anna stands behind the large one, and the escalated one is for owners.
    expect(await inbox(anna, workflow)).toMatchObject({ open: 4, free: 2, forOthers: 2, causes });
    expect(await inbox(ben, workflow)).toMatchObject({ open: 4, free: 3, forOthers: 1, causes });
    expect(await inbox(owner, workflow)).toMatchObject({ open: 4, free: 4, forOthers: 0, causes });
    await ben.recordAnswer({ params: { case: asked }, body: { text: "That one." } });
    // The answer comes to Anna first.
    expect(await inbox(anna, workflow)).toMatchObject({ open: 5, free: 3, forOthers: 2 });
    expect(await inbox(ben, workflow)).toMatchObject({
      open: 5,
      free: 3,
      forOthers: 2,
      causes: { ...causes, returned: 1 },
    });
    await next(cleo, workflow);
    const { open, free, held, forOthers, mine } = await inbox(ben, workflow);
    expect(free + held + forOthers + mine.length).toBe(open);
    expect(held).toBe(1);
  });
});

describe("what was put off", async () => {
  const workflow = "put-off";
  const waiting = await desk.open(workflow, { workflow: { due: { workingHours: 1 } } });
  const away = await signedIn(installation, "away@example.com", [{ role: "reviewer", workflow }]);

  test("is no open work until it wakes, whatever it is counted by", async () => {
    const caseId = await waiting();
    await snooze(ben, caseId, 120 * MINUTE);
    await pass(100 * MINUTE);
    expect(await inbox(anna, workflow)).toMatchObject({
      open: 0,
      overdue: 0,
      dueToday: 0,
      atRisk: 0,
      forOthers: 0,
      causes: { routine: 0 },
      snoozed: [{ caseId }],
    });
    await pass(20 * MINUTE);
    expect(await inbox(anna, workflow)).toMatchObject({ open: 1, overdue: 1, snoozed: [] });
    await decide(anna, caseId, (await claim(anna, caseId)).lease, "approve");
  });

  test("comes to anybody when it wakes while whoever put it off is away, and to them when they are back", async () => {
    const [wakes, later] = [await waiting(), await waiting()];
    await snooze(away, wakes, 60 * MINUTE);
    await snooze(away, later, 180 * MINUTE);
    await away.setAway({ body: { until: new Date(app.clock.now() + 120 * MINUTE).toISOString() } });
    expect(await inbox(anna, workflow)).toMatchObject({ open: 0, free: 0 });
    expect(await next(anna, workflow)).toEqual([]);
    await pass(60 * MINUTE);
    expect(await inbox(anna, workflow)).toMatchObject({ open: 1, free: 1, forOthers: 0 });
    expect(ids(await next(anna, workflow))).toEqual([wakes]);
    await pass(120 * MINUTE);
    const found = await inbox(anna, workflow);
    expect(found).toMatchObject({ open: 2, forOthers: 1 });
    expect((await inbox(away, workflow)).returned).toMatchObject([{ caseId: later }]);
  });
});
