/**
 * The sample's way to cases that go out alone: labels, a certificate, and two people who raise the autonomy.
 *
 * Does what the sample's owner and release approver would do, over the typed client and in their names; there is no other
 * way. What a person did meanwhile is left as it is: a certificate that was suspended, an autonomy that was lowered.
 */
import type { Client } from "../src/contract/client.ts";
import { pause, persist } from "./waiting.ts";

export type OwnerClient = Pick<
  Client,
  "getWorkflow" | "certify" | "listCertificates" | "setAutonomy" | "listChanges"
>;
export type ApproverClient = Pick<Client, "listChanges" | "approveChange">;

export interface AutomationOptions {
  owner: OwnerClient;
  approver: ApproverClient;
  workflow: string;
  release: string;
  signal: AbortSignal;
  /** A line for the person who watches. */
  say: (line: string) => void;
  /** Milliseconds between two looks at how far the labels are. */
  lookEvery?: number;
}

const LOOK_EVERY = 5_000;
/**
 * A look spends from the error budget, so it is taken late: risky cases are reviewed before older routine ones, and what is
 * labelled behind an open case does not count yet. And not after the tickets have begun anew, because the same
 * ticket twice is no new evidence.
 */
const FIRST_LOOK = 580;
const LAST_LOOK = 640;
const MORE = 10;
const AUTONOMY = 0.8;
const REASON = "A sample with made-up tickets and simulated labels";

/** Ends when cases go out alone, when nothing more can be done about it, or when told to stop. */
export async function towardsAutomation(options: AutomationOptions): Promise<void> {
  if (!(await certified(options))) return;
  await raiseAutonomy(options);
}

/** Whether a certificate is in force; asks for one as soon as there are enough labels. */
async function certified(options: AutomationOptions): Promise<boolean> {
  const { owner, workflow, release, signal, say } = options;
  const params = { workflow };
  const found = await retrying(options, () => owner.listCertificates({ params }));
  const mine = found?.certificates.find((one) => one.release === release && one.step === 0);
  if (mine !== undefined) {
    say(`Certificate: ${mine.inForce ? mine.sentence : mine.standing}.`);
    return mine.inForce;
  }
  for (let wanted = FIRST_LOOK; !signal.aborted;) {
    const seen = await retrying(options, () => owner.getWorkflow({ params }));
    if (seen === undefined) return false;
    const labels = reviewed(seen.counts);
    if (labels > LAST_LOOK) {
      say(
        "No certificate: the sample's tickets have begun anew, and the same ticket twice proves nothing more.",
      );
      return false;
    }
    if (labels < wanted) {
      await pause(options.lookEvery ?? LOOK_EVERY, signal);
      continue;
    }
    const body = { release, from: "labels" as const, simulated: true };
    const look = await retrying(options, () => owner.certify({ params, body }));
    if (look === undefined) return false;
    // What spent nothing is no news: it only says that the time has not come.
    if (look.result === "certified" || look.spent > 0) {
      say(`The sample's owner asked for a certificate: ${look.sentence}.`);
      return look.result === "certified";
    }
    wanted = labels + MORE;
  }
  return false;
}

/** Cases that have their verdict, wherever they stand since. */
function reviewed(counts: Record<string, number>): number {
  return ["decided", "delivering", "delivered", "failed_delivery", "closed"].reduce(
    (sum, state) => sum + (counts[state] ?? 0),
    0,
  );
}

/** Once only: what stands now, or was changed since, is what people want. */
async function raiseAutonomy(options: AutomationOptions): Promise<void> {
  const { owner, approver, workflow, say } = options;
  const params = { workflow };
  const known = await retrying(options, () => owner.listChanges({ params }));
  if (known === undefined) return;
  const ours = known.changes.filter((one) => one.setting === "autonomy");
  if (ours.length === 0) {
    const body = { autonomy: AUTONOMY, reason: REASON };
    const asked = await retrying(options, () => owner.setAutonomy({ params, body }));
    if (asked === undefined) return;
    ours.push(asked);
  }
  const waiting = ours.find((one) => one.state === "pending" && one.after === AUTONOMY);
  if (waiting !== undefined) {
    const approved = await retrying(options, () =>
      approver.approveChange({ params: { change: waiting.id } }),
    );
    if (approved === undefined) return;
    return say(
      `Autonomy ${AUTONOMY * 100} %, approved by the sample's release approver: sure cases go out alone from now on.`,
    );
  }
  const seen = await retrying(options, () => owner.getWorkflow({ params }));
  if (seen !== undefined)
    say(`Autonomy: ${Math.round(seen.autonomy * 100)} % of the cases may go out alone.`);
}

function retrying<T>({ signal, say }: AutomationOptions, work: () => Promise<T>): Promise<T | undefined> {
  return persist({
    signal,
    work,
    onWait: (failure, wait) => wait >= 1_000 && say(`${failure.message} Trying again.`),
  });
}
