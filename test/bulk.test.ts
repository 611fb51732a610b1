/** Identical suggestions approved together: what is alike, what must be looked at first, and one way back. */
import { describe, expect, test } from "vitest";
import { sql, time } from "../src/platform/sql.ts";
import { claim, decide, MINUTE, next, openDesk, UNDO } from "./support/desk.ts";
import { signedIn } from "./support/people.ts";

const desk = await openDesk();
const { installation, look, reach, pass, delivered } = desk;
const { app } = installation;
const anna = await installation.clientFor(["review"]);
const ben = await installation.clientFor(["review", "read"]);

const alike = (who: typeof anna, workflow: string, like: string, most = 50) =>
  who.claimAlike({ params: { workflow }, body: { like, most } });
const approve = (who: typeof anna, bulk: string, opened: string[], leave: string[] = []) =>
  who.approveAlike({ params: { bulk }, body: { opened, leave } });
const resume = (who: typeof anna, workflow: string) => who.resumeAlike({ params: { workflow } });
const several = async (waiting: (input?: { text: string }) => Promise<string>, n: number, text: string) => {
  const ids: string[] = [];
  for (let i = 0; i < n; i++) ids.push(await waiting({ text: `${text} ${i}` }));
  return ids;
};

describe("a batch", async () => {
  const workflow = "batch";
  const waiting = await desk.open(workflow);

  test("holds the cases with the identical suggestion and reasons alone, and no one else gets them", async () => {
    const bills = await several(waiting, 5, "bill");
    const [cable] = await several(waiting, 1, "cable");
    const batch = await alike(anna, workflow, bills[2]!);
    expect(batch.cases.map((one) => one.caseId).sort()).toEqual([...bills].sort());
    expect(batch.open).toHaveLength(3);
    for (const task of batch.open) expect(task).toMatchObject({ output: { category: "billing" } });
    expect((await next(ben, workflow, 10)).map((one) => one.caseId)).toEqual([cable]);
    expect(await anna.releaseAlike({ params: { bulk: batch.bulk } })).toEqual({ released: 5 });
    expect(await next(ben, workflow, 10)).toHaveLength(5);
    await pass(11 * MINUTE);
    for (const task of await next(ben, workflow, 10)) await decide(ben, task.caseId, task.lease, "approve");
  });

  test("is approved only when the three that were named have been looked at, and goes out once each", async () => {
    const bills = await several(waiting, 5, "bill");
    const batch = await alike(anna, workflow, bills[0]!);
    const named = batch.open.map((one) => one.caseId);
    const others = bills.filter((one) => !named.includes(one));
    for (const wrong of [[], named.slice(1), [...named.slice(1), others[0]!]])
      await expect(approve(anna, batch.bulk, wrong)).rejects.toMatchObject({ code: "wrong_state" });
    await expect(approve(ben, batch.bulk, named)).rejects.toMatchObject({ code: "not_found" });
    const done = await approve(anna, batch.bulk, named, [others[0]!]);
    expect(done).toMatchObject({ approved: 4, left: 1 });
    await expect(approve(anna, batch.bulk, named)).rejects.toMatchObject({ code: "wrong_state" });
    await pass(UNDO);
    for (const caseId of bills.filter((one) => one !== others[0])) {
      await reach(caseId, "delivered");
      expect(delivered(workflow, caseId)).toHaveLength(1);
    }
    expect((await look(others[0]!)).state).toBe("in_review");
    const [task] = await next(anna, workflow);
    await decide(anna, task!.caseId, task!.lease, "approve");
  });

  test("is taken back as a whole in the undo window, by whoever approved it", async () => {
    const bills = await several(waiting, 4, "bill");
    const batch = await alike(anna, workflow, bills[0]!);
    await approve(
      anna,
      batch.bulk,
      batch.open.map((one) => one.caseId),
    );
    await expect(ben.undoAlike({ params: { bulk: batch.bulk } })).rejects.toMatchObject({
      code: "not_found",
    });
    expect(await anna.undoAlike({ params: { bulk: batch.bulk } })).toEqual({ undone: 4 });
    for (const caseId of bills) expect((await look(caseId)).state).toBe("in_review");
    await expect(anna.undoAlike({ params: { bulk: batch.bulk } })).rejects.toMatchObject({
      code: "wrong_state",
    });
    const again = await alike(ben, workflow, bills[0]!);
    await approve(
      ben,
      again.bulk,
      again.open.map((one) => one.caseId),
    );
    await pass(UNDO);
    for (const caseId of bills) await reach(caseId, "delivered");
    await expect(ben.undoAlike({ params: { bulk: again.bulk } })).rejects.toMatchObject({
      code: "wrong_state",
    });
  });

  test("whose time is over is not approved", async () => {
    const bills = await several(waiting, 3, "bill");
    const batch = await alike(anna, workflow, bills[0]!);
    await pass(15 * MINUTE);
    await expect(
      approve(
        anna,
        batch.bulk,
        batch.open.map((one) => one.caseId),
      ),
    ).rejects.toMatchObject({ code: "lease_lost" });
    for (const task of await next(ben, workflow, 10)) await decide(ben, task.caseId, task.lease, "approve");
  });

  test("comes back as it was to whoever took it, and to nobody else", async () => {
    const bills = await several(waiting, 4, "bill");
    const batch = await alike(anna, workflow, bills[0]!);
    expect(await resume(anna, workflow)).toEqual({ batches: [batch], approving: [], givenBack: 0 });
    expect(await resume(ben, workflow)).toEqual({ batches: [], approving: [], givenBack: 0 });
    const named = batch.open.map((one) => one.caseId);
    expect(await approve(anna, batch.bulk, named)).toMatchObject({ approved: 4 });
    expect(await resume(anna, workflow)).toEqual({ batches: [], approving: [], givenBack: 0 });
    await pass(UNDO);
    for (const caseId of bills) {
      await reach(caseId, "delivered");
      expect(delivered(workflow, caseId)).toHaveLength(1);
    }
  });

  test("that cannot go on is given back as a whole: its time is over, or a case of the three was decided alone", async () => {
    const bills = await several(waiting, 4, "bill");
    await alike(anna, workflow, bills[0]!);
    await pass(15 * MINUTE);
    expect(await resume(anna, workflow)).toEqual({ batches: [], approving: [], givenBack: 4 });
    expect(await resume(anna, workflow)).toEqual({ batches: [], approving: [], givenBack: 0 });

    const kim = await signedIn(installation, "kim@example.com", [{ role: "reviewer", workflow }]);
    const batch = await alike(kim, workflow, bills[0]!);
    const seen = batch.open[0]!.caseId;
    const alone = await claim(kim, seen);
    await decide(kim, seen, alone.lease, "approve");
    expect(await resume(kim, workflow)).toEqual({ batches: [], approving: [], givenBack: 3 });
    const taken = await next(ben, workflow, 10);
    expect(taken.map((one) => one.caseId).sort()).toEqual(bills.filter((one) => one !== seen).sort());
    for (const task of taken) await decide(ben, task.caseId, task.lease, "approve");
  });

  test("whose approval broke off half-way: what it reached can be taken back, the rest is given back", async () => {
    const bills = await several(waiting, 4, "bill");
    const batch = await alike(anna, workflow, bills[0]!);
    // As a process leaves it that ends between two of them.
    const [reached] = batch.open;
    await decide(anna, reached!.caseId, reached!.lease, "approve");
    await app.database.run(
      sql`update bulk set approved_at = ${time(app.clock.now())} where id = ${batch.bulk}`,
    );
    expect(await resume(anna, workflow)).toEqual({
      batches: [],
      approving: expect.arrayContaining(bills) as string[],
      givenBack: 0,
    });
    await app.database.run(
      sql`update bulk set approved_at = ${time(app.clock.now() - 2 * MINUTE)} where id = ${batch.bulk}`,
    );
    expect(await resume(anna, workflow)).toEqual({ batches: [], approving: [], givenBack: 3 });
    expect(await anna.undoAlike({ params: { bulk: batch.bulk } })).toEqual({ undone: 1 });
    for (const task of await next(ben, workflow, 10)) await decide(ben, task.caseId, task.lease, "approve");
  });

  test("takes back with its undo only what it approved itself", async () => {
    const bills = await several(waiting, 4, "bill");
    const kim = await signedIn(installation, "kim@example.com", [{ role: "reviewer", workflow }]);
    const batch = await alike(kim, workflow, bills[0]!);
    const named = batch.open.map((one) => one.caseId);
    const other = bills.find((one) => !named.includes(one))!;
    const alone = await claim(kim, other);
    await decide(kim, other, alone.lease, "approve");
    expect(await approve(kim, batch.bulk, named)).toMatchObject({ approved: 3, left: 1 });
    expect(await kim.undoAlike({ params: { bulk: batch.bulk } })).toEqual({ undone: 3 });
    expect((await look(other)).state).toBe("decided");
    for (const task of await next(ben, workflow, 10)) await decide(ben, task.caseId, task.lease, "approve");
  });

  test("of too few, of a case that is not there, and of one that others hold answers alike", async () => {
    const bills = await several(waiting, 2, "bill");
    const [held] = await several(waiting, 1, "cable");
    await claim(ben, held!);
    const answers: string[] = [];
    for (const like of [bills[0]!, held!, "case_01hzy3v7k2e8t9qxw4m5n6p7r8"])
      answers.push(
        await alike(anna, workflow, like).then(
          () => "taken",
          (error: Error) => error.message,
        ),
      );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain("not enough cases");
  });
});

