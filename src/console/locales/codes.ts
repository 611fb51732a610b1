/** What the codes of the contract are called on screen. A code without its word does not compile. */
import type { Role } from "../../contract/access.ts";
import type { DoubtCode } from "../../contract/review-endpoints.ts";
import type { ARMS, CaseState, REASONS, ReviewReason, Verdict } from "../../contract/states.ts";
import type { Text } from "./words.ts";

type Table<K extends string> = Readonly<Record<K, Text>>;

export const STATE_WORDS: Table<CaseState> = {
  received: { de: "Eingegangen", en: "Received" },
  running: { de: "Läuft", en: "Running" },
  in_review: { de: "In Prüfung", en: "In review" },
  decided: { de: "Entschieden", en: "Decided" },
  delivering: { de: "Unterwegs", en: "Delivering" },
  delivered: { de: "Zugestellt", en: "Delivered" },
  failed_delivery: { de: "Unzustellbar", en: "Not delivered" },
  returned: { de: "Rückfrage", en: "Asked back" },
  closed: { de: "Geschlossen", en: "Closed" },
  cancelled: { de: "Zurückgezogen", en: "Cancelled" },
  erased: { de: "Gelöscht", en: "Erased" },
};

export const ARM_WORDS: Table<keyof typeof ARMS | "shadow"> = {
  manual: { de: "Manuell", en: "Manual" },
  stable: { de: "Stabil", en: "Stable" },
  candidate: { de: "Kandidat", en: "Candidate" },
  shadow: { de: "Schatten", en: "Shadow" },
};

export const VERDICT_WORDS: Table<Verdict | "auto"> = {
  approve: { de: "Freigegeben", en: "Approved" },
  edit: { de: "Geändert freigegeben", en: "Approved with edits" },
  reject: { de: "Zurückgewiesen", en: "Rejected" },
  auto: { de: "Automatisch", en: "Automatic" },
};

export const RUNG_WORDS: readonly Text[] = [
  { de: "Normal", en: "Normal" },
  { de: "Automatik aus", en: "Automatic off" },
  { de: "Modell aus", en: "Model off" },
  { de: "Nur Annahme", en: "Intake only" },
  { de: "Angehalten", en: "Stopped" },
];

export const REVIEW_REASON_WORDS: Table<ReviewReason> = {
  wrong_class: { de: "Falsche Einordnung", en: "Wrong class" },
  wrong_value: { de: "Falscher Wert", en: "Wrong value" },
  missing: { de: "Etwas fehlt", en: "Something is missing" },
  not_supported: { de: "Steht so nicht in der Quelle", en: "Not supported by the source" },
  tone: { de: "Ton oder Sprache", en: "Tone or language" },
  privacy: { de: "Datenschutz oder Vorgabe", en: "Policy or privacy" },
  unreadable: { de: "Eingang unlesbar oder unvollständig", en: "Input unreadable or incomplete" },
  out_of_scope: { de: "Gehört nicht hierher", en: "Out of scope" },
  other: { de: "Anderes", en: "Other" },
};

export const REASON_WORDS: Table<keyof typeof REASONS> = {
  manual_arm: {
    de: "Diesen Vorgang bearbeiten Menschen ohne Vorschlag",
    en: "People work this case without a suggestion",
  },
  no_certificate: { de: "Zurzeit wird jeder Vorgang geprüft", en: "At present every case is reviewed" },
  autonomy: {
    de: "Der Anteil, der allein hinausgehen darf, deckt ihn nicht",
    en: "The share that may go out alone does not cover it",
  },
  model_changed: {
    de: "Ein anderes Modell hat geantwortet als erwartet",
    en: "Another model answered than expected",
  },
  certificate_gone: {
    de: "Der Nachweis galt vor dem Versand nicht mehr",
    en: "The proof ceased to hold before it went out",
  },
  below_threshold: { de: "Der Vorschlag ist nicht sicher genug", en: "The suggestion is not sure enough" },
  rule: { de: "Eine Regel verlangt den Blick eines Menschen", en: "A rule asks for a person" },
  rule_failed: { de: "Eine Regel ließ sich nicht auswerten", en: "A rule could not be evaluated" },
  qa: { de: "Regelmäßige Prüfung", en: "Routine check" },
  routine: { de: "Regelmäßige Prüfung", en: "Routine check" },
  cold: { de: "Der Vorschlag kommt erst nach Ihrem Urteil", en: "The suggestion comes after your verdict" },
  model_failed: {
    de: "Es gibt keinen Vorschlag: das Modell hat nicht geantwortet",
    en: "There is no suggestion: the model did not answer",
  },
  breaker_open: {
    de: "Ein Modell wurde nicht gefragt, weil es wiederholt versagt hatte",
    en: "A model was not asked, because it had failed repeatedly",
  },
  budget_spent: {
    de: "Es gibt keinen Vorschlag: das Budget für Modellaufrufe ist verbraucht",
    en: "There is no suggestion: the budget for model calls is spent",
  },
  personal_data: {
    de: "Es gibt keinen Vorschlag: Der Vorgang enthält Kennungen, die kein Modell bekommen darf",
    en: "There is no suggestion: the case holds identifiers that no model may get",
  },
  bad_output: { de: "Der Vorschlag war unbrauchbar", en: "The suggestion was unusable" },
  fallback_answer: { de: "Eine Ersatzstufe hat den Vorschlag gemacht", en: "A fallback made the suggestion" },
  abandoned: { de: "Das Modell wurde mehrfach unterbrochen", en: "The model was interrupted several times" },
  internal_fault: {
    de: "Pilotage ist an diesem Vorgang mehrfach gescheitert",
    en: "Pilotage failed several times over this case",
  },
  safe_stop: {
    de: "Der sichere Halt schickt alles an Menschen",
    en: "The safe-stop sends everything to people",
  },
};

export const ROLE_WORDS: Table<Role> = {
  viewer: { de: "Einsicht", en: "Viewer" },
  reviewer: { de: "Prüfung", en: "Reviewer" },
  owner: { de: "Inhaberschaft", en: "Owner" },
  engineer: { de: "Technik", en: "Engineer" },
  steward: { de: "Datenverantwortung", en: "Data steward" },
  approver: { de: "Zweite Freigabe", en: "Release approver" },
  compliance: { de: "Compliance", en: "Compliance" },
  auditor: { de: "Revision", en: "Auditor" },
  administrator: { de: "Administration", en: "Administrator" },
  sponsor: { de: "Auftraggeberschaft", en: "Sponsor" },
  on_call: { de: "Bereitschaft", en: "On call" },
};

/** Why a field is doubtful, without machine terms. */
export const DOUBT_WORDS: Table<DoubtCode> = {
  below_threshold: { de: "der Vorschlag ist hier unsicher", en: "the suggestion is unsure here" },
  no_threshold: {
    de: "für diese Einordnung ist noch nichts nachgewiesen",
    en: "nothing is proven for this class yet",
  },
  rule: { de: "eine Regel verlangt einen Blick darauf", en: "a rule asks for a look at it" },
  no_evidence: { de: "der Wert steht nicht im Eingang", en: "the value does not stand in the source" },
  fallback_answer: { de: "eine Ersatzstufe hat geantwortet", en: "a fallback answered" },
};
