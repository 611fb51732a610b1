/**
 * How a workflow of a bench comes to run by itself: by the way that every workflow takes, and by no other.
 *
 * A sealed set of labelled items, a run of the release over it, a certificate, a go by two people, autonomy by two people.
 */
import { Readable } from "node:stream";
import type { Client } from "../src/contract/client.ts";
import { until } from "../test/show/program.ts";
import { ANSWER, PEOPLE, WORKFLOW, type Bench } from "./installation.ts";
import { ticketText } from "./measure.ts";

/** At 5 % and 95 % some 70 right answers would do at the first look. */
const ITEMS = 300;
const SET = "bench";
const params = { workflow: WORKFLOW };

/** Certifies the release on a set whose truth its model answers, and lets every case go out alone. */
export async function letRunAlone({ as }: Bench, release: string): Promise<void> {
  const owner = as(PEOPLE.owner);
  await importSet(owner);
  const { id: run } = await owner.startEvaluation({ params, body: { set: SET, release, step: 0 } });
  await until(
    "the evaluation to end",
    () => owner.getEvaluation({ params: { run } }),
    ({ state }) => state === "done",
    60,
  );
  const { result, sentence } = await owner.certify({ params, body: { release, from: "set", set: run } });
  if (result !== "certified") throw new Error(`The release of the bench was not certified: ${sentence}.`);
  await owner.waive({ params, body: { item: "go", reason: "a bench" } });
  await approve(as(PEOPLE.sponsor), "waiver.go");
  await owner.setAutonomy({ params, body: { autonomy: 1 } });
  await approve(as(PEOPLE.approver), "autonomy");
}

async function importSet(client: Client): Promise<void> {
  const lines = Array.from(
    { length: ITEMS },
    (_, i) => `${JSON.stringify({ input: { text: `Item: ${ticketText(i)}`, amount: i }, output: ANSWER })}\n`,
  );
  const bytes = Readable.from([Buffer.from(lines.join(""))]);
  for await (const line of client.importSet(
    WORKFLOW,
    { name: SET, kind: "sealed", drawn: "chance" },
    bytes,
  )) {
    if (line.message !== undefined) throw new Error(`The set of the bench was not taken: ${line.message}`);
    if (line.set && line.set.items !== ITEMS) throw new Error(`The set holds ${line.set.items} items.`);
  }
}

async function approve(person: Client, setting: string): Promise<void> {
  const { changes } = await person.listChanges({ params });
  const waiting = changes.find((one) => one.setting === setting && one.state === "pending");
  if (!waiting) throw new Error(`No change of ${setting} waits for a second person.`);
  await person.approveChange({ params: { change: waiting.id } });
}
