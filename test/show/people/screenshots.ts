/**
 * Pictures of every page of the console, with the sample workflow of examples/support-triage on it.
 *
 * The sample is set up as `npm start` does it; its tickets are sent, and people decide about half of them by the known
 * answers, so that every page has something to show. A picture is one page in one look.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { setUpSample } from "../../../examples/sample-set-up.ts";
import { openSessions } from "../../../src/access/sessions.ts";
import { openAudit } from "../../../src/audit/record.ts";
import type { Client } from "../../../src/contract/client.ts";
import type { JsonObject } from "../../../src/contract/json.ts";
import { idSource } from "../../../src/platform/chance.ts";
import { systemClock as clock } from "../../../src/platform/clock.ts";
import { DESKTOP, openBrowser, openVisit, PHONE } from "../../support/browser.ts";
import { settled } from "../../support/pages.ts";
import { sessionCookie, signedIn, type Grant } from "../../support/people.ts";
import type { Context } from "../point.ts";
import { openStore, ROOT, startProgram, until, type Program } from "../program.ts";

const SAMPLE = join(ROOT, "examples", "support-triage");
export const WORKFLOW = "support-triage";
const TICKETS = 64;
const DECIDED = 22;

export interface Look {
  language: "en" | "de";
  theme: "light" | "dark";
  size: "desktop" | "phone";
}
export const LOOKS: readonly Look[] = (["desktop", "phone"] as const).flatMap((size) =>
  (["en", "de"] as const).flatMap((language) =>
    (["light", "dark"] as const).map((theme) => ({ language, theme, size })),
  ),
);
export const lookName = ({ language, theme, size }: Look) => `${size}-${language}-${theme}`;

interface Person {
  email: string;
  name: string;
  grants: readonly Grant[];
}
const PEOPLE = {
  owner: {
    email: "m.lindacher@example.com",
    name: "Maren Lindacher",
    grants: [
      { role: "owner", workflow: WORKFLOW },
      { role: "administrator", workflow: null },
    ],
  },
  clerk: {
    email: "k.adler@example.com",
    name: "Kim Adler",
    grants: [{ role: "reviewer", workflow: WORKFLOW }],
  },
  colleague: {
    email: "t.ruef@example.com",
    name: "Tilo Ruef",
    grants: [{ role: "reviewer", workflow: WORKFLOW }],
  },
  compliance: {
    email: "datenschutz@example.com",
    name: "Dana Schutzbach",
    grants: [
      { role: "compliance", workflow: WORKFLOW },
      { role: "auditor", workflow: WORKFLOW },
    ],
  },
} satisfies Record<string, Person>;
type Who = keyof typeof PEOPLE;

export interface Shown {
  name: string;
  who: Who | null;
  /** Where, and what is done there before the picture. */
  go(page: Page, stage: SampleStage): Promise<void>;
}

export interface SampleStage {
  program: Program;
  browser: Browser;
  person(who: Who): Promise<Client>;
  cookie(who: Who): Promise<string>;
  decidedCase: string;
  openCase: string;
  sayLink: string;
}

const to = (name: string, who: Who | null, path: string | ((stage: SampleStage) => string)): Shown => ({
  name,
  who,
  async go(page, stage) {
    await page.goto(typeof path === "string" ? path : path(stage));
    await page.locator("h1").first().waitFor();
  },
});

export const SHOWN: readonly Shown[] = [
  to("sign-in", null, "/sign-in"),
  to("inbox", "clerk", "/inbox"),
  {
    name: "review",
    who: "clerk",
    async go(page, stage) {
      await page.goto(`/inbox?case=${stage.openCase}`);
      await page.locator('[aria-keyshortcuts="Control+Enter"][aria-disabled="false"]').waitFor();
    },
  },
  to("cases", "owner", "/cases"),
  to("case", "owner", (stage) => `/cases/${stage.decidedCase}`),
  to("overview", "owner", "/overview"),
  to("operations", "owner", "/operations"),
  to("evidence", "compliance", "/evidence"),
  to("settings-people", "owner", "/settings#people"),
  to("settings-dials", "owner", "/settings#dials"),
  to("say", null, (stage) => stage.sayLink),
];

