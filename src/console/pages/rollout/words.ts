/** Texts of the page of a rollout. */
import type { HoldReason, Move, RolloutState } from "../../../contract/rollout.ts";
import { words, type Text } from "../../locales/words.ts";

export const ROLLOUT = words({
  title: { de: "Rollout", en: "Rollout" },
  noWorkflow: { de: "Noch kein Workflow", en: "No workflow yet" },
  none: { de: "Noch kein Rollout", en: "No rollout yet" },
  noneWhat: {
    de: "Ein Rollout bringt ein Release Stufe für Stufe zu den Vorgängen: erst im Schatten, dann mit einem wachsenden Anteil. Wächter nehmen es von selbst zurück, wenn es schlechter ist; vorwärts gehen zwei Personen, und nur mit Belegen.",
    en: "A rollout brings a release to its cases stage by stage: first in shadow, then with a growing share. Guards take it out by themselves when it is worse; forward go two people, and only on evidence.",
  },
  start: { de: "Rollout beginnen", en: "Start a rollout" },
  aloneAfter: {
    de: "Was das neue Release beantwortet, wird erst geprüft: ein eigenes Zertifikat braucht etwa {median, plural, one {# Tag} other {# Tage}} (in neun von zehn Fällen höchstens {likely}).",
    en: "What the new release answers is reviewed at first: a certificate of its own takes about {median, plural, one {# day} other {# days}} (in nine of ten cases {likely} at most).",
  },
  aloneUnknown: {
    de: "Was das neue Release beantwortet, wird erst geprüft; wie lange, lässt sich nicht absehen.",
    en: "What the new release answers is reviewed at first; for how long cannot be told.",
  },
  startWhat: {
    de: "Vereinbaren Sie vorher, was gilt. Während der Rollout läuft, lässt sich das nicht mehr ändern.",
    en: "Agree beforehand what counts. While the rollout runs it cannot be changed.",
  },
  noRelease: {
    de: "Es gibt noch kein fertiges Release. Sobald eines veröffentlicht ist, kann es hier beginnen.",
    en: "There is no ready release yet. Once one is published it can begin here.",
  },
  release: { de: "Release", en: "Release" },
  ceiling: { de: "Höchste Fehlerquote in %", en: "Highest error rate in %" },
  ceilingWhat: {
    de: "Darüber wird es zurückgenommen; darunter muss es sich beweisen, bevor es weitergeht.",
    en: "Above it the release is taken out; it must prove to be below it before it goes on.",
  },
  latency: {
    de: "Höchste Antwortzeit in Sekunden (frei: nicht beachtet)",
    en: "Longest answer in seconds (empty: not watched)",
  },
  inFlight: { de: "Begonnene Vorgänge nach einer Rücknahme", en: "Cases under way after a rollback" },
  "inFlight.review": { de: "gehen alle zu Menschen", en: "all go to people" },
  "inFlight.finish": { de: "laufen zu Ende", en: "end as they would have" },
  notPercent: { de: "Eine Zahl zwischen 0,01 und 50", en: "A number between 0.01 and 50" },
  started: { de: "Der Rollout hat begonnen.", en: "The rollout has begun." },

  stages: { de: "Stufen", en: "Stages" },
  "stage.shadow": { de: "Schatten", en: "Shadow" },
  "stage.team": { de: "Team {team}", en: "Team {team}" },
  stageDone: { de: "vorbei", en: "passed" },
  stageHere: { de: "hier", en: "here" },
  stageNext: { de: "danach", en: "to come" },
  stageLast: { de: "hier beendet", en: "ended here" },
  stageNever: { de: "nicht erreicht", en: "not reached" },
  since: { de: "seit {since}", en: "since {since}" },
  control: { de: "Daneben: {control}", en: "Beside it: {control}" },
  people: { de: "Menschen ohne KI", en: "people without AI" },
  agreed: {
    de: "Vereinbart: höchstens {ceiling} Fehler, mindestens {labelled} geprüfte Vorgänge, bevor es weitergeht{latency, select, none {} other {, Antwort in {latency}}}; nach einer Rücknahme {inFlight, select, review {gehen begonnene Vorgänge an Menschen} other {laufen begonnene Vorgänge zu Ende}}.",
    en: "Agreed: {ceiling} errors at most, {labelled} reviewed cases at least before it goes on{latency, select, none {} other {, an answer within {latency}}}; after a rollback cases under way {inFlight, select, review {go to people} other {end as they would have}}.",
  },
  seconds: { de: "{n} s", en: "{n} s" },
  releaseOf: { de: "{id}, {when}", en: "{id}, {when}" },

  next: { de: "Wie es weitergeht", en: "What happens next" },
  "may.ready": {
    de: "Die Belege reichen: Zwei Personen können die nächste Stufe freigeben.",
    en: "The evidence suffices: two people can let it go on.",
  },
  "may.undecided": {
    de: "Unentschieden: Die Fehlerquote liegt zwischen {lower} und {upper}, die Grenze bei {ceiling}. Mehr geprüfte Vorgänge klären es, oder zwei Personen nehmen es auf sich.",
    en: "Undecided: the error rate lies between {lower} and {upper}, the ceiling at {ceiling}. More reviewed cases settle it, or two people take it on themselves.",
  },
  "may.undecidedInShadow": {
    de: "Unentschieden. Abwarten klärt es, oder zwei Personen nehmen es auf sich:",
    en: "Undecided. Waiting settles it, or two people take it on themselves:",
  },
  "may.hold": { de: "Noch nicht:", en: "Not yet:" },
  "may.none": { de: "Noch hat das Release keinen Vorgang bekommen.", en: "The release has had no case yet." },
  waits: {
    de: "Eine zweite Person muss zustimmen (Einstellungen, Änderungen).",
    en: "A second person has to approve (Settings, changes).",
  },
  forecast: { de: "Wann ein schlechteres Release auffällt", en: "When a worse release is noticed" },
  forecastWhat: {
    de: "Bei {labels, number} geprüften Vorgängen am Tag und {baseline} Fehlern heute:",
    en: "At {labels, number} reviewed cases a day and {baseline} errors today:",
  },
  forecastNone: {
    de: "Ohne geprüfte Vorgänge fällt nichts auf: In den letzten 14 Tagen gab es keinen, der zählt.",
    en: "Without reviewed cases nothing is noticed: in the last 14 days there was none that counts.",
  },
  found: { de: "{rate} Fehler: nach etwa {days}", en: "{rate} errors: after about {days}" },
  foundNot: {
    de: "{rate} Fehler: nicht in absehbarer Zeit",
    en: "{rate} errors: not in the foreseeable future",
  },
  days: {
    de: "{n, plural, one {einem Tag} other {# Tagen}}",
    en: "{n, plural, one {one day} other {# days}}",
  },
  underADay: { de: "weniger als einem Tag", en: "less than a day" },

  guards: { de: "Wächter", en: "Guards" },
  guardsWhat: {
    de: "Je Wächter: wie stark die Belege gegen das Release sind. An der Grenze greift er ein.",
    en: "For each guard: how strong the evidence against the release is. At the limit it steps in.",
  },
  "guard.quiet": { de: "ruhig", en: "quiet" },
  "guard.tripped": { de: "hat ausgelöst", en: "has tripped" },
  "guard.failed": { de: "Zahlen widersprechen sich", en: "counts contradict each other" },
  "guard.no-data": { de: "keine Daten", en: "no data" },
  "action.roll_back": { de: "nimmt zurück", en: "rolls back" },
  "action.hold": { de: "hält an", en: "holds" },
  evidence: { de: "{value} von {limit}", en: "{value} of {limit}" },
  candidate: {
    de: "Kandidat: {errors, number} von {n, number}",
    en: "Candidate: {errors, number} of {n, number}",
  },
  stable: {
    de: "daneben: {errors, number} von {n, number}",
    en: "beside it: {errors, number} of {n, number}",
  },

  way: { de: "Verlauf der Belege", en: "The way of the evidence" },
  labelled: { de: "Geprüfte Vorgänge", en: "Reviewed cases" },
  wayLine: {
    de: "Belege gegen das Release, Teil der Grenze in %",
    en: "Evidence against it, part of the limit in %",
  },
  wayLimit: { de: "Grenze", en: "Limit" },
  wayErrors: {
    de: "Nach {n, number} geprüften Vorgängen mit {errors, number} falschen: {evidence} von {limit}.",
    en: "After {n, number} reviewed cases, {errors, number} of them wrong: {evidence} of {limit}.",
  },
  wayPaired: {
    de: "Nach {n, number} Vorgängen, die beide beantwortet haben, {errors, number} davon nur hier falsch: {evidence} von {limit}.",
    en: "After {n, number} cases that both answered, {errors, number} of them wrong here alone: {evidence} of {limit}.",
  },
  pairs: {
    de: "Im Schatten verglichen: {n, number} Vorgänge. Nur dieses Release lag falsch in {onlyCandidate, number}, nur das feste in {onlyStable, number} (McNemar, p {p}).",
    en: "Compared in shadow: {n, number} cases. Only this release was wrong in {onlyCandidate, number}, only the stable one in {onlyStable, number} (McNemar, p {p}).",
  },
  pTiny: { de: "< 0,001", en: "< 0.001" },
  stableHas: {
    de: "Das stabile Release {release} hat einen eigenen Rollout.",
    en: "The stable release {release} has a rollout of its own.",
  },
  toStable: { de: "Zeigen; dort lässt es sich zurücknehmen", en: "Show it; it can be taken out there" },
  toNewest: { de: "Zum neuesten Rollout", en: "To the newest rollout" },
  heldInShadow: {
    de: "{release} steht im Schatten und geht nicht weiter.",
    en: "{release} stands in shadow and goes no further.",
  },
  pairsNone: {
    de: "Im Schatten ist noch kein Vorgang verglichen.",
    en: "No case has been compared in shadow yet.",
  },
  pairsPeople: {
    de: "Daneben arbeiten Menschen ohne KI: Im Schatten gibt es nichts zu vergleichen.",
    en: "Beside it people work without AI: in shadow there is nothing to compare with.",
  },
  "may.shadow": {
    de: "Zwei Personen können ihm die ersten Vorgänge geben.",
    en: "Two people can give it its first cases.",
  },
  "may.heldInShadow": {
    de: "Angehalten: Es wird nicht mehr gefragt, bis zwei Personen es auf sich nehmen oder jemand abbricht.",
    en: "Held: it is not asked any more until two people take that on themselves, or somebody ends it.",
  },
  inShadow: { de: "Im Schatten", en: "In shadow" },
  inStage: { de: "Mit einem Anteil von {share}", en: "With a share of {share}" },

  deliveredTitle: { de: "Was es zugestellt hat", en: "What it delivered" },
  unseen: {
    de: "{n, plural, one {Einen Vorgang hat} other {# Vorgänge hat}} noch niemand angesehen.",
    en: "{n, plural, one {One case has} other {# cases have}} been seen by nobody.",
  },
  recall: { de: "Nachprüfen lassen", en: "Have people look" },
  recallWhat: {
    de: "{n, plural, one {Ein Vorgang kommt} other {# Vorgänge kommen}} in den Eingang der Prüfenden. Sie bestätigen oder berichtigen, was zugestellt wurde. Bis dahin ändert sich nichts.",
    en: "{n, plural, one {One case comes} other {# cases come}} to the reviewers' inbox. They confirm or correct what was delivered. Until then nothing changes.",
  },
  recallSince: { de: "Nur zugestellt ab (frei: alle)", en: "Only delivered since (empty: all)" },
  recallFacet: { de: "Nur mit Merkmal (frei: alle)", en: "Only with this facet (empty: all)" },
  recallFacetForm: {
    de: "Name=Wert, etwa output.category=billing",
    en: "name=value, such as output.category=billing",
  },
  recallReason: { de: "Das Release wurde zurückgenommen", en: "The release was rolled back" },
  recalled: {
    de: "{n, plural, =0 {Nichts kam hinzu.} one {Ein Vorgang steht im Eingang.} other {# Vorgänge stehen im Eingang.}}",
    en: "{n, plural, =0 {Nothing came to it.} one {One case stands in the inbox.} other {# cases stand in the inbox.}}",
  },
  recallDone: { de: "Nachgeprüft", en: "Looked through" },
  recallCounts: {
    de: "{open, number} offen, {confirmed, number} bestätigt, {corrected, number} berichtigt",
    en: "{open, number} open, {confirmed, number} confirmed, {corrected, number} corrected",
  },

  history: { de: "Verlauf", en: "History" },
  at: { de: "Zeit", en: "Time" },
  what: { de: "Schritt", en: "Step" },
  who: { de: "Wer", en: "Who" },
  why: { de: "Grund", en: "Reason" },
  byProgram: { de: "das Programm", en: "the program" },
  two: { de: "{by} und {asked}", en: "{by} and {asked}" },
  agreesHead: { de: "Nachgerechnet", en: "Recomputed" },
  agrees: { de: "nachgerechnet", en: "recomputed" },
  differs: { de: "ergibt heute etwas anderes", en: "comes out differently now" },

  reason: { de: "Grund", en: "Reason" },
  undecided: {
    de: "Auch ohne Entscheidung der Belege weitergehen",
    en: "Go on although the evidence does not settle it",
  },
  asked: {
    de: "Angefragt. Es gilt, sobald eine zweite Person zustimmt.",
    en: "Asked for. It holds as soon as a second person approves.",
  },
  done: { de: "Erledigt.", en: "Done." },
  already: {
    de: "Das Release war schon zurückgenommen; mehr wurde nicht geändert.",
    en: "The release had been taken back already; nothing more was changed.",
  },
  delivered: {
    de: "{n, plural, =0 {Ausgeliefert hat es keinen Vorgang.} one {Ausgeliefert hat es einen Vorgang} other {Ausgeliefert hat es # Vorgänge}}{n, plural, =0 {} other {, {alone, number} davon ungeprüft.}}",
    en: "{n, plural, =0 {It delivered no case.} one {It delivered one case} other {It delivered # cases}}{n, plural, =0 {} other {, {alone, number} of them unreviewed.}}",
  },
  showDelivered: { de: "Diese Vorgänge ansehen", en: "Look at these cases" },
});

