/** The inbox: every way to end a turn without a verdict, how a case comes back, and the truth about the queue. */
import { describe, expect, test } from "vitest";
import { sql } from "../src/platform/sql.ts";
import { returnLeasesOf } from "../src/reviews/store.ts";
import { claim, DAY, decide, inbox, MINUTE, next, openDesk, undo, UNDO } from "./support/desk.ts";
import { signedIn } from "./support/people.ts";

const desk = await openDesk();
const { installation, look, reach, pass } = desk;
const { app, client } = installation;
const anna = await installation.clientFor(["review"]);
const ben = await installation.clientFor(["review", "read"]);
const cleo = await installation.clientFor(["review", "content:read"]);
const owner = desk.owner("E. Brandt");

describe("a task", async () => {
  const workflow = "tasks";
  const waiting = await desk.open(workflow, {
    workflow: { team: "customer", teams: ["north"], due: { workingHours: 4 } },
    script: {
      otherwise: {
        answer: { category: "billing", amount: 12.5, order: "A-17", note: "hello" },
        confidence: 0.5,
      },
    },
    release: {
      output: {
        type: "object",
        properties: {
          category: { enum: ["billing", "technical"] },
          amount: { type: "number" },
          order: { type: "string" },
          note: { type: "string" },
        },
        required: ["category"],
        additionalProperties: false,
      },
      error: { equal: ["category", "amount", "order"] },
      decide: { review: ["output.amount > 10.0"] },
    },
  });

  test("says why it is here, and which fields are doubtful and why", async () => {
    const caseId = await waiting({ text: "Order A-17: 12,50 too much", customer: "north" });
    const task = await claim(anna, caseId);
    expect(task).toMatchObject({
      turn: "first",
      team: "north",
      unit: "ticket",
      suggestions: ["note"],
      facets: { input: ["amount"], output: ["category"] },
      notes: [],
      earlier: null,
      inputSchema: { required: ["text"] },
    });
    expect(task.doubts).toEqual([{ field: "amount", code: "rule", detail: "output.amount > 10.0" }]);
    const strange = await waiting({ text: "no number here", customer: "north" });
    expect((await claim(anna, strange)).doubts).toEqual([
      { field: "amount", code: "rule", detail: "output.amount > 10.0" },
      { field: "amount", code: "no_evidence", detail: null },
      { field: "order", code: "no_evidence", detail: null },
    ]);
  });

  test("of two megabytes is taken and decided like any other", async () => {
    const text = `Order A-17 12.50 ${"long ".repeat(199_000)}`;
    const caseId = await waiting({ text, secret: text });
    const task = await claim(anna, caseId);
    expect((task.input as { text: string }).text).toHaveLength(text.length);
    expect(await decide(anna, caseId, task.lease, "approve")).toMatchObject({ state: "decided" });
  });

  test("holds what came in word for word, whatever it looks like", async () => {
    const text = "<script>alert(1)</script> ![x](https://evil.example/?q=1) {{ case.id }} \u202e";
    const task = await claim(anna, await waiting({ text }));
    expect(task.input).toEqual({ text });
  });
});

describe("a soft hold", async () => {
  const workflow = "holds";
  const waiting = await desk.open(workflow);

  test("lasts a minute, and becomes a lease when it is renewed", async () => {
    const caseId = await waiting();
    const [held] = (
      await anna.claimReviews({ params: { workflow }, body: { soft: true, leaseSeconds: 900 } })
    ).reviews;
    expect(Date.parse(held!.leaseUntil) - app.clock.now()).toBe(MINUTE);
    const { leaseUntil } = await anna.renewReview({
      params: { case: caseId },
      body: { lease: held!.lease, leaseSeconds: 600 },
    });
    expect(Date.parse(leaseUntil) - app.clock.now()).toBe(10 * MINUTE);
    await pass(2 * MINUTE);
    expect(await decide(anna, caseId, held!.lease, "approve")).toMatchObject({ state: "decided" });
  });

  test("that is over cannot be renewed, nor can somebody else's", async () => {
    const caseId = await waiting();
    const { lease } = await claim(anna, caseId, 60);
    const renew = (who: typeof anna) => who.renewReview({ params: { case: caseId }, body: { lease } });
    await expect(renew(ben)).rejects.toMatchObject({ code: "lease_lost" });
    await pass(MINUTE);
    await expect(renew(anna)).rejects.toMatchObject({ code: "lease_lost" });
  });
});

