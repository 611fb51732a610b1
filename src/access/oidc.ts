/**
 * Sign-in through an OpenID provider: authorisation code with PKCE, state and nonce, by openid-client.
 *
 * What begins in one request ends in another: state, nonce and verifier travel in a cookie of the browser, sealed so that
 * nobody can read or make one, for ten minutes. An answer counts only with the cookie of the browser that asked, for the
 * provider that was asked. Only a verified address counts. Who that is here, and with which roles, is provider-person.ts.
 */
import * as client from "openid-client";
import type { Role } from "../contract/access.ts";
import { LOCALES } from "../contract/access-endpoints.ts";
import { PilotageError } from "../contract/errors.ts";
import { addressProblem } from "../models/connection-fields.ts";
import type { OidcConnection } from "../models/connection.ts";
import type { Clock } from "../platform/clock.ts";
import type { Egress } from "../platform/egress.ts";
import type { Log } from "../platform/log.ts";
import type { Vault } from "../platform/secrets.ts";
import type { Grant } from "./caller.ts";
import { guardedFetch } from "./oidc-fetch.ts";
import type { VouchedFor } from "./provider-person.ts";
import { refusal } from "./provider-refusals.ts";

export interface ProviderParts {
  connections: {
    read(name: string): Promise<{ kind: string } | undefined>;
    ofKind(kind: "oidc"): Promise<{ name: string; settings: OidcConnection }[]>;
  };
  vault: Vault;
  clock: Clock;
  log: Log;
  egress: Egress;
  /** Where browsers find this installation; the provider must know the address of the answer below it. */
  publicUrl(): string;
  /** Language and formats of a person of whom the provider says none. */
  locale: string;
}

export interface Providers {
  list(): Promise<{ id: string; name: string }[]>;
  /** Where the browser goes, and what its cookie keeps meanwhile. */
  begin(provider: string, to: string | undefined): Promise<{ address: string; kept: string }>;
  /** Judges what the browser brought back. Throws `unauthenticated` for everything that does not fit. */
  end(
    provider: string,
    search: string,
    kept: string | undefined,
  ): Promise<{ person: VouchedFor; to: string }>;
  /** Asks the provider for its description; answers it in words, or throws. */
  test(provider: string): Promise<string>;
}

/** What the cookie keeps. */
interface Kept {
  provider: string;
  state: string;
  nonce: string;
  verifier: string;
  to: string;
  until: number;
}

export const KEPT_FOR = 600_000;
const DESCRIPTION_HOLDS = 3_600_000;
const ANSWER_WITHIN = 10;
const CLOCKS_DIFFER = 30;
const SEALED = "sign-in at a provider";
const EMAIL = /^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+$/;

