/** Models that a connection offers over the endpoint, and extra headers, as a form has them and as a connection holds them. Pure. */
import { policyAs, policyFrom, type PolicyLines } from "./offered-policy-lines.ts";

/** What the form shows of one; the rest of its settings stays as it is. */
export interface OfferedLine {
  name: string;
  /** With commas between. */
  fallback: string;
  larger: string;
  images: boolean;
  mode: "buffered" | "live";
  shutdownDate: string;
  policy: PolicyLines | undefined;
  /** Settings without a field. */
  rest: Record<string, unknown>;
}

export const NEW_LINE: OfferedLine = {
  name: "",
  fallback: "",
  larger: "",
  images: false,
  mode: "buffered",
  shutdownDate: "",
  policy: undefined,
  rest: {},
};

export function offeredFrom(shown: unknown): OfferedLine[] {
  if (!Array.isArray(shown)) return [];
  return (shown as Record<string, unknown>[]).map(
    ({ name, fallback, larger, images, mode, shutdownDate, policy, ...rest }) => ({
      name: textOf(name),
      fallback: Array.isArray(fallback) ? fallback.join(", ") : "",
      larger: textOf(larger),
      images: images === true,
      mode: mode === "live" ? "live" : "buffered",
      shutdownDate: textOf(shutdownDate),
      policy: policyFrom(policy),
      rest,
    }),
  );
}

/** Lines without a name are left out; undefined: none is offered. */
export function offeredAs(lines: readonly OfferedLine[]): Record<string, unknown>[] | undefined {
  const named = lines.flatMap(({ name, fallback, larger, images, mode, shutdownDate, policy, rest }) => {
    if (name.trim() === "") return [];
    const names = fallback.split(/[\s,]+/).filter((one) => one !== "");
    return [
      {
        ...rest,
        name: name.trim(),
        images,
        mode,
        ...(names.length === 0 ? {} : { fallback: names }),
        ...(larger.trim() === "" ? {} : { larger: larger.trim() }),
        ...(shutdownDate === "" ? {} : { shutdownDate }),
        ...(policy === undefined ? {} : { policy: policyAs(policy) }),
      },
    ];
  });
  return named.length === 0 ? undefined : named;
}

/** Stands for a value that is stored and never shown. */
export const STORED = "•••";

/** One header in a line; the values are stored and never shown. */
export function headerLines(stored: readonly string[]): string {
  return stored
    .flatMap((name) => (name.startsWith("headers.") ? [`${name.slice("headers.".length)}: ${STORED}`] : []))
    .join("\n");
}

/** Headers given anew, and those that stay. Throws for a line that is none. */
export function headersFrom(text: string): { headers: Record<string, string>; keep: string[] } {
  const headers: Record<string, string> = {};
  const keep: string[] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const [, name, value] = /^\s*([^:\s]+)\s*:\s*(.+?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(line);
    if (value === STORED) keep.push(`headers.${name}`);
    else headers[name] = value;
  }
  return { headers, keep };
}

const textOf = (value: unknown) => (typeof value === "string" ? value : "");
