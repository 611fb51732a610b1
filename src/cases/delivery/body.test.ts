import { expect, test } from "vitest";
import { deliveryBody, type Parcel } from "./body.ts";

const parcel: Parcel = {
  caseId: "case_1",
  workflow: "tickets",
  externalId: "T-1",
  source: "api",
  output: { category: "billing", draft: "Grüß Gott \u{1f600}" },
  verdict: "approve",
  release: "abc",
  suggestions: ["draft"],
  disclosure: "Written by a machine.",
  decidedAt: Date.parse("2026-01-05T08:00:00Z"),
  drill: false,
  correction: 0,
  feedbackUrl: undefined,
};
const read = (more: Partial<Parcel> = {}) =>
  JSON.parse(Buffer.from(deliveryBody({ ...parcel, ...more })).toString("utf8")) as Record<string, unknown>;

test("the body says what was decided, when, by whom, and which fields are only suggestions", () => {
  expect(read()).toEqual({
    type: "case.decided",
    caseId: "case_1",
    workflow: "tickets",
    source: "api",
    externalId: "T-1",
    decidedAt: "2026-01-05T08:00:00.000Z",
    decidedBy: "person",
    release: "abc",
    output: { category: "billing", draft: "Grüß Gott \u{1f600}" },
    suggestions: ["draft"],
  });
});

test("a page for feedback is named where there is one", () => {
  const feedbackUrl = "https://pilotage.example.com/say#f.case_1";
  expect(read({ feedbackUrl })).toMatchObject({ feedbackUrl });
  expect(read()).not.toHaveProperty("feedbackUrl");
});

test("a rehearsal says that it is one", () => {
  expect(read({ drill: true })).toMatchObject({ drill: true });
  expect(read()).not.toHaveProperty("drill");
});

test("only what no person looked at carries the disclosure", () => {
  expect(read({ verdict: "auto" })).toMatchObject({
    decidedBy: "model",
    disclosure: "Written by a machine.",
  });
  for (const verdict of ["approve", "edit"] as const)
    expect(read({ verdict })).not.toHaveProperty("disclosure");
  expect(read({ verdict: "auto", disclosure: undefined })).not.toHaveProperty("disclosure");
});
