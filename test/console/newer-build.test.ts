/** A tab that stayed open while the console was built anew: the files of its pages are gone. In a real browser. */
import { afterEach, describe, expect, test } from "vitest";
import { CHROMIUM } from "../support/browser.ts";
import { openConsole, reviewerOf } from "../support/console.ts";

describe.skipIf(CHROMIUM === undefined)("a newer build of the console", async () => {
  if (CHROMIUM === undefined) return;
  const { open, visit } = await openConsole();
  await open("tickets");
  const { page, alarms, outside } = await visit("rita@example.com", reviewerOf("tickets"));
  let gone = false;
  let loaded = 0;
  page.on("load", () => (loaded += 1));
  await page.route("**/assets/**", (route) => (gone ? route.fulfill({ status: 404 }) : route.continue()));
  const cases = page.getByRole("link", { name: "Cases" }).first();
  afterEach(() => {
    expect([...alarms, ...outside]).toEqual([]);
  });

  test("a page whose file is gone loads itself again, once, and is there", async () => {
    await page.goto("/inbox?workflow=tickets");
    await cases.waitFor();
    loaded = 0;
    gone = true;
    // With the page itself come the names of the new build's files.
    await page.route("**/cases?*", async (route) => {
      gone = false;
      await route.continue();
    });
    await cases.click();
    await page.getByRole("heading", { level: 1, name: "Cases" }).waitFor();
    expect(loaded).toBe(1);
    await page.unroute("**/cases?*");
  });

  test("a file that stays away is said, with a button, and the page does not turn in a circle", async () => {
    await page.goto("/inbox?workflow=tickets");
    await cases.waitFor();
    // Only what the page needs at once still comes.
    const kept = new Set(
      await page.evaluate(() =>
        performance.getEntriesByType("resource").map((one) => new URL(one.name).pathname),
      ),
    );
    await page.unroute("**/assets/**");
    await page.route("**/assets/**", (route) =>
      gone && !kept.has(new URL(route.request().url()).pathname)
        ? route.fulfill({ status: 404 })
        : route.continue(),
    );
    loaded = 0;
    gone = true;
    await cases.click();
    await page.getByRole("heading", { name: "A part of the console could not be loaded" }).waitFor();
    expect(loaded).toBe(1);
    gone = false;
    await page.getByRole("button", { name: "Load the page again" }).click();
    await page.getByRole("heading", { level: 1, name: "Cases" }).waitFor();
  });

  test("while the program does not answer, it is said in place of the browser's own page", async () => {
    await page.goto("/inbox?workflow=tickets");
    await cases.waitFor();
    loaded = 0;
    gone = true;
    await page.route("**/cases?*", (route) => route.abort());
    await cases.click();
    await page.getByRole("heading", { name: "A part of the console could not be loaded" }).waitFor();
    expect(loaded).toBe(0);
    expect(new URL(page.url()).pathname).toBe("/cases");
  });
});
