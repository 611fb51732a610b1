/** Broken definitions as in broken.ts: where a release has its confidence from. */
import type { Broken, Change } from "./broken.ts";

const confidence = (written: string, ...more: [string, string][]): Change => ({
  "release.yaml": [["confidence: { of: category, from: logprob }", `confidence: ${written}`], ...more],
});

export const BROKEN_CONFIDENCE: Broken[] = [
  {
    name: "agreement of samples that are all alike",
    change: confidence("{ of: category, from: agreement }"),
  },
  { name: "agreement of too many samples", change: confidence("{ from: agreement, samples: 12 }") },
  {
    name: "agreement on nothing, with what belongs to a verifier",
    change: confidence("{ from: agreement, prompt: reply.liquid.md }", ["temperature: 0", "maxTokens: 100"]),
  },
  { name: "verifier without a prompt", change: confidence("{ from: verifier, samples: 3 }") },
  {
    name: "verifier that never sees the answer, and asks for what the policy drops",
    change: confidence("{ from: verifier, prompt: verify.liquid.md }"),
    files: { "verify.liquid.md": "{{ input.customerId }} {{ outptu.category }}" },
  },
  {
    name: "verifier whose model has no name",
    change: confidence("{ from: verifier, prompt: reply.liquid.md, model: { connection: judge } }"),
  },
];
