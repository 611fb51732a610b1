/** Kept answers: when the model is away, the same request gets the same answer again, and nothing else does. */
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { openClient } from "../src/contract/client.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { sql } from "../src/platform/sql.ts";
import { install, launch, until } from "./support/installation.ts";
import { completion, overloaded, wrongKey } from "./support/provider-plays.ts";
import { startProvider } from "./support/provider.ts";

const DAY = 86_400_000;
const SECRET = `whsec_${Buffer.from("a secret used only in tests").toString("base64")}`;
const installation = await install({ settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
const { client, app } = installation;
const { database } = app;
const pass = (milliseconds: number) => client.advanceClock({ body: { milliseconds } });

/** What the provider does: answers, refuses at once, or is overloaded for ever. */
let provides: "answers" | "refuses" | "overloaded" = "answers";
const provider = await startProvider({
  answer: ({ kind }) =>
    provides === "refuses"
      ? wrongKey()
      : provides === "overloaded"
        ? overloaded()
        : {
            output: { category: "billing" },
            model: "small-2026-01",
            ...(kind === "own" ? { confidence: 0.9 } : {}),
          },
});
afterAll(() => provider.stop());
beforeEach(() => {
  provides = "answers";
});
await client.saveConnection({
  params: { name: "provider" },
  body: { settings: { kind: "openai", baseUrl: provider.url } },
});

const MODEL = { connection: "provider", name: "small", temperature: 0, timeout: 5_000 };
const CACHE = { keep: 30 * DAY };
let made = 0;

async function workflowWith(release: JsonObject = {}, workflow: JsonObject = {}) {
  const name = `kept-${made++}`;
  const id = await launch(installation, {
    script: null,
    workflow: { ...workflow, workflow: name },
    release: {
      workflow: name,
      model: MODEL,
      prompt: "Sort this: {{ input.text }}",
      fallback: ["cached", "manual"],
      cache: CACHE,
      ...release,
    },
  });
  return { name, release: id };
}

async function answered(
  workflow: string,
  input: JsonObject = {},
  more: { attachments?: { name: string; mediaType: string; base64: string }[]; drill?: boolean } = {},
) {
  const { caseId } = await client.submitCase({
    params: { workflow },
    body: { externalId: `case-${made++}`, input: { text: "the bill", ...input }, ...more },
  });
  return until(
    () => client.getCase({ params: { case: caseId } }),
    (one) => ["in_review", "delivered"].includes(one.state),
  );
}

const kept = (workflow: string) =>
  database.all<{ case_id: string; expires_at: number }>(
    sql`select case_id, expires_at from cached_answer where workflow = ${workflow} order by kept_at, case_id`,
  );
const byPerson = { decision: { outcome: "fallback", reasons: [{ code: "model_failed" }] } };

describe("a release that keeps answers", () => {
  test("answers the same request again when its model does not, and a person looks at it", async () => {
    const { name } = await workflowWith();
    const first = await answered(name);
    provides = "refuses";
    const again = await answered(name);
    expect(again).toMatchObject({
      decision: { outcome: "review", step: 1, reasons: [{ code: "fallback_answer", detail: "step 1" }, {}] },
      attempts: [
        { no: 1, step: 0, state: "failed" },
        {
          no: 2,
          step: 1,
          state: "answered",
          modelAsked: `cached answer of ${first.id}`,
          modelAnswered: "small-2026-01",
          cost: { amount: "0" },
        },
      ],
    });
    const { content } = await client.getCase({ params: { case: again.id }, query: { content: "true" } });
    expect(content?.output).toStrictEqual({ category: "billing" });
    const [attempt] = await database.all(
      sql`select cached_from from attempt where case_id = ${again.id} and no = 2`,
    );
    expect(attempt).toStrictEqual({ cached_from: first.id });
  });

  test("does so after all tries at a provider that is overloaded", async () => {
    const { name } = await workflowWith();
    await answered(name);
    provides = "overloaded";
    const { caseId } = await client.submitCase({
      params: { workflow: name },
      body: { externalId: "overloaded", input: { text: "the bill" } },
    });
    const look = () => client.getCase({ params: { case: caseId } });
    for (const count of [1, 2]) {
      await until(look, (one) => one.attempts.filter((a) => a.state === "failed").length === count);
      await pass(5_000);
    }
    const found = await until(look, (one) => one.state === "in_review");
    expect(found.attempts.map((one) => [one.step, one.state])).toStrictEqual([
      [0, "failed"],
      [0, "failed"],
      [0, "failed"],
      [1, "answered"],
    ]);
  });

  test("asks its model first, always", async () => {
    const { name } = await workflowWith();
    await answered(name);
    const before = provider.requests.length;
    expect((await answered(name)).decision).toMatchObject({ step: 0 });
    expect(provider.requests).toHaveLength(before + 1);
  });

  test("gives a request that differs in anything that the model sees to a person", async () => {
    const { name } = await workflowWith({
      policy: { text: "allow", amount: "allow", customer: "pseudonymise", attachments: "allow" },
    });
    const file = (text: string) => ({
      attachments: [{ name: "a.txt", mediaType: "text/plain", base64: Buffer.from(text).toString("base64") }],
    });
    await answered(name, {}, file("one"));
    provides = "refuses";
    expect(await answered(name, {}, file("two"))).toMatchObject(byPerson);
    expect(await answered(name)).toMatchObject(byPerson);
    expect(await answered(name, { text: "the bill " }, file("one"))).toMatchObject(byPerson);
    expect(await answered(name, { amount: 1 }, file("one"))).toMatchObject(byPerson);
    expect(await answered(name, { customer: "K. Adler" }, file("one"))).toMatchObject(byPerson);
    expect((await answered(name, {}, file("one"))).decision).toMatchObject({ step: 1 });
  });

  test("looks at the rules anew, for a field that the model does not see may differ", async () => {
    const { name } = await workflowWith({
      policy: { text: "allow", secret: "drop" },
      decide: { review: ["has(input.secret) && input.secret == 'lawyer'"] },
    });
    await answered(name);
    provides = "refuses";
    expect((await answered(name, { secret: "lawyer" })).decision?.reasons[0]).toMatchObject({ code: "rule" });
  });

  test("does not take up an answer that a person found wrong", async () => {
    const { name } = await workflowWith();
    const first = await answered(name);
    const { lease } = await client.claimReview({ params: { case: first.id }, body: {} });
    await client.giveVerdict({
      params: { case: first.id },
      body: { lease, verdict: "edit", output: { category: "technical" } },
    });
    provides = "refuses";
    expect(await answered(name)).toMatchObject(byPerson);
  });

  test("keeps nothing of a rehearsal, and nothing of an answer that was kept already", async () => {
    const { name } = await workflowWith();
    await answered(name, {}, { drill: true });
    expect(await kept(name)).toHaveLength(0);
    const first = await answered(name);
    provides = "refuses";
    await answered(name);
    expect(await kept(name)).toMatchObject([{ case_id: first.id }]);
  });

  test("keeps what it could have been asked under, not what was sent to mend it", async () => {
    const { name } = await workflowWith();
    provider.play(completion("small", { content: '{"category": "no such"}' }));
    expect((await answered(name)).attempts).toHaveLength(2);
    provides = "refuses";
    expect((await answered(name)).decision).toMatchObject({ step: 1 });
  });

  test("forgets after the time that it states", async () => {
    const { name } = await workflowWith({ cache: { keep: 2 * 3_600_000 } });
    await answered(name);
    const [entry] = await kept(name);
    expect(entry!.expires_at - app.clock.now()).toBeLessThanOrEqual(2 * 3_600_000);
    await pass(2 * 3_600_000);
    await until(
      () => kept(name),
      (left) => left.length === 0,
    );
    provides = "refuses";
    expect(await answered(name)).toMatchObject(byPerson);
  });

  test("has its kept answers erased with the key of their case", async () => {
    const { name } = await workflowWith();
    const first = await answered(name);
    expect(await kept(name)).toHaveLength(1);
    await database.run(sql`delete from case_key where owner = ${first.id}`);
    expect(await kept(name)).toHaveLength(0);
    provides = "refuses";
    expect(await answered(name)).toMatchObject(byPerson);
  });

  test("holds no content outside its case: ids, a keyed digest, names of models and figures", async () => {
    const { name } = await workflowWith();
    const first = await answered(name, { text: "a very particular complaint" });
    const [row] = await database.all<{ all: string }>(
      sql`select k::text as all from cached_answer k where case_id = ${first.id}`,
    );
    expect(row!.all).not.toMatch(/particular|complaint|billing/);
  });
});

describe("a release that keeps none", () => {
  test("stores none, and finds none of other releases", async () => {
    const { name } = await workflowWith({ fallback: ["manual"], cache: undefined } as unknown as JsonObject);
    await answered(name);
    expect(await kept(name)).toHaveLength(0);
  });

  test("cannot be published with the step, nor with a time and no step, nor with nothing to keep", async () => {
    const bad = (release: JsonObject) =>
      workflowWith(release).then(
        () => "taken",
        (error: unknown) => error,
      );
    const words = async (release: JsonObject) => JSON.stringify(await bad(release));
    expect(await words({ cache: undefined } as unknown as JsonObject)).toContain("no answer is kept");
    expect(await words({ fallback: ["manual"] })).toContain("no step uses them");
    expect(await words({ cache: { keep: -1 } })).not.toBe('"taken"');
    expect(await words({ cache: { keep: 10 * 365 * DAY } })).not.toBe('"taken"');
    expect(await words({ cache: { keep: "30 d", other: 1 } })).not.toBe('"taken"');
  });
});

describe("another release", () => {
  test("takes up the answers of the one before where it asks in the same way, and a person looks at them", async () => {
    const { name, release } = await workflowWith();
    const first = await answered(name);
    const publish = async (more: JsonObject) => {
      const document = await client.getRelease({ params: { release } });
      const { id } = await client.publishRelease({
        params: { workflow: name },
        body: { document: { ...(document.document as JsonObject), ...more } },
      });
      await client.setShare({ params: { workflow: name }, body: { release: id, share: 1 } });
    };
    await publish({ decide: { review: ["input.text == 'never'"] } });
    provides = "refuses";
    expect(await answered(name)).toMatchObject({
      decision: { outcome: "review", step: 1 },
      attempts: [{}, { modelAsked: `cached answer of ${first.id}` }],
    });
    await publish({ prompt: "Please sort this: {{ input.text }}" });
    expect(await answered(name)).toMatchObject(byPerson);
    await publish({ model: { ...MODEL, temperature: 0.5 } });
    expect(await answered(name)).toMatchObject(byPerson);
  });
});

describe("a kept answer", () => {
  test("goes out alone only under a certificate of its own step", async () => {
    const { name } = await workflowWith(
      {
        model: { connection: "own", timeout: 5_000 },
        prompt: undefined,
        confidence: { from: "model" },
      } as unknown as JsonObject,
      { automation: { maxErrorRate: 0.2, confidence: 0.8 } },
    );
    await client.saveConnection({
      params: { name: "own" },
      body: { settings: { kind: "http", url: provider.ownUrl, secret: SECRET } },
    });
    const approve = async (id: string) => {
      const { lease } = await client.claimReview({ params: { case: id }, body: {} });
      await client.giveVerdict({ params: { case: id }, body: { lease, verdict: "approve" } });
    };
    const second = openClient({ url: installation.url, key: installation.key, as: "M. Keller" });
    const settle = async (setting: string) => {
      const { changes } = await second.listChanges({ params: { workflow: name } });
      const waiting = changes.find((one) => one.setting === setting && one.state === "pending");
      if (waiting) await second.approveChange({ params: { change: waiting.id } });
    };
    await approve((await answered(name)).id);
    provides = "refuses";
    for (let i = 0; i < 40; i++) await approve((await answered(name)).id);
    await client.waive({ params: { workflow: name }, body: { item: "go", reason: "a test" } });
    await settle("waiver.go");
    await client.setAutonomy({ params: { workflow: name }, body: { autonomy: 1 } });
    await settle("autonomy");
    expect(await answered(name)).toMatchObject({
      state: "in_review",
      decision: { reasons: [{ code: "fallback_answer" }] },
    });
    const look = await client.certify({ params: { workflow: name }, body: { step: 1 } });
    expect(look.result).toBe("certified");
    expect(await answered(name)).toMatchObject({
      state: "delivered",
      decision: { outcome: "auto", step: 1 },
    });
  });
});
