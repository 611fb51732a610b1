/**
 * Every rule of "Who may do what", tried through the real API by people with one role each, by nobody, and in pairs.
 *
 * What is expected comes from a table of rules that is handed in; what happened comes from the server. An act counts as
 * allowed when it is done, or refused for a reason that has nothing to do with who asked; those are named, so that they
 * can be looked at.
 */
import type { Client } from "../../src/contract/client.ts";
import { openClient } from "../../src/contract/client.ts";
import { ACTIONS, ROLES, type Action, type Role } from "../../src/contract/access.ts";
import type { Rule } from "../../src/access/rules.ts";
import type { Database } from "../../src/platform/database.ts";
import { sql } from "../../src/platform/sql.ts";
import { launch, releaseDocument, workflowDocument } from "./installation.ts";
import type { Grant } from "./people.ts";

export type Rules = Record<Action, Rule>;
export const EVERY_ROLE = Object.keys(ROLES) as Role[];
export const EVERY_ACTION = Object.keys(ACTIONS) as Action[];
/** Where a role was given: for the workflow, for the whole installation, or for another workflow. */
export type Place = "workflow" | "installation" | "elsewhere";

export interface World {
  url: string;
  /** The local operator, under two names. */
  operator: Client;
  other: Client;
  database: Database;
  /** A client that is signed in with these grants. */
  person(email: string, grants: readonly Grant[]): Promise<Client>;
  /** A client with the operator's key that acts for this person. */
  as(name: string): Client;
}

interface Place_ {
  workflow: string;
  release: string;
  caseId: string;
  certificate: string;
  improvement: string;
  dummy: string;
}

export interface Trials {
  /** Tries an action as somebody; answers how it went. */
  alone(action: Action, client: Client): Promise<string>;
  /** Asks for what takes two; answers the change, or why it was refused. */
  ask(action: Action, client: Client): Promise<{ change: string } | { refused: string }>;
  approve(change: string, client: Client): Promise<string>;
  workflow: string;
  elsewhere: string;
}

const REFUSALS = ["forbidden", "unauthenticated", "second_person_needed", "not_found"];
export const isRefusal = (outcome: string) => REFUSALS.includes(outcome);
export const DONE = "done";
/** Rules that take two, by the act that asks for them. */
export const PAIRED = [
  "dial.loosen",
  "autonomy.raise",
  "share.raise",
  "go.grant",
  "data.change",
  "works_council.individuals",
  "connection.loosen_policy",
] as const;
type Paired = (typeof PAIRED)[number];

const code = (work: Promise<unknown>) =>
  work.then(
    () => DONE,
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );

