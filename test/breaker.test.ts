/** A model that keeps failing is left alone: cases go on with the next step, or wait for the one call that tries. */
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../src/contract/json.ts";
import { readBreakers } from "../src/models/breaker-board.ts";
import { sql } from "../src/platform/sql.ts";
import { install, launch, until } from "./support/installation.ts";

const installation = await install({ settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
const { client, app } = installation;
const pass = (seconds: number) => client.advanceClock({ body: { milliseconds: seconds * 1_000 } });
const look = (caseId: string) => client.getCase({ params: { case: caseId } });
const reviewed = (caseId: string) =>
  until(
    () => look(caseId),
    (found) => found.state === "in_review",
  );
/** The same where a case may have come to the door while another tried: it looks again a second later, by our clock. */
const reviewedByAndBy = (caseId: string) => {
  let looks = 0;
  return until(
    async () => {
      const found = await look(caseId);
      if (found.state !== "in_review" && ++looks % 40 === 0) await pass(1);
      return found;
    },
    (found) => found.state === "in_review",
  );
};
const event = async (kind: string, connection: string) =>
  (
    await app.database.all<{ body: string }>(
      sql`select body from audit_event where kind = ${kind} order by id`,
    )
  )
    .map((row) => (JSON.parse(row.body) as { data: JsonObject }).data)
    .filter((data) => data["connection"] === connection);

let made = 0;
const DOWN: JsonObject = { rules: [], otherwise: { fault: "unavailable" } };
const UP: JsonObject = { rules: [], otherwise: { answer: { category: "billing" } } };

/** A workflow whose first model is down; says how to hand it a case and how to mend the model. */
async function workflowWith(fallback: "other" | "manual", more: { workflow?: JsonObject } = {}) {
  const workflow = `breaker-${made++}`;
  const save = (name: string, script: JsonObject) =>
    client.saveConnection({ params: { name }, body: { settings: { kind: "scripted", script } } });
  await save(`${workflow}-first`, DOWN);
  await save(`${workflow}-other`, UP);
  await launch(installation, {
    script: null,
    workflow: { ...more.workflow, workflow },
    release: {
      workflow,
      model: { connection: `${workflow}-first`, timeout: 5_000 },
      fallback: [
        ...(fallback === "other" ? [{ connection: `${workflow}-other`, timeout: 5_000 }] : []),
        "manual",
      ],
    },
  });
  return {
    workflow,
    connection: `${workflow}-first`,
    mend: () => save(`${workflow}-first`, UP),
    async submit(): Promise<string> {
      const { caseId } = await client.submitCase({
        params: { workflow },
        body: { externalId: `${workflow}-${made++}`, input: { text: "the bill" } },
      });
      return caseId;
    },
  };
}

/** Five cases in a row find the model down; the fifth opens the breaker. */
async function breakIt({
  submit,
  connection,
}: {
  submit(): Promise<string>;
  connection: string;
}): Promise<string[]> {
  const ids = await Promise.all([1, 2, 3, 4, 5].map(submit));
  await until(
    async () => (await readBreakers(app.database)).find((row) => row.connection === connection),
    (row) => row?.state === "open",
  );
  return ids;
}

describe("an open breaker", () => {
  test("is passed over at once, and the history says so", async () => {
    const given = await workflowWith("other");
    await breakIt(given);
    const found = await reviewed(await given.submit());
    expect(found.attempts).toMatchObject([{ no: 1, step: 1, state: "answered" }]);
    expect(Date.parse(found.decision!.at) - Date.parse(found.receivedAt)).toBe(0);
    expect(found.history.find((one) => one.kind === "case.running")?.data).toMatchObject({
      step: 1,
      passedOver: [given.connection],
    });
    expect(await event("breaker.opened", given.connection)).toMatchObject([
      { because: "overloaded", model: "" },
    ]);
  });

  test("makes cases wait for its trial where no step is left; one tries, and all are answered", async () => {
    const given = await workflowWith("manual");
    await breakIt(given);
    const waiting = await Promise.all([1, 2, 3].map(given.submit));
    for (const caseId of waiting) {
      const found = await until(
        () => look(caseId),
        (one) => one.history.some((some) => some.kind === "case.waits"),
      );
      expect(found.attempts).toEqual([]);
      expect(found.history.find((one) => one.kind === "case.waits")?.data).toEqual({
        because: "breaker_open",
        model: given.connection,
        until: "2026-01-05T08:00:05.000Z",
      });
    }
    await given.mend();
    await pass(5);
    // Those that came to the door while the trial ran look again a second later.
    // A trial with the settings of before fails once more; the next one is some seconds later.
    let looks = 0;
    await until(
      async () => {
        if (++looks % 40 === 0) await pass(1);
        return event("breaker.closed", given.connection);
      },
      (found) => found.length === 1,
    );
    for (const caseId of waiting)
      expect((await reviewedByAndBy(caseId)).attempts.at(-1)).toMatchObject({ state: "answered" });
  });

  test("hands a case to a person in the end, and says why there is no suggestion", async () => {
    const given = await workflowWith("manual");
    await breakIt(given);
    const caseId = await given.submit();
    // It may be the one that tries, which gives it two minutes more each time, three times at most.
    for (let seconds = 0; seconds < 500 && (await look(caseId)).state !== "in_review"; seconds += 5)
      await pass(5);
    const found = await reviewed(caseId);
    expect(found.decision).toMatchObject({
      outcome: "fallback",
      reasons: [
        { code: "model_failed" },
        ...(found.attempts.length === 3 ? [] : [{ code: "breaker_open", detail: given.connection }]),
      ],
    });
  });

  test("hands a case over when it is due, though the trial is later", async () => {
    const given = await workflowWith("manual", { workflow: { due: { workingHours: 0.001 } } });
    await breakIt(given);
    const caseId = await given.submit();
    await pass(3.6);
    const found = await reviewed(caseId);
    expect(found.attempts).toEqual([]);
    expect(found.decision).toMatchObject({
      outcome: "fallback",
      reasons: [{ code: "model_failed" }, { code: "breaker_open", detail: given.connection }],
      at: found.dueAt,
    });
  });
});

test("new settings of a connection are tried by the next call, without waiting for the trial", async () => {
  const given = await workflowWith("other");
  await breakIt(given);
  await given.mend();
  await until(
    async () => (await reviewedByAndBy(await given.submit())).attempts.at(-1)!.step,
    (step) => step === 0,
  );
  expect(await event("breaker.closed", given.connection)).toHaveLength(1);
});

test("Operations and the figures for Prometheus show which models are left alone", async () => {
  const given = await workflowWith("other");
  const { workflow, connection } = given;
  const models = async () => (await client.getOperations({ params: { workflow } })).models;
  const other = {
    connection: `${workflow}-other`,
    model: "",
    state: "closed",
    since: null,
    nextTrialAt: null,
    because: null,
    // Nobody puts questions to a script.
    canary: null,
    lastChange: null,
    nextCanaryAt: null,
    retiresAt: null,
    retiresIn: null,
  };
  expect(await models()).toEqual([{ ...other, connection }, other]);
  await breakIt(given);
  const now = app.clock.now();
  expect(await until(models, ([first]) => first?.state === "open")).toEqual([
    {
      ...other,
      connection,
      state: "open",
      since: new Date(now).toISOString(),
      nextTrialAt: new Date(now + 5_000).toISOString(),
      because: "overloaded",
    },
    other,
  ]);
  const metrics = async () => (await fetch(`${installation.url}/metrics`)).text();
  await until(metrics, (text) =>
    text.includes(`pilotage_breaker_open{connection="${connection}",model=""} 1`),
  );
});

test("a process that starts knows what others found", async () => {
  const given = await workflowWith("other");
  await breakIt(given);
  const worker = await install({
    role: "worker",
    databaseUrl: installation.databaseUrl,
    dataHome: installation.dataHome,
    settings: { PILOTAGE_CLOCK: new Date(app.clock.now()).toISOString() },
  });
  const found = await Promise.all((await Promise.all(Array.from({ length: 8 }, given.submit))).map(reviewed));
  for (const one of found) expect(one.attempts).toMatchObject([{ step: 1 }]);
  await worker.stop();
});
