/** What the canary says, and when a model retires, as owners and on-call read it: both languages, a desk and a phone. */
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { CHROMIUM, misfitsOn, PHONE } from "../support/browser.ts";
import { startCharacters } from "../support/characters.ts";
import { openConsole } from "../support/console.ts";
import { launch, until } from "../support/installation.ts";

describe.skipIf(CHROMIUM === undefined)("a model that is another one by now", async () => {
  if (CHROMIUM === undefined) return;
  const { visit, client, installation } = await openConsole();
  const workflow = "claims";
  const models = {
    small: { name: "small-2501", version: "fp_44709d6fcb", character: "small" },
    large: { name: "large-2411", character: "large" },
    huge: { name: "huge-2411", character: "huge" },
  };
  const provider = await startCharacters(models);
  afterAll(() => provider.stop());
  const now = installation.app.clock.now();
  const day = (days: number) => new Date(now + days * 86_400_000).toISOString().slice(0, 10);
  provider.list = { object: "list", data: [{ id: "large", shutdown_date: day(40) }] };
  const settings = { kind: "openai", baseUrl: provider.url, shutdownDates: { huge: day(-3) } };
  await client.saveConnection({ params: { name: "mistral-eu" }, body: { settings } });
  const step = (name: string) => ({ connection: "mistral-eu", name, timeout: 5_000 });
  await launch(installation, {
    script: null,
    workflow: { workflow },
    release: {
      workflow,
      model: step("small"),
      prompt: "Sort this: {{ input.text }}",
      fallback: [step("large"), step("huge"), "manual"],
    },
  });
  const inUse = () => client.listModels();
  await until(inUse, (found) => found.models.filter((one) => one.nextCanaryAt !== null).length === 3);
  const ran = (count: number) =>
    client.listCanaryRuns({ query: {} }).then((found) => found.runs.length >= count);
  for (const model of ["small", "large"])
    await client.runCanary({ params: { name: "mistral-eu" }, body: { model } });
  await until(() => ran(2), Boolean);
  provider.models["small"] = { name: "small-2506", version: "fp_9a1c5e2b70", character: "new" };
  await client.runCanary({ params: { name: "mistral-eu" }, body: { model: "small" } });
  await until(() => ran(4), Boolean);

  const owner = [
    { role: "owner", workflow },
    { role: "administrator", workflow: null },
  ] as const;
  const english = await visit("o@example.com", owner);
  const german = await visit("b@example.com", owner, { locale: "de-DE", viewport: PHONE });
  afterEach(() => {
    for (const { alarms, outside } of [english, german]) expect([...alarms, ...outside]).toEqual([]);
  });

  test("stands in Operations with its names, when it changed, and when it retires", async () => {
    const { page } = english;
    await page.goto(`/operations?workflow=${workflow}`);
    const table = page.getByRole("table", { name: "Models" });
    const row = table.getByRole("row", { name: /mistral-eu small/ });
    await row.getByText("small-2506 (fp_9a1c5e2b70)").waitFor();
    await row.getByText(/another name, noticed/).waitFor();
    await table
      .getByRole("row", { name: /mistral-eu large/ })
      .getByText(/in 40 days/)
      .waitFor();
    await table
      .getByRole("row", { name: /mistral-eu huge/ })
      .getByText(/retired since/)
      .waitFor();
    await table
      .getByRole("row", { name: /mistral-eu huge/ })
      .getByText("not asked yet")
      .waitFor();
    await table
      .getByRole("row", { name: /mistral-eu large/ })
      .getByText("its answers are known")
      .waitFor();
    await page.getByText(/One model has changed and 2 models retire/i).waitFor();
    expect(await misfitsOn(page)).toEqual([]);
  });

  test("is said on the overview, and leads there", async () => {
    const { page } = english;
    await page.goto(`/overview?workflow=${workflow}`);
    await page
      .getByText(
        "mistral-eu small answers as small-2506 (fp_9a1c5e2b70); it was small-2501 (fp_44709d6fcb) before",
      )
      .waitFor();
    await page.getByText(/mistral-eu large retires in 40 days/).waitFor();
    await page.getByText(/mistral-eu huge was to retire on/).waitFor();
    expect(await misfitsOn(page)).toEqual([]);
  });

  test("is said in German on a phone, and fits it", async () => {
    const { page } = german;
    await page.goto(`/operations?workflow=${workflow}`);
    const row = page.getByRole("table", { name: "Modelle" }).getByRole("row", { name: /mistral-eu small/ });
    await row.getByText(/anderer Name, bemerkt/).waitFor();
    expect(await misfitsOn(page)).toEqual([]);
    await page.goto(`/overview?workflow=${workflow}`);
    await page.getByText(/mistral-eu large wird abgeschaltet: in 40 Tagen/).waitFor();
    expect(await misfitsOn(page)).toEqual([]);
  });

  test("has its last day noted in the form of its connection, and said by the test of it", async () => {
    const { page } = english;
    await page.goto("/settings#connections");
    await page.getByRole("button", { name: "Replace mistral-eu" }).click();
    const field = page.getByLabel(/When models retire/);
    expect(await field.inputValue()).toBe(`huge ${day(-3)}`);
    await field.fill(`huge ${day(-3)}, small ${day(10)}`);
    await page.getByRole("dialog").getByRole("button", { name: "Store a connection" }).click();
    await page.getByRole("status").getByText("The connection is stored.").waitFor();
    expect((await inUse()).models.find((one) => one.model === "small")).toMatchObject({ retiresIn: 10 });
    await page.getByRole("button", { name: "Test mistral-eu" }).click();
    await page.getByLabel("Model (optional)").fill("large");
    await page.getByRole("dialog").getByRole("button", { name: "Test", exact: true }).click();
    await page.getByText(/The provider retires this model on/).waitFor();
    expect(await misfitsOn(page)).toEqual([]);
  });
});
