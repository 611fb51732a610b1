/** Texts of the overview: the four answers, the picture, what waits for a decision. */
import type { NeedCode, SentenceCode, SickCode } from "../../../contract/overview-codes.ts";
import { POLICY_WAITS } from "../../locales/policy-changes.ts";
import { words, type Text } from "../../locales/words.ts";

export const OVERVIEW = words({
  title: { de: "Übersicht", en: "Overview" },
  "head.runs.good": { de: "Läuft", en: "Running" },
  "head.runs.attention": { de: "Läuft, mit einer Störung", en: "Running, with a fault" },
  "head.runs.bad": { de: "Läuft nicht, wie es soll", en: "Not running as it should" },
  "head.runs.unknown": { de: "Noch nicht angelaufen", en: "Not started yet" },
  "head.good.good": { de: "Qualität belegt", en: "quality proven" },
  "head.good.attention": { de: "Qualität im Auge behalten", en: "quality to be watched" },
  "head.good.bad": { de: "Qualität reicht nicht", en: "quality not good enough" },
  "head.good.unknown": { de: "Qualität noch nicht belegt", en: "quality not proven yet" },
  "head.used.good": { de: "wird genutzt", en: "used" },
  "head.used.attention": { de: "wird wenig genutzt", en: "little used" },
  "head.used.bad": { de: "wird nicht genutzt", en: "not used" },
  "head.used.unknown": { de: "Nutzung noch offen", en: "use not known yet" },
  "head.worth.good": { de: "lohnt sich", en: "worth it" },
  "head.worth.attention": { de: "Nutzen knapp", en: "barely worth it" },
  "head.worth.bad": { de: "lohnt sich nicht", en: "not worth it" },
  "head.worth.unknown": { de: "Nutzen noch nicht belegt", en: "worth not proven yet" },
  headNeeds: {
    de: "{state}. {n, plural, =0 {Nichts wartet auf Ihre Entscheidung.} one {Eine Entscheidung wartet auf Sie.} other {# Entscheidungen warten auf Sie.}}",
    en: "{state}. {n, plural, =0 {Nothing waits for your decision.} one {One decision waits for you.} other {# decisions wait for you.}}",
  },
  "question.runs": { de: "Läuft es?", en: "Is it running?" },
  "question.good": { de: "Ist es gut?", en: "Is it good?" },
  "question.used": { de: "Wird es genutzt?", en: "Is it used?" },
  "question.worth": { de: "Lohnt es sich?", en: "Is it worth it?" },
  fourAnswers: { de: "Vier Antworten", en: "Four answers" },
  "define.runs": {
    de: "Gut heißt: Der sichere Halt steht auf Normal, ein Worker arbeitet, jeder Feed liest, keine Zustellung ist gescheitert, kein Vorgang ist überfällig. Gezählt werden die Vorgänge seit heute 0 Uhr in der Zeitzone des Workflows; Übungen zählen nicht.",
    en: "Good means: the safe-stop stands at normal, a worker runs, every feed reads, no delivery has failed, no case is overdue. Counted are the cases since midnight in the workflow's time zone; drills do not count.",
  },
  "define.good": {
    de: "Mit Zertifikat: die obere Schranke der Fehlerquote dessen, was ungeprüft hinausgehen darf, gegen die Quote, die der Owner erlaubt. Ohne Zertifikat: der Anteil der geprüften Vorschläge, den Menschen geändert oder verworfen haben. Zu wenige Vorgänge behaupten nichts.",
    en: "With a certificate: the upper bound of the error rate of what may go out unreviewed, against the rate that the owner allows. Without one: the share of reviewed suggestions that people changed or rejected. Too few cases claim nothing.",
  },
  "define.used": {
    de: "Anteil der heute eingegangenen Vorgänge, für die ein Release geantwortet hat, und Anteil derer, die ohne Prüfung hinausgingen. Der Rest wird von Menschen bearbeitet oder wartet.",
    en: "The share of the cases that came in today for which a release answered, and of those that went out without a review. People work the rest, or it waits.",
  },
  "define.worth": {
    de: "Arbeit je Vorgang jetzt gegen die Baseline: Vorgänge, die Menschen ohne Modell bearbeitet haben. Verglichen wird erst, wenn davon genug vorliegen.",
    en: "Work for each case now against the baseline: cases that people worked without a model. There is no comparison before there are enough of them.",
  },
  sample: { de: "Die Vorgänge dahinter", en: "The cases behind it" },
  basis: { de: "n {n, number}, seit {since}", en: "n {n, number}, since {since}" },
  picture: { de: "Der Weg der Vorgänge heute", en: "The path of the cases today" },
  pictureWhat: {
    de: "Die Stationen von links nach rechts mit ihren heutigen Zahlen; je dicker die Linie, desto größer der Anteil.",
    en: "The stations from left to right with today's numbers; the thicker the line, the larger the share.",
  },
  waiting: { de: "{n, number} warten", en: "{n, number} waiting" },
  station: { de: "Station", en: "Station" },
  today: { de: "Heute", en: "Today" },
  waits: { de: "Warten", en: "Waiting" },
  problem: { de: "Störung", en: "Fault" },
  way: { de: "Von … nach", en: "From … to" },
  cases: { de: "Vorgänge", en: "Cases" },
  share: { de: "Anteil", en: "Share" },
  noProblem: { de: "keine", en: "none" },
  from: { de: "{from} → {to}", en: "{from} → {to}" },
  needs: { de: "Braucht Ihre Entscheidung", en: "Needs your decision" },
  needsNone: {
    de: "Zurzeit nichts. Hier erscheint, was auf Sie wartet: Änderungen, die eine zweite Person brauchen, Meldungen, Bitten um Halt, ablaufende Nachweise.",
    en: "Nothing at present. What waits for you appears here: changes that need a second person, reports, requests to stop, proofs that end.",
  },
  approve: { de: "Freigeben", en: "Approve" },
  refuse: { de: "Ablehnen", en: "Refuse" },
  takeBack: { de: "Zurücknehmen", en: "Take back" },
  own: {
    de: "Sie haben das beantragt; freigeben muss es jemand anderes.",
    en: "You asked for this; somebody else has to approve it.",
  },
  approveTitle: { de: "Diese Änderung in Kraft setzen?", en: "Put this change in force?" },
  approveWhat: {
    de: "{setting}: von {before} auf {after}. Beantragt von {by}. Sie gilt sofort und steht mit beiden Namen im Protokoll.",
    en: "{setting}: from {before} to {after}. Asked for by {by}. It holds at once and stands in the record with both names.",
  },
  approved: { de: "Die Änderung ist in Kraft.", en: "The change is in force." },
  refused: { de: "Die Änderung ist abgelehnt.", en: "The change is refused." },
  look: { de: "Ansehen", en: "Look" },
  hours: { de: "Die letzten {n} Stunden", en: "The last {n} hours" },
  hour: { de: "Stunde", en: "Hour" },
  received: { de: "Eingegangen", en: "Received" },
  automatic: { de: "Automatisch", en: "Automatic" },
  reviewed: { de: "Von Menschen entschieden", en: "Decided by people" },
  delivered: { de: "Zugestellt", en: "Delivered" },
  hoursReading: {
    de: "{received, plural, one {Ein Vorgang kam} other {# Vorgänge kamen}} herein, {delivered, number} gingen hinaus, davon {automatic, number} automatisch; am meisten kam um {peak} Uhr ({most, number}).",
    en: "{received, plural, one {One case} other {# cases}} came in, {delivered, number} went out, {automatic, number} of them automatically; most came at {peak} ({most, number}).",
  },
  hoursNone: {
    de: "In dieser Zeit kam nichts herein. Sobald Vorgänge eintreffen, steht hier jede Stunde mit Eingang, Entscheidung und Zustellung.",
    en: "Nothing came in during this time. As soon as cases arrive, each hour stands here with arrivals, decisions and deliveries.",
  },
  inForce: { de: "Was gerade gilt", en: "What is in force" },
  release: { de: "Release", en: "Release" },
  manual: { de: "Menschen arbeiten ohne Modell", en: "People work without a model" },
  releaseIs: {
    de: "{release} bekommt {share} der neuen Vorgänge; der Rest: {stable}",
    en: "{release} gets {share} of the new cases; the rest: {stable}",
  },
  releaseAll: { de: "{release} bekommt alle neuen Vorgänge", en: "{release} gets all new cases" },
  manualShort: { de: "Menschen ohne Modell", en: "people without a model" },
  shadowIs: {
    de: "Im Schatten: {release}. Was es antwortet, sieht und nutzt niemand.",
    en: "In shadow: {release}. Nobody sees or uses what it answers.",
  },
  autonomy: { de: "Autonomie", en: "Autonomy" },
  autonomyZero: { de: "0 %: Jeder Vorgang wird geprüft.", en: "0%: every case is reviewed." },
  autonomyIs: {
    de: "Bis zu {share} der Vorgänge des Release dürfen ungeprüft hinaus, soweit das Zertifikat sie deckt.",
    en: "Up to {share} of the release's cases may go out unreviewed, as far as the certificate covers them.",
  },
  certificate: { de: "Zertifikat", en: "Certificate" },
  certificateNone: {
    de: "Jeder Vorgang wird geprüft: Es ist kein Zertifikat in Kraft.",
    en: "Every case is reviewed: no certificate is in force.",
  },
  certificateNoneBecause: {
    de: "Jeder Vorgang wird geprüft: Das Zertifikat vom {day} gilt nicht mehr.",
    en: "Every case is reviewed: the certificate of {day} no longer holds.",
  },
  certificateIs: {
    de: "Ab einer Sicherheit von {threshold}: höchstens {bound} Fehler ({confidence} sicher), erlaubt sind {target}. Gilt bis {until}.",
    en: "From a confidence of {threshold}: at most {bound} errors ({confidence} sure), {target} are allowed. Valid until {until}.",
  },
  certificatePer: {
    de: "Je Kategorie eine eigene Schwelle: höchstens {bound} Fehler ({confidence} sicher), erlaubt sind {target}. Gilt bis {until}.",
    en: "A threshold of its own per category: at most {bound} errors ({confidence} sure), {target} are allowed. Valid until {until}.",
  },
  "basis.labels": {
    de: "{errors} falsche von {accepted} unter {labels} per Los geprüften Vorgängen",
    en: "{errors} wrong of {accepted} among {labels} cases checked by lot",
  },
  "basis.shadow": {
    de: "{errors} falsche von {accepted} unter {labels} Vorgängen im Schatten",
    en: "{errors} wrong of {accepted} among {labels} cases in shadow",
  },
  "basis.set": {
    de: "{errors} falsche von {accepted} unter {labels} Vorgängen einer versiegelten Sammlung",
    en: "{errors} wrong of {accepted} among {labels} cases of a sealed set",
  },
  owners: { de: "Zuständig", en: "Responsible" },
  ownersAre: {
    de: "{owner}; Vertretung: {deputy}; Auftrag: {sponsor}",
    en: "{owner}; deputy: {deputy}; sponsor: {sponsor}",
  },
  nobody: { de: "niemand", en: "nobody" },
  orphaned: {
    de: "Verwaist: Wer zuständig ist, hat hier kein aktives Konto.",
    en: "Orphaned: whoever is responsible has no active account here.",
  },
  noWorkflow: { de: "Hier ist noch kein Workflow", en: "There is no workflow here yet" },
  noWorkflowWhat: {
    de: "Ein Workflow ist eine Art von Arbeit, zum Beispiel Anfragen einordnen. Sobald einer eingerichtet ist, stehen hier sein Weg, seine Zahlen und was auf Sie wartet. Im Terminal:",
    en: "A workflow is one kind of work, such as sorting requests. As soon as one is set up, its path, its figures and what waits for you stand here. In a terminal:",
  },
  noCases: { de: "Noch kein Vorgang", en: "No case yet" },
  noCasesWhat: {
    de: "Der erste erscheint hier, sobald ein Feed etwas liefert oder jemand einen von Hand eingibt. Von da an zählen alle Zahlen auf dieser Seite.",
    en: "The first appears here as soon as a feed brings something or somebody hands one in. From then on all figures of this page count.",
  },
  handIn: { de: "Vorgang von Hand eingeben", en: "Hand in a case" },
});

