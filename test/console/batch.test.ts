/** Identical suggestions approved together, in a real browser, and what becomes of them when the page is loaded anew. */
import { afterEach, describe, expect, test } from "vitest";
import { CHROMIUM } from "../support/browser.ts";
import { inboxOn, openConsole, reviewerOf } from "../support/console.ts";

describe.skipIf(CHROMIUM === undefined)("a batch", async () => {
  if (CHROMIUM === undefined) return;
  const { open, visit, look, as } = await openConsole();
  const email = "clerk@example.com";
  const { page, alarms, outside } = await visit(email, [{ role: "reviewer", workflow: null }]);
  afterEach(() => expect([...alarms, ...outside]).toEqual([]));

  async function batchOf(workflow: string, count: number): Promise<string[]> {
    const submit = await open(workflow);
    const cases: string[] = [];
    for (let n = 0; n < count; n++) cases.push(await submit());
    await inboxOn(page, workflow).start();
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Approve identical suggestions together" }).click();
    // One is loaded ahead, and stays out.
    await page.getByRole("heading", { name: `${count - 1} cases with the same suggestion` }).waitFor();
    return cases;
  }
  const goOn = async () => {
    await page.reload();
    await page.getByRole("button", { name: /^(?:Start|Go on)/ }).click();
  };
  const three = page.getByRole("button", { name: /Look at/ });
  const seen = (n: number) => page.getByText(`${n} of 3 looked at`).waitFor();
  const named = () => three.allInnerTexts();

  test("comes back after a reload as it was left: its cases, what was looked at, what is left out; and is approved once", async () => {
    const cases = await batchOf("again", 6);
    const before = await named();
    await three.nth(1).click();
    await seen(1);
    const other = page.getByRole("checkbox", { name: /again-/ }).first();
    const leftOut = (await other.getAttribute("aria-label"))!.split(": ")[1]!;
    await other.uncheck();

    await goOn();
    await page.getByRole("heading", { name: "5 cases with the same suggestion" }).waitFor();
    await page.getByText("Back as you left it.").waitFor();
    await seen(1);
    expect(await named()).toEqual(before);
    expect(await page.getByRole("checkbox", { name: new RegExp(`${leftOut}$`) }).isChecked()).toBe(false);
    expect(await page.getByRole("button", { name: "Approve 4 cases" }).isDisabled()).toBe(true);

    await three.nth(0).click();
    await seen(2);
    await three.nth(2).click();
    await seen(3);
    await page.getByRole("button", { name: "Approve 4 cases" }).click();
    await inboxOn(page, "again").says("4 cases approved.");
    await inboxOn(page, "again").atWork();
    const states = new Map<string, string>();
    for (const one of cases) states.set((await look(one)).externalId, (await look(one)).state);
    expect([...states.values()].filter((state) => state === "decided")).toHaveLength(4);
    expect(states.get(leftOut)).toBe("in_review");
    // Nothing of it is held any more: whoever asks next gets what was left out, unless it is in front of the clerk again.
    const me = await as(email, [{ role: "reviewer", workflow: null }]);
    expect(await me.resumeAlike({ params: { workflow: "again" } })).toMatchObject({
      batches: [],
      givenBack: 0,
    });
    const { mine, open: waiting } = await me.getInbox({ params: { workflow: "again" } });
    expect(waiting).toBe(2);
    expect(mine.length).toBeLessThanOrEqual(2);
  });

  test("is nobody's ghost: given back after a reload, every case is free for others", async () => {
    const cases = await batchOf("returned", 5);
    await goOn();
    await page.getByRole("button", { name: "Give all back" }).click();
    await inboxOn(page, "returned").atWork();
    const colleague = await as("ben@example.com", reviewerOf("returned"));
    const { reviews } = await colleague.claimReviews({
      params: { workflow: "returned" },
      body: { count: 10 },
    });
    // One is in front of the clerk, and at most one is loaded ahead.
    expect(reviews.length).toBeGreaterThanOrEqual(cases.length - 2);
  });

  test("that cannot go on is given back with a sentence", async () => {
    const cases = await batchOf("interrupted", 5);
    const me = await as(email, [{ role: "reviewer", workflow: null }]);
    const { batches } = await me.resumeAlike({ params: { workflow: "interrupted" } });
    // In another window, one of the three is decided by itself.
    const alone = batches[0]!.open[0]!.caseId;
    const { lease } = await me.claimReview({ params: { case: alone }, body: {} });
    await me.giveVerdict({ params: { case: alone }, body: { lease, verdict: "approve" } });
    await goOn();
    await inboxOn(page, "interrupted").says(/interrupted and could not go on\. 3 cases were given back/);
    await inboxOn(page, "interrupted").atWork();
    const rest = cases.filter((one) => one !== alone);
    for (const one of rest) expect((await look(one)).state).toBe("in_review");
  });
});
