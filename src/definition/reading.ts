/**
 * The places where the written form of a document differs from the compiled one.
 *
 * A document is written in files ("20 s", "prompt.liquid.md"), in code (`defineWorkflow`: "20 s", the text itself) or
 * stored compiled (20000, the text itself). `document.ts` states each section once and asks a `Reading` for these few
 * places; everything else is the same in all three. The reading of files is in check.ts, where the files are.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { JsonObject } from "../contract/json.ts";
import { isJsonObject } from "../contract/json.ts";
import { parseDuration, parsePercent, showDuration } from "./units.ts";

export interface ExamplesRef {
  /** SHA-256, hex, of the exact bytes of the examples. */
  digest: string;
  /** Number of examples: lines that are not empty. */
  count: number;
}

export interface DurationRange {
  min: number;
  max: number;
}

/** One written form: schemas for the places that differ. All of them put out the compiled value. */
export interface Reading<D = unknown, P = unknown, T = unknown, J = unknown, E = unknown, L = unknown> {
  /** Milliseconds. */
  duration(range: DurationRange): z.ZodType<number, D>;
  /** 0 to 1. */
  percent(range?: { min: number; max: number }): z.ZodType<number, P>;
  /** A text that files keep in a file of its own. */
  text(): z.ZodType<string, T>;
  /** A JSON object that files keep in a file of its own. */
  json(): z.ZodType<JsonObject, J>;
  /** The labelled examples. */
  examples(): z.ZodType<ExamplesRef, E>;
  /** A limit with its unit. */
  level(): z.ZodType<Level, L>;
  /** A list that files may keep in a file of its own. */
  list<O, I>(schema: z.ZodType<O[], I>): z.ZodType<O[], I>;
}

/** A plain number is a share, or another figure from 0 to 1 such as macro-F1. */
export type Level = number | { ms: number } | { amount: string; currency: string };

/** What a problem says beyond its message; carried in the `params` of a zod issue. */
export interface Hint {
  expected: string;
  suggestion?: string;
}

/** Reports a problem from inside a zod check, with what was expected instead. */
export function report(
  ctx: {
    addIssue(issue: {
      code: "custom";
      message: string;
      params: Record<string, unknown>;
      path?: PropertyKey[];
    }): void;
  },
  message: string,
  hint: Hint,
  path: PropertyKey[] = [],
): void {
  ctx.addIssue({ code: "custom", message, params: { ...hint }, path });
}

export const jsonObject = z.custom<JsonObject>((value) => isJsonObject(value), {
  error: "must be a JSON object",
});

/** The stored form: everything inlined, units resolved. */
export const compiled = {
  duration: ({ min, max }: DurationRange) => z.number().int().min(min).max(max),
  percent: ({ min, max } = { min: 0, max: 1 }) => z.number().min(min).max(max),
  text: () => z.string(),
  json: () => jsonObject,
  examples: () =>
    z.strictObject({ digest: z.string().regex(/^[0-9a-f]{64}$/), count: z.number().int().min(0) }),
  level: () =>
    z.union([
      z.number().min(0).max(1),
      z.strictObject({ ms: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER) }),
      z.strictObject({ amount: z.string().regex(AMOUNT), currency: z.string().regex(/^[A-Z]{3}$/) }),
    ]),
  list: <O, I>(schema: z.ZodType<O[], I>) => schema,
} satisfies Reading;

/** Durations as written by people, in files and in code. */
export function writtenDuration({ min, max }: DurationRange): z.ZodType<number, string | 0> {
  return z.custom<string | 0>().transform((written: unknown, ctx) => {
    const ms = written === 0 ? 0 : typeof written === "string" ? parseDuration(written) : undefined;
    const range = `a duration from ${showDuration(min)} to ${showDuration(max)}`;
    if (ms === undefined) {
      const suggestion = typeof written === "number" ? `${written} s` : undefined;
      const example = `${range}, written with its unit (ms, s, min, h, d)`;
      report(ctx, `${JSON.stringify(written)} is not a duration`, {
        expected: example,
        ...(suggestion === undefined ? {} : { suggestion }),
      });
      return z.NEVER;
    }
    if (ms < min || ms > max) {
      report(ctx, `${JSON.stringify(written)} is out of range`, { expected: range });
      return z.NEVER;
    }
    return ms;
  });
}

