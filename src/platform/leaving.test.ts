/** Whoever listens hears once that somebody left; as a signal of the platform it says the same. */
import { expect, test } from "vitest";
import { abortSignalOf, Leave } from "./leaving.ts";

test("whoever listens is told once, and who no longer listens is not", () => {
  const leave = new Leave();
  const told: string[] = [];
  const gone = () => told.push("gone");
  leave.addEventListener("abort", () => told.push("here"));
  leave.addEventListener("abort", gone);
  leave.removeEventListener("abort", gone);
  const reason = new Error("the client left");
  leave.abort(reason);
  leave.abort(new Error("again"));
  expect(told).toEqual(["here"]);
  expect(leave).toMatchObject({ aborted: true, reason });
});

test("as a signal it is aborted with it, before and after, and a signal stays itself", () => {
  const leave = new Leave();
  const signal = abortSignalOf(leave);
  expect(signal.aborted).toBe(false);
  const reason = new Error("the client left");
  leave.abort(reason);
  expect(signal).toMatchObject({ aborted: true, reason });
  expect(abortSignalOf(leave)).toMatchObject({ aborted: true, reason });
  expect(abortSignalOf(signal)).toBe(signal);
});
