/** Keys: what they open, for which workflow, until when; and the named person behind a change. */
import { describe, expect, test } from "vitest";
import { ENDPOINTS, type EndpointName } from "../src/contract/endpoints.ts";
import { openClient, type Client } from "../src/contract/client.ts";
import type { Scope } from "../src/contract/scopes.ts";
import { install, launch } from "./support/installation.ts";
import { signedIn } from "./support/people.ts";

const DAY = 86_400_000;
const installation = await install({ role: "web", settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
const { client, app, url } = installation;
await launch(installation);
await launch(installation, { workflow: { workflow: "invoices" }, release: { workflow: "invoices" } });
const params = { workflow: "tickets" };
const { caseId } = await client.submitCase({ params, body: { externalId: "1", input: { text: "x" } } });

/** Calls an endpoint with whatever it needs to get past its form; answers the code of the refusal, or "answered". */
async function outcome(who: Client, name: EndpointName, workflow = "tickets"): Promise<string> {
  const bodies: Partial<Record<EndpointName, object>> = {
    submitCase: { externalId: "1", input: { text: "x" } },
    applyWorkflow: { document: {} },
    publishRelease: { document: {} },
    setShare: { release: "rel_none", share: 0 },
    setAutonomy: { autonomy: 0 },
    waive: { item: "go", reason: "a test" },
    releaseReview: { lease: "lse_none" },
    suspendCertificate: { reason: "a test" },
    giveVerdict: { lease: "lse_none", verdict: "approve" },
    saveConnection: { settings: { kind: "scripted", script: { rules: [], otherwise: { text: "" } } } },
    makeKey: { name: "made", scopes: ["operate"] },
    advanceClock: { milliseconds: 1 },
    moveLadder: { rung: 0 },
    settleStopRequest: { answer: "a test" },
    setDial: { setting: "qa.share", value: 0 },
    replayTarget: { target: "none" },
    lookAtToken: { token: "x".repeat(40) },
    sayWithToken: { token: "x".repeat(40), text: "x" },
    giveFeedback: { reason: "other", text: "x" },
    report: { kind: "other" },
    answerPulse: { helps: 3, trust: 3 },
    recordWorksAgreement: { state: "informed" },
    signIn: { email: "nobody@example.com", password: "wrong" },
    openLink: { token: "pin_none" },
    acceptInvitation: {
      token: "pin_none",
      password: "four unrelated words",
      name: "N. Body",
      locale: "en-GB",
    },
    changeMe: {},
    changePassword: { current: "wrong", wanted: "four unrelated words" },
    setAway: { until: null },
    invitePerson: { email: "new@example.com", name: "N. Ew" },
    setRoles: { grants: [] },
    disablePerson: { disabled: true },
    makeSignInLink: { email: "new@example.com" },
    renewReview: { lease: "lse_none" },
    snoozeReview: { lease: "lse_none", until: "2026-01-06T08:00:00.000Z" },
    escalateReview: { lease: "lse_none", reason: "other", text: "a test" },
    askSender: { lease: "lse_none", reason: "missing", question: "a test" },
    recordAnswer: { text: "a test" },
    confirmRecalled: {},
    recallDelivered: { reason: "a test" },
    correctCase: { output: {}, reason: "other" },
    approveCorrection: { proposal: 1 },
    refuseCorrection: { proposal: 1, text: "wrong" },
    claimAlike: { like: "case_none" },
    approveAlike: { opened: [] },
    requestStop: {},
    limitKey: { limits: null },
    setModelPolicy: { model: "none", policy: null },
    setBudget: { budget: null },
    attestCriterion: { criterion: "none", holds: true, said: "a test" },
    judgeGate: { release: "rel_none" },
    signGate: { decision: "go", digest: "none" },
  };
  const call = who[name] as (input: object) => Promise<unknown>;
  return call({
    params: {
      workflow,
      case: caseId,
      rollout: "roll_none",
      no: "1",
      release: "rel_none",
      change: "chg_none",
      id: "none",
      name: "other",
      feed: "none",
      certification: "look_none",
      certificate: "cert_none",
      run: "evr_none",
      set: "none",
      improvement: "imp_none",
      person: "prs_none",
      session: "ses_none",
      bulk: "blk_none",
      provider: "none",
      request: "stp_none",
      gate: "gate_none",
    },
    query: name === "compareEvaluations" ? { with: "evr_none" } : {},
    ...(bodies[name] ? { body: bodies[name] } : {}),
  }).then(
    () => "answered",
    (error: { code: string }) => error.code,
  );
}
/** One takes many lines, the other never ends (test/overview.test.ts). */
const STREAMS: EndpointName[] = ["submitBatch", "live"];
const CALLS = (Object.keys(ENDPOINTS) as EndpointName[]).filter((name) => !STREAMS.includes(name));

/** What no key may do, whatever its scope: only a person can answer for themselves. */
const FOR_PERSONS: EndpointName[] = ["answerPulse"];
/** What answers a stranger, and how: a token that was never made opens nothing. */
const FOR_STRANGERS: Partial<Record<EndpointName, string>> = {
  lookAtToken: "not_found",
  sayWithToken: "not_found",
  signIn: "unauthenticated|too_many_requests",
  openLink: "unauthenticated|too_many_requests",
  acceptInvitation: "unauthenticated|too_many_requests",
  beginProviderSignIn: "not_found",
  endProviderSignIn: "not_found",
};

describe("a key", () => {
  test.each(["intake", "read", "content:read", "review", "feedback", "audit", "operate"] satisfies Scope[])(
    "with the scope %s opens what needs it, and nothing else",
    async (scope) => {
      const who = await installation.clientFor([scope]);
      for (const name of CALLS) {
        const needed = ENDPOINTS[name].scope;
        const code = await outcome(who, name);
        // What everybody may call answers a key as it answers a stranger.
        if (needed === null) continue;
        if (needed !== scope || FOR_PERSONS.includes(name)) expect(code, name).toBe("forbidden");
        else expect(code, name).not.toMatch(/forbidden|unauthenticated/);
      }
    },
  );

  test("that is missing, wrong or half right is a stranger's, everywhere but for the description of the interface", async () => {
    const [id] = /key_[0-9a-z]{26}/.exec(installation.key)!;
    const wrong = [
      undefined,
      "pil_x",
      `pil_${id}_${"A".repeat(43)}`,
      installation.key.slice(0, -1),
      `${installation.key}x`,
    ];
    for (const key of wrong) {
      const who = openClient({ url, key });
      for (const name of CALLS)
        expect(
          (ENDPOINTS[name].scope === null ? (FOR_STRANGERS[name] ?? "answered") : "unauthenticated").split(
            "|",
          ),
          name,
        ).toContain(await outcome(who, name));
    }
  });

  test("ends at its end", async () => {
    const made = await client.makeKey({ body: { name: "short", scopes: ["read"], days: 1 } });
    const who = openClient({ url, key: made.secret });
    await who.listWorkflows();
    await client.advanceClock({ body: { milliseconds: DAY } });
    await expect(who.listWorkflows()).rejects.toMatchObject({
      code: "unauthenticated",
      message: expect.stringContaining("expired"),
    });
  });

  test("is dead as soon as it is revoked, and cannot be revoked twice", async () => {
    const made = await client.makeKey({ body: { name: "lost", scopes: ["read"] } });
    const who = openClient({ url, key: made.secret });
    await who.listWorkflows();
    await client.revokeKey({ params: { id: made.id } });
    await expect(who.listWorkflows()).rejects.toMatchObject({
      code: "unauthenticated",
      message: expect.stringContaining("revoked"),
    });
    await expect(client.revokeKey({ params: { id: made.id } })).rejects.toMatchObject({ code: "not_found" });
  });

  test("is shown once and stored as a hash", async () => {
    const made = await client.makeKey({ body: { name: "hashed", scopes: ["read"] } });
    // By its length: an underscore may be one of the letters.
    expect(JSON.stringify(await client.listKeys())).not.toContain(made.secret.slice(-43));
  });

  test("passes on no more than it may do itself", async () => {
    const operator = await installation.clientFor(["operate"]);
    await expect(operator.makeKey({ body: { name: "x", scopes: ["content:read"] } })).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(client.makeKey({ body: { name: "x", scopes: ["operator"] } })).rejects.toMatchObject({
      code: "forbidden",
    });
    expect(await operator.makeKey({ body: { name: "x", scopes: ["operate"] } })).toMatchObject({
      scopes: ["operate"],
    });
  });

  test("of a simulated person makes only keys of simulated persons", async () => {
    const clerk = await installation.clientFor(["operate", "review"], { simulated: true });
    expect(await clerk.makeKey({ body: { name: "x", scopes: ["review"], simulated: false } })).toMatchObject({
      simulated: true,
    });
  });
});

describe("a key for one workflow", async () => {
  const scopes: Scope[] = ["intake", "read", "content:read", "review", "audit", "operate"];
  const bound = await installation.clientFor(scopes, { workflow: "invoices" });

  test("sees and changes nothing of another", async () => {
    const whole: EndpointName[] = [
      "listConnections",
      "saveConnection",
      "advanceClock",
      "getAudit",
      "exportAudit",
      "verifyAudit",
      "testConnection",
      "removeConnection",
      "listBudgets",
      "listConnectionCosts",
      "setBudget",
      "listModels",
      "listCanaryRuns",
      "runCanary",
      "setModelPolicy",
      "listPolicyChanges",
      "approvePolicyChange",
      "refusePolicyChange",
    ];
    /** What takes a scope that this key has not. */
    const beyond: EndpointName[] = [
      "giveFeedback",
      "makeSignInLink",
      "invitePerson",
      "inviteAgain",
      "setRoles",
      "disablePerson",
    ];
    /** What is for people with an account; a key has none. */
    const personal: EndpointName[] = ["changeMe", "changePassword", "setAway", "endSession"];
    const own: EndpointName[] = [
      "listWorkflows",
      "listKeys",
      "listModelCalls",
      "makeKey",
      "openApi",
      "getMe",
      "listPeople",
      "listRules",
      "listSessions",
    ];
    const odd: Record<string, string> = {};
    for (const name of CALLS.filter((one) => ENDPOINTS[one].scope !== null)) {
      const expected = [...whole, ...beyond].includes(name)
        ? "forbidden"
        : personal.includes(name)
          ? "wrong_state"
          : own.includes(name)
            ? "answered"
            : "not_found";
      const answer = await outcome(bound, name);
      if (answer !== expected) odd[name] = answer;
    }
    expect(odd).toEqual({});
  });

  test("works in its own", async () => {
    expect(
      await bound.submitCase({
        params: { workflow: "invoices" },
        body: { externalId: "1", input: { text: "x" } },
      }),
    ).toMatchObject({ status: "admitted" });
    expect((await bound.listWorkflows()).workflows.map((one) => one.name)).toEqual(["invoices"]);
  });

  test("makes keys for its own alone, and sees and revokes only those", async () => {
    const made = await bound.makeKey({ body: { name: "x", scopes: ["read"] } });
    expect(made.workflow).toBe("invoices");
    await expect(
      bound.makeKey({ body: { name: "x", scopes: ["read"], workflow: "tickets" } }),
    ).rejects.toMatchObject({ code: "not_found" });
    expect(new Set((await bound.listKeys()).keys.map((one) => one.workflow))).toEqual(new Set(["invoices"]));
    const other = await client.makeKey({ body: { name: "y", scopes: ["read"] } });
    await expect(bound.revokeKey({ params: { id: other.id } })).rejects.toMatchObject({ code: "not_found" });
    expect(await bound.revokeKey({ params: { id: made.id } })).toEqual({ revoked: true });
  });

  test("that may operate cannot outlive itself, revoke the operator, or save a connection as nobody", async () => {
    const operate = await installation.clientFor(["operate", "read"]);
    const made = await operate.makeKey({ body: { name: "long", scopes: ["read"], days: 3000 } });
    const { keys } = await client.listKeys();
    const maker = keys.find((one) => one.name === "operate+read")!;
    expect(Math.abs(Date.parse(made.expiresAt) - Date.parse(maker.expiresAt))).toBeLessThan(60_000);
    const operator = keys.find((one) => one.scopes.includes("operator"))!;
    await expect(operate.revokeKey({ params: { id: operator.id } })).rejects.toMatchObject({
      code: "forbidden",
    });
    const settings = { kind: "scripted" as const, script: { rules: [], otherwise: { text: "" } } };
    await expect(
      operate.saveConnection({ params: { name: "nobodys" }, body: { settings } }),
    ).rejects.toMatchObject({ code: "bad_request" });
  });

  test("makes nobody, and takes nobody's way in, not even on the whole installation", async () => {
    const operate = await installation.clientFor(["operate", "read"]);
    const { person } = await client.invitePerson({
      body: {
        email: "r.dorn@example.com",
        name: "R. Dorn",
        grants: [{ role: "reviewer", workflow: "invoices" }],
      },
    });
    const of = { params: { person: person.id } };
    const grants = [{ role: "administrator" as const, workflow: null }];
    for (const one of [bound, operate])
      for (const act of [
        () => one.invitePerson({ body: { email: "b@example.com", name: "B", grants } }),
        () => one.inviteAgain(of),
        () => one.setRoles({ ...of, body: { grants } }),
        () => one.disablePerson({ ...of, body: { disabled: true } }),
      ])
        await expect(act()).rejects.toMatchObject({ code: "forbidden" });
    const found = (await client.listPeople()).people.find((one) => one.id === person.id)!;
    expect(found).toMatchObject({ grants: [{ role: "reviewer", workflow: "invoices", from: "granted" }] });
    expect(found.state).not.toBe("disabled");
  });

  test("is seen and revoked by engineers of its workflow alone", async () => {
    const mine = await client.makeKey({ body: { name: "mine", scopes: ["intake"], workflow: "invoices" } });
    const whole = await client.makeKey({ body: { name: "whole", scopes: ["intake"] } });
    const other = await client.makeKey({ body: { name: "other", scopes: ["intake"], workflow: "tickets" } });
    const engineer = await signedIn(installation, "e.ngineer@example.com", [
      { role: "engineer", workflow: "invoices" },
    ]);
    const { keys } = await engineer.listKeys();
    expect(new Set(keys.map((one) => one.workflow))).toEqual(new Set(["invoices"]));
    for (const { id } of [whole, other])
      await expect(engineer.revokeKey({ params: { id } })).rejects.toMatchObject({ code: "not_found" });
    expect(await engineer.revokeKey({ params: { id: mine.id } })).toEqual({ revoked: true });
  });

  test("does not settle another workflow's changes", async () => {
    await client.waive({ params, body: { item: "go", reason: "a test" } });
    const { id } = (await client.listChanges({ params })).changes[0]!;
    await expect(bound.approveChange({ params: { change: id } })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(bound.refuseChange({ params: { change: id } })).rejects.toMatchObject({ code: "not_found" });
    expect((await client.getWorkflow({ params })).pendingChanges).toBe(1);
  });
});

describe("the person named for a request", () => {
  const asked = (as: string, key = installation.key) =>
    fetch(`${url}/api/v1/workflows`, { headers: { authorization: `Bearer ${key}`, "x-pilotage-as": as } });

  test.each([
    ["empty", ""],
    ["only a space", "%20"],
    ["two lines", "a%0Ab"],
    ["one with NUL", "a%00b"],
    ["longer than 200 characters", "x".repeat(201)],
  ])("cannot be %s", async (_, as) => {
    const reply = await asked(as);
    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({ error: { code: "bad_request" } });
  });

  test.each(["E. Brandt", "J%C3%B6rg%20%E5%BC%A0", "100%"])("can be %j", async (as) => {
    expect((await asked(as)).status).toBe(200);
  });

  test("is for the operator of this machine to name", async () => {
    const key = await app.keys.make(
      { name: "remote", scopes: ["read", "operate"], workflow: undefined, days: 1, simulated: false },
      { kind: "system", name: "test" },
    );
    expect((await asked("M. Keller", key.secret)).status).toBe(403);
  });

  test("stands in the audit trail beside the key", async () => {
    const jorg = openClient({ url, key: installation.key, as: "Jörg 张" });
    const sent = await jorg.submitCase({ params, body: { externalId: "named", input: { text: "x" } } });
    const { history } = await client.getCase({ params: { case: sent.caseId } });
    expect(history[0]?.actor).toMatchObject({
      kind: "person",
      name: "Jörg 张",
      key: expect.stringMatching(/^key_/),
    });
  });
});
