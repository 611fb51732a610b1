/**
 * What reviewing measures, and fairness: figures of teams of five or more, of oneself, of single persons only where two
 * people and a works agreement say so. Tried by every role, through every endpoint that reads, and by subtraction.
 */
import { describe, expect, test } from "vitest";
import { ENDPOINTS, type EndpointName } from "../src/contract/endpoints.ts";
import type { Client } from "../src/contract/client.ts";
import { ROLES, type Role } from "../src/contract/access.ts";
import { sql } from "../src/platform/sql.ts";
import { figuresOf, shareOf, weeksOfTeams } from "../src/reviews/figures.ts";
import type { DeedCount } from "../src/reviews/figures-store.ts";
import { lastingly } from "./support/desk.ts";
import { install, launch } from "./support/installation.ts";
import { signedIn as signIn } from "./support/people.ts";

const DAY = 86_400_000;
const WEEK = 7 * DAY;
/** A Monday noon. */
const START = Date.parse("2026-03-02T11:00:00Z");
const installation = await install({
  role: "web",
  settings: { PILOTAGE_CLOCK: new Date(START).toISOString() },
});
const { app } = installation;
const { database } = app;
const as = await lastingly(installation);
const operator = as("operator@example.com");
const pass = (milliseconds: number) => operator.advanceClock({ body: { milliseconds } });

let turn = 1;
/** A case that stands for the work of many: each verdict is a turn of it. */
async function workshop(workflow: string) {
  await launch({ client: operator }, { workflow: { workflow }, release: { workflow } });
  const { caseId } = await operator.submitCase({
    params: { workflow },
    body: { externalId: "1", input: { text: "x" } },
  });
  return async (person: string, at: number, verdicts: number, verdict: "approve" | "edit" = "approve") => {
    const from = turn;
    turn += verdicts;
    const time = new Date(at).toISOString();
    await database.run(sql`
      insert into review (case_id, no, workflow, state, opened_at, person, holder, verdict, decided_at, active_ms)
      select ${caseId}, ${from}::int + i, ${workflow}, 'decided', ${time}, ${person}, ${person}, ${verdict}, ${time}, 30000 + i * 1000 from generate_series(1, ${verdicts}) i`);
  };
}
const figures = (who: Client, workflow: string, days: "7" | "30" | "90" = "30", individuals?: "true") =>
  who.getReviewFigures({
    params: { workflow },
    query: individuals === undefined ? { days } : { days, individuals },
  });
const agreement = (who: Client, workflow: string) => who.getWorksAgreement({ params: { workflow } });
const people = (n: number) => Array.from({ length: n }, (_, i) => `person${i}@example.com`);

