/** After a rollback: the owner has people look at what was delivered alone, in two clicks; a reviewer confirms it. In a real browser. */
import { describe, expect, test } from "vitest";
import { openClient } from "../../src/contract/client.ts";
import { automatic } from "../support/automatic.ts";
import { CHROMIUM } from "../support/browser.ts";
import { openConsole } from "../support/console.ts";
import { until } from "../support/installation.ts";

const workflow = "recalled-tickets";
const params = { workflow };

describe.skipIf(CHROMIUM === undefined)("what a rolled-back release delivered", async () => {
  if (CHROMIUM === undefined) return;
  const opened = await openConsole();
  const { client } = opened;
  const { url, key } = opened.installation;
  const okafor = openClient({ url, key, as: "J. Okafor" });
  const release = await automatic(opened.installation, workflow, { rollout: [1] });
  await client.setShare({ params, body: { release, share: 0 } });
  await client.startRollout({ params, body: { release, ceiling: 0.3 } });
  const { pending } = await client.advanceRollout({ params, body: {} });
  await okafor.approveChange({ params: { change: pending!.id } });
  for (let i = 0; i < 2; i++) {
    const { caseId } = await client.submitCase({
      params,
      body: { externalId: `alone-${i}`, input: { text: `bill ${i}` } },
    });
    await until(
      () => client.getCase({ params: { case: caseId } }),
      ({ state }) => state === "delivered",
    );
  }
  await client.rollBack({ params, body: { reason: "Two customers got wrong answers" } });
  const owner = await opened.visit("owner@example.com", [{ role: "owner", workflow }], { locale: "en-GB" });
  const reviewer = await opened.visit("clerk@example.com", [{ role: "reviewer", workflow }], {
    locale: "en-GB",
  });
  const say = (page: typeof owner.page, text: string) =>
    page.getByText(text, { exact: false }).first().waitFor();

  test("is named on the overview and on operations", async () => {
    await owner.page.goto(`/overview?workflow=${workflow}`);
    await say(owner.page, "was rolled back");
    await say(owner.page, "cases that it delivered alone have been seen by nobody");
    await owner.page.goto(`/operations?workflow=${workflow}`);
    await say(owner.page, "Release rolled back");
  });

  test("is put before people in two clicks, with what that means said before", async () => {
    const { page } = owner;
    await page.goto(`/rollout?workflow=${workflow}`);
    await say(page, "2 cases have been seen by nobody");
    await page.getByRole("button", { name: "Have people look" }).click();
    const dialog = page.getByRole("dialog");
    await say(page, "come to the reviewers' inbox");
    await dialog.getByRole("button", { name: "Have people look" }).click();
    await say(page, "2 cases stand in the inbox");
    await say(page, "2 open, 0 confirmed, 0 corrected");
    expect(await page.getByRole("button", { name: "Have people look" }).count()).toBe(0);
  });

  test("comes to a reviewer, who confirms one after the other on their pages", async () => {
    const { page } = reviewer;
    await page.goto(`/inbox?workflow=${workflow}`);
    await say(page, "a release that was rolled back delivered them alone");
    await page.getByRole("button", { name: "Look at them" }).click();
    await page.getByRole("link", { name: "Open" }).first().click();
    await say(page, "Is what was delivered right?");
    await page.getByRole("button", { name: "It is right" }).click();
    await say(page, "One case is left");
    await page.getByRole("heading", { name: "alone-1" }).waitFor();
    await page.getByRole("button", { name: "It is right" }).click();
    await say(page, "Nothing is left");
    await say(page, "and confirmed");
    await owner.page.reload();
    await say(owner.page, "0 open, 2 confirmed, 0 corrected");
  });
});
