/**
 * Evaluation sets of judged cases: what is in them, what they prove, and that they go with their cases. Other forms of files,
 * other classes, opening, handing out and removing, a process that is killed in the middle.
 */
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { openClient, type Client } from "../src/contract/client.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { sql, time } from "../src/platform/sql.ts";
import { emptyLateAnswers, removeOverSets } from "../src/releases/evaluation-keep.ts";
import { removeUnfinished } from "../src/releases/evaluation-writer.ts";
import { install, launch, releaseDocument, until, type Installation } from "./support/installation.ts";
import { freePort } from "./support/ports.ts";
import { environmentFor, keepRunning } from "./support/processes.ts";

const params = { workflow: "tickets" };
/** Stands in cases only. */
const MARK = "CaseWord";
const DAY = 86_400_000;
const HOUR = 3_600_000;

type Lines = ReturnType<Client["collectSet"]>;

/** The last line that says something, with all lines of progress. */
async function ended(lines: Lines) {
  const read: number[] = [];
  const told: string[] = [];
  for await (const line of lines) {
    if (line.code !== undefined) return { read, told, code: line.code, message: line.message };
    if (line.read !== undefined) read.push(line.read);
    if (line.line !== undefined) told.push(`${line.line}: ${line.message}`);
    if (line.set)
      return { read, told, set: line.set, dropped: line.dropped, withoutItems: line.withoutItems };
  }
  throw new Error("the answer has no last line");
}

const importText = (client: Client, text: string, query: Parameters<Client["importSet"]>[1]) =>
  ended(client.importSet("tickets", query, Readable.from([Buffer.from(text)])));
const line = (text: string, category: string) =>
  `${JSON.stringify({ input: { text }, output: { category } })}\n`;

async function itemsIn(client: Client, set: string, open: "true" | "false" = "false") {
  const items: { input: JsonObject; output: JsonObject }[] = [];
  for await (const one of client.exportSet("tickets", set, { open }))
    items.push(one as (typeof items)[number]);
  return items;
}

/** People do the work, and a coin asks for a label of every case. */
async function atWork(options: { role?: "web" | "all"; workflow?: JsonObject; release?: JsonObject } = {}) {
  const installation = await install({ role: options.role ?? "all" });
  const release = await launch(installation, {
    share: 0,
    workflow: { qa: { share: 1 }, thread: "thread", ...options.workflow },
    release: {
      input: {
        type: "object",
        properties: Object.fromEntries(
          ["text", "customer", "secret", "thread"]
            .map((name): [string, JsonObject] => [name, { type: "string" }])
            .concat([["amount", { type: "number" }]]),
        ),
        required: ["text"],
        additionalProperties: false,
      },
      policy: { text: "allow", amount: "mask", customer: "pseudonymise", secret: "drop" },
      ...options.release,
    },
  });
  return { ...installation, release };
}

async function submit(client: Client, id: string, input: JsonObject, drill = false): Promise<string> {
  const body = { externalId: id, input, drill };
  return (await client.submitCase({ params, body })).caseId;
}

async function judge(client: Client, id: string, output: JsonObject | undefined): Promise<void> {
  await until(
    () => client.getCase({ params: { case: id } }),
    (found) => found.state === "in_review",
  );
  const { lease } = await client.claimReview({ params: { case: id }, body: {} });
  await client.giveVerdict({
    params: { case: id },
    body:
      output === undefined
        ? { lease, verdict: "reject", reason: "out_of_scope" }
        : { lease, verdict: "edit", output },
  });
}

async function judged(client: Client, id: string, input: JsonObject, output: JsonObject | undefined) {
  const caseId = await submit(client, id, input);
  await judge(client, caseId, output);
  return caseId;
}

const erase = (installation: Pick<Installation, "app">, caseId: string) =>
  installation.app.database.transaction(async (tx) => {
    await tx.run(sql`delete from case_content where case_id = ${caseId}`);
    await tx.run(sql`delete from case_key where owner = ${caseId}`);
  });

