/**
 * What somebody typed and has not sent: kept on the device, per case, until the verdict.
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

const PREFIX = "pilotage.draft.";
const KEPT = 14 * 86_400_000;

const keyOf = (person: string, caseId: string) => `${PREFIX}${person}.${caseId}`;

export function readDraft(person: string, caseId: string): Draft | undefined {
  try {
    const text = localStorage.getItem(keyOf(person, caseId));
    return text === null ? undefined : (JSON.parse(text) as Draft);
  } catch {
    return undefined;
  }
}

export function keepDraft(person: string, caseId: string, draft: Omit<Draft, "at">): void {
  try {
    localStorage.setItem(keyOf(person, caseId), JSON.stringify({ ...draft, at: now() } satisfies Draft));
  } catch {
    // No room on the device: the page still has the text.
  }
}

export function dropDraft(person: string, caseId: string): void {
  localStorage.removeItem(keyOf(person, caseId));
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
