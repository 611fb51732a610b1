/**
 * How the hand-written texts are noted down, and what they mean.
 *
 * One template per block: a line `== <priority> [<team>] [<flags>] | <subject>`, then the body as a customer would write
 * it; a block without a body is a ticket without a body. Flags: `solo`, the text is whole and nothing is put around it;
 * `still`, its priority is fixed; `bare`, no details follow, because they might contradict it. In texts `{order}` is a slot
 * (slots.ts) and `{one|other}` a choice. Pure.
 */
import { PRIORITIES, TEAMS, USUAL_TEAM } from "./taxonomy.ts";
import type { Category, Language, Priority, Split, Team } from "./taxonomy.ts";

export interface Template {
  /** Names the template in reports of tests, e.g. `delivery_delay.de.training.3`. */
  id: string;
  category: Category;
  language: Language;
  split: Split;
  priority: Priority;
  team: Team;
  solo: boolean;
  still: boolean;
  bare: boolean;
  subject: string;
  body: string;
}

/** The texts of one category in one language. */
export interface CategoryTexts {
  category: Category;
  language: Language;
  templates: Record<Split, Template[]>;
  /** Sentences that may follow any of the templates that are not `solo`. */
  details: Record<Split, string[]>;
}

/** The written form: blocks of templates, and details with one per line. */
export interface WrittenTexts {
  training: string;
  evaluation: string;
  trainingDetails: string;
  evaluationDetails: string;
}

/** Reads the texts of one category and language; throws `SyntaxError` for a header that cannot be read. */
export function categoryTexts(category: Category, language: Language, written: WrittenTexts): CategoryTexts {
  const read = (split: Split): Template[] =>
    written[split]
      .split(/^== /m)
      .slice(1)
      .map((block, index) => {
        const id = `${category}.${language}.${split}.${index + 1}`;
        return { ...readBlock(id, block, USUAL_TEAM[category]), id, category, language, split };
      });
  return {
    category,
    language,
    templates: { training: read("training"), evaluation: read("evaluation") },
    details: { training: lines(written.trainingDetails), evaluation: lines(written.evaluationDetails) },
  };
}

function readBlock(id: string, block: string, usualTeam: Team) {
  const end = block.indexOf("\n");
  const header = block.slice(0, end);
  const bar = header.indexOf("|");
  if (bar < 0) throw new SyntaxError(`${id}: the header "${header}" has no "|" before the subject.`);
  const words = header.slice(0, bar).trim().split(/\s+/);
  const priority = PRIORITIES.find((known) => known === words[0]);
  if (priority === undefined) throw new SyntaxError(`${id}: "${words[0]}" is not a priority.`);
  const team = TEAMS.find((known) => words.includes(known)) ?? usualTeam;
  const odd = words.slice(1).find((word) => word !== team && !["solo", "still", "bare"].includes(word));
  if (odd !== undefined) throw new SyntaxError(`${id}: "${odd}" means nothing in a header.`);
  const body = block.slice(end).trim();
  const subject = header.slice(bar + 1).trim();
  return {
    priority,
    team,
    solo: words.includes("solo") || body === "",
    still: words.includes("still"),
    bare: words.includes("bare"),
    subject,
    body,
  };
}

export function lines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
