/** The form that a schema makes, and the output that entries make. */
import { expect, test } from "vitest";
import type { JsonObject } from "../../contract/json.ts";
import { compose, differing, entriesOf, labelOf, outputFields } from "./output-fields.ts";

const schema: JsonObject = {
  type: "object",
  required: ["category", "amount"],
  properties: {
    category: { enum: ["invoice_question", "complaint"] },
    amount: { type: "number" },
    pieces: { type: "integer" },
    paid: { type: ["boolean", "null"] },
    due: { type: "string", format: "date" },
    customerName: { type: "string" },
    draft: { type: "string" },
    contact: { type: "object", properties: { email: { type: "string", format: "email" } } },
    lines: { type: "array", items: { type: "object", properties: { price: { type: "number" } } } },
  },
};
const fields = outputFields(schema, ["draft"]);
const suggested: JsonObject = {
  category: "complaint",
  amount: 12.5,
  draft: "Dear",
  contact: { email: "a@example.com" },
  extra: { kept: true },
};

test("each field is entered as its kind asks", () => {
  expect(fields.map(({ path, entry }) => `${path} ${entry}`)).toEqual([
    "category choice",
    "amount number",
    "pieces number",
    "paid yes_no",
    "due date",
    "customerName line",
    "contact.email line",
    "draft text",
    "lines json",
  ]);
  expect(fields[0]!.options.map(({ label }) => label)).toEqual(["Invoice question", "Complaint"]);
  expect([labelOf("contact.email"), labelOf("customerName"), labelOf("x", "Titel")]).toEqual([
    "Contact · email",
    "Customer name",
    "Titel",
  ]);
});

test("the order is that of what the schema demands, with texts last", () => {
  const properties = {
    body: { type: "string" },
    team: { enum: ["a"] },
    priority: { enum: ["b"] },
    category: { enum: ["c"] },
  };
  const ordered = outputFields({ type: "object", properties, required: ["body", "category", "team"] });
  expect(ordered.map(({ path }) => path)).toEqual(["category", "team", "priority", "body"]);
});

test("entries that nobody touched leave the output exactly as it was", () => {
  expect(compose(fields, suggested, entriesOf(fields, suggested))).toEqual({
    output: suggested,
    problems: {},
  });
});

test("what is entered takes its place, the rest stays", () => {
  const entries = {
    ...entriesOf(fields, suggested),
    category: "invoice_question",
    amount: "1.234,56",
    "contact.email": "",
    paid: "true",
    lines: '[{"price":1}]',
  };
  const { output, problems } = compose(fields, suggested, entries);
  expect(problems).toEqual({});
  expect(output).toEqual({
    category: "invoice_question",
    amount: 1234.56,
    draft: "Dear",
    contact: {},
    extra: { kept: true },
    paid: true,
    lines: [{ price: 1 }],
  });
  expect(differing(fields, suggested, output)).toEqual([
    "category",
    "amount",
    "paid",
    "contact.email",
    "lines",
  ]);
});

test("what cannot be read is said per field, and a blank form says what is missing", () => {
  const entries = { ...entriesOf(fields, suggested), amount: "1.234", pieces: "1,5", lines: "[" };
  expect(compose(fields, suggested, entries).problems).toEqual({
    amount: "ambiguous",
    pieces: "not_whole",
    lines: "not_json",
  });
  expect(compose(fields, null, entriesOf(fields, null)).problems).toEqual({
    category: "missing",
    amount: "missing",
  });
});
