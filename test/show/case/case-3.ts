/**
 * case.3: nothing accepted is lost and nothing is delivered twice, whatever is killed.
 *
 * Web, workers and database of one installation are killed with SIGKILL while a writer hands cases in and a clerk
 * reviews: first at random, in rounds, then by a hook at every transaction boundary, before and after the commit. The
 * receiver commits each effect to its own file and sometimes dies before it replies. After each part everything must
 * come to rest without a hand and the books must agree. A twin with a receiver that acts at every request must be noticed.
 *
 * Options: --seed n, --rounds n, --kills n (per boundary and victim).
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { JsonObject } from "../../../src/contract/json.ts";
import { openKillPlan, seeded, type KillPlan, type Role } from "../../support/kill-plan.ts";
import { settled, takeStock, type Stock } from "../../support/stocktaking.ts";
import { openClerk, openWriter, type Writer } from "../../support/traffic.ts";
import { launchWreck, type Wreck } from "../../support/wreck.ts";
import type { Context, Outcome } from "../point.ts";

export const title =
  "Web, worker and database killed with -9 at random and at every transaction boundary: every acknowledged case ends once, every delivery has one effect";

/** What each role commits, by the names of its transactions. */
const BOUNDARIES: Record<Role, string[]> = {
  web: ["admit", "quarantine", "verdict", "transaction"],
  worker: ["reserve", "fail", "settle", "dispatch", "try", "deliver", "feed", "transaction", "sequence"],
};
const SETTLE_WITHIN = 60_000;
const STORM_WITHIN = 900_000;
const KILLS_PER_ROUND = 8;

export async function run(context: Context): Promise<Outcome> {
  const unlisted = unlistedBoundaries();
  if (unlisted.length > 0)
    context.progress(`transactions and the list of boundaries differ: ${unlisted.join(", ")}`);
  const chance = seeded(Number(context.options["seed"] ?? 3));
  const rounds = Number(context.options["rounds"] ?? 5);
  const target = Number(context.options["kills"] ?? 5);
  const plan = openKillPlan({ boundaries: BOUNDARIES, kills: target, chance });
  const wreck = await launchWreck({
    folder: context.folder("wreck"),
    workers: 2,
    receiver: { dieBeforeReply: 0.02, fail: 0.04 },
    plan,
  });
  context.after(() => wreck.stop());
  const writer = openWriter(wreck, { pauseMs: 120 });
  const clerk = openClerk(wreck);
  context.after(async () => {
    plan.aimAt(undefined);
    await Promise.all([writer.stop(), clerk.stop()]);
  });
  const show = new Books(context, wreck, writer);

  for (let round = 1; round <= rounds; round++) {
    writer.start();
    const kills = await killAtRandom(wreck, chance, round);
    await show.close(`round ${round}`, kills);
  }
  for (const victim of ["itself", "database"] as const) {
    writer.start();
    const reached = await storm(context, wreck, plan, victim);
    const kills = Object.values(plan.table()).reduce((sum, row) => sum + row[victim], 0);
    await show.close(victim === "itself" ? "the process at each boundary" : "the database at each boundary", {
      kills,
      reached,
    });
  }
  const twin = await twinIsNoticed(context);
  const boundaries = plan.table();
  const reachedAll = Object.values(boundaries).every((row) => row.itself >= target && row.database >= target);
  context.progress(
    `kills per boundary: ${Object.entries(boundaries)
      .map(([point, row]) => `${point} ${row.itself}+${row.database}`)
      .join(", ")}`,
  );
  return {
    met:
      show.findings.length === 0 &&
      reachedAll &&
      unlisted.length === 0 &&
      twin.noticed &&
      writer.retries > 0 &&
      wreck.receiver.restarts > 0,
    figures: {
      parts: show.parts,
      findings: show.findings.slice(0, 20),
      boundaries,
      boundariesNotListed: unlisted,
      acknowledged: writer.acknowledged.size,
      quarantined: writer.quarantined.size,
      fromFiles: writer.dropped.length,
      postsSentAgain: writer.retries,
      verdicts: clerk.verdicts,
      receiverDeaths: wreck.receiver.restarts,
      processStarts: wreck.web.starts + wreck.workers.reduce((sum, worker) => sum + worker.starts, 0),
      slowestRecoveryMs: show.slowest,
      twin,
    },
  };
}

