import { expect, test } from "vitest";
import { PilotageError } from "../src/contract/errors.ts";
import { pause, persist } from "./waiting.ts";

const away = () => new PilotageError("database_unavailable", "away");

test("a pause ends at once when told to stop", async () => {
  const told = new AbortController();
  const pausing = pause(1_000_000, told.signal);
  told.abort();
  await expect(pausing).resolves.toBeUndefined();
  await expect(pause(1_000_000, told.signal)).resolves.toBeUndefined();
});

test("what trying again can help is tried again, a little later each time", async () => {
  const waits: number[] = [];
  let tries = 0;
  const result = await persist({
    signal: new AbortController().signal,
    firstWait: 1,
    onWait: (_, wait) => waits.push(wait),
    async work() {
      tries += 1;
      if (tries < 4) throw away();
      return "done";
    },
  });
  expect(result).toBe("done");
  expect(waits).toEqual([1, 2, 4]);
});

test("what trying again cannot help is thrown", async () => {
  const given = { signal: new AbortController().signal, onWait: () => undefined };
  const refused = new PilotageError("forbidden", "no");
  await expect(persist({ ...given, work: () => Promise.reject(refused) })).rejects.toBe(refused);
  const fault = new TypeError("a fault of ours");
  await expect(persist({ ...given, work: () => Promise.reject(fault) })).rejects.toBe(fault);
});

test("told to stop while waiting, it gives up without a result", async () => {
  const told = new AbortController();
  const result = await persist({
    signal: told.signal,
    firstWait: 1_000_000,
    onWait: () => told.abort(),
    work: () => Promise.reject(away()),
  });
  expect(result).toBeUndefined();
});
