/** Texts of the canary and of the end of models. */
import { words } from "../../locales/words.ts";

export const CANARY = words({
  head: { de: "Noch dasselbe?", en: "Still the same?" },
  never: { de: "wird nicht gefragt", en: "not asked" },
  notYet: { de: "noch nicht gefragt", en: "not asked yet" },
  next: { de: "zum ersten Mal", en: "for the first time" },
  "is.baseline": { de: "seine Antworten sind bekannt", en: "its answers are known" },
  "is.same": { de: "dasselbe Modell", en: "the same model" },
  "is.changed": { de: "ein anderes Modell", en: "another model" },
  "is.inconclusive": { de: "nicht feststellbar", en: "cannot be told" },
  differ: {
    de: "{differing, plural, =0 {keine} one {eine} other {#}} von {compared, number} Antworten anders",
    en: "{differing, plural, =0 {none} one {one} other {#}} of {compared, number} answers differ",
  },
  answersAs: { de: "antwortet als", en: "answers as" },
  "because.no_questions": {
    de: "das Release hat keine Beispiele, mit denen der Dienst gefragt werden könnte",
    en: "the release has no examples with which the service could be asked",
  },
  "because.breaker_open": { de: "es ruht gerade", en: "it is left alone at present" },
  "because.budget_spent": {
    de: "das Budget der Verbindung ist verbraucht",
    en: "the budget of the connection is spent",
  },
  "because.answers_vary": {
    de: "es antwortet jedes Mal anders; verglichen werden nur Name und Version",
    en: "it answers otherwise each time; only name and version are compared",
  },
  failed: { de: "keine Antwort ({because})", en: "no answer ({because})" },
  "changed.name": { de: "anderer Name, bemerkt {at}", en: "another name, noticed {at}" },
  "changed.version": { de: "andere Version, bemerkt {at}", en: "another version, noticed {at}" },
  "changed.behaviour": { de: "antwortet anders, bemerkt {at}", en: "answers otherwise, noticed {at}" },
  asked: { de: "zuletzt gefragt", en: "last asked" },
  retires: { de: "Abschaltung", en: "Retires" },
  retiresIn: {
    de: "{days, plural, =0 {heute} one {morgen} other {in # Tagen}}, {day}",
    en: "{days, plural, =0 {today} one {tomorrow} other {in # days}}, {day}",
  },
  retired: { de: "abgeschaltet seit {day}", en: "retired since {day}" },
});
