/**
 * The console over a whole installation, for journeys: people who are signed in, cases that wait for them, a browser.
 *
 * Nothing is simulated but the model, which answers from a script: the program, its database, the console as it is built
 * and the browser are the real ones.
 */
import type { Locator, Page } from "playwright-core";
import { afterAll } from "vitest";
import type { Client } from "../../src/contract/client.ts";
import type { JsonObject } from "../../src/contract/json.ts";
import { openBrowser, openVisit, type Visit, type VisitOptions } from "./browser.ts";
import { install, launch, until, type Installation } from "./installation.ts";
import { sessionCookie, signedIn, type Grant } from "./people.ts";

/** Long enough that no slow machine misses it. */
export const UNDO = 60_000;

/** The output that reviewers see: a choice, a number, a text. */
const OUTPUT: JsonObject = {
  type: "object",
  properties: {
    category: { enum: ["billing", "technical", "other"] },
    total: { type: "number" },
    reply: { type: "string", maxLength: 4_000 },
  },
  required: ["category", "total", "reply"],
  additionalProperties: false,
};

export const SUGGESTION: JsonObject = {
  category: "billing",
  total: 119,
  reply: "We have looked at your invoice.",
};

export interface ConsoleInstallation {
  installation: Installation;
  client: Client;
  url: string;
  open(workflow: string, more?: WorkflowOptions): ReturnType<typeof openWorkflow>;
  /** A tab of somebody who is signed in, with these roles. */
  visit(
    email: string,
    grants: readonly Grant[],
    more?: Omit<VisitOptions, "url" | "cookie"> & { preferences?: JsonObject; locale?: "de-DE" | "en-GB" },
  ): Promise<Visit>;
  /** A tab of a stranger. */
  stranger(more?: Omit<VisitOptions, "url" | "cookie">): Promise<Visit>;
  as(email: string, grants: readonly Grant[]): Promise<Client>;
  look(caseId: string): ReturnType<Client["getCase"]>;
  reach(caseId: string, state: string): ReturnType<Client["getCase"]>;
}

export async function openConsole(settings: Record<string, string> = {}): Promise<ConsoleInstallation> {
  const installation = await install({ settings });
  const { client, url } = installation;
  const browser = await openBrowser();
  afterAll(() => browser.close());
  const look = (caseId: string) => client.getCase({ params: { case: caseId }, query: { content: "true" } });
  const reach = (caseId: string, state: string) =>
    until(
      () => look(caseId),
      (found) => found.state === state,
    );
  return {
    installation,
    client,
    url,
    look,
    reach,
    as: (email, grants) => signedIn(installation, email, grants),
    stranger: (more = {}) => openVisit(browser, { url, ...more }),
    async visit(email, grants, { preferences, locale, ...more } = {}) {
      const cookie = await sessionCookie(installation, email, grants);
      if (preferences !== undefined || locale !== undefined) {
        const me = await signedIn(installation, email, grants);
        await me.changeMe({
          body: { ...(locale ? { locale } : {}), ...(preferences ? { preferences } : {}) },
        });
      }
      return openVisit(browser, { url, cookie, ...more });
    },
    open: (workflow, more = {}) => openWorkflow(client, workflow, more),
  };
}

export interface WorkflowOptions {
  workflow?: JsonObject;
  release?: JsonObject;
  script?: JsonObject;
}

/** A workflow whose cases wait for people. Answers how to hand it one, and its id once it waits. */
export async function openWorkflow(
  client: Client,
  workflow: string,
  more: WorkflowOptions = {},
): Promise<(input?: JsonObject) => Promise<string>> {
  const connection = `script-${workflow}`;
  const script = more.script ?? { rules: [], otherwise: { answer: SUGGESTION, confidence: 0.8 } };
  await client.saveConnection({
    params: { name: connection },
    body: { settings: { kind: "scripted", script } },
  });
  await launch(
    { client },
    {
      script: null,
      workflow: { undo: UNDO, ...more.workflow, workflow },
      release: {
        output: OUTPUT,
        error: { equal: ["category", "total"] },
        suggestions: ["reply"],
        facets: { input: ["amount"], output: ["category"] },
        ...more.release,
        model: { connection, timeout: 5_000 },
        workflow,
      },
    },
  );
  let made = 0;
  return async (input = { text: `Invoice ${made + 1} says 119.00 EUR, I ordered for 100.00 EUR.` }) => {
    made += 1;
    const { caseId } = await client.submitCase({
      params: { workflow },
      body: { externalId: `${workflow}-${made}`, input },
    });
    await until(
      () => client.getCase({ params: { case: caseId } }),
      (found) => found.state === "in_review",
    );
    return caseId;
  };
}

/** The inbox of a workflow, as somebody sees it who follows them through it. By the words on screen, in English. */
export function inboxOn(page: Page, workflow: string) {
  const bar = page.getByRole("group", { name: "Verdict" });
  return {
    go: async () => void (await page.goto(`/inbox?workflow=${workflow}`)),
    /** Goes there and takes the most urgent case. */
    async start(): Promise<void> {
      await page.goto(`/inbox?workflow=${workflow}`);
      await page.getByRole("button", { name: /^(?:Start|Go on)/ }).click();
      await this.atWork();
    },
    bar,
    verb: (name: string | RegExp): Locator => bar.getByRole("button", { name }),
    approve: page.locator('[aria-keyshortcuts="Control+Enter"]'),
    heading: page.locator("main h2").first(),
    toast: page.getByRole("region", { name: "Messages" }),
    /** A case is in front of the person and may be judged. */
    async atWork(externalId?: string): Promise<void> {
      if (externalId !== undefined)
        await page.getByRole("heading", { level: 2, name: externalId, exact: true }).waitFor();
      await page.locator('[aria-keyshortcuts="Control+Enter"][aria-disabled="false"]').waitFor();
    },
    async says(words: string | RegExp): Promise<void> {
      await page.getByRole("region", { name: "Messages" }).getByText(words).first().waitFor();
    },
  };
}

export const reviewerOf = (workflow: string): Grant[] => [{ role: "reviewer", workflow }];
