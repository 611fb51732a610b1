/** Which live cases count for the figure `right`: all of a pilot, else what coins drew, each with the same chance. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bound, MODEL } from "./bound-case.fixture.ts";
import { evenCases, type AnsweredCase } from "./live-labels.ts";

/** Reviewed because every case is: no coin asked for it. */
const answered = (more: Partial<AnsweredCase> = {}): AnsweredCase => ({
  ...bound(),
  drawn: false,
  probability: 0.05,
  held: true,
  ...more,
});

const many = (count: number, more: (i: number) => Partial<AnsweredCase>) =>
  Array.from({ length: count }, (_, i) => answered(more(i)));
const chosen = (cases: readonly AnsweredCase[]) => evenCases(cases, MODEL, "rel_1");

describe("of a release whose cases are all reviewed", () => {
  test("every case counts, whatever the coins said, one of a thread", () => {
    const cases = [
      answered(),
      answered({ thread: "t" }),
      answered({ thread: "t", drawn: true }),
      answered({ ruled: true }),
      answered({ probability: 0 }),
    ];
    const { cases: found, ...leftOut } = chosen(cases);
    expect(found).toEqual([cases[0], cases[1], cases[3], cases[4]]);
    expect(leftOut).toEqual({ waiting: 0, holding: 0, otherModel: 0, uneven: 0, played: 0 });
  });

  test("answers of another model are left out, and do not decide whether it is reviewed whole", () => {
    const cases = [answered({ model_version: "0", held: false }), answered(), answered()];
    expect(chosen(cases)).toMatchObject({ cases: cases.slice(1), otherModel: 1, uneven: 0 });
  });

  test("the sample ends where more than one in a hundred is not judged yet", () => {
    const cases = many(10, (i) => ({ source: i < 4 ? "review" : null, wrong: i < 4 ? false : null }));
    expect(chosen([...cases, answered()])).toMatchObject({
      cases: cases.slice(0, 4),
      waiting: 7,
      holding: 6,
    });
  });

  test("what a program judged, and what came before it, is told apart", () => {
    const cases = [answered(), answered({ source: null, played: true }), answered()];
    expect(chosen(cases)).toMatchObject({ cases: [cases[2]], played: 2 });
  });
});

describe("of a release of which cases go out alone", () => {
  const out = { held: false, source: null, wrong: null };

  test("only what a coin drew counts: doubt, rules and a missing certificate do not", () => {
    const cases = [
      answered({ ...out }),
      answered({ held: true }),
      answered({ held: false, drawn: true, source: "qa" }),
      answered({ held: false, confidence: 0.1, wrong: true }),
      answered({ held: false, ruled: true, wrong: true }),
    ];
    expect(chosen(cases)).toMatchObject({ cases: [cases[2]], uneven: 0 });
  });

  test("a thread counts by its first case: a later one that a coin drew is none", () => {
    const cases = [
      answered({ ...out, thread: "t" }),
      answered({ thread: "t", held: false, drawn: true, source: "qa" }),
    ];
    expect(chosen(cases).cases).toEqual([]);
  });

  test("likelier days are thinned, so that their errors weigh as much as those of the others", () => {
    // On the first days every second case is drawn and a fifth of the answers is wrong; then one in twenty, and none is.
    const day = (probability: number, wrongEvery: number) =>
      many(20_000, (i) => {
        const drawn = i % Math.round(1 / probability) === 0;
        const wrong = wrongEvery > 0 && Math.floor(i * probability) % wrongEvery === 0;
        return { held: false, drawn, probability, ...(drawn ? { source: "qa", wrong } : out) };
      });
    const cases = [...day(0.5, 5), ...day(0.05, 0)];
    const { cases: found, uneven } = chosen(cases);
    const wrong = found.filter((one) => one.wrong).length;
    // The truth is a tenth; every drawn case alike would say 18 %.
    expect(Math.abs(wrong / found.length - 0.1)).toBeLessThan(0.015);
    expect(uneven + found.length).toBe(11_000);
    expect(Math.abs(found.length - 2_000)).toBeLessThan(120);
    expect(chosen(cases).cases.map(({ id }) => id)).toEqual(found.map(({ id }) => id));
  });

  test("one moment of low coins thins nothing that came after it, once that keeps more cases", () => {
    const day = (count: number, probability: number) =>
      many(count, (i) => ({
        ...out,
        probability,
        ...(i % 2 > 0 && { drawn: true, source: "qa", wrong: false }),
      }));
    const [before, low, after] = [day(300, 0.5), day(1, 0.01), day(100, 0.5)];
    expect(chosen([...before, ...low, ...after])).toMatchObject({
      cases: after.filter(({ drawn }) => drawn),
      uneven: 150,
    });
    // The first few after it do not throw away what was there.
    const long = day(3_000, 0.5);
    const { cases: found } = chosen([...long, ...low, ...day(5, 0.5)]);
    expect(found.length).toBeLessThan(100);
    expect(found.some((one) => long.some(({ id }) => id === one.id))).toBe(true);
  });

  test("of days on which no coin could fall nothing is known: the sample begins after them", () => {
    const drawn = { held: false, drawn: true, source: "qa" } as const;
    const cases = [
      answered({ ...drawn }),
      answered({ ...out, probability: 0 }),
      answered({ ...drawn }),
      answered({ ...out }),
    ];
    expect(chosen(cases)).toMatchObject({ cases: [cases[2]], uneven: 1 });
    expect(chosen(many(5, () => ({ ...out, probability: 0 })))).toMatchObject({ cases: [], uneven: 0 });
  });
});

test("what the labels say chooses nothing", () => {
  const one = fc.record({
    thread: fc.option(fc.constantFrom("a", "b")),
    drawn: fc.boolean(),
    held: fc.boolean(),
    probability: fc.constantFrom(0, 0.05, 0.5, 1),
  });
  fc.assert(
    fc.property(
      fc.array(one, { maxLength: 60 }),
      fc.array(fc.boolean(), { minLength: 60 }),
      (some, wrong) => {
        const cases = some.map((more) => answered(more));
        const others = cases.map((each, i) => ({ ...each, wrong: wrong[i]! }));
        expect(chosen(others).cases.map(({ id }) => id)).toEqual(chosen(cases).cases.map(({ id }) => id));
      },
    ),
  );
});
