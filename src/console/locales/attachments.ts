/** Texts of the viewer of attachments. */
import { words } from "./words.ts";

export const ATTACHMENTS = words({
  title: { de: "Anhänge", en: "Attachments" },
  save: { de: "Herunterladen", en: "Download" },
  seen: { de: "angesehen", en: "looked at" },
  notSeen: { de: "noch nicht angesehen", en: "not looked at yet" },
  escCloses: { de: "Esc schließt den Anhang.", en: "Esc closes the attachment." },
  escToForm: { de: "Esc führt zum Formular.", en: "Esc leads to the form." },
  escToList: { de: "Esc führt zur Liste.", en: "Esc leads to the list." },
  loading: { de: "{name} wird geladen.", en: "{name} is being loaded." },
  previousPage: { de: "Vorige Seite", en: "Previous page" },
  nextPage: { de: "Nächste Seite", en: "Next page" },
  smaller: { de: "Kleiner", en: "Smaller" },
  larger: { de: "Größer", en: "Larger" },
  size: { de: "{size, number} %", en: "{size, number} %" },
  text: { de: "Text von Seite {page}", en: "Text of page {page}" },
  noText: {
    de: "Diese Seite hat keine Textebene, vermutlich ist sie gescannt.",
    en: "This page has no text layer; it is probably a scan.",
  },
  page: { de: "Seite {page} von {pages}", en: "Page {page} of {pages}" },
  image: { de: "Bild aus dem Anhang {name}", en: "Picture of the attachment {name}" },
  imageNoText: { de: "Zu einem Bild gibt es keinen Text.", en: "There is no text to a picture." },
  place: {
    de: "In {name}, Seite {page, number}, Zeile {line, number}",
    en: "In {name}, page {page, number}, line {line, number}",
  },
  unknown: {
    de: "Diese Art von Datei wird hier nicht gezeigt. Sie können sie herunterladen; öffnen Sie nur, was Sie erwarten.",
    en: "This kind of file is not shown here. You can download it; open only what you expect.",
  },
  broken: {
    de: "Die Datei lässt sich nicht zeigen. Sie ist beschädigt, geschützt oder etwas anderes, als ihr Name sagt.",
    en: "The file cannot be shown. It is damaged, protected, or something else than its name says.",
  },
  pageBroken: {
    de: "Diese Seite lässt sich nicht zeichnen. Hat sie Text, steht er daneben.",
    en: "This page cannot be drawn. If it has text, that stands beside it.",
  },
  late: {
    de: "Der Anhang braucht ungewöhnlich lange und ist noch nicht zu sehen. Sie können warten oder ohne ihn entscheiden.",
    en: "The attachment takes unusually long and is not to be seen yet. You can wait, or decide without it.",
  },
});
