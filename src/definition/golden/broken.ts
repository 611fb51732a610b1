/**
 * Broken definitions: each one the good definition with one or a few changes.
 *
 * A change replaces a text that stands exactly once in a file; `null` removes the file. What the check says about each
 * stands in expected.txt; write it anew with UPDATE_GOLDEN=1 and read the difference.
 */
import { BROKEN_CACHE } from "./broken-cache.ts";
import { BROKEN_CONFIDENCE } from "./broken-confidence.ts";

export type Change = Record<string, [find: string, replace: string][]>;

export interface Broken {
  name: string;
  change?: Change;
  /** Whole files: new text, or gone. */
  files?: Record<string, string | null>;
}

const workflow = (...changes: [string, string][]): Change => ({ "workflow.yaml": changes });
const release = (...changes: [string, string][]): Change => ({ "release.yaml": changes });

export const BROKEN: Broken[] = [
  { name: "misspelt key at the top", change: workflow(["purpose:", "purpos:"]) },
  {
    name: "misspelt keys in sections",
    change: workflow(["deputy:", "deputi:"], ["atLeastPerDay:", "atleastperday:"], ["schedule:", "shedule:"]),
  },
  {
    name: "unknown key far from any known one",
    change: workflow(["unit: ticket", "unit: ticket\nblockchain: yes"]),
  },
  { name: "yaml syntax: bad indentation", change: workflow(["  deputy: j.okafor", "   deputy: j.okafor"]) },
  {
    name: "yaml syntax: open bracket",
    change: workflow(["teams: [billing, technical]", "teams: [billing, technical"]),
  },
  { name: "yaml syntax: tab", change: release(["  subject: allow", "\tsubject: allow"]) },
  { name: "yaml: the same key twice", change: workflow(["unit: ticket", "unit: ticket\nunit: case"]) },
  { name: "yaml: unknown alias", change: workflow(["unit: ticket", "unit: *ticket"]) },
  { name: "yaml: several documents", change: workflow(["unit: ticket", "---\nunit: ticket"]) },
  { name: "empty file", files: { "workflow.yaml": "" } },
  { name: "a list instead of sections", files: { "release.yaml": "- model\n- prompt\n" } },
  {
    name: "no workflow file, but one with a similar name",
    files: { "workflow.yaml": null, "workflows.yaml": "workflow: x\n" },
  },
  { name: "no release file", files: { "release.yaml": null } },
  { name: "two workflow files", files: { "workflow.json": "{}" } },
  {
    name: "release.json that is no JSON",
    files: {
      "release.yaml": null,
      "release.json": '{ "workflow": "support-triage",\n  "model": { "local": "triage", }\n}\n',
    },
  },
  {
    name: "required sections missing",
    change: {
      "workflow.yaml": [
        ["purpose: Classify and route incoming support tickets with a drafted first reply.\n", ""],
        ["automation: { maxErrorRate: 5 %, confidence: 95 %, per: all }\n", ""],
        ["  owner: e.brandt@example.com\n", ""],
      ],
      "release.yaml": [
        ["model: { connection: mistral-eu, name: mistral-small, temperature: 0, timeout: 20 s }\n", ""],
      ],
    },
  },
  {
    name: "section of the wrong type",
    change: workflow(
      ["teams: [billing, technical]", "teams: billing"],
      ["cold: { share: 5 % }", "cold: 5 %"],
    ),
  },
  {
    name: "bad names and addresses",
    change: workflow(
      ["workflow: support-triage", "workflow: Support Triage"],
      ["e.brandt@example.com", "Eva Brandt"],
    ),
  },
  {
    name: "percents out of range or without a sign",
    change: workflow(
      ["maxErrorRate: 5 %", "maxErrorRate: 90 %"],
      ["confidence: 95 %", "confidence: 95"],
      ["cold: { share: 5 % }", "cold: { share: 5 percent }"],
    ),
  },
  {
    name: "durations without unit, out of range, nonsense",
    change: workflow(
      ["undo: 10 s", "undo: 1 h"],
      ["schedule: every 5 min", "schedule: 5"],
      ["content: 90 d", "content: a while"],
    ),
  },
  {
    name: "unknown words with and without suggestion",
    change: {
      "workflow.yaml": [
        ["per: all", "per: categry"],
        ["format: csv", "format: xlsx"],
        ["rollout: [shadow,", "rollout: [shadw,"],
      ],
      "release.yaml": [
        ["body: allow", "body: alow"],
        ["from: logprob", "from: logprobs"],
        ["  - queue\n", "  - que\n"],
      ],
    },
  },
  {
    name: "unsafe paths",
    change: {
      "workflow.yaml": [
        ["path: inbox/", "path: ../inbox/"],
        ["path: out/decisions.jsonl", "path: /var/out.jsonl"],
        ["ai-notice.md", "../ai-notice.md"],
      ],
      "release.yaml": [["prompt: prompt.liquid.md", "prompt: C:/prompt.md"]],
    },
  },
  {
    name: "missing files",
    change: {
      "release.yaml": [
        ["prompt: prompt.liquid.md", "prompt: promt.liquid.md"],
        ["ticket.schema.json", "tickets.schema.json"],
      ],
      "workflow.yaml": [["instructions.en.md", "instructions.fr.md"]],
    },
  },
  {
    name: "calendar: zone, region, hours",
    change: workflow(
      ["zone: Europe/Berlin", "zone: Europe/Munich"],
      ["DE-BY", "Bavaria"],
      ["Mon-Fri 08:00-17:00", "8 to 5"],
    ),
  },
  { name: "calendar: a state that there is not", change: workflow(["DE-BY", "DE-NRW"]) },
  {
    name: "calendar: a country that there is not, hours of no length",
    change: workflow(["DE-BY", "DR-BY"], ["Mon-Fri 08:00-17:00", '"Mon-Thu 22:00-06:00, Fri 08:00-08:00"']),
  },
  {
    name: "calendar: a day and a time that there are not",
    change: workflow(["Mon-Fri 08:00-17:00", '"Mon-Fry 08:00-17:00, Sat 08:00-24:30"']),
  },
  {
    name: "schema file that is no JSON",
    files: {
      "ticket.schema.json": '{\n  "type": "object",\n  "properties": { "body": { "type": "string" }, }\n}\n',
    },
  },
  {
    name: "schema with an unknown type",
    change: { "triage.schema.json": [['"amount": { "type": "number" }', '"amount": { "type": "money" }']] },
  },
  {
    name: "schema with an unknown keyword and an unknown format",
    change: {
      "triage.schema.json": [
        ['"amount": { "type": "number" }', '"amount": { "type": "number", "maxmum": 5 }'],
      ],
      "ticket.schema.json": [['"format": "date-time"', '"format": "datetime"']],
    },
  },
  {
    name: "schema with a pattern that needs look-ahead",
    change: { "ticket.schema.json": [['"maxLength": 40', '"pattern": "^(?=T)[0-9]+$"']] },
  },
  {
    name: "schema with a reference to elsewhere",
    change: {
      "triage.schema.json": [
        ['{ "enum": ["billing", "technical"] }', '{ "$ref": "https://example.com/team.json" }'],
      ],
    },
  },
  { name: "schema that is no object", files: { "triage.schema.json": '{ "type": "string" }\n' } },
  {
    name: "output schema that is open",
    change: { "triage.schema.json": [['  "additionalProperties": false,\n', ""]] },
  },
  { name: "field name with a dot", change: { "ticket.schema.json": [['"customerId"', '"customer.id"']] } },
  {
    name: "paths that no schema has, workflow",
    change: workflow(
      ["subject: [customerId, contact.email]", "subject: [customerID, contact.mail]"],
      ["thread: conversationId", "thread: conversation"],
      ["team: queue", "team: contact"],
      ["key: ticketNo", "key: lines.price"],
      ["Text: body", "Text: bdy"],
      ["blockFields: [contact.phone]", "blockFields: [contact.phon]"],
    ),
  },
  {
    name: "paths that no schema has, release",
    change: release(
      ["  subject: allow", "  subjct: allow"],
      ["equal: [category, team]", "equal: [categry, team]"],
      ["suggestions: [draft]", "suggestions: [drafts]"],
      ["input: [queue, received]", "input: [queu, received]"],
      ["of: category", "of: categories"],
    ),
  },
  { name: "pseudonym of a structure", change: release(["contract: mask", "contract: pseudonymise"]) },
  {
    name: "facets of free text and of lists",
    change: release(
      ["input: [queue, received]", "input: [subject, tags, contact]"],
      ["output: [category, team, amount]", "output: [category, draft]"],
    ),
  },
  {
    name: "error leaves fields out",
    change: release(
      ["equal: [category, team]", "equal: [category]"],
      ["  tolerance: { amount: 0.01 }\n", ""],
    ),
  },
  {
    name: "error names fields twice and wrongly typed",
    change: release(
      ["tolerance: { amount: 0.01 }", "tolerance: { team: 1, amount: 1 }\n  changed: { amount: 20 % }"],
      ["suggestions: [draft]", "suggestions: [draft, category]"],
    ),
  },
  {
    name: "duplicated names",
    change: {
      "workflow.yaml": [
        ["teams: [billing, technical]", "teams: [billing, billing]"],
        ["name: archive", "name: crm"],
        ["Text: body", "Text: body, Body: body"],
      ],
      "release.yaml": [["equal: [category, team]", "equal: [category, team, team]"]],
    },
  },
  {
    name: "deliveries without what they need",
    change: workflow(
      ["connection: crm, kind: webhook", "kind: webhook"],
      ["kind: file, path: out/decisions.jsonl", "kind: folder"],
    ),
  },
  {
    name: "stages that do not grow, unknown team",
    change: workflow([
      "rollout: [shadow, 20 %, 50 %, 100 %]",
      "rollout: [20 %, shadow, 20 %, { team: biling }]",
    ]),
  },
  { name: "language model without prompt", change: release(["prompt: prompt.liquid.md\n", ""]) },
  {
    name: "prompt: syntax error in the user part",
    change: { "prompt.liquid.md": [["{{ input.body }}", "{% if input.body %}{{ input.body }}"]] },
  },
  {
    name: "prompt: unknown filter, tag, name, field",
    change: {
      "prompt.liquid.md": [
        ["{{ input.body }}", "{{ inputs.body }} {{ input.bodi }} {{ case.id }} {{ input[input.queue] }}"],
      ],
    },
  },
  { name: "prompt: unknown filter", change: { "prompt.liquid.md": [["| default:", "| defalt:"]] } },
  {
    name: "prompt: include of another file",
    change: { "prompt.liquid.md": [["{{ input.body }}", "{% include 'other' %}"]] },
  },
  {
    name: "prompt: field that the policy drops",
    change: {
      "prompt.liquid.md": [
        [
          "{{ input.body }}",
          "{{ input.body }} {{ input.customerId }} {{ input.contact.phone }} {{ input.contract.iban }} {{ input.tags.size }}",
        ],
      ],
    },
  },
  {
    name: "rules: syntax error",
    change: release(["output.category == 'contract' && ", "output.category == 'contract' && && "]),
  },
  {
    name: "rules: unknown fields and names",
    change: release(
      ["matches(input.body,", "matches(input.bdy,"],
      ["output.category == 'contract'", "outputs.category == 'contract'"],
    ),
  },
  {
    name: "rules: wrong types",
    change: release(
      ["\"matches(input.body, '(?i)k(ü|ue)ndigung|anwalt|lawyer')\"", "'input.body > 5'"],
      ["output.amount > 1000", "output.amount > '1000'"],
    ),
  },
  {
    name: "rules: result is no yes or no",
    change: release(["\"matches(input.body, '(?i)k(ü|ue)ndigung|anwalt|lawyer')\"", "size(input.body)"]),
  },
  {
    name: "rules: method form of matches, look-ahead, value that the enum does not have",
    change: release(
      [
        "matches(input.body, '(?i)k(ü|ue)ndigung|anwalt|lawyer')",
        "input.body.matches('x') || matches(input.body, '(?=a)b')",
      ],
      ["== 'contract'", "== 'contracts'"],
    ),
  },
  {
    name: "rules: fault in a block text",
    change: release([
      "output.category == 'contract' && has(output.amount) && output.amount > 1000",
      "|\n      output.category == 'contract'\n      && output.amnt > 1000",
    ]),
  },
  {
    name: "local model that nobody declared, and one that nobody uses",
    change: release(["{ local: triage }", "{ local: triag }"]),
  },
  { name: "local model without examples", change: release(["examples: examples.jsonl\n", ""]) },
  {
    name: "local model without an enum to learn",
    change: {
      "release.yaml": [
        ["equal: [category, team]", "equal: [amount]\n  changed: { category: 10 %, team: 10 % }"],
        ["  tolerance: { amount: 0.01 }\n", ""],
        ["input: [queue, received], output: [category, team, amount]", "input: [queue]"],
        [
          "output.category == 'contract' && has(output.amount) && output.amount > 1000",
          "has(output.amount) && output.amount > 1000",
        ],
      ],
      "triage.schema.json": [
        ['{ "enum": ["invoice", "outage", "contract"] }', '{ "type": "string" }'],
        ['{ "enum": ["billing", "technical"] }', '{ "type": "string" }'],
      ],
    },
  },
  {
    name: "local model that cannot fill a required field",
    change: {
      "triage.schema.json": [
        ['"required": ["category", "team"]', '"required": ["category", "team", "amount"]'],
      ],
      "examples.jsonl": [
        [
          '"output": {"category": "invoice", "team": "billing"}',
          '"output": {"category": "invoice", "team": "billing", "amount": 1}',
        ],
        [
          '"output": {"category": "outage", "team": "technical"}',
          '"output": {"category": "outage", "team": "technical", "amount": 2}',
        ],
      ],
    },
  },
  {
    name: "draft with unknown fields and for a field that is no text",
    change: {
      "reply.liquid.md": [
        ["{{ output.category }}", "{{ output.categry }}"],
        ["{{ input.subject }}", "{{ inptu.subject }}"],
      ],
      "release.yaml": [
        ["drafts: { draft: reply.liquid.md }", "drafts: { draft: reply.liquid.md, amount: reply.liquid.md }"],
      ],
    },
  },
  {
    name: "examples that break the schemas",
    files: {
      "examples.jsonl":
        '{"input": {"body": "x"}, "output": {"category": "invoices", "team": "billing"}}\n{"input": {"body": 5, "colour": "red"}, "output": {"category": "invoice", "team": "billing"}}\n{"input": {"body": "x"}}\nnot json\n[]\n',
    },
  },
  {
    name: "many broken examples",
    files: {
      "examples.jsonl": '{"input": {}, "output": {"category": "invoice", "team": "billing"}}\n'.repeat(25),
    },
  },
  { name: "no example at all", files: { "examples.jsonl": "\n\n" } },
  {
    name: "fallback after its end and twice",
    change: release(["  - queue\n", "  - { local: triage }\n  - manual\n  - queue\n"]),
  },
  ...BROKEN_CACHE,
  ...BROKEN_CONFIDENCE,
  {
    name: "log-probabilities from a local model",
    change: release(
      [
        "model: { connection: mistral-eu, name: mistral-small, temperature: 0, timeout: 20 s }",
        "model: { local: triage }",
      ],
      ["  - { local: triage }\n", ""],
    ),
  },
  {
    name: "model with keys of both kinds",
    change: release([
      "model: { connection: mistral-eu, name: mistral-small, temperature: 0, timeout: 20 s }",
      "model: { conection: mistral-eu, name: mistral-small, temperature: 3, timeout: 20 s }",
    ]),
  },
  {
    name: "names of two workflows",
    change: release(["workflow: support-triage", "workflow: support-routing"]),
  },
  {
    name: "stages that nobody can read",
    change: workflow(
      ["rollout: [shadow, 20 %, 50 %, 100 %]", "rollout: [shadow, { tema: billing }, 150 %, 50]"],
      ["team: queue\n", ""],
    ),
  },
  { name: "tolerance below zero", change: release(["amount: 0.01", "amount: -1"]) },
  {
    name: "yaml that grows without end",
    change: workflow([
      "teams: [billing, technical]",
      "teams: [&a [&b [billing, billing], *b, *b, *b, *b, *b], *a, *a, *a, *a, *a, *a, *a, *a, *a, *a]",
    ]),
  },
  {
    name: "names that JavaScript knows",
    change: release(["  subject: allow", "  subject: allow\n  constructor: allow"]),
  },
  {
    name: "later format",
    change: workflow(["workflow: support-triage", "format: 2\nworkflow: support-triage"]),
  },
  { name: "numbers that JSON cannot hold", change: workflow(["workingHours: 4", "workingHours: .inf"]) },
  { name: "reserved names", change: release(["  subject: allow", "  subject: allow\n  __proto__: allow"]) },
];
