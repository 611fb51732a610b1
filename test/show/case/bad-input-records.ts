/**
 * Bad records in files: each in a file of its own between two healthy ones, dropped into a feed folder; and what the
 * feed's run made of it, in the words of the table.
 */
import { until } from "../program.ts";
import { keeps, keptAsItWas, must, rawIsKept, takenResult } from "./bad-input-checks.ts";
import { healthy, sampleOf, type Sample, type Sending } from "./bad-input-samples.ts";
import { WORKFLOW, type Doors } from "./bad-input-workflow.ts";

export interface SentFile {
  name: string;
  bytes: Buffer;
  /** How many records of the file are healthy. */
  healthy: number;
  whole: boolean;
}

export function fileOf(sample: Sample, door: "jsonl" | "csv", { id, before }: Sending): SentFile {
  const name = `${id}.${door}`;
  const whole = sample.whole?.[door];
  if (whole !== undefined) return { name, bytes: Buffer.from(whole), healthy: 0, whole: true };
  const own = door === "jsonl" ? sample.jsonl! : sample.csv!.row;
  const neighbour = (neighbourId: string) =>
    door === "jsonl" ? healthy(neighbourId).jsonl : healthy(neighbourId).csv(sample.csv!.header);
  const alone = door === "csv" && sample.csv!.alone === true;
  const lines = [
    ...(door === "csv" ? [sample.csv!.header] : []),
    ...(alone ? [own] : [neighbour(before), own, neighbour(`${id}-after`)]),
  ];
  return {
    name,
    bytes: Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from("\n")])),
    healthy: alone ? 0 : 2,
    whole: false,
  };
}

export async function fileResult(doors: Doors, file: SentFile, sending: Sending): Promise<string> {
  const run = await readRun(doors, file.name);
  must(
    run.read === run.admitted + run.quarantined + run.duplicate + run.skipped,
    "the counts of the run add up",
  );
  if (file.whole)
    return run.problem === null
      ? `read ${run.read}`
      : /holds no record/.test(run.problem)
        ? "nothing read"
        : "file problem";
  must(
    run.read === file.healthy + 1 && run.admitted >= file.healthy,
    `the neighbours are taken (${JSON.stringify(run)})`,
  );
  if (file.healthy > 0) await keptAsItWas(doors, sending.before);
  const kept = await quarantinedFrom(doors, file.name);
  if (kept) {
    const sample = sampleOf(sending);
    const raw = sending.door === "jsonl" ? sample.jsonl : sample.csv!.row;
    if (typeof raw === "string") await rawIsKept(doors, kept.id, raw);
    return `quarantine ${kept.reason}`;
  }
  if (run.duplicate === 1) return "duplicate";
  await keeps(doors, sending.id, sampleOf(sending));
  return takenResult(
    "admitted",
    (await droppedBy(doors, run.id)).filter((field) => field !== "id"),
  );
}

export async function readRun({ client }: Doors, file: string) {
  const look = async () =>
    (await client.listFeeds({ params: { workflow: WORKFLOW }, query: { limit: 500 } })).runs.find(
      (one) => one.file === file && one.finishedAt !== null,
    );
  return (await until(`the feed to read ${file}`, look, (run) => run !== undefined, 240))!;
}

async function quarantinedFrom(
  { client }: Doors,
  file: string,
): Promise<{ id: string; reason: string } | undefined> {
  const { records } = await client.listQuarantine({ params: { workflow: WORKFLOW }, query: { limit: 500 } });
  const found = records.filter((one) => one.place?.startsWith(`${file}, `));
  must(found.length <= 1, "one bad record makes one quarantine record");
  return found[0];
}

/** Fields that a run left out, from the audit trail of its feed. */
async function droppedBy({ client }: Doors, run: string): Promise<string[]> {
  const reply = await client.listFeeds({ params: { workflow: WORKFLOW }, query: { limit: 500 } });
  return reply.runs.find((one) => one.id === run)?.dropped ?? [];
}
