/**
 * The pages that people read beside the program, held against it: the keys of a definition with their defaults, the
 * table of endpoints, whom the first walk acts as, and every link of the documentation. Each comparison has a twin with one planted difference.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { starterFiles } from "../src/cli/starter.ts";
import { ENDPOINTS } from "../src/contract/endpoints.ts";
import type { Endpoint } from "../src/contract/endpoint.ts";
import { releaseSections, workflowSections } from "../src/definition/document.ts";
import { code } from "../src/definition/reading.ts";
import { agree, difference, tableOf } from "./support/agreement.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const text = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** A key of a document as the schema has it; `key` is a path such as `feeds[].name` or `local.*.seed`. */
interface Known {
  key: string;
  /** "required", "optional", or the compiled default as JSON. */
  need: string;
  /** The written form, for reading what the page says. */
  schema: z.ZodType;
}

function keysOf(schema: z.ZodType, path = ""): Known[] {
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([name, below]) => {
      const key = path === "" ? name : `${path}.${name}`;
      return [{ key, need: needOf(below), schema: below }, ...keysOf(below, key)];
    });
  if (schema instanceof z.ZodUnion)
    return (schema.options as z.ZodType[]).flatMap((option) => keysOf(option, path));
  if (schema instanceof z.ZodArray) return keysOf(schema.element as z.ZodType, `${path}[]`);
  if (schema instanceof z.ZodRecord) return keysOf(schema.valueType as z.ZodType, `${path}.*`);
  if (schema instanceof z.ZodDefault || isOptional(schema)) return keysOf(schema.unwrap() as z.ZodType, path);
  return [];
}

function needOf(schema: z.ZodType): string {
  if (schema instanceof z.ZodDefault) return JSON.stringify(schema.def.defaultValue);
  return isOptional(schema) ? "optional" : "required";
}

function isOptional(schema: z.ZodType): schema is z.ZodOptional | z.ZodExactOptional {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional;
}

/** The rows of every table below a heading of the second level, until the next such heading. */
function rowsUnder(page: string, heading: string): string[][] {
  const chapter = page.split(/^## /m).find((one) => one.startsWith(heading)) ?? "";
  return chapter.split(/^### /m).flatMap(tableOf);
}

/** What a row says, with its default read like a definition: "5 %" and 0.05 are the same. */
function documented(rows: string[][], known: Known[]): string[] {
  return rows.map(([key = "", , written = ""]) => {
    const meant = known.find((one) => one.key === key);
    return `${key} | ${meant ? read(written, meant) : written}`;
  });
}

function read(written: string, { schema }: Known): string {
  if (written === "required" || written === "optional") return written;
  const parsed = schema.safeParse(parse(written));
  return parsed.success ? JSON.stringify(parsed.data) : `${written}, which is no value of it`;
}

describe("docs/reference/definitions.md", () => {
  for (const [heading, sections] of [
    ["workflow.yaml", workflowSections(code)],
    ["release.yaml", releaseSections(code)],
  ] as const) {
    const known = keysOf(sections);
    const listed = (page: string) => documented(rowsUnder(page, heading), known);
    const needs = known.map(({ key, need }) => `${key} | ${need}`);
    const source = () => text("docs/reference/definitions.md");

    agree({
      title: `the keys of ${heading} with their defaults, and their page`,
      source,
      listed,
      known: () => needs,
      plant: (page) => page.replace(/\n\| `(undo|prompt)`[^\n]*/g, ""),
    });

    test(`another default of ${heading} is found`, () => {
      const page = source().replaceAll("`10 s`", "`11 s`").replaceAll("`5 s`", "`6 s`");
      expect(difference(listed(page), needs).surplus).toHaveLength(heading === "workflow.yaml" ? 1 : 2);
    });
  }
});

describe("docs/reference/api.md", () => {
  agree({
    title: "endpoints and their page",
    source: () => text("docs/reference/api.md"),
    listed: (page) => rowsUnder(page, "Endpoints").map((cells) => cells.join(" | ")),
    known: () =>
      Object.values<Endpoint>(ENDPOINTS).map(({ method, path, scope, errors, sentence }) =>
        [`${method} ${path}`, scope ?? "none", errors.join(", ") || "–", sentence].join(" | "),
      ),
    plant: (page) => page.replace(/\n\| `GET \/api\/v1\/cases\/:case`[^\n]*/, ""),
  });
});

describe("links of the documentation", () => {
  const pages = [
    "README.md",
    "CONTRIBUTING.md",
    ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md"))
      .map((name) => `docs/${name}`),
  ];
  /** Links to nothing, as "page: link": files that are not there, and headings that the page does not have. */
  function dead(page: string, markdown: string): string[] {
    return [...markdown.matchAll(/\]\(([^)\s]+)\)/g)]
      .map((match) => match[1]!)
      .filter((link) => !/^(https?|mailto):/.test(link))
      .filter((link) => {
        const [file = "", anchor] = link.split("#");
        const target = file === "" ? page : join(dirname(page), file);
        if (!existsSync(join(ROOT, target))) return true;
        return anchor !== undefined && !headings(text(target)).includes(anchor);
      })
      .map((link) => `${page}: ${link}`);
  }

  test("lead somewhere", () => {
    expect(pages.flatMap((page) => dead(page, text(page)))).toEqual([]);
  });

  test("a link to nothing is found", () => {
    expect(dead("docs/index.md", "[a](missing.md) [b](start.md#no-such-heading) [c](start.md)")).toEqual([
      "docs/index.md: missing.md",
      "docs/index.md: start.md#no-such-heading",
    ]);
  });
});

describe("the first walk of README and docs/start.md", () => {
  const OWNER = parse(starterFiles("my-work").get("workflow.yaml")!).people.owner as string;
  /** Commands of a page about the workflow of `pilotage init` that somebody else would do than its owner. */
  const byOthers = (markdown: string) =>
    [...markdown.matchAll(/^npx pilotage [^\n]* --as (?<person>\S+)$/gm)]
      .filter(({ groups }) => groups!["person"] !== OWNER)
      .map(([command]) => command);

  test.each(["README.md", "docs/start.md"])("%s acts as the owner whom init writes", (page) => {
    expect(text(page)).toContain(`pilotage apply workflows/my-work --as ${OWNER}`);
    expect(byOthers(text(page))).toEqual([]);
  });

  test("a command of somebody else is found", () => {
    const page = text("docs/start.md").replace(
      `publish workflows/my-work --as ${OWNER}`,
      "publish my --as owner@example.com",
    );
    expect(byOthers(page)).toEqual(["npx pilotage publish my --as owner@example.com"]);
  });
});

/** Anchors of a page's headings, as Markdown renderers make them. */
function headings(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
