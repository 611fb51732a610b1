/** Broken definitions as in broken.ts: answers that are kept, and the step that takes them up. */
import type { Broken } from "./broken.ts";

const CACHED: [string, string] = ["  - queue\n", "  - cached\n  - queue\n"];
const keeping = (cache: string): [string, string] => [
  "examples: examples.jsonl",
  `examples: examples.jsonl\ncache: ${cache}`,
];

export const BROKEN_CACHE: Broken[] = [
  {
    name: "a kept answer where none is kept, before any could be",
    change: {
      "release.yaml": [
        [
          "model: { connection: mistral-eu, name: mistral-small, temperature: 0, timeout: 20 s }",
          "model: { local: triage }",
        ],
        ["  - { local: triage }\n", ""],
        CACHED,
        ["confidence: { of: category, from: logprob }", "confidence: { of: category, from: model }"],
      ],
    },
  },
  { name: "answers kept that nothing uses", change: { "release.yaml": [keeping("{ keep: 30 d }")] } },
  {
    name: "answers kept for ever, with a size",
    change: { "release.yaml": [CACHED, keeping("{ keep: 1000 d, size: 5 }")] },
  },
];
