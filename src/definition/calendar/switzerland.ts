/**
 * Public holidays of the twenty-six Swiss cantons.
 *
 * Only 1 August is a holiday by federal law; the bare country counts the days that are usual in most of it. What only
 * some communities of a canton keep, and half days, are working days here; what nearly all of them keep is a holiday.
 */
import type { HolidayRule } from "./rule.ts";
import { dayNumber, easterSunday, MONDAY, onOrAfter, SUNDAY, THURSDAY, weekdayOf } from "./rule.ts";

export const SWISS_CANTONS = "AG AI AR BE BL BS FR GE GL GR JU LU NE NW OW SG SH SO SZ TG TI UR VD VS ZG ZH";

/** The Sunday of repentance: the third of September. */
const bettag = (year: number) => onOrAfter(SUNDAY, dayNumber(year, 9, 15));

/** A day of the year unless it falls on one of these weekdays. */
const unless =
  (month: number, day: number, weekdays: readonly number[]) =>
  (year: number): number | undefined => {
    const number = dayNumber(year, month, day);
    return weekdays.includes(weekdayOf(number)) ? undefined : number;
  };

/** A day of the year where it falls on a Monday, after a holiday that was a Sunday. */
const onMonday =
  (month: number, day: number) =>
  (year: number): number | undefined => {
    const number = dayNumber(year, month, day);
    return weekdayOf(number) === MONDAY ? number : undefined;
  };

/** The first Thursday of April, a week later when that lies in Holy Week. */
function naefelserFahrt(year: number): number {
  const thursday = onOrAfter(THURSDAY, dayNumber(year, 4, 1));
  return thursday === easterSunday(year) - 3 ? thursday + 7 : thursday;
}

const BERCHTOLD = { de: "Berchtoldstag", en: "Berchtold's Day" };
const STEPHEN = { de: "Stephanstag", en: "St Stephen's Day" };
const TUESDAY = 2;
const FRIDAY = 5;
const SATURDAY = 6;

export const SWITZERLAND: readonly HolidayRule[] = [
  { name: { de: "Neujahr", en: "New Year's Day" }, on: "01-01" },
  { name: BERCHTOLD, on: "01-02", where: "AG BE JU TG VD" },
  { name: BERCHTOLD, on: onMonday(1, 2), where: "NE" },
  { name: { de: "Heilige Drei Könige", en: "Epiphany" }, on: "01-06", where: "SZ TI UR" },
  { name: { de: "Ausrufung der Republik", en: "Proclamation of the Republic" }, on: "03-01", where: "NE" },
  { name: { de: "Josefstag", en: "St Joseph's Day" }, on: "03-19", where: "NW SZ TI UR VS" },
  { name: { de: "Näfelser Fahrt", en: "Näfels Procession" }, on: naefelserFahrt, where: "GL" },
  { name: { de: "Karfreitag", en: "Good Friday" }, on: -2, except: "TI VS" },
  { name: { de: "Ostersonntag", en: "Easter Sunday" }, on: 0 },
  { name: { de: "Ostermontag", en: "Easter Monday" }, on: 1, except: "FR LU NW OW SO VS ZG" },
  { name: { de: "Tag der Arbeit", en: "Labour Day" }, on: "05-01", where: "AG BL BS JU NE SH TG TI ZH" },
  { name: { de: "Auffahrt", en: "Ascension Day" }, on: 39 },
  { name: { de: "Pfingstsonntag", en: "Whit Sunday" }, on: 49 },
  { name: { de: "Pfingstmontag", en: "Whit Monday" }, on: 50, except: "FR LU NE NW OW SO ZG" },
  {
    name: { de: "Fronleichnam", en: "Corpus Christi" },
    on: 60,
    where: "AG AI FR JU LU NE NW OW SO SZ TI UR VS ZG",
  },
  { name: { de: "Fest der Unabhängigkeit", en: "Independence Day of the canton" }, on: "06-23", where: "JU" },
  { name: { de: "Peter und Paul", en: "Saints Peter and Paul" }, on: "06-29", where: "TI" },
  { name: { de: "Bundesfeier", en: "Swiss National Day" }, on: "08-01" },
  {
    name: { de: "Mariä Himmelfahrt", en: "Assumption Day" },
    on: "08-15",
    where: "AG AI FR JU LU NW OW SO SZ TI UR VS ZG",
  },
  {
    name: { de: "Genfer Bettag", en: "Geneva Day of Fasting" },
    // The Thursday after the first Sunday of September.
    on: (year) => onOrAfter(SUNDAY, dayNumber(year, 9, 1)) + 4,
    where: "GE",
  },
  {
    name: { de: "Eidgenössischer Dank-, Buss- und Bettag", en: "Federal Day of Thanksgiving and Prayer" },
    on: bettag,
    except: "GE GL",
  },
  {
    name: { de: "Bettagsmontag", en: "Monday after the Federal Day of Prayer" },
    on: (year) => bettag(year) + 1,
    where: "VD",
  },
  { name: { de: "Mauritiustag", en: "St Maurice's Day" }, on: "09-22", where: "AI" },
  { name: { de: "Bruderklausenfest", en: "St Nicholas of Flüe" }, on: "09-25", where: "OW" },
  {
    name: { de: "Allerheiligen", en: "All Saints' Day" },
    on: "11-01",
    where: "AG AI FR GL JU LU NW OW SG SO SZ TI UR VS ZG",
  },
  {
    name: { de: "Mariä Empfängnis", en: "Immaculate Conception" },
    on: "12-08",
    where: "AG FR LU NW OW SZ TI UR VS ZG",
  },
  { name: { de: "Weihnachten", en: "Christmas Day" }, on: "12-25" },
  { name: STEPHEN, on: "12-26", where: "CH AG BE BL BS GL GR LU SG SH SZ TG TI ZH" },
  // These spare themselves a long run of closed days: a Monday or Friday beside Christmas and the weekend.
  { name: STEPHEN, on: unless(12, 26, [MONDAY]), where: "AR" },
  { name: STEPHEN, on: unless(12, 26, [TUESDAY, SATURDAY]), where: "AI" },
  { name: STEPHEN, on: unless(12, 26, [MONDAY, FRIDAY]), where: "UR" },
  { name: STEPHEN, on: onMonday(12, 26), where: "NE" },
  {
    name: { de: "Wiederherstellung der Republik", en: "Restoration of the Republic" },
    on: "12-31",
    where: "GE",
  },
];
