/** The receiver itself: it must deserve the trust that the proofs put in it. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { webhookTarget } from "../../src/connectors/deliver/webhook.ts";
import type { Target } from "../../src/connectors/target.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { startReceiver } from "./receiver.ts";
import type { Receiver, ReceiverOptions } from "./receiver.ts";

let folder: string;
let receiver: Receiver;
let target: Target;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pilotage-receiver-"));
});
afterEach(async () => {
  await target.close?.();
  await receiver.stop();
  await rm(folder, { recursive: true });
});

async function start(options: Partial<ReceiverOptions> = {}): Promise<void> {
  receiver = await startReceiver({ file: join(folder, "effects.log"), ...options });
  target = webhookTarget({ name: "crm", url: receiver.url, secret: receiver.secret });
}

async function send(key: string, attempt = 1, now = systemClock.now()): Promise<string> {
  const item = { key, caseId: "case_1", attempt, body: Buffer.from(`{"text":"für ${key}"}`), now };
  return await target.deliver(item, new AbortController().signal).then(
    () => "done",
    (error: { code: string }) => error.code,
  );
}

/** Sends until the receiver took it, as the outbox does. */
async function sendUntilDone(key: string): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    if ((await send(key, attempt)) === "done") return attempt;
    await receiver.ready();
  }
}

test("each key has one effect, however often it dies or fails before its reply", async () => {
  await start({ dieBeforeReply: 0.1, fail: 0.2, seed: 7 });
  const keys = Array.from({ length: 60 }, (_, i) => `dlv_${i}`);
  const tries = await Promise.all(keys.map(sendUntilDone));
  const effects = await receiver.effects();
  expect(keys.filter((key) => effects.get(key) !== 1)).toEqual([]);
  expect(effects.size).toBe(60);
  expect(Math.max(...tries)).toBeGreaterThan(1);
  expect(receiver.restarts).toBeGreaterThan(0);
});

test("a receiver that does not look at keys shows what the sender repeats", async () => {
  await start({ actsEachTime: true });
  expect([await send("dlv_1"), await send("dlv_1", 2)]).toEqual(["done", "done"]);
  expect((await receiver.effects()).get("dlv_1")).toBe(2);
});

test("keys are remembered over a kill, and a torn line is cut back", async () => {
  await start();
  await send("dlv_1");
  const file = join(folder, "effects.log");
  await writeFile(file, `${await readFile(file, "utf8")}{"key":"dlv_to`);
  await receiver.kill();
  expect([await send("dlv_1", 2), await send("dlv_2")]).toEqual(["done", "done"]);
  expect(await receiver.bodies()).toEqual([
    { key: "dlv_1", body: '{"text":"für dlv_1"}' },
    { key: "dlv_2", body: '{"text":"für dlv_2"}' },
  ]);
});

test("a wrong signature and an old one have no effect", async () => {
  await start();
  const right = target;
  target = webhookTarget({ name: "crm", url: receiver.url, secret: "whsec_d3Jvbmctd3Jvbmctd3Jvbmc=" });
  expect(await send("dlv_1")).toBe("delivery_refused");
  await target.close?.();
  target = right;
  expect(await send("dlv_2", 1, systemClock.now() - 3_600_000)).toBe("delivery_refused");
  expect((await receiver.effects()).size).toBe(0);
});

test("signatures of a simulated time are taken when told so", async () => {
  await start({ anyTime: true });
  expect(await send("dlv_1", 1, 1_000_000_000_000)).toBe("done");
  expect((await receiver.effects()).size).toBe(1);
});
