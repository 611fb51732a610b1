/** `pilotage case show | list | submit`. Batches are in case-batch.ts. */
import type { Command } from "commander";
import { CASE_STATES } from "../contract/states.ts";
import { gather, whole } from "./arguments.ts";
import { shownCase } from "./case-shown.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { misuse } from "./exit.ts";
import { readPages } from "./paging.ts";
import { readAttachment, readJson, writeNew } from "./reading.ts";
import { count, moment, table } from "./text.ts";

interface ListOptions {
  state?: string;
  externalId?: string;
  source?: string;
  limit: number;
  before?: string;
}

interface SubmitOptions {
  externalId?: string;
  source?: string;
  input: string;
  attach?: string[];
  drill?: boolean;
}

/** Answers the group, so that more commands can be put into it. */
export function addCase(program: Command, desk: Desk): Command {
  const group = program.command("case").description("Hands in, shows and lists cases.");

  const show = group
    .command("show")
    .argument("<case>", "the id of the case")
    .description("Shows one case: state, decision, attempts, reviews, deliveries, history.")
    .option("--content", "also what the case holds; takes the scope content:read")
    .action(async (id: string, { content = false }: { content?: boolean }) => {
      const client = await desk.client("read");
      const reply = await client.getCase({ params: { case: id }, query: content ? { content: "true" } : {} });
      desk.out.result(reply, () => shownCase(reply, content));
    });
  withExamples(
    show,
    "pilotage case show case_01hzy3v7k2e8t9qxw4m5n6p7r8",
    "pilotage case show case_01hzy3v7k2e8t9qxw4m5n6p7r8 --content",
  );

  const list = group
    .command("list")
    .argument("<workflow>", "its name")
    .description("Lists cases, newest first, without content.")
    .option("--state <state>", `only in this state: ${Object.keys(CASE_STATES).join(", ")}`, state)
    .option("--external-id <id>", "only with this id of the source system")
    .option("--source <source>", "only from this source")
    .option("--limit <cases>", "how many at most", whole(1, 100_000), 50)
    .option("--before <case>", "only cases older than this one")
    .action(async (workflow: string, { limit, before, ...filter }: ListOptions) => {
      const client = await desk.client("read");
      const { items, next } = await readPages(limit, before, async (query) => {
        const page = await client.listCases({ params: { workflow }, query: { ...filter, ...query } });
        return { items: page.cases, next: page.next };
      });
      desk.out.result({ cases: items, next }, () =>
        table(
          ["case", "state", "source", "external id", "arm", "verdict", "received", "due"],
          items.map((one) => [
            one.id,
            one.state,
            one.source,
            one.externalId,
            one.arm,
            one.verdict,
            moment(one.receivedAt),
            moment(one.dueAt),
          ]),
          "No case is like that.",
        ),
      );
      if (next !== null) desk.out.note(`There are more: --before ${next}, or a larger --limit.`);
    });
  withExamples(
    list,
    "pilotage case list support-triage --state in_review",
    "pilotage case list support-triage --external-id T-1001 --json",
  );

  const submit = group
    .command("submit")
    .argument("<workflow>", "its name")
    .description("Hands in one case. The same external id with the same content answers as a duplicate.")
    .requiredOption("--input <file>", "its input as a JSON object; - reads standard input")
    .option("--external-id <id>", "its id in the source system; default: the key field of the workflow")
    .option("--source <source>", "the source system; default: api")
    .option("--attach <file>", "an attachment; may be given several times", gather)
    .option("--drill", "a rehearsal; left out of every figure")
    .action(async (workflow: string, { input, attach = [], ...options }: SubmitOptions) => {
      const attachments = await Promise.all(attach.map((path) => readAttachment(path, desk.stdin)));
      const body = { ...options, input: await readJson(input, desk.stdin), attachments };
      const receipt = await (await desk.client("change")).submitCase({ params: { workflow }, body });
      desk.out.result(
        receipt,
        () =>
          `${receipt.caseId}  ${receipt.status === "admitted" ? "admitted" : "was there already"} as ${receipt.externalId}`,
      );
      if (receipt.dropped.length > 0)
        desk.out.note(`Left out, because the input schema does not name them: ${receipt.dropped.join(", ")}`);
    });
  withExamples(
    submit,
    "pilotage case submit support-triage --input ticket.json --external-id T-1001 --as j.okafor@example.com",
    "pilotage case submit support-triage --input - --attach invoice.pdf --attach photo.jpg --as j.okafor@example.com",
  );

  const attachment = group
    .command("attachment")
    .argument("<case>", "the id of the case")
    .argument("<no>", "the number of the attachment, as `case show` gives it")
    .description("Saves one attachment of a case; takes the scope content:read.")
    .requiredOption("--to <file>", "where to write it; a file that exists is kept")
    .action(async (id: string, no: string, { to }: { to: string }) => {
      const bytes = (await (
        await desk.client("read")
      ).getAttachment({ params: { case: id, no } })) as Uint8Array;
      await writeNew(to, bytes);
      desk.out.result({ file: to, bytes: bytes.length }, () => `${to}: ${count(bytes.length, "byte")}.`);
    });
  withExamples(
    attachment,
    "pilotage case attachment case_01hzy3v7k2e8t9qxw4m5n6p7r8 1 --to invoice-copy.pdf",
  );
  return group;
}

function state(text: string): string {
  if (text in CASE_STATES) return text;
  throw misuse(
    `${JSON.stringify(text)} is no state of a case; there are ${Object.keys(CASE_STATES).join(", ")}`,
  );
}
