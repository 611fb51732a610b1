/**
 * Any order of verbs, by several people, against a small model of the rules: never two live leases, never a verdict
 * without one, never a case lost, never anything delivered twice.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Client } from "../src/contract/client.ts";
import { PilotageError } from "../src/contract/errors.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { sql } from "../src/platform/sql.ts";
import { claim, DAY, decide, MINUTE, next, openDesk, undo, UNDO } from "./support/desk.ts";
import { signedIn } from "./support/people.ts";
import { until } from "./support/installation.ts";

const desk = await openDesk();
const { installation, pass, delivered } = desk;
const { app } = installation;
const WORKFLOW = "verbs";
const waiting = await desk.open(WORKFLOW, {
  workflow: { fourEyes: { when: ["input.amount >= 1000.0"] }, ask: { days: 1 } },
});
const people: Client[] = [
  await installation.clientFor(["review"]),
  await installation.clientFor(["review", "read"]),
  desk.owner("E. Brandt"),
  desk.owner("M. Keller"),
];
const LEASE_SECONDS = 60;

const VERBS = [
  "next",
  "claim",
  "renew",
  "release",
  "skip",
  "snooze",
  "escalate",
  "ask",
  "answer",
  "approve",
  "edit",
  "reject",
  "undo",
  "correct",
  "wait",
] as const;
const step = fc.record({
  verb: fc.constantFrom(...VERBS),
  who: fc.nat(people.length - 1),
  at: fc.nat(2),
  /** Whose lease is used: mostly the own, sometimes any that was ever given. */
  stale: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
});

interface Held {
  caseId: string;
  lease: string;
  who: number;
  until: number;
  over: boolean;
}

/** What the rules say about leases, without a database. */
class Model {
  given: Held[] = [];
  corrections = new Map<string, number>();

  live(caseId: string): Held[] {
    return this.given.filter((one) => one.caseId === caseId && !one.over && one.until > app.clock.now());
  }

  take(who: number, caseId: string, lease: string, untilText: string): void {
    for (const one of this.live(caseId)) {
      // A named person who holds a case may take it again, and the old lease is void.
      expect(one.who, "a second live lease").toBe(who);
      one.over = true;
    }
    expect(
      this.given.some((one) => one.lease === lease),
      "a lease given twice",
    ).toBe(false);
    this.given.push({ caseId, lease, who, until: Date.parse(untilText), over: false });
  }

  end(lease: string): void {
    for (const one of this.given) if (one.lease === lease) one.over = true;
  }
}

/** What a verb came to: refused in good order, or the answer. */
async function tried<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof PilotageError && error.status < 500) return undefined;
    throw error;
  }
}

test("any order of verbs keeps the rules", { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 25, maxLength: 45 }), async (steps) => {
      const model = new Model();
      const cases = [
        await waiting({ text: "a" }),
        await waiting({ text: "b", amount: 2_000 }),
        await waiting({ text: "c", amount: 5 }),
      ];
      for (const one of steps) await act(model, cases, one);
      await workOff(cases);
      for (const caseId of cases) {
        const found = await desk.look(caseId);
        expect(["delivered", "closed"]).toContain(found.state);
        const sent = delivered(WORKFLOW, caseId);
        expect(new Set(sent.map((line) => line.key)).size).toBe(sent.length);
        expect(sent.length).toBe(found.state === "closed" ? 0 : 1 + (await correctionsOf(caseId)));
      }
    }),
    { numRuns: 8 },
  );
});

