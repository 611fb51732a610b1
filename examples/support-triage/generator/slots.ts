/**
 * Fills `{slots}` and `{one|other}` choices of a text with made-up values.
 *
 * Numbers are invented; models, plans and coffees are those of the made-up company. One ticket keeps its values: the
 * order in its subject is the order in its body. Pure.
 */
import type { Chance } from "./seeded.ts";
import type { Language } from "./taxonomy.ts";

const MACHINES = ["Piano 4", "Piano 6", "Forte 12", "Forte 16", "Tutti 40", "Tutti 60"];
const BEANS = ["Waldrand Espresso", "Südhang Crema", "Hausmischung", "Nachtschicht", "Bergbauer Bio"];
const PLANS = ["Basis", "Komfort", "Rundum"];
const FAULTS = ["E04", "E07", "E11", "E17", "E23", "E31", "F2", "F9"];
const CITIES: Record<Language, string[]> = {
  de: [
    "Augsburg",
    "Regensburg",
    "Linz",
    "Graz",
    "Winterthur",
    "Ulm",
    "Kassel",
    "Bregenz",
    "Mannheim",
    "Jena",
  ],
  en: [
    "Munich",
    "Vienna",
    "Zurich",
    "Basel",
    "Berlin",
    "Hamburg",
    "Salzburg",
    "Lucerne",
    "Stuttgart",
    "Leipzig",
  ],
};
const WEEKDAYS: Record<Language, string[]> = {
  de: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag"],
  en: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
};
const MONTHS: Record<Language, string[]> = {
  de: ["Januar", "Februar", "März", "April", "Mai", "Juni", "September", "Oktober", "November"],
  en: ["January", "February", "March", "April", "May", "June", "September", "October", "November"],
};

type Slot = (chance: Chance, language: Language) => string;

const SLOTS = {
  order: (chance) => `B-2${chance.digits(5)}`,
  invoice: (chance) => `RE-2026-${chance.digits(5)}`,
  contract: (chance) => `SV-${chance.digits(5)}`,
  serial: (chance) => `TB${chance.digits(2)}-${chance.digits(6)}`,
  tracking: (chance) => `00${chance.digits(10)}`,
  machine: (chance) => chance.pick(MACHINES),
  beans: (chance) => chance.pick(BEANS),
  plan: (chance) => chance.pick(PLANS),
  fault: (chance) => chance.pick(FAULTS),
  city: (chance, language) => chance.pick(CITIES[language]),
  weekday: (chance, language) => chance.pick(WEEKDAYS[language]),
  month: (chance, language) => chance.pick(MONTHS[language]),
  date: (chance, language) => day(chance, language, chance.between(0, 1)),
  soon: (chance, language) => day(chance, language, chance.between(3, 4)),
  time: (chance) => `${chance.between(8, 16)}:${chance.pick(["00", "15", "30", "45"])}`,
  amount: (chance, language) => {
    const whole = chance.between(39, 1890);
    const cents = chance.digits(2);
    if (language === "en") return `EUR ${grouped(whole, ",")}.${cents}`;
    return `${grouped(whole, ".")},${cents} ${chance.pick(["€", "Euro", "EUR"])}`;
  },
  few: (chance) => String(chance.between(2, 5)),
  some: (chance) => String(chance.between(6, 24)),
  many: (chance) => String(chance.between(30, 240)),
  last4: (chance) => chance.digits(4),
} satisfies Record<string, Slot>;

/** A day of a month, 0 for January. Tickets come in March: `date` lies before it, `soon` after. */
function day(chance: Chance, language: Language, month: number): string {
  const number = chance.between(1, 28);
  if (language === "en") return `${number} ${MONTHS.en[month]}`;
  return chance.happens(0.6) ? `${number}.${month + 1}.` : `${number}. ${MONTHS.de[month]}`;
}

function grouped(value: number, mark: string): string {
  return value < 1000 ? String(value) : `${Math.floor(value / 1000)}${mark}${String(value).slice(-3)}`;
}

/** Makes the function that fills the texts of one ticket; throws `SyntaxError` for a slot that nobody knows. */
export function slotFiller(
  chance: Chance,
  language: Language,
  sender: { customerId: string },
): (text: string) => string {
  const values = new Map([["customer", sender.customerId]]);
  return (text) =>
    text.replace(/\{([^{}]*)\}/g, (_, inside: string) => {
      if (inside.includes("|")) return chance.pick(inside.split("|"));
      const known = values.get(inside) ?? draw(inside, chance, language);
      values.set(inside, known);
      return known;
    });
}

function draw(name: string, chance: Chance, language: Language): string {
  // A slot with a number behind it, such as {date2}, is another value of the same kind.
  const slot = SLOTS[(name in SLOTS ? name : name.replace(/\d$/, "")) as keyof typeof SLOTS] as
    Slot | undefined;
  if (slot === undefined) throw new SyntaxError(`There is no slot {${name}}.`);
  return slot(chance, language);
}
