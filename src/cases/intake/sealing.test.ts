/** Few records are sealed here, many in a thread of their own: nobody can tell which. */
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../contract/json.ts";
import { idSource } from "../../platform/chance.ts";
import { systemClock } from "../../platform/clock.ts";
import { silentLog } from "../../platform/log.ts";
import { openVault } from "../../platform/secrets.ts";
import { openJson } from "../content.ts";
import { openSealing, sealedHere, type Sealed } from "./sealing.ts";

const vault = openVault(Buffer.alloc(32, 7));
const newId = idSource(systemClock);
const records = (count: number, more: (i: number) => JsonObject = () => ({})) =>
  Array.from({ length: count }, (_, i) => ({
    id: newId("case"),
    input: { text: `Ticket ${i}: ä, 漢 and 🙂 `.repeat(20), amount: i, ...more(i) },
    attachments: [],
  }));

/** Through the key in hand, and through the one that is stored. */
function opened(id: string, { key, wrappedKey, sealedInput }: Sealed) {
  const stored = openJson(vault.openKey(id, wrappedKey), "input", sealedInput);
  expect(openJson(key, "input", sealedInput)).toEqual(stored);
  return stored;
}

describe("records", () => {
  test.each([1, 7, 8, 49, 50, 400])(
    "%i at once come out as they went in, with the digest of one alone",
    async (count) => {
      const sealing = openSealing({ vault, log: silentLog });
      const list = records(count);
      const all = await Promise.all(list.map((one) => sealing.seal(one)));
      expect(sealing.load).toBe(0);
      list.forEach((one, i) => {
        expect(opened(one.id, all[i]!)).toEqual(one.input);
        expect(all[i]!.digest).toEqual(sealedHere(vault, one).digest);
      });
      const keys = new Set(all.map((one) => Buffer.from(one.wrappedKey).toString("hex")));
      expect(keys.size).toBe(count);
    },
  );

  test("with attachments have them in their digest", async () => {
    const sealing = openSealing({ vault, log: silentLog });
    const [one] = records(1);
    const with_ = { ...one!, attachments: [{ name: "a", mediaType: "text/plain", bytes: Buffer.from("b") }] };
    const [bare, attached] = await Promise.all([sealing.seal(one!), sealing.seal(with_)]);
    expect(bare.digest).not.toEqual(attached.digest);
    expect(attached.digest).toEqual(sealedHere(vault, with_).digest);
  });

  test("count as waiting until they are sealed", async () => {
    const sealing = openSealing({ vault, log: silentLog });
    const all = Promise.all(records(60).map((one) => sealing.seal(one)));
    expect(sealing.load).toBe(60);
    await all;
    expect(sealing.load).toBe(0);
  });
});

describe("what the thread does not answer", () => {
  test("is sealed here, and one that nobody can seal fails alone", async () => {
    const sealing = openSealing({ vault, log: silentLog });
    const list = records(60, (i) => (i === 20 ? { more: { wrong: Number.NaN } } : {}));
    const ends = await Promise.allSettled(list.map((one) => sealing.seal(one)));
    expect(ends.flatMap((end, i) => (end.status === "rejected" ? [i] : []))).toEqual([20]);
    ends.forEach((end, i) => {
      if (end.status === "fulfilled") expect(opened(list[i]!.id, end.value)).toEqual(list[i]!.input);
    });
    expect(sealing.load).toBe(0);
    const again = records(60);
    const sealed = await Promise.all(again.map((one) => sealing.seal(one)));
    again.forEach((one, i) => expect(opened(one.id, sealed[i]!)).toEqual(one.input));
  });
});
