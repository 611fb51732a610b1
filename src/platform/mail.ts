/**
 * Mail that leaves the installation: plain text, to one person each, through the SMTP server of the connection `mail`.
 *
 * What a mail tells is stored before; where no server is named, or it fails, nothing else fails. The settings are read
 * anew for each mail, so that a change is in force at once. A text is never logged, and neither is whom it went to.
 */
import type { Transporter } from "nodemailer";
import type { Log } from "./log.ts";

/** The connection that mail goes through. */
export const MAIL_CONNECTION = "mail";

export interface MailSettings {
  host: string;
  port: number;
  /** `starttls`: encrypted after the greeting or not at all; `tls`: from the first byte; `none`: in clear. */
  security: "starttls" | "tls" | "none";
  user?: string;
  password?: string;
  from: string;
}

export interface Mail {
  to: string;
  subject: string;
  text: string;
}

export type Sent = "sent" | "not_configured" | "failed";

export interface Mailer {
  send(mail: Mail): Promise<Sent>;
  /** The same, with what the server said when it did not take the mail. */
  attempt(mail: Mail): Promise<{ outcome: Sent; problem: string | null }>;
}

/** Milliseconds. Somebody may be waiting in front of a screen. */
const CONNECT_WITHIN = 5_000;
const ANSWER_WITHIN = 15_000;

export function openMailer(parts: { settings: () => Promise<MailSettings | undefined>; log: Log }): Mailer {
  async function attempt(mail: Mail): Promise<{ outcome: Sent; problem: string | null }> {
    const settings = await parts.settings();
    if (settings === undefined) return { outcome: "not_configured", problem: null };
    const transport = await transportOf(settings);
    try {
      await transport.sendMail({
        from: settings.from,
        // An object and not a text: nothing in an address is read as a second one.
        to: { name: "", address: mail.to },
        subject: mail.subject,
        text: mail.text,
        headers: { "Auto-Submitted": "auto-generated" },
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      return { outcome: "sent", problem: null };
    } catch (error) {
      const problem = problemOf(error, settings);
      parts.log.warn({ problem }, "a mail could not be sent");
      return { outcome: "failed", problem };
    } finally {
      transport.close();
    }
  }

  return { attempt, send: async (mail) => (await attempt(mail)).outcome };
}

async function transportOf({ host, port, security, user, password }: MailSettings): Promise<Transporter> {
  // Loaded with the first mail: most installations send none while they start.
  const { createTransport } = await import("nodemailer");
  return createTransport({
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    ...(user === undefined ? {} : { auth: { user, pass: password ?? "" } }),
    connectionTimeout: CONNECT_WITHIN,
    greetingTimeout: CONNECT_WITHIN,
    socketTimeout: ANSWER_WITHIN,
  });
}

/** What helps whoever set it up: the step that failed and the server's own words, never the password. */
function problemOf(error: unknown, { host, port, password }: MailSettings): string {
  const { code, response, message } = error as { code?: string; response?: string; message?: string };
  const said = (response ?? message ?? String(error)).replaceAll(/\s+/g, " ").slice(0, 300);
  const without = password === undefined ? said : said.replaceAll(password, "***");
  const where = `${host}:${port}`;
  switch (code ?? "") {
    case "ECONNECTION":
    case "ESOCKET":
    case "ECONNREFUSED":
      return `no connection to ${where}: ${without}`;
    case "EDNS":
    case "ENOTFOUND":
      return `the name ${host} is not known: ${without}`;
    case "ETIMEDOUT":
      return `${where} did not answer in time: ${without}`;
    case "ETLS":
      return `${where} offers no encryption that holds: ${without}`;
    case "EAUTH":
      return `${where} does not take this user and password: ${without}`;
    case "EENVELOPE":
      return `${where} refused the sender or the recipient: ${without}`;
    default:
      return `${where} did not take the mail: ${without}`;
  }
}
