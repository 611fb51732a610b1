/** Which data policies wait: single steps, and that no way of one person around them exists. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { offeredPolicySchema } from "../../models/offered-policy.ts";
import { passThroughSchema, placeOf, storedPlace, type PassThroughModel } from "../../models/pass-through.ts";
import { letsOns } from "../../models/policy.fixture.ts";
import { loosenings, type LetsOn } from "../../models/policy-order.ts";
import { settleOffers, type KnownOffer } from "./policy-settle.ts";

const offer = (policy?: object, more: object = {}): PassThroughModel =>
  passThroughSchema.parse([{ name: "small", ...(policy === undefined ? {} : { policy }), ...more }])[0]!;
const known = (policy: object | undefined, more: Partial<KnownOffer> = {}): KnownOffer => ({
  connection: "first",
  model: "small",
  place: "a.example.com/v1",
  letsOn: { images: false, ...(policy === undefined ? {} : { policy: offeredPolicySchema.parse(policy) }) },
  inForce: true,
  ...more,
});
const save = (
  models: PassThroughModel[],
  of: KnownOffer[],
  connection = "first",
  place = "a.example.com/v1",
) => settleOffers({ connection, place, models, known: of });
const ALL = { scan: { email: "allow" } };

describe("a save", () => {
  test("that tightens is in force, and one that loosens waits under the policy of before, with all else in force", () => {
    expect(save([offer({ tools: false })], [known({})])).toMatchObject({
      waiting: [],
      offered: [{ policy: { tools: false } }],
    });
    const { offered, waiting } = save([offer(ALL, { mode: "live", images: true })], [known({})]);
    expect(offered).toMatchObject([{ mode: "live", images: false, policy: { scan: {} } }]);
    expect(waiting).toMatchObject([
      {
        model: "small",
        before: { images: false, policy: { scan: {} } },
        after: { images: true, policy: ALL },
      },
    ]);
  });

  test("that offers a model for the first time is in force, with a policy or without", () => {
    for (const models of [[offer()], [offer(ALL)]])
      expect(save(models, [])).toEqual({ offered: models, waiting: [], withdrawn: [] });
  });

  test("that withdraws a model keeps its policy; it comes back under it", () => {
    const [withdrawn] = save([], [known({})]).withdrawn;
    expect(withdrawn).toEqual(known({}));
    const back = save([offer()], [{ ...withdrawn!, inForce: false }]);
    expect(back.offered).toMatchObject([{ policy: { tools: true } }]);
    expect(back.waiting).toMatchObject([{ why: [{ what: "policy" }] }]);
  });

  test("that offers a second time what has a policy is not in force before two want it, whatever the name", () => {
    const { offered, waiting } = save([offer()], [known({})], "second");
    expect(offered).toEqual([]);
    expect(waiting).toMatchObject([
      { before: null, why: [{ what: "elsewhere", name: "first/small" }, { what: "policy" }] },
    ]);
    // As much as the other lets on may be offered at once; so may another model, and the same name of another provider.
    expect(save([offer({ tools: false })], [known({})], "second").waiting).toEqual([]);
    expect(save([offer()], [known({})], "second", "b.example.com/v1").waiting).toEqual([]);
    expect(save([offer()], [known({}, { model: "large" })], "second").waiting).toEqual([]);
    // Nothing was held back from it anyway.
    expect(save([offer()], [known({}), known(undefined, { connection: "open" })], "second").waiting).toEqual(
      [],
    );
  });

  test("that may not be offered under its own policy either says all that it would let on, its own policy included", () => {
    const before = [
      known({ tools: false }, { connection: "a" }),
      known({ tools: true }, { connection: "b", place: "b.example.com/v1" }),
    ];
    const { offered, waiting } = save([offer()], before, "b");
    expect(offered).toEqual([]);
    expect(waiting).toMatchObject([
      { before: null, why: [{ what: "policy" }, { what: "elsewhere", name: "a/small" }] },
    ]);
    const looser = offer({ scan: { email: "allow", phone: "allow" } });
    expect(save([looser], before, "b").waiting[0]!.why).toEqual([
      { what: "kind", name: "email", to: "allow" },
      { what: "kind", name: "phone", to: "allow" },
      { what: "elsewhere", name: "a/small", to: null },
      { what: "tools", name: null, to: null },
    ]);
  });

  test("that leads an open connection to a model with a policy takes its offer away until two want it", () => {
    const open = known(undefined, { connection: "second", place: "b.example.com/v1" });
    expect(save([offer()], [known({}), open], "second").offered).toEqual([]);
  });

  test("knows an address however it is written", () => {
    const written = [
      "https://A.example.com/v1",
      "https://a.example.com:443/v1/",
      "http://a.example.com./v1//",
      "https://a.example.com/v1?api-version=2024-10-21",
      "https://a.example.com//v1?",
      "https://a.example.com/%761",
      "https://a.example.com/x/../%76%31/./",
    ];
    expect(new Set(written.map(placeOf))).toEqual(new Set(["a.example.com/v1"]));
    for (const other of [
      "http://a.example.com:8080/v1",
      "http://a.example.com/V1",
      "http://a.example.com/v%2f1",
    ])
      expect(written.map(placeOf)).not.toContain(placeOf(other));
    expect(placeOf("http://a.example.com/v%2f1/%25%37%36")).toBe(placeOf("http://a.example.com/v%2F1/%2576"));
    for (const place of ["a.example.com/v1?api-version=2024-06-01", "a.example.com//v1", "a.example.com/v1"])
      expect(storedPlace(place)).toBe("a.example.com/v1");
    for (const place of ["localhost:8080/v1", "[::1]:8080", "a.example.com"])
      expect(storedPlace(place)).toBe(place);
  });
});

/** What the tables hold after a save, as policy-changes.ts writes them. */
function after(before: readonly KnownOffer[], step: Step): KnownOffer[] {
  const { offered, withdrawn } = settleOffers({ ...step, known: before });
  const now = offered.map(({ name, images, policy }): KnownOffer => ({
    connection: step.connection,
    model: name,
    place: step.place,
    letsOn: { images, policy },
    inForce: true,
  }));
  const at = (one: KnownOffer) => `${one.connection} ${one.place} ${one.model}`;
  const kept = [...withdrawn, ...before.filter((one) => !one.inForce)].map((one) => ({
    ...one,
    inForce: false,
  }));
  const first = new Map(kept.toReversed().map((one) => [at(one), one]));
  return [
    ...before.filter((one) => one.inForce && one.connection !== step.connection),
    ...now,
    ...[...first.values()].filter((one) => !now.some((other) => at(other) === at(one))),
  ];
}

