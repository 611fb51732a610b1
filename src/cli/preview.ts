/** What `pilotage certify --preview` and `pilotage certificate forecast` show: thresholds before they are certified, and days. */
import type { Command } from "commander";
import type { Client } from "../contract/client.ts";
import { whole } from "./arguments.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { newest } from "./share.ts";
import { facts, measured, percent, table } from "./text.ts";

type Preview = Awaited<ReturnType<Client["previewCertification"]>>;

export interface PreviewOptions {
  release?: string;
  step?: number;
  from: string;
  simulated?: true;
  errors?: true;
  threshold?: number;
  minutes?: number;
  hourlyCost?: number;
}

/** The id of the release that was named, `latest` among them; undefined where none was: the one in force is meant. */
export async function named(
  client: Client,
  workflow: string,
  release: string | undefined,
): Promise<string | undefined> {
  return release === "latest" ? newest(client, workflow) : release;
}

/** Shows the preview; with `errors` the labels are laid open first, in the name of a person. */
export async function showPreview(desk: Desk, workflow: string, options: PreviewOptions): Promise<void> {
  const { step = 0, simulated = false, errors = false, threshold, minutes, hourlyCost } = options;
  const from = options.from === "shadow" ? "shadow" : "labels";
  const client = await desk.client(errors ? "change" : "read");
  const release = await named(client, workflow, options.release);
  const of = { ...(release === undefined ? {} : { release }), step, from } as const;
  if (errors) await client.openLabels({ params: { workflow }, body: { ...of, simulated } });
  const reply = await client.previewCertification({
    params: { workflow },
    query: {
      ...of,
      simulated: simulated ? "true" : "false",
      ...(threshold === undefined ? {} : { threshold }),
      ...(minutes === undefined ? {} : { minutesPerCase: minutes }),
      ...(hourlyCost === undefined ? {} : { hourlyCost }),
    },
  });
  desk.out.result(reply, () => shown(reply));
}

function shown(preview: Preview): string {
  const { rows, allReviewed, assumes, modelCostPerDay } = preview;
  const queue = (one: Preview["allReviewed"]) => [
    one.reviewsPerDay.toFixed(1),
    one.minutesPerDay === null ? "-" : one.minutesPerDay.toFixed(0),
    one.peopleNeeded,
    one.reviewCostPerDay === null ? "-" : one.reviewCostPerDay.toFixed(2),
  ];
  const listed = rows.map((row) => [
    (row.calibrated ?? row.threshold).toFixed(2),
    measured(row.coverage),
    row.labels,
    row.mayBeWrong < 0 ? "too few" : row.mayBeWrong,
    row.seen === null
      ? "-"
      : `${row.seen.errors}/${row.seen.n} (${measured(row.seen.lower)} to ${measured(row.seen.upper)})${row.seen.of === "look" ? " at the last look" : ""}`,
    ...queue(row),
  ]);
  const head = `${preview.workflow}: ${preview.sentence}`;
  const rest = facts([
    ["release", `${preview.release}, step ${preview.step}`],
    [
      "threshold",
      preview.calibration === null ? "the model's own confidence" : `calibrated (${preview.calibration})`,
    ],
    [
      "assumed",
      `${assumes.casesPerDay.toFixed(1)} cases and ${assumes.labelsPerDay.toFixed(1)} coin labels a day, autonomy ${percent(assumes.autonomy)}`,
    ],
    [
      "model",
      modelCostPerDay === null
        ? ""
        : `about ${modelCostPerDay.amount.toFixed(4)} ${modelCostPerDay.currency} a day, whatever the threshold`,
    ],
  ]);
  const columns = ["threshold", "coverage", "labels", "may be wrong", "wrong", "reviews/day"];
  return `${head}\n${rest}\n${table(
    [...columns, "minutes/day", "people", "cost/day"],
    [...listed, ["all reviewed", percent(0), preview.labels, "", "", ...queue(allReviewed)]],
    "",
  )}`;
}

export function addForecast(certificate: Command, desk: Desk): void {
  const forecast = certificate
    .command("forecast")
    .argument("<workflow>", "its name")
    .description(
      "Says about how many days of labels it takes until cases go out alone: with this release, and after a change to a new one.",
    )
    .option("--release <release>", "its id, or `latest`; default: the candidate, else the stable one")
    .option("--step <step>", "which step of its chain", whole(0, 20))
    .option("--simulated", "count labels of programs that play a person, too")
    .action(
      async (
        workflow: string,
        { release: wanted, step, simulated }: { release?: string; step?: number; simulated?: true },
      ) => {
        const client = await desk.client("read");
        const release = await named(client, workflow, wanted);
        const reply = await client.automationForecast({
          params: { workflow },
          query: {
            ...(release === undefined ? {} : { release }),
            ...(step === undefined ? {} : { step }),
            ...(simulated ? { simulated: "true" as const } : {}),
          },
        });
        desk.out.result(reply, () => `${workflow}: ${reply.sentence}`);
      },
    );
  withExamples(forecast, "pilotage certificate forecast support-triage");
}