/** Sets the sample up in a program of its own and brings it to the middle of a morning. */
export async function openSampleStage(context: Context): Promise<SampleStage> {
  const program = await startProgram(context, { dataHome: context.folder("screens") });
  const { url, key } = program;
  const { database } = await openStore(program);
  context.after(() => database.close());
  const newId = idSource(clock);
  const audit = openAudit({ clock, newId });
  const sessions = openSessions({ database, clock, newId, audit, idleHours: 8, longestHours: 24 });
  const signing = { url, app: { database, clock, newId, sessions } };
  const person = (who: Who) => signedIn(signing, PEOPLE[who].email, PEOPLE[who].grants);
  const cookie = (who: Who) => sessionCookie(signing, PEOPLE[who].email, PEOPLE[who].grants);

  context.progress("the sample is set up");
  const signal = AbortSignal.timeout(900_000);
  const ready = await setUpSample({ url, operatorKey: key, folder: SAMPLE, signal, say: context.progress });
  if (ready === undefined) throw new Error("The sample was not ready in time.");
  for (const who of Object.keys(PEOPLE) as Who[])
    await (await person(who)).changeMe({ body: { name: PEOPLE[who].name } });

  context.progress(`${TICKETS} tickets are sent, ${DECIDED} decided`);
  const cases = await sendTickets(program.client);
  const answers = knownAnswers();
  const [clerk, colleague] = [await person("clerk"), await person("colleague")];
  for (const [at, { caseId, ticketNo }] of cases.slice(0, DECIDED).entries())
    await decide(at % 3 === 0 ? colleague : clerk, caseId, answers.get(ticketNo), at);
  await until(
    "a delivery",
    () =>
      program.client.listCases({ params: { workflow: WORKFLOW }, query: { state: ["delivered"] as never } }),
    ({ cases: some }) => some.length > 0,
    60,
  );
  const { cases: deliveredCases } = await program.client.listCases({
    params: { workflow: WORKFLOW },
    query: { state: ["delivered"] as never },
  });
  const decidedCase = deliveredCases.at(-1)!.id;

  const [asked, escalated, snoozed] = cases.slice(DECIDED);
  await colleague.report({
    params: { workflow: WORKFLOW },
    body: { kind: "same_mistake", caseId: decidedCase },
  });
  const asking = await clerk.claimReview({ params: { case: asked!.caseId }, body: {} });
  await clerk.askSender({
    params: { case: asked!.caseId },
    body: { lease: asking.lease, reason: "missing", question: "Which order is this about?" },
  });
  const escalating = await colleague.claimReview({ params: { case: escalated!.caseId }, body: {} });
  await colleague.escalateReview({
    params: { case: escalated!.caseId },
    body: { lease: escalating.lease, reason: "other", text: "The customer mentions a lawyer." },
  });
  const snoozing = await clerk.claimReview({ params: { case: snoozed!.caseId }, body: {} });
  await clerk.snoozeReview({
    params: { case: snoozed!.caseId },
    body: { lease: snoozing.lease, until: new Date(clock.now() + 7_200_000).toISOString() },
  });
  await program.client
    .submitCase({ params: { workflow: WORKFLOW }, body: { externalId: "T-broken", input: { subject: 7 } } })
    .catch(() => undefined);
  const { link } = await program.client.feedbackLink({ params: { case: decidedCase } });
  const browser = await openBrowser();
  context.after(() => browser.close());
  const openCase = await openOne(
    program.client,
    cases.slice(DECIDED + 3).map(({ caseId }) => caseId),
  );
  return { program, browser, person, cookie, decidedCase, openCase, sayLink: link };
}

/** One page in one look, as PNG. */
export async function shoot(
  stage: SampleStage,
  shown: Shown,
  look: Look,
): Promise<{ png: Buffer; alarms: string[] }> {
  const { language, theme, size } = look;
  const { url } = stage.program;
  if (shown.who !== null)
    await (
      await stage.person(shown.who)
    ).changeMe({ body: { locale: language === "de" ? "de-DE" : "en-GB", preferences: { theme } } });
  const { page, alarms, close } = await openVisit(stage.browser, {
    url,
    language,
    theme,
    viewport: size === "desktop" ? DESKTOP : PHONE,
    ...(shown.who === null ? {} : { cookie: await stage.cookie(shown.who) }),
  });
  await shown.go(page, stage);
  await settled(page);
  const png = await page.screenshot({ animations: "disabled", caret: "hide" });
  await close();
  return { png, alarms };
}

interface Sent {
  caseId: string;
  ticketNo: string;
}

async function sendTickets(client: Client): Promise<Sent[]> {
  const lines = readFileSync(join(SAMPLE, "data", "tickets-web.jsonl"), "utf8")
    .trim()
    .split("\n");
  const sent: Sent[] = [];
  for (const line of lines.slice(0, TICKETS)) {
    const input = JSON.parse(line) as JsonObject;
    const ticketNo = input["ticketNo"] as string;
    const { caseId } = await client.submitCase({ params: { workflow: WORKFLOW }, body: { input } });
    sent.push({ caseId, ticketNo });
  }
  for (const { caseId } of sent)
    await until(
      "a case to wait for people",
      () => client.getCase({ params: { case: caseId } }),
      ({ state }) => state === "in_review",
      60,
    );
  return sent;
}

function knownAnswers(): Map<string, JsonObject> {
  const lines = readFileSync(join(SAMPLE, "data", "answers.jsonl"), "utf8")
    .trim()
    .split("\n");
  return new Map(
    lines.map((line) => {
      const { ticketNo, ...answer } = JSON.parse(line) as JsonObject;
      return [ticketNo as string, answer];
    }),
  );
}

/** By the known answer: approved where the suggestion is right, changed where it is not, one in ten rejected. */
async function decide(
  who: Client,
  caseId: string,
  answer: JsonObject | undefined,
  at: number,
): Promise<void> {
  const { lease, output } = await who.claimReview({ params: { case: caseId }, body: {} });
  const suggested = output as JsonObject | null;
  const right =
    suggested !== null && Object.entries(answer ?? {}).every(([name, value]) => suggested[name] === value);
  const body =
    at % 10 === 9
      ? ({ verdict: "reject", reason: "out_of_scope" } as const)
      : right
        ? ({ verdict: "approve" } as const)
        : ({
            verdict: "edit",
            reason: "wrong_class",
            output: { draft: "Thank you for your message. We look into it.", ...suggested, ...answer },
          } as const);
  await who.giveVerdict({
    params: { case: caseId },
    body: { lease, activeMilliseconds: 20_000 + 900 * at, ...body },
  });
}

/** A case that nobody has, that is not cold, in English: it can be read by most. */
async function openOne(client: Client, cases: readonly string[]): Promise<string> {
  let second: string | undefined;
  for (const caseId of cases) {
    const found = await client.getCase({ params: { case: caseId }, query: { content: "true" } });
    const input = found.content?.input as JsonObject | undefined;
    if (found.state !== "in_review" || found.cold || input?.["language"] !== "en") continue;
    // Not every machine that takes pictures has the letters for those.
    if (!/\p{Extended_Pictographic}/u.test(JSON.stringify(input["body"]))) return caseId;
    second ??= caseId;
  }
  if (second === undefined) throw new Error("None of the open cases can be shown.");
  return second;
}
