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
