/** `pilotage certify`, `certificates` and `certificate`: what may go out unreviewed, and on which evidence. */
import { InvalidArgumentError, Option, type Command } from "commander";
import { CERTIFICATION_SOURCES } from "../contract/certificate-endpoints.ts";
import type { Client } from "../contract/client.ts";
import { whole } from "./arguments.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { EXIT } from "./exit.ts";
import { readPages } from "./paging.ts";
import { addForecast, named, showPreview, type PreviewOptions } from "./preview.ts";
import { facts, moment, percent, rounded, table } from "./text.ts";

type Look = Awaited<ReturnType<Client["certify"]>>;
type Source = keyof typeof CERTIFICATION_SOURCES;

interface Page {
  limit: number;
  before?: string;
}

interface CertifyOptions extends PreviewOptions {
  preview?: true;
  release?: string;
  step?: number;
  from: Source;
  set?: string;
  simulated?: true;
}

export function addCertificate(program: Command, desk: Desk): void {
  const certify = program
    .command("certify")
    .argument("<workflow>", "its name")
    .description(
      "Looks at labels and certifies the loosest confidence threshold that keeps the error rate of the workflow. A look that tests a threshold spends from the error budget, so do not ask every day.",
    )
    .option("--release <release>", "its id, or `latest`; default: the candidate, else the stable one")
    .option(
      "--step <step>",
      "which step of its chain answered: 0 its model, 1 its first fallback",
      whole(0, 20),
    )
    .addOption(
      new Option("--from <source>", "where the labels come from")
        .choices(Object.keys(CERTIFICATION_SOURCES))
        .default("labels"),
    )
    .option(
      "--set <set>",
      "with --from set: a sealed set that the release was evaluated on, or a run over it",
    )
    .option("--simulated", "count labels of programs that play a person, too; the certificate says so")
    .option("--preview", "show what each threshold would mean; nothing is spent")
    .option(
      "--errors",
      "with --preview: lay the labels open and show what was wrong; certificates then take up to about twice the labels",
    )
    .option("--threshold <confidence>", "with --preview: one more row, such as 0.8", between)
    .option("--minutes <minutes>", "with --preview: what a case takes, in place of what is measured", Number)
    .option("--hourly-cost <amount>", "with --preview: what an hour of a reviewer costs", Number)
    .action(async (workflow: string, options: CertifyOptions) => {
      if (options.preview) return showPreview(desk, workflow, options);
      const { step, from, set, simulated = false } = options;
      const client = await desk.client("change");
      const release = await named(client, workflow, options.release);
      const rest = {
        ...(release === undefined ? {} : { release }),
        ...(step === undefined ? {} : { step }),
        from,
        ...(set === undefined ? {} : { set }),
      };
      const reply = await client.certify({ params: { workflow }, body: { ...rest, simulated } });
      if (reply.result === "none") desk.exit = EXIT.found;
      desk.out.result(reply, () => shownLook(reply));
    });
  withExamples(
    certify,
    "pilotage certify support-triage --as j.okafor@example.com",
    "pilotage certify support-triage --preview --threshold 0.8",
    "pilotage certify support-triage --preview --errors --as j.okafor@example.com",
    "pilotage certify support-triage --release rel_01hzy3v7k2e8t9qxw4m5n6p7r8 --from shadow --as j.okafor@example.com",
    "pilotage certify support-triage --release latest --from set --set tickets-may --as j.okafor@example.com",
  );

  const list = program
    .command("certificates")
    .argument("<workflow>", "its name")
    .description("Lists the certificates of a workflow, newest first: in force, or why not.")
    .option("--limit <certificates>", "how many at most", whole(1, 10_000), 50)
    .option("--before <certificate>", "only those older than this one")
    .action(async (workflow: string, { limit, before }: Page) => {
      const client = await desk.client("read");
      const { items, next } = await readPages(limit, before, async (query) => {
        const page = await client.listCertificates({ params: { workflow }, query });
        return { items: page.certificates, next: page.next };
      });
      desk.out.result({ certificates: items, next }, () =>
        table(
          ["certificate", "release", "step", "standing", "says"],
          items.map((one) => [one.id, one.release, one.step, one.standing, one.sentence]),
          `${workflow} has no certificate: every case is reviewed. \`pilotage certify ${workflow}\` looks at its labels.`,
        ),
      );
    });
  withExamples(list, "pilotage certificates support-triage");

  addOne(program, desk);
}

