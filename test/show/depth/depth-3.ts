/**
 * depth.3: nothing acknowledged is lost and nothing has its effect twice, whatever fails.
 *
 * First web, two workers and the database of one installation are killed with SIGKILL at random, twenty rounds, under load;
 * after each everything must come to rest without a hand and the books must agree. At the end the audit log is exported
 * and verified as an auditor would. Then each other fault, with an installation of its own (depth-3-faults.ts). A twin
 * that acknowledges before the disk has it, and whose receiver acts at every request, must be noticed for both.
 *
 * Options: --seed n, --rounds n, --only <fault> (skips the rounds and the twin; never met), --quick (shorter absences).
 */
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { JsonObject } from "../../../src/contract/json.ts";
import { readOperatorKey } from "../../../src/platform/operator.ts";
import { seeded } from "../../support/kill-plan.ts";
import { unorderedDeaths } from "../../support/processes.ts";
import { settled, takeStock } from "../../support/stocktaking.ts";
import { openClerk, openWriter } from "../../support/traffic.ts";
import { launchWreck, type Wreck } from "../../support/wreck.ts";
import type { Context, Outcome } from "../point.ts";
import { runProcess, ROOT, until } from "../program.ts";
import { FAULTS } from "./depth-3-faults.ts";

export const title =
  "Kill -9 at random with two workers, full disk, database restarts, silent connections, stopped workers, clock jumps: nothing acknowledged is lost, nothing is done twice";

const ROUNDS = 20;
const KILLS_PER_ROUND = 4;
const SETTLE_WITHIN = 90_000;
const TWIN_KILLS = 12;

export async function run(context: Context): Promise<Outcome> {
  const { only } = context.options;
  const kills = only === undefined ? await killedAtRandom(context) : undefined;
  const faults: Record<string, JsonObject> = {};
  for (const [name, fault] of Object.entries(FAULTS)) {
    if (only !== undefined && only !== name) continue;
    const start = performance.now();
    const { met, figures } = await fault(context).catch((error: unknown) => ({
      met: false,
      figures: { failure: error instanceof Error ? error.message : String(error) },
    }));
    faults[name] = { met, seconds: Math.round((performance.now() - start) / 1000), ...figures };
    context.progress(`${name}: ${met ? "met" : "NOT MET"} ${JSON.stringify(figures).slice(0, 600)}`);
  }
  const twin = only === undefined ? await twinIsNoticed(context) : undefined;
  return {
    met:
      kills?.met === true &&
      twin?.noticed === true &&
      Object.values(faults).every((fault) => fault["met"] === true),
    figures: { kills: kills?.figures ?? null, faults, twin: twin ?? null },
  };
}

async function killedAtRandom(context: Context): Promise<{ met: boolean; figures: JsonObject }> {
  const chance = seeded(Number(context.options["seed"] ?? 5));
  const rounds = Number(context.options["rounds"] ?? ROUNDS);
  const wreck = await launchWreck({
    folder: context.folder("kills"),
    workers: 2,
    receiver: { dieBeforeReply: 0.02, fail: 0.03 },
  });
  context.after(() => wreck.stop());
  const writer = openWriter(wreck, { pauseMs: 40 });
  const clerk = openClerk(wreck);
  context.after(async () => void (await Promise.all([writer.stop(), clerk.stop()])));
  const total = { web: 0, worker: 0, database: 0 };
  const findings: string[] = [];
  let slowest = 0;
  let last = {};
  for (let round = 1; round <= rounds; round++) {
    writer.start();
    await killSome(wreck, chance, total);
    await writer.pause();
    const recovery = await settled(wreck, writer, SETTLE_WITHIN).catch((error: Error) => {
      findings.push(`round ${round}: ${error.message}`);
      return SETTLE_WITHIN;
    });
    slowest = Math.max(slowest, recovery);
    const { findings: found, ...stock } = await takeStock(wreck, writer);
    findings.push(...found.map((finding) => `round ${round}: ${finding}`));
    last = stock;
    context.progress(
      `round ${round}: at rest after ${recovery} ms, ${stock.cases} cases, ${stock.effects} effects, ${found.length} findings`,
    );
  }
  await clerk.stop();
  const audit = await verifyAudit(context, wreck);
  const deaths = unorderedDeaths([wreck.web, ...wreck.workers]);
  context.progress(`audit log: ${JSON.stringify(audit)}; deaths that nobody ordered: ${deaths.length}`);
  return {
    met: findings.length === 0 && rounds >= ROUNDS && audit.ok && deaths.length === 0,
    figures: {
      rounds,
      kills: total,
      acknowledged: writer.acknowledged.size,
      fromFiles: writer.dropped.length,
      postsSentAgain: writer.retries,
      verdicts: clerk.verdicts,
      receiverDeaths: wreck.receiver.restarts,
      slowestRecoveryMs: slowest,
      acknowledgedButLost: findings.filter((finding) => /acknowledged as|is lost/.test(finding)).length,
      doubleEffects: findings.filter((finding) => / had \d+ effects/.test(finding)).length,
      impossibleStates: findings.filter((finding) => /cannot be|not in a final state/.test(finding)).length,
      findings: findings.slice(0, 20),
      unorderedDeaths: deaths.slice(0, 5),
      audit,
      ...last,
    },
  };
}

