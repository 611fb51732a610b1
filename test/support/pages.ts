/**
 * Every page of the console with something on it, and what axe and a narrow window say of what is shown.
 *
 * A page that exists in the console and is missing here is noticed (`namesOfPages`). States that a page only shows after
 * an act are pages of their own here: a case at work, its panels and dialogs, the comparison after a cold case.
 */
import { readdirSync } from "node:fs";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import type { Client } from "../../src/contract/client.ts";
import { misfitsOn } from "./browser.ts";
import type { ConsoleInstallation } from "./console.ts";
import type { Grant } from "./people.ts";
import { openEvaluated, type Evaluated } from "./evaluated-stage.ts";
import { openQuality } from "./quality-stage.ts";

export const STAGE = "tickets";
/** A workflow with a rollout under way. */
const ROLLING = "rolling";
/** One that is certified and watched. */
const CERTIFIED = "certified";
/** One with evaluation sets, runs and gates. */
const EVALUATED = "evaluated";
const JUDGE = /^(?:Judge by the criteria|Nach den Kriterien urteilen)$/;
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const NARROW = { width: 320, height: 640 };

export interface Stage {
  person: string;
  /** Everything: so that every part of every page is shown. */
  grants: readonly Grant[];
  /** A case that was delivered, one that waits, and links of people without an account. */
  delivered: string;
  sayLink: string;
  invitation: string;
  /** A call over the endpoint. */
  call: string;
  /** Runs and gates of its two releases. */
  evaluated: Evaluated;
}

/** A workflow with a case in every place that a page shows. */
export async function openStage({
  installation,
  open,
  client,
  as,
  look,
  reach,
}: Pick<ConsoleInstallation, "installation" | "open" | "client" | "as" | "look" | "reach">): Promise<Stage> {
  const submit = await open(STAGE, { workflow: { undo: 0, cold: { share: 0.5 }, secondLook: { share: 0 } } });
  const colleague = await as("ben@example.com", [{ role: "reviewer", workflow: STAGE }]);
  const text =
    "Sehr geehrte Damen und Herren,\n\nRechnung RE-4711 über 119,00 € ist falsch.\n\nMit freundlichen Grüßen";
  const one = () => submit({ text, amount: 119 });
  const delivered = await one();
  await give(colleague, delivered, "approve");
  await reach(delivered, "delivered");
  const rejected = await one();
  await give(colleague, rejected, "reject");
  const escalated = await one();
  const { lease } = await colleague.claimReview({ params: { case: escalated }, body: {} });
  await colleague.escalateReview({
    params: { case: escalated },
    body: { lease, reason: "other", text: "Who is this customer?" },
  });
  await client
    .submitCase({ params: { workflow: STAGE }, body: { externalId: "no-case", input: { text: 7 } } })
    .catch(() => undefined);
  await colleague.report({ params: { workflow: STAGE }, body: { kind: "same_mistake", caseId: delivered } });
  // A cold one, and some that are not; more of both than the pages use up.
  for (let n = 0, cold = 0; n < 8 || cold < 2; n++) if ((await look(await one())).cold) cold += 1;
  const { link } = await client.invitePerson({
    body: { email: "new@example.com", name: "Noa Neumann", locale: "en-GB", grants: [] },
  });
  const said = await client.feedbackLink({ params: { case: delivered } });
  await startRolling({ open, client, as });
  await openQuality({ open, client, as, installation }, CERTIFIED);
  const evaluated = await openEvaluated({ open, client }, EVALUATED);
  const roles = ["owner", "reviewer", "administrator", "compliance", "on_call"] as const;
  return {
    person: "all@example.com",
    grants: roles.map((role) => ({ role, workflow: null })),
    delivered,
    sayLink: said.link,
    invitation: link,
    call: await called(installation),
    evaluated,
  };
}

