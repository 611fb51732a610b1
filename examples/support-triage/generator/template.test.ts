/** Tests of how hand-written texts are read, filled and disturbed. */
import { describe, expect, test } from "vitest";
import { addNoise } from "./noise.ts";
import { ibanIsPlausible, makeSender } from "./people.ts";
import { chanceFor } from "./seeded.ts";
import { slotFiller } from "./slots.ts";
import { categoryTexts } from "./template.ts";
import { quotedThread, withoutQuotes } from "./threads.ts";

function read(training: string) {
  return categoryTexts("spare_parts", "en", {
    training,
    evaluation: "",
    trainingDetails: "One.\n\nTwo.",
    evaluationDetails: "",
  });
}

describe("a written template", () => {
  test("has priority, team, subject and body, and the usual team when none is named", () => {
    const { templates, details } = read(
      "\n== high technical bare | Which | seal?\nFirst.\n\nSecond.\n\n== low | Hi\nText\n",
    );
    expect(templates.training).toMatchObject([
      {
        priority: "high",
        team: "technical",
        bare: true,
        subject: "Which | seal?",
        body: "First.\n\nSecond.",
      },
      { priority: "low", team: "orders", bare: false, subject: "Hi", body: "Text" },
    ]);
    expect(details.training).toEqual(["One.", "Two."]);
  });

  test("without a body is a ticket without a body, to which nothing is added", () => {
    expect(read("\n== normal | Only a subject\n").templates.training).toMatchObject([
      { solo: true, body: "" },
    ]);
  });

  test.each([
    ["== normal no subject\nText", /no "\|"/],
    ["== soon | Subject\nText", /"soon" is not a priority/],
    ["== normal tecnical | Subject\nText", /"tecnical" means nothing/],
  ])("with a broken header is refused: %s", (text, message) => {
    expect(() => read(`\n${text}\n`)).toThrow(message);
  });
});

describe("slots", () => {
  const sender = { customerId: "K12345" };

  test("keep their value within a ticket, and a number makes another one", () => {
    const fill = slotFiller(chanceFor(1, "slots"), "de", sender);
    const order = fill("{order}");
    expect(order).toMatch(/^B-2\d{5}$/);
    expect(fill("{order} {customer}")).toBe(`${order} K12345`);
    expect(fill("{order2}")).not.toBe(order);
  });

  test("that nobody knows are an error", () => {
    expect(() => slotFiller(chanceFor(1, "slots"), "en", sender)("{ordre}")).toThrow(/no slot \{ordre\}/);
  });
});

test("account numbers have a right checksum and mail addresses end in reserved domains", () => {
  const senders = Array.from({ length: 200 }, (_, i) =>
    makeSender(chanceFor(3, `sender ${i}`), "evaluation"),
  );
  const ibans = senders.map(({ iban }) => iban).filter((iban) => iban !== "");
  expect(ibans.length).toBeGreaterThan(100);
  expect(ibans.filter((iban) => !ibanIsPlausible(iban))).toEqual([]);
  expect(ibanIsPlausible(ibans[0]!.replace(/\d$/, (last) => String((Number(last) + 1) % 10)))).toBe(false);
  expect(senders.filter(({ email }) => !/^[a-z.]+@[a-z]+\.example\.(com|net|org)$/.test(email))).toEqual([]);
});

test("noise changes the form of a text and can be told by it", () => {
  const chance = chanceFor(5, "noise");
  const text = "Guten Tag,\n\nwo bleibt die Lieferung für unser Büro?";
  expect(addNoise("capitals", text, chance, "de")).toBe(
    "GUTEN TAG,\n\nWO BLEIBT DIE LIEFERUNG FÜR UNSER BÜRO?",
  );
  expect(addNoise("no_umlauts", text, chance, "de")).toContain("fuer unser Buero");
  expect(addNoise("mojibake", text, chance, "de")).toContain("fÃ¼r unser BÃ¼ro");
  expect(addNoise("one_line", text, chance, "de")).not.toContain("\n");
  expect(addNoise("sms", "Please send your answer.", chance, "en")).toBe("pls send ur answer");
  expect(addNoise("emoji", text, chance, "de")).toMatch(/\p{Extended_Pictographic}/u);
});

test.each(["de", "en"] as const)("quoted mails can be taken away again (%s)", (language) => {
  const chance = chanceFor(9, language);
  for (let i = 0; i < 50; i++) {
    const quoted = quotedThread(chance, language, (text) => text.replaceAll(/\{\w+\}/g, "X"));
    const left = withoutQuotes(`My own words.\n\n${quoted}`).trim();
    expect(left.replace(/\s*(Am|On) X (schrieb Talbrunn|Talbrunn wrote):$/, "")).toBe("My own words.");
  }
});
