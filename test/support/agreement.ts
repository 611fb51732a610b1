/**
 * Lists that must agree: each is compared both ways, and the comparison itself is proved by a twin with one planted
 * difference that it must find.
 */
import { describe, expect, test } from "vitest";

export interface Agreement<Source> {
  title: string;
  /** What one side is read from: a page, a constraint, a document. Read when the test runs. */
  source: () => Source | Promise<Source>;
  listed: (source: Source) => readonly string[];
  /** The other side. */
  known: () => readonly string[];
  /** Named exceptions: on one side only, with the reason. One that is no exception any more fails the test. */
  except?: Readonly<Record<string, string>>;
  /** The source with one thing changed; the comparison must then differ. */
  plant: (source: Source) => Source;
}

export interface Difference {
  /** Listed, but not known. */
  surplus: string[];
  /** Known, but not listed. */
  missing: string[];
}

export function difference(
  listed: readonly string[],
  known: readonly string[],
  except: Readonly<Record<string, string>> = {},
): Difference {
  const only = (a: readonly string[], b: readonly string[]) =>
    [...new Set(a)].filter((one) => !b.includes(one)).sort();
  const surplus = only(listed, known);
  const missing = only(known, listed);
  const odd = new Set([...surplus, ...missing]);
  const settled = Object.keys(except).filter((name) => !odd.has(name));
  return {
    surplus: [
      ...surplus.filter((one) => !(one in except)),
      ...settled.map((name) => `${name} is listed as an exception and is none`),
    ],
    missing: missing.filter((one) => !(one in except)),
  };
}

/** Two tests: both sides agree; with one planted difference they do not. */
export function agree<Source>(agreement: Agreement<Source>): void {
  const { title, source, listed, known, except, plant } = agreement;
  describe(title, () => {
    test("agree both ways", async () => {
      const list = listed(await source());
      expect(list.length).toBeGreaterThan(0);
      expect(difference(list, known(), except)).toEqual({ surplus: [], missing: [] });
    });

    test("a planted difference is found", async () => {
      const found = difference(listed(plant(await source())), known(), except);
      expect(found.surplus.length + found.missing.length).toBeGreaterThan(0);
    });
  });
}

/** The rows of the first table of a Markdown page, cells without padding and backticks. */
export function tableOf(page: string): string[][] {
  const lines = page.split("\n");
  const start = lines.findIndex((line) => line.startsWith("|"));
  const table = lines.slice(start).slice(
    0,
    Math.max(
      0,
      lines.slice(start).findIndex((line) => !line.startsWith("|")),
    ),
  );
  return table.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) =>
        cell
          .trim()
          .replaceAll("\\|", "|")
          .replace(/^`([^`]*)`$/, "$1"),
      ),
  );
}
