/**
 * Why nobody is signed in through a provider, in both languages: the page that says it has no person whose language it knew.
 *
 * The English sentences are the error's own, as everywhere; the German ones are for that page (http/sign-in-providers.ts).
 */
import { PilotageError, type ErrorCode } from "../contract/errors.ts";

interface Said {
  message: string;
  hint: string;
}

interface Refusal {
  code: ErrorCode;
  en: (who: string, why: string) => Said;
  de: (who: string) => Said;
}

const BEGIN = { en: "Begin again on the sign-in page.", de: "Beginnen Sie auf der Anmeldeseite von vorn." };
const NOBODY = "Niemand wurde angemeldet.";

/** `who` is the provider's name, or the address that it vouched for. */
const REFUSALS = {
  no_provider: {
    code: "not_found",
    en: (who) => ({
      message: `There is no sign-in provider "${who}".`,
      hint: "Sign in with a password, or ask an administrator.",
    }),
    de: (who) => ({
      message: `Einen Anmeldedienst „${who}“ gibt es hier nicht.`,
      hint: "Melden Sie sich mit einem Passwort an, oder fragen Sie die Administration.",
    }),
  },
  unreachable: {
    code: "wrong_state",
    en: (who, why) => ({
      message: `${who} cannot be asked to sign anybody in: ${why}. Nobody was signed in.`,
      hint: "Sign in with a password, or try again later.",
    }),
    de: (who) => ({
      message: `${who} kann gerade niemanden anmelden; den Grund nennt das Protokoll des Programms. ${NOBODY}`,
      hint: "Melden Sie sich mit einem Passwort an, oder versuchen Sie es später noch einmal.",
    }),
  },
  not_begun: {
    code: "unauthenticated",
    en: () => ({
      message:
        "This answer of the provider belongs to no sign-in of this browser, or that began too long ago. Nobody was signed in.",
      hint: BEGIN.en,
    }),
    de: () => ({
      message: `Diese Antwort des Anmeldedienstes gehört zu keiner Anmeldung dieses Browsers, oder die begann vor zu langer Zeit. ${NOBODY}`,
      hint: BEGIN.de,
    }),
  },
  denied: {
    code: "unauthenticated",
    en: (who) => ({
      message: `${who} did not sign you in: it was refused there. Nobody was signed in.`,
      hint: BEGIN.en,
    }),
    de: (who) => ({
      message: `${who} hat Sie nicht angemeldet: Es wurde dort abgelehnt. ${NOBODY}`,
      hint: BEGIN.de,
    }),
  },
  does_not_hold: {
    code: "unauthenticated",
    en: (who) => ({
      message: `The answer of ${who} does not hold, so nobody was signed in. The log has the reason.`,
      hint: BEGIN.en,
    }),
    de: (who) => ({
      message: `Die Antwort von ${who} ist nicht gültig. ${NOBODY} Den Grund nennt das Protokoll des Programms.`,
      hint: BEGIN.de,
    }),
  },
  no_address: {
    code: "unauthenticated",
    en: (who) => ({
      message: `${who} tells no e-mail address of you, and people are known by it here. Nobody was signed in.`,
      hint: "Ask whoever runs the provider for the scope email.",
    }),
    de: (who) => ({
      message: `${who} nennt keine E-Mail-Adresse von Ihnen, und an ihr erkennt Pilotage die Menschen. ${NOBODY}`,
      hint: "Bitten Sie die, die den Anmeldedienst betreiben, um den Scope email.",
    }),
  },
  not_verified: {
    code: "unauthenticated",
    en: (who, email) => ({
      message: `${who} has not verified the address ${email}, so it may be anybody's. Nobody was signed in.`,
      hint: "Verify it there, or ask an administrator for an invitation.",
    }),
    de: (who) => ({
      message: `${who} hat Ihre E-Mail-Adresse nicht bestätigt, sie könnte also irgendwem gehören. ${NOBODY}`,
      hint: "Bestätigen Sie die Adresse dort, oder bitten Sie die Administration um eine Einladung.",
    }),
  },
  not_yours: {
    code: "unauthenticated",
    en: (who) => ({
      message: `The provider vouched for ${who}, but that account here is disabled or belongs to another sign-in. Nobody was signed in.`,
      hint: "Ask an administrator.",
    }),
    de: (who) => ({
      message: `Der Anmeldedienst bürgt für ${who}, aber dieses Konto ist hier gesperrt oder gehört zu einer anderen Anmeldung. ${NOBODY}`,
      hint: "Fragen Sie die Administration.",
    }),
  },
  nobody_invited: {
    code: "unauthenticated",
    en: (who) => ({
      message: `The provider vouched for ${who}, but nobody has invited this address here. Nobody was signed in.`,
      hint: "Ask an administrator for an invitation.",
    }),
    de: (who) => ({
      message: `Der Anmeldedienst bürgt für ${who}, aber diese Adresse hat hier niemand eingeladen. ${NOBODY}`,
      hint: "Bitten Sie die Administration um eine Einladung.",
    }),
  },
} as const satisfies Record<string, Refusal>;

export type RefusalName = keyof typeof REFUSALS;

interface RefusalDetails {
  refusal: RefusalName;
  who: string;
}

export function refusal(
  name: RefusalName,
  { who = "", why = "", cause }: { who?: string; why?: string; cause?: unknown } = {},
): PilotageError {
  const { code, en }: Refusal = REFUSALS[name];
  const { message, hint } = en(who, why);
  const details: RefusalDetails = { refusal: name, who };
  return new PilotageError(code, message, { hint, details, ...(cause === undefined ? {} : { cause }) });
}

/** What such an error says in German; undefined for every other error. */
export function inGerman({ details }: PilotageError): Said | undefined {
  const { refusal: name, who } = (details ?? {}) as Partial<RefusalDetails>;
  if (name === undefined || !Object.hasOwn(REFUSALS, name)) return undefined;
  const { de }: Refusal = REFUSALS[name];
  return de(who ?? "");
}
