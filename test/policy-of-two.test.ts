/**
 * A looser data policy of a model that programs ask takes two people: until the second one confirms it, what a provider gets
 * is what it got before, over HTTP, in every process, whatever way one person takes. Which policies are looser is in
 * src/models/policy-order.test.ts.
 */
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { openClient } from "../src/contract/client.ts";
import type { JsonObject } from "../src/contract/json.ts";
import { openDirectory } from "../src/gateway/directory.ts";
import type { Database } from "../src/platform/database.ts";
import { openLog } from "../src/platform/log.ts";
import { unlock } from "../src/platform/master-key.ts";
import { sql, type Sql } from "../src/platform/sql.ts";
import { install, until } from "./support/installation.ts";
import { signedIn } from "./support/people.ts";
import { refuses, startPlayingProvider } from "./support/playing-provider.ts";

const provider = await startPlayingProvider();
afterAll(() => provider.stop());
const { asked, address, plays } = provider;
beforeEach(() => provider.clear());
const installation = await install({ role: "web" });
const { app, url, databaseUrl, dataHome } = installation;
const second = await install({ role: "web", databaseUrl, dataHome });
const whole = (role: "administrator" | "engineer" | "steward" | "owner") => [{ role, workflow: null }];
const admin = await signedIn(installation, "admin@example.com", whole("administrator"));
const lone = (await admin.saveConnection(save("lone", [{ name: "m", policy: {} }]))).warnings;
const toldAlone = await admin.saveConnection(save("lone", [{ name: "m" }]));
const steward = await signedIn(installation, "steward@example.com", whole("steward"));
const engineer = await signedIn(installation, "engineer@example.com", whole("engineer"));
const by = { kind: "system", name: "test" } as const;
const key = (
  await app.keys.make(
    { name: "a program", scopes: ["gateway"], workflow: undefined, days: 30, simulated: false },
    by,
  )
).secret;

