import { readFileSync, writeFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkDefinition, formatProblems } from "./check.ts";
import type { Broken } from "./golden/broken.ts";
import { BROKEN } from "./golden/broken.ts";
import { GOOD, goodFiles } from "./golden/good.ts";

const EXPECTED = new URL("golden/expected.txt", import.meta.url);

function broken({ name, change = {}, files = {} }: Broken): Map<string, string> {
  const all = goodFiles();
  for (const [file, changes] of Object.entries(change)) {
    for (const [find, replace] of changes) {
      const text = all.get(file)!;
      if (text.split(find).length !== 2)
        throw new Error(`${name}: ${file} holds ${JSON.stringify(find)} not exactly once`);
      all.set(
        file,
        text.replace(find, () => replace),
      );
    }
  }
  for (const [file, text] of Object.entries(files)) {
    if (text === null) all.delete(file);
    else all.set(file, text);
  }
  return all;
}

function section({ name }: Broken, problems: string): string {
  return `## ${name}\n${problems}\n`;
}

describe("the check of a definition", () => {
  it("finds nothing wrong with a good definition and compiles it", () => {
    const { problems, workflow, release } = checkDefinition(goodFiles());
    expect(problems).toEqual([]);
    expect(workflow).toMatchObject({
      format: 1,
      automation: { maxErrorRate: 0.05, confidence: 0.95, per: "all" },
      rollout: ["shadow", 0.2, 0.5, 1],
      undo: 10_000,
      feeds: [{ schedule: 300_000, encoding: "detect", columns: { "Ticket No": "ticketNo", Text: "body" } }],
      deliveries: [{ disclosure: GOOD["ai-notice.md"] }, { path: "out/decisions.jsonl" }],
      retention: { content: 7_776_000_000, decisions: 34_560_000_000 },
      instructions: { de: GOOD["instructions.de.md"] },
    });
    expect(release).toMatchObject({
      model: { connection: "mistral-eu", timeout: 20_000 },
      prompt: GOOD["prompt.liquid.md"],
      output: JSON.parse(GOOD["triage.schema.json"]!) as unknown,
      examples: { count: 2, digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
      local: { triage: { drafts: { draft: GOOD["reply.liquid.md"] }, seed: 7 } },
    });
  });

  it("says about each broken definition what the golden file says", () => {
    const told = BROKEN.map((one) =>
      section(one, formatProblems(checkDefinition(broken(one)).problems)),
    ).join("\n");
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(EXPECTED, told);
    expect(told).toBe(readFileSync(EXPECTED, "utf8"));
  });

  it("finds a problem in each of at least forty broken definitions, and hands out no document", () => {
    expect(BROKEN.length).toBeGreaterThanOrEqual(40);
    for (const one of BROKEN) {
      const checked = checkDefinition(broken(one));
      expect(checked.problems, one.name).not.toEqual([]);
      expect(checked, one.name).not.toHaveProperty("workflow");
      expect(checked, one.name).not.toHaveProperty("release");
    }
  });

  it("points at the very place: line and column stand at what is named", () => {
    const lines = (file: string, files: Map<string, string>) => files.get(file)!.split("\n");
    const files = broken({
      name: "x",
      change: {
        "release.yaml": [
          ["matches(input.body,", "matches(input.bdy,"],
          ["body: allow", "bodi: allow"],
        ],
      },
    });
    const { problems } = checkDefinition(files);
    const at = (path: string) => {
      const { file, line, column } = problems.find((problem) => problem.path === path)!;
      return lines(file, files)[line - 1]!.slice(column - 1);
    };
    expect(at("policy.bodi")).toMatch(/^bodi: allow/);
    expect(at("decide.review.0")).toMatch(/^\.?bdy/);
  });

  it("reads the same definition from JSON files and with Windows line ends", () => {
    const good = checkDefinition(goodFiles());
    const windows = new Map(
      [...goodFiles()].map(([file, text]) => [
        file,
        file.endsWith(".jsonl") ? text : text.replaceAll("\n", "\r\n"),
      ]),
    );
    expect(checkDefinition(windows)).toEqual(good);
  });

  it("never throws, whatever an editor leaves behind", () => {
    const files = fc.constantFrom(...Object.keys(GOOD));
    const scraps = fc.constantFrom(
      "",
      "\n",
      "\t",
      "- ",
      ": ",
      "{",
      "]",
      "'",
      '"',
      "&a ",
      "*a ",
      "!!x ",
      "#",
      "null",
      "1e999",
      "%",
      "--- ",
      "\0",
      "\uD800",
      "|\n",
      "? ",
      "{{",
      "{%",
    );
    fc.assert(
      fc.property(files, fc.nat(2_000), fc.nat(60), scraps, (file, at, length, scrap) => {
        const all = goodFiles();
        const text = all.get(file)!;
        const start = at % (text.length + 1);
        all.set(file, text.slice(0, start) + scrap + text.slice(start + length));
        const { problems, workflow, release } = checkDefinition(all);
        expect(workflow === undefined || release === undefined).toBe(problems.length > 0);
        for (const problem of problems) {
          expect(problem.line).toBeGreaterThanOrEqual(1);
          expect(problem.column).toBeGreaterThanOrEqual(1);
          expect(problem.message).not.toBe("");
          expect(problem.expected).not.toBe("");
        }
      }),
      { numRuns: 300 },
    );
  });

  it("stays quick on a definition made to be slow", () => {
    const bomb = Array.from(
      { length: 12 },
      (_, i) =>
        `a${i}: &a${i} [${
          i === 0
            ? "x"
            : Array(9)
                .fill(`*a${i - 1}`)
                .join(", ")
        }]`,
    ).join("\n");
    const started = performance.now();
    const { problems } = checkDefinition(new Map([...goodFiles(), ["workflow.yaml", bomb]]));
    expect(problems).not.toEqual([]);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
