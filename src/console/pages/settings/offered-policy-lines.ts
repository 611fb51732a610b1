/** The data policy of an offered model, as the form has it and as a connection holds it. Pure. */
import { kindNames, type PersonalAction, type PersonalKind } from "../../../definition/personal/kinds.ts";

export interface PolicyLines {
  /** With commas between. */
  fields: string;
  unknownFields: "drop" | "refuse";
  tools: boolean;
  files: boolean;
  audio: boolean;
  scan: Record<PersonalKind, PersonalAction>;
  /** One `name: pattern` in a line. */
  mask: string;
  /** With commas between; empty: every key. */
  keys: string;
}

const MASKED = Object.fromEntries(kindNames.map((kind) => [kind, "mask"])) as PolicyLines["scan"];

export const NEW_POLICY: PolicyLines = {
  fields: "",
  unknownFields: "drop",
  tools: true,
  files: false,
  audio: false,
  scan: MASKED,
  mask: "",
  keys: "",
};

export function policyFrom(shown: unknown): PolicyLines | undefined {
  if (typeof shown !== "object" || shown === null) return undefined;
  const policy = shown as Record<string, unknown>;
  const own = Array.isArray(policy["mask"]) ? (policy["mask"] as { name: string; pattern: string }[]) : [];
  return {
    fields: listed(policy["fields"]),
    unknownFields: policy["unknownFields"] === "refuse" ? "refuse" : "drop",
    tools: policy["tools"] !== false,
    files: policy["files"] === true,
    audio: policy["audio"] === true,
    scan: { ...MASKED, ...(policy["scan"] as Partial<PolicyLines["scan"]>) },
    mask: own.map(({ name, pattern }) => `${name}: ${pattern}`).join("\n"),
    keys: listed(policy["keys"]),
  };
}

export function policyAs(lines: PolicyLines): Record<string, unknown> {
  const { unknownFields, tools, files, audio } = lines;
  const keys = split(lines.keys, /,/);
  return {
    fields: split(lines.fields, /[\s,]+/),
    unknownFields,
    tools,
    files,
    audio,
    // What is masked anyway needs no word.
    scan: Object.fromEntries(Object.entries(lines.scan).filter(([, action]) => action !== "mask")),
    mask: split(lines.mask, /\n/).map((line) => {
      const [, name = line, pattern = ""] = /^([^:]*?)\s*:\s*(.*)$/.exec(line) ?? [];
      return { name, pattern };
    }),
    ...(keys.length === 0 ? {} : { keys }),
  };
}

function split(text: string, at: RegExp): string[] {
  return text
    .split(at)
    .map((one) => one.trim())
    .filter((one) => one !== "");
}

const listed = (value: unknown) => (Array.isArray(value) ? value.join(", ") : "");
