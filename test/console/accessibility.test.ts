/**
 * Every page under axe, and at 320 pixels.
 *
 * Each page once, in English and light; with PILOTAGE_LOOKS=all in both languages and both themes (the proof people.2).
 */
import { describe, expect, test } from "vitest";
import { CHROMIUM } from "../support/browser.ts";
import { openConsole } from "../support/console.ts";
import { misfitsAtReflow, namesOfPages, openStage, PAGES, seriousIn } from "../support/pages.ts";

const LOOKS = [
  { language: "en", theme: "light" },
  { language: "de", theme: "light" },
  { language: "en", theme: "dark" },
  { language: "de", theme: "dark" },
] as const;
const looks = process.env["PILOTAGE_LOOKS"] === "all" ? LOOKS : LOOKS.slice(0, 1);

test("every page of the console is among those that are looked at", () => {
  expect(namesOfPages().filter((name) => !PAGES.some((page) => page.of === name))).toEqual([]);
});

describe.skipIf(CHROMIUM === undefined)(
  "nothing serious for axe, nothing to the side at 320 pixels",
  async () => {
    if (CHROMIUM === undefined) return;
    const opened = await openConsole();
    const stage = await openStage(opened);

    for (const { language, theme } of looks)
      describe(`${language}, ${theme}`, async () => {
        const { page, alarms, outside } = await opened.visit(stage.person, stage.grants, {
          language,
          theme,
          locale: language === "de" ? "de-DE" : "en-GB",
          preferences: { theme },
        });

        test.for(PAGES)("$name", async ({ go }) => {
          await opened
            .as(stage.person, stage.grants)
            .then((me) =>
              me.changeMe({
                body: { locale: language === "de" ? "de-DE" : "en-GB", preferences: { theme } },
              }),
            );
          await go(page, stage);
          expect(await page.evaluate("document.documentElement.lang")).toMatch(language);
          expect({ axe: await seriousIn(page), at320: await misfitsAtReflow(page) }).toEqual({
            axe: [],
            at320: [],
          });
          expect([...alarms, ...outside]).toEqual([]);
        });
      });

    test("what is planted is found: grey words on white, a button without a name, a line that does not fit", async () => {
      const { page } = await opened.visit(stage.person, stage.grants, {
        locale: "en-GB",
        preferences: { theme: "light" },
      });
      await page.goto("/settings");
      await page.locator("main h1").waitFor();
      await page.evaluate(`(() => {
      const line = document.createElement("p");
      line.style.cssText = "color: #ccc; background: #fff; width: 500px";
      line.textContent = "hardly to be read";
      document.querySelector("main").append(line, document.createElement("button"));
    })()`);
      const found = await seriousIn(page);
      expect(found.map(({ rule }) => rule)).toEqual(
        expect.arrayContaining(["color-contrast", "button-name"]),
      );
      expect(await misfitsAtReflow(page)).not.toEqual([]);
    });
  },
);