export function openProviders(parts: ProviderParts): Providers {
  const { vault, clock, log } = parts;
  const ask = guardedFetch(parts.egress);
  const described = new Map<string, { config: client.Configuration; until: number }>();

  async function settingsOf(provider: string): Promise<OidcConnection> {
    const found = await parts.connections.read(provider);
    if (found?.kind === "oidc") return found as OidcConnection;
    throw refusal("no_provider", { who: provider.slice(0, 60) });
  }

  async function describe(settings: OidcConnection): Promise<client.Configuration> {
    const key = JSON.stringify(settings);
    const known = described.get(key);
    if (known && known.until > performance.now()) return known.config;
    const config = await client.discovery(
      new URL(settings.issuer),
      settings.clientId,
      { [client.clockTolerance]: CLOCKS_DIFFER },
      authenticationOf(settings),
      {
        [client.customFetch]: ask,
        timeout: ANSWER_WITHIN,
        // Plain http passes the guard for near addresses only.
        execute: [client.allowInsecureRequests],
      },
    );
    if (described.size > 50) described.clear();
    described.set(key, { config, until: performance.now() + DESCRIPTION_HOLDS });
    return config;
  }

  const answerAddress = (provider: string) =>
    `${parts.publicUrl().replace(/\/+$/, "")}/api/v1/sign-in/providers/${encodeURIComponent(provider)}/callback`;

  function seal(kept: Kept): string {
    return Buffer.from(vault.seal(SEALED, Buffer.from(JSON.stringify(kept)))).toString("base64url");
  }

  /** What the browser kept, when it is ours, of this provider, and not too old. */
  function unseal(provider: string, kept: string | undefined): Kept {
    if (kept !== undefined && kept.length < 4_000)
      try {
        const opened = JSON.parse(
          Buffer.from(vault.open(SEALED, Buffer.from(kept, "base64url"))).toString("utf8"),
        ) as Kept;
        if (opened.provider === provider && opened.until > clock.now()) return opened;
      } catch {
        // Not ours: told like one that is missing.
      }
    throw refusal("not_begun");
  }

  return {
    async list() {
      return (await parts.connections.ofKind("oidc")).map(({ name, settings }) => ({
        id: name,
        name: settings.name,
      }));
    },

    async begin(provider, to) {
      const settings = await settingsOf(provider);
      const config = await describe(settings).catch((error: unknown) => {
        throw unreachable(error, settings, log);
      });
      const verifier = client.randomPKCECodeVerifier();
      const kept: Kept = {
        provider,
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier,
        to: placeInside(to),
        until: clock.now() + KEPT_FOR,
      };
      const address = client.buildAuthorizationUrl(config, {
        redirect_uri: answerAddress(provider),
        scope: [...new Set(["openid", ...settings.scopes])].join(" "),
        state: kept.state,
        nonce: kept.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
      });
      const problem = addressProblem(address.href);
      if (problem !== undefined) throw unreachable(new Error(problem), settings, log);
      return { address: address.href, kept: seal(kept) };
    },

    async end(provider, search, kept) {
      const settings = await settingsOf(provider);
      const { state, nonce, verifier, to } = unseal(provider, kept);
      const brought = new URL(answerAddress(provider));
      brought.search = search;
      try {
        const config = await describe(settings);
        const tokens = await client.authorizationCodeGrant(config, brought, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims()!;
        return {
          person: vouchedFor(
            settings,
            await allClaims(config, tokens.access_token, claims, settings),
            parts.locale,
          ),
          to,
        };
      } catch (error) {
        throw error instanceof PilotageError ? error : refused(error, settings, log);
      }
    },

    async test(provider) {
      const settings = await settingsOf(provider);
      described.delete(JSON.stringify(settings));
      try {
        const metadata = (await describe(settings)).serverMetadata();
        const pkce = metadata.code_challenge_methods_supported?.includes("S256") ?? false;
        return `${metadata.issuer} answers${pkce ? ", with PKCE" : "; it does not say that it knows PKCE, which is sent all the same"}. It must know the address ${answerAddress(provider)}.`;
      } catch (error) {
        throw unreachable(error, settings, log);
      }
    },
  };
}

/** Asks for more when the identity token does not say it all: many providers keep groups and address for later. */
async function allClaims(
  config: client.Configuration,
  accessToken: string,
  claims: Claims & { sub: string },
  { groupsClaim, groups }: OidcConnection,
): Promise<Claims & { sub: string }> {
  const complete =
    claims["email"] !== undefined &&
    claims["email_verified"] !== undefined &&
    (Object.keys(groups).length === 0 || claims[groupsClaim] !== undefined);
  if (complete || config.serverMetadata().userinfo_endpoint === undefined) return claims;
  // What was signed wins over what was said later.
  return { ...(await client.fetchUserInfo(config, accessToken, claims.sub)), ...claims };
}

type Claims = Readonly<Record<string, unknown>>;

function vouchedFor(
  settings: OidcConnection,
  claims: Claims & { sub: string },
  usualLocale: string,
): VouchedFor {
  const { issuer, groups, groupsClaim, makePeople, trustEmail } = settings;
  const email = typeof claims["email"] === "string" ? claims["email"].trim().toLowerCase() : "";
  if (!EMAIL.test(email) || email.length > 200) throw refusal("no_address", { who: settings.name });
  const said = claims["email_verified"];
  const verified = said === true || said === "true" || (said === undefined && trustEmail);
  if (!verified) throw refusal("not_verified", { who: settings.name, why: email });
  const named = [claims[groupsClaim]].flat().filter((one): one is string => typeof one === "string");
  return {
    issuer,
    subject: claims.sub,
    email,
    name: nameFrom(claims["name"]) ?? email.split("@")[0]!,
    locale: localeFrom(claims["locale"]) ?? usualLocale,
    // A group may be called like something that every object has.
    grants: named
      .flatMap((group): Grant[] => (Object.hasOwn(groups, group) ? groups[group]! : []))
      .filter(unique),
    makePeople,
  };
}

function unique(
  { role, workflow }: { role: Role; workflow: string | null },
  at: number,
  all: Grant[],
): boolean {
  return all.findIndex((one) => one.role === role && one.workflow === workflow) === at;
}

function nameFrom(said: unknown): string | undefined {
  if (typeof said !== "string" || !said.isWellFormed()) return undefined;
  return (
    said
      .replaceAll(/\p{Cc}/gu, " ")
      .trim()
      .slice(0, 100)
      .trim()
      .toWellFormed() || undefined
  );
}

function localeFrom(said: unknown): string | undefined {
  const text = typeof said === "string" ? said.replace("_", "-").toLowerCase() : "";
  const [language] = text.split("-");
  return (
    LOCALES.find((one) => one.toLowerCase() === text) ?? LOCALES.find((one) => one.startsWith(`${language}-`))
  );
}

/** A place in the console; anything else, and above all another site, becomes the first page. */
export function placeInside(to: string | undefined): string {
  if (to === undefined || !/^\/(?![/\\])/.test(to)) return "/";
  const here = "http://console.invalid";
  const url = URL.parse(to, here);
  return url?.origin === here ? `${url.pathname}${url.search}${url.hash}` : "/";
}

/** As the provider says that it wants it; in the header when it says nothing, which is the standard's own choice. */
function authenticationOf({ clientSecret }: OidcConnection): client.ClientAuth {
  if (clientSecret === undefined) return client.None();
  const [basic, post] = [client.ClientSecretBasic(clientSecret), client.ClientSecretPost(clientSecret)];
  return (server, ...more) => {
    const methods = server.token_endpoint_auth_methods_supported;
    const usePost = methods?.includes("client_secret_post") && !methods.includes("client_secret_basic");
    return (usePost ? post : basic)(server, ...more);
  };
}

function unreachable(error: unknown, { name, issuer }: OidcConnection, log: Log): PilotageError {
  const why = wordsOf(error);
  log.warn({ issuer, why }, "a sign-in provider could not be asked");
  return refusal("unreachable", { who: name, why, cause: error });
}

function refused(error: unknown, { name, issuer }: OidcConnection, log: Log): PilotageError {
  log.warn({ issuer, why: wordsOf(error) }, "an answer of a sign-in provider was refused");
  const denied = error instanceof client.AuthorizationResponseError && error.error === "access_denied";
  return refusal(denied ? "denied" : "does_not_hold", { who: name, cause: error });
}

/** The message and its cause: libraries say "something went wrong" and keep the reason below. */
function wordsOf(error: unknown): string {
  const words: string[] = [];
  for (let one: unknown = error; one instanceof Error && words.length < 3; one = one.cause)
    words.push(one.message);
  return words.join(": ").replaceAll(/\s+/g, " ").slice(0, 300) || String(error).slice(0, 300);
}
