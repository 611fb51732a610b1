/** What the program writes to people about reviews and feedback, in German and English. Pure. */

import type { Alarm } from "../contract/rollout.ts";

/** What each kind of mail says; `console` is where the console is found. */
export interface MailValues {
  report: { workflow: string; today: number; console: string };
  report_alert: { workflow: string; today: number; console: string };
  report_privacy: { workflow: string; improvement: string; console: string };
  improvement_answer: { workflow: string; answer: string; console: string };
  digest: { queues: Queue[]; console: string };
  stop_request: { workflow: string; person: string; console: string };
  stop_answer: { workflow: string; console: string };
  policy_waits: { models: string[]; by: string; console: string };
  rollout_stopped: { workflow: string; back: boolean; alarm: Alarm; console: string };
  certificate_lapsed: {
    workflow: string;
    by: "errors" | "doubt";
    errors: number;
    n: number;
    most: string;
    console: string;
  };
  certificate_ends: { workflow: string; days: number; console: string };
  model_changed: {
    workflow: string;
    model: string;
    what: "name" | "version" | "behaviour";
    before: string;
    after: string;
    /** How many certificates were suspended. */
    suspended: number;
    console: string;
  };
  at_risk: { queues: { workflow: string; atRisk: number }[]; console: string };
}
export type MailKind = keyof MailValues;

/** One workflow's queue on a morning. */
export interface Queue {
  workflow: string;
  open: number;
  dueToday: number;
  overdue: number;
  /** For owners: reports that nobody has looked at. */
  reports: number;
  /** For owners: how the budget for calls of models stands, where that wants a word. */
  budget?: "warning" | "spent" | undefined;
}

interface Text {
  subject: string;
  text: string;
}
type Language = "de" | "en";

const cases = {
  de: (n: number) => (n === 1 ? "1 Vorgang" : `${n} Vorgänge`),
  en: (n: number) => (n === 1 ? "1 case" : `${n} cases`),
};

const BUDGET: Record<Language, Record<"good" | "warning" | "spent", string>> = {
  de: {
    good: "",
    warning: "; das Budget für Modellaufrufe ist fast verbraucht",
    spent: "; das Budget für Modellaufrufe ist verbraucht, Menschen arbeiten weiter",
  },
  en: {
    good: "",
    warning: "; the budget for model calls is nearly spent",
    spent: "; the budget for model calls is spent, people do the work",
  },
};

const ALARMS: Record<Language, Record<Alarm, string>> = {
  de: {
    errors: "zu viele falsche Ausgaben",
    bad_answers: "zu viele Antworten, die nicht zum Schema passen",
    no_answers: "zu viele Vorgänge, auf die ein Modell nicht oder zu spät antwortet",
    slow: "zu viele langsame Antworten",
    dear: "zu viele Vorgänge, die mehr kosten als geplant",
    overridden: "zu viele geänderte oder abgelehnte Vorschläge",
    paired: "im Schatten liegt er öfter allein falsch als das feste Release",
    sample_ratio: "die Vorgänge verteilen sich anders, als die Anteile sagen",
    label_gap: "die beiden Seiten werden verschieden oft geprüft",
  },
  en: {
    errors: "too many wrong outputs",
    bad_answers: "too many answers that fit no schema",
    no_answers: "too many cases that a model answers late or not at all",
    slow: "too many slow answers",
    dear: "too many cases that cost more than planned",
    overridden: "too many suggestions that people changed or rejected",
    paired: "in shadow it alone was wrong more often than the stable release alone",
    sample_ratio: "the arms get other parts of the cases than their shares say",
    label_gap: "the two arms are not checked equally often",
  },
};

