/**
 * Sign-in through a real OpenID provider over real HTTP: who comes in, with which roles, and every way in which somebody
 * who should not come in might try.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { openClient } from "../src/contract/client.ts";
import { placeInside } from "../src/access/oidc.ts";
import { SESSION_COOKIE } from "../src/http/session-cookie.ts";
import { sql } from "../src/platform/sql.ts";
import { install, workflowDocument } from "./support/installation.ts";
import { browser, openOidcServer, type Visit } from "./support/oidc.ts";

const installation = await install();
const { app, client, url } = installation;
await client.applyWorkflow({
  params: { workflow: "tickets" },
  body: { document: workflowDocument({ people: { owner: "owner@example.com" } }) },
});
const CALLBACK = `${url}/api/v1/sign-in/providers/company/callback`;
const BEGIN = `${url}/api/v1/sign-in/providers/company`;
const provider = await openOidcServer(CALLBACK);

interface Wanted {
  makePeople?: boolean;
  trustEmail?: boolean;
  groups?: Record<string, { role: "reviewer" | "owner" | "administrator"; workflow: string | null }[]>;
  issuer?: string;
}
async function store({ makePeople = true, ...more }: Wanted = {}): Promise<void> {
  await client.saveConnection({
    params: { name: "company" },
    body: {
      settings: {
        kind: "oidc",
        name: "Example AG",
        issuer: provider.issuer,
        clientId: provider.client.id,
        clientSecret: provider.client.secret,
        scopes: ["email", "profile", "groups"],
        groups: {
          clerks: [{ role: "reviewer", workflow: "tickets" }],
          leads: [
            { role: "owner", workflow: "tickets" },
            { role: "reviewer", workflow: "tickets" },
          ],
          elsewhere: [{ role: "reviewer", workflow: "not-here" }],
        },
        makePeople,
        ...more,
      },
    },
  });
}
beforeEach(() => store());

const toCallback = (address: string) => address.startsWith(CALLBACK);
const account = (id: string, more = {}) => {
  provider.accounts[id] = { email: `${id}@example.com`, email_verified: true, name: `Person ${id}`, ...more };
  provider.next = id;
};

/** The way through the provider up to the answer, which is not visited yet. */
async function answerOf(tab: ReturnType<typeof browser>, change: (address: URL) => void = () => undefined) {
  const { location } = await tab.go(`${BEGIN}?to=/inbox`);
  const address = new URL(location!);
  change(address);
  return (await tab.follow(address.href, toCallback)).at;
}
/** Refused: told so on a page, and nobody is signed in. */
function expectRefused(visit: Visit, tab: ReturnType<typeof browser>, words: RegExp): void {
  expect(visit).toMatchObject({ status: 401, text: expect.stringMatching(words) });
  expect(tab.cookiesOf(url).has(SESSION_COOKIE)).toBe(false);
}
async function signIn(id: string, more = {}) {
  account(id, more);
  const tab = browser();
  const visit = await tab.go(await answerOf(tab));
  const token = tab.cookiesOf(url).get(SESSION_COOKIE);
  const me = async () => (await openClient({ url, cookie: `${SESSION_COOKIE}=${token}` }).getMe()).person!;
  return { tab, visit, me };
}
const rolesOf = async (email: string) =>
  (await client.listPeople()).people
    .find((one) => one.email === email)
    ?.grants.map(({ role, workflow, from }) => `${role} of ${workflow} (${from})`)
    .sort();

describe("who comes in", () => {
  test("has an account with name, language and the roles of their groups, and lands where they wanted to go", async () => {
    expect(await client.signInMethods()).toMatchObject({
      providers: [{ id: "company", name: "Example AG" }],
    });
    const { visit, me } = await signIn("kim", {
      locale: "de-CH",
      groups: ["clerks", "elsewhere", "toString"],
    });
    expect(visit).toMatchObject({ status: 303, location: `${url}/inbox` });
    expect(await me()).toMatchObject({
      email: "kim@example.com",
      name: "Person kim",
      locale: "de-CH",
      state: "active",
      grants: [{ role: "reviewer", workflow: "tickets", from: "provider" }],
    });
  });

  test("has at the next sign-in the roles of then, and keeps what was granted here", async () => {
    await signIn("lee", { groups: ["clerks"] });
    const { people } = await client.listPeople();
    const { id } = people.find((one) => one.email === "lee@example.com")!;
    await client.setRoles({
      params: { person: id },
      body: { grants: [{ role: "viewer", workflow: "tickets" }] },
    });
    const { me } = await signIn("lee", { groups: ["leads"] });
    expect(await rolesOf("lee@example.com")).toEqual([
      "owner of tickets (provider)",
      "reviewer of tickets (provider)",
      "viewer of tickets (granted)",
    ]);
    await signIn("lee", { groups: [] });
    expect(await rolesOf("lee@example.com")).toEqual(["viewer of tickets (granted)"]);
    // Grants are read live: the session from before has them too.
    await app.database.run(sql`select pg_sleep(1.1)`);
    expect((await me()).grants).toEqual([{ role: "viewer", workflow: "tickets", from: "granted" }]);
  });

  test("may be somebody who was invited, and stays the same when the address changes over there", async () => {
    await store({ makePeople: false });
    const { person } = await client.invitePerson({ body: { email: "noa@example.com", name: "Noa Invited" } });
    await signIn("noa");
    const { me } = await signIn("noa", { email: "noa.married@example.com" });
    expect(await me()).toMatchObject({ id: person.id, email: "noa@example.com", name: "Noa Invited" });
  });

  test("may come from a provider of one's own that says nothing of verified addresses", async () => {
    await store({ trustEmail: true });
    const { me } = await signIn("own", { email_verified: undefined });
    expect(await me()).toMatchObject({ email: "own@example.com" });
  });

  test("is in the record, without any token", async () => {
    await signIn("rec", { groups: ["clerks"] });
    const rows = await app.database.all<{ kind: string; body: string }>(
      sql`select kind, body from audit_event where kind in ('person.made', 'person.roles', 'session.started') and body like '%provider%' order by id`,
    );
    expect(new Set(rows.map((row) => row.kind))).toEqual(
      new Set(["person.made", "person.roles", "session.started"]),
    );
    expect(JSON.stringify(rows)).not.toMatch(/pis_|code=|eyJ/);
  });
});

