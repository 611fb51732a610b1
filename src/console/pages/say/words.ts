/** Texts of the signed page: saying that a result is wrong, or answering a question. For people without an account. */
import { words } from "../../locales/words.ts";

export const SAY = words({
  opening: { de: "Die Seite wird geöffnet", en: "The page is being opened" },
  feedbackTitle: { de: "War das Ergebnis richtig?", en: "Was the result right?" },
  feedbackWhat: {
    de: "Zu {id}, zugestellt {at}. Wenn etwas nicht stimmt, sagen Sie es hier; jemand liest es und antwortet.",
    en: "About {id}, delivered {at}. If something is wrong, say so here; somebody reads it and answers.",
  },
  feedbackWhatUndated: {
    de: "Zu {id}. Wenn etwas nicht stimmt, sagen Sie es hier; jemand liest es und antwortet.",
    en: "About {id}. If something is wrong, say so here; somebody reads it and answers.",
  },
  answerTitle: { de: "Wir haben eine Frage an Sie", en: "We have a question for you" },
  answerWhat: {
    de: "Zu {id}. Ihre Antwort geht direkt an die Person, die den Vorgang bearbeitet.",
    en: "About {id}. Your answer goes straight to the person who works on the case.",
  },
  question: { de: "Die Frage", en: "The question" },
  reason: { de: "Was stimmt nicht?", en: "What is wrong?" },
  noReason: { de: "bitte wählen", en: "please choose" },
  feedbackText: { de: "In Ihren Worten", en: "In your words" },
  feedbackTextWhat: { de: "Was wäre richtig gewesen?", en: "What would have been right?" },
  answerText: { de: "Ihre Antwort", en: "Your answer" },
  email: {
    de: "Ihre E-Mail-Adresse (freiwillig, für die Antwort)",
    en: "Your e-mail address (optional, for the answer)",
  },
  sendFeedback: { de: "Rückmeldung senden", en: "Send the feedback" },
  sendAnswer: { de: "Antwort senden", en: "Send the answer" },
  takenFeedback: {
    de: "Danke, Ihre Rückmeldung ist angekommen.",
    en: "Thank you, your feedback has arrived.",
  },
  takenAnswer: { de: "Danke, Ihre Antwort ist angekommen.", en: "Thank you, your answer has arrived." },
  takenWhat: {
    de: "Sie können diese Seite schließen. Unter derselben Adresse steht später die Antwort.",
    en: "You can close this page. The answer will stand at the same address.",
  },
  takenAnswerWhat: {
    de: "Sie können diese Seite schließen; der Vorgang geht jetzt weiter.",
    en: "You can close this page; the case goes on now.",
  },
  thread: { de: "Bisher gesagt", en: "Said so far" },
  said: { de: "Sie, {at}", en: "You, {at}" },
  answered: { de: "Antwort, {at}", en: "Answer, {at}" },
  closed: {
    de: "Hier kann nichts mehr gesagt werden: Die Frist ist vorbei, oder die Frage ist beantwortet.",
    en: "Nothing more can be said here: the time is over, or the question is answered.",
  },
  spent: { de: "Dieser Link gilt nicht", en: "This link is not valid" },
  spentWhat: {
    de: "Er ist unvollständig oder abgelaufen. Antworten Sie auf die Nachricht, aus der er stammt.",
    en: "It is incomplete or has run out. Reply to the message that it came with.",
  },
  support: { de: "Fragen? {contact}", en: "Questions? {contact}" },
});
