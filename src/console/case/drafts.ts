/**
 * What somebody typed and has not sent: kept on the device, per case, until the verdict; and how far they came with a batch.
 *
 * Survives the loss of a lease, a reload and a session that ended. Each person has their own; whoever signs out takes theirs
 * along, because it lies in clear on a machine that others may use; what is older than two weeks goes.
 */
import { now } from "../clock.ts";
import type { Entries } from "./output-fields.ts";

export interface Draft {
  entries: Entries;
  /** Texts of the panels: reasons, questions. */
  texts: Readonly<Record<string, string>>;
  at: number;
}

/** What somebody has done with a batch so far: looked at these, will leave those out. */
export interface BatchDraft {
  opened: readonly string[];
  left: readonly string[];
  at: number;
}

const PREFIX = "pilotage.draft.";
const KEPT = 14 * 86_400_000;

const keyOf = (person: string, of: string) => `${PREFIX}${person}.${of}`;

export const readDraft = (person: string, caseId: string) => read(person, caseId) as Draft | undefined;
export const readBatch = (person: string, batch: string) => read(person, batch) as BatchDraft | undefined;

function read(person: string, of: string): unknown {
  try {
    const text = localStorage.getItem(keyOf(person, of));
    return text === null ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

export const keepDraft = (person: string, caseId: string, draft: Omit<Draft, "at">) =>
  keep(person, caseId, draft);
export const keepBatch = (person: string, batch: string, draft: Omit<BatchDraft, "at">) =>
  keep(person, batch, draft);

function keep(person: string, of: string, draft: object): void {
  try {
    localStorage.setItem(keyOf(person, of), JSON.stringify({ ...draft, at: now() }));
  } catch {
    // No room on the device: the page still has it.
  }
}

/** Of a case or of a batch. */
export function dropDraft(person: string, of: string): void {
  localStorage.removeItem(keyOf(person, of));
}

/** Nothing of a person stays on the device when they sign out. */
export function dropDraftsOf(person: string): void {
  for (const key of Object.keys(localStorage))
    if (key.startsWith(`${PREFIX}${person}.`)) localStorage.removeItem(key);
}

/** Drops what nobody came back to. */
export function sweepDrafts(): void {
  for (const key of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) {
    try {
      const { at } = JSON.parse(localStorage.getItem(key) ?? "{}") as Partial<Draft>;
      if (now() - (at ?? 0) > KEPT) localStorage.removeItem(key);
    } catch {
      localStorage.removeItem(key);
    }
  }
}
