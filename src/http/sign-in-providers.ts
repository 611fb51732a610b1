/**
 * Handlers of the way through an OpenID provider: off to it, and back with its answer.
 *
 * Both are addresses that a browser goes to, so what went wrong is told on a page, in the browser's language, and not as JSON. The cookie that
 * carries what was begun is of use only here and only once.
 */
import type { FastifyReply } from "fastify";
import { KEPT_FOR, type Providers } from "../access/oidc.ts";
import { personOfProvider } from "../access/provider-person.ts";
import { inGerman } from "../access/provider-refusals.ts";
import type { Sessions } from "../access/sessions.ts";
import type { Audit } from "../audit/record.ts";
import { PilotageError } from "../contract/errors.ts";
import type { NewId } from "../platform/chance.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/database.ts";
import type { Handlers } from "./bind.ts";
import type { SupportContact } from "./access.ts";
import { html } from "./markup.ts";
import { overTls, setSessionCookie } from "./session-cookie.ts";

const COOKIE = "pilotage_provider";
const PATH = "/api/v1/sign-in/providers";

export interface ProviderHandlerParts {
  database: Database;
  clock: Clock;
  newId: NewId;
  audit: Audit;
  providers: Providers;
  sessions: Sessions;
  /** Named on the page that says what went wrong. */
  support: SupportContact | null;
}

export function providerHandlers(
  parts: ProviderHandlerParts,
): Pick<Handlers, "beginProviderSignIn" | "endProviderSignIn"> {
  const { database, providers, sessions } = parts;
  return {
    beginProviderSignIn: ({ params, query, reply }) =>
      onPage(reply, parts.support, async () => {
        const { address, kept } = await providers.begin(params.provider, query.to);
        void reply.setCookie(COOKIE, kept, {
          path: PATH,
          httpOnly: true,
          // The provider sends the browser back from another site; Lax lets that through, and nothing else.
          sameSite: "lax",
          secure: overTls(reply.request),
          maxAge: KEPT_FOR / 1000,
        });
        await reply.redirect(address, 302);
      }),

    endProviderSignIn: ({ params, reply }) =>
      onPage(reply, parts.support, async () => {
        const { request } = reply;
        const kept = request.cookies[COOKIE];
        void reply.clearCookie(COOKIE, { path: PATH });
        const at = request.url.indexOf("?");
        const { person: said, to } = await providers.end(
          params.provider,
          at < 0 ? "" : request.url.slice(at),
          kept,
        );
        const { token } = await database.transaction(async (tx) => {
          const person = await personOfProvider(tx, parts, said);
          return sessions.start(tx, person, request.headers["user-agent"], "provider");
        });
        setSessionCookie(reply, token);
        await reply.redirect(to, 303);
      }),
  };
}

async function onPage(
  reply: FastifyReply,
  support: SupportContact | null,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof PilotageError) || !reply.request.headers.accept?.includes("text/html"))
      throw error;
    await reply
      .code(error.status)
      .type("text/html; charset=utf-8")
      .header("content-security-policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'")
      .send(
        prefersGerman(reply.request.headers["accept-language"])
          ? germanPage(error, support)
          : page("en", error, support),
      );
  }
}

/** Of the two languages the one that the browser names first; browsers name them in their order. */
function prefersGerman(languages = ""): boolean {
  return /(?:^|,)\s*(de|en)\b/i.exec(languages)?.[1]?.toLowerCase() === "de";
}

function germanPage(error: PilotageError, support: SupportContact | null): string {
  return page("de", inGerman(error) ?? { message: GERMAN_FAULT, hint: undefined }, support);
}

const GERMAN_FAULT = "Die Anmeldung ging nicht; den Grund nennt das Protokoll des Programms.";
const WORDS = {
  en: {
    title: "You are not signed in",
    back: "To the sign-in page",
    help: "Help",
    answers: (hours: number) => `answers within ${hours === 1 ? "an hour" : `${hours} hours`}`,
  },
  de: {
    title: "Sie sind nicht angemeldet",
    back: "Zur Anmeldung",
    help: "Hilfe",
    answers: (hours: number) => `Antwort binnen ${hours === 1 ? "einer Stunde" : `${hours} Stunden`}`,
  },
};

function page(
  language: keyof typeof WORDS,
  { message, hint }: { message: string; hint: string | undefined },
  support: SupportContact | null,
): string {
  const { title, back, help, answers } = WORDS[language];
  const whom =
    support === null
      ? ""
      : `${help}: ${support.contact}${support.answerHours === null ? "" : `, ${answers(support.answerHours)}`}`;
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <title>Pilotage</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
      </head>
      <body>
        <h1>${title}</h1>
        <p>${message}</p>
        <p>${hint ?? ""}</p>
        <p><a href="/sign-in">${back}</a></p>
        <p>${whom}</p>
      </body>
    </html>`.text;
}