/** Percents as written by people: "5 %", or a number from 0 up to, but not including, 1. */
export function writtenPercent({ min, max } = { min: 0, max: 1 }): z.ZodType<number, string | number> {
  return z.custom<string | number>().transform((written: unknown, ctx) => {
    // A bare 1 may mean 1 % or all: it has to be written out.
    const bare = typeof written === "number" && written >= 0 && written < 1;
    const share = bare ? written : typeof written === "string" ? parsePercent(written) : undefined;
    const range = `a percent from ${showPercent(min)} to ${showPercent(max)}`;
    if (share === undefined) {
      const suggestion = typeof written === "number" && written >= 1 ? showPercent(written / 100) : undefined;
      report(ctx, `${JSON.stringify(written)} is not a percent`, {
        expected: `${range}, written with its sign`,
        ...(suggestion === undefined ? {} : { suggestion }),
      });
      return z.NEVER;
    }
    if (share < min || share > max) {
      report(ctx, `${JSON.stringify(written)} is out of range`, { expected: range });
      return z.NEVER;
    }
    return share;
  });
}

function showPercent(share: number): string {
  return `${Number((share * 100).toFixed(8))} %`;
}

/** "92 %", "6 s", "0.05 EUR", so that nobody takes seconds for milliseconds; or a number from 0 up to, not including, 1. */
export function writtenLevel(): z.ZodType<Level, string | number> {
  return z.custom<string | number>().transform((written: unknown, ctx) => {
    const level = readLevel(written);
    if (level !== undefined) return level;
    const expected = "a percent (92 %), a time (6 s) or an amount with its currency (0.05 EUR)";
    const suggestion =
      typeof written === "number" && written >= 1 ? `${written} % or ${written} s` : undefined;
    report(ctx, `${JSON.stringify(written)} is no level`, {
      expected,
      ...(suggestion === undefined ? {} : { suggestion }),
    });
    return z.NEVER;
  });
}

const AMOUNT = /^\d{1,3}(\.\d{1,12})?$/;

function readLevel(written: unknown): Level | undefined {
  if (typeof written === "number") return written >= 0 && written < 1 ? written : undefined;
  if (typeof written !== "string") return undefined;
  const share = parsePercent(written);
  if (share !== undefined) return share <= 1 ? share : undefined;
  const ms = parseDuration(written);
  if (ms !== undefined) return ms >= 1 ? { ms } : undefined;
  const [amount, currency] = written.trim().split(/\s+/);
  const isAmount = AMOUNT.test(amount ?? "") && /^[A-Z]{3}$/.test(currency ?? "");
  return isAmount ? { amount: amount!, currency: currency! } : undefined;
}

/** The form of `defineWorkflow`: units as people write them, texts and schemas as values, examples as JSON Lines. */
export const code = {
  duration: writtenDuration,
  percent: writtenPercent,
  text: () => z.string().transform(sameText),
  json: () => jsonObject,
  examples: () => z.string().transform(examplesRef),
  level: writtenLevel,
  list: <O, I>(schema: z.ZodType<O[], I>) => schema,
} satisfies Reading;

/** The text whatever editor saved it: no byte order mark, one kind of line end. The digest must not depend on them. */
export function sameText(text: string): string {
  return text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
}

/** Names the examples by the digest of their exact bytes. */
export function examplesRef(text: string): ExamplesRef {
  const digest = createHash("sha256").update(text, "utf8").digest("hex");
  return { digest, count: text.split("\n").filter((line) => line.trim() !== "").length };
}