const TEXTS: { [K in MailKind]: Record<Language, (values: MailValues[K]) => Text> } = {
  report: {
    de: ({ workflow, today, console }) => ({
      subject: `${workflow}: Meldung aus der Prüfung`,
      text: `In ${workflow} wurde ein Problem gemeldet (heute ${today}-mal). Die Meldung steht in der Liste der Verbesserungen:\n${console}`,
    }),
    en: ({ workflow, today, console }) => ({
      subject: `${workflow}: a report from reviewing`,
      text: `A problem was reported in ${workflow} (${today} today). It stands in the list of improvements:\n${console}`,
    }),
  },
  rollout_stopped: {
    de: ({ workflow, back, alarm, console }) => ({
      subject: `${workflow}: Rollout ${back ? "zurückgerollt" : "angehalten"}`,
      text: `In ${workflow} wurde der Rollout ${back ? "von selbst zurückgerollt: Neue Vorgänge gehen an das Release davor." : "von selbst angehalten: Der Kandidat wird nicht mehr gefragt."}\nGrund: ${ALARMS.de[alarm]}.\nZahlen und nächste Schritte: pilotage rollout show ${workflow}\n${console}`,
    }),
    en: ({ workflow, back, alarm, console }) => ({
      subject: `${workflow}: rollout ${back ? "rolled back" : "held"}`,
      text: `The rollout in ${workflow} was ${back ? "rolled back by itself: new cases go to the release before it." : "held by itself: the candidate is not asked any more."}\nReason: ${ALARMS.en[alarm]}.\nNumbers and next steps: pilotage rollout show ${workflow}\n${console}`,
    }),
  },
  certificate_lapsed: {
    de: ({ workflow, by, errors, n, most, console }) => ({
      subject: `${workflow}: Zertifikat ausgesetzt, alles geht in die Prüfung`,
      text: `${
        by === "errors"
          ? `In ${workflow} waren ${errors} von ${n} geprüften Vorgängen falsch, die sonst ohne Prüfung hinausgegangen wären; zugesagt sind höchstens ${most}.`
          : `In ${workflow} war das Release bei ${errors} von ${n} Vorgängen nacheinander zu unsicher; üblich sind höchstens ${most}. Wahrscheinlich kommen andere Vorgänge als früher.`
      } Das Zertifikat gilt nicht mehr, ab sofort prüfen Menschen jeden Vorgang.\nZahlen und nächste Schritte:\n${console}/quality?workflow=${encodeURIComponent(workflow)}`,
    }),
    en: ({ workflow, by, errors, n, most, console }) => ({
      subject: `${workflow}: certificate suspended, every case is reviewed`,
      text: `${
        by === "errors"
          ? `In ${workflow} ${errors} of ${n} labelled cases that would have gone out alone were wrong; the promise is at most ${most}.`
          : `In ${workflow} the release was too unsure in ${errors} of ${n} cases in a row; usual are ${most} at most. The cases are probably others than before.`
      } The certificate holds no longer, and people review every case from now on.\nNumbers and next steps:\n${console}/quality?workflow=${encodeURIComponent(workflow)}`,
    }),
  },
  certificate_ends: {
    de: ({ workflow, days, console }) => ({
      subject: `${workflow}: Das Zertifikat endet in ${days} Tagen`,
      text: `Das Zertifikat von ${workflow} gilt noch ${days} Tage. Danach prüfen Menschen jeden Vorgang. Ob die Belege für ein neues reichen, steht auf der Seite Qualität; erneuern: pilotage certify ${workflow}\n${console}/quality?workflow=${encodeURIComponent(workflow)}`,
    }),
    en: ({ workflow, days, console }) => ({
      subject: `${workflow}: the certificate ends in ${days} days`,
      text: `The certificate of ${workflow} holds for another ${days} days. After that people review every case. Whether there is evidence enough for a new one stands on the page Quality; renew it: pilotage certify ${workflow}\n${console}/quality?workflow=${encodeURIComponent(workflow)}`,
    }),
  },
  report_alert: {
    de: ({ workflow, today, console }) => ({
      subject: `${workflow}: dasselbe Problem heute ${today}-mal gemeldet`,
      text: `In ${workflow} wurde heute zum ${today}. Mal dasselbe gemeldet. Bitte ansehen und bei Bedarf einen Schritt zurückgehen:\n${console}`,
    }),
    en: ({ workflow, today, console }) => ({
      subject: `${workflow}: the same problem reported ${today} times today`,
      text: `The same was reported ${today} times today in ${workflow}. Please look at it, and step back if need be:\n${console}`,
    }),
  },
  report_privacy: {
    de: ({ workflow, improvement, console }) => ({
      subject: `${workflow}: sichtbare personenbezogene Daten gemeldet`,
      text: `In ${workflow} wurde gemeldet, dass personenbezogene Daten sichtbar sind, wo sie es nicht sein sollen. Was gemeldet wurde, steht hier (nach der Anmeldung):\n${improvementLink(console, workflow, improvement)}\n\nBitte heute ansehen und entscheiden, ob es ein Vorfall ist: Für Meldungen an die Aufsicht laufen Fristen.`,
    }),
    en: ({ workflow, improvement, console }) => ({
      subject: `${workflow}: visible personal data was reported`,
      text: `Somebody reported in ${workflow} that personal data is visible where it should not be. What was reported is here (after signing in):\n${improvementLink(console, workflow, improvement)}\n\nPlease look at it today and decide whether it is an incident: notices to authorities have deadlines.`,
    }),
  },
  improvement_answer: {
    de: ({ workflow, answer }) => ({
      subject: `${workflow}: Antwort auf Ihre Rückmeldung`,
      text: `Zu Ihrer Rückmeldung in ${workflow} gibt es eine Antwort:\n\n${answer}`,
    }),
    en: ({ workflow, answer }) => ({
      subject: `${workflow}: an answer to what you reported`,
      text: `There is an answer to what you reported in ${workflow}:\n\n${answer}`,
    }),
  },
  digest: {
    de: ({ queues, console }) => ({
      subject: `Ihr Posteingang: ${cases.de(sum(queues, (one) => one.open))} offen, ${sum(queues, (one) => one.dueToday)} heute fällig`,
      text: `${queues
        .map(
          (one) =>
            `${one.workflow}: ${cases.de(one.open)} offen, ${one.dueToday} heute fällig, ${one.overdue} überfällig${one.reports > 0 ? `, ${one.reports} neue Meldungen` : ""}${BUDGET.de[one.budget ?? "good"]}`,
        )
        .join("\n")}\n\n${console}`,
    }),
    en: ({ queues, console }) => ({
      subject: `Your inbox: ${cases.en(sum(queues, (one) => one.open))} open, ${sum(queues, (one) => one.dueToday)} due today`,
      text: `${queues
        .map(
          (one) =>
            `${one.workflow}: ${cases.en(one.open)} open, ${one.dueToday} due today, ${one.overdue} overdue${one.reports > 0 ? `, ${one.reports} new reports` : ""}${BUDGET.en[one.budget ?? "good"]}`,
        )
        .join("\n")}\n\n${console}`,
    }),
  },
  policy_waits: {
    de: ({ models, by, console }) => ({
      subject: `Lockerung der Datenregeln wartet: ${models.join(", ")}`,
      text: `${by} hat lockerere Datenregeln für ${models.join(", ")} beantragt. Sie gelten erst, wenn eine zweite Person zustimmt, und Sie dürfen das. Was sie erlauben würden, steht unter Einstellungen, Verbindungen:\n${console}/settings#connections`,
    }),
    en: ({ models, by, console }) => ({
      subject: `A looser data policy waits: ${models.join(", ")}`,
      text: `${by} asked for a looser data policy for ${models.join(", ")}. It holds only when a second person agrees, and you may. What it would let on is under Settings, Connections:\n${console}/settings#connections`,
    }),
  },
  stop_request: {
    de: ({ workflow, person, console }) => ({
      subject: `${workflow}: Bitte um Halt`,
      text: `${person} bittet darum, ${workflow} anzuhalten. Warum, steht unter Betrieb; dort wird auch geantwortet:\n${console}`,
    }),
    en: ({ workflow, person, console }) => ({
      subject: `${workflow}: a stop is asked for`,
      text: `${person} asks for a stop of ${workflow}. Why is on the page Operations, where it is answered, too:\n${console}`,
    }),
  },
  stop_answer: {
    de: ({ workflow, console }) => ({
      subject: `${workflow}: Antwort auf Ihre Bitte um Halt`,
      text: `Ihre Bitte, ${workflow} anzuhalten, ist beantwortet:\n${console}`,
    }),
    en: ({ workflow, console }) => ({
      subject: `${workflow}: an answer to your request to stop`,
      text: `Your request to stop ${workflow} was answered:\n${console}`,
    }),
  },
  model_changed: {
    de: ({ workflow, model, what, before, after, suspended, console }) => ({
      subject: `${workflow}: Das Modell ${model} hat sich geändert`,
      text: `${
        what === "behaviour"
          ? `${model} antwortet auf gleichbleibende Fragen anders als bisher: ${after} von ${before} bekannten Antworten sind jetzt andere.`
          : `${model} antwortet als ${after}; bisher war es ${before}.`
      }\n\n${
        suspended > 0
          ? `Das Zertifikat ist ausgesetzt: Ab jetzt wird jeder Vorgang von ${workflow} geprüft, den dieses Modell beantwortet. Selbstständig geht erst wieder etwas hinaus, wenn neue Prüfungen ein neues Zertifikat tragen.`
          : "Es war kein Zertifikat in Kraft; an dem, was selbstständig hinausgeht, ändert sich nichts."
      } Was bekannt ist, steht unter Betrieb:\n${console}`,
    }),
    en: ({ workflow, model, what, before, after, suspended, console }) => ({
      subject: `${workflow}: the model ${model} has changed`,
      text: `${
        what === "behaviour"
          ? `${model} answers questions that stay the same otherwise than it did: ${after} of ${before} known answers are others now.`
          : `${model} answers as ${after}; it was ${before} before.`
      }\n\n${
        suspended > 0
          ? `The certificate is suspended: from now on every case of ${workflow} that this model answers is reviewed. Cases go out alone again when new reviews carry a new certificate.`
          : "No certificate was in force; what goes out alone stays as it was."
      } What is known is on the page Operations:\n${console}`,
    }),
  },
  at_risk: {
    de: ({ queues, console }) => ({
      subject: `${cases.de(sum(queues, (one) => one.atRisk))} in der nächsten Stunde fällig`,
      text: `${queues.map((one) => `${one.workflow}: ${cases.de(one.atRisk)} in der nächsten Stunde fällig`).join("\n")}\n\n${console}`,
    }),
    en: ({ queues, console }) => ({
      subject: `${cases.en(sum(queues, (one) => one.atRisk))} due within the hour`,
      text: `${queues.map((one) => `${one.workflow}: ${cases.en(one.atRisk)} due within the hour`).join("\n")}\n\n${console}`,
    }),
  },
};

/** Where one improvement is read: on the overview, whose list opens it. */
function improvementLink(console: string, workflow: string, improvement: string): string {
  return `${console}/overview?workflow=${encodeURIComponent(workflow)}&improvement=${encodeURIComponent(improvement)}`;
}

function sum<T>(list: readonly T[], of: (one: T) => number): number {
  return list.reduce((total, one) => total + of(one), 0);
}

/** The mail in a person's language; in both, one after the other, for somebody whose language nobody knows. */
export function mailText<K extends MailKind>(kind: K, locale: string, values: MailValues[K]): Text {
  const { de, en } = TEXTS[kind];
  if (locale.startsWith("de")) return de(values);
  if (locale.startsWith("en")) return en(values);
  const [german, english] = [de(values), en(values)];
  return {
    subject: `${german.subject} / ${english.subject}`,
    text: `${german.text}\n\n---\n\n${english.text}`,
  };
}
