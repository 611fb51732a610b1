/** Handlers of people and their roles: list, invite, staff, disable, and links from the machine itself. */
import type { Caller } from "../access/caller.ts";
import { boundTo, demandAction, demandAtOnce, isOperator, mayAtOnce, sees } from "../access/caller.ts";
import { heldRoles, type HeldRole, type People, type PersonRow } from "../access/people.ts";
import { allPeople } from "../access/people-store.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Clock } from "../platform/clock.ts";
import { isoTime } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Mail, Sent } from "../platform/mail.ts";
import { showPerson } from "./access.ts";
import type { Handlers } from "./bind.ts";

type Names = "listPeople" | "invitePerson" | "inviteAgain" | "setRoles" | "disablePerson" | "makeSignInLink";

export interface PeopleHandlerParts {
  database: Database;
  clock: Clock;
  people: People;
  /** Where people reach this installation, without a slash at the end. */
  address(): string;
  mail(mail: Mail): Promise<{ outcome: Sent; problem: string | null }>;
}

export function peopleHandlers(parts: PeopleHandlerParts): Pick<Handlers, Names> {
  const { database, clock, people } = parts;

  /** What the reader may do with somebody; judged by all that they hold, also by what the reader does not see. */
  function mayOf(caller: Caller, person: PersonRow, held: HeldRole[]) {
    return {
      mayChange: people.mayChange(caller, person),
      mayGetLink: people.mayGetLink(caller, person, held),
    };
  }

  async function show(caller: Caller, person: PersonRow) {
    const held = (await heldRoles(database, person.email)).get(person.email) ?? [];
    return { ...showPerson(person, held, clock.now()), ...mayOf(caller, person, held) };
  }

  async function invitation(caller: Caller, made: { person: PersonRow; token: string; expiresAt: number }) {
    const link = `${parts.address()}/link#${made.token}`;
    const { outcome: mailed, problem } = await parts.mail({
      to: made.person.email,
      ...invitationText(made.person, link, isoTime(made.expiresAt)),
    });
    return {
      person: await show(caller, made.person),
      link,
      expiresAt: isoTime(made.expiresAt),
      mailed,
      problem: problem === null ? null : `${problem}. Hand the link over by another way.`,
    };
  }

  return {
    async listPeople({ query, caller }) {
      const { workflow } = query;
      if (workflow !== undefined) demandAction(caller, "people.see", workflow);
      const [list, held, lacking] = await Promise.all([
        allPeople(database),
        heldRoles(database),
        people.lacking(),
      ]);
      const whole =
        boundTo(caller) === null &&
        (caller.key !== undefined || (caller.signedIn?.grants ?? []).some((one) => one.workflow === null));
      const shown = list.filter((person) => {
        const roles = held.get(person.email) ?? [];
        if (workflow !== undefined)
          return roles.some((one) => one.workflow === null || one.workflow === workflow);
        // Who works on no workflow that the reader may see is not the reader's to know.
        return whole || roles.some((one) => one.workflow === null || sees(caller, one.workflow));
      });
      return {
        people: shown.map((person) => ({
          ...showPerson(
            person,
            (held.get(person.email) ?? []).filter(
              (one) => one.workflow === null || sees(caller, one.workflow) || whole,
            ),
            clock.now(),
          ),
          ...mayOf(caller, person, held.get(person.email) ?? []),
        })),
        lacking: lacking.filter((one) => whole || sees(caller, one.workflow)),
        staffs: (await people.workflows()).filter(
          (name) => mayAtOnce(caller, "people.manage", null) || mayAtOnce(caller, "people.staff", name),
        ),
      };
    },
    invitePerson: async ({ body, caller }) => invitation(caller, await people.invite(body, caller)),
    inviteAgain: async ({ params, caller }) =>
      invitation(caller, await people.inviteAgain(params.person, caller)),
    setRoles: async ({ params, body, caller }) =>
      show(caller, await people.setRoles(params.person, body.grants, caller)),
    async disablePerson({ params, body, caller }) {
      demandAtOnce(caller, "people.manage", null);
      return show(caller, await people.setDisabled(params.person, body.disabled, caller));
    },
    async makeSignInLink({ body, caller }) {
      // Not an administrator either: with it one could be anybody, and nobody would hear of it.
      if (!isOperator(caller))
        throw new PilotageError(
          "forbidden",
          "A link that signs in is made on the machine itself. Nothing was made.",
          { hint: "Make an invitation; or run `pilotage user link <email>` on the machine." },
        );
      const made = await people.signInLink(body, caller.actor);
      return {
        link: `${parts.address()}/link#${made.token}`,
        expiresAt: isoTime(made.expiresAt),
        person: await show(caller, made.person),
      };
    },
  };
}

function invitationText(person: PersonRow, link: string, until: string): { subject: string; text: string } {
  const day = until.slice(0, 10);
  if (person.locale.startsWith("de"))
    return {
      subject: "Ihr Zugang zu Pilotage",
      text: `Guten Tag ${person.name},\n\nSie sind zu Pilotage eingeladen. Öffnen Sie diesen Link und setzen Sie Ihr Passwort:\n\n${link}\n\nDer Link gilt einmal und bis zum ${day.split("-").reverse().join(".")}. Haben Sie nichts erwartet, lassen Sie ihn liegen.\n`,
    };
  return {
    subject: "Your access to Pilotage",
    text: `Hello ${person.name},\n\nyou are invited to Pilotage. Open this link and set your password:\n\n${link}\n\nThe link works once, until ${day}. If you did not expect it, leave it alone.\n`,
  };
}
