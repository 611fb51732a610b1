/**
 * Lists that must agree, compared both ways: codes and pages, states and constraints, endpoints and routes and OpenAPI,
 * event kinds and their use. Each comparison has a twin with one planted difference. Exceptions are named with a reason.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import {
  certificateReply,
  certificationReply,
  CERTIFICATION_SOURCES,
} from "../src/contract/certificate-endpoints.ts";
import { ruleRows } from "../src/access/rules-page.ts";
import { CAUSES } from "../src/cases/decision/urgency.ts";
import { FINDERS } from "../src/cases/model/model-change.ts";
import { COMMON_ERRORS, type Endpoint } from "../src/contract/endpoint.ts";
import { ENDPOINTS } from "../src/contract/endpoints.ts";
import * as evaluation from "../src/contract/evaluation-endpoints.ts";
import * as evaluationSets from "../src/contract/evaluation-set-endpoints.ts";
import { ERRORS, type ErrorBody } from "../src/contract/errors.ts";
import { EVENTS } from "../src/contract/events.ts";
import { CALL_OUTCOMES } from "../src/contract/gateway-endpoints.ts";
import { SIGNED, SIGNED_AS, VERDICTS } from "../src/contract/gate.ts";
import * as feedback from "../src/contract/feedback-endpoints.ts";
import { CANARY_OUTCOMES, MODEL_CHANGES } from "../src/contract/model-endpoints.ts";
import { POLICY_CHANGE_STATES } from "../src/contract/policy-change.ts";
import { QUARANTINE_REASONS } from "../src/contract/quarantine.ts";
import { TURNS } from "../src/contract/review-endpoints.ts";
import { SCOPES } from "../src/contract/scopes.ts";
import * as schemas from "../src/contract/schemas.ts";
import { SHADOW_STATES } from "../src/contract/shadow.ts";
import * as states from "../src/contract/states.ts";
import { openApiDocument } from "../src/http/openapi.ts";
import { calibrationReply, previewReply } from "../src/contract/quality-endpoints.ts";
import { MOVES, RECALL_STATES, ROLLOUT_STATES } from "../src/contract/rollout.ts";
import { PERIODS } from "../src/models/limits.ts";
import { SETTINGS } from "../src/platform/settings.ts";
import { sql } from "../src/platform/sql.ts";
import { COUNCIL_STATES } from "../src/reviews/works-council.ts";
import { agree, tableOf } from "./support/agreement.ts";
import { openFreshDatabase } from "./support/database.ts";
import { operations, problemsOf, type OpenApi } from "./support/openapi.ts";
import { install, launch } from "./support/installation.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const text = (path: string) => readFileSync(`${ROOT}${path}`, "utf8");
const page = (name: string) => () => text(`docs/reference/${name}.md`);
/** The page without the first row of its table. */
const withoutFirstRow = (markdown: string) => markdown.replace(/(\n\| -[^\n]*\n)[^\n]*\n/, "$1");
const rows = (markdown: string) => tableOf(markdown).map((cells) => cells.join(" | "));

