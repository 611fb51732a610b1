/** Texts of the viewer of attachments. */
import { words } from "./words.ts";

export const ATTACHMENTS = words({
  title: { de: "Anhänge", en: "Attachments" },
  open: { de: "{name} ansehen", en: "View {name}" },
  save: { de: "Herunterladen", en: "Download" },
  leave: { de: "Esc schließt den Anhang.", en: "Esc closes the attachment." },
  text: { de: "Text von Seite {page}", en: "Text of page {page}" },
  noText: {
    de: "Diese Seite hat keine Textebene, vermutlich ist sie gescannt.",
    en: "This page has no text layer; it is probably a scan.",
  },
  page: { de: "Seite {page} von {pages}", en: "Page {page} of {pages}" },
  image: { de: "Bild aus dem Anhang {name}", en: "Picture of the attachment {name}" },
  unknown: {
    de: "Diese Art von Datei wird hier nicht gezeigt. Sie können sie herunterladen; öffnen Sie nur, was Sie erwarten.",
    en: "This kind of file is not shown here. You can download it; open only what you expect.",
  },
  broken: {
    de: "Die Datei lässt sich nicht lesen. Sie ist beschädigt oder geschützt.",
    en: "The file cannot be read. It is damaged or protected.",
  },
});
