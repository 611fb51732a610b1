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
import { examplesRef, report, sameText, writtenDuration, writtenPercent } from "./reading.ts";
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
  function content<T>(use: (text: string, file: string) => T): z.ZodType<T, string> {
    return z.string().transform((file, ctx) => {
      const text = isSafePath(file) ? folder.texts.get(file) : undefined;
      if (text !== undefined) return use(text, file);
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
      return z.NEVER;
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
  } satisfies Reading;
}
