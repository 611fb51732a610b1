/** Limits over one database that several processes share: never more than the limit plus what calls took beyond their estimate. */
import { describe, expect, test } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { simulatedClock } from "../platform/clock.ts";
import { openDatabase } from "../platform/database.ts";
import { silentLog } from "../platform/log.ts";
import { sql } from "../platform/sql.ts";
import { keyOf, openLimits, tidyWindows } from "./limit-store.ts";
import { limitsFrom, type Amounts, type Limited, type LimitsText } from "./limits.ts";
import { amountOf, unitsFrom } from "./money.ts";
import { afterAll } from "vitest";

const url = await freshDatabase();
const clock = simulatedClock("2026-03-31T23:58:10Z");
/** What one process has: its own pool, its own groups. */
const process = () => {
  const database = openDatabase({ url, log: silentLog, size: 4 });
  afterAll(() => database.close());
  return { database, limits: openLimits({ database, clock, currency: "EUR" }) };
};
const [one, two] = [process(), process()];

let made = 0;
const key = (text: LimitsText): Limited => ({
  scope: `key:${made++}`,
  limits: limitsFrom(text),
  refuseUnknown: true,
});
const call = (cost: string | undefined, tokens = 10): Amounts => ({
  requests: 1,
  tokens,
  cost: cost === undefined ? undefined : unitsFrom(cost),
});
const usedOf = async ({ scope }: Limited, period: "minute" | "day" | "month") =>
  (await one.limits.used(one.database, [scope])).get(keyOf(scope, period));

describe("limits", () => {
  test("100 callers at two processes get exactly as many calls as the limit has", async () => {
    const limited = key({ requests: { minute: "37" } });
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? one : two).limits.reserve([limited], call("0"))),
    );
    expect(answers.filter((answer) => answer.kind === "reserved")).toHaveLength(37);
    expect(await usedOf(limited, "minute")).toMatchObject({ requests: 37n, tokens: 370n });
  });

  test("what is spent is never more than the limit plus what calls took beyond what they had reserved", async () => {
    const limited = key({ cost: { month: "10" }, tokens: { day: "100000" } });
    let beyond = 0n;
    let spent = 0n;
    const caller = async (process_: typeof one, seed: number) => {
      for (let i = 0; i < 5; i++) {
        const reserved = call("0.25");
        const answer = await process_.limits.reserve([limited], reserved);
        if (answer.kind === "refused") continue;
        // Some take less than they might have, some more.
        const taken = unitsFrom(["0.1", "0.2", "0.25", "0.31"][(seed + i) % 4]!);
        await answer.settle({ ...reserved, cost: taken });
        spent += taken;
        if (taken > reserved.cost!) beyond += taken - reserved.cost!;
      }
    };
    await Promise.all(Array.from({ length: 100 }, (_, i) => caller(i % 2 === 0 ? one : two, i)));
    expect(spent <= unitsFrom("10") + beyond).toBe(true);
    // The sum of the window is what was spent, to the last unit.
    expect(amountOf((await usedOf(limited, "month"))!.cost)).toBe(amountOf(spent));
    // And the limit was in fact worked up to.
    expect(spent > unitsFrom("9.6")).toBe(true);
  });

  test("a call that fits one scope and not the other takes nothing from either", async () => {
    const wide = key({ requests: { day: "10" } });
    const narrow = key({ cost: { day: "0.1" } });
    expect(await one.limits.reserve([wide, narrow], call("0.2"))).toMatchObject({
      kind: "refused",
      refusal: { scope: narrow.scope },
    });
    expect(await usedOf(wide, "day")).toMatchObject({ requests: 0n });
  });

  test("a refused call leaves word at which amount it was refused, and takes no room", async () => {
    const limited = key({ cost: { day: "1" } });
    await one.limits.reserve([limited], call("0.9"));
    expect((await usedOf(limited, "day"))?.refusedAt).toBeUndefined();
    await Promise.all([one, two].map(({ limits }) => limits.reserve([limited], call("0.2"))));
    expect(await usedOf(limited, "day")).toMatchObject({
      cost: unitsFrom("0.9"),
      refusedAt: unitsFrom("1"),
      requests: 1n,
    });
  });

  test("settled twice counts once, and a call that was not made gives its room back", async () => {
    const limited = key({ requests: { day: "1" } });
    const first = await one.limits.reserve([limited], call("1"));
    if (first.kind !== "reserved") throw new Error("the first call fits");
    await first.settle({ requests: 0, tokens: 0, cost: 0n });
    await first.settle({ requests: 0, tokens: 0, cost: 0n });
    expect(await usedOf(limited, "day")).toMatchObject({ requests: 0n, tokens: 0n, cost: 0n });
    expect((await two.limits.reserve([limited], call("1"))).kind).toBe("reserved");
  });

  test("a call of unknown cost is counted as such, and settled when its cost is known", async () => {
    const limited: Limited = { ...key({ cost: { day: "1" } }), refuseUnknown: false };
    const answer = await one.limits.reserve([limited], call(undefined));
    if (answer.kind !== "reserved") throw new Error("it goes through");
    expect(await usedOf(limited, "day")).toMatchObject({ unknown: 1n, cost: 0n });
    await answer.settle(call("0.4"));
    expect(await usedOf(limited, "day")).toMatchObject({ unknown: 0n, cost: unitsFrom("0.4") });
  });

  test("nothing limited writes nothing", async () => {
    const count = () => one.database.one<{ n: number }>(sql`select count(*) as n from spend_window`);
    const before = await count();
    const free = await one.limits.reserve([{ ...key({}), limits: [] }], call("5"));
    if (free.kind === "reserved") await free.settle(call("9"));
    expect(await count()).toEqual(before);
  });

  test("a new window begins empty; a call is settled in the window in which it was reserved", async () => {
    const limited = key({ requests: { month: "1" } });
    const before = await one.limits.reserve([limited], call("1"));
    clock.advance(120_000);
    expect((await two.limits.reserve([limited], call("1"))).kind).toBe("reserved");
    if (before.kind === "reserved") await before.settle({ requests: 0, tokens: 0, cost: 0n });
    expect(await usedOf(limited, "month")).toMatchObject({ requests: 1n });
  });

  test("windows that nobody looks at any more are removed", async () => {
    const limited = key({ requests: { minute: "5", month: "5" } });
    await one.limits.reserve([limited], call("1"));
    await tidyWindows(one.database, clock.now() + 3 * 3_600_000);
    expect(await usedOf(limited, "minute")).toBeUndefined();
    expect(await usedOf(limited, "month")).toMatchObject({ requests: 1n });
  });
});
