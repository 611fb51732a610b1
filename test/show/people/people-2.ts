/**
 * people.2: every page in both languages and both themes under axe (WCAG 2.2 AA), and at 320 pixels.
 *
 * Runs test/console/accessibility.test.ts with all looks; its last test plants violations that must be found.
 */
import { CHROMIUM, NO_CHROMIUM } from "../../support/browser.ts";
import { PAGES } from "../../support/pages.ts";
import { skipped, type Context, type Outcome } from "../point.ts";
import { runTests } from "./browser-tests.ts";

export const title =
  "axe finds nothing serious or critical on any page, in both languages and both themes, and nothing scrolls to the side at 320 pixels";

const LOOKS = ["en, light", "de, light", "en, dark", "de, dark"];

export async function run(context: Context): Promise<Outcome> {
  if (CHROMIUM === undefined) return skipped(NO_CHROMIUM);
  context.progress(`${PAGES.length} pages in ${LOOKS.length} looks`);
  const ran = await runTests(context, ["test/console/accessibility.test.ts"], { PILOTAGE_LOOKS: "all" });
  const wanted = LOOKS.flatMap((look) => PAGES.map(({ name }) => `${look} ${name}`));
  const looked = wanted.filter((one) => ran.passed.some((name) => name.endsWith(one)));
  const planted = ran.passed.some((name) => name.includes("what is planted is found"));
  return {
    met: ran.failed.length === 0 && ran.skipped.length === 0 && looked.length === wanted.length && planted,
    figures: {
      pages: PAGES.length,
      looks: LOOKS.length,
      withoutViolation: looked.length,
      of: wanted.length,
      plantedViolationsFound: planted,
      failed: ran.failed.map(({ name, why }) => `${name}: ${why.slice(0, 300)}`),
      skipped: ran.skipped,
    },
  };
}