export async function prepareTrials(world: World): Promise<Trials> {
  const place = await prepare(world);
  const { workflow, release } = place;
  const { operator, other, database } = world;
  const params = { workflow };
  let count = 0;
  const fresh = () => ++count;

  const rung = (wanted: number) =>
    operator.moveLadder({ params, body: { rung: wanted, reason: "A trial begins" } });
  const agreed = (criteria: (typeof DRILL)[]) =>
    operator.applyWorkflow({ params, body: { document: documentOf(workflow, criteria) } });
  const autonomy = (wanted: number) =>
    database.run(sql`update workflow set autonomy = ${wanted} where name = ${workflow}`);
  const share = (wanted: number) =>
    database.run(
      sql`update workflow set candidate_release = ${release}, candidate_share = ${wanted} where name = ${workflow}`,
    );
  const dial = (client: Client, setting: string, value: unknown) =>
    client.setDial({ params, body: { setting, value } });
  const dialInForce = (setting: string, value: unknown) =>
    database.run(
      sql`update workflow set dials = dials || jsonb_build_object(${setting}::text, ${JSON.stringify(value)}::jsonb) where name = ${workflow}`,
    );
  /** Refuses whatever waits, so that the same may be asked for anew. */
  const clear = () =>
    database.run(
      sql`update workflow_setting_change set state = 'refused', decided_at = requested_at, decided_by = 'nobody' where workflow = ${workflow} and state = 'pending'`,
    );
  const waiting = async () =>
    (await operator.listChanges({ params })).changes.find((one) => one.state === "pending")!.id;

  const asks: Record<Paired, (client: Client) => Promise<string>> = {
    async "dial.loosen"(client) {
      await dialInForce("cold.share", 0.4);
      return (await dial(client, "cold.share", 0.3)).id;
    },
    async "autonomy.raise"(client) {
      await autonomy(0.1);
      return (await client.setAutonomy({ params, body: { autonomy: 0.2 } })).id;
    },
    async "share.raise"(client) {
      // Where there are criteria it takes a gate besides.
      await agreed([]);
      await autonomy(0.1);
      await share(0.2);
      const { pending } = await client.setShare({ params, body: { release, share: 0.5 } });
      return pending!.id;
    },
    async "go.grant"(client) {
      await client.waive({ params, body: { item: "go", reason: "A trial of the pair", days: 30 } });
      return waiting();
    },
    async "data.change"(client) {
      await dialInForce("retention", { content: 90 * 86_400_000, decisions: 400 * 86_400_000 });
      return (await dial(client, "retention", { content: 30 * 86_400_000, decisions: 400 * 86_400_000 })).id;
    },
    async "works_council.individuals"(client) {
      const body = { state: "agreed" as const, reference: `Agreement ${fresh()}`, individuals: true };
      await client.recordWorksAgreement({ params, body });
      return waiting();
    },
    async "connection.loosen_policy"(client) {
      const model = `trial-${fresh()}`;
      const passThrough = [{ name: model, policy: {} }];
      const settings = { kind: "openai", baseUrl: "https://models.example.com/v1", passThrough };
      await operator.saveConnection({ params: { name: "offering" }, body: { settings } });
      const body = { model, policy: { scan: { email: "allow" } } };
      return (await client.setModelPolicy({ params: { name: "offering" }, body })).waiting[0]!.id;
    },
  };

  async function importedSet(client: Client): Promise<string> {
    const name = `trial-${fresh()}`;
    const line = JSON.stringify({ input: { text: "x" }, output: { category: "billing" } });
    const bytes = (async function* () {
      yield new TextEncoder().encode(`${line}\n`);
    })();
    for await (const one of client.importSet(workflow, { name, kind: "development" }, bytes)) void one;
    return name;
  }

  const acts: Record<Exclude<Action, Paired>, (client: Client) => Promise<unknown>> = {
    "workflow.see": (client) => client.getWorkflow({ params }),
    // Of the workflow, or of a connection: whoever sees neither sees no call.
    "calls.see": (client) =>
      client
        .getModelCall({ params: { call: "mcl_trial_workflow" } })
        .catch(() => client.getModelCall({ params: { call: "mcl_trial_connection" } })),
    "case.read": (client) => client.getCase({ params: { case: place.caseId }, query: { content: "true" } }),
    "case.hand_in": (client) =>
      client.submitCase({ params, body: { externalId: `trial-${fresh()}`, input: { text: "x" } } }),
    "case.correct": (client) =>
      client.correctCase({
        params: { case: place.caseId },
        body: { output: { category: "billing" }, reason: "wrong_value" },
      }),
    "review.work": (client) => client.getInbox({ params }),
    async "stop.request"(client) {
      const { id } = await client.requestStop({ params, body: { text: "A trial" } });
      await other.settleStopRequest({ params: { request: id }, body: { answer: "Seen" } });
    },
    async "ladder.tighten"(client) {
      await rung(0);
      await client.moveLadder({ params, body: { rung: 1 } });
    },
    async "ladder.loosen"(client) {
      await rung(1);
      await client.moveLadder({ params, body: { rung: 0, reason: "All is well again" } });
    },
    async "dial.tighten"(client) {
      await dialInForce("qa.share", 0.1);
      await dial(client, "qa.share", 0.2);
    },
    "people.appoint": (client) =>
      dial(client, "people", {
        owner: "e.brandt@example.com",
        sponsor: "m.keller@example.com",
        onCall: [`call-${fresh()}@example.com`],
      }),
    async "autonomy.lower"(client) {
      await autonomy(0.5);
      await client.setAutonomy({ params, body: { autonomy: 0 } });
    },
    async "share.lower"(client) {
      await autonomy(0.5);
      await share(0.5);
      await client.setShare({ params, body: { release, share: 0.1 } });
    },
    async "share.pilot"(client) {
      await autonomy(0);
      await share(0.1);
      await client.setShare({ params, body: { release, share: 0.5 } });
    },
    "waiver.grant": (client) =>
      client.waive({ params, body: { item: "baseline", reason: "A trial of the rule", days: 30 } }),
    "workflow.apply": (client) => client.applyWorkflow({ params, body: { document: documentOf(workflow) } }),
    "release.publish": (client) =>
      client.publishRelease({ params, body: { document: releaseDocument({ workflow }) } }),
    "shadow.start": (client) => client.setShadow({ params, body: { release } }),
    "shadow.stop": (client) => client.setShadow({ params, body: { release: null } }),
    "certificate.ask": (client) => client.certify({ params, body: { from: "labels" } }),
    async "certificate.suspend"(client) {
      await client.suspendCertificate({
        params: { certificate: place.certificate },
        body: { reason: "A trial of the rule" },
      });
    },
    async "criterion.attest"(client) {
      await agreed([DRILL]);
      await client.attestCriterion({
        params,
        body: { criterion: DRILL.name, holds: true, said: "A trial of the rule" },
      });
    },
    "evaluation.run": (client) => importedSet(client),
    async "evaluation.export"(client) {
      for await (const one of client.exportSet(workflow, await importedSet(operator))) void one;
    },
    async "evaluation.remove"(client) {
      const set = await importedSet(operator);
      await client.removeEvaluationSet({
        params: { workflow, set },
        body: { reason: "A trial of the rule" },
      });
    },
    /** Whoever may refuse may refuse some change: which ones is the matter of the pairs. */
    async "change.refuse"(client) {
      const outcomes: string[] = [];
      for (const action of ["dial.loosen", "go.grant", "data.change"] as const) {
        await clear();
        const change = await asks[action](operator);
        outcomes.push(await code(client.refuseChange({ params: { change } })));
      }
      await clear();
      if (!outcomes.includes(DONE)) throw Object.assign(new Error("refused"), { code: outcomes[0] });
    },
    "feed.run": (client) => client.runFeed({ params: { ...params, feed: "inbox" } }),
    async "quarantine.settle"(client) {
      const externalId = `bad-${fresh()}`;
      await code(operator.submitCase({ params, body: { externalId, input: { nothing: 1 } } }));
      const { records } = await operator.listQuarantine({ params });
      await client.discardQuarantined({ params: { id: records[0]!.id } });
    },
    "delivery.replay": (client) => client.replayTarget({ params, body: { target: "results" } }),
    "feedback.give": (client) =>
      client.giveFeedback({
        params: { case: place.caseId },
        body: { reason: "wrong_class", text: "A trial" },
      }),
    "improvement.manage": (client) =>
      client.settleImprovement({ params: { improvement: place.improvement }, body: { state: "planned" } }),
    "figures.team": (client) => client.getReviewFigures({ params, query: { days: "30" } }),
    "figures.individual": (client) =>
      client.getReviewFigures({ params, query: { days: "30", individuals: "true" } }),
    "works_council.record": (client) =>
      client.recordWorksAgreement({ params, body: { state: "none_exists" } }),
    "pulse.answer": (client) => client.answerPulse({ params, body: { helps: 4, trust: 4 } }),
    "audit.read": (client) => client.listAuditEvents({ params: { case: place.caseId } }),
    "people.see": (client) => client.listPeople({ query: { workflow } }),
    "people.staff": (client) =>
      client.invitePerson({
        body: { email: `new-${fresh()}@example.com`, name: "New", grants: [{ role: "viewer", workflow }] },
      }),
    "people.manage": (client) =>
      client.disablePerson({ params: { person: place.dummy }, body: { disabled: true } }),
    "key.manage": (client) =>
      client.makeKey({ body: { name: `trial ${fresh()}`, scopes: ["read"], workflow, days: 1 } }),
    "connection.manage": (client) =>
      client.saveConnection({
        params: { name: "trial" },
        body: { settings: { kind: "scripted", script: { rules: [], otherwise: { text: "" } } } },
      }),
    "connection.spend_more": async (client) => {
      const name = `spends-${fresh()}`;
      const settings = { kind: "scripted", script: { rules: [], otherwise: { text: "" } } };
      await operator.saveConnection({ params: { name }, body: { settings } });
      await operator.setBudget({ params: { name }, body: { budget: { perMonth: 1 } } });
      return client.setBudget({ params: { name }, body: { budget: { perMonth: 2 } } });
    },
    "clock.move": (client) => client.advanceClock({ body: { milliseconds: 1 } }),
  };

  const trials: Trials = {
    workflow,
    elsewhere: "elsewhere",
    async alone(action, client) {
      if (isPaired(action)) {
        const asked = await trials.ask(action, client);
        await clear();
        return "change" in asked ? "asked" : asked.refused;
      }
      return code(acts[action](client));
    },
    async ask(action, client) {
      await clear();
      return asks[action as Paired](client).then(
        (change) => ({ change }),
        (error: { code?: string; message: string }) => ({ refused: error.code ?? error.message }),
      );
    },
    approve: (change, client) =>
      code(
        change.startsWith("pch_")
          ? client.approvePolicyChange({ params: { change } })
          : client.approveChange({ params: { change } }),
      ),
  };
  return trials;
}

