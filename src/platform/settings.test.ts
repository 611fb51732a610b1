/** Settings: defaults, every problem at once, secrets never repeated. */
import { describe, expect, test } from "vitest";
import { PilotageError } from "../contract/errors.ts";
import { readSettings, SETTINGS } from "./settings.ts";

function problemOf(environment: Record<string, string>): PilotageError {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof PilotageError) return error;
    throw error;
  }
  throw new Error("these settings were taken");
}

describe("settings", () => {
  test("an empty environment gives the defaults", () => {
    expect(readSettings({})).toMatchObject({
      PILOTAGE_HOST: "127.0.0.1",
      PILOTAGE_PORT: 4700,
      PILOTAGE_CLOCK: "system",
      DATABASE_URL: undefined,
    });
  });

  test("every default is a value that the setting itself takes", () => {
    const given = Object.entries(SETTINGS).flatMap(([name, { fallback }]): [string, string][] =>
      fallback === undefined ? [] : [[name, fallback]],
    );
    expect(readSettings(Object.fromEntries(given))).toEqual(readSettings({}));
  });

  test("an empty value or one of blanks counts as not given", () => {
    expect(readSettings({ PILOTAGE_PORT: " ", DATABASE_URL: "" })).toEqual(readSettings({}));
  });

  test("all problems are told at once, unknown names among them", () => {
    const problem = problemOf({
      PILOTAGE_PORT: "http",
      PILOTAGE_LOG_LEVEL: "loud",
      PILOTAGE_CLOCK: "tomorrow",
      PILOTAGE_PROT: "4700",
      PILOTAGE_IN_FLIGHT: "0",
    });
    expect(problem.code).toBe("settings_invalid");
    expect(problem.details).toHaveLength(5);
    for (const name of [
      "PILOTAGE_PORT",
      "PILOTAGE_LOG_LEVEL",
      "PILOTAGE_CLOCK",
      "PILOTAGE_PROT",
      "PILOTAGE_IN_FLIGHT",
    ])
      expect(problem.message).toContain(name);
    expect(problem.message).toContain('not "http"');
  });

  test("what Kubernetes sets for a service called pilotage is recognised", () => {
    const { hint } = problemOf({ PILOTAGE_PORT: "tcp://10.0.0.7:4700", PILOTAGE_SERVICE_HOST: "10.0.0.7" });
    expect(hint).toContain("enableServiceLinks: false");
    expect(problemOf({ PILOTAGE_PORT: "http" }).hint).not.toContain("enableServiceLinks");
  });

  test("a wrong secret is named and never repeated", () => {
    const secrets = {
      DATABASE_URL: "mysql://root:hunter2@db",
      PILOTAGE_MASTER_KEY: "c2hvcnQtc2VjcmV0",
      PILOTAGE_KEY: "wrong-hunter2",
    };
    const problem = problemOf(secrets);
    const told = JSON.stringify([problem.message, problem.hint, problem.details]);
    for (const [name, secret] of Object.entries(secrets)) {
      expect(told).toContain(name);
      expect(told).not.toContain(secret);
    }
    expect(told).not.toContain("hunter2");
  });

  test.each(["0", "65535"])("the port %s is taken", (port) => {
    expect(readSettings({ PILOTAGE_PORT: port }).PILOTAGE_PORT).toBe(Number(port));
  });

  test.each(["-1", "65536", "4.5", "0x10", "1e3", "99999999999999999999"])(
    "the port %s is refused",
    (port) => {
      expect(problemOf({ PILOTAGE_PORT: port }).details).toHaveLength(1);
    },
  );
});
