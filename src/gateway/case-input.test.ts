import { describe, expect, test } from "vitest";
import type { JsonObject } from "../contract/json.ts";
import { caseInput } from "./case-input.ts";
import type { GatewayError } from "./wire-error.ts";

const user = (content: JsonObject[] | string) => [{ role: "user", content }];
const schema = (properties: JsonObject, required: string[]): JsonObject => ({
  type: "object",
  properties,
  required,
});
const ONE_TEXT = schema({ body: { type: "string" }, amount: { type: "number" } }, ["body"]);

describe("the input of a case", () => {
  test("is the last message of the user when that is a JSON object, whatever stands before and after it", () => {
    const messages = [
      { role: "system", content: "Be brief." },
      { role: "user", content: '{"body": "first"}' },
      { role: "assistant", content: "Go on." },
      { role: "user", content: '\n{"body": "second", "amount": 2}' },
      { role: "assistant", content: "{" },
    ];
    expect(caseInput({ messages }, "w", undefined, ONE_TEXT)).toEqual({
      input: { body: "second", amount: 2 },
      text: '\n{"body": "second", "amount": 2}',
    });
  });

  test.each([
    ["plain text", "The machine shows E04.", "The machine shows E04."],
    ["text that only looks like JSON", "{not json}", "{not json}"],
    ["a list", "[1, 2]", "[1, 2]"],
    [
      "parts",
      [
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ],
      "a\nb",
    ],
  ])("puts %s into the only text that the input demands", (_, content, body) => {
    const read = caseInput({ messages: user(content) }, "w", undefined, ONE_TEXT);
    expect(read).toEqual({ input: { body }, text: JSON.stringify({ body }) });
  });

  test("puts it where the workflow says, also below an object", () => {
    expect(caseInput({ messages: user("hello") }, "w", "mail.body", ONE_TEXT).input).toEqual({
      mail: { body: "hello" },
    });
  });

  test.each([
    ["two texts", schema({ a: { type: "string" }, b: { type: "string" } }, ["a", "b"]), '"a": ..., "b": ...'],
    [
      "a text and a number",
      schema({ a: { type: "string" }, n: { type: "number" } }, ["a", "n"]),
      '"a": ..., "n": ...',
    ],
    ["a number alone", schema({ n: { type: "number" } }, ["n"]), '"n": ...'],
  ])("cannot be told where the input demands %s, and says what to send", (_, input, names) => {
    const failure = (() => {
      try {
        caseInput({ messages: user("hello") }, "w", undefined, input);
      } catch (error) {
        return error as GatewayError;
      }
      return undefined;
    })();
    expect(failure).toMatchObject({ status: 400, code: "input_not_readable", more: { param: "messages" } });
    expect(failure!.message).toContain(`{${names}}`);
  });
});
