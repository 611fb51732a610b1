/** Words for what a data policy of an offered model would let on, and for the life of such a change. Pure. */

/** By the point of the policy that is looser; `{name}` and `{to}` say which. */
export const LOOSENINGS = {
  policy: "the data policy goes, so that the provider gets all that programs send",
  images: "messages may hold pictures",
  files: "messages may hold files",
  audio: "messages may hold sound",
  tools: "the model may be given tools",
  unknown_fields: "a call with other fields is taken without them, not refused",
  field: "the field {name} goes on",
  kind: "{name}: {to}",
  pattern: "the pattern {name} goes",
  keys: "every key may use the model",
  key: "the key {name} may use the model",
  elsewhere: "the same model of the same provider is offered as {name}, under a policy that lets less on",
} as const;

export interface Loosening {
  what: keyof typeof LOOSENINGS;
  name: string | null;
  /** What becomes of a kind of identifier. */
  to: string | null;
}

export function loosenedWords({ what, name, to }: Loosening): string {
  return (LOOSENINGS[what] ?? what).replace("{name}", name ?? "").replace("{to}", to ?? "");
}

export const POLICY_CHANGE_STATES = ["pending", "applied", "refused", "replaced"] as const;
export type PolicyChangeState = (typeof POLICY_CHANGE_STATES)[number];
