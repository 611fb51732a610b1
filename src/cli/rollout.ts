/** `pilotage rollout ...` and `pilotage rollback`: how a release earns its share, and how it is taken out at once. */
import { type Command, Option } from "commander";
import type { Client } from "../contract/client.ts";
import { PilotageError } from "../contract/errors.ts";
import { RECALL_STATES, type RecallState } from "../contract/rollout.ts";
import { share as readShare } from "./arguments.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { newest } from "./share.ts";
import { deliveredText, looksText, rolledBackText, rolloutText } from "./rollout-text.ts";
import { count } from "./text.ts";

type Reason = { reason: string };

export function addRollout(program: Command, desk: Desk): void {
  const rollout = program
    .command("rollout")
    .description(
      "Brings a release to its cases stage by stage, watched by guards that take it out by themselves.",
    );

  const start = rollout
    .command("start")
    .argument("<workflow>", "its name")
    .argument("<release>", "the id of a release, or `latest`")
    .requiredOption("--ceiling <percent>", "the error rate that it must not exceed, such as 8%", readShare)
    .option(
      "--tolerated <times>",
      "how many times as many errors as the stable release are tolerated",
      Number,
    )
    .option("--latency <milliseconds>", "what an answer may take", Number)
    .option("--cost <amount>", "what the model calls of a case may cost", Number)
    .addOption(
      new Option("--in-flight <what>", "what happens to cases under way when it is taken out").choices([
        "review",
        "finish",
      ]),
    )
    .option("--simulated", "count labels of programs that play a person, too")
    .description("Starts a rollout with its plan, in shadow where the workflow's stages begin so.")
    .action(
      async (
        workflow: string,
        wanted: string,
        plan: {
          ceiling: number;
          tolerated?: number;
          latency?: number;
          cost?: number;
          inFlight?: "review" | "finish";
          simulated?: boolean;
        },
      ) => {
        const client = await desk.client("change");
        const release = wanted === "latest" ? await newest(client, workflow) : wanted;
        const reply = await client.startRollout({ params: { workflow }, body: { release, ...plan } });
        desk.out.result(
          reply,
          () =>
            `${reply.id}: ${reply.sentence}\nNext: pilotage rollout advance ${workflow} --as <person>, and a second person approves it`,
        );
      },
    );
  withExamples(start, "pilotage rollout start support-triage latest --ceiling 8% --as j.okafor@example.com");

  const show = rollout
    .command("show")
    .argument("<workflow>", "its name, or the id of a rollout")
    .description("Shows where a rollout stands: its guards, whether its stage may be left, what happened.")
    .action(async (wanted: string) => {
      const client = await desk.client("read");
      const reply = await client.getRollout({ params: { rollout: await idOf(client, wanted) } });
      desk.out.result(reply, () => rolloutText(reply));
    });
  withExamples(show, "pilotage rollout show support-triage");

  const list = rollout
    .command("list")
    .argument("<workflow>", "its name")
    .description("Lists the rollouts of a workflow, newest first.")
    .option("--release <release>", "only those of this release")
    .action(async (workflow: string, query: { release?: string }) => {
      const reply = await (await desk.client("read")).listRollouts({ params: { workflow }, query });
      desk.out.result(reply, () =>
        reply.rollouts.length === 0
          ? `${query.release ?? workflow} has had no rollout yet.`
          : reply.rollouts
              .map((one) => `${one.id}  ${one.startedAt.slice(0, 10)}  ${one.sentence}`)
              .join("\n"),
      );
    });
  withExamples(
    list,
    "pilotage rollout list support-triage",
    "pilotage rollout list support-triage --release rel_01hzy3v7k2e8t9qxw4m5n6p7r8",
  );

  const advance = rollout
    .command("advance")
    .argument("<workflow>", "its name")
    .option("--undecided", "go on although the evidence does not settle it")
    .option("--reason <reason>", "why, for the record")
    .description(
      "Asks for the next stage, after the last one for the promotion. In force when a second person approves.",
    )
    .action(async (workflow: string, body: { undecided?: boolean; reason?: string }) => {
      const reply = await (await desk.client("change")).advanceRollout({ params: { workflow }, body });
      desk.out.result(
        reply,
        () =>
          `The step waits for a second person:\n  pilotage approve ${reply.pending!.id} --as <another person>`,
      );
    });
  withExamples(advance, "pilotage rollout advance support-triage --as j.okafor@example.com");

  const hold = rollout
    .command("hold")
    .argument("<workflow>", "its name")
    .requiredOption("--reason <reason>", "why, for the record")
    .description("Holds a rollout where it stands: it keeps its share and goes no further.")
    .action(async (workflow: string, { reason }: Reason) => {
      const reply = await (
        await desk.client("change")
      ).holdRollout({ params: { workflow }, body: { reason } });
      desk.out.result(reply, () => reply.sentence);
    });
  withExamples(
    hold,
    'pilotage rollout hold support-triage --reason "Waiting for the vendor" --as j.okafor@example.com',
  );

  const resume = rollout
    .command("resume")
    .argument("<workflow>", "its name")
    .requiredOption("--reason <reason>", "why, for the record")
    .description("Lets a held rollout go on; after an alarm that takes two people.")
    .action(async (workflow: string, { reason }: Reason) => {
      const reply = await (
        await desk.client("change")
      ).resumeRollout({ params: { workflow }, body: { reason } });
      desk.out.result(reply, () =>
        reply.pending
          ? `An alarm held it, so going on waits for a second person:\n  pilotage approve ${reply.pending.id} --as <another person>`
          : reply.rollout.sentence,
      );
    });
  withExamples(
    resume,
    'pilotage rollout resume support-triage --reason "The vendor answered" --as j.okafor@example.com',
  );

  const abort = rollout
    .command("abort")
    .argument("<workflow>", "its name")
    .requiredOption("--reason <reason>", "why, for the record")
    .description("Ends a rollout that has had no case yet.")
    .action(async (workflow: string, { reason }: Reason) => {
      const reply = await (
        await desk.client("change")
      ).abortRollout({ params: { workflow }, body: { reason } });
      desk.out.result(reply, () => reply.sentence);
    });
  withExamples(
    abort,
    'pilotage rollout abort support-triage --reason "Published by mistake" --as j.okafor@example.com',
  );

  const looks = rollout
    .command("looks")
    .argument("<workflow>", "its name, or the id of a rollout")
    .description("Shows how the evidence of labels went, look by look.")
    .action(async (wanted: string) => {
      const client = await desk.client("read");
      const reply = await client.rolloutLooks({ params: { rollout: await idOf(client, wanted) } });
      desk.out.result(reply, () => looksText(reply));
    });
  withExamples(looks, "pilotage rollout looks support-triage");

  const delivered = rollout
    .command("delivered")
    .argument("<workflow>", "its name, or the id of a rollout")
    .addOption(
      new Option("--recall <state>", "only those that were put before people again, and stand so").choices(
        RECALL_STATES,
      ),
    )
    .description("Lists what the release of a rollout delivered while it had cases.")
    .action(async (wanted: string, { recall }: { recall?: RecallState }) => {
      const client = await desk.client("read");
      const reply = await client.rolledOutCases({
        params: { rollout: await idOf(client, wanted) },
        query: { limit: 100, ...(recall === undefined ? {} : { recall }) },
      });
      desk.out.result(reply, () => deliveredText(reply));
    });
  withExamples(
    delivered,
    "pilotage rollout delivered support-triage",
    "pilotage rollout delivered support-triage --recall open",
  );

  const recall = rollout
    .command("recall")
    .argument("<workflow>", "its name, or the id of a rollout")
    .requiredOption("--reason <reason>", "why, for the record")
    .option("--since <time>", "only what was delivered at or after, e.g. 2026-01-05T08:00:00Z")
    .option("--facet <name=value...>", "only cases with this facet, e.g. output.category=billing")
    .description(
      "After a rollback: puts what the release delivered without a person's eyes before people, who confirm or correct it.",
    )
    .action(async (wanted: string, body: { reason: string; since?: string; facet?: string[] }) => {
      const client = await desk.client("change");
      const reply = await client.recallDelivered({ params: { rollout: await idOf(client, wanted) }, body });
      desk.out.result(
        reply,
        () =>
          `${count(reply.added, "case")} more put before people; ${reply.recall.open} open, ${reply.recall.confirmed} confirmed, ${reply.recall.corrected} corrected${
            reply.recall.open === 0
              ? ""
              : `\nReviewers find them in the inbox ("Look again"). The open ones: pilotage rollout delivered ${wanted} --recall open; then pilotage review confirm <case>, or review correct <case>`
          }`,
      );
    });
  withExamples(
    recall,
    'pilotage rollout recall support-triage --reason "Categories may be wrong" --as j.okafor@example.com',
    'pilotage rollout recall support-triage --since 2026-01-05T08:00:00Z --facet output.category=billing --reason "Invoices of Monday" --as j.okafor@example.com',
  );

  const back = program
    .command("rollback")
    .argument("<workflow>", "its name")
    .requiredOption("--reason <reason>", "why, for the record")
    .option(
      "--rollout <rollout>",
      "what is taken back; without it the newest rollout that was not aborted and has had cases, unless that was taken back before",
    )
    .description(
      "Takes the candidate of a rollout out at once, also after its promotion: the next case goes to the release before it.",
    )
    .action(async (workflow: string, { reason, rollout: named }: Reason & { rollout?: string }) => {
      const client = await desk.client("change");
      const known = named === undefined ? await rolloutsOf(client, workflow) : [];
      const tried = known.filter(({ state }) => state !== "aborted");
      // One that can be aborted has had no case: the stable release beside it is meant.
      const shown = tried.find(({ moves }) => !moves.includes("abort")) ?? tried[0];
      // What is named here is what people see, whatever somebody else does at the same moment.
      const rollout = named ?? (shown?.state === "rolled_back" ? undefined : shown?.id);
      if (shown && rollout !== undefined) desk.out.note(`Taking back ${shown.id}: ${shown.sentence}`);
      const reply = await client.rollBack({
        params: { workflow },
        body: { reason, ...(rollout === undefined ? {} : { rollout }) },
      });
      // Asked for by its release: it may have been promoted long before what the list begins with.
      const itsOwn = reply.already ? await rolloutsOf(client, workflow, { release: reply.backTo }) : [];
      const before = itsOwn.find(({ state, release }) => state === "promoted" && release === reply.backTo);
      desk.out.result(reply, () => rolledBackText(reply, before?.id));
    });
  withExamples(
    back,
    'pilotage rollback support-triage --reason "Two customers got wrong answers" --as j.okafor@example.com',
    'pilotage rollback support-triage --rollout roll_01hzy3v7k2e8t9qxw4m5n6p7r8 --reason "The stable release, too" --as j.okafor@example.com',
  );
}

/** The newest of a workflow; none where they cannot be read, whatever the reason: a rollback must not fail on that. */
async function rolloutsOf(client: Client, workflow: string, query: { release?: string } = {}) {
  try {
    return (await client.listRollouts({ params: { workflow }, query })).rollouts;
  } catch {
    return [];
  }
}

/** Of a rollout, or the newest one of a workflow. */
async function idOf(client: Client, workflow: string): Promise<string> {
  if (workflow.startsWith("roll_")) return workflow;
  const { rollouts } = await client.listRollouts({ params: { workflow }, query: { limit: 1 } });
  const id = rollouts[0]?.id;
  if (id !== undefined) return id;
  throw new PilotageError("not_found", `${workflow} has had no rollout yet.`, {
    hint: `pilotage rollout start ${workflow} <release> --ceiling <percent> --as <person>`,
  });
}
