/** The path of a rollout: every move from every state, by play. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { MOVES, type Move, type Stage } from "../contract/rollout.ts";
import { after, beginning, movesFrom, stageShare, type Standing } from "./rollout-path.ts";

const stage = fc.oneof(
  fc.constant<Stage>("shadow"),
  fc.constantFrom<Stage>(0.1, 0.2, 0.5, 1),
  fc.constantFrom<Stage>({ team: "north" }),
);
const stages = fc
  .array(stage, { minLength: 1, maxLength: 5 })
  .filter((list) => list.some((one) => one !== "shadow"));
const moves = fc.array(fc.constantFrom(...(Object.keys(MOVES) as Move[]).filter((one) => one !== "start")), {
  maxLength: 12,
});

/** Plays moves, leaving out those that are refused; answers every standing on the way. */
function played(path: readonly Stage[], wanted: readonly Move[]): Standing[] {
  const seen = [beginning(path)];
  for (const move of wanted) {
    const at = seen.at(-1)!;
    if (movesFrom(at, path).includes(move)) seen.push(after(move as Exclude<Move, "start">, at, path));
    else expect(() => after(move as Exclude<Move, "start">, at, path)).toThrowError(/Nothing was changed/);
  }
  return seen;
}

test("stages are passed in their order, none twice, and one in shadow never after cases", () => {
  fc.assert(
    fc.property(stages, moves, (path, wanted) => {
      const seen = played(path, wanted);
      for (const [i, at] of seen.entries()) {
        const before = seen[i - 1];
        if (before) expect(at.stage).toBeGreaterThanOrEqual(before.stage);
        if (at.state === "running" && before?.state !== "held")
          expect(at.stage).toBeGreaterThan(before!.stage - 1);
      }
    }),
  );
});

test("what has ended stays so, but for a promotion that is taken back", () => {
  fc.assert(
    fc.property(stages, moves, (path, wanted) => {
      const seen = played(path, wanted);
      const ended = seen.findIndex(({ state }) => state === "rolled_back" || state === "aborted");
      if (ended >= 0) expect(seen).toHaveLength(ended + 1);
      const promoted = seen.findIndex(({ state }) => state === "promoted");
      if (promoted >= 0)
        expect(seen.slice(promoted + 1).map(({ state }) => state)).toEqual(
          seen.length > promoted + 1 ? ["rolled_back"] : [],
        );
    }),
  );
});

test("a release is promoted from the last stage alone", () => {
  fc.assert(
    fc.property(stages, moves, (path, wanted) => {
      for (const at of played(path, wanted))
        if (at.state === "promoted") expect(at.stage).toBe(path.length - 1);
    }),
  );
});

test("held by a person it may be held once more by the program alone, which no person is offered", () => {
  const path: Stage[] = ["shadow", 0.5, 1];
  for (const stage of [0, 1, 2]) {
    const held: Standing = { state: "held", stage };
    expect(movesFrom(held, path)).not.toContain("hold");
    expect(() => after("hold", held, path)).toThrowError(/Nothing was changed/);
    expect(after("hold", held, path, "program")).toEqual(held);
  }
  expect(() => after("hold", { state: "promoted", stage: 2 }, path, "program")).toThrowError(/Nothing/);
});

test("only a share or a team gives cases, and shadow gives none", () => {
  expect(stageShare("shadow")).toEqual({ share: 0, team: null });
  expect(stageShare(0.2)).toEqual({ share: 0.2, team: null });
  expect(stageShare({ team: "north" })).toEqual({ share: 0, team: "north" });
  expect(stageShare(undefined)).toEqual({ share: 0, team: null });
});
