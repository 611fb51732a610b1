/** The mail that asks the sender of a case, in German and English: nobody knows which of the two they read. Pure. */

export function askMail(given: {
  unit: string;
  externalId: string;
  days: number;
  question: string;
  link: string;
}): { subject: string; text: string } {
  const { unit, externalId, days, question, link } = given;
  return {
    subject: `Rückfrage / a question: ${externalId.replaceAll(/\s+/g, " ").slice(0, 80)}`,
    text: `Guten Tag,

zu ${externalId} (${unit}) haben wir eine Rückfrage. Bitte antworten Sie innerhalb von ${days} Tagen auf dieser Seite:
${link}

Hello,

we have a question about ${externalId} (${unit}). Please answer within ${days} days on this page:
${link}

---
${question}
`,
  };
}
