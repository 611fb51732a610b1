/** The list of cases as somebody searches it: facets as they are written, days where the workflow is. */
import { afterEach, describe, expect, test } from "vitest";
import { CHROMIUM } from "../support/browser.ts";
import { openConsole, SUGGESTION } from "../support/console.ts";

const owner = [{ role: "owner", workflow: null }] as const;

describe.skipIf(CHROMIUM === undefined)("the search for cases", async () => {
  if (CHROMIUM === undefined) return;
  // Half past eleven in the evening in New York: in Berlin and in UTC it is Tuesday already.
  const { open, visit } = await openConsole({ PILOTAGE_CLOCK: "2026-01-06T04:30:00Z" });
  const { page, alarms } = await visit("olga@example.com", owner);
  afterEach(() => expect(alarms).toEqual([]));
  const submit = await open("sought", {
    workflow: { calendar: { region: "DE-BE", hours: "Mon-Fri 08:00-17:00", zone: "America/New_York" } },
    script: {
      rules: [
        {
          when: { field: "text", contains: "cable" },
          do: { answer: { ...SUGGESTION, category: "technical" } },
        },
      ],
      otherwise: { answer: SUGGESTION },
    },
  });
  await submit({ text: "An invoice", amount: 5 });
  await submit({ text: "A cable", amount: 7 });
  const rows = page.locator("tbody tr");
  const facet = page.getByLabel("Facet (name=value)");
  const search = page.getByRole("button", { name: "Search", exact: true });

  test("a facet without its value is refused at its field, and the list stays", async () => {
    await page.goto("/cases?workflow=sought");
    await page.getByRole("button", { name: "More filters" }).click();
    await facet.fill("billing");
    await search.click();
    await page.getByText(/A facet is written as name=value, e\.g\. /).waitFor();
    expect(await facet.getAttribute("aria-invalid")).toBe("true");
    expect(await page.evaluate<boolean>("document.activeElement.list !== null")).toBe(true);
    expect(await rows.count()).toBe(2);
    expect(page.url()).not.toContain("facet");
    const names = await page.evaluate<string[]>(
      "[...document.querySelectorAll('datalist option')].map((one) => one.value)",
    );
    expect(names).toEqual(["input.amount=", "output.category="]);

    await facet.fill("output.category=technical");
    await page.keyboard.press("Enter");
    await page.getByText("One case, newest first").waitFor();
    expect(page.url()).toContain("output.category");
  });

  test("an address with a facet that is none says so as well", async () => {
    await page.goto("/cases?workflow=sought&facet=billing");
    await page.getByText(/A facet is written as name=value/).waitFor();
    expect(await facet.inputValue()).toBe("billing");
    expect(await rows.count()).toBe(2);
  });

  test("days are those of the workflow, which the fields say", async () => {
    await page.goto("/cases?workflow=sought&from=2026-01-05&to=2026-01-05");
    await page.getByText("2 cases, newest first").waitFor();
    await page.getByText("Days in America/New_York").first().waitFor();
    await page.goto("/cases?workflow=sought&from=2026-01-06&to=2026-01-06");
    await page.getByText("No case matches").waitFor();
  });
});
