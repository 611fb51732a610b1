/** "Who may do what": the table of what the server lets people do equals the table of rules. */
import { describe, expect, test } from "vitest";
import { RULES } from "../src/access/rules.ts";
import { actionsOf, type Role } from "../src/contract/access.ts";
import { openClient } from "../src/contract/client.ts";
import type { Endpoint } from "../src/contract/endpoint.ts";
import { ENDPOINTS } from "../src/contract/endpoints.ts";
import { install } from "./support/installation.ts";
import { sessionCookie, signedIn } from "./support/people.ts";
import {
  differences,
  EVERY_ACTION,
  EVERY_ROLE,
  prepareTrials,
  tryAlone,
  tryPairs,
  trySamePerson,
  type Rules,
  type World,
} from "./support/rule-trials.ts";

const installation = await install({ role: "web", settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z" } });
const { url, key, app } = installation;
const world: World = {
  url,
  operator: installation.client,
  other: openClient({ url, key, as: "M. Keller" }),
  database: app.database,
  person: (email, grants) => signedIn(installation, email, grants),
  as: (name) => openClient({ url, key, as: name }),
};
const trials = await prepareTrials(world);
/** A copy: what a planted fault does to the server's own table does not reach it. */
const table: Rules = structuredClone(RULES);

describe("the table of rules", () => {
  test("is what the server does for every action, every role, and nobody", async () => {
    // Reduced: people.5 tries every role in every place.
    const cells = await tryAlone(world, trials, table, EVERY_ACTION, (role) => [
      ...(role === "administrator" ? [] : (["workflow"] as const)),
      ...(["administrator", "engineer", "owner", "steward"].includes(role)
        ? (["installation"] as const)
        : []),
      ...(role === "owner" ? (["elsewhere"] as const) : []),
    ]);
    expect(differences(cells, [])).toEqual([]);
    expect(new Set(cells.map((one) => one.action)).size).toBe(EVERY_ACTION.length);
    // Nothing that is allowed is refused for another reason, but for these.
    expect(
      new Set(
        cells
          .filter((one) => one.happened && !["done", "asked"].includes(one.outcome))
          .map((one) => `${one.action} ${one.outcome}`),
      ),
    ).toEqual(EXCEPTIONS);
  });

  test("is what the server does for every pair", async () => {
    const pairs = await tryPairs(world, trials, table);
    expect(differences([], pairs)).toEqual([]);
    expect(pairs.filter((one) => one.happened).length).toBeGreaterThan(10);
  });

  test("takes two persons, whatever roles one of them has, and however the name is written", async () => {
    const found = await trySamePerson(world, trials, table);
    expect(found.filter((one) => !one.refused)).toEqual([]);
    expect(found).toHaveLength(21);
  });

  test("is not obeyed by a server with one other rule, and that is noticed", async () => {
    const faults: { [A in keyof Rules]?: Partial<Rules[A]> } = {
      "ladder.loosen": { alone: ["owner", "on_call"] },
      "data.change": {
        pair: [
          ["steward", "compliance"],
          ["steward", "compliance", "owner", "engineer"],
        ],
      },
    };
    for (const [action, fault] of Object.entries(faults) as [keyof Rules, Partial<Rules["data.change"]>][]) {
      const kept = RULES[action];
      RULES[action] = { ...kept, ...fault };
      try {
        const cells = await tryAlone(world, trials, table, [action]);
        const pairs = kept.pair ? await tryPairs(world, trials, table, [action]) : [];
        const found = differences(cells, pairs);
        expect(found.length, action).toBeGreaterThan(0);
        for (const one of found) expect(one).toMatch(action === "ladder.loosen" ? /^on_call/ : /engineer/);
      } finally {
        RULES[action] = kept;
      }
    }
  });
});

/** Acts that the state of this installation does not allow to anybody, and what it answers to those who may. */
const EXCEPTIONS = new Set([
  // No case was delivered here: there is no worker.
  "case.correct wrong_state",
  "feedback.give wrong_state",
  // There are no labels to certify from, and no agreement behind which individuals could be shown.
  "certificate.ask wrong_state",
  "figures.individual wrong_state",
]);

describe("every endpoint", async () => {
  const cookies = new Map<Role, string>();
  for (const role of EVERY_ROLE)
    cookies.set(
      role,
      await sessionCookie(installation, `endpoint-${role}@example.com`, [{ role, workflow: null }]),
    );

  async function call(endpoint: Endpoint, cookie: string): Promise<string> {
    const path = endpoint.path.replaceAll(/:(\w+)/g, (_, one: string) =>
      one === "workflow" ? trials.workflow : "none",
    );
    const query = new URLSearchParams(endpoint.example?.query).toString();
    const hasBody = endpoint.method === "POST" || endpoint.method === "PUT";
    const ended = new AbortController();
    const response = await fetch(`${url}${path}${query ? `?${query}` : ""}`, {
      method: endpoint.method,
      signal: ended.signal,
      headers: {
        cookie,
        "x-pilotage-csrf": "1",
        ...(hasBody
          ? { "content-type": endpoint.wire === "ndjson" ? "application/x-ndjson" : "application/json" }
          : {}),
      },
      ...(hasBody ? { body: JSON.stringify(endpoint.example?.body ?? {}) } : {}),
    });
    if (response.ok) {
      ended.abort();
      return "answered";
    }
    return ((await response.json()) as { error: { code: string; message: string } }).error.code;
  }

  const guarded = Object.entries<Endpoint>(ENDPOINTS).filter(
    ([, endpoint]) => endpoint.scope !== null && endpoint.action !== null,
  );

  test.each(guarded)("%s opens for whoever its rule names, and for nobody else", async (_name, endpoint) => {
    for (const role of EVERY_ROLE) {
      const open = actionsOf(endpoint.action!).some((action) => {
        const { alone, pair } = RULES[action];
        return alone.includes(role) || (pair ?? []).some((group) => group.includes(role));
      });
      const outcome = await call(endpoint, cookies.get(role)!);
      // Who does not see the workflow hears that there is none.
      // Where one of several opens it, what it takes is judged by what is asked for: the trials above.
      if (open && typeof endpoint.action !== "string") continue;
      if (open) expect(["forbidden", "unauthenticated"], role).not.toContain(outcome);
      else
        expect(role === "administrator" ? ["forbidden", "not_found"] : ["forbidden"], role).toContain(
          outcome,
        );
    }
  });
});

describe("what is not one's own", () => {
  test("is not there: a guessed id and one of another workflow are answered alike", async () => {
    const reviewer = await signedIn(installation, "elsewhere@example.com", [
      { role: "owner", workflow: trials.elsewhere },
    ]);
    const { cases } = await installation.client.listCases({ params: { workflow: trials.workflow } });
    const message = async (id: string) =>
      reviewer.getCase({ params: { case: id } }).then(
        () => "answered",
        (error: { code: string; message: string }) => `${error.code} ${error.message.replace(id, "")}`,
      );
    expect(await message(cases[0]!.id)).toBe(await message("case_01hzy3v7k2e8t9qxw4m5n6p7r8"));
    expect(await message(cases[0]!.id)).toMatch(/^not_found/);
  });

  test("a reviewer who calls an owner's endpoint hears who may", async () => {
    const reviewer = await signedIn(installation, "clerk@example.com", [
      { role: "reviewer", workflow: trials.workflow },
    ]);
    await expect(
      reviewer.setAutonomy({ params: { workflow: trials.workflow }, body: { autonomy: 0 } }),
    ).rejects.toMatchObject({
      code: "forbidden",
      message: expect.stringMatching(/owner or on-call.*you have reviewer/s),
      hint: expect.stringContaining("Ask somebody"),
    });
  });

  test("whoever applies a file takes only those of its dials that they may turn", async () => {
    const engineer = await signedIn(installation, "engineer@example.com", [
      { role: "engineer", workflow: trials.workflow },
    ]);
    const { params, document } = {
      params: { workflow: trials.workflow },
      document: { people: { owner: "engineer@example.com" } },
    };
    const applied = (await import("./support/installation.ts")).workflowDocument({
      workflow: trials.workflow,
      ...document,
    });
    await expect(
      engineer.applyWorkflow({ params, body: { document: applied, takeFile: true } }),
    ).rejects.toMatchObject({ code: "forbidden" });
    const { differences: shown } = await engineer.applyWorkflow({ params, body: { document: applied } });
    expect(shown.map((one) => one.setting)).toContain("people");
    expect(JSON.stringify((await engineer.getWorkflow({ params })).dials)).not.toContain("engineer@");
  });
});
