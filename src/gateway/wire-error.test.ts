import { describe, expect, test } from "vitest";
import { ERRORS, PilotageError, type ErrorCode } from "../contract/errors.ts";
import { CLASSES, modelFailure, type ErrorClass } from "../models/error-class.ts";
import { errorBody, GatewayError, wireErrorOf } from "./wire-error.ts";

const LEAK = "sk-secret at /srv/place, says the provider";

describe("an error on the wire", () => {
  test.each(Object.keys(CLASSES) as ErrorClass[])(
    "of a provider, %s, has the status of its class",
    (name) => {
      const details = {
        status: 599,
        type: "their_type",
        code: "their_code",
        param: "x",
        providerMessage: LEAK,
      };
      const failure = wireErrorOf(modelFailure(name, `inner words: ${LEAK}`, { details }))!;
      const { wire, passesReason } = CLASSES[name];
      expect(failure.status).toBe(wire.status);
      const { error } = errorBody(failure);
      expect(Object.keys(error)).toEqual(["message", "type", "param", "code"]);
      // The reason of a refusal is the caller's business; everything else of a provider is not.
      if (passesReason) expect(error).toMatchObject({ message: LEAK, code: "their_code", param: "x" });
      else expect(JSON.stringify(error)).not.toMatch(/sk-secret|their_|inner words/);
    },
  );

  test.each((Object.keys(ERRORS) as ErrorCode[]).filter((code) => code !== "internal"))(
    "of Pilotage, %s, has all four keys",
    (code) => {
      const failure = wireErrorOf(new PilotageError(code, "It is so.", { hint: "Do this." }))!;
      expect(errorBody(failure).error).toMatchObject({
        message: "It is so. Do this.",
        param: code === "too_large" ? "messages" : null,
        code: expect.any(String),
      });
      expect(failure.status).toBe(code === "too_large" ? 400 : ERRORS[code].status);
    },
  );

  test("a fault of the program is told by nobody here", () => {
    expect(wireErrorOf(new Error(LEAK))).toBeUndefined();
    expect(wireErrorOf(new PilotageError("internal", LEAK))).toBeUndefined();
    expect(wireErrorOf(undefined)).toBeUndefined();
  });

  test("how long to wait is said where waiting helps, and where it does not that it does not", () => {
    const wait = wireErrorOf(modelFailure("rate_limited", "x", { details: { retryAfterMs: 2_500 } }))!;
    expect(wait.more.headers).toEqual({ "retry-after": "3" });
    expect(wireErrorOf(modelFailure("quota", "x"))!.more.headers).toEqual({ "x-should-retry": "false" });
  });

  test("headers of a call are added, and those of the error stay", () => {
    const error = new GatewayError(409, "x", "y", { headers: { location: "/a" } }).with({
      location: "/b",
      "x-pilotage-case": "case_1",
    });
    expect(error.more.headers).toEqual({ location: "/a", "x-pilotage-case": "case_1" });
  });
});
