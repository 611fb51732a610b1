/** The two locks: who excludes whom, and that they end with their holder. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tryLockAlone, tryLockTogether } from "./lock.ts";
import { cleanUp, emptyFolder } from "./testing.fixture.ts";

const lockFile = (): string => join(emptyFolder(), "a.lock");

test("alone excludes everybody, together excludes only alone", () => {
  const path = lockFile();
  const alone = tryLockAlone(path);
  expect(alone).toBeDefined();
  expect(tryLockAlone(path)).toBeUndefined();
  expect(tryLockTogether(path)).toBeUndefined();
  alone?.release();

  const [one, two] = [tryLockTogether(path), tryLockTogether(path)];
  expect([one, two]).not.toContain(undefined);
  expect(tryLockAlone(path)).toBeUndefined();
  one?.release();
  expect(tryLockAlone(path)).toBeUndefined();
  two?.release();
  const again = tryLockAlone(path);
  expect(again).toBeDefined();
  again?.release();
});

test("releasing twice is harmless and frees nobody else's lock", () => {
  const path = lockFile();
  const first = tryLockAlone(path);
  first?.release();
  const second = tryLockAlone(path);
  first?.release();
  expect(tryLockAlone(path)).toBeUndefined();
  second?.release();
});

test.each(["tryLockAlone", "tryLockTogether"])(
  "%s of a process ends when that process is killed",
  async (take) => {
    const path = lockFile();
    const code = `import { ${take} } from ${JSON.stringify(join(import.meta.dirname, "lock.ts"))};
    globalThis.lock = ${take}(process.argv[1]);
    if (globalThis.lock === undefined) process.exit(1);
    console.log("held"); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ["--input-type=module", "-e", code, path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    cleanUp(() => void holder.kill("SIGKILL"));
    await once(holder.stdout, "data");
    expect(tryLockAlone(path)).toBeUndefined();

    holder.kill("SIGKILL");
    await once(holder, "exit");
    const mine = tryLockAlone(path);
    expect(mine).toBeDefined();
    mine?.release();
  },
);

test("a lock file that may not be opened is an error, not a lock that somebody holds", () => {
  expect(() => tryLockAlone(join(emptyFolder(), "missing", "a.lock"))).toThrow(/ENOENT/);
});
