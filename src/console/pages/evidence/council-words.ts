/** Texts of what holds with the works council. */
import { words } from "../../locales/words.ts";

export const COUNCIL = words({
  inForce: { de: "Was gilt", en: "What holds" },
  nothing: { de: "Noch nichts festgehalten", en: "Nothing on record yet" },
  nothingWhat: {
    de: "Hier steht, was mit dem Betriebsrat gilt, wer es festgehalten hat und wann. Bis dahin gibt es Arbeitszeiten nur als Summe von fünf oder mehr Personen, untergeschobene Vorgänge sind aus, und Zahlen einzelner Personen sieht niemand.",
    en: "Here stands what holds with the works council, who recorded it and when. Until then work times exist only as sums of five or more people, planted cases are off, and nobody sees figures of single persons.",
  },
  recordFirst: { de: "Festhalten, was gilt", en: "Record what holds" },
  recordNext: { de: "Neuen Stand festhalten", en: "Record a new state" },
  state: { de: "Stand", en: "State" },
  "state.informed": { de: "Der Betriebsrat ist informiert", en: "The works council is informed" },
  "state.agreed": { de: "Eine Vereinbarung ist geschlossen", en: "An agreement is made" },
  "state.none_exists": { de: "Es gibt keinen Betriebsrat", en: "There is no works council" },
  settled: {
    de: "Arbeitszeit wird je Vorgang gemessen, und untergeschobene Vorgänge sind möglich.",
    en: "Work time is measured case by case, and planted cases are possible.",
  },
  unsettled: {
    de: "Noch keine Einigung: Arbeitszeiten gibt es nur als Summe von fünf oder mehr Personen, untergeschobene Vorgänge sind aus.",
    en: "Not settled yet: work times exist only as sums of five or more people, planted cases are off.",
  },
  reference: { de: "Name und Datum der Vereinbarung", en: "Name and date of the agreement" },
  individuals: { de: "Zahlen einzelner Personen", en: "Figures of single persons" },
  on: { de: "eingeschaltet", en: "switched on" },
  off: { de: "aus: niemand sieht sie", en: "off: nobody sees them" },
  allowedBy: {
    de: "Von {one} und {other}, {at}. Jeder Blick darauf wird festgehalten und den Gezeigten gesagt.",
    en: "By {one} and {other}, {at}. Every look is recorded and told to those shown.",
  },
  waits: { de: "wartet auf die zweite Person", en: "waits for the second person" },
  waitsWhat: {
    de: "Erbeten von {person}, {at}. Es braucht Compliance und die Person, der der Workflow gehört.",
    en: "Asked for by {person}, {at}. It takes compliance and the owner of the workflow.",
  },
  switchOff: { de: "Abschalten", en: "Switch off" },
  switchedOff: { de: "Abgeschaltet.", en: "Switched off." },
  recordedBy: { de: "Festgehalten", en: "Recorded" },
  byAt: { de: "von {person}, {at}", en: "by {person}, {at}" },
  until: { de: "Galt bis", en: "Held until" },
  past: { de: "Was zuvor galt", en: "What held before" },
  individualsAgreed: {
    de: "Zahlen einzelner Personen sind vereinbart",
    en: "Figures of single persons are agreed",
  },
  individualsWhat: {
    de: "Braucht die Vereinbarung, Compliance und die Person, der der Workflow gehört. Jeder Blick wird festgehalten und den Gezeigten gesagt. Abschalten kann eine Person allein.",
    en: "Takes the agreement, compliance and the owner. Every look is recorded and told to those shown. One person alone can switch it off.",
  },
  record: { de: "Festhalten", en: "Record" },
  recorded: { de: "Festgehalten.", en: "Recorded." },
  recordedPending: {
    de: "Festgehalten; die Zahlen einzelner Personen warten auf eine zweite Person.",
    en: "Recorded; the figures of single persons wait for a second person.",
  },
  mayNot: {
    de: "Festhalten darf das, wer für Compliance oder den Workflow zuständig ist.",
    en: "Whoever answers for compliance or the workflow may record it.",
  },
});
