/**
 * The written form of files: units as people write them, and names of files where the compiled document holds content.
 *
 * What is wrong inside such a file (broken JSON) is a problem of that file, with its lines.
 */
import { z } from "zod";
import { isJsonObject } from "../contract/json.ts";
import type { JsonObject } from "../contract/json.ts";
import { isSafePath } from "./document.ts";
import type { Problem } from "./problem.ts";
import type { Reading } from "./reading.ts";
import { examplesRef, report, sameText, writtenDuration, writtenLevel, writtenPercent } from "./reading.ts";
import { problemsOfShape } from "./shape.ts";
import { readSource } from "./source.ts";
import type { Source } from "./source.ts";
import { closest } from "./suggest.ts";

/** The files of one definition, each parsed at most once. */
export interface Folder {
  texts: Map<string, string>;
  /** A YAML or JSON file with its lines. */
  source(file: string): Source;
}

export function openFolder(texts: Map<string, string>): Folder {
  const sources = new Map<string, Source>();
  return {
    texts,
    source(file) {
      let source = sources.get(file);
      if (source === undefined) {
        source = readSource(file, sameText(texts.get(file) ?? ""));
        sources.set(file, source);
      }
      return source;
    },
  };
}

/** The reading of files; problems inside a file that is named go to `inside`. */
export function fileReading(folder: Folder, inside: Problem[]) {
  function textOf(file: string, ctx: Parameters<typeof report>[0]): string | undefined {
    const text = isSafePath(file) ? folder.texts.get(file) : undefined;
    if (text !== undefined) return text;
    if (!isSafePath(file)) {
      const expected = "a relative path inside the workflow's folder, without ..";
      report(ctx, `${JSON.stringify(file)} leaves the workflow's folder`, { expected });
    } else {
      const suggestion = closest(file, folder.texts.keys());
      const expected = "the path of a file in the workflow's folder";
      report(ctx, `there is no file ${file}`, {
        expected,
        ...(suggestion === undefined ? {} : { suggestion }),
      });
    }
    return undefined;
  }
  function content<T>(use: (text: string, file: string) => T): z.ZodType<T, string> {
    return z.string().transform((file, ctx) => {
      const text = textOf(file, ctx);
      return text === undefined ? z.NEVER : use(text, file);
    });
  }
  return {
    duration: writtenDuration,
    percent: writtenPercent,
    text: () => content(sameText),
    examples: () => content(examplesRef),
    json: () =>
      content((_, file): JsonObject => {
        const { value, problems } = folder.source(file);
        inside.push(...problems);
        if (isJsonObject(value)) return value;
        const message = `the file holds ${Array.isArray(value) ? "a list" : "no object"}`;
        if (problems.length === 0)
          inside.push({ file, line: 1, column: 1, path: "", message, expected: "a JSON object" });
        return {};
      }),
    level: writtenLevel,
    // What is wrong inside the file is told with its lines; for the document the list is then empty.
    list: <O, I>(schema: z.ZodType<O[], I>) =>
      z.preprocess((written, ctx) => {
        if (typeof written !== "string") return written;
        if (textOf(written, ctx) === undefined) return z.NEVER;
        const source = folder.source(written);
        const parsed = schema.safeParse(source.value);
        if (source.problems.length === 0 && parsed.success) return source.value;
        inside.push(...source.problems);
        if (source.problems.length === 0 && !parsed.success)
          inside.push(...problemsOfShape(parsed.error.issues, schema, source));
        return [];
      }, schema) as z.ZodType<O[], I>,
  } satisfies Reading;
}
