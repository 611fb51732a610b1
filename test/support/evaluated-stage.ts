/**
 * A workflow with evaluation sets and runs over them: one brought from outside, one made of judged cases, two releases measured on
 * both and held against criteria.
 *
 * Everything is measured by the real program; only the two models answer from scripts, the newer one better than the older.
 */
import { Readable } from "node:stream";
import type { Client } from "../../src/contract/client.ts";
import type { JsonObject } from "../../src/contract/json.ts";
import { SUGGESTION, type ConsoleInstallation } from "./console.ts";
import { until, workflowDocument } from "./installation.ts";

const IMPORTED = 60;
const JUDGED = 8;
export const IMPORTED_SET = "tickets-may";
export const CASES_SET = "reviewed-tickets";

const DIALS: JsonObject = { undo: 0, cold: { share: 0 }, secondLook: { share: 0 } };
const CRITERIA: JsonObject[] = [
  {
    name: "right answers",
    group: "performance",
    metric: "accuracy",
    minimum: 0.7,
    target: 0.75,
    stretch: 0.99,
  },
  {
    name: "cables are found",
    group: "performance",
    must: false,
    metric: "recall category = technical",
    minimum: 0.9,
    target: 0.95,
  },
];

/** The older one knows no cables. */
const SCRIPTS: Record<"old" | "fresh", JsonObject> = {
  old: { rules: [], otherwise: { answer: SUGGESTION, confidence: 0.8 } },
  fresh: {
    rules: [
      {
        when: { field: "text", contains: "cable" },
        do: { answer: { ...SUGGESTION, category: "technical" }, confidence: 0.9 },
      },
    ],
    otherwise: { answer: SUGGESTION, confidence: 0.9 },
  },
};

export interface Evaluated {
  old: string;
  fresh: string;
  /** Done, over the imported set: of the old release, of the new one, and of the new one asked three times. */
  runs: { old: string; fresh: string; thrice: string };
  /** Of the old release, which takes more items; of the new one, which is go and not signed. */
  gates: { old: string; fresh: string };
}

export async function openEvaluated(
  { open, client }: Pick<ConsoleInstallation, "open" | "client">,
  workflow: string,
): Promise<Evaluated> {
  const params = { workflow };
  const submit = await open(workflow, { script: SCRIPTS.old, workflow: DIALS });
  const old = (await client.getWorkflow({ params })).candidateRelease!;
  for (let n = 0; n < JUDGED; n++) await judge(client, await submit(textOf(n)), n);
  // Before anything is measured: nothing is held against criteria that came later.
  await client.applyWorkflow({
    params,
    body: { document: workflowDocument({ ...DIALS, workflow, criteria: CRITERIA }) },
  });
  await follow(
    client.importSet(
      workflow,
      { name: IMPORTED_SET, drawn: "chance" },
      Readable.from([Buffer.from(importedLines())]),
    ),
  );
  await follow(client.collectSet(workflow, { name: CASES_SET, from: "reviews", where: [], most: 100 }));
  const connection = `newer-${workflow}`;
  await client.saveConnection({
    params: { name: connection },
    body: { settings: { kind: "scripted", script: SCRIPTS.fresh } },
  });
  const { document } = await client.getRelease({ params: { release: old } });
  const { id: fresh } = await client.publishRelease({
    params,
    body: { document: { ...(document as JsonObject), model: { connection, timeout: 5_000 } } },
  });
  const run = async (set: string, release: string, repeats = 1) => {
    const { id } = await client.startEvaluation({ params, body: { set, release, repeats } });
    await until(
      () => client.getEvaluation({ params: { run: id } }),
      ({ state }) => state === "done",
    );
    return id;
  };
  await run(CASES_SET, old);
  await run(CASES_SET, fresh);
  const thrice = await run(IMPORTED_SET, fresh, 3);
  const oldRun = await run(IMPORTED_SET, old);
  const runs = { old: oldRun, fresh: await run(IMPORTED_SET, fresh), thrice };
  const gate = async (release: string, of: string) =>
    (await client.judgeGate({ params, body: { release, runs: [of] } })).id;
  const gates = { old: await gate(old, runs.old), fresh: await gate(fresh, runs.fresh) };
  return { old, fresh, runs, gates };
}

const textOf = (n: number): JsonObject => ({
  text: n % 4 === 0 ? `The cable of ${n} broke` : n % 10 === 7 ? `Parcel ${n} is late` : `Invoice ${n}`,
});

const categoryOf = (n: number) => (n % 4 === 0 ? "technical" : n % 10 === 7 ? "other" : "billing");

function importedLines(): string {
  return Array.from({ length: IMPORTED }, (_, n) => {
    const output = { ...SUGGESTION, category: categoryOf(n) };
    return `${JSON.stringify({ input: textOf(n), output })}\n`;
  }).join("");
}

async function judge(client: Client, caseId: string, n: number): Promise<void> {
  const { lease, output } = await client.claimReview({ params: { case: caseId }, body: {} });
  const category = categoryOf(n);
  const body =
    (output as JsonObject)["category"] === category
      ? ({ verdict: "approve" } as const)
      : ({
          verdict: "edit",
          output: { ...(output as JsonObject), category },
          reason: "wrong_class",
        } as const);
  await client.giveVerdict({ params: { case: caseId }, body: { lease, ...body } });
}

async function follow(lines: AsyncIterable<{ code?: string | undefined; message?: string | undefined }>) {
  for await (const { code, message } of lines) if (code !== undefined) throw new Error(message);
}
