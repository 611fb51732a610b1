/** Handlers that try a connection and remove one. Storing and listing them is in operations.ts. */
import { demandWhole } from "../access/caller.ts";
import type { Connections } from "../cases/model/connections.ts";
import { WORKS, type Trial, type TriedConnection } from "../cases/model/try.ts";
import { PilotageError } from "../contract/errors.ts";
import type { Connection, ConnectionKind, SmtpConnection } from "../models/connection.ts";
import { stopwatch } from "../platform/clock.ts";
import { MAIL_CONNECTION, type Mail, type Sent } from "../platform/mail.ts";
import type { Handlers } from "./bind.ts";

export interface ConnectionParts {
  connections: Connections;
  mail(mail: Mail): Promise<{ outcome: Sent; problem: string | null }>;
  /** Asks a sign-in provider for its description; answers in words, or throws why not. */
  askProvider(name: string): Promise<string>;
  /** Asks a model something tiny, or reaches for the address of a webhook. */
  tryOut(name: string, connection: TriedConnection, model: string | undefined): Promise<Trial>;
}

export function connectionHandlers(
  parts: ConnectionParts,
): Pick<Handlers, "testConnection" | "removeConnection"> {
  const { connections } = parts;

  async function tried(
    name: string,
    settings: Connection,
    asked: { to?: string | undefined; model?: string | undefined },
  ): Promise<Trial> {
    if (settings.kind === "smtp") return mailed(name, settings, asked.to);
    if (settings.kind === "oidc")
      return parts.askProvider(name).then(
        (detail) => ({ ...PLAIN, outcome: "described", detail }),
        (error: unknown) => ({
          ...PLAIN,
          outcome: "failed",
          detail: error instanceof Error ? error.message : String(error),
        }),
      );
    const model = NAMELESS.has(settings.kind)
      ? undefined
      : (asked.model ?? (await connections.modelOver(name)));
    if (model === undefined && !NAMELESS.has(settings.kind))
      throw new PilotageError(
        "bad_request",
        `No release asks a model over the connection ${name} yet, so it is not known which to ask. Nothing was sent.`,
        { hint: "Name one in `model`, as the provider calls it." },
      );
    return parts.tryOut(name, settings, model);
  }

  async function mailed(name: string, settings: SmtpConnection, to: string | undefined): Promise<Trial> {
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
          ...PLAIN,
          outcome,
          detail: `${settings.host}:${settings.port} took a mail to ${to}; whether it arrives shows the mailbox.`,
        }
      : { ...PLAIN, outcome: "failed", detail: problem ?? "The mail was not sent." };
  }

  return {
    async testConnection({ params: { name }, body, caller }) {
      demandWhole(caller);
      const settings = await connections.read(name);
      if (settings === undefined) throw noConnection(name);
      const elapsed = stopwatch();
      const trial = await tried(name, settings, body);
      const milliseconds = Math.round(elapsed());
      await connections.tried(name, settings.kind, trial.outcome, caller.actor);
      return { ok: WORKS.has(trial.outcome), ...trial, milliseconds };
    },
    async removeConnection({ params, caller }) {
      demandWhole(caller);
      if (!(await connections.remove(params.name, caller.actor))) throw noConnection(params.name);
      return { removed: true };
    },
  };
}

const PLAIN = { model: null, tokens: null, form: null, shutdownDate: null };
/** Kinds that are one model, or none. */
const NAMELESS: ReadonlySet<ConnectionKind> = new Set(["http", "scripted", "webhook"]);

const TEST_MAIL = {
  subject: "Pilotage: Testnachricht / test message",
  text: "Diese Nachricht zeigt, dass Pilotage Mails senden kann. Es ist nichts zu tun.\n\nThis message shows that Pilotage can send mail. There is nothing to do.\n",
};

function noConnection(name: string): PilotageError {
  return new PilotageError("not_found", `There is no connection "${name.slice(0, 60)}".`, {
    hint: "`pilotage connection list` lists them.",
  });
}