export const STATE_WORDS: Record<RolloutState, Text> = {
  draft: { de: "noch nicht begonnen", en: "not begun" },
  shadow: { de: "im Schatten", en: "in shadow" },
  running: { de: "läuft", en: "runs" },
  held: { de: "angehalten", en: "held" },
  promoted: { de: "übernommen", en: "promoted" },
  rolled_back: { de: "zurückgenommen", en: "rolled back" },
  aborted: { de: "abgebrochen", en: "aborted" },
};

export const STATE_SENTENCES: Record<RolloutState, Text> = {
  draft: { de: "{release} wartet auf die erste Stufe.", en: "{release} waits for its first stage." },
  shadow: {
    de: "{release} antwortet mit; niemand sieht oder nutzt die Antworten.",
    en: "{release} answers along; nobody sees or uses what it says.",
  },
  running: {
    de: "{release} bekommt {share} der neuen Vorgänge.",
    en: "{release} gets {share} of the new cases.",
  },
  held: {
    de: "{release} geht nicht weiter und bekommt {share} der neuen Vorgänge.",
    en: "{release} goes no further and gets {share} of the new cases.",
  },
  promoted: { de: "{release} ist jetzt das feste Release.", en: "{release} is the stable release now." },
  rolled_back: {
    de: "{release} wurde zurückgenommen; neue Vorgänge gehen an {control}.",
    en: "{release} was rolled back; new cases go to {control}.",
  },
  aborted: {
    de: "Der Rollout von {release} endete vor dem ersten Vorgang.",
    en: "The rollout of {release} ended before its first case.",
  },
};

