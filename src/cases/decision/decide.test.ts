import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decide, type Evidence } from "./decide.ts";
import { shownReasons, stageOf } from "./shown.ts";

/** Nothing speaks against this one. */
const sure: Evidence = {
  arm: "candidate",
  rung: 0,
  qa: false,
  cold: false,
  autonomyCoin: 0.3,
  autonomy: 0.5,
  answer: { kind: "output", step: 0, confidence: 0.97, rules: { matched: [], failed: [] } },
  certificate: { id: "cert_1", threshold: 0.9 },
  modelChanged: false,
};
const answer = (more: object) => ({ answer: { ...sure.answer!, ...more } as Evidence["answer"] });
const codes = (evidence: Evidence) => decide(evidence).reasons.map((reason) => reason.code);

describe("a case goes out alone", () => {
  test("when nothing speaks against it, with the certificate that allowed it", () => {
    expect(decide(sure)).toEqual({ outcome: "auto", reasons: [], threshold: 0.9, certificate: "cert_1" });
  });

  test("at the very threshold", () => {
    expect(decide({ ...sure, ...answer({ confidence: 0.9 }) }).outcome).toBe("auto");
  });

  test("in the stable arm as in the candidate's", () => {
    expect(decide({ ...sure, arm: "stable" }).outcome).toBe("auto");
  });
});

/** Each alone sends the case to a person, and is named. */
const AGAINST: [string, Partial<Evidence>, object][] = [
  [
    "a rule of the release",
    answer({ rules: { matched: ["output.x"], failed: [] } }),
    { code: "rule", detail: "output.x" },
  ],
  [
    "a rule that could not be evaluated",
    answer({ rules: { matched: [], failed: ["1/0"] } }),
    { code: "rule_failed", detail: "1/0" },
  ],
  ["the quality coin", { qa: true }, { code: "qa" }],
  ["the cold coin", { cold: true }, { code: "cold" }],
  ["the safe-stop ladder", { rung: 1 }, { code: "safe_stop" }],
  ["no certificate", { certificate: undefined }, { code: "no_certificate" }],
  [
    "no certificate for the fallback that answered",
    { certificate: undefined, ...answer({ step: 2 }) },
    { code: "fallback_answer", detail: "step 2" },
  ],
  ["another model", { certificate: undefined, modelChanged: true }, { code: "model_changed" }],
  [
    "a category without a threshold",
    { certificate: { id: "cert_1", threshold: undefined } },
    { code: "below_threshold" },
  ],
  ["a confidence below the threshold", answer({ confidence: 0.8999 }), { code: "below_threshold" }],
  ["no confidence at all", answer({ confidence: undefined }), { code: "below_threshold" }],
  ["a confidence that is no number", answer({ confidence: NaN }), { code: "below_threshold" }],
  [
    "a threshold that is no number",
    { certificate: { id: "cert_1", threshold: NaN } },
    { code: "below_threshold" },
  ],
  ["a coin at the autonomy", { autonomyCoin: 0.5 }, { code: "autonomy" }],
  ["an autonomy that is no number", { autonomy: NaN }, { code: "autonomy" }],
  ["autonomy 0, also for the lowest coin", { autonomy: 0, autonomyCoin: 0 }, { code: "autonomy" }],
];

describe("one reason is enough for review", () => {
  test.each(AGAINST)("%s", (_, against, reason) => {
    expect(decide({ ...sure, ...against })).toMatchObject({ outcome: "review", reasons: [reason] });
  });

  test("autonomy 1 lets every coin through", () => {
    expect(decide({ ...sure, autonomy: 1, autonomyCoin: 1 - 2 ** -48 }).outcome).toBe("auto");
  });
});

describe("without an answer", () => {
  test("the manual arm is people's work, whatever else is known", () => {
    expect(decide({ ...sure, arm: "manual" })).toMatchObject({
      outcome: "manual",
      reasons: [{ code: "manual_arm" }],
      certificate: undefined,
    });
  });

  test("a model that was not asked falls back to people, because of the ladder", () => {
    expect(decide({ ...sure, rung: 2, answer: undefined })).toMatchObject({
      outcome: "fallback",
      reasons: [{ code: "safe_stop" }],
    });
  });

  test.each(["model_failed", "bad_output", "abandoned"] as const)("%s falls back to people", (because) => {
    const decision = decide({ ...sure, answer: { kind: "none", because } });
    expect(decision).toMatchObject({ outcome: "fallback", reasons: [{ code: because }] });
  });
});

