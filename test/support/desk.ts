/** A review desk on simulated time: workflows whose cases wait for people, and the people who work them. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openClient, type Client } from "../../src/contract/client.ts";
import type { JsonObject } from "../../src/contract/json.ts";
import { SCOPES, type Scope } from "../../src/contract/scopes.ts";
import type { ReviewReason } from "../../src/contract/states.ts";
import { BILLING_SCRIPT, install, launch, until, type Installation } from "./installation.ts";

/** Every workflow's undo window, unless a test says otherwise. Milliseconds. */
export const UNDO = 10_000;
export const MINUTE = 60_000;
export const DAY = 86_400_000;

export interface Desk {
  installation: Installation;
  /** The owner's group: the local operator under a name. */
  owner(name: string): Client;
  /** Launches a workflow and answers how to hand it a case that then waits for a person. */
  open(
    workflow: string,
    more?: { workflow?: JsonObject; release?: JsonObject; script?: JsonObject; share?: number },
  ): Promise<(input?: JsonObject) => Promise<string>>;
  pass(milliseconds: number): Promise<unknown>;
  look(caseId: string): ReturnType<Client["getCase"]>;
  reach(caseId: string, state: string): ReturnType<Client["getCase"]>;
  /** What the file target holds of a case. */
  delivered(workflow: string, caseId: string): { key: string; body: JsonObject }[];
}

/** Monday, 5 January 2026, 09:00 in Berlin. */
export async function openDesk(settings: Record<string, string> = {}): Promise<Desk> {
  const installation = await install({ settings: { PILOTAGE_CLOCK: "2026-01-05T08:00:00Z", ...settings } });
  const { client } = installation;
  const look = (caseId: string) => client.getCase({ params: { case: caseId }, query: { content: "true" } });
  const reach = (caseId: string, state: string) =>
    until(
      () => look(caseId),
      (found) => found.state === state,
    );
  return {
    installation,
    owner: (name) => openClient({ url: installation.url, key: installation.key, as: name }),
    look,
    reach,
    pass: (milliseconds) => client.advanceClock({ body: { milliseconds } }),
    async open(workflow, more = {}) {
      const connection = `script-${workflow}`;
      await client.saveConnection({
        params: { name: connection },
        body: { settings: { kind: "scripted", script: more.script ?? BILLING_SCRIPT } },
      });
      await launch(installation, {
        ...more,
        script: null,
        workflow: { undo: UNDO, ...more.workflow, workflow },
        release: { model: { connection, timeout: 5_000 }, ...more.release, workflow },
      });
      let made = 0;
      return async (input = { text: "the bill is wrong" }) => {
        const { caseId } = await client.submitCase({
          params: { workflow },
          body: { externalId: `${workflow}-${made++}`, input },
        });
        await reach(caseId, "in_review");
        return caseId;
      };
    },
    delivered(workflow, caseId) {
      const path = join(installation.dataHome, "files", workflow, "results.jsonl");
      if (!existsSync(path)) return [];
      return readFileSync(path, "utf8")
        .split("\n")
        .filter((line) => line.includes(caseId))
        .map((line) => JSON.parse(line) as { key: string; body: JsonObject });
    },
  };
}

/** People by name, over a key for the months that go by in a test: that of the installation ends before. */
export async function lastingly({ app, url }: Installation): Promise<(name: string) => Client> {
  const { secret } = await app.keys.make(
    {
      name: "lasting",
      scopes: Object.keys(SCOPES) as Scope[],
      workflow: undefined,
      days: 400,
      simulated: false,
    },
    { kind: "system", name: "test" },
  );
  return (name) => openClient({ url, key: secret, as: name });
}

export const claim = (who: Client, caseId: string, leaseSeconds = 600) =>
  who.claimReview({ params: { case: caseId }, body: { leaseSeconds } });

export const next = async (who: Client, workflow: string, count = 1) =>
  (await who.claimReviews({ params: { workflow }, body: { count } })).reviews;

export const decide = (
  who: Client,
  caseId: string,
  lease: string,
  verdict: "approve" | "edit" | "reject",
  more: { output?: JsonObject; reason?: ReviewReason; text?: string; activeMilliseconds?: number } = {},
) => who.giveVerdict({ params: { case: caseId }, body: { lease, verdict, ...more } });

export const undo = (who: Client, caseId: string) => who.undoVerdict({ params: { case: caseId } });

export const inbox = (who: Client, workflow: string) => who.getInbox({ params: { workflow } });
