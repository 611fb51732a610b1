import { expect, test } from "vitest";
import { inOrder, wantsNewReason, type Ranked } from "./rank.ts";

const one = (id: string, more: Partial<Ranked> = {}): Ranked => ({
  id,
  state: "open",
  urgency: "usual",
  weight: 1,
  last_at: 0,
  ...more,
});
const ids = (list: Ranked[]) => inOrder(list).map((each) => each.id);

test("what is reported more, and more lately, comes first", () => {
  expect(ids([one("a"), one("b", { weight: 2 }), one("c", { last_at: 5 })])).toEqual(["b", "c", "a"]);
});

test("an owner puts one thing first and another last, whatever their reports", () => {
  expect(
    ids([one("a", { weight: 90, urgency: "last" }), one("b", { weight: 9 }), one("c", { urgency: "first" })]),
  ).toEqual(["c", "b", "a"]);
});

test("what is settled stands below all that is not, and a plan is not settled", () => {
  expect(
    ids([
      one("a", { state: "fixed", urgency: "first", weight: 90 }),
      one("b", { state: "declined", weight: 80 }),
      one("c", { state: "planned" }),
    ]),
  ).toEqual(["c", "a", "b"]);
});

test("the order is the same whatever order the list came in", () => {
  const list = [one("a"), one("b"), one("c", { weight: 3 }), one("d", { last_at: 1 })];
  for (let i = 0; i < list.length; i++)
    expect(ids([...list.slice(i), ...list.slice(0, i)])).toEqual(["c", "d", "a", "b"]);
});

test("more than a tenth of the edits without a fitting reason wants a new one, from ten edits on", () => {
  expect(wantsNewReason({ edits: 10, other: 1 })).toBe(false);
  expect(wantsNewReason({ edits: 10, other: 2 })).toBe(true);
  expect(wantsNewReason({ edits: 100, other: 11 })).toBe(true);
  expect(wantsNewReason({ edits: 3, other: 3 })).toBe(false);
});