export const STATION_WORDS = {
  feed: { de: "Eingang", en: "Feed" },
  checks: { de: "Prüfregeln", en: "Checks" },
  policy: { de: "Datenfilter", en: "Policy" },
  model: { de: "Modell", en: "Model" },
  decision: { de: "Entscheidung", en: "Decision" },
  review: { de: "Prüfung", en: "Review" },
  delivery: { de: "Zustellung", en: "Delivery" },
  quarantine: { de: "Quarantäne", en: "Quarantine" },
  closed: { de: "Zurückgewiesen", en: "Rejected" },
  shadow: { de: "Schatten", en: "Shadow" },
} satisfies Record<string, Text>;

export const SICK_WORDS: Readonly<Record<SickCode, Text>> = {
  feed_problem: { de: "Feed gestört", en: "Feed fails" },
  no_worker: { de: "Kein Worker", en: "No worker" },
  quarantine: { de: "Quarantäne", en: "Quarantine" },
  model_failing: { de: "Modell gestört", en: "Model fails" },
  model_off: { de: "Modell aus", en: "Model off" },
  automatic_off: { de: "Automatik aus", en: "Automatic off" },
  intake_only: { de: "Nur Annahme", en: "Intake only" },
  stopped: { de: "Angehalten", en: "Stopped" },
  no_certificate: { de: "Kein Zertifikat", en: "No certificate" },
  overdue: { de: "Überfällig", en: "Overdue" },
  dead_letters: { de: "Unzustellbar", en: "Not delivered" },
  rollout_held: { de: "Rollout angehalten", en: "Rollout held" },
  rolled_back: { de: "Zurückgenommen", en: "Rolled back" },
};

