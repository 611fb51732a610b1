/** A real OpenID provider on loopback, whose people sign in without typing, and a browser that keeps cookies. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";
import { afterAll } from "vitest";

export interface Account {
  email?: string;
  email_verified?: boolean;
  name?: string;
  locale?: string;
  groups?: string[];
}

export interface OidcServer {
  issuer: string;
  client: { id: string; secret: string };
  /** By the provider's own identifier. */
  accounts: Record<string, Account>;
  /** Who signs in next; null: they say no. */
  next: string | null;
  close(): Promise<void>;
}

export async function openOidcServer(redirectUri: string): Promise<OidcServer> {
  let handle: (request: IncomingMessage, response: ServerResponse) => unknown = () => undefined;
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = { id: "pilotage", secret: randomBytes(24).toString("base64url") };
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const provider = new Provider(issuer, {
    clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: [redirectUri] }],
    claims: {
      openid: ["sub"],
      email: ["email", "email_verified"],
      profile: ["name", "locale"],
      groups: ["groups"],
    },
    scopes: ["openid", "email", "profile", "groups"],
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "RS256", use: "sig" }] as never },
    cookies: { keys: [randomBytes(32).toString("hex")] },
    ttl: { Session: 60, Interaction: 60, Grant: 60, AccessToken: 60, IdToken: 60 },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id, ...self.accounts[id] }) }),
    async loadExistingGrant({ oidc }) {
      const grant = new provider.Grant({
        clientId: oidc.client!.clientId,
        accountId: oidc.session!.accountId!,
      });
      grant.addOIDCScope("openid email profile groups");
      await grant.save();
      return grant;
    },
  });
  const own = provider.callback();
  handle = (request, response) => {
    if (!request.url?.startsWith("/interaction/")) return own(request, response);
    const { next } = self;
    return provider.interactionFinished(
      request,
      response,
      next === null
        ? { error: "access_denied", error_description: "they said no" }
        : { login: { accountId: next, remember: false } },
    );
  };
  let closed: Promise<void> | undefined;
  const close = () =>
    (closed ??= new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }));
  afterAll(close);
  const self: OidcServer = { issuer, client, accounts: {}, next: null, close };
  return self;
}

export interface Visit {
  status: number;
  location: string | undefined;
  text: string;
}

/** Keeps cookies by address and name, as far as these servers use them; follows nothing by itself. */
/** `languages` as browsers name those that their owner reads. */
export function browser(languages = "en-GB,en;q=0.9") {
  const jar = new Map<string, Map<string, string>>();
  const cookiesOf = (url: string) => {
    const { host } = new URL(url);
    const found = jar.get(host) ?? new Map<string, string>();
    jar.set(host, found);
    return found;
  };
  async function go(url: string): Promise<Visit> {
    const cookies = cookiesOf(url);
    const response = await fetch(url, {
      redirect: "manual",
      headers: {
        accept: "text/html",
        "accept-language": languages,
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
      },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "" || /max-age=0|expires=thu, 01 jan 1970/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    const location = response.headers.get("location");
    return {
      status: response.status,
      location: location === null ? undefined : new URL(location, url).href,
      text: await response.text(),
    };
  }
  return {
    cookiesOf,
    go,
    /** Follows redirects until an address fits, which is not visited, or until there is no further one. */
    async follow(
      url: string,
      until: (next: string) => boolean,
    ): Promise<{ at: string; visit: Visit | undefined }> {
      let at = url;
      for (let step = 0; step < 12; step++) {
        if (until(at)) return { at, visit: undefined };
        const visit = await go(at);
        if (visit.location === undefined) return { at, visit };
        at = visit.location;
      }
      throw new Error(`too many redirects, at ${at}`);
    },
  };
}
