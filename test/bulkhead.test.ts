/** A connection with few places: its calls never exceed them, and a workflow that floods keeps no other out. */
import { expect, test } from "vitest";
import { sql } from "../src/platform/sql.ts";
import { install, launch, until } from "./support/installation.ts";
import { startProvider } from "./support/provider.ts";

const MOST = 2;
const FLOOD = 24;

test("a workflow that floods a connection waits behind its own calls; another's case is answered meanwhile", async () => {
  const installation = await install();
  const { client, app } = installation;
  let inFlight = 0;
  let highest = 0;
  const provider = await startProvider({
    async answer() {
      highest = Math.max(highest, ++inFlight);
      await new Promise((resolve) => setTimeout(resolve, 100));
      inFlight--;
      return { output: { category: "billing" } };
    },
  });
  try {
    await client.saveConnection({
      params: { name: "few" },
      body: { settings: { kind: "openai", baseUrl: provider.url, mostInFlight: MOST } },
    });
    const [stored] = (await client.listConnections()).connections;
    expect(stored!.shown).toEqual({ address: provider.url, mostInFlight: MOST });
    for (const workflow of ["flood", "small"])
      await launch(installation, {
        script: null,
        workflow: { workflow },
        release: {
          workflow,
          model: { connection: "few", name: "m", timeout: 20_000 },
          prompt: "{{ input.text }}",
        },
      });
    const submit = (workflow: string, externalId: string) =>
      client.submitCase({ params: { workflow }, body: { externalId, input: { text: "the bill" } } });
    await Promise.all(Array.from({ length: FLOOD }, (_, i) => submit("flood", `f-${i}`)));
    const { caseId } = await submit("small", "s");
    await until(
      () => client.getCase({ params: { case: caseId } }),
      (one) => one.state === "in_review",
    );
    const answered = async () =>
      (
        await app.database.one<{ n: number }>(
          sql`select count(*)::int as n from case_ where workflow = 'flood' and state = 'in_review'`,
        )
      ).n;
    expect(await answered()).toBeLessThan(FLOOD);
    await until(answered, (count) => count === FLOOD, 30_000);
    expect(highest).toBe(MOST);
  } finally {
    await installation.stop();
    await provider.stop();
  }
});

test("two processes together have no more calls in flight than the connection takes, and both do their work", async () => {
  const first = await install({ role: "web" });
  const { databaseUrl, dataHome } = first;
  // So few that no worker takes all.
  const settings = { PILOTAGE_IN_FLIGHT: "4" };
  const workers = [
    await install({ role: "worker", databaseUrl, dataHome, settings }),
    await install({ role: "worker", databaseUrl, dataHome, settings }),
  ];
  let inFlight = 0;
  let highest = 0;
  const provider = await startProvider({
    async answer() {
      highest = Math.max(highest, ++inFlight);
      await new Promise((resolve) => setTimeout(resolve, 60));
      inFlight--;
      return { output: { category: "billing" } };
    },
  });
  try {
    const { client, app } = first;
    await client.saveConnection({
      params: { name: "few" },
      body: { settings: { kind: "openai", baseUrl: provider.url, mostInFlight: 3 } },
    });
    await launch(first, {
      script: null,
      release: { model: { connection: "few", name: "m", timeout: 30_000 }, prompt: "{{ input.text }}" },
    });
    const submit = (i: number) =>
      client.submitCase({
        params: { workflow: "tickets" },
        body: { externalId: `t-${i}`, input: { text: "the bill" } },
      });
    await Promise.all(Array.from({ length: 40 }, (_, i) => submit(i)));
    await until(
      () =>
        app.database.one<{ n: number }>(sql`select count(*)::int as n from case_ where state = 'in_review'`),
      ({ n }) => n === 40,
    );
    expect(highest).toBe(3);
    expect(
      await app.database.one(
        sql`select count(distinct body::json -> 'actor' ->> 'name')::int as n from audit_event where kind = 'case.running'`,
      ),
    ).toEqual({ n: 2 });
    await until(
      () => app.database.one<{ n: number }>(sql`select count(*)::int as n from connection_place`),
      ({ n }) => n === 0,
    );
  } finally {
    await Promise.all([first, ...workers].map((one) => one.stop()));
    await provider.stop();
  }
});
