/** Texts of the signed page on which a sender answers, or a receiver says that a result is wrong. */
import { words } from "./words.ts";

export const SAY = words({
  opening: { de: "Wird geöffnet", en: "Opening" },
  gone: { de: "Dieser Link gilt nicht mehr", en: "This link is no longer valid" },
  goneWhat: {
    de: "Er ist abgelaufen oder unvollständig kopiert. Antworten Sie bitte auf dem gewohnten Weg.",
    en: "It has expired or was copied incompletely. Please answer in the usual way.",
  },
  "title.answer": { de: "Eine Rückfrage zu {id}", en: "A question about {id}" },
  "title.feedback": { de: "Stimmt etwas nicht mit {id}?", en: "Is something wrong with {id}?" },
  "what.answer": {
    de: "Damit wir weiterarbeiten können, brauchen wir Ihre Antwort.",
    en: "We need your answer to go on.",
  },
  "what.feedback": {
    de: "Sagen Sie uns, was falsch ist. Ein Mensch sieht es sich an; am Ergebnis ändert sich dadurch noch nichts.",
    en: "Tell us what is wrong. A person looks at it; the result does not change by itself.",
  },
  delivered: { de: "Zugestellt {when}.", en: "Delivered {when}." },
  question: { de: "Die Frage", en: "The question" },
  answer: { de: "Ihre Antwort", en: "Your answer" },
  reason: { de: "Was ist falsch?", en: "What is wrong?" },
  text: { de: "In eigenen Worten", en: "In your own words" },
  email: {
    de: "E-Mail-Adresse, falls Sie eine Antwort möchten",
    en: "E-mail address, if you would like an answer",
  },
  send: { de: "Absenden", en: "Send" },
  thanksAnswer: { de: "Danke, Ihre Antwort ist angekommen", en: "Thank you, your answer has arrived" },
  thanksAnswerWhat: {
    de: "Wir arbeiten jetzt weiter. Sie können diese Seite schließen.",
    en: "We go on now. You can close this page.",
  },
  thanksFeedback: { de: "Danke, Ihre Meldung ist angekommen", en: "Thank you, your report has arrived" },
  thanksFeedbackWhat: {
    de: "Ein Mensch sieht es sich an. Sie können diese Seite schließen.",
    en: "A person looks at it. You can close this page.",
  },
  closed: {
    de: "Hier kann zurzeit nichts mehr gesagt werden. Vielleicht ist die Antwort schon angekommen.",
    en: "Nothing more can be said here at present. Perhaps the answer has arrived already.",
  },
  said: { de: "Bisher gesagt", en: "Said so far" },
  answered: { de: "Antwort: {text}", en: "Answer: {text}" },
});
