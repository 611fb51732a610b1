/**
 * Mail to people about their work: in the language of each, with counts and links, never with what a case holds.
 *
 * Sent after what it tells is stored; where mail is not set up, or fails, nothing else fails. The mail server is behind
 * platform/mail.ts, the texts are in mail-texts.ts.
 */
import type { Role } from "../contract/access.ts";
import { mailText, type MailKind, type MailValues } from "./mail-texts.ts";

export interface Addressee {
  email: string;
  name: string;
  locale: string;
}

export interface PostParts {
  send(mail: { to: string; subject: string; text: string }): Promise<"sent" | "not_configured" | "failed">;
  /** Null: for the whole installation. */
  peopleWith(workflow: string | null, role: Role): Promise<Addressee[]>;
  /** What is known of a person by this address; undefined for somebody from outside. */
  personOf(email: string): Promise<Addressee | undefined>;
  /** Where the console is found from outside. */
  consoleUrl(): string;
}

export interface Post {
  /** To everybody with one of these roles, each once, but for those who know already. Answers the addresses that a mail went to. */
  toRoles<K extends MailKind>(
    workflow: string | null,
    roles: readonly Role[],
    kind: K,
    values: Omit<MailValues[K], "console">,
    knowing?: readonly string[],
  ): Promise<string[]>;
  /** The same to these addresses; what is no address is left out. */
  toAddresses<K extends MailKind>(
    addresses: readonly string[],
    kind: K,
    values: Omit<MailValues[K], "console">,
  ): Promise<string[]>;
  toPerson<K extends MailKind>(
    person: Addressee,
    kind: K,
    values: Omit<MailValues[K], "console">,
  ): Promise<boolean>;
}

const ADDRESS = /^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+$/;

export function isAddress(text: string): boolean {
  return text.length <= 200 && ADDRESS.test(text);
}

export function openPost(parts: PostParts): Post {
  async function toPerson<K extends MailKind>(
    person: Addressee,
    kind: K,
    values: Omit<MailValues[K], "console">,
  ): Promise<boolean> {
    const text = mailText(kind, person.locale, { ...values, console: parts.consoleUrl() } as MailValues[K]);
    return (await parts.send({ to: person.email, ...text })) === "sent";
  }

  async function toAll<K extends MailKind>(
    people: Iterable<Addressee>,
    kind: K,
    values: Omit<MailValues[K], "console">,
  ): Promise<string[]> {
    const reached: string[] = [];
    for (const person of people) if (await toPerson(person, kind, values)) reached.push(person.email);
    return reached;
  }

  return {
    toPerson,
    async toRoles(workflow, roles, kind, values, knowing = []) {
      const people = new Map<string, Addressee>();
      for (const role of roles)
        for (const person of await parts.peopleWith(workflow, role))
          if (!knowing.includes(person.email)) people.set(person.email, person);
      return toAll(people.values(), kind, values);
    },
    async toAddresses(addresses, kind, values) {
      const people: Addressee[] = [];
      for (const email of addresses)
        if (isAddress(email))
          people.push((await parts.personOf(email)) ?? { email, name: email, locale: "both" });
      return toAll(people, kind, values);
    },
  };
}
