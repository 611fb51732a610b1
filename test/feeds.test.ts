/** Folder feeds: every record of every file is accounted for, once, whatever happens in between. */
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { claimFeed, holdsFeed, releaseFeed } from "../src/cases/feed/store.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { sql } from "../src/platform/sql.ts";
import { install, launch, until } from "./support/installation.ts";

// The switch of the power: thrown inside the transaction of a batch, right before its commit.
let batches = 0;
let cutAt = Infinity;
const installation = await install({
  settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" },
  boundary: (moment, names) => {
    if (moment === "before" && names.includes("feed") && ++batches === cutAt)
      throw new Error("the power went");
  },
});
const { client, app } = installation;
await client.saveConnection({
  params: { name: "script" },
  body: {
    settings: { kind: "scripted", script: { rules: [], otherwise: { answer: { category: "billing" } } } },
  },
});

let made = 0;
/** A workflow with one feed, on the manual arm. */
async function feedWith(feed: JsonObject, more: JsonObject = {}) {
  const workflow = `feeds-${made++}`;
  const folder = join(installation.dataHome, "files", workflow, "in");
  await launch(installation, {
    script: null,
    share: 0,
    workflow: {
      workflow,
      feeds: [{ name: "inbox", kind: "folder", path: "in", format: "csv", schedule: 1_000, ...feed }],
      ...more,
    },
    release: { workflow },
  });
  mkdirSync(folder, { recursive: true });
  const params = { workflow };
  const list = () => client.listFeeds({ params, query: { limit: 100 } });
  /** Lets time pass until the feed is as it should be. */
  const when = (holds: (feeds: Awaited<ReturnType<typeof list>>) => boolean) =>
    until(async () => {
      await client.advanceClock({ body: { milliseconds: 1_000 } });
      return list();
    }, holds);
  return {
    workflow,
    params,
    folder,
    list,
    when,
    write(name: string, content: string | Buffer) {
      writeFileSync(join(folder, `.${name}`), content);
      renameSync(join(folder, `.${name}`), join(folder, name));
    },
    /** Waits until so many runs have ended; the newest first. */
    runs: async (count: number) =>
      (await when(({ runs }) => runs.filter((run) => run.finishedAt !== null).length >= count)).runs,
    cases: async () => (await client.listCases({ params, query: { limit: 500 } })).cases.toReversed(),
    inputOf: async (externalId: string) => {
      const [found] = (await client.listCases({ params, query: { externalId, limit: 5 } })).cases;
      return (await client.getCase({ params: { case: found!.id }, query: { content: "true" } })).content
        ?.input as JsonObject;
    },
    quarantined: async () => (await client.listQuarantine({ params, query: { limit: 500 } })).records,
    drifts: () =>
      app.database
        .all<{ body: string }>(
          sql`select body from audit_event where workflow = ${workflow} and kind = 'feed.drift' order by id`,
        )
        .then((rows) => rows.map((row) => (JSON.parse(row.body) as { data: JsonObject }).data)),
  };
}
const counts = (run: {
  read: number;
  admitted: number;
  quarantined: number;
  duplicate: number;
  skipped: number;
}) => [run.read, run.admitted, run.quarantined, run.duplicate, run.skipped];

