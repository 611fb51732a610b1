/** The table of what a supervisor does with what it finds. */
import { expect, test } from "vitest";
import { decide, type Found, type Postmaster } from "./decide.ts";

const wanted = { path: "/d", major: "18", version: "18.4.0", uid: 7 };
const plain: Found = {
  folder: "database",
  major: "18",
  owner: 7,
  postmaster: { state: "none" },
  connection: { pid: 50, version: "18.4.0" },
};
const running = (answer: "ours" | "refused" | "silent", pid = 50): Postmaster => ({
  state: "running",
  pid,
  port: 5000,
  answer,
});
const start = { kind: "start", stopFirst: undefined, dropPidFile: false, newPassword: false } as const;
const refused = (kind: string): unknown => ({
  kind: "refuse",
  why: expect.objectContaining({ kind, path: "/d" }),
});

const table: [what: string, found: Partial<Found>, step: unknown][] = [
  [
    "nothing there",
    { folder: "missing", major: undefined, owner: undefined, connection: undefined },
    { kind: "create" },
  ],
  ["an empty folder", { folder: "empty", major: undefined, connection: undefined }, { kind: "create" }],
  [
    "a first start that was cut off after its password",
    { folder: "missing", connection: { pid: 0, version: "18.4.0" } },
    { kind: "create" },
  ],
  ["a database that once ran and is gone", { folder: "missing" }, refused("database-missing")],
  ["a mount point without its disk", { folder: "empty" }, refused("database-missing")],
  ["files that are no database", { folder: "other", major: undefined }, refused("not-a-database")],
  ["an older major version", { major: "17" }, refused("other-major")],
  ["a newer major version", { major: "19" }, refused("other-major")],
  ["another owner", { owner: 8 }, refused("other-owner")],
  ["a database at rest", {}, start],
  ["a database whose server died", { postmaster: { state: "dead" } }, start],
  ["a pid file of something else", { postmaster: { state: "reused" } }, { ...start, dropPidFile: true }],
  ["a database without its password", { connection: undefined }, { ...start, newPassword: true }],
  ["our server", { postmaster: running("ours") }, { kind: "adopt", pid: 50, port: 5000 }],
  [
    "our server, restarted since the file was written",
    { postmaster: running("ours", 51) },
    { kind: "adopt", pid: 51, port: 5000 },
  ],
  [
    "our server, other binaries",
    { postmaster: running("ours"), connection: { pid: 50, version: "18.3.0" } },
    { ...start, stopFirst: 50 },
  ],
  ["our server, hanging", { postmaster: running("silent") }, { ...start, stopFirst: 50 }],
  ["somebody's server, hanging", { postmaster: running("silent", 51) }, refused("foreign-server")],
  ["somebody's server", { postmaster: running("refused") }, refused("foreign-server")],
  [
    "a server when the password is lost",
    { postmaster: running("refused"), connection: undefined },
    refused("foreign-server"),
  ],
  ["another major version that runs", { major: "17", postmaster: running("ours") }, refused("other-major")],
];

test.each(table)("%s", (_what, found, step) => {
  expect(decide({ ...plain, ...found }, wanted)).toEqual(step);
});

test("where the system has no user ids, the owner does not matter", () => {
  expect(decide({ ...plain, owner: 8 }, { ...wanted, uid: undefined })).toEqual(start);
});
