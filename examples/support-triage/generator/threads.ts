/**
 * Older mails quoted below a message: earlier answers, automatic replies, order confirmations.
 *
 * They are about anything, as in real mailboxes, and may be the same in training and evaluation; `withoutQuotes` takes
 * them away again. Pure.
 */
import type { Chance } from "./seeded.ts";
import type { Language } from "./taxonomy.ts";

const QUOTED: Record<Language, string[]> = {
  de: [
    "Guten Tag,\nvielen Dank für Ihre Nachricht. Wir haben sie unter der Nummer {customer} aufgenommen und melden uns so schnell wie möglich.\nIhr Talbrunn Kundenservice",
    "Sehr geehrte Kundin, sehr geehrter Kunde,\nIhre Bestellung {order} ist bei uns eingegangen. Sobald sie unser Lager verlässt, erhalten Sie eine Versandbestätigung mit der Sendungsnummer.\nTalbrunn Bürokaffee GmbH",
    "Hallo,\nich habe das an die Kollegen aus der Technik weitergegeben. Bitte halten Sie die Seriennummer bereit, wenn wir anrufen.\nS. Wiesner, Talbrunn",
    "Guten Tag,\nanbei erhalten Sie die Rechnung {invoice} als PDF. Der Betrag wird wie vereinbart eingezogen.\nTalbrunn Buchhaltung",
    "Dies ist eine automatische Antwort. Unser Büro ist von Montag bis Freitag zwischen 8 und 17 Uhr besetzt.",
    "Hallo nochmal,\nwir haben den Eingang Ihrer Mail bestätigt, brauchen aber noch Ihre Kundennummer.\nTalbrunn Kundenservice",
    "Guten Tag,\nunser Techniker war am {date} bei Ihnen. Wie zufrieden waren Sie? Über eine kurze Bewertung freuen wir uns.\nTalbrunn Service",
  ],
  en: [
    "Hello,\nthank you for your message. We have filed it under {customer} and will come back to you as soon as possible.\nTalbrunn customer service",
    "Dear customer,\nwe have received your order {order}. As soon as it leaves our warehouse you will get a shipping confirmation with a tracking number.\nTalbrunn Bürokaffee GmbH",
    "Hi,\nI have passed this on to our technicians. Please have the serial number ready when we call.\nS. Wiesner, Talbrunn",
    "Hello,\nplease find attached invoice {invoice}. The amount will be collected as agreed.\nTalbrunn accounting",
    "This is an automatic reply. Our office is open Monday to Friday, 8 am to 5 pm.",
    "Hi again,\nwe got your e-mail but still need your customer number to go on.\nTalbrunn customer service",
    "Hello,\nour technician visited you on {date}. How satisfied were you? We would love to hear from you.\nTalbrunn service",
  ],
};

const ORIGINAL: Record<Language, string> = {
  de: "-----Ursprüngliche Nachricht-----",
  en: "-----Original Message-----",
};

/** An older mail as the customer's mail program quotes it, sometimes with a still older one inside. */
export function quotedThread(chance: Chance, language: Language, fill: (text: string) => string): string {
  const text = fill(chance.pick(QUOTED[language]));
  if (chance.happens(0.3))
    return language === "de"
      ? `${ORIGINAL.de}\nVon: Talbrunn Kundenservice <service@talbrunn.example.com>\nGesendet: ${fill("{date}")}\n\n${text}`
      : `${ORIGINAL.en}\nFrom: Talbrunn customer service <service@talbrunn.example.com>\nSent: ${fill("{date}")}\n\n${text}`;
  const head =
    language === "de" ? `Am ${fill("{date}")} schrieb Talbrunn:` : `On ${fill("{date}")} Talbrunn wrote:`;
  const older = chance.happens(0.2)
    ? `\n${fill(chance.pick(QUOTED[language]))}`.replaceAll("\n", "\n> ")
    : "";
  return `${head}\n> ${`${text}${older}`.replaceAll("\n", "\n> ")}`;
}

/** The text without quoted mails: what the customer wrote this time. */
export function withoutQuotes(body: string): string {
  return body
    .split(/^-----(?:Ursprüngliche Nachricht|Original Message)-----$/im)[0]!
    .split("\n")
    .filter((line) => !line.startsWith(">"))
    .join("\n");
}
