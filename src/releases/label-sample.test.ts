import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bound, MODEL } from "./bound-case.fixture.ts";
import { BELOW_EVERY_THRESHOLD } from "./certification-sample.ts";
import { chooseCases, cutOff, labelFor, type BoundCase } from "./label-sample.ts";

const arbitrary: fc.Arbitrary<BoundCase> = fc.record({
  id: fc.uuid(),
  thread: fc.option(fc.constantFrom("a", "b", "c")),
  confidence: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  ruled: fc.boolean(),
  category: fc.constant(null),
  model_answered: fc.constantFrom("m", "other", null),
  model_version: fc.constantFrom("1", null),
  source: fc.option(fc.constantFrom("cold" as const, "qa" as const, "review" as const), { freq: 50 }),
  wrong: fc.option(fc.boolean()),
  simulated: fc.option(fc.boolean()),
  played: fc.boolean(),
});

describe("which cases count", () => {
  test("of a thread only the first by arrival, of the models only the one in force", () => {
    const cases = [
      bound({ thread: "t" }),
      bound({ thread: "t", wrong: true }),
      bound({ model_version: "2" }),
      bound({ thread: "u" }),
      bound(),
    ];
    const chosen = chooseCases(cases, MODEL);
    expect(chosen.cases).toEqual([cases[0], cases[3], cases[4]]);
    expect(chosen).toMatchObject({ counted: { review: 3 }, leftOut: { "other model": 1, "same thread": 1 } });
  });

  test("where programs judged and do not count, only the cases after them", () => {
    const played = () => bound({ source: null, wrong: null, played: true });
    const cases = [bound(), played(), bound(), played(), bound(), bound()];
    const chosen = chooseCases(cases, MODEL);
    expect(chosen.cases).toEqual(cases.slice(4));
    expect(chosen.leftOut).toEqual({ simulated: 2, "before a simulated one": 2 });
  });

  test("what labels say changes nothing about which cases are chosen", () => {
    fc.assert(
      fc.property(fc.array(arbitrary, { maxLength: 300 }), fc.func(fc.boolean()), (cases, say) => {
        const others = cases.map((one) => ({
          ...one,
          wrong: one.source === null ? null : say(one.id),
          confidence: say(`${one.id} confidence`) ? 0.99 : 0.01,
        }));
        const ids = (found: BoundCase[]) => chooseCases(found, MODEL).cases.map((one) => one.id);
        expect(ids(others)).toEqual(ids(cases));
      }),
    );
  });

  test("every case is counted once or left out once", () => {
    fc.assert(
      fc.property(fc.array(arbitrary, { maxLength: 300 }), (cases) => {
        const { counted, leftOut } = chooseCases(cases, MODEL);
        const sum = (of: Record<string, number>) => Object.values(of).reduce((a, b) => a + b, 0);
        expect(sum(counted) + sum(leftOut)).toBe(cases.length);
      }),
    );
  });
});

describe("where the sample ends", () => {
  const openness = fc.array(
    fc.nat(40).map((draw) => draw === 0),
    { maxLength: 600 },
  );

  test("is the longest beginning that ends with a label and in which at most one in a hundred is open", () => {
    fc.assert(
      fc.property(openness, (open) => {
        const share = (length: number) => open.slice(0, length).filter(Boolean).length / Math.max(1, length);
        const length = cutOff(open);
        if (length > 0) expect([share(length) <= 0.01, open[length - 1]]).toEqual([true, false]);
        for (let longer = length + 1; longer <= open.length; longer++)
          expect(share(longer) > 0.01 || open[longer - 1]).toBe(true);
      }),
    );
  });

  test("does not move back when one more case is labelled", () => {
    fc.assert(
      fc.property(openness, fc.nat(599), (open, at) => {
        fc.pre(open.length > 0);
        const labelled = open.with(at % open.length, false);
        expect(cutOff(labelled)).toBeGreaterThanOrEqual(cutOff(open));
      }),
    );
  });

  test("quick verdicts on later cases do not reach over those that wait", () => {
    const waiting = Array.from({ length: 20 }, () => bound({ source: null, wrong: null }));
    const quick = Array.from({ length: 30 }, () => bound());
    const chosen = chooseCases([...waiting, ...quick], MODEL);
    expect(chosen.cases).toEqual([]);
    expect(chosen.leftOut).toEqual({ "not all labelled yet": 50 });
  });
});

describe("how a case counts", () => {
  test("wrong, when it has no label or one that leaves it open", () => {
    expect(labelFor(bound()).wrong).toBe(false);
    expect(labelFor(bound({ wrong: true })).wrong).toBe(true);
    expect(labelFor(bound({ wrong: null })).wrong).toBe(true);
    expect(labelFor(bound({ source: null, wrong: null })).wrong).toBe(true);
  });

  test("below every threshold, when it has no confidence or a rule sends it to a person", () => {
    expect(labelFor(bound({ confidence: null })).score).toBe(BELOW_EVERY_THRESHOLD);
    expect(labelFor(bound({ ruled: true, confidence: 1 })).score).toBe(BELOW_EVERY_THRESHOLD);
    expect(labelFor(bound({ confidence: 0.4 })).score).toBe(0.4);
  });
});
