/** The audit trail's first half: one event per change in its transaction, no gap under parallel writers, nothing to undo. */
import canonicalize from "canonicalize";
import { createHash } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import { openFreshDatabase } from "../../test/support/database.ts";
import { PilotageError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import { idSource } from "../platform/chance.ts";
import { simulatedClock } from "../platform/clock.ts";
import { openDatabase, type Database } from "../platform/database.ts";
import { ensureMonths } from "../platform/migrations.ts";
import { silentLog } from "../platform/log.ts";
import { sql } from "../platform/sql.ts";
import { leafHash, openAudit } from "./record.ts";

const { database, url } = await openFreshDatabase();
const wide = openDatabase({ url, log: silentLog, size: 20 });
afterAll(() => wide.close());
const clock = simulatedClock("2026-11-20T09:00:00.000Z");
const newId = idSource(clock);
const audit = openAudit({ clock, newId });
const actor = { kind: "system", name: "test" } as const;

interface Row {
  id: string;
  writer: string;
  wseq: number;
  kind: string;
  workflow: string | null;
  case_id: string | null;
  at: number;
  body: string;
  leaf: Buffer;
}
const events = (where: Database = database) =>
  where.all<Row>(
    sql`select id, writer, wseq, kind, workflow, case_id, at, body, leaf from audit_event order by writer, wseq`,
  );
const write = (how: Database, mark: string, count = 1) =>
  how.transaction(async (tx) =>
    audit.record(
      tx,
      Array.from({ length: count }, (_, i) => ({
        kind: "case.moved" as const,
        actor,
        workflow: "tickets",
        caseId: "case_x",
        data: { mark, i },
      })),
    ),
  );

/** Tries again while no connection is free: 200 writers share 20, and a slow disk makes them wait long. */
async function insisting(work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PilotageError) || error.code !== "database_unavailable") throw error;
    }
  }
}

/** Writers whose numbers do not run from 1 without a gap. */
function gaps(rows: Pick<Row, "writer" | "wseq">[]): string[] {
  return [...Map.groupBy(rows, (row) => row.writer)]
    .filter(([, own]) =>
      own
        .map((row) => row.wseq)
        .toSorted((a, b) => a - b)
        .some((wseq, i) => wseq !== i + 1),
    )
    .map(([writer]) => writer);
}

