/** Delivery: what each target gets, what happens when one does not take it, and setting dead letters going again. */
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { MOST_TRIES } from "../src/cases/delivery/schedule.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { sql } from "../src/platform/sql.ts";
import { removeFolder, temporaryFolder } from "./support/folders.ts";
import { install, launch, until } from "./support/installation.ts";
import { startReceiver } from "./support/receiver.ts";

const SECRET = `whsec_${Buffer.from("a secret used only in tests").toString("base64")}`;

const installation = await install({ settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
const { client } = installation;
await client.saveConnection({
  params: { name: "script" },
  body: {
    settings: {
      kind: "scripted",
      script: { rules: [], otherwise: { answer: { category: "billing", note: "Dear customer" } } },
    },
  },
});

let made = 0;
/** Takes one case through to its approval; answers its id. */
async function approved(workflow: string): Promise<string> {
  const { caseId } = await client.submitCase({
    params: { workflow },
    body: { externalId: `d-${made++}`, input: { text: "the bill is wrong" } },
  });
  await reach(caseId, "in_review");
  const { lease } = await client.claimReview({ params: { case: caseId }, body: {} });
  await client.giveVerdict({ params: { case: caseId }, body: { lease, verdict: "approve" } });
  return caseId;
}

const look = (caseId: string) => client.getCase({ params: { case: caseId } });
const reach = (caseId: string, state: string) =>
  until(
    () => look(caseId),
    (found) => found.state === state,
  );
/** Waits until so many tries of a case's deliveries have failed, as its history says: then their next times stand, too. */
const failed = (caseId: string, count: number) =>
  until(
    () => look(caseId),
    (found) =>
      found.history.filter(({ kind }) => kind === "delivery.failed" || kind === "delivery.dead").length ===
      count,
  );
const pass = (seconds: number) => client.advanceClock({ body: { milliseconds: seconds * 1000 } });
const use = (workflow: string, deliveries: JsonObject[]) =>
  launch(installation, { workflow: { workflow, deliveries }, release: { workflow }, script: null });

/** A target that answers as it is told, and counts what reaches it by key. */
async function target() {
  const seen: { key: string; body: JsonObject }[] = [];
  const plan: { status: number; headers?: Record<string, string> }[] = [];
  const read = async (request: IncomingMessage) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    return JSON.parse(Buffer.concat(parts).toString("utf8")) as JsonObject;
  };
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      seen.push({ key: String(request.headers["webhook-id"]), body });
      const { status, headers } = plan.shift() ?? { status: 200 };
      response.writeHead(status, headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve()).closeAllConnections();
      }),
  );
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return {
    url,
    seen,
    answer: (...next: typeof plan) => plan.push(...next),
    keys: () => new Set(seen.map((one) => one.key)),
  };
}

async function webhook(workflow: string, more: JsonObject[] = []) {
  const its = await target();
  await client.saveConnection({
    params: { name: workflow },
    body: { settings: { kind: "webhook", url: its.url, secret: SECRET } },
  });
  await use(workflow, [{ name: "crm", kind: "webhook", connection: workflow }, ...more]);
  return its;
}

