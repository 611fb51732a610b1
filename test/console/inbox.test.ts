/** A clerk's day in a real browser: the first case in two clicks, every verdict, undo, and what is delivered in the end. */
import { afterEach, describe, expect, test } from "vitest";
import { CHROMIUM } from "../support/browser.ts";
import { inboxOn, openConsole } from "../support/console.ts";

describe.skipIf(CHROMIUM === undefined)("the inbox", async () => {
  if (CHROMIUM === undefined) return;
  const { open, visit, look, reach, as, client } = await openConsole();
  const email = "clerk@example.com";
  const everywhere = [{ role: "reviewer", workflow: null }] as const;
  const { page, alarms, outside } = await visit(email, everywhere);
  afterEach(() => expect([...alarms, ...outside]).toEqual([]));

  /** A workflow of its own for a journey: so many cases, and the clerk in front of the first. */
  async function desk(workflow: string, count: number, more: Parameters<typeof open>[1] = {}) {
    const submit = await open(workflow, more);
    const cases: string[] = [];
    for (let i = 0; i < count; i++) cases.push(await submit());
    const inbox = inboxOn(page, workflow);
    await inbox.start();
    await inbox.atWork(`${workflow}-1`);
    return { inbox, cases };
  }

  test("approving is one key, the next case takes its place, and undo by key brings the first back", async () => {
    const { inbox, cases } = await desk("approving", 3);
    await page.keyboard.press("Control+Enter");
    await inbox.atWork("approving-2");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("approving-2");
    await inbox.says(/Approved/);
    expect(await look(cases[0]!)).toMatchObject({ state: "decided", verdict: "approve" });

    await page.keyboard.press("Control+z");
    await inbox.atWork("approving-1");
    expect(await look(cases[0]!)).toMatchObject({ state: "in_review" });
  });

  test("undo by button: nothing has gone out meanwhile", async () => {
    const { inbox, cases } = await desk("undoing", 2);
    await inbox.approve.click();
    await inbox.atWork("undoing-2");
    const decided = await look(cases[0]!);
    expect(decided).toMatchObject({ state: "decided" });
    await inbox.toast.getByRole("button", { name: /^Undo/ }).click();
    await inbox.atWork("undoing-1");
    expect((await look(cases[0]!)).deliveries).toEqual([]);
    await page.keyboard.press("Control+Enter");
    await inbox.atWork("undoing-2");
  });

  test("what was approved goes out when the time to undo is over", async () => {
    const { inbox, cases } = await desk("going", 1, { workflow: { undo: 1_000 } });
    await page.keyboard.press("Control+Enter");
    await page.getByRole("heading", { name: "There is nothing for you to do right now" }).waitFor();
    expect(await reach(cases[0]!, "delivered")).toMatchObject({ verdict: "approve" });
    await inbox.toast.getByRole("button", { name: /^Undo/ }).waitFor({ state: "detached" });
  });

  test("one field changed, a reason by digit, approved: the evidence is outlined while the field has the focus", async () => {
    const { inbox, cases } = await desk("editing", 2);
    const total = page.getByLabel("Total");
    await total.focus();
    await page.locator("mark", { hasText: "119.00" }).waitFor();
    await total.fill("100.00");
    await page.getByText("Suggestion was: 119", { exact: true }).waitFor();
    await page.keyboard.press("Control+Enter");
    await page.getByRole("group", { name: "Why changed?" }).waitFor();
    await page.keyboard.press("2");
    await inbox.atWork("editing-2");
    const found = await look(cases[0]!);
    expect(found).toMatchObject({ state: "decided", verdict: "edit" });
    expect(found.content?.final).toMatchObject({ total: 100, category: "billing" });
  });

  test("an option by digit, rejected with words: what needs words waits for them", async () => {
    const { inbox, cases } = await desk("rejecting", 3);
    // Each option has its own words, and all of them the field's: so screen readers say them.
    const category = page.getByRole("radiogroup", { name: "Category", exact: true });
    for (const name of ["Billing", "Technical", "Other"])
      expect(await category.getByRole("radio", { name, exact: true }).count()).toBe(1);
    await page.keyboard.press("2");
    await page.getByText("Suggestion was: Billing", { exact: true }).waitFor();
    await page.keyboard.press("r");
    await page.getByRole("group", { name: /^Why reject\?/ }).waitFor();
    await page.keyboard.press("9");
    const words = page.getByLabel("In your own words");
    await words.fill("nothing in it is right");
    await page.keyboard.press("Enter");
    await inbox.atWork("rejecting-2");
    expect(await look(cases[0]!)).toMatchObject({ state: "decided", verdict: "reject" });

    await page.keyboard.press("r");
    await page.keyboard.press("Escape");
    await inbox.bar.waitFor();
    await page.keyboard.press("r");
    await page.keyboard.press("3");
    await inbox.atWork("rejecting-3");
    expect(await look(cases[1]!)).toMatchObject({ state: "decided", verdict: "reject" });
  });

  test("escalated to another person, with what they should know", async () => {
    const { inbox } = await desk("escalating", 2);
    await page.keyboard.press("x");
    await page.keyboard.press("9");
    await page.getByLabel("What should the other person know?").fill("who is this customer?");
    await page.keyboard.press("Enter");
    await inbox.atWork("escalating-2");
    await inbox.says(/Escalated/);

    const owner = await as("e.brandt@example.com", [{ role: "reviewer", workflow: "escalating" }]);
    const { escalated } = await owner.getInbox({ params: { workflow: "escalating" } });
    expect(escalated).toMatchObject([{ externalId: "escalating-1", turn: "escalated" }]);
    const own = await as(email, everywhere);
    expect((await own.getInbox({ params: { workflow: "escalating" } })).escalated).toEqual([]);
  });

  test("asking the sender: the question has a first wording, and the link to answer is shown where mail is not set up", async () => {
    const { inbox, cases } = await desk("asking", 2);
    await page.keyboard.press("f");
    await page.keyboard.press("3");
    const question = page.getByLabel("Your question to the sender");
    expect(await question.inputValue()).toContain("asking-1");
    await page.keyboard.type(" the order number.");
    await page.keyboard.press("Enter");
    await inbox.atWork("asking-2");
    await inbox.says(/Mail is not set up here/);
    expect(await look(cases[0]!)).toMatchObject({ state: "returned" });
    await page.getByRole("button", { name: /^Asked/ }).click();
    await page.getByText("asking-1", { exact: true }).first().waitFor();
  });

  test("snoozed by two keys, put back with a reason: neither is lost", async () => {
    const { inbox } = await desk("later", 3);
    await page.keyboard.press("s");
    await page.getByRole("group", { name: "Snooze until when?" }).waitFor();
    await page.keyboard.press("1");
    await inbox.atWork("later-2");
    await inbox.says(/^Snoozed until/);
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Put back" }).click();
    await page.getByLabel("Reason").fill("not my subject");
    await page.keyboard.press("Enter");
    await inbox.atWork("later-3");
    await inbox.says("Put back.");
    const own = await as(email, everywhere);
    const seen = await own.getInbox({ params: { workflow: "later" } });
    expect(seen.snoozed).toMatchObject([{ externalId: "later-1" }]);
    expect(seen.open).toBe(2);
  });

  test("typed text is never taken for a key, and a key held down approves once", async () => {
    const { inbox, cases } = await desk("typing", 3);
    const reply = page.getByLabel("Reply");
    await reply.focus();
    await page.keyboard.press("Control+End");
    await page.keyboard.type(" rxsfhjk?");
    expect(await reply.inputValue()).toBe("We have looked at your invoice. rxsfhjk?");
    await inbox.bar.waitFor();
    await reply.fill("We have looked at your invoice.");

    await page.keyboard.down("Control");
    for (let i = 0; i < 5; i++) await page.keyboard.down("Enter");
    await page.keyboard.up("Enter");
    await page.keyboard.up("Control");
    await inbox.atWork("typing-2");
    expect((await look(cases[1]!)).state).toBe("in_review");
  });

  test("a cold case: the suggestion does not reach the browser before the verdict, and is compared after it", async () => {
    const submit = await open("cold", { workflow: { cold: { share: 0.5 } } });
    // A coin of the program decides which case is cold.
    let caseId: string;
    do caseId = await submit();
    while (!(await look(caseId)).cold);
    const heard: { path: string; text: string }[] = [];
    page.on("response", (response) => {
      const { pathname } = new URL(response.url());
      if (!pathname.startsWith("/api/") || pathname.endsWith("/live")) return;
      void response.text().then(
        (text) => heard.push({ path: pathname, text }),
        () => undefined,
      );
    });
    await page.goto(`/inbox?workflow=cold&case=${caseId}`);
    await inboxOn(page, "cold").atWork();
    await page.getByText("you see the suggestion only after your verdict").waitFor();
    // The page of the case itself must not tell it either.
    await page.evaluate(`fetch("/api/v1/cases/${caseId}?content=true").then((reply) => reply.text())`);
    await page.getByRole("radio", { name: /Other/ }).check();
    await page.getByLabel("Total").fill("100");
    await page.getByLabel("Reply").fill("Thank you.");
    expect(heard.some(({ path }) => path.endsWith("/claim"))).toBe(true);
    // What was loaded ahead is another case, which is not cold.
    const ofCase = heard.filter(({ text }) => text.includes(caseId));
    expect(ofCase.filter(({ text }) => text.includes("We have looked at your invoice"))).toEqual([]);

    await page.keyboard.press("Control+Enter");
    await page.getByRole("heading", { name: /The comparison/ }).waitFor();
    await page.getByText("We have looked at your invoice.").waitFor();
    expect(await look(caseId)).toMatchObject({ state: "decided", verdict: "edit" });
  });

  test("the suggestion hidden by key: decided without it, then compared", async () => {
    const { cases } = await desk("hiding", 1);
    await page.keyboard.press("h");
    await page.getByText("The suggestion is hidden.").waitFor();
    expect(await page.getByLabel("Reply").inputValue()).toBe("");
    await page.keyboard.press("1");
    await page.getByLabel("Total").fill("119");
    await page.getByLabel("Reply").fill("We have looked at your invoice.");
    await page.keyboard.press("Control+Enter");
    await page.getByText("Your verdict and the suggestion agree.").waitFor();
    expect(await look(cases[0]!)).toMatchObject({ state: "decided", verdict: "approve" });
  });

  test("looks wrong, what now: one key, and the owner hears of the report", async () => {
    const { inbox, cases } = await desk("wrong", 1);
    await page.keyboard.press("w");
    const dialog = page.getByRole("dialog", { name: /Looks wrong/ });
    await dialog.getByRole("button", { name: "Report the pattern" }).click();
    await inbox.says(/^Reported\./);
    const { improvements } = await client.listImprovements({ params: { workflow: "wrong" } });
    expect(improvements).toHaveLength(1);
    expect((await look(cases[0]!)).state).toBe("in_review");
  });
});
