/**
 * people.6: a picture of every page with the sample on it, on a desk and a phone, in both languages and both themes.
 *
 * Options: `--write <folder>` puts all of them there; `--docs true` renews the small set that the docs show.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { consoleBuilt } from "../../../build/console.ts";
import { CHROMIUM, NO_CHROMIUM } from "../../support/browser.ts";
import { skipped, type Context, type Outcome } from "../point.ts";
import { ROOT } from "../program.ts";
import { lookName, LOOKS, openSampleStage, shoot, SHOWN, type Look } from "./screenshots.ts";

export const title = "A picture of every page of the console with sample data, made by a script, in the docs";

const SCREENS = join(ROOT, "docs", "public", "screens");
const GUIDES = join(ROOT, "docs", "guide");
const MOST_BYTES = 3 * 1024 * 1024;

/** What the docs show: each page on a desk, in English and light, in German and dark; the inbox on a phone, too. */
const inDocs = (name: string, { language, theme, size }: Look) =>
  size === "desktop"
    ? (language === "en") === (theme === "light")
    : ["inbox", "review"].includes(name) && language === "en" && theme === "light";

export async function run(context: Context): Promise<Outcome> {
  if (CHROMIUM === undefined) return skipped(NO_CHROMIUM);
  const folder = context.options["write"] ?? context.folder("pictures");
  const docs = context.options["docs"] !== undefined;
  await consoleBuilt(context.progress);
  mkdirSync(folder, { recursive: true });
  if (docs) mkdirSync(SCREENS, { recursive: true });
  const stage = await openSampleStage(context);
  const alarms: string[] = [];
  const wanted: string[] = [];
  let taken = 0;
  let bytes = 0;
  for (const look of LOOKS) {
    context.progress(lookName(look));
    for (const shown of SHOWN) {
      const name = `${shown.name}-${lookName(look)}.png`;
      const picture = await shoot(stage, shown, look);
      alarms.push(...picture.alarms.map((one) => `${name}: ${one}`));
      taken += 1;
      bytes += picture.png.length;
      writeFileSync(join(folder, name), picture.png);
      if (!inDocs(shown.name, look)) continue;
      wanted.push(name);
      if (docs) writeFileSync(join(SCREENS, name), picture.png);
    }
  }
  const kept = picturesInDocs();
  const shownInGuides = readdirSync(GUIDES)
    .map((name) => readFileSync(join(GUIDES, name), "utf8"))
    .join("\n");
  const missing = wanted.filter((name) => !kept.some((one) => one.name === name));
  const notShown = SHOWN.map(({ name }) => name).filter(
    (name) => !shownInGuides.includes(`screens/${name}-`),
  );
  const keptBytes = kept.reduce((sum, one) => sum + one.bytes, 0);
  return {
    met:
      taken === SHOWN.length * LOOKS.length &&
      alarms.length === 0 &&
      missing.length === 0 &&
      notShown.length === 0 &&
      keptBytes < MOST_BYTES,
    figures: {
      pages: SHOWN.length,
      looks: LOOKS.length,
      pictures: taken,
      bytes,
      inDocs: kept.length,
      bytesInDocs: keptBytes,
      missingInDocs: missing,
      pagesThatNoGuideShows: notShown,
      alarms,
    },
  };
}

function picturesInDocs(): { name: string; bytes: number }[] {
  return readdirSync(SCREENS).map((name) => ({ name, bytes: statSync(join(SCREENS, name)).size }));
}
