/**
 * Handlers of sign-in and of what a person does with the own account.
 *
 * Wrong sign-ins are answered alike, after the same work, and slowed down. The session's cookie is `HttpOnly` and
 * `SameSite=Lax`, and `Secure` where the browser came over TLS.
 */
import type { FastifyReply } from "fastify";
import { callerOfSession, may, rolesOf, sees, type Caller } from "../access/caller.ts";
import { findLink, useLink } from "../access/links.ts";
import { demandGoodPassword, hashPassword, passwordFits } from "../access/passwords.ts";
import { heldRoles, personByEmail, type HeldRole, type People, type PersonRow } from "../access/people.ts";
import { RULES } from "../access/rules.ts";
import type { Sessions } from "../access/sessions.ts";
import { networkOf } from "../access/sign-in-limits.ts";
import { countedTry, forgetFailures, type Watched } from "../access/sign-in-tries.ts";
import type { Audit } from "../audit/record.ts";
import { maybeIso } from "../cases/view.ts";
import type { Registry } from "../cases/workflow/registry.ts";
import { ACTIONS, type Action } from "../contract/access.ts";
import { preferences } from "../contract/access-endpoints.ts";
import { PilotageError } from "../contract/errors.ts";
import { isoTime, type Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Vault } from "../platform/secrets.ts";
import { sql } from "../platform/sql.ts";
import type { Handlers } from "./bind.ts";
import { knownDevice, markDevice } from "./device-cookie.ts";
import { SESSION_COOKIE, setSessionCookie } from "./session-cookie.ts";

type Names =
  | "signInMethods"
  | "signIn"
  | "openLink"
  | "acceptInvitation"
  | "signOut"
  | "getMe"
  | "changeMe"
  | "changePassword"
  | "setAway"
  | "listSessions"
  | "endSession"
  | "listRules";

export interface SupportContact {
  contact: string;
  answerHours: number | null;
}

export interface AccessParts {
  database: Database;
  registry: Registry;
  vault: Vault;
  clock: Clock;
  audit: Audit;
  people: People;
  sessions: Sessions;
  /** The sign-in providers of the installation. */
  providers(): Promise<{ id: string; name: string }[]>;
  /** Whom the installation names for people who cannot sign in. */
  support: SupportContact | null;
  version: string;
}

const ALL_ACTIONS = Object.keys(ACTIONS) as Action[];

