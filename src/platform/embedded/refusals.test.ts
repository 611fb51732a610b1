/** Data homes that must be refused, each with the real cause, and that what was there is left as it was. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PilotageError } from "../../contract/errors.ts";
import { findPackage, prepareBinaries } from "./binaries.ts";
import { readConnection } from "./connection.ts";
import { openDataHome, type DataHome } from "./data-home.ts";
import { startEmbedded } from "./embedded.ts";
import { runProgram } from "./program.ts";
import { startPostmaster } from "./postmaster.ts";
import { freePort } from "./port.ts";
import { initdbArguments } from "./server-settings.ts";
import {
  asRoot,
  cleanUp,
  emptyFolder,
  newHome,
  othersCanRunUs,
  postmasterOf,
  query,
  quiet,
  startMember,
} from "./testing.fixture.ts";

const NOBODY = 65534;

async function refusalOf(home: string): Promise<{ kind: string; message: string }> {
  try {
    const server = await startEmbedded({ dataHome: home, log: quiet });
    await server.stop();
  } catch (error) {
    if (!(error instanceof PilotageError)) throw error;
    expect(error.code).toBe("data_home_unusable");
    return { kind: (error.details as { kind: string }).kind, message: error.message };
  }
  throw new Error("the data home was accepted");
}

/** A data home that has run once. */
async function usedHome(): Promise<string> {
  const home = newHome();
  const server = await startEmbedded({ dataHome: home, log: quiet });
  await query(server.url, "create table kept ()");
  await server.stop();
  return home;
}

/** A database in the data home that another program made, with a superuser and password of its own. */
async function foreignCluster(home: DataHome): ReturnType<typeof prepareBinaries> {
  const binaries = await prepareBinaries(findPackage(), home);
  const password = join(home.path, "their.password");
  mkdirSync(home.database, { mode: 0o700 });
  writeFileSync(password, "theirs");
  if (home.account.ids)
    for (const path of [home.database, password]) chownSync(path, home.account.ids.uid, home.account.ids.gid);
  const { code, output } = await runProgram(
    binaries.initdb,
    [...initdbArguments(home.database, "them", password), "--no-sync"],
    home,
  );
  expect(code, output).toBe(0);
  rmSync(password);
  return binaries;
}

test("a folder made by another major version is refused and left as it was", async () => {
  const home = await usedHome();
  const file = join(home, "database/PG_VERSION");
  writeFileSync(file, "17\n");
  const { kind, message } = await refusalOf(home);
  expect(kind).toBe("other-major");
  expect(message).toContain("made by PostgreSQL 17; this Pilotage brings PostgreSQL 18");
  writeFileSync(file, "18\n");
  const server = await startEmbedded({ dataHome: home, log: quiet });
  cleanUp(() => server.stop());
  expect(await query(server.url, "select to_regclass('kept')::text as found")).toEqual([{ found: "kept" }]);
});

test("a folder held by another program's running server is refused, and that server runs on", async () => {
  const home = openDataHome(newHome());
  const binaries = await foreignCluster(home);
  expect((await startPostmaster(home, binaries, await freePort(0))).kind).toBe("ready");
  const pid = postmasterOf(home.path);

  const { kind, message } = await refusalOf(home.path);
  expect(kind).toBe("foreign-server");
  expect(message).toContain(`(process ${pid})`);
  expect(postmasterOf(home.path)).toBe(pid);
  const url = `postgres://them:theirs@127.0.0.1:${readFileSync(join(home.database, "postmaster.pid"), "utf8").split("\n")[3]}/postgres`;
  expect(await query(url, "select 1 as one")).toEqual([{ one: 1 }]);
});

test("a database at rest that another program made is refused", async () => {
  const home = openDataHome(newHome());
  await foreignCluster(home);
  expect((await refusalOf(home.path)).kind).toBe("foreign-cluster");
  expect(readConnection(home.connection)).toBeUndefined();
});

test("a database that is gone is not replaced by an empty one in silence", async () => {
  const home = await usedHome();
  renameSync(join(home, "database"), join(home, "elsewhere"));
  expect((await refusalOf(home)).kind).toBe("database-missing");
  expect(existsSync(join(home, "database"))).toBe(false);
});

test("files where the database should be are not written over", async () => {
  const home = newHome();
  mkdirSync(join(home, "database"), { recursive: true });
  writeFileSync(join(home, "database/letter.txt"), "dear reader");
  expect((await refusalOf(home)).kind).toBe("not-a-database");
  expect(readdirSync(join(home, "database"))).toEqual(["letter.txt"]);
});

