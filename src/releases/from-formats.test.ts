/** promptfoo and OpenAI Evals: what becomes an item, and what is refused at its line with the reason. */
import { describe, expect, test } from "vitest";
import { releaseDocument, workflowDocument } from "../../test/support/installation.ts";
import { compileRelease } from "../cases/workflow/registry.ts";
import type { JsonObject } from "../contract/json.ts";
import { releaseSchema, workflowSchema } from "../definition/document.ts";
import { bareFields } from "./bare-fields.ts";
import { itemFromOpenAi } from "./from-openai-evals.ts";
import { itemsFromPromptfoo } from "./from-promptfoo.ts";

const compiled = (more: JsonObject = {}) => {
  const document = releaseSchema.parse(releaseDocument(more));
  return compileRelease("rel_x", "0".repeat(64), document);
};
const release = compiled();
const workflow = workflowSchema.parse(workflowDocument());
/** The text is one of three texts of the schema, and the only required one. */
const fields = bareFields({ release, workflow }, {});

describe("where bare texts belong", () => {
  test("is the only required text, what the workflow says, or what was named", () => {
    expect(fields).toEqual({ input: "text", output: "category" });
    const spoken = workflowSchema.parse(workflowDocument({ endpoint: { text: "customer", wait: 5_000 } }));
    expect(bareFields({ release, workflow: spoken }, {}).input).toBe("customer");
    expect(bareFields({ release, workflow }, { inputField: "secret", outputField: "note" })).toEqual({
      input: "secret",
      output: "note",
    });
    expect(() => bareFields({ release, workflow }, { inputField: "body" })).toThrow("no field body");
  });

  test("is nowhere where several fields may hold it", () => {
    const input = {
      type: "object",
      properties: { subject: { type: "string" }, body: { type: "string" } },
      required: ["subject", "body"],
    };
    const two = compiled({ input, policy: { subject: "allow", body: "allow" }, facets: {} });
    const none = bareFields({ release: two, workflow }, {});
    expect(none.input).toBeUndefined();
    expect(itemFromOpenAi(two, none, { input: "x", ideal: "billing" })).toMatchObject({
      ok: false,
      message: expect.stringContaining("--input-field"),
    });
  });
});

describe("a line of OpenAI Evals", () => {
  const read = (value: JsonObject) => itemFromOpenAi(release, fields, value);
  const user = (content: JsonObject[string]) => [{ role: "user", content }];

  test.each<[string, JsonObject, JsonObject, JsonObject]>([
    [
      "a text and a class",
      { input: user("a bill"), ideal: "billing" },
      { text: "a bill" },
      { category: "billing" },
    ],
    ["a bare text", { input: "a bill", ideal: ["other"] }, { text: "a bill" }, { category: "other" }],
    [
      "parts of text",
      {
        input: user([
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ]),
        ideal: "other",
      },
      { text: "a\nb" },
      { category: "other" },
    ],
    [
      "objects in texts",
      { input: user('{"text": "a bill", "amount": 3}'), ideal: '{"category": "billing", "note": "n"}' },
      { text: "a bill", amount: 3 },
      { category: "billing", note: "n" },
    ],
    [
      "braces that are no object of ours",
      { input: user('{"hello": 1}'), ideal: { category: "other" } },
      { text: '{"hello": 1}' },
      { category: "other" },
    ],
  ])("is an item: %s", (_, line, input, truth) => {
    expect(read(line)).toMatchObject({ ok: true, item: { input, truth } });
  });

  test("tells what it leaves out", () => {
    const input = [{ role: "system", content: "Sort." }, ...user("a bill")];
    expect(read({ input, ideal: "billing", id: 7 })).toMatchObject({
      dropped: ["input: messages before the last question", "id"],
    });
  });

  test.each<[string, JsonObject, string]>([
    ["a class that there is not", { input: "x", ideal: "shipping" }, "output: category: must be one of"],
    ["several right answers", { input: "x", ideal: ["billing", "other"] }, "allows 2 answers"],
    ["no answer", { input: "x" }, "no `ideal`"],
    ["an empty list of answers", { input: "x", ideal: [] }, "no `ideal`"],
    ["an answer that is nothing", { input: "x", ideal: null }, "neither an object nor a text"],
    [
      "no question",
      { input: [{ role: "system", content: "x" }], ideal: "other" },
      "no message has the role user",
    ],
    [
      "a question that was answered",
      { input: [...user("x"), { role: "assistant", content: "y" }], ideal: "other" },
      "answered already",
    ],
    ["a picture", { input: user([{ type: "image_url", image_url: {} }]), ideal: "other" }, "no text"],
    ["neither messages nor a text", { input: 5, ideal: "other" }, "messages, or a text"],
  ])("is refused: %s", (_, line, message) => {
    expect(read(line)).toMatchObject({ ok: false, message: expect.stringContaining(message) });
  });
});

