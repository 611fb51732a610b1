/** Which runs a gate is judged by, and what speaks against them. */
import { describe, expect, test } from "vitest";
import { isMeasured } from "../../../contract/gate.ts";
import {
  judgesNeeded,
  lacksRun,
  setNamed,
  setsNeeded,
  standingRun,
  type CriterionInForce,
} from "./gate-evidence.ts";
import type { EvaluationSet, Run } from "./runs-of-sets.ts";

const set = (name: string, version: number) =>
  ({ id: `set_${name}_${version}`, name, version, kind: "sealed" }) as EvaluationSet;
const sets = [set("may", 2), set("may", 10), set("june", 1)];
const criterion = (about: string, of: string | null = null, unit: string | null = "share") =>
  ({ about, set: of, unit }) as CriterionInForce;

test("only metrics are measured by runs; live cases, the pulse and a person's word are not", () => {
  const found = [
    criterion("accuracy"),
    criterion("latency p95", null, "ms"),
    criterion("live cases: automatic"),
    criterion("the pulse: helps"),
    criterion("The provider was down", null, null),
  ].map(isMeasured);
  expect(found).toEqual([true, true, false, false, false]);
});

test("a name means its newest version, however many digits it has", () => {
  expect(setNamed("may", sets)?.version).toBe(10);
  expect(setNamed("may@2", sets)?.version).toBe(2);
  expect(setNamed("july", sets)).toBeUndefined();
});

test("each set is needed once, the chosen one only where a criterion names none, and one that is not there is told", () => {
  const criteria = [criterion("accuracy", "may"), criterion("schema", "may@10"), criterion("steady", "july")];
  const named = (main: EvaluationSet | undefined, of = criteria) =>
    setsNeeded(of, main, sets).map((one) => one.set?.id ?? one.name);
  expect(named(sets[2])).toEqual(["set_may_10", "july"]);
  expect(named(sets[2], [...criteria, criterion("accuracy")])).toEqual(["set_june_1", "set_may_10", "july"]);
  expect(named(undefined, [criterion("live cases: automatic")])).toEqual([]);
});

test("a criterion that names no set lacks a run where the chosen set is not there; a named set that is not there stops nobody", () => {
  const [main] = setsNeeded([criterion("accuracy")], undefined, sets);
  expect(main).toEqual({ name: null, set: undefined });
  const none = { run: undefined };
  expect(lacksRun(main!, none)).toBe(true);
  expect(lacksRun({ name: "june@1", set: sets[2] }, none)).toBe(true);
  expect(lacksRun({ name: "june@1", set: sets[2] }, { run: { id: "evr_1" } as Run })).toBe(false);
  expect(lacksRun({ name: "july", set: undefined }, none)).toBe(false);
});

test("judges are asked for once, however they are spaced", () => {
  expect(
    judgesNeeded([criterion("judge  polite"), criterion("judge polite "), criterion("accuracy")]),
  ).toEqual(["judge polite"]);
});

describe("the run that counts", () => {
  const run = (id: string, more: Partial<Run> = {}) =>
    ({
      id,
      release: "rel_1",
      set: "set_june_1",
      step: 0,
      state: "done",
      startedAt: "2026-03-02T08:00:00.000Z",
      repeats: 1,
      metrics: [],
      ...more,
    }) as unknown as Run;
  const asked = {
    release: "rel_1",
    set: "set_june_1",
    frozenAt: "2026-03-01T08:00:00.000Z",
    repeats: 1,
    judges: [] as string[],
  };

  test("is the newest that is over, of this release, set and its own model", () => {
    const runs = [
      run("evr_2"),
      run("evr_3"),
      run("evr_4", { step: 1 }),
      run("evr_5", { release: "rel_2" }),
      run("evr_6", { set: "set_may_2" }),
      run("evr_7", { state: "running" }),
    ];
    const found = standingRun(runs, asked);
    expect([found.run?.id, found.running?.id, found.again]).toEqual(["evr_3", "evr_7", undefined]);
  });

  test("says too little where it is missing, failed, came too early, asked too seldom, or asked no judge", () => {
    expect(standingRun([], asked).again).toBe("none");
    expect(standingRun([run("evr_1", { state: "failed" })], asked).again).toBe("failed");
    expect(standingRun([run("evr_1", { startedAt: "2026-02-28T08:00:00.000Z" })], asked).again).toBe("early");
    expect(standingRun([run("evr_1")], { ...asked, repeats: 3 }).again).toBe("repeats");
    expect(standingRun([run("evr_1")], { ...asked, judges: ["judge polite"] }).again).toBe("judges");
    expect(
      standingRun([run("evr_1", { metrics: ["judge polite"] })], { ...asked, judges: ["judge polite"] })
        .again,
    ).toBeUndefined();
  });
});
