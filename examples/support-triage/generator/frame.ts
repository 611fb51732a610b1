/**
 * What stands around the matter of a ticket: greeting, closing, signature, legal small print, forwarded heads.
 *
 * Greetings and closings are short formulas that everybody uses; longer texts differ between training and evaluation.
 * Older mails quoted below the message are in threads.ts. Pure.
 */
import type { Sender } from "./people.ts";
import type { Chance } from "./seeded.ts";
import type { Language, Split } from "./taxonomy.ts";

const GREETINGS: Record<Language, string[]> = {
  de: [
    "Guten Tag,",
    "Guten Tag,",
    "Hallo,",
    "Hallo zusammen,",
    "Sehr geehrte Damen und Herren,",
    "Guten Morgen,",
    "Servus,",
    "Grüezi,",
    "Liebes Talbrunn-Team,",
    "Moin,",
    "Hallo Team Talbrunn,",
    "Grüß Gott,",
  ],
  en: [
    "Hello,",
    "Hello,",
    "Hi,",
    "Hi there,",
    "Hi team,",
    "Dear Sir or Madam,",
    "Good morning,",
    "Dear Talbrunn team,",
    "Hey,",
    "Good afternoon,",
  ],
};

const CLOSINGS: Record<Language, string[]> = {
  de: [
    "Mit freundlichen Grüßen",
    "Mit freundlichen Grüßen",
    "Freundliche Grüße",
    "Viele Grüße",
    "Beste Grüße",
    "Danke und Gruß",
    "Vielen Dank!",
    "MfG",
    "LG",
    "Danke im Voraus",
    "Schöne Grüße",
    "Gruß",
    "Freundliche Grüsse",
    "Mit besten Grüßen",
  ],
  en: [
    "Kind regards",
    "Kind regards,",
    "Best regards,",
    "Best,",
    "Many thanks",
    "Thanks in advance,",
    "Thanks!",
    "Regards",
    "Cheers,",
    "Thank you,",
    "Yours sincerely,",
    "Warm regards,",
  ],
};

const ROLES: Record<Language, Record<Split, string[]>> = {
  de: {
    training: ["Einkauf", "Büroleitung", "Assistenz der Geschäftsführung", "Buchhaltung", "Facility"],
    evaluation: ["Empfang", "Verwaltung", "Office Management", "Kreditoren", "Haustechnik"],
  },
  en: {
    training: [
      "Office Manager",
      "Purchasing",
      "Accounts Payable",
      "Facilities",
      "PA to the Managing Director",
    ],
    evaluation: ["Front Desk", "Workplace Team", "Finance Department", "Operations", "Building Services"],
  },
};

const SMALL_PRINT: Record<Language, Record<Split, string[]>> = {
  de: {
    training: [
      "Diese E-Mail kann vertrauliche Angaben enthalten. Sind Sie nicht der richtige Empfänger, löschen Sie sie bitte und sagen Sie uns kurz Bescheid.",
      "Bitte denken Sie an die Umwelt, bevor Sie diese Nachricht ausdrucken.",
    ],
    evaluation: [
      "Der Inhalt dieser Nachricht ist nur für die genannte Person gedacht; jede Weitergabe ohne unsere Zustimmung ist untersagt.",
      "Ab 1. Mai finden Sie uns in der Gartenstraße 14, Eingang über den Hof.",
    ],
  },
  en: {
    training: [
      "This message is confidential. If it reached you by mistake, please delete it and let the sender know.",
      "Our office is closed on Fridays after 2 pm.",
    ],
    evaluation: [
      "The information in this e-mail is meant for the addressee only and may be legally privileged.",
      "I work part time, so my reply may come on the next working day.",
    ],
  },
};

const MOBILE: Record<Language, string[]> = {
  de: ["Von meinem Handy gesendet", "Gesendet von unterwegs", "Vom Smartphone, Tippfehler inklusive"],
  en: ["Sent from my phone", "Sent on the go", "Sent from my mobile, excuse typos"],
};

export function greeting(chance: Chance, language: Language): string {
  return chance.happens(0.86) ? chance.pick(GREETINGS[language]) : "";
}

/** Closing, name and what some mail programs put below; empty for people who just stop. */
export function signature(chance: Chance, language: Language, split: Split, sender: Sender): string {
  if (chance.happens(0.13)) return "";
  const closing = chance.pick(CLOSINGS[language]);
  if (chance.happens(0.2)) return `${closing}\n${sender.firstName}`;
  const parts = [closing, sender.name];
  if (chance.happens(0.45)) parts.push(chance.pick(ROLES[language][split]));
  if (chance.happens(0.6)) parts.push(sender.company);
  if (chance.happens(0.35)) parts.push(`Tel. ${sender.phone}`);
  if (chance.happens(0.1)) parts.push("", chance.pick(SMALL_PRINT[language][split]));
  else if (chance.happens(0.08)) parts.push("", chance.pick(MOBILE[language]));
  return parts.join("\n");
}

/** The line with numbers that careful people add. */
export function references(chance: Chance, language: Language, fill: (text: string) => string): string {
  const forms =
    language === "de"
      ? [
          "Kundennummer: {customer}",
          "Kd.-Nr. {customer}",
          "Unsere KdNr ist {customer}.",
          "Vertrag {contract}",
        ]
      : [
          "Customer no. {customer}",
          "Our customer number: {customer}",
          "Account {customer}",
          "Contract {contract}",
        ];
  return fill(chance.pick(forms));
}

/** Head of a mail that somebody passes on: the matter below it is still the customer's. */
export function forwardedHead(language: Language, sender: Sender, subject: string): string {
  return language === "de"
    ? `---------- Weitergeleitete Nachricht ----------\nVon: ${sender.name} <${sender.email}>\nBetreff: ${subject}`
    : `---------- Forwarded message ----------\nFrom: ${sender.name} <${sender.email}>\nSubject: ${subject}`;
}

export function forwardingNote(chance: Chance, language: Language): string {
  return chance.pick(
    language === "de"
      ? ["Bitte übernehmen, danke.", "Zur Kenntnis.", "Gehört zu Ihnen.", "FYI"]
      : ["Please take care.", "FYI, see below", "This is yours.", "Could you handle this?"],
  );
}
