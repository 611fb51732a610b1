/** Texts of trying a connection: what came of it, and what to do. */
import { words } from "../../locales/words.ts";

export const CONNECTION_TEST = words({
  test: { de: "Testen", en: "Test" },
  testOf: { de: "{name} testen", en: "Test {name}" },
  testTo: { de: "Testnachricht an", en: "Test message to" },
  model: { de: "Modell (freiwillig)", en: "Model (optional)" },
  modelWhat: {
    de: "Wie der Anbieter es nennt. Leer: das Modell, das das neueste Release darüber fragt. Kostet einige Token.",
    en: "As the provider calls it. Empty: the one that the newest release asks over it. Costs some tokens.",
  },
  retires: {
    de: "Der Anbieter schaltet dieses Modell am {day} ab.",
    en: "The provider retires this model on {day}.",
  },
  "outcome.answered": { de: "{name} antwortet wie verlangt.", en: "{name} answers as asked." },
  "outcome.other_form": {
    de: "{name} ist erreichbar, antwortet aber nicht in der verlangten Form. Solche Antworten werden einmal nachgebessert und gehen dann an die nächste Stufe oder an Menschen. Wählen Sie ein anderes Modell oder rechnen Sie damit.",
    en: "{name} can be reached, but does not answer in the form asked for. Such answers are repaired once and then go to the next step or to people. Take another model, or expect it.",
  },
  "outcome.sent": {
    de: "Der Mailserver hat die Nachricht angenommen. Ob sie ankommt, zeigt das Postfach.",
    en: "The mail server took the message. Whether it arrives shows the mailbox.",
  },
  "outcome.described": {
    de: "Der Anmeldedienst antwortet und beschreibt sich.",
    en: "The sign-in provider answers and describes itself.",
  },
  "outcome.reached": {
    de: "Die Adresse ist erreichbar. Gesendet wurde nichts, denn ein Empfänger handelt nach dem, was er bekommt. Ob er die Signatur annimmt, zeigt die Zustellung eines Übungsfalls.",
    en: "The address can be reached. Nothing was sent, because a receiver acts on what it gets. Whether it takes the signature shows the delivery of a drill.",
  },
  "outcome.key": {
    de: "Der Schlüssel wird nicht angenommen, oder er darf das nicht. Prüfen Sie ihn beim Anbieter und speichern Sie die Verbindung neu.",
    en: "The key is not taken, or may not do this. Check it at the provider and store the connection again.",
  },
  "outcome.model": {
    de: "Das Modell oder die Adresse ist dort unbekannt. Prüfen Sie den Namen des Modells und die Adresse.",
    en: "The model or the address is unknown there. Check the model's name and the address.",
  },
  "outcome.address_refused": {
    de: "Dorthin wird nichts gesendet. Eine private Adresse muss zuerst in PILOTAGE_EGRESS_ALLOW stehen; sonst stimmt die Adresse nicht.",
    en: "Nothing is sent there. A private address must first stand in PILOTAGE_EGRESS_ALLOW; else the address is wrong.",
  },
  "outcome.unreachable": {
    de: "{name} ist nicht erreichbar. Prüfen Sie die Adresse, und ob dieser Rechner dorthin darf.",
    en: "{name} cannot be reached. Check the address, and whether this machine may reach it.",
  },
  "outcome.certificate": {
    de: "Das Zertifikat gilt nicht. Prüfen Sie die Adresse; für eine eigene Zertifizierungsstelle setzen Sie NODE_EXTRA_CA_CERTS.",
    en: "The certificate is not valid. Check the address; for an own certificate authority set NODE_EXTRA_CA_CERTS.",
  },
  "outcome.too_late": {
    de: "{name} hat nicht rechtzeitig geantwortet. Versuchen Sie es noch einmal oder nehmen Sie ein schnelleres Modell.",
    en: "{name} did not answer in time. Try again, or take a faster model.",
  },
  "outcome.busy": {
    de: "{name} ist gerade überlastet oder begrenzt die Aufrufe. Versuchen Sie es später; geschieht es oft, heben Sie das Limit beim Anbieter an.",
    en: "{name} is overloaded or limits calls at the moment. Try later; when it happens often, raise the limit at the provider.",
  },
  "outcome.quota": {
    de: "Das bezahlte Kontingent ist verbraucht. Erhöhen Sie es beim Anbieter.",
    en: "The paid quota is used up. Raise it at the provider.",
  },
  "outcome.not_this_api": {
    de: "Dort antwortet etwas anderes als diese Schnittstelle. Prüfen Sie Art und Adresse der Verbindung.",
    en: "Something else than this API answers there. Check the kind and the address of the connection.",
  },
  "outcome.refused": {
    de: "{name} ist erreichbar, lehnt die Testfrage aber ab. Der Grund steht darunter.",
    en: "{name} can be reached, but refuses the test question. The reason stands below.",
  },
  "outcome.failed": {
    de: "Der Versuch ist gescheitert. Der Grund steht darunter.",
    en: "The trial failed. The reason stands below.",
  },
  ms: { de: "{ms} ms", en: "{ms} ms" },
  tokens: { de: "{input} + {output} Token", en: "{input} + {output} tokens" },
  "form.json_schema": { de: "nimmt das Schema als Parameter", en: "takes the schema as a parameter" },
  "form.json_object": {
    de: "nimmt nur den Wunsch nach JSON; das Schema wird in Worten gesagt",
    en: "takes only a wish for JSON; the schema is told in words",
  },
  "form.words": {
    de: "nimmt keine Form als Parameter; das Schema wird in Worten gesagt",
    en: "takes no form as a parameter; the schema is told in words",
  },
});
