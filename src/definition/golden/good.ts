/** A definition without a fault: what the broken ones differ from, and what the tests beside the modules build on. */

export const GOOD: Record<string, string> = {
  "workflow.yaml": `workflow: support-triage
purpose: Classify and route incoming support tickets with a drafted first reply.
unit: ticket
people:
  owner: e.brandt@example.com
  deputy: j.okafor@example.com
  onCall: [night@example.com]
teams: [billing, technical]
subject: [customerId, contact.email]
thread: conversationId
team: queue
key: ticketNo
automation: { maxErrorRate: 5 %, confidence: 95 %, per: all }
cold: { share: 5 % }
qa: { share: 5 %, atLeastPerDay: 10 }
planted: { share: 0 % }
calendar: { region: DE-BY, hours: Mon-Fri 08:00-17:00, zone: Europe/Berlin }
rollout: [shadow, 20 %, 50 %, 100 %]
due: { workingHours: 4 }
undo: 10 s
feeds:
  - name: helpdesk
    kind: folder
    path: inbox/
    format: csv
    delimiter: ";"
    schedule: every 5 min
    key: Ticket No
    columns: { Ticket No: ticketNo, Text: body }
deliveries:
  - { name: crm, connection: crm, kind: webhook, disclosure: ai-notice.md }
  - { name: archive, kind: file, path: out/decisions.jsonl }
retention: { content: 90 d, decisions: 400 d }
instructions: { de: instructions.de.md, en: instructions.en.md }
blockFields: [contact.phone]
`,
  "release.yaml": `workflow: support-triage
model: { connection: mistral-eu, name: mistral-small, temperature: 0, timeout: 20 s }
prompt: prompt.liquid.md
input: ticket.schema.json
output: triage.schema.json
policy:
  subject: allow
  body: allow
  queue: allow
  contact.email: pseudonymise
  contract: mask
error:
  equal: [category, team]
  tolerance: { amount: 0.01 }
suggestions: [draft]
facets: { input: [queue, received], output: [category, team, amount] }
confidence: { of: category, from: logprob }
decide:
  review:
    - "matches(input.body, '(?i)k(ü|ue)ndigung|anwalt|lawyer')"
    - output.category == 'contract' && has(output.amount) && output.amount > 1000
fallback:
  - { local: triage }
  - queue
local:
  triage: { drafts: { draft: reply.liquid.md }, seed: 7 }
examples: examples.jsonl
`,
  "ticket.schema.json": `{
  "type": "object",
  "additionalProperties": false,
  "required": ["body"],
  "properties": {
    "ticketNo": { "type": "string", "maxLength": 40 },
    "customerId": { "type": "string" },
    "conversationId": { "type": "string" },
    "subject": { "type": "string" },
    "body": { "type": "string" },
    "queue": { "enum": ["mail", "web", "phone"] },
    "received": { "type": "string", "format": "date-time" },
    "tags": { "type": "array", "items": { "type": "string" } },
    "lines": { "type": "array", "items": { "type": "object", "properties": { "price": { "type": "number" } } } },
    "contact": { "type": "object", "properties": { "email": { "type": "string" }, "phone": { "type": "string" } } },
    "contract": { "type": "object", "properties": { "iban": { "type": "string" } } }
  }
}
`,
  "triage.schema.json": `{
  "type": "object",
  "additionalProperties": false,
  "required": ["category", "team"],
  "properties": {
    "category": { "enum": ["invoice", "outage", "contract"] },
    "team": { "enum": ["billing", "technical"] },
    "amount": { "type": "number" },
    "draft": { "type": "string" }
  }
}
`,
  "prompt.liquid.md": `You route support tickets.
Answer with JSON.
---
Queue: {{ input.queue }}
Subject: {{ input.subject | default: "(none)" }}

{{ input.body }}
`,
  "reply.liquid.md": `Dear customer, your {{ output.category }} request about {{ input.subject }} is with our {{ output.team }} team.
`,
  "examples.jsonl": `{"input": {"body": "My invoice is wrong"}, "output": {"category": "invoice", "team": "billing"}}
{"input": {"body": "Nothing works", "queue": "mail"}, "output": {"category": "outage", "team": "technical"}}
`,
  "ai-notice.md": "This answer was prepared by a machine.\n",
  "instructions.de.md": "Erst lesen, dann entscheiden.\n",
  "instructions.en.md": "Read first, then decide.\n",
};

export function goodFiles(): Map<string, string> {
  return new Map(Object.entries(GOOD));
}
