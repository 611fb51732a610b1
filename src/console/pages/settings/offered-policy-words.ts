/** Texts of the data policy of an offered model. */
import { words } from "../../locales/words.ts";

export const OFFERED_POLICY = words({
  policy: { de: "Datenregeln für dieses Modell", en: "Data policy for this model" },
  none: {
    de: "Keine: Was ein Programm sendet, bekommt der Anbieter.",
    en: "None: what a program sends, the provider gets.",
  },
  what: {
    de: "Unbekannte Felder bleiben hier, Texte werden auf Kennungen durchsucht. Namen, Anschriften und der Inhalt von Bildern und Dateien werden nicht gefunden.",
    en: "Unknown fields stay here, texts are looked through for identifiers. Names, postal addresses and what is in pictures and files are not found.",
  },
  of: { de: "Datenregeln: {model}", en: "Data policy: {model}" },
  fields: {
    de: "Weitere erlaubte Felder, mit Komma getrennt",
    en: "Further fields that may go on, with commas between",
  },
  fieldsWhat: {
    de: "Die üblichen gehen immer weiter; nicht dabei sind user, metadata, store, logit_bias, prediction, web_search_options.",
    en: "The usual ones always go on; not among them are user, metadata, store, logit_bias, prediction, web_search_options.",
  },
  unknown: { de: "Ein anderes Feld", en: "Any other field" },
  "unknown.drop": { de: "weglassen und melden", en: "is left out and reported" },
  "unknown.refuse": { de: "ablehnen", en: "refuses the call" },
  tools: { de: "Werkzeuge erlaubt", en: "Tools allowed" },
  files: {
    de: "Dateien erlaubt (ihr Inhalt wird nicht durchsucht)",
    en: "Files allowed (not looked through)",
  },
  audio: { de: "Ton erlaubt (wird nicht durchsucht)", en: "Sound allowed (not looked through)" },
  scan: { de: "Kennungen in Texten:", en: "Identifiers in texts:" },
  "action.allow": { de: "weitergeben", en: "goes on" },
  "action.mask": { de: "verdecken", en: "is masked" },
  "action.pseudonymise": { de: "durch Platzhalter ersetzen", en: "gets a pseudonym" },
  "action.refuse": { de: "Aufruf ablehnen", en: "refuses the call" },
  mask: { de: "Eigene Muster, eines je Zeile", en: "Own patterns, one in each line" },
  maskWhat: {
    de: "name: Muster (RE2, ohne + und *), z. B. kunde: K-\\d'{5}'",
    en: "name: pattern (RE2, without + and *), e.g. customer: K-\\d'{5}'",
  },
  keys: { de: "Nur für diese Schlüssel, mit Komma getrennt", en: "Only for these keys, with commas between" },
  keysWhat: {
    de: "Name oder Kennung; leer: für alle. Andere sehen das Modell nicht.",
    en: "Name or id; empty: for all. Others do not see the model.",
  },
});
