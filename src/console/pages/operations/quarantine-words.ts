/** Texts of quarantine: what came in wrong, correcting it, replaying it. */
import { words } from "../../locales/words.ts";

export const QUARANTINE = words({
  title: { de: "Quarantäne", en: "Quarantine" },
  none: {
    de: "Leer. Was beim Eingang an den Prüfregeln scheitert, wartet hier mit Grund und Rohtext; Sie korrigieren es und spielen es erneut ein. Nichts geht verloren.",
    en: "Empty. What fails the checks on its way in waits here with its reason and the raw text; you correct it and replay it. Nothing is lost.",
  },
  reason: { de: "Grund", en: "Reason" },
  count: { de: "Anzahl", en: "Count" },
  newest: { de: "Neuester", en: "Newest" },
  show: { de: "Datensätze zeigen", en: "Show records" },
  hide: { de: "Schließen", en: "Close" },
  records: { de: "Datensätze in Quarantäne: {reason}", en: "Quarantined records: {reason}" },
  select: { de: "Auswählen", en: "Select" },
  selectOne: { de: "{what} auswählen", en: "Select {what}" },
  place: { de: "Woher", en: "Where from" },
  number: { de: "Nummer", en: "Number" },
  problem: { de: "Was nicht stimmt", en: "What is wrong" },
  kept: { de: "Seit", en: "Since" },
  correct: { de: "Ansehen und korrigieren", en: "Look and correct" },
  replayMany: {
    de: "{n, plural, one {Einen unverändert einspielen} other {# unverändert einspielen}}",
    en: "{n, plural, one {Replay one as it is} other {Replay # as they are}}",
  },
  asideMany: {
    de: "{n, plural, one {Einen beiseitelegen} other {# beiseitelegen}}",
    en: "{n, plural, one {Put one aside} other {Put # aside}}",
  },
  asideTitle: {
    de: "{n, plural, one {Einen Datensatz} other {# Datensätze}} beiseitelegen?",
    en: "Put {n, plural, one {one record} other {# records}} aside?",
  },
  asideWhat: {
    de: "Beiseitegelegtes bleibt gespeichert, wird aber kein Vorgang mehr. Das lässt sich nicht zurücknehmen.",
    en: "What is put aside is kept, but never becomes a case. That cannot be taken back.",
  },
  aside: { de: "Beiseitelegen", en: "Put aside" },
  doneMany: {
    de: "{done, number} erledigt{failed, plural, =0 {.} one {, einer ist noch nicht in Ordnung: {first}} other {, # sind noch nicht in Ordnung; der erste: {first}}}",
    en: "{done, number} done{failed, plural, =0 {.} one {, one is not right yet: {first}} other {, # are not right yet; the first: {first}}}",
  },
  recordTitle: { de: "Datensatz korrigieren", en: "Correct the record" },
  raw: { de: "Rohtext, wie er kam", en: "Raw text, as it came" },
  fields: { de: "Felder", en: "Fields" },
  missing: { de: "fehlt", en: "is missing" },
  asJson: { de: "Als JSON bearbeiten", en: "Edit as JSON" },
  asFields: { de: "Als Felder bearbeiten", en: "Edit as fields" },
  json: { de: "Datensatz als JSON", en: "Record as JSON" },
  notJson: { de: "Das ist kein JSON-Objekt: {problem}", en: "That is no JSON object: {problem}" },
  externalId: { de: "Nummer des Vorgangs", en: "Number of the case" },
  replay: { de: "Einspielen", en: "Replay" },
  replayed: { de: "Angenommen als Vorgang {id}.", en: "Admitted as case {id}." },
  duplicate: { de: "Diesen Vorgang gab es schon: {id}.", en: "That case existed already: {id}." },
  discarded: { de: "Beiseitegelegt.", en: "Put aside." },
  list: { de: "Liste (als JSON)", en: "list (as JSON)" },
});
