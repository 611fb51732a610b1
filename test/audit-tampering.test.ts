/** Every way to tamper with an exported audit log is found, with the first bad record; sound ones pass, whole and in part. */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { verifyBundle } from "../src/audit/bundle.ts";
import { faultLine } from "../src/contract/audit.ts";
import { openFreshDatabase } from "./support/database.ts";
import {
  eventsOf,
  generateBundle,
  hashed,
  makeLog,
  saveBundle,
  signAgain,
  type Bundle,
} from "./support/audit-bundle.ts";
import { removeFolder, temporaryFolder } from "./support/folders.ts";
import { ATTACKS, type Tools } from "./support/tampering.ts";

const [{ database }, other] = [await openFreshDatabase(), await openFreshDatabase()];
const log = await makeLog(database, { parts: 4, size: 24, origin: "pilotage.example/one" });
const foreignLog = await makeLog(other.database, { parts: 2, size: 16, origin: "pilotage.example/two" });
const folder = temporaryFolder("tampering");
const whole = await log.export(join(folder, "whole"));
const part = await log.export(join(folder, "part"), { workflow: "flow-1" });
const foreign = await foreignLog.export(join(folder, "foreign"));

const wish = (older: string[] = []) => ({ key: log.verifier, older });
const bundles: Record<"whole" | "part", Bundle> = { whole, part };

describe("a sound bundle", () => {
  test("verifies whole, and says of how many events", async () => {
    const verdict = await verifyBundle(join(folder, "whole"), wish());
    expect(verdict).toMatchObject({
      ok: true,
      checked: 96,
      of: 96,
      first: 1,
      last: 96,
      leftOut: 0,
      checkpoints: 4,
      keyFrom: "given",
    });
  });

  test.each(["whole", "part"] as const)("written again untouched verifies, too (%s)", async (name) => {
    const again = join(folder, `again-${name}`);
    saveBundle(again, structuredClone(bundles[name]));
    expect((await verifyBundle(again, wish())).fault).toBeUndefined();
  });

  test("of one workflow verifies against the checkpoint of the whole log, and names what was not looked at", async () => {
    const verdict = await verifyBundle(join(folder, "part"), wish());
    expect(verdict).toMatchObject({ ok: true, checked: 48, of: 96, leftOut: 48 });
    expect(part.records.length).toBeLessThan(96);
  });

  test("since a checkpoint is the continuation of it", async () => {
    const [first] = whole.notes;
    await log.export(join(folder, "since"), { since: 24 });
    const verdict = await verifyBundle(join(folder, "since"), wish([first!]));
    expect(verdict).toMatchObject({ ok: true, first: 25, last: 96, checked: 72, older: [24] });
  });

  test("of a time verifies, and holds the events of that time alone", async () => {
    const [from, to] = ["2026-11-20T09:00:04.000Z", "2026-11-20T09:00:07.000Z"];
    const some = await log.export(join(folder, "time"), { from, to });
    const verdict = await verifyBundle(join(folder, "time"), wish());
    const times = some.records.flatMap((one) =>
      typeof one !== "string" && "seq" in one ? [(JSON.parse(one.body!) as { at: string }).at] : [],
    );
    expect(verdict).toMatchObject({ ok: true, checked: times.length });
    expect([...new Set(times)]).toEqual([from, "2026-11-20T09:00:05.000Z", "2026-11-20T09:00:06.000Z"]);
  });

  test("is the continuation of every older checkpoint; one in a part that is left out cannot be compared, and so does not pass", async () => {
    const all = await verifyBundle(join(folder, "whole"), wish(whole.notes));
    expect(all).toMatchObject({ ok: true, older: [24, 48, 72, 96] });
    await log.export(join(folder, "late"), { since: 48 });
    const late = await verifyBundle(join(folder, "late"), wish([whole.notes[0]!]));
    expect(faultLine(late.fault!)).toMatch(/leaves out; export with --since/);
  });

  test("without a key of the auditor says that it believed the one in the bundle", async () => {
    expect(await verifyBundle(join(folder, "foreign"), {})).toMatchObject({ ok: true, keyFrom: "export" });
  });

  test("may hold a clock that was set back by an hour, and not by more than the tolerance", async () => {
    const bundle = structuredClone(whole);
    const { seq, body } = eventsOf(bundle)[50]!;
    bundle.records[50] = hashed(seq, body!.replace(/"at":"2026-11-20T09/, '"at":"2026-11-20T08'));
    signAgain(bundle, log.key);
    saveBundle(join(folder, "clock"), bundle);
    expect((await verifyBundle(join(folder, "clock"), wish())).fault).toBeUndefined();
    const strict = await verifyBundle(join(folder, "clock"), { ...wish(), tolerance: 600_000 });
    expect(strict.fault).toMatchObject({ code: "time", seq });
  });
});

test("a large bundle of many writers verifies", async () => {
  const key = await generateBundle(join(folder, "large"), 20_000, "pilotage.example/large");
  const seen: number[] = [];
  const verdict = await verifyBundle(join(folder, "large"), {
    key,
    progress: (checked) => seen.push(checked),
  });
  expect(verdict).toMatchObject({ ok: true, checked: 20_000, of: 20_000, checkpoints: 2 });
  expect(seen.length).toBeGreaterThan(10);
});

describe("tampering", () => {
  test.each(ATTACKS.map((attack) => [attack.name, attack] as const))("%s: found", async (name, attack) => {
    const bundle = structuredClone(bundles[attack.on ?? "whole"]);
    const tools: Tools = { key: log.key, foreign, older: [] };
    const expected = attack.tamper(bundle, tools);
    const place = join(folder, `attack-${ATTACKS.indexOf(attack)}`);
    saveBundle(place, bundle, attack.keepManifest);
    const { ok, fault } = await verifyBundle(place, wish(tools.older));
    expect(ok).toBe(false);
    expect({ name, code: fault!.code }).toEqual({ name, code: expected.code });
    if (expected.in !== undefined) expect([fault!.seq, fault!.through ?? fault!.seq]).toEqual(expected.in);
    else expect(fault!.seq).toBe(expected.seq);
    expect(faultLine(fault!).length).toBeGreaterThan(20);
  });

  test("bytes that are no text, and files that are gone, are named", async () => {
    const place = join(folder, "bytes");
    saveBundle(place, structuredClone(whole));
    appendFileSync(join(place, "events.ndjson"), Buffer.of(0xff, 0xfe));
    expect((await verifyBundle(place, wish())).fault).toMatchObject({ code: "manifest" });
    saveBundle(place, structuredClone(whole));
    removeFolder(join(place, "checkpoints.ndjson"));
    expect((await verifyBundle(place, wish())).fault?.message).toMatch(/checkpoints.ndjson is missing/);
    writeFileSync(join(place, "manifest.json"), readFileSync(join(place, "manifest.json"), "utf8").slice(1));
    expect((await verifyBundle(place, wish())).fault).toMatchObject({ code: "manifest" });
  });

  test("at least twenty kinds are tried", () => {
    expect(new Set(ATTACKS.map((attack) => attack.name)).size).toBeGreaterThanOrEqual(20);
  });
});
