/** `pilotage gate ...`: what was judged of releases, judged again, and signed. */
import { type Command, Option } from "commander";
import { SIGNED, SIGNED_AS, type Signed, type SignedAs } from "../contract/gate.ts";
import { gather } from "./arguments.ts";
import type { Desk } from "./desk.ts";
import { demandRuns, judgeOptions, judgeOver, type GateOptions } from "./evaluate-gate.ts";
import { withExamples } from "./examples.ts";
import { EXIT } from "./exit.ts";
import { gateText } from "./gate-report.ts";
import { newest } from "./share.ts";
import { moment, table } from "./text.ts";

interface JudgeOptions extends Omit<GateOptions, "gate"> {
  release: string;
  run?: string[];
}

const GATE = "gate_01hzy3v7k2e8t9qxw4m5n6p7r8";

export function addGate(program: Command, desk: Desk): void {
  const gate = program
    .command("gate")
    .description("Shows what was judged of releases by the frozen criteria, judges it again, and signs it.");

  const list = gate
    .command("list")
    .argument("<workflow>", "its name")
    .description("Lists the gates of a workflow, newest first.")
    .action(async (workflow: string) => {
      const reply = await (await desk.client("read")).listGates({ params: { workflow }, query: {} });
      desk.out.result(reply, () =>
        table(
          ["gate", "release", "verdict", "about", "judged", "by", "signed"],
          reply.gates.map((one) => [
            one.id,
            one.release,
            [
              one.verdict,
              ...(one.newest ? [] : ["replaced"]),
              ...(one.rolledBackAt ? ["rolled back"] : []),
            ].join(", "),
            one.groups.join(", "),
            moment(one.judgedAt),
            one.judgedBy,
            one.signatures.map(({ as, decision }) => `${as}: ${decision}`).join(", "),
          ]),
          `${workflow} has no gate yet: pilotage evaluate ${workflow} --set <set> --gate --as <person>`,
        ),
      );
    });
  withExamples(list, "pilotage gate list support-triage");

  const judge = judgeOptions(gate.command("judge"))
    .argument("<workflow>", "its name")
    .description(
      "Judges a release by the frozen criteria without evaluating it anew: over what is known of its live cases, the pulse and attested proofs, as after a pilot. The exit code says what came out.",
    )
    .option("--release <release>", "the id of a release", "latest")
    .option(
      "--run <run>",
      "an evaluation of the release, the newest over its set; needed for criteria with a metric, may be given several times",
      gather,
    )
    .action(async (workflow: string, options: JudgeOptions) => {
      const client = await desk.client("change");
      const release = options.release === "latest" ? await newest(client, workflow) : options.release;
      const asked = { workflow, release, runs: options.run ?? [] };
      await demandRuns(client, asked, options);
      await judgeOver(client, desk, asked, options);
    });
  withExamples(
    judge,
    "pilotage gate judge support-triage --groups business,acceptance --allow conditional --as j.okafor@example.com",
    "pilotage gate judge support-triage --release rel_01hzy3v7k2e8t9qxw4m5n6p7r8 --run evr_01hzy3v7k2e8t9qxw4m5n6p7r8 --allow conditional --markdown gate.md --as j.okafor@example.com",
  );

  const show = gate
    .command("show")
    .argument("<gate>", "its id")
    .description("Shows a gate with each criterion, its bounds and what is missing, and who signed it.")
    .action(async (id: string) => {
      const reply = await (await desk.client("read")).getGate({ params: { gate: id } });
      desk.out.result(reply, () => gateText(reply));
    });
  withExamples(show, `pilotage gate show ${GATE}`);

  const recheck = gate
    .command("recheck")
    .argument("<gate>", "its id")
    .description(
      "Judges a stored gate again from its whole numbers. Ends with 3 when something comes out otherwise.",
    )
    .action(async (id: string) => {
      const reply = await (await desk.client("read")).recheckGate({ params: { gate: id } });
      if (!reply.agrees) desk.exit = EXIT.found;
      desk.out.result(reply, () =>
        reply.agrees
          ? `${reply.gate} comes out the same.`
          : `${reply.gate} does not come out the same:\n  ${reply.differences.join("\n  ")}`,
      );
    });
  withExamples(recheck, `pilotage gate recheck ${GATE}`);

  const sign = gate
    .command("sign")
    .argument("<gate>", "its id")
    .addOption(new Option("--decision <decision>", "what is signed").choices(SIGNED).makeOptionMandatory())
    .option("--digest <digest>", "of the gate as it was seen; without it, as it is stored now")
    .addOption(new Option("--for <part>", "as what, for whoever has both roles").choices(SIGNED_AS))
    .option("--note <text>", "what goes with it, for the record")
    .description(
      "Signs a gate as owner or sponsor, in one's own name. Both are needed for go, and they are two persons; whoever has an account signs there.",
    )
    .action(
      async (id: string, options: { decision: Signed; digest?: string; for?: SignedAs; note?: string }) => {
        const client = await desk.client("change");
        const digest = options.digest ?? (await client.getGate({ params: { gate: id } })).digest;
        const reply = await client.signGate({
          params: { gate: id },
          body: {
            decision: options.decision,
            digest,
            ...(options.for === undefined ? {} : { as: options.for }),
            ...(options.note === undefined ? {} : { note: options.note }),
          },
        });
        desk.out.result(reply, () => gateText(reply));
      },
    );
  withExamples(
    sign,
    `pilotage gate sign ${GATE} --decision go --note "As agreed on 3 March" --as j.okafor@example.com`,
    `pilotage gate sign ${GATE} --decision no-go --for sponsor --as m.keller@example.com`,
  );
}
