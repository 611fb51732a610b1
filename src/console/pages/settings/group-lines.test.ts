/** Roles from groups: what the form shows is what the connection holds, and back. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ROLES, type Role } from "../../../contract/access.ts";
import { groupsOf, linesOf, type GroupLine } from "./group-lines.ts";

const line = fc.record<GroupLine>({
  group: fc.constantFrom("clerks", "leads", "toString", "__proto__", "Größe 1"),
  role: fc.constantFrom(...(Object.keys(ROLES) as Role[])),
  workflow: fc.option(fc.constantFrom("tickets", "claims")),
});

test("groups survive the way through the form", () => {
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const groups = groupsOf(lines);
      expect(groupsOf(linesOf(groups))).toEqual(groups);
      const held = new Set(lines.map((one) => JSON.stringify([one.group, one.role, one.workflow])));
      expect(linesOf(groups)).toHaveLength(held.size);
    }),
  );
});

test("a line without a group says nothing, and spaces around a name are no part of it", () => {
  expect(
    groupsOf([
      { group: "  ", role: "owner", workflow: null },
      { group: " leads ", role: "owner", workflow: "tickets" },
      { group: "leads", role: "owner", workflow: "tickets" },
    ]),
  ).toEqual({ leads: [{ role: "owner", workflow: "tickets" }] });
});

test("an old connection shows its groups with roles to choose", () => {
  expect(linesOf(["leads"])).toEqual([{ group: "leads", role: "", workflow: null }]);
  expect(linesOf(undefined)).toEqual([]);
});
