/** Texts of the budgets of connections. */
import { words } from "../../locales/words.ts";

export const BUDGETS = words({
  title: { de: "Budgets der Verbindungen", en: "Budgets of connections" },
  what: {
    de: "Ein Budget gilt über alle Workflows. Ist es verbraucht, wird über diese Verbindung nichts mehr gefragt, bis es neu beginnt.",
    en: "A budget counts over all workflows. Once it is spent, nothing is asked over that connection until it begins anew.",
  },
  none: {
    de: "Keine Verbindung hat ein Budget: Nichts hält ihre Kosten auf. Einzelne Workflows können eines als Regler haben.",
    en: "No connection has a budget: nothing holds their cost back. Single workflows may have one as a dial.",
  },
  connection: { de: "Verbindung", en: "Connection" },
  used: { de: "Verbraucht", en: "Used" },
  "used.month": { de: "{used} von {most} in diesem Monat", en: "{used} of {most} this month" },
  "used.day": { de: "{used} von {most} heute", en: "{used} of {most} today" },
  state: { de: "Stand", en: "State" },
  costs: { de: "Kosten ohne Vorgang", en: "Cost without a case" },
  costsWhat: {
    de: "Aufrufe von Programmen, die an ein Modell weitergegeben wurden, und die tägliche Prüfung der Modelle, ohne Prüfläufe und Tests der Verbindungen. Was Vorgänge kosten, steht bei ihrem Workflow. Tage in UTC.",
    en: "Calls of programs that were passed on to a model, and the daily check of the models, without evaluations and connection tests. What cases cost stands with their workflow. Days in UTC.",
  },
  costsNone: {
    de: "In den letzten Wochen gab es keine solchen Aufrufe.",
    en: "There were no such calls in the last weeks.",
  },
  path: { de: "Wofür", en: "For" },
  "path.gateway": { de: "Programme", en: "programs" },
  "path.canary": { de: "Prüfung der Modelle", en: "check of the models" },
  today: { de: "Heute", en: "Today" },
  month: { de: "In diesem Monat", en: "This month" },
  days: { de: "Letzte Tage", en: "Last days" },
  spent: {
    de: "{amount} in {calls, plural, one {einem Aufruf} other {# Aufrufen}}{unknown, plural, =0 {} other {, davon # ohne Preis}}",
    en: "{amount} in {calls, plural, one {one call} other {# calls}}{unknown, plural, =0 {} other {, # of them without a price}}",
  },
  unknown: { de: "unbekannt", en: "unknown" },
  didNotFit: {
    de: "ein Aufruf wurde abgewiesen, weil der Rest für ihn nicht reichte",
    en: "a call was refused, because what was left was not enough for it",
  },
  "state.good": { de: "im Rahmen", en: "within" },
  "state.warning": { de: "fast verbraucht", en: "nearly spent" },
  "state.spent": { de: "verbraucht", en: "spent" },
  setBy: { de: "Gesetzt von", en: "Set by" },
  set: { de: "Budget setzen", en: "Set a budget" },
  change: { de: "Ändern", en: "Change" },
  changeOf: { de: "Budget ändern: {name}", en: "Change the budget: {name}" },
  perMonth: { de: "Im Monat", en: "A month" },
  perDay: { de: "Am Tag", en: "A day" },
  warnAt: { de: "Warnung ab (%)", en: "Warning from (%)" },
  empty: {
    de: "In {currency}. Leer: keine Grenze; sind beide leer, gibt es kein Budget.",
    en: "In {currency}. Empty: no limit; with both empty there is no budget.",
  },
  notNumber: { de: "Das ist keine Zahl.", en: "That is no number." },
  save: { de: "Speichern", en: "Save" },
  saved: { de: "Gespeichert. Es gilt sofort.", en: "Saved. It is in force at once." },
});
