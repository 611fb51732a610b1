/**
 * Where connections may lead: the one rule for models, webhooks and sign-in providers, judged when a connection is made.
 *
 * Public addresses are free. Loopback is free for a host that is written as loopback. A private address needs an entry
 * of an administrator, by host and port. Link-local addresses and those at which clouds hand out credentials are never
 * reached. A name is judged by what it resolves to at that moment, and exactly the judged addresses are connected to, so
 * that an answer of the name server which changes in between opens nothing. Redirects are the callers' part: none follows.
 */
import { lookup, type LookupAddress } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { buildConnector } from "undici";

export type AddressKind = "public" | "loopback" | "private" | "never";

/** A host and a port that an administrator allows, the host as a connection writes it or as the address behind it. */
export interface AllowedPlace {
  host: string;
  port: number;
}

export interface Egress {
  /** Makes the connections of one pool; each is refused with an `EgressRefused` when its address may not be reached. */
  connector(address: string | URL, options: { timeoutMs: number }): buildConnector.connector;
  /** Connects, with TLS where the address says so, sends nothing, and closes. Throws what stood in the way. */
  reach(address: string | URL, options: { timeoutMs: number }): Promise<void>;
}

/** A connection that was not made, because its address may not be reached. */
export class EgressRefused extends Error {
  readonly code = "EGRESS_REFUSED";
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.name = "EgressRefused";
    this.hint = hint;
  }
}

const NETS: Record<Exclude<AddressKind, "public">, BlockList> = {
  loopback: nets("127.0.0.0/8", "::1/128"),
  never: nets(
    // This machine under another name, link-local, multicast, reserved, and mapped forms that nobody uses.
    "0.0.0.0/8",
    "169.254.0.0/16",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/96",
    "fe80::/10",
    "ff00::/8",
    // Where clouds hand out credentials outside the link-local nets.
    "100.100.100.200/32",
    "192.0.0.192/32",
    "fd00:ec2::254/128",
    "fd20:ce::254/128",
  ),
  private: nets(
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "198.18.0.0/15",
    "fc00::/7",
    "fec0::/10",
  ),
};
const NEVER_NAMES = new Set([
  "metadata",
  "metadata.google.internal",
  "metadata.goog",
  "instance-data",
  "instance-data.ec2.internal",
]);
/** IPv6-only networks reach IPv4 through it: such an address is judged by the one inside. */
const TRANSLATED = nets("64:ff9b::/96");

function nets(...list: string[]): BlockList {
  const block = new BlockList();
  for (const one of list) {
    const [net, bits] = one.split("/") as [string, string];
    block.addSubnet(net, Number(bits), isIP(net) === 6 ? "ipv6" : "ipv4");
  }
  return block;
}

/** What an address written in digits is; undefined for a name. */
export function addressKind(text: string): AddressKind | undefined {
  const address = text.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  const version = isIP(address);
  if (version === 0) return undefined;
  const family = version === 6 ? "ipv6" : "ipv4";
  if (version === 6 && TRANSLATED.check(address, family)) return addressKind(inside(address));
  for (const kind of ["loopback", "never", "private"] as const)
    if (NETS[kind].check(address, family)) return kind;
  return "public";
}

/** The IPv4 address in the last 32 bits. */
function inside(address: string): string {
  const [high, low] = new URL(`http://[${address}]`).hostname
    .replace(/^\[|\]$/g, "")
    .split(":")
    .slice(-2);
  return [high, low]
    .map((group) => Number.parseInt(group || "0", 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join(".");
}

/** Whether a host is written as this machine. */
export function isLoopback(host: string): boolean {
  const name = plain(host);
  return name === "localhost" || name.endsWith(".localhost") || addressKind(name) === "loopback";
}

/** A host as it is compared: no brackets, no dot at the end, lower case. */
const plain = (host: string) =>
  host
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "")
    .toLowerCase();

/** Reads `host:port, host:port`; what is wrong with an entry is thrown in words. */
export function readAllowed(text: string): AllowedPlace[] {
  return text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")
    .map((entry) => {
      const url = /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_.-]+):\d{1,5}$/.test(entry)
        ? URL.parse(`http://${entry}`)
        : null;
      const port = Number(entry.slice(entry.lastIndexOf(":") + 1));
      if (url === null || port < 1 || port > 65_535)
        throw new Error(`"${entry.slice(0, 80)}" is not host:port, such as models.example.com:8000`);
      const host = plain(url.hostname);
      if (addressKind(host) === "never" || NEVER_NAMES.has(host))
        throw new Error(`${entry} is an address that is never reached, so it cannot be allowed`);
      return { host, port };
    });
}

