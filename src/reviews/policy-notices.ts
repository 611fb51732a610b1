/**
 * Tells those who may confirm a looser data policy that one waits, once, when it begins to.
 *
 * After it was stored, and without a record: what a mail server loses stands on their overviews all the same.
 */
import { personKey } from "../access/caller.ts";
import { makePair } from "../access/standing.ts";
import type { PolicyChangeRow } from "../cases/model/policy-store.ts";
import { ROLES, type Role } from "../contract/access.ts";
import type { Post } from "./post.ts";

type Waiting = Pick<PolicyChangeRow, "connection" | "model" | "requested_by" | "requested_roles">;

/** `begun`: of one save, and so of one person. Answers the addresses that a mail went to. */
export async function tellSecond(post: Pick<Post, "toRoles">, begun: readonly Waiting[]): Promise<string[]> {
  const [first] = begun;
  if (first === undefined) return [];
  const { requested_by: by, requested_roles: theirs } = first;
  const able = (Object.keys(ROLES) as Role[]).filter((role) =>
    makePair("connection.loosen_policy", theirs, [role]),
  );
  const models = begun.map(({ connection, model }) => `${connection}/${model}`);
  return post.toRoles(null, able, "policy_waits", { models, by }, [personKey(by)]);
}
