/** The safe-stop ladder by hand: who moves it where, how soon every process obeys, and requests to stop. */
import { describe, expect, test } from "vitest";
import { openClient } from "../src/contract/client.ts";
import { sql } from "../src/platform/sql.ts";
import { install, launch, until } from "./support/installation.ts";

const installation = await install();
const { client: brandt, app, url, key } = installation;
const keller = openClient({ url, key, as: "M. Keller" });
await launch(installation);
const params = { workflow: "tickets" };
const events = (kind: string) =>
  app.database.all<{ body: string }>(
    sql`select body from audit_event where kind = ${kind} and workflow = 'tickets' order by id`,
  );
const submit = (externalId: string) =>
  brandt.submitCase({ params, body: { externalId, input: { text: "The cable is cut" } } });

describe("the ladder", () => {
  test("moves towards stop at once and without a reason, and back with one", async () => {
    expect(await brandt.moveLadder({ params, body: { rung: 2 } })).toEqual({ before: 0, rung: 2 });
    expect(await brandt.moveLadder({ params, body: { rung: 2 } })).toEqual({ before: 2, rung: 2 });
    await expect(brandt.moveLadder({ params, body: { rung: 1 } })).rejects.toMatchObject({
      code: "bad_request",
      message: expect.stringContaining("reason"),
    });
    expect((await brandt.getWorkflow({ params })).rung).toBe(2);
    const back = { rung: 0, reason: "The model answers again" };
    expect(await keller.moveLadder({ params, body: back })).toEqual({ before: 2, rung: 0 });
    expect((await events("ladder.moved")).map(({ body }) => JSON.parse(body).data)).toMatchObject([
      { before: 0, after: 2 },
      { before: 2, after: 0 },
    ]);
    expect(
      await app.database.all(sql`select before, after, reason, moved_by from ladder_move order by id`),
    ).toEqual([
      { before: 0, after: 2, reason: null, moved_by: "E. Brandt" },
      { before: 2, after: 0, reason: "The model answers again", moved_by: "M. Keller" },
    ]);
  });

  test("is moved towards stop by a key that may operate, and never back by one", async () => {
    const watcher = await installation.clientFor(["operate"], { workflow: "tickets" });
    await watcher.moveLadder({ params, body: { rung: 1 } });
    await expect(
      watcher.moveLadder({ params, body: { rung: 0, reason: "It looks well again" } }),
    ).rejects.toMatchObject({ code: "bad_request" });
    await brandt.moveLadder({ params, body: { rung: 0, reason: "Looked at" } });
  });

  test("has no rung beyond the ends, and its moves cannot be rewritten", async () => {
    for (const rung of [-1, 5, 1.5])
      await expect(brandt.moveLadder({ params, body: { rung } })).rejects.toMatchObject({
        code: "bad_request",
      });
    await expect(app.database.run(sql`update ladder_move set moved_by = 'nobody'`)).rejects.toThrow(
      /append-only/,
    );
  });

  test("is obeyed within a second by every process, whichever was told", async () => {
    const other = await install({ databaseUrl: installation.databaseUrl, dataHome: installation.dataHome });
    const there = openClient({ url: other.url, key, as: "E. Brandt" });
    const handIn = (who: typeof brandt, externalId: string) =>
      who.submitCase({ params, body: { externalId, input: { text: "x" } } }).then(
        () => "taken",
        (error: { code: string }) => error.code,
      );
    for (const [teller, hearer] of [
      [brandt, there],
      [there, brandt],
    ] as const) {
      await teller.moveLadder({ params, body: { rung: 4 } });
      const told = performance.now();
      expect(await handIn(hearer, `stopped-${told}`)).toBe("intake_stopped");
      await teller.moveLadder({ params, body: { rung: 3, reason: "Take in again" } });
      const sent = await hearer.submitCase({
        params,
        body: { externalId: `waits-${told}`, input: { text: "x" } },
      });
      expect(performance.now() - told).toBeLessThan(1_000);
      // Intake only: it is stored, and nobody works on it, in either process.
      await new Promise((resolve) => setTimeout(resolve, 1_200));
      expect((await hearer.getCase({ params: { case: sent.caseId } })).state).toBe("received");
      await teller.moveLadder({ params, body: { rung: 0, reason: "All is well" } });
      await until(
        () => hearer.getCase({ params: { case: sent.caseId } }),
        (one) => one.state === "in_review",
        5_000,
      );
    }
    await other.stop();
  });
});

describe("a request to stop", () => {
  test("tells owner and on-call, stands until it is settled, and is answered once", async () => {
    const { caseId } = await submit("asked-1");
    const asked = await brandt.requestStop({ params, body: { text: "It invents order numbers.", caseId } });
    expect(asked).toMatchObject({ id: expect.stringMatching(/^stp_/), told: ["e.brandt@example.com"] });
    const { requests } = await brandt.getOperations({ params });
    expect(requests).toMatchObject([
      { id: asked.id, person: "E. Brandt", text: "It invents order numbers.", caseId },
    ]);
    const settle = { params: { request: asked.id }, body: { rung: 1, answer: "Stopped, we look at it." } };
    expect(await keller.settleStopRequest(settle)).toEqual({ settled: true });
    expect((await brandt.getWorkflow({ params })).rung).toBe(1);
    await expect(keller.settleStopRequest(settle)).rejects.toMatchObject({ code: "wrong_state" });
    expect((await brandt.getOperations({ params })).requests).toEqual([]);
    await brandt.moveLadder({ params, body: { rung: 0, reason: "Looked at" } });
  });

  test("keeps its words sealed, with the case that they are about or by themselves", async () => {
    const { caseId } = await submit("asked-2");
    await brandt.requestStop({ params, body: { text: "Mrs Quill got the letter of Mr Ink.", caseId } });
    await brandt.requestStop({ params, body: { text: "Mrs Quill got another letter." } });
    expect((await brandt.getOperations({ params })).requests.map((one) => one.text)).toEqual([
      "Mrs Quill got another letter.",
      "Mrs Quill got the letter of Mr Ink.",
    ]);
    const { found } = await app.database.one<{ found: string }>(
      sql`select string_agg(s::text, '') || (select string_agg(body, '') from audit_event) as found from stop_request s`,
    );
    expect(found).not.toContain("Quill");
    // The key of the case is the key of what was said about it.
    await app.database.run(sql`delete from case_key where owner = ${caseId}`);
    expect((await brandt.getOperations({ params })).requests.map((one) => one.text)).toEqual([
      "Mrs Quill got another letter.",
      null,
    ]);
  });

  test("about a case of another workflow, or none, is refused", async () => {
    await expect(brandt.requestStop({ params, body: { caseId: "case_none" } })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(
      keller.settleStopRequest({ params: { request: "stp_none" }, body: { answer: "x" } }),
    ).rejects.toMatchObject({ code: "not_found" });
  });
});
