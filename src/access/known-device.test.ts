/** Marks of known devices: made only here, for one account each, and a shared machine knows several people. */
import { expect, test } from "vitest";
import { openVault } from "../platform/secrets.ts";
import { knows, markWith, readDevice, type Device } from "./known-device.ts";

const vault = openVault(Buffer.alloc(32, 7));
const marked = (...accounts: string[]) => {
  let device: Device = { id: "A".repeat(22), accounts: [] };
  for (const one of accounts) device = readDevice(markWith(vault, device, one))!;
  return device;
};

test("a device knows whoever signed in there, however the address is written, and nobody else", () => {
  const device = marked("kim@example.com", "ira@example.com");
  expect(knows(vault, device, "Kim@example.com")).toBe(true);
  expect(knows(vault, device, "ira@example.com")).toBe(true);
  expect(knows(vault, device, "other@example.com")).toBe(false);
});

test("the mark of one device, or of another installation, means nothing elsewhere", () => {
  const device = marked("kim@example.com");
  expect(knows(vault, { ...device, id: "B".repeat(22) }, "kim@example.com")).toBe(false);
  expect(knows(openVault(Buffer.alloc(32, 8)), device, "kim@example.com")).toBe(false);
});

test("a shared machine knows the last eight, each once", () => {
  const device = marked(...Array.from({ length: 10 }, (_, n) => `p${n}@example.com`), "p9@example.com");
  expect(device.accounts).toHaveLength(8);
  expect(knows(vault, device, "p1@example.com")).toBe(false);
  expect(knows(vault, device, "p2@example.com")).toBe(true);
});

test.each([
  undefined,
  "",
  "x",
  "A".repeat(22),
  `${"A".repeat(22)}.`,
  `${"A".repeat(22)}.${"B".repeat(21)}`,
  `${"A".repeat(22)}${`.${"B".repeat(22)}`.repeat(9)}`,
])("what is no mark says nothing: %.30s", (mark) => {
  expect(readDevice(mark)).toBeUndefined();
});