/** A rollout in its first stage with cases, some of them judged. */
async function startRolling({
  open,
  client,
  as,
}: Pick<ConsoleInstallation, "open" | "client" | "as">): Promise<void> {
  const submit = await open(ROLLING, { workflow: { rollout: ["shadow", 0.5, 1] } });
  const params = { workflow: ROLLING };
  const { candidateRelease } = await client.getWorkflow({ params });
  await client.setShare({ params, body: { release: candidateRelease!, share: 0 } });
  await client.startRollout({ params, body: { release: candidateRelease!, ceiling: 0.08 } });
  const { pending } = await client.advanceRollout({ params, body: {} });
  const approver = await as("approver@example.com", [{ role: "approver", workflow: ROLLING }]);
  await approver.approveChange({ params: { change: pending!.id } });
  for (let n = 0; n < 6; n++) {
    const id = await submit();
    if ((await client.getCase({ params: { case: id } })).arm !== "manual") await give(client, id, "approve");
  }
}

/** A call over the endpoint, about a case that waits for a person. */
async function called({ url, key, client }: ConsoleInstallation["installation"]): Promise<string> {
  const content = JSON.stringify({ text: "Rechnung RE-4711 ist falsch.", amount: 119 });
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model: STAGE, messages: [{ role: "user", content }] }),
  });
  await response.text();
  return (await client.listModelCalls({ query: { limit: "1" } })).calls[0]!.id;
}

async function give(client: Client, caseId: string, verdict: "approve" | "reject"): Promise<void> {
  const { lease, output } = await client.claimReview({ params: { case: caseId }, body: {} });
  // A cold case takes no approval of what was not shown.
  const body =
    verdict === "approve" && output === null
      ? ({
          verdict: "edit",
          output: { category: "billing", total: 119, reply: "Thank you." },
          reason: "other",
          text: "cold",
        } as const)
      : verdict === "reject"
        ? ({ verdict, reason: "out_of_scope" } as const)
        : ({ verdict } as const);
  await client.giveVerdict({ params: { case: caseId }, body: { lease, ...body } });
}

export interface PageOfConsole {
  name: string;
  /** The folders below src/console/pages that it shows. */
  of: string;
  /** Goes there and waits until it is all there. */
  go(page: Page, stage: Stage): Promise<void>;
}

/** What stands in the place of a page's content until it is there. */
const LOADING = 'main [class*="_state_"][role="status"], .mantine-Loader-root';

/** The page is there with its content and its letters. */
export async function settled(page: Page): Promise<void> {
  await page.locator("main h1, h1").first().waitFor();
  await page.locator(LOADING).first().waitFor({ state: "detached" });
  await page.evaluate("document.fonts.ready.then(() => undefined)");
}

const at = (of: string, path: string, name = of): PageOfConsole => ({
  name,
  of,
  async go(page) {
    // A change of the part behind # alone would load nothing.
    await page.goto("about:blank");
    await page.goto(path.replace("?", `?workflow=${STAGE}`));
    await settled(page);
  },
});

/** The inbox with a case in front of the person, then some acts. */
const atWork = (name: string, act: (page: Page) => Promise<void>): PageOfConsole => ({
  name,
  of: "inbox",
  async go(page) {
    await page.goto("about:blank");
    await page.goto(`/inbox?workflow=${STAGE}`);
    await page.locator("main button[data-autofocus], main .mantine-Button-root").last().waitFor();
    await page.getByRole("button", { name: /^(?:Start|Go on|Anfangen|Mit )/ }).click();
    await page.locator('[aria-keyshortcuts="Control+Enter"][aria-disabled="false"]').waitFor();
    await act(page);
    await settled(page);
  },
});

/** A page about the workflow with runs. */
const evaluated = (
  name: string,
  of: string,
  where: (made: Evaluated) => string,
  wait: string,
): PageOfConsole => ({
  name,
  of,
  async go(page, stage) {
    await page.goto("about:blank");
    await page.goto(where(stage.evaluated));
    await page.locator(wait).last().waitFor();
    await settled(page);
  },
});

/** A dialog of the page Quality, which the button with one of these names opens. */
const asking = (name: string, workflow: string, button: RegExp, then: (page: Page) => Promise<void>) => ({
  name,
  of: "quality",
  async go(page: Page) {
    await page.goto("about:blank");
    await page.goto(`/quality?workflow=${workflow}`);
    await page.getByRole("button", { name: button }).click();
    await then(page);
    await settled(page);
  },
});

const outside = (of: string, where: (stage: Stage) => string): PageOfConsole => ({
  name: of,
  of,
  async go(page, stage) {
    await page.goto("about:blank");
    await page.goto(where(stage));
    await page.locator("form").waitFor();
    await settled(page);
  },
});

