/** Texts of operations: the ladder, queues, feeds, quarantine, dead letters. */
import { words, type Text } from "../../locales/words.ts";

export const OPERATIONS = words({
  title: { de: "Betrieb", en: "Operations" },
  calls: { de: "Aufrufe über den Endpunkt", en: "Calls over the endpoint" },
  headGood: {
    de: "Nichts ist gestört; {open, number} Vorgänge sind unterwegs.",
    en: "Nothing is wrong; {open, number} cases are under way.",
  },
  headTrouble: {
    de: "{trouble}. {open, number} Vorgänge sind unterwegs.",
    en: "{trouble}. {open, number} cases are under way.",
  },
  "trouble.rung": { de: "Sicherer Halt: {word}", en: "Safe-stop: {word}" },
  "trouble.requests": {
    de: "{n, plural, one {eine Bitte um Halt} other {# Bitten um Halt}}",
    en: "{n, plural, one {one request to stop} other {# requests to stop}}",
  },
  "trouble.workers": { de: "kein Worker läuft", en: "no worker runs" },
  "trouble.models": {
    de: "{n, plural, one {ein Modell ruht} other {# Modelle ruhen}}",
    en: "{n, plural, one {one model is left alone} other {# models are left alone}}",
  },
  "trouble.changed": {
    de: "{n, plural, one {ein Modell hat sich geändert} other {# Modelle haben sich geändert}}",
    en: "{n, plural, one {one model has changed} other {# models have changed}}",
  },
  "trouble.retires": {
    de: "{n, plural, one {ein Modell wird abgeschaltet} other {# Modelle werden abgeschaltet}}",
    en: "{n, plural, one {one model retires} other {# models retire}}",
  },
  "trouble.feeds": {
    de: "{n, plural, one {ein Feed gestört} other {# Feeds gestört}}",
    en: "{n, plural, one {one feed fails} other {# feeds fail}}",
  },
  "trouble.dead": { de: "{n, number} unzustellbar", en: "{n, number} not delivered" },
  "trouble.overdue": { de: "{n, number} überfällig", en: "{n, number} overdue" },
  "trouble.quarantine": { de: "{n, number} in Quarantäne", en: "{n, number} in quarantine" },
  "trouble.audit": { de: "das Protokoll steht", en: "the audit log stands still" },

  requests: { de: "Bitten um Halt", en: "Requests to stop" },
  requestBy: { de: "{person} bittet um Halt", en: "{person} asks for a stop" },
  noText: { de: "ohne Begründung", en: "without a reason" },
  answer: { de: "Beantworten", en: "Answer" },
  answerTitle: { de: "Bitte um Halt beantworten", en: "Answer the request to stop" },
  answerText: { de: "Antwort an {person}", en: "Answer to {person}" },
  answerRung: { de: "Sicherer Halt", en: "Safe-stop" },
  keepRung: { de: "so lassen, wie er steht", en: "leave it where it stands" },
  moveRung: { de: "auf „{word}“ stellen", en: "move to “{word}”" },
  answered: { de: "Beantwortet.", en: "Answered." },
  case: { de: "Vorgang {id}", en: "Case {id}" },

  ladder: { de: "Sicherer Halt", en: "Safe-stop ladder" },
  ladderSince: { de: "seit {since}, durch {by}", en: "since {since}, by {by}" },
  here: { de: "Hier steht er", en: "It stands here" },
  stepTo: { de: "Auf „{word}“ stellen", en: "Move to “{word}”" },
  backTo: { de: "Zurück auf „{word}“", en: "Back to “{word}”" },
  concerns: {
    de: "{n, plural, =0 {Betrifft zurzeit keinen offenen Vorgang} one {Betrifft einen offenen Vorgang} other {Betrifft # offene Vorgänge}}",
    en: "{n, plural, =0 {Concerns no open case at present} one {Concerns one open case} other {Concerns # open cases}}",
  },
  stopTitle: { de: "Auf „{word}“ stellen?", en: "Move to “{word}”?" },
  stopNoReason: {
    de: "Das gilt sofort. Eine Begründung können Sie danach geben.",
    en: "It holds at once. A reason can be given afterwards.",
  },
  backTitle: { de: "Zurück auf „{word}“?", en: "Back to “{word}”?" },
  backWhat: {
    de: "Zurück braucht eine Begründung; sie steht mit Ihrem Namen im Protokoll.",
    en: "Going back takes a reason; it stands in the record with your name.",
  },
  reason: { de: "Begründung", en: "Reason" },
  moved: { de: "Der sichere Halt steht auf „{word}“.", en: "The safe-stop stands at “{word}”." },
  ask: { de: "Um Halt bitten", en: "Ask for a stop" },
  askTitle: { de: "Um Halt bitten?", en: "Ask for a stop?" },
  askWhat: {
    de: "Zuständige und Bereitschaft werden sofort verständigt. Anhalten dürfen nur sie.",
    en: "Owner and on-call are told at once. Only they may stop.",
  },
  askText: { de: "Was sehen Sie? (freiwillig)", en: "What do you see? (optional)" },
  asked: { de: "Verständigt: {told}", en: "Told: {told}" },
  askedNobody: {
    de: "Die Bitte steht; es war niemand erreichbar, dem sie gemailt werden konnte.",
    en: "The request stands; there was nobody to whom it could be mailed.",
  },

  queues: { de: "Warteschlangen", en: "Queues" },
  queue: { de: "Wartet auf", en: "Waits for" },
  waiting: { de: "Vorgänge", en: "Cases" },
  oldest: { de: "Ältester", en: "Oldest" },
  overdue: { de: "Überfällig", en: "Overdue" },
  states: { de: "Wo die Vorgänge stehen", en: "Where the cases stand" },
  statesNone: { de: "Noch kein Vorgang.", en: "No case yet." },

  feeds: { de: "Feeds", en: "Feeds" },
  feedsNone: {
    de: "Kein Feed: Vorgänge kommen über die Schnittstelle oder von Hand. Ein Feed steht in der Workflow-Datei.",
    en: "No feed: cases come over HTTP or by hand. A feed stands in the workflow document.",
  },
  feed: { de: "Feed", en: "Feed" },
  state: { de: "Stand", en: "State" },
  readToday: { de: "Gelesen", en: "Read" },
  quarantined: { de: "Quarantäne", en: "Quarantined" },
  lastLook: { de: "Zuletzt", en: "Last look" },
  nextLook: { de: "Nächster Blick", en: "Next look" },
  fine: { de: "liest", en: "reads" },
  lookNow: { de: "Jetzt lesen", en: "Look now" },
  looking: { de: "Der Feed „{feed}“ liest jetzt.", en: "The feed “{feed}” looks now." },

  dead: { de: "Unzustellbares", en: "Dead letters" },
  deadNone: {
    de: "Nichts. Hier erscheint, was ein Ziel nach allen Versuchen nicht angenommen hat; von hier geht es unter derselben Kennung erneut hinaus.",
    en: "Nothing. What a target did not take after all tries appears here; from here it goes out again under the same key.",
  },
  target: { de: "Ziel", en: "Target" },
  error: { de: "Letzter Fehler", en: "Last error" },
  count: { de: "Anzahl", en: "Count" },
  newest: { de: "Neuester", en: "Newest" },
  replayAll: { de: "Alle erneut senden", en: "Send all again" },
  replayTitle: {
    de: "Alles Unzustellbare an „{target}“ erneut senden?",
    en: "Send everything to “{target}” again?",
  },
  replayWhat: {
    de: "{n, plural, one {Ein Vorgang geht} other {# Vorgänge gehen}} unter der alten Kennung erneut hinaus; das Ziel handelt je Kennung nur einmal.",
    en: "{n, plural, one {One case goes} other {# cases go}} out again under the old key; the target acts once per key.",
  },
  replayed: {
    de: "{n, plural, one {Ein Vorgang ist} other {# Vorgänge sind}} wieder unterwegs.",
    en: "{n, plural, one {One case is} other {# cases are}} on the way again.",
  },
  replayOne: { de: "Erneut senden", en: "Send again" },
  letters: { de: "Einzeln ansehen", en: "Look at each" },
  hideLetters: { de: "Liste schließen", en: "Close the list" },
  tries: { de: "Versuche", en: "Tries" },
  caseHead: { de: "Vorgang", en: "Case" },

  models: { de: "Modelle", en: "Models" },
  modelsNone: {
    de: "Kein Modell einer Verbindung: kein Release in Kraft nennt eines.",
    en: "No model of a connection: no release in force names one.",
  },
  model: { de: "Modell", en: "Model" },
  modelState: { de: "Stand", en: "State" },
  modelTrial: { de: "Nächster Versuch", en: "Next trial" },
  "modelIs.closed": { de: "wird gefragt", en: "is asked" },
  "modelIs.open": { de: "ruht: es ist wiederholt gescheitert", en: "left alone: it kept failing" },
  "modelIs.trying": { de: "ein Versuch läuft", en: "one call is trying" },

  program: { de: "Programm", en: "Program" },
  workers: { de: "Worker", en: "Workers" },
  workersAre: {
    de: "{n, plural, one {einer läuft} other {# laufen}}",
    en: "{n, plural, one {one runs} other {# run}}",
  },
  workersNone: {
    de: "Keiner läuft: Vorgänge werden angenommen und warten. Starten: pilotage serve",
    en: "None runs: cases are taken in and wait. Start one: pilotage serve",
  },
  workersUnknown: { de: "noch nicht bekannt", en: "not known yet" },
  audit: { de: "Protokoll", en: "Audit log" },
  auditIs: { de: "{size, number} Ereignisse, {signed}", en: "{size, number} events, {signed}" },
  signed: { de: "zuletzt unterschrieben {at}", en: "last signed {at}" },
  unsigned: { de: "noch nicht unterschrieben", en: "not signed yet" },
  auditWaiting: { de: "{n, number} warten auf die Aufnahme", en: "{n, number} wait to be taken in" },
  lastChange: { de: "Letzte Änderung", en: "Last change" },
  lastChangeIs: { de: "{what}, durch {by}", en: "{what}, by {by}" },
  lastChangeNone: { de: "noch keine", en: "none yet" },
  noWorkflowWhat: {
    de: "Sobald einer eingerichtet ist, stehen hier seine Warteschlangen, Feeds und der sichere Halt.",
    en: "As soon as one is set up, its queues, feeds and the safe-stop stand here.",
  },
});

