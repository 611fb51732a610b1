/** Texts of corrections after delivery: on the page of a case and in the inbox. */
import type { CorrectionState, SAID_KINDS } from "../../contract/case-content.ts";
import { words, type Text } from "./words.ts";

export const CORRECTIONS = words({
  title: { de: "Berichtigungen", en: "Corrections" },
  made: { de: "Berichtigung {no}", en: "Correction {no}" },
  proposed: { de: "Vorgeschlagene Berichtigung", en: "Proposed correction" },
  somebody: { de: "jemand", en: "somebody" },
  by: { de: "{who}, {when}", en: "{who}, {when}" },
  reason: { de: "Grund: {reason}", en: "Reason: {reason}" },
  field: { de: "Feld", en: "Field" },
  before: { de: "Zugestellt", en: "Delivered" },
  after: { de: "Berichtigt", en: "Corrected" },
  changed: { de: "Geändert: {fields}", en: "Changed: {fields}" },
  approvedBy: { de: "Bestätigt durch {who}, {when}", en: "Approved by {who}, {when}" },
  refusedBy: { de: "Abgelehnt durch {who}, {when}", en: "Refused by {who}, {when}" },
  replacedBy: { de: "Ersetzt durch {who}, {when}", en: "Replaced by {who}, {when}" },
  withdrawnAt: { de: "Zurückgezogen, {when}", en: "Taken back, {when}" },
  own: {
    de: "Ihr Vorschlag wartet auf eine andere Person. Selbst bestätigen können Sie ihn nicht.",
    en: "Yours: it waits for another person. You cannot approve it yourself.",
  },
  approve: { de: "Bestätigen", en: "Approve" },
  refuse: { de: "Ablehnen …", en: "Refuse …" },
  refuseNow: { de: "Ablehnen", en: "Refuse" },
  takeBack: { de: "Zurückziehen", en: "Take back" },
  why: { de: "Warum stimmt die Berichtigung nicht?", en: "Why is the correction not right?" },
  approved: {
    de: "Bestätigt. Die Berichtigung geht gleich hinaus.",
    en: "Approved. The correction goes out in a moment.",
  },
  oneMore: {
    de: "Bestätigt. Sie wartet noch auf eine weitere Person.",
    en: "Approved. It waits for one more person.",
  },
  undone: { de: "Die Berichtigung ist zurückgenommen.", en: "The correction is taken back." },
  refused: {
    de: "Abgelehnt. Das Zugestellte bleibt, wie es ist.",
    en: "Refused. What was delivered stays as it is.",
  },
  withdrawn: { de: "Ihr Vorschlag ist zurückgezogen.", en: "Yours is taken back." },
  waits: {
    de: "Die Berichtigung ist vorgeschlagen. Sie geht hinaus, sobald eine andere Person sie im Posteingang bestätigt.",
    en: "The correction is proposed. It goes out when another person approves it in their inbox.",
  },
  person: { de: "Vorgeschlagen von", en: "Proposed by" },
  fields: { de: "Felder", en: "Fields" },
  since: { de: "Seit", en: "Since" },
  look: { de: "Ansehen", en: "Look" },
  you: { de: "Sie selbst", en: "You" },
  forOthers: { de: "wartet auf andere", en: "waits for others" },
  toCase: { de: "Zum Vorgang", en: "To the case" },
  gone: { de: "Sie wartet nicht mehr.", en: "It does not wait any more." },
  none: { de: "Keine Berichtigung wartet", en: "No correction waits" },
  noneWhat: {
    de: "Wo eine Antwort mehrere Personen braucht, braucht sie auch ihre Berichtigung. Vorgeschlagene erscheinen hier, bis eine andere Person sie bestätigt oder ablehnt.",
    en: "Where an answer takes several people, so does its correction. Proposed ones appear here until another person approves or refuses them.",
  },
});

export const CORRECTION_STATE_WORDS: Readonly<Record<CorrectionState, Text>> = {
  waiting: { de: "Wartet auf zweite Person", en: "Waits for a second person" },
  refused: { de: "Abgelehnt", en: "Refused" },
  withdrawn: { de: "Zurückgezogen", en: "Taken back" },
  replaced: { de: "Ersetzt", en: "Replaced" },
  made: { de: "Geht gleich hinaus", en: "Goes out in a moment" },
  delivered: { de: "Zugestellt", en: "Delivered" },
  failed: { de: "Unzustellbar", en: "Not delivered" },
  undone: { de: "Zurückgenommen", en: "Taken back" },
};

export const SAID_WORDS: Readonly<Record<(typeof SAID_KINDS)[number], Text>> = {
  verdict: { de: "Zum Urteil", en: "With the verdict" },
  escalated: { de: "Beim Weiterleiten", en: "When escalating" },
  skipped: { de: "Beim Zurücklegen", en: "When putting back" },
  snoozed: { de: "Beim Verschieben", en: "When snoozing" },
  question: { de: "Rückfrage", en: "Question" },
  answer: { de: "Antwort", en: "Answer" },
};
