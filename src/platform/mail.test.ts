/** Mail through a real SMTP server: what arrives, encrypted or not at all, and what is told when it does not. */
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { Writable } from "node:stream";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { localhostCertificate } from "../../test/support/certificate.ts";
import { openMailbox, textOf, type Mailbox } from "../../test/support/mailbox.ts";
import { openLog } from "./log.ts";
import { openMailer, type MailSettings } from "./mail.ts";

const ACCOUNTS = { pilotage: "a password with blanks" };
const from = "Pilotage <pilotage@example.com>";
const MAIL = {
  to: "k.adler@example.com",
  subject: "Ihr Zugang zu Pilotage: schön",
  text: "Guten Tag Kim Adler,\n\nöffnen Sie diesen Link:\n\nhttps://pilotage.example.com/link#pin_0123456789012345678901234567890123456789012\n",
};

const logged: string[] = [];
const log = openLog(
  "debug",
  new Writable({
    write(chunk: Buffer, _, done) {
      logged.push(chunk.toString("utf8"));
      done();
    },
  }),
);
const mailerFor = (settings: MailSettings | undefined) =>
  openMailer({ settings: () => Promise.resolve(settings), log });

const OWN = localhostCertificate();
const open = await openMailbox();
const signed = await openMailbox({ accounts: ACCOUNTS });
const starttls = await openMailbox({ ...OWN, disabledCommands: ["AUTH"] });
const tls = await openMailbox({ ...OWN, secure: true, disabledCommands: ["AUTH"] });
const plainTo = ({ port }: Mailbox, more: Partial<MailSettings> = {}): MailSettings => ({
  host: "127.0.0.1",
  port,
  security: "none",
  from,
  ...more,
});
beforeEach(() => void logged.splice(0));

describe("a mail arrives", () => {
  test("with sender, one recipient, subject and text as they were given", async () => {
    expect(await mailerFor(plainTo(open)).send(MAIL)).toBe("sent");
    const [mail] = open.mails.splice(0);
    expect(mail).toMatchObject({ from: "pilotage@example.com", to: [MAIL.to], encrypted: false });
    expect(textOf(mail!).replaceAll("\r\n", "\n").trim()).toBe(MAIL.text.trim());
    expect(mail!.raw).toMatch(/^Content-Type: text\/plain; charset=utf-8/m);
    expect(mail!.raw).toMatch(/^Auto-Submitted: auto-generated/im);
  });

  test("for a user with a password", async () => {
    const settings = plainTo(signed, { user: "pilotage", password: ACCOUNTS.pilotage });
    expect(await mailerFor(settings).send(MAIL)).toBe("sent");
    expect(signed.mails.splice(0)).toMatchObject([{ user: "pilotage" }]);
  });

  test.each([
    ["after STARTTLS", () => starttls, "starttls"],
    ["encrypted from the first byte", () => tls, "tls"],
  ] as const)("%s, when the server's certificate is trusted", async (_, server, security) => {
    const usual = getCACertificates();
    setDefaultCACertificates([...usual, OWN.cert]);
    try {
      const settings = plainTo(server(), { host: "localhost", security });
      expect(await mailerFor(settings).attempt(MAIL)).toEqual({ outcome: "sent", problem: null });
      expect(server().mails.splice(0)).toMatchObject([{ encrypted: true }]);
    } finally {
      setDefaultCACertificates(usual);
    }
  });

  test("with settings that were stored a moment ago", async () => {
    let settings: MailSettings | undefined;
    const mailer = openMailer({ settings: () => Promise.resolve(settings), log });
    expect(await mailer.send(MAIL)).toBe("not_configured");
    settings = plainTo(open);
    expect(await mailer.send(MAIL)).toBe("sent");
    expect(open.mails.splice(0)).toHaveLength(1);
  });

  test("once and to nobody else, whatever stands in address or subject", async () => {
    const mailer = mailerFor(plainTo(open));
    await mailer.send({ ...MAIL, to: "a@example.com, b@example.com" });
    await mailer.send({ ...MAIL, to: "a@example.com\r\nBcc: b@example.com" });
    await mailer.send({ ...MAIL, subject: "Hello\r\nBcc: b@example.com" });
    const mails = open.mails.splice(0);
    expect(mails.length).toBeGreaterThan(0);
    for (const mail of mails) {
      expect(mail.to).toHaveLength(1);
      expect(mail.to).not.toContain("b@example.com");
      expect(mail.raw).not.toMatch(/^bcc:/im);
    }
  });
});

describe("a mail that does not arrive says why, and nothing else fails", () => {
  test.each<[string, () => MailSettings, RegExp]>([
    [
      "a wrong password",
      () => plainTo(signed, { user: "pilotage", password: "wrong one" }),
      /does not take this user and password/,
    ],
    [
      "no encryption where it is demanded",
      () => plainTo(open, { security: "starttls" }),
      /no encryption that holds/,
    ],
    [
      "a certificate that nobody trusts",
      () => plainTo(tls, { host: "localhost", security: "tls" }),
      /certificate/,
    ],
    ["a port on which nobody listens", () => plainTo(open, { port: 1 }), /no connection to 127\.0\.0\.1:1/],
  ])("%s", async (_, settings, words) => {
    const { outcome, problem } = await mailerFor(settings()).attempt(MAIL);
    expect(outcome).toBe("failed");
    expect(problem).toMatch(words);
    expect(logged.join("")).toContain("could not be sent");
    for (const secret of [MAIL.to, "pin_", "wrong one"])
      expect(logged.join("") + problem).not.toContain(secret);
  });

  test("a recipient whom the server does not know", async () => {
    const { outcome, problem } = await mailerFor(plainTo(open)).attempt({
      ...MAIL,
      to: "nobody@example.com",
    });
    expect({ outcome, problem }).toEqual({
      outcome: "failed",
      problem: expect.stringMatching(/refused the sender or the recipient.*no such mailbox/),
    });
  });

  test("a server that takes the connection and says nothing", { timeout: 30_000 }, async () => {
    const silent = createServer();
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    afterAll(() => silent.close());
    const { port } = silent.address() as AddressInfo;
    const { outcome, problem } = await mailerFor(plainTo(open, { port })).attempt(MAIL);
    expect({ outcome, problem }).toEqual({
      outcome: "failed",
      problem: expect.stringContaining("did not answer in time"),
    });
  });
});