describe("targets", () => {
  test("a file gets one line for each case, with the suggestion named and no disclosure: a person looked at it", async () => {
    await use("to-file", [
      { name: "erp", kind: "file", path: "out/erp.jsonl", disclosure: "Written by a machine." },
    ]);
    const caseId = await approved("to-file");
    const done = await reach(caseId, "delivered");
    const [line] = readFileSync(join(installation.dataHome, "files", "to-file", "out", "erp.jsonl"), "utf8")
      .trim()
      .split("\n");
    const { body, key } = JSON.parse(line!) as { body: JsonObject; key: string };
    expect(body).toMatchObject({
      caseId,
      decidedBy: "person",
      output: { category: "billing", note: "Dear customer" },
      suggestions: ["note"],
    });
    expect(body).not.toHaveProperty("disclosure");
    expect(done.deliveries).toMatchObject([{ target: "erp", key, state: "sent", tries: 1, error: null }]);
  });

  test("a folder gets one file for each case", async () => {
    await use("to-folder", [{ name: "dms", kind: "folder", path: "dms" }]);
    const ids = await Promise.all([approved("to-folder"), approved("to-folder")]);
    for (const id of ids) await reach(id, "delivered");
    const folder = join(installation.dataHome, "files", "to-folder", "dms");
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
    expect(files).toHaveLength(2);
    for (const id of ids) expect(files.filter((text) => text.includes(id))).toHaveLength(1);
  });

  test("without any, the answer waits to be fetched", async () => {
    await use("to-nobody", []);
    const done = await reach(await approved("to-nobody"), "delivered");
    expect(done.deliveries).toMatchObject([{ target: "api", state: "sent" }]);
  });

  test("a real receiver checks the signature and acts once, though it fails and dies before it replies", async () => {
    const folder = temporaryFolder("receiver");
    const receiver = await startReceiver({
      file: join(folder, "effects.log"),
      anyTime: true,
      fail: 0.3,
      dieBeforeReply: 0.1,
      seed: 3,
    });
    onTestFinished(async () => {
      await receiver.stop();
      removeFolder(folder);
    });
    await client.saveConnection({
      params: { name: "real" },
      body: { settings: { kind: "webhook", url: receiver.url, secret: receiver.secret } },
    });
    await use("to-real", [{ name: "crm", kind: "webhook", connection: "real" }]);
    const ids = await Promise.all(Array.from({ length: 12 }, () => approved("to-real")));
    await until(
      async () => {
        await receiver.ready();
        await pass(600);
        return (await Promise.all(ids.map(look))).map((one) => one.state);
      },
      (states) => states.every((state) => state === "delivered"),
    );
    const effects = await receiver.effects();
    expect(effects.size).toBe(12);
    expect(new Set(effects.values())).toEqual(new Set([1]));
  });
});

