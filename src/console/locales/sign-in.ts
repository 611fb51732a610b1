/** Texts of signing in, invitations and one-time links. */
import { words } from "./words.ts";

export const SIGN_IN = words({
  title: { de: "Anmelden", en: "Sign in" },
  sentence: {
    de: "Mit dem Konto, zu dem Sie eingeladen wurden.",
    en: "With the account to which you were invited.",
  },
  email: { de: "E-Mail-Adresse", en: "E-mail address" },
  password: { de: "Passwort", en: "Password" },
  submit: { de: "Anmelden", en: "Sign in" },
  or: { de: "oder", en: "or" },
  with: { de: "Anmelden mit {name}", en: "Sign in with {name}" },
  nobody: { de: "Hier hat noch niemand ein Konto", en: "Nobody has an account here yet" },
  nobodyWhat: {
    de: "Wer Pilotage betreibt, macht den ersten Anmeldelink auf dem Rechner selbst: im Terminal eingeben und den Link öffnen, der erscheint.",
    en: "Whoever runs Pilotage makes the first sign-in link on the machine itself: type this in a terminal and open the link that appears.",
  },
  forgotten: {
    de: "Passwort vergessen? Wer die Konten verwaltet, gibt Ihnen einen neuen Link.",
    en: "Password forgotten? Whoever manages accounts gives you a new link.",
  },
  welcome: { de: "Willkommen, {name}", en: "Welcome, {name}" },
  welcomeWhat: {
    de: "Geben Sie sich ein Passwort für {email}. Danach sind Sie angemeldet.",
    en: "Choose a password for {email}. Then you are signed in.",
  },
  name: { de: "Ihr Name", en: "Your name" },
  nameWhat: { de: "So sehen Sie die anderen im Team", en: "As others in the team see you" },
  newPassword: { de: "Neues Passwort", en: "New password" },
  newPasswordWhat: {
    de: "Mindestens 12 Zeichen; ein langer Satz ist gut",
    en: "At least 12 characters; a long sentence is good",
  },
  accept: { de: "Konto anlegen und anmelden", en: "Create the account and sign in" },
  opening: { de: "Der Link wird geöffnet", en: "The link is being opened" },
  spent: { de: "Dieser Link gilt nicht mehr", en: "This link is no longer valid" },
  spentWhat: {
    de: "Links gelten einmal und nur eine Zeit lang. Lassen Sie sich einen neuen geben, oder melden Sie sich an.",
    en: "Links work once and only for a while. Ask for a new one, or sign in.",
  },
  toSignIn: { de: "Zur Anmeldung", en: "To the sign-in page" },
  about: {
    de: "Pilotage führt einen KI-Ablauf im Betrieb: Menschen prüfen, was sicher ist, geht allein hinaus, und alles steht nachlesbar im Protokoll.",
    en: "Pilotage runs an AI workflow in operation: people check, what is proven goes out alone, and everything is on record.",
  },
});
