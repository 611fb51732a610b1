/** The words of a refusal, and how the cause is read from what PostgreSQL writes. */
import { expect, test } from "vitest";
import { PilotageError } from "../../contract/errors.ts";
import { explainFileError, explainOutput, refuse, type Refusal } from "./refusal.ts";

const where = { path: "/d", log: "/d/database.log", account: "nobody" };

test.each([
  ['initdb: error: could not write to file "/d/x": No space left on device', "disk-full"],
  [
    '2026-11-20 11:11:36.085 UTC [9] FATAL:  could not write lock file "postmaster.pid": No space left on device',
    "disk-full",
  ],
  ["PANIC:  could not write to file: Disk quota exceeded", "disk-full"],
  ['initdb: error: could not access directory "/d": Permission denied', "no-permission"],
  ["FATAL:  could not create file: Read-only file system", "read-only"],
  ["FATAL:  could not map anonymous shared memory: Cannot allocate memory", "does-not-start"],
  ["", "does-not-start"],
])("%j means %s", (output, kind) => {
  expect(explainOutput(`LOG:  starting\n${output}\nchild process was terminated`, where).kind).toBe(kind);
});

test("the reason in the message is the first fatal line, without its time stamp", () => {
  const output =
    "2026-11-20 11:11:36.085 UTC [9867] FATAL:  database files are incompatible with server\nLOG:  shut down";
  expect(refuse(explainOutput(output, where)).message).toContain(
    '("FATAL:  database files are incompatible with server")',
  );
});

const each: Refusal[] = [
  { kind: "disk-full", path: "/d", said: "s" },
  { kind: "no-permission", path: "/d", said: "s", account: "a" },
  { kind: "read-only", path: "/d" },
  { kind: "cannot-create", path: "/d", said: "s" },
  { kind: "closed-to-account", path: "/d", closed: "/c", account: "a" },
  { kind: "other-owner", path: "/d", owner: 1, uid: 2 },
  { kind: "other-major", path: "/d", found: "17", wanted: "18" },
  { kind: "not-a-database", path: "/d" },
  { kind: "database-missing", path: "/d" },
  { kind: "foreign-server", path: "/d", pid: 9 },
  { kind: "foreign-cluster", path: "/d" },
  { kind: "held-elsewhere", path: "/d", seconds: 60 },
  { kind: "no-locks", path: "/d", said: "s" },
  { kind: "no-binaries", platform: "linux-mips" },
  { kind: "binaries-do-not-run", path: "/d", said: "s" },
  { kind: "no-account" },
  { kind: "does-not-start", path: "/d", said: "s", log: "/l" },
];

test.each(each)("$kind says what happened, what it means and what to do", (refusal) => {
  const error = refuse(refusal);
  expect(error.code).toBe("data_home_unusable");
  expect(error.details).toEqual(refusal);
  expect(error.message.split(/[.?] /).length).toBeGreaterThanOrEqual(3);
  expect(error.message).toMatch(/PILOTAGE_DATA|DATABASE_URL/);
  if ("path" in refusal) expect(error.message).toContain(refusal.path);
});

test("a failure that has nothing to do with the data home keeps its own error", () => {
  const bug = new TypeError("x is not a function");
  expect(explainFileError(bug, "/d", "root")).toBe(bug);
  const known = new PilotageError("internal", "known");
  expect(explainFileError(known, "/d", "root")).toBe(known);
});