export const QUEUE_WORDS = words({
  model: { de: "das Modell", en: "the model" },
  review: { de: "Prüfung durch einen Menschen", en: "a person's review" },
  escalated: { de: "eine andere Person (weitergeleitet)", en: "another person (escalated)" },
  asked: { de: "Antwort auf eine Rückfrage", en: "the sender's answer" },
  undo: { de: "das Ende der Rücknahmefrist", en: "the end of the undo window" },
  delivery: { de: "Zustellung", en: "delivery" },
  shadow: { de: "Antworten im Schatten", en: "answers in shadow" },
});

/** What each rung means for what comes next; who is concerned stands beside it in items. */
export const RUNG_SENTENCES: readonly Text[] = [
  { de: "Alles läuft wie eingestellt.", en: "Everything runs as set." },
  {
    de: "Nichts geht mehr allein hinaus: jeder Vorgang wird geprüft.",
    en: "Nothing goes out alone any more: every case is reviewed.",
  },
  {
    de: "Kein Modell wird mehr gefragt: Menschen bearbeiten alles selbst.",
    en: "No model is asked any more: people do all of it.",
  },
  {
    de: "Vorgänge werden angenommen und gespeichert; sonst geschieht nichts.",
    en: "Cases are taken in and stored; nothing else happens.",
  },
  {
    de: "Auch die Annahme ist zu: Sender bekommen eine Absage und senden später erneut.",
    en: "Intake is closed, too: senders are refused and send again later.",
  },
];
