/** What people type for a dial, and what is stored. */
import { describe, expect, it } from "vitest";
import { readNumber, textsOf, valueOf } from "./dial-forms.ts";

describe("the form of a dial", () => {
  it("takes comma and point, and asks about what could be a thousand", () => {
    expect(readNumber("2,5")).toBe(2.5);
    expect(readNumber("2.5")).toBe(2.5);
    expect(readNumber("1.234")).toBeUndefined();
    expect(readNumber("0,125")).toBe(0.125);
    expect(readNumber("five")).toBeUndefined();
  });

  it.each([
    ["qa.share", 0.07],
    ["automation.confidence", 0.9999],
    ["secondLook", { share: 0.02 }],
    ["undo", 10_000],
    ["due", { workingHours: 4 }],
    ["qa.atLeastPerDay", 3],
    ["retention", { content: 90 * 86_400_000, decisions: 400 * 86_400_000 }],
    ["budget", { perMonth: 200, perDay: 12.5, warnAt: 0.75 }],
    ["budget", { perDay: 3, warnAt: 0.8 }],
    ["blockFields", ["contact.iban"]],
    ["rollout", ["shadow", 0.2, 1]],
    ["automation.per", "category"],
  ])("shows %s and stores the same when nothing is typed", (setting, value) => {
    for (const comma of [true, false])
      expect(valueOf(setting, textsOf(setting, value, comma))).toEqual({ value });
  });

  it("takes a budget without any amount as none", () => {
    expect(valueOf("budget", ["", " ", "80"])).toEqual({ value: null });
  });

  it("says what cannot be read", () => {
    expect(valueOf("qa.share", ["much"])).toEqual({ problem: "notNumber" });
    expect(valueOf("budget", ["much", "", "80"])).toEqual({ problem: "notNumber" });
    expect(valueOf("rollout", ["["])).toEqual({ problem: "notJson" });
  });
});
