/**
 * The calls over the endpoint in the console: what stands there when there are none, finding them, one of them, by keys and
 * in both languages. With PILOTAGE_PICTURES its pages are pictured into that folder.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { automatic } from "../support/automatic.ts";
import { CHROMIUM, DESKTOP, misfitsOn, PHONE, type Visit } from "../support/browser.ts";
import { openConsole } from "../support/console.ts";
import { seriousIn, settled } from "../support/pages.ts";

const PICTURES = process.env["PILOTAGE_PICTURES"];

describe.skipIf(CHROMIUM === undefined)("calls over the endpoint", async () => {
  if (CHROMIUM === undefined) return;
  const provider = createServer((request, reply) => {
    let text = "";
    request.on("data", (part: Buffer) => (text += part.toString("utf8")));
    request.on("end", () => {
      const { model } = JSON.parse(text) as { model: string };
      reply.writeHead(model === "gone" ? 401 : 200, { "content-type": "application/json" });
      const message = { role: "assistant", content: "Yes." };
      reply.end(
        JSON.stringify(
          model === "gone"
            ? { error: { message: "no", code: "invalid_api_key" } }
            : {
                id: "c1",
                object: "chat.completion",
                model: `${model}-2026-04`,
                choices: [{ index: 0, message, finish_reason: "stop" }],
                usage: { prompt_tokens: 1_240, completion_tokens: 86, total_tokens: 1_326 },
              },
        ),
      );
    });
  });
  await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
  afterAll(() => provider.close());
  const { installation, client, visit, open } = await openConsole();
  const submit = await open("invoices");
  await submit();
  await automatic(installation, "triage", { endpoint: { wait: 20_000 } });
  const { app, url } = installation;
  const grants = (["owner", "administrator"] as const).map((role) => ({ role, workflow: null }));
  const english = await visit("anna@example.com", grants);
  const german = await visit("ben@example.com", grants, { locale: "de-DE" });
  afterEach(() => {
    for (const { alarms, outside } of [english, german]) expect([...alarms, ...outside]).toEqual([]);
  });

  async function chat(key: string, model: string, content = "Hello") {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ model, messages: [{ role: "user", content }] }),
    });
    return response.headers.get("x-pilotage-case");
  }
  const rowsOf = (page: Visit["page"]) => page.getByRole("table").getByRole("row");
  let caseId: string | null;

  test("without any, the page says what comes here and leads to the keys", async () => {
    const { page } = english;
    await page.goto("/operations?workflow=invoices");
    await page.getByRole("link", { name: "Calls over the endpoint" }).click();
    await page.getByRole("heading", { name: "No call yet" }).waitFor();
    await page.getByText("Kept for 400 days", { exact: false }).waitFor();
    await page.getByRole("link", { name: "Make a key" }).click();
    await page.waitForURL(/\/settings.*#keys$/);
  });

  test("they are listed newest first, found by who answers, outcome, key and model, and the address keeps it", async () => {
    await client.saveConnection({
      params: { name: "house" },
      body: {
        settings: {
          kind: "openai",
          baseUrl: `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`,
          passThrough: [{ name: "small" }, { name: "gone", fallback: ["house/small"] }, { name: "alone" }],
        },
      },
    });
    const { secret } = await app.keys.make(
      { name: "Customer portal", scopes: ["gateway"], workflow: undefined, days: 30, simulated: false },
      { kind: "system", name: "test" },
    );
    for (let n = 0; n < 3; n++) await chat(secret, "house/small");
    await chat(secret, "house/gone");
    caseId = await chat(installation.key, "triage", '{"text":"the bill"}');
    const { page } = english;
    await page.goto("/operations/calls?workflow=invoices");
    await page.getByText("5 calls, newest first").waitFor();
    expect(await rowsOf(page).nth(1).innerText()).toContain("triage");
    await page.getByLabel("Who answers").selectOption("workflow:triage");
    await page.getByText("One call, newest first").waitFor();
    await page.getByRole("button", { name: "Clear the filters" }).click();
    await page.getByLabel("Key").selectOption({ label: "Customer portal" });
    await page.getByText("4 calls, newest first").waitFor();
    await page.getByLabel("Model (part of its name)").fill("GONE");
    await page.keyboard.press("Enter");
    await page.getByText("One call, newest first").waitFor();
    await page.reload();
    await page.getByText("One call, newest first").waitFor();
    await page.getByLabel("Outcome").selectOption({ label: "failed" });
    await page.getByRole("heading", { name: "No call matches" }).waitFor();
    await page.getByRole("button", { name: "Clear the filters" }).click();
    await page.getByRole("button", { name: "By days" }).click();
    await page.getByLabel("Begun until").fill("2020-01-01");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "No call matches" }).waitFor();
  });

  test("one is opened by keys and shows each try, with what is unknown named so", async () => {
    const { page } = english;
    await page.goto("/operations/calls?workflow=invoices&model=gone");
    await page.getByText("One call, newest first").waitFor();
    await rowsOf(page).nth(1).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Call of house/gone" }).waitFor();
    const tries = page.getByRole("table", { name: "Tries at models" });
    await tries.getByRole("row", { name: /1\. house gone.*failed.*auth/ }).waitFor();
    await tries.getByRole("row", { name: /2\. house small.*answered.*1,240 \+ 86.*unknown/ }).waitFor();
    await page.getByRole("link", { name: "All calls" }).click();
    await page.getByText("5 calls, newest first").waitFor();
  });

  test("one of a workflow leads to its case", async () => {
    const { page } = english;
    await page.goto("/operations/calls?workflow=invoices&by=workflow:triage");
    await page.getByRole("link", { name: "triage", exact: true }).click();
    await page.getByText("What models were asked for it stands with the case.").waitFor();
    await page.getByRole("link", { name: caseId! }).click();
    await page.waitForURL(new RegExp(`/cases/${caseId}`));
  });

  test("one that is gone, or foreign, says so and leads back", async () => {
    const { page } = german;
    await page.goto("/operations/calls/mcl_nothing?workflow=invoices");
    await page.getByRole("heading", { name: "Diesen Aufruf gibt es nicht" }).waitFor();
    await page.getByRole("link", { name: "Alle Aufrufe" }).click();
    await page.getByText("5 Aufrufe, neueste zuerst").waitFor();
  });

  test("a person of one workflow sees its calls and those alone, without the list of keys", async () => {
    const owner = await visit("o@example.com", [{ role: "owner", workflow: "triage" }]);
    await owner.page.goto("/operations/calls?workflow=triage");
    await owner.page.getByText("One call, newest first").waitFor();
    expect(await owner.page.getByLabel("Key").innerText()).not.toContain("Customer portal");
    expect([...owner.alarms, ...owner.outside]).toEqual([]);
  });

  test("fits a phone in both languages and both colours, and no rule of accessibility is broken", async () => {
    const [{ calls }] = [await client.listModelCalls({ query: { model: "gone" } })];
    const paths = {
      calls: "/operations/calls?workflow=invoices",
      call: `/operations/calls/${calls[0]!.id}?workflow=invoices`,
      none: "/operations/calls?workflow=invoices&model=nothing",
    };
    for (const language of ["en", "de"] as const)
      for (const theme of ["light", "dark"] as const) {
        const visited = await visit(`${language}.${theme}@example.com`, grants, {
          theme,
          language,
          locale: language === "de" ? "de-DE" : "en-GB",
          preferences: { theme },
        });
        for (const [name, path] of Object.entries(paths))
          for (const [size, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
            await visited.page.setViewportSize(viewport);
            await visited.page.goto(path);
            await settled(visited.page);
            await visited.page.locator("main h1").first().waitFor();
            if (PICTURES !== undefined)
              await visited.page.screenshot({
                path: join(PICTURES, `${name}-${size}-${language}-${theme}.png`),
                fullPage: true,
              });
            expect(await misfitsOn(visited.page), `${name} ${size} ${language}`).toEqual([]);
            if (size === "phone") expect(await seriousIn(visited.page), `${name} ${theme}`).toEqual([]);
          }
        await visited.close();
      }
  });
});
