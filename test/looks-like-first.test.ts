/**
 * Whoever must judge blind gets an answer about the case that is, field by field, that of a case in hand for its first look:
 * compared with what the first person saw of the same case, and, for a planted one, with a real case.
 */
import { describe, expect, test } from "vitest";
import type { Client } from "../src/contract/client.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { sql } from "../src/platform/sql.ts";
import { APART } from "../src/reviews/planted.ts";
import { claim, DAY, decide, inbox, next, openDesk, UNDO, type Desk } from "./support/desk.ts";
import { automatic } from "./support/automatic.ts";
import { until } from "./support/installation.ts";

const desk = await openDesk();
const { installation, reach, pass } = desk;
const { client, app } = installation;
const { database } = app;
const scopes = ["read", "content:read", "review"] as const;
const anna = await installation.clientFor([...scopes]);
const ben = await installation.clientFor([...scopes].reverse());

type Page = Awaited<ReturnType<Desk["look"]>>;
const page = (who: Client, caseId: string): Promise<Page> =>
  who.getCase({ params: { case: caseId }, query: { content: "true" } });

/** What must differ between two looks at one case: whose hands it is in, and when it falls due for them. */
function asOf(found: Page, holder: string): unknown {
  const { dueAt: _, history, reviews, ...rest } = found;
  const named = (text: string | null) => (text === holder ? "the holder" : text);
  return {
    ...rest,
    reviews: reviews.map((one) => ({ ...one, person: named(one.person) })),
    history: history.map(({ id, at, actor, ...one }) =>
      actor["name"] === holder
        ? {
            ...one,
            id: typeof id,
            at: typeof at,
            actor: { ...actor, key: typeof actor["key"], name: "the holder" },
          }
        : { ...one, id, at, actor },
    ),
  };
}
const ANNA = scopes.join("+");
const BEN = [...scopes].reverse().join("+");

/** The next case that the coin made cold, or did not. */
async function withCoin(waiting: () => Promise<string>, cold: boolean): Promise<string> {
  for (;;) {
    const caseId = await waiting();
    if ((await client.getCase({ params: { case: caseId } })).cold === cold) return caseId;
  }
}

/** The case in the second person's hands, blind; decided and delivered before by the first. */
async function secondLook(workflow: string, caseId: string) {
  await until(
    () => database.maybe<{ state: string }>(sql`select state from second_look where case_id = ${caseId}`),
    (found) => found?.state === "opened",
  );
  const tasks = await next(ben, workflow, 100);
  return tasks.find((one) => one.caseId === caseId)!;
}

describe.each([
  ["a case whose output was shown", "shown", {}],
  ["a cold case", "cold", { cold: { share: 0.5 } }],
  ["a case of the quality sample", "sampled", { qa: { share: 1 } }],
])("%s", async (_, workflow, more: JsonObject) => {
  const waiting = await desk.open(workflow, {
    workflow: { secondLook: { share: 1 }, due: { workingHours: 8 }, ...more },
    release: { facets: { input: [], output: ["category"] } },
  });

  test("in hand for a blind second look is answered as it was to the first person", async () => {
    const caseId = await withCoin(waiting, workflow === "cold");
    const { lease, dueAt } = await claim(anna, caseId);
    const first = await page(anna, caseId);
    expect(first.dueAt).toBe(dueAt);
    expect(first.cold).toBe(workflow === "cold");
    await decide(anna, caseId, lease, "edit", {
      output: { category: "technical" },
      reason: "wrong_class",
      text: "Not about money.",
    });
    await pass(UNDO);
    await reach(caseId, "delivered");
    await anna.correctCase({
      params: { case: caseId },
      body: { output: { category: "other" }, reason: "wrong_value", text: "Neither of them." },
    });
    await pass(UNDO);
    await reach(caseId, "delivered");
    const task = await secondLook(workflow, caseId);
    const blind = await page(ben, caseId);
    expect(blind.dueAt).toBe(task.dueAt);
    expect(asOf(blind, BEN)).toEqual(asOf(first, ANNA));
    expect(JSON.stringify(blind)).not.toMatch(/technical|Neither|money|second_look|correct_|"other"/);
    // What they may not know they may not learn by trying either: it is refused as for any case in review.
    await expect(
      ben.correctCase({
        params: { case: caseId },
        body: { output: { category: "billing" }, reason: "tone" },
      }),
    ).rejects.toMatchObject({ code: "wrong_state", message: expect.stringContaining("is in_review;") });
    // Others see what became of it.
    expect((await page(anna, caseId)).content!.corrections).toHaveLength(1);
  });
});

