/** What `pilotage connection show` says of models with and without a data policy. */
import { expect, test } from "vitest";
import { shownConnection } from "./connection-shown.ts";

test("a model without a data policy is said to have none; one with it says what goes on", () => {
  const text = shownConnection({
    name: "mistral-eu",
    kind: "openai",
    savedAt: "2026-01-05T08:00:00.000Z",
    savedBy: "j.okafor@example.com",
    shown: {
      address: "https://api.example.com/v1",
      passThrough: [
        { name: "small", images: false },
        {
          name: "large",
          images: false,
          policy: {
            fields: ["metadata"],
            unknownFields: "drop",
            tools: true,
            files: false,
            audio: false,
            scan: { card: "refuse" },
            mask: [{ name: "customer", pattern: String.raw`K-\d{5}` }],
            keys: ["portal"],
          },
        },
      ],
    },
  });
  const [small = "", large = ""] = text.split("mistral-eu/").slice(1);
  expect(small).toContain("none: what a program sends, the provider gets");
  expect(large).toContain("iban mask, card refuse");
  expect(large).toMatch(/keys\s+portal/);
  expect(large).toContain(String.raw`customer: K-\d{5}`);
});
