/** Coming in, in a real browser: a link of the machine, an invitation, a password; and the two clicks to the first case. */
import { afterEach, describe, expect, test } from "vitest";
import { CHROMIUM } from "../support/browser.ts";
import { inboxOn, openConsole, reviewerOf } from "../support/console.ts";

const PASSWORD = "a long sentence about coffee";

describe.skipIf(CHROMIUM === undefined)("signing in", async () => {
  if (CHROMIUM === undefined) return;
  const { open, stranger, client, url } = await openConsole();
  const submit = await open("tickets");
  for (let i = 0; i < 6; i++) await submit();
  const { page, context, alarms, outside } = await stranger();
  const inbox = inboxOn(page, "tickets");
  afterEach(async () => {
    await context.clearCookies();
    expect([...alarms, ...outside]).toEqual([]);
  });
  // Who was made by a link on the machine reads German.
  const startButton = page.getByRole("button", { name: /^(?:Start|Go on|Anfangen|Mit )/ });
  const submitButton = page.getByRole("button", { name: "Sign in", exact: true });

  async function invited(name: string) {
    const { link } = await client.invitePerson({
      body: { email: `${name}@example.com`, name, locale: "en-GB", grants: reviewerOf("tickets") },
    });
    return link;
  }
  async function enter(name: string, password: string) {
    await page.getByLabel("E-mail address").fill(`${name}@example.com`);
    await page.getByRole("textbox", { name: "Password" }).fill(password);
  }

  test("a link made on the machine signs in once; opened again it says that it is spent", async () => {
    const { link } = await client.makeSignInLink({
      body: { email: "link@example.com", name: "Lin", grants: reviewerOf("tickets") },
    });
    expect(link.startsWith(`${url}/link#`)).toBe(true);
    await page.goto(link);
    await startButton.waitFor();
    expect(page.url()).not.toContain("#");

    await context.clearCookies();
    await page.goto("/sign-in");
    await page.goto(link);
    await page
      .getByRole("heading", { name: /^(?:This link is no longer valid|Dieser Link gilt nicht mehr)/ })
      .waitFor();
    // Another link in the same tab is another link.
    const again = await client.makeSignInLink({ body: { email: "link@example.com" } });
    await page.goto(again.link);
    await startButton.waitFor();
  });

  test("an invitation asks for a password and signs in; a short one is refused", async () => {
    await page.goto(await invited("ines"));
    await page.getByRole("heading", { name: "Welcome, ines" }).waitFor();
    const password = page.getByRole("textbox", { name: "New password" });
    const accept = page.getByRole("button", { name: "Create the account and sign in" });
    await password.fill("too short");
    await accept.click();
    expect(
      await page.evaluate("document.querySelector('input[autocomplete=new-password]').validity.tooShort"),
    ).toBe(true);
    expect(new URL(page.url()).pathname).toBe("/link");
    await password.fill(PASSWORD);
    await accept.click();
    await startButton.waitFor();
    const { people } = await client.listPeople({ query: {} });
    expect(people.find(({ email }) => email === "ines@example.com")).toMatchObject({ state: "active" });
  });

  test("a wrong password is refused without saying what was wrong; the right one leads to the first case in two clicks", async () => {
    await page.goto(await invited("otto"));
    await page.getByRole("textbox", { name: "New password" }).fill(PASSWORD);
    await page.getByRole("button", { name: "Create the account and sign in" }).click();
    await startButton.waitFor();
    await context.clearCookies();

    const refusals: string[] = [];
    for (const name of ["otto", "nobody"]) {
      await page.goto("/inbox?workflow=tickets");
      await enter(name, "not the password");
      await submitButton.click();
      refusals.push(await page.getByRole("alert").innerText());
      expect(await page.getByRole("textbox", { name: "Password" }).inputValue()).toBe("");
    }
    expect(refusals[0]).toBe(refusals[1]);

    await page.goto("/");
    await enter("otto", PASSWORD);
    await submitButton.click();
    await startButton.click();
    await inbox.atWork();
  });

  test("the address that was asked for opens after signing in, and no address of another place does", async () => {
    await page.goto(await invited("paul"));
    await page.getByRole("textbox", { name: "New password" }).fill(PASSWORD);
    await page.getByRole("button", { name: "Create the account and sign in" }).click();
    await startButton.waitFor();
    for (const [wanted, opened] of [
      ["/overview?workflow=tickets", "/overview"],
      ["//example.com/", "/inbox"],
      ["/\\example.com", "/inbox"],
    ] as const) {
      await context.clearCookies();
      await page.goto(`/sign-in?to=${encodeURIComponent(wanted)}`);
      await enter("paul", PASSWORD);
      await submitButton.click();
      await page.waitForURL((address) => address.pathname === opened);
      expect(page.url().startsWith(url)).toBe(true);
    }
  });

  test("signing out ends the session on the server, too", async () => {
    await page.goto(await invited("rita"));
    await page.getByRole("textbox", { name: "New password" }).fill(PASSWORD);
    await page.getByRole("button", { name: "Create the account and sign in" }).click();
    await startButton.waitFor();
    const cookies = await context.cookies();
    await page.getByTitle("Account of rita").click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await submitButton.waitFor();
    await context.addCookies(cookies);
    await page.goto("/inbox");
    await submitButton.waitFor();
  });

  test("the language is chosen once and stays with the person: words, the page's own language, numbers", async () => {
    await page.goto(await invited("sven"));
    await page.getByRole("textbox", { name: "New password" }).fill(PASSWORD);
    await page.getByRole("button", { name: "Create the account and sign in" }).click();
    await startButton.waitFor();
    await page.getByTitle("Account of sven").click();
    await page.getByRole("combobox", { name: "Language and country" }).click();
    await page.getByRole("option", { name: /Deutschland/ }).click();
    await page.getByRole("heading", { level: 1, name: "Posteingang" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Posteingang" }).waitFor();
    expect(await page.evaluate("document.documentElement.lang")).toBe("de-DE");
    await page.getByRole("button", { name: /^(?:Anfangen|Mit dem)/ }).click();
    await page.getByRole("button", { name: /^Freigeben/ }).waitFor();
    await page.getByRole("button", { name: /^Zurückweisen/ }).waitFor();
  });
});