describe("figures of single persons", async () => {
  const workflow = "persons";
  const work = await workshop(workflow);
  const now = app.clock.now();
  for (const person of people(6)) await work(person, now - 2 * DAY, 12);
  const body = {
    state: "agreed" as const,
    reference: "Works agreement on Pilotage, 2026-03-01",
    individuals: true,
  };
  const owner = await signIn(installation, "owner@example.com", [{ role: "owner", workflow }]);
  const compliance = await signIn(installation, "law@example.com", [{ role: "compliance", workflow }]);
  const reviewer = await signIn(installation, "person0@example.com", [{ role: "reviewer", workflow }]);

  test("are nobody's to see while nothing is agreed, by no role and through no endpoint", async () => {
    const names = people(6).slice(1);
    const roles = Object.keys(ROLES).filter((role) => role !== "administrator") as Role[];
    for (const role of roles) {
      const who = await signIn(installation, `a.${role}@example.com`, [{ role, workflow }]);
      const answer = await figures(who, workflow, "30", "true").then(
        () => "shown",
        (error: { code: string }) => error.code,
      );
      expect(answer, role).toBe(role === "owner" ? "wrong_state" : "forbidden");
      const { individuals, own } = await figures(who, workflow);
      expect({ individuals, decided: own!.decided }, role).toEqual({ individuals: null, decided: 0 });
    }
    // Everything that reads and is not the record itself: no name of a colleague comes with their work.
    const reading = (Object.keys(ENDPOINTS) as EndpointName[]).filter(
      (name) =>
        ENDPOINTS[name].method === "GET" &&
        ENDPOINTS[name].wire === "json" &&
        !["getAudit", "auditStatus"].includes(name),
    );
    const { cases } = await operator.listCases({ params: { workflow } });
    for (const role of ["viewer", "reviewer", "sponsor", "engineer"] as const) {
      const who = await signIn(installation, `b.${role}@example.com`, [{ role, workflow }]);
      for (const name of reading) {
        const call = who[name] as (input: object) => Promise<unknown>;
        const said = await call({ params: { workflow, case: cases[0]!.id, no: "1" }, query: {} }).then(
          (reply) => JSON.stringify(reply),
          () => "",
        );
        for (const person of names) expect(said.includes(person), `${role} ${name}`).toBe(false);
      }
    }
  });

  test("take an agreement by name, and a second person", async () => {
    await expect(
      owner.recordWorksAgreement({ params: { workflow }, body: { state: "agreed", individuals: true } }),
    ).rejects.toMatchObject({ code: "bad_request" });
    await expect(
      owner.recordWorksAgreement({
        params: { workflow },
        body: { state: "none_exists", reference: "x", individuals: true },
      }),
    ).rejects.toMatchObject({ code: "bad_request" });
    expect(await owner.recordWorksAgreement({ params: { workflow }, body })).toMatchObject({
      state: "agreed",
      individuals: false,
      pending: true,
    });
    await expect(figures(owner, workflow, "30", "true")).rejects.toMatchObject({ code: "wrong_state" });
    const change = (await owner.listChanges({ params: { workflow } })).changes[0]!;
    expect(change).toMatchObject({ setting: "works_council.individuals", state: "pending" });
    await expect(owner.approveChange({ params: { change: change.id } })).rejects.toMatchObject({
      code: "second_person_needed",
    });
    await expect(reviewer.approveChange({ params: { change: change.id } })).rejects.toMatchObject({
      code: "forbidden",
    });
    await compliance.approveChange({ params: { change: change.id } });
  });

  test("are then shown to the owner, who is on record for looking, and to those shown", async () => {
    const { individuals } = await figures(owner, workflow, "30", "true");
    expect(individuals!.map((one) => one.person)).toEqual(people(6));
    expect(individuals![0]).toMatchObject({ decided: 12, unchanged: { value: null, missing: 8 } });
    for (const one of individuals!) expect(one).not.toHaveProperty("plantedCaught");
    const events = await database.all<{ body: string }>(
      sql`select body from audit_event where kind = 'figures.seen' and workflow = ${workflow}`,
    );
    expect(events).toHaveLength(1);
    expect(events[0]!.body).toContain("owner@example.com");
    expect((await figures(reviewer, workflow)).seenBy).toMatchObject([{ person: "owner@example.com" }]);
    expect((await figures(owner, workflow)).individuals).toBeNull();
    await expect(figures(reviewer, workflow, "30", "true")).rejects.toMatchObject({ code: "forbidden" });
  });

  test("end with the agreement: another one, or none, takes two people anew", async () => {
    await compliance.recordWorksAgreement({
      params: { workflow },
      body: { ...body, reference: "Another agreement" },
    });
    await expect(figures(owner, workflow, "30", "true")).rejects.toMatchObject({ code: "wrong_state" });
  });

  test("are not for steward and compliance to allow between them: it takes compliance and owner", async () => {
    const steward = await signIn(installation, "data@example.com", [{ role: "steward", workflow }]);
    const { pending } = await agreement(owner, workflow);
    await expect(steward.approveChange({ params: { change: pending!.change } })).rejects.toMatchObject({
      code: "forbidden",
      message: expect.stringContaining("compliance together with owner"),
    });
    await owner.approveChange({ params: { change: pending!.change } });
    expect((await agreement(owner, workflow)).record).toMatchObject({ individuals: true });
  });

  test("are switched off by one person alone, at once", async () => {
    await owner.recordWorksAgreement({
      params: { workflow },
      body: { ...body, reference: "Another agreement", individuals: false },
    });
    expect((await agreement(owner, workflow)).record).toMatchObject({ individuals: false, allowed: null });
    await expect(figures(owner, workflow, "30", "true")).rejects.toMatchObject({ code: "wrong_state" });
  });
});