describe("a skip", async () => {
  const workflow = "skips";
  const waiting = await desk.open(workflow);
  const skip = (who: typeof anna, caseId: string, lease: string, reason?: string) =>
    who.releaseReview({
      params: { case: caseId },
      body: { lease, skip: true, ...(reason === undefined ? {} : { reason }) },
    });

  test("says why; the case goes to others first, and comes back to the same person when there is nothing else", async () => {
    const first = await waiting();
    const second = await waiting();
    const [task] = await next(anna, workflow);
    expect(task!.caseId).toBe(first);
    await expect(skip(anna, first, task!.lease)).rejects.toMatchObject({ code: "bad_request" });
    expect(await skip(anna, first, task!.lease, "I know the sender")).toEqual({
      released: true,
      escalated: false,
    });
    expect((await next(anna, workflow, 2)).map((one) => one.caseId)).toEqual([second, first]);
    const { reviews } = await look(first);
    expect(reviews).toMatchObject([{ no: 1, state: "claimed" }]);
  });

  test("the third time, whoever did it, hands the case to the owner's group with all that was said", async () => {
    const caseId = await waiting();
    await skip(anna, caseId, (await claim(anna, caseId)).lease, "one");
    await skip(ben, caseId, (await claim(ben, caseId)).lease, "two");
    expect(await skip(cleo, caseId, (await claim(cleo, caseId)).lease, "three")).toMatchObject({
      escalated: true,
    });
    await expect(claim(anna, caseId)).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("escalated"),
    });
    const task = await claim(owner, caseId);
    expect(task.turn).toBe("escalated");
    expect(task.notes.map(({ kind, text }) => [kind, text])).toEqual([
      ["skipped", "one"],
      ["skipped", "two"],
      ["skipped", "three"],
    ]);
  });
});

describe("a snooze", async () => {
  const workflow = "snoozes";
  const waiting = await desk.open(workflow);
  const snooze = (who: typeof anna, caseId: string, lease: string, milliseconds: number) =>
    who.snoozeReview({
      params: { case: caseId },
      body: {
        lease,
        until: new Date(app.clock.now() + milliseconds).toISOString(),
        text: "waits for the bank",
      },
    });

  test("puts a case off; then it comes back to the same person first, and after a working hour to anybody", async () => {
    const caseId = await waiting();
    await snooze(anna, caseId, (await claim(anna, caseId)).lease, 30 * MINUTE);
    expect(await next(ben, workflow)).toEqual([]);
    expect(await inbox(ben, workflow)).toMatchObject({
      open: 0,
      free: 0,
      forOthers: 0,
      overdue: 0,
      snoozed: [{ caseId, note: "waits for the bank" }],
      returned: [],
    });
    await pass(30 * MINUTE);
    expect(await next(ben, workflow)).toEqual([]);
    expect((await inbox(anna, workflow)).returned).toMatchObject([{ caseId, note: "waits for the bank" }]);
    expect((await inbox(ben, workflow)).returned).toEqual([]);
    await pass(60 * MINUTE);
    const [task] = await next(ben, workflow);
    expect(task).toMatchObject({ caseId, notes: [{ kind: "snoozed", text: "waits for the bank" }] });
    await decide(ben, caseId, task!.lease, "approve");
  });

  test("ends fourteen days ahead at the latest, and never in the past", async () => {
    const caseId = await waiting();
    const { lease } = await claim(anna, caseId);
    await expect(snooze(anna, caseId, lease, 14 * DAY + 1)).rejects.toMatchObject({ code: "bad_request" });
    await expect(snooze(anna, caseId, lease, -1)).rejects.toMatchObject({ code: "bad_request" });
    expect(await snooze(anna, caseId, lease, 14 * DAY)).toMatchObject({ state: "in_review" });
    // Whoever asks for it by name gets it at once.
    await decide(ben, caseId, (await claim(ben, caseId)).lease, "approve");
  });
});