export const PAGES: readonly PageOfConsole[] = [
  outside("sign-in", () => "/sign-in"),
  outside("link", (stage) => stage.invitation),
  outside("say", (stage) => stage.sayLink),
  at("inbox", "/inbox?"),
  atWork("inbox, at work", () => Promise.resolve()),
  atWork("inbox, a reason", async (page) => {
    await page.keyboard.press("r");
    await page.keyboard.press("9");
    await page.locator("textarea:not([aria-hidden])").last().waitFor();
  }),
  atWork("inbox, what now", async (page) => {
    await page.keyboard.press("w");
    await page.getByRole("dialog").waitFor();
  }),
  atWork("inbox, keys", async (page) => {
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
  }),
  at("cases", "/cases?"),
  {
    name: "case",
    of: "case",
    async go(page, stage) {
      await page.goto(`/cases/${stage.delivered}?workflow=${STAGE}`);
      await settled(page);
    },
  },
  at("overview", "/overview?"),
  at("operations", "/operations?"),
  at("quality", "/quality?", "quality, nothing yet"),
  {
    name: "quality",
    of: "quality",
    async go(page) {
      await page.goto("about:blank");
      await page.goto(`/quality?workflow=${CERTIFIED}`);
      await page.locator("main figure svg").last().waitFor();
      await settled(page);
    },
  },
  evaluated(
    "quality, runs compared",
    "quality",
    ({ runs }) => `/quality?workflow=${EVALUATED}&new=${runs.fresh}&old=${runs.old}`,
    '#comparison [role="img"]',
  ),
  asking("quality, a run is started", EVALUATED, /^(?:Start a run|Lauf starten)$/, async (page) => {
    await page.locator('[role="dialog"] summary').click();
    await page.locator('[role="dialog"] form select').first().waitFor();
  }),
  asking("quality, a gate is judged", EVALUATED, JUDGE, (page) =>
    page.locator('[role="dialog"] li strong').first().waitFor(),
  ),
  asking("quality, no criteria", STAGE, JUDGE, (page) =>
    page.locator('[role="dialog"] pre').first().waitFor(),
  ),
  evaluated("run", "run", ({ runs }) => `/quality/runs/${runs.old}?workflow=${EVALUATED}`, "main table"),
  evaluated("gate", "gate", ({ gates }) => `/quality/gates/${gates.old}?workflow=${EVALUATED}`, "main table"),
  at("rollout", "/rollout?", "rollout, none yet"),
  {
    name: "rollout",
    of: "rollout",
    async go(page) {
      await page.goto("about:blank");
      await page.goto(`/rollout?workflow=${ROLLING}`);
      await settled(page);
    },
  },
  at("calls", "/operations/calls?"),
  {
    name: "call",
    of: "call",
    async go(page, stage) {
      await page.goto("about:blank");
      await page.goto(`/operations/calls/${stage.call}?workflow=${STAGE}`);
      await settled(page);
    },
  },
  ...(["log", "rules", "certificates", "reviews", "council"] as const).map((tab) =>
    at("evidence", `/evidence?#${tab}`, `evidence, ${tab}`),
  ),
  ...(["account", "people", "dials", "connections", "keys", "support"] as const).map((tab) =>
    at("settings", `/settings?#${tab}`, `settings, ${tab}`),
  ),
];

/** The pages that the console has, by their folders. */
export function namesOfPages(): string[] {
  const folder = new URL("../../src/console/pages/", import.meta.url);
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
}

export interface Violation {
  rule: string;
  help: string;
  where: string[];
}

/** Serious and critical violations of WCAG 2.2 AA, as axe sees them. */
export async function seriousIn(page: Page): Promise<Violation[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => ({
      rule: id,
      help,
      where: nodes.map(({ html, failureSummary }) =>
        `${html.slice(0, 200)} ${failureSummary ?? ""}`.slice(0, 500),
      ),
    }));
}

/** What does not fit at 320 pixels: parts that scroll to the side, and words that are cut off. The window is as before afterwards. */
export async function misfitsAtReflow(page: Page): Promise<string[]> {
  const before = page.viewportSize();
  await page.setViewportSize(NARROW);
  // Two frames: what listens to the width has drawn then.
  await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
  const misfits = await misfitsOn(page);
  if (before !== null) await page.setViewportSize(before);
  return misfits;
}