/** Every source file of the program, without its tests. */
const SOURCES = readdirSync(`${ROOT}src`, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts") && !/\.(test|fixture|testdata)\.ts$/.test(name))
  .map((name) => ({ name, text: text(`src/${name}`) }));
const sourceOf = (name: string) => SOURCES.find((one) => one.name === name)!.text;

describe("reference pages", () => {
  agree({
    title: "error codes and docs/reference/errors.md",
    source: page("errors"),
    listed: (markdown) =>
      tableOf(markdown).map(([code, status, again, meaning]) => [code, status, again, meaning].join(" | ")),
    known: () =>
      Object.entries(ERRORS).map(([code, { status, retry, meaning }]) =>
        [code, status, retry ? "yes" : "no", meaning].join(" | "),
      ),
    plant: withoutFirstRow,
  });

  agree({
    title: "settings and docs/reference/settings.md",
    source: page("settings"),
    listed: rows,
    known: () =>
      Object.entries(SETTINGS).map(([name, setting]) =>
        [name, setting.fallback ?? "none", "secret" in setting ? "yes" : "no", setting.sentence].join(" | "),
      ),
    plant: (markdown) => markdown.replace("| `4700` ", "| `4701` "),
  });

  agree({
    title: "audit event kinds and docs/reference/events.md",
    source: page("events"),
    listed: rows,
    known: () => Object.entries(EVENTS).map(([kind, meaning]) => `${kind} | ${meaning}`),
    plant: withoutFirstRow,
  });

  agree({
    title: "quarantine reasons and docs/reference/quarantine.md",
    source: page("quarantine"),
    listed: rows,
    known: () =>
      Object.entries(QUARANTINE_REASONS).map(
        ([code, { meaning, en, de, help }]) => `${code} | ${meaning} | ${en} ${help.en} | ${de} ${help.de}`,
      ),
    plant: (markdown) => markdown.replace("`too_deep`", "`too_flat`"),
  });

  agree({
    title: "rules of who may do what and docs/reference/rules.md",
    source: page("rules"),
    listed: rows,
    known: () => ruleRows().map((cells) => cells.join(" | ")),
    plant: (markdown) => markdown.replace("| owner, on-call", "| owner, viewer "),
  });

  agree({
    title: "scopes and docs/reference/scopes.md",
    source: page("scopes"),
    listed: rows,
    known: () => Object.entries(SCOPES).map(([scope, meaning]) => `${scope} | ${meaning}`),
    plant: withoutFirstRow,
  });

  test("every error says what to do", () => {
    for (const [code, , , , help] of tableOf(page("errors")()))
      expect(help?.length, code).toBeGreaterThan(20);
  });
});

describe("words and their use in the program", () => {
  /** The words of a list that stand as literals in files other than its own. */
  const used = (words: readonly string[], home: string) => (files: typeof SOURCES) =>
    words.filter((word) => files.some((file) => file.name !== home && file.text.includes(`"${word}"`)));
  const withoutLiteral = (word: string) => (files: typeof SOURCES) =>
    files.map((file) => ({ ...file, text: file.text.replaceAll(`"${word}"`, '""') }));

  agree({
    title: "audit event kinds and the program that records them",
    source: () => SOURCES,
    listed: used(Object.keys(EVENTS), "contract/events.ts"),
    known: () => Object.keys(EVENTS),
    plant: withoutLiteral("case.admitted"),
  });

  agree({
    title: "kinds recorded and audit event kinds",
    source: () => SOURCES,
    listed: (files) =>
      files.flatMap((file) =>
        [...file.text.matchAll(/\bkind: "([a-z_]+\.[a-z_]+)"/g)].map((match) => match[1]!),
      ),
    known: () => Object.keys(EVENTS),
    except: {
      "delivery.sent": "chosen by a condition over the outcome",
      "delivery.failed": "chosen by a condition over the outcome",
      "delivery.dead": "chosen by a condition over the outcome",
      "breaker.opened": "chosen by where the breaker moved",
      "breaker.closed": "chosen by where the breaker moved",
      "person.disabled": "chosen by which of the two was asked for",
      "person.enabled": "chosen by which of the two was asked for",
      "setting.refused": "chosen by the second person's answer",
      "setting.requested": "chosen by whether a second person is needed",
    },
    plant: (files) => [...files, { name: "planted.ts", text: 'record({ kind: "case.planted" })' }],
  });

  agree({
    title: "error codes and the program that throws them",
    source: () => SOURCES,
    listed: used(Object.keys(ERRORS), "contract/errors.ts"),
    known: () => Object.keys(ERRORS),
    plant: withoutLiteral("lease_lost"),
  });

  agree({
    title: "quarantine reasons and the checks that give them",
    source: () => SOURCES,
    listed: used(Object.keys(QUARANTINE_REASONS), "contract/quarantine.ts"),
    known: () => Object.keys(QUARANTINE_REASONS),
    plant: withoutLiteral("too_deep"),
  });

  agree({
    title: "decision reasons and the decision",
    source: () => sourceOf("cases/decision/decide.ts") + sourceOf("cases/decision/recheck.ts"),
    listed: (source) => [
      ...[...source.matchAll(/code: "(\w+)"/g)].map((match) => match[1]!),
      ...(/because: ((?:"\w+"(?: \| )?)+)/.exec(source)?.[1]?.matchAll(/"(\w+)"/g) ?? []).map(
        (match) => match[1]!,
      ),
    ],
    known: () => Object.keys(states.REASONS),
    except: { routine: "only shown, in place of what would tell a coin (cases/decision/shown.ts)" },
    plant: (source) => source.replace('code: "qa"', 'code: "luck"'),
  });

  agree({
    title: "scopes and endpoints",
    source: () => Object.values<Endpoint>(ENDPOINTS).flatMap((endpoint) => endpoint.scope ?? []),
    listed: (scopes) => scopes,
    known: () => Object.keys(SCOPES),
    except: {
      gateway: "for the OpenAI-compatible endpoint, which speaks another wire (http/gateway.ts)",
      "draft:read": "the same, for whose users are reviewers",
    },
    plant: (scopes) => scopes.filter((scope) => scope !== "review"),
  });
});

describe("states and the database", async () => {
  const { database } = await openFreshDatabase();
  /** `table.column` and the words that its check constraint takes, for every such constraint in the database. */
  const constraints = async () => {
    const found = await database.all<{ place: string; definition: string }>(sql`
      select c.relname || '.' || a.attname as place, pg_get_constraintdef(k.oid) as definition
      from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
      where k.contype = 'c' and array_length(k.conkey, 1) = 1 and not c.relispartition and c.relnamespace = 'public'::regnamespace`);
    return new Map(
      found
        .filter((one) => one.definition.includes("ANY (ARRAY["))
        .map((one) => [
          one.place,
          [...one.definition.matchAll(/'([^']+)'::text/g)].map((match) => match[1]!),
        ]),
    );
  };
  const enumOf = (schema: z.ZodEnum) => schema.options as readonly string[];
  /** The words of a union of literals, e.g. `type Door = "http" | "batch"`, read from the source: types leave nothing else. */
  const union = (file: string, name: string) => {
    const words = String.raw`((?:"\w+"(?: \| )?)+)`;
    const found = new RegExp(String.raw`(?:\b${name}\??: |type ${name} = )${words}`).exec(sourceOf(file));
    return [...(found?.[1] ?? "").matchAll(/"(\w+)"/g)].map((match) => match[1]!);
  };
  const doors = union("cases/intake/admit.ts", "Door");
  const verdicts = Object.keys(states.VERDICTS);
  const known: Record<string, readonly string[]> = {
    "case_.state": Object.keys(states.CASE_STATES),
    "case_.arm": Object.keys(states.ARMS),
    "case_.door": doors,
    "case_.verdict": ["auto", ...verdicts],
    "thread_arm.arm": Object.keys(states.ARMS),
    "attempt.state": Object.keys(states.ATTEMPT_STATES),
    "attempt.purpose": union("cases/model/next-call.ts", "Purpose"),
    "decision.outcome": union("cases/decision/decide.ts", "outcome"),
    "review.state": Object.keys(states.REVIEW_STATES),
    "review.verdict": verdicts,
    "review.turn": [...Object.keys(TURNS), "blind"],
    "review.came_back": ["answer", "no_answer", "snooze", "refused"],
    "review.cause": CAUSES,
    "review_note.kind": union("reviews/notes.ts", "NoteKind"),
    "correction.state": ["made", "undone"],
    "correction_proposal.state": union("reviews/proposal-store.ts", "ProposalState"),
    "correction.before_state": ["delivered", "failed_delivery"],
    "bulk.state": union("reviews/bulk.ts", "state"),
    "label.source": states.LABEL_SOURCES,
    "delivery.state": Object.keys(states.DELIVERY_STATES),
    "quarantine.state": enumOf(ENDPOINTS.listQuarantine.query.shape.state.unwrap()),
    "quarantine.door": doors,
    "certification.source": Object.keys(CERTIFICATION_SOURCES),
    "certification.per": enumOf(certificateReply.shape.per),
    "certification.result": enumOf(certificationReply.shape.result),
    "certificate.per": enumOf(certificateReply.shape.per),
    "calibration.source": enumOf(calibrationReply.shape.from),
    "calibration.method": enumOf(calibrationReply.shape.method),
    "label_opening.source": enumOf(previewReply.shape.from),
    "label_opening.per": enumOf(certificateReply.shape.per),
    "release.state": enumOf(schemas.releaseReply.shape.state),
    "workflow_setting_change.state": enumOf(schemas.changeReply.shape.state),
    "shadow_run.state": SHADOW_STATES,
    "improvement.kind": Object.keys(feedback.REPORT_KINDS),
    "improvement.state": Object.keys(feedback.IMPROVEMENT_STATES),
    "improvement.urgency": union("reviews/feedback/store.ts", "Urgency"),
    "report.door": union("reviews/feedback/store.ts", "Door"),
    "works_council.state": COUNCIL_STATES,
    "planted.state": union("reviews/planted-store.ts", "state"),
    "planted.verdict": verdicts,
    "second_look.state": union("reviews/blind-store.ts", "LookState"),
    "notice.kind": union("reviews/notices.ts", "Notice"),
    "one_time_link.kind": union("access/links.ts", "LinkKind"),
    "role_grant.source": ["granted", "provider"],
    "evaluation_set.kind": Object.keys(evaluationSets.SET_KINDS),
    "evaluation_set.state": evaluationSets.SET_STATES,
    "evaluation_set.source": Object.keys(evaluationSets.SET_SOURCES),
    "evaluation_run.state": evaluation.RUN_STATES,
    "evaluation_score.state": evaluation.SCORE_STATES,
    "evaluation_repeat.state": evaluation.SCORE_STATES.filter((state) => state !== "left_out"),
    "evaluation_judgement.about": ["run", "person"],
    "breaker.state": union("models/breaker-board.ts", "to"),
    "spend_window.period": PERIODS,
    "rollout.state": Object.keys(ROLLOUT_STATES),
    "rollout_move.move": Object.keys(MOVES),
    "gate_verdict.verdict": Object.keys(VERDICTS),
    "gate_signature.signed_as": SIGNED_AS,
    "gate_signature.decision": SIGNED,
    "recalled_case.state": [...RECALL_STATES],
    "model_call.mode": union("gateway/record.ts", "Mode"),
    "model_call.outcome": Object.keys(CALL_OUTCOMES),
    "connection_hour.path": union("monitoring/connection-spend.ts", "SpendPath"),
    "policy_change.state": POLICY_CHANGE_STATES,
    "canary_run.outcome": CANARY_OUTCOMES,
    "canary_run.change": MODEL_CHANGES,
    "model_change.change": MODEL_CHANGES,
    "model_change.found_by": FINDERS,
  };

  agree({
    title: "states of the contract and check constraints",
    source: constraints,
    listed: (found) => [...found].flatMap(([place, words]) => words.map((word) => `${place} ${word}`)),
    known: () => Object.entries(known).flatMap(([place, words]) => words.map((word) => `${place} ${word}`)),
    plant: (found) =>
      new Map(
        [...found].map(([place, words]) => [
          place,
          place === "review.state" ? [...words, "forgotten"] : words,
        ]),
      ),
  });

  agree({
    title: "moves of the contract and case_moves() of the database",
    source: () => database.all<{ move: string }>(sql`select unnest(case_moves()) as move`),
    listed: (moves) => moves.map(({ move }) => move.replace(" ", " -> ")),
    known: () =>
      Object.entries(states.CASE_MOVES).flatMap(([from, to]) => to.map((one) => `${from} -> ${one}`)),
    plant: (moves) => [...moves, { move: "erased received" }],
  });

  test("nothing follows a final state by itself, and every state can be reached", () => {
    const reached = new Set(Object.values(states.CASE_MOVES).flat());
    expect(
      Object.keys(states.CASE_STATES).filter(
        (state) => state !== "received" && !reached.has(state as states.CaseState),
      ),
    ).toEqual([]);
    expect(states.CASE_MOVES.erased).toEqual([]);
  });
});

describe("endpoints, routes, handlers, OpenAPI", async () => {
  const installation = await install();
  const { app, url, key } = installation;
  const release = await launch(installation);
  const endpoints = Object.entries<Endpoint>(ENDPOINTS);
  const line = (method: string, path: string) => `${method.toUpperCase()} ${path}`;
  const toBraces = (path: string) => path.replaceAll(/:(\w+)/g, "{$1}");

  agree({
    title: "endpoints and the routes of the server",
    source: () => app.server!.fastify.printRoutes({ commonPrefix: false, includeHooks: false }),
    listed: routesOf,
    known: () => endpoints.map(([, endpoint]) => line(endpoint.method, endpoint.path)),
    except: {
      "GET *": "the console, for people, at every address that is not a program's",
      "GET /healthz": "liveness, for whoever starts the process",
      "GET /readyz": "readiness, for whoever sends it requests",
      "GET /metrics": "figures for Prometheus, in its own format",
    },
    plant: (printed) => printed.replace("/definition (PUT)", "/definition (POST)"),
  });

  agree({
    title: "endpoints and the OpenAPI document",
    source: openApi,
    listed: (document) => operations(document).map(({ method, path }) => line(method, path)),
    known: () => endpoints.map(([, endpoint]) => line(endpoint.method, toBraces(endpoint.path))),
    plant: ({ paths: { "/api/v1/keys": _, ...paths }, ...rest }) => ({ ...rest, paths }),
  });

  /** Calls endpoints with their examples; answers that are a fault, or an error that the endpoint does not declare. */
  async function oddAnswers(list: [string, Endpoint][]): Promise<string[]> {
    const odd: string[] = [];
    // A stream of news never ends by itself; test/overview.test.ts listens to it.
    for (const [name, endpoint] of list.filter(([, one]) => one.wire !== "sse")) {
      const params: Record<string, string> = {
        ...endpoint.example?.params,
        ...(endpoint.path.includes(":workflow") ? { workflow: "tickets" } : {}),
        ...(endpoint.path.includes(":release") ? { release } : {}),
      };
      const path = endpoint.path.replaceAll(/:(\w+)/g, (_, one: string) =>
        encodeURIComponent(params[one] ?? "none"),
      );
      const query = new URLSearchParams(endpoint.example?.query).toString();
      const hasBody = endpoint.method === "POST" || endpoint.method === "PUT";
      const type = endpoint.wire === "ndjson" ? "application/x-ndjson" : "application/json";
      const response = await fetch(`${url}${path}${query ? `?${query}` : ""}`, {
        method: endpoint.method,
        headers: {
          authorization: `Bearer ${key}`,
          "x-pilotage-as": "K.%20Test",
          ...(hasBody ? { "content-type": type } : {}),
        },
        ...(hasBody ? { body: JSON.stringify(endpoint.example?.body ?? {}) } : {}),
      });
      const body = await response.text();
      if (response.ok) {
        const stated =
          openApi().paths[endpoint.path.replaceAll(/:(\w+)/g, "{$1}")]?.[endpoint.method.toLowerCase()];
        if (!(String(response.status) in (stated?.responses ?? {})))
          odd.push(`${name} answered ${response.status}`);
        continue;
      }
      const { code } = (JSON.parse(body) as ErrorBody).error;
      const declared = [...COMMON_ERRORS, ...endpoint.errors].includes(code) && code !== "internal";
      if (!declared) odd.push(`${name} answered ${response.status} ${code}`);
    }
    return odd;
  }

  test("behind every endpoint stands a handler that answers with what it declares", async () => {
    expect(await oddAnswers(endpoints)).toEqual([]);
  });

  test("an error that an endpoint does not declare is noticed", async () => {
    const planted: Endpoint = { ...ENDPOINTS.getCase, errors: [] };
    expect(await oddAnswers([["getCase", planted]])).toEqual(["getCase answered 404 not_found"]);
  });

  test("the OpenAPI document is sound", () => {
    expect(problemsOf(openApi())).toEqual([]);
  });

  test("the OpenAPI document tells what is made from what was there", () => {
    const answers = (path: string) =>
      Object.keys(openApi().paths[path]!["post"]!.responses).filter((status) => status < "300");
    expect(answers("/api/v1/workflows/{workflow}/cases")).toEqual(["200", "201"]);
    expect(answers("/api/v1/keys")).toEqual(["201"]);
    expect(answers("/api/v1/clock/advance")).toEqual(["200"]);
  });

  test("a document with one fault is not", () => {
    const document = structuredClone(openApi());
    const operation = document.paths["/api/v1/cases/{case}"]!["get"]!;
    operation.parameters = [];
    expect(problemsOf(document)).toEqual(["getCase: the path names case, the parameters do not"]);
    operation.operationId = "listKeys";
    expect(problemsOf(document)).toContain("listKeys stands for two operations");
  });
});

function openApi(): OpenApi {
  return openApiDocument() as unknown as OpenApi;
}

/** `METHOD /path` from the server's own print of its routing tree. */
function routesOf(printed: string): string[] {
  const open: { depth: number; part: string }[] = [];
  return printed.split("\n").flatMap((one) => {
    const match = /^([│ ]*)[├└]── (\S*)(?: \(([^)]*)\))?$/.exec(one);
    if (!match) return [];
    const [, indent = "", part = "", methods = ""] = match;
    const depth = indent.length / 4;
    open.splice(depth);
    open.push({ depth, part });
    const path = open.map((level) => level.part).join("");
    // HEAD comes with GET.
    return methods
      .split(", ")
      .filter((method) => method !== "" && method !== "HEAD")
      .map((method) => `${method} ${path}`);
  });
}