describe("a target that does not take it", () => {
  test("is tried again after a pause, under the same key", async () => {
    const crm = await webhook("retry");
    crm.answer({ status: 500 }, { status: 503 });
    const caseId = await approved("retry");
    const first = await failed(caseId, 1);
    expect(first).toMatchObject({ state: "delivering", deliveries: [{ state: "pending", tries: 1 }] });
    await pass(0.7);
    expect((await look(caseId)).deliveries).toMatchObject([{ tries: 1 }]);
    await pass(0.6);
    await failed(caseId, 2);
    await pass(3);
    const done = await reach(caseId, "delivered");
    expect(done.deliveries).toMatchObject([{ state: "sent", tries: 3, error: null }]);
    expect(crm.seen).toHaveLength(3);
    expect(crm.keys()).toEqual(new Set([done.deliveries[0]!.key]));
    expect(done.history.map((event) => event.kind).filter((kind) => kind.startsWith("delivery."))).toEqual([
      "delivery.failed",
      "delivery.failed",
      "delivery.sent",
    ]);
  });

  test("that asks for a longer pause gets it", async () => {
    const crm = await webhook("busy");
    crm.answer({ status: 429, headers: { "retry-after": "120" } });
    const caseId = await approved("busy");
    await failed(caseId, 1);
    await pass(119);
    expect(crm.seen).toHaveLength(1);
    await pass(1);
    await reach(caseId, "delivered");
    expect(crm.seen).toHaveLength(2);
  });

  test("and says that it never will is a dead letter, which can be set going again under its old key", async () => {
    const crm = await webhook("refusing");
    crm.answer({ status: 422 }, { status: 500 });
    const caseId = await approved("refusing");
    await reach(caseId, "failed_delivery");
    const { letters } = await client.listDeadLetters({
      params: { workflow: "refusing" },
      query: { limit: 10 },
    });
    expect(letters).toMatchObject([
      { caseId, target: "crm", tries: 1, error: expect.stringContaining("422") },
    ]);

    expect(await client.replayDelivery({ params: { case: caseId } })).toEqual({ replayed: ["crm"] });
    await failed(caseId, 2);
    await pass(2);
    const done = await reach(caseId, "delivered");
    expect(done.deliveries).toMatchObject([{ key: letters[0]!.key, tries: 3 }]);
    expect(crm.keys().size).toBe(1);
    expect(
      (await client.listDeadLetters({ params: { workflow: "refusing" }, query: { limit: 10 } })).letters,
    ).toEqual([]);
    await expect(client.replayDelivery({ params: { case: caseId } })).rejects.toMatchObject({
      code: "wrong_state",
    });
  });

  test("is given up after a day of tries, and a replay begins its pauses anew", async () => {
    const crm = await webhook("down");
    crm.answer(...Array.from({ length: 5 }, () => ({ status: 500 })));
    const caseId = await approved("down");
    const late = MOST_TRIES - 3;
    await failed(caseId, 1);
    // As if most of the day had passed.
    await installation.app.database.run(
      sql`update delivery set tries = ${late}, failures = ${late} where case_id = ${caseId}`,
    );
    await installation.app.database.run(
      sql`update delivery_attempt set no = ${late} where case_id = ${caseId}`,
    );
    await pass(5_000);
    for (let tries = late + 1; tries < MOST_TRIES; tries++) {
      await failed(caseId, tries - late + 1);
      await pass(5_000);
    }
    expect((await reach(caseId, "failed_delivery")).deliveries).toMatchObject([
      { state: "dead", tries: MOST_TRIES },
    ]);
    await client.replayDelivery({ params: { case: caseId } });
    // The first try after the replay fails too, and is not the last.
    await failed(caseId, 5);
    await pass(2);
    await reach(caseId, "delivered");
    expect(crm.keys().size).toBe(1);
  });

  test("does not make the others get it twice", async () => {
    const crm = await webhook("partial", [{ name: "erp", kind: "file", path: "erp.jsonl" }]);
    crm.answer({ status: 500 }, { status: 500 }, { status: 400 });
    const caseId = await approved("partial");
    for (const tries of [1, 2]) {
      await failed(caseId, tries);
      await pass(60);
    }
    const dead = await reach(caseId, "failed_delivery");
    expect(dead.deliveries).toMatchObject([
      { target: "crm", state: "dead", tries: 3 },
      { target: "erp", state: "sent", tries: 1 },
    ]);
    expect(await client.replayDelivery({ params: { case: caseId } })).toEqual({ replayed: ["crm"] });
    await reach(caseId, "delivered");
    const lines = readFileSync(join(installation.dataHome, "files", "partial", "erp.jsonl"), "utf8")
      .trim()
      .split("\n");
    expect(lines).toHaveLength(1);
  });

  test("because its connection is missing is tried again, and goes out when it is there", async () => {
    await use("unplugged", [{ name: "crm", kind: "webhook", connection: "not-yet" }]);
    const caseId = await approved("unplugged");
    await until(
      () => look(caseId),
      (found) => found.deliveries[0]?.error?.includes('no connection "not-yet"') ?? false,
    );
    const crm = await target();
    await client.saveConnection({
      params: { name: "not-yet" },
      body: { settings: { kind: "webhook", url: crm.url, secret: SECRET } },
    });
    await pass(5);
    await reach(caseId, "delivered");
    expect(crm.seen).toHaveLength(1);
  });
});

test("a connection that changes is used from then on, also when simulated time stands still", async () => {
  const first = await webhook("moved");
  await reach(await approved("moved"), "delivered");
  const second = await target();
  await client.saveConnection({
    params: { name: "moved" },
    body: { settings: { kind: "webhook", url: second.url, secret: SECRET } },
  });
  // Each case is sent to one of the two; the change reaches the worker with its next look.
  await until(
    async () => {
      await reach(await approved("moved"), "delivered");
      return second.seen.length;
    },
    (count) => count > 0,
  );
  const before = first.seen.length;
  await reach(await approved("moved"), "delivered");
  expect(first.seen.length).toBe(before);
});
