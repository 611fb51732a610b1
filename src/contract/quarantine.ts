/**
 * Why a record is kept in quarantine: one code per reason, with a sentence in German and English that a clerk
 * understands, and what to do about it.
 *
 * The codes are stable: they are stored, counted and searched. Limits that several doors share stand here too, so that
 * a case is refused for the same reason whether it comes over HTTP, as NDJSON or from a folder.
 */

/** What one case may hold at most. */
export const INPUT_LIMITS = {
  /** Bytes of one text, in UTF-8. */
  fieldBytes: 1024 * 1024,
  /** Bytes of one case as JSON, in UTF-8. */
  caseBytes: 10 * 1024 * 1024,
  /** How many lists and objects may stand inside each other. */
  depth: 64,
} as const;

interface Reason {
  /** For engineers: what exactly is checked. */
  meaning: string;
  de: string;
  en: string;
  /** What the person who repairs it can do. */
  help: { de: string; en: string };
}

export const QUARANTINE_REASONS = {
  not_json: {
    meaning: "The line or body is not valid JSON.",
    de: "Der Datensatz ist kein gültiges JSON.",
    en: "The record is not valid JSON.",
    help: {
      de: "Den Datensatz korrigieren und erneut einspielen, oder den Export an der Quelle prüfen lassen.",
      en: "Correct the record and replay it, or have the export checked at its source.",
    },
  },
  not_an_object: {
    meaning: "The JSON is valid, but is a list, text, number or null where one object per record is needed.",
    de: "Der Datensatz hat keine benannten Felder.",
    en: "The record has no named fields.",
    help: {
      de: 'Jeder Datensatz braucht die Form {"feld": "wert"}, einer pro Zeile.',
      en: 'Each record needs the form {"field": "value"}, one per line.',
    },
  },
  broken_quote: {
    meaning:
      "A CSV cell opens with a quote that is not closed, or text stands after the closing quote; or the line lies right behind such a record and does not fit the header.",
    de: "Ein Anführungszeichen ist geöffnet, aber nicht richtig geschlossen. Darum ist unklar, wo der Datensatz endet.",
    en: "A quotation mark is opened but not closed properly, so it is unclear where the record ends.",
    help: {
      de: "Anführungszeichen innerhalb einer Zelle verdoppeln, dann erneut einspielen.",
      en: "Double the quotation marks inside the cell, then replay.",
    },
  },
  wrong_column_count: {
    meaning: "The CSV record has more or fewer cells than the header.",
    de: "Die Zeile hat eine andere Anzahl Spalten als die Kopfzeile.",
    en: "The row has a different number of columns than the header.",
    help: {
      de: "Fehlende oder überzählige Trennzeichen in der Zeile korrigieren, dann erneut einspielen.",
      en: "Correct missing or surplus separators in the row, then replay.",
    },
  },
  missing_key: {
    meaning: "The field that identifies the case is missing or empty.",
    de: "Die Nummer, an der der Vorgang erkannt wird, fehlt.",
    en: "The number that identifies the case is missing.",
    help: { de: "Die Nummer eintragen und erneut einspielen.", en: "Enter the number and replay." },
  },
  schema_mismatch: {
    meaning:
      "The input breaks the input schema of the release: a required field is missing, or a value has the wrong type or range.",
    de: "Ein Feld fehlt oder hat einen unerlaubten Wert.",
    en: "A field is missing or has a value that is not allowed.",
    help: {
      de: "Die genannten Felder korrigieren und erneut einspielen.",
      en: "Correct the fields named and replay.",
    },
  },
  value_too_large: {
    meaning: "One text is over 1 MB.",
    de: "Ein Feld ist größer als 1 MB.",
    en: "One field is larger than 1 MB.",
    help: {
      de: "Das Feld kürzen oder seinen Inhalt als Anhang senden.",
      en: "Shorten the field, or send its content as an attachment.",
    },
  },
  case_too_large: {
    meaning: "The record as a whole is over 10 MB.",
    de: "Der Datensatz ist größer als 10 MB.",
    en: "The record is larger than 10 MB.",
    help: {
      de: "Den Datensatz aufteilen oder Inhalte als Anhang senden. Fehlt in der Datei ein Zeilenende?",
      en: "Split the record, or send content as attachments. Is a line end missing in the file?",
    },
  },
  too_deep: {
    meaning: "Lists and objects stand more than 64 levels inside each other.",
    de: "Der Datensatz ist zu tief verschachtelt.",
    en: "The record is nested too deeply.",
    help: { de: "Den Export an der Quelle prüfen lassen.", en: "Have the export checked at its source." },
  },
  lone_surrogate: {
    meaning:
      "A text or a field name holds half of a UTF-16 surrogate pair: no character, and not storable as UTF-8.",
    de: "Ein Text enthält ein zerschnittenes Zeichen, meist ein halbes Emoji.",
    en: "A text holds a character that was cut in half, mostly half of an emoji.",
    help: {
      de: "Das zerschnittene Zeichen entfernen und erneut einspielen.",
      en: "Remove the broken character and replay.",
    },
  },
  nul_in_key: {
    meaning: "An id, a facet or a field name holds a NUL character. Inside content NUL is kept.",
    de: "Eine Nummer oder ein Feldname enthält ein unsichtbares, unerlaubtes Zeichen.",
    en: "A number or a field name holds an invisible character that is not allowed.",
    help: { de: "Das Zeichen entfernen und erneut einspielen.", en: "Remove the character and replay." },
  },
  bad_encoding: {
    meaning:
      "Bytes of the record are not valid in the encoding of the file; they stand as U+FFFD in the raw record.",
    de: "Der Datensatz enthält unlesbare Zeichen: Er ist anders kodiert als der Rest der Datei.",
    en: "The record holds unreadable characters: it is encoded otherwise than the rest of the file.",
    help: {
      de: "Die unlesbaren Zeichen (�) ersetzen und erneut einspielen, oder die Kodierung des Feeds einstellen.",
      en: "Replace the unreadable characters (�) and replay, or set the encoding of the feed.",
    },
  },
  unsafe_number: {
    meaning:
      "A whole number beyond ±9007199254740991, or a number beyond the range of a double: its digits would change silently.",
    de: "Eine Zahl ist zu groß, um sie ohne Verlust zu übernehmen.",
    en: "A number is too large to be kept without losing digits.",
    help: {
      de: "Die Zahl als Text in Anführungszeichen senden.",
      en: "Send the number as text in quotation marks.",
    },
  },
  duplicate_conflict: {
    meaning: "A case with this id exists already and its content is not the same.",
    de: "Diese Nummer gibt es schon, aber mit anderem Inhalt.",
    en: "This number exists already, with other content.",
    help: {
      de: "Prüfen, welcher Stand gilt. Ist es ein neuer Vorgang, braucht er eine eigene Nummer.",
      en: "Find out which version is right. A new case needs a number of its own.",
    },
  },
  attachment_too_large: {
    meaning: "An attachment is over its size limit.",
    de: "Ein Anhang ist zu groß.",
    en: "An attachment is too large.",
    help: { de: "Den Anhang verkleinern oder aufteilen.", en: "Make the attachment smaller, or split it." },
  },
} as const satisfies Record<string, Reason>;

export type QuarantineReason = keyof typeof QUARANTINE_REASONS;

/** A reason with a sentence about this very record; the sentence names places and counts, never content. */
export interface RecordProblem {
  reason: QuarantineReason;
  message: string;
}
