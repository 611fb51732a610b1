/**
 * What a ticket can be: categories, teams, priorities, languages, and which team a category usually goes to.
 *
 * The same words stand in ../triage.schema.json and ../ticket.schema.json; a test compares both. What the words mean to
 * a person who labels a ticket is in ../instructions.en.md.
 */

export const CATEGORIES = [
  "delivery_delay",
  "damaged_goods",
  "invoice_question",
  "payment_failed",
  "contract_change",
  "cancellation",
  "technical_fault",
  "maintenance_appointment",
  "account_access",
  "product_question",
  "complaint",
  "spare_parts",
] as const;
export const TEAMS = ["orders", "billing", "technical", "care"] as const;
export const PRIORITIES = ["low", "normal", "high", "urgent"] as const;
export const LANGUAGES = ["de", "en"] as const;
/** Mailboxes and forms through which tickets come in: one per team, which customers mix up, and a general one. */
export const QUEUES = ["general", ...TEAMS] as const;

export type Category = (typeof CATEGORIES)[number];
export type Team = (typeof TEAMS)[number];
export type Priority = (typeof PRIORITIES)[number];
export type Language = (typeof LANGUAGES)[number];
export type Queue = (typeof QUEUES)[number];

/** Training and evaluation tickets come from different texts. */
export type Split = "training" | "evaluation";

/** The team that usually takes a category; a template names another one where its text asks for it. */
export const USUAL_TEAM: Record<Category, Team> = {
  delivery_delay: "orders",
  damaged_goods: "orders",
  invoice_question: "billing",
  payment_failed: "billing",
  contract_change: "care",
  cancellation: "care",
  technical_fault: "technical",
  maintenance_appointment: "technical",
  account_access: "care",
  product_question: "orders",
  complaint: "care",
  spare_parts: "orders",
};
