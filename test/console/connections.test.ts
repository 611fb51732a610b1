/** An administrator stores a connection and tries it, in a real browser: what came of it is said in the reader's language. */
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { CHROMIUM } from "../support/browser.ts";
import { openConsole } from "../support/console.ts";
import { workflowDocument } from "../support/installation.ts";
import { startProvider } from "../support/provider.ts";
import { wrongKey } from "../support/provider-plays.ts";

describe.skipIf(CHROMIUM === undefined)("connections in the console", async () => {
  if (CHROMIUM === undefined) return;
  const { visit, client, url } = await openConsole();
  const provider = await startProvider({ answer: () => ({ output: { ok: true } }) });
  afterAll(() => provider.stop());
  const { page, alarms, outside } = await visit("admin@example.com", [
    { role: "administrator", workflow: null },
  ]);
  afterEach(() => expect([...alarms, ...outside]).toEqual([]));

  test("a model's connection is stored with its notes, and tried", async () => {
    await page.goto("/settings#connections");
    await page.getByRole("button", { name: "Store a connection" }).click();
    const form = page.getByRole("dialog");
    await form.getByLabel("Name").fill("mistral-eu");
    await form.getByLabel("Address up to and without /chat/completions").fill(provider.url);
    await form.getByLabel("API key (optional)").fill("k-secret");
    await form.getByLabel("Note: where the model runs (optional)").fill("EU (Paris)");
    await form.getByRole("button", { name: "Store a connection" }).click();
    await page.getByText("EU (Paris)").waitFor();
    const [stored] = (await client.listConnections()).connections;
    expect(stored!.shown).toStrictEqual({ address: provider.url, region: "EU (Paris)", stored: ["apiKey"] });

    await page.getByRole("button", { name: "Test mistral-eu" }).click();
    const trial = page.getByRole("dialog");
    await trial.getByLabel("Model (optional)").fill("small");
    await trial.getByRole("button", { name: "Test", exact: true }).click();
    const said = trial.getByRole("status");
    await said.getByText("mistral-eu answers as asked.").waitFor();
    expect(await said.innerText()).toMatch(/small-2026-04-14 · \d+ ms · 41 \+ 17 tokens · takes the schema/);

    provider.play(wrongKey());
    await trial.getByRole("button", { name: "Test", exact: true }).click();
    await said.getByText("The key is not taken").waitFor();
    await trial.getByRole("button", { name: "Close" }).last().click();
  });

  test("replacing a connection keeps its key, its headers and the models that it offers, and changes what was changed", async () => {
    await client.saveConnection({
      params: { name: "house" },
      body: {
        settings: {
          kind: "openai",
          baseUrl: provider.url,
          apiKey: "k-stored",
          headers: { "x-team": "t-stored", "x-old": "o-stored" },
          passThrough: [{ name: "small", fallback: ["mistral-eu/medium"], limits: { idleMs: 9_000 } }],
        },
      },
    });
    await page.goto("/settings#connections");
    await page.getByRole("button", { name: "Replace house" }).click();
    const form = page.getByRole("dialog");
    expect(await page.content()).not.toMatch(/[kto]-stored/);
    const headers = form.getByLabel("More headers", { exact: false });
    expect(await headers.inputValue()).toBe("x-team: •••\nx-old: •••");
    await headers.fill("x-team: •••\nx-new: n");
    await form.getByLabel("At most so many calls at once", { exact: false }).fill("4");
    expect(await form.getByLabel("Model, as the provider calls it").inputValue()).toBe("small");
    await form.getByRole("button", { name: "Add a model" }).click();
    await form.getByLabel("Model, as the provider calls it").nth(1).fill("vision");
    await form.getByLabel("Images allowed").nth(1).check();
    await form.getByLabel("Data policy for this model").nth(1).check();
    await form.getByLabel("Further fields that may go on", { exact: false }).fill("metadata, user");
    await form.getByLabel("E-mail address").selectOption({ label: "gets a pseudonym" });
    await form.getByLabel("Own patterns, one in each line").fill(String.raw`customer: K-\d{5}`);
    await form.getByLabel("Only for these keys", { exact: false }).fill("portal");
    const pictures = process.env["PILOTAGE_PICTURES"];
    if (pictures !== undefined)
      await page.screenshot({ path: `${pictures}/connection-form.png`, fullPage: true });
    await form.getByRole("button", { name: "Store a connection" }).click();
    await form.waitFor({ state: "detached" });
    const shown = (await client.listConnections()).connections.find((one) => one.name === "house")!.shown;
    expect(shown).toMatchObject({
      mostInFlight: 4,
      stored: ["apiKey", "headers.x-team", "headers.x-new"],
      passThrough: [
        { name: "small", fallback: ["mistral-eu/medium"], limits: { idleMs: 9_000 } },
        {
          name: "vision",
          images: true,
          mode: "buffered",
          policy: {
            fields: ["metadata", "user"],
            scan: { email: "pseudonymise" },
            mask: [{ name: "customer", pattern: String.raw`K-\d{5}` }],
            keys: ["portal"],
          },
        },
      ],
    });
    await page.getByText("without a data policy: small").waitFor();
    const asked = provider.requests.length;
    await client.testConnection({ params: { name: "house" }, body: { model: "small" } });
    expect(provider.requests[asked]!.headers).toMatchObject({
      authorization: "Bearer k-stored",
      "x-team": "t-stored",
      "x-new": "n",
    });
    expect(provider.requests[asked]!.headers).not.toHaveProperty("x-old");
  });

  test("a looser data policy waits in sight of who asked, and a steward approves it without seeing any connection", async () => {
    const offered = (policy: object) => ({
      params: { name: "shared" },
      body: {
        settings: { kind: "openai", baseUrl: provider.url, passThrough: [{ name: "guarded", policy }] },
      },
    });
    await client.saveConnection(offered({}));
    await client.applyWorkflow({
      params: { workflow: "tickets" },
      body: { document: workflowDocument({ workflow: "tickets" }) },
    });
    await page.goto("/settings#connections");
    await page.reload();
    await page.getByRole("button", { name: "Replace shared" }).click();
    const form = page.getByRole("dialog");
    await form.getByLabel("E-mail address").selectOption({ label: "goes on" });
    await form.getByRole("button", { name: "Store a connection" }).click();
    await page.getByText("Stored. A looser data policy waits for a second person").first().waitFor();
    const row = page.getByRole("listitem").filter({ hasText: "shared/guarded" });
    await row.getByText("E-mail address goes on").waitFor();
    await row.getByText("The policy of before holds until then.").waitFor();
    await row.getByText("This waits for another person.").waitFor();
    expect(await row.getByRole("button").allInnerTexts()).toEqual(["Take back"]);

    const steward = await visit("steward@example.com", [{ role: "steward", workflow: null }]);
    await steward.page.goto("/overview?workflow=tickets");
    const waiting = steward.page
      .getByRole("listitem")
      .filter({
        hasText:
          "Looser data policy for shared/guarded, asked for by admin@example.com. Would let on: E-mail address goes on",
      });
    await waiting.getByRole("link", { name: "Look" }).click();
    await steward.page.waitForURL(/\/settings\?workflow=tickets#connections$/);
    await waiting.waitFor();
    expect(await steward.page.getByRole("button", { name: "Store a connection" }).count()).toBe(0);
    const pictures = process.env["PILOTAGE_PICTURES"];
    if (pictures !== undefined)
      await steward.page.screenshot({ path: `${pictures}/policy-changes.png`, fullPage: true });
    await waiting.getByRole("button", { name: "Approve shared/guarded" }).click();
    await steward.page
      .getByRole("dialog")
      .getByText("asked for by admin@example.com: E-mail address goes on")
      .waitFor();
    await steward.page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
    await steward.page.getByText("None waits.").waitFor();
    expect([...steward.alarms, ...steward.outside]).toEqual([]);
    const shown = (await client.listConnections()).connections.find((one) => one.name === "shared")!.shown;
    expect(shown).toMatchObject({ passThrough: [{ policy: { scan: { email: "allow" } } }] });
    await client.removeConnection({ params: { name: "shared" } });
  });

  test("an administrator without a role in a workflow sees the calls that pass through, their cost, and models in use", async () => {
    const made = await client.makeKey({ body: { name: "portal", scopes: ["gateway"], days: 1 } });
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${made.secret}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "house/small", messages: [{ role: "user", content: "hello" }] }),
    });
    await response.text();
    await page.goto("/settings#connections");
    await page.reload();
    await page.getByRole("table", { name: "Cost without a case" }).getByText("house").first().waitFor();
    await page.getByRole("heading", { name: "Models in use" }).waitFor();
    await page.getByRole("link", { name: "Calls over the endpoint" }).click();
    await page.getByRole("link", { name: "house/small" }).click();
    await page.getByRole("heading", { name: "Call of house/small" }).waitFor();
    await page.getByText("Tries at models").first().waitFor();
  });

  test("the kinds with a wire of their own have a form, and what is wrong is said", async () => {
    await page.goto("/settings#connections");
    await page.getByRole("button", { name: "Store a connection" }).click();
    const form = page.getByRole("dialog");
    await form.getByLabel("Kind").selectOption({ label: "Model (Amazon Bedrock)" });
    await form.getByLabel("Name").fill("bedrock-eu");
    await form.getByLabel("AWS region, e.g. eu-central-1").fill("eu-central-1");
    await form.getByLabel("Access key id (optional)").fill("AKIDEXAMPLE");
    await form.getByRole("button", { name: "Store a connection" }).click();
    await form
      .getByRole("alert")
      .getByText(/Give either apiKey, or accessKeyId and secretAccessKey/)
      .waitFor();
    await form.getByLabel("Secret access key (optional)").fill("s-secret");
    await form.getByRole("button", { name: "Store a connection" }).click();
    await page.getByText("https://bedrock-runtime.eu-central-1.amazonaws.com").waitFor();
    expect(await page.content()).not.toContain("s-secret");
  });

  test("a sign-in provider takes roles for groups line by line, and shows them again when it is replaced", async () => {
    await client.applyWorkflow({
      params: { workflow: "tickets" },
      body: { document: workflowDocument({ workflow: "tickets" }) },
    });
    await page.goto("/settings#connections");
    // The workflow is newer than the page.
    await page.reload();
    await page.getByRole("button", { name: "Store a connection" }).click();
    const form = page.getByRole("dialog");
    await form.getByLabel("Kind").selectOption({ label: "Sign-in provider (OpenID Connect)" });
    await form.getByLabel("Name", { exact: true }).fill("company");
    await form.getByLabel("What stands on the sign-in button").fill("Example AG");
    await form.getByLabel("Address of the provider (issuer)").fill("https://login.example.com/realms/staff");
    await form.getByLabel("Client id").fill("pilotage");
    await form.getByLabel(/whom nobody invited/).check();
    await form.getByText("takes effect at their next sign-in").waitFor();
    for (const [at, group, role, where] of [
      [0, "support-clerks", "Reviewer", "tickets"],
      [1, "auditors", "Auditor", "whole installation"],
    ] as const) {
      await form.getByRole("button", { name: "Add a group" }).click();
      await form.getByLabel("Group at the sign-in provider").nth(at).fill(group);
      await form.getByLabel("Role", { exact: true }).nth(at).selectOption({ label: role });
      await form.getByLabel("Holds for").nth(at).selectOption({ label: where });
    }
    await form.getByRole("button", { name: "Store a connection" }).click();
    await page.getByText("Groups are read at each sign-in").waitFor();
    const shown = async () =>
      (await client.listConnections()).connections.find((one) => one.name === "company")!.shown;
    const groups = {
      "support-clerks": [{ role: "reviewer", workflow: "tickets" }],
      auditors: [{ role: "auditor", workflow: null }],
    };
    expect(await shown()).toMatchObject({ groups, makePeople: true, scopes: ["email", "profile"] });

    await page.getByRole("button", { name: "Replace company" }).click();
    expect(await form.getByLabel("Group at the sign-in provider").first().inputValue()).toBe("auditors");
    await form.getByRole("button", { name: "Remove the group support-clerks" }).click();
    await form.getByRole("button", { name: "Store a connection" }).click();
    await form.waitFor({ state: "detached" });
    expect(await shown()).toMatchObject({ groups: { auditors: groups.auditors }, makePeople: true });
  });

  test("a German reads it in German", async () => {
    const anja = await visit("anja@example.com", [{ role: "administrator", workflow: null }], {
      locale: "de-DE",
    });
    await anja.page.goto("/settings#connections");
    await anja.page.getByRole("button", { name: "mistral-eu testen" }).click();
    const trial = anja.page.getByRole("dialog");
    await trial.getByLabel("Modell (freiwillig)").fill("small");
    await trial.getByRole("button", { name: "Testen", exact: true }).click();
    await trial.getByText("mistral-eu antwortet wie verlangt.").waitFor();
    expect([...anja.alarms, ...anja.outside]).toEqual([]);
  });
});
