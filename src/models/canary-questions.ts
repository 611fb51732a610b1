/**
 * The fixed questions of the canary: small, cheap, the same for every model, and about nobody.
 *
 * Most have no right answer: what a model picks, guesses or rates is its own, so that another model behind the same name
 * answers otherwise. A few have one, for a model that got worse. A question is never changed, only replaced under another
 * id: answers are compared by it.
 */
import type { JsonObject } from "../contract/json.ts";

export interface FixedQuestion {
  id: string;
  ask: string;
  answers: "number" | "words";
}

/** The name of this list; a run against another one is not compared. */
export const FIXED_SET = "fixed-1";

export const FIXED_QUESTIONS: readonly FixedQuestion[] = [
  { id: "pick-number", ask: "Pick a whole number from 1 to 1000.", answers: "number" },
  { id: "pick-four-digits", ask: "Pick a four-digit number without a zero.", answers: "number" },
  {
    id: "pick-colour",
    ask: "Pick a colour that is neither red nor blue. One English word.",
    answers: "words",
  },
  { id: "pick-town", ask: "Pick a small town in Europe. Its name only.", answers: "words" },
  { id: "invent-clerk", ask: "Invent first and last name of a clerk in a novel.", answers: "words" },
  {
    id: "rate-urgent",
    ask: "From 0 to 100: how urgent is this message to a landlord? 'The radiator in the hall has been ticking since Monday.'",
    answers: "number",
  },
  {
    id: "rate-angry",
    ask: "From 0 to 100: how angry is whoever wrote this? 'I suppose the parcel went for a walk again.'",
    answers: "number",
  },
  {
    id: "sort-borderline",
    ask: "Sort this into one of billing, technical, contract: 'Since I changed my plan the app shows two amounts and closes.'",
    answers: "words",
  },
  { id: "guess-tuners", ask: "Guess how many piano tuners work in Hamburg.", answers: "number" },
  { id: "guess-weight", ask: "Guess the weight of an old church bell in kilograms.", answers: "number" },
  {
    id: "title",
    ask: "Give this note a title of three words: 'The lift stands still and the caretaker is on holiday.'",
    answers: "words",
  },
  {
    id: "german-word",
    ask: "Nenne ein einzelnes deutsches Wort für eine Lieferung, die zu spät kommt.",
    answers: "words",
  },
  { id: "odd-one", ask: "Which word fits least: river, ledger, stamp, harbour?", answers: "words" },
  { id: "go-on", ask: "Go on with one number: 3, 4, 6, 9, 13, 18, 25.", answers: "number" },
  { id: "multiply", ask: "What is 417 times 386?", answers: "number" },
  {
    id: "count",
    ask: "How many letters e are in 'Empfangsbestätigungen werden gerne versendet'?",
    answers: "number",
  },
];

const schemaOf = (answer: JsonObject): JsonObject => ({
  type: "object",
  properties: { answer },
  required: ["answer"],
  additionalProperties: false,
});

export const SHAPES: Readonly<Record<FixedQuestion["answers"], JsonObject>> = {
  number: schemaOf({ type: "integer" }),
  words: schemaOf({ type: "string", minLength: 1, maxLength: 80 }),
};

export const FIXED_SYSTEM =
  "You are asked small questions. There is no right or wrong. Answer at once with one JSON object that has the one key answer, and nothing else.";

/** The same answer in other spelling is the same answer. */
export function normalAnswer(answer: string | number): string {
  return String(answer)
    .normalize("NFC")
    .trim()
    .replace(/\s+/g, " ")
    .replace(/[.!]+$/, "")
    .toLowerCase();
}
