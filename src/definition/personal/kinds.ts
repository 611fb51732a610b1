/**
 * The kinds of personal identifiers that a text is looked through for, and what may be done with each.
 *
 * Pure words: the recognisers are in numbers.ts and addresses.ts. What has no grammar and no checksum (names, postal
 * addresses, diagnoses) is not here, because nobody could promise to find it.
 */

/** With what stands in the place of one that is masked. */
export const PERSONAL_KINDS = {
  iban: "IBAN",
  card: "CARD",
  taxId: "TAX-ID",
  socialInsurance: "SOCIAL-INSURANCE",
  vatId: "VAT-ID",
  email: "EMAIL",
  phone: "PHONE",
  ip: "IP",
  birthDate: "BIRTH-DATE",
  suspect: "SUSPECT",
} as const satisfies Record<string, string>;
export type PersonalKind = keyof typeof PERSONAL_KINDS;

/** In sentences, for pages and messages. */
export const KIND_SENTENCES: Record<PersonalKind, string> = {
  iban: "bank account (IBAN)",
  card: "credit card",
  taxId: "German tax number (IdNr)",
  socialInsurance: "social insurance number (DE, AT, CH)",
  vatId: "VAT number (DE, AT, CH)",
  email: "e-mail address",
  phone: "phone number",
  ip: "IP address",
  birthDate: "date of birth that is named as one",
  suspect: "what is named as one of these numbers and fails its checksum: people mistype real ones",
};

export const PERSONAL_ACTIONS = ["allow", "mask", "pseudonymise", "refuse"] as const;
export type PersonalAction = (typeof PERSONAL_ACTIONS)[number];

/** What is done with each kind; a kind that is not named is masked. */
export type PersonalRules = Partial<Record<PersonalKind, PersonalAction>>;

export const kindNames = Object.keys(PERSONAL_KINDS) as PersonalKind[];

/** A find in a text, by its code units. */
export interface Found {
  kind: PersonalKind;
  start: number;
  end: number;
}
