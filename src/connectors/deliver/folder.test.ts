/** Deliveries into a folder: whole files under their final name, one per key. */
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { folderTarget } from "./folder.ts";
import type { Receipt } from "../target.ts";

let path: string;

beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), "pilotage-out-"));
});
afterEach(() => rm(path, { recursive: true }));

function deliver(
  key: string,
  attempt = 1,
  to = path,
  signal = new AbortController().signal,
): Promise<Receipt> {
  const item = { key, caseId: "case_1", attempt, body: Buffer.from(`{"text":"für ${key}"}`), now: 0 };
  return folderTarget({ path: to, name: "out" }).deliver(item, signal);
}

test("a delivery is a file named after its key, with the exact bytes", async () => {
  expect(await deliver("dlv_0001")).toEqual({ detail: { file: "dlv_0001.json", repeated: false } });
  expect(await readFile(join(path, "dlv_0001.json"), "utf8")).toBe('{"text":"für dlv_0001"}');
  expect(await readdir(path)).toEqual(["dlv_0001.json"]);
});

test("a repeated delivery changes nothing", async () => {
  await deliver("dlv_0001");
  await writeFile(join(path, "dlv_0001.json"), "read and marked");
  expect((await deliver("dlv_0001", 2)).detail["repeated"]).toBe(true);
  expect(await readFile(join(path, "dlv_0001.json"), "utf8")).toBe("read and marked");
});

test("what a killed process left of it is removed by the retry, and nothing else", async () => {
  await writeFile(join(path, ".dlv_0001.json.5e0c.tmp"), '{"te');
  await writeFile(join(path, ".dlv_0002.json.5e0c.tmp"), '{"te');
  await deliver("dlv_0001", 2);
  expect((await readdir(path)).sort()).toEqual([".dlv_0002.json.5e0c.tmp", "dlv_0001.json"]);
});

test.each(["../../etc/passwd", "a/b", "COM1", "con", "Ä", "x".repeat(300), "", ".hidden"])(
  "key %s becomes a harmless name",
  async (key) => {
    const { detail } = await deliver(key);
    expect(detail["file"]).toMatch(/^key-[0-9a-f]{64}\.json$/);
    expect(await readdir(path)).toEqual([detail["file"]]);
  },
);

test("many at once, also the same key twice, leave one whole file each", async () => {
  await Promise.all(Array.from({ length: 60 }, (_, i) => deliver(`dlv_${String(i % 40).padStart(4, "0")}`)));
  expect((await readdir(path)).length).toBe(40);
});

test("a missing folder is named and tried again; a stopped delivery leaves nothing", async () => {
  await expect(deliver("dlv_0001", 1, join(path, "nowhere"))).rejects.toMatchObject({
    code: "delivery_failed",
    retryable: true,
    message: expect.stringContaining("does not exist"),
  });
  await expect(deliver("dlv_0001", 1, path, AbortSignal.abort())).rejects.toMatchObject({
    code: "delivery_failed",
  });
  expect(await readdir(path)).toEqual([]);
});