describe("a set of cases", async () => {
  const installation = await atWork();
  const { client, app } = installation;
  const say = (n: number, more: JsonObject = {}) => ({ text: `${MARK} ${n}`, ...more });
  await judged(client, "1", say(1, { customer: "C-1", secret: "S", amount: 3 }), {
    category: "billing",
    note: `Dear ${MARK}`,
  });
  await judged(client, "2", say(2, { customer: "C-1", thread: "t" }), { category: "technical" });
  await judged(client, "3", say(3, { thread: "t" }), { category: "other" });
  await judged(client, "4", say(4), undefined);
  await judged(client, "5", say(1, { customer: "C-1", secret: "T", amount: 4 }), { category: "billing" });
  await submit(client, "drill", say(6), true).then((id) => judge(client, id, { category: "other" }));
  const clerk = await installation.clientFor(["review", "read"], { simulated: true });
  const played = await submit(client, "7", say(7));
  await judge(clerk, played, { category: "other" });
  await submit(client, "8", say(8));
  let set: Awaited<ReturnType<typeof ended>>;

  test("holds what a model may see of each, and its label; one of a thread, no rehearsal, no played label", async () => {
    set = await ended(client.collectSet("tickets", { name: "may" }));
    expect(set).toMatchObject({
      set: {
        name: "may",
        version: 1,
        kind: "sealed",
        source: "coins",
        items: 2,
        // The fifth says what the first said, once the policy is through with it.
        duplicates: 1,
        leftOut: {
          "another case of its thread": 1,
          "no answer that would have been right": 2,
          "not all judged yet": 1,
        },
        representative: false,
        bentBy: ["missing"],
        taxonomy: { classes: { category: ["billing", "technical", "other"] } },
        classesDiffer: null,
        looks: 0,
        importedBy: "E. Brandt",
      },
      dropped: ["input.secret", "input.thread"],
    });
    const kept = Date.parse(set.set!.keptUntil!) - app.clock.now();
    expect(Math.round(kept / DAY)).toBe(365);
    const items = await itemsIn(client, "may", "true");
    expect(items).toEqual([
      {
        input: { text: `${MARK} 1`, amount: "***", customer: expect.stringMatching(/^p_[0-9a-f]{16}$/) },
        output: { category: "billing" },
      },
      { input: { text: `${MARK} 2`, customer: expect.any(String) }, output: { category: "technical" } },
    ]);
    expect(items[0]!.input["customer"]).toBe(items[1]!.input["customer"]);
  });

  test("has each item's case, label, source and probability on record, and nothing of the content", async () => {
    const rows = await app.database.all<{ source: string; probability: number; sealed: Buffer; of: string }>(
      sql`select i.source, i.probability, i.sealed, c.external_id as of from evaluation_item i join case_ c on c.id = i.case_id
          join label l on l.case_id = i.case_id and l.id = i.label where i.set_id = ${set.set!.id} order by i.no`,
    );
    expect(rows).toMatchObject([
      { of: "5", source: "qa", probability: 1 },
      { of: "2", source: "qa", probability: 1 },
    ]);
    expect(rows.some((row) => row.sealed.includes(MARK))).toBe(false);
    const events = await app.database.all<{ body: string }>(
      sql`select body from audit_event where kind like 'evaluation.%'`,
    );
    expect(events.map(({ body }) => body).join("")).not.toContain(MARK);
    const collected = events.map(({ body }) => JSON.parse(body) as { kind: string });
    expect(collected.find(({ kind }) => kind === "evaluation.collected")).toMatchObject({
      data: { from: "coins", items: 2, bentBy: ["missing"], conditions: 0 },
    });
  });

  test("is filtered by facets and expressions, bounded for each class, and says that it is", async () => {
    const collect = (query: Parameters<Client["collectSet"]>[1]) =>
      ended(client.collectSet("tickets", query));
    expect(await collect({ name: "facet", where: "output.category=technical" })).toMatchObject({
      set: { items: 1, bentBy: ["filtered", "missing"] },
    });
    const said = await collect({
      name: "said",
      where: ["input.secret == 'T'", "output.category == 'billing'"],
    });
    expect(said.set).toMatchObject({ items: 1, leftOut: { "does not fit the condition": 2 } });
    const bounded = await collect({ name: "bounded", simulated: "true", perClass: 1 });
    expect(bounded.set!.bentBy).toEqual(expect.arrayContaining(["per_class", "simulated"]));
    expect(bounded.set!.leftOut).toMatchObject({ "enough of its class": 1 });
    const newest = await collect({ name: "newest", most: 1 });
    expect(newest.set).toMatchObject({ items: 1 });
    expect(await collect({ name: "none", where: "output.note=x" })).toMatchObject({
      code: "bad_request",
      message: expect.stringContaining("output.note is no facet"),
    });
    const future = new Date(app.clock.now() + HOUR).toISOString();
    expect(await collect({ name: "late", since: future })).toMatchObject({ code: "wrong_state" });
    expect(await collect({ name: "typo", where: "output.category == 'biling'" })).toMatchObject({
      code: "bad_request",
      message: expect.stringContaining('never "biling"'),
    });
    const left = await app.database.all(
      sql`select name from evaluation_set where name in ('late', 'typo', 'none') or state = 'importing'`,
    );
    expect(left).toEqual([]);
  });

  test("is asked for without a body, as any program can, and times are in any zone", async () => {
    const { url, key } = installation;
    const query = "name=plain&since=2020-01-01T00:00:00%2B01:00&where=output.category%3Dtechnical";
    const response = await fetch(`${url}/api/v1/workflows/tickets/evaluation-sets/collect?${query}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${key}`,
        "x-pilotage-as": "E.%20Brandt",
        "content-type": "application/x-ndjson",
      },
    });
    const lines = (await response.text()).trimEnd().split("\n");
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ set: { name: "plain", items: 1 } });
  });

  test("an expression over content takes the right to read it, for it tells what cases hold", async () => {
    const engineer = await installation.clientFor(["operate"]);
    const asked = (where: string) => ended(engineer.collectSet("tickets", { name: "asked", where }));
    await expect(asked("input.text.contains('CaseWord')")).rejects.toMatchObject({ code: "forbidden" });
    expect((await asked("output.category=technical")).set).toMatchObject({ items: 1 });
    const both = await installation.clientFor(["operate", "content:read"]);
    const where = "input.text.contains('CaseWord')";
    expect((await ended(both.collectSet("tickets", { name: "both", where }))).set).toMatchObject({
      items: 2,
    });
  });

  test("of corrections and feedback is for development, unless somebody says otherwise, and never certifies", async () => {
    const [one, other] = [
      await judged(client, "9", say(9), { category: "billing" }),
      await judged(client, "10", say(10), { category: "billing" }),
    ];
    for (const id of [one, other])
      await until(
        () => client.getCase({ params: { case: id } }),
        (found) => found.state === "delivered",
      );
    const right = { category: "other" };
    await client.correctCase({ params: { case: one }, body: { output: right, reason: "wrong_class" } });
    const said = { reason: "wrong_class" as const, text: "no", output: { category: "technical" } };
    await client.giveFeedback({ params: { case: other }, body: said });
    const corrected = await ended(client.collectSet("tickets", { name: "hard", from: "corrections" }));
    expect(corrected.set).toMatchObject({ kind: "development", items: 1, bentBy: ["chosen"] });
    expect(await itemsIn(client, "hard")).toEqual([{ input: { text: `${MARK} 9` }, output: right }]);
    const reported = await ended(
      client.collectSet("tickets", { name: "reported", from: "feedback", kind: "sealed" }),
    );
    expect(reported.set).toMatchObject({ kind: "sealed", items: 1, representative: false });
    const { release } = installation;
    await client.startEvaluation({ params, body: { set: "reported", release, step: 0 } });
    const certified = client.certify({ params, body: { release, step: 0, from: "set", set: "reported" } });
    await expect(certified).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("does not stand for the cases"),
    });
    expect((await ended(client.collectSet("tickets", { name: "all", from: "reviews" }))).set).toMatchObject({
      kind: "development",
      source: "reviews",
    });
  });
});