test("a data home that cannot be created is refused", async () => {
  const { kind, message } = await refusalOf("/proc/pilotage/home");
  expect(kind).toBe("cannot-create");
  expect(message).toContain("/proc/pilotage/home");
  const folder = emptyFolder();
  writeFileSync(join(folder, "file"), "");
  expect((await refusalOf(join(folder, "file"))).kind).toBe("cannot-create");
  expect((await refusalOf(join(folder, "file", "home"))).kind).toBe("cannot-create");
});

test("a folder without permission is refused", async (context) => {
  const folder = emptyFolder();
  const home = join(folder, "home");
  mkdirSync(home);
  chmodSync(home, 0o555);
  if (!asRoot) return expect((await refusalOf(home)).kind).toBe("no-permission");
  context.skip(!othersCanRunUs(NOBODY), "other accounts cannot enter this checkout");
  const failed = await startMember(home, { uid: NOBODY }).until(({ event }) => event === "failed");
  expect(failed.details?.kind).toBe("no-permission");
  const below = await startMember(join(home, "deeper"), { uid: NOBODY }).until(
    ({ event }) => event === "failed",
  );
  expect(below.details?.kind).toBe("no-permission");
});

test("a data home that another account made is refused", async (context) => {
  context.skip(!asRoot, "needs root to act as another account");
  context.skip(!othersCanRunUs(NOBODY), "other accounts cannot enter this checkout");
  const home = await usedHome();
  chmodSync(home, 0o777);
  const failed = await startMember(home, { uid: NOBODY }).until(({ event }) => event === "failed");
  expect(failed.details?.kind).toBe("no-permission");

  chownSync(join(home, "database"), 1, 1);
  expect((await refusalOf(home)).kind).toBe("other-owner");
});

test("root is told which folder its server's account cannot enter", async (context) => {
  context.skip(!asRoot, "only root uses another account for the server");
  const folder = emptyFolder();
  const closed = join(folder, "closed");
  mkdirSync(closed, { mode: 0o700 });
  const { kind, message } = await refusalOf(join(closed, "home"));
  expect(kind).toBe("closed-to-account");
  expect(message).toContain(`chmod o+x ${closed}`);
});

test("an ordinary user runs a server in a home that nobody else can enter, from a checkout of another account", async (context) => {
  context.skip(!asRoot, "as an ordinary user every other test shows this");
  context.skip(!othersCanRunUs(NOBODY), "other accounts cannot enter this checkout");
  const own = join(emptyFolder(), "home");
  mkdirSync(own, { mode: 0o700 });
  chownSync(own, NOBODY, NOBODY);
  const member = startMember(join(own, "data"), { uid: NOBODY });
  const { url } = await member.ready();
  expect(await query(url, "select current_user as me")).toEqual([{ me: "pilotage" }]);
  expect(statSync(join(own, "data")).mode & 0o777).toBe(0o700);
  await member.stop();
});

/** A file system of its own; `undefined` where this account may not mount one. */
function smallDisk(megabytes: number): string | undefined {
  const disk = join(emptyFolder(), "disk");
  mkdirSync(disk);
  const mounted =
    spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=711`, "tmpfs", disk]).status === 0;
  if (mounted) cleanUp(() => void spawnSync("umount", ["-l", disk]));
  return mounted ? disk : undefined;
}

test("a disk that is too small for a first start is refused, and nothing half-made stays", async (context) => {
  const disk = smallDisk(16) ?? context.skip("needs the right to mount a small file system");
  const home = join(disk, "home");
  const { kind, message } = await refusalOf(home);
  expect(kind).toBe("disk-full");
  expect(message).toContain("No space left on device");
  expect(readdirSync(home).filter((name) => name.startsWith("database"))).toEqual([]);
});

test("a full disk is refused at a later start, and once there is space every row is there", async (context) => {
  const disk = smallDisk(200) ?? context.skip("needs the right to mount a small file system");
  const home = join(disk, "home");
  const first = await startEmbedded({ dataHome: home, log: quiet });
  await query(first.url, "create table kept as select 42 as n");
  process.kill(postmasterOf(home), "SIGKILL");
  await first.stop();
  const ballast = join(disk, "ballast");
  fillUp(disk, ballast);
  expect((await refusalOf(home)).kind).toBe("disk-full");

  rmSync(ballast);
  const second = await startEmbedded({ dataHome: home, log: quiet });
  expect(await query(second.url, "select n from kept")).toEqual([{ n: 42 }]);
  await second.stop();
});

function fillUp(disk: string, file: string): void {
  for (let { bavail, bsize } = statfsSync(disk); bavail > 0; { bavail, bsize } = statfsSync(disk)) {
    writeFileSync(file, Buffer.alloc(bsize * Math.min(bavail, 256)), { flag: "a" });
  }
}