export const SENTENCE_WORDS: Readonly<Record<SentenceCode, Text>> = {
  runs_well: {
    de: "Heute kamen {received, number} Vorgänge herein, {delivered, number} sind zugestellt. Nichts ist gestört.",
    en: "Today {received, number} cases came in, {delivered, number} are delivered. Nothing is wrong.",
  },
  runs_nothing_yet: {
    de: "Bereit; es ist noch kein Vorgang eingegangen.",
    en: "Ready; no case has come in yet.",
  },
  runs_stopped: {
    de: "Der sichere Halt steht auf Stufe {rung, number}. {open, plural, one {Ein Vorgang ist} other {# Vorgänge sind}} offen.",
    en: "The safe-stop stands at rung {rung, number}. {open, plural, one {One case is} other {# cases are}} open.",
  },
  runs_no_worker: {
    de: "Kein Worker läuft: Vorgänge werden angenommen und warten, {open, plural, one {einer ist} other {# sind}} offen.",
    en: "No worker runs: cases are taken in and wait, {open, plural, one {one is} other {# are}} open.",
  },
  runs_feed_problem: {
    de: "{feeds, plural, one {Ein Feed kann} other {# Feeds können}} nicht lesen. Heute kamen {received, number} Vorgänge herein, {delivered, number} sind zugestellt.",
    en: "{feeds, plural, one {One feed} other {# feeds}} cannot read. Today {received, number} cases came in, {delivered, number} are delivered.",
  },
  runs_dead_letters: {
    de: "{cases, plural, one {Ein Vorgang konnte} other {# Vorgänge konnten}} nicht zugestellt werden. Heute kamen {received, number} herein, {delivered, number} sind zugestellt.",
    en: "{cases, plural, one {One case} other {# cases}} could not be delivered. Today {received, number} came in, {delivered, number} are delivered.",
  },
  runs_overdue: {
    de: "{cases, plural, one {Ein Vorgang ist} other {# Vorgänge sind}} überfällig. Heute kamen {received, number} herein, {delivered, number} sind zugestellt.",
    en: "{cases, plural, one {One case is} other {# cases are}} overdue. Today {received, number} came in, {delivered, number} are delivered.",
  },
  good_bound: {
    de: "Höchstens {bound, number, ::percent .#} der ungeprüften Vorgänge sind falsch; erlaubt sind {target, number, ::percent .#}. Gefunden: {errors, number}.",
    en: "At most {bound, number, ::percent .#} of the unreviewed cases are wrong; {target, number, ::percent .#} are allowed. Found: {errors, number}.",
  },
  good_above: {
    de: "Bis zu {bound, number, ::percent .#} der ungeprüften Vorgänge könnten falsch sein; erlaubt sind {target, number, ::percent .#}. Gefunden: {errors, number}.",
    en: "Up to {bound, number, ::percent .#} of the unreviewed cases could be wrong; {target, number, ::percent .#} are allowed. Found: {errors, number}.",
  },
  good_reviewed: {
    de: "Jeder Vorgang wird geprüft. Menschen ändern oder verwerfen {changed, number, ::percent .#} der Vorschläge.",
    en: "Every case is reviewed. People change or reject {changed, number, ::percent .#} of the suggestions.",
  },
  good_too_few: {
    de: "Noch nicht: Es fehlen {missing, number} geprüfte Vorgänge für eine Aussage.",
    en: "Not yet: {missing, number} more checked cases before this can be said.",
  },
  used_share: {
    de: "Das Modell beantwortet {model, number, ::percent .#} der heutigen Vorgänge; {automatic, number, ::percent .#} gehen allein hinaus.",
    en: "The model answers {model, number, ::percent .#} of today's cases; {automatic, number, ::percent .#} go out alone.",
  },
  used_manual: {
    de: "Menschen bearbeiten alles selbst; kein Release antwortet. {open, plural, =0 {Keiner ist} one {Ein Vorgang ist} other {# Vorgänge sind}} offen.",
    en: "People do all of it; no release answers. {open, plural, =0 {None is} one {One case is} other {# cases are}} open.",
  },
  used_nothing_yet: { de: "Noch kein Vorgang in dieser Zeit.", en: "No case in this time yet." },
  worth_no_baseline: {
    de: "Noch nicht: Der Vergleich mit vorher braucht {missing, number} weitere Vorgänge, die Menschen ohne Modell bearbeiten.",
    en: "Not yet: the comparison with before needs {missing, number} more cases that people work without a model.",
  },
  worth_minutes: {
    de: "Ein Vorgang kostet im Mittel {after, number} Minuten Arbeit, vorher {before, number}.",
    en: "A case takes {after, number} minutes of work at the median, {before, number} before.",
  },
};

