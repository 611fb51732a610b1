/**
 * A real Chromium for journeys through the console, and a visit in it that keeps watch.
 *
 * Chromium is found, never downloaded. Where there is none the tests say that they were skipped, and the proofs are not
 * met. A visit notes what no page of the console may ever cause: a request to another place, a dialog, an uncaught error.
 */
import { existsSync } from "node:fs";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/local/bin/chromium",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Where the Chromium of this machine is; PILOTAGE_CHROMIUM names another. */
export const CHROMIUM: string | undefined = [process.env["PILOTAGE_CHROMIUM"] ?? "", ...PLACES].find(
  (place) => place !== "" && existsSync(place),
);
export const NO_CHROMIUM = "There is no Chromium here; install one, or name it in PILOTAGE_CHROMIUM.";

/** The wide screen of an office. */
export const DESKTOP = { width: 1280, height: 800 };
/** A small phone. */
export const PHONE = { width: 360, height: 740 };
/** Milliseconds. On a shared machine a page may take ten times as long as usual. */
const PATIENCE = 60_000;

export async function openBrowser(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error(NO_CHROMIUM);
  return chromium.launch({
    executablePath: CHROMIUM,
    // As root, as in a container, Chromium starts only without its own sandbox.
    args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-dev-shm-usage"],
  });
}

export interface VisitOptions {
  /** The program's address. */
  url: string;
  /** `name=value`, as a signed-in person's requests carry it. */
  cookie?: string;
  viewport?: { width: number; height: number };
  language?: "de" | "en";
  theme?: "light" | "dark";
}

export interface Visit {
  page: Page;
  context: BrowserContext;
  /** Addresses that a page asked for outside of the program. */
  outside: string[];
  /** Dialogs and uncaught errors. */
  alarms: string[];
  close(): Promise<void>;
}

/** A browser profile of its own with one tab. */
export async function openVisit(browser: Browser, options: VisitOptions): Promise<Visit> {
  const { url, cookie, language = "en", theme = "light" } = options;
  const context = await browser.newContext({
    baseURL: url,
    viewport: options.viewport ?? DESKTOP,
    locale: language === "de" ? "de-DE" : "en-GB",
    timezoneId: "Europe/Berlin",
    colorScheme: theme,
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(PATIENCE);
  if (cookie !== undefined) {
    const at = cookie.indexOf("=");
    await context.addCookies([
      { name: cookie.slice(0, at), value: cookie.slice(at + 1), url, httpOnly: true, sameSite: "Lax" },
    ]);
  }
  const outside: string[] = [];
  const alarms: string[] = [];
  context.on("request", (request) => {
    const address = request.url();
    if (!address.startsWith(`${url}/`) && !/^(?:blob|data):/.test(address)) outside.push(address);
  });
  context.on("dialog", (dialog) => {
    alarms.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on("weberror", (error) => alarms.push(String(error.error())));
  const page = await context.newPage();
  return { page, context, outside, alarms, close: () => context.close() };
}

const MISFITS = `(() => {
  const told = (node) => node.tagName.toLowerCase() + " " + (node.getAttribute("class") ?? "") + ": " + node.textContent.trim().slice(0, 60);
  const scrolls = (node) => /^(auto|scroll)$/.test(getComputedStyle(node).overflowX) && node.scrollWidth > node.clientWidth + 1;
  const all = [...document.querySelectorAll("body *")].filter((node) => node.checkVisibility() && node.closest("[data-document]") === null);
  const wide = all.filter((node) => scrolls(node) && node.clientWidth > 0);
  const cut = all.filter((node) => {
    if (node.children.length > 0 || node.textContent.trim() === "" || wide.some((one) => one.contains(node))) return false;
    const { right, width, height } = node.getBoundingClientRect();
    return width > 1 && height > 1 && right > document.documentElement.clientWidth + 1;
  });
  const whole = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  return [...(whole > 0 ? ["the page by " + whole + " px"] : []), ...wide.map((node) => "scrolls: " + told(node)), ...cut.map((node) => "cut off: " + told(node))];
})()`;

/** What on a page does not fit its width: parts that scroll to the side, and words that are cut off. A document's image may. */
export function misfitsOn(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(MISFITS);
}
