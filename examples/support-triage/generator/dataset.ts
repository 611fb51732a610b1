/**
 * The whole made-up data: which templates are used how often, and the files that come of it.
 *
 * Training tickets become ../examples.jsonl. Evaluation tickets become ../data/tickets.csv, and ../data/tickets-web.jsonl
 * where a character has no place in Windows-1252; their known answers are in ../data/answers.jsonl. Pure: the same seed
 * gives the same bytes. Writing them is in generate.ts.
 */
import { makeTicket } from "./compose.ts";
import type { MadeTicket } from "./compose.ts";
import { chanceFor } from "./seeded.ts";
import type { Category, Split } from "./taxonomy.ts";
import type { CategoryTexts, Template } from "./template.ts";
import { ALL_TEXTS } from "./texts/all.ts";
import { csvFile, fitsWindows1252 } from "./windows-csv.ts";

/** The seed of the data in this folder. */
export const SEED = 20260302;

/** Training tickets per category and language. */
const TRAINING_EACH = 66;

/** Evaluation tickets per category and language: the mix of an ordinary month. */
const EVALUATION_EACH: Record<Category, number> = {
  delivery_delay: 34,
  damaged_goods: 24,
  invoice_question: 30,
  payment_failed: 22,
  contract_change: 22,
  cancellation: 22,
  technical_fault: 38,
  maintenance_appointment: 24,
  account_access: 22,
  product_question: 24,
  complaint: 20,
  spare_parts: 22,
};

export interface NumberedTicket extends MadeTicket {
  ticketNo: string;
  /** ISO 8601 with the offset of the company's time zone. */
  receivedAt: string;
}

export interface Dataset {
  training: MadeTicket[];
  /** In the order in which they come in. */
  evaluation: NumberedTicket[];
}

export function makeDataset(seed: number): Dataset {
  const training = shuffled(
    seed,
    ALL_TEXTS.flatMap((texts) => tickets(seed, texts, "training", TRAINING_EACH)),
  );
  const evaluation = shuffled(
    seed,
    ALL_TEXTS.flatMap((texts) => tickets(seed, texts, "evaluation", EVALUATION_EACH[texts.category])),
  );
  const times = arrivals(seed, evaluation.length);
  return {
    training,
    evaluation: evaluation.map((ticket, index) => ({
      ...ticket,
      ticketNo: `T-${260_001 + index}`,
      receivedAt: times[index]!,
    })),
  };
}

function shuffled(seed: number, made: MadeTicket[]): MadeTicket[] {
  return chanceFor(seed, `order of ${made.length}`).shuffled(made);
}

/**
 * Goes round the templates; a ticket that was there already is skipped.
 *
 * Training uses each template as often as the others. In an ordinary month, ordinary matters are twice as frequent.
 */
function tickets(seed: number, texts: CategoryTexts, split: Split, wanted: number): MadeTicket[] {
  const written = texts.templates[split];
  const ordinary =
    split === "evaluation" ? written.filter(({ priority, solo }) => priority === "normal" && !solo) : [];
  const templates = [...written, ...ordinary];
  const seen = new Set<string>();
  const made: MadeTicket[] = [];
  const uses = new Map<Template, number>();
  for (let turn = 0; made.length < wanted; turn++) {
    if (turn > wanted * 3)
      throw new RangeError(
        `${texts.category}.${texts.language} has too few ${split} texts for ${wanted} tickets.`,
      );
    const template = templates[turn % templates.length]!;
    const use = (uses.get(template) ?? 0) + 1;
    uses.set(template, use);
    const ticket = makeTicket(seed, template, texts.details[split], use);
    const words = `${ticket.text.subject}\n${ticket.text.body}`;
    if (seen.has(words)) continue;
    seen.add(words);
    made.push(ticket);
  }
  return made;
}

/** Times within four weeks of March 2026: mostly office hours, rising. No change of the clock falls into them. */
function arrivals(seed: number, count: number): string[] {
  const chance = chanceFor(seed, "arrivals");
  const two = (value: number): string => String(value).padStart(2, "0");
  const one = (): string => {
    const workday = chance.between(0, 19);
    const weekend = chance.happens(0.06);
    const day = 2 + Math.floor(workday / 5) * 7 + (weekend ? chance.between(5, 6) : workday % 5);
    const hour = weekend || chance.happens(0.12) ? chance.between(0, 23) : chance.between(7, 17);
    return `2026-03-${two(day)}T${two(hour)}:${two(chance.between(0, 59))}:${two(chance.between(0, 59))}+01:00`;
  };
  return Array.from({ length: count }, one).sort();
}

/** File names, relative to the example's folder, and their bytes. */
export function filesOf({ training, evaluation }: Dataset): Record<string, Buffer> {
  const forCsv = evaluation.filter((ticket) => fitsWindows1252(row(ticket).join("")));
  const forWeb = evaluation.filter((ticket) => !forCsv.includes(ticket));
  return {
    "examples.jsonl": jsonLines(training.map(({ text, answer }) => ({ input: text, output: answer }))),
    "data/tickets.csv": csvFile([COLUMNS, ...forCsv.map(row)]),
    "data/tickets-web.jsonl": jsonLines(forWeb.map(record)),
    "data/answers.jsonl": jsonLines(evaluation.map(({ ticketNo, answer }) => ({ ticketNo, ...answer }))),
  };
}

export const COLUMNS = [
  "ticketNo",
  "receivedAt",
  "queue",
  "language",
  "subject",
  "body",
  "customerId",
  "contactName",
  "contactEmail",
  "iban",
];

function row({ ticketNo, receivedAt, queue, text, sender }: NumberedTicket): string[] {
  const { language, subject, body } = text;
  const { customerId, name, email, iban } = sender;
  return [ticketNo, receivedAt, queue, language, subject, body, customerId, name, email, iban];
}

function record({ ticketNo, receivedAt, queue, text, sender }: NumberedTicket) {
  return {
    ticketNo,
    receivedAt,
    queue,
    ...text,
    customerId: sender.customerId,
    contact: { name: sender.name, email: sender.email },
    ...(sender.iban === "" ? {} : { contract: { iban: sender.iban } }),
  };
}

function jsonLines(values: object[]): Buffer {
  return Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(""), "utf8");
}
