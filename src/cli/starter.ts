/**
 * The workflow that `pilotage init` writes: requests at a front desk, sorted by topic and urgency, with a drafted reply.
 *
 * Small enough to read in a minute, complete enough to run: the built-in classifier learns from the examples. Pure.
 */

const TOPICS: Record<string, { urgency: string; texts: string[] }[]> = {
  invoice: [
    {
      urgency: "normal",
      texts: [
        "The invoice shows twelve units, but we ordered ten. Please correct it.",
        "Could you send last month's invoice again as a PDF?",
        "Our address on the invoice is wrong, we moved in March.",
        "Why was the delivery charged twice on this bill?",
        "Please put our order number on the next invoice.",
        "We paid on the third, and yet a reminder came today.",
        "Which account do we transfer the amount to?",
        "The VAT number is missing on your bill.",
        "I would like to pay by direct debit from now on.",
        "The discount that we agreed on is not on the invoice.",
      ],
    },
    {
      urgency: "high",
      texts: [
        "You debited our account three times, please refund it today!",
        "We got a final demand for a bill that is paid. This has to stop now.",
      ],
    },
  ],
  appointment: [
    {
      urgency: "normal",
      texts: [
        "Can we move Tuesday's appointment to the week after?",
        "I would like a date for the yearly maintenance.",
        "When will the technician come, in the morning or in the afternoon?",
        "Please cancel our appointment on Friday.",
        "Is there an earlier date than the one in your letter?",
        "We need a visit at our second site as well.",
        "Nobody will be in the office on Monday, please choose another day.",
        "Could you call half an hour before you arrive?",
        "Please confirm the date for the installation.",
        "How long does the visit usually take?",
      ],
    },
    {
      urgency: "high",
      texts: [
        "Your technician did not turn up and we have been waiting since eight!",
        "We need somebody today, tomorrow is too late.",
      ],
    },
  ],
  fault: [
    {
      urgency: "normal",
      texts: [
        "The display stays dark after the update.",
        "The machine shows error E04 and beeps.",
        "Since yesterday the device loses its connection every hour.",
        "The lid does not close properly any more.",
        "It makes a grinding noise when it starts.",
        "The sensor reports nonsense, twenty degrees too much.",
        "Login on the device does not work, the screen freezes.",
        "There is a small leak below the tank.",
        "The battery is empty after two hours.",
        "After a power cut the settings were gone.",
      ],
    },
    {
      urgency: "high",
      texts: [
        "Smoke comes out of the device, we switched it off!",
        "Everything stands still, no machine in the hall starts, please help at once.",
      ],
    },
  ],
};

/** The files of the starter workflow by path. */
export function starterFiles(name: string): Map<string, string> {
  return new Map([
    ["workflow.yaml", workflow(name)],
    ["release.yaml", release(name)],
    ["request.schema.json", json(REQUEST)],
    ["answer.schema.json", json(ANSWER)],
    ["reply.liquid.md", REPLY],
    ["examples.jsonl", examples()],
    ["instructions.en.md", INSTRUCTIONS],
  ]);
}

function workflow(name: string): string {
  return `# The operational part. After the first apply, people, thresholds and shares are set in the running program;
# changes there are recorded, and what loosens the watch takes a second person.
workflow: ${name}
purpose: Sort requests at the front desk by topic and urgency, with a drafted reply.
unit: request
people:
  owner: owner@example.com
teams: [office, service]
key: requestNo
# How many of the cases that go out unreviewed may be wrong. Without a certificate every case is reviewed.
automation: { maxErrorRate: 5 %, confidence: 95 % }
qa: { share: 5 % }
cold: { share: 5 % }
undo: 10 s
# CSV files that are put into this folder become cases.
feeds:
  - { name: desk, kind: folder, path: ${name}/inbox, format: csv, schedule: every 30 s, key: requestNo }
deliveries:
  - { name: decided, kind: file, path: ${name}/decided.jsonl }
retention: { content: 90 d, decisions: 400 d }
instructions: { en: instructions.en.md }
`;
}

function release(name: string): string {
  return `# One release: immutable once it is published.
workflow: ${name}
# The built-in classifier. For a language model: model: { connection: <name>, name: <model> } and prompt: <file>.
model: { local: desk-classifier }
input: request.schema.json
output: answer.schema.json
# What the model may see; everything else is dropped.
policy:
  subject: allow
  text: allow
# What counts as an error.
error: { equal: [topic, urgency] }
# Reaches the target as a draft for its people.
suggestions: [reply]
facets: { output: [topic, urgency] }
confidence: { from: model }
# Always a person: expressions over input and output.
decide:
  review:
    - output.urgency == 'high'
    - matches(input.text, '(?i)lawyer|complaint')
fallback: [manual]
local:
  desk-classifier: { drafts: { reply: reply.liquid.md }, seed: 1 }
examples: examples.jsonl
`;
}

const REQUEST = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  required: ["text"],
  properties: {
    requestNo: { type: "string", maxLength: 40 },
    from: { type: "string" },
    subject: { type: "string" },
    text: { type: "string" },
  },
  additionalProperties: false,
};

const ANSWER = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  required: ["topic", "urgency"],
  properties: {
    topic: { enum: Object.keys(TOPICS) },
    urgency: { enum: ["normal", "high"] },
    reply: { type: "string" },
  },
  additionalProperties: false,
};

const REPLY = `Thank you for your message{% if input.subject %} about "{{ input.subject }}"{% endif %}. We have noted it under {{ output.topic }} and will come back to you{% if output.urgency == 'high' %} today{% endif %}.
`;

const INSTRUCTIONS = `Read the request first, then look at the suggestion.
High urgency: somebody is in danger, or work stands still.
`;

function examples(): string {
  const lines = Object.entries(TOPICS).flatMap(([topic, groups]) =>
    groups.flatMap(({ urgency, texts }) =>
      texts.map((text) => JSON.stringify({ input: { text }, output: { topic, urgency } })),
    ),
  );
  return `${lines.join("\n")}\n`;
}

function json(schema: object): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}
