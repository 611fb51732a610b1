/**
 * Collecting an evaluation set from the cases of the workflow: of each the input as a model may see it, and its label.
 *
 * The data policy of the release and the blocked fields of the workflow are applied before anything is kept, so that a set
 * holds nothing that no model may see; of the answer the fields that are suggestions stay behind, because nothing is
 * compared with them. Each item knows its case and goes with it. Which cases, and what they prove, is in collect-choice.ts.
 */
import { openEach, type Opened } from "../cases/content.ts";
import type { ReleaseView, WorkflowView } from "../cases/workflow/registry.ts";
import { PilotageError } from "../contract/errors.ts";
import type { CaseSource, SetKind } from "../contract/evaluation-set-endpoints.ts";
import { isJsonObject, type JsonObject } from "../contract/json.ts";
import type { Actor } from "../contract/scopes.ts";
import { ATTACHMENTS } from "../definition/policy.ts";
import { removeAt, valueAt } from "../definition/path.ts";
import { compileExpressions, type Rules } from "../definition/rules.ts";
import { seenOf } from "../cases/model/call.ts";
import {
  bentBy,
  chooseCases,
  facetIn,
  type FacetEquals,
  leftOutTold,
  type JudgedCase,
  type LeftOutBy,
} from "./collect-choice.ts";
import { judgedCases } from "./collect-store.ts";
import { truthOf, type Item } from "./evaluation-item.ts";
import type { SetRow } from "./evaluation-set.ts";
import { makeSet, type ItemWriter, type Made, type SetParts } from "./evaluation-writer.ts";
import { classesOf } from "./taxonomy.ts";

export interface CollectRequest {
  workflow: string;
  name: string;
  /** Without a word: sealed for labels of coins, else for development. */
  kind: SetKind | undefined;
  from: CaseSource;
  /** Facets and expressions; all must hold. */
  where: readonly string[];
  since: number | undefined;
  until: number | undefined;
  most: number;
  perClass: number | undefined;
  simulated: boolean;
  by: Actor;
  tell(line: { read: number; of: number }): void;
  /** Throws when the process stops. */
  goOn(): void;
}

const GROUP = 100;
const DAY = 86_400_000;
/** Content of cases in a set is kept for a year. */
const KEPT_DAYS = 365;

/** Whether a condition looks into content: it takes the right to read it. */
export function looksIntoContent(where: readonly string[]): boolean {
  return expressionsIn(where).length > 0;
}

function facetsIn(where: readonly string[]): FacetEquals[] {
  return where.flatMap((one) => facetIn(one) ?? []);
}

function expressionsIn(where: readonly string[]): string[] {
  return where.filter((one) => facetIn(one) === undefined);
}

/** Collects a new version of a set. Throws when not one case fits, and for an expression that cannot be used. */
export async function collectSet(
  parts: SetParts,
  request: CollectRequest,
): Promise<{ set: SetRow; dropped: string[] }> {
  const { workflow, name, from, by } = request;
  const view = await parts.registry.workflow(parts.database, workflow);
  const release = await parts.registry.reference(parts.database, view.row);
  demandFacets(facetsIn(request.where), release);
  const collecting = new Collecting(parts, { request, view, release, rules: rulesOf(request, release) });
  const set = await makeSet(
    parts,
    {
      workflow,
      name,
      by,
      release,
      kind: request.kind ?? (from === "coins" ? "sealed" : "development"),
      source: from,
      origin: `cases of ${workflow}`,
      event: { kind: "evaluation.collected" },
      keepUntil: parts.clock.now() + KEPT_DAYS * DAY,
      empty: nothingFits(request),
    },
    (writer) => collecting.write(writer),
  );
  return { set, dropped: [...collecting.dropped].slice(0, 100) };
}

function rulesOf({ where }: CollectRequest, release: ReleaseView): Rules {
  try {
    return compileExpressions(expressionsIn(where), release.document);
  } catch (error) {
    if (!(error instanceof PilotageError)) throw error;
    throw new PilotageError("bad_request", `${error.message} Nothing was collected.`, {
      hint: "Write output.category=billing for a facet, or an expression such as input.amount > 1000.",
    });
  }
}

/** Only what stands in clear anyway may be asked for without the right to read content. */
function demandFacets(asked: FacetEquals[], { document }: ReleaseView): void {
  for (const { side, path } of asked)
    if (!document.facets[side].includes(path))
      throw new PilotageError(
        "bad_request",
        `${side}.${path} is no facet of the release. Nothing was collected.`,
        {
          hint: `It has ${[...document.facets.input.map((one) => `input.${one}`), ...document.facets.output.map((one) => `output.${one}`)].join(", ") || "none"}; an expression such as ${side}.${path} == 'x' looks into content.`,
        },
      );
}

function nothingFits({ workflow, from, simulated }: CollectRequest): PilotageError {
  return new PilotageError(
    "wrong_state",
    `No case of ${workflow} fits: of ${from} there is none with an answer that would have been right. Nothing was collected.`,
    {
      hint: `\`pilotage case list ${workflow}\` shows what was judged${simulated ? "" : "; labels of programs that play a person count only with --simulated"}.`,
    },
  );
}

