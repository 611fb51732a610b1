/**
 * The people and companies who write tickets: all made up, others for training than for evaluation.
 *
 * Mail addresses end in example.com, .net or .org; phone numbers come from ranges that are kept free for fiction; account
 * numbers have a right checksum and bank codes that no bank has. Pure.
 */
import type { Chance } from "./seeded.ts";
import type { Split } from "./taxonomy.ts";

export interface Sender {
  name: string;
  firstName: string;
  company: string;
  email: string;
  phone: string;
  customerId: string;
  iban: string;
}

const FIRST: Record<Split, string[]> = {
  training: (
    "Sandra Thomas Petra Michael Birgit Andreas Nadine Stefan Ayşe Markus Claudia Jörg Franziska Dennis Ulrike " +
    "Mehmet Katharina Holger Sabrina Reto Emma Oliver Priya Liam Grace Ewa Daniel Nora Hannah Marco"
  ).split(" "),
  evaluation: (
    "Anja Bernd Melanie Frank Jutta Tobias Silke Lukas Gudrun Sven Carina Ralf Leonie Urs Miriam Hakan Dorothea " +
    "Fabian Renate Björn Sophie James Aisha Peter Chloe Tomasz Rachel Ben Ines Paolo"
  ).split(" "),
};
const LAST: Record<Split, string[]> = {
  training: (
    "Keller Brandner Yilmaz Hofstetter Schröder Mayrhofer Lang Petersen Vogelsang Düring Baumgart Kowalski Reuter " +
    "Zanetti Hübner Carter Nair Murphy Steiner Ott Wagenknecht Thalmann Fellner Grothe Sommer Krämer"
  ).split(" "),
  evaluation: (
    "Albrecht Gruber Demir Nussbaumer Löffler Pichler Jansen Hartwig Berger Schönfeld Wieland Nowak Eichinger " +
    "Rossi Böhm Whitfield Khan Doyle Aebischer Reimers Stadler Holzinger Moser Teichmann Winkels Fröhlich"
  ).split(" "),
};
const COMPANIES: Record<Split, string[]> = {
  training: [
    "Hofstetter Metallbau GmbH",
    "Kanzlei Brandner & Partner",
    "Nordlicht Versicherungsmakler",
    "Praxis am Stadtpark",
    "Lindgruber Holding AG",
    "Seilbahn Tannkogel",
    "Architekturbüro Fels & Holm",
    "Vogelsang Logistik KG",
    "Softgarten Studio GmbH",
    "Elektro Düring e.K.",
    "Bildungshaus Seewinkel",
    "Reuter Druck und Medien",
    "Northfold Analytics",
    "Thalmann Treuhand AG",
    "Pixelwerft GmbH",
    "Autohaus Grothe",
  ],
  evaluation: [
    "Schönfeld Präzision GmbH",
    "Steuerberatung Eichinger",
    "Wieland Werbetechnik",
    "Zahnzentrum Altstadt",
    "Teichmann Immobilien AG",
    "Gemeindewerke Oberau",
    "Ingenieurbüro Winkels",
    "Pichler Transporte",
    "Brightwater Consulting",
    "Holzinger Fensterbau",
    "Hotel Garni Rosenhang",
    "Moser Verlagsservice",
    "Kite & Compass Ltd",
    "Aebischer Uhren AG",
    "Codeschmiede Jena",
    "Tierklinik Reimers",
  ],
};
/** Ranges that the German regulator keeps for film and print. */
const FICTIONAL_PHONES = ["030 23125", "069 90009", "040 66969", "0221 4710", "089 99998"];

/** Draws one person with everything that a ticket may carry. */
export function makeSender(chance: Chance, split: Split): Sender {
  const firstName = chance.pick(FIRST[split]);
  const lastName = chance.pick(LAST[split]);
  const company = chance.pick(COMPANIES[split]);
  const mailbox = chance.happens(0.2) ? "office" : `${latin(firstName).slice(0, 1)}.${latin(lastName)}`;
  const top = chance.pick(["com", "net", "org"]);
  return {
    name: `${firstName} ${lastName}`,
    firstName,
    company,
    email: `${mailbox}@${latin(company.split(" ")[0]!)}.example.${top}`,
    phone: `${chance.pick(FICTIONAL_PHONES)}${chance.pick([" ", "-", ""])}${chance.digits(3)}`,
    customerId: `K${chance.digits(5)}`,
    iban: chance.happens(0.8) ? makeIban(chance) : "",
  };
}

function latin(text: string): string {
  const spelled = text.toLowerCase().replace(/[äöüß]/g, (letter) => LATIN[letter]!);
  return spelled
    .normalize("NFD")
    .replace(/ş/g, "s")
    .replace(/[^a-z0-9]/g, "");
}

const LATIN: Record<string, string> = { ä: "ae", ö: "oe", ü: "ue", ß: "ss" };

/** An account number of a bank that does not exist, with the checksum of ISO 13616. */
function makeIban(chance: Chance): string {
  const country = chance.pick(["DE", "DE", "DE", "AT", "CH"]);
  const account = `99${chance.digits(country === "DE" ? 16 : country === "AT" ? 14 : 15)}`;
  return `${country}${checkDigits(country, account)}${account}`;
}

function checkDigits(country: string, account: string): string {
  const letters = Array.from(country, (letter) => letter.charCodeAt(0) - 55).join("");
  return String(98n - (BigInt(`${account}${letters}00`) % 97n)).padStart(2, "0");
}

/** Whether an IBAN has the right checksum (ISO 13616, mod 97). */
export function ibanIsPlausible(iban: string): boolean {
  const digits = `${iban.slice(4)}${iban.slice(0, 4)}`.replace(/[A-Z]/g, (letter) =>
    String(letter.charCodeAt(0) - 55),
  );
  return BigInt(digits) % 97n === 1n;
}
