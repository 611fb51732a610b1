/**
 * Encryption of content: a key per case (or quarantine record), wrapped by the master key.
 *
 * AES-256-GCM throughout. The id of the owner and the kind of content are bound in, so that a ciphertext moved to
 * another row does not open. Destroying a wrapped key destroys everything encrypted with it.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from "node:crypto";
import { PilotageError } from "../contract/errors.ts";
import { freshBytes } from "./chance.ts";

const NONCE = 12;
const TAG = 16;

/** Opens and makes the keys of cases; knows the master key, which never leaves it. */
export interface Vault {
  newKey(owner: string): { key: ContentKey; wrapped: Uint8Array };
  openKey(owner: string, wrapped: Uint8Array): ContentKey;
  /** For secrets of the installation itself (connections): encrypted with a key derived from the master key. */
  seal(purpose: string, plain: Uint8Array): Uint8Array;
  open(purpose: string, sealed: Uint8Array): Uint8Array;
  /** Keyed digest (HMAC-SHA256): equal values give equal digests, and nobody without the key can try values out. */
  digest(purpose: string, value: string | Uint8Array): Buffer;
}

/** Encrypts what belongs to one case; a text as its UTF-8. */
export interface ContentKey {
  seal(kind: string, plain: Uint8Array | string): Uint8Array;
  open(kind: string, sealed: Uint8Array): Uint8Array;
}

export function openVault(masterKey: Uint8Array): Vault {
  // Keys are key objects throughout: node:crypto spends several times the encryption on looking at a key of bare bytes.
  const derive = (purpose: string) =>
    createSecretKey(Buffer.from(hkdfSync("sha256", masterKey, new Uint8Array(), `pilotage:${purpose}`, 32)));
  const wrapping = derive("wrap");
  const hashing = derive("digest");
  const sealing = derive("seal");

  const contentKey = (owner: string, key: KeyObject): ContentKey => ({
    seal: (kind, plain) => encrypt(key, `${owner}:${kind}`, plain),
    open: (kind, sealed) => decrypt(key, `${owner}:${kind}`, sealed),
  });

  return {
    newKey(owner) {
      const key = freshBytes(32);
      return { key: contentKey(owner, createSecretKey(key)), wrapped: encrypt(wrapping, owner, key) };
    },
    openKey: (owner, wrapped) => contentKey(owner, createSecretKey(decrypt(wrapping, owner, wrapped))),
    seal: (purpose, plain) => encrypt(sealing, purpose, plain),
    open: (purpose, sealed) => decrypt(sealing, purpose, sealed),
    digest: (purpose, value) => createHmac("sha256", hashing).update(`${purpose}:`).update(value).digest(),
  };
}

function encrypt(key: KeyObject, bound: string, plain: Uint8Array | string): Uint8Array {
  const nonce = freshBytes(NONCE);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(bound));
  const sealed = typeof plain === "string" ? cipher.update(plain, "utf8") : cipher.update(plain);
  // This mode leaves nothing for the end.
  cipher.final();
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()], NONCE + sealed.length + TAG);
}

function decrypt(key: KeyObject, bound: string, sealed: Uint8Array): Uint8Array {
  const end = sealed.length - TAG;
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE), {
      authTagLength: TAG,
    }).setAAD(Buffer.from(bound));
    decipher.setAuthTag(sealed.subarray(end));
    return Buffer.concat([decipher.update(sealed.subarray(NONCE, end)), decipher.final()]);
  } catch (cause) {
    throw new PilotageError(
      "internal",
      `Stored content of ${bound} does not open: it was damaged or belongs to another key.`,
      { cause, retryable: false },
    );
  }
}
