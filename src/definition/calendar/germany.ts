/**
 * Public holidays of Germany and its sixteen states, as they stand since 2024.
 *
 * What only some communities of a state keep is a working day here: Assumption in Bavaria, Corpus Christi in parts of
 * Saxony and Thuringia, the Peace Festival of Augsburg.
 */
import type { HolidayRule } from "./rule.ts";
import { dayNumber, onOrAfter, WEDNESDAY } from "./rule.ts";

export const GERMAN_STATES = "BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH";

export const GERMANY: readonly HolidayRule[] = [
  { name: { de: "Neujahr", en: "New Year's Day" }, on: "01-01" },
  { name: { de: "Heilige Drei Könige", en: "Epiphany" }, on: "01-06", where: "BW BY ST" },
  { name: { de: "Internationaler Frauentag", en: "International Women's Day" }, on: "03-08", where: "BE MV" },
  { name: { de: "Karfreitag", en: "Good Friday" }, on: -2 },
  { name: { de: "Ostersonntag", en: "Easter Sunday" }, on: 0, where: "BB" },
  { name: { de: "Ostermontag", en: "Easter Monday" }, on: 1 },
  { name: { de: "Tag der Arbeit", en: "Labour Day" }, on: "05-01" },
  {
    name: { de: "80. Jahrestag der Befreiung", en: "80th anniversary of the liberation" },
    on: "2025-05-08",
    where: "BE",
  },
  { name: { de: "Christi Himmelfahrt", en: "Ascension Day" }, on: 39 },
  { name: { de: "Pfingstsonntag", en: "Whit Sunday" }, on: 49, where: "BB" },
  { name: { de: "Pfingstmontag", en: "Whit Monday" }, on: 50 },
  { name: { de: "Fronleichnam", en: "Corpus Christi" }, on: 60, where: "BW BY HE NW RP SL" },
  {
    name: { de: "75. Jahrestag des Volksaufstands", en: "75th anniversary of the uprising of 1953" },
    on: "2028-06-17",
    where: "BE",
  },
  { name: { de: "Mariä Himmelfahrt", en: "Assumption Day" }, on: "08-15", where: "SL" },
  { name: { de: "Weltkindertag", en: "World Children's Day" }, on: "09-20", where: "TH" },
  { name: { de: "Tag der Deutschen Einheit", en: "Day of German Unity" }, on: "10-03" },
  {
    name: { de: "Reformationstag", en: "Reformation Day" },
    on: "10-31",
    where: "BB HB HH MV NI SH SN ST TH",
  },
  { name: { de: "Allerheiligen", en: "All Saints' Day" }, on: "11-01", where: "BW BY NW RP SL" },
  {
    name: { de: "Buß- und Bettag", en: "Day of Repentance and Prayer" },
    // The Wednesday before 23 November.
    on: (year) => onOrAfter(WEDNESDAY, dayNumber(year, 11, 16)),
    where: "SN",
  },
  { name: { de: "Erster Weihnachtstag", en: "Christmas Day" }, on: "12-25" },
  { name: { de: "Zweiter Weihnachtstag", en: "Second day of Christmas" }, on: "12-26" },
];
