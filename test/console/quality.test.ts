/** The page Quality, as its owner sees it: what may go out alone, what a threshold would mean, where people disagree. In a real browser. */
import { describe, expect, test } from "vitest";
import { CHROMIUM } from "../support/browser.ts";
import { openConsole } from "../support/console.ts";
import { until } from "../support/installation.ts";
import { openQuality } from "../support/quality-stage.ts";

const workflow = "quality-tickets";
const young = "young-tickets";

describe.skipIf(CHROMIUM === undefined)("the page Quality", async () => {
  if (CHROMIUM === undefined) return;
  const opened = await openConsole();
  const { client } = opened;
  await opened.open(young);
  await openQuality(opened, workflow);
  const grants = [
    { role: "owner", workflow },
    { role: "owner", workflow: young },
  ] as const;
  const { page } = await opened.visit("owner@example.com", grants, { locale: "en-GB" });
  const say = (text: string) => page.getByText(text, { exact: false }).first().waitFor();

  test("says in each section what will stand there while there is nothing", async () => {
    await page.goto(`/quality?workflow=${young}`);
    await say("There is no certificate yet: people review every case.");
    await say("has answered no case that counts yet");
    await say("Nothing has gone out alone yet.");
    await say("nobody decided otherwise");
    await say("Not calibrated yet");
  });

  test("leads from a list above to each section, gates first; the keyboard goes along, and so does the address", async () => {
    const to = page.getByRole("navigation", { name: "On this page" }).getByRole("link");
    expect(await to.count()).toBe(await page.locator("main h2").count());
    const focused = () => page.locator("h2:focus").innerText();
    await to.first().press("Enter");
    expect(await focused()).toBe("Gates of releases");
    await to.filter({ hasText: "Comparison" }).press("Enter");
    expect(await focused()).toBe("Two runs compared");
    await page.waitForURL(/#comparison$/);
    // What stands above it loads later, and does not push it away.
    await page.goto(`/quality?workflow=${workflow}#disagreements`);
    await page.getByRole("table", { name: "How far confidence can be believed" }).waitFor();
    const heading = page.getByRole("heading", { name: "Where people decide otherwise" });
    await until(
      async () => (await heading.boundingBox())?.y,
      (y) => y !== undefined && y > 0 && y < 60,
    );
    expect(await page.evaluate("document.documentElement.scrollTop")).toBe(0);
  });

  test("shows the certificate, the weeks, and the cases in which people decided otherwise", async () => {
    await page.goto(`/quality?workflow=${workflow}`);
    await say("From confidence 0.40 on a case may go out alone");
    await say("3 of 24 cases drawn by a coin were wrong");
    const link = page.getByRole("link", { name: new RegExp(`^${workflow}-`) }).first();
    expect(await link.getAttribute("href")).toContain("/cases/case_");
    await say("Temperature");
  });

  test("tells what was wrong at the last look, and lays labels open only after it said what that costs", async () => {
    await say("What was wrong is as the last look saw it.");
    await page.getByRole("button", { name: "Show what was wrong" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("up to twice as many labelled cases").waitFor();
    await dialog.getByRole("button", { name: "Show what was wrong" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await client.previewCertification({ params: { workflow }, query: {} })).toMatchObject({
      open: true,
      look: 2,
    });
    await page.getByRole("button", { name: "Show what was wrong" }).waitFor({ state: "detached" });
  });

  test("asks what minutes and hours cost, and reckons with them", async () => {
    await page.getByLabel("Minutes a case").fill("6");
    await page.getByLabel("Cost of an hour").fill("50");
    await page.getByRole("columnheader", { name: "Cost a day" }).waitFor();
    await page.getByLabel("One more threshold").fill("7");
    await say("A number from 0 to 1");
  });

  test("offers a reviewer nothing that only owners may do", async () => {
    const { page: other } = await opened.visit("clerk@example.com", [{ role: "reviewer", workflow: young }], {
      locale: "en-GB",
    });
    await other.goto(`/quality?workflow=${young}`);
    await other.getByText("Not calibrated yet", { exact: false }).waitFor();
    expect(await other.getByRole("button", { name: "Calibrate" }).count()).toBe(0);
  });
});
