import { describe, expect, test } from "vitest";
import { aboutField, type Pointing } from "./about-field.ts";

const here: Pointing = {
  fields: [
    { path: "category", label: "Category" },
    { path: "total", label: "Total" },
  ],
  source: ["subject", "contact.email"],
  last: undefined,
  doubts: [],
};

describe("the field that a report is about", () => {
  test("is the one that had the focus last, whatever is in doubt", () => {
    expect(aboutField({ ...here, last: "total", doubts: ["category"] })).toBe("total");
  });

  test("may be one of what came in, by its own name", () => {
    expect(aboutField({ ...here, last: "input.contact.email" })).toBe("input.contact.email");
  });

  test("is the one in doubt when nothing was pointed at", () => {
    expect(aboutField({ ...here, doubts: ["", "category"] })).toBe("category");
  });

  test.each([
    ["nothing was pointed at", {}],
    ["the whole is in doubt", { doubts: [""] }],
    ["several are in doubt, and any would be a guess", { doubts: ["category", "total"] }],
    ["what was pointed at is not there any more", { last: "gone" }],
    ["a path of the source is none of this source", { last: "input.gone" }],
    ["what is in doubt is no field of the form", { doubts: ["gone"] }],
  ] satisfies [string, Partial<Pointing>][])("is none when %s", (_, more) => {
    expect(aboutField({ ...here, ...more })).toBeUndefined();
  });

  test("of the output is not taken for one of the source that has the same name", () => {
    const fields = [{ path: "subject", label: "Subject" }];
    expect(aboutField({ ...here, fields, last: "subject" })).toBe("subject");
    expect(aboutField({ ...here, fields, last: "input.subject" })).toBe("input.subject");
  });
});