export function isPaired(action: Action): action is Paired {
  return (PAIRED as readonly Action[]).includes(action);
}

const DRILL = { name: "drill", group: "readiness", proof: "The fallback was rehearsed" };

const documentOf = (workflow: string, criteria = [DRILL]) =>
  workflowDocument({
    workflow,
    cold: { share: 0.4 },
    criteria,
    feeds: [
      { name: "inbox", kind: "folder", path: "in", format: "csv", encoding: "detect", schedule: 86_400_000 },
    ],
  });

async function prepare(world: World): Promise<Place_> {
  const { operator, other, database } = world;
  const workflow = "tickets";
  const release = await launch({ client: operator }, { workflow: documentOf(workflow), share: 0 });
  await launch(
    { client: operator },
    { workflow: { workflow: "elsewhere" }, release: { workflow: "elsewhere" }, script: null, share: 0 },
  );
  const params = { workflow };
  await operator.waive({ params, body: { item: "go", reason: "Raises need a go", days: 400 } });
  const { changes } = await operator.listChanges({ params });
  await other.approveChange({ params: { change: changes[0]!.id } });
  const { caseId } = await operator.submitCase({
    params,
    body: { externalId: "read-me", input: { text: "x" } },
  });
  await operator.report({ params, body: { kind: "invented", caseId, text: "A trial" } });
  const { improvements } = await operator.listImprovements({ params });
  const certificate = await insertCertificate(database, workflow, release);
  await insertCalls(database, workflow);
  const dummy = (
    await operator.invitePerson({
      body: { email: "dummy@example.com", name: "Dummy", grants: [{ role: "viewer", workflow }] },
    })
  ).person.id;
  return { workflow, release, caseId, certificate, improvement: improvements[0]!.id, dummy };
}

