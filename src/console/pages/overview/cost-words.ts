/** Texts of what model calls cost. */
import { words } from "../../locales/words.ts";

export const COST = words({
  title: { de: "Kosten der Modelle", en: "Cost of models" },
  none: {
    de: "Noch keine Modellaufrufe in den letzten {days} Tagen. Sobald ein Release Vorgänge beantwortet, steht hier, was es kostet: heute, im Monat, je Vorgang, und was daraus in zwölf Monaten wird.",
    en: "No model calls in the last {days} days yet. As soon as a release answers cases, it stands here what that costs: today, this month, per case, and what it comes to in twelve months.",
  },
  noneBudget: {
    de: "Mit einem Budget (Einstellungen, Regler) halten Sie die Kosten vorher fest.",
    en: "A budget (Settings, Dials) fixes the cost beforehand.",
  },
  today: { de: "Heute", en: "Today" },
  month: { de: "Diesen Monat", en: "This month" },
  perCase: { de: "Je Vorgang", en: "Per case" },
  unknown: { de: "unbekannt", en: "unknown" },
  noCalls: { de: "keine Aufrufe", en: "no calls" },
  calls: {
    de: "{n, plural, one {ein Aufruf} other {# Aufrufe}}",
    en: "{n, plural, one {one call} other {# calls}}",
  },
  cases: {
    de: "über {n, plural, one {einen Vorgang} other {# Vorgänge}} dieses Monats",
    en: "over {n, plural, one {one case} other {# cases}} of this month",
  },
  estimated: { de: "davon {n} geschätzt", en: "{n} of them estimated" },
  lacking: {
    de: "{n, plural, one {Für einen Aufruf} other {Für # Aufrufe}} dieses Monats ist kein Preis bekannt. Sie stehen in keiner Summe. Tragen Sie den Preis in Ihre Preisliste ein.",
    en: "{n, plural, one {One call} other {# calls}} of this month {n, plural, one {has} other {have}} no known price. They are in no sum. Put the price into your price list.",
  },
  budget: { de: "Budget", en: "Budget" },
  budgetNone: {
    de: "Kein Budget gesetzt: Nichts hält die Kosten auf.",
    en: "No budget is set: nothing holds the cost back.",
  },
  "used.month": { de: "{used} von {most} in diesem Monat", en: "{used} of {most} this month" },
  "used.day": { de: "{used} von {most} heute", en: "{used} of {most} today" },
  "state.good": { de: "im Rahmen", en: "within" },
  "state.warning": { de: "fast verbraucht", en: "nearly spent" },
  "state.spent": { de: "verbraucht: Menschen arbeiten weiter", en: "spent: people do the work" },
  didNotFit: {
    de: "ein Aufruf wurde abgewiesen, weil der Rest für ihn nicht reichte",
    en: "a call was refused, because what was left was not enough for it",
  },
  uncounted: {
    de: "{n, plural, one {ein Aufruf} other {# Aufrufe}} ohne Preis, nicht mitgezählt",
    en: "{n, plural, one {one call} other {# calls}} without a price, not counted",
  },
  forecast: { de: "In zwölf Monaten", en: "In twelve months" },
  forecastIs: {
    de: "Etwa {amount} ({lower} bis {upper}), wenn es so weitergeht: {perCase} je Vorgang, {casesPerDay} Vorgänge am Tag. Gemessen an {days} Tagen mit {cases} Vorgängen.",
    en: "About {amount} ({lower} to {upper}) if it goes on like this: {perCase} per case, {casesPerDay} cases a day. Measured on {days} days with {cases} cases.",
  },
  forecastWhat: {
    de: "Der Bereich (90 %) zeigt, wie sehr die gemessenen Tage schwanken. Wachstum, andere Releases und neue Preise stehen nicht darin.",
    en: "The range (90%) shows how much the measured days vary. Growth, other releases and new prices are not in it.",
  },
  "missing.days": {
    de: "noch {n, plural, one {ein ganzer Tag} other {# ganze Tage}} mit Vorgängen",
    en: "{n, plural, one {one more whole day} other {# more whole days}} with cases",
  },
  "missing.cases": {
    de: "noch {n, plural, one {ein Vorgang} other {# Vorgänge}}",
    en: "{n, plural, one {one more case} other {# more cases}}",
  },
  "missing.prices": {
    de: "ein Preis für {n, plural, one {einen Aufruf} other {# Aufrufe}}",
    en: "a price for {n, plural, one {one call} other {# calls}}",
  },
  "missing.abandoned": {
    de: "was {n, plural, one {ein Aufruf kostete, der} other {# Aufrufe kosteten, die}} beim Ende des Programms abbrachen",
    en: "what {n, plural, one {one call} other {# calls}} cost that broke off when the program ended",
  },
  forecastMissing: { de: "Noch nicht. Es fehlt: {what}.", en: "Not yet. Missing: {what}." },
  days: { de: "Kosten je Tag", en: "Cost by day" },
  day: { de: "Tag", en: "Day" },
  cost: { de: "Kosten", en: "Cost" },
  daysReading: {
    de: "In den letzten {days} Tagen zusammen {sum}, am meisten am {peak} mit {most}.",
    en: "{sum} in the last {days} days together, most on {peak} with {most}.",
  },
  models: { de: "Nach Modell, diesen Monat", en: "By model, this month" },
  model: { de: "Modell", en: "Model" },
  callsHead: { de: "Aufrufe", en: "Calls" },
  prices: {
    de: "Preise vom {day}; Tage und Monate nach UTC.",
    en: "Prices of {day}; days and months in UTC.",
  },
});