describe("leaf hashes", () => {
  // RFC 6962, section 2.1; inputs of the transparency-dev/merkle test constants.
  test.each([
    ["", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"],
    ["00", "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"],
    ["10", "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7"],
    ["2021", "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7"],
    ["3031", "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"],
    ["40414243", "4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658"],
    ["5051525354555657", "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"],
    ["606162636465666768696a6b6c6d6e6f", "46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1"],
  ])("of RFC 6962 come out for %s", (input, hash) => {
    expect(leafHash(Buffer.from(input, "hex").toString("utf8")).toString("hex")).toBe(hash);
  });

  // Three events of another program in this form: their canonical bytes (RFC 8785) give these leaves.
  const about = { v: 1, object: { type: "item", id: "it_1" } };
  test.each<[JsonObject, string]>([
    [
      {
        ...about,
        id: "0193f000-0000-7000-8000-000000000001",
        at: "2026-11-20T09:00:00.000Z",
        writer: "w1",
        wseq: 1,
        actor: { kind: "system", id: "pipeline" },
        action: "item.classified",
        facts: { label: "billing", confidence: "0.9312", policy: "p-7", model: "m-3" },
        salt: "00112233445566778899aabbccddeeff",
      },
      "8827550c689e624888f2c46fdaa83c82885582df11e59e09d0aed32554eab6e7",
    ],
    [
      {
        ...about,
        id: "0193f000-0000-7000-8000-000000000002",
        at: "2026-11-20T09:00:01.250Z",
        writer: "w1",
        wseq: 2,
        actor: { kind: "user", id: "pr_42" },
        action: "review.approved",
        facts: { changed: true, payload_commit: "hmac-sha256:5f" },
        salt: "ffeeddccbbaa99887766554433221100",
      },
      "30435457974bef496e7028ed1135ed4920003a51ec364cf61739c9fc6590bcef",
    ],
    [
      {
        ...about,
        id: "0193f000-0000-7000-8000-000000000003",
        at: "2026-11-20T09:00:02.000Z",
        writer: "w2",
        wseq: 1,
        actor: { kind: "system", id: "delivery" },
        action: "delivery.sent",
        facts: { route: "reviewed", disclosure: null },
        salt: "0123456789abcdef0123456789abcdef",
      },
      "799b9d59a04ba0a95a31dbbe062f9bc0ddbed29939995118016f918bb68dc6ad",
    ],
  ])("of a known event are the known ones (%#)", (event, hash) => {
    expect(leafHash(canonicalize(event)!).toString("hex")).toBe(hash);
  });
});

describe("an event", () => {
  test("is canonical, hashed as it is stored, and its columns say what its body says", async () => {
    await database.transaction(async (tx) =>
      audit.record(tx, [
        {
          kind: "case.admitted",
          actor,
          workflow: "tickets",
          caseId: "case_ä",
          data: { z: 1, a: 'quote " and \u2028 and €' },
        },
      ]),
    );
    const row = (await events()).find((one) => one.kind === "case.admitted")!;
    const body = JSON.parse(row.body) as JsonObject;
    expect(canonicalize(body)).toBe(row.body);
    expect(row.leaf).toEqual(
      createHash("sha256")
        .update(Buffer.concat([Buffer.of(0), Buffer.from(row.body)]))
        .digest(),
    );
    expect(body).toEqual({
      id: row.id,
      at: "2026-11-20T09:00:00.000Z",
      writer: row.writer,
      wseq: row.wseq,
      salt: expect.stringMatching(/^[0-9a-f]{32}$/),
      kind: row.kind,
      actor,
      workflow: "tickets",
      case: "case_ä",
      data: { a: 'quote " and \u2028 and €', z: 1 },
    });
    expect(row.at).toBe(clock.now());
  });

  test("is written with the change or not at all", async () => {
    const before = (await events()).length;
    await expect(
      database.transaction(async (tx) => {
        audit.record(tx, [{ kind: "case.moved", actor, data: { mark: "lost" } }]);
        throw new Error("no");
      }),
    ).rejects.toThrowError("no");
    expect(await events()).toHaveLength(before);
  });

  test("waits for the sequencer with the same leaf", async () => {
    await write(database, "pending", 3);
    const odd = await database.all(sql`
      select e.id from audit_event e full join audit_waiting p on p.event_id = e.id and p.leaf = e.leaf and p.writer = e.writer and p.wseq = e.wseq
      where e.id is null or p.event_id is null`);
    expect(odd).toEqual([]);
  });

  test.each([
    sql`update audit_event set body = '{}'`,
    sql`update audit_event set kind = 'x'`,
    sql`delete from audit_event`,
  ])("can be neither changed nor removed (%#)", async (attack) => {
    await write(database, "attacked");
    const before = await events();
    await expect(database.run(attack)).rejects.toThrowError(/append-only/);
    expect(await events()).toEqual(before);
  });

  test("cannot be truncated away, from no partition", async () => {
    await write(database, "attacked");
    await ensureMonths(database, clock);
    await expect(database.run(sql`truncate audit_event`)).rejects.toThrowError(/append-only/);
    await expect(database.run(sql`truncate audit_event_other`)).rejects.toThrowError(/append-only/);
    await expect(database.run(sql`truncate audit_event_2027_01`)).rejects.toThrowError(/append-only/);
  });
});

describe("the numbers of a writer", () => {
  test("have no gap and no fork under 200 parallel writers, a fifth of which fail", async () => {
    const before = (await events()).length;
    const results = await Promise.allSettled(
      Array.from({ length: 200 }, (_, i) =>
        insisting(() =>
          wide.transaction(async (tx) => {
            audit.record(tx, [{ kind: "case.moved", actor, data: { mark: `parallel ${i}` } }]);
            await tx.run(sql`select pg_sleep(0.001)`);
            audit.record(tx, [{ kind: "case.running", actor, data: { mark: `parallel ${i}` } }]);
            if (i % 5 === 0) throw new Error("fails");
          }),
        ),
      ),
    );
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(160);
    const rows = await events();
    expect(rows).toHaveLength(before + 320);
    expect(gaps(rows)).toEqual([]);
    expect(new Set(rows.map((row) => `${row.writer} ${row.wseq}`)).size).toBe(rows.length);
    expect(new Set(rows.map((row) => row.writer)).size).toBeGreaterThan(10);
  });

  test("a hole and a fork would be seen", () => {
    const of = (...numbers: number[]) => numbers.map((wseq) => ({ writer: "wri_1", wseq }));
    expect(gaps(of(1, 2, 3))).toEqual([]);
    expect(gaps(of(1, 3))).toEqual(["wri_1"]);
    expect(gaps(of(2, 3))).toEqual(["wri_1"]);
    expect(gaps(of(1, 2, 2, 3))).toEqual(["wri_1"]);
  });

  test("go on where a later hook of the same transaction records once more", async () => {
    await database.transaction(async (tx) => {
      audit.record(tx, [
        { kind: "case.moved", actor, data: { mark: "twice" } },
        { kind: "case.moved", actor, data: { mark: "twice" } },
      ]);
      tx.beforeCommit(async () =>
        audit.record(tx, [{ kind: "case.running", actor, data: { mark: "twice" } }]),
      );
    });
    await write(database, "after twice");
    const rows = (await events()).filter((row) => row.body.includes('"mark":"twice"'));
    expect(rows.map((row) => row.kind)).toEqual(["case.moved", "case.moved", "case.running"]);
    expect(rows.map((row) => row.wseq - rows[0]!.wseq)).toEqual([0, 1, 2]);
    expect(new Set(rows.map((row) => row.writer)).size).toBe(1);
    expect(gaps(await events())).toEqual([]);
  });

  test("go on from a new writer after an outcome that is not known", async () => {
    const single = openDatabase({ url, log: silentLog, size: 1 });
    const writers = async () =>
      new Set(
        (await events()).filter((row) => row.body.includes('"mark":"restart"')).map((row) => row.writer),
      );
    await write(single, "restart", 2);
    await write(single, "restart", 1);
    expect((await writers()).size).toBe(1);
    const failed = single.transaction(async (tx) => {
      audit.record(tx, [{ kind: "case.moved", actor }]);
      tx.beforeCommit(() => Promise.reject(new Error("after the event was written")));
    });
    await expect(failed).rejects.toThrowError("after the event was written");
    await write(single, "restart");
    expect((await writers()).size).toBe(2);
    expect(gaps(await events())).toEqual([]);
    await single.close();
  });
});
