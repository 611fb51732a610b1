/** The audit log of a whole installation: it grows, is signed, exported, verified; what is done to it behind its back is found. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { verifyBundle, verifyLines } from "../src/audit/bundle.ts";
import { type } from "../src/cli/playing.fixture.ts";
import type { AuditStatus, Verdict } from "../src/contract/audit.ts";
import { openDatabase, type Database } from "../src/platform/database.ts";
import { silentLog } from "../src/platform/log.ts";
import { sql } from "../src/platform/sql.ts";
import { freshDatabase } from "./support/database.ts";
import { removeFolder, temporaryFolder } from "./support/folders.ts";
import { install, launch, until, type Installation } from "./support/installation.ts";

const folder = temporaryFolder("audit");

/** Runs `pilotage <words> --json` against an installation. */
async function cli(
  { url, key }: Installation,
  ...words: string[]
): Promise<{ exit: number; document: unknown }> {
  const ended = await type([...words, "--json"], { url, key, local: { verifyBundle, verifyLines } });
  return { exit: ended.exit, document: ended.json() };
}

const statusOf = ({ client }: Installation): Promise<AuditStatus> => client.getAudit();
/** Everything that was recorded is in the log and under a signed checkpoint. */
const atRest = (installation: Installation) =>
  until(
    () => statusOf(installation),
    ({ pending, checkpoint, size }) => pending.count === 0 && checkpoint?.size === size,
  );

async function submit({ client }: Installation, count: number, name: string): Promise<string[]> {
  const receipts = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      client.submitCase({
        params: { workflow: "tickets" },
        body: { externalId: `${name}-${i}`, input: { text: "a bill" } },
      }),
    ),
  );
  return receipts.map((receipt) => receipt.caseId);
}

