/**
 * Signing in and being somebody, over real HTTP on a real database: passwords, one-time links, sessions, cross-site
 * requests, roles, and everything that must come to nothing.
 */
import { describe, expect, test } from "vitest";
import { openClient } from "../src/contract/client.ts";
import { ENDPOINTS } from "../src/contract/endpoints.ts";
import type { Endpoint } from "../src/contract/endpoint.ts";
import type { ErrorBody } from "../src/contract/errors.ts";
import { SESSION_COOKIE } from "../src/http/session-cookie.ts";
import { sql } from "../src/platform/sql.ts";
import { install, workflowDocument } from "./support/installation.ts";
import { openMailbox, textOf } from "./support/mailbox.ts";
import { sessionCookie, signedIn } from "./support/people.ts";

const installation = await install();
const { app, client, url, key } = installation;
for (const [workflow, owner] of [
  ["tickets", "owner@example.com"],
  ["claims", "other.owner@example.com"],
] as const)
  await client.applyWorkflow({
    params: { workflow },
    body: { document: workflowDocument({ workflow, people: { owner } }) },
  });

const PASSWORD = "four unrelated words";
/** What was read is believed for a second. */
const aSecondLater = () => app.database.run(sql`select pg_sleep(1.1)`);

async function send(
  path: string,
  {
    method = "POST",
    body = {},
    headers = {},
  }: { method?: string; body?: unknown; headers?: Record<string, string> } = {},
) {
  const hasBody = method === "POST" || method === "PUT";
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { ...(hasBody ? { "content-type": "application/json" } : {}), ...headers },
    ...(hasBody ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  return {
    status: response.status,
    text,
    error: (JSON.parse(text) as Partial<ErrorBody>).error,
    retryAfter: response.headers.get("retry-after"),
    setCookie: response.headers.getSetCookie().find((line) => line.startsWith(SESSION_COOKIE)),
    device: response.headers
      .getSetCookie()
      .find((line) => line.startsWith("pilotage_device"))
      ?.split(";")[0],
  };
}
const cookieOf = (line: string | undefined) => line!.split(";")[0]!;
const tokenOf = (link: string) => new URL(link).hash.slice(1);
/** As from another machine, through a proxy near by. */
let addresses = 0;
const elsewhere = () => ({ "x-forwarded-for": `198.51.100.${++addresses}` });

async function invited(
  email: string,
  grants: { role: "reviewer" | "administrator"; workflow: string | null }[] = [],
) {
  const { link, person } = await client.invitePerson({ body: { email, name: "Kim Adler", grants } });
  return { token: tokenOf(link), link, id: person.id };
}
async function accepted(
  email: string,
  grants: { role: "reviewer" | "administrator"; workflow: string | null }[] = [],
) {
  const { token, id } = await invited(email, grants);
  const answer = await send("/invitations/accept", {
    body: { token, password: PASSWORD, name: "Kim Adler", locale: "de-AT" },
  });
  expect(answer.status, answer.text).toBe(200);
  return { cookie: cookieOf(answer.setCookie), id };
}
const signIn = (email: string, password: string, headers: Record<string, string> = elsewhere()) =>
  send("/sign-in", { body: { email, password }, headers });

describe("a person", () => {
  test("accepts an invitation, is signed in, and sees what they may do", async () => {
    const { cookie } = await accepted("kim@example.com", [{ role: "reviewer", workflow: "tickets" }]);
    const me = await openClient({ url, cookie }).getMe();
    expect(me.person).toMatchObject({ email: "kim@example.com", locale: "de-AT", state: "active" });
    expect(me.workflows.map((one) => one.name)).toEqual(["tickets"]);
    expect(me.workflows[0]!.actions).toEqual(expect.arrayContaining(["review.work", "case.read"]));
    expect(me.workflows[0]!.actions).not.toContain("release.publish");
    expect(me.installation).toEqual([]);
    expect((await client.signInMethods()).anybody).toBe(true);
  });

  test("signs in with the password, however the address is written, and gets a cookie that no script reads", async () => {
    await accepted("lee@example.com");
    const answer = await signIn(" Lee@Example.com", PASSWORD);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.setCookie).toMatch(/^pilotage_session=pis_[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    const behindTls = await signIn("lee@example.com", PASSWORD, { "x-forwarded-proto": "https" });
    expect(behindTls.setCookie).toMatch(/; Secure/);
  });

  test("changes name, language and preferences, which follow to every machine", async () => {
    const { cookie } = await accepted("pat@example.com");
    const pat = openClient({ url, cookie });
    await pat.changeMe({ body: { name: "Pat", locale: "en-GB", preferences: { theme: "dark" } } });
    const again = openClient({
      url,
      cookie: cookieOf((await signIn("pat@example.com", PASSWORD)).setCookie),
    });
    expect((await again.getMe()).person).toMatchObject({
      name: "Pat",
      locale: "en-GB",
      preferences: { theme: "dark", shortcuts: true },
    });
  });

  test("changes the password, and every other session ends", async () => {
    const { cookie } = await accepted("ira@example.com");
    const other = cookieOf((await signIn("ira@example.com", PASSWORD)).setCookie);
    const ira = openClient({ url, cookie });
    expect((await ira.listSessions()).sessions.filter((one) => one.current)).toHaveLength(1);
    await expect(
      ira.changePassword({ body: { current: "not this one at all", wanted: "another long secret" } }),
    ).rejects.toMatchObject({ code: "bad_request" });
    await expect(
      ira.changePassword({ body: { current: PASSWORD, wanted: "Passwort2026" } }),
    ).rejects.toMatchObject({ code: "bad_request", message: expect.stringContaining("commonest") });
    const body = { current: PASSWORD, wanted: "another long secret" };
    expect(await ira.changePassword({ body })).toEqual({ otherSessionsEnded: 1 });
    expect((await send("/me", { method: "GET", headers: { cookie: other } })).status).toBe(401);
    expect((await ira.getMe()).person).not.toBeNull();
    expect((await signIn("ira@example.com", PASSWORD)).status).toBe(401);
    expect((await signIn("ira@example.com", "another long secret")).status).toBe(200);
  });

  test("ends one of the own sessions, never somebody else's", async () => {
    const { cookie } = await accepted("uli@example.com");
    const phone = cookieOf((await signIn("uli@example.com", PASSWORD)).setCookie);
    const uli = openClient({ url, cookie });
    const { id } = (await uli.listSessions()).sessions.find((one) => !one.current)!;
    const stranger = await signedIn(installation, "stranger@example.com");
    await expect(stranger.endSession({ params: { session: id } })).rejects.toMatchObject({
      code: "not_found",
    });
    expect(await uli.endSession({ params: { session: id } })).toEqual({ ended: true });
    expect((await send("/me", { method: "GET", headers: { cookie: phone } })).status).toBe(401);
  });

  test("signs out, and the cookie opens nothing from then on", async () => {
    const { cookie } = await accepted("eli@example.com");
    expect(await openClient({ url, cookie }).signOut()).toEqual({ signedOut: true });
    expect((await send("/me", { method: "GET", headers: { cookie } })).status).toBe(401);
  });
});

describe("a one-time link", () => {
  test("is looked at without being used up, used once, and then opens nothing", async () => {
    const { token } = await invited("one@example.com");
    for (let n = 0; n < 2; n++)
      expect(JSON.parse((await send("/sign-in/link", { body: { token } })).text)).toMatchObject({
        email: "one@example.com",
        kind: "invitation",
      });
    const body = { token, password: PASSWORD, name: "One", locale: "de-DE" };
    const both = await Promise.all(
      [1, 2].map(() => send("/invitations/accept", { body, headers: elsewhere() })),
    );
    expect(both.map((one) => one.status).sort((a, b) => a - b)).toEqual([200, 401]);
    expect((await send("/invitations/accept", { body, headers: elsewhere() })).error?.code).toBe(
      "unauthenticated",
    );
  });

  test("dies when a newer one is made, and the newer one sets a forgotten password", async () => {
    const { id } = await accepted("forgot@example.com");
    const first = tokenOf((await client.inviteAgain({ params: { person: id } })).link);
    const second = tokenOf((await client.inviteAgain({ params: { person: id } })).link);
    const accept = (token: string) =>
      send("/invitations/accept", {
        body: { token, password: "a new long secret", name: "Kim", locale: "de-DE" },
        headers: elsewhere(),
      });
    expect((await accept(first)).status).toBe(401);
    expect((await accept(second)).status).toBe(200);
    expect((await signIn("forgot@example.com", "a new long secret")).status).toBe(200);
  });

  test("that signs in comes from the machine itself; the very first person is administrator", async () => {
    const bare = await install();
    expect((await bare.client.signInMethods()).anybody).toBe(false);
    const { link } = await bare.client.makeSignInLink({ body: { email: "first@example.com" } });
    expect(link).toMatch(new RegExp(`^${bare.url}/link#pin_[\\w-]{43}$`));
    const response = await fetch(`${bare.url}/api/v1/sign-in/link`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token: tokenOf(link) }),
    });
    expect(await response.json()).toMatchObject({ kind: "sign_in" });
    const cookie = cookieOf(response.headers.getSetCookie()[0]);
    const first = openClient({ url: bare.url, cookie });
    expect((await first.getMe()).installation).toContain("people.manage");
    await expect(first.makeSignInLink({ body: { email: "x@example.com" } })).rejects.toMatchObject({
      code: "forbidden",
    });
    const second = await bare.client.makeSignInLink({ body: { email: "second@example.com" } });
    expect(second.person.grants).toEqual([]);
  });

  test("makes people in the language that was chosen for them, else in the installation's", async () => {
    const bare = await install({ settings: { PILOTAGE_LOCALE: "en-US" } });
    const link = async (email: string, locale?: "de-AT") =>
      (await bare.client.makeSignInLink({ body: { email, ...(locale ? { locale } : {}) } })).person.locale;
    expect(await link("first@example.com")).toBe("en-US");
    expect(await link("second@example.com", "de-AT")).toBe("de-AT");
    // A person who is there keeps their own.
    expect(await link("first@example.com", "de-AT")).toBe("en-US");
    const { person } = await bare.client.invitePerson({
      body: { email: "third@example.com", name: "Third", grants: [] },
    });
    expect(person.locale).toBe("en-US");
  });

  test("is not in the database and not in the record", async () => {
    const { token } = await invited("secret@example.com");
    const { found } = await app.database.one<{ found: number }>(sql`
      select (select count(*) from one_time_link l where position(${token} in l::text) > 0)::int
        + (select count(*) from audit_event where position(${token} in body) > 0)::int as found`);
    expect(found).toBe(0);
  });

  test("is mailed in the person's language where mail is set up, and the answer says so", async () => {
    const mailbox = await openMailbox();
    const settings = {
      kind: "smtp",
      host: "127.0.0.1",
      port: mailbox.port,
      security: "none",
      from: "p@example.com",
    };
    await client.saveConnection({ params: { name: "mail" }, body: { settings } });
    const german = await client.invitePerson({
      body: { email: "de@example.com", name: "Kim", locale: "de-CH" },
    });
    const english = await client.invitePerson({
      body: { email: "en@example.com", name: "Kim", locale: "en-GB" },
    });
    expect([german.mailed, english.mailed]).toEqual(["sent", "sent"]);
    const texts = new Map(mailbox.mails.map((mail) => [mail.to[0], textOf(mail)]));
    expect(texts.get("de@example.com")).toContain("Guten Tag Kim");
    expect(texts.get("de@example.com")).toContain(german.link);
    expect(texts.get("en@example.com")).toContain("Hello Kim");
    const trial = await client.testConnection({ params: { name: "mail" }, body: { to: "me@example.com" } });
    expect(trial).toMatchObject({ ok: true });
    await mailbox.close();
    const failed = await client.invitePerson({ body: { email: "late@example.com", name: "Kim" } });
    expect(failed).toMatchObject({ mailed: "failed", problem: expect.stringContaining("no connection") });
    await client.removeConnection({ params: { name: "mail" } });
    const without = await client.invitePerson({ body: { email: "without@example.com", name: "Kim" } });
    expect(without).toMatchObject({ mailed: "not_configured", problem: null });
  });
});