describe.concurrent("a CSV file", () => {
  test("in Windows-1252, with semicolons and line breaks inside quotes, becomes cases; every record is counted", async () => {
    const feed = await feedWith({ key: "no", columns: { betrag: "amount" } });
    const rows = [
      "no;text;betrag",
      'T-1;"Die Rechnung\r\nist falsch; bitte prüfen";12.5',
      "",
      "T-2;Grüße – 5 €;",
      'T-3;"sagt ""nein""";7',
      "T-4;Betrag fehlt;viel",
      ";ohne Nummer;1",
      'T-1;"Die Rechnung\r\nist falsch; bitte prüfen";12.5',
      "T-2;etwas anderes;",
    ];
    const latin = Buffer.from(
      `${rows.join("\r\n")}\r\n`.replaceAll("–", "\u0096").replaceAll("€", "\u0080"),
      "latin1",
    );
    feed.write("export.csv", latin);
    const [run] = await feed.runs(1);
    expect(counts(run!)).toEqual([8, 3, 3, 1, 1]);
    expect(run).toMatchObject({ feed: "inbox", file: "export.csv", problem: null });
    expect(await feed.inputOf("T-1")).toEqual({
      text: "Die Rechnung\r\nist falsch; bitte prüfen",
      amount: 12.5,
    });
    expect((await feed.inputOf("T-2"))["text"]).toBe("Grüße – 5 €");
    expect((await feed.inputOf("T-3"))["text"]).toBe('sagt "nein"');
    expect((await feed.quarantined()).map((one) => [one.reason, one.externalId])).toEqual(
      expect.arrayContaining([
        ["schema_mismatch", "T-4"],
        ["missing_key", null],
        ["duplicate_conflict", "T-2"],
      ]),
    );
    expect((await feed.cases())[0]).toMatchObject({ source: "inbox", arm: "manual" });
  });

  test("under another name is the same file, read once", async () => {
    const feed = await feedWith({ key: "no" });
    feed.write("a.csv", "no,text\n1,a\n2,b\n");
    await feed.runs(1);
    feed.write("b.csv", "no,text\n1,a\n2,b\n");
    feed.write("c.csv", "no,text\n3,c\n");
    const runs = await feed.runs(2);
    expect(runs.map((run) => run.file)).toEqual(["c.csv", "a.csv"]);
  });

  test("that was changed brings its new records; the known ones are duplicates, the changed ones conflicts", async () => {
    const feed = await feedWith({ key: "no" });
    feed.write("a.csv", "no,text\n1,a\n2,b\n");
    await feed.runs(1);
    feed.write("a.csv", "no,text\n1,a\n2,changed\n3,c\n");
    const [second] = await feed.runs(2);
    expect(counts(second!)).toEqual([3, 1, 1, 1, 0]);
    expect(await feed.inputOf("2")).toEqual({ text: "b" });
    expect(await feed.quarantined()).toMatchObject([
      { reason: "duplicate_conflict", externalId: "2", place: "a.csv, record 2, line 3" },
    ]);
  });

  test("without a key column has its content and the record's number for keys", async () => {
    const feed = await feedWith({});
    feed.write("a.csv", "text\nsame\nsame\n");
    await feed.runs(1);
    const ids = (await feed.cases()).map((one) => one.externalId);
    expect(ids).toHaveLength(2);
    const digest = ids[0]!.split(".")[0]!;
    expect(digest).toMatch(/^[0-9a-f]{32}$/);
    expect(ids.sort()).toEqual([`${digest}.1`, `${digest}.2`]);
  });

  test("that is empty, or has a header alone, is reported", async () => {
    const feed = await feedWith({ key: "no" });
    feed.write("empty.csv", "");
    feed.write("header.csv", "no,text\n");
    const runs = await feed.runs(2);
    expect(runs.map((run) => [counts(run), run.problem])).toEqual([
      [[0, 0, 0, 0, 0], "The file holds no record."],
      [[0, 0, 0, 0, 0], "The file holds no record."],
    ]);
    expect((await feed.list()).feeds[0]!.problem).toBeNull();
  });

  test("with a broken quote loses nothing but what cannot be told apart", async () => {
    const feed = await feedWith({ key: "no" });
    feed.write("broken.csv", 'no,text\n1,a\n2,"never closed\n3,c\n');
    const [run] = await feed.runs(1);
    const [read, admitted, quarantined] = counts(run!);
    expect(admitted).toBeGreaterThanOrEqual(1);
    expect(quarantined).toBeGreaterThanOrEqual(1);
    expect(read).toBe(admitted! + quarantined! + run!.duplicate + run!.skipped);
    expect((await feed.quarantined()).some((one) => one.reason === "broken_quote")).toBe(true);
  });

  test("that is mostly wrong stops after the stated number of rejects", async () => {
    const feed = await feedWith({ key: "no", stopAfterRejects: 5 });
    feed.write(
      "bad.csv",
      `no,text,amount\n${Array.from({ length: 400 }, (_, i) => `${i},a,not a number`).join("\n")}\n`,
    );
    const [run] = await feed.runs(1);
    expect(run!.problem).toContain("Stopped after 5 records");
    expect(counts(run!)).toEqual([5, 0, 5, 0, 0]);
  });

  test("may have a column called constructor", async () => {
    const feed = await feedWith({ key: "no", columns: { betrag: "amount" } });
    feed.write("a.csv", "no,text,betrag,constructor\n1,a,2,x\n");
    expect((await feed.runs(1)).map(counts)).toEqual([[1, 1, 0, 0, 0]]);
    expect(await feed.inputOf("1")).toEqual({ text: "a", amount: 2 });
  });

  test("whose columns change is reported, and a new column reaches nothing by itself", async () => {
    const feed = await feedWith({ key: "no" });
    feed.write("a.csv", "no,text,amount\n1,a,1\n");
    await feed.runs(1);
    feed.write("b.csv", "no,text,secretish\n2,b,x\n");
    const [second] = await feed.runs(2);
    expect(second).toMatchObject({ admitted: 1, dropped: ["no", "secretish"] });
    expect(await feed.inputOf("2")).toEqual({ text: "b" });
    expect((await feed.drifts()).at(-1)).toMatchObject({ added: ["secretish"], lost: ["amount"] });
  });
});