describe("an escalation", async () => {
  const workflow = "escalations";
  const waiting = await desk.open(workflow);
  const escalate = (who: typeof anna, caseId: string, lease: string) =>
    who.escalateReview({
      params: { case: caseId },
      body: { lease, reason: "other", text: "Unsure about the contract." },
    });

  test("goes to the owner's group with its words, and never by itself to whoever escalated", async () => {
    const caseId = await waiting();
    await escalate(anna, caseId, (await claim(anna, caseId)).lease);
    expect(await next(ben, workflow)).toEqual([]);
    expect((await inbox(ben, workflow)).escalated).toEqual([]);
    expect((await inbox(owner, workflow)).escalated).toMatchObject([
      { caseId, note: "Unsure about the contract.", turn: "escalated" },
    ]);
    const [task] = await next(owner, workflow);
    expect(task).toMatchObject({
      caseId,
      turn: "escalated",
      notes: [{ kind: "escalated", person: "review", text: "Unsure about the contract." }],
    });
    await decide(owner, caseId, task!.lease, "edit", { output: { category: "technical" } });
    await pass(UNDO);
    expect(await reach(caseId, "delivered")).toMatchObject({
      reviews: [
        { no: 1, state: "escalated", person: "review", verdict: null, reason: "other" },
        { no: 2, state: "decided", verdict: "edit" },
      ],
      labels: [{ wrong: true }],
    });
    const kept = await app.database.all(
      sql`select encode(sealed, 'escape') as text from case_content where case_id = ${caseId}`,
    );
    expect(JSON.stringify(kept)).not.toContain("Unsure");
  });

  test("by an owner goes to another one", async () => {
    const caseId = await waiting();
    await escalate(owner, caseId, (await claim(owner, caseId)).lease);
    expect(await next(owner, workflow)).toEqual([]);
    const colleague = await signedIn(installation, "m.keller@example.com", [{ role: "owner", workflow }]);
    const [task] = await next(colleague, workflow);
    expect(task!.caseId).toBe(caseId);
  });

  test("that comes too late is refused, and its words are kept", async () => {
    const caseId = await waiting();
    const { lease } = await claim(anna, caseId, 60);
    await pass(MINUTE);
    await expect(escalate(anna, caseId, lease)).rejects.toMatchObject({
      code: "lease_lost",
      message: expect.stringContaining("is kept with the case"),
    });
    const found = await look(caseId);
    expect(found.content?.late).toEqual([{ lease, answer: { escalate: "Unsure about the contract." } }]);
    expect(found.history.at(-1)).toMatchObject({ kind: "review.late", data: { kept: true } });
  });
});

