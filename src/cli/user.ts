/**
 * `pilotage user`: people, their roles, and one-time links.
 *
 * A link stands alone on stdout, so that it can be handed over as it is; it opens the console once. The link that signs
 * in is made on the machine itself only: it is how the first person gets in, and the way back for whoever is shut out.
 */
import { Option, type Command } from "commander";
import { ROLES, type Role } from "../contract/access.ts";
import { LOCALES } from "../contract/access-endpoints.ts";
import type { Client } from "../contract/client.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Desk } from "./desk.ts";
import { withExamples } from "./examples.ts";
import { misuse } from "./exit.ts";
import { count, moment, table } from "./text.ts";

interface Grant {
  role: Role;
  workflow: string | null;
}
interface NewPerson {
  name?: string;
  locale?: (typeof LOCALES)[number];
  role?: Grant[];
}
type Person = Awaited<ReturnType<Client["listPeople"]>>["people"][number];

const ROLE_NAMES = Object.keys(ROLES).map((role) => role.replaceAll("_", "-"));
const GRANT = "role@workflow, or a role alone for the whole installation; several times, or with commas";

export function addUser(program: Command, desk: Desk): void {
  const group = program
    .command("user")
    .description("Invites people, gives them roles, and makes one-time links.");
  addLink(group, desk);
  addList(group, desk);
  addInvite(group, desk);
  addRoles(group, desk);
  addDisable(group, desk);
  addRules(group, desk);
}

function addLink(group: Command, desk: Desk): void {
  const link = group
    .command("link")
    .argument("<email>", "the e-mail address of the person")
    .description(
      "Makes a link that signs a person in, once and within the hour; only on the machine itself. Makes the person when there is none; the very first one becomes administrator.",
    )
    .option("--name <name>", "the name, for a new person")
    .addOption(localeOption())
    .addOption(roleOption("--role <role>", `roles to add: ${GRANT}`))
    .action(async (email: string, { name, locale, role }: NewPerson) => {
      // Without --as too: whoever sits at the machine may not be a person here yet.
      const client = await desk.client("read");
      const reply = await client.makeSignInLink({
        body: {
          email,
          ...(name === undefined ? {} : { name }),
          ...(locale === undefined ? {} : { locale }),
          grants: role ?? [],
        },
      });
      desk.out.note(`Signs in ${reply.person.email}, once, until ${moment(reply.expiresAt)}:`);
      desk.out.result(reply, () => reply.link);
    });
  withExamples(
    link,
    "pilotage user link j.okafor@example.com",
    "pilotage user link k.adler@example.com --name Kim --role reviewer@support-triage",
  );
}

function addList(group: Command, desk: Desk): void {
  const list = group
    .command("list")
    .description("Lists people with their roles, and what they cannot do for want of a second person.")
    .option("--workflow <workflow>", "only people of this workflow")
    .action(async ({ workflow }: { workflow?: string }) => {
      const client = await desk.client("read");
      const reply = await client.listPeople({ query: workflow === undefined ? {} : { workflow } });
      desk.out.result(reply, () =>
        [
          table(
            ["person", "name", "state", "roles", "away until", "last seen"],
            reply.people.map((one) => [
              one.email,
              one.name,
              one.state,
              rolesText(one.grants),
              moment(one.awayUntil),
              moment(one.lastSeenAt),
            ]),
            "There is nobody yet. `pilotage user link <email>` makes the first.",
          ),
          ...(reply.lacking.length === 0 ? [] : ["", ...reply.lacking.map((one) => one.sentence)]),
        ].join("\n"),
      );
    });
  withExamples(list, "pilotage user list", "pilotage user list --workflow support-triage --json");
}

function addInvite(group: Command, desk: Desk): void {
  const invite = group
    .command("invite")
    .argument("<email>", "the e-mail address of the person")
    .description(
      "Invites a person, or makes a new link for one who is there: to set a forgotten password. Older links of the person die. The link is mailed where mail is set up.",
    )
    .option("--name <name>", "the name, for a new person; default: what stands before the @")
    .addOption(localeOption())
    .addOption(roleOption("--role <role>", `roles, for a new person: ${GRANT}`))
    .option("--again", "the person is there already: only make a new link")
    .action(async (email: string, given: NewPerson & { again?: true }) => {
      const client = await desk.client("change");
      const { name = email.split("@")[0]!, locale, role = [] } = given;
      const reply = given.again
        ? await client.inviteAgain({ params: { person: (await find(client, email)).id } })
        : await client.invitePerson({
            body: { email, name, ...(locale === undefined ? {} : { locale }), grants: role },
          });
      desk.out.note(
        `For ${reply.person.email}, once, until ${moment(reply.expiresAt)}. ${mailedText(reply)}`,
      );
      desk.out.result(reply, () => reply.link);
    });
  withExamples(
    invite,
    "pilotage user invite k.adler@example.com --name Kim --role reviewer@support-triage --as j.okafor@example.com",
    "pilotage user invite k.adler@example.com --again --as j.okafor@example.com",
  );
}

function mailedText({ mailed, problem }: { mailed: string; problem: string | null }): string {
  if (mailed === "sent") return "It was mailed as well.";
  if (mailed === "failed") return `It was not mailed: ${problem ?? "the mail server did not take it."}`;
  return "Mail is not set up, so hand it over yourself:";
}