describe("when a case is erased", async () => {
  const installation = await atWork();
  const { client, app, release } = installation;
  const { database } = app;
  const ids: string[] = [];
  for (let i = 0; i < 4; i++)
    ids.push(await judged(client, `${i}`, { text: `${MARK} ${i}` }, { category: "billing" }));
  await ended(client.collectSet("tickets", { name: "may" }));
  await ended(client.collectSet("tickets", { name: "june" }));
  const { id: run } = await client.startEvaluation({ params, body: { set: "may", release, step: 0 } });
  await until(
    () => client.getEvaluation({ params: { run } }),
    (found) => found.state === "done",
  );

  test("every set loses its item, key and answers in the same moment, and the counts of runs stay", async () => {
    const before = await database.all<{ no: number }>(
      sql`select no from evaluation_item where case_id = ${ids[0]!}`,
    );
    expect(before).toHaveLength(2);
    await expect(
      database.transaction(async (tx) => {
        await tx.run(sql`delete from case_key where owner = ${ids[0]!}`);
        expect(await tx.all(sql`select 1 from evaluation_item where case_id = ${ids[0]!}`)).toEqual([]);
        throw new Error("taken back");
      }),
    ).rejects.toThrow("taken back");
    expect(await database.all(sql`select 1 from evaluation_item where case_id = ${ids[0]!}`)).toHaveLength(2);
    await erase(installation, ids[0]!);
    expect(await database.all(sql`select 1 from evaluation_item where case_id = ${ids[0]!}`)).toEqual([]);
    const answers = await database.all<{ bytes: number }>(
      sql`select octet_length(sealed) as bytes from evaluation_score where run_id = ${run} order by bytes`,
    );
    expect(answers.map(({ bytes }) => bytes > 0)).toEqual([false, true, true, true]);
    const may = await client.getEvaluationSet({ params: { ...params, set: "may" } });
    expect(may).toMatchObject({ items: 4, removed: 1, runs: [{ id: run, answered: 4, right: 4 }] });
    expect(may.runs[0]!.notes).toEqual([expect.stringContaining("1 of the 4 items of may@1 were removed")]);
    expect(await itemsIn(client, "may", "true")).toHaveLength(3);
  });

  test("no set holds what it held: nothing that is stored opens to its words", async () => {
    const sealed = await itemsIn(client, "june", "true");
    expect(new Set(sealed.map(({ input }) => input["text"]))).toEqual(
      new Set([1, 2, 3].map((i) => `${MARK} ${i}`)),
    );
    expect((await ended(client.collectSet("tickets", { name: "july" }))).set).toMatchObject({
      items: 3,
      leftOut: { "content is gone": 1 },
      representative: true,
    });
  });

  test("an answer that was on its way is emptied, too", async () => {
    const { id } = await database.one<{ id: string }>(sql`select id from evaluation_run where id = ${run}`);
    await database.run(
      sql`update evaluation_score set sealed = '\\x01' where run_id = ${id} and sealed = ''`,
    );
    await emptyLateAnswers(database, app.clock.now());
    const left = await database.all(sql`select 1 from evaluation_score where run_id = ${id} and sealed = ''`);
    expect(left).toHaveLength(1);
  });

  test("while it is being collected, it is not in the set", async () => {
    const collecting = await database.transaction(async (tx) => {
      await tx.run(sql`delete from case_key where owner = ${ids[1]!}`);
      const begun = ended(client.collectSet("tickets", { name: "august" }));
      // It has read the case and waits for what becomes of its key.
      await until(
        () => database.all(sql`select 1 from pg_locks where not granted`),
        (waiting) => waiting.length > 0,
      );
      return { begun };
    });
    const { set } = await collecting.begun;
    expect(set!.items - set!.removed).toBe(2);
    expect(await database.all(sql`select 1 from evaluation_item where case_id = ${ids[1]!}`)).toEqual([]);
  });

  test("and whoever removes a whole set at that moment, neither waits for the other", async () => {
    for (let round = 0; round < 5; round++) {
      const name = `round-${round}`;
      const caseId = await judged(client, name, { text: `${MARK} ${name}` }, { category: "other" });
      await ended(client.collectSet("tickets", { name }));
      const remove = client.removeEvaluationSet({
        params: { ...params, set: name },
        body: { reason: "a test" },
      });
      await Promise.all([erase(installation, caseId), remove]);
      expect(await database.all(sql`select 1 from evaluation_item where case_id = ${caseId}`)).toEqual([]);
    }
  });

  test("only the end of its content by time may leave its masked items, and an erasure finds them later", async () => {
    const there = () => database.all(sql`select 1 from evaluation_item where case_id = ${ids[2]!}`);
    const items = (await there()).length;
    expect(items).toBeGreaterThan(0);
    await database.transaction(async (tx) => {
      await tx.run(sql`select set_config('pilotage.items_outlive', 'on', true)`);
      await tx.run(sql`delete from case_key where owner = ${ids[2]!}`);
    });
    expect(await there()).toHaveLength(items);
    const { sets } = await database.one<{ sets: number }>(
      sql`select forget_in_evaluation_sets(${ids[2]!}) as sets`,
    );
    expect(sets).toBe(items);
    expect(await there()).toEqual([]);
  });

  test("a set without any item left is not evaluated", async () => {
    await erase(installation, ids[3]!);
    await expect(
      client.startEvaluation({ params, body: { set: "july", release, step: 0 } }),
    ).rejects.toMatchObject({ code: "wrong_state", message: expect.stringContaining("july@1 is empty") });
    const { looks } = await client.getEvaluationSet({ params: { ...params, set: "july" } });
    expect(looks).toBe(0);
  });
});

