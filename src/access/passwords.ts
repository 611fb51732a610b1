/**
 * Passwords: Argon2id with the parameters that OWASP advises (19 MiB, two passes, one lane), never more than a few at once.
 *
 * A hash costs tens of milliseconds of a core and its memory, so that guessing is dear; the bound keeps a storm of
 * sign-ins from starving the path of the cases. For an account that does not exist the same work is done.
 */
import { hash, verify } from "@node-rs/argon2";
import { PilotageError } from "../contract/errors.ts";

const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const AT_ONCE = 2;
const MOST_WAITING = 50;
export const LEAST_LENGTH = 12;

/** What people choose who were told to choose twelve characters; compared without case, digits at the end and signs. */
const COMMON = [
  "password",
  "passwort",
  "pilotage",
  "willkommen",
  "welcome",
  "qwertzuiop",
  "qwertyuiop",
  "administrator",
  "geheim",
  "changeme",
  "letmein",
];

let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (waiting.length >= MOST_WAITING)
    throw new PilotageError(
      "too_many_requests",
      "Too many people are signing in at this moment; nothing was done.",
      { hint: "Try again in a few seconds.", details: { retryAfterMs: 3_000 } },
    );
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}

export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password.normalize("NFC"), PARAMETERS));
}

/** Whether the password belongs to the hash; without a hash, false after the same work. */
export function passwordFits(stored: string | null, password: string): Promise<boolean> {
  return inTurn(async () => {
    if (stored !== null) return verify(stored, password.normalize("NFC")).catch(() => false);
    await hash(password.normalize("NFC"), PARAMETERS);
    return false;
  });
}

/** Throws `bad_request` for a password that is guessed early. */
export function demandGoodPassword(password: string, person: { email: string; name: string }): void {
  const problem = passwordProblem(password, person);
  if (problem !== undefined)
    throw new PilotageError("bad_request", `This password cannot be used: ${problem}. Nothing was changed.`, {
      hint: `Take at least ${LEAST_LENGTH} characters; four unrelated words are good.`,
    });
}

export function passwordProblem(
  password: string,
  person: { email: string; name: string },
): string | undefined {
  if (Array.from(password).length < LEAST_LENGTH) return `it has fewer than ${LEAST_LENGTH} characters`;
  const plain = password.toLowerCase();
  if (new Set(plain).size < 5) return "it has hardly any different characters";
  const local = person.email.split("@")[0]!;
  const told = [person.email, local, ...person.name.toLowerCase().split(/\s+/)].filter(
    (one) => one.length >= 4,
  );
  if (told.some((one) => plain.replace(one, "").length < LEAST_LENGTH / 2))
    return "it is little more than your own name";
  const core = plain.replaceAll(/[^\p{L}]/gu, "");
  if (COMMON.some((one) => core === one || core === one.repeat(2))) return "it is one of the commonest";
  return undefined;
}