export const HOLD_WORDS: Record<HoldReason, Text> = {
  "few-labels": { de: "zu wenige seiner Vorgänge sind geprüft", en: "too few of its cases are reviewed" },
  "few-pairs": {
    de: "zu wenige Vorgänge haben beide Releases beantwortet und Menschen geprüft",
    en: "too few cases were answered by both releases and reviewed",
  },
  "too-early": {
    de: "die Stufe dauerte noch nicht lange genug (mindestens einen Tag, vor allen Vorgängen eine Woche)",
    en: "the stage has not lasted long enough (a day at least, a week before all cases)",
  },
  "guard-tripped": { de: "ein Wächter hat ausgelöst", en: "a guard has tripped" },
  "guard-without-data": {
    de: "ein Wächter hat keine Daten, und das zählt nicht als gut",
    en: "a guard has no data, and missing is not passing",
  },
  "sample-ratio": {
    de: "die Vorgänge verteilen sich anders, als die Anteile sagen",
    en: "the arms got other parts of the cases than their shares say",
  },
  "label-gap": {
    de: "beide Seiten werden verschieden oft geprüft",
    en: "the arms are not checked equally often",
  },
  "data-health": {
    de: "ein Feed ist gestört oder der sichere Halt steht nicht auf normal",
    en: "a feed fails, or the safe-stop ladder does not stand at normal",
  },
};

