/**
 * Public holidays of Austria: the same in all nine states, which have their ISO numbers (9 is Vienna).
 *
 * The days of the states' patron saints close schools and offices of the state, not companies; they are working days here.
 */
import type { HolidayRule } from "./rule.ts";

export const AUSTRIAN_STATES = "1 2 3 4 5 6 7 8 9";

export const AUSTRIA: readonly HolidayRule[] = [
  { name: { de: "Neujahr", en: "New Year's Day" }, on: "01-01" },
  { name: { de: "Heilige Drei Könige", en: "Epiphany" }, on: "01-06" },
  { name: { de: "Ostermontag", en: "Easter Monday" }, on: 1 },
  { name: { de: "Staatsfeiertag", en: "Labour Day" }, on: "05-01" },
  { name: { de: "Christi Himmelfahrt", en: "Ascension Day" }, on: 39 },
  { name: { de: "Pfingstmontag", en: "Whit Monday" }, on: 50 },
  { name: { de: "Fronleichnam", en: "Corpus Christi" }, on: 60 },
  { name: { de: "Mariä Himmelfahrt", en: "Assumption Day" }, on: "08-15" },
  { name: { de: "Nationalfeiertag", en: "National Day" }, on: "10-26" },
  { name: { de: "Allerheiligen", en: "All Saints' Day" }, on: "11-01" },
  { name: { de: "Mariä Empfängnis", en: "Immaculate Conception" }, on: "12-08" },
  { name: { de: "Christtag", en: "Christmas Day" }, on: "12-25" },
  { name: { de: "Stefanitag", en: "St Stephen's Day" }, on: "12-26" },
];
