/**
 * people.3: the tasks of the interaction budget, done by hand in a real browser and counted; and the bench of the inbox.
 *
 * A hand counts what it does: a key is one press (with its modifiers), a click one click, and what is typed into a field
 * is not counted, only that the field had to be reached. Milliseconds run from the first act to the result on screen.
 */
import type { Browser, Page } from "playwright-core";
import { consoleBuilt } from "../../../build/console.ts";
import { openSessions } from "../../../src/access/sessions.ts";
import { openAudit } from "../../../src/audit/record.ts";
import type { JsonObject } from "../../../src/contract/json.ts";
import { INBOX } from "../../../src/console/locales/inbox.ts";
import { idSource } from "../../../src/platform/chance.ts";
import { systemClock as clock } from "../../../src/platform/clock.ts";
import type { Aim } from "../../../bench/measure.ts";
import { CHROMIUM, NO_CHROMIUM, openBrowser, openVisit } from "../../support/browser.ts";
import { inboxOn, openWorkflow } from "../../support/console.ts";
import { sessionCookie, type Grant } from "../../support/people.ts";
import { skipped, type Context, type Outcome } from "../point.ts";
import { openStore, runProcess, startProgram } from "../program.ts";

export const title =
  "The tasks of the interaction budget in keys, clicks and milliseconds; decision to next case with 10,000 open cases and 20 reviewers; the script of the first load";

const PASSWORD = "a long sentence about coffee";
const MOST_WORDS = 40;
/** As many as the table of aims has for the inbox; a bench that drops one proves nothing. */
const AIMS = 4;

type Row = { task: string; budget: string; keys: number; clicks: number; milliseconds: number; met: boolean };

/** Does things as a person would, and counts them. */
class Hand {
  keys = 0;
  clicks = 0;
  readonly started = performance.now();
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }
  async press(key: string): Promise<void> {
    this.keys += 1;
    await this.page.keyboard.press(key);
  }
  async click(name: string | RegExp, role: "button" | "link" = "button"): Promise<void> {
    this.clicks += 1;
    await this.page.getByRole(role, { name }).first().click();
  }
  async type(text: string): Promise<void> {
    await this.page.keyboard.press("Control+a");
    await this.page.keyboard.type(text);
  }
}

export async function run(context: Context): Promise<Outcome> {
  if (CHROMIUM === undefined) return skipped(NO_CHROMIUM);
  const quick = context.options["quick"] !== undefined;
  await consoleBuilt(context.progress);
  const rows = await doTasks(context);
  for (const { task, budget, keys, clicks, milliseconds, met } of rows)
    context.progress(
      `${met ? "met    " : "NOT MET"} ${task}: ${keys} keys, ${clicks} clicks, ${milliseconds} ms; budget ${budget}`,
    );
  const answers = answerLengths();
  const longest = Math.max(...answers.map(({ words }) => words));

  const words = ["inbox", "--rounds", context.options["rounds"] ?? "3", ...(quick ? ["--quick"] : [])];
  context.progress(`npm run bench -- ${words.join(" ")}`);
  const { code, stdout, said } = await runProcess(
    process.execPath,
    ["bench/bench.ts", ...words],
    {},
    (line) => context.progress(line),
  );
  if (code !== 0) throw new Error(`The bench ended with ${code}:\n${said}`);
  const { aims, ...bench } = JSON.parse(stdout) as JsonObject & { aims: Aim[] };
  for (const { figure, aim, measured, met, why } of aims)
    context.progress(`${met ? "met    " : "NOT MET"} ${figure}: ${why ?? measured}, ${aim}`);
  return {
    met:
      !quick &&
      rows.every((row) => row.met) &&
      longest <= MOST_WORDS &&
      aims.length === AIMS &&
      aims.every((one) => one.met),
    ...(quick ? { skipped: "A quick run proves nothing." } : {}),
    figures: { tasks: rows, longestAnswerInWords: longest, aims, bench },
  };
}

/** "Looks wrong, what now?" answers in so many words, in each language. */
function answerLengths(): { name: string; words: number }[] {
  return Object.entries(INBOX)
    .filter(([name]) => /^what\.\w+Do$/.test(name))
    .flatMap(([name, text]) =>
      [text.de, text.en].map((words) => ({
        name,
        words: words.split(/\s+/).filter((word) => /\p{L}/u.test(word)).length,
      })),
    );
}

