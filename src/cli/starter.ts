/**
 * The workflow that `pilotage init` writes: requests at a front desk, sorted by topic and urgency, with a drafted reply.
 *
 * Small enough to read in a minute, complete enough to run: the built-in classifier learns from the examples. Pure.
 */

const TOPICS: Record<string, { normal: string[]; high: string[] }> = {
  invoice: {
    normal: [
      "The invoice shows twelve units, but we ordered ten. Please correct the invoice.",
      "Could you send last month's invoice again as a PDF?",
      "Our address on the invoice is wrong, we moved in March.",
      "Why was the shipping charged twice on this invoice?",
      "Please put our order number on the next invoice.",
      "We paid the invoice on the third, and yet a payment reminder came.",
      "To which account shall we transfer the invoice amount?",
      "The VAT number is missing on your invoice.",
      "I would like to pay your invoices by direct debit from now on.",
      "The discount that we agreed on is not on the invoice.",
      "Can we pay this invoice in two instalments?",
      "You charged us for a product that we returned. Please send a credit note.",
    ],
    high: [
      "You debited our account three times, please refund the amount at once, this is urgent!",
      "URGENT: we got a final demand for an invoice that is paid. Stop this immediately.",
      "Your double payment blocks our account, we need the refund today. Urgent!",
    ],
  },
  appointment: {
    normal: [
      "Can we move Tuesday's appointment to the week after?",
      "I would like an appointment for the yearly maintenance.",
      "Does the technician come in the morning or in the afternoon?",
      "Please cancel our appointment on Friday.",
      "Is there an earlier appointment than the one in your letter?",
      "We need an appointment at our second site as well.",
      "Nobody is in the office on Monday, please choose another date for the visit.",
      "Could the technician call half an hour before the appointment?",
      "Please confirm the date of the installation.",
      "How long does a visit of the technician usually take?",
      "I have to postpone the appointment, next week suits us better.",
      "Which dates are free for a visit in June?",
    ],
    high: [
      "Your technician did not turn up for the appointment, we have been waiting since eight. Urgent!",
      "We need an appointment today, tomorrow is too late, it is urgent.",
      "URGENT: the visit must be this afternoon, please send somebody immediately.",
    ],
  },
  fault: {
    normal: [
      "The display of the device stays dark after the update.",
      "The machine shows error E04 and beeps.",
      "Since yesterday the device loses its connection every hour.",
      "The lid of the machine does not close properly any more.",
      "The machine makes a grinding noise when it starts.",
      "The sensor of the device shows twenty degrees too much, an error.",
      "The screen of the device freezes at the login.",
      "There is a small leak below the tank of the machine.",
      "The battery of the device is empty after two hours.",
      "After a power cut the device had lost its settings.",
      "The device shows error E17 and does not start.",
      "A button of the machine is broken and does not react.",
    ],
    high: [
      "Smoke comes out of the device, we switched it off. Urgent!",
      "URGENT: no machine in the hall starts, please help immediately.",
      "The machine leaks hot water on the floor, somebody must come at once, this is urgent!",
    ],
  },
};

/** Whom the first walk of README and docs/start.md acts as, so that what is copied from there is done by the owner. */
export const STARTER_OWNER = "e.brandt@example.com";

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
# Who answers for it: put your own address here, and say the same with --as.
people:
  owner: ${STARTER_OWNER}
teams: [office, service]
key: requestNo
# How many of the cases that go out unreviewed may be wrong. Without a certificate every case is reviewed.
automation: { maxErrorRate: 5 %, confidence: 95 % }
qa: { share: 5 % }
cold: { share: 5 % }
undo: 10 s
# CSV files that are put into this folder, below the files of the installation, become cases.
feeds:
  - { name: desk, kind: folder, path: inbox, format: csv, schedule: every 30 s, key: requestNo }
deliveries:
  - { name: decided, kind: file, path: decided.jsonl }
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
  const lines = Object.entries(TOPICS).flatMap(([topic, texts]) =>
    (["normal", "high"] as const).flatMap((urgency) =>
      texts[urgency].map((text) => JSON.stringify({ input: { text }, output: { topic, urgency } })),
    ),
  );
  return `${lines.join("\n")}\n`;
}

function json(schema: object): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}