async function insertCalls(database: Database, workflow: string): Promise<void> {
  const at = "2026-01-05T08:00:00Z";
  await database.run(sql`
    insert into model_call (id, key, workflow, connection, model_asked, streamed, mode, started_at, milliseconds, outcome, status, tries)
    values ('mcl_trial_workflow', 'key_trial', ${workflow}, null, ${workflow}, false, 'buffered', ${at}, 1, 'answered', 200, 0),
      ('mcl_trial_connection', 'key_trial', null, 'house', 'house/small', false, 'buffered', ${at}, 1, 'answered', 200, 0)`);
}

/** A certificate of a look that nobody made: what is tried is only who may suspend it. */
async function insertCertificate(database: Database, workflow: string, release: string): Promise<string> {
  const at = "2026-01-05T08:00:00Z";
  await database.run(sql`
    insert into certification (id, workflow, release, step, source, per, simulated, look, spent, target, confidence, delta, evidence, counted, left_out, result, person, at)
    values ('look_trial', ${workflow}, ${release}, 0, 'labels', 'all', true, 1, true, 0.05, 0.95, 0.05,
      '{"labels": 100, "accepted": 50, "errors": 0, "groups": []}', '{}', '{}', 'certified', 'trial', ${at})`);
  await database.run(sql`
    insert into certificate (id, certification, workflow, release, step, per, threshold, coverage, bound, target, confidence, simulated, certified_at, expires_at)
    values ('cert_trial', 'look_trial', ${workflow}, ${release}, 0, 'all', 0.9, 0.5, 0.04, 0.05, 0.95, true, ${at}, '2126-01-05T08:00:00Z')`);
  return "cert_trial";
}

