/** What was reported, in a real browser: told at the point of doubt, read in its words, answered by the owner. */
import { afterEach, describe, expect, test } from "vitest";
import { CHROMIUM, misfitsOn, PHONE } from "../support/browser.ts";
import { inboxOn, openConsole } from "../support/console.ts";

describe.skipIf(CHROMIUM === undefined)("what was reported", async () => {
  if (CHROMIUM === undefined) return;
  const workflow = "reported";
  const { open, visit, client } = await openConsole();
  const submit = await open(workflow);
  const caseId = await submit();
  const clerk = await visit("clerk@example.com", [{ role: "reviewer", workflow }]);
  const owner = await visit("owner@example.com", [{ role: "owner", workflow }]);
  const viewer = await visit("viewer@example.com", [{ role: "viewer", workflow }], { viewport: PHONE });
  const visits = [clerk, owner, viewer];
  afterEach(() => expect(visits.flatMap(({ alarms, outside }) => [...alarms, ...outside])).toEqual([]));
  const whatNow = () => clerk.page.getByRole("dialog", { name: /Looks wrong/ });
  const about = () => whatNow().getByLabel("Which field is it about?");
  const listed = async () => (await client.listImprovements({ params: { workflow } })).improvements;
  const said = async (improvement: string) =>
    (await client.getImprovement({ params: { improvement } })).said[0]!;

  test("a report is about the field that had the focus last, and takes words along", async () => {
    const { page } = clerk;
    const inbox = inboxOn(page, workflow);
    await inbox.start();
    await page.getByLabel("Total").focus();
    await page.evaluate("document.activeElement.blur()");
    await page.keyboard.press("w");
    expect(await about().inputValue()).toBe("total");
    await whatNow().getByLabel("In your words (optional)").fill("It adds the tax twice.");
    await whatNow().getByRole("button", { name: "Report the pattern" }).click();
    await inbox.says(/^Reported\./);
    const [found] = await listed();
    expect(found).toMatchObject({ kind: "same_mistake", field: "total", cases: [caseId] });
    expect(await said(found!.id)).toMatchObject({ field: "total", text: "It adds the tax twice.", caseId });
  });

  test("what was reported is not said again by itself; another field can be chosen", async () => {
    const { page } = clerk;
    await page.keyboard.press("w");
    expect(await whatNow().getByLabel("In your words (optional)").inputValue()).toBe("");
    await about().selectOption({ label: "the whole case" });
    await whatNow().getByRole("button", { name: "Report", exact: true }).click();
    await inboxOn(page, workflow).says(/^Reported\./);
    await expect
      .poll(async () => (await listed()).find((one) => one.kind === "slow_or_strange"))
      .toMatchObject({ field: null });
  });

  test("a report may be about what came in: the text in which something was marked", async () => {
    const { page } = clerk;
    await page.locator('[data-source="text"] [lang], [data-source="text"] div').first().dblclick();
    await page.keyboard.press("w");
    expect(await about().inputValue()).toBe("input.text");
    await whatNow().getByLabel("In your words (optional)").fill("An IBAN stands in it.");
    await whatNow()
      .getByRole("listitem")
      .filter({ hasText: "Personal data is visible" })
      .getByRole("button")
      .click();
    // The same words stand with the verdict that it leads to.
    await page.getByRole("group", { name: /Why reject/ }).waitFor();
    await expect.poll(async () => (await listed()).find((one) => one.kind === "personal_data")).toBeDefined();
    const { id } = (await listed()).find((one) => one.kind === "personal_data")!;
    expect(await said(id)).toMatchObject({
      field: "input.text",
      reason: "privacy",
      text: "An IBAN stands in it.",
    });
  });

  test("a case that nobody holds is reported from its own page", async () => {
    const { page } = clerk;
    await page.goto(`/cases/${caseId}?workflow=${workflow}`);
    await page.getByRole("button", { name: "Report a problem" }).click();
    const dialog = page.getByRole("dialog", { name: "Report a problem" });
    await dialog.getByLabel("What is wrong?").selectOption({ label: "Wrong customer" });
    await dialog.getByLabel("Which field is it about?").selectOption("reply");
    await dialog.getByLabel("In your words (optional)").fill("This is for somebody else.");
    await dialog.getByRole("button", { name: "Report", exact: true }).click();
    await inboxOn(page, workflow).says(/^Reported\./);
    const { id } = (await listed()).find((one) => one.kind === "wrong_customer")!;
    expect(await said(id)).toMatchObject({ field: "reply", text: "This is for somebody else.", caseId });
  });

  test("the owner reads the words and answers; the list shows the answer", async () => {
    const { page } = owner;
    await page.goto(`/overview?workflow=${workflow}`);
    await page.getByRole("button", { name: /Same mistake again/ }).click();
    const dialog = page.getByRole("dialog", { name: /Same mistake again/ });
    await dialog.getByText("It adds the tax twice.").waitFor();
    await dialog.getByText("clerk@example.com").waitFor();
    await dialog.getByLabel("Answer to everybody who reported").fill("We mend the sums.");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByText("Answer: We mend the sums.").waitFor();
    expect((await listed()).find((one) => one.kind === "same_mistake")).toMatchObject({
      answer: "We mend the sums.",
    });
  });

  test("a link leads to one; who may not read cases reads no words and no names, and it fits a phone", async () => {
    const { page } = viewer;
    const { id } = (await listed()).find((one) => one.kind === "same_mistake")!;
    await page.goto(`/overview?workflow=${workflow}&improvement=${id}`);
    const dialog = page.getByRole("dialog", { name: /Same mistake again/ });
    await dialog.getByText("The words are for those who may read cases.").waitFor();
    await dialog.getByText("We mend the sums.").waitFor();
    expect(await dialog.textContent()).not.toMatch(/tax twice|clerk@/);
    expect(await dialog.getByRole("button", { name: "Save" }).count()).toBe(0);
    expect(await misfitsOn(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(page.url()).not.toContain("improvement=");
  });
});
