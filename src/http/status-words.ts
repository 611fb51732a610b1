/** Every word of the status page, in German and English; both lists have the same entries by their type. */
import type { CertificationSource } from "../contract/certificate-endpoints.ts";
import type { Arm, CaseState, Verdict } from "../contract/states.ts";

export type StatusLanguage = "de" | "en";

export interface Figure {
  text: string;
  one: boolean;
}

export interface StatusWords {
  language: string;
  title: string;
  states: Record<CaseState, string>;
  arms: Record<Arm, string>;
  verdicts: Record<Verdict | "auto", string>;
  rungs: readonly [string, string, string, string, string];
  simulated: string;
  simulatedNote: string;
  cases: string;
  columns: { case: string; state: string; arm: string; verdict: string; arrived: string };
  noVerdict: string;
  path: string;
  aside: string;
  dials: { release: string; share: string; autonomy: string; certificate: string; safeStop: string };
  manualRelease: string;
  besides: (release: string) => string;
  everyCaseReviewed: string;
  certified: (parts: {
    threshold: string | null;
    bound: string;
    until: string;
    evidence: string;
    made: string;
  }) => string;
  /** What a certificate was made from, by the source of its labels. */
  evidence: Record<
    CertificationSource,
    (counts: { labels: string; accepted: string; errors: string }) => string
  >;
  notCertified: string;
  feeds: string;
  quarantine: string;
  deadLetters: string;
  feedNever: string;
  feedRunning: string;
  feedRun: (run: Record<"read" | "admitted" | "quarantined" | "duplicate" | "skipped", string>) => string;
  noFeeds: string;
  noWorkflow: { head: string; steps: [string, string][] };
  noCases: { head: string; steps: [string, string][] };
  /** Each figure as it is written, and whether it is one. */
  summary: (all: Figure, delivered: Figure, waiting: Figure) => string;
  summaryStopped: (rung: string) => string;
  summaryTrouble: (parts: { failed: number; problems: number }) => string;
  summaryEmpty: string;
  noWorker: string;
  live: string;
  held: string;
  hold: string;
  goOn: string;
  audit: {
    events: (events: Figure) => string;
    signed: string;
    unsigned: string;
    waiting: (events: Figure) => string;
    removed: string;
    stands: string;
  };
  readOnly: string;
}

