/** What a gate allows: leaving shadow, and going out alone. */
import { describe, expect, test } from "vitest";
import { VERDICTS, type Verdict } from "../contract/gate.ts";
import { isSignedGo, lacksSigners, whyNotLeaveShadow, type GateStanding } from "./gate-rule.ts";

const criteria = { id: "crv_2", groups: ["performance", "readiness"] as const };
const gate = (verdict: Verdict, more: Partial<GateStanding> = {}): GateStanding => ({
  id: "gate_1",
  verdict,
  groups: ["performance", "readiness"],
  criteria: "crv_2",
  signatures: [],
  against: undefined,
  ...more,
});
const owner = { signedAs: "owner", decision: "go" } as const;
const sponsor = { signedAs: "sponsor", decision: "go" } as const;

describe("a release leaves shadow", () => {
  test("without criteria as before, whatever was judged once", () => {
    expect(whyNotLeaveShadow(undefined, undefined, 0.5)).toBeUndefined();
    expect(whyNotLeaveShadow(undefined, gate("no-go"), 0.5)).toBeUndefined();
  });

  test("with criteria only on go, or on conditional while every case is reviewed", () => {
    const allowed = (Object.keys(VERDICTS) as Verdict[]).filter(
      (verdict) => whyNotLeaveShadow(criteria, gate(verdict), 0) === undefined,
    );
    expect(allowed.toSorted()).toEqual(["conditional", "go"]);
    expect(whyNotLeaveShadow(criteria, gate("conditional"), 0.1)).toContain("autonomy 0");
    expect(whyNotLeaveShadow(criteria, gate("go"), 0.1)).toBeUndefined();
  });

  test("not without a gate, on other criteria, without performance, or against a signature", () => {
    expect(whyNotLeaveShadow(criteria, undefined, 0)).toContain("no gate was judged");
    expect(whyNotLeaveShadow(criteria, gate("go", { criteria: "crv_1" }), 0)).toContain("were changed");
    expect(whyNotLeaveShadow(criteria, gate("go", { groups: ["readiness"] }), 0)).toContain(
      "not about performance",
    );
    expect(whyNotLeaveShadow(criteria, gate("go", { against: "gate_0" }), 0)).toContain(
      "its gate gate_0 was signed no-go",
    );
  });
});

describe("a signed go", () => {
  test("takes both, a verdict that is go, and every group that has criteria", () => {
    const both = { signatures: [owner, sponsor] };
    expect(isSignedGo(gate("go", both), criteria)).toBe(true);
    expect(isSignedGo(gate("go", { signatures: [owner] }), criteria)).toBe(false);
    expect(isSignedGo(gate("conditional", both), criteria)).toBe(false);
    expect(isSignedGo(gate("go", { ...both, groups: ["performance"] }), criteria)).toBe(false);
    const mixed = { signatures: [owner, { signedAs: "sponsor", decision: "no-go" } as const] };
    expect(isSignedGo(gate("go", mixed), criteria)).toBe(false);
    expect(isSignedGo(gate("go", { ...both, against: "gate_0" }), criteria)).toBe(false);
  });

  test("cannot be reached by one person", () => {
    expect(lacksSigners({ owner: "a@example.com" })).toContain("no sponsor");
    expect(lacksSigners({ owner: "a@example.com", sponsor: "A@example.com " })).toContain("one person");
    expect(lacksSigners({ owner: "a@example.com", sponsor: "b@example.com" })).toBeUndefined();
  });
});
