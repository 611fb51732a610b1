/** What the actions of the rules are called, in words for people. An action without its word does not compile. */
import type { Action } from "../../contract/access.ts";
import type { Text } from "./words.ts";

export const ACTION_WORDS: Readonly<Record<Action, Text>> = {
  "calls.see": { de: "Aufrufe von Programmen sehen", en: "see calls of programs" },
  "workflow.see": { de: "Stand, Zahlen und Einstellungen sehen", en: "see states, counts and settings" },
  "case.read": { de: "Inhalte von Vorgängen lesen", en: "read what cases hold" },
  "case.hand_in": { de: "Vorgänge von Hand eingeben", en: "hand in a case by hand" },
  "case.correct": { de: "Zugestelltes korrigieren", en: "correct what was delivered" },
  "review.work": { de: "Vorgänge prüfen und entscheiden", en: "take reviews and give verdicts" },
  "stop.request": { de: "um Halt bitten", en: "ask for a stop" },
  "ladder.tighten": { de: "den sicheren Halt verschärfen", en: "move the safe-stop towards stop" },
  "ladder.loosen": { de: "den sicheren Halt lösen", en: "move the safe-stop back" },
  "dial.tighten": { de: "Regler verschärfen", en: "tighten a dial" },
  "dial.loosen": { de: "Regler lockern", en: "loosen a dial" },
  "autonomy.lower": { de: "die Autonomie senken", en: "lower the autonomy" },
  "autonomy.raise": { de: "die Autonomie erhöhen", en: "raise the autonomy" },
  "share.lower": { de: "den Anteil eines Release senken", en: "lower the share of a release" },
  "share.pilot": {
    de: "den Anteil setzen, solange alles geprüft wird",
    en: "set the share while everything is reviewed",
  },
  "share.raise": {
    de: "den Anteil erhöhen, wenn etwas allein hinausgehen darf",
    en: "raise the share while cases may go out alone",
  },
  "go.grant": { de: "das Go geben", en: "say go" },
  "waiver.grant": { de: "auf eine Voraussetzung verzichten", en: "waive a requirement" },
  "data.change": { de: "Daten und Aufbewahrung ändern", en: "change data and retention" },
  "workflow.apply": { de: "eine Workflow-Datei anwenden", en: "apply a workflow document" },
  "release.publish": { de: "ein Release veröffentlichen", en: "publish a release" },
  "shadow.start": { de: "ein Release im Schatten starten", en: "start a shadow" },
  "shadow.stop": { de: "den Schatten beenden", en: "end a shadow" },
  "certificate.ask": { de: "ein Zertifikat beantragen", en: "ask for a certificate" },
  "certificate.suspend": { de: "ein Zertifikat aussetzen", en: "suspend a certificate" },
  "criterion.attest": {
    de: "mit dem eigenen Namen sagen, dass ein Nachweis gilt",
    en: "attest the proof of a criterion",
  },
  "evaluation.run": { de: "Prüfsammlungen anlegen und laufen lassen", en: "make and run evaluation sets" },
  "evaluation.export": { de: "Prüfsammlungen im Klartext ausgeben", en: "export evaluation sets in clear" },
  "evaluation.remove": { de: "Prüfsammlungen löschen", en: "remove evaluation sets" },
  "change.refuse": { de: "eine wartende Änderung ablehnen", en: "refuse a waiting change" },
  "feed.run": { de: "einen Feed sofort lesen lassen", en: "let a feed look now" },
  "quarantine.settle": { de: "Quarantäne korrigieren und einspielen", en: "correct and replay quarantine" },
  "delivery.replay": { de: "Unzustellbares erneut senden", en: "send dead letters again" },
  "improvement.manage": {
    de: "Meldungen ordnen, zuweisen, beantworten",
    en: "rank, assign and answer reports",
  },
  "feedback.give": { de: "sagen, dass ein Ergebnis falsch war", en: "say that a delivered result was wrong" },
  "people.appoint": {
    de: "die Menschen des Workflows benennen, und wen man fragt",
    en: "name the people of the workflow, and whom to ask",
  },
  "figures.team": {
    de: "Zahlen von Teams ab fünf Personen sehen",
    en: "see figures of teams of five or more",
  },
  "figures.individual": {
    de: "Zahlen einzelner Personen sehen (mit Vereinbarung)",
    en: "see figures of single persons (with an agreement)",
  },
  "works_council.record": {
    de: "Vereinbarung mit dem Betriebsrat festhalten",
    en: "record the works council's agreement",
  },
  "works_council.individuals": {
    de: "Zahlen einzelner Personen einschalten",
    en: "switch figures of single persons on",
  },
  "pulse.answer": { de: "die anonyme Umfrage beantworten", en: "answer the anonymous pulse" },
  "audit.read": { de: "das Protokoll lesen, prüfen, ausleiten", en: "read, verify and export the audit log" },
  "people.see": { de: "sehen, wer welche Rolle hat", en: "see who has which role" },
  "people.staff": {
    de: "Rollen Einsicht, Prüfung, Bereitschaft vergeben",
    en: "give viewer, reviewer and on-call",
  },
  "people.manage": { de: "einladen, sperren, jede Rolle vergeben", en: "invite, disable, give every role" },
  "key.manage": { de: "Schlüssel ausstellen und widerrufen", en: "make and revoke API keys" },
  "connection.manage": {
    de: "Verbindungen speichern und testen, ihre Budgets setzen und senken",
    en: "store and test connections, set and lower their budgets",
  },
  "connection.loosen_policy": {
    de: "Datenregeln eines Modells für Programme lockern",
    en: "loosen the data policy of a model for programs",
  },
  "connection.spend_more": {
    de: "das Budget einer Verbindung erhöhen oder wegnehmen",
    en: "raise the budget of a connection, or take it away",
  },
  "clock.move": { de: "die simulierte Zeit vorstellen", en: "move simulated time" },
};
