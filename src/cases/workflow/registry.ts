/**
 * Workflows and releases as the path of a case needs them: read from the database, compiled once, kept by digest.
 *
 * The row of a workflow (stable and candidate release, share, autonomy, rung, dials) is read anew whenever it decides
 * something; only what cannot change is cached. The dials in force win over what the applied file says.
 */
import { PilotageError } from "../../contract/errors.ts";
import { openScanner, type Scanner } from "../../definition/personal/scan.ts";
import { scans } from "../../definition/policy.ts";
import {
  releaseSchema,
  workflowSchema,
  type ReleaseDocument,
  type WorkflowDocument,
} from "../../definition/document.ts";
import {
  compilePrompt,
  compileVerifierPrompt,
  type Prompt,
  type VerifierPrompt,
} from "../../definition/prompt.ts";
import { compileRules, type Rules } from "../../definition/rules.ts";
import { compileSchema, type SchemaProblem } from "../../definition/schema.ts";
import type { JsonValue } from "../../contract/json.ts";
import type { Queryable, Tx } from "../../platform/database.ts";
import { raw, sql, type Sql } from "../../platform/sql.ts";
import { withDials, type DialValues } from "./dials.ts";

export interface WorkflowRow {
  name: string;
  digest: string;
  stable_release: string;
  candidate_release: string | null;
  candidate_share: number;
  /** All new cases of this team go to the candidate. */
  candidate_team: string | null;
  /** Answers the cases of the others, and nobody sees or uses what it says. */
  shadow_release: string | null;
  /** Null until the first release is ready. */
  reference_release: string | null;
  autonomy: number;
  rung: number;
  salt: string;
  dials: DialValues;
}

export interface WorkflowView {
  row: WorkflowRow;
  /** The applied document with the dials in force. */
  document: WorkflowDocument;
}

export interface ReleaseView {
  id: string;
  digest: string;
  document: ReleaseDocument;
  rules: Rules;
  prompt: Prompt | undefined;
  /** Asks whether an answer is right, where the release has its confidence from a verifier. */
  verifierPrompt: VerifierPrompt | undefined;
  /** Checks input; what came as texts alone, as from CSV, is read before (definition/coerce.ts). */
  checkInput(value: JsonValue): { value: JsonValue; problems: SchemaProblem[] };
  checkOutput(value: JsonValue): SchemaProblem[];
  /** Finds identifiers in texts, where the data policy has fields that are looked through. */
  scanner: Scanner | undefined;
}

export interface Registry {
  /** The workflow as it stands in this transaction; `lock` holds the row so that no share changes under a draw. */
  workflow(database: Queryable, name: string, lock?: boolean): Promise<WorkflowView>;
  workflows(database: Queryable): Promise<WorkflowView[]>;
  release(database: Queryable, id: string): Promise<ReleaseView>;
  /** The release whose schemas describe the workflow's cases now: the one that last got a share, before any did the first that was ready. */
  reference(database: Queryable, row: WorkflowRow): Promise<ReleaseView>;
}

/**
 * Before the first change to a workflow's row in a transaction. Each admission and each settlement shares a lock of that row,
 * and under load they overlap without end: only for the lock of the table do they queue behind a change.
 */
export async function lockForChange(tx: Tx): Promise<void> {
  await tx.run(sql`lock table workflow in exclusive mode`);
}

/** The workflow, held so that nothing about it changes before this transaction ends. */
export async function lockWorkflow(tx: Tx, registry: Registry, name: string): Promise<WorkflowView> {
  await lockForChange(tx);
  await tx.run(sql`select 1 from workflow where name = ${name} for update`);
  return registry.workflow(tx, name);
}

const COLUMNS = raw(
  "name, digest, stable_release, candidate_release, candidate_share, candidate_team, shadow_release, reference_release, autonomy, rung, salt, dials",
);

export function openRegistry(): Registry {
  const documents = new Map<string, WorkflowDocument>();
  /** The document with its dials as last seen, by workflow: made anew only when one of them changed. */
  const dialled = new Map<string, { digest: string; dials: string; document: WorkflowDocument }>();
  const releases = new Map<string, ReleaseView>();

  /** The text of a document comes along only when it is another than the known one: each step of a case reads the row. */
  const read = (known: string | undefined) =>
    sql`select ${COLUMNS}, case when digest is distinct from ${known ?? null} then document end as document from workflow`;

  function view({ document: text, ...row }: WorkflowRow & { document: string | null }): WorkflowView {
    const dials = JSON.stringify(row.dials);
    const known = dialled.get(row.name);
    if (known?.digest === row.digest && known.dials === dials) return { row, document: known.document };
    let document = documents.get(row.digest);
    if (!document) documents.set(row.digest, (document = workflowSchema.parse(JSON.parse(text!))));
    document = withDials(document, row.dials);
    dialled.set(row.name, { digest: row.digest, dials, document });
    return { row, document };
  }

  const registry: Registry = {
    async workflow(database, name, lock = false) {
      const query: Sql = sql`${read(dialled.get(name)?.digest)} where name = ${name} ${raw(lock ? "for share" : "")}`;
      const row = await database.maybe<WorkflowRow & { document: string | null }>(query);
      if (!row)
        throw new PilotageError(
          "not_found",
          `There is no workflow "${name.slice(0, 80)}"; nothing was stored.`,
          { hint: "`pilotage apply <folder>` makes one; `pilotage workflows` lists what is there." },
        );
      return view(row);
    },
    async workflows(database) {
      const rows = await database.all<WorkflowRow & { document: string }>(
        sql`${read(undefined)} order by name`,
      );
      return rows.map(view);
    },
    async release(database, id) {
      const known = releases.get(id);
      if (known) return known;
      const row = await database.maybe<{ document: string; digest: string }>(
        sql`select document, digest from release where id = ${id}`,
      );
      if (!row)
        throw new PilotageError("not_found", `There is no release ${id.slice(0, 60)}.`, {
          hint: "`pilotage releases <workflow>` lists them.",
        });
      const document = releaseSchema.parse(JSON.parse(row.document));
      const scanner = scans(document.policy) ? await openScanner() : undefined;
      const compiled = compileRelease(id, row.digest, document, scanner);
      releases.set(id, compiled);
      return compiled;
    },
    async reference(database, row) {
      if (row.reference_release === null)
        throw new PilotageError(
          "wrong_state",
          `Workflow ${row.name} has no release yet, and the release holds the input schema; the case was not taken.`,
          {
            hint: "`pilotage publish <folder>` publishes one. People may work the cases all the same: the share stays 0.",
          },
        );
      return registry.release(database, row.reference_release);
    },
  };
  return registry;
}

export function compileRelease(
  id: string,
  digest: string,
  document: ReleaseDocument,
  scanner?: Scanner,
): ReleaseView {
  const strict = compileSchema(document.input);
  const output = compileSchema(document.output);
  return {
    id,
    digest,
    document,
    rules: compileRules(document),
    prompt: document.prompt === undefined ? undefined : compilePrompt(document.prompt),
    verifierPrompt:
      document.confidence.prompt === undefined
        ? undefined
        : compileVerifierPrompt(document.confidence.prompt),
    checkInput: (value) => ({ value, problems: strict(value) }),
    checkOutput: output,
    scanner,
  };
}
