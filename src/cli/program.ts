/**
 * The command line as a tree: which commands there are. What each does is in the file of its resource; how the program
 * is found is in desk.ts; how a command ends is in run.ts.
 */
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { addApply } from "./apply.ts";
import { addAudit } from "./audit.ts";
import { addBackup } from "./backup.ts";
import { addCase } from "./case.ts";
import { addCalls } from "./calls.ts";
import { addCaseBatch } from "./case-batch.ts";
import { addCertificate } from "./certificate.ts";
import { addChanges } from "./changes.ts";
import { addCheck } from "./check.ts";
import { addConnection } from "./connection.ts";
import { addDelivery } from "./delivery.ts";
import { addCriteria } from "./criteria.ts";
import { addCost } from "./cost.ts";
import { addModel } from "./model.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { addEvaluate } from "./evaluate.ts";
import { addEvaluation } from "./evaluation.ts";
import { addFeed } from "./feed.ts";
import { addGate } from "./gate.ts";
import { addImprovements } from "./improvement.ts";
import { addInit } from "./init.ts";
import { addInstallation } from "./installation.ts";
import { addKey } from "./key.ts";
import { addLadder } from "./ladder.ts";
import { addMachine } from "./machine.ts";
import { addOverview } from "./overview.ts";
import { addPublish } from "./publish.ts";
import { addQuality } from "./quality.ts";
import { addQuarantine } from "./quarantine.ts";
import { addReview } from "./review.ts";
import { addRollout } from "./rollout.ts";
import { addShadow } from "./shadow.ts";
import { addShare } from "./share.ts";
import { addStatus } from "./status.ts";
import { addUser } from "./user.ts";

/** Builds the tree; `desk` is given the tree, because it asks it for the global options. */
export function openProgram(deskFor: (program: Command) => Desk): Command {
  const program = new Command("pilotage")
    .description(
      "Runs one AI workflow of a company in production, and lets it run by itself only as far as measured evidence allows.",
    )
    .version(version(), "--version", "print the version")
    .helpOption("-h, --help", "show how a command is used")
    .helpCommand("help [command]", "show how a command is used")
    .option("--json", "one JSON document on stdout and nothing else, also for errors")
    .option(
      "--url <address>",
      "where the program listens; default: PILOTAGE_URL, else the program on this machine",
    )
    .option(
      "--key <key>",
      "the API key; default: PILOTAGE_KEY, else the local operator's key on this machine",
    )
    .option(
      "--as <person>",
      "the named person who does this; needed with the local operator's key for all that changes something",
    )
    .option("--quiet", "no progress and no remarks")
    .configureHelp({ showGlobalOptions: true })
    .exitOverride();
  withExamples(
    program,
    "pilotage serve",
    "pilotage status --json",
    "pilotage share support-triage latest 20% --as j.okafor@example.com",
  );
  const desk = deskFor(program);

  addInit(program, desk);
  addCheck(program, desk);
  addApply(program, desk);
  addPublish(program, desk);
  addEvaluation(program, desk);
  addEvaluate(program, desk);
  addCriteria(program, desk);
  addGate(program, desk);
  addShadow(program, desk);
  addShare(program, desk);
  addRollout(program, desk);
  addChanges(program, desk);
  addLadder(program, desk);
  addOverview(program, desk);
  addCertificate(program, desk);
  addQuality(program, desk);
  addStatus(program, desk);
  addCost(program, desk);
  addCaseBatch(addCase(program, desk), desk);
  addReview(program, desk);
  addImprovements(program, desk);
  addFeed(program, desk);
  addQuarantine(program, desk);
  addDelivery(program, desk);
  addConnection(program, desk);
  addModel(program, desk);
  addCalls(program, desk);
  addKey(program, desk);
  addUser(program, desk);
  addInstallation(program, desk);
  addAudit(program, desk);
  addMachine(program, desk);
  addBackup(program, desk);
  return program;
}

function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