/** A confidence as a number from 0 to 1. */
function between(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError("A confidence from 0 to 1 is expected, such as 0.8.");
}

function addOne(program: Command, desk: Desk): void {
  const certificate = program
    .command("certificate")
    .description("Suspends a certificate; lists and checks the looks behind them.");

  const suspend = certificate
    .command("suspend")
    .argument("<certificate>", "its id")
    .description("Suspends it at once and for good: every case is reviewed until a new one is certified.")
    .requiredOption("--reason <reason>", "why, for the record")
    .action(async (id: string, { reason }: { reason: string }) => {
      const reply = await (
        await desk.client("change")
      ).suspendCertificate({ params: { certificate: id }, body: { reason } });
      desk.out.result(reply, () => `${reply.id}: ${reply.standing}. Its cases are reviewed from now on.`);
    });
  withExamples(
    suspend,
    'pilotage certificate suspend cert_01hzy3v7k2e8t9qxw4m5n6p7r8 --reason "Two customers complained" --as j.okafor@example.com',
  );

  const looks = certificate
    .command("looks")
    .argument("<workflow>", "its name")
    .description("Lists the looks at labels, newest first, with what each spent from the error budget.")
    .option("--limit <looks>", "how many at most", whole(1, 10_000), 50)
    .option("--before <look>", "only those older than this one")
    .action(async (workflow: string, { limit, before }: Page) => {
      const client = await desk.client("read");
      const { items, next } = await readPages(limit, before, async (query) => {
        const page = await client.listCertifications({ params: { workflow }, query });
        return { items: page.certifications, next: page.next };
      });
      desk.out.result({ certifications: items, next }, () =>
        table(
          ["look", "at", "asked by", "from", "no", "spent", "came of it"],
          items.map((one) => [
            one.id,
            moment(one.at),
            one.person,
            one.from,
            one.look,
            percent(one.spent),
            one.sentence,
          ]),
          `Nobody asked for a certificate of ${workflow} yet.`,
        ),
      );
    });
  withExamples(looks, "pilotage certificate looks support-triage");

  const check = certificate
    .command("check")
    .argument("<look>", "its id")
    .description("Runs a stored look again from its numbers and says whether it comes out the same.")
    .action(async (look: string) => {
      const reply = await (
        await desk.client("read")
      ).recheckCertification({ params: { certification: look } });
      if (!reply.agrees) desk.exit = EXIT.found;
      desk.out.result(reply, () => reply.sentence);
    });
  withExamples(check, "pilotage certificate check look_01hzy3v7k2e8t9qxw4m5n6p7r8");
  addForecast(certificate, desk);
}

/** The sentence first, then what it rests on. */
function shownLook(look: Look): string {
  const counts = (of: Record<string, number>) =>
    Object.entries(of)
      .map(([name, count]) => `${count} ${name}`)
      .join(", ");
  const tests = look.tests.map(({ category, threshold, n, errors, p }) => [
    category ?? "all",
    threshold.toFixed(2),
    n,
    errors,
    rounded(p),
  ]);
  const rest = facts([
    ["release", `${look.release}, step ${look.step}`],
    ["model", [look.model.answered, look.model.version].filter((one) => one !== null).join(" ")],
    ["counted", counts(look.counted) || "nothing"],
    ["left out", counts(look.leftOut)],
    [
      "look",
      look.spent === 0
        ? ""
        : `number ${look.look}, spent ${percent(look.spent)}${look.open ? ", at open labels" : ""}`,
    ],
    ["calibration", look.calibration ?? ""],
  ]);
  return `${look.workflow}: ${look.sentence}\n${rest}${
    tests.length === 0 ? "" : `\n${table(["cases", "threshold", "labels", "wrong", "p"], tests, "")}`
  }`;
}