async function doTasks(context: Context): Promise<Row[]> {
  const program = await startProgram(context, { dataHome: context.folder("budget") });
  const { url, client } = program;
  const { database } = await openStore(program);
  context.after(() => database.close());
  const newId = idSource(clock);
  const audit = openAudit({ clock, newId });
  const sessions = openSessions({ database, clock, newId, audit, idleHours: 8, longestHours: 24 });
  const signing = { url, app: { database, clock, newId, sessions } };
  const browser: Browser = await openBrowser();
  context.after(() => browser.close());
  const visit = async (email: string, grants: Grant[]) =>
    (await openVisit(browser, { url, cookie: await sessionCookie(signing, email, grants) })).page;

  const submit = await openWorkflow(client, "budget");
  const cases: string[] = [];
  // The suggested total does not stand in the text: the field is doubtful, and "edit" leads to it.
  for (let i = 0; i < 14; i++)
    cases.push(await submit({ text: `Ticket ${i}: the amount on the invoice is wrong.` }));
  const rows: Row[] = [];
  async function task(
    name: string,
    budget: { keys?: number; clicks?: number; and?: string },
    page: Page,
    act: (hand: Hand) => Promise<void>,
  ): Promise<void> {
    const hand = new Hand(page);
    await act(hand);
    const { keys = 0, clicks = 0 } = budget;
    rows.push({
      task: name,
      budget: [
        ...(budget.keys === undefined ? [] : [`${keys} key${keys === 1 ? "" : "s"}`]),
        ...(budget.clicks === undefined ? [] : [`${clicks} click${clicks === 1 ? "" : "s"}`]),
        ...(budget.and === undefined ? [] : [budget.and]),
      ].join(", "),
      keys: hand.keys,
      clicks: hand.clicks,
      milliseconds: Math.round(performance.now() - hand.started),
      met: hand.keys <= keys && hand.clicks <= clicks,
    });
  }

  await client
    .invitePerson({
      body: {
        email: "rita@example.com",
        name: "Rita",
        locale: "en-GB",
        grants: [{ role: "reviewer", workflow: "budget" }],
      },
    })
    .then(async ({ link }) => {
      const { page, close } = await openVisit(browser, { url });
      await page.goto(link);
      await page.getByRole("textbox", { name: "New password" }).fill(PASSWORD);
      await page.getByRole("button", { name: "Create the account and sign in" }).click();
      await page.getByRole("button", { name: /^Start/ }).waitFor();
      await close();
    });
  const { page } = await openVisit(browser, { url });
  const inbox = inboxOn(page, "budget");
  await page.goto("/");
  await page.getByLabel("E-mail address").fill("rita@example.com");
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await task("sign in, then the first case", { clicks: 2 }, page, async (hand) => {
    await hand.click("Sign in");
    await hand.click(/^Start/);
    await inbox.atWork("budget-1");
  });
  await task("approve a correct case; the next one opens", { keys: 1 }, page, async (hand) => {
    await hand.press("Control+Enter");
    await inbox.atWork("budget-2");
  });
  await task("undo the last decision", { keys: 1 }, page, async (hand) => {
    await hand.press("Control+z");
    await inbox.atWork("budget-1");
  });
  await page.keyboard.press("Control+Enter");
  await inbox.atWork("budget-2");
  await task(
    "change the doubtful field, give a reason, approve",
    { keys: 3, and: "typing" },
    page,
    async (hand) => {
      await hand.press("e");
      await page.locator('[data-path="total"] input:focus').waitFor();
      await hand.type("100");
      await hand.press("Control+Enter");
      await hand.press("2");
      await inbox.atWork("budget-3");
    },
  );
  await task("change the class", { keys: 1 }, page, async (hand) => {
    await hand.press("2");
    await page.getByText("Suggestion was: Billing", { exact: true }).waitFor();
  });
  await page.keyboard.press("1");
  await task("reject with a reason", { keys: 2 }, page, async (hand) => {
    await hand.press("r");
    await hand.press("8");
    await inbox.atWork("budget-4");
  });
  await task("escalate with a reason", { keys: 3, and: "text" }, page, async (hand) => {
    await hand.press("x");
    await hand.press("2");
    await page.getByLabel("What should the other person know?").waitFor();
    await page.keyboard.type("please look");
    await hand.press("Enter");
    await inbox.atWork("budget-5");
  });
  await task("ask the sender with a reason", { keys: 3, and: "text" }, page, async (hand) => {
    await hand.press("f");
    await hand.press("3");
    await page.getByLabel("Your question to the sender").waitFor();
    await page.keyboard.type("the order number.");
    await hand.press("Enter");
    await inbox.atWork("budget-6");
  });
  await task("snooze with a time", { keys: 2 }, page, async (hand) => {
    await hand.press("s");
    await hand.press("1");
    await inbox.atWork("budget-7");
  });
  await page.getByLabel("Reply").focus();
  await task("see the evidence for a field that has the focus", { keys: 0 }, page, async () => {
    await page.locator("main mark, main [data-path=reply] >> text=/source/").first().waitFor();
  });
  await page.evaluate("document.activeElement.blur()");
  await task("looks wrong, what now?", { keys: 1 }, page, async (hand) => {
    await hand.press("w");
    await page.getByRole("dialog", { name: /Looks wrong/ }).waitFor();
  });
  await page.keyboard.press("Escape");

  const onCall = await visit("oncall@example.com", [{ role: "on_call", workflow: "budget" }]);
  await onCall.goto("/");
  await onCall.getByRole("heading", { level: 1, name: "Operations" }).waitFor();
  await onCall.getByRole("button", { name: "Move to “Automatic off”" }).waitFor();
  await task("on call: safe-stop", { clicks: 2 }, onCall, async (hand) => {
    await hand.click("Move to “Automatic off”");
    const dialog = onCall.getByRole("dialog");
    hand.clicks += 1;
    await dialog.getByRole("button", { name: "Move to “Automatic off”" }).click();
    await onCall.getByText("The safe-stop stands at “Automatic off”.").first().waitFor();
  });

  const compliance = await visit("compliance@example.com", [
    { role: "compliance", workflow: "budget" },
    { role: "auditor", workflow: "budget" },
  ]);
  await compliance.goto("/cases?workflow=budget");
  await task("compliance: the full file of one case", { clicks: 2 }, compliance, async (hand) => {
    await hand.click("budget-1", "link");
    const file = compliance.waitForEvent("download");
    await hand.click("Download the whole file");
    await file;
  });

  const owner = await visit("owner@example.com", [{ role: "owner", workflow: "budget" }]);
  await owner.goto("/overview?workflow=budget");
  await owner
    .getByRole("button", { name: /^What does / })
    .first()
    .waitFor();
  await task("any number, then its definition", { clicks: 1 }, owner, async (hand) => {
    await hand.click(/^What does /);
    await owner.locator(".mantine-Popover-dropdown").first().waitFor();
  });
  return rows;
}