describe("what was agreed with the works council", async () => {
  const workflow = "council";
  await workshop(workflow);
  const owner = await signIn(installation, "head@example.com", [{ role: "owner", workflow }]);
  const compliance = await signIn(installation, "counsel@example.com", [{ role: "compliance", workflow }]);
  const reviewer = await signIn(installation, "clerk@example.com", [{ role: "reviewer", workflow }]);
  const reference = "Works agreement on Pilotage, 2026-03-01";

  test("is nothing before something is recorded", async () => {
    expect(await agreement(reviewer, workflow)).toEqual({ record: null, pending: null, past: [] });
  });

  test("is there for everybody whom it is about to read, with who recorded it and when", async () => {
    const recordedAt = new Date(app.clock.now()).toISOString();
    await owner.recordWorksAgreement({ params: { workflow }, body: { state: "informed" } });
    expect((await agreement(reviewer, workflow)).record).toEqual({
      state: "informed",
      reference: null,
      individuals: false,
      recordedAt,
      recordedBy: "head@example.com",
      allowed: null,
    });
  });

  test("says what waits for its second person, then who the two were", async () => {
    const body = { state: "agreed" as const, reference, individuals: true };
    await pass(1_000);
    await compliance.recordWorksAgreement({ params: { workflow }, body });
    const waits = await agreement(reviewer, workflow);
    expect(waits).toMatchObject({
      record: { state: "agreed", reference, individuals: false, allowed: null },
      pending: { askedBy: "counsel@example.com" },
    });
    await owner.approveChange({ params: { change: waits.pending!.change } });
    expect(await agreement(reviewer, workflow)).toMatchObject({
      record: {
        individuals: true,
        allowed: { askedBy: "counsel@example.com", approvedBy: "head@example.com" },
      },
      pending: null,
    });
  });

  test("keeps what was on record before, latest first", async () => {
    await pass(1_000);
    await compliance.recordWorksAgreement({ params: { workflow }, body: { state: "none_exists" } });
    const { record, past } = await agreement(reviewer, workflow);
    expect(record).toMatchObject({ state: "none_exists", individuals: false });
    expect(past).toMatchObject([
      { state: "agreed", reference, individuals: true, recordedBy: "counsel@example.com" },
      { state: "informed", individuals: false, recordedBy: "head@example.com" },
    ]);
  });
});

describe("one's own figures", async () => {
  const workflow = "own";
  const work = await workshop(workflow);
  await work("ina@example.com", app.clock.now() - DAY, 25);
  await work("kai@example.com", app.clock.now() - DAY, 30);

  test("are for whoever signed in as that person, at once", async () => {
    const ina = await signIn(installation, "ina@example.com", [{ role: "reviewer", workflow }]);
    expect((await figures(ina, workflow)).own).toMatchObject({ decided: 25 });
  });

  test("are not for a key that names anybody it likes", async () => {
    const named = as("ina@example.com");
    expect(await figures(named, workflow)).toMatchObject({ own: null, seenBy: [] });
  });
});