describe("a wrong sign-in", () => {
  test("is answered alike for everybody: wrong password, no such account, no password yet, disabled", async () => {
    await accepted("right@example.com");
    await invited("waiting@example.com");
    const { id } = await accepted("gone@example.com");
    await client.disablePerson({ params: { person: id }, body: { disabled: true } });
    const answers = await Promise.all([
      signIn("right@example.com", "a wrong password"),
      signIn("nobody@example.com", PASSWORD),
      signIn("waiting@example.com", PASSWORD),
      signIn("gone@example.com", PASSWORD),
    ]);
    const told = answers.map(({ status, error, setCookie }) => ({
      status,
      setCookie,
      error: { ...error, requestId: undefined },
    }));
    expect(told[0]).toMatchObject({ status: 401, setCookie: undefined });
    for (const one of told) expect(one).toEqual(told[0]);
  });

  test("is slowed down for that account at that network, existing or not, and for nobody else", async () => {
    await accepted("target@example.com");
    const there = elsewhere();
    for (const email of ["target@example.com", "target.unknown@example.com"]) {
      const statuses: number[] = [];
      for (let n = 0; n < 6; n++) statuses.push((await signIn(email, "a wrong password", there)).status);
      expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
      const told = await signIn(email, PASSWORD, there);
      expect(told).toMatchObject({ status: 429, error: { code: "too_many_requests" } });
      expect(Number(told.retryAfter)).toBeGreaterThanOrEqual(1);
    }
    await accepted("bystander@example.com");
    expect((await signIn("bystander@example.com", PASSWORD, there)).status).toBe(200);
  });

  test("many at once are counted before they are judged: no more come through than one after the other", async () => {
    await accepted("parallel@example.com");
    const there = elsewhere();
    const begun = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => signIn("parallel@example.com", "a wrong password", there)),
    );
    // On a slow machine a pause ends meanwhile; the shortest is two seconds.
    const seconds = (performance.now() - begun) / 1000;
    const judged = answers.filter((one) => one.status === 401).length;
    expect(judged).toBeGreaterThanOrEqual(5);
    expect(judged).toBeLessThanOrEqual(5 + Math.floor(seconds / 2));
    expect(answers.filter((one) => one.status === 429)).toHaveLength(40 - judged);
  });

  test("of somebody else keeps nobody out: not at another network, and not on a device that signed in before", async () => {
    await accepted("owner.in@example.com");
    const home = elsewhere();
    const first = await signIn("owner.in@example.com", PASSWORD, home);
    const device = { ...home, cookie: first.device! };
    // From eleven networks, the person's own among them, until each is refused.
    for (const there of [home, ...Array.from({ length: 10 }, elsewhere)])
      for (let n = 0; n < 6; n++) await signIn("owner.in@example.com", "a wrong password", there);
    expect((await signIn("owner.in@example.com", PASSWORD, home)).status).toBe(429);
    expect((await signIn("owner.in@example.com", PASSWORD, elsewhere())).status).toBe(200);
    expect((await signIn("owner.in@example.com", PASSWORD, device)).status).toBe(200);
    // The mark is one of that account only, and no free ticket for guesses either.
    await accepted("another.account@example.com");
    const statuses: number[] = [];
    for (let n = 0; n < 6; n++)
      statuses.push((await signIn("owner.in@example.com", "a wrong password", device)).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    for (let n = 0; n < 5; n++) await signIn("another.account@example.com", "a wrong password", device);
    expect((await signIn("another.account@example.com", PASSWORD, device)).status).toBe(429);
  });

  test("at the question for the present password is slowed down in that session, and in no other", async () => {
    const { cookie } = await accepted("thief@example.com");
    const mine = cookieOf((await signIn("thief@example.com", PASSWORD)).setCookie);
    const ask = (client: ReturnType<typeof openClient>, current: string) =>
      client.changePassword({ body: { current, wanted: "another long secret" } }).then(
        () => "changed",
        (error: { code: string }) => error.code,
      );
    const thief = openClient({ url, cookie });
    const told: string[] = [];
    for (let n = 0; n < 6; n++) told.push(await ask(thief, "not this one at all"));
    expect(told).toEqual([...Array.from({ length: 5 }, () => "bad_request"), "too_many_requests"]);
    expect(await ask(openClient({ url, cookie: mine }), PASSWORD)).toBe("changed");
  });

  test("does not end a session that is there, and the record names no account", async () => {
    const cookie = await sessionCookie(installation, "steady@example.com");
    await signIn("steady@example.com", "a wrong password");
    expect((await send("/me", { method: "GET", headers: { cookie } })).status).toBe(200);
    const bodies = await app.database.all<{ body: string }>(
      sql`select body from audit_event where kind = 'session.refused'`,
    );
    expect(bodies.length).toBeGreaterThan(5);
    expect(JSON.stringify(bodies)).not.toContain("@example.com");
  });
});