describe("a sealed set", async () => {
  const installation = await install();
  const { client, app } = installation;
  const release = await launch(installation, { share: 0 });
  const start = (set: string) => client.startEvaluation({ params, body: { set, release, step: 0 } });
  const show = (set: string) => client.getEvaluationSet({ params: { ...params, set } });
  const evaluate = async (set: string) => {
    const { id } = await start(set);
    return until(
      () => client.getEvaluation({ params: { run: id } }),
      (found) => found.state === "done",
    );
  };

  test("is worn out after ten looks, says so wherever it is shown, and certifies from the looks before", async () => {
    const lines = Array.from({ length: 20 }, (_, i) => line(`${i}`, "billing")).join("");
    await importText(client, lines, { name: "may", drawn: "chance" });
    let run = await evaluate("may");
    for (let i = 1; i < 10; i++) run = await evaluate("may");
    expect(await show("may")).toMatchObject({ looks: 10, wornOut: false });
    expect(run.notes).toEqual([]);
    const eleventh = await evaluate("may");
    expect(eleventh.notes).toEqual([expect.stringContaining("worn out: 11 runs")]);
    const { sets } = await client.listEvaluationSets({ params });
    expect(sets).toMatchObject([{ name: "may", looks: 11, wornOut: true }]);
    const certify = (set: string) => client.certify({ params, body: { release, step: 0, from: "set", set } });
    await expect(certify("may")).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("was look 11"),
    });
    expect(await certify(run.id)).toMatchObject({ from: "set", look: 10 });
    // The same items under another name have been looked at as often.
    const again = await importText(client, lines, { name: "june" });
    expect(again.set).toMatchObject({ looks: 11, wornOut: true, kind: "sealed" });
    // In another order, too.
    const backwards = lines.trim().split("\n").reverse().join("\n");
    const worn = async (name: string, text: string) =>
      (await importText(client, text, { name })).set!.wornOut;
    expect(await worn("backwards", backwards)).toBe(true);
    // What was removed is known by its digest.
    for (const { name } of (await client.listEvaluationSets({ params })).sets)
      await client.removeEvaluationSet({ params: { ...params, set: name }, body: { reason: "worn out" } });
    expect(await worn("removed", backwards)).toBe(true);
  });

  test("becomes one for development by a person with a reason, and never comes back", async () => {
    const mark = (set: string) =>
      client.openEvaluationSet({ params: { ...params, set }, body: { reason: "tuned on it" } });
    await importText(client, line("a", "billing"), { name: "opened" });
    expect(await mark("opened")).toMatchObject({
      kind: "development",
      wornOut: false,
      opened: { by: "E. Brandt", because: "tuned on it" },
    });
    await expect(mark("opened")).rejects.toMatchObject({ code: "wrong_state" });
    await expect(
      app.database.run(
        sql`update evaluation_set set kind = 'sealed', opened_at = null, opened_by = null, opened_because = null where name = 'opened'`,
      ),
    ).rejects.toThrow();
    const twin = await importText(client, line("a", "billing"), { name: "twin" });
    expect(twin.set).toMatchObject({
      kind: "development",
      opened: { because: "its items are those of opened@1, a set for development" },
    });
    const { body } = await app.database.one<{ body: string }>(
      sql`select body from audit_event where kind = 'evaluation.opened'`,
    );
    expect(JSON.parse(body)).toMatchObject({ actor: { name: "E. Brandt" }, data: { reason: "tuned on it" } });
  });

  test("is handed out only by a person who says that it opens it, and comes back as it went", async () => {
    const given = line("b", "technical") + line("c", "other");
    await importText(client, given, { name: "secret" });
    await expect(itemsIn(client, "secret")).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("is sealed"),
    });
    const key = await installation.clientFor(["content:read"]);
    await expect(itemsIn(key, "secret", "true")).rejects.toMatchObject({ code: "bad_request" });
    await expect(itemsIn(await installation.clientFor(["operate", "read"]), "secret")).rejects.toMatchObject({
      code: "forbidden",
    });
    expect((await show("secret")).kind).toBe("sealed");
    const items = await itemsIn(client, "secret", "true");
    expect(items.map((one) => `${JSON.stringify(one)}\n`).join("")).toBe(given);
    expect(await show("secret")).toMatchObject({
      kind: "development",
      opened: { because: "it was exported" },
    });
    expect(await itemsIn(key, "secret")).toHaveLength(2);
    const events = await app.database.all<{ body: string }>(
      sql`select body from audit_event where kind = 'evaluation.exported' order by id`,
    );
    expect(events.map(({ body }) => (JSON.parse(body) as { data: object }).data)).toMatchObject([
      { items: 2, opened: true },
      { items: 2, opened: false },
    ]);
  });

  test("is removed with all answers to it; its runs keep their counts, its name goes on with the next version", async () => {
    await importText(client, line("d", "billing"), { name: "gone" });
    const run = await evaluate("gone");
    const remove = () =>
      client.removeEvaluationSet({
        params: { ...params, set: "gone" },
        body: { reason: "its customers left" },
      });
    expect(await remove()).toMatchObject({ name: "gone", version: 1, items: 1 });
    await expect(remove()).rejects.toMatchObject({
      code: "not_found",
      message: expect.stringContaining("removed on"),
    });
    expect(await client.getEvaluation({ params: { run: run.id } })).toMatchObject({ answered: 1, right: 1 });
    const left = await app.database.all(
      sql`select 1 from evaluation_item i join evaluation_set s on s.id = i.set_id where s.name = 'gone'
          union all select 1 from evaluation_score where run_id = ${run.id} and sealed <> ''`,
    );
    expect(left).toEqual([]);
    const next = await importText(client, line("e", "billing"), { name: "gone" });
    expect(next.set).toMatchObject({ version: 2 });
  });

  test("is not removed while a run is under way", async () => {
    await importText(client, line("f", "billing"), { name: "busy" });
    const { id: set } = await show("busy");
    await app.database.run(sql`
      insert into evaluation_run (id, workflow, set_id, release, step, state, worker, started_at, started_by)
      values ('evr_busy', 'tickets', ${set}, ${release}, 0, 'running', 'wrk_other', ${time(app.clock.now())}, 'E. Brandt')`);
    await expect(
      client.removeEvaluationSet({ params: { ...params, set: "busy" }, body: { reason: "a test" } }),
    ).rejects.toMatchObject({ code: "wrong_state", message: expect.stringContaining("evr_busy") });
    await app.database.run(sql`delete from evaluation_run where id = 'evr_busy'`);
  });

  test("goes by itself when its time is over", async () => {
    await importText(client, line("g", "billing"), { name: "over" });
    const { database, clock, audit } = { ...app, audit: app.audit };
    await database.run(sql`update evaluation_set set keep_until = imported_at where name = 'over'`);
    expect(await removeOverSets({ database, clock, audit, worker: "wrk_1" })).toBe(1);
    await expect(show("over")).rejects.toMatchObject({
      code: "not_found",
      message: expect.stringContaining("its time was over"),
    });
  });
});

