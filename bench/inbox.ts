/**
 * Decision to next case with ten thousand open cases and twenty reviewers at once, over HTTP and in a browser; and the
 * compressed script that the console loads before its first page shows.
 *
 * The reviewers are signed-in people in a process of their own, on the same machine. Where there is no Chromium the
 * figure of the browser is missing with its reason.
 */
import { fileURLToPath } from "node:url";
import { consoleBuilt, readStamp } from "../build/console.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { sql } from "../src/platform/sql.ts";
import { CHROMIUM, NO_CHROMIUM, openBrowser, openVisit, type Visit } from "../test/support/browser.ts";
import { sessionCookie } from "../test/support/people.ts";
import type { Decided, ReviewOrder } from "./inbox-orders.ts";
import { launchPath, openBench, openGround, submit, WORKFLOW, type Bench } from "./installation.ts";
import { progress, spread, tidy, timed, under, unmeasured, type Aim, type Spread } from "./measure.ts";
import { talkTo } from "./talk.ts";

const REVIEWERS = 20;
/** Milliseconds. Twenty people who need that long decide more in a minute than a team does in a morning. */
const THINK = 500;
const SIZES = { open: 10_000, decisions: 40, inBrowser: 30 };
const QUICK = { open: 120, decisions: 2, inBrowser: 3 };
const IN_FLIGHT = 200;
const AIMS = { decisionToNext: 100, inBrowser: 300, firstLoad: 300 };
const REVIEWERS_PROGRAM = fileURLToPath(new URL("inbox-reviewers.ts", import.meta.url));

interface Figures {
  ahead: Decided;
  claimed: Decided;
  /** Null: there is no Chromium. */
  browser: number[] | null;
  openBefore: number;
}

export async function run(options: { rounds: number; quick: boolean }): Promise<JsonObject> {
  const sizes = options.quick ? QUICK : SIZES;
  await consoleBuilt(progress);
  const ground = await openGround();
  try {
    const bench = await openBench(ground);
    await launchPath(bench);
    const cookies = await Promise.all(Array.from({ length: REVIEWERS }, (_, i) => signIn(bench, `r${i}`)));
    const reviewers = await talkTo(process.execPath, [REVIEWERS_PROGRAM], {
      ORIGIN: bench.app.url!,
      WORKFLOW,
      COOKIES: JSON.stringify(cookies),
    });
    const decide = (ahead: boolean) =>
      reviewers.ask<Decided>({ decisions: sizes.decisions, think: THINK, ahead } satisfies ReviewOrder);
    const browser = CHROMIUM === undefined ? undefined : await openBrowser();
    const visit =
      browser === undefined
        ? undefined
        : await openVisit(browser, { url: bench.app.url!, cookie: await signIn(bench, "browser") });
    const rounds: Figures[] = [];
    let made = 0;
    for (let round = 0; round <= options.rounds; round++) {
      made = await fill(bench, sizes.open, made);
      const openBefore = await openNow(bench);
      const figures = {
        openBefore,
        ahead: await decide(true),
        claimed: await decide(false),
        browser: visit === undefined ? null : await decideInBrowser(visit, sizes.inBrowser),
      };
      progress(
        `${round === 0 ? "warming up" : `round ${round}`}: ${openBefore} open; decision to next case p50 ${tidy(quantile(figures.ahead.toNext, 0.5))} ms, p95 ${tidy(quantile(figures.ahead.toNext, 0.95))} ms; claimed after the verdict p95 ${tidy(quantile(figures.claimed.toNext, 0.95))} ms; in the browser p95 ${figures.browser === null ? "none" : tidy(quantile(figures.browser, 0.95))} ms`,
      );
      if (round > 0) rounds.push(figures);
    }
    await reviewers.stop();
    await browser?.close();
    await everyDecisionKept(bench, sizes, options.rounds + 1, visit !== undefined);
    await bench.stop();
    return report(sizes, rounds);
  } finally {
    await ground.stop();
  }
}

