/** Several people and one queue, in real browsers: nobody gets another's case, and who loses one loses no word. */
import { afterEach, describe, expect, test } from "vitest";
import { CHROMIUM } from "../support/browser.ts";
import { inboxOn, openConsole } from "../support/console.ts";
import { sessionCookie } from "../support/people.ts";

const everywhere = [{ role: "reviewer", workflow: null }] as const;
const [ANNA, BEN] = ["anna@example.com", "ben@example.com"];

describe.skipIf(CHROMIUM === undefined)("several people", async () => {
  if (CHROMIUM === undefined) return;
  const { open, visit, look, as, installation, url } = await openConsole();
  const anna = await visit(ANNA, everywhere);
  const ben = await visit(BEN, everywhere);
  afterEach(() => expect([...anna.alarms, ...anna.outside, ...ben.alarms, ...ben.outside]).toEqual([]));

  test("two start at once: each has a case of their own, and a case of the other is refused politely", async () => {
    const submit = await open("both");
    for (let i = 0; i < 4; i++) await submit();
    const [annas, bens] = [inboxOn(anna.page, "both"), inboxOn(ben.page, "both")];
    await Promise.all([annas.start(), bens.start()]);
    const [hers, his] = await Promise.all([annas.heading.innerText(), bens.heading.innerText()]);
    expect(hers).not.toBe(his);

    const client = await as(ANNA, everywhere);
    const { mine } = await client.getInbox({ params: { workflow: "both" } });
    const held = mine.find(({ externalId }) => externalId === hers)!;
    await ben.page.goto(`/inbox?workflow=both&case=${held.caseId}`);
    const refusal = ben.page.getByRole("alert");
    expect(await refusal.innerText()).toMatch(/anna|somebody|another|reserved|taken|held/i);
    expect((await look(held.caseId)).state).toBe("in_review");

    await anna.page.keyboard.press("Control+Enter");
    await annas.says(/Approved/);
    expect(await look(held.caseId)).toMatchObject({ state: "decided", verdict: "approve" });
  });

  test("who lost a case is told so, keeps what was typed, and can take it again", async () => {
    const submit = await open("losing");
    const caseId = await submit();
    const { page } = anna;
    const inbox = inboxOn(page, "losing");
    await inbox.start();
    const reply = page.getByLabel("Reply");
    await reply.fill("We have sent you a new invoice.");

    // Said on another device: the leases go back at once, and a colleague takes the case.
    const [elsewhere, colleague] = [await as(ANNA, everywhere), await as(BEN, everywhere)];
    const tomorrow = new Date(installation.app.clock.now() + 86_400_000).toISOString();
    expect((await elsewhere.setAway({ body: { until: tomorrow } })).returned).toBeGreaterThan(0);
    const taken = await colleague.claimReview({ params: { case: caseId }, body: {} });

    await page.keyboard.press("Control+Enter");
    await page.getByRole("group", { name: "Why changed?" }).waitFor();
    await page.keyboard.press("5");
    await page
      .getByText("This case is no longer reserved for you. Your text is still here.")
      .last()
      .waitFor();
    expect(await reply.inputValue()).toBe("We have sent you a new invoice.");
    expect(await look(caseId)).toMatchObject({ state: "in_review", verdict: null });

    await colleague.releaseReview({ params: { case: caseId }, body: { lease: taken.lease } });
    await elsewhere.setAway({ body: { until: null } });
    const again = page.getByRole("button", { name: "Take it again" });
    await again.click();
    await again.waitFor({ state: "detached" });
    expect(await page.getByLabel("Reply").inputValue()).toBe("We have sent you a new invoice.");
    // The question why is still open, and its digit answers it.
    await page.keyboard.press("5");
    await inbox.says("Approved with edits.");
    expect(await look(caseId)).toMatchObject({
      state: "decided",
      verdict: "edit",
      content: { final: { reply: "We have sent you a new invoice." } },
    });
  });

  test("a session that ends meanwhile leads to the sign-in page; afterwards the text is still there", async () => {
    const submit = await open("ending");
    await submit();
    const { page, context } = anna;
    const inbox = inboxOn(page, "ending");
    await inbox.start();
    await page.getByLabel("Reply").fill("Half a sentence");
    const elsewhere = await as(ANNA, everywhere);
    const { sessions } = await elsewhere.listSessions({});
    for (const { id, current } of sessions)
      if (!current) await elsewhere.endSession({ params: { session: id } });

    await page.keyboard.press("Control+Enter");
    await page.keyboard.press("5");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    const [name = "", value = ""] = (await sessionCookie(installation, ANNA, everywhere)).split("=");
    await context.addCookies([{ name, value, url, httpOnly: true, sameSite: "Lax" }]);
    await inbox.start();
    expect(await page.getByLabel("Reply").inputValue()).toBe("Half a sentence");
    await page.getByText(/^Your draft from/).waitFor();
  });

  test("news arrive by themselves: a case that comes in appears for who waits for one", async () => {
    const submit = await open("news");
    const inbox = inboxOn(ben.page, "news");
    await inbox.go();
    await ben.page.getByRole("heading", { name: "There is nothing for you to do right now" }).waitFor();
    await submit();
    await ben.page.getByRole("button", { name: /^Start/ }).click();
    await inbox.atWork("news-1");
  });
});