describe("other classes", async () => {
  const installation = await install();
  const { client } = installation;
  const first = await launch(installation, { share: 0 });
  const labels = ["billing", "billing", "technical", "other", "other", "other"];
  await importText(client, labels.map((one, i) => line(`${i}`, one)).join(""), {
    name: "may",
    drawn: "chance",
  });
  await client.startEvaluation({ params, body: { set: "may", release: first, step: 0 } });
  const remap = (query: Parameters<Client["remapSet"]>[2], set = "may") =>
    ended(client.remapSet("tickets", set, query));

  test("of the newest release are told by the set and by runs over it; without any there is nothing to map", async () => {
    expect(await remap({})).toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("already"),
    });
    const output = {
      type: "object",
      properties: { category: { enum: ["invoices", "hardware", "software", "other"] } },
      required: ["category"],
      additionalProperties: false,
    };
    const { id } = await client.publishRelease({
      params,
      body: { document: releaseDocument({ output, suggestions: [] }) },
    });
    const { sets } = await client.listEvaluationSets({ params });
    expect(sets[0]!.classesDiffer).toEqual({
      category: { added: ["invoices", "hardware", "software"], gone: ["billing", "technical"] },
    });
    const run = await client.startEvaluation({ params, body: { set: "may", release: id, step: 0 } });
    expect(run.notes).toEqual([expect.stringContaining("other classes than the labels of may@1")]);
    const { runs } = await client.getEvaluationSet({ params: { ...params, set: "may" } });
    expect(runs.map(({ notes }) => notes.length)).toEqual([1, 0]);
  });

  test("make the next version: labels are mapped, stay or are left out, each is counted, and the looks go along", async () => {
    const made = await remap({ map: "billing=invoices", drop: "technical" });
    expect(made).toMatchObject({
      read: [6],
      set: {
        name: "may",
        version: 2,
        kind: "sealed",
        items: 5,
        leftOut: { "class technical": 1 },
        looks: 2,
        bentBy: ["missing"],
        classesDiffer: null,
      },
      withoutItems: ["category:hardware", "category:software"],
    });
    const { id } = await client.getEvaluationSet({ params: { ...params, set: "may@1" } });
    expect(made.set!.madeFrom).toBe(id);
    expect((await itemsIn(client, "may@2", "true")).map(({ output }) => output["category"])).toEqual([
      "invoices",
      "invoices",
      "other",
      "other",
      "other",
    ]);
    const third = await remap({ map: ["billing=invoices", "technical=hardware"] }, "may@1");
    expect(third.set).toMatchObject({
      version: 3,
      items: 6,
      leftOut: {},
      representative: true,
      kind: "sealed",
    });
    expect((await remap({}, "may@1")).set).toMatchObject({
      version: 4,
      items: 3,
      leftOut: { "class billing, which is gone": 2, "class technical, which is gone": 1 },
    });
  });

  test("are refused where they are not there, and where a class would become two", async () => {
    for (const [query, message] of [
      [{ map: "billing=shipping" }, "is no class of category"],
      [{ map: "shipping=other" }, "know no class"],
      [{ map: ["technical=hardware", "technical=software"] }, "named twice"],
    ] as const)
      expect(await remap(query as Parameters<typeof remap>[0], "may@1")).toMatchObject({
        code: "bad_request",
        message: expect.stringContaining(message),
      });
    const { sets } = await client.listEvaluationSets({ params });
    expect(sets.map(({ version }) => version)).toEqual([4, 3, 2, 1]);
  });
});

