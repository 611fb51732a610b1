/**
 * The shape of the program, read from its files: which part imports which, one source of time and of chance, names and
 * sizes. Each rule has a twin with one planted violation. Exceptions are listed by name, so that the list can only shrink.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

interface File {
  /** Path below src/. */
  name: string;
  text: string;
}

const SRC = fileURLToPath(new URL("../src/", import.meta.url));
const FILES: File[] = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(ts|tsx|sql)$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(SRC, name), "utf8") }));
const PROGRAM = FILES.filter((file) => !/\.(test|fixture|testdata)\.tsx?$/.test(file.name));

/** What each part may import beside itself. What is not named here may be imported by nobody but the free files. */
const ARROWS: Record<string, readonly string[]> = (() => {
  const pure = ["contract", "statistics"];
  const platform = [...pure, "definition", "platform"];
  const adapters = [...platform, "audit", "models", "connectors"];
  const access = [...adapters, "access"];
  const cases = [...access, "cases"];
  const reviews = [...cases, "reviews"];
  const releases = [...reviews, "releases"];
  const watch = [...releases, "monitoring", "governance", "value"];
  const programme = [...watch, "programme"];
  return {
    contract: [],
    statistics: [],
    definition: ["contract"],
    platform: [...pure, "definition"],
    audit: platform,
    models: platform,
    connectors: platform,
    access: adapters,
    cases: access,
    reviews: cases,
    releases: reviews,
    monitoring: releases,
    governance: releases,
    value: releases,
    programme: watch,
    gateway: releases,
    http: [...programme, "gateway"],
    cli: ["contract", "definition"],
    console: ["contract", "definition"],
    "sdk.ts": ["contract", "definition"],
  };
})();

/** They put the program together and see all of it. */
const FREE = [
  "app.ts",
  "app-desk.ts",
  "app-handlers.ts",
  "app-removals.ts",
  "app-in-force.ts",
  "app-models.ts",
  "serve.ts",
  "backup.ts",
  "main.ts",
  "whereabouts.ts",
];

/** What else a file may import, by name and reason. */
const EXCEPTIONS: Record<string, string> = {
  "cli/program.ts imports ../package.json": "the version of the program",
  "platform/version.ts imports ../package.json": "the same, for the console",
  "http/console.ts imports ../dist/console/": "what the build of the console left",
};

const partOf = (name: string) => name.split("/")[0]!;