describe("whom to ask", () => {
  const ask = (at: string) => openClient({ url: at }).signInMethods();

  test("is told before the sign-in only where the installation names somebody for that", async () => {
    // The workflow names a contact, too: that is for those who are in.
    await client.setDial({
      params: { workflow: "tickets" },
      body: { setting: "support", value: { contact: "desk@example.com" } },
    });
    expect(await ask(url)).toEqual({ password: true, providers: [], anybody: true, support: null });
    const named = await install({
      settings: { PILOTAGE_SUPPORT_CONTACT: "it@example.com", PILOTAGE_SUPPORT_ANSWER_HOURS: "8" },
    });
    const support = { contact: "it@example.com", answerHours: 8 };
    expect(await ask(named.url)).toEqual({ password: true, providers: [], anybody: false, support });
    const kim = await signedIn(named, "kim@example.com");
    expect((await kim.getMe()).support).toEqual(support);
    const page = await fetch(`${named.url}/api/v1/sign-in/providers/none`, {
      headers: { accept: "text/html", "accept-language": "de" },
    });
    expect(await page.text()).toContain("Hilfe: it@example.com, Antwort binnen 8 Stunden");
  });
});

describe("a request from another site", () => {
  const change = async (headers: Record<string, string>) =>
    send("/me", { method: "PUT", body: { name: "Changed" }, headers });
  const own = { "x-pilotage-csrf": "1" };

  test.each<[string, Record<string, string>]>([
    ["without the console's header", {}],
    ["with another value of it", { "x-pilotage-csrf": "0" }],
    ["that the browser calls cross-site", { ...own, "sec-fetch-site": "cross-site" }],
    ["that the browser calls same-site", { ...own, "sec-fetch-site": "same-site" }],
    ["with another origin", { ...own, origin: "https://evil.example.com" }],
    ["with no origin that can be named", { ...own, origin: "null" }],
    ["with an origin that begins like ours", { ...own, origin: `${url}.evil.example.com` }],
    ["with another port of this machine", { ...own, origin: "http://127.0.0.1:1" }],
  ])("%s changes nothing", async (_, headers) => {
    const cookie = await sessionCookie(installation, "victim@example.com");
    expect(await change({ ...headers, cookie })).toMatchObject({ status: 403, error: { code: "forbidden" } });
    const { person } = await openClient({ url, cookie }).getMe();
    expect(person!.name).toBe("victim");
  });

  test.each<[string, Record<string, string>]>([
    ["same origin, as the browser says", { ...own, "sec-fetch-site": "same-origin" }],
    ["our origin", { ...own, origin: url }],
    [
      "the name that a proxy near by was asked for",
      { ...own, origin: "https://p.example.com", "x-forwarded-host": "p.example.com" },
    ],
  ])("one of our own goes through: %s", async (_, headers) => {
    const cookie = await sessionCookie(installation, "own@example.com");
    expect((await change({ ...headers, cookie })).status).toBe(200);
  });

  test("as a form, which needs no leave of any browser, is not even read", async () => {
    const response = await fetch(`${url}/api/v1/sign-in`, {
      method: "POST",
      headers: { "content-type": "text/plain", origin: "https://evil.example.com" },
      body: JSON.stringify({ email: "evil@example.com", password: PASSWORD }),
    });
    expect(response.status).toBe(415);
  });

  test("is given no leave to read or to send: no answer names another origin", async () => {
    const response = await fetch(`${url}/api/v1/me`, {
      method: "OPTIONS",
      headers: { origin: "https://evil.example.com", "access-control-request-method": "PUT" },
    });
    expect(response.status).toBe(404);
    expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  test("by GET changes nothing: no such endpoint writes but the way back from a provider", async () => {
    const cookie = await sessionCookie(installation, "reader@example.com", [
      { role: "owner", workflow: null },
      { role: "administrator", workflow: null },
      { role: "auditor", workflow: null },
    ]);
    await aSecondLater();
    const writes = async () =>
      (
        await app.database.one<{ events: number }>(
          sql`select count(*)::int as events from audit_event where kind not in ('feed.finished', 'installation.started')`,
        )
      ).events;
    const before = await writes();
    for (const [name, endpoint] of Object.entries<Endpoint>(ENDPOINTS)) {
      if (endpoint.method !== "GET" || endpoint.wire === "sse" || name === "figuresOfPersons") continue;
      const path = endpoint.path.replaceAll(":workflow", "tickets").replaceAll(/:\w+/g, "none");
      await fetch(`${url}${path}`, { headers: { cookie }, redirect: "manual" }).then((one) =>
        one.arrayBuffer(),
      );
    }
    expect(await writes()).toBe(before);
    await sessionCookie(installation, "reader@example.com", []);
  });
});

describe("who asks", () => {
  test("with a key and a session together is refused", async () => {
    const cookie = await sessionCookie(installation, "both@example.com");
    const headers = { cookie, authorization: `Bearer ${key}`, "x-pilotage-csrf": "1" };
    for (const method of ["GET", "PUT"])
      expect(await send("/me", { method, headers })).toMatchObject({
        status: 400,
        error: { code: "bad_request", message: expect.stringContaining("key and with a session") },
      });
  });

  test("with a session cannot act for somebody else by a header", async () => {
    const cookie = await sessionCookie(installation, "self@example.com");
    const answer = await send("/me", {
      method: "GET",
      headers: { cookie, "x-pilotage-as": "owner@example.com" },
    });
    expect(JSON.parse(answer.text)).toMatchObject({ person: { email: "self@example.com" } });
  });

  test.each(["pis_", `pis_${"A".repeat(43)}`, "x".repeat(3_000), "%E0%A4%A", "pis_..%2f"])(
    "with a made-up session is nobody: %.20s",
    async (value) => {
      const headers = { cookie: `${SESSION_COOKIE}=${value}` };
      expect(await send("/me", { method: "GET", headers })).toMatchObject({
        status: 401,
        error: { code: "unauthenticated" },
      });
    },
  );

  test("cannot tell a workflow that they may not see from one that is not there", async () => {
    const kim = await signedIn(installation, "narrow@example.com", [
      { role: "reviewer", workflow: "tickets" },
    ]);
    const asked = async (workflow: string) => {
      const error = (await kim
        .getWorkflow({ params: { workflow } })
        .catch((thrown: unknown) => thrown)) as Error;
      return error.message.replace(workflow, "...");
    };
    expect(await asked("claims")).toBe(await asked("nothing"));
    expect((await kim.listWorkflows()).workflows.map((one) => one.name)).toEqual(["tickets"]);
  });
});

describe("roles", () => {
  const OWNER = "owner@example.com";
  const administrator = () =>
    signedIn(installation, "admin@example.com", [{ role: "administrator", workflow: null }]);
  const idOf = async (email: string) =>
    (await client.listPeople()).people.find((one) => one.email === email)!.id;

  test("that a workflow's document names count as long as it names them", async () => {
    const owner = await signedIn(installation, OWNER);
    expect((await owner.getMe()).workflows).toMatchObject([{ name: "tickets", roles: ["owner"] }]);
  });

  test("are read anew: one that is taken counts for a second at most, without a new sign-in", async () => {
    const kim = await signedIn(installation, "live@example.com", [{ role: "viewer", workflow: "tickets" }]);
    expect((await kim.getMe()).workflows).toHaveLength(1);
    await (
      await administrator()
    ).setRoles({ params: { person: await idOf("live@example.com") }, body: { grants: [] } });
    await aSecondLater();
    expect((await kim.getMe()).workflows).toHaveLength(0);
  });

  test("of support are an owner's to give in the own workflow, and no others", async () => {
    const owner = await signedIn(installation, OWNER);
    const { person } = await owner.invitePerson({
      body: { email: "staff@example.com", name: "Kim", grants: [{ role: "reviewer", workflow: "tickets" }] },
    });
    const set = (grants: { role: "viewer" | "owner" | "administrator"; workflow: string | null }[]) =>
      owner.setRoles({ params: { person: person.id }, body: { grants } });
    await set([{ role: "viewer", workflow: "tickets" }]);
    for (const grant of [
      { role: "owner", workflow: "tickets" },
      { role: "viewer", workflow: "claims" },
      { role: "viewer", workflow: "nothing" },
      { role: "viewer", workflow: null },
      { role: "administrator", workflow: null },
    ] as const)
      await expect(set([grant])).rejects.toMatchObject({ code: "forbidden" });
    expect((await client.listPeople()).people.find((one) => one.id === person.id)!.grants).toEqual([
      { role: "viewer", workflow: "tickets", from: "granted" },
    ]);
    await expect(
      owner.invitePerson({ body: { email: "free@example.com", name: "Kim", grants: [] } }),
    ).rejects.toMatchObject({ code: "forbidden" });
  });

  test("are given where the reader may give them, also by an administrator who sees no work; nobody hears of other workflows", async () => {
    const owner = await (await signedIn(installation, OWNER)).listPeople();
    expect(owner.staffs).toEqual(["tickets"]);
    expect(owner.lacking.map((one) => one.workflow)).not.toContain("claims");
    const admin = await administrator();
    expect((await admin.getMe()).workflows).toEqual([]);
    expect((await admin.listPeople()).staffs).toEqual(["claims", "tickets"]);
    const auditor = await signedIn(installation, "auditor@example.com", [
      { role: "auditor", workflow: "tickets" },
    ]);
    expect((await auditor.listPeople()).staffs).toEqual([]);
  });

  test("no owner makes a way into the account of somebody with other roles", async () => {
    const owner = await signedIn(installation, OWNER);
    await administrator();
    await expect(
      owner.inviteAgain({ params: { person: await idOf("admin@example.com") } }),
    ).rejects.toMatchObject({ code: "forbidden" });
  });

  test("no owner makes a new password for somebody who has signed in: one person would be two", async () => {
    const owner = await signedIn(installation, OWNER);
    const { person, link } = await owner.invitePerson({
      body: {
        email: "second.pair@example.com",
        name: "Eyes",
        grants: [{ role: "reviewer", workflow: "tickets" }],
      },
    });
    const again = { params: { person: person.id } };
    const mayGetLink = async (reader: typeof owner) =>
      (await reader.listPeople()).people.find((one) => one.id === person.id)!.mayGetLink;
    expect(await mayGetLink(owner)).toBe(true);
    const { link: newer } = await owner.inviteAgain(again);
    expect(newer).not.toBe(link);
    await openClient({ url: installation.url }).acceptInvitation({
      body: { token: tokenOf(newer), password: "four unrelated words", name: "Eyes", locale: "en-GB" },
    });
    await expect(owner.inviteAgain(again)).rejects.toMatchObject({ code: "forbidden" });
    expect(await mayGetLink(owner)).toBe(false);
    expect(await mayGetLink(await administrator())).toBe(true);
  });

  test("are nobody's own to change while another administrator can", async () => {
    const admin = await administrator();
    const id = await idOf("admin@example.com");
    const body = {
      grants: [
        { role: "administrator" as const, workflow: null },
        { role: "owner" as const, workflow: "claims" },
      ],
    };
    // While alone, an administrator may: nobody else could.
    await admin.setRoles({ params: { person: id }, body });
    await signedIn(installation, "admin2@example.com", [{ role: "administrator", workflow: null }]);
    await expect(
      admin.setRoles({
        params: { person: id },
        body: { grants: [{ role: "administrator", workflow: null }] },
      }),
    ).rejects.toMatchObject({ code: "forbidden", message: expect.stringContaining("another administrator") });
  });

  test("the last administrator stays, also when two take each other's role at the same moment", async () => {
    const bare = await install();
    const names = ["a@example.com", "b@example.com"];
    const admins = [];
    for (const name of names)
      admins.push(await signedIn(bare, name, [{ role: "administrator", workflow: null }]));
    const { people } = await bare.client.listPeople();
    const idOf = (email: string) => people.find((one) => one.email === email)!.id;
    for (let round = 0; round < 5; round++) {
      const results = await Promise.allSettled([
        admins[0]!.setRoles({ params: { person: idOf(names[1]!) }, body: { grants: [] } }),
        admins[1]!.disablePerson({ params: { person: idOf(names[0]!) }, body: { disabled: true } }),
      ]);
      const left = await bare.app.database.all(sql`
        select 1 from role_grant g join person p on p.id = g.person where g.role = 'administrator' and p.disabled_at is null`);
      expect(left.length, JSON.stringify(results)).toBeGreaterThanOrEqual(1);
      await bare.app.database.run(sql`update person set disabled_at = null`);
      for (const name of names) await signedIn(bare, name, [{ role: "administrator", workflow: null }]);
      await bare.app.database.run(sql`select pg_sleep(1.1)`);
      admins[0] = await signedIn(bare, names[0]!, [{ role: "administrator", workflow: null }]);
    }
  });

  test("a disabled person is out within a second, their links die, and workflows without owner are said", async () => {
    const cookie = await sessionCookie(installation, OWNER);
    expect((await client.listPeople()).lacking.map((one) => one.sentence).join()).not.toContain(
      "tickets: no owner",
    );
    const again = await client.inviteAgain({ params: { person: await idOf(OWNER) } });
    await client.disablePerson({ params: { person: await idOf(OWNER) }, body: { disabled: true } });
    await aSecondLater();
    expect((await send("/me", { method: "GET", headers: { cookie } })).status).toBe(401);
    const answer = await send("/sign-in/link", {
      body: { token: tokenOf(again.link) },
      headers: elsewhere(),
    });
    expect(answer.status).toBe(401);
    expect((await client.listPeople()).lacking.map((one) => one.sentence).join()).toContain(
      "tickets: no owner",
    );
    await expect(client.makeSignInLink({ body: { email: OWNER } })).rejects.toMatchObject({
      code: "wrong_state",
    });
    await client.disablePerson({ params: { person: await idOf(OWNER) }, body: { disabled: false } });
  });

  test("a workflow that is not there is no place for a role", async () => {
    const grants = [{ role: "viewer" as const, workflow: "nothing" }];
    await expect(client.makeSignInLink({ body: { email: "x@example.com", grants } })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(
      client.invitePerson({ body: { email: "x@example.com", name: "X", grants } }),
    ).rejects.toMatchObject({ code: "not_found" });
  });
});
