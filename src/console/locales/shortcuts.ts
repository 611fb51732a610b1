/** What each shortcut does, for the list of keys. */
import { words } from "./words.ts";

export const SHORTCUTS = words({
  title: { de: "Tastenkürzel", en: "Keyboard shortcuts" },
  what: {
    de: "Die Buchstaben gelten, solange kein Textfeld den Fokus hat. Klicken Sie auf ein Kürzel und drücken Sie eine andere Taste, um es zu ändern.",
    en: "Letters work as long as no text field has the focus. Click on a shortcut and press another key to change it.",
  },
  off: {
    de: "Die Buchstabenkürzel sind ausgeschaltet; einschalten können Sie sie im Menü unter Ihrem Namen.",
    en: "The letter shortcuts are switched off; switch them on in the menu under your name.",
  },
  approve: { de: "Freigeben und weiter", en: "Approve and go on" },
  edit: { de: "Ändern: zum zweifelhaften Feld", en: "Edit: to the doubtful field" },
  reject: { de: "Zurückweisen", en: "Reject" },
  escalate: { de: "Weiterleiten", en: "Escalate" },
  ask: { de: "Rückfrage an den Absender", en: "Ask the sender" },
  snooze: { de: "Verschieben", en: "Snooze" },
  hide: { de: "Vorschlag verbergen oder zeigen", en: "Hide or show the suggestion" },
  next: { de: "Nächster Vorgang", en: "Next case" },
  previous: { de: "Voriger Vorgang", en: "Previous case" },
  whatNow: { de: "Sieht falsch aus, was nun?", en: "Looks wrong, what now?" },
  list: { de: "Diese Liste", en: "This list" },
  digits: { de: "Option oder Grund wählen", en: "Choose an option or a reason" },
  undo: { de: "Letztes Urteil zurücknehmen", en: "Take the last verdict back" },
  press: { de: "Taste drücken …", en: "Press a key …" },
  taken: { de: "Diese Taste ist schon vergeben.", en: "This key is taken already." },
  reset: { de: "Auf die Vorgabe zurücksetzen", en: "Back to the defaults" },
});
