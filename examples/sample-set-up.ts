/**
 * Sets the sample workflow up over the typed client, as its people would: apply, publish, waive, share, keys.
 *
 * Safe to do again on an installation that has it already: nothing is undone that a person changed meanwhile.
 */
import { definitionOf } from "../src/cli/folder.ts";
import type { Role } from "../src/contract/access.ts";
import { openClient, type Client } from "../src/contract/client.ts";
import { PilotageError } from "../src/contract/errors.ts";
import { pause } from "./waiting.ts";

export interface SetUp {
  url: string;
  operatorKey: string;
  /** The folder of the definition. */
  folder: string;
  signal: AbortSignal;
  say: (line: string) => void;
}

export interface SampleReady {
  workflow: string;
  release: string;
  inbox: string;
  outbox: string;
  /** Cases delivered before this start. */
  deliveredBefore: number;
  delivered(): Promise<number>;
  keys: { intake: string; clerk: string };
  /** The sample's owner and its release approver: it takes both to raise the autonomy. */
  owner: Client;
  approver: Client;
  /** One-time links into the console: as the sample's owner, who may see all of it, and as a reviewer. */
  links: { owner: string; reviewer: string };
  /** Makes the keys of this start useless. */
  revokeKeys(): Promise<void>;
}

/** How the two programs of the sample appear wherever their work is shown. */
const KEY_NAMES = { clerk: "Sample clerk (simulated)", intake: "Sample helpdesk (simulated)" } as const;
/** A made-up person without a password, whom only a link lets in. */
const REVIEWER = { email: "k.adler@example.com", name: "Kim Adler" } as const;
const KEY_DAYS = 30;
const WAIVED_DAYS = 365;
const WHY = {
  baseline: "A sample with made-up tickets: there is no work from before to compare with.",
  go: "A sample with made-up tickets: nothing goes to a customer. Autonomy follows the certificate.",
  works_council: "A sample without employees: the clerk is a program.",
} as const;
const ASK_EVERY = 300;
const SAY_EVERY = 5_000;

/** Makes the sample ready to run. Undefined when told to stop meanwhile. */
export async function setUpSample(given: SetUp): Promise<SampleReady | undefined> {
  const {
    workflow: document,
    release: releaseDocument,
    examples,
  } = await definitionOf(given.folder, "the sample cannot start");
  const workflow = document.workflow;
  const { owner, compliance, sponsor } = document.people;
  const as = (person: string): Client => openClient({ url: given.url, key: given.operatorKey, as: person });
  const client = as(owner);
  const params = { workflow };

  const applied = await client.applyWorkflow({ params, body: { document } });
  if (applied.differences.length > 0)
    given.say(
      `Dials that were changed here stay as they are: ${applied.differences.map((one) => one.setting).join(", ")}.`,
    );
  const { id: release } = await client.publishRelease({
    params,
    body: { document: releaseDocument, ...(examples === undefined ? {} : { examples }) },
  });
  if (!(await untilReady(client, release, given))) return undefined;

  const { waivers, stableRelease, candidateRelease, counts } = await client.getWorkflow({ params });
  // The owner asks for the go, and the sponsor approves it: it takes two.
  const people = { baseline: owner, go: owner, works_council: compliance ?? owner };
  for (const item of ["baseline", "go", "works_council"] as const) {
    if (waivers.some((one) => one.item === item)) continue;
    await as(people[item]).waive({ params, body: { item, reason: WHY[item], days: WAIVED_DAYS } });
  }
  if (sponsor !== undefined) await approveGo(as(sponsor), workflow);
  if (candidateRelease === null && stableRelease === "manual")
    await client.setShare({ params, body: { release, share: 1 } });
  else if (candidateRelease !== release && stableRelease !== release)
    given.say(
      `The definition is newer than the release in force. To use it: npx pilotage share ${workflow} ${release} 100 --as ${owner}`,
    );

  await revokeOld(client);
  const intake = await client.makeKey({
    body: { name: KEY_NAMES.intake, scopes: ["intake", "read"], workflow, days: KEY_DAYS, simulated: true },
  });
  const clerk = await client.makeKey({
    body: { name: KEY_NAMES.clerk, scopes: ["review"], workflow, days: KEY_DAYS, simulated: true },
  });
  return {
    workflow,
    release,
    inbox: document.feeds[0]?.path ?? "inbox",
    outbox: document.deliveries[0]?.path ?? "outbox",
    deliveredBefore: counts["delivered"] ?? 0,
    delivered: async () => (await client.getWorkflow({ params })).counts["delivered"] ?? 0,
    keys: { intake: intake.secret, clerk: clerk.secret },
    owner: client,
    links: await signInLinks(client, workflow, owner),
    approver: as(document.people.approver ?? sponsor ?? owner),
    async revokeKeys() {
      for (const { id } of [intake, clerk]) await client.revokeKey({ params: { id } });
    },
  };
}

/**
 * Whoever tries the sample is alone, so its owner administers the installation and reviews as well; the second link is
 * for seeing what a reviewer sees.
 */
async function signInLinks(client: Client, workflow: string, owner: string): Promise<SampleReady["links"]> {
  const link = async (
    email: string,
    name: string,
    roles: readonly Role[],
    everywhere: readonly Role[] = [],
  ) => {
    const grants = [
      ...roles.map((role) => ({ role, workflow })),
      ...everywhere.map((role) => ({ role, workflow: null })),
    ];
    return (await client.makeSignInLink({ body: { email, name, grants } })).link;
  };
  return {
    owner: await link(owner, nameFrom(owner), ["owner", "reviewer"], ["administrator"]),
    reviewer: await link(REVIEWER.email, REVIEWER.name, ["reviewer"]),
  };
}

/** "E. Brandt" of e.brandt@example.com. */
function nameFrom(email: string): string {
  return email
    .split("@")[0]!
    .split(".")
    .map((part) =>
      part.length === 1 ? `${part.toUpperCase()}.` : `${part[0]!.toUpperCase()}${part.slice(1)}`,
    )
    .join(" ");
}

async function approveGo(sponsor: Client, workflow: string): Promise<void> {
  const { changes } = await sponsor.listChanges({ params: { workflow } });
  const waiting = changes.find(({ setting, state }) => setting === "waiver.go" && state === "pending");
  if (waiting !== undefined) await sponsor.approveChange({ params: { change: waiting.id } });
}

/** Waits for the local model; throws when its training failed. */
async function untilReady(client: Client, release: string, { signal, say }: SetUp): Promise<boolean> {
  const started = performance.now();
  for (let said = started; !signal.aborted;) {
    const { state, problem, models } = await client.getRelease({ params: { release } });
    if (state === "failed")
      throw new PilotageError(
        "definition_invalid",
        `The local model could not be trained: ${problem ?? "no reason given"}.`,
      );
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    if (state === "ready") {
      say(
        `The release ${release} is ready, with ${models.map((one) => `the local model ${one.name}`).join(", ") || "its model"} (${seconds} s).`,
      );
      return true;
    }
    if (performance.now() - said > SAY_EVERY) {
      say(`The local model is being trained (${Math.round(seconds)} s) ...`);
      said = performance.now();
    }
    await pause(ASK_EVERY, signal);
  }
  return false;
}

/** Keys of a start that was killed before it could revoke them. */
async function revokeOld(client: Client): Promise<void> {
  const names: readonly string[] = Object.values(KEY_NAMES);
  const { keys } = await client.listKeys();
  for (const { id, name, revoked, simulated } of keys)
    if (!revoked && simulated && names.includes(name)) await client.revokeKey({ params: { id } });
}
