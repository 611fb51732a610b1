/** Handlers that try a connection and remove one. Storing and listing them is in operations.ts. */
import { demandWhole } from "../access/caller.ts";
import type { Connections } from "../cases/model/connections.ts";
import { PilotageError } from "../contract/errors.ts";
import { stopwatch } from "../platform/clock.ts";
import { MAIL_CONNECTION, type Mail, type Sent } from "../platform/mail.ts";
import type { Handlers } from "./bind.ts";

export interface ConnectionParts {
  connections: Connections;
  mail(mail: Mail): Promise<{ outcome: Sent; problem: string | null }>;
  /** Asks a sign-in provider for its description; answers in words, or throws why not. */
  askProvider(name: string): Promise<string>;
}

export function connectionHandlers(
  parts: ConnectionParts,
): Pick<Handlers, "testConnection" | "removeConnection"> {
  const { connections } = parts;

  async function tried(name: string, to: string | undefined): Promise<{ ok: boolean; detail: string }> {
    const settings = await connections.read(name);
    if (settings === undefined) throw noConnection(name);
    if (settings.kind === "oidc")
      return parts.askProvider(name).then(
        (detail) => ({ ok: true, detail }),
        (error: unknown) => ({ ok: false, detail: error instanceof Error ? error.message : String(error) }),
      );
    if (settings.kind !== "smtp")
      throw new PilotageError(
        "wrong_state",
        `A connection of the kind ${settings.kind} is tried by what uses it: a release in shadow, a delivery. Nothing was done.`,
        { hint: "Only mail and sign-in providers are tried here." },
      );
    if (name !== MAIL_CONNECTION)
      throw new PilotageError(
        "wrong_state",
        `Mail goes through the connection called ${MAIL_CONNECTION}, and this one is called ${name}. Nothing was sent.`,
        { hint: `Store it as ${MAIL_CONNECTION}.` },
      );
    if (to === undefined)
      throw new PilotageError("bad_request", "A test mail needs somebody to go to. Nothing was sent.", {
        hint: "Name an address in `to`.",
      });
    const { outcome, problem } = await parts.mail({ to, ...TEST_MAIL });
    return outcome === "sent"
      ? {
          ok: true,
          detail: `${settings.host}:${settings.port} took a mail to ${to}; whether it arrives shows the mailbox.`,
        }
      : { ok: false, detail: problem ?? "The mail was not sent." };
  }

  return {
    async testConnection({ params, body, caller }) {
      demandWhole(caller);
      const elapsed = stopwatch();
      const result = await tried(params.name, body.to);
      return { ...result, milliseconds: Math.round(elapsed()) };
    },
    async removeConnection({ params, caller }) {
      demandWhole(caller);
      if (!(await connections.remove(params.name, caller.actor))) throw noConnection(params.name);
      return { removed: true };
    },
  };
}

const TEST_MAIL = {
  subject: "Pilotage: Testnachricht / test message",
  text: "Diese Nachricht zeigt, dass Pilotage Mails senden kann. Es ist nichts zu tun.\n\nThis message shows that Pilotage can send mail. There is nothing to do.\n",
};

function noConnection(name: string): PilotageError {
  return new PilotageError("not_found", `There is no connection "${name.slice(0, 60)}".`, {
    hint: "`pilotage connection list` lists them.",
  });
}
