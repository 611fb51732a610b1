/** Quarantine: what could not become a case is shown with its reason and its text, corrected, replayed, or put aside. */
import { describe, expect, test } from "vitest";
import { sql } from "../src/platform/sql.ts";
import { install, launch } from "./support/installation.ts";

const installation = await install({ role: "web" });
const { client, app } = installation;
await launch(installation);
const params = { workflow: "tickets" };

let made = 0;
/** Sends what cannot be taken; answers the id under which it is kept. */
async function kept(input: unknown = { text: 7 }, externalId = `q-${made++}`): Promise<string> {
  const sent = client.submitCase({ params, body: { externalId, input } });
  return sent.then(
    () => "it was taken",
    (error: { details: { quarantineId: string } }) => error.details.quarantineId,
  );
}
const look = (id: string) => client.getQuarantined({ params: { id } });
const replay = (id: string, body: { input?: Record<string, unknown>; externalId?: string } = {}) =>
  client.replayQuarantined({ params: { id }, body });
const discard = (id: string) => client.discardQuarantined({ params: { id } });
const contentOf = async (caseId: string) =>
  (await client.getCase({ params: { case: caseId }, query: { content: "true" } })).content?.input as unknown;

describe("a record in quarantine", () => {
  test("is listed with its reason, newest first, page by page, and its content only shown with the right to it", async () => {
    const ids = [await kept(), await kept("a text"), await kept()];
    const first = await client.listQuarantine({ params, query: { limit: 2 } });
    expect(first.records.map((one) => one.id)).toEqual([ids[2], ids[1]]);
    const second = await client.listQuarantine({ params, query: { limit: 2, before: first.next! } });
    expect(second.records.map((one) => one.id)).toEqual([ids[0]]);
    expect(
      (await client.listQuarantine({ params, query: { limit: 9, reason: "not_an_object" } })).records.map(
        (one) => one.id,
      ),
    ).toEqual([ids[1]]);
    expect(JSON.stringify(first)).not.toContain("a text");
    expect(await look(ids[1]!)).toMatchObject({ input: "a text", raw: expect.stringContaining('"a text"') });
    const reader = await installation.clientFor(["read"]);
    await expect(reader.getQuarantined({ params: { id: ids[1]! } })).rejects.toMatchObject({
      code: "forbidden",
    });
  });

  test("is sealed: the database holds nothing of its text in clear", async () => {
    const id = await kept({ text: 7, customer: "K. Adler of Musterstadt" });
    const rows = await app.database.all<{ row: string }>(
      sql`select q::text as row from quarantine q where id = ${id}`,
    );
    expect(rows[0]!.row).not.toContain("Adler");
    expect(rows[0]!.row).not.toContain(Buffer.from("Adler").toString("hex"));
  });

  test("that is corrected becomes a case under its own key, and says who corrected it", async () => {
    const id = await kept({ text: 7 }, "corrected");
    const receipt = await replay(id, { input: { text: "seven" } });
    expect(receipt).toMatchObject({ status: "admitted", externalId: "corrected" });
    expect(await contentOf(receipt.caseId)).toEqual({ text: "seven" });
    expect(await look(id)).toMatchObject({
      state: "replayed",
      settledBy: "E. Brandt",
      caseId: receipt.caseId,
    });
    const { history } = await client.getCase({ params: { case: receipt.caseId } });
    expect(history.map((event) => [event.kind, event.actor["name"]])).toEqual([
      ["case.admitted", "E. Brandt"],
      ["quarantine.replayed", "E. Brandt"],
    ]);
    await expect(replay(id)).rejects.toMatchObject({ code: "wrong_state" });
    await expect(discard(id)).rejects.toMatchObject({ code: "wrong_state" });
    // The sender repeats the corrected record: it is known.
    expect(
      await client.submitCase({ params, body: { externalId: "corrected", input: { text: "seven" } } }),
    ).toMatchObject({ status: "duplicate", caseId: receipt.caseId });
  });

  test("that is still wrong stays open, and makes no second record", async () => {
    const id = await kept();
    const before = (await client.listQuarantine({ params, query: { limit: 500 } })).records.length;
    await expect(replay(id)).rejects.toMatchObject({
      code: "bad_input",
      message: expect.stringContaining("stays in quarantine"),
    });
    await expect(replay(id, { input: { amount: 1 } })).rejects.toMatchObject({ code: "bad_input" });
    expect(await look(id)).toMatchObject({ state: "open", caseId: null });
    expect((await client.listQuarantine({ params, query: { limit: 500 } })).records).toHaveLength(before);
    const events = await app.database.all(
      sql`select 1 from audit_event where kind = 'quarantine.kept' and body like ${`%${id}%`}`,
    );
    expect(events).toHaveLength(1);
  });

  test("that two people replay at once becomes one case", async () => {
    const id = await kept();
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => replay(id, { input: { text: `person ${i}` } })),
    );
    expect(results.filter((one) => one.status === "fulfilled")).toHaveLength(1);
    for (const one of results)
      if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "wrong_state" });
  });

  test("that one replays while another discards it ends one way", async () => {
    const id = await kept();
    const [replayed, discarded] = await Promise.allSettled([
      replay(id, { input: { text: "kept" } }),
      discard(id),
    ]);
    expect([replayed.status, discarded.status].sort()).toEqual(["fulfilled", "rejected"]);
    expect((await look(id)).state).toBe(replayed.status === "fulfilled" ? "replayed" : "discarded");
  });

  test("that is put aside is kept, and no longer open", async () => {
    const id = await kept();
    expect(await discard(id)).toEqual({ state: "discarded" });
    expect(await look(id)).toMatchObject({ state: "discarded", settledBy: "E. Brandt" });
    expect(
      (await client.listQuarantine({ params, query: { limit: 500 } })).records.map((one) => one.id),
    ).not.toContain(id);
    expect(
      (await client.listQuarantine({ params, query: { state: "discarded", limit: 500 } })).records.map(
        (one) => one.id,
      ),
    ).toContain(id);
    await expect(replay(id)).rejects.toMatchObject({ code: "wrong_state" });
  });

  test("for a conflict stays a conflict, until it is told apart by another key or agrees with what is stored", async () => {
    const { caseId } = await client.submitCase({
      params,
      body: { externalId: "known", input: { text: "first" } },
    });
    const id = await kept({ text: "second" }, "known");
    await expect(replay(id)).rejects.toMatchObject({ code: "conflict" });
    expect((await look(id)).state).toBe("open");
    const other = await kept({ text: "third" }, "known");
    const told = await replay(id, { externalId: "known-2" });
    expect(told).toMatchObject({ status: "admitted", externalId: "known-2" });
    expect(await contentOf(told.caseId)).toEqual({ text: "second" });
    expect(await replay(other, { input: { text: "first" } })).toMatchObject({ status: "duplicate", caseId });
    expect(await contentOf(caseId)).toEqual({ text: "first" });
  });

  test("that could never be read needs a correction", async () => {
    const lines = (async function* () {
      yield "{ broken";
    })();
    let id = "";
    for await (const line of client.batch("tickets", lines)) id ||= line.quarantineId ?? "";
    expect(await look(id)).toMatchObject({ reason: "not_json", raw: "{ broken", input: null });
    await expect(replay(id)).rejects.toMatchObject({
      code: "bad_input",
      hint: expect.stringContaining("input"),
    });
    expect(await replay(id, { input: { text: "mended" }, externalId: "mended" })).toMatchObject({
      status: "admitted",
    });
  });

  test("is nobody's business who has a key for another workflow", async () => {
    const id = await kept();
    const stranger = await installation.clientFor(["operate", "read", "content:read"], {
      workflow: "invoices",
    });
    await expect(stranger.getQuarantined({ params: { id } })).rejects.toMatchObject({ code: "not_found" });
    await expect(
      stranger.replayQuarantined({ params: { id }, body: { input: { text: "x" } } }),
    ).rejects.toMatchObject({ code: "not_found" });
    await expect(stranger.discardQuarantined({ params: { id } })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(client.getQuarantined({ params: { id: "qua_none" } })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});
