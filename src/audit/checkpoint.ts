/**
 * Signed checkpoints: size and root of the audit tree as a C2SP signed note, Ed25519.
 *
 * Pure but for the key that is handed in. A note is text, a blank line, and a line with the signer's name, a hint of the key
 * and the signature. The key lies outside the database; who only has the database cannot sign.
 */
import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto";

export interface Checkpoint {
  origin: string;
  size: number;
  root: Buffer;
}

const ED25519 = 1;
const PRIVATE_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** A signing key from its 32 secret bytes. */
export function signingKey(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PRIVATE_PREFIX, seed]), format: "der", type: "pkcs8" });
}

/** The public key in the form that auditors keep: name, hint, key. */
export function verifierKey(origin: string, key: KeyObject): string {
  const raw = rawPublic(key);
  return `${origin}+${hint(origin, raw).toString("hex")}+${Buffer.concat([Uint8Array.of(ED25519), raw]).toString("base64")}`;
}

export function signCheckpoint({ origin, size, root }: Checkpoint, key: KeyObject): string {
  const text = `${origin}\n${size}\n${root.toString("base64")}\n`;
  const signature = Buffer.concat([hint(origin, rawPublic(key)), sign(null, Buffer.from(text), key)]);
  return `${text}\n— ${origin} ${signature.toString("base64")}\n`;
}

/** The text of a signed note when one of its signatures is by this verifier key; else undefined. */
export function openNote(note: string, verifier: string): string | undefined {
  const [, name, hintHex, keyText] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(verifier) ?? [];
  const raw = Buffer.from(keyText ?? "", "base64");
  const end = note.lastIndexOf("\n\n");
  if (
    !name ||
    raw.length !== 33 ||
    raw[0] !== ED25519 ||
    end < 0 ||
    hint(name, raw.subarray(1)).toString("hex") !== hintHex
  )
    return undefined;
  const text = note.slice(0, end + 1);
  const key = createPublicKey({
    key: Buffer.concat([PUBLIC_PREFIX, raw.subarray(1)]),
    format: "der",
    type: "spki",
  });
  for (const line of note.slice(end + 2).split("\n")) {
    const [, signer, encoded] = /^— (\S+) (\S+)$/.exec(line) ?? [];
    const bytes = Buffer.from(encoded ?? "", "base64");
    if (
      signer === name &&
      bytes.length === 68 &&
      bytes.subarray(0, 4).toString("hex") === hintHex &&
      verify(null, Buffer.from(text), key, bytes.subarray(4))
    )
      return text;
  }
  return undefined;
}

/** The checkpoint that a note holds, when it is signed by the verifier key and names its origin. */
export function openCheckpoint(note: string, verifier: string): Checkpoint | undefined {
  const text = openNote(note, verifier);
  const [, origin, size, root] = /^([^\n]+)\n(0|[1-9]\d*)\n([A-Za-z0-9+/]{43}=)\n$/.exec(text ?? "") ?? [];
  if (origin === undefined || origin !== verifier.slice(0, verifier.indexOf("+"))) return undefined;
  return { origin, size: Number(size), root: Buffer.from(root!, "base64") };
}

function rawPublic(key: KeyObject): Buffer {
  const der = createPublicKey(
    key.type === "private"
      ? key.export({ format: "pem", type: "pkcs8" })
      : key.export({ format: "pem", type: "spki" }),
  ).export({ format: "der", type: "spki" });
  return der.subarray(PUBLIC_PREFIX.length);
}

/** The first four bytes of SHA-256(name, newline, algorithm, key). */
function hint(name: string, raw: Uint8Array): Buffer {
  return createHash("sha256")
    .update(`${name}\n`)
    .update(Uint8Array.of(ED25519))
    .update(raw)
    .digest()
    .subarray(0, 4);
}
