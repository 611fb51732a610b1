/** Criteria as they are written: in place or in a file of their own, with every mistake told where it stands. */
import { describe, expect, test } from "vitest";
import { starterFiles } from "../cli/starter.ts";
import { checkDefinition } from "./check.ts";
import { digestOf } from "./digest.ts";

const FILES = starterFiles("support-triage");

function checked(criteria: string, file?: string) {
  const files = new Map(FILES);
  files.set("workflow.yaml", `${files.get("workflow.yaml")}\ncriteria: ${criteria}\n`);
  if (file !== undefined) files.set("criteria.yaml", file);
  return checkDefinition(files);
}

/** The problems of one criterion, written in one line. */
const problemsOf = (criterion: string) =>
  checked("criteria.yaml", `- ${criterion}\n`).problems.map(({ file, path, message, suggestion }) => ({
    place: `${file} ${path}`,
    message,
    ...(suggestion !== undefined && { suggestion }),
  }));

describe("criteria", () => {
  test("mean the same in the workflow and in a file of their own, and their digest does not depend on it", () => {
    const list = `{ name: right, group: performance, metric: accuracy, minimum: 80 %, target: 0.85 }`;
    const [here, there] = [checked(`[ ${list} ]`), checked("criteria.yaml", `- ${list}\n`)];
    expect(here.problems).toEqual([]);
    expect(there.workflow!.criteria).toEqual([
      { name: "right", group: "performance", must: true, metric: "accuracy", minimum: 0.8, target: 0.85 },
    ]);
    expect(digestOf(here.workflow)).toBe(digestOf(there.workflow));
  });

  test("carry the unit of their levels", () => {
    const { workflow, problems } = checked(
      "criteria.yaml",
      `- { name: seconds, group: performance, metric: latency p95, minimum: 10 s, target: 1500 ms }
- { name: price, group: business, metric: cost mean, minimum: 0.05 EUR, target: 0.010 EUR }
- { name: by itself, group: business, figure: automatic, days: 14, minimum: "30 %", must: false }
- { name: helps, group: acceptance, survey: helps, favourable: 4, minimum: 60 % }
- { name: drill, group: readiness, proof: The provider was down and nothing was lost }
`,
    );
    expect(problems).toEqual([]);
    expect(workflow!.criteria).toMatchObject([
      { minimum: { ms: 10_000 }, target: { ms: 1_500 } },
      { minimum: { amount: "0.05", currency: "EUR" }, target: { amount: "0.010", currency: "EUR" } },
      { figure: "automatic", days: 14, must: false },
      { survey: "helps", favourable: 4 },
      { proof: "The provider was down and nothing was lost" },
    ]);
  });

  test("a workflow without them has the digest that it had", () => {
    expect(checkDefinition(FILES).workflow).not.toHaveProperty("criteria");
  });

  test.each<[string, string, string, string?]>([
    [
      "{ name: a, group: performance, metric: acuracy, minimum: 80 % }",
      "criteria.yaml 0.metric",
      'there is no metric "acuracy"',
      "accuracy",
    ],
    [
      "{ name: a, group: performance, metric: recall urgency = hig, minimum: 80 % }",
      "criteria.yaml 0.metric",
      '"hig" is no class of urgency',
      "recall urgency = high",
    ],
    [
      "{ name: a, group: performnce, metric: accuracy, minimum: 80 % }",
      "criteria.yaml 0.group",
      '"performnce" is not known here',
      "performance",
    ],
    [
      "{ name: a, group: performance, metric: accuracy, minimu: 80 % }",
      "criteria.yaml 0.minimu",
      "unknown key minimu",
      "minimum",
    ],
    ["{ name: a, group: performance, metric: accuracy }", "criteria.yaml 0", "a has no minimum"],
    ["{ name: a, group: performance }", "criteria.yaml 0", "a does not say what it is about"],
    [
      "{ name: a, group: performance, metric: accuracy, proof: x, minimum: 80 % }",
      "criteria.yaml 0",
      "metric and proof stand together",
    ],
    [
      "{ name: a, group: performance, metric: accuracy, minimum: 80 }",
      "criteria.yaml 0.minimum",
      "80 is no level",
      "80 % or 80 s",
    ],
    [
      "{ name: a, group: performance, metric: latency p95, minimum: 80 % }",
      "criteria.yaml 0.minimum",
      "the level is not a time",
    ],
    [
      "{ name: a, group: performance, metric: accuracy, minimum: 100 % }",
      "criteria.yaml 0.minimum",
      "no number of cases proves it",
    ],
    [
      "{ name: a, group: performance, metric: accuracy, minimum: 80 %, target: 70 % }",
      "criteria.yaml 0.target",
      "minimum, target and stretch must rise",
    ],
    [
      "{ name: a, group: performance, metric: latency p95, minimum: 2 s, target: 3 s }",
      "criteria.yaml 0.target",
      "minimum, target and stretch must fall: less is better",
    ],
    [
      "{ name: a, group: performance, figure: rigth, minimum: 80 % }",
      "criteria.yaml 0.figure",
      '"rigth" is not known here',
      "right",
    ],
    [
      "{ name: a, group: performance, figure: right, minimum: 90 %, target: 80 % }",
      "criteria.yaml 0.target",
      "minimum, target and stretch must rise",
    ],
    [
      "{ name: a, group: performance, figure: right, minimum: 5 s }",
      "criteria.yaml 0.minimum",
      "the level is not a percent",
    ],
    [
      "{ name: a, group: performance, figure: right, minimum: 80 %, set: tickets-may }",
      "criteria.yaml 0.set",
      "set says nothing here",
    ],
    [
      "{ name: a, group: performance, figure: right, minimum: 80 %, slices: { output.topic: [billing] } }",
      "criteria.yaml 0.slices",
      "this cannot be looked at in slices",
    ],
    [
      "{ name: a, group: business, metric: cost mean, minimum: 2 EUR, target: 1 USD }",
      "criteria.yaml 0",
      "the levels are in different currencies",
    ],
    [
      "{ name: a, group: readiness, proof: it was shown, minimum: 80 % }",
      "criteria.yaml 0.minimum",
      "a proof holds or does not, it has no levels",
    ],
    [
      "{ name: a, group: performance, metric: accuracy, minimum: 80 %, slices: { topic: [billing] } }",
      "criteria.yaml 0.slices.topic",
      "the release has no facet topic with few values",
      "output.topic",
    ],
    [
      "{ name: a, group: performance, metric: accuracy, minimum: 80 %, slices: { output.urgency: [hig] } }",
      "criteria.yaml 0.slices.output.urgency.0",
      "output.urgency is never hig",
      "high",
    ],
    [
      "{ name: a, group: performance, metric: latency mean, minimum: 8 s, slices: { output.topic: [billing] } }",
      "criteria.yaml 0.slices",
      "this cannot be looked at in slices",
    ],
    [
      "{ name: a, group: performance, metric: accuracy, minimum: 80 %, days: 3 }",
      "criteria.yaml 0.days",
      "days says nothing here",
    ],
  ])("%s is refused where it stands", (criterion, place, message, suggestion) => {
    expect(problemsOf(criterion)).toEqual([
      { place, message, ...(suggestion !== undefined && { suggestion }) },
    ]);
  });

  test("two of one name, a file that is missing and one that is no list are told", () => {
    const one = "{ name: a, group: performance, metric: accuracy, minimum: 80 % }";
    expect(checked(`[ ${one}, ${one} ]`).problems).toMatchObject([
      { file: "workflow.yaml", path: "criteria.1.name", message: "a is named twice" },
    ]);
    expect(checked("critria.yaml", "[]").problems).toMatchObject([
      { path: "criteria", message: "there is no file critria.yaml", suggestion: "criteria.yaml" },
    ]);
    expect(checked("criteria.yaml", "name: a\n").problems).toMatchObject([
      { file: "criteria.yaml", line: 1, message: expect.stringContaining("is a section") },
    ]);
    expect(checked("criteria.yaml", "- [\n").problems[0]).toMatchObject({ file: "criteria.yaml" });
  });
});
