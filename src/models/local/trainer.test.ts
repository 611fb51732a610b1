import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { ticketJob } from "./tickets.testdata.ts";
import { trainInWorker } from "./trainer.ts";
import { trainLocal } from "./train.ts";

test("the thread gives the bytes and report of the same job here, with their digest and progress", async () => {
  const shares: number[] = [];
  const { bytes, digest, report } = await trainInWorker(ticketJob(), {
    onProgress: (share) => shares.push(share),
  });
  const here = trainLocal(ticketJob());
  expect(Buffer.compare(bytes, here.bytes)).toBe(0);
  expect(report).toEqual(here.report);
  expect(digest).toBe(createHash("sha256").update(bytes).digest("hex"));
  expect(shares.at(-1)).toBe(1);
});

test("a job that cannot be trained is refused as it would be here", async () => {
  await expect(trainInWorker(ticketJob({ heads: ["team"] }))).rejects.toMatchObject({
    name: "PilotageError",
    code: "definition_invalid",
    message: expect.stringContaining('"team"'),
    hint: expect.stringContaining('"team"'),
  });
});

test("a fault in the thread is told and not awaited for ever", async () => {
  const examples = [{ input: {}, output: null as never }];
  await expect(trainInWorker(ticketJob({ examples }))).rejects.toMatchObject({ code: "internal" });
});

test("an abort before the start or during the work ends it with the signal's reason", async () => {
  await expect(trainInWorker(ticketJob(), { signal: AbortSignal.abort("late") })).rejects.toBe("late");

  const stop = new AbortController();
  const shares: number[] = [];
  const training = trainInWorker(ticketJob(), {
    signal: stop.signal,
    onProgress: (share) => {
      shares.push(share);
      stop.abort(new Error("stopped by hand"));
    },
  });
  await expect(training).rejects.toThrow("stopped by hand");
  expect(shares.length).toBeGreaterThan(0);
});
