/**
 * News: which kinds of things changed in which workflow, never what.
 *
 * Whatever changes something is in the audit log, so one look a second at what came into it tells all, in the order in
 * which it was committed and none of it missed. One look serves everybody who listens in this process, and nobody looks
 * while nobody listens.
 */
import type { Queryable } from "../platform/database.ts";
import { sql } from "../platform/sql.ts";

export type Topic = "cases" | "reviews" | "operations" | "settings" | "people";

export interface News {
  /** Null: of the installation. */
  workflow: string | null;
  topics: Topic[];
}

export interface Newsroom {
  /** Hears of each change from now on; ends with the function that is answered. */
  listen(hear: (news: News[]) => void): () => void;
  /** The duty: once a second. */
  look(): Promise<void>;
  readonly listeners: number;
}

/** More in one look are not read one by one: everything may have changed. */
const MOST = 2_000;
const ALL: Topic[] = ["cases", "reviews", "operations", "settings", "people"];

const TOPICS: Record<string, readonly Topic[]> = {
  case: ["cases"],
  review: ["reviews", "cases"],
  bulk: ["reviews", "cases"],
  correction: ["cases"],
  delivery: ["cases", "operations"],
  quarantine: ["operations"],
  feed: ["operations"],
  ladder: ["operations", "settings", "reviews"],
  stop: ["operations"],
  audit: ["operations"],
  backup: ["operations"],
  installation: ["operations"],
  clock: ["operations"],
  person: ["people"],
  session: ["people"],
  invitation: ["people"],
  role: ["people"],
};
/** Corrections that wait for a second person stand in the inbox, too. */
const WHOLE: Record<string, readonly Topic[]> = {
  "case.correction_proposed": ["cases", "reviews"],
  "case.correction_refused": ["cases", "reviews"],
  "case.corrected": ["cases", "reviews"],
  "case.confirmed": ["cases", "reviews"],
  "rollout.recalled": ["settings", "reviews"],
};
/** Dials, releases, waivers, keys: whatever is not one of the above. */
const OTHERS: readonly Topic[] = ["settings"];

export function topicsOf(kind: string): readonly Topic[] {
  return WHOLE[kind] ?? TOPICS[kind.slice(0, kind.indexOf("."))] ?? OTHERS;
}

export function openNewsroom(database: Queryable): Newsroom {
  const listeners = new Set<(news: News[]) => void>();
  /** How far the log was read; undefined while nobody listens. */
  let read: number | undefined;

  return {
    listen(hear) {
      listeners.add(hear);
      return () => {
        listeners.delete(hear);
        if (listeners.size === 0) read = undefined;
      };
    },
    async look() {
      if (listeners.size === 0) return;
      const { size } = await database.one<{ size: number }>(sql`select size from audit_head`);
      const from = read ?? size;
      read = size;
      if (size <= from) return;
      const news = size - from > MOST ? await everything(database) : await between(database, from, size);
      for (const hear of listeners) hear(news);
    },
    get listeners() {
      return listeners.size;
    },
  };
}

async function between(database: Queryable, from: number, to: number): Promise<News[]> {
  const found = await database.all<{ workflow: string | null; kinds: string[] }>(sql`
    select e.workflow, array_agg(distinct e.kind) as kinds from audit_log l join audit_event e on e.id = l.event_id
    where l.seq > ${from} and l.seq <= ${to} group by e.workflow`);
  return found.map(({ workflow, kinds }) => ({
    workflow,
    topics: [...new Set(kinds.flatMap((kind) => topicsOf(kind)))],
  }));
}

async function everything(database: Queryable): Promise<News[]> {
  const found = await database.all<{ name: string }>(sql`select name from workflow order by name`);
  return [...found.map(({ name }) => ({ workflow: name, topics: ALL })), { workflow: null, topics: ALL }];
}