describe("a case that goes out alone", async () => {
  const workflow = "alone";

  test("has a past that ends with the decision that a person is needed", async () => {
    await automatic(installation, workflow, {
      secondLook: { share: 1 },
      due: { workingHours: 8 },
      undo: UNDO,
    });
    const submit = async (externalId: string, text: string, state: string) => {
      const { caseId } = await client.submitCase({
        params: { workflow },
        body: { externalId, input: { text } },
      });
      await pass(UNDO);
      await reach(caseId, state);
      return caseId;
    };
    const unsure = await submit("unsure", "a doubtful bill", "in_review");
    await claim(anna, unsure);
    const first = await page(anna, unsure);
    const caseId = await submit("alone", "the bill is wrong", "delivered");
    expect(await page(client, caseId)).toMatchObject({ verdict: "auto", decision: { outcome: "auto" } });
    await secondLook(workflow, caseId);
    const blind = await page(ben, caseId);
    expect(blind.decision).toMatchObject({
      outcome: "review",
      reasons: [{ code: "routine" }],
      threshold: null,
      certificate: null,
    });
    expect(blind.history.map((one) => one.kind)).toEqual(first.history.map((one) => one.kind));
    const moved = blind.history.find((one) => one.kind === "case.moved")!;
    expect(moved.data).toEqual({ to: "in_review", outcome: "review", reasons: ["routine"] });
    const before = first.history.find((one) => one.kind === "case.moved")!;
    expect(Object.keys(moved.data).sort()).toEqual(Object.keys(before.data).sort());
  });
});

describe("a correction that waits while somebody looks blind", async () => {
  const workflow = "waits";
  const waiting = await desk.open(workflow, { workflow: { fourEyes: {}, secondLook: { share: 1 } } });

  test("is not in their inbox, and cannot be settled by them, until they give the case back", async () => {
    const cleo = await installation.clientFor(["review"]);
    const caseId = await waiting();
    for (const who of [anna, cleo]) await decide(who, caseId, (await claim(who, caseId)).lease, "approve");
    await pass(UNDO);
    await reach(caseId, "delivered");
    const body = { output: { category: "other" }, reason: "wrong_value" } as const;
    await expect(anna.correctCase({ params: { case: caseId }, body })).rejects.toMatchObject({
      code: "second_person_needed",
    });
    const { lease } = await secondLook(workflow, caseId);
    expect((await inbox(ben, workflow)).corrections).toEqual([]);
    for (const settle of [
      () => ben.approveCorrection({ params: { case: caseId }, body: { proposal: 1 } }),
      () => ben.refuseCorrection({ params: { case: caseId }, body: { proposal: 1, text: "No." } }),
    ])
      await expect(settle()).rejects.toMatchObject({
        code: "wrong_state",
        message: expect.stringContaining("is in_review;"),
      });
    expect((await inbox(cleo, workflow)).corrections).toMatchObject([{ caseId, own: false }]);
    await ben.releaseReview({ params: { case: caseId }, body: { lease } });
    expect((await inbox(ben, workflow)).corrections).toMatchObject([{ caseId, own: false }]);
  });
});

