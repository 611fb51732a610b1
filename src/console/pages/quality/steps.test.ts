/** Who of a release may be measured. */
import { expect, test } from "vitest";
import { stepsOf } from "./steps.ts";

test("the model is step 0 and each fallback keeps its number, a cache and a queue are no choice", () => {
  const document = {
    model: { connection: "chat", name: "small" },
    fallback: ["cached", { local: "sorter" }, "manual"],
  };
  expect(stepsOf(document)).toEqual([
    { no: 0, name: "chat small" },
    { no: 2, name: "sorter" },
  ]);
});

test("a release without a document has no steps to choose from", () => {
  expect(stepsOf(undefined)).toEqual([]);
  expect(stepsOf({ model: "manual" })).toEqual([]);
});
