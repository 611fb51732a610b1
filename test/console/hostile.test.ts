/** What comes from outside stays text, in a real browser: scripts, images of other places, and far too much of it. */
import { afterEach, describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/contract/json.ts";
import { CHROMIUM } from "../support/browser.ts";
import { inboxOn, openConsole, SUGGESTION } from "../support/console.ts";

const everywhere = [
  { role: "reviewer", workflow: null },
  { role: "owner", workflow: null },
] as const;
const IMAGE =
  "![receipt](https://images.example.net/leak.png?case=4711) <img src='https://images.example.net/b.png'>";
const SCRIPT =
  "<script>alert('in')</script><img src=x onerror=\"alert('in')\"><svg/onload=alert('in')><a href=\"javascript:alert('in')\">x</a>";

describe.skipIf(CHROMIUM === undefined)("what comes from outside", async () => {
  if (CHROMIUM === undefined) return;
  const { open, visit, look, client } = await openConsole();
  const { page, alarms, outside } = await visit("clerk@example.com", everywhere);
  afterEach(() => expect([...alarms, ...outside]).toEqual([]));
  const answers = (reply: string): JsonObject => ({
    rules: [],
    otherwise: { answer: { ...SUGGESTION, reply }, confidence: 0.8 },
  });

  test("a script in a ticket and an image in the model's output are shown as they are written, and do nothing", async () => {
    const submit = await open("hostile", { script: answers(`${IMAGE} ${SCRIPT}`) });
    const caseId = await submit({ text: `${SCRIPT} ${IMAGE}`, amount: 1 });
    const inbox = inboxOn(page, "hostile");
    await inbox.start();
    await page.getByText(SCRIPT).first().waitFor();
    expect(await page.getByLabel("Reply").inputValue()).toContain("![receipt](https://images.example.net");
    expect(
      await page.locator("main script, main img[src*='example.net'], main a[href^='javascript']").count(),
    ).toBe(0);
    await page.keyboard.press("Control+Enter");
    await inbox.says(/Approved/);

    await page.goto(`/cases/${caseId}?workflow=hostile`);
    await page.getByText(SCRIPT).first().waitFor();
    await page.getByText("![receipt](https://images.example.net").first().waitFor();
    expect(
      await page.locator("main script, main img[src*='example.net'], main a[href^='javascript']").count(),
    ).toBe(0);
  });

  test("the page itself forbids what is written into it: no script, no image of another place", async () => {
    // In a tab of its own: that the browser was asked is noted there, too.
    const { page, close } = await visit("clerk@example.com", everywhere);
    await page.goto("/inbox?workflow=hostile");
    await page.getByRole("heading", { level: 1, name: "Inbox" }).waitFor();
    const loaded = await page.evaluate<string>(`new Promise((done) => {
      const image = new Image();
      image.onload = () => done("loaded");
      image.onerror = () => done("refused");
      image.src = "https://images.example.net/leak.png";
    })`);
    const ran = await page.evaluate<boolean>(`(() => {
      const script = document.createElement("script");
      script.textContent = "window.hasRun = true";
      document.head.append(script);
      return window.hasRun === true;
    })()`);
    expect({ loaded, ran }).toEqual({ loaded: "refused", ran: false });
    await close();
  });

  test("a ticket of two megabytes is refused with the reason and kept; one of a megabyte is read and decided", async () => {
    const line = "The invoice of last month shows an amount that I did not order, please look at it. ";
    const textOf = (bytes: number) => line.repeat(Math.floor(bytes / line.length));
    const submit = await open("large");
    await expect(submit({ text: textOf(2 * 1024 * 1024) })).rejects.toThrow(
      /over 1 MB .* kept in quarantine/,
    );
    const { records } = await client.listQuarantine({ params: { workflow: "large" }, query: { limit: 10 } });
    expect(records).toHaveLength(1);
    await page.goto("/operations?workflow=large");
    await page.getByRole("heading", { level: 1, name: "Operations" }).waitFor();

    const caseId = await submit({ text: textOf(1_000_000) });
    const inbox = inboxOn(page, "large");
    await inbox.start();
    await page.getByLabel("Total").focus();
    await page.keyboard.press("Control+Enter");
    await inbox.says(/Approved/);
    expect(await look(caseId)).toMatchObject({ state: "decided", verdict: "approve" });
  });

  test("an edit that does not fit is refused on the page, and nothing is lost", async () => {
    const submit = await open("misfit", { workflow: {}, release: {} });
    const caseId = await submit();
    const inbox = inboxOn(page, "misfit");
    await inbox.start();
    const total = page.getByLabel("Total");
    await total.fill("not a number");
    await page.keyboard.press("Control+Enter");
    await page.getByText("This is not a number").waitFor();
    expect(await total.inputValue()).toBe("not a number");
    expect((await look(caseId)).state).toBe("in_review");
    // A verdict is nothing that an address can do.
    const status = await page.evaluate<number>(
      `fetch("/api/v1/cases/${caseId}/review/verdict").then((reply) => reply.status)`,
    );
    expect(status).toBeGreaterThanOrEqual(404);
    expect((await look(caseId)).state).toBe("in_review");
  });
});
