/**
 * `pilotage overview`: does it run, is it good, is it used, is it worth it; and what waits for a decision.
 *
 * Says what the page Overview says, and beneath each sentence the command that helps. The sentences are in overview-words.ts.
 */
import type { Command } from "commander";
import type { Client } from "../contract/client.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { NEEDS, QUESTIONS, said, SENTENCES, STANDINGS, type Said } from "./overview-words.ts";
import { count, moment, plain } from "./text.ts";

type Overview = Pick<Awaited<ReturnType<Client["getOverview"]>>, "sentences" | "needs">;

export function addOverview(program: Command, desk: Desk): void {
  const overview = program
    .command("overview")
    .argument("<workflow>", "its name")
    .description(
      "Answers whether it runs, is good, is used, is worth it; and says what waits for a decision, with the command that helps.",
    )
    .action(async (workflow: string) => {
      const reply = await (await desk.client("read")).getOverview({ params: { workflow } });
      desk.out.result(reply, () => overviewText(workflow, reply));
    });
  withExamples(overview, "pilotage overview support-triage", "pilotage overview support-triage --json");
}

export function overviewText(workflow: string, { sentences, needs }: Overview): string {
  const standing = sentences.map(({ question, state }) => STANDINGS[question][state]).join(", ");
  return [
    `${workflow}: ${standing}. ${waiting(needs.length)}`,
    ...sentences.map((one) => answer(workflow, one)),
    ...(needs.length === 0
      ? []
      : [`Needs your decision\n${needs.map((one) => need(workflow, one)).join("\n")}`]),
  ].join("\n\n");
}

function answer(workflow: string, { question, n, since, ...one }: Overview["sentences"][number]): string {
  const basis = n === null || n === 0 || since === null ? "" : ` (n ${n}, since ${moment(since)})`;
  return `${QUESTIONS[question]}\n${shown(said(SENTENCES, one, { workflow }), basis)}`;
}

function need(workflow: string, { id, at, ...one }: Overview["needs"][number]): string {
  const what = said(NEEDS, one, { workflow, id });
  const since = moment(at);
  // What says when it ends needs no second date.
  return shown(what, what.text.includes(since) ? "" : ` (${since})`);
}

function shown({ text, command }: Said, behind: string): string {
  return `  ${plain(text)}${behind}${command === undefined ? "" : `\n    ${command}`}`;
}

function waiting(needs: number): string {
  if (needs === 0) return "Nothing waits for your decision.";
  return needs === 1 ? "One decision waits for you." : `${count(needs, "decision")} wait for you.`;
}