const MAIL = "ada.lovelace@example.com";
function save(name: string, models: JsonObject[], baseUrl = address) {
  const settings = { kind: "openai", baseUrl, ...(models.length === 0 ? {} : { passThrough: models }) };
  return { params: { name }, body: { settings } };
}
async function ask(model: string, at = url) {
  const response = await fetch(`${at}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: `write to ${MAIL}` }] }),
  });
  await response.text();
  return response.status;
}
/** What the provider was told in the newest call; undefined: it was not asked. */
async function told(model: string, at = url): Promise<string | undefined> {
  asked.length = 0;
  await ask(model, at);
  const messages = asked.at(-1)?.body["messages"] as { content: string }[] | undefined;
  return messages?.[0]!.content;
}
const MASKED = "write to [EMAIL]";
const CLEAR = `write to ${MAIL}`;
/** Longer than any process believes what it read. */
const everyProcess = () => new Promise((resolve) => setTimeout(resolve, 1_300));
const inForce = (model: string, expected: string | undefined) =>
  Promise.all(
    [url, second.url].map((at) =>
      until(
        () => told(model, at),
        (what) => what === expected,
      ),
    ),
  );
const events = (kind: string) =>
  app.database.all<{ data: JsonObject; actor: { name: string } }>(
    sql`select body::json -> 'data' as data, body::json -> 'actor' as actor from audit_event where kind = ${kind} order by at, id`,
  );

test("a single person is told what is lacking, and the policy holds", async () => {
  expect(lone).toEqual([]);
  expect(toldAlone.warnings.join("\n")).toMatch(
    /m: a looser data policy .* waits for a second person, and its policy of before holds until then: pch_\w+\nnobody else here could confirm .* steward, compliance/,
  );
  // One person with two names is not what is recommended.
  expect(toldAlone.warnings.join("\n")).not.toContain("--as");
  expect(await told("lone/m")).toBe(MASKED);
});

/** What a provider says that has no such model. */
const NO_SUCH_MODEL = {
  message: "no such model",
  type: "invalid_request_error",
  param: null,
  code: "model_not_found",
};

describe("what loosens", () => {
  test("waits, with all else of the save in force, until a second person confirms it", async () => {
    await admin.saveConnection(save("first", [{ name: "small", policy: {} }]));
    await inForce("first/small", MASKED);
    const looser = { name: "small", mode: "live", policy: { scan: { email: "allow" }, tools: false } };
    const { waiting, warnings } = await admin.saveConnection(save("first", [looser]));
    expect(waiting).toMatchObject([
      {
        connection: "first",
        model: "small",
        state: "pending",
        requestedBy: "admin@example.com",
        why: [{ what: "kind", name: "email", to: "allow" }],
        before: { policy: { scan: {} } },
        after: { policy: { scan: { email: "allow" }, tools: false } },
      },
    ]);
    expect(warnings.join()).not.toContain("nobody else here");
    const shown = (await admin.listConnections()).connections.find((one) => one.name === "first")!.shown;
    expect(shown).toMatchObject({ passThrough: [{ mode: "live", policy: { scan: {}, tools: true } }] });
    await everyProcess();
    await inForce("first/small", MASKED);

    // Asked for twice, it waits once; saving what is in force leaves it waiting.
    const { id } = waiting[0]!;
    expect((await admin.saveConnection(save("first", [looser]))).waiting).toMatchObject([{ id }]);
    await admin.saveConnection(save("first", (shown as { passThrough: JsonObject[] }).passThrough));
    const params = { change: id };
    await expect(admin.approvePolicyChange({ params })).rejects.toMatchObject({
      code: "second_person_needed",
    });
    // Neither of an administrator and an engineer answers for data.
    await expect(engineer.approvePolicyChange({ params })).rejects.toMatchObject({
      code: "second_person_needed",
    });
    expect(await told("first/small")).toBe(MASKED);

    expect(await steward.approvePolicyChange({ params })).toMatchObject({
      state: "applied",
      decidedBy: "steward@example.com",
    });
    await inForce("first/small", CLEAR);
    await expect(steward.refusePolicyChange({ params })).rejects.toMatchObject({ code: "wrong_state" });
    expect((await steward.listPolicyChanges()).changes.find((one) => one.id === id)).toMatchObject({
      state: "applied",
    });
    const [loosened] = await events("policy.loosened");
    expect(loosened).toMatchObject({
      actor: { name: "steward@example.com" },
      data: {
        change: id,
        connection: "first",
        model: "small",
        requestedBy: "admin@example.com",
        why: ["email: allow"],
      },
    });
    expect((await events("policy.requested")).filter((one) => one.data["change"] === id)).toHaveLength(1);
  });

  test("may be asked for by a steward, and confirmed by whoever keeps the connections", async () => {
    await admin.saveConnection(save("asked", [{ name: "by-steward", policy: {} }]));
    const body = { model: "by-steward", policy: { scan: { email: "allow" } } };
    const { waiting } = await steward.setModelPolicy({ params: { name: "asked" }, body });
    await expect(steward.approvePolicyChange({ params: { change: waiting[0]!.id } })).rejects.toMatchObject({
      code: "second_person_needed",
    });
    await engineer.approvePolicyChange({ params: { change: waiting[0]!.id } });
    await inForce("asked/by-steward", CLEAR);
    // What tightens takes nobody else.
    const tighter = await steward.setModelPolicy({
      params: { name: "asked" },
      body: { ...body, policy: {} },
    });
    expect(tighter.waiting).toEqual([]);
    await inForce("asked/by-steward", MASKED);
    await expect(
      steward.setModelPolicy({ params: { name: "asked" }, body: { model: "none", policy: {} } }),
    ).rejects.toMatchObject({ code: "not_found" });
  });

  test("is refused, taken back, or overtaken by a tighter policy, and then confirmed by nobody", async () => {
    const policyOf = (policy: JsonObject | null) =>
      engineer.setModelPolicy({ params: { name: "ended" }, body: { model: "ended-one", policy } });
    await engineer.saveConnection(save("ended", [{ name: "ended-one", policy: {} }]));
    const ids: string[] = [];
    for (const end of [steward, engineer]) {
      const { id } = (await policyOf(null)).waiting[0]!;
      expect(await end.refusePolicyChange({ params: { change: id } })).toMatchObject({ state: "refused" });
      ids.push(id);
    }
    const { id } = (await policyOf(null)).waiting[0]!;
    await policyOf({ tools: false });
    ids.push(id);
    for (const change of ids)
      await expect(steward.approvePolicyChange({ params: { change } })).rejects.toMatchObject({
        code: "wrong_state",
      });
    expect(await told("ended/ended-one")).toBe(MASKED);
    expect((await events("policy.replaced")).map((one) => one.data["change"])).toContain(id);
    expect((await events("policy.refused")).map((one) => one.data["change"])).toEqual(ids.slice(0, 2));
  });

  test("is not confirmed once it lets on more than the second person was told, and is asked for anew with that", async () => {
    await admin.saveConnection(save("tightened", [{ name: "told-one", policy: {} }]));
    const looser = save("told", [{ name: "told-one", policy: { scan: { email: "allow" } } }]);
    const { id, why } = (await admin.saveConnection(looser)).waiting[0]!;
    expect(why.map((one) => one.what)).toEqual(["elsewhere", "kind"]);
    await admin.saveConnection(save("tightened", [{ name: "told-one", policy: { tools: false } }]));
    await expect(steward.approvePolicyChange({ params: { change: id } })).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("the model may be given tools"),
    });
    const [anew] = (await admin.saveConnection(looser)).waiting;
    expect(anew!.id).not.toBe(id);
    expect(anew!.why.map((one) => one.what)).toEqual(["elsewhere", "tools", "kind"]);
    expect(await steward.approvePolicyChange({ params: { change: anew!.id } })).toMatchObject({
      state: "applied",
    });
  });

  test("is told by every save as long as it waits, and is over once its model is set to what is in force", async () => {
    const models = [
      { name: "still-one", policy: {} },
      { name: "still-two", policy: {} },
    ];
    const stored = save("still", models);
    await engineer.saveConnection(stored);
    const { id } = (await engineer.saveConnection(save("still", [{ name: "still-one" }, models[1]!])))
      .waiting[0]!;
    const reverted = await engineer.saveConnection(stored);
    expect(reverted.waiting).toMatchObject([{ id, model: "still-one", state: "pending" }]);
    expect(reverted.warnings[0]).toMatch(
      `holds until then: ${id}, which these settings do not ask for; \`pilotage connection refuse ${id}\` takes it back`,
    );
    const set = (model: string) =>
      engineer.setModelPolicy({ params: { name: "still" }, body: { model, policy: {} } });
    expect((await set("still-two")).waiting).toMatchObject([{ id }]);
    expect((await set("still-one")).waiting).toEqual([]);
    await expect(steward.approvePolicyChange({ params: { change: id } })).rejects.toMatchObject({
      code: "wrong_state",
    });
    expect((await events("policy.replaced")).map((one) => one.data["change"])).toContain(id);
  });

  test("is not confirmed where the connection could not be read any more with it", async () => {
    await admin.saveConnection(save("read", [{ name: "read-one", policy: {} }]));
    const looser = { name: "read-one", policy: { scan: { email: "allow" } } };
    const { id } = (await admin.saveConnection(save("read", [looser]))).waiting[0]!;
    // As by a program that knows kinds of identifiers which this one does not.
    await app.database.run(
      sql`update policy_change set after = jsonb_set(after, '{policy,scan,iris}', '"allow"') where id = ${id}`,
    );
    await expect(steward.approvePolicyChange({ params: { change: id } })).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("iris"),
    });
    await inForce("read/read-one", MASKED);
    expect(await steward.refusePolicyChange({ params: { change: id } })).toMatchObject({ state: "refused" });
  });

  test("takes two names on the machine itself", async () => {
    const [one, other] = ["J. Okafor", "M. Keller"].map((as) =>
      openClient({ url, key: installation.key, as }),
    );
    await one!.saveConnection(save("local", [{ name: "local-one", policy: {} }]));
    const { id } = (await one!.saveConnection(save("local", [{ name: "local-one" }]))).waiting[0]!;
    const shouting = openClient({ url, key: installation.key, as: " J. OKAFOR " });
    await expect(shouting.approvePolicyChange({ params: { change: id } })).rejects.toMatchObject({
      code: "second_person_needed",
    });
    await other!.approvePolicyChange({ params: { change: id } });
    await inForce("local/local-one", CLEAR);
  });
});

