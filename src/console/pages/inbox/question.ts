/** A first wording of a question to the sender, by reason, in the language of the case; the reviewer completes it. Pure. */
import type { ReviewReason } from "../../../contract/states.ts";
import type { Language } from "../../locales/words.ts";

const BODIES: Record<Language, Partial<Record<ReviewReason, string>> & { usual: string }> = {
  de: {
    usual: "damit wir Ihr Anliegen richtig bearbeiten können, bitten wir um eine kurze Auskunft: ",
    missing: "uns fehlt noch eine Angabe, um Ihr Anliegen zu bearbeiten: ",
    unreadable:
      "Ihre Nachricht oder ihr Anhang ist bei uns nicht lesbar angekommen. Bitte senden Sie uns noch einmal: ",
    wrong_value: "zwei Angaben in Ihrer Nachricht passen nicht zusammen. Welche ist richtig: ",
    out_of_scope: "wir sind nicht sicher, ob Ihr Anliegen bei uns richtig ist. Worum geht es Ihnen genau: ",
  },
  en: {
    usual: "to handle your request properly, we need a short answer: ",
    missing: "we still need one detail to handle your request: ",
    unreadable: "your message or its attachment did not reach us in readable form. Please send again: ",
    wrong_value: "two details in your message do not agree. Which one is right: ",
    out_of_scope:
      "we are not sure that your request is in the right place with us. What exactly is it about: ",
  },
};

export function questionFor(reason: ReviewReason, language: Language, externalId: string): string {
  const body = BODIES[language][reason] ?? BODIES[language].usual;
  return language === "de"
    ? `Guten Tag,\n\nzu ${externalId}: ${body}`
    : `Hello,\n\nabout ${externalId}: ${body}`;
}
