import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openBulkhead, type Place } from "./bulkhead.ts";

const never = new AbortController().signal;
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Asks for places and tells in which order the parties got them. */
function asking(most: number) {
  const bulkhead = openBulkhead(most);
  const got: { party: string; place: Place }[] = [];
  const ask = (party: string, count = 1) => {
    for (let i = 0; i < count; i++)
      void bulkhead.enter(party, never).then((place) => place && got.push({ party, place }));
  };
  return { bulkhead, got, ask };
}

describe("places of a connection", () => {
  test("are never more than there are", async () => {
    const { bulkhead, got, ask } = asking(3);
    ask("a", 10);
    await settled();
    expect(got).toHaveLength(3);
    expect(bulkhead.taken).toBe(3);
    got[0]!.place.leave();
    got[0]!.place.leave();
    await settled();
    expect(got).toHaveLength(4);
  });

  test("go to whoever has the fewest: a flood waits behind its own calls only", async () => {
    const { got, ask } = asking(4);
    ask("flood", 100);
    ask("small", 2);
    await settled();
    expect(got.map((one) => one.party)).toEqual(["flood", "flood", "flood", "flood"]);
    got[0]!.place.leave();
    got[1]!.place.leave();
    await settled();
    expect(got.slice(4).map((one) => one.party)).toEqual(["small", "small"]);
  });

  test("are refused when too many of the same party wait", async () => {
    const { bulkhead, ask } = asking(1);
    ask("a", 3);
    expect(await bulkhead.enter("a", never, 2)).toBeUndefined();
    void bulkhead.enter("b", never, 2);
    expect(await bulkhead.enter("a", never, 2)).toBeUndefined();
  });

  test("are not kept for a caller that went away", async () => {
    const { bulkhead, got, ask } = asking(1);
    ask("a");
    await settled();
    const gone = new AbortController();
    const waiting = bulkhead.enter("b", gone.signal);
    gone.abort(new Error("gone"));
    await expect(waiting).rejects.toThrow("gone");
    await expect(bulkhead.enter("b", gone.signal)).rejects.toThrow("gone");
    ask("c");
    got[0]!.place.leave();
    await settled();
    expect(got.map((one) => one.party)).toEqual(["a", "c"]);
    got[1]!.place.leave();
    expect(bulkhead.taken).toBe(0);
  });

  test("are shared equally by all who always want more, whatever the order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .integer({ min: 1, max: 4 })
          .chain((each) =>
            fc.tuple(
              fc.constant(each),
              fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 60, maxLength: 60 }),
            ),
          ),
        async ([each, picks]) => {
          const { got, ask } = asking(each * 3);
          const inHand = () => got.filter((one) => !left.has(one.place));
          const left = new Set<Place>();
          for (const party of ["a", "b", "c"]) ask(party, 200);
          await settled();
          for (const pick of picks) {
            const now = inHand();
            const { place } = now[pick % now.length]!;
            left.add(place);
            place.leave();
            await settled();
          }
          const share = (party: string) => inHand().filter((one) => one.party === party).length;
          for (const party of ["a", "b", "c"]) expect(Math.abs(share(party) - each)).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 20 },
    );
  });
});