describe("cases of the quality coin", async () => {
  const workflow = "batch-coin";
  const waiting = await desk.open(workflow, { workflow: { qa: { share: 0.5 } } });

  test("look like the others, and whichever is in a batch is looked at", async () => {
    const bills = await several(waiting, 14, "bill");
    const batch = await alike(anna, workflow, bills[0]!);
    const coins = await app.database.all<{ id: string }>(
      sql`select id from case_ where id = any(${batch.cases.map((one) => one.caseId)}) and qa`,
    );
    const named = batch.open.map((one) => one.caseId);
    expect(coins.length).toBeGreaterThan(0);
    for (const { id } of coins) expect(named).toContain(id);
    // Ids are letters by chance, "qa" among them.
    const told = JSON.stringify(batch).replaceAll(/\b[a-z]+_[0-9a-z]{26}/g, "");
    expect(told).not.toMatch(/qa|quality/i);
    await approve(anna, batch.bulk, named);
    await pass(UNDO);
    await reach(coins[0]!.id, "delivered");
    const labels = await app.database.all(
      sql`select distinct seen from label where workflow = ${workflow} and source = 'qa'`,
    );
    expect(labels).toEqual([{ seen: true }]);
  });
});

describe("cold cases and answers that take several people", async () => {
  test("are in no batch", async () => {
    const cold = await desk.open("batch-cold", { workflow: { cold: { share: 0.5 } } });
    const ids = await several(cold, 12, "bill");
    const isCold = new Map<string, boolean>();
    for (const id of ids) isCold.set(id, (await look(id)).cold);
    const batch = await alike(
      anna,
      "batch-cold",
      ids.find((id) => !isCold.get(id))!,
    );
    expect(batch.cases.map((one) => one.caseId).sort()).toEqual(ids.filter((id) => !isCold.get(id)).sort());
    await expect(
      alike(
        ben,
        "batch-cold",
        ids.find((id) => isCold.get(id))!,
      ),
    ).rejects.toMatchObject({ code: "wrong_state" });

    const two = await desk.open("batch-two", { workflow: { fourEyes: {} } });
    const [one] = await several(two, 4, "bill");
    await expect(alike(anna, "batch-two", one!)).rejects.toMatchObject({ code: "wrong_state" });
  });
});