describe("a file of promptfoo", () => {
  const read = (text: string) => [...itemsFromPromptfoo(release, fields, Buffer.from(text))];

  test("gives the tests that say what would have been right, with their lines", () => {
    const found = read(`# sorts tickets
prompts: [file://prompt.txt]
providers: [openai:gpt-4o]
defaultTest:
  vars: { customer: C-1 }
tests:
  - vars: { text: a bill, amount: "12.5", channel: mail }
    assert:
      - { type: equals, value: billing }
      - { type: latency, threshold: 200 }
  - description: an object
    vars: { text: a cable }
    assert: [{ type: equals, value: { category: technical } }]
  - vars: { text: a schema }
    assert:
      - type: is-json
        value: { type: object, properties: { category: { const: other } }, required: [category] }
  - vars: { text: values }
    assert: [{ type: contains-json, value: { category: other } }]
  - vars: { text: a text with an object }
    assert: [{ type: equals, value: '{"category": "billing"}' }]
`);
    expect(found.map(({ line }) => line)).toEqual([7, 11, 14, 18, 20]);
    expect(found.map(({ found: one }) => one.ok && one.item.truth["category"])).toEqual([
      "billing",
      "technical",
      "other",
      "other",
      "billing",
    ]);
    expect(found[0]!.found).toEqual({
      ok: true,
      item: { input: { customer: "C-1", text: "a bill", amount: 12.5 }, truth: { category: "billing" } },
      dropped: ["vars.channel", "assert latency"],
    });
  });

  test("takes one variable under another name for the text", () => {
    const [only] = read(
      "tests: [{ vars: { question: a bill }, assert: [{ type: equals, value: billing }] }]",
    );
    expect(only!.found).toMatchObject({ ok: true, item: { input: { text: "a bill" } } });
  });

  test.each([
    [
      "another assertion",
      "assert: [{ type: javascript, value: output.length > 3 }]",
      "says not what would have been right",
    ],
    [
      "a part of the answer",
      "assert: [{ type: icontains, value: bill }]",
      "says not what would have been right",
    ],
    ["a judge", "assert: [{ type: llm-rubric, value: is polite }]", "says not what would have been right"],
    ["the opposite", "assert: [{ type: not-equals, value: billing }]", "says not what would have been right"],
    ["no assertion", "threshold: 1", "says not what would have been right"],
    [
      "a schema that leaves it open",
      "assert: [{ type: is-json, value: { required: [category] } }]",
      "leaves open",
    ],
    [
      "two answers",
      "assert: [{ type: equals, value: billing }, { type: equals, value: other }]",
      "different answers",
    ],
    ["a template", "assert: [{ type: equals, value: '{{ expected }}' }]", "template"],
    ["an answer in a file", "assert: [{ type: equals, value: 'file://answer.txt' }]", "not read"],
    ["an answer that is changed first", "options: { transform: output.trim() }", "options.transform"],
    ["a class that there is not", "assert: [{ type: equals, value: shipping }]", "must be one of"],
  ])("refuses a test with %s", (_, rest, message) => {
    const [only] = read(`tests:\n  - vars: { text: x }\n    ${rest}\n`);
    expect(only).toMatchObject({ line: 2, found: { ok: false, message: expect.stringContaining(message) } });
  });

  test("refuses variables that make several tests, stand elsewhere or are templates", () => {
    const one = (value: string) =>
      read(`tests: [{ vars: { text: ${value} }, assert: [{ type: equals, value: other }] }]`)[0]!.found;
    expect(one("[a, b]")).toMatchObject({ message: expect.stringContaining("several tests") });
    expect(one("file://text.txt")).toMatchObject({ message: expect.stringContaining("not read") });
    expect(one("'hello {{ name }}'")).toMatchObject({ message: expect.stringContaining("template") });
  });

  test.each([
    ["tests elsewhere", "tests: file://tests.csv", "in another file"],
    ["no tests", "prompts: [x]", "no list `tests`"],
    ["no YAML", "tests: [", "line 1"],
    ["half a character", Buffer.from([0x74, 0xff]), "UTF-8"],
    [
      "references that multiply",
      `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from("bcdefgh")
        .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[i]}`).join(",")}]`)
        .join("\n")}\ntests: [*h]`,
      "alias",
    ],
  ])("is refused as a whole: %s", (_, text, message) => {
    expect(() => [...itemsFromPromptfoo(release, fields, Buffer.from(text as string))]).toThrow(message);
  });

  test("a list of tests alone, and one that is no object, are told apart", () => {
    const found = read(
      "- { vars: { text: x }, assert: [{ type: equals, value: other }] }\n- file://more.yaml\n",
    );
    expect(found.map(({ found: one }) => one.ok)).toEqual([true, false]);
  });
});