interface Step {
  connection: string;
  place: string;
  models: PassThroughModel[];
}

const steps = fc.array(
  fc.record({
    connection: fc.constantFrom("first", "second", "third"),
    place: fc.constantFrom("a", "b"),
    models: fc
      .array(fc.tuple(fc.constantFrom("small", "large"), letsOns), { maxLength: 2 })
      .map((pairs) =>
        [...new Map(pairs)].map(([name, { images, policy }]) => ({
          ...offer(),
          name,
          images,
          ...(policy ? { policy } : {}),
        })),
      ),
  }),
  { maxLength: 12 },
);

test("whatever waits is told to go without a policy where it goes without one", () => {
  fc.assert(
    fc.property(steps, (saves: Step[]) => {
      let state: KnownOffer[] = [];
      for (const step of saves) {
        for (const { after: asked, why } of settleOffers({ ...step, known: state }).waiting)
          expect(why.some(({ what }) => what === "policy")).toBe(asked.policy === undefined);
        state = after(state, step);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("no row of saves by one person offers a model with more than it ever had", () => {
  fc.assert(
    fc.property(
      letsOns.filter((one) => one.policy !== undefined),
      steps,
      (start: LetsOn, saves: Step[]) => {
        let state = [known({}, { place: "a", letsOn: start })];
        for (const step of saves) {
          state = after(state, step);
          for (const one of state)
            if (one.inForce && one.place === "a" && one.model === "small")
              expect(loosenings(start, one.letsOn)).toEqual([]);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});