interface Basis {
  request: CollectRequest;
  view: WorkflowView;
  release: ReleaseView;
  rules: Rules;
}

/** One collection under way: what it counted so far. */
class Collecting {
  /** Fields of inputs that the data policy keeps back. */
  readonly dropped = new Set<string>();
  readonly #parts: SetParts;
  readonly #basis: Basis;
  readonly #leftOut: Partial<Record<LeftOutBy, number>> = {};
  readonly #ofClass = new Map<string, number>();
  #simulated = false;

  constructor(parts: SetParts, basis: Basis) {
    this.#parts = parts;
    this.#basis = basis;
  }

  async write(writer: ItemWriter): Promise<Made> {
    const { request, view, release } = this.#basis;
    const { from, where, since, until, most, perClass, simulated, workflow } = request;
    const filesAllowed =
      release.document.policy[ATTACHMENTS] === "allow" && !view.document.blockFields.includes(ATTACHMENTS);
    const facets = facetsIn(where).filter(({ side }) => side === "input");
    const wanted = { workflow, from, since, until, facets, simulated, filesAllowed };
    const { cases, leftOut } = chooseCases(await judgedCases(this.#parts.database, wanted), from);
    Object.assign(this.#leftOut, leftOut);
    for (let at = 0; at < cases.length && writer.items < most; at += GROUP) {
      request.goOn();
      await this.#addGroup(writer, cases.slice(at, at + GROUP));
      request.tell({ read: Math.min(at + GROUP, cases.length), of: cases.length });
    }
    const bent = bentBy({
      from,
      filtered: where.length > 0,
      perClass: perClass !== undefined,
      simulated: this.#simulated,
      items: writer.items,
      duplicates: writer.duplicates,
      leftOut: this.#leftOut,
    });
    // An expression may hold words of a case: only how many there were is on record.
    const told = { from, conditions: where.length };
    return { refused: 0, leftOut: leftOutTold(this.#leftOut), bentBy: bent, told };
  }

  async #addGroup(writer: ItemWriter, cases: JudgedCase[]): Promise<void> {
    const { database, vault } = this.#parts;
    const kinds = cases.flatMap(({ label }) => (label === null ? [] : [`label.${label}`]));
    const opened = await openEach(
      database,
      vault,
      cases.map(({ id }) => id),
      ["input", ...kinds],
    );
    for (const one of cases) {
      if (writer.items >= this.#basis.request.most) return;
      const item = this.#itemOf(one, opened.get(one.id));
      if (typeof item === "string") {
        this.#leftOut[item] = (this.#leftOut[item] ?? 0) + 1;
        continue;
      }
      const { label, source, probability } = one;
      const origin = { caseId: one.id, label: label!, source: source!, probability };
      if (!(await writer.add(item, origin))) continue;
      const klass = this.#classOf(item.truth);
      this.#ofClass.set(klass, (this.#ofClass.get(klass) ?? 0) + 1);
      this.#simulated ||= one.simulated;
    }
  }

  /** The item that a case makes, or why it makes none. */
  #itemOf({ label, withFiles }: JudgedCase, opened: Opened | undefined): Item | LeftOutBy {
    const { request, view, release, rules } = this.#basis;
    const input = opened?.ok ? opened.content.get("input") : undefined;
    if (!opened?.ok || !isJsonObject(input)) return "erased";
    const answer = label === null ? undefined : opened.content.get(`label.${label}`);
    if (!isJsonObject(answer)) return "answer";
    const read = truthOf(release, withoutSuggestions(answer, release));
    if (!read.ok) return "classes";
    // One that cannot be evaluated, for a field that is not there, does not hold.
    if (rules.review(input, answer).matched.length < expressionsIn(request.where).length) return "where";
    if (!labelledSo(read.truth, facetsIn(request.where))) return "where";
    if (withFiles) return "files";
    const { allowed, dropped, refused } = seenOf(this.#parts, { release, workflow: view, input });
    // What may go to no model is no question for one.
    if (refused.length > 0) return "unseen";
    for (const field of dropped) this.dropped.add(`input.${field}`);
    if (Object.keys(allowed).length === 0) return "unseen";
    const enough = request.perClass ?? Infinity;
    if ((this.#ofClass.get(this.#classOf(read.truth)) ?? 0) >= enough) return "perClass";
    return { input: allowed, truth: read.truth };
  }

  /** By the first field that has classes. */
  #classOf(truth: JsonObject): string {
    const [field] = Object.keys(classesOf(this.#basis.release.document));
    return field === undefined ? "" : JSON.stringify(valueAt(truth, field) ?? null);
  }
}

/** A facet of the output is that of the label: what a model said of the case is not what it is about. */
function labelledSo(truth: JsonObject, facets: FacetEquals[]): boolean {
  return facets.every(({ side, path, value }) => {
    const labelled = valueAt(truth, path);
    return side === "input" || (typeof labelled === "string" ? labelled : JSON.stringify(labelled)) === value;
  });
}

function withoutSuggestions(answer: JsonObject, { document }: ReleaseView): JsonObject {
  const copy = structuredClone(answer);
  for (const path of document.suggestions) removeAt(copy, path);
  return copy;
}