describe("nobody comes in", () => {
  test("with an address that is not verified", async () => {
    for (const said of [false, undefined, "no"]) {
      const { tab, visit } = await signIn("unverified", { email_verified: said });
      expectRefused(visit, tab, /has not verified the address/);
    }
    await store({ trustEmail: true });
    const { tab, visit } = await signIn("unverified", { email_verified: false });
    expectRefused(visit, tab, /has not verified the address/);
    expect(await rolesOf("unverified@example.com")).toBeUndefined();
  });

  test("without an address", async () => {
    const { tab, visit } = await signIn("nameless", { email: undefined });
    expectRefused(visit, tab, /no e-mail address/);
  });

  test("whom nobody invited, where people are not made by themselves", async () => {
    await store({ makePeople: false });
    const { tab, visit } = await signIn("stranger");
    expectRefused(visit, tab, /nobody has invited/);
  });

  test("with the address of somebody who is tied to another account over there", async () => {
    await signIn("first", { email: "shared@example.com" });
    const { tab, visit } = await signIn("second", { email: "Shared@Example.com" });
    expectRefused(visit, tab, /belongs to another sign-in/);
  });

  test("who is disabled here", async () => {
    await signIn("gone");
    const { people } = await client.listPeople();
    const { id } = people.find((one) => one.email === "gone@example.com")!;
    await client.disablePerson({ params: { person: id }, body: { disabled: true } });
    const { tab, visit } = await signIn("gone");
    expectRefused(visit, tab, /disabled/);
  });

  test("who says no over there", async () => {
    const tab = browser();
    provider.next = null;
    expectRefused(await tab.go(await answerOf(tab)), tab, /it was refused there/);
  });

  test("with an answer that another browser asked for", async () => {
    account("victim");
    const victim = browser();
    const answer = await answerOf(victim);
    const bare = browser();
    expectRefused(await bare.go(answer), bare, /belongs to no sign-in of this browser/);
    const thief = browser();
    await thief.go(BEGIN);
    expectRefused(await thief.go(answer), thief, /does not hold/);
  });

  test("with a stolen code and the thief's own state: the verifier is another", async () => {
    account("victim");
    const code = new URL(await answerOf(browser())).searchParams.get("code")!;
    const thief = browser();
    const own = new URL(await answerOf(thief));
    own.searchParams.set("code", code);
    expectRefused(await thief.go(own.href), thief, /does not hold/);
  });

  test("who redeems a code without its verifier at the provider itself", async () => {
    account("victim");
    const code = new URL(await answerOf(browser())).searchParams.get("code")!;
    const response = await fetch(`${provider.issuer}/token`, {
      method: "POST",
      headers: {
        authorization: `Basic ${Buffer.from(`${provider.client.id}:${provider.client.secret}`).toString("base64")}`,
      },
      body: new URLSearchParams({ grant_type: "authorization_code", code, redirect_uri: CALLBACK }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: "invalid_grant" });
  });

  test.each(["state", "nonce"])("with another %s than the one that was begun with", async (name) => {
    account("other");
    const tab = browser();
    const answer = await answerOf(tab, (address) => address.searchParams.set(name, "x".repeat(43)));
    expectRefused(await tab.go(answer), tab, /does not hold/);
  });

  test("twice with one answer", async () => {
    account("twice");
    const tab = browser();
    const answer = await answerOf(tab);
    const kept = new Map(tab.cookiesOf(url));
    expect((await tab.go(answer)).status).toBe(303);
    const again = browser();
    for (const [name, value] of kept) again.cookiesOf(url).set(name, value);
    expectRefused(await again.go(answer), again, /does not hold/);
  });

  test("with a cookie that was changed by one letter", async () => {
    account("changed");
    const tab = browser();
    const answer = await answerOf(tab);
    const cookies = tab.cookiesOf(url);
    for (const [name, value] of cookies)
      cookies.set(name, `${value.slice(0, -9)}${value.at(-9) === "A" ? "B" : "A"}${value.slice(-8)}`);
    expectRefused(await tab.go(answer), tab, /belongs to no sign-in/);
  });
});

describe("the provider itself", () => {
  test("is tried with its description", async () => {
    expect(await client.testConnection({ params: { name: "company" }, body: {} })).toMatchObject({
      ok: true,
      detail: expect.stringContaining(CALLBACK),
    });
  });

  test("that does not answer is told on a page and by a trial", async () => {
    await store({ issuer: "http://127.0.0.1:1" });
    expect(await browser().go(BEGIN)).toMatchObject({
      status: 409,
      text: expect.stringContaining("cannot be asked"),
    });
    expect(await client.testConnection({ params: { name: "company" }, body: {} })).toMatchObject({
      ok: false,
    });
  });

  test("is not asked at a private address that no administrator allowed, nor where clouds keep credentials", async () => {
    for (const [issuer, words] of [
      ["https://10.1.2.3/realms/staff", "10.1.2.3:443 is not among those that PILOTAGE_EGRESS_ALLOW names"],
      ["https://169.254.169.254/", "nothing is ever sent"],
    ] as const) {
      await store({ issuer });
      const reply = await client.testConnection({ params: { name: "company" }, body: {} });
      expect(reply).toMatchObject({ ok: false, outcome: "failed" });
      expect(reply.detail).toContain(words);
    }
  });

  test("is not asked in clear at a foreign address that its description names", async () => {
    const server = createServer((_, response) =>
      response
        .setHeader("content-type", "application/json")
        .end(
          JSON.stringify({
            issuer: address(),
            authorization_endpoint: "http://login.example.com/authorize",
            token_endpoint: "http://login.example.com/token",
            jwks_uri: "http://login.example.com/keys",
            response_types_supported: ["code"],
          }),
        ),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    afterAll(() => void server.close());
    const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await store({ issuer: address() });
    expect(await browser().go(BEGIN)).toMatchObject({
      status: 409,
      text: expect.stringContaining("Plain http"),
    });
  });

  test("that was never stored is not there", async () => {
    expect(await browser().go(`${url}/api/v1/sign-in/providers/other`)).toMatchObject({ status: 404 });
  });

  test("takes its roles along when it is removed, and its secret is never shown", async () => {
    await signIn("last", { groups: ["leads"] });
    expect(JSON.stringify(await client.listConnections())).not.toContain(provider.client.secret);
    await client.removeConnection({ params: { name: "company" } });
    expect(await rolesOf("last@example.com")).toEqual([]);
    expect(await client.signInMethods()).toMatchObject({ providers: [] });
  });
});

test.each([
  ["/inbox?workflow=tickets#top", "/inbox?workflow=tickets#top"],
  ["//evil.example.com", "/"],
  ["/\\evil.example.com", "/"],
  ["https://evil.example.com/", "/"],
  ["javascript:alert(1)", "/"],
  ["/\t/evil.example.com", "/"],
  ["", "/"],
  [undefined, "/"],
])("after the sign-in %s becomes %s", (to, place) => {
  expect(placeInside(to)).toBe(place);
});

describe("the page of a refusal", () => {
  const german = () => browser("de-AT,de;q=0.9,en;q=0.5");
  const uninvited = async (tab: ReturnType<typeof browser>) => {
    await store({ makePeople: false });
    account("stranger");
    return tab.go(await answerOf(tab));
  };

  test("is German for whoever reads German, all of it", async () => {
    const { status, text } = await uninvited(german());
    expect(status).toBe(401);
    expect(text).toContain('<html lang="de">');
    expect(text).toContain("Sie sind nicht angemeldet");
    expect(text).toContain("bürgt für stranger@example.com, aber diese Adresse hat hier niemand eingeladen");
    expect(text).toContain("Bitten Sie die Administration um eine Einladung.");
    expect(text.replaceAll("/sign-in", "")).not.toMatch(/\b(?:sign|nobody|vouched|ask)\b/i);
    expect((await german().go(`${url}/api/v1/sign-in/providers/nowhere`)).text).toContain(
      "Einen Anmeldedienst „nowhere“ gibt es hier nicht.",
    );
    expect((await german().go(CALLBACK)).text).toContain("gehört zu keiner Anmeldung dieses Browsers");
  });

  test("is English for everybody else", async () => {
    const { text } = await uninvited(browser("fr-CH,fr,en;q=0.8,de;q=0.7"));
    expect(text).toContain('<html lang="en">');
    expect(text).toContain("nobody has invited this address here");
    expect(text).not.toContain("Anmeldung");
  });
});
