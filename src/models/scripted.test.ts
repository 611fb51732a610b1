/** A model that answers from a script. */
import { describe, expect, test } from "vitest";
import { PilotageError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import type { ModelRequest } from "./model.ts";
import { scriptedModel, type ScriptText } from "./scripted.ts";

function opened(script: ScriptText, timeoutMs = 5_000) {
  const model = scriptedModel({ script, name: "rehearsal", timeoutMs });
  return (input: JsonObject = {}, more: Partial<ModelRequest> = {}, signal = new AbortController().signal) =>
    model.ask(
      { caseId: "case_1", release: "r", messages: [], input, outputSchema: {}, attachments: [], ...more },
      signal,
    );
}

async function failing(call: Promise<unknown>): Promise<PilotageError> {
  const error: unknown = await call.then(
    (answer) => expect.fail(`it answered: ${JSON.stringify(answer)}`),
    (error: unknown) => error,
  );
  if (!(error instanceof PilotageError)) throw error;
  return error;
}

const answer = (team: string) => ({ answer: { team } });

describe("a script", () => {
  test("answers by the first rule that holds, else by its default", async () => {
    const ask = opened({
      rules: [
        {
          when: { field: "subject", contains: "invoice" },
          do: { ...answer("billing"), confidence: 0.9, model: "m-2", version: "7" },
        },
        {
          when: [
            { field: "from.vip", equals: true },
            { field: "n", equals: 3 },
          ],
          do: answer("vip"),
        },
        { when: { field: "n", equals: null }, do: answer("null") },
      ],
      otherwise: answer("other"),
    });
    expect(await ask({ subject: "My INVOICE", from: { vip: true }, n: 3 })).toStrictEqual({
      output: { team: "billing" },
      text: '{"team":"billing"}',
      model: "m-2",
      version: "7",
      confidence: 0.9,
      finish: "stop",
    });
    expect(await ask({ from: { vip: true }, n: 3 })).toStrictEqual({
      output: { team: "vip" },
      text: '{"team":"vip"}',
      model: "rehearsal",
      finish: "stop",
    });
    expect((await ask({ from: { vip: true }, n: 4 })).output).toStrictEqual({ team: "other" });
    expect((await ask({ n: null })).output).toStrictEqual({ team: "null" });
    expect((await ask({ subject: ["invoice"], from: null })).output).toStrictEqual({ team: "other" });
  });

  test("can break the form once for each case, in whatever order cases are asked", async () => {
    const ask = opened({ rules: [{ when: [], first: 1, do: { text: "no JSON" } }], otherwise: answer("a") });
    const outputs = [];
    for (const caseId of ["case_1", "case_2", "case_1", "case_2", "case_1"])
      outputs.push((await ask({}, { caseId })).output);
    expect(outputs).toStrictEqual([undefined, undefined, { team: "a" }, { team: "a" }, { team: "a" }]);
  });

  test("can answer otherwise when it is asked to repair", async () => {
    const ask = opened({
      rules: [
        { when: [], repair: true, do: { text: 'Now: {"team":"a"}' } },
        { when: [], repair: false, do: { answer: { team: 7 } } },
      ],
      otherwise: { fault: "refused" },
    });
    expect((await ask()).output).toStrictEqual({ team: 7 });
    const messages = [{ role: "assistant" as const, content: '{"team":7}' }];
    expect((await ask({}, { messages })).output).toStrictEqual({ team: "a" });
  });

  test.each([
    ["unavailable", { code: "model_unavailable", retryable: true, details: { retryAfterMs: 5 } }],
    ["refused", { code: "model_refused", retryable: false }],
    ["bad_answer", { code: "model_bad_answer" }],
    ["silent", { code: "model_unavailable", details: { timeoutMs: 20 } }],
  ] as const)("can fail: %s", async (fault, expected) => {
    expect(await failing(opened({ otherwise: { fault, retryAfterMs: 5 } }, 20)())).toMatchObject(expected);
  });

  test.each(["length", "refusal"] as const)("can end badly: %s", async (fault) => {
    expect(await opened({ otherwise: { fault } })()).toMatchObject({ output: undefined, finish: fault });
  });

  test("waits as it says, and is late at the time-out", async () => {
    const slow = { ...answer("a"), delayMs: 30 };
    expect((await opened({ otherwise: slow })()).output).toStrictEqual({ team: "a" });
    expect(await failing(opened({ otherwise: slow }, 10)())).toMatchObject({
      code: "model_unavailable",
      details: { timeoutMs: 10 },
    });
  });

  test("is left alone when the caller breaks off", async () => {
    const ask = opened({ otherwise: { fault: "silent" } });
    const stop = new AbortController();
    const call = failing(ask({}, {}, stop.signal));
    stop.abort();
    expect(await call).toMatchObject({ code: "model_unavailable", details: { aborted: true } });
    const always = opened({ otherwise: answer("a") });
    expect(await failing(always({}, {}, stop.signal))).toMatchObject({ details: { aborted: true } });
  });

  test.each<[string, unknown]>([
    ["without a default", { rules: [] }],
    ["with an unknown fault", { otherwise: { fault: "tired" } }],
    ["with a misspelt key", { otherwise: { answer: {}, confidense: 1 } }],
    [
      "with a condition of two kinds",
      {
        rules: [{ when: { field: "a", contains: "b", equals: "c" }, do: { text: "" } }],
        otherwise: { text: "" },
      },
    ],
    [
      "with a condition of no kind",
      { rules: [{ when: { field: "a" }, do: { text: "" } }], otherwise: { text: "" } },
    ],
  ])("%s is refused", (_, script) => {
    expect(() => opened(script as ScriptText)).toThrow(
      expect.objectContaining({ code: "definition_invalid" }),
    );
  });
});
