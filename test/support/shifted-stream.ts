/**
 * A workflow before and after its customers change, played through in the real program: pilot cases like those that its release
 * was trained on, then what real customers of the same shop wrote, of which half fits no class.
 *
 * People are played: they know the truth of each message, and reject what fits no class. Runs with and without a test runner.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { openClient, type Client } from "../../src/contract/client.ts";
import type { JsonObject } from "../../src/contract/json.ts";
import { mulberry32 } from "../../src/statistics/bootstrap.ts";

export interface Message {
  text: string;
  /** Its class; undefined: none of them fits. */
  truth: string | undefined;
}

export interface Place {
  url: string;
  key: string;
}

const NO_CLASS = "NO_NODES_DETECTED";

/** Reads the files with a CSV reader that is not Pilotage's own; train and production in the order of the files. */
export function readShop(folder: string): { train: Message[]; production: Message[] } {
  const read = (name: string) => {
    const rows: { sentence: string; label: string }[] = parse(readFileSync(`${folder}/${name}`), {
      columns: true,
      bom: true,
    });
    return rows.map(({ sentence, label }) => ({
      text: sentence,
      truth: label === NO_CLASS ? undefined : label,
    }));
  };
  return { train: read("train.csv"), production: read("test.csv") };
}

/** A seeded shuffle. */
export function shuffled<T>(list: readonly T[], seed: number): T[] {
  const chance = mulberry32(seed);
  return list
    .map((one) => ({ one, at: chance() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

export interface Shop {
  workflow: string;
  release: string;
  owner: Client;
  colleague: Client;
  /** People who are played; their labels say so. */
  clerk: Client;
}

export const AUTOMATION = { maxErrorRate: 0.1, confidence: 0.9 };

/** A workflow with a release whose classifier learned from these examples; it gets `share` of the cases. */
export async function openShop(
  { url, key }: Place,
  {
    workflow,
    examples,
    classes,
    share,
    more = {},
  }: { workflow: string; examples: readonly Message[]; classes: string[]; share: number; more?: JsonObject },
): Promise<Shop> {
  const owner = openClient({ url, key, as: "E. Brandt" });
  const colleague = openClient({ url, key, as: "M. Keller" });
  const params = { workflow };
  await owner.applyWorkflow({
    params,
    body: {
      document: {
        workflow,
        purpose: "Find out what a customer of the shop wants",
        unit: "message",
        people: { owner: "e.brandt@example.com", sponsor: "m.keller@example.com" },
        automation: AUTOMATION,
        cold: { share: 0.05 },
        qa: { share: 0.2 },
        secondLook: { share: 0 },
        undo: 0,
        deliveries: [{ name: "results", kind: "file", path: "results.jsonl" }],
        ...more,
      },
    },
  });
  const lines = examples
    .map(({ text, truth }) => `${JSON.stringify({ input: { text }, output: { category: truth ?? "" } })}\n`)
    .join("");
  const field = (name: string, schema: JsonObject): JsonObject => ({
    type: "object",
    properties: { [name]: schema },
    required: [name],
    additionalProperties: false,
  });
  const { id: release } = await owner.publishRelease({
    params,
    body: {
      document: {
        workflow,
        model: { local: "intents" },
        local: { intents: {} },
        confidence: { of: "category", from: "model" },
        input: field("text", { type: "string" }),
        output: field("category", { enum: classes }),
        policy: { text: "allow" },
        error: { equal: ["category"] },
        suggestions: [],
        facets: { input: [], output: ["category"] },
        fallback: ["manual"],
        examples: { digest: createHash("sha256").update(lines).digest("hex"), count: examples.length },
      },
      examples: lines,
    },
  });
  await waitFor(
    () => owner.getRelease({ params: { release } }),
    (found) => found.state === "ready",
  );
  for (const item of ["baseline", "works_council"] as const)
    await owner.waive({ params, body: { item, reason: "Played through" } });
  if (share > 0) await owner.setShare({ params, body: { release, share } });
  const played = await owner.makeKey({
    body: {
      name: `clerk of ${workflow}`,
      scopes: ["review", "read", "content:read"],
      workflow,
      days: 30,
      simulated: true,
    },
  });
  return { workflow, release, owner, colleague, clerk: openClient({ url, key: played.secret }) };
}

/** Lets all cases go out alone that a certificate covers; two people say so. */
export async function unlock({ workflow, owner, colleague }: Shop): Promise<void> {
  const params = { workflow };
  const approve = async (setting: string) => {
    const { changes } = await owner.listChanges({ params });
    const waiting = changes.find((one) => one.setting === setting && one.state === "pending");
    if (waiting) await colleague.approveChange({ params: { change: waiting.id } });
  };
  await owner.waive({ params, body: { item: "go", reason: "Played through" } });
  await approve("waiver.go");
  await owner.setAutonomy({ params, body: { autonomy: 1 } });
  await approve("autonomy");
}

export interface Went {
  caseId: string;
  message: Message;
  /** Went out with no person's look at it. */
  alone: boolean;
  category: string | undefined;
  confidence: number | null;
  wrong: boolean;
  nonsense: boolean;
}

let handed = 0;

/** Hands the messages in, in small groups as a day brings them; people review at once what waits for them. */
export async function playStream(
  shop: Shop,
  messages: readonly Message[],
  { group = 8, afterGroup }: { group?: number; afterGroup?: (done: Went[]) => Promise<void> } = {},
): Promise<Went[]> {
  const done: Went[] = [];
  for (let i = 0; i < messages.length; i += group) {
    const now = messages.slice(i, i + group);
    const went = await Promise.all(now.map((message) => playOne(shop, message)));
    done.push(...went);
    await afterGroup?.(done);
  }
  return done;
}

async function playOne(shop: Shop, message: Message): Promise<Went> {
  const { workflow, owner, clerk } = shop;
  const { caseId } = await owner.submitCase({
    params: { workflow },
    body: { externalId: `message-${++handed}`, input: { text: message.text } },
  });
  const params = { case: caseId };
  const settled = await waitFor(
    () => owner.getCase({ params, query: { content: "true" } }),
    ({ state }) => state === "in_review" || state === "delivered",
  );
  const alone = settled.state === "delivered";
  if (!alone) await review(clerk, caseId, message, settled.arm);
  const said = (settled.content?.output as { category?: string } | null)?.category;
  return {
    caseId,
    message,
    alone,
    category: said,
    confidence: settled.decision?.confidence ?? null,
    wrong: said !== message.truth,
    nonsense: message.truth === undefined,
  };
}

async function review(clerk: Client, caseId: string, { truth }: Message, arm: string): Promise<void> {
  const params = { case: caseId };
  const { lease, output } = await clerk.claimReview({ params, body: {} });
  const said = (output as { category?: string } | null)?.category;
  const verdict =
    truth === undefined
      ? ({ verdict: "reject", reason: arm === "manual" ? "out_of_scope" : "wrong_class" } as const)
      : said === truth
        ? ({ verdict: "approve" } as const)
        : ({ verdict: "edit", output: { category: truth }, reason: "wrong_class" } as const);
  await clerk.giveVerdict({ params, body: { lease, ...verdict } });
}

async function waitFor<T>(
  look: () => Promise<T>,
  holds: (found: T) => boolean,
  within = 120_000,
): Promise<T> {
  const end = performance.now() + within;
  for (;;) {
    const found = await look();
    if (holds(found)) return found;
    if (performance.now() > end) throw new Error(`waited in vain; last seen: ${JSON.stringify(found)}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/** Waits until the watch has counted what is there: real days leave it far more time. */
export async function watched({ workflow, owner }: Shop): Promise<boolean> {
  const [certificate] = (await owner.listCertificates({ params: { workflow }, query: { limit: 1 } }))
    .certificates;
  if (!certificate?.inForce) return false;
  // Two looks: the first may have begun before the last label was stored.
  let seen = certificate.watch?.lookedAt ?? "";
  for (let looks = 0; looks < 2; looks++) {
    const [found] = await waitFor(
      async () => (await owner.listCertificates({ params: { workflow }, query: { limit: 1 } })).certificates,
      ([one]) => one === undefined || !one.inForce || (one.watch?.lookedAt ?? "") > seen,
    );
    if (!found?.inForce) return false;
    seen = found.watch?.lookedAt ?? "";
  }
  return true;
}

export interface Aims {
  /** The certificate lapses before so many production cases. */
  lapsesBefore: number;
  /** At most so many wrong ones went out until then. */
  mostWrong: number;
  /** Of those, cases that no class fits: once it lapsed there is none at all. */
  mostNonsense: number;
}

export interface Judged {
  lapsedAfter: number | undefined;
  before: { alone: number; wrong: number; nonsense: number };
  after: { cases: number; alone: number };
}

/** What went out alone before and after the certificate lapsed. */
export function judge(stream: readonly Went[], lapsedAfter: number | undefined): Judged {
  const cut = lapsedAfter ?? stream.length;
  const before = stream.slice(0, cut).filter((one) => one.alone);
  const after = stream.slice(cut);
  return {
    lapsedAfter,
    before: {
      alone: before.length,
      wrong: before.filter((one) => one.wrong).length,
      nonsense: before.filter((one) => one.nonsense).length,
    },
    after: { cases: after.length, alone: after.filter((one) => one.alone).length },
  };
}

export function meets({ lapsedAfter, before, after }: Judged, aims: Aims): boolean {
  return (
    lapsedAfter !== undefined &&
    lapsedAfter <= aims.lapsesBefore &&
    before.wrong <= aims.mostWrong &&
    before.nonsense <= aims.mostNonsense &&
    after.alone === 0
  );
}
