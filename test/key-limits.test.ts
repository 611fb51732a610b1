/** Limits of a key: who sets them, where they are seen, and that a limited key does not get round them. */
import { expect, test } from "vitest";
import { sql } from "../src/platform/sql.ts";
import { openClient } from "../src/contract/client.ts";
import { install } from "./support/installation.ts";

const { client, app, url } = await install();

const makeKey = (more: object = {}) =>
  client.makeKey({ body: { name: "portal", scopes: ["operate"], days: 1, ...more } });

test("a key made with limits shows them, and the record of its making holds them", async () => {
  const limits = { requests: { minute: 60 }, cost: { day: "2.50" } };
  const made = await makeKey({ limits });
  expect(made.limits).toEqual(limits);
  const { keys } = await client.listKeys();
  expect(keys.find((one) => one.id === made.id)).toMatchObject({ limits });
  expect((await app.keys.authenticate(`Bearer ${made.secret}`, undefined)).key?.limits).toEqual(limits);
});

test("limits are changed and taken away, each time with an event, and count at once", async () => {
  const made = await makeKey();
  expect(made.limits).toBeNull();
  await app.keys.authenticate(`Bearer ${made.secret}`, undefined);
  const limits = { tokens: { day: 1_000 } };
  const set = (given: typeof limits | null) =>
    client.limitKey({ params: { id: made.id }, body: { limits: given } });
  expect(await set(limits)).toMatchObject({ id: made.id, limits });
  expect((await app.keys.authenticate(`Bearer ${made.secret}`, undefined)).key?.limits).toEqual(limits);
  expect(await set(null)).toMatchObject({ limits: null });
  const events = await app.database.all<{ body: string }>(
    sql`select body from audit_event where kind = 'key.limited' order by id`,
  );
  expect(events.map((one) => (JSON.parse(one.body) as { data: object }).data)).toMatchObject([
    { key: made.id, limits },
    { key: made.id, limits: null },
  ]);
});

test.each([
  ["a negative limit", { requests: { minute: -1 } }],
  ["a limit of nothing", { requests: { minute: 0 } }],
  ["a cost that is a number and no text", { cost: { day: 5 } }],
  ["a cost of nothing", { cost: { day: "0.00" } }],
  ["an unknown period", { cost: { year: "5" } }],
  ["no limit at all", {}],
])("%s is refused", async (_, limits) => {
  const made = await makeKey();
  const set = client.limitKey({ params: { id: made.id }, body: { limits: limits as never } });
  await expect(set).rejects.toMatchObject({ code: "bad_request" });
});

test("a key with limits makes no key and changes no limits, not even its own", async () => {
  const made = await makeKey({ limits: { requests: { day: 1 } } });
  const limited = openClient({ url, key: made.secret });
  await expect(
    limited.makeKey({ body: { name: "free", scopes: ["operate"], days: 1 } }),
  ).rejects.toMatchObject({ code: "forbidden" });
  await expect(limited.limitKey({ params: { id: made.id }, body: { limits: null } })).rejects.toMatchObject({
    code: "forbidden",
  });
});

test("a key that is not there, or is revoked, has no limits to set", async () => {
  const made = await makeKey();
  await client.revokeKey({ params: { id: made.id } });
  for (const id of [made.id, "key_01hzy3v7k2e8t9qxw4m5n6p7r8"])
    await expect(client.limitKey({ params: { id }, body: { limits: null } })).rejects.toMatchObject({
      code: "not_found",
    });
});
