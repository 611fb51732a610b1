/** `pilotage workflows` and `pilotage status`: what is in force, and how many cases stand where. */
import type { Command } from "commander";
import type { Client } from "../contract/client.ts";
import { CASE_STATES } from "../contract/states.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { ALARMS } from "./rollout-text.ts";
import { facts, moment, percent, table } from "./text.ts";

type Workflow = Awaited<ReturnType<Client["getWorkflow"]>>;

export function addStatus(program: Command, desk: Desk): void {
  const workflows = program
    .command("workflows")
    .description("Lists the workflows.")
    .action(async () => {
      const reply = await (await desk.client("read")).listWorkflows();
      desk.out.result(reply, () =>
        table(
          ["workflow", "stable", "candidate", "share", "autonomy", "cases", "purpose"],
          reply.workflows.map((one) => [
            one.name,
            one.stableRelease,
            one.candidateRelease,
            percent(one.share),
            percent(one.autonomy),
            total(one),
            one.purpose,
          ]),
          "There is no workflow yet: pilotage init <folder> makes one, pilotage apply <folder> applies it.",
        ),
      );
    });
  withExamples(workflows, "pilotage workflows");

  const status = program
    .command("status")
    .argument("[workflow]", "its name; default: all")
    .description("Shows what is in force and how many cases stand in which state.")
    .action(async (workflow?: string) => {
      const client = await desk.client("read");
      if (workflow === undefined) {
        const reply = await client.listWorkflows();
        const idle = reply.workers === 0 ? ["No worker runs: cases are taken in and wait."] : [];
        desk.out.result(
          reply,
          () => [...idle, ...reply.workflows.map(shown)].join("\n\n") || "There is no workflow yet.",
        );
      } else {
        const reply = await client.getWorkflow({ params: { workflow } });
        desk.out.result(reply, () => shown(reply));
      }
    });
  withExamples(status, "pilotage status", "pilotage status support-triage --json");
}

function shown(workflow: Workflow): string {
  const { name, purpose, stableRelease, candidateRelease, share, autonomy, rung, waivers, pendingChanges } =
    workflow;
  const force = facts([
    ["stable release", stableRelease === "manual" ? "manual: people do the work" : stableRelease],
    [
      "candidate",
      candidateRelease === null ? "none" : `${candidateRelease} with ${percent(share)} of the new cases`,
    ],
    ["shadow", workflow.shadowRelease ?? ""],
    ["rollout", stopped(workflow)],
    ["autonomy", `${percent(autonomy)} may go out unreviewed`],
    ["certificate", certified(workflow)],
    ["safe-stop", rung === 0 ? "" : `rung ${rung}`],
    [
      "waivers",
      waivers.map(({ item, person, until }) => `${item} by ${person} until ${moment(until)}`).join("\n"),
    ],
    ["waiting changes", pendingChanges === 0 ? "" : `${pendingChanges}: pilotage changes ${name}`],
  ]);
  const states = inOrder(workflow).map(([state, number]): [string, number] => [state, number]);
  return `${name}: ${purpose}\n${force}\n  cases ${total(workflow)}${states.length > 0 ? `\n${facts(states, "    ")}` : ""}`;
}

/** Said only where it stands still: what runs is the candidate above. */
function stopped({ name, stoppedRollout }: Workflow): string {
  if (stoppedRollout === null) return "";
  const { state, release, alarm, at } = stoppedRollout;
  const what = state === "held" ? "is held" : "was rolled back";
  return `${release} ${what} since ${moment(at)}${alarm === null ? "" : ` (${ALARMS[alarm]})`}: pilotage rollout show ${name}`;
}

/** One line for each certificate that stands, and the plain word where there is none. */
function certified({ certificates }: Workflow): string {
  if (certificates.length === 0) return "none: every case is reviewed";
  return certificates
    .map(
      ({ release, step, inForce, standing, sentence }) =>
        `${release}${step === 0 ? "" : `, step ${step}`}: ${inForce ? sentence : standing}`,
    )
    .join("\n");
}

/** States that hold cases, along the path of a case. */
function inOrder({ counts }: Workflow): [string, number][] {
  const path = Object.keys(CASE_STATES);
  return Object.entries(counts)
    .filter(([, number]) => number > 0)
    .sort(([a], [b]) => path.indexOf(a) - path.indexOf(b));
}

function total({ counts }: Workflow): number {
  return Object.values(counts).reduce((sum, number) => sum + number, 0);
}
