/** Operations says which models are left alone, and a case's history which were passed over; in both languages. */
import { afterEach, describe, expect, test } from "vitest";
import { CHROMIUM } from "../support/browser.ts";
import { openConsole, SUGGESTION } from "../support/console.ts";
import { until } from "../support/installation.ts";

describe.skipIf(CHROMIUM === undefined)("a model that kept failing", async () => {
  if (CHROMIUM === undefined) return;
  const { visit, client, open } = await openConsole();
  const workflow = "invoices";
  await client.saveConnection({
    params: { name: "second" },
    body: { settings: { kind: "scripted", script: { otherwise: { answer: SUGGESTION } } } },
  });
  const submit = await open(workflow, {
    script: { rules: [], otherwise: { fault: "unavailable" } },
    release: { fallback: [{ connection: "second", timeout: 5_000 }, "manual"] },
  });
  // Those that find it down; what comes later passes it over.
  await Promise.all(Array.from({ length: 6 }, () => submit()));
  await until(
    () => client.getOperations({ params: { workflow } }),
    ({ models }) => models[0]!.state !== "closed",
  );
  const caseId = await submit();
  const english = await visit("o@example.com", [{ role: "owner", workflow }]);
  const german = await visit("b@example.com", [{ role: "owner", workflow }], { locale: "de-DE" });
  afterEach(() => {
    for (const { alarms, outside } of [english, german]) expect([...alarms, ...outside]).toEqual([]);
  });

  test("stands in Operations, beside the one that is asked", async () => {
    const { page } = english;
    await page.goto(`/operations?workflow=${workflow}`);
    const models = page.getByRole("table", { name: "Models" });
    const [failing, asked] = [
      models.getByRole("row", { name: /script-invoices/ }),
      models.getByRole("row", { name: /second/ }),
    ];
    await failing.getByText(/left alone: it kept failing|one call is trying/).waitFor();
    await failing.getByText("overloaded").waitFor();
    await asked.getByText("is asked").waitFor();
    await page.getByText(/One model is left alone/).waitFor();
  });

  test("is said in German, too", async () => {
    const { page } = german;
    await page.goto(`/operations?workflow=${workflow}`);
    await page
      .getByRole("table", { name: "Modelle" })
      .getByText(/ruht: es ist wiederholt gescheitert|ein Versuch läuft/)
      .waitFor();
    await page.getByText(/Ein Modell ruht/).waitFor();
    await page.goto(`/cases/${caseId}`);
    await page.getByText("übergangen, weil wiederholt gescheitert: script-invoices").waitFor();
  });
});