test("a JSON Lines file becomes cases, with its bad lines in quarantine", async () => {
  const feed = await feedWith({ format: "jsonl", key: "no" });
  feed.write(
    "a.jsonl",
    [
      '{"no":7,"text":"sieben","amount":1.5}',
      "",
      '{"no":"8","text":"acht"}',
      "{ broken",
      '{"text":"no number"}',
      '{"no":9,"text":9}',
      '{"no":7,"text":"sieben","amount":1.5}',
    ].join("\n"),
  );
  const [run] = await feed.runs(1);
  expect(counts(run!)).toEqual([7, 2, 3, 1, 1]);
  expect(await feed.inputOf("7")).toEqual({ text: "sieben", amount: 1.5 });
  expect((await feed.quarantined()).map((one) => one.reason).sort()).toEqual([
    "missing_key",
    "not_json",
    "schema_mismatch",
  ]);
});

describe("reading goes on", () => {
  test("where it stopped when the power went in the middle of a file: no record lost, none twice", async () => {
    const feed = await feedWith({ key: "no" });
    batches = 0;
    cutAt = 2;
    feed.write(
      "long.csv",
      `no,text\n${Array.from({ length: 700 }, (_, i) => `${i},text ${i}`).join("\n")}\n`,
    );
    const first = await feed.when(({ feeds }) => feeds[0]!.problem !== null);
    expect(first.feeds[0]!.problem).toContain("the power went");
    expect(first.runs.map((run) => [counts(run), run.finishedAt])).toEqual([[[250, 250, 0, 0, 0], null]]);
    const runs = await feed.runs(1);
    // The run that was cut off went on.
    expect(runs.map(counts)).toEqual([[700, 700, 0, 0, 0]]);
    const { cases } = await app.database.one<{ cases: number }>(
      sql`select count(*)::int as cases from case_ where workflow = ${feed.workflow}`,
    );
    expect(cases).toBe(700);
    expect((await feed.when(({ feeds }) => feeds[0]!.problem === null)).feeds[0]!.problem).toBeNull();
  });

  test("when a folder that could not be read is there again", async () => {
    const feed = await feedWith({ key: "no" });
    rmSync(feed.folder, { recursive: true });
    writeFileSync(feed.folder, "a file, not a folder");
    const broken = await feed.when(({ feeds }) => feeds[0]!.problem !== null);
    expect(broken.feeds[0]!.problem).toContain("is not a folder");
    rmSync(feed.folder);
    mkdirSync(feed.folder);
    feed.write("a.csv", "no,text\n1,a\n");
    await feed.runs(1);
    expect((await feed.when(({ feeds }) => feeds[0]!.problem === null)).feeds[0]!.problem).toBeNull();
  });

  test.skipIf(process.getuid?.() === 0)(
    "past a file without permission, which it names (root may read everything, so not as root)",
    async () => {
      const feed = await feedWith({ key: "no" });
      feed.write("closed.csv", "no,text\n1,a\n");
      chmodSync(join(feed.folder, "closed.csv"), 0o000);
      feed.write("open.csv", "no,text\n2,b\n");
      expect((await feed.runs(1))[0]).toMatchObject({ file: "open.csv" });
      expect((await feed.when(({ feeds }) => feeds[0]!.problem !== null)).feeds[0]!.problem).toContain(
        "closed.csv",
      );
    },
  );

  test("past a file that is still being written", async () => {
    const feed = await feedWith({ key: "no" });
    const growing = join(feed.folder, "growing.csv");
    let text = "no,text\n";
    feed.write("done.csv", "no,text\n1,a\n");
    // Grows at every look: it is never the same twice.
    const finished = await until(
      async () => {
        text += `g-${text.length},row\n`;
        writeFileSync(growing, text);
        await client.advanceClock({ body: { milliseconds: 1_000 } });
        return (await feed.list()).runs.filter((run) => run.finishedAt !== null);
      },
      (runs) => runs.length > 0,
    );
    expect(finished.map((run) => run.file)).toEqual(["done.csv"]);
    const [run] = await feed.runs(2);
    expect(run).toMatchObject({ file: "growing.csv", admitted: text.split("\n").length - 2, duplicate: 0 });
  });

  test("when the feed is taken out of the workflow and put back, without reading anything twice", async () => {
    const feed = await feedWith({});
    feed.write("a.csv", "text\na\n");
    await feed.runs(1);
    const { workflow } = feed;
    const document = (feeds: JsonObject[]) => ({
      workflow,
      purpose: "Sort tickets",
      unit: "ticket",
      people: { owner: "e.brandt@example.com" },
      automation: { maxErrorRate: 0.05 },
      feeds,
    });
    await client.applyWorkflow({ params: feed.params, body: { document: document([]) } });
    await feed.when(({ feeds }) => feeds.length === 0);
    await client.applyWorkflow({
      params: feed.params,
      body: {
        document: document([{ name: "inbox", kind: "folder", path: "in", format: "csv", schedule: 1_000 }]),
      },
    });
    feed.write("b.csv", "text\nb\n");
    await feed.runs(2);
    expect(await feed.cases()).toHaveLength(2);
  });
});

