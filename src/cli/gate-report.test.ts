/** Reports of gates: what did not pass never looks as if it had, and words of people stay words. */
import { describe, expect, it } from "vitest";
import type { Verdict } from "../contract/gate.ts";
import { EXIT } from "./exit.ts";
import { endOf } from "./evaluate-gate.ts";
import { gateJunit, gateMarkdown, gateText, markdown, valued, xml, type Gate } from "./gate-report.ts";
import { GATES } from "./gate-samples.fixture.ts";
import { here, stage, type } from "./playing.fixture.ts";
import { SAMPLES } from "./samples.fixture.ts";
import { TRIALS } from "./trial-samples.fixture.ts";

const { playing, file } = stage();
const [shown] = [GATES.getGate as Gate];
const criterion = shown.criteria[0]!;

function gate(verdict: Verdict, more: Partial<(typeof shown.criteria)[number]> = {}): Gate {
  return { ...shown, verdict, criteria: [{ ...criterion, verdict, ...more }] };
}

interface Element {
  name: string;
  attributes: Record<string, string>;
  text: string;
}

/** Reads XML and refuses what is not well-formed: open tags, wrong ends, raw signs, characters that XML cannot hold. */
function read(document: string): Element[] {
  // oxlint-disable-next-line no-control-regex -- characters that no XML document may hold
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(document) || !document.isWellFormed())
    throw new Error("a character that XML cannot hold");
  const body = document.replace(/^<\?xml [^?]*\?>\s*/, "");
  const elements: Element[] = [];
  const open: Element[] = [];
  const rest = body.replace(
    /<(\/?)([a-z-]+)((?:\s+[a-z-]+="[^"<]*")*)\s*(\/?)>([^<]*)/g,
    (_, end: string, name: string, attributes: string, closed: string, text: string) => {
      if (end) {
        if (open.pop()?.name !== name) throw new Error(`${name} ends what did not begin`);
      } else {
        const element = { name, attributes: attributesOf(attributes), text: decoded(text) };
        elements.push(element);
        if (!closed) open.push(element);
      }
      return "";
    },
  );
  if (rest.trim() !== "" || open.length > 0) throw new Error(`not well-formed: ${rest.slice(0, 80)}`);
  return elements;
}

function attributesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([a-z-]+)="([^"]*)"/g)].map(([, name, value]) => [name!, decoded(value!)]),
  );
}

