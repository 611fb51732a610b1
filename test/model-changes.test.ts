/**
 * A live case notices that another model answers, or verifies: at once, in the transaction that decides it. And days on which
 * models retire are warned of wherever people look. The real program over real HTTP.
 */
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { JsonObject } from "../src/contract/json.ts";
import { sql } from "../src/platform/sql.ts";
import { automatic } from "./support/automatic.ts";
import { startCharacters, type Character } from "./support/characters.ts";
import { install, launch, until } from "./support/installation.ts";

const installation = await install({ settings: { PILOTAGE_CLOCK: "2026-01-05T06:00:00Z" } });
const { client, app, url } = installation;
const { database } = app;

const SMALL: Character = { name: "small-1", version: "fp_1", character: "small" };
const JUDGE: Character = { name: "judge-1", version: "fp_1", character: "judge" };
const provider = await startCharacters({ small: SMALL, judge: JUDGE });
afterAll(() => provider.stop());
beforeEach(() => {
  Object.assign(provider.models, { small: SMALL, judge: JUDGE });
  provider.list = undefined;
});

let made = 0;
async function connect(more: JsonObject = {}): Promise<string> {
  const name = `provider-${made++}`;
  const settings = { kind: "openai", baseUrl: provider.url, ...more };
  await client.saveConnection({ params: { name }, body: { settings } });
  return name;
}
const verified = (connection: string): JsonObject => ({
  model: { connection, name: "small", temperature: 0, timeout: 5_000 },
  prompt: "Sort this: {{ input.text }}",
  confidence: {
    from: "verifier",
    prompt: "Verify this: {{ output.category }}",
    model: { connection, name: "judge", temperature: 0, timeout: 5_000 },
  },
});

async function decided(workflow: string) {
  const { caseId } = await client.submitCase({
    params: { workflow },
    body: { externalId: `case-${made++}`, input: { text: "the bill" } },
  });
  return until(
    () => client.getCase({ params: { case: caseId } }),
    (one) => ["in_review", "delivered"].includes(one.state),
  );
}
/** Its models are known to the canary, and its cases go out alone. */
async function running(connection: string): Promise<string> {
  const workflow = `changes-${made++}`;
  await automatic(installation, workflow, {}, verified(connection));
  await until(
    () => client.listModels(),
    ({ models }) =>
      models.filter((one) => one.connection === connection && one.nextCanaryAt !== null).length === 2,
  );
  return workflow;
}
async function knownBy(connection: string): Promise<void> {
  await client.runCanary({ params: { name: connection }, body: {} });
  await until(
    () => client.listCanaryRuns({ query: { connection } }),
    ({ runs }) => runs.length === 2 && runs.every((one) => one.outcome === "baseline"),
  );
}
const inForce = async (workflow: string) =>
  (await client.listCertificates({ params: { workflow }, query: {} })).certificates.some(
    (one) => one.inForce,
  );
const changesOf = (workflow: string) =>
  database.all<{
    change: string;
    before_it: string;
    after_it: string;
    found_by: string;
    case_id: string | null;
    certificates: string[];
  }>(
    sql`select change, before_it, after_it, found_by, case_id, certificates from model_change where workflow = ${workflow} order by at, id`,
  );

describe("a live case that another model answers", () => {
  test("suspends the certificate at once, is on record, and has the canary look: other workflows with that model follow", async () => {
    const connection = await connect();
    const [one, two] = [await running(connection), await running(connection)];
    await knownBy(connection);
    expect(await decided(one)).toMatchObject({ state: "delivered" });
    provider.models["small"] = { ...SMALL, name: "small-2" };
    const first = await decided(one);
    expect(first).toMatchObject({ state: "in_review", decision: { reasons: [{ code: "model_changed" }] } });
    expect(await inForce(one)).toBe(false);
    const [change] = await changesOf(one);
    expect(change).toMatchObject({
      change: "name",
      before_it: "small-1 (fp_1)",
      after_it: "small-2 (fp_1)",
      found_by: "case",
      case_id: first.id,
    });
    expect(change!.certificates).toHaveLength(1);
    expect(await decided(one)).toMatchObject({ decision: { reasons: [{ code: "no_certificate" }] } });
    // Nobody sent a case to the other workflow, and nothing more goes out of it.
    await until(
      () => inForce(two),
      (still) => !still,
    );
    expect(await changesOf(two)).toMatchObject([{ found_by: "canary", case_id: null }]);
    const found = first.history.find((event) => event.kind === "model.changed");
    expect(found?.data).toMatchObject({ before: "small-1 (fp_1)", after: "small-2 (fp_1)" });
    const untold = () =>
      database.all(sql`select 1 from model_change where workflow in (${one}, ${two}) and told_at is null`);
    await until(untold, (rows) => rows.length === 0);
  });

  test("comes back only with a new certificate on what the new model answers", async () => {
    const connection = await connect();
    const workflow = await running(connection);
    provider.models["small"] = { ...SMALL, version: "fp_2" };
    expect(await decided(workflow)).toMatchObject({ state: "in_review" });
    expect(await client.certify({ params: { workflow }, body: {} })).toMatchObject({ result: "none" });
    // What a missing certificate sends to people is no sample of anything: reviews of it prove nothing.
    expect(await inForce(workflow)).toBe(false);
    await client.setAutonomy({ params: { workflow }, body: { autonomy: 0 } });
    for (let i = 0; i < 40; i++) {
      const { id } = await decided(workflow);
      const { lease } = await client.claimReview({ params: { case: id }, body: {} });
      await client.giveVerdict({ params: { case: id }, body: { lease, verdict: "approve" } });
    }
    expect(await inForce(workflow)).toBe(false);
    expect(await client.certify({ params: { workflow }, body: {} })).toMatchObject({ result: "certified" });
    expect(await inForce(workflow)).toBe(true);
  });
});

