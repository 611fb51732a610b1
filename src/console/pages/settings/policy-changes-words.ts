/** Texts of data policies that wait for a second person. */
import { words } from "../../locales/words.ts";

export const POLICY_CHANGES = words({
  title: {
    de: "Datenregeln, die auf eine zweite Person warten",
    en: "Data policies that wait for a second person",
  },
  what: {
    de: "Lockerungen gelten erst, wenn eine zweite Person zustimmt; eine der beiden verantwortet Daten (Data Steward oder Compliance).",
    en: "What loosens holds only when a second person agrees; one of the two answers for data (steward or compliance).",
  },
  none: { de: "Keine wartet.", en: "None waits." },
  keeps: { de: "Bis dahin gelten die bisherigen Regeln.", en: "The policy of before holds until then." },
  held: { de: "Bis dahin wird das Modell nicht angeboten.", en: "The model is not offered until then." },
  own: { de: "Das wartet auf eine andere Person.", en: "This waits for another person." },
  approve: { de: "Zustimmen", en: "Approve" },
  approveOf: { de: "{model} zustimmen", en: "Approve {model}" },
  refuse: { de: "Ablehnen", en: "Refuse" },
  refuseOf: { de: "{model} ablehnen", en: "Refuse {model}" },
  takeBack: { de: "Zurücknehmen", en: "Take back" },
  takeBackOf: { de: "{model} zurücknehmen", en: "Take back {model}" },
  approveTitle: { de: "Diese Datenregeln in Kraft setzen?", en: "Put this data policy in force?" },
  approveWhat: {
    de: "{model}, beantragt von {by}: {would}. Das gilt sofort und steht mit beiden Namen im Protokoll.",
    en: "{model}, asked for by {by}: {would}. It holds at once and stands in the record with both names.",
  },
  approved: { de: "Die Datenregeln sind in Kraft.", en: "The data policy is in force." },
  refused: { de: "Die Lockerung ist abgelehnt.", en: "The looser data policy is refused." },
});