const en: StatusWords = {
  language: "English",
  title: "Status",
  states: {
    received: "Received",
    running: "Running",
    in_review: "In review",
    decided: "Decided",
    delivering: "Delivering",
    delivered: "Delivered",
    failed_delivery: "Not delivered",
    returned: "Returned",
    closed: "Closed",
    cancelled: "Cancelled",
    erased: "Erased",
  },
  arms: { manual: "Manual", stable: "Stable", candidate: "Candidate" },
  verdicts: { approve: "Approved", edit: "Edited", reject: "Rejected", auto: "Automatic" },
  rungs: ["Normal", "Automatic off", "Model off", "Intake only", "Stopped"],
  simulated: "simulated",
  simulatedNote: "“simulated” marks verdicts of a program that plays a person.",
  cases: "Latest cases",
  columns: { case: "Case", state: "State", arm: "Arm", verdict: "Verdict", arrived: "Arrived" },
  noVerdict: "none yet",
  path: "Cases on their path",
  aside: "Beside the path",
  dials: {
    release: "Release in force",
    share: "Share of new cases",
    autonomy: "Autonomy",
    certificate: "Certificate",
    safeStop: "Safe-stop",
  },
  manualRelease: "manual",
  besides: (release) => `the rest: ${release}`,
  everyCaseReviewed: "every case is reviewed",
  certified: ({ threshold, bound, until, evidence, made }) =>
    `${threshold === null ? "by category" : `from ${threshold}`}, errors at most ${bound}, until ${until}; ${evidence}, ${made}`,
  evidence: {
    labels: ({ errors, accepted, labels }) => `${errors} wrong of ${accepted} among ${labels} coin labels`,
    shadow: ({ errors, accepted, labels }) =>
      `${errors} wrong of ${accepted} among ${labels} labels in shadow`,
    set: ({ errors, accepted, labels }) =>
      `${errors} wrong of ${accepted} among ${labels} labels of a sealed set`,
  },
  notCertified: "none in force",
  feeds: "Feeds",
  quarantine: "Open in quarantine",
  deadLetters: "Dead letters",
  feedNever: "has found nothing to read yet",
  feedRunning: "is reading",
  feedRun: (run) =>
    `${run.read} read: ${run.admitted} admitted, ${run.quarantined} quarantined, ${run.duplicate} duplicate, ${run.skipped} skipped`,
  noFeeds: "No feed; cases come over HTTP.",
  noWorkflow: {
    head: "No workflow yet. Each one will appear here with its cases. Type next, in a terminal:",
    steps: [
      ["npx pilotage init my-workflow", "writes a small, complete workflow to start from"],
      ["npx pilotage apply my-workflow --as you@example.com", "makes it known here, in your name"],
      ["npx pilotage publish my-workflow --as you@example.com", "publishes its first release"],
    ],
  },
  noCases: {
    head: "No case yet. Each one will appear here, with the newest first. Type next, in a terminal:",
    steps: [
      ["npx pilotage case submit {workflow} --input case.json", "hands in one case"],
      ["npx pilotage feed list {workflow}", "shows the folders in which files are awaited"],
    ],
  },
  summary: (all, delivered, waiting) =>
    `Running: ${all.text} ${all.one ? "case" : "cases"} so far, ${delivered.text} delivered, ${waiting.text} waiting for a person.`,
  summaryStopped: (rung) => `Safe-stop: ${rung}.`,
  summaryTrouble: ({ failed, problems }) =>
    [
      failed > 0 ? `${failed} not delivered.` : "",
      problems > 0 ? (problems === 1 ? "One feed cannot read." : `${problems} feeds cannot read.`) : "",
    ]
      .filter((part) => part !== "")
      .join(" "),
  summaryEmpty: "Running, with nothing to do yet.",
  noWorker: "No worker runs: cases are taken in and wait.",
  live: "Renews itself every 5 seconds",
  held: "Stands still",
  hold: "Hold",
  goOn: "Go on",
  audit: {
    events: (events) => `Audit log: ${events.text} ${events.one ? "event" : "events"}`,
    signed: "last signed",
    unsigned: "not signed yet",
    waiting: (events) => `${events.text} ${events.one ? "waits" : "wait"}, since`,
    removed: "Events were removed or forged: run pilotage audit check.",
    stands: "It does not grow: run pilotage audit status.",
  },
  readOnly: "Read-only. Nothing that a case holds is shown here.",
};

