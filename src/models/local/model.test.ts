import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { JsonObject } from "../../contract/json.ts";
import type { Model, ModelRequest } from "../model.ts";
import { localModel } from "./model.ts";
import { loadLocal } from "./predict.ts";
import { ticket, ticketJob } from "./tickets.testdata.ts";
import { trainLocal } from "./train.ts";

const { bytes } = trainLocal(ticketJob());
const digest = createHash("sha256").update(bytes).digest("hex");

function modelWith(drafts: Record<string, string>): Model {
  return localModel({ name: "triage", digest, bytes, drafts });
}

function asking(input: JsonObject): ModelRequest {
  return { caseId: "case_1", release: "r", messages: [], input, outputSchema: {}, attachments: [] };
}

const quiet = new AbortController().signal;
const urgentBill = ticket("DRINGEND: Die Rechnung enthält einen falschen Betrag, bitte sofort prüfen!");

test("it answers heads, drafts and confidence, under its name and digest", async () => {
  const model = modelWith({ draft: "Ihr Anliegen ({{ output.category }}) ist {{ output.priority }}." });
  const answer = await model.ask(asking(urgentBill), quiet);
  expect(answer).toMatchObject({ model: "triage", version: digest, finish: "stop" });
  expect(answer.output).toEqual({
    category: "billing",
    priority: "urgent",
    draft: "Ihr Anliegen (billing) ist urgent.",
  });
  expect(JSON.parse(answer.text)).toEqual(answer.output);
  expect(answer.confidence).toBe(loadLocal(bytes).predict(urgentBill).confidence);
  expect(model.describe).toBe("local triage");
});

test("a draft takes from the input as it is, without escaping and without running it", async () => {
  const model = modelWith({
    draft: '{{ input.customer.name | default: "Kundin, Kunde" }}: {{ input.note }}',
  });
  const draftFor = async (input: JsonObject): Promise<unknown> => {
    const { output } = await model.ask(asking({ ...urgentBill, ...input }), quiet);
    return (output as JsonObject)["draft"];
  };
  expect(await draftFor({ customer: { name: "Özge & Söhne" }, note: "{{ 7 | times: 6 }}" })).toBe(
    "Özge & Söhne: {{ 7 | times: 6 }}",
  );
  expect(await draftFor({ note: "x" })).toBe("Kundin, Kunde: x");
});

test("a field that is missing in one case is an empty text, and the draft is written all the same", async () => {
  const model = modelWith({
    draft: "Hallo {{ input.customer.name }}, {{ output.category }} ({{ case.id }}).",
  });
  const { output } = await model.ask(asking(urgentBill), quiet);
  expect(output).toMatchObject({ draft: "Hallo , billing (case_1)." });
});

test("a draft that meets its limits fails the answer and says which one", async () => {
  const asked = modelWith({
    draft: "{% for i in (1..1000000) %}{% for k in (1..1000000) %}{{ input.note }}{% endfor %}{% endfor %}",
  }).ask(asking(urgentBill), quiet);
  await expect(asked).rejects.toMatchObject({
    code: "model_bad_answer",
    retryable: false,
    message: expect.stringContaining('could not write "draft"'),
  });
});

test("faults of the definition show when the model is made", () => {
  const faulty = { code: "definition_invalid" };
  expect(() => modelWith({ draft: "{% if %}" })).toThrow(expect.objectContaining(faulty));
  expect(() => modelWith({ draft: "{% include 'package.json' %}" })).toThrow(expect.objectContaining(faulty));
  expect(() => modelWith({ draft: "{{ input.a | nope }}" })).toThrow(/line 1.*undefined filter: nope/);
  expect(() => modelWith({ draft: "Hallo {{ customer.name }}" })).toThrow(/unknown name customer; known are/);
  expect(() => modelWith({ category: "billing" })).toThrow(/this field is predicted/);
});

test("bytes that are not those of the release are refused", () => {
  const make = (): unknown =>
    localModel({ name: "triage", digest: digest.replace(/./, "x"), bytes, drafts: {} });
  expect(make).toThrow(expect.objectContaining({ code: "model_unavailable", retryable: false }));
});

test("an aborted request gets no answer", async () => {
  const late = modelWith({}).ask(asking(urgentBill), AbortSignal.abort(new Error("time is up")));
  await expect(late).rejects.toThrow("time is up");
});