export const NEED_WORDS: Readonly<Record<NeedCode, Text>> = {
  change_waits: {
    de: "{setting}: von {before} auf {after}, beantragt von {by}",
    en: "{setting}: from {before} to {after}, asked for by {by}",
  },
  policy_waits: POLICY_WAITS,
  report_new: {
    de: "Gemeldet: „{title}“, {reports, plural, one {einmal} other {# Mal}}",
    en: "Reported: “{title}”, {reports, plural, one {once} other {# times}}",
  },
  stop_requested: { de: "{person} bittet um Halt", en: "{person} asks for a stop" },
  waiver_ends: { de: "Der Verzicht „{item}“ endet {until}", en: "The waiver “{item}” ends {until}" },
  certificate_ends: {
    de: "Das Zertifikat von {release} endet {until}; danach wird wieder alles geprüft",
    en: "The certificate of {release} ends {until}; then everything is reviewed again",
  },
  certificate_suspended: {
    de: "Das Zertifikat von {release} ist ausgesetzt; alles wird geprüft",
    en: "The certificate of {release} is suspended; everything is reviewed",
  },
  model_renamed: {
    de: "{model} antwortet als {after}; bisher war es {before}",
    en: "{model} answers as {after}; it was {before} before",
  },
  model_behaves: {
    de: "{model} antwortet anders als bisher: {after} von {before} bekannten Antworten sind andere",
    en: "{model} answers otherwise than it did: {after} of {before} known answers are others",
  },
  model_retires: {
    de: "{model} wird abgeschaltet: {days, plural, =0 {heute} one {morgen} other {in # Tagen}} ({day})",
    en: "{model} retires {days, plural, =0 {today} one {tomorrow} other {in # days}} ({day})",
  },
  model_retired: {
    de: "{model} sollte am {day} abgeschaltet werden und ist noch in Gebrauch",
    en: "{model} was to retire on {day} and is still in use",
  },
  dead_letters: {
    de: "{cases, plural, one {Ein Vorgang ist} other {# Vorgänge sind}} an „{target}“ unzustellbar",
    en: "{cases, plural, one {One case} other {# cases}} could not be delivered to “{target}”",
  },
  gate_to_sign: {
    de: "Das Gate von {release} ist Go und wartet auf Ihre Unterschrift",
    en: "The gate of {release} is go and waits for your signature",
  },
  rollout_held: {
    de: "Der Rollout von {release} ist angehalten{alarm}",
    en: "The rollout of {release} is held{alarm}",
  },
  rolled_back: {
    de: "{release} wurde zurückgenommen{alarm}{unseen, plural, =0 {} one {; einen Vorgang, den es allein zugestellt hat, hat noch niemand angesehen} other {; # Vorgänge, die es allein zugestellt hat, hat noch niemand angesehen}}",
    en: "{release} was rolled back{alarm}{unseen, plural, =0 {} one {; one case that it delivered alone has been seen by nobody} other {; # cases that it delivered alone have been seen by nobody}}",
  },
  budget_warning: {
    de: "{used} des Budgets {period, select, day {von heute} other {dieses Monats}} sind verbraucht",
    en: "{used} of the budget of {period, select, day {today} other {this month}} is used",
  },
  budget_spent: {
    de: "Das Budget {period, select, day {von heute} other {dieses Monats}} ist verbraucht: Menschen arbeiten weiter, bis es {until} neu beginnt",
    en: "The budget of {period, select, day {today} other {this month}} is spent: people do the work until it begins anew, {until}",
  },
  quarantine_open: {
    de: "{count, plural, one {Ein Datensatz wartet} other {# Datensätze warten}} in Quarantäne",
    en: "{count, plural, one {One record waits} other {# records wait}} in quarantine",
  },
  orphaned: {
    de: "{person} ist zuständig und hat kein aktives Konto: der Workflow ist verwaist",
    en: "{person} is responsible and has no active account: the workflow is orphaned",
  },
  second_person_missing: {
    de: "Es fehlt eine zweite Person: {action}",
    en: "A second person is missing: {action}",
  },
};

export const WAIVER_WORDS = words({
  baseline: { de: "Vorher-Messung", en: "baseline" },
  go: { de: "Go", en: "go" },
  works_council: { de: "Betriebsrat", en: "works council" },
});