describe("an installation", async () => {
  const installation = await install();
  await launch(installation);
  const ids = await submit(installation, 10, "case");
  const first = await atRest(installation);

  test("has a log with a name and a key, whose rows its own role may not change", async () => {
    expect(first).toMatchObject({
      origin: expect.stringMatching(/^pilotage\.local\/[0-9a-f]{16}$/),
      keyId: expect.stringMatching(/^[0-9a-f]{8}$/),
      pending: { count: 0, oldestAt: null },
      putAside: 0,
      gaps: 0,
      problem: null,
      protection: { role: "pilotage_program", enforced: true, missing: null },
    });
    expect(first.sequencer).toMatch(/^wrk_/);
    for (const attack of [sql`delete from audit_event`, sql`update audit_log set seq = 1`])
      await expect(installation.app.database.run(attack)).rejects.toThrowError(/permission denied/);
  });

  test("keeps its key in a file of its own that nobody else may read", () => {
    const key = readFileSync(join(installation.dataHome, "audit.key"), "utf8").trim();
    expect(Buffer.from(key, "base64")).toHaveLength(32);
  });

  test("exports a bundle that verifies offline, by the command line", async () => {
    const to = join(folder, "whole");
    const exported = await cli(installation, "audit", "export", "--to", to);
    expect(exported).toMatchObject({
      exit: 0,
      document: { size: first.size, events: first.size, filter: null },
    });
    const verified = await cli(installation, "audit", "verify", to, "--verifier", first.verifier!);
    expect(verified).toMatchObject({
      exit: 0,
      document: { ok: true, checked: first.size, of: first.size, keyFrom: "given" },
    });
    // The key may also be given as every other key is.
    expect(await cli(installation, "audit", "verify", to, "--key", first.verifier!)).toMatchObject({
      document: { ok: true, keyFrom: "given" },
    });
  });

  test("refuses to export into a folder that is not empty, and what it does not know", async () => {
    const to = join(folder, "taken");
    mkdirSync(to);
    writeFileSync(join(to, "something"), "");
    expect((await cli(installation, "audit", "export", "--to", to)).exit).toBe(2);
    const unknown = await cli(
      installation,
      "audit",
      "export",
      "--to",
      join(folder, "no"),
      "--since",
      "999999",
    );
    expect(unknown).toMatchObject({ exit: 1, document: { error: { code: "not_found" } } });
  });

  test("ends a verification with 3 and the first bad record when a byte is changed", async () => {
    const to = join(folder, "changed");
    await cli(installation, "audit", "export", "--to", to);
    const path = join(to, "events.ndjson");
    const lines = readFileSync(path, "utf8").split("\n");
    lines[4] = lines[4]!.replace(/"kind\\":\\"(.)/, String.raw`"kind\":\"X`);
    writeFileSync(path, lines.join("\n"));
    const verified = await cli(installation, "audit", "verify", to, "--verifier", first.verifier!);
    expect(verified).toMatchObject({ exit: 3, document: { ok: false, fault: { code: "leaf", seq: 5 } } });
  });

  test("exports what came since a checkpoint, as its continuation", async () => {
    const older = join(folder, "older.checkpoint");
    writeFileSync(older, first.checkpoint!.note);
    await submit(installation, 3, "more");
    const now = await until(
      () => statusOf(installation),
      ({ checkpoint }) => checkpoint!.size > first.size,
    );
    const to = join(folder, "since");
    await cli(installation, "audit", "export", "--to", to, "--since", older);
    const verified = await cli(
      installation,
      "audit",
      "verify",
      to,
      "--checkpoint",
      older,
      "--key",
      now.verifier!,
    );
    expect(verified).toMatchObject({
      exit: 0,
      document: { ok: true, first: first.size + 1, older: [first.size], leftOut: first.size },
    });
  });

  test("shows the events of a case with their numbers in the log", async () => {
    await atRest(installation);
    const shown = await cli(installation, "audit", "show", "--case", ids[0]!);
    const { events } = shown.document as { events: { seq: number; kind: string; body: string }[] };
    expect(events.map((event) => event.kind).slice(0, 2)).toEqual(["case.admitted", "case.running"]);
    expect(events.every((event) => event.seq > 0)).toBe(true);
  });

  test("checks its running log, and finds nothing", async () => {
    const checked = await cli(installation, "audit", "check", "--verifier", first.verifier!);
    expect(checked).toMatchObject({ exit: 0, document: { ok: true, problems: [] } });
  });

  test("lets nobody read the log without the scope for it", async () => {
    const reader = await installation.clientFor(["read", "intake", "review", "operate"]);
    await expect(reader.getAudit()).rejects.toMatchObject({ code: "forbidden" });
    await expect(reader.auditLines({})[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: "forbidden",
    });
    const bound = await installation.clientFor(["audit"], { workflow: "tickets" });
    await expect(bound.auditLines({})[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: "forbidden",
    });
    const own = await verifyLines(bound.auditLines({ workflow: "tickets" }), { key: first.verifier! });
    expect(own.ok).toBe(true);
    expect(own.checked).toBeLessThan(own.of);
  });
});

describe("web and worker apart", async () => {
  const databaseUrl = await freshDatabase();
  const web = await install({ role: "web", databaseUrl });
  const dataHome = web.dataHome;

  test("without a worker events wait, and the status says how many and for how long; nothing is lost", async () => {
    await launch(web);
    await submit(web, 5, "waiting");
    const status = await statusOf(web);
    expect(status).toMatchObject({ size: 0, checkpoint: null, sequencer: null, verifier: null });
    expect(status.pending.count).toBeGreaterThan(10);
    expect(status.pending.oldestSeconds).toBeGreaterThanOrEqual(0);
    await expect(web.client.auditLines({})[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: "wrong_state",
    });
  });

  test("a worker takes them up; when it stops, everything is signed", async () => {
    const worker = await install({ role: "worker", databaseUrl, dataHome });
    await until(
      () => statusOf(web),
      ({ pending, size }) => pending.count === 0 && size > 0,
    );
    await worker.stop();
    const status = await statusOf(web);
    expect(status.sequencer).toBeNull();
    expect(status.checkpoint!.size).toBe(status.size);
  });

  test("a worker with another key or origin is refused, and says what to do", async () => {
    const other = temporaryFolder("other-home");
    writeFileSync(join(other, "master.key"), readFileSync(join(dataHome, "master.key")), { mode: 0o600 });
    await expect(install({ role: "worker", databaseUrl, dataHome: other })).rejects.toThrowError(
      /its key is not at .*audit\.key/,
    );
    const settings = { PILOTAGE_AUDIT_KEY: Buffer.alloc(32, 7).toString("base64") };
    await expect(install({ role: "worker", databaseUrl, dataHome, settings })).rejects.toMatchObject({
      code: "audit_key_wrong",
      message: expect.stringMatching(/not the one with which its checkpoints are signed/),
    });
    await expect(
      install({
        role: "worker",
        databaseUrl,
        dataHome,
        settings: { PILOTAGE_AUDIT_ORIGIN: "other.example/log" },
      }),
    ).rejects.toThrowError(/signs as pilotage\.local/);
    removeFolder(other);
  });

  test("a worker on another machine with the same key works", async () => {
    const other = temporaryFolder("second-home");
    writeFileSync(join(other, "master.key"), readFileSync(join(dataHome, "master.key")), { mode: 0o600 });
    const settings = { PILOTAGE_AUDIT_KEY: readFileSync(join(dataHome, "audit.key"), "utf8").trim() };
    const worker = await install({ role: "worker", databaseUrl, dataHome: other, settings });
    await until(
      () => statusOf(web),
      ({ pending }) => pending.count === 0,
    );
    await worker.stop();
    removeFolder(other);
  });
});

describe("what an owner of the database does to the log behind its back", () => {
  /** An installation with a log at rest, and its database with every guard off. */
  async function victim(): Promise<{ installation: Installation; owner: Database; key: string }> {
    const installation = await install();
    await launch(installation);
    await submit(installation, 4, "victim");
    const { verifier } = await atRest(installation);
    const owner = openDatabase({ url: installation.databaseUrl, log: silentLog, size: 1 });
    await owner.run(sql`set session_replication_role = replica`);
    return { installation, owner, key: verifier! };
  }
  async function found({ installation, key }: { installation: Installation; key: string }) {
    const to = join(folder, `found-${Math.random()}`);
    await cli(installation, "audit", "export", "--to", to);
    const verdict = (await cli(installation, "audit", "verify", to, "--key", key)).document as Verdict;
    const check = await cli(installation, "audit", "check", "--verifier", key);
    return {
      fault: verdict.fault,
      check: check.exit,
      problems: (check.document as { problems: string[] }).problems,
    };
  }

  test("is found: a body changed, a row removed, a row of the log removed, a leaf changed", async () => {
    const it = await victim();
    const { owner } = it;
    const at = async (seq: number) =>
      (await owner.one<{ event_id: string }>(sql`select event_id from audit_log where seq = ${seq}`))
        .event_id;
    const eleven = await at(11);
    await owner.run(sql`update audit_log set leaf = sha256('x') where seq = 14`);
    expect(await found(it)).toMatchObject({ fault: { code: "leaf", seq: 14 }, check: 3 });
    await owner.run(sql`delete from audit_log where seq = 13`);
    expect(await found(it)).toMatchObject({
      fault: { code: "missing", seq: 13 },
      check: 3,
      problems: [expect.stringMatching(/^1 event stored that never came into the log/)],
    });
    await owner.run(
      sql`update audit_event set body = replace(body, 'system', 'person') where id = ${await at(12)}`,
    );
    await owner.run(
      sql`update audit_event set body = replace(body, '"kind"', '"kinD"') where id = ${await at(12)}`,
    );
    expect(await found(it)).toMatchObject({
      fault: { code: "leaf", seq: 12, event: await at(12) },
      check: 3,
    });
    await owner.run(sql`delete from audit_event where id = ${eleven}`);
    expect(await found(it)).toMatchObject({ fault: { code: "body_gone", seq: 11, event: eleven }, check: 3 });
    await owner.close();
  });

  test("is found: an event removed before it came into the log, as soon as its writer writes again", async () => {
    const databaseUrl = await freshDatabase();
    const web = await install({ role: "web", databaseUrl, settings: { PILOTAGE_DATABASE_CONNECTIONS: "3" } });
    await launch(web);
    await submit(web, 4, "unsequenced");
    const owner = openDatabase({ url: databaseUrl, log: silentLog, size: 1 });
    await owner.run(sql`set session_replication_role = replica`);
    const { id, writer, wseq } = await owner.one<{ id: string; writer: string; wseq: number }>(sql`
      select e.id, e.writer, e.wseq from audit_event e
      join audit_pending_group g on g.event_ids[1] = e.id
      where exists (select from audit_pending_group l where l.writer = e.writer and l.wseq > e.wseq) order by e.id limit 1`);
    await owner.run(sql`delete from audit_event where id = ${id}`);
    await owner.run(sql`delete from audit_pending_group where event_ids[1] = ${id}`);
    const worker = await install({ role: "worker", databaseUrl, dataHome: web.dataHome });
    const status = await until(
      () => statusOf(web),
      ({ pending, gaps }) => pending.count === 0 && gaps > 0,
    );
    await worker.stop();
    const result = await found({ installation: web, key: status.verifier! });
    expect(result).toMatchObject({ fault: { code: "writer" }, check: 3 });
    expect(result.fault!.message).toContain(`number ${wseq} should be`);
    expect(result.fault!.message).toContain(writer);
    expect(result.problems).toContainEqual(expect.stringMatching(/removed before they came into the log/));
    await owner.close();
  });
});