function report(sizes: typeof SIZES, rounds: Figures[]): JsonObject {
  const of = (pick: (round: Figures) => number[]) => ({
    n: rounds.reduce((sum, round) => sum + pick(round).length, 0),
    p50: spread(rounds.map((round) => quantile(pick(round), 0.5))),
    p95: spread(rounds.map((round) => quantile(pick(round), 0.95))),
  });
  const toNext = of((round) => round.ahead.toNext);
  const claimed = of((round) => round.claimed.toNext);
  const browser = rounds.some((round) => round.browser === null) ? null : of((round) => round.browser!);
  const firstLoad = (readStamp()?.firstLoad ?? Number.NaN) / 1_024;
  return {
    openCases: Math.min(...rounds.map((round) => round.openBefore)),
    reviewers: REVIEWERS,
    thinkMilliseconds: THINK,
    decisionsInARound: REVIEWERS * sizes.decisions * 2,
    decisionToNextMilliseconds: toNext,
    claimedAfterTheVerdictMilliseconds: claimed,
    verdictMilliseconds: of((round) => round.ahead.verdicts),
    inTheBrowserMilliseconds: browser ?? { missing: NO_CHROMIUM },
    firstLoadKilobytes: tidy(firstLoad),
    aims: aimsOf(toNext.p95, claimed.p95, browser?.p95, firstLoad),
  };
}

function aimsOf(toNext: Spread, claimed: Spread, browser: Spread | undefined, firstLoad: number): Aim[] {
  const inBrowser = "decision to next case in the browser, p95";
  return [
    under("decision to next case over the API, p95", AIMS.decisionToNext, " ms", toNext),
    under("the same without loading ahead, p95", AIMS.decisionToNext, " ms", claimed),
    browser === undefined
      ? unmeasured(inBrowser, `under ${AIMS.inBrowser} ms`, NO_CHROMIUM)
      : under(inBrowser, AIMS.inBrowser, " ms", browser),
    under("compressed script of the first load", AIMS.firstLoad, " KB", spread([firstLoad])),
  ];
}

/** The value that so large a part of all is not above. */
function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
}

function signIn({ app }: Bench, name: string): Promise<string> {
  return sessionCookie({ url: app.url!, app }, `${name}@example.com`, [
    { role: "reviewer", workflow: WORKFLOW },
  ]);
}

/** Hands in as many cases as are missing, and waits until all are in front of people. */
async function fill(bench: Bench, wanted: number, made: number): Promise<number> {
  const missing = wanted - (await openNow(bench));
  if (missing > 0) await timed(missing, IN_FLIGHT, (i) => submit(bench, made + i));
  while ((await openNow(bench)) < wanted) await new Promise((resolve) => setTimeout(resolve, 50));
  return made + Math.max(0, missing);
}

async function openNow({ app }: Bench): Promise<number> {
  const { open } = await app.database.one<{ open: number }>(
    sql`select count(*)::int as open from review where state in ('waiting', 'claimed')`,
  );
  return open;
}

/** Milliseconds from the key to the next case in front of the person, its verdict bar alive, seen from inside the page. */
async function decideInBrowser({ page }: Visit, count: number): Promise<number[]> {
  const bar = '[aria-keyshortcuts="Control+Enter"]';
  await page.goto(`/inbox?workflow=${WORKFLOW}`);
  await page.getByRole("button", { name: /^(?:Start|Go on)/ }).click();
  await page.locator(`${bar}[aria-disabled="false"]`).waitFor();
  const taken: number[] = [];
  for (let i = 0; i < count; i++) {
    await page.waitForTimeout(THINK);
    await page.evaluate(`void (window.next = new Promise((done) => {
      const heading = document.querySelector("main h2").textContent;
      addEventListener("keydown", ({ key, timeStamp }) => {
        if (key !== "Enter") return;
        const look = () => {
          const now = document.querySelector("main h2")?.textContent;
          const alive = document.querySelector('${bar}[aria-disabled="false"]:not([data-loading])') !== null;
          if (now !== heading && alive) done(performance.now() - timeStamp);
          else requestAnimationFrame(look);
        };
        look();
      }, { capture: true });
    }))`);
    await page.keyboard.press("Control+Enter");
    taken.push(await page.evaluate<number>("window.next"));
  }
  return taken;
}

/** A figure of decisions that are not there would be of something else. */
async function everyDecisionKept(
  { app }: Bench,
  sizes: typeof SIZES,
  rounds: number,
  browser: boolean,
): Promise<void> {
  const wanted = rounds * (REVIEWERS * sizes.decisions * 2 + (browser ? sizes.inBrowser : 0));
  const { decided } = await app.database.one<{ decided: number }>(
    sql`select count(*)::int as decided from review where state = 'decided'`,
  );
  if (decided !== wanted) throw new Error(`Of ${wanted} decisions ${decided} are kept.`);
}