/** The kills of one round: at least one of each kind, at random moments; returns how many of which. */
async function killAtRandom(wreck: Wreck, chance: () => number, round: number): Promise<JsonObject> {
  const kills = { web: 0, worker: 0, database: 0 };
  const kinds: (keyof typeof kills)[] = ["web", "worker", "database"];
  const victims = Array.from(
    { length: KILLS_PER_ROUND },
    (_, i) => kinds[i] ?? kinds[Math.floor(chance() * 3)]!,
  );
  for (let i = victims.length - 1; i > 0; i--) {
    const j = Math.floor(chance() * (i + 1));
    [victims[i], victims[j]] = [victims[j]!, victims[i]!];
  }
  for (const victim of victims) {
    await pause(200 + chance() * 1_300);
    kills[victim]++;
    if (victim === "web") await wreck.web.kill();
    else if (victim === "worker") await wreck.workers[Math.floor(chance() * wreck.workers.length)]!.kill();
    else await wreck.killDatabase(round % 2 === 0);
  }
  return kills;
}

/** Kills one victim at every boundary until each has had its kills; false when that takes too long. */
async function storm(
  context: Context,
  wreck: Wreck,
  plan: KillPlan,
  victim: "itself" | "database",
): Promise<boolean> {
  plan.aimAt(victim);
  await rearm(wreck);
  const said = setInterval(() => context.progress(`${plan.left} kills at boundaries to go`), 20_000);
  const reached = await plan.done(STORM_WITHIN);
  clearInterval(said);
  plan.aimAt(undefined);
  await rearm(wreck);
  return reached;
}

/** Starts every process anew, so that it asks the plan what to kill. */
async function rearm(wreck: Wreck): Promise<void> {
  for (const one of [wreck.web, ...wreck.workers]) await one.kill();
  await Promise.all([wreck.web, ...wreck.workers].map((one) => one.up()));
}

/** Brings a part to rest, takes stock, keeps what was found. */
class Books {
  readonly parts: JsonObject[] = [];
  readonly findings: string[] = [];
  slowest = 0;
  readonly #context: Context;
  readonly #wreck: Wreck;
  readonly #writer: Writer;

  constructor(context: Context, wreck: Wreck, writer: Writer) {
    this.#context = context;
    this.#wreck = wreck;
    this.#writer = writer;
  }

  async close(part: string, kills: JsonObject): Promise<void> {
    await this.#writer.pause();
    const recoveryMs = await settled(this.#wreck, this.#writer, SETTLE_WITHIN).catch((error: Error) => {
      this.findings.push(`${part}: ${error.message}`);
      this.#context.progress(error.message);
      return SETTLE_WITHIN;
    });
    this.slowest = Math.max(this.slowest, recoveryMs);
    const { findings, ...stock }: Stock = await takeStock(this.#wreck, this.#writer);
    this.findings.push(...findings.map((finding) => `${part}: ${finding}`));
    this.parts.push({
      part,
      ...kills,
      recoveryMs,
      acknowledged: this.#writer.acknowledged.size,
      findings: findings.length,
      ...stock,
    });
    this.#context.progress(
      `${part}: ${JSON.stringify(kills)}, at rest after ${recoveryMs} ms, ${stock.cases} cases, ${stock.effects} effects, ${findings.length} findings`,
    );
  }
}

/** The same books with a receiver that acts at every request: the check of effects must say so, and nothing else. */
async function twinIsNoticed(
  context: Context,
): Promise<{ noticed: boolean; findings: number; otherFindings: number }> {
  const wreck = await launchWreck({
    folder: context.folder("twin"),
    receiver: { dieBeforeReply: 0.15, actsEachTime: true },
  });
  context.after(() => wreck.stop());
  const clerk = openClerk(wreck);
  const writer = openWriter(wreck, { pauseMs: 20, only: "cases" });
  context.after(async () => void (await Promise.all([writer.stop(), clerk.stop()])));
  writer.start();
  while (writer.acknowledged.size < 40) await pause(20);
  await writer.pause();
  await settled(wreck, writer, SETTLE_WITHIN);
  await clerk.stop();
  const { findings } = await takeStock(wreck, writer);
  const doubled = findings.filter((finding) => /^the delivery dlv_\w+ had \d+ effects$/.test(finding));
  return {
    noticed: doubled.length > 0 && doubled.length === findings.length,
    findings: doubled.length,
    otherFindings: findings.length - doubled.length,
  };
}

/** Names of transactions in the program that the table above does not hold, and the other way round. */
function unlistedBoundaries(): string[] {
  const root = join(import.meta.dirname, "../../../src");
  const found = new Set(["transaction"]);
  for (const file of globSync("**/*.ts", { cwd: root })) {
    if (file.endsWith(".test.ts")) continue;
    const text = readFileSync(join(root, file), "utf8");
    for (const [, name] of text.matchAll(/name: "(\w+)",\s*(?:async )?run\b/g)) found.add(name!);
    for (const [, name] of text.matchAll(/\},\s*\["(\w+)"\],?\s*\)/g)) found.add(name!);
  }
  const listed = new Set([...BOUNDARIES.web, ...BOUNDARIES.worker]);
  return [...found.symmetricDifference(listed)];
}