async function act(
  model: Model,
  cases: string[],
  { verb, who, at, stale }: { verb: (typeof VERBS)[number]; who: number; at: number; stale: boolean },
): Promise<void> {
  const client = people[who]!;
  const caseId = cases[at]!;
  const known = model.given.filter((one) => one.caseId === caseId && (stale || one.who === who));
  const held = known.at(-1) ?? { lease: app.newId("lease"), who: -1, over: true, until: 0, caseId };
  const { lease } = held;
  const alive = !held.over && held.until > app.clock.now();
  const params = { case: caseId };
  const text = "some words";
  /** Under this lease a turn ended already: the same sent again is answered, and changes nothing. */
  const repeats = () =>
    app.database.maybe(sql`select 1 from review where case_id = ${caseId} and ended_lease = ${lease}`);
  /** A verb that ends a turn is taken only under a live lease. */
  const ends = async (work: () => Promise<unknown>): Promise<void> => {
    const repeated = await repeats();
    const done = await tried(work());
    if (done === undefined) return;
    expect(alive || repeated !== undefined, `${verb} was taken without a live lease`).toBe(true);
    if (alive) model.end(lease);
  };
  switch (verb) {
    case "wait":
      await pass([5_000, UNDO, 90 * MINUTE][at]!);
      return;
    case "next":
      for (const task of await next(client, WORKFLOW, 1 + at))
        model.take(who, task.caseId, task.lease, task.leaseUntil);
      return;
    case "claim": {
      const task = await tried(claim(client, caseId, LEASE_SECONDS));
      if (task) model.take(who, caseId, task.lease, task.leaseUntil);
      return;
    }
    case "renew": {
      const done = await tried(client.renewReview({ params, body: { lease, leaseSeconds: 600 } }));
      if (done) {
        expect(alive).toBe(true);
        held.until = Date.parse(done.leaseUntil);
      }
      return;
    }
    case "release":
      return ends(() => client.releaseReview({ params, body: { lease } }));
    case "skip":
      return ends(() => client.releaseReview({ params, body: { lease, skip: true, reason: text } }));
    case "snooze": {
      const at = new Date(app.clock.now() + 30 * MINUTE).toISOString();
      return ends(() => client.snoozeReview({ params, body: { lease, until: at } }));
    }
    case "escalate":
      return ends(() => client.escalateReview({ params, body: { lease, reason: "other", text } }));
    case "ask":
      return ends(() => client.askSender({ params, body: { lease, reason: "missing", question: text } }));
    case "answer":
      await tried(client.recordAnswer({ params, body: { text } }));
      return;
    case "approve":
      return verdictBy("approve");
    case "edit":
      return verdictBy("edit", { output: { category: ["technical", "other"][at % 2]! } });
    case "reject":
      return verdictBy("reject");
    case "undo":
      await tried(undo(client, caseId));
      return;
    case "correct":
      await tried(
        client.correctCase({ params, body: { output: { category: "other" }, reason: "wrong_class" } }),
      );
      return;
  }

  async function verdictBy(given: "approve" | "edit" | "reject", more: { output?: JsonObject } = {}) {
    const reason = given === "reject" ? ({ reason: "out_of_scope" } as const) : {};
    const repeated = await repeats();
    const done = await tried(decide(client, caseId, lease, given, { ...more, ...reason }));
    if (done === undefined) return;
    expect(alive || repeated !== undefined, "a verdict without a live lease").toBe(true);
    if (alive) model.end(lease);
  }
}

const correctionsOf = async (caseId: string) =>
  (
    await app.database.one<{ n: number }>(
      sql`select count(*)::int as n from correction where case_id = ${caseId} and state = 'made'`,
    )
  ).n;

/** Owners work off whatever is left: what nobody can take any more is a lost case. */
async function workOff(cases: string[]): Promise<void> {
  for (let round = 0; round < 12; round++) {
    // The keys of the people last for thirty days: only the first round waits out the questions.
    await pass(round === 0 ? DAY + MINUTE : 15 * MINUTE);
    await until(
      () =>
        app.database.one<{ n: number }>(
          sql`select count(*)::int as n from case_ where id = any(${cases}) and state in ('returned', 'decided', 'delivering')`,
        ),
      ({ n }) => n === 0,
    );
    const left = await app.database.all<{ id: string }>(
      sql`select id from case_ where id = any(${cases}) and state = 'in_review'`,
    );
    if (left.length === 0) return;
    // Signed in anew: a session does not outlive the days that pass here.
    const grants = [{ role: "owner" as const, workflow: WORKFLOW }];
    const owner = await signedIn(installation, "b.second@example.com", grants);
    const third = await signedIn(installation, "a.third@example.com", grants);
    for (const { id } of left)
      for (const person of [owner, people[2]!, third]) {
        const task = await tried(claim(person, id));
        if (task)
          await decide(person, id, task.lease, "edit", {
            output: { category: "other" },
            reason: "wrong_class",
          });
      }
  }
  throw new Error("cases are left that nobody can decide");
}
