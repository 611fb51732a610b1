/** What an API key may do, and who stands behind a request. */

export const SCOPES = {
  intake: "hand in cases",
  read: "see cases, states and counts, without content",
  "content:read": "see the content of cases",
  review: "take and decide reviews",
  feedback: "say that a delivered result was wrong",
  gateway: "ask models and workflows over the OpenAI-compatible endpoint",
  "draft:read": "get what a case holds before a person decided it, marked as a draft",
  audit: "read and export the audit log",
  operate: "apply, publish, set dials, replay, correct",
  operator: "act as a named person from the command line of this machine",
} as const;
export type Scope = keyof typeof SCOPES;

/** Who did something: a named person, a key, or the program itself. */
export type Actor =
  | { kind: "person"; name: string; key?: string; session?: string }
  | { kind: "key"; name: string; key: string }
  | { kind: "system"; name: string };
