/** A text far too long to be read at a glance: cut, with a way to the rest, and nobody approves without knowing of it. */
import { afterEach, describe, expect, test } from "vitest";
import { CHROMIUM } from "../support/browser.ts";
import { inboxOn, openConsole } from "../support/console.ts";

const everywhere = [
  { role: "reviewer", workflow: null },
  { role: "owner", workflow: null },
] as const;
const LINE = "Please look at my invoice of last month again. ";
const LONG = LINE.repeat(15_000);
const END = "These are the last words of the ticket.";

describe.skipIf(CHROMIUM === undefined)("a very long text", async () => {
  if (CHROMIUM === undefined) return;
  const { open, visit, look } = await openConsole();
  const { page, alarms } = await visit("clerk@example.com", everywhere);
  afterEach(() => expect(alarms).toEqual([]));
  const submit = await open("long");
  const inbox = inboxOn(page, "long");
  const note = page.getByText(/^Long text: the first [\d,]+ of [\d,]+ characters are shown\.$/);
  const shown = page.getByRole("region", { name: "Source" });
  const rest = page.getByRole("button", { name: "Show the rest: Text" });

  test("is cut, says so, and is shown whole by the keyboard on the page of its case", async () => {
    const caseId = await submit({ text: LONG + END });
    await page.goto(`/cases/${caseId}?workflow=long`);
    await note.waitFor();
    expect(await page.getByText(END).count()).toBe(0);
    // At its head, and where it breaks off.
    expect(await rest.count()).toBe(2);
    await rest.last().focus();
    await page.keyboard.press("Enter");
    await page.getByText(END).waitFor();
    expect(await rest.count()).toBe(0);
    expect(await page.evaluate<string>("document.activeElement.textContent.slice(-39)")).toBe(END);
    const less = page.getByRole("button", { name: "Show less: Text" });
    expect(await less.getAttribute("aria-expanded")).toBe("true");
    await less.focus();
    await page.keyboard.press("Enter");
    await note.waitFor();
    expect(await page.getByText(END).count()).toBe(0);
  });

  test("can be approved when its note has been on screen, and leads to evidence behind the cut", async () => {
    await inbox.start();
    await note.waitFor();
    await page.locator('[aria-keyshortcuts="Control+Enter"][aria-disabled="false"]').waitFor();
    expect(await shown.getByText(END).count()).toBe(0);
    // The reply that is suggested stands nowhere but the words that are typed now do, at the end.
    await page.getByLabel("Reply").fill("last words of the ticket");
    await shown.locator("mark", { hasText: "last words of the ticket" }).waitFor();
    await page.getByText(/^Long text: all [\d,]+ characters are shown\.$/).waitFor();
  });

  test("of two is approved only when the notes of both have been on screen", async () => {
    const caseId = await submit({ text: LONG, secret: LONG });
    await page.goto(`/inbox?workflow=long&case=${caseId}`);
    await note.first().waitFor();
    await page
      .getByText("A text is shown in part, and you have not seen the note that says so yet.")
      .waitFor();
    await page.keyboard.press("Control+Enter");
    expect(await inbox.approve.getAttribute("aria-disabled")).toBe("true");
    await page.getByRole("button", { name: "Show it" }).click();
    await page.locator('[aria-keyshortcuts="Control+Enter"][aria-disabled="false"]').waitFor();
    await page.keyboard.press("Control+Enter");
    await inbox.says(/Approved/);
    expect(await look(caseId)).toMatchObject({ state: "decided", verdict: "approve" });
  });
});
