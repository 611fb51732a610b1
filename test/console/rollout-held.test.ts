/**
 * A rollout held in shadow, as its page tells it: the way of the evidence, what is next, in both languages, themes and sizes.
 * With PILOTAGE_PICTURES its pages are pictured into that folder.
 */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sql } from "../../src/platform/sql.ts";
import { CHROMIUM, DESKTOP, misfitsOn, PHONE } from "../support/browser.ts";
import { openConsole } from "../support/console.ts";
import { launch, releaseDocument, until } from "../support/installation.ts";
import { seriousIn, settled } from "../support/pages.ts";

const PICTURES = process.env["PILOTAGE_PICTURES"];
const workflow = "held-tickets";
const params = { workflow };

describe.skipIf(CHROMIUM === undefined)("a rollout that is held in shadow", async () => {
  if (CHROMIUM === undefined) return;
  const { installation, client, visit } = await openConsole();
  const { database } = installation.app;
  const stable = await launch(installation, {
    workflow: { workflow, rollout: ["shadow", 0.2, 0.5, 1] },
    release: { workflow },
    share: 0,
    script: { rules: [], otherwise: { answer: { category: "billing" }, confidence: 0.9 } },
  });
  await database.run(
    sql`update workflow set stable_release = ${stable}, reference_release = ${stable} where name = ${workflow}`,
  );
  const script = {
    rules: [
      {
        when: { field: "text", contains: "worse" },
        do: { answer: { category: "technical" }, confidence: 0.9 },
      },
    ],
    otherwise: { answer: { category: "billing" }, confidence: 0.9 },
  };
  await client.saveConnection({
    params: { name: "other" },
    body: { settings: { kind: "scripted", script } },
  });
  const { id: candidate } = await client.publishRelease({
    params,
    body: { document: releaseDocument({ workflow, model: { connection: "other", timeout: 5_000 } }) },
  });
  const { id: rollout } = await client.startRollout({ params, body: { release: candidate, ceiling: 0.3 } });
  for (let i = 0; i < 12; i++) {
    const { caseId } = await client.submitCase({
      params,
      body: { externalId: `h-${i}`, input: { text: i % 3 === 0 ? "the same" : "worse" } },
    });
    await until(
      () =>
        database.one<{ waits: boolean }>(sql`
          select state <> 'in_review' or exists (select from shadow_run s where s.case_id = c.id and s.state = 'waiting') as waits
          from case_ c where id = ${caseId}`),
      ({ waits }) => !waits,
    );
    const { lease } = await client.claimReview({ params: { case: caseId }, body: {} });
    await client.giveVerdict({ params: { case: caseId }, body: { lease, verdict: "approve" } });
    const found = await until(
      () => client.getRollout({ params: { rollout } }),
      ({ state, pairs }) => state === "held" || pairs?.n === i + 1,
    );
    if (found.state === "held") break;
    // A look of the watch for each of them.
    await until(
      () => client.rolloutLooks({ params: { rollout } }),
      ({ looks }) => looks.some(({ candidate: { n } }) => n === i + 1),
    );
  }

  test("fits, says why, and shows the way there, in both languages and themes, on a desk and on a phone", async () => {
    for (const language of ["en", "de"] as const)
      for (const theme of ["light", "dark"] as const) {
        const visited = await visit(`${language}.${theme}@example.com`, [{ role: "owner", workflow }], {
          theme,
          language,
          locale: language === "de" ? "de-DE" : "en-GB",
          preferences: { theme },
        });
        for (const [size, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
          await visited.page.setViewportSize(viewport);
          await visited.page.goto(`/rollout?workflow=${workflow}`);
          await settled(visited.page);
          const way = language === "de" ? "Verlauf der Belege" : "The way of the evidence";
          await visited.page.getByText(way).first().waitFor();
          await visited.page.locator("figure svg").first().waitFor();
          await visited.page
            .getByText(language === "de" ? "Im Schatten verglichen" : "Compared in shadow")
            .first()
            .waitFor();
          if (PICTURES !== undefined) {
            // The page scrolls inside its frame: as high as it is, all of it is in the picture.
            await visited.page.setViewportSize({ ...viewport, height: 2_000 });
            await settled(visited.page);
            await visited.page.screenshot({
              path: join(PICTURES, `rollout-${size}-${language}-${theme}.png`),
            });
            await visited.page.setViewportSize(viewport);
          }
          expect(await misfitsOn(visited.page), `${size} ${language}`).toEqual([]);
          if (size === "phone") expect(await seriousIn(visited.page), theme).toEqual([]);
        }
        await visited.close();
      }
  });
});
