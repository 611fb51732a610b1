/** Texts of the calls over the OpenAI-compatible endpoint: the list and one of them. */
import { words } from "../../locales/words.ts";

export const CALLS = words({
  title: { de: "Aufrufe über den Endpunkt", en: "Calls over the endpoint" },
  sentence: {
    de: "Was Programme über die OpenAI-kompatible Schnittstelle gefragt haben, und wie es ausging. Was gesagt wurde, ist nicht dabei. Aufgehoben {n, plural, one {einen Tag} other {# Tage}}.",
    en: "What programs asked over the OpenAI-compatible interface, and how it ended. What was said is not among it. Kept for {n, plural, one {one day} other {# days}}.",
  },
  loading: { de: "Aufrufe", en: "Calls" },
  answers: { de: "Wer antwortet", en: "Who answers" },
  workflow: { de: "Workflow {name}", en: "Workflow {name}" },
  connection: { de: "Verbindung {name}", en: "Connection {name}" },
  outcome: { de: "Ausgang", en: "Outcome" },
  key: { de: "Schlüssel", en: "Key" },
  model: { de: "Modell (Teil des Namens)", en: "Model (part of its name)" },
  from: { de: "Begonnen ab", en: "Begun from" },
  to: { de: "Begonnen bis", en: "Begun until" },
  daysIn: { de: "Tage in {zone}", en: "Days in {zone}" },
  any: { de: "alle", en: "any" },
  more: { de: "Nach Tagen", en: "By days" },
  fewer: { de: "Ohne Tage", en: "Without days" },
  shown: {
    de: "{n, plural, one {Ein Aufruf} other {# Aufrufe}}{more, select, true {, es gibt weitere} other {}}, neueste zuerst",
    en: "{n, plural, one {One call} other {# calls}}{more, select, true {, there are more} other {}}, newest first",
  },
  none: { de: "Dazu gibt es keinen Aufruf", en: "No call matches" },
  noneWhat: {
    de: "Nehmen Sie einen Filter weg, oder weiten Sie die Zeit.",
    en: "Take a filter away, or widen the time.",
  },
  empty: { de: "Noch kein Aufruf", en: "No call yet" },
  emptyWhat: {
    de: "Ein Programm, das die Sprache von OpenAI spricht, ändert nur seine Basisadresse; dann stehen hier seine Aufrufe mit Versuchen, Zeiten, Token und Kosten. Es braucht einen Schlüssel mit dem Recht „gateway“.",
    en: "A program that speaks the language of OpenAI only changes its base URL; its calls then stand here with their tries, times, tokens and cost. It needs a key with the scope “gateway”.",
  },
  makeKey: { de: "Schlüssel anlegen", en: "Make a key" },
  began: { de: "Begonnen", en: "Began" },
  asked: { de: "Gefragt", en: "Asked for" },
  answered: { de: "Geantwortet hat", en: "Answered by" },
  took: { de: "Dauer", en: "Took" },
  tries: { de: "Versuche", en: "Tries" },
  tokens: { de: "Token", en: "Tokens" },
  tokensAre: { de: "{input, number} + {output, number}", en: "{input, number} + {output, number}" },
  tokensAbout: {
    de: "etwa {input, number} + {output, number}",
    en: "about {input, number} + {output, number}",
  },
  tokensHint: { de: "Eingabe + Ausgabe", en: "Input + output" },
  cost: { de: "Kosten", en: "Cost" },
  costUnknown: { de: "unbekannt", en: "unknown" },
  costOfCase: { de: "beim Vorgang", en: "with the case" },
  error: { de: "Fehler", en: "Error" },

  back: { de: "Alle Aufrufe", en: "All calls" },
  one: { de: "Aufruf von {model}", en: "Call of {model}" },
  oneSentence: {
    de: "{outcome}, begonnen {when}, mit dem Schlüssel „{key}“.",
    en: "{outcome}, began {when}, with the key “{key}”.",
  },
  gone: { de: "Diesen Aufruf gibt es nicht", en: "There is no such call" },
  goneWhat: {
    de: "Er wurde vielleicht nach Ablauf seiner Zeit entfernt, oder er gehört zu einem Workflow, den Sie nicht sehen.",
    en: "It may have been removed when its time was over, or it belongs to a workflow that you do not see.",
  },
  about: { de: "Der Aufruf", en: "The call" },
  id: { de: "Kennung", en: "Id" },
  case: { de: "Vorgang", en: "Case" },
  status: { de: "Status der Antwort", en: "Status of the answer" },
  finish: { de: "Ende der Antwort", en: "How the answer ended" },
  form: { de: "Form", en: "Form" },
  "form.whole": { de: "am Stück", en: "whole" },
  "form.buffered": { de: "als Strom, vorher gesammelt", en: "streamed, collected before" },
  "form.live": { de: "als Strom, live", en: "streamed, live" },
  firstToken: { de: "Bis zum ersten Token", en: "To the first token" },
  triesTitle: { de: "Versuche bei Modellen", en: "Tries at models" },
  triesNone: { de: "Es wurde kein Modell gefragt.", en: "No model was asked." },
  triesUnknown: {
    de: "Der Prozess wurde mitten im Aufruf beendet; welche Modelle er schon gefragt hatte, ist nicht bekannt.",
    en: "The process was killed in the middle of the call; which models it had asked is not known.",
  },
  triesOfCase: {
    de: "Was Modelle dafür gefragt wurden, steht beim Vorgang.",
    en: "What models were asked for it stands with the case.",
  },
  ofConnection: { de: "Verbindung", en: "Connection" },
});

/** How a call ended, in a word or two. */
export const OUTCOME_WORDS = words({
  answered: { de: "beantwortet", en: "answered" },
  draft: { de: "als Entwurf beantwortet", en: "answered as a draft" },
  in_review: { de: "wartet auf einen Menschen", en: "waits for a person" },
  pending: { de: "noch nicht entschieden", en: "not decided yet" },
  refused: { de: "abgelehnt", en: "refused" },
  failed: { de: "gescheitert", en: "failed" },
  aborted: { de: "vom Programm abgebrochen", en: "the caller left" },
});