function decoded(text: string): string {
  if (/&(?!(?:amp|lt|gt|quot|apos|#\d+);)/.test(text)) throw new Error(`a raw & in ${text}`);
  const names: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text.replaceAll(/&([a-z]+|#\d+);/g, (_, name: string) =>
    name.startsWith("#") ? String.fromCharCode(Number(name.slice(1))) : names[name]!,
  );
}

describe("a report for pipelines", () => {
  it.each<[Verdict, string | undefined]>([
    ["go", undefined],
    ["conditional", "failure"],
    ["no-go", "failure"],
    ["inconclusive", "failure"],
    ["could-not-run", "error"],
  ])("shows %s so that it cannot be taken for another", (verdict, kind) => {
    const elements = read(gateJunit(gate(verdict), []));
    const bad = elements.filter(({ name }) => ["failure", "error", "skipped"].includes(name));
    expect(bad.map(({ name, attributes }) => [name, attributes["type"]])).toEqual(
      kind === undefined
        ? []
        : [
            [kind, verdict],
            [kind, verdict],
          ],
    );
    const [suites, whole, group] = elements.filter(({ name }) => name.startsWith("testsuite"));
    expect(suites!.attributes["tests"]).toBe("2");
    expect([whole!.attributes["name"], group!.attributes["name"]]).toEqual(["gate", "performance"]);
    expect(Number(suites!.attributes["failures"]) + Number(suites!.attributes["errors"])).toBe(bad.length);
    expect(gateMarkdown(gate(verdict))).toContain(`**${verdict}**`);
  });

  it("lets a conditional gate pass where that is allowed, and nothing else", () => {
    expect(gateJunit(gate("conditional"), ["conditional"])).not.toContain("<failure");
    expect(gateJunit(gate("inconclusive"), ["conditional"])).toContain("<failure");
    expect(endOf(gate("conditional"), ["conditional"])).toBe(EXIT.ok);
    expect(
      (["go", "conditional", "no-go", "inconclusive", "could-not-run"] as const).map((one) =>
        endOf(gate(one), []),
      ),
    ).toEqual([0, 5, 6, 7, 8]);
  });

  it("skips what only informs and does not pass, and says how many more it takes", () => {
    const found = gate("inconclusive", { must: false, missing: 120 });
    const skipped = read(gateJunit({ ...found, verdict: "go" }, [])).find(({ name }) => name === "skipped")!;
    expect(skipped.attributes["message"]).toContain("informs only");
    expect(skipped.attributes["message"]).toContain("about 120 more");
  });

  it("holds n, bounds and levels of each criterion", () => {
    const told = read(gateJunit(gate("conditional"), [])).filter(({ name }) => name === "system-out")[1]!
      .text;
    expect(told).toMatch(/n +600/);
    expect(told).toContain("81.3 % to 86.4 %");
    expect(told).toContain("80 % / 85 % / 92 %");
  });

  it.each([
    `a <b> & "c" 'd'`,
    "tabs\tand\nlines",
    "\u0000\u0008\u001b[31mred\u0007",
    "half a character \ud83d",
    "]]> <!-- -->",
    "Größe ≥ 10 – 🚢",
  ])("holds any name: %j", (name) => {
    const hostile = { ...gate("no-go", { name, about: name }), workflow: name };
    const cases = read(gateJunit(hostile, [])).filter((one) => one.name === "testcase");
    const kept = name.toWellFormed().replaceAll(
      // oxlint-disable-next-line no-control-regex -- replaced, because XML cannot hold them
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g,
      "\ufffd",
    );
    expect(cases[1]!.attributes["name"]).toBe(kept);
    const row = gateMarkdown(hostile)
      .split("\n")
      .filter((line) => line.startsWith("| "))[2]!;
    expect(row.match(/(?<!\\)\|/g)).toHaveLength(9);
    expect(row).not.toMatch(/<[a-z!]/i);
  });

  it("escapes what Markdown would read, and those that it would call", () => {
    expect(markdown("a|b `c` *d* <i> @team\n# e")).toBe("a\\|b \\`c\\` \\*d\\* &lt;i&gt; &#64;team \\# e");
    expect(xml("a\u0001b")).toBe("a\ufffdb");
  });

  it("shows figures in the unit of their criterion", () => {
    expect([valued(0.92567, "share"), valued(1_234.6, "ms"), valued(0.0123456, "EUR")]).toEqual([
      "92.57 %",
      "1,235 ms",
      "0.01235 EUR",
    ]);
  });

  it("says on the screen who signed, and that a later gate took the place of this one", () => {
    const told = gateText({
      ...shown,
      newest: false,
      rolledBackAt: "2026-01-06T08:00:00.000Z",
      lacks: "no sponsor is named",
    });
    expect(told).toContain(
      "its release, 2026-01-06 08:00:00Z, after it was judged: it cannot be signed as go",
    );
    expect(told).toContain("go by j.okafor@example.com as owner");
    expect(told).toContain("a later gate of the release takes its place");
    expect(told).toContain("no sponsor is named");
  });
});

describe("pilotage gate judge", () => {
  const words = ["gate", "judge", "support-triage", "--as", "j.okafor@example.com"];

  const [metric] = GATES.getCriteria.inForce.criteria;
  const live = { ...metric!, about: "live cases: right" };
  const agreed = (...criteria: unknown[]) => ({
    ...GATES.getCriteria,
    inForce: { ...GATES.getCriteria.inForce, criteria },
  });

  it("judges the newest release without a run, ends by the verdict, and says how many live labels wait", async () => {
    const looked = gate("conditional", {
      about: "live cases: right",
      reasons: [
        { code: "labels-waiting", about: "7" },
        { code: "labels-open", about: "2" },
      ],
    });
    const server = await playing({
      listReleases: SAMPLES.listReleases,
      // Of another group; it is not asked for.
      getCriteria: agreed(live, { ...metric!, group: "business" }),
      judgeGate: looked,
    });
    const [junit, report] = [await file("judged.xml", ""), await file("judged.md", "")];
    const ended = await type(
      [...words, "--groups", "performance", "--junit", junit, "--markdown", report],
      here(server),
    );
    expect(ended.exit).toBe(EXIT.conditional);
    expect(server.calls.map(({ name }) => name)).toEqual(["listReleases", "getCriteria", "judgeGate"]);
    expect(server.calls.at(-1)!.body).toEqual({
      release: SAMPLES.listReleases.releases[0]!.id,
      runs: [],
      groups: ["performance"],
    });
    const { readFile } = await import("node:fs/promises");
    const junitTold = read(await readFile(junit, "utf8"))
      .map(({ text }) => text)
      .join("\n");
    for (const told of [ended.stdout, junitTold, await readFile(report, "utf8")]) {
      expect(told).toMatch(/whose label leaves it open \(2\)/);
      expect(told).toMatch(/wait until those before them are judged \(7\)/);
    }
  });

  it("takes the release and the evaluations that are named", async () => {
    const server = await playing({
      getCriteria: agreed(metric!),
      getEvaluation: TRIALS.getEvaluation,
      judgeGate: gate("go"),
    });
    const named = ["--release", "rel_1", "--run", "evr_1", "--run", "evr_2"];
    expect((await type([...words, ...named], here(server))).exit).toBe(EXIT.ok);
    expect(server.calls.at(-1)!.body).toEqual({ release: "rel_1", runs: ["evr_1", "evr_2"] });
  });
});

describe("pilotage gate judge without the run that a criterion is measured by", () => {
  const words = ["gate", "judge", "support-triage", "--release", "rel_1", "--as", "j.okafor@example.com"];
  const [metric] = GATES.getCriteria.inForce.criteria;

  it.each([
    ["none is named", null, [], "right answers"],
    ["one over another set is named", "letters", ["--run", "evr_1"], "right answers (over letters)"],
  ] as const)(
    "judges nothing where %s: an empty gate would replace a signed go",
    async (_, set, run, told) => {
      const server = await playing({
        getCriteria: {
          ...GATES.getCriteria,
          inForce: { ...GATES.getCriteria.inForce, criteria: [{ ...metric!, set }] },
        },
        getEvaluation: TRIALS.getEvaluation,
        judgeGate: gate("could-not-run"),
      });
      const ended = await type([...words, ...run], here(server));
      expect(ended.exit).toBe(EXIT.failed);
      expect(ended.stderr).toContain(`not named: ${told}.`);
      expect(server.calls.map(({ name }) => name)).not.toContain("judgeGate");
    },
  );
});

describe("pilotage evaluate --gate", () => {
  const words = ["evaluate", "support-triage", "--set", "tickets-may", "--as", "j.okafor@example.com"];
  const answers = {
    listReleases: SAMPLES.listReleases,
    getCriteria: {
      ...GATES.getCriteria,
      repeats: 3,
      inForce: {
        ...GATES.getCriteria.inForce,
        criteria: [
          { ...GATES.getCriteria.inForce.criteria[0]!, set: "letters" },
          { ...GATES.getCriteria.inForce.criteria[0]!, name: "same set", set: "tickets-may@1" },
          {
            ...GATES.getCriteria.inForce.criteria[0]!,
            name: "other group",
            group: "business" as const,
            set: "bills",
          },
        ],
      },
    },
    getEvaluationSet: ({ params }: { params: Record<string, string> }) => ({
      ...TRIALS.getEvaluationSet,
      id: `set_${params["set"]!.split("@")[0]}`,
    }),
    startEvaluation: ({ body }: { body: unknown }) => ({
      ...TRIALS.startEvaluation,
      id: `evr_${(body as { set: string }).set}`,
    }),
    getEvaluation: ({ params }: { params: Record<string, string> }) => ({
      ...TRIALS.getEvaluation,
      id: params["run"]!,
    }),
    judgeGate: GATES.judgeGate,
  };

  it("evaluates once over each set that the criteria ask for, as often as they need, judges and writes the reports", async () => {
    const server = await playing(answers);
    const [junit, report] = [await file("gate.xml", ""), await file("gate.md", "")];
    const ended = await type(
      [...words, "--gate", "--groups", "performance", "--junit", junit, "--markdown", report, "--json"],
      here(server),
    );
    expect(ended.exit).toBe(EXIT.conditional);
    expect(ended.json()).toMatchObject({ verdict: "conditional" });
    const started = server.calls.filter(({ name }) => name === "startEvaluation").map(({ body }) => body);
    expect(started).toMatchObject([
      { set: "tickets-may", repeats: 3 },
      { set: "letters", repeats: 3 },
    ]);
    expect(server.calls.at(-1)!.body).toEqual({
      release: TRIALS.startEvaluation.release,
      runs: ["evr_tickets-may", "evr_letters"],
      groups: ["performance"],
    });
    const { readFile } = await import("node:fs/promises");
    expect(read(await readFile(junit, "utf8"))[0]!.name).toBe("testsuites");
    expect(await readFile(report, "utf8")).toContain("**conditional**");
  });

  it("refuses options that say nothing, and a report that cannot be written", async () => {
    const server = await playing(answers);
    for (const wrong of [
      ["--junit", "x"],
      ["--allow", "conditional"],
      ["--gate", "--no-wait"],
      ["--gate", "--groups", "performnce"],
      ["--gate", "--allow", "no-go"],
    ])
      expect((await type([...words, ...wrong], here(server))).exit, wrong.join(" ")).toBe(EXIT.usage);
    expect(server.calls).toEqual([]);
    const ended = await type([...words, "--gate", "--junit", "/no/such/folder/gate.xml"], here(server));
    expect(ended.exit).toBe(EXIT.failed);
    expect(ended.stderr).toContain("could not be written");
  });
});
