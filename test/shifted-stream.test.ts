/**
 * Customers change: a reduced form of the proof releases.4, on the messages of a real shop where its data lies beside the
 * checkout. Half of the production fits no class; the certificate lapses before much goes out.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { install } from "./support/installation.ts";
import {
  judge,
  meets,
  openShop,
  playStream,
  readShop,
  shuffled,
  unlock,
  watched,
  type Went,
} from "./support/shifted-stream.ts";

const DATA = fileURLToPath(new URL("../../shared/data/intents-hint3-curekart", import.meta.url));
const AIMS = { lapsesBefore: 96, mostWrong: 12, mostNonsense: 10 };
const PRODUCTION = 112;

const went = (more: Partial<Went>): Went => ({
  caseId: "case",
  message: { text: "", truth: "a" },
  alone: false,
  category: "a",
  confidence: 0.9,
  wrong: false,
  nonsense: false,
  ...more,
});

describe("the aims", () => {
  const bad = Array.from({ length: 60 }, () => went({ alone: true, wrong: true, nonsense: true }));
  const held = Array.from({ length: 200 }, () => went({}));

  test("are met when the certificate lapses before much went out, and nothing goes out after it", () => {
    const found = judge([...bad.slice(0, 4), ...held], 40);
    expect(found).toMatchObject({ before: { alone: 4, wrong: 4, nonsense: 4 }, after: { alone: 0 } });
    expect(meets(found, AIMS)).toBe(true);
  });

  test("the twin: are not met when it does not lapse, lapses late, or something goes out after it", () => {
    expect(meets(judge([...bad, ...held], undefined), AIMS)).toBe(false);
    expect(meets(judge([...bad, ...held], 60), AIMS)).toBe(false);
    expect(meets(judge([...held, ...bad.slice(0, 1)], 40), AIMS)).toBe(false);
  });
});

describe.skipIf(!existsSync(DATA))(`real messages of a shop (skipped without ${DATA})`, () => {
  test("of which half fits no class end the certificate of a release that was sound before", async () => {
    const { train, production } = readShop(DATA);
    const mixed = shuffled(train, 7);
    const cut = Math.round(0.4 * train.length);
    const shop = await openShop(await install(), {
      workflow: "shop",
      share: 1,
      examples: mixed.slice(cut),
      classes: [...new Set(train.flatMap(({ truth }) => truth ?? []))].sort(),
    });
    await playStream(shop, mixed.slice(0, cut), { group: 24 });
    const look = await shop.owner.certify({ params: { workflow: shop.workflow }, body: { simulated: true } });
    expect(look).toMatchObject({ result: "certified", simulated: true });
    await unlock(shop);
    let lapsedAfter: number | undefined;
    const stream = await playStream(shop, production.slice(0, PRODUCTION), {
      async afterGroup(done) {
        if (lapsedAfter === undefined && !(await watched(shop))) lapsedAfter = done.length;
      },
    });
    const found = judge(stream, lapsedAfter);
    expect(meets(found, AIMS), JSON.stringify(found)).toBe(true);
  });
});