function addRoles(group: Command, desk: Desk): void {
  const roles = group
    .command("roles")
    .argument("<person>", "e-mail address or id")
    .description(
      "Gives and takes roles of a person, or shows them. Roles that a workflow's own document names are changed there.",
    )
    .addOption(roleOption("--give <role>", GRANT))
    .addOption(roleOption("--take <role>", GRANT))
    .action(async (who: string, { give = [], take = [] }: { give?: Grant[]; take?: Grant[] }) => {
      const changes = give.length + take.length > 0;
      const client = await desk.client(changes ? "change" : "read");
      const person = await find(client, who);
      const granted = person.grants.filter((one) => one.from === "granted");
      const unknown = take.find((one) => !granted.some((had) => same(had, one)));
      if (unknown !== undefined) throw notGranted(person, unknown);
      const grants = [...granted.filter((had) => !take.some((one) => same(had, one))), ...give].map(
        ({ role, workflow }) => ({ role, workflow }),
      );
      const reply = changes
        ? await client.setRoles({ params: { person: person.id }, body: { grants } })
        : person;
      desk.out.result(reply, () =>
        table(
          ["role", "workflow", "from"],
          reply.grants.map((one) => [one.role.replaceAll("_", "-"), one.workflow ?? "all", one.from]),
          `${reply.email} has no role.`,
        ),
      );
    });
  withExamples(
    roles,
    "pilotage user roles k.adler@example.com",
    "pilotage user roles k.adler@example.com --give on-call@support-triage --as j.okafor@example.com",
  );
}

function addDisable(group: Command, desk: Desk): void {
  const commands = [
    [
      "disable",
      true,
      "Disables a person: sessions end, leases go back to the team. The record keeps the name.",
    ],
    ["enable", false, "Lets a disabled person in again, with the roles of before."],
  ] as const;
  for (const [name, disabled, description] of commands) {
    const command = group
      .command(name)
      .argument("<person>", "e-mail address or id")
      .description(description)
      .action(async (who: string) => {
        const client = await desk.client("change");
        const { id } = await find(client, who);
        const reply = await client.disablePerson({ params: { person: id }, body: { disabled } });
        const { lacking } = await client.listPeople();
        desk.out.result(reply, () => `${reply.email} is ${reply.state}.`);
        // Said here, because nobody else will: a workflow may have lost its only owner.
        if (disabled && lacking.length > 0)
          desk.out.note(
            `What the people who are left cannot do (${count(lacking.length, "point")}):\n${lacking.map((one) => one.sentence).join("\n")}`,
          );
      });
    withExamples(command, `pilotage user ${name} k.adler@example.com --as j.okafor@example.com`);
  }
}

function addRules(group: Command, desk: Desk): void {
  const rules = group
    .command("rules")
    .description("Shows who may do what: the table that the program itself obeys.")
    .action(async () => {
      const reply = await (await desk.client("read")).listRules();
      const words = (roles: readonly string[]) => roles.join(", ").replaceAll("_", "-");
      desk.out.result(reply, () =>
        table(
          ["to", "alone", "or two of", "key with"],
          reply.rules.map((one) => [
            one.sentence,
            words(one.alone),
            one.pair.map(words).join(" + "),
            one.scope,
          ]),
          "There is no rule.",
        ),
      );
    });
  withExamples(rules, "pilotage user rules");
}

function localeOption(): Option {
  return new Option(
    "--locale <locale>",
    "language and formats, for a new person; default: that of the installation",
  ).choices([...LOCALES]);
}

function roleOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(grants);
}

function grants(text: string, before: Grant[] | undefined): Grant[] {
  return [
    ...(before ?? []),
    ...text.split(",").map((one): Grant => {
      const [name = "", workflow] = one.trim().split("@");
      const role = Object.keys(ROLES).find((known) => known === name.replaceAll("-", "_"));
      if (role === undefined || workflow === "")
        throw misuse(
          `${JSON.stringify(one.trim())} is no role; there are ${ROLE_NAMES.join(", ")}, each with @workflow or alone`,
        );
      return { role: role as Role, workflow: workflow ?? null };
    }),
  ];
}

const same = (one: Grant, other: Grant) => one.role === other.role && one.workflow === other.workflow;

const grantText = ({ role, workflow }: Grant) =>
  `${role.replaceAll("_", "-")}${workflow === null ? "" : `@${workflow}`}`;

/** Each once, whatever they come from. */
function rolesText(held: readonly Grant[]): string {
  return [...new Set(held.map(grantText))].join(", ");
}

async function find(client: Client, who: string): Promise<Person> {
  const { people } = await client.listPeople();
  const wanted = who.trim().toLowerCase();
  const found = people.find((one) => one.id === who || one.email === wanted);
  if (found) return found;
  throw new PilotageError(
    "not_found",
    `There is no person ${JSON.stringify(who.slice(0, 80))}; nothing was done.`,
    { hint: "`pilotage user list` lists them." },
  );
}

function notGranted(person: Person, wanted: Grant): PilotageError {
  const held = person.grants.find((one) => same(one, wanted));
  return new PilotageError(
    "wrong_state",
    `${person.email} was not given ${grantText(wanted)} here${held ? `: it comes from the ${held.from === "workflow" ? "workflow's own document" : "sign-in provider"}` : ""}. Nothing was changed.`,
    { hint: held ? "Change it there." : "`pilotage user roles <person>` shows what they have." },
  );
}
