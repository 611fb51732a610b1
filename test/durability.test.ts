/**
 * What is acknowledged ends once, whatever is killed: the short form of the proof case.3, with real processes.
 *
 * Lost answers of the database, which no kill can time, are in lost-answers.test.ts.
 */
import { describe, expect, test } from "vitest";
import { freshDatabase } from "./support/database.ts";
import { removeFolder, temporaryFolder } from "./support/folders.ts";
import { until } from "./support/installation.ts";
import { openKillPlan, seeded } from "./support/kill-plan.ts";
import { oneEffectEach, settled, takeStock } from "./support/stocktaking.ts";
import { openClerk, openWriter } from "./support/traffic.ts";
import { launchWreck } from "./support/wreck.ts";

describe("an installation that is killed with -9", () => {
  test(
    "loses nothing it acknowledged and delivers nothing twice: worker, database, and at three transaction boundaries",
    { timeout: 900_000 },
    async () => {
      const folder = temporaryFolder("wreck");
      const plan = openKillPlan({
        boundaries: { web: ["admit"], worker: ["settle", "deliver"] },
        kills: 1,
        chance: seeded(1),
      });
      const wreck = await launchWreck({ folder, plan, receiver: { dieBeforeReply: 0.02 } });
      const writer = openWriter(wreck, { pauseMs: 80 });
      const clerk = openClerk(wreck);
      try {
        writer.start();
        await until(
          () => wreck.query<{ n: number }>("select count(*)::int as n from case_ where worker is not null"),
          ([row]) => row!.n > 0,
        );
        await wreck.workers[0]!.kill();
        await wreck.workers[0]!.up();
        await wreck.killDatabase();
        await wreck.databaseBack();
        plan.aimAt("itself");
        await Promise.all([wreck.web.kill(), wreck.workers[0]!.kill()]);
        expect(await plan.done(300_000)).toBe(true);
        await writer.pause();
        await settled(wreck, writer, 400_000);
        const { findings, cases, effects } = await takeStock(wreck, writer);
        expect(findings).toEqual([]);
        expect(cases).toBe(writer.acknowledged.size + writer.dropped.length);
        expect(effects).toBeGreaterThan(0);
        expect(plan.table()).toEqual(
          Object.fromEntries(
            [
              "web admit:before",
              "web admit:after",
              "worker settle:before",
              "worker settle:after",
              "worker deliver:before",
              "worker deliver:after",
            ].map((point) => [point, { itself: 1, database: 0 }]),
          ),
        );
      } finally {
        await Promise.all([writer.stop(), clerk.stop()]);
        await wreck.stop();
        removeFolder(folder);
      }
    },
  );

  test("is found out when its receiver acts at every request", { timeout: 180_000 }, async () => {
    const folder = temporaryFolder("twin");
    const wreck = await launchWreck({
      folder,
      databaseUrl: await freshDatabase(),
      receiver: { dieBeforeReply: 0.3, actsEachTime: true },
    });
    const writer = openWriter(wreck, { pauseMs: 10, only: "cases" });
    const clerk = openClerk(wreck);
    try {
      writer.start();
      // Each death before a reply makes the sender try again, and this receiver act again.
      const doubled = /^the delivery dlv_\w+ had \d+ effects$/;
      await until(
        () => oneEffectEach(wreck, wreck.receiver),
        (findings) => findings.some((finding) => doubled.test(finding)),
        120_000,
      );
    } finally {
      await Promise.all([writer.stop(), clerk.stop()]);
      await wreck.stop();
      removeFolder(folder);
    }
  });
});
