import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  certificateFor,
  lapseOf,
  LAPSES,
  type Answered,
  type CertificateRow,
  type Lapse,
} from "./certificate.ts";

const NOW = Date.parse("2026-03-02T08:00:00Z");
const DIALS = { "automation.maxErrorRate": 0.05, "automation.confidence": 0.95, "automation.per": "all" };
const row: CertificateRow = {
  id: "cert_1",
  release: "rel_1",
  step: 0,
  model_answered: "m",
  model_version: null,
  per: "all",
  threshold: 0.71,
  thresholds: {},
  target: 0.05,
  confidence: 0.95,
  expires_at: NOW + 1,
  suspended_at: null,
  superseded_by: null,
};
const answered: Answered = { release: "rel_1", step: 0, model: "m", version: undefined, category: undefined };

describe("a certificate", () => {
  const LAPSED: [Lapse, Partial<CertificateRow>, object][] = [
    ["superseded", { superseded_by: "cert_2" }, {}],
    ["suspended", { suspended_at: NOW - 1 }, {}],
    ["expired", { expires_at: NOW }, {}],
    ["stricter_error_rate", {}, { "automation.maxErrorRate": 0.04 }],
    ["stricter_confidence", {}, { "automation.confidence": 0.99 }],
    ["other_per", {}, { "automation.per": "category" }],
  ];

  test("is in force until something ends it", () => {
    expect(lapseOf(row, DIALS, NOW)).toBeUndefined();
    expect(lapseOf({ ...row, target: 0.02 }, DIALS, NOW)).toBeUndefined();
    expect(lapseOf({ ...row, confidence: 0.99 }, DIALS, NOW)).toBeUndefined();
  });

  test.each(LAPSED)("is not in force: %s", (lapse, more, dials) => {
    expect(lapseOf({ ...row, ...more }, { ...DIALS, ...dials }, NOW)).toBe(lapse);
    expect(certificateFor([{ ...row, ...more }], answered, { ...DIALS, ...dials }, NOW)).toEqual({
      kind: "none",
    });
  });

  test("every way to lapse is tried here", () => {
    expect(LAPSED.map(([lapse]) => lapse).sort()).toEqual(Object.keys(LAPSES).sort());
  });

  test("under dials that are missing is not in force", () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(DIALS)), (dial) => {
        const { [dial as keyof typeof DIALS]: _, ...rest } = DIALS;
        expect(lapseOf(row, rest, NOW)).toBeDefined();
      }),
    );
  });
});

describe("for an answer", () => {
  test("of its release, step and model gives its threshold", () => {
    expect(certificateFor([row], answered, DIALS, NOW)).toEqual({
      kind: "in_force",
      certificate: { id: "cert_1", threshold: 0.71 },
    });
  });

  test("of another release or step there is none", () => {
    for (const other of [{ release: "rel_2" }, { step: 1 }])
      expect(certificateFor([row], { ...answered, ...other }, DIALS, NOW)).toEqual({ kind: "none" });
  });

  test("of another model says so", () => {
    for (const other of [{ model: "n" }, { version: "2" }, { model: undefined }])
      expect(certificateFor([row], { ...answered, ...other }, DIALS, NOW)).toEqual({
        kind: "model_changed",
        id: "cert_1",
        before: { model: "m", version: null },
      });
  });

  test("by category gives that of its category, else that of all others, and none where it failed or is missing", () => {
    const each: CertificateRow = { ...row, per: "category", thresholds: { billing: 0.6, technical: null } };
    const dials = { ...DIALS, "automation.per": "category" };
    const threshold = (category: string | undefined) => {
      const found = certificateFor([each], { ...answered, category }, dials, NOW);
      return found.kind === "in_force" ? found.certificate.threshold : found.kind;
    };
    expect(threshold("billing")).toBe(0.6);
    expect(threshold("technical")).toBeUndefined();
    expect(threshold("other")).toBe(0.71);
    expect(threshold("toString")).toBe(0.71);
    expect(threshold(undefined)).toBeUndefined();
  });
});