export function accessHandlers(parts: AccessParts): Pick<Handlers, Names> {
  const { database, registry, vault, clock, audit, people, sessions } = parts;

  async function showMe(caller: Caller) {
    const views = (await registry.workflows(database)).filter((view) => sees(caller, view.row.name));
    const { signedIn } = caller;
    return {
      person: signedIn ? await showOwn(await people.get(signedIn.person)) : null,
      workflows: views.map(({ row, document }) => ({
        name: row.name,
        purpose: document.purpose,
        unit: document.unit,
        rung: row.rung,
        roles: rolesOf(caller, row.name),
        actions: ALL_ACTIONS.filter((action) => may(caller, action, row.name)),
        zone: document.calendar.zone,
        support: document.support
          ? { contact: document.support.contact, answerHours: document.support.answerHours ?? null }
          : null,
      })),
      installation: ALL_ACTIONS.filter((action) => may(caller, action, null)),
      support: parts.support,
      sessionEndsAt: signedIn ? isoTime(signedIn.endsAt) : null,
      version: parts.version,
    };
  }

  async function showOwn(person: PersonRow) {
    const held = (await heldRoles(database, person.email)).get(person.email) ?? [];
    return { ...showPerson(person, held, clock.now()), preferences: preferences.parse(person.preferences) };
  }

  const account = (email: string) => vault.digest("sign-in account", email);
  const here = (email: string, network: string) =>
    vault.digest("sign-in account at network", `${network} ${email}`);

  /** What a sign-in is counted for. A device that the account knows has an allowance of its own and spends no other. */
  function watched(email: string, reply: FastifyReply): Watched[] {
    const device = knownDevice(vault, reply, email);
    if (device)
      return [
        { track: "device", subject: vault.digest("sign-in account at device", `${device.id} ${email}`) },
      ];
    const network = networkOf(reply.request.ip);
    return [
      { track: "here", subject: here(email, network) },
      { track: "network", subject: vault.digest("sign-in address", network) },
      { track: "account", subject: account(email) },
    ];
  }

  /** The link behind a token; looking at links that are none is counted for the network. */
  async function openCounted(token: string, reply: FastifyReply) {
    const subject = vault.digest("link address", networkOf(reply.request.ip));
    let dead: unknown;
    const link = await countedTry(parts, [{ track: "link", subject }], () =>
      findLink(database, token, clock.now()).catch((error: unknown) => {
        if (!(error instanceof PilotageError) || error.code !== "unauthenticated") throw error;
        dead = error;
        return undefined;
      }),
    );
    if (!link) throw dead;
    return link;
  }

  async function enter(person: PersonRow, how: string, reply: FastifyReply): Promise<Caller> {
    const device = reply.request.headers["user-agent"];
    const { token } = await database.transaction((tx) => sessions.start(tx, person, device, how));
    setSessionCookie(reply, token);
    markDevice(vault, reply, person.email);
    return callerBehind(token);
  }

  async function callerBehind(token: string): Promise<Caller> {
    const found = await sessions.find(token);
    if (!found) throw wrongSignIn();
    return callerOfSession(found.signedIn);
  }

  function ownPerson(caller: Caller): string {
    if (caller.signedIn) return caller.signedIn.person;
    throw new PilotageError(
      "wrong_state",
      "A key has no account; this is for people who signed in. Nothing was changed.",
    );
  }

  return {
    async signInMethods() {
      const { anybody } = await database.one<{ anybody: boolean }>(
        sql`select exists (select from person where last_seen_at is not null and disabled_at is null) as anybody`,
      );
      return { password: true, providers: await parts.providers(), anybody, support: parts.support };
    },

    async signIn({ body, reply }) {
      const person = await countedTry(parts, watched(body.email, reply), async () => {
        const found = await personByEmail(database, body.email);
        const fits = await passwordFits(found?.password ?? null, body.password);
        return fits && found?.disabled_at === null ? found : undefined;
      });
      if (!person) {
        await database.transaction(async (tx) =>
          audit.record(tx, [
            {
              kind: "session.refused",
              actor: { kind: "system", name: "sign-in" },
              data: { account: account(body.email).toString("hex").slice(0, 16) },
            },
          ]),
        );
        throw wrongSignIn();
      }
      return showMe(await enter(person, "password", reply));
    },

    async openLink({ body, reply }) {
      const link = await openCounted(body.token, reply);
      const person = await people.get(link.person);
      if (link.kind === "sign_in") {
        await database.transaction((tx) => useLink(tx, link, clock.now()));
        await enter(person, "link", reply);
      }
      return { email: person.email, name: person.name, locale: person.locale, kind: link.kind };
    },

    async acceptInvitation({ body, reply }) {
      const link = await openCounted(body.token, reply);
      const person = await people.get(link.person);
      demandGoodPassword(body.password, { email: person.email, name: body.name });
      const password = await hashPassword(body.password);
      const by = { kind: "person", name: person.email } as const;
      await database.transaction(async (tx) => {
        await useLink(tx, link, clock.now());
        await tx.run(
          sql`update person set password = ${password}, name = ${body.name}, locale = ${body.locale} where id = ${person.id}`,
        );
        await sessions.endOthers(tx, person.id, undefined, "the password was set anew", by);
        audit.record(tx, [{ kind: "person.password", actor: by, data: { person: person.id } }]);
      });
      await forgetFailures(database, [
        account(person.email),
        here(person.email, networkOf(reply.request.ip)),
      ]);
      return showMe(await enter({ ...person, name: body.name }, "invitation", reply));
    },

    async signOut({ reply }) {
      const token = reply.request.cookies[SESSION_COOKIE];
      const found = token === undefined ? undefined : await sessions.find(token);
      void reply.clearCookie(SESSION_COOKIE, { path: "/" });
      if (!found) return { signedOut: false };
      const { session, person, email } = found.signedIn;
      await sessions.end(session, person, "signed out", { kind: "person", name: email, session });
      return { signedOut: true };
    },

    getMe: ({ caller }) => showMe(caller),
    async changeMe({ body, caller }) {
      await people.change(ownPerson(caller), body, caller.actor);
      return showMe(caller);
    },

    async changePassword({ body, caller }) {
      const person = await people.get(ownPerson(caller));
      const session = vault.digest("password in session", caller.signedIn!.session);
      const fits = await countedTry(parts, [{ track: "session", subject: session }], async () =>
        (await passwordFits(person.password, body.current)) ? true : undefined,
      );
      if (!fits)
        throw new PilotageError("bad_request", "The present password is not right; nothing was changed.", {
          hint: "Whoever has forgotten it gets a new link from an administrator.",
        });
      demandGoodPassword(body.wanted, person);
      const password = await hashPassword(body.wanted);
      const ended = await database.transaction(async (tx) => {
        await tx.run(sql`update person set password = ${password} where id = ${person.id}`);
        audit.record(tx, [{ kind: "person.password", actor: caller.actor, data: { person: person.id } }]);
        return sessions.endOthers(
          tx,
          person.id,
          caller.signedIn!.session,
          "the password was changed",
          caller.actor,
        );
      });
      return { otherSessionsEnded: ended };
    },

    async setAway({ body, caller }) {
      const until = body.until === null ? null : Date.parse(body.until);
      if (until !== null && until <= clock.now())
        throw new PilotageError("bad_request", "The end of an absence lies ahead; nothing was changed.");
      const { awayUntil, returned } = await people.setAway(caller, until);
      return { awayUntil: maybeIso(awayUntil), returned };
    },

    async listSessions({ caller }) {
      const current = caller.signedIn?.session;
      const list = caller.signedIn ? await sessions.list(caller.signedIn.person) : [];
      return {
        sessions: list.map((one) => ({
          id: one.id,
          current: one.id === current,
          device: one.device,
          startedAt: isoTime(one.started_at),
          seenAt: isoTime(one.seen_at),
          endsAt: isoTime(one.ends_at),
        })),
      };
    },
    async endSession({ params, caller }) {
      if (!(await sessions.end(params.session, ownPerson(caller), "ended by its person", caller.actor)))
        throw new PilotageError("not_found", `You have no live session ${params.session.slice(0, 60)}.`);
      return { ended: true };
    },

    async listRules() {
      return {
        rules: ALL_ACTIONS.map((action) => {
          const rule = RULES[action];
          return {
            action,
            sentence: ACTIONS[action],
            alone: [...rule.alone],
            pair: (rule.pair ?? []).map((group) => [...group]),
            scope: rule.scope,
            whole: rule.whole ?? false,
          };
        }),
      };
    },
  };
}

/** A person as others see them. */
export function showPerson(person: PersonRow, held: HeldRole[], now: number) {
  return {
    id: person.id as string,
    email: person.email,
    name: person.name,
    locale: person.locale,
    state:
      person.disabled_at !== null
        ? ("disabled" as const)
        : person.last_seen_at === null
          ? ("invited" as const)
          : ("active" as const),
    grants: held,
    awayUntil: person.away_until !== null && person.away_until > now ? isoTime(person.away_until) : null,
    lastSeenAt: maybeIso(person.last_seen_at),
  };
}

function wrongSignIn(): PilotageError {
  return new PilotageError(
    "unauthenticated",
    "E-mail address and password do not fit; you are not signed in.",
    { hint: "Check both. Whoever has forgotten the password gets a new link from an administrator." },
  );
}
