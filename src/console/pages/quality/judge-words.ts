/** Texts of the dialog that judges a release by the criteria. */
import { words } from "../../locales/words.ts";

export const JUDGE = words({
  judge: { de: "Nach den Kriterien urteilen", en: "Judge by the criteria" },
  verb: { de: "Urteilen", en: "Judge" },
  what: {
    de: "Das Programm hält das Release gegen die festgeschriebenen Kriterien und bewahrt das Urteil mit allen Zahlen auf. Danach unterschreiben Inhaberschaft und Auftraggeberschaft auf der Seite des Gates. Ein neues Gate tritt an die Stelle des vorigen und beginnt ohne Unterschriften.",
    en: "The program holds the release against the frozen criteria and keeps the verdict with all its figures. After that owner and sponsor sign on the page of the gate. A new gate takes the place of the one before, and begins without signatures.",
  },
  release: { de: "Release", en: "Release" },
  noRelease: {
    de: "Kein Release ist bereit. Veröffentlichen Sie zuerst eines.",
    en: "No release is ready. Publish one first.",
  },
  set: { de: "Sammlung", en: "Set" },
  setWhat: { de: "Für Kriterien, die selbst keine nennen", en: "For criteria that name none themselves" },
  groups: { de: "Worüber", en: "About" },
  groupsWhat: {
    de: "Um den Schatten zu verlassen, genügt Leistung. Go unterschreiben lässt sich nur ein Gate über alles.",
    en: "To leave shadow, performance is enough. Go can be signed only to a gate about all of them.",
  },
  groupsNone: { de: "Wählen Sie wenigstens eines.", en: "Choose at least one." },
  criteria: { de: "Kriterien", en: "Criteria" },
  criteriaAre: {
    de: "{n, plural, one {Ein Kriterium} other {# Kriterien}} der Fassung {version}, festgeschrieben {when} von {who}.",
    en: "{n, plural, one {One criterion} other {# criteria}} of version {version}, frozen {when} by {who}.",
  },
  live: {
    de: "{n, plural, one {Eines davon folgt} other {# davon folgen}} aus laufenden Vorgängen, der Befragung oder dem Wort einer Person, so wie es jetzt steht.",
    en: "{n, plural, one {One of them follows} other {# of them follow}} from live cases, the pulse or a person's word, as it stands now.",
  },

  evidence: { de: "Gemessen an", en: "Measured by" },
  evidenceNone: {
    de: "Diese Kriterien brauchen keinen Prüflauf.",
    en: "These criteria need no evaluation run.",
  },
  newest: {
    de: "Es zählt der neueste Lauf über jede Sammlung, nie der beste.",
    en: "The newest run over each set counts, never the best.",
  },
  runOf: { de: "Lauf, gestartet {when}", en: "Run, started {when}" },
  looks: { de: "{looks} von {most} Blicken genutzt", en: "{looks} of {most} looks used" },
  looksWorn: {
    de: "{looks} Blicke, mehr als die erlaubten {most}: Das Urteil wird „nicht entschieden“. Eine frische Sammlung muss her.",
    en: "{looks} looks, more than the {most} allowed: the verdict will be inconclusive. It takes a fresh set.",
  },
  looksWhat: {
    de: "Jeder Lauf über eine versiegelte Sammlung ist ein Blick und wird gezählt, wer auch hinsieht und was auch herauskommt: Wer oft genug misst und nachbessert, trifft irgendwann genau diese Einträge. Nach {most} Blicken belegt sie nichts mehr. Urteilen über einen fertigen Lauf zählt keinen weiteren.",
    en: "Each run over a sealed set is a look and is counted, whoever looks and whatever comes out: whoever measures and mends often enough will fit these very items some day. After {most} looks it proves nothing more. Judging a finished run counts no further one.",
  },
  tuning: {
    de: "Eine Sammlung zum Abstimmen belegt nichts: Das Urteil wird „nicht entschieden“.",
    en: "A set for tuning proves nothing: the verdict will be inconclusive.",
  },
  noSet: {
    de: "Die Kriterien nennen sie, doch es gibt sie nicht. Legen Sie die Sammlung an, sonst ist das Urteil „nicht beurteilbar“.",
    en: "The criteria name it, but there is none. Make the set, or the release could not be judged.",
  },
  setGone: {
    de: "Für Kriterien, die selbst keine nennen: Die Sammlung dieses Laufs wurde entfernt oder ist älter als die aufgeführten. Urteilen Sie auf der Seite Qualität; dort lässt sich eine andere wählen.",
    en: "For criteria that name none themselves: the set of this run was removed, or is older than those listed. Judge on the page Quality, where another one can be chosen.",
  },
  "again.none": {
    de: "Das Release ist noch nie über sie gelaufen.",
    en: "The release was never run over it.",
  },
  "again.failed": { de: "Der neueste Lauf ist gescheitert.", en: "The newest run failed." },
  "again.early": {
    de: "Der neueste Lauf begann, bevor die Kriterien festgeschrieben wurden; er zählt nicht.",
    en: "The newest run began before the criteria were frozen; it does not count.",
  },
  "again.repeats": {
    de: "Die Kriterien brauchen {n, plural, other {# Antworten}} je Eintrag; der neueste Lauf fragte seltener.",
    en: "The criteria need {n, plural, other {# answers}} for each item; the newest run asked less often.",
  },
  "again.judges": {
    de: "Die Kriterien brauchen ein urteilendes Modell; im neuesten Lauf wurde es nicht gefragt.",
    en: "The criteria need a judging model; the newest run did not ask it.",
  },
  measure: { de: "Jetzt messen", en: "Measure now" },
  measureOf: { de: "Über {set} jetzt messen", en: "Measure over {set} now" },
  measureCounts: {
    de: "Das ist ein weiterer Blick und kostet so viel wie ebenso viele Vorgänge.",
    en: "That is one more look, and costs as much as so many cases.",
  },
  measureCosts: {
    de: "Das kostet so viel wie ebenso viele Vorgänge.",
    en: "That costs as much as so many cases.",
  },
  underWay: {
    de: "Solange ein Lauf nicht fertig ist, lässt sich nicht urteilen. Sie können das Fenster schließen; der Lauf geht weiter.",
    en: "Nothing can be judged while a run is under way. You can close this window; the run goes on.",
  },
  incomplete: {
    de: "Für wenigstens eine Sammlung fehlt ein Lauf.",
    en: "For at least one set there is no run.",
  },
  setsNone: {
    de: "Die Kriterien werden an einer Prüfsammlung gemessen, und es gibt noch keine.",
    en: "The criteria are measured with an evaluation set, and there is none yet.",
  },

  missing: { de: "Es sind keine Kriterien vereinbart", en: "No criteria are agreed" },
  missingWhat: {
    de: "Kriterien sagen, bevor gemessen wird, was ein Release zeigen muss. Vereinbaren Sie sie mit der Auftraggeberschaft; sie stehen in einer Datei neben workflow.yaml:",
    en: "Criteria say before anything is measured what a release must show. Agree on them with the sponsor; they stand in a file beside workflow.yaml:",
  },
  missingThen: {
    de: "Nennen Sie die Datei in workflow.yaml und bringen Sie sie in Kraft. Damit sind sie festgeschrieben; nur was danach gemessen wird, zählt:",
    en: "Name the file in workflow.yaml and put it in force. That freezes them; only what is measured after that counts:",
  },
  lacks: {
    de: "Go lässt sich danach noch nicht unterschreiben: Dem Workflow fehlen zwei verschiedene Personen für Inhaberschaft und Auftraggeberschaft (people in workflow.yaml).",
    en: "Go cannot be signed after that yet: the workflow lacks two different persons as owner and sponsor (people in workflow.yaml).",
  },
});
