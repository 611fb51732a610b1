/** Small labelled tickets, German and English, for the tests of this folder: two heads, a text, an enum, a boolean. */
import type { JsonObject } from "../../contract/json.ts";
import type { TrainingExample, TrainingJob } from "./train.ts";

const SENTENCES: Record<string, string[]> = {
  billing: [
    "Die Rechnung enthält einen falschen Betrag",
    "Sie haben mir die Gebühr doppelt abgebucht",
    "Bitte schicken Sie mir eine korrigierte Rechnung",
    "The invoice shows the wrong amount",
    "I was charged twice for the same month",
    "Please send a corrected invoice with our tax number",
  ],
  technical: [
    "Die App stürzt beim Öffnen ab",
    "Nach dem Update lädt die Übersicht nicht mehr",
    "Das Passwort lässt sich nicht zurücksetzen",
    "The app crashes when I open it",
    "Since the update the dashboard does not load",
    "I cannot reset my password",
  ],
  contract: [
    "Hiermit kündige ich meinen Vertrag fristgerecht",
    "Wann endet die Laufzeit meines Vertrags",
    "Ich möchte den Tarif wechseln",
    "I want to cancel my contract at the end of the term",
    "When does the contract period end",
    "We would like to change to another plan",
  ],
};

const FRAMES = [
  { priority: "normal", before: "Guten Tag, ", after: ". Viele Grüße" },
  { priority: "urgent", before: "DRINGEND: ", after: ", bitte sofort prüfen!" },
  { priority: "normal", before: "Hello, ", after: ". Thanks and kind regards" },
  { priority: "urgent", before: "Urgent, ", after: ". We need this immediately!" },
];

/** 72 tickets: every sentence in every frame; the calm technical ones come through the app. */
export function tickets(): TrainingExample[] {
  return Object.entries(SENTENCES).flatMap(([category, sentences]) =>
    sentences.flatMap((sentence) =>
      FRAMES.map(({ priority, before, after }) => ({
        input: ticket(
          `${before}${sentence}${after}`,
          category === "technical" && priority === "normal" ? "app" : "mail",
        ),
        output: { category, priority },
      })),
    ),
  );
}

export function ticket(body: string, channel = "mail"): JsonObject {
  return { subject: "Anfrage", message: { body }, channel, returning: false };
}

export function ticketJob(changes: Partial<TrainingJob> = {}): TrainingJob {
  return {
    examples: tickets(),
    heads: ["category", "priority"],
    textFields: ["subject", "message.body"],
    categoryFields: ["channel", "returning"],
    seed: 7,
    ...changes,
  };
}