const de: StatusWords = {
  language: "Deutsch",
  title: "Status",
  states: {
    received: "Eingegangen",
    running: "Läuft",
    in_review: "In Prüfung",
    decided: "Entschieden",
    delivering: "Unterwegs",
    delivered: "Zugestellt",
    failed_delivery: "Unzustellbar",
    returned: "Rückfrage",
    closed: "Geschlossen",
    cancelled: "Zurückgezogen",
    erased: "Gelöscht",
  },
  arms: { manual: "Manuell", stable: "Stabil", candidate: "Kandidat" },
  verdicts: { approve: "Freigegeben", edit: "Geändert", reject: "Zurückgewiesen", auto: "Automatisch" },
  rungs: ["Normal", "Automatik aus", "Modell aus", "Nur Annahme", "Angehalten"],
  simulated: "simuliert",
  simulatedNote: "„simuliert“ kennzeichnet Urteile eines Programms, das einen Menschen spielt.",
  cases: "Neueste Fälle",
  columns: { case: "Fall", state: "Stand", arm: "Arm", verdict: "Urteil", arrived: "Eingang" },
  noVerdict: "noch keines",
  path: "Fälle auf ihrem Weg",
  aside: "Neben dem Weg",
  dials: {
    release: "Release in Kraft",
    share: "Anteil neuer Fälle",
    autonomy: "Autonomie",
    certificate: "Zertifikat",
    safeStop: "Sicherer Halt",
  },
  manualRelease: "manuell",
  besides: (release) => `der Rest: ${release}`,
  everyCaseReviewed: "jeder Fall wird geprüft",
  certified: ({ threshold, bound, until, evidence, made }) =>
    `${threshold === null ? "je Kategorie" : `ab ${threshold}`}, höchstens ${bound} Fehler, bis ${until}; ${evidence}, ${made}`,
  evidence: {
    labels: ({ errors, accepted, labels }) =>
      `${errors} von ${accepted} falsch, unter ${labels} per Münzwurf ausgewählten Urteilen`,
    shadow: ({ errors, accepted, labels }) =>
      `${errors} von ${accepted} falsch, unter ${labels} Urteilen im Schattenbetrieb`,
    set: ({ errors, accepted, labels }) =>
      `${errors} von ${accepted} falsch, unter ${labels} Fällen eines versiegelten Prüfsatzes`,
  },
  notCertified: "keines in Kraft",
  feeds: "Zuflüsse",
  quarantine: "Offen in Quarantäne",
  deadLetters: "Gescheiterte Zustellungen",
  feedNever: "hat noch nichts zu lesen gefunden",
  feedRunning: "liest gerade",
  feedRun: (run) =>
    `${run.read} gelesen: ${run.admitted} angenommen, ${run.quarantined} in Quarantäne, ${run.duplicate} doppelt, ${run.skipped} übergangen`,
  noFeeds: "Kein Zufluss; Fälle kommen über HTTP.",
  noWorkflow: {
    head: "Noch kein Workflow. Jeder wird hier mit seinen Fällen erscheinen. Als Nächstes im Terminal eingeben:",
    steps: [
      ["npx pilotage init mein-workflow", "schreibt einen kleinen, vollständigen Workflow als Anfang"],
      ["npx pilotage apply mein-workflow --as sie@example.com", "macht ihn hier bekannt, in Ihrem Namen"],
      ["npx pilotage publish mein-workflow --as sie@example.com", "veröffentlicht sein erstes Release"],
    ],
  },
  noCases: {
    head: "Noch kein Fall. Jeder wird hier erscheinen, der neueste zuerst. Als Nächstes im Terminal eingeben:",
    steps: [
      ["npx pilotage case submit {workflow} --input fall.json", "reicht einen Fall ein"],
      ["npx pilotage feed list {workflow}", "zeigt die Ordner, in denen Dateien erwartet werden"],
    ],
  },
  summary: (all, delivered, waiting) =>
    `In Betrieb: bisher ${all.text} ${all.one ? "Fall" : "Fälle"}, ${delivered.text} zugestellt, ${waiting.text} ${waiting.one ? "wartet" : "warten"} auf einen Menschen.`,
  summaryStopped: (rung) => `Sicherer Halt: ${rung}.`,
  summaryTrouble: ({ failed, problems }) =>
    [
      failed > 0 ? `${failed} unzustellbar.` : "",
      problems > 0
        ? problems === 1
          ? "Ein Zufluss kann nicht lesen."
          : `${problems} Zuflüsse können nicht lesen.`
        : "",
    ]
      .filter((part) => part !== "")
      .join(" "),
  summaryEmpty: "In Betrieb, aber noch ohne Arbeit.",
  noWorker: "Es läuft kein Worker: Fälle werden angenommen und warten.",
  live: "Erneuert sich alle 5 Sekunden",
  held: "Steht still",
  hold: "Anhalten",
  goOn: "Weiter",
  audit: {
    events: (events) => `Prüfprotokoll: ${events.text} ${events.one ? "Ereignis" : "Ereignisse"}`,
    signed: "zuletzt signiert",
    unsigned: "noch nicht signiert",
    waiting: (events) => `${events.text} ${events.one ? "wartet" : "warten"}, seit`,
    removed: "Ereignisse wurden entfernt oder gefälscht: pilotage audit check ausführen.",
    stands: "Es wächst nicht: pilotage audit status ausführen.",
  },
  readOnly: "Nur zum Lesen. Was ein Fall enthält, wird hier nicht gezeigt.",
};

export const STATUS_WORDS: Record<StatusLanguage, StatusWords> = { de, en };

/** The reader's language: what the address asks for, else what the browser prefers, else English. */
export function pickLanguage(asked: string | undefined, acceptLanguage: string | undefined): StatusLanguage {
  if (asked === "de" || asked === "en") return asked;
  const wanted = (acceptLanguage ?? "")
    .split(",")
    .map((part) => {
      const [tag = "", ...more] = part.trim().toLowerCase().split(";");
      const quality = more.map((one) => /^\s*q=([\d.]+)\s*$/.exec(one)?.[1]).find((one) => one !== undefined);
      return { language: tag.split("-")[0], quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter((one) => one.quality > 0)
    .sort((a, b) => b.quality - a.quality);
  return (
    wanted.find(
      (one): one is { language: StatusLanguage; quality: number } =>
        one.language === "de" || one.language === "en",
    )?.language ?? "en"
  );
}
