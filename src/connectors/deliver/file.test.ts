/** Deliveries to a file: one whole line per key, whatever dies, fills up or writes at the same time. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFile,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fileTarget } from "./file.ts";
import { ProcessLock } from "./lock.ts";
import type { Receipt, Target } from "../target.ts";

let folder: string;
let path: string;
let target: Target;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pilotage-file-"));
  path = join(folder, "out.jsonl");
  target = fileTarget({ path, name: "out" });
});
afterEach(async () => {
  await target.close?.();
  await rm(folder, { recursive: true });
});

function deliver(key: string, attempt = 1, body = `{"key":"${key}"}`, to = target): Promise<Receipt> {
  const item = { key, caseId: "case_1", attempt, body: Buffer.from(body), now: 0 };
  return to.deliver(item, new AbortController().signal);
}

async function keys(): Promise<string[]> {
  const text = await readFile(path, "utf8");
  expect(text === "" || text.endsWith("\n")).toBe(true);
  return text.split("\n").slice(0, -1).map((line) => (JSON.parse(line) as { key: string }).key); // prettier-ignore
}

test("a delivery is one line with the exact bytes of its body", async () => {
  await deliver("dlv_1", 1, '{"a":  1.0,"b":"Grüße\\n😀"}');
  await deliver('odd "key"', 1, '{\n  "a": 1\n}');
  expect(await readFile(path, "utf8")).toBe(
    '{"key":"dlv_1","body":{"a":  1.0,"b":"Grüße\\n😀"}}\n{"key":"odd \\"key\\"","body":{   "a": 1 }}\n',
  );
});

test("deliveries of the same moment all arrive, each once", async () => {
  const names = Array.from({ length: 2500 }, (_, i) => `dlv_${i}`);
  await Promise.all(names.map((name) => deliver(name)));
  expect((await keys()).sort()).toEqual(names.sort());
});

test("a retry finds its line, over restarts, and says so", async () => {
  await Promise.all(
    ["dlv_1", "dlv_10", "dlv_2"].map((key) => deliver(key, 1, `{"text":"${"x".repeat(700_000)}"}`)),
  );
  const later = fileTarget({ path, name: "out" });
  const receipts = await Promise.all(
    ["dlv_1", "dlv_2", "dlv_3", "dlv_3"].map((key) => deliver(key, 2, "{}", later)),
  );
  await later.close?.();
  expect(receipts.map((receipt) => receipt.detail["repeated"])).toEqual([true, true, false, false]);
  expect(await keys()).toEqual(["dlv_1", "dlv_10", "dlv_2", "dlv_3"]);
});

test.each([
  '{"key":"dlv_2","bo',
  '{"k',
  '{"key":"dlv_2","body":{}}',
  "\0\0\0\0",
  `{"key":"dlv_2","body":"${"x".repeat(200_000)}`,
])("a torn last line (example %#) is cut back before the next append", async (torn) => {
  await deliver("dlv_1");
  await appendFile(path, torn);
  await deliver("dlv_2", 2);
  expect(await keys()).toEqual(["dlv_1", "dlv_2"]);
});

test("a file that is torn from its first byte is begun again", async () => {
  await writeFile(path, '{"ke');
  await deliver("dlv_1");
  expect(await keys()).toEqual(["dlv_1"]);
});

test("a file that holds something else is left alone", async () => {
  await writeFile(path, "Nr;Name\n1;Erika");
  await expect(deliver("dlv_1")).rejects.toMatchObject({ code: "delivery_refused" });
  expect(await readFile(path, "utf8")).toBe("Nr;Name\n1;Erika");
});

test("a file that was moved away is begun anew, one that was emptied goes on", async () => {
  await deliver("dlv_1");
  await rename(path, join(folder, "old.jsonl"));
  await deliver("dlv_2");
  expect(await keys()).toEqual(["dlv_2"]);
  await truncate(path);
  await deliver("dlv_3");
  expect(await keys()).toEqual(["dlv_3"]);
});

test("a full disk is an error that says so; afterwards the retry is written once", async () => {
  await symlink("/dev/full", path);
  await expect(deliver("dlv_1")).rejects.toMatchObject({
    code: "delivery_failed",
    retryable: true,
    message: expect.stringContaining("the disk is full"),
  });
  await rm(path);
  await deliver("dlv_1", 2);
  expect(await keys()).toEqual(["dlv_1"]);
});

test("a folder that is missing, and a folder in the file's place, are named", async () => {
  for (const [wrong, says] of [
    [join(folder, "no", "out.jsonl"), "does not exist"],
    [folder, "is a folder"],
  ] as const) {
    // prettier-ignore
    const other = fileTarget({ path: wrong, name: "out" });
    await expect(deliver("dlv_1", 1, "{}", other)).rejects.toMatchObject({
      code: "delivery_failed",
      message: expect.stringContaining(says),
    });
    await other.close?.();
  }
  await rm(`${folder}.lock`, { force: true });
});

test("the lock keeps others out, in this process too, and is free again after an error", async () => {
  const [one, other] = [new ProcessLock(`${path}.lock`), new ProcessLock(`${path}.lock`)];
  await one.hold(0, async () => expect(await other.hold(20, async () => "in")).toBe("busy"));
  await expect(one.hold(0, () => Promise.reject(new Error("oops")))).rejects.toThrow("oops");
  expect(await other.hold(0, async () => "in")).toBe("in");
  expect([(await stat(`${path}.lock`)).size, await readdir(folder)]).toEqual([0, ["out.jsonl.lock"]]);
  one.close();
  other.close();
});

test("a first try that comes after the retry of another process finds the line, wherever the file grew", async () => {
  const [one, other] = [target, fileTarget({ path, name: "out" })];
  await deliver("dlv_1", 1, "{}", one);
  await deliver("dlv_2", 2, "{}", other);
  await Promise.all(
    Array.from({ length: 50 }, (_, i) => deliver(`pad_${i}`, 1, `"${"x".repeat(15_000)}"`, other)),
  );
  // The process that had dlv_2 first stood still before its try; one that knows the file, and one that never saw it.
  const late = fileTarget({ path, name: "out" });
  for (const to of [one, late])
    expect((await deliver("dlv_2", 1, "{}", to)).detail).toEqual({ repeated: true });
  await deliver("dlv_3", 1, "{}", late);
  expect((await deliver("dlv_3", 1, "{}", late)).detail).toEqual({ repeated: true });
  expect((await keys()).filter((key) => key.startsWith("dlv"))).toEqual(["dlv_1", "dlv_2", "dlv_3"]);
  await Promise.all([other.close?.(), late.close?.()]);
});

test("a try whose time ran out while it waited for the lock writes nothing", async () => {
  const lock = new ProcessLock(`${path}.lock`);
  const out = new AbortController();
  const [late, kept] = (await lock.hold(0, async () => {
    const item = { key: "dlv_1", caseId: "case_1", attempt: 1, body: Buffer.from("{}"), now: 0 };
    const waiting = [target.deliver(item, out.signal), deliver("dlv_2")].map((one) =>
      one.catch((error: unknown) => error),
    );
    out.abort();
    return waiting;
  })) as Promise<unknown>[];
  expect(await late).toMatchObject({ code: "delivery_failed" });
  expect(await kept).toMatchObject({ detail: { repeated: false } });
  expect(await keys()).toEqual(["dlv_2"]);
  lock.close();
});

/** Another process that delivers `count` keys, a few at a time, and prints each one that was acknowledged. */
function writer(name: string, count: number, attempt = 1) {
  const code = `
    import { fileTarget } from ${JSON.stringify(new URL("./file.ts", import.meta.url).href)};
    const target = fileTarget({ path: ${JSON.stringify(path)}, name: "out" });
    const signal = new AbortController().signal;
    let next = 0;
    await Promise.all(Array.from({ length: 8 }, async () => {
      while (next < ${count}) {
        const key = "dlv_${name}_" + next++;
        await target.deliver({ key, caseId: "c", attempt: ${attempt}, body: Buffer.from(JSON.stringify({ key, pad: "x".repeat(3000) })), now: 0 }, signal);
        console.log(key);
      }
    }));
    await target.close();`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return { child, lines: createInterface(child.stdout), ended: once(child, "exit") };
}

test("two processes write to one file without mixing their lines", async () => {
  const writers = [writer("a", 400), writer("b", 400)];
  expect((await Promise.all(writers.map(({ ended }) => ended))).map(([code]) => code as number)).toEqual([
    0, 0,
  ]);
  const written = await keys();
  expect([written.length, new Set(written).size]).toEqual([800, 800]);
});

test("a process killed while writing leaves one line per key, and its lock is free", async () => {
  const acknowledged = new Set<string>();
  for (const kill of [40, 300]) {
    const { child, lines, ended } = writer("k", 100_000, 2);
    lines.on("line", (line) => {
      acknowledged.add(line);
      if (acknowledged.size >= kill) child.kill("SIGKILL");
    });
    await ended;
  }
  await Promise.all(Array.from({ length: 400 }, (_, i) => deliver(`dlv_k_${i}`, 3)));
  const written = await keys();
  expect(new Set(written).size).toBe(written.length);
  expect([...acknowledged].filter((key) => !written.includes(key))).toEqual([]);
  expect(written.length).toBeGreaterThanOrEqual(400);
});
