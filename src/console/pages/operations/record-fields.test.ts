/** A quarantined record as fields, and back. */
import { describe, expect, it } from "vitest";
import { fieldsOf, recordOf } from "./record-fields.ts";

const record = {
  ticketNo: "0042",
  n: 3,
  urgent: false,
  note: null,
  contact: { name: "Anna" },
  orders: [1, 2],
};
const edited = (path: string, text: string, problems: { path: string }[] = []) =>
  recordOf(fieldsOf(record, problems).map((field) => (field.path === path ? { ...field, text } : field)));

describe("a record as fields", () => {
  it("comes back as it was when nothing is edited", () => {
    expect(recordOf(fieldsOf(record, []))).toEqual(record);
  });

  it("names nested fields by their path", () => {
    expect(fieldsOf(record, []).map((field) => field.path)).toContain("contact.name");
  });

  it("keeps the type that a value had", () => {
    expect(edited("ticketNo", "17")["ticketNo"]).toBe("17");
    expect(edited("n", "4")["n"]).toBe(4);
    expect(edited("n", "four")["n"]).toBe("four");
    expect(edited("orders", "[3]")["orders"]).toEqual([3]);
  });

  it("offers a field that is missing, and leaves it out while it is empty", () => {
    const problems = [{ path: "contact.email" }];
    expect(fieldsOf(record, problems).at(-1)).toMatchObject({ path: "contact.email", was: undefined });
    expect(edited("contact.email", "", problems)["contact"]).toEqual({ name: "Anna" });
    expect(edited("contact.email", "a@example.com", problems)["contact"]).toEqual({
      name: "Anna",
      email: "a@example.com",
    });
  });

  it("takes leading zeros of a new field as text", () => {
    expect(edited("plz", "01067", [{ path: "plz" }])["plz"]).toBe("01067");
  });

  it("refuses a list that is no JSON", () => {
    expect(() => edited("orders", "[3")).toThrow(SyntaxError);
  });
});
