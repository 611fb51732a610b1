/** What a form makes of a connection and back: nothing that has no field is lost. */
import { expect, test } from "vitest";
import { headerLines, headersFrom, offeredAs, offeredFrom, STORED } from "./offered-lines.ts";

test("models go into the form and back as they were, what has no field along with them", () => {
  const models = [
    { name: "small", images: false, mode: "buffered", whole: "asked", limits: { idleMs: 9_000 } },
    {
      name: "vision",
      images: true,
      mode: "live",
      fallback: ["second/medium", "third/large"],
      larger: "second/large",
      shutdownDate: "2027-06-30",
    },
  ];
  expect(offeredAs(offeredFrom(models))).toEqual(models);
  expect(offeredAs(offeredFrom(undefined))).toBeUndefined();
  expect(offeredAs([{ ...offeredFrom(models)[0]!, name: " " }])).toBeUndefined();
});

test("headers that are stored stay as long as their line does, and new ones are given", () => {
  const text = headerLines(["apiKey", "headers.x-team", "headers.api-key"]);
  expect(text).toBe(`x-team: ${STORED}\napi-key: ${STORED}`);
  expect(headersFrom(`x-team: ${STORED}\n\n api-key : k:1 `)).toEqual({
    headers: { "api-key": "k:1" },
    keep: ["headers.x-team"],
  });
  expect(() => headersFrom("no header")).toThrow("no header");
});