describe("files of other programs", async () => {
  const installation = await install();
  const { client } = installation;
  await launch(installation, { share: 0 });

  test("of promptfoo are read with the lines that cannot be used, and stand for nothing but themselves", async () => {
    const text = `tests:
  - vars: { text: a bill }
    assert: [{ type: equals, value: billing }]
  - vars: { text: a song }
    assert: [{ type: equals, value: music }]
  - vars: { text: a poem }
    assert: [{ type: llm-rubric, value: rhymes }]
`;
    const read = await importText(client, text, { name: "foo", format: "promptfoo" });
    expect(read.told).toEqual([
      expect.stringMatching(/^4: output: category: must be one of/),
      expect.stringMatching(/^6: the test says not/),
    ]);
    expect(read.set).toMatchObject({ items: 1, refused: 2, representative: false, bentBy: ["unstated"] });
    expect(await importText(client, "tests: []\n", { name: "none", format: "promptfoo" })).toMatchObject({
      code: "bad_request",
      message: expect.stringContaining("no item that can be used"),
    });
    const large = `tests: [] #${"x".repeat(11 * 1024 * 1024)}`;
    expect(await importText(client, large, { name: "large", format: "promptfoo" })).toMatchObject({
      code: "too_large",
    });
  });

  test("of OpenAI Evals are read into the fields that are named", async () => {
    const text = [
      { input: [{ role: "user", content: "a bill" }], ideal: "billing" },
      { input: [{ role: "user", content: "a cable" }], ideal: ["technical", "other"] },
    ]
      .map((one) => `${JSON.stringify(one)}\n`)
      .join("");
    const read = await importText(client, text, {
      name: "evals",
      format: "openai",
      inputField: "customer",
      outputField: "category",
      drawn: "chance",
    });
    // The text was put into a field that may be missing; the one that must be there is.
    expect(read).toMatchObject({ code: "bad_request" });
    const named = await importText(client, text, { name: "evals", format: "openai", drawn: "chance" });
    expect(named.told).toEqual([expect.stringContaining("2: `ideal` allows 2 answers")]);
    expect(named.set).toMatchObject({ items: 1, representative: true });
    expect(
      await importText(client, text, { name: "evals", format: "openai", inputField: "body" }),
    ).toMatchObject({ code: "bad_request", message: expect.stringContaining("no field body") });
  });

  test("labels outside the classes and an empty file make no set", async () => {
    expect(await importText(client, line("a song", "music"), { name: "empty" })).toMatchObject({
      code: "bad_request",
      told: [expect.stringContaining("must be one of")],
    });
    expect(await importText(client, "", { name: "empty" })).toMatchObject({ code: "bad_request" });
    const { sets } = await client.listEvaluationSets({ params });
    expect(sets.map(({ name }) => name)).not.toContain("empty");
  });
});