describe("a second look before the delivery that is blind", async () => {
  const waiting = await desk.open("eyes", { workflow: { fourEyes: { blind: true } } });

  test("is answered as it was to the first person, who sees their own", async () => {
    const caseId = await waiting();
    const { lease } = await claim(anna, caseId);
    const first = await page(anna, caseId);
    await decide(anna, caseId, lease, "edit", {
      output: { category: "technical" },
      reason: "wrong_class",
      text: "Not about money.",
    });
    await claim(ben, caseId);
    expect(asOf(await page(ben, caseId), BEN)).toEqual(asOf(first, ANNA));
    expect((await page(anna, caseId)).content).toMatchObject({
      final: { category: "technical" },
      said: [{ kind: "verdict", text: "Not about money." }],
    });
  });

  test("that is not blind shows what the first person said", async () => {
    const open = await desk.open("open-eyes", { workflow: { fourEyes: {} } });
    const caseId = await open();
    await decide(anna, caseId, (await claim(anna, caseId)).lease, "approve");
    await claim(ben, caseId);
    expect((await page(ben, caseId)).reviews).toHaveLength(2);
  });
});

describe("a planted case", async () => {
  const workflow = "planted";
  const waiting = await desk.open(workflow, {
    workflow: { planted: { share: 0.1 }, cold: { share: 0.5 }, undo: 0, due: { workingHours: 8 } },
    release: { facets: { input: [], output: ["category"] } },
  });
  const origins = await Promise.all(Array.from({ length: 12 }, () => waiting()));
  const olga = desk.owner("olga@example.com");
  for (const caseId of origins)
    await decide(olga, caseId, (await claim(olga, caseId)).lease, "edit", {
      output: { category: "billing" },
    });
  for (const caseId of origins) await reach(caseId, "delivered");
  await pass(2 * DAY);
  for (let i = 0; i < 8; i++) await waiting();
  await client.recordWorksAgreement({ params: { workflow }, body: { state: "none_exists" } });

  /** The shape of a value: names of fields, kinds of values, and whatever is a word of the program. */
  function shapeOf(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(shapeOf);
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shapeOf(one)]));
    return typeof value === "string" && /[0-9]/.test(value) ? value.replaceAll(/[0-9a-z]/g, "x") : value;
  }
  const FREE = ["externalId", "facets", "content", "share", "cost"] as const;
  function formOf(found: Page): unknown {
    const kept: Record<string, unknown> = { ...found };
    for (const name of FREE) delete kept[name];
    kept["attempts"] = found.attempts.map(({ milliseconds, ...one }) => ({
      ...one,
      milliseconds: typeof milliseconds,
    }));
    return shapeOf(kept);
  }

  test("has a page with the form, the past and the times of a real one in hand", async () => {
    const ina = desk.owner("ina@example.com");
    const practice = await waiting();
    const at = new Date(app.clock.now()).toISOString();
    await database.run(sql`
      insert into review (case_id, no, workflow, state, opened_at, person, holder, simulated, verdict, decided_at)
      select ${practice}, 100 + i, ${workflow}, 'decided', ${at}, 'ina@example.com', 'ina@example.com', false, 'approve', ${at} from generate_series(1, ${APART}) i`);
    const shown = await withCoin(waiting, false);
    await claim(ina, shown);
    const real = await page(ina, shown);
    let planted: Page | undefined;
    for (let i = 0; i < 200 && !planted; i++) {
      const [task] = await next(ina, workflow);
      if (await database.maybe(sql`select 1 from planted where id = ${task!.caseId}`))
        planted = await page(ina, task!.caseId);
      else await ina.releaseReview({ params: { case: task!.caseId }, body: { lease: task!.lease } });
    }
    expect(formOf(planted!)).toEqual(formOf(real));
    expect(planted!.facets).toEqual({ "output.category": planted!.content!.output.category });
    // It came before it was asked about, and that before it was taken: in the order in which it is told.
    const times = [
      planted!.receivedAt,
      ...planted!.attempts.map((one) => one.startedAt),
      planted!.decision!.at,
      planted!.history.at(-1)!.at,
    ];
    expect(times).toEqual([...times].sort());
    expect(Object.keys(planted!.content!)).toEqual(Object.keys(real.content!));
  });
});
