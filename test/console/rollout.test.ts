/** The page of a rollout, as owner and release approver see it: begin, go on by two, and back in two clicks. In a real browser. */
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/contract/json.ts";
import { sql } from "../../src/platform/sql.ts";
import { CHROMIUM } from "../support/browser.ts";
import { openConsole } from "../support/console.ts";

const workflow = "rolling-tickets";

describe.skipIf(CHROMIUM === undefined)("the page of a rollout", async () => {
  if (CHROMIUM === undefined) return;
  const opened = await openConsole();
  const { client } = opened;
  const submit = await opened.open(workflow, { workflow: { rollout: ["shadow", 0.5, 1], qa: { share: 0 } } });
  const { candidateRelease: release } = await client.getWorkflow({ params: { workflow } });
  await client.setShare({ params: { workflow }, body: { release: release!, share: 0 } });
  const { page } = await opened.visit("owner@example.com", [{ role: "owner", workflow }], {
    locale: "en-GB",
  });
  const approver = await opened.as("approver@example.com", [{ role: "approver", workflow }]);
  const sentence = () => page.locator("main header p").first();
  const say = (text: string) => page.getByText(text, { exact: false }).first().waitFor();
  const press = (name: string) => page.getByRole("button", { name, exact: true }).last().click();

  test("says what a rollout is where there is none, and begins one with its plan", async () => {
    await page.goto(`/rollout?workflow=${workflow}`);
    await say("No rollout yet");
    await press("Start a rollout");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Highest error rate in %").fill("90");
    await say("A number between 0.01 and 50");
    expect(await dialog.getByRole("button", { name: "Start a rollout" }).isDisabled()).toBe(true);
    await dialog.getByLabel("Highest error rate in %").fill("8");
    await dialog.getByRole("button", { name: "Start a rollout" }).click();
    await say("answers along; nobody sees or uses what it says");
    expect(await page.locator("[aria-current=step]").last().innerText()).toContain("Shadow");
  });

  test("asks for the next stage, and shows it once a second person has approved", async () => {
    await press("Next stage");
    await press("Next stage");
    await say("Asked for. It holds as soon as");
    const { changes } = await client.listChanges({ params: { workflow } });
    await approver.approveChange({ params: { change: changes[0]!.id } });
    await page.reload();
    await say("gets 50% of the new cases");
    await say("Not yet:");
    await say("too few of its cases are reviewed");
    await say("no data");
  });

  test("shows what its guards counted, and the way back is two clicks", async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, (_, i) => submit({ text: `bill ${i}` })));
    for (const id of ids) {
      const { arm } = await opened.look(id);
      if (arm === "manual") continue;
      const { lease } = await client.claimReview({ params: { case: id }, body: {} });
      await client.giveVerdict({ params: { case: id }, body: { lease, verdict: "approve" } });
    }
    await page.reload();
    await say("Candidate: 0 of");
    await press("Roll back");
    const dialog = page.getByRole("dialog");
    expect(await dialog.getByRole("button", { name: "Roll back" }).isDisabled()).toBe(true);
    await dialog.getByLabel("Reason").fill("Two customers got wrong answers");
    await dialog.getByRole("button", { name: "Roll back" }).click();
    await say("was rolled back; new cases go to people without AI");
    expect(await sentence().innerText()).toContain("rolled back");
    // What did not come about is not announced any more.
    await page.getByText("ended here").waitFor();
    expect(await page.getByText("to come", { exact: true }).count()).toBe(0);
    expect(await page.getByText(/^Agreed: \d+% errors at most/).count()).toBe(1);
    await say("Two customers got wrong answers");
    expect(await client.getWorkflow({ params: { workflow } })).toMatchObject({
      candidateRelease: null,
      share: 0,
    });
  });

  test("leads to the rollout of the stable release, which can be taken out beside another one, and to the one that an address names", async () => {
    const { rollouts } = await client.listRollouts({ params: { workflow }, query: {} });
    const first = rollouts.at(-1)!;
    const { document } = await client.getRelease({ params: { release: release! } });
    const { model, ...more } = document as { model: JsonObject };
    const { id: next } = await client.publishRelease({
      params: { workflow },
      body: { document: { ...more, model: { ...model, timeout: 4_321 } } as JsonObject },
    });
    await client.startRollout({ params: { workflow }, body: { release: next, ceiling: 0.1 } });

    await page.goto(`/rollout?workflow=${workflow}`);
    await say(`${next} answers along`);
    expect(await page.getByText("has a rollout of its own").count()).toBe(0);
    await page.goto(`/rollout?workflow=${workflow}&rollout=${first.id}`);
    await say(`${release} was rolled back`);
    await page.getByRole("link", { name: "To the newest rollout" }).click();
    await say(`${next} answers along`);

    // As if the first one had been promoted, and fifty had been tried since.
    const { database } = opened.installation.app;
    await database.run(sql`
      insert into rollout (id, workflow, release, digest, control, state, stages, stage, plan, stage_at, started_at, started_by, ended_at)
      select 'roll_zz' || n, workflow, ${next}, digest, control, 'aborted', stages, -1, plan, stage_at, started_at, started_by, ended_at
      from rollout, generate_series(10, 60) n where id = ${first.id}`);
    await database.run(sql`update rollout set state = 'promoted' where id = ${first.id}`);
    await database.run(sql`update workflow set stable_release = ${release!} where name = ${workflow}`);
    await page.reload();
    await say(`The stable release ${release} has a rollout of its own.`);
    expect(await page.getByRole("button", { name: "Roll back" }).count()).toBe(0);
    await page.getByRole("link", { name: "it can be taken out there" }).click();
    await press("Roll back");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Reason").fill("The stable one is bad");
    await dialog.getByRole("button", { name: "Roll back" }).click();
    await say(`${release} was rolled back`);
    expect(await client.getWorkflow({ params: { workflow } })).toMatchObject({
      stableRelease: "manual",
      shadowRelease: next,
    });
  });
});
