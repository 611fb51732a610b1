/**
 * A certificate keeps its word, in a reduced form of the proof depth.1: on made-up cases whose truth is known, and, where
 * the data lies beside the checkout, on the answers of a release that the program trained and evaluated.
 */
import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { sql } from "../src/platform/sql.ts";
import type { ScoredLabel } from "../src/statistics/certification.ts";
import { readIntents } from "./show/case/banking.ts";
import { judgeSplits, mostViolations } from "./support/certificate-splits.ts";
import { install, releaseDocument, until, workflowDocument } from "./support/installation.ts";
import { seeded } from "./support/kill-plan.ts";

/** Cases of which the surer ones are wrong less often: about as good as a fair model. */
function madeUpCases(count: number): ScoredLabel[] {
  const chance = seeded(11);
  return Array.from({ length: count }, () => {
    const doubt = chance() ** 2;
    return { score: 1 - 0.6 * doubt, wrong: chance() < 0.5 * doubt ** 2 };
  });
}

describe("over 200 random parts of made-up cases", () => {
  const cases = madeUpCases(3_000);
  const judged = (delta: number) =>
    judgeSplits(cases, { n: 600, splits: 200, chance: seeded(5), target: 0.05, delta });

  test("a certificate breaks its promise no more often than it says, where the point estimate does", () => {
    const found = judged(0.05);
    expect(found.violationShare).toBeLessThanOrEqual(mostViolations({ delta: 0.05 }, 200));
    expect(found.certified).toBeGreaterThan(150);
    expect(found.meanCoverage).toBeGreaterThan(0.4);
    expect(found.pointEstimate.violationShare).toBeGreaterThan(0.25);
  });

  test("the twin: a certificate that takes ten times the risk that it states is noticed", () => {
    expect(judged(0.5).violationShare).toBeGreaterThan(mostViolations({ delta: 0.05 }, 200));
  });
});

const DATA = fileURLToPath(new URL("../../shared/data/intents-banking77/", import.meta.url));
/** Fifteen of the 77 intents: enough to be mixed up, and quick to learn. */
const INTENTS = 15;

describe.skipIf(!existsSync(DATA))("on the answers of a release that was trained on real messages", () => {
  test("a part of the sealed set certifies a threshold that keeps its promise on the whole", async () => {
    const train = readIntents(`${DATA}train.csv`);
    const categories = [...new Set(train.map((one) => one.category))].sort().slice(0, INTENTS);
    const chosen = train.filter((one) => categories.includes(one.category));
    const installation = await install();
    const { client, app } = installation;
    const workflow = "intents";
    const params = { workflow };
    await client.applyWorkflow({ params, body: { document: workflowDocument({ workflow }) } });
    const examples = chosen
      .map(({ text, category }) => `${JSON.stringify({ input: { text }, output: { category } })}\n`)
      .join("");
    const { id: release } = await client.publishRelease({
      params,
      body: {
        document: releaseDocument({
          workflow,
          model: { local: "intents" },
          local: { intents: {} },
          confidence: { from: "model" },
          input: {
            type: "object",
            properties: { text: { type: "string" } },
            required: ["text"],
            additionalProperties: false,
          },
          output: {
            type: "object",
            properties: { category: { enum: categories } },
            required: ["category"],
            additionalProperties: false,
          },
          policy: { text: "allow" },
          suggestions: [],
          facets: { input: [], output: ["category"] },
          examples: { digest: createHash("sha256").update(examples).digest("hex"), count: chosen.length },
        }),
        examples,
      },
    });
    await until(
      () => client.getRelease({ params: { release } }),
      (found) => found.state === "ready",
    );
    let imported;
    const file = createReadStream(`${DATA}test.csv`);
    for await (const line of client.importSet(
      workflow,
      { name: "test", format: "csv", drawn: "chance" },
      file,
    ))
      imported = line.set ?? imported;
    const known = readIntents(`${DATA}test.csv`).filter((one) => categories.includes(one.category)).length;
    // Messages of other intents are outside the classes: each is named and left out.
    expect(imported).toMatchObject({ items: known, refused: 3_080 - known });

    const started = await client.startEvaluation({ params, body: { set: "test", release } });
    const run = await until(
      () => client.getEvaluation({ params: { run: started.id } }),
      (found) => found.state === "done",
    );
    expect(run).toMatchObject({ answered: known, failed: 0, leftOut: 0 });
    expect(run.accuracy!.value).toBeGreaterThan(0.85);
    const scores = await app.database.all<ScoredLabel>(
      sql`select confidence as score, wrong from evaluation_score where run_id = ${run.id}`,
    );
    expect(scores.filter((one) => !one.wrong)).toHaveLength(run.right);
    const found = judgeSplits(scores, {
      n: Math.floor(known / 2),
      splits: 40,
      chance: seeded(3),
      target: 0.05,
      delta: 0.05,
    });
    expect(found.violationShare).toBeLessThanOrEqual(mostViolations({ delta: 0.05 }, 40));
    expect(found.certified).toBeGreaterThan(0);
    expect(readFileSync(`${DATA}categories.json`, "utf8")).toContain(categories[0]!);
  });
});
