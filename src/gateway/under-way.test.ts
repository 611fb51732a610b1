/** The note of calls under way: what a killed process leaves, and what it does not. */
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { silentLog } from "../platform/log.ts";
import { openUnderWay, type Taken } from "./under-way.ts";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "pilotage-under-way-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const call = (no: number): Taken => ({
  id: `mcl_${no}` as Taken["id"],
  key: "key_1",
  about: { connection: "first" },
  asked: "first/good",
  streamed: false,
  mode: "buffered",
  startedAt: 1_000 + no,
});
const open = (process: string) => openUnderWay({ folder, process, log: silentLog });
/** As if the process that wrote the file were another one, which is gone. */
const NOBODY = 2 ** 22 + 1;
function kill(process: string): void {
  const name = readdirSync(folder).find((one) => one.includes(`~${process}.`))!;
  renameSync(join(folder, name), join(folder, `${hostname()}~${NOBODY}~${process}.calls`));
}

describe("the note of calls under way", () => {
  test("holds what a killed process had begun, without what had ended before the file began anew", async () => {
    const one = open("a");
    await Promise.all([one.begin(call(1)), one.begin(call(2))]);
    await one.begin(call(3));
    kill("a");
    const [left, ...others] = await open("b").left();
    expect(others).toEqual([]);
    expect(left!.calls).toEqual([call(1), call(2), call(3)]);
    left!.gone();
    expect(await open("b").left()).toEqual([]);
  });

  test("of a process that lives is nobody else's business", async () => {
    const one = open("a");
    await one.begin(call(1));
    writeFileSync(join(folder, `elsewhere~${process.pid}~c.calls`), `${JSON.stringify(call(2))}\n`);
    expect(await open("a").left()).toEqual([]);
  });

  test("of a call whose record failed is taken up by its own process, once, and by the next one if it is killed before", async () => {
    const one = open("a");
    await Promise.all([one.begin(call(1)), one.begin(call(2)), one.begin(call(3))]);
    one.leave(call(1).id);
    // What is told of its end afterwards takes nothing away.
    one.end(call(1).id);
    one.end(call(2).id);
    const [left, ...others] = await one.left();
    expect(others).toEqual([]);
    expect(left!.calls).toEqual([call(1)]);
    left!.gone();
    expect(await one.left()).toEqual([]);
    one.leave(call(3).id);
    one.close();
    kill("a");
    expect((await open("b").left()).flatMap(({ calls }) => calls)).toContainEqual(call(3));
  });

  test("may end in the middle of a line", async () => {
    const one = open("a");
    await one.begin(call(1));
    kill("a");
    appendFileSync(join(folder, readdirSync(folder)[0]!), '{"id":"mcl_2","ke');
    expect((await open("b").left()).map(({ calls }) => calls)).toEqual([[call(1)]]);
  });

  test("begins anew when it has grown, with the calls that are still under way", async () => {
    const one = open("a");
    const long = { ...call(1), asked: "x".repeat(300) };
    await one.begin(long);
    for (let no = 2; no < 4_000; no += 100) {
      const calls = Array.from({ length: 400 }, (_, i) => ({ ...long, id: `mcl_${no}-${i}` as Taken["id"] }));
      await Promise.all(calls.map((each) => one.begin(each)));
      for (const each of calls) one.end(each.id);
    }
    const text = readFileSync(join(folder, readdirSync(folder)[0]!), "utf8");
    expect(text.length).toBeLessThan(4.5 * 1024 * 1024);
    expect(text).toContain('"mcl_1"');
  });

  test("is gone after an orderly end", async () => {
    const one = open("a");
    await one.begin(call(1));
    one.end(call(1).id);
    one.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("that cannot be written keeps no call from its answer", async () => {
    const one = open("a");
    rmSync(folder, { recursive: true });
    await one.begin(call(1));
  });
});