/** The kills of one round at random moments, of random victims; over the rounds every kind has its turn. */
async function killSome(
  wreck: Wreck,
  chance: () => number,
  total: { web: number; worker: number; database: number },
): Promise<void> {
  const kinds = ["web", "worker", "database"] as const;
  for (let kill = 0; kill < KILLS_PER_ROUND; kill++) {
    await pause(200 + chance() * 1_000);
    const victim = kinds[Math.floor(chance() * kinds.length)]!;
    total[victim]++;
    if (victim === "web") await wreck.web.kill();
    else if (victim === "worker") await wreck.workers[Math.floor(chance() * wreck.workers.length)]!.kill();
    else await wreck.killDatabase(chance() < 0.5);
  }
}

/** Exports the log with the command line and verifies the export without program and database. */
async function verifyAudit(
  context: Context,
  wreck: Wreck,
): Promise<{ ok: boolean; checked: number; waiting: number; failure?: string }> {
  const waiting = async () =>
    (await wreck.query<{ n: number }>("select count(*)::int as n from audit_waiting"))[0]!.n;
  await until("every event to be in the log and signed", waiting, (n) => n === 0, 60);
  await until(
    "a checkpoint over the whole log",
    () =>
      wreck.query<{ behind: number }>(
        "select (h.size - coalesce((select max(size) from audit_checkpoint), 0))::int as behind from audit_head h",
      ),
    ([row]) => row!.behind === 0,
    60,
  );
  const events = (await wreck.query<{ n: number }>("select count(*)::int as n from audit_event"))[0]!.n;
  const bundle = join(context.folder("audit"), "export");
  const program = join(ROOT, "bin", "pilotage.js");
  const settings = { PILOTAGE_URL: wreck.address, PILOTAGE_KEY: readOperatorKey(wreck.dataHome) ?? "" };
  const { verifier } = await wreck.client.getAudit({ query: {} });
  const exported = await runProcess(
    process.execPath,
    [program, "audit", "export", "--to", bundle, "--json"],
    settings,
  );
  if (exported.code !== 0) return { ok: false, checked: 0, waiting: await waiting(), failure: exported.said };
  const keys = verifier === null ? [] : ["--verifier", verifier];
  const verified = await runProcess(process.execPath, [
    program,
    "audit",
    "verify",
    bundle,
    ...keys,
    "--json",
  ]);
  const verdict = JSON.parse(verified.stdout) as { ok: boolean; checked: number };
  return {
    ok: verified.code === 0 && verdict.ok && verdict.checked >= events,
    checked: verdict.checked,
    waiting: await waiting(),
  };
}

/**
 * The same books on an installation with two planted faults: its database answers a commit before it is on disk, and its
 * receiver looks at no key. Killed at random, both must be found.
 */
async function twinIsNoticed(
  context: Context,
): Promise<{ noticed: boolean; lost: number; doubled: number; kills: number }> {
  const wreck = await launchWreck({
    folder: context.folder("twin"),
    receiver: { dieBeforeReply: 0.15, actsEachTime: true },
  });
  context.after(() => wreck.stop());
  await wreck.query("alter role pilotage set synchronous_commit = off");
  await Promise.all([wreck.web.kill(), wreck.workers[0]!.kill()]);
  await Promise.all([wreck.web.up(), wreck.workers[0]!.up()]);
  const writer = openWriter(wreck, { pauseMs: 5, only: "cases" });
  const clerk = openClerk(wreck);
  context.after(async () => void (await Promise.all([writer.stop(), clerk.stop()])));
  const seen = { lost: 0, doubled: 0, kills: 0 };
  while (seen.kills < TWIN_KILLS && (seen.lost === 0 || seen.doubled === 0)) {
    const before = writer.acknowledged.size;
    writer.start();
    await until(
      "cases that are taken in",
      async () => writer.acknowledged.size,
      (size) => size > before + 40,
      60,
    );
    await wreck.killDatabase(true);
    seen.kills++;
    await wreck.databaseBack();
    await writer.pause();
    const { findings } = await takeStock(wreck, writer);
    seen.lost = findings.filter((finding) => /was acknowledged as .* lost$/.test(finding)).length;
    seen.doubled = findings.filter((finding) => / had \d+ effects$/.test(finding)).length;
  }
  context.progress(`twin: ${JSON.stringify(seen)}`);
  return { noticed: seen.lost > 0 && seen.doubled > 0, ...seen };
}
