/** A real SMTP server on loopback that keeps what it gets. */
import { afterAll } from "vitest";
import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

export interface Received {
  from: string;
  to: string[];
  /** The whole message, headers and body. */
  raw: string;
  encrypted: boolean;
  user: string | undefined;
}

export interface Mailbox {
  port: number;
  mails: Received[];
  close(): Promise<void>;
}

/** Takes mail for every address but those that begin with "nobody"; `accounts` are user and password, none: no sign-in. */
export async function openMailbox(
  options: SMTPServerOptions & { accounts?: Record<string, string> } = {},
): Promise<Mailbox> {
  const { accounts, ...more } = options;
  const mails: Received[] = [];
  const server = new SMTPServer({
    authOptional: accounts === undefined,
    disabledCommands: accounts === undefined ? ["AUTH", "STARTTLS"] : ["STARTTLS"],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    logger: false,
    onAuth({ username = "", password }, _, done) {
      if (accounts?.[username] !== undefined && accounts[username] === password)
        done(null, { user: username });
      else done(new Error("5.7.8 Authentication failed"));
    },
    onRcptTo({ address }, _, done) {
      if (address.startsWith("nobody"))
        done(Object.assign(new Error("no such mailbox"), { responseCode: 550 }));
      else done();
    },
    onData(stream, session, done) {
      const pieces: Buffer[] = [];
      stream.on("data", (piece: Buffer) => pieces.push(piece));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map((one) => one.address),
          raw: Buffer.concat(pieces).toString("utf8"),
          encrypted: session.secure,
          user: session.user as string | undefined,
        });
        done();
      });
    },
    ...more,
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.on("error", () => undefined);
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= new Promise((resolve) => server.close(() => resolve())));
  afterAll(close);
  return { port: (server.server.address() as AddressInfo).port, mails, close };
}

/** The text of a plain mail, decoded. */
export function textOf({ raw }: Received): string {
  const [head = "", ...body] = raw.split("\r\n\r\n");
  const text = body.join("\r\n\r\n");
  if (/^content-transfer-encoding: base64/im.test(head)) return Buffer.from(text, "base64").toString("utf8");
  if (!/^content-transfer-encoding: quoted-printable/im.test(head)) return text;
  const bytes = text
    .replaceAll(/=\r\n/g, "")
    .replaceAll(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