/** On buttons, and in the history. */
export const MOVE_WORDS: Record<Move, Text> = {
  start: { de: "Begonnen", en: "Started" },
  advance: { de: "Nächste Stufe", en: "Next stage" },
  promote: { de: "Übernehmen", en: "Promote" },
  hold: { de: "Anhalten", en: "Hold" },
  resume: { de: "Weiterlaufen lassen", en: "Resume" },
  roll_back: { de: "Zurücknehmen", en: "Roll back" },
  abort: { de: "Abbrechen", en: "Abort" },
};

/** What follows from a step, before it is made. */
export const MOVE_SENTENCES: Record<Exclude<Move, "start">, Text> = {
  advance: {
    de: "Eine zweite Person muss zustimmen. Danach bekommt das Release den Anteil der nächsten Stufe.",
    en: "A second person has to approve. Then the release gets the share of the next stage.",
  },
  promote: {
    de: "Eine zweite Person muss zustimmen. Danach ist es das feste Release.",
    en: "A second person has to approve. Then it is the stable release.",
  },
  hold: {
    de: "Das Release behält seinen Anteil und geht nicht weiter, bis jemand es weiterlaufen lässt.",
    en: "The release keeps its share and goes no further until somebody lets it.",
  },
  resume: {
    de: "Nach einem Alarm muss eine zweite Person zustimmen; dieser Alarm hält dann nichts mehr an.",
    en: "After an alarm a second person has to approve; that alarm then holds nothing any more.",
  },
  roll_back: {
    de: "Gilt sofort und überall: Der nächste Vorgang geht an das Release davor.",
    en: "Holds at once and everywhere: the next case goes to the release before it.",
  },
  abort: {
    de: "Der Rollout endet, bevor das Release einen Vorgang bekommt.",
    en: "The rollout ends before the release gets a case.",
  },
};
