/** What a failure of the database means for those who asked. */
import { expect, test } from "vitest";
import { PilotageError } from "../contract/errors.ts";
import { explainFailure, isLost, outcomeUnknown } from "./database-failure.ts";

const failure = (code: string, message = "failed") => Object.assign(new Error(message), { code });

test.each([
  ["a refused connection", failure("ECONNREFUSED"), true],
  ["a server that shuts down", failure("57P01"), true],
  ["a server that starts", failure("57P03"), true],
  ["a connection that broke", failure("", "Connection terminated unexpectedly"), true],
  ["a statement that nobody answers", failure("", "Query read timeout"), true],
  ["a transaction that stood idle too long", failure("25P03"), true],
  ["connections that are all busy", failure("", "timeout exceeded when trying to connect"), false],
  ["a full disk", failure("53100"), false],
  ["a statement that took too long", failure("57014"), false],
])("%s passes: the same request can be sent again", (_what, error, lost) => {
  expect(explainFailure(error, undefined)).toMatchObject({ code: "database_unavailable", retryable: true });
  expect(isLost(error)).toBe(lost);
  // Explained once more, it stays what it is.
  const explained = explainFailure(error, undefined);
  expect(explainFailure(explained, "something else")).toBe(explained);
  expect(isLost(explained)).toBe(lost);
});

test("what this machine knows about the trouble is told with it", () => {
  expect(explainFailure(failure("ECONNREFUSED"), "The disk is full.")).toMatchObject({
    hint: "The disk is full.",
  });
  expect(outcomeUnknown(failure("ECONNRESET"), "The disk is full.")).toMatchObject({
    hint: "The disk is full.",
  });
});

test("a lost answer to a commit never counts as nothing stored", () => {
  expect(outcomeUnknown(failure("ECONNRESET"), undefined).message).toContain("may be stored or not");
});

test("a fault of the statement stays one", () => {
  const wrong = failure("42703", 'column "x" does not exist');
  expect(explainFailure(wrong, undefined)).toBe(wrong);
  expect(isLost(wrong)).toBe(false);
  expect(explainFailure(failure("22021"), undefined)).toMatchObject({ code: "bad_request" });
  const own = new PilotageError("not_found", "There is no such case.");
  expect(explainFailure(own, undefined)).toBe(own);
  expect(isLost(own)).toBe(false);
});
