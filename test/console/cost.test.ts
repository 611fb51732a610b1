/** What models cost, as an owner sees it: on the overview, against the budget, and on the case. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { CHROMIUM } from "../support/browser.ts";
import { openConsole } from "../support/console.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { launch } from "../support/installation.ts";

describe.skipIf(CHROMIUM === undefined)("the cost of models", async () => {
  if (CHROMIUM === undefined) return;
  const folder = temporaryFolder("prices");
  afterAll(() => removeFolder(folder));
  const prices = join(folder, "prices.yaml");
  writeFileSync(
    prices,
    'date: 2026-01-02\ncurrency: EUR\nproviders: [{ name: s, kinds: [scripted], models: [{ for: [priced], input: "10", output: "40" }] }]',
  );
  const opened = await openConsole({ PILOTAGE_PRICES: prices });
  const { client, installation } = opened;
  const workflow = "priced-tickets";
  const usage = { inputTokens: 1_000, outputTokens: 100 };
  await client.saveConnection({
    params: { name: "priced" },
    body: {
      settings: {
        kind: "scripted",
        script: { rules: [], otherwise: { answer: { category: "billing" }, usage } },
      },
    },
  });
  await launch(installation, {
    script: null,
    workflow: { workflow, budget: { perDay: 0.03 } },
    release: {
      workflow,
      model: { connection: "priced", name: "priced", timeout: 5_000, maxTokens: 100 },
      prompt: "{{ input.text }}",
    },
    share: 1,
  });
  let last = "";
  for (const externalId of ["c-1", "c-2"]) {
    const body = { externalId, input: { text: "the bill" } };
    last = (await client.submitCase({ params: { workflow }, body })).caseId;
    await opened.reach(last, "in_review");
  }
  const { page } = await opened.visit("owner@example.com", [{ role: "owner", workflow }], {
    locale: "en-GB",
  });

  test("stands on the overview, exact, against the budget, with what is missing for a forecast", async () => {
    await page.goto(`/overview?workflow=${workflow}`);
    const cost = page.locator("#cost");
    await cost.getByText("€0.028", { exact: true }).first().waitFor();
    const text = await cost.innerText();
    expect(text).toContain("€0.014 over 2 cases of this month");
    expect(text).toContain("€0.028 of €0.03 today");
    expect(text).toContain("nearly spent");
    expect(text).toContain("Not yet. Missing: 7 more whole days with cases and 50 more cases.");
    await page.getByText("93% of the budget of today is used").waitFor();
  });

  test("stands with each call on the case", async () => {
    await page.goto(`/cases/${last}?workflow=${workflow}`);
    await page.getByText("€0.014", { exact: true }).first().waitFor();
  });
});
