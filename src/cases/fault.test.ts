/** What becomes of a case after a fault of ours. */
import { describe, expect, test } from "vitest";
import { PilotageError } from "../contract/errors.ts";
import { afterFault, MOST_FAULTS } from "./fault.ts";

const fault = new Error("the content cannot be opened");

describe("after a fault, a case", () => {
  test("is tried again after pauses that grow up to an hour", () => {
    expect([1, 2, 3, 4].map((faults) => afterFault("running", faults, fault))).toEqual(
      [5_000, 10_000, 20_000, 40_000].map((pauseMs) => ({ kind: "again", pauseMs, counts: true })),
    );
    expect(afterFault("decided", 30_000, fault)).toEqual({ kind: "again", pauseMs: 3_600_000, counts: true });
  });

  test("goes to a person at the last one, or its deliveries are given up", () => {
    expect(afterFault("received", MOST_FAULTS, fault)).toEqual({ kind: "to_person" });
    expect(afterFault("running", MOST_FAULTS, fault)).toEqual({ kind: "to_person" });
    expect(afterFault("delivering", MOST_FAULTS, fault)).toEqual({ kind: "give_up_delivery" });
  });

  test("waits without counting while the database is away", () => {
    expect(afterFault("running", 99, new PilotageError("database_unavailable", "away"))).toEqual({
      kind: "again",
      pauseMs: 5_000,
      counts: false,
    });
  });
});
