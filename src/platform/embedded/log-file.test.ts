/** Rotation of the server's log. */
import { appendFileSync, closeSync, openSync, readFileSync, readdirSync, writeSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rotateLog } from "./log-file.ts";
import { emptyFolder } from "./testing.fixture.ts";

test("a log over the limit is kept twice, and the writer goes on in the emptied file", () => {
  const folder = emptyFolder();
  const path = join(folder, "database.log");
  const writer = openSync(path, "a", 0o600);
  for (const text of ["first", "second", "third"]) {
    writeSync(writer, text);
    rotateLog(path, 4);
  }
  writeSync(writer, "now");
  closeSync(writer);
  rotateLog(path, 4);
  expect(readdirSync(folder).toSorted()).toEqual(["database.log", "database.log.1", "database.log.2"]);
  expect(
    ["database.log", "database.log.1", "database.log.2"].map((name) =>
      readFileSync(join(folder, name), "utf8"),
    ),
  ).toEqual(["now", "third", "second"]);
});

test("a log at the limit, and one that does not exist, are left alone", () => {
  const folder = emptyFolder();
  rotateLog(join(folder, "none"), 4);
  appendFileSync(join(folder, "database.log"), "four");
  rotateLog(join(folder, "database.log"), 4);
  expect(readdirSync(folder)).toEqual(["database.log"]);
});