describe("a live case that another model verifies", () => {
  test("suspends the certificate at once, too: its confidence is not the one that was certified", async () => {
    const connection = await connect();
    const workflow = await running(connection);
    await knownBy(connection);
    provider.models["judge"] = { ...JUDGE, name: "judge-2" };
    expect(await decided(workflow)).toMatchObject({
      state: "in_review",
      decision: { reasons: [{ code: "model_changed" }] },
    });
    expect(await inForce(workflow)).toBe(false);
    expect((await changesOf(workflow))[0]).toMatchObject({ change: "name", before_it: "judge-1 (fp_1)" });
    // Labels from before belong to another figure.
    await expect(client.certify({ params: { workflow }, body: {} })).rejects.toMatchObject({
      code: "wrong_state",
    });
  });
});

describe("a model that retires", () => {
  const listing = (date: unknown) =>
    ({ object: "list", data: [{ id: "small", shutdown_date: date }, { id: "other" }] }) as JsonObject;
  const release = (connection: string) => ({
    model: { connection, name: "small", temperature: 0, timeout: 5_000 },
    prompt: "Sort this: {{ input.text }}",
  });
  async function using(connection: string): Promise<string> {
    const workflow = `retires-${made++}`;
    await launch(installation, {
      script: null,
      workflow: { workflow },
      release: { workflow, ...release(connection) },
    });
    await until(
      () => client.listModels(),
      ({ models }) => models.some((one) => one.connection === connection && one.nextCanaryAt !== null),
    );
    return workflow;
  }
  const gatewayModels = async () => {
    const { secret } = await client.makeKey({
      body: { name: `gate-${made++}`, scopes: ["gateway"], days: 1 },
    });
    const reply = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${secret}` } });
    return ((await reply.json()) as { data: JsonObject[] }).data;
  };

  test("by its provider: said on Operations, on the overview, in the list of models, and over the endpoint", async () => {
    provider.list = listing("2026-02-04");
    const connection = await connect({ passThrough: [{ name: "small" }] });
    const workflow = await using(connection);
    expect((await client.getOperations({ params: { workflow } })).models[0]).toMatchObject({
      retiresAt: null,
    });
    await client.runCanary({ params: { name: connection }, body: {} });
    const { models } = await until(
      () => client.getOperations({ params: { workflow } }),
      (found) => found.models[0]!.retiresAt !== null,
    );
    expect(models[0]).toMatchObject({ retiresAt: "2026-02-04", retiresIn: 30 });
    const { needs } = await client.getOverview({ params: { workflow }, query: {} });
    expect(needs).toContainEqual(
      expect.objectContaining({
        code: "model_retires",
        values: { model: `${connection} small`, days: 30, day: "2026-02-04" },
      }),
    );
    const listed = await until(gatewayModels, (data) =>
      data.some((one) => one["id"] === workflow && one["shutdown_date"] !== undefined),
    );
    for (const id of [workflow, `${connection}/small`])
      expect(listed.find((one) => one["id"] === id)).toMatchObject({ shutdown_date: "2026-02-04" });
  });

  test("is found by the test of its connection", async () => {
    provider.list = listing("2026-02-04T00:00:00Z");
    const name = await connect();
    const trial = await client.testConnection({ params: { name }, body: { model: "small" } });
    expect(trial).toMatchObject({ ok: false, outcome: "other_form", shutdownDate: "2026-02-04" });
    expect(trial.detail).toContain("retires small on 2026-02-04");
  });

  test.each([
    ["says nothing", { object: "list", data: [{ id: "small" }] }],
    ["says what is no day", { object: "list", data: [{ id: "small", shutdown_date: "soon" }] }],
    ["is no list", ["small"]],
    ["is a long text", "x".repeat(100_000)],
  ])("is not known from a list that %s, and nothing fails over it", async (_, list) => {
    provider.list = list as JsonObject;
    const name = await connect();
    expect(await client.testConnection({ params: { name }, body: { model: "small" } })).toMatchObject({
      shutdownDate: null,
    });
  });

  test("by hand, where the provider says nothing or a later day; and one that is over", async () => {
    const connection = await connect({ shutdownDates: { small: "2026-01-01" } });
    const workflow = await using(connection);
    expect((await client.getOperations({ params: { workflow } })).models[0]).toMatchObject({
      retiresAt: "2026-01-01",
      retiresIn: -4,
    });
    const { needs } = await client.getOverview({ params: { workflow }, query: {} });
    expect(needs).toContainEqual(expect.objectContaining({ code: "model_retired" }));
    const { connections } = await client.listConnections();
    expect(connections.find((one) => one.name === connection)!.shown).toMatchObject({
      shutdownDates: { small: "2026-01-01" },
    });
  });

  test("is no need while that is far away", async () => {
    const connection = await connect({ shutdownDates: { small: "2027-01-01" } });
    const workflow = await using(connection);
    const { needs } = await client.getOverview({ params: { workflow }, query: {} });
    expect(needs.filter((one) => one.kind === "model")).toStrictEqual([]);
  });

  test.each([{ small: "soon" }, { small: "2026-02-30" }, { "": "2026-02-03" }, { small: 5 }, ["2026-02-03"]])(
    "cannot be noted as %j",
    async (shutdownDates) => {
      await expect(connect({ shutdownDates })).rejects.toMatchObject({ code: "bad_request" });
    },
  );
});