describe("a question to the sender", async () => {
  const workflow = "questions";
  const waiting = await desk.open(workflow, { workflow: { ask: { days: 3 } } });
  const ask = async (who: typeof anna, caseId: string) =>
    who.askSender({
      params: { case: caseId },
      body: {
        lease: (await claim(who, caseId)).lease,
        reason: "missing",
        question: "Which order is it about?",
      },
    });
  const answer = (who: typeof anna, caseId: string, text: string) =>
    who.recordAnswer({ params: { case: caseId }, body: { text } });

  test("lets the case wait as returned; the answer brings it back, first to whoever asked", async () => {
    const caseId = await waiting();
    const asked = await ask(anna, caseId);
    expect(asked).toMatchObject({ state: "returned", mailed: "not_configured" });
    expect(asked.answerLink).toMatch(/\/say#a\./);
    expect((await look(caseId)).state).toBe("returned");
    expect((await inbox(ben, workflow)).asked).toMatchObject([
      { caseId, note: "Which order is it about?", until: expect.any(String) },
    ]);
    await answer(ben, caseId, "Order 4711.");
    expect(await next(ben, workflow)).toEqual([]);
    expect((await inbox(anna, workflow)).returned).toMatchObject([{ caseId, note: "Order 4711." }]);
    const [task] = await next(anna, workflow);
    expect(task).toMatchObject({
      caseId,
      turn: "first",
      notes: [
        { kind: "question", text: "Which order is it about?", person: "review" },
        { kind: "answer", text: "Order 4711.", person: "review+read" },
      ],
    });
    await expect(answer(ben, caseId, "again")).rejects.toMatchObject({ code: "wrong_state" });
    await decide(anna, caseId, task!.lease, "approve");
  });

  test("is answered on its signed page, once, and by nobody who only opens it", async () => {
    const caseId = await waiting();
    const { answerLink } = await ask(anna, caseId);
    const token = answerLink.slice(answerLink.indexOf("#") + 1);
    expect(await client.lookAtToken({ body: { token } })).toMatchObject({
      kind: "answer",
      question: "Which order is it about?",
      open: true,
    });
    expect((await look(caseId)).state).toBe("returned");
    await client.sayWithToken({ body: { token, text: "4711" } });
    expect((await look(caseId)).state).toBe("in_review");
    expect(await client.lookAtToken({ body: { token } })).toMatchObject({ open: false });
    await expect(client.sayWithToken({ body: { token, text: "4712" } })).rejects.toMatchObject({
      code: "wrong_state",
    });
    const [task] = await next(anna, workflow);
    expect(task!.notes.at(-1)).toMatchObject({ kind: "answer", text: "4711", person: null });
    await decide(anna, caseId, task!.lease, "approve");
  });

  test("that nobody answers comes back after its days, and is approved by nobody", async () => {
    const caseId = await waiting();
    await ask(anna, caseId);
    await pass(3 * DAY - MINUTE);
    expect((await look(caseId)).state).toBe("returned");
    await pass(MINUTE);
    const found = await reach(caseId, "in_review");
    expect(found).toMatchObject({ verdict: null, deliveries: [] });
    expect(found.history.at(-1)).toMatchObject({ kind: "review.unanswered" });
    const [task] = await next(anna, workflow);
    expect(task!.caseId).toBe(caseId);
    await decide(anna, caseId, task!.lease, "reject", { reason: "unreadable" });
  });
});

describe("the queue", async () => {
  const workflow = "queue";
  const waiting = await desk.open(workflow, { workflow: { due: { workingHours: 2 } } });

  test("tells the truth by cause", async () => {
    // Monday morning again, so that the working hours are the same whatever ran before.
    const now = new Date(app.clock.now());
    const monday = Date.UTC(
      now.getUTCFullYear(),
      now.getUTCMonth(),
      now.getUTCDate() + ((8 - now.getUTCDay()) % 7 || 7),
      8,
    );
    await pass(monday - app.clock.now());
    const [one, two, three] = [await waiting(), await waiting(), await waiting()];
    const mine = await claim(anna, one);
    await claim(ben, two);
    const decided = await claim(cleo, three);
    await decide(cleo, three, decided.lease, "approve");
    await waiting();
    expect(await inbox(anna, workflow)).toMatchObject({
      open: 3,
      free: 1,
      held: 1,
      mine: [{ caseId: one, lease: mine.lease }],
      dueToday: 3,
      overdue: 0,
      atRisk: 0,
      team: { decidedToday: null, arrivedToday: 4 },
      own: { decidedToday: 0 },
      away: null,
    });
    expect(await inbox(cleo, workflow)).toMatchObject({ own: { decidedToday: 1 }, held: 2, mine: [] });
    await pass(90 * MINUTE);
    expect(await inbox(anna, workflow)).toMatchObject({ atRisk: 3, overdue: 0, free: 3, held: 0, mine: [] });
    await pass(45 * MINUTE);
    expect(await inbox(anna, workflow)).toMatchObject({ atRisk: 0, overdue: 3, dueToday: 0 });
  });

  test("gives back what a person holds who is away", async () => {
    const caseId = await waiting();
    await claim(anna, caseId, 3_600);
    const reviews = sql`select state, person from review where case_id = ${caseId}`;
    await app.database.transaction((tx) => returnLeasesOf(tx, "review", undefined));
    expect(await app.database.all(reviews)).toEqual([{ state: "waiting", person: null }]);
  });

  test("keeps nothing for who is away that wakes before they are back, and keeps what wakes after", async () => {
    const caseId = await waiting();
    const { lease } = await claim(anna, caseId);
    const wakes = app.clock.now() + 60 * MINUTE;
    await anna.snoozeReview({
      params: { case: caseId },
      body: { lease, until: new Date(wakes).toISOString() },
    });
    const kept = async () => {
      const [row] = await app.database.all<{ prefer: string | null }>(
        sql`select prefer from review where case_id = ${caseId} and state = 'waiting'`,
      );
      return row?.prefer ?? null;
    };
    const whose = (await kept())!;
    await app.database.transaction((tx) => returnLeasesOf(tx, whose, wakes - MINUTE));
    expect(await kept()).toBe(whose);
    await app.database.transaction((tx) => returnLeasesOf(tx, whose, wakes + MINUTE));
    expect(await kept()).toBe(null);
  });
});

describe("bad requests", async () => {
  const workflow = "abuse";
  const waiting = await desk.open(workflow);

  test("there is no verdict by GET, on any door", async () => {
    const caseId = await waiting();
    const { lease } = await claim(anna, caseId);
    for (const verb of ["verdict", "undo", "snooze", "escalate", "ask", "release"]) {
      const url = `${installation.url}/api/v1/cases/${caseId}/review/${verb}?lease=${lease}&verdict=approve`;
      for (const method of ["GET", "HEAD", "OPTIONS"])
        expect(
          (await fetch(url, { method, headers: { authorization: `Bearer ${installation.key}` } })).status,
        ).toBe(404);
    }
    expect((await look(caseId)).state).toBe("in_review");
    await decide(anna, caseId, lease, "approve");
  });

  test("on a closed case every word is refused", async () => {
    const caseId = await waiting();
    const { lease } = await claim(anna, caseId);
    await decide(anna, caseId, lease, "reject", { reason: "out_of_scope" });
    await pass(UNDO);
    await reach(caseId, "closed");
    const body = { lease };
    const params = { case: caseId };
    await expect(decide(anna, caseId, lease, "approve")).rejects.toMatchObject({ code: "wrong_state" });
    await expect(undo(anna, caseId)).rejects.toMatchObject({ code: "wrong_state" });
    await expect(anna.releaseReview({ params, body })).rejects.toMatchObject({ code: "lease_lost" });
    await expect(claim(anna, caseId)).rejects.toMatchObject({ code: "wrong_state" });
    await expect(
      client.correctCase({ params, body: { output: { category: "other" }, reason: "wrong_class" } }),
    ).rejects.toMatchObject({ code: "wrong_state" });
    await expect(anna.recordAnswer({ params, body: { text: "an answer" } })).rejects.toMatchObject({
      code: "wrong_state",
    });
  });

  test("with a guessed lease or id nothing happens, and nothing tells what is there", async () => {
    const caseId = await waiting();
    await claim(anna, caseId);
    const stranger = await installation.clientFor(["review"], { workflow: "queue" });
    for (const guess of [caseId, "case_01hzy3v7k2e8t9qxw4m5n6p7r8", "case_%00", "'; drop table review; --"])
      await expect(
        stranger.escalateReview({
          params: { case: guess },
          body: { lease: "lse_01hzy3v7k2e8t9qxw4m5n6p7r8", reason: "other", text: "x" },
        }),
      ).rejects.toMatchObject({ code: "not_found" });
    await expect(
      ben.snoozeReview({
        params: { case: caseId },
        body: { lease: app.newId("lease"), until: new Date(app.clock.now() + DAY).toISOString() },
      }),
    ).rejects.toMatchObject({ code: "lease_lost" });
    expect((await look(caseId)).reviews).toMatchObject([{ state: "claimed", person: "review" }]);
  });
});

describe("the time of work", async () => {
  const workflow = "times";
  const waiting = await desk.open(workflow);
  const sums = () =>
    app.database.all(
      sql`select turn, milliseconds::int as milliseconds, tasks from review_time_day where workflow = ${workflow} order by turn`,
    );
  const own = () =>
    app.database.all<{ person: string; active_ms: number }>(
      sql`select person, active_ms from review where workflow = ${workflow} and active_ms is not null order by case_id`,
    );

  test("is only added to the team's sum until something is agreed with the works council", async () => {
    const caseId = await waiting();
    await decide(anna, caseId, (await claim(anna, caseId)).lease, "approve", { activeMilliseconds: 30_000 });
    const other = await waiting();
    await anna.releaseReview({
      params: { case: other },
      body: { lease: (await claim(anna, other)).lease, activeMilliseconds: 5_000 },
    });
    // Two keys of one person are one person; nothing about fewer than five lies anywhere.
    const anew = await installation.clientFor(["review"], { maker: "review@example.com" });
    for (const who of [anew, ben, cleo, desk.owner("D. Dorn"), desk.owner("E. Ebert")]) {
      const caseId = await waiting();
      await decide(who, caseId, (await claim(who, caseId)).lease, "approve", { activeMilliseconds: 10_000 });
      expect(await sums()).toEqual([]);
    }
    expect(await own()).toEqual([]);
    const fifth = await installation.clientFor(["review"], { maker: "dora@example.com" });
    const last = await waiting();
    await decide(fifth, last, (await claim(fifth, last)).lease, "approve", { activeMilliseconds: 10_000 });
    expect(await sums()).toEqual([{ turn: "all", milliseconds: 95_000, tasks: 8 }]);
    // What comes after is gathered anew.
    const more = await waiting();
    await decide(fifth, more, (await claim(fifth, more)).lease, "approve", { activeMilliseconds: 10_000 });
    expect(await sums()).toEqual([{ turn: "all", milliseconds: 95_000, tasks: 8 }]);
    expect(await own()).toEqual([]);
    expect(await app.database.all(sql`select person from review_time_person`)).toEqual([]);
  });

  test("is kept with a person's review where it was agreed", async () => {
    await client.recordWorksAgreement({ params: { workflow }, body: { state: "none_exists" } });
    const caseId = await waiting();
    await decide(anna, caseId, (await claim(anna, caseId)).lease, "approve", { activeMilliseconds: 12_345 });
    expect(await own()).toEqual([{ person: "review", active_ms: 12_345 }]);
  });
});
