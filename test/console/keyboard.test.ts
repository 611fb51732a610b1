/** Without a mouse, and on a small phone, in a real browser: the whole way from signing in to the verdict. */
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { CHROMIUM, misfitsOn, PHONE } from "../support/browser.ts";
import { inboxOn, openConsole, reviewerOf } from "../support/console.ts";

const PASSWORD = "a long sentence about coffee";
const FOCUSED = `(() => {
  const node = document.activeElement;
  const label = node.getAttribute("aria-label") ?? (node.labels?.length ? node.labels[0].textContent : node.textContent);
  return node === document.body ? "" : label.trim().slice(0, 60);
})()`;
/** Whether what has the focus is really in sight, and not under something that lies over it. */
const IN_SIGHT = `(() => {
  const { left, top, width, height } = document.activeElement.getBoundingClientRect();
  const points = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5]];
  return points.some(([x, y]) => {
    const there = document.elementFromPoint(left + width * x, top + height * y);
    return there !== null && (document.activeElement.contains(there) || there.contains(document.activeElement));
  });
})()`;

describe.skipIf(CHROMIUM === undefined)("without a mouse", async () => {
  if (CHROMIUM === undefined) return;
  const { open, stranger, visit, look, client } = await openConsole();

  /** Presses Tab until something has the focus; fails after so many. */
  async function tabTo(page: Page, name: RegExp, most = 40): Promise<void> {
    const seen: string[] = [];
    for (let i = 0; i < most; i++) {
      await page.keyboard.press("Tab");
      const focused = await page.evaluate<string>(FOCUSED);
      if (name.test(focused)) return;
      seen.push(focused);
    }
    throw new Error(`Nothing called ${name} within ${most} tabs: ${seen.join(" | ")}`);
  }

  let begun = 0;
  test("from the sign-in page to the verdict and on, by keyboard only; nothing is a trap", async () => {
    // Tried again, it begins again: with a workflow and a person of its own.
    const keys = `keys-${++begun}`;
    const submit = await open(keys);
    const cases = [await submit(), await submit(), await submit()];
    const { link } = await client.invitePerson({
      body: { email: `kim-${begun}@example.com`, name: "Kim", locale: "en-GB", grants: reviewerOf(keys) },
    });
    const { page, alarms, close } = await stranger();
    const inbox = inboxOn(page, keys);
    await page.goto(link);
    await page.getByRole("heading", { name: "Welcome, Kim" }).waitFor();
    await tabTo(page, /^New password/);
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: /^Start/ }).waitFor();

    // The first Tab of a page is the way past the rail; Start has the focus already.
    await page.keyboard.press("Enter");
    await inbox.atWork(`${keys}-1`);
    await tabTo(page, /^Source/);
    await tabTo(page, /^(?:Category|Billing)/);
    await page.keyboard.press("ArrowDown");
    expect(await page.getByRole("radio", { name: /Technical/ }).isChecked()).toBe(true);
    await page.keyboard.press("ArrowUp");
    await tabTo(page, /^Total/);
    await tabTo(page, /^Reply/);
    // The verdict comes last.
    await tabTo(page, /^Approve/, 3);
    expect(await page.evaluate(IN_SIGHT)).toBe(true);
    await page.keyboard.press("Enter");
    await inbox.atWork(`${keys}-2`);
    expect(await look(cases[0]!)).toMatchObject({ state: "decided", verdict: "approve" });

    await tabTo(page, /^More$/, 60);
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Put back" }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    const list = page.getByRole("dialog", { name: /shortcuts/i });
    await list.waitFor();
    await page.keyboard.press("Escape");
    await list.waitFor({ state: "detached" });
    await page.keyboard.press("r");
    await page.keyboard.press("Escape");
    await inbox.bar.waitFor();
    await page.keyboard.press("r");
    await page.keyboard.press("1");
    await inbox.atWork(`${keys}-3`);
    expect(await look(cases[1]!)).toMatchObject({ state: "decided", verdict: "reject" });

    // All the way round: every stop is in sight, and the way leads back to the beginning.
    await page.goto(`/inbox?workflow=${keys}`);
    await page.getByRole("button", { name: /^(?:Start|Go on)/ }).waitFor();
    await page.evaluate("document.activeElement.blur()");
    const hidden: string[] = [];
    let rounds = 0;
    for (; rounds < 80; rounds++) {
      await page.keyboard.press("Tab");
      const focused = await page.evaluate<string>(FOCUSED);
      if (focused === "" && rounds > 0) break;
      // A frame may pass before what has the focus is drawn where it belongs.
      await page.waitForFunction(IN_SIGHT, undefined, { timeout: 10_000 }).catch(() => hidden.push(focused));
    }
    expect({ hidden, roundIsClosed: rounds < 80 }).toEqual({ hidden: [], roundIsClosed: true });
    expect(alarms).toEqual([]);
    await close();
  });

  test("letters can be switched off, and need Alt and Shift for who uses a screen reader", async () => {
    const submit = await open("modified");
    await submit();
    const { page, close } = await visit("reader@example.com", reviewerOf("modified"), {
      preferences: { screenReader: true },
    });
    const inbox = inboxOn(page, "modified");
    await inbox.start();
    await page.keyboard.press("r");
    await inbox.bar.waitFor();
    await page.keyboard.press("Alt+Shift+R");
    await page.getByRole("group", { name: /^Why reject\?/ }).waitFor();
    await page.keyboard.press("Escape");
    await inbox.bar.waitFor();
    await close();
  });

  test("on a phone of 360 pixels: the whole way by tapping, nothing to the side, targets that a thumb meets", async () => {
    const submit = await open("phone");
    const cases = [await submit(), await submit()];
    const { page, close } = await visit("phone@example.com", reviewerOf("phone"), { viewport: PHONE });
    const inbox = inboxOn(page, "phone");
    await inbox.start();
    await inbox.atWork("phone-1");
    expect(await misfitsOn(page)).toEqual([]);
    const small: string[] = [];
    for (const button of await page.getByRole("button").all()) {
      const box = await button.boundingBox();
      if (box !== null && (box.height < 24 || box.width < 24)) small.push(await button.innerText());
    }
    expect(small).toEqual([]);
    expect((await inbox.verb("Approve").boundingBox())!.height).toBeGreaterThanOrEqual(44);
    await inbox.verb(/^Reject/).click();
    await page.getByRole("button", { name: /Wrong class/ }).click();
    await inbox.atWork("phone-2");
    await inbox.verb("Approve").click();
    await inbox.says(/Approved/);
    expect(await misfitsOn(page)).toEqual([]);
    expect(await look(cases[0]!)).toMatchObject({ verdict: "reject" });
    expect(await look(cases[1]!)).toMatchObject({ verdict: "approve" });
    await page.getByRole("navigation", { name: "Pages" }).getByRole("button", { name: "More" }).click();
    await page
      .getByRole("dialog")
      .getByTitle(/^Account of/)
      .waitFor();
    await close();
  });
});
