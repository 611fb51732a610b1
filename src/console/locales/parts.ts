/** Texts of parts that several pages share beside the frame: charts, lists, what may be copied once. */
import { words } from "./words.ts";

export const PARTS = words({
  asTable: { de: "Als Tabelle", en: "As a table" },
  asChart: { de: "Als Diagramm", en: "As a chart" },
  asPicture: { de: "Als Bild", en: "As a picture" },
  asCsv: { de: "Als CSV speichern", en: "Save as CSV" },
  shownOnce: {
    de: "Das wird nur dieses eine Mal gezeigt. Kopieren Sie es jetzt an einen sicheren Ort.",
    en: "This is shown this once only. Copy it to a safe place now.",
  },
  copy: { de: "Kopieren", en: "Copy" },
  copied: { de: "Kopiert", en: "Copied" },
  done: { de: "Fertig", en: "Done" },
  look: { de: "Ansehen", en: "Look" },
  open: { de: "Öffnen", en: "Open" },
  edit: { de: "Bearbeiten", en: "Edit" },
  none: { de: "keine", en: "none" },
  everyWorkflow: { de: "ganze Installation", en: "whole installation" },
  you: { de: "Sie", en: "you" },
  reason: { de: "Begründung", en: "Reason" },
  needsSecond: { de: "braucht eine zweite Person", en: "needs a second person" },
});