export interface Cell {
  action: Action;
  role: Role | "nobody" | "no role";
  place: Place | null;
  expected: boolean;
  happened: boolean;
  outcome: string;
}

export interface PairCell {
  action: Action;
  asks: Role;
  approves: Role;
  expected: boolean;
  happened: boolean;
  outcome: string;
}

/** What the table says: whether somebody with this one role, given there, may do it or ask for it. */
function says(rules: Rules, action: Action, role: Role, place: Place): boolean {
  const { alone, pair, whole } = rules[action];
  if (place === "elsewhere" || (whole && place !== "installation")) return false;
  return alone.includes(role) || (pair ?? []).some((group) => group.includes(role));
}

/** Each action by each role in each place, by somebody without a role, and by nobody. */
export async function tryAlone(
  world: World,
  trials: Trials,
  rules: Rules,
  actions: readonly Action[] = EVERY_ACTION,
  placesFor: (role: Role) => readonly Place[] = placesOf,
): Promise<Cell[]> {
  const cells: Cell[] = [];
  const stranger = openClient({ url: world.url });
  const noRole = await world.person("no-role@example.com", []);
  const people: { role: Role; place: Place; client: Client }[] = [];
  for (const role of EVERY_ROLE)
    for (const place of placesFor(role))
      people.push({
        role,
        place,
        client: await world.person(`${role}-${place}@example.com`, [
          {
            role,
            workflow:
              place === "workflow" ? trials.workflow : place === "elsewhere" ? trials.elsewhere : null,
          },
        ]),
      });
  for (const action of actions) {
    for (const { role, place, client } of people) {
      const outcome = await trials.alone(action, client);
      const happened = !isRefusal(outcome);
      cells.push({ action, role, place, expected: says(rules, action, role, place), happened, outcome });
    }
    for (const [role, client] of [
      ["no role", noRole],
      ["nobody", stranger],
    ] as const) {
      const outcome = await trials.alone(action, client);
      cells.push({ action, role, place: null, expected: false, happened: !isRefusal(outcome), outcome });
    }
  }
  return cells;
}

/** An administrator is one of the installation and of nothing less. */
function placesOf(role: Role): Place[] {
  return role === "administrator" ? ["installation"] : ["workflow", "installation", "elsewhere"];
}

/** What takes two: by every role, approved by every role of another person. */
export async function tryPairs(
  world: World,
  trials: Trials,
  rules: Rules,
  actions: readonly Action[] = PAIRED,
): Promise<PairCell[]> {
  const cells: PairCell[] = [];
  const of = async (who: string, whole: boolean) =>
    Object.fromEntries(
      await Promise.all(
        EVERY_ROLE.map(async (role) => [
          role,
          await world.person(`${who}-${role}@example.com`, [
            { role, workflow: whole || role === "administrator" ? null : trials.workflow },
          ]),
        ]),
      ),
    ) as Record<Role, Client>;
  const inWorkflow = { askers: await of("asks", false), approvers: await of("approves", false) };
  const forAll = { askers: await of("asks-for-all", true), approvers: await of("approves-for-all", true) };
  for (const action of actions)
    for (const asks of EVERY_ROLE)
      for (const approves of EVERY_ROLE) {
        const { askers, approvers } = rules[action].whole ? forAll : inWorkflow;
        const asked = await trials.ask(action, askers[asks]);
        const outcome =
          "change" in asked ? await trials.approve(asked.change, approvers[approves]) : asked.refused;
        cells.push({
          action,
          asks,
          approves,
          expected: isPair(rules, action, asks, approves),
          happened: outcome === DONE,
          outcome,
        });
      }
  return cells;
}