describe("no way around it for one person is", () => {
  test("to withdraw the model and to offer it again", async () => {
    await admin.saveConnection(save("back", [{ name: "back-one", policy: {} }]));
    await admin.saveConnection(save("back", []));
    const { waiting } = await admin.saveConnection(save("back", [{ name: "back-one" }]));
    expect(waiting).toMatchObject([{ before: { policy: {} }, after: { policy: null } }]);
    await inForce("back/back-one", MASKED);
  });

  test("to remove the connection and to store it again", async () => {
    await admin.saveConnection(save("anew", [{ name: "only-here", policy: {} }]));
    await admin.removeConnection({ params: { name: "anew" } });
    const { waiting } = await admin.saveConnection(save("anew", [{ name: "only-here" }]));
    expect(waiting).toHaveLength(1);
    await inForce("anew/only-here", MASKED);
  });

  test("to offer it under another name, or to lead another connection there", async () => {
    await admin.saveConnection(save("guarded", [{ name: "one", policy: {} }]));
    const twice = await admin.saveConnection(save("copy", [{ name: "one" }]));
    expect(twice.waiting).toMatchObject([
      { before: null, why: [{ what: "elsewhere", name: "guarded/one" }, { what: "policy" }] },
    ]);
    await everyProcess();
    expect(await ask("copy/one")).toBe(404);
    await admin.saveConnection(save("moved", [{ name: "one" }], "http://127.0.0.1:9/v1"));
    const moved = await admin.saveConnection(
      save("moved", [{ name: "one" }], address.replace("127.0.0.1", "127.0.0.1.")),
    );
    expect(moved.waiting).toHaveLength(1);
    await everyProcess();
    expect(await ask("moved/one")).toBe(404);
    await steward.approvePolicyChange({ params: { change: twice.waiting[0]!.id } });
    await inForce("copy/one", CLEAR);
    expect(await told("guarded/one")).toBe(MASKED);
  });

  test("to write the address otherwise, also where it was kept by a program that told that apart", async () => {
    await admin.saveConnection(
      save("versioned", [{ name: "azure", policy: {} }], `${address}?api-version=2024-06-01`),
    );
    const twice = save("versioned-two", [{ name: "azure" }], `${address}?api-version=2024-10-21`);
    expect((await admin.saveConnection(twice)).waiting).toMatchObject([{ before: null }]);

    await admin.saveConnection(
      save("old", [
        { name: "old-one", policy: {} },
        { name: "old-two", policy: {} },
      ]),
    );
    await admin.saveConnection(save("old", []));
    await app.database.run(
      sql`update kept_policy set place = place || '?api-version=2024-06-01' where connection = 'old'`,
    );
    const beside = await admin.saveConnection(save("beside-old", [{ name: "old-one" }]));
    expect(beside.waiting).toMatchObject([
      { before: null, why: [{ name: "old/old-one" }, { what: "policy" }] },
    ]);
    await admin.saveConnection(save("beside-old", [{ name: "down", fallback: ["beside-old/old-two"] }]));
    plays["down"] = refuses(400, NO_SUCH_MODEL);
    await until(
      () =>
        told("beside-old/down").then(() =>
          asked.map((one) => [one.model, JSON.stringify(one.body["messages"])]),
        ),
      (found) => found.length === 2 && found[1]![0] === "old-two" && found[1]![1]!.includes(MASKED),
    );
    // What waits by such a place is confirmed as any other, and nothing kept of the model is left.
    const { id } = (await admin.saveConnection(save("old", [{ name: "old-one" }]))).waiting[0]!;
    await app.database.run(sql`update policy_change set place = place || '?v=1' where id = ${id}`);
    await steward.approvePolicyChange({ params: { change: id } });
    expect(
      await app.database.all(sql`select model from kept_policy where connection = 'old' order by model`),
    ).toEqual([{ model: "old-two" }]);
  });

  test("to withdraw it where it leads by now, once it had a looser policy elsewhere", async () => {
    const policy = (allowed: JsonObject) => [{ name: "held-one", policy: allowed }];
    await admin.saveConnection(save("held", policy({})));
    await admin.saveConnection(save("held", policy({}), "http://127.0.0.1:9/v1"));
    const looser = await admin.saveConnection(
      save("held", policy({ scan: { email: "allow" } }), "http://127.0.0.1:9/v1"),
    );
    await steward.approvePolicyChange({ params: { change: looser.waiting[0]!.id } });
    await admin.saveConnection(save("held", []));
    await admin.saveConnection(save("before-held", [{ name: "down", fallback: ["held/held-one"] }]));
    plays["down"] = refuses(400, NO_SUCH_MODEL);
    await everyProcess();
    await told("before-held/down");
    expect(asked.map((one) => one.model)).toEqual(["down", "held-one"]);
    expect(JSON.stringify(asked[1]!.body["messages"])).toContain(MASKED);
  });

  test("to withdraw it while a process reads what is offered", async () => {
    await admin.saveConnection(save("seen", [{ name: "seen-one", policy: {} }]));
    const log = openLog("error");
    const vault = await unlock({ fromSetting: undefined, dataHome, database: app.database, log });
    const withdrawn = Promise.withResolvers<void>();
    async function between<T>(query: Sql, read: () => Promise<T>): Promise<T> {
      const isKept = query.compile().text.includes("kept_policy");
      if (!isKept) await withdrawn.promise;
      const found = await read();
      if (isKept) {
        await admin.saveConnection(save("seen", []));
        withdrawn.resolve();
      }
      return found;
    }
    const database: Database = {
      ...app.database,
      all: (query) => between(query, () => app.database.all(query)),
      one: (query) => between(query, () => app.database.one(query)),
    };
    const directory = await openDirectory({ database, vault, log })();
    expect(directory.letsOn(directory.connections.get("seen")!, "seen-one")).toMatchObject({
      policy: { scan: {} },
    });
  });

  test("to have it stand in for a model that is always down, once it was withdrawn", async () => {
    await admin.saveConnection(save("stands", [{ name: "spare", policy: {} }]));
    await admin.saveConnection(save("stands", [{ name: "down", fallback: ["stands/spare"] }]));
    plays["down"] = refuses(400, NO_SUCH_MODEL);
    await until(
      () =>
        told("stands/down").then(() => asked.map((one) => [one.model, JSON.stringify(one.body["messages"])])),
      (found) => found.length === 2 && found[1]![0] === "spare" && found[1]![1]!.includes(MASKED),
    );
    // Also where another connection leads to the same place.
    await admin.saveConnection(save("beside", [{ name: "down", fallback: ["plain/spare"] }]));
    await admin.saveConnection(save("plain", []));
    await until(
      () =>
        told("beside/down").then(() => asked.map((one) => [one.model, JSON.stringify(one.body["messages"])])),
      (found) => found.length === 2 && found[1]![0] === "spare" && found[1]![1]!.includes(MASKED),
    );
  });
});
