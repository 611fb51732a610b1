/** Texts of the page Quality. */
import { words } from "../../locales/words.ts";

export const QUALITY = words({
  title: { de: "Qualität", en: "Quality" },
  what: {
    de: "Was ohne Prüfung hinausgehen darf, woran das gemessen ist, und wo Menschen anders entscheiden.",
    en: "What may go out without review, what that is measured by, and where people decide otherwise.",
  },

  "to.gates": { de: "Gates", en: "Gates" },
  "to.standing": { de: "Allein hinaus", en: "Out alone" },
  "to.thresholds": { de: "Schwelle", en: "Threshold" },
  "to.errors": { de: "Fehler", en: "Errors" },
  "to.disagreements": { de: "Anders entschieden", en: "Decided otherwise" },
  "to.calibration": { de: "Konfidenz", en: "Confidence" },
  "to.runs": { de: "Prüfläufe", en: "Evaluation runs" },
  "to.comparison": { de: "Vergleich", en: "Comparison" },

  standing: { de: "Was allein hinausgehen darf", en: "What may go out alone" },
  standingNone: {
    de: "Noch hat kein KI-Release Vorgänge. Sobald eines einen Anteil hat und Menschen seine Ausgaben prüfen, steht hier, was es beweisen konnte.",
    en: "No AI release has cases yet. Once one has a share and people review what it says, this shows what it could prove.",
  },
  inForce: { de: "zertifiziert", en: "certified" },
  allReviewed: { de: "alles wird geprüft", en: "all reviewed" },
  noCertificate: {
    de: "Es gibt noch kein Zertifikat: Menschen prüfen jeden Vorgang.",
    en: "There is no certificate yet: people review every case.",
  },
  certified: {
    de: "Ab Konfidenz {at} darf ein Vorgang allein hinaus: {coverage} der Vorgänge, mit höchstens {bound} falschen. Gültig bis {until}.",
    en: "From confidence {at} on a case may go out alone: {coverage} of the cases, with at most {bound} wrong. Valid until {until}.",
  },
  lapsed: {
    de: "Das letzte Zertifikat (ab {at}) gilt seit {until} nicht mehr; Menschen prüfen jeden Vorgang. Grund:",
    en: "The last certificate (from {at} on) holds no longer since {until}; people review every case. Reason:",
  },
  watched: {
    de: "Seitdem beobachtet: {errors} von {labels} geprüften Vorgängen falsch, die Quote liegt zwischen {lower} und {upper}. Bricht es sein Versprechen, endet es von selbst.",
    en: "Watched since: {errors} of {labels} labelled cases wrong, the rate lies between {lower} and {upper}. If it breaks its promise it ends by itself.",
  },
  perCategory: { de: "je Kategorie", en: "by category" },
  renewal: { de: "Belege für die Erneuerung", en: "Evidence for its renewal" },
  untilNow: { de: "Bis zum nächsten Zertifikat", en: "Until the next certificate" },
  afterChange: { de: "Nach einem Wechsel des Releases", en: "After a change of the release" },
  days: {
    de: "etwa {median, plural, one {# Tag} other {# Tage}} (in neun von zehn Fällen höchstens {likely})",
    en: "about {median, plural, one {# day} other {# days}} (in nine of ten cases {likely} at most)",
  },
  atOnce: { de: "sind schon da", en: "are there already" },
  noLabels: {
    de: "unbekannt: in zwei Wochen kam keine ausgeloste Prüfung",
    en: "unknown: no coin label came in two weeks",
  },
  tooManyErrors: {
    de: "nicht absehbar: beim jetzigen Anteil an Fehlern lässt es sich nicht beweisen",
    en: "not in sight: at the share of errors of now it cannot be proved",
  },
  basisCertificate: {
    de: "Gerechnet mit {labels} ausgelosten Prüfungen am Tag und den Zahlen des Zertifikats: {coverage} sicher genug, davon {errors} falsch.",
    en: "Reckoned with {labels} coin labels a day and the figures of the certificate: {coverage} sure enough, of those {errors} wrong.",
  },
  basisAssumed: {
    de: "Gerechnet mit {labels} ausgelosten Prüfungen am Tag; angenommen sind {coverage} sicher genug, davon {errors} falsch.",
    en: "Reckoned with {labels} coin labels a day; assumed are {coverage} sure enough, of those {errors} wrong.",
  },

  thresholds: { de: "Schwelle mit Vorschau", en: "Threshold with preview" },
  thresholdsNone: {
    de: "Noch hat das Release keinen Vorgang beantwortet, der zählt. Danach steht hier, was jede Schwelle hinausließe und welche Warteschlange bliebe.",
    en: "The release has answered no case that counts yet. After that this shows what each threshold would let out and which queue would be left.",
  },
  missing: {
    de: "Für ein Zertifikat fehlen noch etwa {missing} geprüfte Vorgänge ({labels} sind da).",
    en: "For a certificate about {missing} labelled cases are missing ({labels} are there).",
  },
  sealed: {
    de: "{labels} geprüfte Vorgänge reichen für einen Blick. Was er findet, sagt erst der Blick selbst: Wer vorher hinsieht, könnte auf einen glücklichen Moment warten.",
    en: "{labels} labelled cases suffice for a look. What it finds only the look itself tells: whoever sees it before could wait for a lucky moment.",
  },
  wouldCertify: {
    de: "Jetzt ließe sich {at} zertifizieren: {coverage} der Vorgänge, höchstens {bound} falsch.",
    en: "{at} could be certified now: {coverage} of the cases, at most {bound} wrong.",
  },
  wouldNot: {
    de: "Jetzt ließe sich nichts zertifizieren; es fehlen etwa {more} geprüfte Vorgänge.",
    en: "Nothing could be certified now; about {more} labelled cases are missing.",
  },
  wouldNever: {
    de: "Jetzt ließe sich nichts zertifizieren, und mehr Prüfungen helfen nicht: Auch unter den sichersten Vorgängen sind zu viele falsch.",
    en: "Nothing could be certified now, and more labels will not help: among the surest cases, too, too many are wrong.",
  },
  threshold: { de: "Schwelle", en: "Threshold" },
  thresholdCalibrated: { de: "Schwelle (kalibriert)", en: "Threshold (calibrated)" },
  everyCase: { de: "alles prüfen", en: "review all" },
  coverage: { de: "Allein hinaus", en: "Out alone" },
  labels: { de: "Geprüft", en: "Labelled" },
  mayBeWrong: { de: "Davon falsch sein dürfen", en: "Of those may be wrong" },
  tooFew: { de: "zu wenige", en: "too few" },
  wrong: { de: "Falsch waren", en: "Were wrong" },
  ofN: { de: "{errors} von {n}", en: "{errors} of {n}" },
  range: { de: "({lower} bis {upper})", en: "({lower} to {upper})" },
  reviewsPerDay: { de: "Prüfungen am Tag", en: "Reviews a day" },
  minutesPerDay: { de: "Minuten am Tag", en: "Minutes a day" },
  people: { de: "Personen", en: "People" },
  reviewCost: { de: "Kosten am Tag", en: "Cost a day" },
  assumes: {
    de: "Angenommen sind {cases} Vorgänge am Tag und Autonomie {autonomy}; ausgeloste Vorgänge werden immer geprüft.",
    en: "Assumed are {cases} cases a day and autonomy {autonomy}; cases drawn by a coin are always reviewed.",
  },
  modelCost: {
    de: "Die Modelle kosten dabei etwa {amount} {currency} am Tag, bei jeder Schwelle.",
    en: "The models cost about {amount} {currency} a day, at every threshold.",
  },
  seenAtLook: {
    de: "Was falsch war, ist vom letzten Blick.",
    en: "What was wrong is as the last look saw it.",
  },
  "if.threshold": { de: "Weitere Schwelle (0 bis 1)", en: "One more threshold (0 to 1)" },
  "if.minutes": { de: "Minuten je Vorgang", en: "Minutes a case" },
  "if.hourlyCost": { de: "Kosten einer Stunde", en: "Cost of an hour" },
  notNumber: { de: "Eine Zahl von 0 bis {most}", en: "A number from 0 to {most}" },
  showWrong: { de: "Zeigen, was falsch war", en: "Show what was wrong" },
  showWrongWhat: {
    de: "Danach sieht jeder hier laufend, was falsch war. Zertifikate dieses Releases werden dann so geprüft, dass das Hinsehen nichts verfälscht; dafür braucht es bis zu doppelt so viele geprüfte Vorgänge. Das lässt sich nicht zurücknehmen.",
    en: "After that everybody sees here at all times what was wrong. Certificates of this release are then tested so that looking distorts nothing; that takes up to twice as many labelled cases. It cannot be taken back.",
  },

  bounds: { de: "Fehler über die Zeit", en: "Errors over time" },
  boundsName: { de: "Fehlerquote nach Wochen", en: "Error rate by week" },
  boundsNone: {
    de: "Noch ist nichts allein hinausgegangen. Danach steht hier jede Woche, wie viel davon falsch war, gemessen an ausgelosten Vorgängen.",
    en: "Nothing has gone out alone yet. After that this shows for each week how much of it was wrong, measured by cases drawn by a coin.",
  },
  boundsReading: {
    de: "{errors} von {labels} ausgelosten Vorgängen waren falsch, die sonst allein hinausgegangen wären: zwischen {lower} und {upper}; erlaubt sind {target}. Allein gingen {alone} hinaus.",
    en: "{errors} of {labels} cases drawn by a coin were wrong that would have gone out alone: between {lower} and {upper}; allowed are {target}. {alone} went out alone.",
  },
  week: { de: "Woche ab", en: "Week from" },
  errorRate: { de: "Fehlerquote in %", en: "Error rate in %" },
  exactUpper: { de: "exakte obere Grenze (80 %)", en: "exact upper bound (80 %)" },
  alwaysUpper: { de: "jederzeit gültige obere Grenze (95 %)", en: "always-valid upper bound (95 %)" },
  allowed: { de: "erlaubt", en: "allowed" },
  expected: {
    de: "Allein aus der kalibrierten Konfidenz wären {rate} von {cases} Vorgängen zu erwarten; das sieht nicht, wenn sich ändert, was richtig ist.",
    en: "By calibrated confidence alone {rate} of {cases} cases would be expected; that cannot see a change of what is right.",
  },
  expectedBroken: {
    de: "Die Prüfungen widersprechen dem: neu kalibrieren.",
    en: "The labels contradict it: calibrate anew.",
  },

  disagreements: { de: "Wo Menschen anders entscheiden", en: "Where people decide otherwise" },
  disagreementsNone: {
    de: "In den letzten 90 Tagen hat niemand anders entschieden als das Release.",
    en: "In the last 90 days nobody decided otherwise than the release.",
  },
  noCategory: { de: "ohne Kategorie", en: "no category" },
  case: { de: "Vorgang", en: "Case" },
  said: { de: "Das Release sagte", en: "The release said" },
  differIn: { de: "Anders bei", en: "Otherwise in" },
  rejected: { de: "abgelehnt", en: "rejected" },
  confidence: { de: "Konfidenz", en: "Confidence" },
  asked: { de: "Geprüft als", en: "Labelled as" },
  at: { de: "Wann", en: "When" },
  "source.cold": { de: "kalter Vorgang", en: "cold case" },
  "source.qa": { de: "Stichprobe", en: "quality sample" },
  "source.review": { de: "Prüfung", en: "review" },
  "source.second_review": { de: "zweite Prüfung", en: "second review" },

  calibration: { de: "Wie weit der Konfidenz zu trauen ist", en: "How far confidence can be believed" },
  calibrationNone: {
    de: "Noch nicht kalibriert: Schwellen sind die Konfidenz des Modells selbst. Eine Kalibrierung macht sie lesbar: 0,9 heißt dann, dass neun von zehn stimmen.",
    en: "Not calibrated yet: thresholds are the model's own confidence. Calibration makes them readable: 0.9 then means that nine of ten are right.",
  },
  calibrationWhat: {
    de: "Kalibrieren ändert keine Reihenfolge und macht kein Release besser. Gemessen an Vorgängen, mit denen nicht angepasst wurde; die Werte fallen bei wenigen Prüfungen zu hoch aus.",
    en: "Calibration changes no order and makes no release better. Measured on cases that were not used for fitting; with few labels the errors come out too high.",
  },
  "method.temperature": {
    de: "Temperatur {temperature}, angepasst an {labels} Prüfungen ({right} richtig) am {day}.",
    en: "Temperature {temperature}, fitted on {labels} labels ({right} right) on {day}.",
  },
  "method.isotonic": {
    de: "Steigende Stufen, angepasst an {labels} Prüfungen ({right} richtig) am {day}.",
    en: "Rising steps, fitted on {labels} labels ({right} right) on {day}.",
  },
  reliability: { de: "Gesagt und richtig in %", en: "Said and right in %" },
  reliabilityReading: {
    de: "{n} Prüfungen in {bins} gleich großen Gruppen: Stimmt die Konfidenz, enden die Balken an der Linie.",
    en: "{n} labels in {bins} groups of equal size: where confidence is right the bars end at the line.",
  },
  wasRight: { de: "richtig in %", en: "right in %" },
  saidRight: { de: "mittlere Konfidenz in %", en: "mean confidence in %" },
  before: { de: "des Modells selbst", en: "the model's own" },
  after: { de: "kalibriert", en: "calibrated" },
  ece: { de: "Abweichung (ECE)", en: "Error (ECE)" },
  eceEqual: { de: "in gleichen Gruppen", en: "in equal groups" },
  fit: { de: "Kalibrieren", en: "Calibrate" },
  fitWhat: {
    de: "Angepasst wird an ein Viertel der ausgelosten Prüfungen; es zählt danach für kein Zertifikat. Die nächsten Zertifikate gehen nach der kalibrierten Konfidenz, bestehende bleiben, wie sie sind.",
    en: "It is fitted on a quarter of the coin labels, which then counts for no certificate. The next certificates go by the calibrated confidence, existing ones stay as they are.",
  },
});
