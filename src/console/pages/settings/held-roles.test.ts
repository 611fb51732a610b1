/** A role that comes from two places is one role. */
import { expect, test } from "vitest";
import { heldRoles } from "./held-roles.ts";

test("a role that is granted and also in the workflow document stands once, with both origins", () => {
  expect(
    heldRoles([
      { role: "reviewer", workflow: "invoices", from: "granted" },
      { role: "owner", workflow: "invoices", from: "workflow" },
      { role: "reviewer", workflow: "invoices", from: "workflow" },
    ]),
  ).toEqual([
    { role: "reviewer", workflow: "invoices", from: ["granted", "workflow"] },
    { role: "owner", workflow: "invoices", from: ["workflow"] },
  ]);
});

test("the same role of another workflow, or of the whole installation, is another role", () => {
  expect(
    heldRoles([
      { role: "reviewer", workflow: "invoices", from: "granted" },
      { role: "reviewer", workflow: "tickets", from: "granted" },
      { role: "reviewer", workflow: null, from: "provider" },
    ]),
  ).toHaveLength(3);
});
