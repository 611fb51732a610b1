/**
 * What went wrong, in German, by code: what it means and what to do.
 *
 * The program's own messages are English and more exact; German readers see these sentences first and the message beside
 * them. A code without its sentence does not compile.
 */
import type { ErrorCode } from "../../contract/errors.ts";

export const GERMAN_ERRORS: Readonly<Record<ErrorCode, string>> = {
  bad_request:
    "Die Eingabe passt nicht zu dem, was hier erwartet wird. Es wurde nichts geändert. Bitte prüfen Sie die Angaben.",
  bad_json: "Die Anfrage war nicht lesbar. Es wurde nichts geändert.",
  bad_input: "Der Eingang erfüllt die Vorgaben nicht und liegt in der Quarantäne.",
  bad_output:
    "Die Antwort passt nicht zu den Vorgaben des Ergebnisses. Bitte prüfen Sie die markierten Felder; was Sie getippt haben, ist noch da.",
  definition_invalid: "Die Beschreibung des Workflows oder des Releases hat Fehler.",
  unauthenticated: "Die Anmeldung hat nicht geklappt oder ist abgelaufen. Bitte melden Sie sich an.",
  forbidden: "Das dürfen Sie hier nicht, oder es braucht eine andere Person dazu.",
  not_found: "Das gibt es nicht, oder Sie dürfen es nicht sehen.",
  conflict: "Das widerspricht dem, was schon gespeichert ist. Es wurde nichts geändert.",
  wrong_state:
    "Das geht in diesem Stand nicht mehr. Vielleicht war jemand schneller; laden Sie die Seite neu.",
  lease_lost:
    "Ihre Zeit für diesen Vorgang war um, oder jemand anderes hat ihn jetzt. Ihr Urteil zählt nicht, Ihr Text ist hier noch da. Übernehmen Sie den Vorgang erneut, wenn er noch wartet.",
  second_person_needed:
    "Die Änderung wartet auf eine zweite Person; allein können Sie sie nicht in Kraft setzen.",
  too_large: "Das ist größer als erlaubt. Es wurde nichts gespeichert.",
  unsupported_media_type: "Diese Art von Inhalt wird hier nicht gelesen.",
  personal_data_refused:
    "Die Eingabe enthält Kennungen, die nach den Datenregeln kein Modell bekommen darf. Es wurde nichts gefragt.",
  budget_spent: "Das Budget für Modellaufrufe lässt diesen Aufruf nicht mehr zu. Es wurde nichts gefragt.",
  too_many_requests: "Das waren zu viele Versuche in kurzer Zeit. Bitte warten Sie einen Moment.",
  intake_stopped: "Der Workflow nimmt zurzeit keine neuen Vorgänge an.",
  internal:
    "Ein Fehler in Pilotage. Bitte versuchen Sie es noch einmal; bleibt es dabei, sagen Sie dem Betrieb Bescheid.",
  database_unavailable:
    "Die Datenbank ist gerade nicht erreichbar. Es wurde nichts gespeichert. Bitte versuchen Sie es gleich noch einmal.",
  settings_invalid: "Eine Einstellung des Programms ist falsch. Das kann nur der Betrieb beheben.",
  master_key_wrong:
    "Der Hauptschlüssel passt nicht zu dieser Installation. Das kann nur der Betrieb beheben.",
  audit_key_wrong: "Der Schlüssel des Prüfprotokolls passt nicht. Das kann nur der Betrieb beheben.",
  data_home_unusable: "Der Datenordner ist nicht nutzbar. Das kann nur der Betrieb beheben.",
  model_unavailable: "Das Modell antwortet gerade nicht. Bitte versuchen Sie es später noch einmal.",
  model_refused: "Der Anbieter des Modells hat die Anfrage abgelehnt.",
  model_bad_answer: "Das Modell hat unbrauchbar geantwortet.",
  delivery_failed: "Das Ziel hat die Zustellung nicht angenommen; sie wird noch einmal versucht.",
  delivery_refused:
    "Das Ziel hat die Zustellung endgültig abgelehnt; sie lässt sich unter Betrieb erneut senden.",
  backup_failed: "Die Sicherung ist misslungen.",
  backup_unusable: "Die Sicherung ist nicht verwendbar.",
  restore_failed: "Die Wiederherstellung ist abgebrochen.",
  feed_unreadable: "Die Quelle des Zuflusses ist nicht lesbar.",
};
