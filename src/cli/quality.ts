/** `pilotage calibration` and `pilotage quality`: how sure confidence is, what went out alone, where people say otherwise. */
import { Option, type Command } from "commander";
import { whole } from "./arguments.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { readPages } from "./paging.ts";
import { measured, moment, percent, table } from "./text.ts";

interface Page {
  limit: number;
  before?: string;
}

export function addQuality(program: Command, desk: Desk): void {
  addCalibration(program, desk);
  const quality = program
    .command("quality")
    .description("How good what goes out alone is, and where people and the release disagree.");

  const weeks = quality
    .command("weeks")
    .argument("<workflow>", "its name")
    .description("Shows the share of wrong ones among what went out alone, by week, from coin labels.")
    .action(async (workflow: string) => {
      const reply = await (await desk.client("read")).qualityWeeks({ params: { workflow } });
      const row = (name: string, one: (typeof reply)["total"]) => [
        name,
        one.alone,
        one.labels,
        one.errors,
        one.labels === 0 ? "-" : measured(one.errors / one.labels),
        one.exact === null ? "-" : `${measured(one.exact.lower)} to ${measured(one.exact.upper)}`,
        one.alwaysValid === null
          ? "-"
          : `${measured(one.alwaysValid.lower)} to ${measured(one.alwaysValid.upper)}`,
      ];
      const { expected } = reply;
      desk.out.result(
        reply,
        () =>
          `${table(
            ["week", "alone", "labels", "wrong", "share", "80 %, exact", "95 %, at any time"],
            [...reply.weeks.map((one) => row(one.week, one)), row("all", reply.total)],
            "",
          )}\nallowed: ${percent(reply.target)}${
            expected === null
              ? ""
              : `; expected by calibrated confidence alone: ${measured(expected.errorRate)} of ${expected.cases} cases${expected.agrees === false ? ", which the labels contradict: calibrate anew" : ""}`
          }`,
      );
    });
  withExamples(weeks, "pilotage quality weeks support-triage");

  const disagreements = quality
    .command("disagreements")
    .argument("<workflow>", "its name")
    .description("Lists the cases in which people answered otherwise than the release, newest first.")
    .option("--category <category>", "only those that the release put there")
    .option("--limit <cases>", "how many at most", whole(1, 10_000), 50)
    .option("--before <label>", "only those older than this one")
    .action(async (workflow: string, { category, limit, before }: Page & { category?: string }) => {
      const client = await desk.client("read");
      const { items, next } = await readPages(limit, before, async (query) => {
        const page = await client.listDisagreements({
          params: { workflow },
          query: { ...query, ...(category === undefined ? {} : { category }) },
        });
        return { items: page.cases, next: page.next };
      });
      desk.out.result({ cases: items, next }, () =>
        table(
          ["case", "external id", "release said", "people differ in", "confidence", "label", "at"],
          items.map((one) => [
            one.caseId,
            one.externalId,
            one.category,
            one.fields.join(", "),
            one.confidence === null ? "-" : one.confidence.toFixed(2),
            one.source,
            moment(one.at),
          ]),
          `In the last 90 days nobody answered otherwise than the releases of ${workflow}.`,
        ),
      );
    });
  withExamples(disagreements, "pilotage quality disagreements support-triage --category billing");
}

function addCalibration(program: Command, desk: Desk): void {
  const calibration = program
    .command("calibration")
    .description("Fits the confidence of a release to what was right, and lists what was fitted.");

  const fit = calibration
    .command("fit")
    .argument("<workflow>", "its name")
    .description(
      "Calibrates on the part of the coin labels that certifies nothing. The next certificate goes by the calibrated confidence; what is certified stays as it is.",
    )
    .option("--release <release>", "which release; default: the candidate, else the stable one")
    .option("--step <step>", "which step of its chain", whole(0, 20))
    .addOption(
      new Option("--from <source>", "where the labels come from")
        .choices(["labels", "shadow"])
        .default("labels"),
    )
    .option("--simulated", "count labels of programs that play a person, too")
    .action(
      async (
        workflow: string,
        options: { release?: string; step?: number; from: "labels" | "shadow"; simulated?: true },
      ) => {
        const { simulated = false, ...rest } = options;
        const client = await desk.client("change");
        const reply = await client.calibrate({ params: { workflow }, body: { ...rest, simulated } });
        desk.out.result(reply, () => `${reply.id}: ${reply.sentence}`);
      },
    );
  withExamples(fit, "pilotage calibration fit support-triage --as j.okafor@example.com");

  const list = calibration
    .command("list")
    .argument("<workflow>", "its name")
    .description("Lists the calibrations of a workflow, newest first.")
    .option("--limit <calibrations>", "how many at most", whole(1, 10_000), 50)
    .option("--before <calibration>", "only those older than this one")
    .action(async (workflow: string, { limit, before }: Page) => {
      const client = await desk.client("read");
      const { items, next } = await readPages(limit, before, async (query) => {
        const page = await client.listCalibrations({ params: { workflow }, query });
        return { items: page.calibrations, next: page.next };
      });
      desk.out.result({ calibrations: items, next }, () =>
        table(
          ["calibration", "release", "step", "at", "by", "says"],
          items.map((one) => [one.id, one.release, one.step, moment(one.at), one.person, one.sentence]),
          `The confidence of ${workflow} is not calibrated: thresholds are the model's own.`,
        ),
      );
    });
  withExamples(list, "pilotage calibration list support-triage");
}