/** Relative imports of a file, as paths below src/: static, dynamic, and workers named by address. */
function importsOf(file: File): string[] {
  const found = file.text.matchAll(/(?:\bfrom|\bimport|\bimport\s*\(|new URL\()\s*"(\.[^"]*)"/g);
  return [...found].map((match) => join(dirname(file.name), match[1]!));
}

function wrongArrows(files: File[]): string[] {
  return files.flatMap((file) => {
    const part = partOf(file.name);
    if (FREE.includes(file.name) || file.name.endsWith(".sql")) return [];
    const allowed = ARROWS[part];
    if (allowed === undefined) return [`${file.name}: the part ${part} has no place in the order`];
    return importsOf(file)
      .filter((target) => partOf(target) !== part && !allowed.includes(partOf(target)))
      .map((target) => `${file.name} imports ${target}`)
      .filter((arrow) => !(arrow in EXCEPTIONS));
  });
}

/** Code without its comments, so that a sentence about a rule does not break it. */
const code = ({ name, text }: File) =>
  name.endsWith(".sql")
    ? text.replaceAll(/--.*$/gm, "")
    : text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|[^:"'`])\/\/.*$/gm, "$1");

/** Where a pattern stands in code, with the files in which it may. */
function places(files: File[], pattern: RegExp, allowed: Record<string, string> = {}): string[] {
  const found = files.filter((file) => pattern.test(code(file))).map((file) => file.name);
  const idle = Object.keys(allowed).filter((name) => !found.includes(name));
  return [
    ...found.filter((name) => !(name in allowed)),
    ...idle.map((name) => `${name} is listed as an exception and is none`),
  ];
}

const planted = (name: string, text: string): File[] => [...PROGRAM, { name, text }];

describe("arrows point one way", () => {
  test("every part imports only what lies below it", () => {
    expect(wrongArrows(PROGRAM)).toEqual([]);
    expect(PROGRAM.flatMap(importsOf).length).toBeGreaterThan(300);
  });

  test.each([
    ["cases/planted.ts", 'import { openReviews } from "../reviews/review.ts";', "reviews/review.ts"],
    [
      "models/planted.ts",
      'export { fileTarget } from "../connectors/deliver/file.ts";',
      "connectors/deliver/file.ts",
    ],
    ["contract/planted.ts", 'import type { Clock } from "../platform/clock.ts";', "platform/clock.ts"],
    ["cli/planted.ts", 'const database = await import("../platform/database.ts");', "platform/database.ts"],
    [
      "platform/planted.ts",
      'new Worker(new URL("../models/local/worker.ts", import.meta.url));',
      "models/local/worker.ts",
    ],
  ])("an import against the arrow is found: %s", (name, text, target) => {
    expect(wrongArrows(planted(name, text))).toContain(`${name} imports ${target}`);
  });

  test("a new part must find its place in the order", () => {
    expect(wrongArrows(planted("helpers/planted.ts", ""))).toContain(
      "helpers/planted.ts: the part helpers has no place in the order",
    );
  });

  const touchesTheMachine = /\bfrom "(?:node:(?!crypto")|pg"|undici"|fastify"|graphile-worker"|pino")/;
  const pureParts = (files: File[]) =>
    files.filter((file) => ["contract", "statistics", "definition"].includes(partOf(file.name)));

  test("contract, statistics and definition touch neither files nor network nor database", () => {
    expect(places(pureParts(PROGRAM), touchesTheMachine)).toEqual([]);
    expect(
      places(
        pureParts(planted("definition/planted.ts", 'import { readFileSync } from "node:fs";')),
        touchesTheMachine,
      ),
    ).toEqual(["definition/planted.ts"]);
  });

  const withoutTypes = (file: File) => ({ ...file, text: file.text.replaceAll(/import type [^;]+;/g, "") });
  /** A file that calls itself pure in its head decides only; types of rows it may know. */
  const impure = (files: File[]) =>
    files
      .filter(
        (file) =>
          /^\/\*\*(?:(?!\*\/)[\s\S])*\bPure[.,;:]/.test(file.text) &&
          importsOf(withoutTypes(file)).some((target) => /(?:^|\/)(?:store|database)\.ts$/.test(target)),
      )
      .map((file) => file.name);

  test("a file that says it is pure reads no store", () => {
    expect(impure(PROGRAM)).toEqual([]);
    expect(
      impure(planted("reviews/planted.ts", '/** Decides. Pure. */\nimport { read } from "./store.ts";')),
    ).toEqual(["reviews/planted.ts"]);
  });
});

describe("time and chance have one source", () => {
  const systemTime = /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)/;
  const databaseTime =
    /\b(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|localtimestamp|timeofday)\(\s*\)|\bcurrent_(?:timestamp|date|time)\b/i;
  const sqlOf = (files: File[]) =>
    files.map((file) => ({
      name: file.name,
      text: file.name.endsWith(".sql")
        ? file.text
        : [...file.text.matchAll(/\b(?:sql|raw)(?:`|\()([\s\S]*?)(?:`|\))/g)]
            .map((match) => match[1])
            .join("\n"),
    }));
  const chance = /\bMath\.random\b/;

  const clocks = { "platform/clock.ts": "the clock itself", "console/clock.ts": "the clock of the browser" };

  test("the program reads the time in platform/clock.ts only, the console in its own", () => {
    expect(places(PROGRAM, systemTime, clocks)).toEqual([]);
  });

  test.each(["const at = Date.now();", "const at = new Date();", "const now = Date.now;"])(
    "another source of time is found: %s",
    (line) => {
      expect(places(planted("cases/planted.ts", line), systemTime, clocks)).toEqual(["cases/planted.ts"]);
    },
  );

  test("SQL never asks the database for the time", () => {
    expect(places(sqlOf(PROGRAM), databaseTime)).toEqual([]);
    expect(sqlOf(PROGRAM).filter((file) => /\bselect\b/i.test(file.text)).length).toBeGreaterThan(15);
  });

  test.each([
    ["platform/migrations/0009-planted.sql", "create table planted (at timestamptz default now());"],
    ["cases/planted.ts", "await tx.run(sql`update case_ set next_at = current_timestamp`);"],
  ])("time taken from the database is found: %s", (name, text) => {
    expect(places(sqlOf(planted(name, text)), databaseTime)).toEqual([name]);
  });

  test("chance comes in as an argument", () => {
    const allowed = { "app.ts": "hands chance to the retries" };
    expect(places(PROGRAM, chance, allowed)).toEqual([]);
    expect(places(planted("cases/planted.ts", "const coin = Math.random();"), chance, allowed)).toEqual([
      "cases/planted.ts",
    ]);
  });
});

describe("names and sizes", () => {
  const homeless = (files: File[]) =>
    files
      .map((file) => file.name)
      .filter((name) =>
        /(?:^|[/.-])(?:utils?|helpers?|managers?|commons?|misc|types|v2)(?:[/.-]|$)/i.test(name),
      );

  test("files are named for what they hold", () => {
    expect(homeless(FILES)).toEqual([]);
    expect(homeless(planted("cases/case-utils.ts", ""))).toEqual(["cases/case-utils.ts"]);
  });

  const MOST_LINES = 450;
  const LONG: Record<string, string> = { "platform/migrations/0001-core.sql": "one migration is one file" };
  const long = (files: File[]) =>
    places(
      files.map((file) => ({
        name: file.name,
        text: file.text.split("\n").length > MOST_LINES ? "long" : "",
      })),
      /^long$/,
      LONG,
    );

  test(`no file is longer than ${MOST_LINES} lines`, () => {
    expect(long(FILES)).toEqual([]);
    expect(long([...FILES, { name: "cases/planted.ts", text: "\n".repeat(MOST_LINES) }])).toEqual([
      "cases/planted.ts",
    ]);
  });

  /** TypeScript files that do not open with what they are responsible for. */
  const silent = (files: File[]) =>
    files
      .filter(
        (file) => file.name.endsWith(".ts") && !/^(?:#!.*\n)?\/\*\* ?\S?[\s\S]{10,}?\*\//.test(file.text),
      )
      .map((file) => file.name);

  test("every file opens with what it is responsible for", () => {
    expect(silent(PROGRAM)).toEqual([]);
    expect(silent(planted("cases/planted.ts", "export const planted = 1;"))).toEqual(["cases/planted.ts"]);
  });
});
