/** Handlers that store a connection, try it and remove it, and of data policies that wait. Listing them is in operations.ts. */
import { demandWhole, type Caller } from "../access/caller.ts";
import type { Connections, SavedConnection } from "../cases/model/connections.ts";
import type { PolicyChangeRow } from "../cases/model/policy-store.ts";
import { WORKS, type Trial, type TriedConnection } from "../cases/model/try.ts";
import { maybeIso } from "../cases/view.ts";
import { PilotageError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import type { Connection, ConnectionKind, SmtpConnection } from "../models/connection.ts";
import type { LetsOn } from "../models/policy-order.ts";
import { isoTime, stopwatch } from "../platform/clock.ts";
import { MAIL_CONNECTION, type Mail, type Sent } from "../platform/mail.ts";
import type { Handlers } from "./bind.ts";
import { deciding } from "./workflows.ts";

export interface ConnectionParts {
  connections: Connections;
  mail(mail: Mail): Promise<{ outcome: Sent; problem: string | null }>;
  /** Asks a sign-in provider for its description; answers in words, or throws why not. */
  askProvider(name: string): Promise<string>;
  /** Tells those who may confirm them that these data policies began to wait. Waits for no mail server. */
  tellSecond(begun: readonly PolicyChangeRow[]): void;
  /** Asks a model something tiny, or reaches for the address of a webhook. */
  tryOut(name: string, connection: TriedConnection, model: string | undefined): Promise<Trial>;
}

type Names =
  | "saveConnection"
  | "setModelPolicy"
  | "listPolicyChanges"
  | "approvePolicyChange"
  | "refusePolicyChange"
  | "testConnection"
  | "removeConnection";

export function connectionHandlers(parts: ConnectionParts): Pick<Handlers, Names> {
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

  function saved({ waiting, ...stored }: SavedConnection) {
    parts.tellSecond(waiting.filter(({ begun }) => begun));
    return { ...stored, waiting: waiting.map(showPolicyChange) };
  }

  async function decide(caller: Caller, id: string, decision: "applied" | "refused") {
    demandWhole(caller);
    return showPolicyChange(await connections.decidePolicy(id, decision, deciding(caller, null)));
  }

  return {
    async saveConnection({ params, body, caller }) {
      demandWhole(caller);
      const by = deciding(caller, null);
      return saved(await connections.save(params.name, body.settings as JsonObject, by, body.keep));
    },
    async setModelPolicy({ params, body, caller }) {
      demandWhole(caller);
      const by = deciding(caller, null);
      // Not given is not null: nothing less than its being said takes a policy away.
      const policy = body.policy as JsonObject | null | undefined;
      if (policy === undefined || typeof policy !== "object")
        throw new PilotageError("bad_request", "The data policy is missing. Nothing was changed.", {
          hint: "Give `policy`, an object as in passThrough[].policy, or null for none.",
        });
      return saved(await connections.setPolicy(params.name, body.model, policy, by));
    },
    async listPolicyChanges({ caller }) {
      demandWhole(caller);
      return { changes: (await connections.policyChanges()).map(showPolicyChange) };
    },
    approvePolicyChange: ({ params, caller }) => decide(caller, params.change, "applied"),
    refusePolicyChange: ({ params, caller }) => decide(caller, params.change, "refused"),
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

function showPolicyChange(row: PolicyChangeRow) {
  return {
    id: row.id,
    connection: row.connection,
    model: row.model,
    before: row.before === null ? null : showLetsOn(row.before),
    after: showLetsOn(row.after),
    why: row.why,
    state: row.state,
    requestedAt: isoTime(row.requested_at),
    requestedBy: row.requested_by,
    decidedAt: maybeIso(row.decided_at),
    decidedBy: row.decided_by,
  };
}

function showLetsOn({ images, policy }: LetsOn) {
  return { images, policy: policy ?? null };
}
