/** For tests: answers of the endpoints of data policies that wait for a second person, in the form of the contract. */
import type { Client } from "../contract/client.ts";

const change: Awaited<ReturnType<Client["approvePolicyChange"]>> = {
  id: "pch_01hzy3v7k2e8t9qxw4m5n6p7r8",
  connection: "mistral-eu",
  model: "mistral-small",
  before: { images: false, policy: { tools: false } },
  after: { images: false, policy: { tools: true, scan: { email: "allow" } } },
  why: [
    { what: "tools", name: null, to: null },
    { what: "kind", name: "email", to: "allow" },
  ],
  state: "pending",
  requestedAt: "2026-03-02T09:00:00.000Z",
  requestedBy: "j.okafor@example.com",
  decidedAt: null,
  decidedBy: null,
};
const decided = { decidedAt: "2026-03-02T10:00:00.000Z", decidedBy: "e.brandt@example.com" };

export const POLICIES = {
  setModelPolicy: { name: "mistral-eu", kind: "openai", warnings: [], waiting: [change] },
  listPolicyChanges: { changes: [change] },
  approvePolicyChange: { ...change, state: "applied" as const, ...decided },
  refusePolicyChange: { ...change, state: "refused" as const, ...decided },
} satisfies Record<string, unknown>;
