import { expect, test } from "vitest";
import { towardsAutomation, type ApproverClient, type OwnerClient } from "./sample-automation.ts";

type Look = Awaited<ReturnType<OwnerClient["certify"]>>;
type Change = Awaited<ReturnType<OwnerClient["setAutonomy"]>>;
type Certificate = NonNullable<Look["certificate"]>;

/** A program that plays the one behind the client: so many reviewed cases at each look, and these answers. */
function played(given: {
  reviewed: number[];
  looks?: Partial<Look>[];
  certificate?: { inForce: boolean; sentence: string; standing: string };
  changes?: Partial<Change>[];
}) {
  const calls: string[] = [];
  const said: string[] = [];
  const counts = [...given.reviewed];
  const looks = [...(given.looks ?? [])];
  const owner = {
    listCertificates: async () => ({
      certificates: given.certificate
        ? [{ release: "rel_1", step: 0, ...given.certificate } as Certificate]
        : [],
      next: null,
    }),
    async getWorkflow() {
      const delivered = counts.length > 1 ? counts.shift()! : counts[0]!;
      return { counts: { delivered, in_review: 7 }, autonomy: 0.1 };
    },
    async certify() {
      calls.push("certify");
      return looks.shift() as Look;
    },
    listChanges: async () => ({ changes: given.changes ?? [] }),
    async setAutonomy(input: { body: { autonomy: number } }) {
      calls.push(`ask ${input.body.autonomy}`);
      return { id: "chg_1", setting: "autonomy", state: "pending", after: input.body.autonomy } as Change;
    },
  } as unknown as OwnerClient;
  const approver = {
    async approveChange(input: { params: { change: string } }) {
      calls.push(`approve ${input.params.change}`);
      return {};
    },
  } as unknown as ApproverClient;
  const run = () =>
    towardsAutomation({
      owner,
      approver,
      workflow: "w",
      release: "rel_1",
      signal: new AbortController().signal,
      say: (line) => said.push(line),
      lookEvery: 1,
    });
  return { calls, said, run };
}

const CERTIFIED = { result: "certified" as const, spent: 0.025, sentence: "certified at 0.79" };

test("labels first, then a certificate, then two people", async () => {
  const { calls, said, run } = played({ reviewed: [10, 500, 580], looks: [CERTIFIED] });
  await run();
  expect(calls).toEqual(["certify", "ask 0.8", "approve chg_1"]);
  expect(said).toEqual([
    "The sample's owner asked for a certificate: certified at 0.79.",
    "Autonomy 80 %, approved by the sample's release approver: sure cases go out alone from now on.",
  ]);
});

test("a look that spent nothing is taken again later, without a word; one that failed is the last", async () => {
  const nothing = { result: "none" as const, spent: 0, sentence: "too few" };
  const failed = { result: "none" as const, spent: 0.025, sentence: "no threshold can be certified" };
  const { calls, said, run } = played({ reviewed: [580, 585, 591], looks: [nothing, failed] });
  await run();
  expect(calls).toEqual(["certify", "certify"]);
  expect(said).toEqual(["The sample's owner asked for a certificate: no threshold can be certified."]);
});

test("tickets that come a second time are no evidence", async () => {
  const { calls, said, run } = played({ reviewed: [900] });
  await run();
  expect(calls).toEqual([]);
  expect(said[0]).toContain("proves nothing more");
});

test("a certificate that lapsed or was suspended is left to people", async () => {
  const certificate = { inForce: false, sentence: "", standing: "not in force: suspended, a complaint" };
  const { calls, said, run } = played({ reviewed: [590], certificate });
  await run();
  expect(calls).toEqual([]);
  expect(said).toEqual(["Certificate: not in force: suspended, a complaint."]);
});

test("an autonomy that a person changed stays; one that still waits is approved", async () => {
  const certificate = { inForce: true, sentence: "certified at 0.79", standing: "in force" };
  const lowered = { id: "chg_2", setting: "autonomy", state: "applied" as const, after: 0.1 };
  const left = played({ reviewed: [590], certificate, changes: [lowered] });
  await left.run();
  expect(left.calls).toEqual([]);
  expect(left.said.at(-1)).toBe("Autonomy: 10 % of the cases may go out alone.");
  const pending = { id: "chg_3", setting: "autonomy", state: "pending" as const, after: 0.8 };
  const waiting = played({ reviewed: [590], certificate, changes: [pending] });
  await waiting.run();
  expect(waiting.calls).toEqual(["approve chg_3"]);
});
