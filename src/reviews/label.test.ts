import { describe, expect, test } from "vitest";
import type { CaseId, Id } from "../contract/ids.ts";
import { REVIEW_REASONS } from "../contract/states.ts";
import { labelOf, wrongByRejection } from "./label.ts";
import type { OpenReview } from "./store.ts";

const review: OpenReview = {
  case_id: "case_1" as CaseId,
  no: 1,
  workflow: "tickets",
  release: "rel_1",
  arm: "candidate",
  cold: false,
  cold_probability: 0.05,
  qa: false,
  qa_probability: 0.2,
  drill: false,
  step: 0,
  confidence: 0.8,
  reasons: [{ code: "rule", detail: "x" }, { code: "no_certificate" }],
  turn: "first",
  not_for: [],
  behind: [],
  skipped_by: [],
  due_at: null,
  urgent_at: null,
  cause: null,
  judged: false,
  lease: "lse_1",
  lease_until: 1,
  holder: null,
};
const label = (more: Partial<OpenReview>, seen = true) =>
  labelOf({
    id: "lab_1" as Id<"label">,
    review: { ...review, ...more },
    wrong: { wrong: true, fields: ["category"] },
    seen,
    reviewer: { name: "K. Adler", simulated: false },
    now: 7,
  });

describe("a label", () => {
  test("that no coin asked for has its first reason and no probability, so that no guard may count it", () => {
    expect(label({})).toMatchObject({ source: "review", asked_for: "rule", probability: null });
    expect(label({ reasons: [] })).toMatchObject({
      source: "review",
      asked_for: "review",
      probability: null,
    });
  });

  test("of the quality coin has the coin's probability", () => {
    expect(label({ qa: true })).toMatchObject({ source: "qa", asked_for: "qa", probability: 0.2 });
  });

  test("of a cold case has the cold coin's, also when both coins fell", () => {
    expect(label({ cold: true }, false)).toMatchObject({ source: "cold", probability: 0.05, seen: false });
    expect(label({ cold: true, qa: true }, false)).toMatchObject({ source: "cold", probability: 0.05 });
  });

  test("of a cold case whose output was seen is an ordinary review, also when both coins fell", () => {
    for (const qa of [false, true])
      expect(label({ cold: true, qa }, true)).toMatchObject({
        source: "review",
        asked_for: "cold",
        probability: null,
        seen: true,
        cold: true,
        cold_probability: 0.05,
        qa,
        qa_probability: 0.2,
      });
  });

  test("carries what it judges, and who judged", () => {
    expect(label({ drill: true })).toEqual({
      id: "lab_1",
      case_id: "case_1",
      workflow: "tickets",
      release: "rel_1",
      arm: "candidate",
      step: 0,
      source: "review",
      asked_for: "rule",
      probability: null,
      qa: false,
      qa_probability: 0.2,
      cold: false,
      cold_probability: 0.05,
      seen: true,
      confidence: 0.8,
      wrong: true,
      wrong_fields: ["category"],
      person: "K. Adler",
      simulated: false,
      labelled_at: 7,
      drill: true,
    });
  });

  test("of a case without a model says nothing about right or wrong", () => {
    const without = labelOf({
      id: "lab_1" as Id<"label">,
      review: { ...review, arm: "manual", step: null, confidence: null },
      wrong: undefined,
      seen: false,
      reviewer: { name: "clerk", simulated: true },
      now: 7,
    });
    expect(without).toMatchObject({ wrong: null, wrong_fields: null, seen: false, simulated: true });
  });
});

test("a rejection calls the output wrong for what is wrong with it, and leaves that open for what is wrong with the case", () => {
  const wrong = REVIEW_REASONS.filter((reason) => wrongByRejection(reason)?.wrong);
  expect(wrong).toEqual(["wrong_class", "wrong_value", "missing", "not_supported", "tone"]);
  expect(wrongByRejection("other")).toBeUndefined();
});