function isPair(rules: Rules, action: Action, one: Role, other: Role): boolean {
  const { pair } = rules[action];
  if (!pair) return false;
  const [left, right] = pair;
  return (left.includes(one) && right.includes(other)) || (right.includes(one) && left.includes(other));
}

/** The second person who is the first, though they have both roles: signed in, and from the machine under the same name. */
export async function trySamePerson(
  world: World,
  trials: Trials,
  rules: Rules,
): Promise<{ action: Action; by: string; refused: boolean; outcome: string }[]> {
  const found: { action: Action; by: string; refused: boolean; outcome: string }[] = [];
  for (const action of PAIRED) {
    const { pair, whole } = rules[action];
    const [left, right] = pair!;
    const email = `both-${action.replace(".", "-")}@example.com`;
    const both = await world.person(
      email,
      [...new Set([...left, ...right])].map((role) => ({ role, workflow: whole ? null : trials.workflow })),
    );
    for (const [by, client] of [
      ["the same session", both],
      ["the machine, under the same name", world.as(email)],
      ["the machine, under the name in capitals", world.as(` ${email.toUpperCase()} `)],
    ] as const) {
      const asked = await trials.ask(action, both);
      const outcome = "change" in asked ? await trials.approve(asked.change, client) : asked.refused;
      found.push({ action, by, refused: outcome === "second_person_needed", outcome });
    }
  }
  return found;
}

/** Where table and server differ, in words. */
export function differences(cells: readonly Cell[], pairs: readonly PairCell[]): string[] {
  const verb = (allowed: boolean) => (allowed ? "may" : "may not");
  return [
    ...cells
      .filter((one) => one.expected !== one.happened)
      .map(
        (one) =>
          `${one.role}${one.place ? ` of the ${one.place}` : ""} ${verb(one.expected)} ${one.action} by the table, and the server answered ${one.outcome}`,
      ),
    ...pairs
      .filter((one) => one.expected !== one.happened)
      .map(
        (one) =>
          `${one.asks} with ${one.approves} ${verb(one.expected)} ${one.action} by the table, and the server answered ${one.outcome}`,
      ),
  ];
}

/** What happened, as a table: one line an action, one column a role. */
export function resultTable(cells: readonly Cell[]): string {
  const shown = EVERY_ROLE.filter((role) => cells.some((one) => one.role === role));
  const mark = (action: Action, role: Role) => {
    const own = cells.filter((one) => one.action === action && one.role === role);
    const at = (place: Place) => own.find((one) => one.place === place)?.happened ?? false;
    if (!at("installation")) return "-";
    const whole = at("workflow") || role === "administrator" ? "" : "*";
    return `${isPaired(action) ? "pair" : "yes"}${whole}`;
  };
  const width = Math.max(...cells.map((one) => one.action.length));
  const columns = shown.map((role) => Math.max(role.length, 5));
  const line = (first: string, rest: string[]) =>
    `${first.padEnd(width)}  ${rest.map((text, i) => text.padEnd(columns[i]!)).join("  ")}`.trimEnd();
  const actions = [...new Set(cells.map((one) => one.action))];
  return [
    line("", [...shown]),
    ...actions.map((action) =>
      line(
        action,
        shown.map((role) => mark(action, role)),
      ),
    ),
    "pair: with a second person; *: only where the role was given for the whole installation",
  ].join("\n");
}
