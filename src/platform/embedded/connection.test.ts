/** The connection file. */
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { passwordOf, readConnection, urlFor, writeConnection } from "./connection.ts";
import { emptyFolder } from "./testing.fixture.ts";

const connection = { url: urlFor(5000, "a-b_c"), port: 5000, pid: 9, version: "18.4.0" };

test("what is written is read, by its owner alone, and nothing else is left in the folder", () => {
  const folder = emptyFolder();
  const path = join(folder, "connection.json");
  expect(readConnection(path)).toBeUndefined();
  writeConnection(path, { ...connection, pid: 8 });
  writeConnection(path, connection);
  expect(readConnection(path)).toEqual(connection);
  expect(passwordOf(connection)).toBe("a-b_c");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["connection.json"]);
});

test.each([
  "",
  "{",
  "null",
  '{"url":"http://x","port":1,"pid":1,"version":"1"}',
  '{"url":"postgres://x","port":0,"pid":1,"version":"1"}',
])("%j counts as no connection file", (text) => {
  const path = join(emptyFolder(), "connection.json");
  writeFileSync(path, text);
  expect(readConnection(path)).toBeUndefined();
});