describe("capacity", async () => {
  const workflow = "capacity";
  await workshop(workflow);
  const capacity = (query: Record<string, string> = {}) =>
    operator.getCapacity({ params: { workflow }, query });

  test("says what is missing before anything is measured", async () => {
    expect(await capacity()).toMatchObject({
      arrivalsPerHour: { value: null },
      minutesPerCase: { value: null, missing: 20 },
      waitMinutes: null,
      utilisation: null,
      peopleNeeded: null,
      byPeople: [],
    });
  });

  test("reckons the queue from arrivals, share and time, with what the reader assumes", async () => {
    await database.run(sql`
      insert into case_ (id, workflow, state, arm, release, share, autonomy_coin, qa, qa_probability, cold, cold_probability, door, source, external_id, received_at)
      select 'case_' || lpad(i::text, 26, '0'), ${workflow}, 'received', 'manual', 'manual', 0, 0, false, 0, false, 0, 'http', 'api', i::text, ${new Date(app.clock.now() - 2 * WEEK).toISOString()}
      from generate_series(1, 3600) i`);
    const found = await capacity({ people: "2", reviewShare: "0.5", minutesPerCase: "5" });
    // 3,600 in four weeks of 45 hours are 20 an hour; half of them, five minutes each, are 50 minutes of work an hour.
    expect(found.arrivalsPerHour.value).toBeCloseTo(20, 5);
    expect(found.utilisation).toBeCloseTo(50 / 120, 5);
    expect(found.waitMinutes).toBeGreaterThan(0);
    expect(found.sentence).toContain("2 people at 42 % load");
    expect(found.peopleNeeded).toBe(1);
    expect(found.byPeople.map((one) => one.people)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(found.byPeople[1]).toEqual({
      people: 2,
      utilisation: found.utilisation,
      waitMinutes: found.waitMinutes,
    });
    // Whoever adds people waits less, each time.
    const waits = found.byPeople.map((one) => one.waitMinutes!);
    expect(waits).toEqual(waits.toSorted((one, other) => other - one));
    expect(await capacity({ people: "1", reviewShare: "1", minutesPerCase: "5" })).toMatchObject({
      waitMinutes: null,
      sentence: expect.stringContaining("cannot keep up"),
      peopleNeeded: 2,
    });
    // Far too few: what is shown reaches towards what is needed, and does not run on without end.
    const { byPeople, peopleNeeded } = await capacity({
      people: "1",
      reviewShare: "1",
      minutesPerCase: "90",
    });
    expect(peopleNeeded).toBe(31);
    expect(byPeople.at(-1)).toMatchObject({ people: 13, waitMinutes: null });
  });
});

test("agreement says how many pairs are missing", async () => {
  expect(await operator.getAgreement({ params: { workflow: "teams" } })).toMatchObject({
    pairs: 0,
    fields: [{ field: "category", n: 0, kappa: { value: null, missing: 20 }, missing: 20 }],
  });
});

// Last, because weeks go by.
describe("a team's figures", async () => {
  const workflow = "teams";
  const work = await workshop(workflow);
  const lastWeek = START - 5 * DAY;
  for (const person of people(4)) await work(person, lastWeek, 10);

  test("are withheld for fewer than five people, whatever they did", async () => {
    expect(await figures(operator, workflow)).toMatchObject({
      team: null,
      teamWithheld: "few_people",
      people: 4,
      individuals: null,
    });
  });

  test("are shown for five, as sums with their ranges", async () => {
    await work("person4@example.com", lastWeek, 10, "edit");
    const { team, people: n, teamSince, teamUntil } = await figures(operator, workflow, "7");
    expect(n).toBe(5);
    expect(team).toMatchObject({ decided: 50, unchanged: { value: 0.8, n: 50, missing: 0 } });
    expect(team!.unchanged.low).toBeLessThan(0.8);
    expect(team!.unchanged.high).toBeGreaterThan(0.8);
    expect(team!.activeSecondsMedian.value).toBeGreaterThan(30);
    expect(Date.parse(teamUntil) - Date.parse(teamSince)).toBe(WEEK);
  });

  test("stand still within a week: nobody can watch one verdict come in", async () => {
    const before = await figures(operator, workflow);
    await work("person0@example.com", START, 7, "edit");
    await pass(DAY);
    expect((await figures(operator, workflow)).team).toEqual(before.team);
  });

  test("leave out weeks in which fewer worked, so that windows and days subtract to no single person", async () => {
    // A week in which one person worked alone, after one in which nobody did.
    await work("person1@example.com", START - 2 * WEEK, 33, "edit");
    const shown = new Set<string>();
    for (let day = 0; day < 30; day++) {
      for (const days of ["7", "30", "90"] as const) {
        const { team } = await figures(operator, workflow, days);
        shown.add(String(team?.decided ?? "none"));
      }
      await pass(DAY);
    }
    // Only whole weeks of the five: 50, and later none; never 50 and something.
    expect(shown).toEqual(new Set(["50", "none"]));
  });

  test("are asked for in fixed windows only", async () => {
    for (const days of ["1", "6", "8", "29", "31", "400", "7.5", "-7", ""])
      await expect(figures(operator, workflow, days as never)).rejects.toMatchObject({ code: "bad_request" });
  });
});

describe("the arithmetic", () => {
  const deed = (person: string, week: string, times = 1, more: Partial<DeedCount> = {}): DeedCount => ({
    person,
    stands: null,
    simulated: false,
    week,
    deed: "approve",
    times,
    ...more,
  });

  test("a week counts with five different people, not with five deeds", () => {
    const four = people(4).map((person) => deed(person, "2026-03-02", 90));
    expect(weeksOfTeams(four).weeks).toEqual([]);
    expect(weeksOfTeams([...four, deed("PERSON0@example.com", "2026-03-02")]).weeks).toEqual([]);
    expect(weeksOfTeams([...four, deed("one.more@example.com", "2026-03-02")]).weeks).toEqual(["2026-03-02"]);
    const key = deed("night desk", "2026-03-02", 1, { stands: "person0@example.com" });
    expect(weeksOfTeams([...four, key]).weeks).toEqual([]);
  });

  test("18 of 20 planted cases noticed are 90 %, and may be 68 to 99", () => {
    const { plantedCaught } = figuresOf(
      [deed("a", "w", 18, { deed: "planted_caught" }), deed("b", "w", 2, { deed: "planted_missed" })],
      shareOf(0, 0),
    );
    expect(plantedCaught).toMatchObject({ value: 0.9, n: 20, missing: 0 });
    expect(plantedCaught.low).toBeCloseTo(0.683, 3);
    expect(plantedCaught.high).toBeCloseTo(0.9877, 3);
    expect(shareOf(9, 10)).toEqual({ value: null, low: null, high: null, n: 10, missing: 10 });
  });
});
