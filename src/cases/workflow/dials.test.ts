import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { workflowSchema, type WorkflowDocument } from "../../definition/document.ts";
import { DIALS, dialDifferences, dialsOf, withDials } from "./dials.ts";

const document = (more: object = {}): WorkflowDocument =>
  workflowSchema.parse({
    workflow: "tickets",
    purpose: "Sort tickets",
    unit: "ticket",
    people: { owner: "e.brandt@example.com" },
    automation: { maxErrorRate: 0.05 },
    ...more,
  });

/** What the file would change, as "setting" or "setting!" when it takes a second person. */
const changes = (before: object, after: object) =>
  dialDifferences(dialsOf(document(before)), dialsOf(document(after))).map(
    (one) => `${one.setting}${one.needsSecond ? "!" : ""}`,
  );

describe("dials", () => {
  test("every dial has a sentence, and a value in every document, but for the optional ones", () => {
    const values = dialsOf(document());
    for (const [name, dial] of Object.entries(DIALS)) {
      expect(dial.sentence).not.toBe("");
      if (!dial.optional) expect(values, name).toHaveProperty([name]);
    }
  });

  test("the same file changes nothing", () => {
    expect(changes({}, {})).toEqual([]);
  });

  test.each<[string, object, object, string[]]>([
    [
      "a higher error rate",
      { automation: { maxErrorRate: 0.05 } },
      { automation: { maxErrorRate: 0.06 } },
      ["automation.maxErrorRate!"],
    ],
    [
      "a lower error rate",
      { automation: { maxErrorRate: 0.05 } },
      { automation: { maxErrorRate: 0.04 } },
      ["automation.maxErrorRate"],
    ],
    [
      "less confidence",
      {},
      { automation: { maxErrorRate: 0.05, confidence: 0.9 } },
      ["automation.confidence!"],
    ],
    [
      "more confidence",
      {},
      { automation: { maxErrorRate: 0.05, confidence: 0.99 } },
      ["automation.confidence"],
    ],
    ["fewer cold cases", {}, { cold: { share: 0.01 } }, ["cold.share!"]],
    ["more cold cases", {}, { cold: { share: 0.1 } }, ["cold.share"]],
    ["less quality assurance", {}, { qa: { share: 0.01 } }, ["qa.share!"]],
    ["a higher daily minimum", {}, { qa: { share: 0.05, atLeastPerDay: 5 } }, ["qa.atLeastPerDay"]],
    ["no daily minimum", { qa: { share: 0.05, atLeastPerDay: 5 } }, {}, ["qa.atLeastPerDay!"]],
    ["a shorter undo window", {}, { undo: 1_000 }, ["undo!"]],
    ["a longer undo window", {}, { undo: 60_000 }, ["undo"]],
    ["other stages", {}, { rollout: [1] }, ["rollout!"]],
    ["other retention", {}, { retention: { content: 30 * 86_400_000 } }, ["retention!"]],
    ["another owner", {}, { people: { owner: "m.keller@example.com" } }, ["people"]],
    ["a due time", {}, { due: { workingHours: 4 } }, ["due"]],
    ["a second person", {}, { fourEyes: {} }, ["fourEyes"]],
    ["no second person", { fourEyes: {} }, {}, ["fourEyes!"]],
    ["a third person", { fourEyes: {} }, { fourEyes: { people: 3 } }, ["fourEyes"]],
    ["a second person for fewer answers", { fourEyes: {} }, { fourEyes: { when: ["true"] } }, ["fourEyes!"]],
    [
      "a second person for more answers",
      { fourEyes: { when: ["a"] } },
      { fourEyes: { when: ["a", "b"] } },
      ["fourEyes"],
    ],
    [
      "a second person who sees the first answer",
      { fourEyes: { blind: true } },
      { fourEyes: {} },
      ["fourEyes!"],
    ],
    ["another contact", {}, { support: { contact: "desk@example.com" } }, ["support"]],
    ["a budget", {}, { budget: { perMonth: 200 } }, ["budget"]],
    ["a lower budget", { budget: { perMonth: 200 } }, { budget: { perMonth: 150 } }, ["budget"]],
    ["a higher budget", { budget: { perMonth: 200 } }, { budget: { perMonth: 201 } }, ["budget!"]],
    ["no budget", { budget: { perMonth: 200 } }, {}, ["budget!"]],
    [
      "a limit of a day more",
      { budget: { perMonth: 200 } },
      { budget: { perMonth: 200, perDay: 9 } },
      ["budget"],
    ],
    [
      "a limit of a day less",
      { budget: { perMonth: 200, perDay: 9 } },
      { budget: { perMonth: 200 } },
      ["budget!"],
    ],
    ["a later warning", { budget: { perDay: 9 } }, { budget: { perDay: 9, warnAt: 0.9 } }, ["budget!"]],
    ["no due time", { due: { workingHours: 4 } }, {}, ["due"]],
  ])("%s", (_, before, after, expected) => {
    expect(changes(before, after)).toEqual(expected);
  });

  test("a number that loosens one way tightens the other", () => {
    const fraction = fc.double({ min: 0.01, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(fraction, fraction, (a, b) => {
        fc.pre(a !== b);
        for (const setting of ["automation.maxErrorRate", "cold.share", "qa.share"]) {
          const one = dialDifferences({ [setting]: a }, { [setting]: b })[0]!;
          const other = dialDifferences({ [setting]: b }, { [setting]: a })[0]!;
          expect(one.needsSecond).not.toBe(other.needsSecond);
        }
      }),
    );
  });
});

describe("a document with the dials in force", () => {
  test("takes structure from the file and dials from the installation", () => {
    const inForce = dialsOf(document({ qa: { share: 0.5 }, due: { workingHours: 8 } }));
    const merged = withDials(document({ purpose: "Sort letters", qa: { share: 0.01 } }), inForce);
    expect(merged).toMatchObject({ purpose: "Sort letters", qa: { share: 0.5 }, due: { workingHours: 8 } });
  });

  test("does not take a dial from the file that is not set: it is only proposed", () => {
    const merged = withDials(document({ due: { workingHours: 4 } }), dialsOf(document()));
    expect(merged.due).toBeUndefined();
  });

  test("leaves the file's document alone", () => {
    const file = document();
    withDials(file, { "qa.share": 0.9 });
    expect(file.qa.share).toBe(0.05);
  });

  test("with its own dials is itself", () => {
    const file = document({ due: { workingHours: 4 } });
    expect(withDials(file, dialsOf(file))).toEqual(file);
  });
});