/** Why a connection to this address may not be made; undefined when it may. `host` is what the connection's settings say. */
export function refusalOf(
  host: string,
  port: number,
  address: string,
  allowed: readonly AllowedPlace[],
): EgressRefused | undefined {
  const name = plain(host);
  const kind = addressKind(address) ?? "never";
  const behind = name === plain(address) ? name : `${name}, which is ${address},`;
  if (kind === "never" || NEVER_NAMES.has(name))
    return new EgressRefused(
      `${behind} is a link-local or reserved address, and nothing is ever sent to one: clouds hand out credentials there`,
      "Correct the address of the connection, or ask whoever runs the name server why the name leads there.",
    );
  if (kind === "public" || (kind === "loopback" && isLoopback(name))) return undefined;
  if (allowed.some((one) => one.port === port && (one.host === name || one.host === plain(address))))
    return undefined;
  const place = `${isIP(name) === 6 ? `[${name}]` : name}:${port}`;
  return new EgressRefused(
    `${behind} is a ${kind} address, and ${place} is not among those that PILOTAGE_EGRESS_ALLOW names`,
    `If it is meant, add ${place} to the setting PILOTAGE_EGRESS_ALLOW and start again.`,
  );
}

/** Finds all addresses of a name. */
export type Resolve = (
  name: string,
  options: { family?: number | "IPv4" | "IPv6" | undefined },
  found: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const systemResolve: Resolve = (name, options, found) =>
  lookup(name, { ...options, all: true }, (error, addresses) => found(error, addresses));

export function openEgress(allowed: readonly AllowedPlace[] = [], resolve: Resolve = systemResolve): Egress {
  function connector(address: string | URL, { timeoutMs }: { timeoutMs: number }): buildConnector.connector {
    const url = new URL(address);
    const host = plain(url.hostname);
    const port = portOf(url);
    const judged: LookupFunction = (name, options, callback) =>
      resolve(name, { family: options.family }, (error, found) => {
        if (error) return callback(error, "");
        const open = found.filter((one) => refusalOf(host, port, one.address, allowed) === undefined);
        const [first] = open;
        if (first === undefined) {
          const why = found[0] && refusalOf(host, port, found[0].address, allowed);
          return callback(why ?? Object.assign(new Error("no address"), { code: "ENOTFOUND" }), "");
        }
        if (options.all) callback(null, open);
        else callback(null, first.address, first.family);
      });
    const connect = buildConnector({ timeout: timeoutMs, allowH2: false, lookup: judged });
    return (options, callback) => {
      // A host in digits is not looked up, so it is judged here; each time, because a pool outlives its first connection.
      const refusal =
        isIP(host) === 0 && !NEVER_NAMES.has(host) ? undefined : refusalOf(host, port, host, allowed);
      if (refusal === undefined) return connect(options, callback);
      queueMicrotask(() => callback(refusal, null));
      return undefined;
    };
  }

  return {
    connector,
    reach: (address, options) =>
      new Promise((done, fail) => {
        const url = new URL(address);
        connector(url, options)(
          {
            hostname: plain(url.hostname),
            host: url.host,
            protocol: url.protocol,
            port: String(portOf(url)),
          },
          (error, socket) => {
            socket?.destroy();
            if (error) fail(error);
            else done();
          },
        );
      }),
  };
}

const portOf = (url: URL) => (url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port));

/** For callers without an installation: public addresses and loopback. */
export const strictEgress: Egress = openEgress();
