/** The main job: a case enters, is answered, decided, reviewed, delivered, recorded. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { install, launch, resultsPath, until } from "./support/installation.ts";

describe("the path of one case", async () => {
  const installation = await install();
  const { client } = installation;
  await launch(installation);

  test("a ticket is answered, approved by a person, and delivered once", async () => {
    const { caseId } = await client.submitCase({
      params: { workflow: "tickets" },
      body: { externalId: "T-1", input: { text: "the bill is wrong" } },
    });
    const waiting = await until(
      () => client.getCase({ params: { case: caseId } }),
      (found) => found.state === "in_review",
    );
    expect(waiting.decision).toMatchObject({
      outcome: "review",
      reasons: [{ code: "no_certificate" }, { code: "autonomy" }],
    });
    const { reviews } = await client.claimReviews({ params: { workflow: "tickets" }, body: { count: 5 } });
    expect(reviews).toMatchObject([
      { caseId, output: { category: "billing" }, input: { text: "the bill is wrong" } },
    ]);
    const verdict = await client.giveVerdict({
      params: { case: caseId },
      body: { lease: reviews[0]!.lease, verdict: "approve" },
    });
    expect(verdict).toMatchObject({ state: "decided", verdict: "approve", differs: [] });
    const done = await until(
      () => client.getCase({ params: { case: caseId }, query: { content: "true" } }),
      (found) => found.state === "delivered",
    );
    expect(done).toMatchObject({
      verdict: "approve",
      labels: [{ source: "review", wrong: false, seen: true }],
      content: { final: { category: "billing" } },
    });
    const lines = readFileSync(resultsPath(installation), "utf8").trim().split("\n");
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      body: { externalId: "T-1", output: { category: "billing" }, decidedBy: "person" },
    });
    expect(done.history.map((event) => event.kind)).toEqual(
      expect.arrayContaining([
        "case.admitted",
        "case.running",
        "case.answered",
        "case.moved",
        "review.claimed",
        "review.decided",
        "delivery.sent",
      ]),
    );
  });

  test("why no model answered stands in the case, for those who may see its content", async () => {
    const workflow = "refused";
    const script = { rules: [], otherwise: { fault: "refused" } };
    await client.saveConnection({
      params: { name: "closed" },
      body: { settings: { kind: "scripted", script } },
    });
    await launch(installation, {
      workflow: { workflow },
      release: { workflow, model: { connection: "closed", timeout: 5_000 } },
      script: null,
    });
    const { caseId } = await client.submitCase({
      params: { workflow },
      body: { externalId: "R-1", input: { text: "the bill is wrong" } },
    });
    const found = await until(
      () => client.getCase({ params: { case: caseId }, query: { content: "true" } }),
      (one) => one.state === "in_review",
    );
    expect(found).toMatchObject({
      decision: { outcome: "fallback", reasons: [{ code: "model_failed" }] },
      attempts: [{ error: "model_refused" }],
      content: { failures: [{ attempt: 1, message: expect.stringContaining("refused") }] },
    });
  });
});
