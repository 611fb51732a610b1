/** Why a case waits, and how soon it should be taken. */
import { describe, expect, test } from "vitest";
import type { ReasonCode } from "../../contract/states.ts";
import { causeOf, urgentAt } from "./urgency.ts";

const HOUR = 3_600_000;
const of = (codes: ReasonCode[], cold = false) => causeOf({ reasons: codes.map((code) => ({ code })), cold });

describe("the cause of a case", () => {
  test("is the gravest of its reasons", () => {
    expect(of(["below_threshold", "rule"])).toBe("risk");
    expect(of(["rule_failed"])).toBe("risk");
    expect(of(["model_failed", "breaker_open"])).toBe("no_suggestion");
    expect(of(["manual_arm"])).toBe("no_suggestion");
    expect(of(["below_threshold", "autonomy"])).toBe("unsure");
  });

  test("tells no coin from routine", () => {
    for (const codes of [[], ["qa"], ["autonomy"], ["qa", "autonomy"], ["cold"], ["no_certificate"]] as const)
      expect(of([...codes]), codes.join()).toBe("routine");
    expect(of(["qa", "rule"])).toBe(of(["rule"]));
    expect(of(["qa", "below_threshold"])).toBe(of(["below_threshold"]));
  });

  test("of a cold case says nothing of the output that is held back", () => {
    for (const codes of [["rule"], ["rule_failed"], ["below_threshold"]] as const)
      expect(of(["cold", ...codes], true), codes.join()).toBe("routine");
  });
});

describe("the urgency", () => {
  const at = (cause: "risk" | "unsure" | "routine", dueAt: number | null, receivedAt = 0) =>
    urgentAt({ cause, dueAt, receivedAt });

  test("is the due time, or a day from the receipt where none is promised", () => {
    expect(at("routine", 4 * HOUR)).toBe(4 * HOUR);
    expect(at("unsure", 4 * HOUR)).toBe(4 * HOUR);
    expect(at("routine", null, HOUR)).toBe(25 * HOUR);
  });

  test("takes half of its time from what is risky: before routine of a similar due time, after what is due much sooner", () => {
    expect(at("risk", 8 * HOUR)).toBe(4 * HOUR);
    expect(at("risk", 8 * HOUR)).toBeLessThan(at("routine", 7 * HOUR));
    expect(at("risk", 8 * HOUR)).toBeGreaterThan(at("routine", 2 * HOUR));
    expect(at("risk", null)).toBe(12 * HOUR);
  });

  test("keeps the order of due times among risky ones that came together", () => {
    expect(at("risk", 4 * HOUR)).toBeLessThan(at("risk", 5 * HOUR));
  });

  test("brings nothing forward by more than a day, and nothing before its receipt", () => {
    expect(at("risk", 400 * HOUR)).toBe(376 * HOUR);
    expect(at("risk", HOUR, 2 * HOUR)).toBe(HOUR);
  });
});
