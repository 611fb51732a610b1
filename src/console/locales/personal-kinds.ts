/** Kinds of personal identifiers, as pages name them. */
import { words } from "./words.ts";

export const KIND_WORDS = words({
  iban: { de: "Bankverbindung (IBAN)", en: "Bank account (IBAN)" },
  card: { de: "Kreditkarte", en: "Credit card" },
  taxId: { de: "Steuer-ID (DE)", en: "Tax number (DE)" },
  socialInsurance: {
    de: "Sozialversicherung (DE, AT), AHV (CH)",
    en: "Social insurance number (DE, AT, CH)",
  },
  vatId: { de: "USt-IdNr. (DE, AT, CH)", en: "VAT number (DE, AT, CH)" },
  email: { de: "E-Mail-Adresse", en: "E-mail address" },
  phone: { de: "Telefonnummer", en: "Phone number" },
  ip: { de: "IP-Adresse", en: "IP address" },
  birthDate: { de: "Geburtsdatum", en: "Date of birth" },
  suspect: { de: "So benannt, Prüfziffer falsch", en: "Named as one, checksum wrong" },
});