const probability = fc.oneof(fc.double({ min: 0, max: 1 }), fc.constant(NaN));
const evidence: fc.Arbitrary<Evidence> = fc.record({
  arm: fc.constantFrom("manual", "stable", "candidate"),
  rung: fc.nat(4),
  qa: fc.boolean(),
  cold: fc.boolean(),
  autonomyCoin: probability,
  autonomy: probability,
  answer: fc.option(
    fc.oneof(
      fc.record({
        kind: fc.constant("output" as const),
        step: fc.nat(3),
        confidence: fc.option(probability, { nil: undefined }),
        rules: fc.record({
          matched: fc.array(fc.string(), { maxLength: 1 }),
          failed: fc.array(fc.string(), { maxLength: 1 }),
        }),
      }),
      fc.record({
        kind: fc.constant("none" as const),
        because: fc.constantFrom("model_failed" as const, "bad_output" as const, "abandoned" as const),
      }),
    ),
    { nil: undefined },
  ),
  certificate: fc.option(
    fc.record({ id: fc.constant("cert_1"), threshold: fc.option(probability, { nil: undefined }) }),
    { nil: undefined },
  ),
  modelChanged: fc.boolean(),
});

describe("for every evidence", () => {
  test("auto needs a certificate, enough confidence, a coin below the autonomy, and no coin, rule or rung against it", () => {
    fc.assert(
      fc.property(evidence, (one) => {
        if (decide(one).outcome !== "auto") return;
        expect(one.arm).not.toBe("manual");
        expect(one).toMatchObject({ rung: 0, qa: false, cold: false });
        expect(one.certificate).toBeDefined();
        expect(one.answer).toMatchObject({ kind: "output", rules: { matched: [], failed: [] } });
        const confidence = one.answer?.kind === "output" ? one.answer.confidence : undefined;
        expect(confidence).toBeGreaterThanOrEqual(one.certificate!.threshold!);
        expect(one.modelChanged).toBe(false);
        expect(one.autonomyCoin).toBeLessThan(one.autonomy);
      }),
      { numRuns: 2_000 },
    );
  });

  test("every other outcome has a reason", () => {
    fc.assert(fc.property(evidence, (one) => codes(one).length > 0 || decide(one).outcome === "auto"));
  });

  test("one more thing against it never lets a case out", () => {
    fc.assert(
      fc.property(evidence, fc.constantFrom(...AGAINST), (one, [, against]) => {
        return decide({ ...one, ...against }).outcome !== "auto";
      }),
    );
  });
});

describe("what is shown of the reasons", () => {
  const shown = (codes: string[], row: { state?: string; verdict?: string; cold?: boolean } = {}) =>
    shownReasons(
      codes.map((code) => ({ code })),
      stageOf({ state: "in_review", verdict: null, cold: false, ...row }),
    ).map((reason) => reason.code);

  test("is not the quality coin, before the verdict and while it can be taken back", () => {
    expect(shown(["rule", "qa", "no_certificate"])).toEqual(["rule", "no_certificate"]);
    expect(shown(["rule", "qa"], { state: "decided", verdict: "approve" })).toEqual(["rule"]);
    expect(shown(["rule", "qa"], { state: "delivering", verdict: "approve" })).toEqual(["rule", "qa"]);
  });

  test("is the same for every case that only a coin sent to a person, and nothing for one that nobody need see", () => {
    for (const codes of [["qa"], ["autonomy"], ["qa", "autonomy"]]) {
      expect(shown(codes)).toEqual(["routine"]);
      expect(shown(codes, { state: "delivered", verdict: "approve" })).toEqual(codes);
    }
    expect(shown([], { state: "decided", verdict: "auto" })).toEqual([]);
  });

  test("is nothing that follows from a cold case's output, until the verdict", () => {
    const codes = ["rule", "rule_failed", "cold", "below_threshold", "qa", "autonomy"];
    expect(shown(codes, { cold: true })).toEqual(["cold", "autonomy"]);
    expect(shown(codes, { cold: true, state: "decided", verdict: "edit" })).toEqual([
      "rule",
      "rule_failed",
      "cold",
      "below_threshold",
      "autonomy",
    ]);
  });
});
