/**
 * The models that a connection offers over the endpoint, as they are stored: what to warn of, and which data policies change.
 *
 * Nothing here keeps a connection from being stored: two that stand in for each other need one to be first, and a model
 * without a policy may be meant so. Which data policies are not taken at once is decided in policy-settle.ts.
 */
import { digestOf } from "../../definition/digest.ts";
import type { Connection } from "../../models/connection.ts";
import { offeredPolicySchema } from "../../models/offered-policy.ts";
import { splitTarget, type PassThroughModel } from "../../models/pass-through.ts";
import type { Queryable } from "../../platform/database.ts";
import { sql, time } from "../../platform/sql.ts";

/** The names of models with the digests of their policies; undefined: the model has none. */
export type Policies = ReadonlyMap<string, string | undefined>;

const MOST_NAMED = 10;

export function offeredIn(connection: Connection): readonly PassThroughModel[] {
  return connection.kind === "openai" ? (connection.passThrough ?? []) : [];
}

/** What is not valid in the settings of a connection, in words. */
export function problemsOf({ issues }: { issues: { path: PropertyKey[]; message: string }[] }): string {
  return issues
    .map(({ path, message }) => `${path.join(".") || "settings"}: ${message.replace(/\.$/, "")}`)
    .join("; ");
}

/** As the connection of this name has it until now; nobody else changes it before the transaction ends. */
export async function offeredBefore(tx: Queryable, name: string): Promise<Policies> {
  const row = await tx.maybe<{ models: { name: string; policy?: unknown }[] | null }>(
    sql`select shown -> 'passThrough' as models from connection where name = ${name} and kind = 'openai' for update`,
  );
  return new Map((row?.models ?? []).map((model) => [model.name, digestOfPolicy(model.policy)]));
}

export type PolicyChange = {
  model: string;
  change: "added" | "changed" | "removed";
  /** Of the policy that holds now, or that was removed. */
  digest: string;
};

/** What the audit log says: the models whose policy is another one now, never what stands in it. */
export function policyChanges(earlier: Policies, offered: readonly PassThroughModel[]): PolicyChange[] {
  const now = digestsOf(offered);
  return [...new Set([...earlier.keys(), ...now.keys()])].flatMap((model): PolicyChange[] => {
    const [before, after] = [earlier.get(model), now.get(model)];
    if (before === after) return [];
    if (after === undefined) return [{ model, change: "removed", digest: before! }];
    return [{ model, change: before === undefined ? "added" : "changed", digest: after }];
  });
}

/** In words, for whoever stores it. */
export async function warningsOf(
  database: Queryable,
  { offered, now }: { offered: readonly PassThroughModel[]; now: number },
): Promise<string[]> {
  const open = offered.filter((one) => one.policy === undefined).map((one) => one.name);
  return [
    ...(await nowhere(database, offered)),
    ...about(
      open,
      "no data policy, so the provider gets all that programs send; give one (passThrough[].policy) unless that is meant",
    ),
    ...(await keyNames(database, offered, now)),
  ];
}

function digestsOf(offered: readonly PassThroughModel[]): Policies {
  return new Map(offered.map(({ name, policy }) => [name, digestOfPolicy(policy)]));
}

/** With the defaults of this program, so that a setting which is new in it is no change. */
function digestOfPolicy(policy: unknown): string | undefined {
  if (policy === undefined) return undefined;
  const read = offeredPolicySchema.safeParse(policy);
  return digestOf(read.success ? read.data : policy);
}

/** Fallbacks that lead nowhere yet. */
async function nowhere(database: Queryable, offered: readonly PassThroughModel[]): Promise<string[]> {
  const wanted = offered.flatMap(({ name, fallback = [], larger }) =>
    [...fallback, ...(larger === undefined ? [] : [larger])].map((target) => ({ name, target })),
  );
  if (wanted.length === 0) return [];
  const rows = await database.all<{ name: string; kind: string }>(
    sql`select name, kind from connection where name = any(${wanted.map(({ target }) => splitTarget(target)!.connection)})`,
  );
  const kinds = new Map(rows.map((row) => [row.name, row.kind]));
  return wanted.flatMap(({ name, target }) => {
    const kind = kinds.get(splitTarget(target)!.connection);
    if (kind === "openai") return [];
    return `${name} falls back on ${target}, and ${kind === undefined ? "there is no such connection" : `that connection is of the kind ${kind}`}: it is passed over until there is one of the kind openai`;
  });
}

/** Names that a policy gives the model to, and that are not the name of one key. */
async function keyNames(
  database: Queryable,
  offered: readonly PassThroughModel[],
  now: number,
): Promise<string[]> {
  const wanted = [...new Set(offered.flatMap(({ policy }) => policy?.keys ?? []))];
  if (wanted.length === 0) return [];
  const found = await database.all<{ wanted: string; keys: number }>(sql`
    select wanted, count(k.id)::int as keys
    from unnest(${wanted}::text[]) wanted
      left join api_key k on (k.name = wanted or k.id = wanted) and k.revoked_at is null and k.expires_at > ${time(now)}
    group by wanted having count(k.id) <> 1 order by wanted`);
  const those = (which: (keys: number) => boolean) =>
    found.filter(({ keys }) => which(keys)).map((one) => one.wanted);
  return [
    ...about(
      those((keys) => keys === 0),
      "in the keys of a data policy, and no key in force has this name or id",
    ),
    ...about(
      those((keys) => keys > 1),
      "in the keys of a data policy, and several keys have this name, so all of them may use the model; an id names one",
    ),
  ];
}

function about(names: readonly string[], what: string): string[] {
  if (names.length === 0) return [];
  return [`${names.slice(0, MOST_NAMED).join(", ")}${names.length > MOST_NAMED ? " ..." : ""}: ${what}`];
}