test("a process that is killed in the middle of collecting leaves nothing that anybody sees, and soon nothing at all", async () => {
  const CASES = 230;
  const { client, app, databaseUrl, dataHome, key } = await atWork();
  const { database } = app;
  const ids: string[] = [];
  for (let at = 0; at < CASES; at += 10)
    ids.push(
      ...(await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          judged(client, `${at + i}`, { text: `${MARK} ${at + i}` }, { category: "billing" }),
        ),
      )),
    );
  const port = await freePort();
  const killed = keepRunning({
    role: "web",
    environment: environmentFor({
      DATABASE_URL: databaseUrl,
      PILOTAGE_DATA: dataHome,
      PILOTAGE_PORT: String(port),
      PILOTAGE_LOG_LEVEL: "info",
      PILOTAGE_DATABASE_CONNECTIONS: "3",
    }),
  });
  await killed.up();
  const other = openClient({ url: `http://127.0.0.1:${port}`, key, as: "E. Brandt" });
  // The newest come first: the key of the first case is held, so that the last group of items waits for it.
  await database
    .transaction(async (tx) => {
      await tx.run(sql`delete from case_key where owner = ${ids.toSorted()[0]!}`);
      const collecting = ended(other.collectSet("tickets", { name: "half" })).catch(
        (error: unknown) => error,
      );
      await until(
        () => database.all(sql`select 1 from evaluation_item`),
        (items) => items.length === 200,
      );
      await until(
        () => database.all(sql`select 1 from pg_locks where not granted`),
        (waiting) => waiting.length > 0,
      );
      await killed.end();
      expect(await collecting).toBeInstanceOf(Error);
      throw new Error("taken back");
    })
    .catch((error: unknown) => expect(error).toMatchObject({ message: "taken back" }));
  expect((await client.listEvaluationSets({ params })).sets).toEqual([]);
  await expect(client.getEvaluationSet({ params: { ...params, set: "half" } })).rejects.toMatchObject({
    code: "not_found",
  });
  await removeUnfinished(database, app.clock.now() + 2 * HOUR);
  expect(
    await database.all(sql`select 1 from evaluation_item union all select 1 from evaluation_set`),
  ).toEqual([]);
  const whole = await ended(client.collectSet("tickets", { name: "half" }));
  expect(whole.set).toMatchObject({ version: 1, items: CASES, representative: true, bentBy: [] });
});
