/**
 * How the console speaks: tables of texts with both languages side by side, and the hooks that say them.
 *
 * A table is made with `words`, so a text that lacks a language does not compile. Texts are ICU messages
 * (`{n, plural, one {# case} other {# cases}}`). Each page has its own table, loaded with the page.
 * The Swiss variant is derived: no ß, and guillemets.
 */
import { useCallback } from "react";
import { useIntl } from "react-intl";

export type Language = "de" | "en";
export interface Text {
  de: string;
  en: string;
}
export type Words = Readonly<Record<string, Text>>;
export type Values = Record<string, string | number | boolean | null | undefined | Date>;

export const LOCALE_NAMES: Record<string, string> = {
  "de-DE": "Deutsch (Deutschland)",
  "de-AT": "Deutsch (Österreich)",
  "de-CH": "Deutsch (Schweiz)",
  "en-GB": "English (UK)",
  "en-US": "English (US)",
};

export function words<const W extends Words>(table: W): W {
  return table;
}

export const languageOf = (locale: string): Language => (locale.startsWith("de") ? "de" : "en");

function swiss(text: string): string {
  return text.replaceAll("ß", "ss").replaceAll("„", "«").replaceAll("“", "»");
}

/** Says a text that the caller has in hand. */
export function useSay(): (text: Text, values?: Values) => string {
  const intl = useIntl();
  return useCallback(
    (text, values) => {
      const written = text[languageOf(intl.locale)];
      const message = intl.locale === "de-CH" ? swiss(written) : written;
      return values === undefined && !message.includes("{")
        ? message
        : intl.formatMessage({ id: message, defaultMessage: message }, values);
    },
    [intl],
  );
}

/** Says texts of a table by their key. */
export function useWords<W extends Words>(table: W): (key: keyof W & string, values?: Values) => string {
  const say = useSay();
  return useCallback((key, values) => say(table[key]!, values), [say, table]);
}

/** Says what a code stands for; a code that the table does not know is shown as it is. */
export function useCode(table: Words): (code: string) => string {
  const say = useSay();
  return useCallback(
    (code) => {
      const text = table[code];
      return text === undefined ? code.replaceAll("_", " ") : say(text);
    },
    [say, table],
  );
}
