/**
 * Makes one ticket, with its known answer, from one hand-written template.
 *
 * The template gives category, team and priority; only a sentence about urgency changes the priority. All chance comes
 * from the seed and the ticket's own name, so that a change of one text leaves the other tickets as they are. Pure.
 */
import { forwardedHead, forwardingNote, greeting, references, signature } from "./frame.ts";
import { addNoise, drawNoise } from "./noise.ts";
import { makeSender } from "./people.ts";
import type { Sender } from "./people.ts";
import { chanceFor } from "./seeded.ts";
import type { Chance } from "./seeded.ts";
import { slotFiller } from "./slots.ts";
import { TEAMS } from "./taxonomy.ts";
import type { Category, Language, Priority, Queue, Split, Team } from "./taxonomy.ts";
import type { Template } from "./template.ts";
import { quotedThread } from "./threads.ts";
import { CAN_BE_URGENT, CAN_WAIT, urgencyFormula, urgencyMark, urgencyReason } from "./urgency.ts";
import type { Urgency } from "./urgency.ts";

/** The words of a ticket: what the model may see. */
export interface TicketText {
  language: Language;
  subject: string;
  body: string;
}

export interface Answer {
  category: Category;
  team: Team;
  priority: Priority;
}

export interface MadeTicket {
  /** Which template and which use of it, e.g. `complaint.en.training.4/2`. */
  origin: string;
  text: TicketText;
  queue: Queue;
  sender: Sender;
  answer: Answer;
}

/** Makes the `use`-th ticket of a template; `details` are the sentences that may follow it. */
export function makeTicket(
  seed: number,
  template: Template,
  details: readonly string[],
  use: number,
): MadeTicket {
  const origin = `${template.id}/${use}`;
  const chance = chanceFor(seed, origin);
  const { language, split, category, team } = template;
  const sender = makeSender(chance, split);
  const fill = slotFiller(chance, language, sender);

  const urgency = drawUrgency(chance, template);
  const priority = urgency ?? template.priority;
  const sentences = [...drawDetails(chance, template, details), ...urgencyWords(chance, template, urgency)];
  const own = template.solo ? fill(template.body) : fullBody(chance, template, sentences, sender, fill);
  const quoted = template.body !== "" && chance.happens(0.09) ? quotedThread(chance, language, fill) : "";
  const noise = drawNoise(chance);
  const marked = priority !== "normal" && !template.solo && chance.happens(0.4);
  const mark = marked ? urgencyMark(chance, language, priority) : "";
  const subject = drawSubject(chance, mark + fill(template.subject), template, quoted !== "");

  const ownNoisy = addNoise(noise, own, chance, language);
  return {
    origin,
    queue: drawQueue(chance, team),
    text: {
      language,
      subject:
        noise === "capitals" || noise === "no_umlauts" ? addNoise(noise, subject, chance, language) : subject,
      body: quoted === "" ? ownNoisy : `${ownNoisy}\n\n${quoted}`,
    },
    sender,
    answer: { category, team, priority },
  };
}

function fullBody(
  chance: Chance,
  template: Template,
  sentences: string[],
  sender: Sender,
  fill: (text: string) => string,
): string {
  const { language, split } = template;
  const paragraphs = [template.body, sentences.join(" ")].filter((text) => text !== "");
  const matter = fill(paragraphs.join(chance.pick([" ", "\n", "\n\n", "\n\n"])));
  const parts = [greeting(chance, language), matter];
  if (chance.happens(0.2)) parts.push(references(chance, language, fill));
  parts.push(signature(chance, language, split, sender));
  const body = parts.filter((part) => part !== "").join(chance.happens(0.8) ? "\n\n" : "\n");
  if (!chance.happens(0.05)) return body;
  const author = makeSender(chance, split);
  const head = forwardedHead(language, author, fill(template.subject));
  return `${forwardingNote(chance, language)}\n\n${head}\n\n${body}`;
}

/** People in alarm, and those who only mention something, add no details. */
function drawDetails(chance: Chance, { bare, priority }: Template, details: readonly string[]): string[] {
  if (bare || priority === "urgent" || priority === "low") return [];
  const wanted = chance.pick([0, 0, 0, 1, 1, 1, 2]);
  return chance.shuffled(details).slice(0, wanted);
}

/** The reason that changes the priority, and the formula that many people add when something presses or can wait. */
function urgencyWords(chance: Chance, template: Template, urgency: Urgency | undefined): string[] {
  const { language, split, priority } = template;
  const words = urgency === undefined ? [] : [urgencyReason(chance, language, split, urgency)];
  const final = urgency ?? priority;
  if (final !== "normal" && chance.happens(0.9)) words.push(urgencyFormula(chance, language, final));
  return [...new Set(words)];
}

/** Training shows each kind of urgency more often than an ordinary month does, so that it can be learned. */
const URGENT_PERCENT: Record<Split, Record<Urgency, number>> = {
  training: { high: 22, urgent: 14, low: 30 },
  evaluation: { high: 9, urgent: 5, low: 10 },
};

function drawUrgency(
  chance: Chance,
  { priority, solo, still, category, split }: Template,
): Urgency | undefined {
  if (priority !== "normal" || solo || still) return undefined;
  const percent = URGENT_PERCENT[split];
  const draw = chance.between(1, 100);
  if (draw <= percent.high) return "high";
  if (draw <= percent.high + percent.urgent) return CAN_BE_URGENT.includes(category) ? "urgent" : undefined;
  if (draw <= percent.high + percent.urgent + percent.low)
    return CAN_WAIT.includes(category) ? "low" : undefined;
  return undefined;
}

function drawSubject(
  chance: Chance,
  subject: string,
  { language, solo, body }: Template,
  answer: boolean,
): string {
  if (answer)
    return `${chance.pick(language === "de" ? ["AW: ", "Aw: ", "Re: "] : ["RE: ", "Re: "])}${subject}`;
  if (!solo && body !== "" && chance.happens(0.06)) return "";
  if (chance.happens(0.05)) return subject.toLowerCase();
  if (chance.happens(0.04))
    return `${chance.pick(language === "de" ? ["WG: ", "Fwd: "] : ["FW: ", "Fwd: "])}${subject}`;
  return subject;
}

/** Half of the customers write to the general address; one in seven picks the wrong team. */
function drawQueue(chance: Chance, team: Team): Queue {
  if (chance.happens(0.5)) return "general";
  return chance.happens(0.72) ? team : chance.pick(TEAMS);
}
