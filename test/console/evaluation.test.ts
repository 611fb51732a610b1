/** Evaluation sets, runs, two runs compared and gates on the page Quality, and the pages of one run and one gate. In a real browser. */
import { describe, expect, test } from "vitest";
import { CHROMIUM } from "../support/browser.ts";
import type { JsonObject } from "../../src/contract/json.ts";
import { openConsole, SUGGESTION } from "../support/console.ts";
import { CASES_SET, IMPORTED_SET, openEvaluated } from "../support/evaluated-stage.ts";
import { workflowDocument } from "../support/installation.ts";
import { startProvider } from "../support/provider.ts";

const workflow = "evaluated";
const young = "without-sets";

describe.skipIf(CHROMIUM === undefined)("evaluation runs on the page Quality", async () => {
  if (CHROMIUM === undefined) return;
  const opened = await openConsole();
  const { client } = opened;
  await opened.open(young);
  const made = await openEvaluated(opened, workflow);
  const grants = [
    { role: "owner", workflow },
    { role: "owner", workflow: young },
  ] as const;
  const { page } = await opened.visit("owner@example.com", grants, { locale: "en-GB" });
  const say = (text: string) => page.getByText(text, { exact: false }).first().waitFor();
  const table = (name: string | RegExp) => page.getByRole("table", { name });

  test("say how a set comes to be while there is none", async () => {
    await page.goto(`/quality?workflow=${young}`);
    await say(`pilotage evaluation collect ${young}`);
    await say("as soon as two runs over one set are done");
    expect(await page.getByRole("button", { name: "Start a run" }).count()).toBe(0);
  });

  test("stand with their sets, what these prove, and each figure with its range", async () => {
    await page.goto(`/quality?workflow=${workflow}`);
    const sets = table("Evaluation sets");
    await sets.getByText("sealed, can prove").waitFor();
    await sets.getByText("for tuning, proves nothing").waitFor();
    await table("Newest runs").getByText("3 times").waitFor();
    await table("Newest runs").getByText("0% wavered").waitFor();
    await sets.getByRole("button", { name: `Show runs over ${CASES_SET}@1 only` }).click();
    const runs = table(`Runs over ${CASES_SET}@1`);
    await runs.waitFor();
    expect(await runs.getByText(`${IMPORTED_SET}@1`).count()).toBe(0);
  });

  test("are told in words when two are compared, with the items that changed and the cases behind them", async () => {
    await page.goto(`/quality?workflow=${workflow}&new=${made.runs.fresh}&old=${made.runs.old}`);
    await say("The new release is better.");
    await say("McNemar, p < 0.001");
    await page.getByLabel("Old", { exact: true }).selectOption({ index: 1 });
    await page.waitForURL(/old=evr_/);
    await page.goto(`/quality?workflow=${workflow}&new=${made.runs.old}&old=${made.runs.fresh}`);
    await say("The new release is worse.");
    await page.getByRole("button", { name: "Show 3 more" }).click();
    await page.getByLabel("May be worse by").fill("70");
    await say("A number from 0 to 50");
    const { runs } = await client.getEvaluationSet({ params: { workflow, set: CASES_SET } });
    await page.goto(`/quality?workflow=${workflow}&new=${runs[0]!.id}&old=${runs[1]!.id}`);
    const link = page.getByRole("link", { name: /^Case of no\./ }).first();
    expect(await link.getAttribute("href")).toContain("/cases/case_");
  });

  test("open on a page of their own with classes, parts, and what was taken for what", async () => {
    await page.goto(`/quality/runs/${made.runs.old}?workflow=${workflow}`);
    const taken = table("What was taken for what: category");
    const first = taken.getByRole("row").nth(1);
    expect(await first.innerText()).toMatch(/technical\s+billing\s+15/);
    await table("By class: category").getByText("technical").waitFor();
    await table("By part").getByText("output.category").first().waitFor();
    await table("What was measured").getByText("latency p95").waitFor();
    await page.getByRole("link", { name: "Compare with another run" }).click();
    await page.waitForURL(/\/quality\?.*new=evr_/);
    await page.goto(`/quality/runs/evr_nothing?workflow=${workflow}`);
    await say("There is no such evaluation run");
  });

  test("are started by owners: which set, which release, and behind More what is measured, how often, how fast", async () => {
    await page.goto(`/quality?workflow=${workflow}`);
    await page.getByRole("button", { name: "Start a run" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("category by class and macro-F1, total within 1 %").waitFor();
    await dialog.getByText("More: metrics, repeats, pace").click();
    await dialog.getByLabel("How often for each item").fill("12");
    await dialog.getByText("A whole number from 1 to 9").waitFor();
    await dialog.getByLabel("How often for each item").fill("2");
    await dialog.getByLabel("How many questions at once").fill("65");
    await dialog.getByText("A whole number from 1 to 64").waitFor();
    expect(await dialog.getByRole("button", { name: "Start a run" }).isDisabled()).toBe(true);
    await dialog.getByLabel("How many questions at once").fill("4");
    await dialog.getByRole("button", { name: "Remove reply similar from 0.8 on" }).click();
    const kind = dialog.getByRole("combobox", { name: "Metric" });
    expect(await kind.and(page.locator(":focus")).count()).toBe(1);
    const add = dialog.getByRole("button", { name: "Add", exact: true });
    await kind.selectOption("number");
    await dialog.getByLabel("May be off by").fill("a little");
    await add.click();
    await dialog.getByText("A number from 0 on, or percent").waitFor();
    await dialog.getByLabel("May be off by").fill("0.5");
    await page.keyboard.press("Enter");
    await dialog.getByRole("button", { name: "Remove total within 0.5" }).waitFor();
    await dialog.getByLabel("May be off by").fill("0.5");
    await add.click();
    await dialog.getByText("This metric is in the list already.").waitFor();
    await kind.selectOption("recall");
    await dialog.getByLabel("Class", { exact: true }).selectOption("technical");
    await add.click();
    await dialog.getByRole("combobox", { name: "Set" }).selectOption({ label: `${CASES_SET}@1` });
    await dialog.getByRole("button", { name: "Start a run" }).click();
    await dialog.waitFor({ state: "detached" });
    await table("Newest runs").getByText("twice").or(table("Newest runs").getByText("2 times")).waitFor();
    const { runs } = await client.getEvaluationSet({ params: { workflow, set: CASES_SET } });
    expect(runs[0]).toMatchObject({
      release: made.fresh,
      repeats: 2,
      metrics: [
        "macro-f1 category",
        "number total within 1 %",
        "number total within 0.5",
        "recall category = technical",
      ],
    });
  });

  test("say that the releases could not be read, or the chosen one, instead of waiting for ever, and read them again", async () => {
    const broken = async (address: string, button: string) => {
      await page.route(address, (route) => route.abort());
      await page.goto(`/quality?workflow=${workflow}`);
      await page.getByRole("button", { name: button }).click();
      const dialog = page.getByRole("dialog");
      const retry = dialog.getByRole("alert").getByRole("button", { name: "Try again" });
      await retry.waitFor();
      await page.unroute(address);
      await retry.click();
      await retry.waitFor({ state: "detached" });
      return dialog;
    };
    const run = await broken("**/releases", "Start a run");
    await run.getByText("category by class and macro-F1").first().waitFor();
    const one = await broken("**/releases/*", "Start a run");
    await one.getByText("category by class and macro-F1").first().waitFor();
    const gate = await broken("**/releases", "Judge by the criteria");
    await gate.getByText("The newest run over each set counts").waitFor();
  });

  test("stay unstarted with the reason when the program refuses a metric", async () => {
    await page.goto(`/quality?workflow=${workflow}`);
    await page.getByRole("button", { name: "Start a run" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("More: metrics, repeats, pace").click();
    await dialog.getByRole("combobox", { name: "Metric" }).selectOption("judge");
    await dialog.getByLabel("Name of the judging model").fill("polite");
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await dialog.getByRole("button", { name: "Start a run" }).click();
    await dialog.getByRole("alert").getByText('has no judge "polite"').waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  });

  test("say how far they are while they run, and have their figures as soon as they are done", async () => {
    const answered = Promise.withResolvers<undefined>();
    const provider = await startProvider({
      async answer() {
        await answered.promise;
        return { output: SUGGESTION };
      },
    });
    await client.saveConnection({
      params: { name: "slow" },
      body: { settings: { kind: "openai", baseUrl: provider.url } },
    });
    const params = { workflow };
    const { document } = await client.getRelease({ params: { release: made.old } });
    const { id: release } = await client.publishRelease({
      params,
      body: {
        document: {
          ...(document as JsonObject),
          model: { connection: "slow", name: "small", timeout: 60_000 },
          prompt: "Sort.\n---\n{{ input }}",
        },
      },
    });
    const { id } = await client.startEvaluation({ params, body: { set: CASES_SET, release } });
    await page.goto(`/quality?workflow=${workflow}`);
    await table("Newest runs").getByRole("progressbar", { name: "0 of 8 asked" }).waitFor();
    await page.goto(`/quality/runs/${id}?workflow=${workflow}`);
    await say("The figures stand here as soon as the run is done.");
    answered.resolve(undefined);
    await table("What was measured").waitFor();
    await say("of 8 items of");
  });

  test("are held against criteria in gates, with what is missing, and signed by owner and sponsor", async () => {
    await page.goto(`/quality?workflow=${workflow}`);
    await table("Gates of releases").getByText("inconclusive").waitFor();
    const waits = page
      .getByRole("listitem")
      .filter({ hasText: "waits for the signatures of owner and sponsor" });
    const toGate = waits.getByRole("link", { name: `The gate of ${made.fresh}` });
    expect(await toGate.getAttribute("href")).toContain(`/quality/gates/${made.gates.fresh}`);
    await page.goto(`/quality/gates/${made.gates.old}?workflow=${workflow}`);
    const missing = table("Criteria").getByRole("row", { name: /right answers/ });
    await missing.getByText(/about \d+ more/).waitFor();
    await say("the verdict does not allow it");
    const go = (of: typeof page, as: string) => of.getByRole("button", { name: `Sign go as ${as}` });
    expect(await go(page, "owner").isDisabled()).toBe(true);
    await page.goto(`/quality/gates/${made.gates.fresh}?workflow=${workflow}`);
    await go(page, "owner").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Note for the record").fill("As agreed");
    await dialog.getByRole("button", { name: "Sign go" }).click();
    await say("go by owner@example.com");
    expect(await go(page, "sponsor").count()).toBe(0);
    const { page: other } = await opened.visit("sponsor@example.com", [{ role: "sponsor", workflow }], {
      locale: "en-GB",
    });
    await other.goto(`/quality/gates/${made.gates.fresh}?workflow=${workflow}`);
    await go(other, "sponsor").click();
    await other.getByRole("dialog").getByRole("button", { name: "Sign go" }).click();
    await other.getByText("go by sponsor@example.com").waitFor();
    const { signatures } = await client.getGate({ params: { gate: made.gates.fresh } });
    expect(signatures.map(({ as, decision }) => [as, decision])).toEqual([
      ["owner", "go"],
      ["sponsor", "go"],
    ]);
    await page.goto(`/quality/gates/gate_nothing?workflow=${workflow}`);
    await say("There is no such gate");
  });

  const judgeButton = (of: typeof page) => of.getByRole("button", { name: "Judge by the criteria" });
  const gates = async () => (await client.listGates({ params: { workflow }, query: { limit: 100 } })).gates;

  test("are no gate without criteria; how to write some is said instead", async () => {
    await page.goto(`/quality?workflow=${young}`);
    await judgeButton(page).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("No criteria are agreed").waitFor();
    await dialog.getByText(`pilotage apply workflows/${young}`).waitFor();
    expect(await dialog.getByRole("button", { name: "Judge", exact: true }).count()).toBe(0);
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await dialog.waitFor({ state: "detached" });
  });

  test("are not needed where the chosen groups follow from live cases, the pulse and people's word", async () => {
    const criteria: JsonObject[] = [
      { name: "right answers", group: "performance", metric: "accuracy", minimum: 0.7 },
      { name: "fallback rehearsed", group: "readiness", proof: "The provider was down and nothing was lost" },
    ];
    await client.applyWorkflow({
      params: { workflow: young },
      body: { document: workflowDocument({ workflow: young, criteria }) },
    });
    await page.goto(`/quality?workflow=${young}`);
    await judgeButton(page).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("2 criteria of version 1").waitFor();
    await dialog.getByText("there is none yet").waitFor();
    const verb = dialog.getByRole("button", { name: "Judge", exact: true });
    expect(await verb.isDisabled()).toBe(true);
    await dialog.getByLabel("performance").uncheck();
    await dialog.getByText("These criteria need no evaluation run.").waitFor();
    await dialog.getByLabel("readiness").uncheck();
    await dialog.getByText("Choose at least one.").waitFor();
    expect(await verb.isDisabled()).toBe(true);
    await dialog.getByLabel("readiness").check();
    await verb.click();
    await page.waitForURL(/\/quality\/gates\/gate_/);
    await table("Criteria").getByText("fallback rehearsed").waitFor();
    const [gate] = (await client.listGates({ params: { workflow: young }, query: {} })).gates;
    expect(gate).toMatchObject({ groups: ["readiness"], runs: [] });
  });

  test("are judged by an owner from the page of a run, once, and the gate opens", async () => {
    const before = (await gates()).length;
    const { runs } = await client.getEvaluationSet({ params: { workflow, set: IMPORTED_SET } });
    await page.goto(
      `/quality/runs/${runs.find(({ release }) => release === made.old)!.id}?workflow=${workflow}`,
    );
    await judgeButton(page).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("2 criteria of version 1, frozen").waitFor();
    await dialog.getByText(`${IMPORTED_SET}@1`).waitFor();
    await page.route("**/gates", (route) => route.abort(), { times: 1 });
    const verb = dialog.getByRole("button", { name: "Judge", exact: true });
    await verb.click();
    await dialog.getByRole("alert").waitFor();
    await verb.dblclick();
    await page.waitForURL(/\/quality\/gates\/gate_/);
    await page.getByText("not signed yet").first().waitFor();
    expect((await gates()).length).toBe(before + 1);
    await page.goto(`/quality?workflow=${workflow}`);
    const newest = page.getByRole("listitem").filter({ hasText: `The newest gate, of ${made.old}` });
    await newest.getByText("inconclusive").waitFor();
  });

  test("are made first where the release was never run over a set: that is one more look, and shows how far it is", async () => {
    const asked = Promise.withResolvers<undefined>();
    const provider = await startProvider({
      async answer() {
        await asked.promise;
        return { output: SUGGESTION };
      },
    });
    await client.saveConnection({
      params: { name: "slow" },
      body: { settings: { kind: "openai", baseUrl: provider.url } },
    });
    const { page: other } = await opened.visit("engineer@example.com", [{ role: "engineer", workflow }], {
      locale: "en-GB",
    });
    await other.goto(`/quality?workflow=${workflow}`);
    await judgeButton(other).click();
    const dialog = other.getByRole("dialog");
    await dialog.getByRole("combobox", { name: "Set" }).selectOption({ label: `${IMPORTED_SET}@1` });
    await dialog.getByText("The release was never run over it.").waitFor();
    const verb = dialog.getByRole("button", { name: "Judge", exact: true });
    expect(await verb.isDisabled()).toBe(true);
    const looks = async () =>
      (await client.getEvaluationSet({ params: { workflow, set: IMPORTED_SET } })).looks;
    const before = await looks();
    await dialog.getByRole("button", { name: `Measure over ${IMPORTED_SET}@1 now` }).dblclick();
    await dialog.getByRole("progressbar").waitFor();
    await dialog.getByText("Nothing can be judged while a run is under way").waitFor();
    asked.resolve(undefined);
    await dialog.getByRole("link", { name: /^Run, started/ }).waitFor();
    expect(await looks()).toBe(before + 1);
    await verb.click();
    await other.waitForURL(/\/quality\/gates\/gate_/);
    await other.getByRole("table", { name: "Criteria" }).getByText("right answers").waitFor();
    expect((await gates())[0]!.judgedBy).toContain("engineer");
  });

  test("offer nothing to start and nothing to judge to reviewers and sponsors", async () => {
    for (const [email, role] of [
      ["clerk@example.com", "reviewer"],
      ["sponsor@example.com", "sponsor"],
    ] as const) {
      const { page: other } = await opened.visit(email, [{ role, workflow }], { locale: "en-GB" });
      await other.goto(`/quality?workflow=${workflow}`);
      await other.getByRole("table", { name: "Newest runs" }).waitFor();
      await other.getByRole("table", { name: "Gates of releases" }).waitFor();
      expect(await other.getByRole("button", { name: "Start a run" }).count()).toBe(0);
      expect(await judgeButton(other).count()).toBe(0);
      await other.goto(`/quality/runs/${made.runs.fresh}?workflow=${workflow}`);
      await other.getByRole("table", { name: "What was measured" }).waitFor();
      expect(await judgeButton(other).count()).toBe(0);
    }
  });
});
