/** Watched folders: what is ready, what is not, what cannot be read, and copies that are exactly what was there. */
import { createHash } from "node:crypto";
import {
  appendFile,
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { copyForReading, emptySpool, scanFolder } from "./folder.ts";

let base: string;
let inbox: string;
let spool: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "pilotage-folder-"));
  inbox = join(base, "inbox");
  spool = join(base, "spool");
  await mkdir(inbox);
});
afterEach(() => rm(base, { recursive: true }));

const names = (files: { name: string }[]) => files.map(({ name }) => name);

test("a file is ready when two looks in a row saw it unchanged", async () => {
  await writeFile(join(inbox, "a.csv"), "id\n1\n");
  const first = await scanFolder(inbox);
  expect([names(first.stable), names(first.changing)]).toEqual([[], ["a.csv"]]);
  await appendFile(join(inbox, "a.csv"), "2\n");
  await writeFile(join(inbox, "b.csv"), "");
  const second = await scanFolder(inbox, first.look);
  expect([names(second.stable), names(second.changing)]).toEqual([[], ["a.csv", "b.csv"]]);
  const third = await scanFolder(inbox, second.look);
  expect([names(third.stable), names(third.changing)]).toEqual([["a.csv", "b.csv"], []]);
  expect(third.stable[0]).toMatchObject({ size: 7, path: join(inbox, "a.csv") });
});

test("a change that keeps the size is seen, and so is another file of the same name", async () => {
  const path = join(inbox, "a.csv");
  await writeFile(path, "id\n1\n");
  const { look } = await scanFolder(inbox);
  await utimes(path, 1, 1);
  const touched = await scanFolder(inbox, look);
  expect(names(touched.changing)).toEqual(["a.csv"]);
  await writeFile(join(base, "other"), "id\n2\n");
  await utimes(join(base, "other"), 1, 1);
  await rename(join(base, "other"), path);
  expect(names((await scanFolder(inbox, touched.look)).changing)).toEqual(["a.csv"]);
});

test("lock files, hidden files, unfinished transfers and folders are no candidates", async () => {
  for (const name of [
    "~$Liste.xlsx",
    ".hidden",
    "a.tmp",
    "b.part",
    "c.csv.filepart",
    "d.CRDOWNLOAD",
    "ok.csv",
  ])
    await writeFile(join(inbox, name), "x");
  await mkdir(join(inbox, "done.csv"));
  expect(names((await scanFolder(inbox)).changing)).toEqual(["ok.csv"]);
});

test("a missing folder, and a file in its place, are errors that say what to do", async () => {
  await expect(scanFolder(join(base, "nowhere"))).rejects.toMatchObject({
    code: "feed_unreadable",
    message: expect.stringContaining("does not exist"),
    hint: expect.stringContaining("mounted"),
  });
  await writeFile(join(base, "file"), "");
  await expect(scanFolder(join(base, "file"))).rejects.toMatchObject({
    code: "feed_unreadable",
    message: expect.stringContaining("is not a folder"),
  });
});

// The account that may read everything sees no difference.
test.skipIf(process.getuid?.() === 0)(
  "a folder without permission is an error, a file without permission hides no other",
  async () => {
    await writeFile(join(inbox, "a.csv"), "x");
    await writeFile(join(inbox, "b.csv"), "x");
    await chmod(join(inbox, "a.csv"), 0);
    const scan = await scanFolder(inbox);
    expect([names(scan.changing), names(scan.unreadable)]).toEqual([["b.csv"], ["a.csv"]]);
    await chmod(inbox, 0);
    await expect(scanFolder(inbox)).rejects.toMatchObject({
      message: expect.stringContaining("may not be read"),
    });
    await chmod(inbox, 0o700);
  },
);

test("a file that cannot be looked at does not hide the others", async () => {
  await writeFile(join(base, "secret"), "x");
  await symlink(join(base, "secret"), join(inbox, "link.csv"));
  await symlink("loop.csv", join(inbox, "loop.csv"));
  await writeFile(join(inbox, "ok.csv"), "x");
  const scan = await scanFolder(inbox);
  expect(names(scan.changing)).toEqual(["ok.csv"]);
  expect(scan.unreadable).toMatchObject(
    ["link.csv", "loop.csv"].map((name) => ({
      name,
      error: {
        code: "feed_unreadable",
        message: expect.stringContaining(`${name}" in the feed folder is a link`) as string,
      },
    })),
  );
  await expect(copyForReading(join(inbox, "link.csv"), spool)).rejects.toMatchObject({
    details: { code: "ELOOP" },
  });
});

test("a copy is the file, hashed, and readable by this account only", async () => {
  const content = Buffer.alloc(2_500_000, "Grüße;");
  await writeFile(join(inbox, "a.csv"), content);
  const copy = await copyForReading(join(inbox, "a.csv"), spool);
  expect(copy).toMatchObject({
    size: content.length,
    digest: createHash("sha256").update(content).digest("hex"),
  });
  expect((await readFile(copy.path)).equals(content)).toBe(true);
  expect([(await stat(copy.path)).mode & 0o777, (await stat(spool)).mode & 0o777]).toEqual([0o600, 0o700]);
  await copy.dispose();
  expect(await readdir(spool)).toEqual([]);
});

test("a file that grows while it is copied is not read, and leaves no copy", async () => {
  const path = join(inbox, "a.csv");
  await writeFile(path, Buffer.alloc(64 * 1024 * 1024));
  const settled = new AbortController();
  const copying = copyForReading(path, spool).finally(() => settled.abort());
  const writing = (async () => {
    while (!settled.signal.aborted) await appendFile(path, "x");
  })();
  await expect(copying).rejects.toMatchObject({
    code: "feed_unreadable",
    retryable: true,
    details: { reason: "changed" },
  });
  await writing;
  expect(await readdir(spool)).toEqual([]);
});

test("what is no file, or no longer there, cannot be copied", async () => {
  await expect(copyForReading(join(inbox, "gone.csv"), spool)).rejects.toMatchObject({
    details: { code: "ENOENT" },
  });
  await expect(copyForReading(inbox, spool)).rejects.toMatchObject({ code: "feed_unreadable" });
});

test("a spool that cannot be written is told apart from a source that cannot be read", async () => {
  await writeFile(join(inbox, "a.csv"), "x");
  await writeFile(join(base, "blocked"), "");
  await expect(copyForReading(join(inbox, "a.csv"), join(base, "blocked"))).rejects.toMatchObject({
    details: { reason: "spool" },
  });
});

test("copies of a killed process are removed, other files are not", async () => {
  await emptySpool(spool);
  await writeFile(join(inbox, "a.csv"), "x");
  await copyForReading(join(inbox, "a.csv"), spool);
  await writeFile(join(spool, "notes.txt"), "x");
  await emptySpool(spool);
  expect(await readdir(spool)).toEqual(["notes.txt"]);
});
