/**
 * What is agreed about measuring people, in a real browser: recorded, read by those it is about, allowed by two, looked at
 * on the record; the wait to expect; and whom to ask.
 */
import type { Page } from "playwright-core";
import { afterEach, describe, expect, test } from "vitest";
import { sql } from "../../src/platform/sql.ts";
import { CHROMIUM } from "../support/browser.ts";
import { openConsole } from "../support/console.ts";
import { settled } from "../support/pages.ts";

const WORKFLOW = "measured";
const REFERENCE = "Works agreement on Pilotage, 2026-03-01";
const DAY = 86_400_000;

describe.skipIf(CHROMIUM === undefined)("what is agreed about measuring people", async () => {
  if (CHROMIUM === undefined) return;
  const { open, visit, client, installation } = await openConsole();
  const { database, clock } = installation.app;
  await open(WORKFLOW);
  const grant = (role: "owner" | "compliance" | "reviewer") => [{ role, workflow: WORKFLOW }] as const;
  const english = { locale: "en-GB" } as const;
  const owner = await visit("owner@example.com", grant("owner"), english);
  const compliance = await visit("law@example.com", grant("compliance"), english);
  const clerk = await visit("clerk@example.com", grant("reviewer"), english);
  const visits = [owner, compliance, clerk];
  afterEach(() => expect(visits.flatMap(({ alarms, outside }) => [...alarms, ...outside])).toEqual([]));

  const go = async (page: Page, path: string) => {
    // A change of the part behind # alone would load nothing.
    await page.goto("about:blank");
    await page.goto(path.replace("?", `?workflow=${WORKFLOW}`));
    await settled(page);
  };
  const section = (page: Page, name: string) =>
    page.locator("section").filter({ has: page.getByRole("heading", { name, exact: true }) });

  const { caseId } = await client.submitCase({
    params: { workflow: WORKFLOW },
    body: { externalId: "worked", input: { text: "Invoice 1" } },
  });
  /** Each verdict is a turn of one case that stands for the work of many. */
  let turn = 100;
  const work = async (person: string, verdicts: number) => {
    const time = new Date(clock.now() - 2 * DAY).toISOString();
    await database.run(sql`
      insert into review (case_id, no, workflow, state, opened_at, person, holder, verdict, decided_at, active_ms)
      select ${caseId}, ${turn}::int + i, ${WORKFLOW}, 'decided', ${time}, ${person}, ${person}, case when i % 4 = 0 then 'edit' else 'approve' end, ${time}, 30000 + i * 1000 from generate_series(1, ${verdicts}) i`);
    turn += verdicts;
  };
  await work("zoe@example.com", 40);
  await work("clerk@example.com", 24);
  await work("anna@example.com", 7);

  test("nothing is on record at first, and the page says what follows from that", async () => {
    await go(clerk.page, "/evidence?#council");
    await clerk.page.getByText("Nothing on record yet").waitFor();
    await clerk.page.getByText("Whoever answers for compliance or the workflow may record it.").waitFor();
    await go(owner.page, "/evidence?#reviews");
    await section(owner.page, "Figures of single persons")
      .getByText(/^Off\./)
      .waitFor();
    expect(await owner.page.getByRole("button", { name: /single persons/ }).count()).toBe(0);
  });

  test("compliance records the agreement; what takes two waits, and everybody reads so", async () => {
    const { page } = compliance;
    await go(page, "/evidence?#council");
    await page.getByLabel("An agreement is made").check();
    await page.getByLabel("Name and date of the agreement").fill(REFERENCE);
    await page.getByRole("switch", { name: /single persons are agreed/ }).check();
    await page.getByRole("button", { name: "Record", exact: true }).click();
    const holds = section(page, "What holds");
    await holds.getByText("waits for the second person").waitFor();
    await holds.getByText(REFERENCE).waitFor();
    await go(clerk.page, "/evidence?#council");
    await section(clerk.page, "What holds").getByText("waits for the second person").waitFor();
    expect(await clerk.page.getByRole("button", { name: /Approve|Refuse|Switch off/ }).count()).toBe(0);
  });

  test("the owner approves, and who the two were stands there", async () => {
    const { page } = owner;
    await go(page, "/evidence?#council");
    await page.getByRole("button", { name: "Approve" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
    await section(page, "What holds")
      .getByText(/By law@example\.com and owner@example\.com/)
      .waitFor();
  });

  test("figures of single persons come only on demand, in the order of names, and the look is on record", async () => {
    const { page } = owner;
    await go(page, "/evidence?#reviews");
    const part = section(page, "Figures of single persons");
    await part.getByText(/Your look is recorded by name/).waitFor();
    const looks = async () => (await database.all(sql`select 1 from figures_look`)).length;
    expect(await looks()).toBe(0);
    await part.getByRole("button", { name: "Show single persons' figures" }).click();
    await part.getByRole("listitem").first().waitFor();
    expect(await part.getByRole("heading", { level: 3 }).allInnerTexts()).toEqual([
      "anna@example.com",
      "clerk@example.com",
      "zoe@example.com",
    ]);
    const zoe = await part.getByRole("listitem").last().innerText();
    expect(zoe).toMatch(/75\s?%[^]*\(\d+(\.\d)?\s?% to \d+(\.\d)?\s?%\)[^]*n 40/);
    expect(await part.getByRole("listitem").first().innerText()).toContain("not yet: 13 more");
    expect(await looks()).toBe(1);
  });

  test("those shown see who looked", async () => {
    await go(clerk.page, "/evidence?#reviews");
    await section(clerk.page, "Your own figures")
      .getByText(/Looked at by: owner@example\.com \(once, last/)
      .waitFor();
    expect(await section(clerk.page, "Figures of single persons").count()).toBe(0);
  });

  test("one person switches them off at once, and what held before can be read", async () => {
    const { page } = compliance;
    await go(page, "/evidence?#council");
    await page.getByRole("button", { name: "Switch off" }).click();
    await section(page, "What holds").getByText("off: nobody sees them").waitFor();
    await section(page, "What held before").getByText(REFERENCE).first().waitFor();
    await go(owner.page, "/evidence?#reviews");
    await section(owner.page, "Figures of single persons")
      .getByText(/^Off\./)
      .waitFor();
  });

  test("the wait to expect says what is missing, then what other numbers come to", async () => {
    const { page } = owner;
    await go(page, "/operations?");
    const part = section(page, "The wait to expect");
    await part.getByText(/^Not yet: it takes \d+ more cases/).waitFor();
    await database.run(sql`
      insert into case_ (id, workflow, state, arm, release, share, autonomy_coin, qa, qa_probability, cold, cold_probability, door, source, external_id, received_at)
      select 'case_' || lpad(i::text, 26, '0'), ${WORKFLOW}, 'cancelled', 'manual', 'manual', 0, 0, false, 0, false, 0, 'http', 'api', i::text, ${new Date(clock.now() - 14 * DAY).toISOString()}
      from generate_series(1, 3600) i`);
    await go(page, "/operations?");
    await part.getByText(/^Not everything that it takes is measured yet/).waitFor();
    await part.getByLabel("Reviewers at a time").fill("2");
    await part.getByLabel("Reviewed, in %").fill("50");
    await part.getByRole("textbox", { name: "Minutes per case" }).fill("5");
    await part.getByText(/^2 people are at \d+\s?% load; a case waits .+ on average\.$/).waitFor();
    expect(await part.getByRole("row").count()).toBe(8);
    await part.getByRole("textbox", { name: "Minutes per case" }).fill("30");
    await part
      .getByText(/^With 2 people the queue grows by [\d.]+ cases an hour\. \d+ people are enough/)
      .waitFor();
    await part.getByLabel("Reviewed, in %").fill("500");
    await part.getByText("A number from 0 to 100").waitFor();
    await part.getByRole("button", { name: "As measured" }).click();
    await part.getByText(/^Not everything that it takes is measured yet/).waitFor();
  });

  test("the owner says whom to ask, and it stands on every page; others may read it", async () => {
    const { page } = owner;
    await go(page, "/settings?#support");
    await page.getByLabel("Contact").fill("desk@example.com");
    await page.getByLabel("Answers within, in working hours").fill("8");
    await page.getByRole("button", { name: "Change" }).click();
    await page
      .locator("footer")
      .getByText(/desk@example\.com/)
      .waitFor();
    await go(clerk.page, "/settings?#support");
    await clerk.page.getByText("The owner of the workflow may change it.").waitFor();
    await clerk.page
      .locator("footer")
      .getByText(/desk@example\.com/)
      .waitFor();
    expect(await clerk.page.getByRole("button", { name: "Change" }).count()).toBe(0);
  });
});