test("two processes never read one feed at once, and one that lost it moves no cursor", async () => {
  const feed = await feedWith({ schedule: 86_400_000 });
  const { database, clock } = app;
  // The installation's own worker has looked, and will not look again for a day.
  await until(
    () =>
      database.maybe<{ later: boolean }>(
        sql`select next_at > ${new Date(clock.now() + 3_600_000).toISOString()} as later from feed where workflow = ${feed.workflow} and worker is null`,
      ),
    (row) => row?.later === true,
  );
  const later = clock.now() + 2 * 86_400_000;
  const claims = await Promise.all(
    ["w1", "w2", "w3", "w4"].map((worker) => claimFeed(database, feed.workflow, "inbox", worker, later)),
  );
  const won = claims.filter((one) => one !== undefined);
  expect(won).toHaveLength(1);
  const winner = ["w1", "w2", "w3", "w4"][claims.indexOf(won[0])]!;
  await database.transaction(async (tx) => {
    expect(await holdsFeed(tx, won[0]!, winner)).toBe(true);
    expect(await holdsFeed(tx, won[0]!, "somebody else")).toBe(false);
  });
  await database.run(sql`update feed set worker = null where workflow = ${feed.workflow}`);
  const again = await claimFeed(database, feed.workflow, "inbox", "w5", later);
  await database.transaction(async (tx) => expect(await holdsFeed(tx, won[0]!, winner)).toBe(false));
  // The late one gives back what it no longer has: nothing happens.
  await releaseFeed(database, won[0]!, later, "late");
  await database.transaction(async (tx) => expect(await holdsFeed(tx, again!, "w5")).toBe(true));
  await releaseFeed(database, again!, later, null);
});
