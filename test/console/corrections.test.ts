/** A correction that takes two people, in a real browser: proposed on the case's page, approved in the inbox, read afterwards. */
import { afterEach, describe, expect, test } from "vitest";
import { CHROMIUM } from "../support/browser.ts";
import { inboxOn, openConsole, reviewerOf, SUGGESTION } from "../support/console.ts";
import { settled } from "../support/pages.ts";

const WORKFLOW = "two-eyes";

describe.skipIf(CHROMIUM === undefined)("a correction that takes two people", async () => {
  if (CHROMIUM === undefined) return;
  const { open, visit, look, reach, as } = await openConsole();
  const submit = await open(WORKFLOW, { workflow: { fourEyes: {}, undo: 1_000 } });
  const grants = reviewerOf(WORKFLOW);
  const english = { locale: "en-GB" } as const;
  const anna = await visit("anna@example.com", grants, english);
  const ben = await visit("ben@example.com", grants, english);
  afterEach(() => expect([anna, ben].flatMap(({ alarms, outside }) => [...alarms, ...outside])).toEqual([]));
  const wrote = "The customer sent a second invoice. <b>Not</b> 119.";

  async function delivered(): Promise<string> {
    const caseId = await submit();
    for (const email of ["cleo@example.com", "dora@example.com"]) {
      const who = await as(email, grants);
      const { lease } = await who.claimReview({ params: { case: caseId }, body: {} });
      await who.giveVerdict({ params: { case: caseId }, body: { lease, verdict: "approve" } });
    }
    await reach(caseId, "delivered");
    return caseId;
  }

  test("is proposed on the page of the case, waits as the own one there, and goes out by another's click", async () => {
    const caseId = await delivered();
    const { page } = anna;
    await page.goto(`/cases/${caseId}`);
    await page.getByRole("button", { name: "Correct", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(/total/i).fill("100");
    await dialog.getByLabel("In your own words").fill(wrote);
    await dialog.getByRole("button", { name: "Correct", exact: true }).click();
    await inboxOn(page, WORKFLOW).says(/The correction is proposed/);
    const own = page.getByRole("article", { name: "Proposed correction" });
    await own.getByText("You cannot approve it yourself.").waitFor();
    expect(await own.getByRole("button", { name: "Approve" }).count()).toBe(0);
    expect(await own.locator("blockquote").innerText()).toBe(wrote);

    await ben.page.goto(`/inbox?workflow=${WORKFLOW}`);
    await ben.page.getByRole("button", { name: /^Corrections/ }).click();
    await ben.page.getByRole("button", { name: "Look" }).click();
    const asked = ben.page.getByRole("dialog");
    await asked.getByText(wrote).waitFor();
    expect(await asked.locator("del").allInnerTexts()).toEqual(["119"]);
    expect(await asked.locator("ins").allInnerTexts()).toEqual(["100"]);
    await asked.getByRole("button", { name: "Approve" }).click();
    await inboxOn(ben.page, WORKFLOW).says(/The correction goes out/);
    await ben.page.getByRole("heading", { name: "No correction waits" }).waitFor();
    expect(await reach(caseId, "delivered")).toMatchObject({
      content: { final: { ...SUGGESTION, total: 100 } },
    });
    await page.goto(`/cases/${caseId}`);
    const made = page.getByRole("article", { name: "Correction 1" });
    await made.getByText("Delivered", { exact: true }).first().waitFor();
    await made.getByText(/Approved by ben@example.com/).waitFor();
    await settled(page);
  });

  test("is refused with words that stand on the page of the case", async () => {
    const caseId = await delivered();
    await (
      await as("anna@example.com", grants)
    )
      .correctCase({
        params: { case: caseId },
        body: { output: { ...SUGGESTION, total: 1 }, reason: "wrong_value" },
      })
      .catch(() => undefined);
    const { page } = ben;
    await page.goto(`/cases/${caseId}`);
    const proposed = page.getByRole("article", { name: "Proposed correction" });
    await proposed.getByRole("button", { name: "Refuse …" }).click();
    await proposed.getByLabel("Why is the correction not right?").fill("It was right.");
    await proposed.getByRole("button", { name: "Refuse", exact: true }).click();
    await proposed.getByText("It was right.").waitFor();
    await proposed.getByText("Refused", { exact: true }).waitFor();
    expect(await look(caseId)).toMatchObject({ state: "delivered", corrections: [{ state: "refused" }] });
  });
});
